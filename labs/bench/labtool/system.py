# SPDX-License-Identifier: BSD-3-Clause
"""Labs about Damselfly, the finished system in final/.

Lab 07: the student writes a program, which is compiled for Damselfly and put
into a small root; the kernels are those of the repository.  Each of its
Configs says by `in` which kernel runs it: the host's, or one of a vkernel.
"""

import os
import re
import subprocess

from benchlib import front, tap
from benchlib.execout import ExecOutput
from benchlib.run import Job, claim_folder, run
from benchlib import root
from benchlib.words import Refusal, TOP, build_path

from . import grader, measured, report

OPTIONS = {"host": "", "software": "-d -m 64m -n 1", "ept": "-m 64m -n 1"}
_CFLAGS = ("-std=gnu11", "-O2", "-Wall", "-Wextra",
           "-Wno-missing-field-initializers", "-Wno-unused",
           "-Wno-unused-parameter")
MAKEFILE = """\
# SPDX-License-Identifier: BSD-3-Clause
#
# Made by the lab tool.
#
#   make                  compile
#   make run IN=host      run it in the host kernel; IN=software, IN=ept: in a
#                         vkernel with one virtual processor
TOP = {top}
O = build/labs/work/{short}
DCC = $(TOP)/build/final/damselfly-cc
export IN ?= ept
export VCPUS ?= 1
all: $(TOP)/$(O)/{name}
$(TOP)/$(O)/{name}: {program} $(DCC)
	@mkdir -p $(@D)
	$(DCC) {flags} -I$(TOP)/{step} $< -o $@
$(DCC):
	$(MAKE) --no-print-directory -s -C $(TOP)/final lib
run: all
	@cd $(TOP) && $(MAKE) --no-print-directory run \\
	    ADD=$(O)/{name}:/root/{name} EXEC=/root/{name}
.PHONY: all run
"""
README = """\
Lab {short}: your workspace.

The lab's text is {folder}/lab.adoc, and a chapter of the book (make docs).
In {program} you write between the markers "LAB {short}.N begin" and
"LAB {short}.N end":

{tasks}

In {answers} you write what you predict, and what you measure.

In this folder:          make            compile
                         make run        run it: IN=host, software or ept
At the repository's top: make grade LAB={short}

Only these two files are graded.  Nothing in this repository overwrites or
removes this folder.
"""


def build_final():
    """Build Damselfly, or refuse."""
    if not front.build("final", out=subprocess.DEVNULL):
        raise Refusal("final could not be built; the messages are above.")


def makefile(lab, folder):
    """The Makefile of a workspace."""
    return MAKEFILE.format(
        top=os.path.relpath(TOP, folder), short=lab.short,
        name=lab.program.removesuffix(".c"), program=lab.program,
        flags=" ".join(_CFLAGS), step=lab.step)


def readme(lab, tasks):
    """The README of a workspace."""
    return README.format(short=lab.short, folder=lab.folder, tasks=tasks,
                         program=lab.program, answers=measured.ANSWERS)


def headers(lab):
    """Names of the files of the step that the program includes."""
    return re.findall(r'^#include "([\w.]+)"$', lab.source(lab.program), re.M)


def compile_program(lab, source, out):
    """Compile a student's program; '' or what the compiler said."""
    done = subprocess.run(
        [build_path("final", "damselfly-cc"), *_CFLAGS,
         f"-I{os.path.join(TOP, lab.step)}", source, "-o", out], text=True,
        check=False, errors="replace", stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    return "" if done.returncode == 0 else \
        done.stderr.strip() or f"the compiler ended with {done.returncode}"


def command_line(lab):
    """What is run: the first run is for the kernels to know the memory."""
    name = lab.program.removesuffix(".c")
    solution = f"/usr/test/{name}"
    return (f"{solution} > /dev/null; /root/{name} && echo && "
            f"echo '{measured.SEPARATOR}' && {solution}")


def run_command(config, image, nested, folder, timeout, kernel=None):
    """Run one command of a root; (Result, its output as text).

    kernel   another host kernel than was built
    """
    heard = []
    job = Job(config.choice, kernel or build_path(*front.HOST_KERNEL),
              [(image, "root")], list(config.append), timeout=timeout,
              output=ExecOutput(heard.append, nested), limit=grader.FLOOD * 4)
    result = run(job, folder)
    return result, b"".join(heard).decode("utf-8", "replace")


def run_on(lab, program, answers, machine, folder, timeout=None):
    """Run a compiled program in a kernel and fill in its Sheet."""
    config = lab.configs[machine]
    name = lab.program.removesuffix(".c")
    options = OPTIONS[config.place]
    with root.small_image(command_line(lab), {f"root/{name}": program},
                          options, (name,)) as image:
        result, output = run_command(
            config, image, bool(options), folder,
            timeout or config.timeout or lab.timeout)
    lines = [line.rstrip() for line in
             measured.split(output)[0].splitlines()]
    lines += measured.verdict(lab, machine, output, answers)
    sheet = grader.Sheet(machine, lines=lines, result=result)
    sheet.output = output
    passed = {point.name for point in tap.parse("\n".join(lines)).points
              if point.ok and point.skip is None}
    sheet.rows = [(point, point.points[machine],
                   point.name in passed and
                   grader.has_lines(point, lines))
                  for point in lab.points if machine in point.points]
    return sheet


class ProgramTree:
    """A program of a lab in variants; like prove.Tree."""

    def __init__(self, lab, name, *_words):
        """Claim build/labs/NAME/NN."""
        self.lab = lab
        self.folder, self.lock = claim_folder(
            build_path("labs", name, lab.short))
        self.runs = os.path.join(self.folder, "run")
        build_final()

    def close(self):
        """Let others use the folder."""
        os.close(self.lock)

    def compile(self, texts):
        """(path of the program, '' or what the compiler said)."""
        place = os.path.join(self.folder, "program")
        os.makedirs(place, exist_ok=True)
        source = os.path.join(place, self.lab.program)
        text = texts.get(self.lab.program)
        with open(source, "w", encoding="utf-8") as file:
            file.write(text if text is not None
                       else self.lab.source(self.lab.program))
        out = source.removesuffix(".c")
        return out, compile_program(self.lab, source, out)

    def sheet(self, texts, machine, name, timeout=None):
        """Compile a variant, run it in a kernel, give points."""
        program, said = self.compile(texts)
        if said:
            raise Refusal("it does not compile: " +
                          " | ".join(report.compiler(said)[:3]))
        return run_on(self.lab, program,
                      texts.get(measured.ANSWERS) or
                      self.lab.source(measured.ANSWERS), machine,
                      os.path.join(self.runs, name,
                                   self.lab.configs[machine].file), timeout)
