# SPDX-License-Identifier: BSD-3-Clause
"""The lab tool's own tests: what a student or an author can get wrong."""

import os
import re
import shutil
import subprocess
import sys
from types import SimpleNamespace

sys.dont_write_bytecode = True      # before the first import of ours
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.dirname(HERE), os.path.join(os.path.dirname(HERE),
                                                    "test")]
from taplib import TOP, has, main, same
from benchlib import front
from benchlib.words import Refusal
from labtool import (broken, grader, measured, patch, prove, record, regions,
                     report, table, workspace)

PLACE = os.path.join(TOP, "build/labs/tool-test")
LAB = os.path.join(HERE, "lab")


def refused(call, *arguments):
    """The sentence with which a call is refused."""
    try:
        call(*arguments)
    except Refusal as refusal:
        assert str(refusal).endswith("."), refusal
        return str(refusal)
    raise AssertionError("it was not refused")


def run(*words):
    """(exit status, output) of the lab tool."""
    done = subprocess.run([LAB, *words], cwd=TOP, text=True, check=False,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT)
    return done.returncode, done.stdout


def fresh(name):
    """An empty folder for a test."""
    folder = os.path.join(PLACE, name)
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    return folder


def new_workspace(name):
    """A workspace of lab 01 in a folder of ours."""
    lab = table.load("01")
    folder = os.path.join(fresh(name), "deep/01")
    real, workspace.place = workspace.place, lambda _lab: folder
    try:
        workspace.new(lab)
        has(refused(workspace.new, lab), "is there already and is your work")
    finally:
        workspace.place = real
    return folder


def regions_cut():
    """A region is replaced by a stub that names lab and task"""
    text = ("a\n\t/* LAB 01.2 begin: do it */\n\tb();\n\t/* LAB 01.2 end */\n"
            "/* LAB 01.3 begin rows: two rows */\n{ 1 },\n"
            "/* LAB 01.3 end */\n")
    cut = regions.cut(text, "x.c", "01")
    has(cut, '\tpanic("lab 01 task 2: do it is not written yet");\n')
    has(cut, "/* lab 01 task 3: two rows: not written yet */\n")
    assert "b();" not in cut and "{ 1 }" not in cut, cut
    same(regions.cut(text, "x.c", "02"), text)
    wide = regions.cut(text.replace("do it", "d" * 35), "x.c", "01")
    assert max(len(line.expandtabs(8)) for line in wide.split("\n")) <= 80


def regions_nested():
    """A region of another lab may lie inside, and only the lab's is cut"""
    text = ("/* LAB 02.1 begin: all of it */\n\ta();\n"
            "\t/* LAB 05.1 begin: a part */\n\tb();\n"
            "\t/* LAB 05.1 end */\n\tc();\n/* LAB 02.1 end */\n"
            "/* LAB 05.2 begin: the rest */\n\td();\n/* LAB 05.2 end */\n")
    same([(each.lab, each.number) for each in
          regions.find(text.split("\n"), "x.c")],
         [("02", 1), ("05", 1), ("05", 2)])
    cut = regions.cut(text, "x.c", "05")
    same(cut, text.replace("\tb();", '\tpanic("lab 05 task 1: a part is not '
                           'written yet");').replace(
        "\td();", 'panic("lab 05 task 2: the rest is not written yet");'))
    cut = regions.cut(text, "x.c", "02")
    assert "LAB 05.1" not in cut and "d();" in cut, cut
    crossed = text.replace("/* LAB 02.1 end */\n", "").replace(
        "\t/* LAB 05.1 end", "/* LAB 02.1 end */\n\t/* LAB 05.1 end")
    has(refused(regions.find, crossed.split("\n"), "x.c"),
        "LAB 02.1 ends where LAB 05.1 has begun")


