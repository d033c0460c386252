# SPDX-License-Identifier: BSD-3-Clause
"""What a kernel measures of itself: `make bench`, as a table and as plots.

Booted with bench=1 in its environment a kernel prints, besides anything else,

    # bench: NAME: V1 UNIT1, V2 UNIT2, ...
    # bench: null system call: 1.00 exits, 431.20 host instructions

A value is a decimal number, a unit is words.  A NAME `X, N virtual CPUs` is
the point of a series X at N; series are plotted as well (plot.py).  The folder
of a measurement, build/bench/measure/STEP-MACHINE-CPUS, has

    table.txt       what was printed for a person
    table.adoc      the same for the book
    values.json     the numbers, and how they were got
    UNIT.svg        the plot of every series in this unit
    run/            the record of the run (see run.py)
    trace.txt       of a vkernel: a system call and a page fault, step by step

A measurement with other words (MEM=, APPEND=) goes to a folder of its own, so
that what the book shows is always of the step as it is.

Damselfly's kernels are measured by a program, /usr/test/bench, which prints
such lines in ticks of the time-stamp counter.  In Bochs with one processor
those are instructions since reset.  The program is run by a login shell, at
the moment when that would otherwise prompt: so it can tell what a boot takes.
Its measurement is "host-MACHINE-CPUS", "software-MACHINE-CPUS" in a vkernel,
and UNIT.svg has a bar for each row.  A vkernel is compared with other kernels
on the same machine, too: compare.py.
"""

import json
import os
import re
import shlex
import subprocess
import time
from dataclasses import dataclass, field

from . import plot, root, tap
from .execout import ExecOutput
from .run import CONSOLE, Job, read, run
from .report import report, report_command
from .words import Refusal, TOP, build_path, os_refusal, shown

WIDE = 6                        # columns of values that a page has room for
TIME_LIMIT = 300.0              # seconds, before scaling
HOST = "host"                   # in place of a step: Damselfly's host kernel
#: In place of a step: each kernel of Damselfly.
KERNELS = {HOST: "Host kernel", "software": "Software vkernel",
           "ept": "EPT vkernel"}
HOST_PROGRAM = "sh -l -c '/usr/test/bench && /usr/test/bench_vmm'"
COMPARED = "compare"            # in place of a step: see compare.py
VKERNEL_PROGRAM = "sh -l -c /usr/test/bench"
TRACE_PROGRAM = "/usr/test/vktrace"     # in a vkernel; its output is trace.txt
TRACE_APPEND = "debug.ktr.enable=1"     # for the host

_MARK = re.compile(r"#\s*bench\b")
_LINE = re.compile(r"# bench: ([A-Za-z0-9][\w ,./()-]*): (\S.*)", re.A)
_VALUE = re.compile(r"(-?[0-9]+(?:\.[0-9]+)?) ([A-Za-z][\w ./()-]*)", re.A)
_POINT = re.compile(r"(.+), ([1-9][0-9]*) virtual CPUs?")


@dataclass
class Measured:
    """What was measured, and on what."""
    step: str                   # "05-sync_addr", or one of KERNELS
    choice: object              # machines.Choice
    command: str                # the command that measures it again
    rows: dict = field(default_factory=dict)    # NAME -> {unit: text of value}
    what: str = ""              # options of a vkernel
    title: str = ""             # in place of the caption

    @property
    def units(self):
        """Every unit, in the order of the first mention."""
        return list(dict.fromkeys(unit for row in self.rows.values()
                                  for unit in row))

    @property
    def caption(self):
        """What was measured, as a phrase."""
        if self.title:
            return self.title
        choice = self.choice
        what = "Kernels compared" if self.step == COMPARED else \
            KERNELS.get(self.step, f"Step {self.step}")
        what += f" ({self.what})" if self.what else ""
        return (f"{what} on {choice.machine.name}, {choice.cpus} "
                f"CPU{'s' * (choice.cpus > 1)}, {choice.mem} MB")

    def bars(self, unit):
        """[(name, text of value), ...] of a unit that is drawn as bars."""
        if self.step not in KERNELS and self.step != COMPARED:
            return []
        return [(name, row[unit]) for name, row in self.rows.items()
                if unit in row]

    def series(self, unit):
        """{X: [(N, text of value), ...]} of the names `X, N virtual CPUs`."""
        found = {}
        for name, row in self.rows.items():
            point = _POINT.fullmatch(name)
            if point and unit in row:
                found.setdefault(point[1], []).append(
                    (int(point[2]), row[unit]))
        return {name: sorted(points) for name, points in found.items()}


def _values(text, where):
    """{unit: text of value} of the part of a line behind its name."""
    row = {}
    for each in text.split(", "):
        value = _VALUE.fullmatch(each)
        if not value:
            raise Refusal(f"{where}: {each!r} is not a decimal number and its "
                          "unit.")
        if value[2] in row:
            raise Refusal(f"{where}: the unit {value[2]!r} is there twice.")
        row[value[2]] = value[1]
    return row


