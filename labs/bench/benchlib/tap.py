# SPDX-License-Identifier: BSD-3-Clause
"""TAP, the Test Anything Protocol, as far as our tests speak it.

    1..N                    plan, first or last; `1..0 # SKIP reason` skips all
    ok 3 - name             a test; `not ok` is a miss, `# SKIP reason` a skip
    # text                  a remark
    Bail out! text          the rest was given up

A kernel's console has other lines as well; they are context, not TAP.  To tell
them apart a test line must have its number.
"""

import re
from dataclasses import dataclass, field

_PLAN = re.compile(r"^1\.\.(\d+)\s*(?:#\s*SKIP\S*\s*(.*))?$", re.I)
_TEST = re.compile(r"^(not )?ok\s+(\d+)\b\s*-?\s*(.*?)"
                   r"(?:\s*(?<!\\)#\s*(SKIP|TODO)\S*\s*(.*))?$")
_BAIL = re.compile(r"^Bail out!\s*(.*)$")


@dataclass
class Point:
    """One test line."""
    number: int
    name: str
    ok: bool
    skip: str | None = None     # the reason, if it was skipped
    line: int = 0               # index of its line in the output


@dataclass
class Report:
    """A whole output: its tests, and what is wrong with the output itself."""
    plan: int | None = None
    points: list = field(default_factory=list)
    skip_all: str | None = None
    faults: list = field(default_factory=list)      # (kind, sentence)

    @property
    def ok(self):
        """No test missed and nothing wrong with the output."""
        return not self.faults and all(point.ok for point in self.points)


def _check(report, planned):
    """Add what is wrong with the output as a whole to report.faults."""
    count = len(report.points)
    add = report.faults.append
    if report.plan is None:
        add(("no-tap", "no TAP: neither a plan nor a test was printed")
            if not count else
            ("no-plan", f"{count} tests were printed but no plan '1..N'"))
        return
    if planned > 1:
        add(("two-plans", f"the plan was printed {planned} times"))
    if report.plan == 0 and report.skip_all is None:
        add(("no-reason", "everything was skipped without a reason"))
    if count < report.plan:
        add(("short-plan", f"the plan is {report.plan} but only {count} "
             f"test{'s were' if count != 1 else ' was'} printed"))
    elif count > report.plan:
        add(("long-plan", f"the plan is {report.plan} but {count} tests were "
             "printed"))


def parse(text):
    """The Report of an output."""
    report = Report()
    planned = 0
    for index, line in enumerate(text.splitlines()):
        line = line.rstrip()
        if match := _PLAN.match(line):
            planned += 1
            report.plan = int(match[1])
            if report.plan == 0 and match[2]:
                report.skip_all = match[2]
        elif match := _TEST.match(line):
            number = int(match[2])
            expected = len(report.points) + 1
            if number != expected:
                report.faults.append(
                    ("order", f"test {number} was printed where {expected} "
                     "was due"))
            point = Point(number, match[3].strip() or f"test {number}",
                          not match[1], line=index)
            if match[4] == "SKIP":
                point.skip = match[5].strip()
                if not point.skip:
                    report.faults.append(
                        ("no-reason", f"test {number} was skipped without a "
                         "reason"))
            elif match[4]:
                point.ok = True         # a TODO may miss
            report.points.append(point)
        elif match := _BAIL.match(line):
            report.faults.append(("bail-out", f"bail out: {match[1]}"))
    _check(report, planned)
    return report