def regions_refused():
    """A region that is nested, open, ended twice or misspelt is refused"""
    begin, end = "/* LAB 01.1 begin: x y */", "/* LAB 01.1 end */"
    for lines, words in (
            ([begin, begin], "begins inside another"),
            ([begin], "begins but does not end"),
            ([end], "ends that did not begin"),
            ([begin, end.replace("1.1", "1.2")], "ends where LAB 01.1"),
            (["/* LAB 01.1 begin */"], "looks like a LAB marker"),
            (["// LAB 01.1 end"], "looks like a LAB marker")):
        said = refused(regions.find, lines, "x.c")
        has(said, words)
        has(said, "x.c:")


def table_refused():
    """A region that is missing, doubled or not listed is refused"""
    folder = fresh("table/step")
    region = "/* LAB 01.{0} begin: x y */\n/* LAB 01.{0} end */\n"
    with open(os.path.join(folder, "a.c"), "w", encoding="ascii") as file:
        file.write(region.format(1) + region.format(2))
    rows = [{"number": n, "file": "a.c", "function": "f"} for n in (1, 2)]
    real, table.TOP = table.TOP, os.path.join(PLACE, "table")
    try:
        same(len(table._tasks(rows, "step", "01", "lab.toml")), 2)
        has(refused(table._tasks, rows[:1], "step", "01", "lab.toml"),
            "LAB 01.2 is not listed in lab.toml")
        has(refused(table._tasks, rows + [dict(rows[0], number=3)], "step",
                    "01", "lab.toml"), "has no region LAB 01.3")
        has(refused(table._tasks, [dict(rows[0], file="b.c")], "step", "01",
                    "lab.toml"), "step/b.c has no region LAB 01.1")
        shutil.copy(os.path.join(folder, "a.c"), os.path.join(folder, "b.c"))
        has(refused(table._tasks, rows, "step", "01", "lab.toml"),
            "LAB 01.1 is also in step/a.c")
    finally:
        table.TOP = real


def configs():
    """What a point is given on: MACHINE, MACHINE:CPUS, or a config"""
    rows = [{"name": "untranslated", "append": "untranslated=1 x=y",
             "cpus": 2, "mem": "512m", "timeout": 9}]
    words = ["haswell", "haswell:2", "untranslated", "haswell"]
    found = table._configs(words, rows, "lab.toml")
    same([(each.file, each.label, each.choice.cpus, each.choice.mem,
           each.timeout) for each in found.values()],
         [("haswell", "haswell", 1, 256, None),
          ("haswell-2", "haswell, 2 CPUs", 2, 256, None),
          ("untranslated", "untranslated: haswell, 2 CPUs, untranslated=1, "
           "x=y", 2, 512, 9)])
    same(found["untranslated"].append, ("untranslated=1", "x=y"))
    for word, part in (("haswell:1", "with more than one"),
                       ("haswell:", "with more than one"),
                       ("haswell:02", "with more than one"),
                       ("haswell:two", "with more than one"),
                       ("haswell:99", "CPUS=99 is not"),
                       ("haswel:2", "there is no machine 'haswel'"),
                       ("idle", "there is no machine 'idle'")):
        has(refused(table._configs, [word], [], "lab.toml"), part)
    for row, part in (({"name": "haswell"}, "a name of its own"),
                      ({"name": "a-b"}, "a name of its own"),
                      ({"name": "a", "cpu": 2}, "no field 'cpu'"),
                      ({"name": "a", "cpus": 0}, "CPUS=0 is not"),
                      ({"name": "a"}, "nothing is run with the config a")):
        has(refused(table._configs, ["haswell"], [row], "lab.toml"), part)
    has(refused(table._configs, ["untranslated"], rows * 2, "lab.toml"),
        "a name of its own")


