# SPDX-License-Identifier: BSD-3-Clause
"""The command line of the lab tool.

Exit status: 0 full marks, or the command did what it should; 1 not full marks,
or a proof failed; 2 refused in a sentence; 128 + N stopped by signal N.
"""

import argparse
import os
import signal
import sys

from benchlib import process
from benchlib.run import claim_folder
from benchlib.words import (Interrupted, Refusal, build_path, os_refusal,
                            shown)

from . import (broken, grader, measured, prove, record, report, system, table,
               transcript, workspace)


class _Parser(argparse.ArgumentParser):
    """argparse, but a mistake gets one sentence instead of a page."""

    def error(self, message):
        raise Refusal(f"{message}; labs/bench/labtool/lab --help explains.")


def _new(args):
    lab = table.load(args.lab)
    folder = shown(workspace.new(lab))
    print(f"lab: {folder} is your workspace; {folder}/README says what to "
          f"do, make grade LAB={lab.short} what it is worth.")
    return 0


def _build(lab, folder, texts):
    """Build what is graded; (a function that runs it, '' or what was said).

    The function gives the sheet of a machine, given its folder.
    """
    if lab.shown_by:
        return lambda machine, _folder: broken.sheet(
            lab, texts[broken.DIAGNOSIS], machine), ""
    if not lab.program:
        tree = os.path.join(folder, "tree")
        workspace.make_tree(lab, tree, texts)
        return lambda *where: grader.run_on(
            lab, os.path.join(tree, "obj", "kernel"), *where), \
            grader.build(tree)
    system.build_final()
    measured.read_answers(lab, texts[measured.ANSWERS])
    workspace.put(folder, lab.program, texts[lab.program])
    out = os.path.join(folder, "program")
    said = system.compile_program(lab, os.path.join(folder, lab.program), out)
    return lambda *where: system.run_on(
        lab, out, texts[measured.ANSWERS], *where), said


def _grade_tree(lab, folder, texts):
    """Build and run it all; its sheets, or None if it does not compile."""
    run_on, said = _build(lab, folder, texts)
    if said:
        print("The workspace does not compile.  The compiler's first lines:")
        print("\n".join(f"  {line}" for line in report.compiler(said)))
        return None
    sheets = []
    for machine in lab.machines:
        sheets.append(run_on(
            machine, os.path.join(folder, "run", lab.configs[machine].file)))
        print("\n".join(report.of_sheet(lab, sheets[-1])), flush=True)
        if sheets[-1].task:
            for machine in lab.machines[len(sheets):]:
                print(f"{lab.configs[machine].label}: not run, it would end "
                      "at the same task")
            break
    return sheets


def _grade(args):
    lab = table.load(args.lab)
    place = os.path.abspath(args.dir) if args.dir else workspace.place(lab)
    texts, notes = workspace.collect(lab, place)
    folder, lock = claim_folder(build_path("labs", "grade", lab.short))
    try:
        for note in notes:
            print(f"Note: {note}.")
        sheets = _grade_tree(lab, folder, texts)
    finally:
        os.close(lock)
    got = sum(sheet.score for sheet in sheets or ())
    if sheets:
        if got < lab.full and not lab.shown_by:
            print(f"All of it: {shown(folder)}/run.")
        if report.next_task(lab, sheets):
            print(report.next_task(lab, sheets))
    print(report.score(got, lab.full))
    return 0 if got == lab.full else 1


def _prove(args):
    return prove.prove(table.load(args.lab))


def _faults(args):
    lab = table.load(args.lab)
    if args.name:
        return prove.show_fault(lab, args.name)
    return prove.prove_faults(lab)


def _record(args):
    return record.record(args.lab)


def _replay(args):
    return transcript.replay(args.lab)


def _plant(args):
    if os.path.isfile(table.place_of(args.lab)):
        return broken.plant(table.load(args.lab), args.name, args.exec)
    transcript.load(args.lab)
    plants = transcript.Plants(args.lab)
    try:
        kernel = shown(plants.kernel(args.name))
    finally:
        plants.close()
    print(f"lab: {kernel} has the fault {args.name}; to look for it: "
          f"labs/bench/bench debug --kernel {kernel}")
    return 0


def _parser():
    parser = _Parser(prog="lab", description="Makes a lab's workspace, grades "
                     "it, and proves the grader.")
    commands = parser.add_subparsers(dest="command", required=True,
                                     parser_class=_Parser, metavar="COMMAND")

    def add(name, call, text):
        each = commands.add_parser(name, help=text)
        each.add_argument("lab", help="its number or name")
        each.set_defaults(call=call)
        return each

    add("new", _new, "make the workspace labs/work/NN")
    add("grade", _grade, "grade it").add_argument(
        "--dir", help="another folder instead of labs/work/NN")
    add("prove", _prove, "prove that the grader grades right (TAP)")
    add("fault", _faults, "run a deliberate fault and show what is said, or "
        "check all of them (TAP)").add_argument(
            "name", nargs="?", help="which; all if not given")
    plant = add("plant", _plant, "build a kernel with a fault to be found")
    plant.add_argument("name", help="which")
    plant.add_argument("--exec", help="the command that is run in it, if the "
                       "kernel is Damselfly's")
    add("record", _record, "write anew what the lab's text shows of real runs")
    add("replay", _replay, "run a debugging lab's sessions again and compare "
        "(TAP)")
    return parser


def main():
    """Run one command and return its exit status."""
    try:
        args = _parser().parse_args()
        process.catch_signals()
        return args.call(args)
    except Refusal as refusal:
        print(f"lab: {refusal}", file=sys.stderr)
        return 2
    except OSError as error:
        print(f"lab: {os_refusal(error)}", file=sys.stderr)
        return 2
    except Interrupted as stop:
        process.end_all()
        print(f"lab: stopped by {signal.Signals(stop.signum).name}.",
              file=sys.stderr)
        return 128 + stop.signum