def parse(console):
    """NAME -> {unit: text of value} of a console's lines; or a Refusal."""
    rows, points = {}, set()
    for number, line in enumerate(console.splitlines(), 1):
        line = line.rstrip()
        if not _MARK.search(line):
            continue
        where = f"line {number} of the console, {line!r}"
        found = _LINE.fullmatch(line)
        if not found:
            raise Refusal(f"{where}: that is not '# bench: NAME: VALUE UNIT, "
                          "...'.")
        name = found[1]
        point = _POINT.fullmatch(name)
        key = (point[1], int(point[2])) if point else name
        if key in points:
            raise Refusal(f"{where}: {name!r} was measured before.")
        points.add(key)
        rows[name] = _values(found[2], where)
    return rows


def _cells(measured):
    """The table's rows of text, the head first; values at their points."""
    columns = [["", *measured.rows]]
    for unit in measured.units:
        texts = [row.get(unit) for row in measured.rows.values()]
        digits = max(len((text or "").partition(".")[2]) for text in texts)
        column = [unit]
        for text in texts:
            part = ("-" if text is None else text).partition(".")
            tail = part[1] + part[2]
            room = digits + 1 if digits else 0
            column.append(part[0] + tail.ljust(room))
        columns.append(column)
    return list(zip(*columns))


def as_text(measured):
    """The table for a person."""
    cells = _cells(measured)
    widths = [max(map(len, column)) for column in zip(*cells)]
    lines = [measured.caption, ""]
    for name, *values in cells:
        line = name.ljust(widths[0])
        for value, width in zip(values, widths[1:]):
            line += "  " + value.rjust(width)
        lines.append(line.rstrip())
    return "\n".join([*lines, "", f"$ {measured.command}", ""])


def _columns(measured):
    """(units for the columns of a page, units that are told below it).

    A page has no room for columns of zeros, or for many that one row has.
    """
    units = [unit for unit in measured.units
             if any(float(row.get(unit, 0)) for row in measured.rows.values())]
    rare = [unit for unit in units
            if sum(unit in row for row in measured.rows.values()) == 1]
    if len(units) < WIDE or len(rare) == len(units):
        return units or measured.units, []
    return [unit for unit in units if unit not in rare], rare


def as_adoc(measured):
    """The table for the book."""
    units, below = _columns(measured)
    lines = ["// Made by `make bench`.",
             f".{measured.caption}: `+{measured.command}+`",
             '[%header%autowidth,cols="<' + ",>" * len(units) + '"]',
             "|===", "| Operation " + " ".join(f"| {u}" for u in units), ""]
    lines += [f"| {name} " + " ".join(f"| {row.get(unit, '-')}"
                                      for unit in units)
              for name, row in measured.rows.items()
              if any(unit in row for unit in units)]
    lines += ["|===", ""]
    for unit in below:
        lines += [f"* {name}: {row[unit]} {unit}"
                  for name, row in measured.rows.items() if unit in row]
    return "\n".join([*lines, ""])


def as_json(measured):
    """The numbers for a program."""
    choice = measured.choice
    return json.dumps(
        {"step": measured.step, "machine": choice.machine.name,
         "cpus": choice.cpus, "mem": choice.mem, "command": measured.command,
         "values": {name: {unit: float(text) for unit, text in row.items()}
                    for name, row in measured.rows.items()}},
        indent=2) + "\n"


def write(measured, folder):
    """Write everything that is made of a measurement into its folder.

    The table for the book comes last: make and refresh go by its time.
    """
    files = plot.plots(measured) | {
        "table.txt": as_text(measured), "values.json": as_json(measured),
        "table.adoc": as_adoc(measured)}
    try:
        os.makedirs(folder, exist_ok=True)
        for name in os.listdir(folder):
            if name.endswith(".svg") and name not in files:
                os.unlink(os.path.join(folder, name))
        for name, text in files.items():
            path = os.path.join(folder, name)
            with open(path + ".new", "w", encoding="utf-8") as file:
                file.write(text)
            os.rename(path + ".new", path)
    except OSError as error:
        raise os_refusal(error) from None


def command_of(short, choice, append=""):
    """The command line that measures a step so."""
    what = f"IN={short}" if short in KERNELS else f"STEP={short}"
    return shlex.join(["make", "bench", what, *choice.for_make(append)])


def folder_for(short, choice, mem="", append=""):
    """Where a measurement of a step goes."""
    more = re.sub(r"[^A-Za-z0-9]+", "-", f"{mem} {append}").strip("-")[:60]
    name = f"{short}-{choice.machine.name}-{choice.cpus}"
    return build_path("bench", "measure", f"{name}-{more}" if more else name)