def lab_of(**more):
    """A lab without files: three points on two configs of test kernels."""
    rows = [{"name": "good", "append": "do=pass", "cpus": 2},
            {"name": "bad", "append": "do=not-ok"}]
    points = (table.Point("ends", {"good": 1, "bad": 2}, ends=True),
              table.Point("first", {"good": 4}, tap="the first of two"),
              table.Point("passes", {"bad": 8}, tap="a test that passes"))
    fields = {"short": "00", "folder": "labs/00-none", "step": "steps/none",
              "timeout": 20, "starter": 0, "tasks": (), "points": points,
              "wrong": (), "faults": (),
              "configs": table._configs(["good", "bad"], rows, "lab.toml")}
    return table.Lab(**fields | more)


def graded_on_configs():
    """A run has the processors and the environment of its config"""
    assert front.build("labs/bench/test"), "the test kernel is not built"
    lab = lab_of()
    same((lab.machines, lab.full), (["good", "bad"], 15))
    sheets = [grader.run_on(lab, os.path.join(
        TOP, "build/labs/bench/test/kernel"), name, fresh(name))
        for name in lab.machines]
    same([sheet.score for sheet in sheets], [5, 8])
    same(sheets[1].missed, ["ends"])
    with open(os.path.join(PLACE, "good/bochsrc"), encoding="utf-8") as file:
        has(file.read(), "count=2")
    has("\n".join(report.of_sheet(lab, sheets[0])),
        "good: haswell, 2 CPUs, do=pass (")
    has("\n".join(report.points_table(lab)),
        "| Test | good: haswell, 2 CPUs, do=pass | bad: haswell, do=not-ok\n")
    has(report.expected_path(lab, "good"), "/expected/good.txt")


def lost_where_there_is_none():
    """A wrong solution that loses on a machine without points is refused"""
    wrong = {"name": "w", "title": "t", "loses": {"haswell:2": ["*"]}}
    has(refused(table._exercises, lab_of(wrong=(wrong,)), "wrong", (wrong,),
                "lab.toml"), "w: there are no points on 'haswell:2'")
    faults = ({"name": "f", "title": "t"},
              {"name": "g", "title": "t", "machine": "bad"})
    lab = lab_of(faults=faults)
    same([lab.fault_config(name).name for name in "fg"], ["good", "bad"])


def fault_shows():
    """A fault's own lines, if its row names them"""
    lines = ["one: #PF at 0; guest ended", "not ok 2 - two", "# end 3",
             "three: #UD at 0; guest ended"]
    same(prove.shown({"shows": ["^not ok", "^# end"]}, None, None, lines),
         lines[1:3])
    same(prove.shown({"shows": ["^never"]}, None, None, lines),
         ["(nothing)"])


def fault_runs_one():
    """A fault with `test` runs that test alone, one without runs them all"""
    lab, jobs = table.load("05"), []
    tree = SimpleNamespace(lab=lab, runs="runs", variant=lambda texts: "k")
    real, prove.run = prove.run, lambda job, folder: jobs.append(job)
    try:
        for row in lab.faults:
            prove._fault_run(tree, {}, row)
    finally:
        prove.run = real
    same([job.append for job in jobs],
         [[f"test={row['test']}"] if "test" in row else []
          for row in lab.faults])
    assert {len(job.append) for job in jobs} == {0, 1}


def links_kept():
    """A file in a folder of the step, which is a link, is not written to"""
    has(refused(workspace.put, fresh("links"), "sys/tap.h", "x"),
        "not in the step's own folder")


def patches():
    """A patch applies exactly, or is refused with the reason"""
    path = os.path.join(fresh("patch"), "p.patch")

    def apply(diff, text):
        with open(path, "w", encoding="ascii") as file:
            file.write(diff)
        return patch.apply(path, "p.patch", lambda _name: text)

    diff = "--- a/x.c\n+++ b/x.c\n@@ -9 +9 @@\n a\n-b\n+c\n"
    same(apply(diff, "a\nb\n"), {"x.c": "a\nc\n"})
    same(apply(diff, "z\na\nb\ny\n"), {"x.c": "z\na\nc\ny\n"})
    has(refused(apply, diff, "a\nx\n"), "nowhere")
    has(refused(apply, diff, "a\nb\na\nb\n"), "more than once")
    has(refused(apply, "no diff\n", "a\n"), "has no hunk")


