# SPDX-License-Identifier: BSD-3-Clause
"""A lab's table, labs/NN-name/lab.toml: tasks, points, wrong solutions.

    step     = "steps/01-vmm_test"  whose sources are the solution
    timeout  = 20                   seconds for one run
    starter  = 0                    points of the untouched starter
    vary     = ["[0-9]+(?= ticks)"]  what differs between right kernels, such
                                    as times: expressions, each match is N

    [[task]]                a region of the step's sources
    number, file, function

    [[config]]              a way to run that has a name of its own
    name                    for the tables below, instead of a machine's
    machine, cpus, mem      as the words of make; the default machine, 1, 256m
    append                  the kernel's environment, "name=value ..."
    timeout                 instead of the lab's

    [[point]]               what earns points
    name                    what it proves
    points                  {machine = points}; "MACHINE:CPUS" for more than
                            one processor, or the name of a config
    tap                     name of the kernel's test that must pass, and/or
    lines                   regular expressions, each found in a console line
    ends = true             the run must end with status 0, and Bochs must not
                            have refused a VMX instruction

    [[wrong]]               a wrong solution: wrong/NAME.patch
    name, title
    loses                   {machine = [names of points]}: these and no others;
                            "*" is all of them, "-NAME" takes one out again
    answers                 {name = number} instead of a patch: wrong answers
    timeout                 instead of the lab's, for one that hangs

    [[answer]]              a number that a student finds by measuring, in a
                            lab about Damselfly: see measured.py
    name, text
    place                   name of the config whose run tells it
    row, unit               where: a row of the reference, one of its units

    [[fault]]               a deliberate fault: faults/NAME.patch
    name, title
    machine                 like a key of `points`; the first of these if it is
                            not given
    test                    number of the kernel's test that shows it: the
                            others are left out, see tap_wanted(); all of them
                            run if it is not given
    shows                   regular expressions: what the kernel says of this
                            fault is the lines in which one is found; if it is
                            not given, its words about the first guest that it
                            cannot enter or ends

A lab about Damselfly has `program`, a file of `step`, instead of a kernel: the
solution is that file, and a config says by `in` where the program is run, as
IN= of make does.  Its points have, instead of `tap`,

    rows                    an expression: the rows of the bench's format whose
                            names it matches must be there, and near those that
                            the solution has measured in the same vkernel
    answers                 names of answers that must be right

A lab about kernels that lack something has `shown_by`, a program of /usr/test:
see broken.py.  Its faults are patches of files by their paths in the
repository, and its points are called "without NAME" and "kernel A".

A kernel is run once for each machine or config that has points, in the order
in which the points name them.  What is recorded of a run is in
expected/haswell.txt, expected/haswell-2.txt ("haswell:2"), expected/NAME.txt.

A region may be in a file of the step, or in one that it links from final/ or
from an earlier step; only there it is cut, and the regions of other labs in
that file stay as they are.  See regions.py.

The table is checked against the sources whenever it is read: what is listed
and not there, there and not listed, or there twice is refused.
"""

import os
import re
import tomllib
from dataclasses import dataclass

from benchlib.front import folder_of, folders
from benchlib.machines import all_machines, choose
from benchlib.words import Refusal, TOP, nearest

from . import broken, measured, regions

_KEYS = {
    "": {"step", "program", "shown_by", "timeout", "starter", "vary", "task",
         "config", "point", "answer", "wrong", "fault"},
    "task": {"number", "file", "function"},
    "config": {"name", "machine", "cpus", "mem", "append", "timeout", "in"},
    "point": {"name", "points", "tap", "lines", "ends", "rows", "answers"},
    "answer": {"name", "text", "place", "row", "unit"},
    "wrong": {"name", "title", "loses", "timeout", "answers"},
    "fault": {"name", "title", "machine", "test", "shows"},
}


@dataclass(frozen=True)
class Task:
    """A region that the student writes."""
    number: int
    file: str
    function: str
    text: str


@dataclass(frozen=True)
class Config:
    """A machine with everything that a run of the kernel is given."""
    name: str               # "haswell", "haswell:2", or a config's
    choice: object          # benchlib.machines.Choice
    append: tuple = ()
    timeout: float | None = None    # instead of the lab's
    place: str = ""         # what runs it, if that is one of final/'s kernels

    @property
    def file(self):
        """What its files and folders are called."""
        return self.name.replace(":", "-")

    @property
    def label(self):
        """What a student reads: just the machine if that is all."""
        machine = self.choice.machine.name
        parts = [machine]
        if self.choice.cpus > 1:
            parts.append(f"{self.choice.cpus} CPUs")
        parts += self.append
        own = "" if self.name.split(":")[0] == machine else f"{self.name}: "
        return own + ", ".join(parts)


