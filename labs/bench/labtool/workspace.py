# SPDX-License-Identifier: BSD-3-Clause
"""Folders made from a step: the student's workspace and the grader's trees.

Both have the step's files by relative links, deeper than the step by some
levels, and a Makefile that says where the top is.  A workspace has the files
of the tasks cut (see regions.py), and the step's own files as copies that a
student may play with.  A tree has the texts that it is given.
"""

import filecmp
import os
import shlex
import shutil

from benchlib.words import Refusal, TOP, os_refusal, shown

from . import broken, measured, regions, system

_INCLUDE = "include ../../final/sys/conf/step.mk"
_MAKEFILE = """\
# SPDX-License-Identifier: BSD-3-Clause
#
# Made by the lab tool from {step}/Makefile.
#
#   make                  build; INVARIANTS=n leaves the assertions and the
#                         software VMCS checker out
#   make run              run it on this terminal; MACHINE=penryn, CPUS=2,
#                         MEM=512m, APPEND=...
#   make debug            the same in Bochs' debugger
TOP = {top}
O = {out}
# What is not written yet leaves things unused; what is a link is whole.
OURS := $(patsubst ./%,$(O)/%.o,$(shell find . -maxdepth 1 -type f))
$(OURS): private CPPFLAGS += -Wno-unused -Wno-unused-parameter
{body}
BENCH = $(TOP)/labs/bench/bench
# Through the environment, where no character of theirs means anything.
export MACHINE CPUS MEM
export APPEND := $(value APPEND)
WORDS = --machine "$$MACHINE" --cpus "$$CPUS" --mem "$$MEM" \\
    --append "$$APPEND" --kernel $(O)/kernel
run: all
	@$(BENCH) run $(WORDS)
debug: all
	@$(BENCH) debug $(WORDS)
.PHONY: run debug
"""
_README = """\
Lab {short}: your workspace.

The lab's text is {folder}/lab.adoc, and a chapter of the book (make docs).
Regular files are yours; what is a link belongs to the repository.  You write
between the markers "LAB {short}.N begin" and "LAB {short}.N end":

{tasks}

In this folder:          make            build
                         make run        see what it does; {words}
At the repository's top: make grade LAB={short}

Only the files named above are graded, with the original tests.  Nothing in
this repository overwrites or removes this folder.
"""


def _graded_on(lab):
    """The words for `make run` with which a kernel runs as it is graded."""
    choices = [shlex.join(config.choice.for_make(" ".join(config.append)))
               for config in lab.configs.values()]
    return "graded with\n" + "\n".join(
        " " * 27 + each for each in dict.fromkeys(choices))


def _makefile(lab, folder, out):
    body = lab.source("Makefile")
    if _INCLUDE not in body:
        raise Refusal(f"{lab.step}/Makefile has no line '{_INCLUDE}'.")
    body = "\n".join(line for line in body.splitlines()
                     if not line.startswith("#"))
    return _MAKEFILE.format(step=lab.step, top=os.path.relpath(TOP, folder),
                            out=out,
                            body=body.replace("../../final", "$(TOP)/final"))


def put(folder, name, text):
    """Write a file, and not through a link that is in its place."""
    if os.path.dirname(name):
        # Folders of a step are links: that would write into final/.
        raise Refusal(f"{name} is not in the step's own folder; a lab's file "
                      "or patch can only change what is.")
    path = os.path.join(folder, name)
    if os.path.islink(path):
        os.unlink(path)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def _link(folder, name, target):
    os.symlink(os.path.relpath(os.path.realpath(target), folder),
               os.path.join(folder, name))


def make_tree(lab, folder, texts):
    """Make a folder of the step: `texts` by name, links for the rest.

    Built in the folder's own `obj`.
    """
    step = os.path.join(TOP, lab.step)
    os.makedirs(folder)
    for name in sorted(os.listdir(step)):
        if name not in texts and name not in ("Makefile", "tests.toml"):
            _link(folder, name, os.path.join(step, name))
    for name, text in texts.items():
        put(folder, name, text)
    put(folder, "Makefile", _makefile(lab, folder, "obj"))


def starter_texts(lab):
    """The files of the tasks, cut, and answers without a number."""
    texts = {name: regions.cut(lab.source(name), name, lab.short)
             for name in lab.files if name != lab.answer_file}
    if lab.shown_by:
        texts[broken.DIAGNOSIS] = broken.text_of(lab)
    elif lab.answers:
        texts[measured.ANSWERS] = measured.answers_text(lab)
    return texts