def normal():
    """What may differ between right kernels is made equal"""
    lab = lab_of()
    for line, same_as in (
            ("# guest output at tsc 123", "# guest output at tsc N"),
            ("#UD at 0x400197; guest", "#UD at 0x4.....; guest"),
            ("x: status 14", "x: status 14"),
            ("hang: not finished after 5 s, at 0x400012 in f+0x1.",
             "hang: not finished after 5 s.")):
        same(report.normal(lab, line), same_as)
    lab = lab_of(vary=tuple(map(re.compile, (
        "[0-9]+(?= ticks)", "[ 0-9]{7}[0-9](?= +1 external)"))))
    for line, same_as in (
            ("x: 23 of 10066590 ticks", "x: 23 of N ticks"),
            ("     340   1 external interrupt",
             "       N   1 external interrupt"),
            ("     340   0 exception", "     340   0 exception")):
        same(report.normal(lab, line), same_as)


def told_of_a_fault():
    """What a right kernel says as well is not said about a fault"""
    folder = fresh("expected")
    lab = lab_of(folder=os.path.relpath(os.path.dirname(folder), TOP))
    with open(report.expected_path(lab, "good"), "w",
              encoding="ascii") as file:
        file.write("x: #DE at 0x4.....; guest ended\nok 1 - x\n")
    own, wrong = "x: #DE at 0x400123; guest ended", "y: #UD; guest ended"
    same(prove.told(lab, "good", [own, "ok 1 - x", wrong]), [wrong])
    same(prove.told(lab, "good", [own]), ["(nothing)"])
    same(prove.told(lab, "bad", [own, wrong]),
         ["x: #DE at 0x4.....; guest ended"])
    same(prove.told(lab, "good", ["z: ...", "panic: p", "panic: q", wrong]),
         ["panic: p", "panic: q"])


def recorded_link():
    """What is recorded anew takes the place of a link, not of its target"""
    folder = fresh("recorded")
    paths = [os.path.join(folder, name) for name in ("a.txt", "b.txt")]
    with open(paths[0], "w", encoding="ascii") as file:
        file.write("old\n")
    os.symlink("a.txt", paths[1])
    record.write(paths[1], ["old"])
    same(os.path.islink(paths[1]), True)
    record.write(paths[1], ["new"])
    texts = []
    for path in paths:
        with open(path, encoding="ascii") as file:
            texts.append(file.read())
    same(texts, ["old\n", "new\n"])


def words_refused():
    """What is not a lab, a fault or a command is refused in one sentence"""
    for words, part in ((("new", "xyz"), "there is no lab xyz"),
                        (("grade", "../01"), "there is no lab ../01"),
                        (("new", "debug"), "no workspace"),
                        (("fault", "01", "xyz"), "has no fault xyz"),
                        (("replay", "01"), "has no sessions"),
                        (("fault", "07", "xyz"), "lab 07 has no faults"),
                        (("plant", "07", "A"), "lab 07 has no kernels"),
                        (("plant", "08", "Z"), "there is no kernel Z"),
                        (("grade", "01", "--dir", "/nowhere"),
                         "there is no workspace"),
                        (("xyz",), "invalid choice"), ((), "required")):
        status, said = run(*words)
        same(status, 2)
        same(len(said.splitlines()), 1)
        has(said, part)