@dataclass(frozen=True)
class Point:
    """A line of the report."""
    name: str
    points: dict
    tap: str = ""
    lines: tuple = ()
    ends: bool = False
    rows: str = ""
    answers: tuple = ()


@dataclass(frozen=True)
class Answer:
    """A number that a student finds out, and where the grader finds it."""
    name: str
    text: str
    place: str
    row: str
    unit: str


@dataclass(frozen=True)
class Lab:
    """A lab with everything that its table says."""
    short: str              # "01"
    folder: str             # "labs/01-vmm_test"
    step: str               # "steps/01-vmm_test"
    timeout: float
    starter: int
    tasks: tuple
    points: tuple
    wrong: tuple            # rows as they are
    faults: tuple
    configs: dict           # Config by name: of points and of faults
    vary: tuple = ()        # patterns
    program: str = ""       # of a lab about Damselfly
    shown_by: str = ""      # of one whose kernels lack something
    answers: tuple = ()

    @property
    def machines(self):
        """Names of the configs that have points, in the order of the table."""
        return list(dict.fromkeys(
            name for point in self.points for name in point.points))

    @property
    def full(self):
        """Full marks."""
        return sum(sum(point.points.values()) for point in self.points)

    @property
    def files(self):
        """The files that a student writes in."""
        files = list(dict.fromkeys(task.file for task in self.tasks))
        return files + [self.answer_file] if self.answer_file else files

    @property
    def answer_file(self):
        """The file of answers, in a lab that has one; else ''."""
        return broken.DIAGNOSIS if self.shown_by else \
            measured.ANSWERS if self.answers else ""

    def fault_config(self, name):
        """The Config that a fault is run on."""
        row = next(row for row in self.faults if row["name"] == name)
        return self.configs[row.get("machine", self.machines[0])]

    def due(self, row, machine):
        """Names of the points that a wrong solution must lose there."""
        every = [point.name for point in self.points
                 if machine in point.points]
        lost = set()
        for word in row["loses"][machine]:
            name = word.removeprefix("-")
            if word != "*" and name not in every:
                raise Refusal(f"{self.folder}/lab.toml: {row['name']}: there "
                              f"is no point {name!r} on {machine}.")
            if word == "*":
                lost |= set(every)
            elif word == name:
                lost.add(name)
            else:
                lost.discard(name)
        return [name for name in every if name in lost]

    def path(self, *parts):
        """A path in the lab's folder."""
        return os.path.join(TOP, self.folder, *parts)

    def source(self, name):
        """The text of a file of the step, wherever it really is.

        Answers are the lab's own.
        """
        if name == broken.DIAGNOSIS:
            return broken.text_of(self, broken.right(self))
        folder = self.folder if name == measured.ANSWERS else self.step
        with open(os.path.join(TOP, folder, name), encoding="utf-8") as file:
            return file.read()


def _check_keys(row, kind, where):
    for key in row:
        if key not in _KEYS[kind]:
            raise Refusal(f"{where}: a {kind or 'lab'} has no field {key!r}"
                          f"{nearest(key, _KEYS[kind])}.")


def _regions_of(step, short):
    """Every region of this lab in the step's sources, by number."""
    found = {}
    folder = os.path.join(TOP, step)
    for name in sorted(os.listdir(folder)):
        path = os.path.join(folder, name)
        if not os.path.isfile(path):
            continue
        with open(path, encoding="utf-8") as file:
            lines = file.read().split("\n")
        for region in regions.find(lines, f"{step}/{name}"):
            if region.lab != short:
                continue
            if region.number in found:
                raise Refusal(
                    f"{step}/{name}:{region.first + 1}: LAB {short}."
                    f"{region.number} is also in "
                    f"{found[region.number].file}.")
            found[region.number] = region
    return found


def _tasks(rows, step, short, where):
    """The tasks of a table, each matched with its region."""
    found = _regions_of(step, short)
    tasks = []
    for row in rows:
        _check_keys(row, "task", where)
        region = found.pop(row["number"], None)
        if region is None or region.file != f"{step}/{row['file']}":
            raise Refusal(f"{where}: task {row['number']} is listed, but "
                          f"{step}/{row['file']} has no region LAB {short}."
                          f"{row['number']}.")
        tasks.append(Task(row["number"], row["file"], row["function"],
                          region.text))
    for region in found.values():
        raise Refusal(f"{region.file}:{region.first + 1}: LAB {short}."
                      f"{region.number} is not listed in {where}.")
    return tuple(tasks)


