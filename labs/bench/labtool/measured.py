# SPDX-License-Identifier: BSD-3-Clause
"""Judges what a student's program has measured, and the answers found by it.

The program runs in a kernel of Damselfly, and after it, in the same kernel,
the lab's solution: an independent measurement of the same operations.  A value
is near if it is not further from that than the clock's interrupts can move it.
What is found is told in lines of TAP, one for each point of lab.toml that has
`rows` or `answers`, with the reasons below it.
"""

import re
import tomllib

from benchlib import measure
from benchlib.words import Refusal

ANSWERS = "answers.toml"        # in a workspace
SEPARATOR = "--- solution"      # before its output
PART = 0.25                     # of a value, that another may be off
SLACK = {"ticks": 40.0}         # and so much more
COUNT_SLACK = 0.5               # the same for what is counted
_UNKNOWN = "?"


def answers_text(lab, values=None):
    """The file of answers: a starter, or one that is filled in.

    values   name -> text of the number that was measured
    """
    lines = ["# SPDX-License-Identifier: BSD-3-Clause", "#",
             "# What each is: [what you have predicted, what you have "
             "measured]."]
    for each in lab.answers:
        value = (values or {}).get(each.name, f'"{_UNKNOWN}"')
        lines += ["", f"# {each.text}", f"{each.name} = [{value}, {value}]"]
    return "\n".join(lines) + "\n"


def is_near(value, right, unit):
    """Whether a measured number is as good as another one."""
    return abs(value - right) <= PART * right + SLACK.get(unit, COUNT_SLACK)


def _series(rows):
    """Names of rows that differ in one number only, by that number."""
    found = {}
    for name in rows:
        number = re.search(r"\b[0-9]+ pages\b", name)
        if number:
            found.setdefault(name.replace(number[0], "N"), []).append(
                (int(number[0].split()[0]), name))
    return [[name for _, name in sorted(each)] for each in found.values()]


def _not_rising(rows, names):
    """A reason for each of a series that costs less than a smaller one."""
    for series in _series(name for name in names if name in rows):
        per_call = not series[0].startswith("first write")
        for less, more in zip(series, series[1:]):
            one, two = (float(rows[name].get("ticks", 0))
                        for name in (less, more))
            if per_call and two <= one:
                yield f"{more}: no more ticks than {less}"


def compare_rows(pattern, rows, solution):
    """Why the rows that an expression matches are not good; a list."""
    names = [name for name in solution if re.fullmatch(pattern, name)]
    why = []
    for name in names:
        if name not in rows:
            why.append(f"{name}: there is no such row")
            continue
        for unit, text in solution[name].items():
            right, value = float(text), rows[name].get(unit)
            if value is None:
                why.append(f"{name}: no {unit}")
            elif not is_near(float(value), right, unit):
                why.append(f"{name}: {value} {unit}, the solution measures "
                           f"{text}")
    return (why + list(_not_rising(rows, names))) if names else \
        ["the solution has no such row"]


def read_answers(lab, text):
    """name -> [predicted, measured] of a file of answers; or a Refusal."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise Refusal(f"{ANSWERS}: {error}.") from None
    for name, pair in data.items():
        if name not in (each.name for each in lab.answers):
            raise Refusal(f"{ANSWERS}: nothing is called {name}.")
        if not isinstance(pair, list) or len(pair) != 2:
            raise Refusal(f"{ANSWERS}: {name} is not [predicted, measured].")
    return data


def _is_number(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def check_answer(answer, given, solution):
    """Why an answer is not good; a list."""
    predicted, measured = given.get(answer.name, [_UNKNOWN, _UNKNOWN])
    text = solution.get(answer.row, {}).get(answer.unit)
    if text is None:
        return [f"the solution has no {answer.unit} of {answer.row}"]
    if not _is_number(predicted):
        return [f"{answer.name}: nothing is predicted"]
    if not _is_number(measured):
        return [f"{answer.name}: no number that was measured"]
    if not is_near(measured, float(text), answer.unit):
        return [f"{answer.name}: not what the solution measures"]
    return []


def _rows_of(text):
    """(rows, reasons) of a program's output."""
    try:
        rows = measure.parse(text)
    except Refusal as refusal:
        return {}, [str(refusal)]
    return rows, [] if rows else ["no line begins with '# bench: '"]


def split(output):
    """(the program's output, the solution's) of a run's output."""
    ours, _, solution = output.partition(f"\n{SEPARATOR}\n")
    return ours, solution


def verdict(lab, place, output, answers):
    """Lines of TAP about a run.

    place     the name of its Config
    output    what both programs have printed
    answers   text of the student's answers
    """
    ours, theirs = split(output)
    rows, refused = _rows_of(ours)
    solution, _ = _rows_of(theirs)
    wanted = {each.name: each for each in lab.answers}
    given = read_answers(lab, answers)
    number = 0
    for point in lab.points:
        if place not in point.points or not (point.rows or point.answers):
            continue
        number += 1
        why = []
        if point.rows:
            why = refused or compare_rows(point.rows, rows, solution)
        for name in point.answers:
            why = why + check_answer(wanted[name], given, solution)
        yield f"{'not ' if why else ''}ok {number} - {point.name}"
        yield from (f"# {each}" for each in why)
    yield f"1..{number}"


def right_answers(lab, outputs):
    """The solution's file of answers.

    outputs   name of a Config -> what a run there has printed
    """
    places = {name: _rows_of(split(text)[1])[0]
              for name, text in outputs.items()}
    return answers_text(lab, {
        each.name: places[each.place][each.row][each.unit]
        for each in lab.answers})


def wrong_text(lab, wrong):
    """The solution's file with some answers exchanged.

    wrong   name -> number that is taken for the measured one
    """
    right = read_answers(lab, lab.source(ANSWERS))
    return answers_text(lab, {name: wrong.get(name, pair[1])
                              for name, pair in right.items()})