def workspace_graded():
    """A new workspace builds as it is, and is graded with original tests"""
    folder = new_workspace("graded")
    same(sorted(os.listdir(os.path.dirname(folder))), ["01"])
    for name in os.listdir(folder):
        assert os.path.exists(os.path.join(folder, name)), name
    done = subprocess.run(["make", "-s", "-C", folder, "O=obj"], text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          env={"PATH": os.environ["PATH"]}, check=False)
    assert done.returncode == 0 and "warning" not in done.stdout, done.stdout
    for name in ("vmm_test.c", "guest.c"):
        with open(os.path.join(folder, name), "w", encoding="ascii") as file:
            file.write("#error changed\n")
    with open(os.path.join(folder, "more.c"), "w", encoding="ascii") as file:
        file.write("#error more\n")
    status, said = run("grade", "01", "--dir", folder)
    same(status, 1)
    for part in ("Note: vmm_test.c was changed; the original was graded.",
                 "Note: guest.c was changed", "Note: more.c is not part of",
                 "Next: task 2, vmx_cpu.c", "Score: 0/100"):
        has(said, part)


def recorded_lines():
    """Recorded lines are those of now, save how many a report has cut"""
    os.makedirs(PLACE, exist_ok=True)
    path = os.path.join(PLACE, "recorded.txt")
    with open(path, "w", encoding="ascii") as file:
        file.write("    BAD      trap\n    ... and 59 lines more\n")
    same(prove.compare(path, ["    BAD      trap",
                              "    ... and 62 lines more"]), (True, ""))
    good, remark = prove.compare(path, ["    BAD      trap"])
    same((good, "2 lines" in remark), (False, True))
    good, remark = prove.compare(path, ["    BAD      trip",
                                        "    ... and 59 lines more"])
    same((good, "now:          BAD      trip" in remark), (False, True))


def not_c():
    """A workspace that does not compile is told the compiler's words"""
    folder = new_workspace("not-c")
    path = os.path.join(folder, "vmx_run.c")
    with open(path, "a", encoding="ascii") as file:
        file.write("int broken = ;\n")
    status, said = run("grade", "01", "--dir", folder)
    same(status, 1)
    for part in ("does not compile", "vmx_run.c:", "error: expected expressi",
                 "Score: 0/100"):
        has(said, part)
    os.unlink(path)
    status, said = run("grade", "01", "--dir", folder)
    same(status, 2)
    has(said, "vmx_run.c is missing")


def measured_lab(**more):
    """A lab with two points for rows, and one for an answer."""
    points = (table.Point("calls", {"good": 1}, rows="call|fork"),
              table.Point("mprotect", {"good": 2}, rows="mprotect, .* pages"),
              table.Point("found", {"good": 4}, answers=("exits",)))
    return lab_of(points=points, answers=(table.Answer(
        "exits", "exits of a call", "good", "call", "VM exits"),), **more)


ROWS = ("# bench: call: 100 ticks, 2.10 VM exits\n"
        "# bench: fork: 9000 ticks, 25.00 VM exits\n"
        "# bench: mprotect, 2 pages: 1000 ticks, 1.00 VM exits\n"
        "# bench: mprotect, 16 pages: 1020 ticks, 1.00 VM exits\n")


def judged(ours, answers="exits = [1, 2]"):
    """(numbers of the points earned, remarks) of a program's output."""
    lines = list(measured.verdict(
        measured_lab(), "good", f"{ours}\n{measured.SEPARATOR}\n{ROWS}",
        answers))
    return ([int(line.split()[1]) for line in lines if line[:3] == "ok "],
            "\n".join(line for line in lines if line[0] == "#"))


def measured_near():
    """A value may be off by a part of it, and not by more"""
    same(judged(ROWS)[0], [1, 2, 3])
    same(judged(ROWS.replace("9000", "11000"))[0], [1, 2, 3])
    good, why = judged(ROWS.replace("9000", "12000"))
    same(good, [2, 3])
    has(why, "# fork: 12000 ticks, the solution measures 9000")
    good, why = judged(ROWS.replace("2.10", "3.30"))
    same(good, [2, 3])
    has(why, "# call: 3.30 VM exits, the solution measures 2.10")
    good, why = judged(ROWS.replace(", 25.00 VM exits", ""))
    same(good, [2, 3])
    has(why, "# fork: no VM exits")
    good, why = judged(ROWS.replace("# bench: fork", "# fork"))
    same(good, [2, 3])
    has(why, "# fork: there is no such row")


