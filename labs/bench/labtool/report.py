# SPDX-License-Identifier: BSD-3-Clause
"""What a student is shown: points, and for a miss the console beside what it
should have been.

The expected console of every machine is a file of the lab, recorded from the
solution and compared with it by CI.  What differs between equally right
kernels (addresses of the guest's code, time stamps) is made equal first.
"""

import difflib
import os
import re

from benchlib.words import TOP

CONTEXT = 2         # lines of console around a miss
HUNK = 12           # lines of one miss that are shown
HUNKS = 3           # misses that are shown

_NORMAL = (
    (re.compile(r"\btsc [0-9]+\b"), "tsc N"),
    (re.compile(r"\b0x4[0-9a-f]{5}\b"), "0x4....."),    # the guest's code
    (re.compile(r"\b[0-9a-f]{16}\b"), "................"),     # registers
    (re.compile(r"\b0xffffffff8[0-9a-f]{7}\b"), "0xffffffff8......."),
    (re.compile(r"\b0xfffff8[0-9a-f]{10}\b"), "0xfffff8.........."),
    (re.compile(r"(?<=[a-z0-9_])\+0x[0-9a-f]+\b"), "+0x..."),
    (re.compile(r", at 0x[0-9a-f.]+ in \S+?(?=\.?$)"), ""),   # of a hang
    (re.compile(r"^( {4})[0-9]{8,} (?=\[CPU)"), r"\1"),       # Bochs' ticks
)


def _varied(match):
    """N, as wide as a number that is filled up with spaces."""
    return "N".rjust(len(match[0])) if match[0].startswith(" ") else "N"


def normal(lab, line):
    """A console line without what may differ."""
    for pattern, text in _NORMAL:
        line = pattern.sub(text, line)
    for pattern in lab.vary:
        line = pattern.sub(_varied, line)
    return line


def expected_path(lab, machine):
    """The file of the expected console of a machine."""
    return lab.path("expected", f"{lab.configs[machine].file}.txt")


def expected(lab, machine):
    """The expected console as normal lines; empty if none is recorded."""
    path = expected_path(lab, machine)
    if not os.path.isfile(path):
        return []
    with open(path, encoding="utf-8") as file:
        return file.read().splitlines()


def differences(lab, sheet):
    """GOOD / BAD / MISSING lines around everything that differs."""
    want = expected(lab, sheet.machine)
    have = [normal(lab, line) for line in sheet.lines]
    shown, left = [], 0
    matcher = difflib.SequenceMatcher(None, want, have, autojunk=False)
    for group in matcher.get_grouped_opcodes(CONTEXT):
        if shown.count("...") == HUNKS - 1:
            left += 1
            continue
        part = []
        for kind, want_from, want_to, from_, to_ in group:
            if kind == "equal":
                part += [f"GOOD     {line}" for line in sheet.lines[from_:to_]]
                continue
            part += [f"BAD      {line}".rstrip()
                     for line in sheet.lines[from_:to_]]
            part += [f"MISSING  {line}" for line in want[want_from:want_to]]
        rest = len(part) - HUNK
        if rest > 1:
            part[HUNK:] = [f"... and {rest} lines more"]
        shown += (["..."] if shown else []) + part
    if left:
        shown.append(f"... and {left} more place{'s' * (left > 1)}")
    return shown


def _rows(sheet):
    for point, points, ok in sheet.rows:
        got = points if ok else 0
        yield f"  {point.name:44} {got:3}/{points:<3} {'OK' if ok else 'FAIL'}"


def _miss(lab, sheet):
    """Why points were lost on a machine, as far as the run tells."""
    result = sheet.result
    if sheet.task:
        yield "  The run ended at a piece that is not written yet."
        return
    if result.outcome != "exit":
        yield f"  The run ended badly: {result.sentence}."
    elif result.status:
        what = "program" if lab.program else "kernel"
        yield f"  The {what} ended with exit status {result.status}."
    for kind, sentence, line in result.findings:
        if kind != "triple-fault":
            yield f"  {sentence[0].upper()}{sentence[1:]}; Bochs' log:"
            yield f"    {line}"
    lines = differences(lab, sheet)
    if lines:
        yield "  The console, beside what it should be:"
        yield from (f"    {line}" for line in lines)


def of_sheet(lab, sheet):
    """The report of one machine as lines."""
    count = sheet.result.instructions
    label = lab.configs[sheet.machine].label
    yield f"{label} ({sheet.result.seconds:.1f} s" + \
        (f", {count / 1e6:.1f} M instructions)" if count else ")")
    yield from _rows(sheet)
    if sheet.missed:
        yield from _miss(lab, sheet)


def recorded(lab, sheets):
    """What is recorded of a wrong solution: its misses, in normal form."""
    for sheet in sheets:
        if sheet.missed:
            yield lab.configs[sheet.machine].label
            yield from (normal(lab, line) for line in _miss(lab, sheet))


def points_table(lab):
    """The points as an AsciiDoc table, for the lab's text."""
    machines = lab.machines
    yield "// SPDX-License-Identifier: BSD-3-Clause"
    yield "// Made from lab.toml by the lab tool's `record`."
    yield '[%header%autowidth,cols="<' + ",>" * len(machines) + '"]'
    yield "|==="
    yield "| Test " + " ".join(f"| {lab.configs[machine].label}"
                               for machine in machines)
    yield ""
    for point in lab.points:
        yield f"| {point.name} " + " ".join(
            f"| {point.points.get(machine, '-')}" for machine in machines)
    yield f"| Sum, {lab.full} together " + " ".join(
        "| " + str(sum(point.points.get(machine, 0) for point in lab.points))
        for machine in machines)
    yield "|==="


def next_task(lab, sheets):
    """What to write next, if a run ended at a stub; else ''."""
    numbers = [sheet.task for sheet in sheets if sheet.task]
    for task in lab.tasks:
        if task.number in numbers:
            return (f"Next: task {task.number}, {task.file}, {task.function}: "
                    f"{task.text}.")
    return ""


def score(got, full):
    """The last line of a report."""
    return f"Score: {got}/{full}"


def compiler(text):
    """The first lines of what the compiler said, short paths."""
    lines = [line.replace(TOP + "/", "") for line in text.splitlines()
             if not line.startswith("make")]
    return lines[:12] + (["..."] if len(lines) > 12 else [])
