# SPDX-License-Identifier: BSD-3-Clause
"""A lab whose kernels lack a mechanism: what fails, and which one it is.

Each fault of the lab is a patch of final/ that takes one mechanism out.  What
a program of /usr/test prints in such kernels is recorded, and CI runs all of
them again.  The student says in diagnosis.toml which checks fail without each
mechanism, and which mechanism the kernels A, B, ... lack: these are the same
faults in an order that the table does not tell.
"""

import hashlib
import os
import re
import shutil
import tomllib

from benchlib import root
from benchlib.run import Result
from benchlib.words import Refusal, build_path

from . import grader, kernels, patch, system

DIAGNOSIS = "diagnosis.toml"    # in a workspace
RIGHT = "right"                 # expected/right.txt: nothing is missing
VKERNEL = "-m 32m -n 2"
_UNKNOWN = "?"
_HEAD = """\
# SPDX-License-Identifier: BSD-3-Clause
#
# The checks that fail without a mechanism, by number: [1, 3]; [] if none does;
# "hang" or "panic" if the run does not come to its end.
"""
README = """\
Lab {short}: your workspace.

The lab's text is {folder}/lab.adoc, and a chapter of the book (make docs).
In diagnosis.toml you write which checks fail without each mechanism, and which
one is missing in the kernels {letters}.

At the repository's top:
    labs/bench/labtool/lab fault {short} NAME    take one out, and see
    labs/bench/labtool/lab plant {short} A       build kernel A, and run it
    make grade LAB={short}                       grade this folder

Nothing in this repository overwrites or removes this folder.
"""


def letters(lab):
    """{letter: name of the fault that this kernel has}."""
    names = sorted((row["name"] for row in lab.faults),
                   key=lambda name: hashlib.sha256(
                       f"{lab.short} {name}".encode()).hexdigest())
    return {chr(ord("A") + at): name for at, name in enumerate(names)}


def failing(lines):
    """What a transcript shows: numbers of checks, "hang" or "panic"."""
    last = lines[-1] if lines else ""
    if not last.startswith("exit status"):
        return "panic" if last.startswith("panic") else "hang"
    return [int(line.split()[2]) for line in lines
            if line.startswith("not ok ")]


def _recorded(lab, name):
    path = lab.path("faults", f"{name}.txt")
    if not os.path.isfile(path):
        raise Refusal(f"{lab.folder}/faults/{name}.txt is not recorded.")
    with open(path, encoding="utf-8") as file:
        return file.read().splitlines()


def right(lab):
    """The diagnosis that has full marks: {"fails": ..., "missing": ...}."""
    return {"fails": {row["name"]: failing(_recorded(lab, row["name"]))
                      for row in lab.faults},
            "missing": letters(lab)}


def _toml(value):
    return str(value) if isinstance(value, list) else f'"{value}"'


def text_of(lab, diagnosis=None):
    """diagnosis.toml; a starter if there is none."""
    values = diagnosis or {
        "fails": {row["name"]: _UNKNOWN for row in lab.faults},
        "missing": {letter: _UNKNOWN for letter in letters(lab)}}
    lines = [_HEAD + "[fails]"]
    lines += [f"{name} = {_toml(value)}"
              for name, value in values["fails"].items()]
    lines += ["", "# The mechanism that is missing in each kernel.",
              "[missing]"]
    lines += [f"{name} = {_toml(value)}"
              for name, value in values["missing"].items()]
    return "\n".join(lines) + "\n"


def wrong_text(lab, wrong):
    """The right diagnosis with some entries exchanged."""
    values = right(lab)
    for part in values.values():
        part.update({name: value for name, value in wrong.items()
                     if name in part})
    return text_of(lab, values)


def read(lab, text):
    """A diagnosis; or a Refusal."""
    try:
        given = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise Refusal(f"{DIAGNOSIS}: {error}.") from None
    for part, known in right(lab).items():
        if not isinstance(given.get(part), dict):
            raise Refusal(f"{DIAGNOSIS} has no table [{part}].")
        for name in given[part]:
            if name not in known:
                raise Refusal(f"{DIAGNOSIS}: nothing in [{part}] is called "
                              f"{name}.")
    return given


