# SPDX-License-Identifier: BSD-3-Clause
"""Proofs that CI runs: that a lab's grader gives each its due.

The starter must score what the table says, the solution full marks, and each
wrong solution must lose exactly the points that it should lose.  A deliberate
fault must be reported, by our checker, by the processor and by Bochs, with
exactly the recorded words.  Output is TAP.

One tree serves all: a variant changes a file or two, and make compiles those.
"""

import os
import re

from benchlib.run import Job, claim_folder, run
from benchlib.words import Refusal, build_path

from . import broken, grader, measured, patch, report, system, workspace

_CUT = re.compile(r"(?<=^    \.\.\. and )[0-9]+(?= lines more$)")


class Tree:
    """A built tree of the step whose files can be exchanged."""

    def __init__(self, lab, name, *words):
        """Claim build/labs/NAME/NN; `words` go to make."""
        self.lab = lab
        self.words = words
        place, self.lock = claim_folder(build_path("labs", name, lab.short))
        self.folder = os.path.join(place, "tree")
        self.runs = os.path.join(place, "run")
        # What differs in a variant must be a regular file in all of them:
        # exchanging a link for a file would not make make compile.
        self.now = {}
        workspace.make_tree(lab, self.folder, self.now)

    def close(self):
        """Let others use the folder."""
        os.close(self.lock)

    def variant(self, texts):
        """Build the solution with these texts instead; the kernel's path."""
        wanted = {name: texts.get(name) or self.lab.source(name)
                  for name in {*self.now, *texts}}
        for name, text in wanted.items():
            if self.now.get(name) != text:
                workspace.put(self.folder, name, text)
        self.now = wanted
        said = grader.build(self.folder, *self.words)
        if said:
            raise Refusal("it does not compile: " +
                          " | ".join(report.compiler(said)[:3]))
        return os.path.join(self.folder, "obj", "kernel")

    def sheet(self, texts, machine, name, timeout=None):
        """Build a variant, run it on a machine, give points."""
        return grader.run_on(self.lab, self.variant(texts), machine,
                             os.path.join(self.runs, name,
                                          self.lab.configs[machine].file),
                             timeout)


def tree_of(lab, name, *words):
    """The tree for variants of a lab of any kind."""
    if lab.shown_by:
        return broken.DiagnosisTree(lab)
    return (system.ProgramTree if lab.program else Tree)(lab, name, *words)


class Tap:
    """Counts and prints test lines; the plan comes last."""

    def __init__(self):
        self.count = self.missed = 0

    def ok(self, good, name, *remarks):
        """Print one test; remarks only if it failed."""
        self.count += 1
        self.missed += not good
        print(f"{'' if good else 'not '}ok {self.count} - {name}", flush=True)
        if not good:
            for remark in remarks:
                for line in str(remark).splitlines():
                    print(f"# {line}")

    def attempt(self, name, test):
        """Run a test: () -> (good, remarks...); a refusal is a failure."""
        try:
            good, *remarks = test()
        except Refusal as refusal:
            good, remarks = False, [str(refusal)]
        self.ok(good, name, *remarks)

    def end(self):
        """Print the plan; the exit status."""
        print(f"1..{self.count}", flush=True)
        return 1 if self.missed else 0


def patched(lab, folder, name):
    """The texts that labs/NN/folder/name.patch makes of the solution."""
    where = f"{lab.folder}/{folder}/{name}.patch"
    return patch.apply(lab.path(folder, f"{name}.patch"), where, lab.source)


def _same(old, new):
    """Whether two lines say the same.

    How many lines were cut is the compiler's affair: they are of a panic,
    whose backtrace gets longer or shorter with every change of the kernel.
    """
    return _CUT.sub("", old) == _CUT.sub("", new)


def compare(path, lines):
    """(equal, remark) of a recorded file and lines of now."""
    if not os.path.isfile(path):
        return False, f"{os.path.basename(path)} is not recorded"
    with open(path, encoding="utf-8") as file:
        have = file.read().splitlines()
    for number, (old, new) in enumerate(zip(have, lines), 1):
        if not _same(old, new):
            return False, (f"{os.path.basename(path)}:{number}\n"
                           f"recorded: {old}\nnow:      {new}")
    if len(have) != len(lines):
        return False, (f"{os.path.basename(path)} has {len(have)} lines, now "
                       f"there are {len(lines)}")
    return True, ""


def wrong_sheets(tree, row):
    """Run a wrong solution on every machine where it should lose points."""
    if "answers" in row:
        kind = broken if tree.lab.shown_by else measured
        texts = {tree.lab.answer_file: kind.wrong_text(tree.lab,
                                                       row["answers"])}
    else:
        texts = patched(tree.lab, "wrong", row["name"])
    return [tree.sheet(texts, machine, row["name"], row.get("timeout"))
            for machine in row["loses"]]


def _wrong(tree, row):
    sheets = wrong_sheets(tree, row)
    remarks = []
    for sheet in sheets:
        due = tree.lab.due(row, sheet.machine)
        if sheet.missed != due:
            remarks.append(f"{sheet.machine}: loses {sheet.missed}, should "
                           f"lose {due}")
    equal, remark = compare(
        tree.lab.path("wrong", f"{row['name']}.txt"),
        list(report.recorded(tree.lab, sheets)))
    if not equal:
        remarks.append(remark)
    return not remarks, *remarks


def _lost(lab, row):
    """The points that a wrong solution should lose."""
    return sum(point.points[machine] for machine in row["loses"]
               for point in lab.points
               if point.name in lab.due(row, machine))