def measured_format():
    """No row is good if one cannot be read, or if there is none"""
    for ours, part in ((ROWS.replace("fork:", "fork"), "that is not"),
                       ("", "no line begins with"),
                       (ROWS + ROWS, "was measured before")):
        good, why = judged(ours)
        same(good, [3])
        has(why, part)


def measured_rising():
    """What is done to more pages costs more"""
    good, why = judged(ROWS.replace("1020", "999"))
    same(good, [1, 3])
    has(why, "mprotect, 16 pages: no more ticks than mprotect, 2 pages")


def measured_answers():
    """An answer is a prediction and a number that was measured"""
    for answers, part in (('exits = ["?", "?"]', "nothing is predicted"),
                          ('exits = [1, "?"]', "no number that was measured"),
                          ("", "nothing is predicted"),
                          ("exits = [2, 1]", "not what the solution")):
        good, why = judged(ROWS, answers)
        same(good, [1, 2])
        has(why, part)
        assert "2.1" not in why, "it tells the answer"
    for answers, part in (("exits", "answers.toml: "),
                          ("exit = [1, 2]", "nothing is called exit"),
                          ("exits = 2", "is not [predicted, measured]")):
        has(refused(judged, ROWS, answers), part)
    has(refused(table._answers, [], (table.Point(
        "p", {"good": 1}, answers=("x",)),), "lab.toml"), "the answer x")


def broken_lab():
    """A lab of two faults, whose transcripts are recorded."""
    folder = fresh("broken/faults")
    for name, text in (("one", "ok 1 - a\nnot ok 2 - b\nexit status 1\n"),
                       ("two", "ok 1 - a\nhang\n")):
        with open(os.path.join(folder, f"{name}.txt"), "w",
                  encoding="ascii") as file:
            file.write(text)
    names = ("without one", "without two", "kernel A", "kernel B")
    return lab_of(
        folder=os.path.relpath(os.path.dirname(folder), TOP), shown_by="x",
        faults=({"name": "one", "title": "t"}, {"name": "two", "title": "t"}),
        points=tuple(table.Point(name, {"good": 1}) for name in names))


def diagnoses():
    """A diagnosis gets a point for each right entry; a starter gets none"""
    lab = broken_lab()
    due = broken.right(lab)
    same(due["fails"], {"one": [2], "two": "hang"})
    same(sorted(due["missing"].values()), ["one", "two"])
    good = broken.text_of(lab, due)
    same(broken.sheet(lab, good, "good").score, 4)
    same(broken.sheet(lab, broken.text_of(lab), "good").score, 0)
    wrong = broken.sheet(lab, broken.wrong_text(lab, {"one": []}), "good")
    same(wrong.missed, ["without one"])
    has("\n".join(wrong.lines), "# it is not []")
    for text, part in (("x", "diagnosis.toml: "), ("", "no table [fails]"),
                       (good.replace("two =", "three ="), "called three")):
        has(refused(broken.sheet, lab, text, "good"), part)


def failing_checks():
    """What a transcript shows: checks that fail, or how it ended"""
    for lines, due in ((["ok 1 - a", "exit status 0"], []),
                       (["not ok 3 - a", "not ok 12 - b", "exit status 1"],
                        [3, 12]),
                       (["not ok 3 - a", "panic: x"], "panic"),
                       (["hang"], "hang"), ([], "hang")):
        same(broken.failing(lines), due)


if __name__ == "__main__":
    sys.exit(main([regions_cut, regions_nested, regions_refused,
                   table_refused, configs, graded_on_configs,
                   lost_where_there_is_none, fault_shows, fault_runs_one,
                   links_kept, patches, normal, told_of_a_fault,
                   recorded_link, recorded_lines, words_refused,
                   measured_near, measured_format, measured_rising,
                   measured_answers, diagnoses, failing_checks,
                   workspace_graded, not_c]))