def _tasks(lab):
    return "\n".join(f"    {task.number}. {task.file:12} {task.function}: "
                     f"{task.text}" for task in lab.tasks)


def _fill_diagnosis(lab, folder, _final):
    """The same for a lab whose student writes a diagnosis."""
    for name, text in starter_texts(lab).items():
        put(folder, name, text)
    put(folder, "README", broken.README.format(
        short=lab.short, folder=lab.folder,
        letters=", ".join(broken.letters(lab))))


def _fill_program(lab, folder, final):
    """The same as _fill() for a lab whose student writes a program."""
    texts = starter_texts(lab)
    for name in system.headers(lab):
        os.symlink(os.path.relpath(os.path.join(TOP, lab.step, name), final),
                   os.path.join(folder, name))
    texts["Makefile"] = system.makefile(lab, final)
    texts["README"] = system.readme(lab, _tasks(lab))
    for name, text in texts.items():
        put(folder, name, text)


def _fill(lab, folder, final):
    """Fill a workspace that will be renamed to `final`."""
    step = os.path.join(TOP, lab.step)
    texts = starter_texts(lab)
    for name in sorted(os.listdir(step)):
        path = os.path.join(step, name)
        if name in texts or name in ("Makefile", "tests.toml"):
            continue
        if os.path.islink(path):
            os.symlink(os.path.relpath(os.path.realpath(path), final),
                       os.path.join(folder, name))
        else:
            texts[name] = lab.source(name)
    out = os.path.join(os.path.relpath(TOP, final), "build/labs/work",
                       f"{lab.short}$(if $(filter n,$(INVARIANTS)),-bare)")
    texts["Makefile"] = _makefile(lab, final, out)
    texts["README"] = _README.format(short=lab.short, folder=lab.folder,
                                     tasks=_tasks(lab), words=_graded_on(lab))
    for name, text in texts.items():
        put(folder, name, text)


def place(lab):
    """Where the workspace of a lab is."""
    return os.path.join(TOP, "labs/work", lab.short)


def new(lab):
    """Make the workspace of a lab; never touches one that is there."""
    final = place(lab)
    if os.path.lexists(final):
        raise Refusal(f"{shown(final)} is there already and is your work; to "
                      "start again move it away.")
    parent = os.path.dirname(final)
    made = os.path.join(parent, f".{lab.short}.{os.getpid()}")
    had_parent = os.path.isdir(parent)
    try:
        os.makedirs(made)
        fill = _fill_diagnosis if lab.shown_by else \
            _fill_program if lab.program else _fill
        fill(lab, made, final)
        os.rename(made, final)
    except OSError as error:
        raise os_refusal(error) from None
    finally:
        shutil.rmtree(made, ignore_errors=True)
        if not had_parent and not os.path.isdir(final):
            shutil.rmtree(parent, ignore_errors=True)
    return final


def collect(lab, folder):
    """What of a workspace is graded: (texts of the task files, notes).

    Everything else is the step's own; a note says what was left out.
    """
    if not os.path.isdir(folder):
        raise Refusal(f"there is no workspace {shown(folder)}; make lab "
                      f"LAB={lab.short} makes it.")
    texts, notes = {}, []
    for name in lab.files:
        path = os.path.join(folder, name)
        try:
            with open(path, encoding="utf-8") as file:
                texts[name] = file.read()
        except FileNotFoundError:
            raise Refusal(f"{shown(path)} is missing; the lab is written in "
                          f"{', '.join(lab.files)}.") from None
        except (OSError, UnicodeDecodeError) as error:
            raise Refusal(f"{shown(path)} cannot be read: {error}.") from None
    for name in sorted(os.listdir(folder)):
        if name in texts or name in ("Makefile", "README"):
            continue
        ours = os.path.join(TOP, lab.step, name)
        path = os.path.join(folder, name)
        if os.path.isdir(path) and os.path.isdir(ours):
            continue
        if os.path.islink(path) and not os.path.exists(path):
            continue                    # a copy of the workspace, elsewhere
        if not os.path.isfile(ours):
            if name.endswith((".c", ".h", ".S")):
                notes.append(f"{name} is not part of the lab; it was not "
                             "graded")
        elif not os.path.isfile(path) or \
                not filecmp.cmp(path, ours, shallow=False):
            notes.append(f"{name} was changed; the original was graded")
    return texts, notes
