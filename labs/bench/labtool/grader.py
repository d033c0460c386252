# SPDX-License-Identifier: BSD-3-Clause
"""Builds a tree, runs it on the lab's machines, and gives points.

Points are given for what the kernel's tests say, for lines that the console
must have, and for a clean end with everything that the solution prints.
What is graded is kernel code and can print what it likes: the grader tells
right from wrong, not honest from dishonest.
"""

import os
import re
import subprocess
from dataclasses import dataclass, field

from benchlib import tap
from benchlib.run import CONSOLE, Job, read, run

from .report import expected, normal

FLOOD = 1 << 16             # bytes of console that are too many here
_STUB = re.compile(r"^panic: lab (\S+) task ([0-9]+): ", re.M)


@dataclass
class Sheet:
    """What one run earned."""
    machine: str                # the name of its Config (see table.py)
    rows: list = field(default_factory=list)    # (Point, points, ok)
    lines: list = field(default_factory=list)   # the console
    result: object = None                       # benchlib.run.Result
    output: str = ""            # of the programs, in a lab about Damselfly

    @property
    def score(self):
        """Points earned."""
        return sum(points for _, points, ok in self.rows if ok)

    @property
    def missed(self):
        """Names of the points not earned."""
        return [point.name for point, _, ok in self.rows if not ok]

    @property
    def task(self):
        """The number of the task at whose stub the run ended, or None."""
        found = _STUB.search("\n".join(self.lines))
        return int(found[2]) if found else None


def build(folder, *words):
    """`make` in a tree; '' or what the compiler said."""
    environment = {name: value for name, value in os.environ.items()
                   if name not in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL",
                                   "MAKEOVERRIDES", "MACHINE", "CPUS", "MEM",
                                   "APPEND")}
    done = subprocess.run(
        ["make", "-s", "--no-print-directory",
         f"-j{len(os.sched_getaffinity(0))}", *words],
        cwd=folder, env=environment, text=True, check=False,
        errors="replace", stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE)
    if done.returncode == 0:
        return ""
    return done.stderr.strip() or f"make ended with {done.returncode}"


def console_lines(result):
    """The console of a run as lines."""
    text = read(result.out, CONSOLE).decode("utf-8", "replace")
    return [line.rstrip() for line in text.splitlines()]


def _has_all(lines, wanted):
    """Whether all wanted lines are there in their order, others between."""
    rest = iter(lines)
    return all(line in rest for line in wanted)


def has_lines(point, lines):
    """Whether a console has the lines that a point wants."""
    return all(any(re.search(pattern, line) for line in lines)
               for pattern in point.lines)


def _earned(point, sheet, passed, lab):
    """Whether a run earned a point."""
    if point.tap and point.tap not in passed:
        return False
    if point.ends and not (sheet.result.ok and not sheet.result.findings
                           and _has_all([normal(lab, line)
                                         for line in sheet.lines],
                                        expected(lab, sheet.machine))):
        return False
    return has_lines(point, sheet.lines)


def run_on(lab, kernel, machine, folder, timeout=None):
    """Run a built kernel on a machine and fill in its Sheet."""
    config = lab.configs[machine]
    result = run(Job(config.choice, kernel, append=list(config.append),
                     timeout=timeout or config.timeout or lab.timeout,
                     limit=FLOOD), folder)
    sheet = Sheet(machine, lines=console_lines(result), result=result)
    report = tap.parse("\n".join(sheet.lines))
    passed = {point.name for point in report.points
              if point.ok and point.skip is None}
    sheet.rows = [(point, point.points[machine],
                   _earned(point, sheet, passed, lab))
                  for point in lab.points if machine in point.points]
    return sheet