def _named_configs(rows, where):
    """The Configs of the [[config]] tables, by name."""
    named = {}
    for row in rows:
        _check_keys(row, "config", where)
        name = row["name"]
        if not re.fullmatch(r"[a-z][a-z0-9_]*", name) or name in named or \
                name in all_machines():
            raise Refusal(f"{where}: a config must have a name of its own, of "
                          f"small letters, digits and _; {name!r} is not.")
        named[name] = Config(
            name, choose(row.get("machine"), row.get("cpus"), row.get("mem")),
            tuple(row.get("append", "").split()), row.get("timeout"),
            row.get("in", ""))
    return named


def _configs(words, rows, where):
    """The Configs that the keys of points and the faults mean, by key."""
    named = _named_configs(rows, where)
    found = {}
    for word in words:
        machine, colon, cpus = word.partition(":")
        if word in named:
            found[word] = named[word]
        elif colon and (not cpus.isdigit() or str(int(cpus)) != cpus or
                        cpus == "1"):
            raise Refusal(f"{where}: {word!r} is not MACHINE:CPUS with more "
                          "than one.")
        else:
            found[word] = Config(word, choose(machine, cpus))
    for name in named:
        if name not in found:
            raise Refusal(f"{where}: nothing is run with the config {name}.")
    return found


def _points(rows, where):
    points = []
    for row in rows:
        _check_keys(row, "point", where)
        points.append(Point(row["name"], row["points"], row.get("tap", ""),
                            tuple(row.get("lines", ())),
                            row.get("ends", False), row.get("rows", ""),
                            tuple(row.get("answers", ()))))
    return tuple(points)


def _answers(rows, points, where):
    """The answers of a table; each earns points in the place it is from."""
    answers = []
    for row in rows:
        _check_keys(row, "answer", where)
        answers.append(Answer(**row))
    asked = {(name, place) for point in points for name in point.answers
             for place in point.points}
    for name, place in asked ^ {(each.name, each.place) for each in answers}:
        raise Refusal(f"{where}: the answer {name} is not a row of its own "
                      f"that earns points on {place}.")
    return tuple(answers)


def _exercises(lab, kind, rows, where):
    """Check wrong solutions and faults: a patch for each, each with a row."""
    for row in rows:
        _check_keys(row, kind, where)
        for machine in row.get("loses", ()):
            if machine not in lab.machines:
                raise Refusal(f"{where}: {row['name']}: there are no points "
                              f"on {machine!r}.")
    folder = "wrong" if kind == "wrong" else "faults"
    listed = {f"{row['name']}.patch" for row in rows if "answers" not in row}
    there = {name for name in os.listdir(lab.path(folder))
             if name.endswith(".patch")} if os.path.isdir(lab.path(folder)) \
        else set()
    for name in sorted(listed ^ there):
        how = "listed but not there" if name in listed else \
            "there but not listed"
        raise Refusal(f"{lab.folder}/{folder}/{name} is {how} in {where}.")


def place_of(name):
    """The path of the table of a lab, which may not have one."""
    os.environ["LAB"] = name
    return os.path.join(TOP, folder_of("labs", "LAB")[1], "lab.toml")


def load(name):
    """The lab that a word of the user means: "01" or "01-vmm_test"."""
    os.environ["LAB"] = name
    short, folder = folder_of("labs", "LAB")
    where = f"{folder}/lab.toml"
    if not os.path.isfile(os.path.join(TOP, where)):
        known = [each for each, path in folders("labs").items()
                 if os.path.isfile(os.path.join(TOP, path, "lab.toml"))]
        raise Refusal(f"lab {short} is read and followed, it has no workspace "
                      f"and no grader; labs that have: {', '.join(known)}.")
    try:
        with open(os.path.join(TOP, where), "rb") as file:
            data = tomllib.load(file)
        _check_keys(data, "", where)
        points = _points(data["point"], where)
        faults = tuple(data.get("fault", ()))
        words = [name for point in points for name in point.points]
        words += [row["machine"] for row in faults if "machine" in row]
        lab = Lab(short, folder, data["step"], data["timeout"],
                  data["starter"],
                  _tasks(data.get("task", ()), data["step"], short, where),
                  points,
                  tuple(data.get("wrong", ())), faults,
                  _configs(words, data.get("config", ()), where),
                  tuple(map(re.compile, data.get("vary", ()))),
                  data.get("program", ""), data.get("shown_by", ""),
                  _answers(data.get("answer", ()), points, where))
    except (tomllib.TOMLDecodeError, re.error) as error:
        raise Refusal(f"{where}: {error}.") from None
    except KeyError as error:
        raise Refusal(f"{where}: the field {error} is missing.") from None
    _exercises(lab, "wrong", lab.wrong, where)
    _exercises(lab, "fault", lab.faults, where)
    return lab