def is_old(short, files, choice):
    """Whether a table is missing, or older than the files it is made of."""
    made = os.path.join(folder_for(short, choice), "table.adoc")
    sources = (*files, __file__, plot.__file__,
               os.path.join(TOP, "labs/bench/machines.toml"))
    return not os.path.exists(made) or any(
        os.path.getmtime(made) <= os.path.getmtime(source)
        for source in sources)


def _none(step, choice, console):
    """The Refusal for a run without a line to measure by."""
    skipped = tap.parse(console).skip_all
    why = f"; it skips this machine: {skipped}" if skipped else ""
    return Refusal(f"{step} measures nothing on {choice.machine.name}: with "
                   f"bench=1 it prints no line '# bench: ...'{why}.")


def measure(step, kernel, choice, mem="", append=""):
    """Boot a step's kernel, measure, write; a Measured, or None if it failed.

    step    "05-sync_addr"; a failed run has been reported when None comes back
    mem     MEM= as the user gave it, for the name of the folder
    """
    short = step.split("-")[0]
    folder = folder_for(short, choice, mem, append)
    # Not the tests again, see tap_wanted().
    result = run(Job(choice, kernel,
                     append=["bench=1", "test=0", *append.split()],
                     timeout=TIME_LIMIT), os.path.join(folder, "run"))
    console = read(result.out, CONSOLE).decode("utf-8", "replace")
    if not result.ok:
        report(result)
        return None
    rows = parse(console)
    if not rows:
        raise _none(step, choice, console)
    measured = Measured(step, choice,
                        command_of(short, choice, append), rows)
    write(measured, folder)
    return measured


def counted(rows, choice):
    """Rows of HOST_PROGRAM, whose ticks are instructions in Bochs."""
    if choice.machine.emulator != "bochs" or choice.cpus != 1:
        return rows
    return {name: {re.sub(r"\btick", "instruction", unit): text
                   for unit, text in row.items()}
            for name, row in rows.items()}


def _size_of(kernel):
    """Bytes of a kernel's code and constants."""
    try:
        said = subprocess.run(["size", kernel], capture_output=True, text=True,
                              check=True).stdout
        return said.splitlines()[1].split()[0]
    except (OSError, subprocess.CalledProcessError, IndexError):
        raise Refusal(f"size, of binutils, says nothing about {shown(kernel)}."
                      ) from None


class _Heard:
    """The output of a program, and when it began."""

    def __init__(self):
        self.started = 0.0
        self.data = b""
        self.began = None

    def __call__(self, data):
        self.began = self.began or time.monotonic()
        self.data += data


def measure_kernel(short, kernel, choice, mem="", append="", vkernel=""):
    """The same for one of KERNELS, with the root that was built.

    vkernel   options of the vkernel; "" for the host kernel
    """
    folder = folder_for(short, choice, mem, append)

    def output_of(program, where, more=()):
        heard = _Heard()
        with root.image_for(program, [], vkernel=vkernel) as image:
            job = Job(choice, kernel, [(image, "root")],
                      [*append.split(), *more], timeout=TIME_LIMIT,
                      output=ExecOutput(heard, bool(vkernel)))
            heard.started = time.monotonic()
            result = run(job, os.path.join(folder, where))
        if result.ok:
            return heard
        report_command(job, result)
        return None

    heard = output_of(VKERNEL_PROGRAM if vkernel else HOST_PROGRAM, "run")
    if heard is None:
        return None
    rows = counted(parse(heard.data.decode("utf-8", "replace")), choice)
    if not rows:
        raise Refusal("/usr/test/bench prints no line '# bench: ...'.")
    if short == "ept" and not any("VM exits" in row for row in rows.values()):
        raise Refusal(f"{choice.machine.name} has no nested page tables: the "
                      "vkernel ran without them, which IN=software measures.")
    if choice.machine.emulator != "bochs":
        rows["boot, as seen from here"] = {
            "seconds": f"{heard.began - heard.started:.1f}"}
    if not vkernel:
        rows["kernel, code and constants"] = {"bytes": _size_of(kernel)}
    measured = Measured(short, choice, command_of(short, choice, append),
                        rows, vkernel)
    if vkernel:
        trace = output_of(TRACE_PROGRAM, "trace", [TRACE_APPEND])
        if trace is None:
            return None
        with open(os.path.join(folder, "trace.txt"), "wb") as file:
            file.write(trace.data)
    write(measured, folder)
    return measured


def where(measured, mem="", append=""):
    """Where the files of a measurement are, as it is shown."""
    return shown(folder_for(short_of(measured.step), measured.choice, mem,
                            append))


def short_of(step):
    """The first part of a step's name; all of a kernel's."""
    return step if step in KERNELS else step.split("-")[0]
