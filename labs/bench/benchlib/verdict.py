# SPDX-License-Identifier: BSD-3-Clause
"""What a test came to: the run, its TAP and its expected lines in one verdict.

A thing is reported once and as what it is.  A kernel that panics after test 3
of 5 has panicked; that its plan is short follows from it and is not a second
failure.
"""

import re
from dataclasses import dataclass, field

from . import tap
from .run import CONSOLE, read

TAIL = 25                       # lines of console shown with a failure


@dataclass
class Verdict:
    """The outcome of one test, ready to be counted and printed."""
    name: str
    passed: int = 0
    skips: list = field(default_factory=list)       # (name, reason)
    failures: list = field(default_factory=list)    # (kind, sentence)
    context: list = field(default_factory=list)     # lines of output
    seconds: float = 0.0
    instructions: int | None = None
    out: str = ""


def match_expected(lines, patterns):
    """Which line each pattern matches, in order: index or None.

    After a pattern that is found nowhere the search goes on from the same
    line, so that one missing line is one miss.
    """
    found = []
    start = 0
    for pattern in patterns:
        at = next((index for index in range(start, len(lines))
                   if re.search(pattern, lines[index])), None)
        found.append(at)
        if at is not None:
            start = at + 1
    return found


def _take_tap(verdict, report, ended_badly):
    """Add the points of a TAP report to a verdict."""
    for point in report.points:
        if point.skip is not None:
            verdict.skips.append((point.name, point.skip))
        elif point.ok:
            verdict.passed += 1
        else:
            verdict.failures.append(
                ("not-ok", f"not ok {point.number} - {point.name}"))
    if report.skip_all is not None:
        verdict.skips.append(("all of it", report.skip_all))
    if not ended_badly:
        verdict.failures += report.faults


def _context(lines, marks):
    """The lines around the first mark, or the last lines if there is none."""
    at = min(marks, default=len(lines) - 1)
    first = max(0, min(at - TAIL // 2, len(lines) - TAIL))
    shown = lines[first:first + TAIL]
    return [f"{'BAD ' if first + n in marks else '    '} {line}"
            for n, line in enumerate(shown)]


def _check_vmfail(verdict, test, findings):
    """Compare what Bochs said about refused VMX with what was expected."""
    said = [line for kind, _, line in findings if kind == "vmfail"]
    for pattern in test.vmfail:
        if not any(re.search(pattern, line) for line in said):
            verdict.failures.append(
                ("vmfail", f"Bochs' log has no VMFAIL line /{pattern}/"))
    for line in said:
        if not any(re.search(pattern, line) for pattern in test.vmfail):
            verdict.failures.append(("vmfail", f"Bochs' log: {line}"))


def of_kernel(test, result):
    """The verdict on a kernel test whose run has come to `result`."""
    console = read(result.out, CONSOLE)[-1 << 20:].decode("utf-8", "replace")
    lines = [line.rstrip() for line in console.splitlines()]
    verdict = Verdict(test.name, seconds=result.seconds,
                      instructions=result.instructions, out=result.out)
    ended_badly = result.outcome != "exit"
    if ended_badly:
        verdict.failures.append((result.outcome, result.sentence))
    report = tap.parse(console)
    has_tap = report.plan is not None or report.points
    if has_tap or not test.expect:
        _take_tap(verdict, report, ended_badly)
    for pattern, at in zip(test.expect,
                           match_expected(lines, test.expect)):
        if at is None:
            verdict.failures.append(("missing", f"MISSING: /{pattern}/"))
    if test.expect and not has_tap and not verdict.failures:
        verdict.passed += 1
    _check_vmfail(verdict, test, result.findings)
    if result.outcome == "exit" and result.status and not verdict.failures:
        verdict.failures.append(
            ("status", f"the guest's exit status is {result.status}"))
    if verdict.failures:
        marks = [point.line for point in report.points if not point.ok]
        marks += [n for n, line in enumerate(lines)
                  if line.startswith("panic:")]
        verdict.context = _context(lines, marks)
    return _expect_outcome(verdict, test.outcome)


def _expect_outcome(verdict, outcome):
    """For the bench's own tests: exactly this failure is a pass."""
    if outcome is None:
        return verdict
    kinds = sorted({kind for kind, _ in verdict.failures})
    if kinds == [outcome]:
        verdict.failures, verdict.context = [], []
        verdict.passed, verdict.skips = 1, []
    else:
        verdict.failures.append(
            ("outcome", f"expected to be reported as {outcome}, but was "
             f"reported as {', '.join(kinds) or 'passed'}"))
    return verdict


def of_command(test, status, output, seconds, out):
    """The verdict on a tap or command test.

    status   exit status, negative for a signal, None if the time limit ended
             it
    """
    verdict = Verdict(test.name, seconds=seconds, out=out)
    lines = [line.rstrip() for line in output.splitlines()]
    marks = []
    if status is None:
        verdict.failures.append(("hang", "not finished in time"))
    if test.kind == "tap":
        report = tap.parse(output)
        _take_tap(verdict, report, status is None)
        marks = [point.line for point in report.points if not point.ok]
    elif status == 77:
        reason = lines[-1] if lines else ""
        if reason:
            verdict.skips.append(("all of it", reason))
        else:
            verdict.failures.append(("no-reason", "skipped without a reason"))
    elif status == 0:
        verdict.passed = 1
    if status not in (0, None, 77) and not verdict.failures:
        what = f"exit status {status}" if status > 0 else f"signal {-status}"
        verdict.failures.append(("status", what))
    if verdict.failures:
        verdict.context = _context(lines, marks)
    return verdict