def sheet(lab, text, machine):
    """The Sheet of a diagnosis; nothing is run."""
    given, due = read(lab, text), right(lab)
    found = {f"without {name}": (given["fails"].get(name, _UNKNOWN), value)
             for name, value in due["fails"].items()}
    found |= {f"kernel {name}": (given["missing"].get(name, _UNKNOWN), value)
              for name, value in due["missing"].items()}
    made = grader.Sheet(machine, result=Result("exit", "", status=0))
    for number, point in enumerate(lab.points, 1):
        said, value = found[point.name]
        good = sorted(said) == value if isinstance(said, list) else \
            said == value
        made.lines.append(
            f"{'' if good else 'not '}ok {number} - {point.name}")
        if not good:
            made.lines.append(f"# it is not {_toml(said)}")
        made.rows.append((point, point.points[machine], good))
    return made


class DiagnosisTree:
    """A diagnosis in variants; like prove.Tree."""

    def __init__(self, lab):
        self.lab = lab

    def close(self):
        """Nothing was claimed."""

    def sheet(self, texts, machine, _name, _timeout=None):
        """Give points for a diagnosis."""
        return sheet(self.lab, texts.get(DIAGNOSIS) or
                     self.lab.source(DIAGNOSIS), machine)


class Faults:
    """Kernels that lack something, built and run."""

    def __init__(self, lab):
        self.lab = lab
        self.tree = kernels.KernelTree(lab, "fault")

    def close(self):
        """Let others use the tree."""
        self.tree.close()

    def build(self, name):
        """(kernel, vkernel) with a fault; RIGHT for none."""
        texts = {}
        if name != RIGHT:
            where = f"{self.lab.folder}/faults/{name}.patch"
            texts = patch.apply(self.lab.path("faults", f"{name}.patch"),
                                where, kernels.source)
        return self.tree.variant(texts)

    def words(self, name):
        """What the lab's program prints in such kernels, as lines."""
        kernel, vkernel = self.build(name)
        return transcript(self.lab, run(
            self.lab, kernel, vkernel, "", os.path.join(self.tree.runs, name)))


def run(lab, kernel, vkernel, command, folder):
    """Run a command in the EPT vkernel of two kernels; its Result.

    Without one it is the lab's program, which the host runs first.
    """
    config = next(iter(lab.configs.values()))
    program = f"/usr/test/{lab.shown_by}"
    with root.small_image(command or program, {}, VKERNEL, (lab.shown_by,),
                          vkernel, "" if command else program) as image:
        return system.run_command(config, image, True, folder, lab.timeout,
                                  kernel)[0]


def transcript(lab, result):
    """The lines of a run that are the same in each."""
    lines = grader.console_lines(result)
    lines = [line for line in lines if re.match(r"(not )?ok |panic", line)]
    last = re.sub(r"(?<=^hang).*", "", result.sentence)
    for pattern in lab.vary:
        lines = [pattern.sub("N", line) for line in lines]
        last = pattern.sub("N", last)
    return [*lines, last]


def plant(lab, letter, command):
    """Build the kernel of a letter, keep it, run a command in it."""
    if not lab.shown_by:
        raise Refusal(f"lab {lab.short} has no kernels with a fault to be "
                      "found.")
    if letter not in letters(lab):
        raise Refusal(f"there is no kernel {letter}; there are: "
                      f"{', '.join(letters(lab))}.")
    faults = Faults(lab)
    try:
        out = build_path(lab.folder, letter)
        os.makedirs(out, exist_ok=True)
        built = [shutil.copy(path, out)
                 for path in faults.build(letters(lab)[letter])]
    finally:
        faults.close()
    result = run(lab, *built, command, os.path.join(out, "run"))
    print("\n".join(grader.console_lines(result)))
    print(result.sentence)
    return 0 if result.ok else 1
