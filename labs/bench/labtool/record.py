# SPDX-License-Identifier: BSD-3-Clause
"""Writes anew what a lab's text shows of real runs.

To be looked at before it is committed: `git diff labs` is what has changed in
the words that a student sees.
"""

import os

from benchlib.words import shown

from . import broken, measured, prove, report, table, transcript


def write(path, lines):
    """Write a file, if what it says changes, and say so."""
    os.makedirs(os.path.dirname(path), exist_ok=True)
    text = "".join(f"{line}\n" for line in lines)
    old = None
    if os.path.isfile(path):
        with open(path, encoding="utf-8") as file:
            old = file.read()
    if old != text:
        # A link says what another lab's file says; this one says otherwise.
        if os.path.islink(path):
            os.unlink(path)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        print(f"lab: {shown(path)} has changed", flush=True)


def _answers(tree):
    """The numbers that the solution measures now."""
    if not tree.lab.answers:
        return
    none = measured.answers_text(tree.lab)
    outputs = {machine: tree.sheet({measured.ANSWERS: none}, machine,
                                   "solution").output
               for machine in tree.lab.machines}
    write(tree.lab.path(measured.ANSWERS),
          measured.right_answers(tree.lab, outputs).splitlines())


def _expected(tree):
    _answers(tree)
    for machine in tree.lab.machines:
        sheet = tree.sheet({}, machine, "solution")
        write(report.expected_path(tree.lab, machine),
               [report.normal(tree.lab, line) for line in sheet.lines])


def _record_graded(lab):
    write(lab.path("points.adoc"), list(report.points_table(lab)))
    if lab.shown_by:
        _record_faults(lab)             # the rest is made of these
    tree = prove.tree_of(lab, "prove")
    try:
        _expected(tree)
        for row in lab.wrong:
            write(lab.path("wrong", f"{row['name']}.txt"),
                   list(report.recorded(lab, prove.wrong_sheets(tree, row))))
    finally:
        tree.close()
    if lab.faults and not lab.shown_by:
        _record_faults(lab)


def _record_faults(lab):
    trees = prove.fault_trees(lab)
    try:
        if lab.shown_by:
            write(lab.path("expected", f"{broken.RIGHT}.txt"),
                  prove.fault_words(trees, broken.RIGHT))
        for row in lab.faults:
            write(lab.path("faults", f"{row['name']}.txt"),
                   prove.fault_words(trees, row["name"]))
    finally:
        for each in trees:
            each.close()


def record(name):
    """Record a lab of either kind; the exit status."""
    sessions = transcript.load(name)
    if sessions is None:
        _record_graded(table.load(name))
    else:
        plants = transcript.Plants(name)
        try:
            for session in sessions:
                write(session.path(".txt"), transcript.play(session, plants))
        finally:
            plants.close()
    return 0