def _starter(tree):
    sheet = tree.sheet(workspace.starter_texts(tree.lab),
                       tree.lab.machines[0], "starter")
    return (sheet.score == tree.lab.starter < tree.lab.full
            and (sheet.task is not None or not tree.lab.tasks),
            f"scores {sheet.score}: {sheet.result.sentence}")


def _solution(tree, machine):
    sheet = tree.sheet({}, machine, "solution")
    equal, remark = compare(report.expected_path(tree.lab, machine),
                            [report.normal(tree.lab, line)
                             for line in sheet.lines])
    return not sheet.missed and equal, f"missed: {sheet.missed}", remark


def prove(lab):
    """Prove the grader of a lab; TAP, and the exit status."""
    out = Tap()
    out.ok(True, f"{len(lab.tasks)} regions are as lab.toml lists them")
    out.attempt("the text's table of points is lab.toml's", lambda: compare(
        lab.path("points.adoc"), list(report.points_table(lab))))
    tree = tree_of(lab, "prove")
    try:
        out.attempt(f"the starter scores {lab.starter} of {lab.full}",
                    lambda: _starter(tree))
        for machine in lab.machines:
            label = lab.configs[machine].label
            out.attempt(f"the solution has full marks on {label} and its "
                        "console is the recorded one",
                        lambda m=machine: _solution(tree, m))
        for row in lab.wrong:
            out.attempt(f"wrong: {row['title']}: loses {_lost(lab, row)}",
                        lambda r=row: _wrong(tree, r))
    finally:
        tree.close()
    return out.end()


_RULE = re.compile(r"^\S.*: VMCS rule \S+ is broken: ")
_SAID = re.compile(r"^(\S.*: VM entry failed |panic: |\S.*; guest ended$)")


def _first(lines, pattern):
    """Lines of a console that match, for the first guest only."""
    found = [line for line in lines if pattern.search(line)]
    head = found[0].split(":")[0] if found else ""
    return list(dict.fromkeys(line for line in found
                              if line.split(":")[0] == head))


def told(lab, machine, lines):
    """What a kernel says about a fault: not what a right one says, too."""
    right = set(report.expected(lab, machine))
    return _first([line for line in (report.normal(lab, line)
                                     for line in lines)
                   if line not in right], _SAID) or ["(nothing)"]


def shown(row, lab, machine, lines):
    """What the kernel says of a fault: see `shows` in table.py."""
    if "shows" not in row:
        return told(lab, machine, lines)
    pattern = re.compile("|".join(f"(?:{each})" for each in row["shows"]))
    return [line for line in lines
            if pattern.search(line)] or ["(nothing)"]


def _fault_run(tree, texts, row):
    name = row["name"]
    kernel = tree.variant(texts)
    config = tree.lab.fault_config(name)
    only = [f"test={row['test']}"] if "test" in row else []
    job = Job(config.choice, kernel, append=[*config.append, *only],
              timeout=config.timeout or tree.lab.timeout)
    return run(job, os.path.join(tree.runs, name))


def fault_words(trees, name):
    """What checker, kernel and Bochs say about a fault, as lines.

    Of Damselfly it is what the lab's program prints.
    """
    if len(trees) == 1:
        return trees[0].words(name)
    with_checks, without = trees
    texts = patched(with_checks.lab, "faults", name)
    row = next(row for row in without.lab.faults if row["name"] == name)
    checked = _fault_run(with_checks, texts, row)
    bare = _fault_run(without, texts, row)
    rules = _first(grader.console_lines(checked), _RULE) or \
        ["(finds nothing)"]
    said = shown(row, with_checks.lab, with_checks.lab.fault_config(name).name,
                 grader.console_lines(bare))
    log = [re.sub(r"^[0-9]+ ", "", line) for _, _, line in bare.findings] or \
        ["(nothing)"]
    return [*(f"checker:  {line}" for line in rules),
            *(f"kernel:   {line}" for line in said),
            *(f"Bochs:    {line}" for line in dict.fromkeys(log))]


def fault_trees(lab):
    """The two trees that faults are run in; one for faults of Damselfly."""
    if lab.shown_by:
        return (broken.Faults(lab),)
    return Tree(lab, "fault"), Tree(lab, "fault-bare", "INVARIANTS=n")


def prove_faults(lab):
    """Check the words about every fault; TAP, and the exit status."""
    out = Tap()
    trees = fault_trees(lab)
    try:
        if lab.shown_by:
            out.attempt("nothing is missing", lambda: compare(
                lab.path("expected", f"{broken.RIGHT}.txt"),
                fault_words(trees, broken.RIGHT)))
        for row in lab.faults:
            out.attempt(f"fault: {row['title']}", lambda r=row: compare(
                lab.path("faults", f"{r['name']}.txt"),
                fault_words(trees, r["name"])))
    finally:
        for tree in trees:
            tree.close()
    return out.end()


def show_fault(lab, name):
    """Run one fault for a person: the change, then what everyone says."""
    names = [row["name"] for row in lab.faults]
    if not names:
        raise Refusal(f"lab {lab.short} has no faults.")
    if name not in names:
        raise Refusal(f"lab {lab.short} has no fault {name}; there are: "
                      f"{', '.join(names)}.")
    with open(lab.path("faults", f"{name}.patch"), encoding="utf-8") as file:
        print(file.read())
    trees = fault_trees(lab)
    try:
        for line in fault_words(trees, name):
            print(line)
    finally:
        for tree in trees:
            tree.close()
    return 0
