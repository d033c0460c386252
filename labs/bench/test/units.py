# SPDX-License-Identifier: BSD-3-Clause
"""Unit tests of the bench's pure parts: TAP, logs, words, verdicts."""

import os
import sys

sys.dont_write_bytecode = True     # before the first import of ours
from taplib import has, main, same

from benchlib import (bochs, compare, machines, measure, plot, suite, tap,
                      verdict, words)
from benchlib.run import Result


def kinds(text):
    """What tap.parse() finds wrong with an output."""
    return [kind for kind, _ in tap.parse(text).faults]


def tap_passes():
    """TAP: a whole output with a skip is clean."""
    report = tap.parse("hello\n1..2\nok 1 - a\nok 2 - b # SKIP no EPT\nbye\n")
    assert report.ok
    same([(p.name, p.ok, p.skip) for p in report.points],
         [("a", True, None), ("b", True, "no EPT")])


def tap_carriage_returns():
    """TAP: lines may end in carriage return and newline."""
    assert tap.parse("1..1\r\nok 1 - a\r\n").ok


def tap_misses():
    """TAP: not ok is a miss, and no fault of the output."""
    report = tap.parse("1..1\nnot ok 1 - a\n")
    assert not report.ok
    same(report.faults, [])


def tap_plans():
    """TAP: a plan that is short, long, missing or printed twice is a fault."""
    same(kinds("1..2\nok 1\n"), ["short-plan"])
    same(kinds("1..1\nok 1\nok 2\n"), ["long-plan"])
    same(kinds("ok 1\n"), ["no-plan"])
    same(kinds(""), ["no-tap"])
    same(kinds("1..1\nok 1\n1..1\n"), ["two-plans"])
    same(kinds("ok 1\nok 2\n1..2\n"), [])


def tap_order():
    """TAP: a number that is not due is a fault."""
    same(kinds("1..2\nok 1\nok 3\n"), ["order"])
    same(kinds("1..2\nok 1\nok 1\n"), ["order"])


def tap_skips():
    """TAP: a skip must have a reason, of one test and of all."""
    same(kinds("1..1\nok 1 - a # SKIP\n"), ["no-reason"])
    same(kinds("1..0\n"), ["no-reason"])
    report = tap.parse("1..0 # SKIP no VMX\n")
    assert report.ok
    same(report.skip_all, "no VMX")


def tap_bails():
    """TAP: bail out is a fault with its text."""
    report = tap.parse("1..2\nok 1\nBail out! no memory\n")
    same(report.faults[0], ("bail-out", "bail out: no memory"))


def tap_context():
    """TAP: other lines of a console are not taken for it."""
    same(kinds("okay 1\n1..1 of these\nnot okay\n1..1\nok 1\nok: fine\n"
               " ok 2\nok\n"), [])


def log_findings():
    """Bochs' log: each kind of line is found, once."""
    line = "00060044498{}[CPU0  ] {}\n"
    text = (line.format("e", "VMFAIL: VMCS host state invalid CR0") * 2 +
            line.format("e", "VMENTER FAIL: RFLAGS[1] cleared") +
            line.format("i", "VMENTER FAIL: only told") +
            line.format("e", "VMEXIT: EPT write for guest paddr 0x1") +
            line.format("p", ">>PANIC<< exception(): 3rd (14) exception with "
                        "no resolution") +
            line.format("p", ">>PANIC<< something else"))
    same([kind for kind, _, _ in bochs.scan_log(text)],
         ["vmfail", "vmfail", "triple-fault", "emulator-panic"])


def log_power_off():
    """Bochs' log: a power-off is no panic, and its ticks are the count."""
    text = ("00060044498p[UNMAP ] >>PANIC<< Shutdown port: shutdown "
            "requested\n00060044499i[SIM   ] quit_sim called with exit code 1"
            "\n")
    same(bochs.scan_log(text), [])
    same(bochs.instructions(text), 60044499)


def refused(function, *args):
    """The sentence with which a call is refused."""
    try:
        function(*args)
    except words.Refusal as refusal:
        return str(refusal)
    raise AssertionError(f"{args} was not refused")


def machine_words():
    """MACHINE, CPUS and MEM: defaults, limits, sentences."""
    choice = machines.choose()
    same((choice.machine.name, choice.cpus, choice.mem), ("haswell", 1, 256))
    choice = machines.choose("qemu", "15", "1g")
    same((choice.cpus, choice.mem), (15, 1024))
    same(machines.choose("qemu", None, "3g").mem, 3072)
    for cpus in ("0", "-1", "16", "two", "1.5", "1" * 40):
        has(refused(machines.choose, "haswell", cpus), f"CPUS={cpus}")
    for mem in ("1", "63m", "4g", "256k", "m", "-256m"):
        has(refused(machines.choose, None, None, mem), f"MEM={mem}")
    has(refused(machines.choose, "haswel"), "did you mean haswell?")


def time_scale():
    """BENCH_TIMEOUT_SCALE multiplies, and nonsense is refused."""
    for text, wanted in (("", 2.0), ("1.5", 3.0), ("10", 20.0)):
        os.environ["BENCH_TIMEOUT_SCALE"] = text
        same(words.scaled(2.0), wanted)
    for text in ("0", "-1", "soon", "nan", "inf"):
        os.environ["BENCH_TIMEOUT_SCALE"] = text
        has(refused(words.scaled, 2.0), "BENCH_TIMEOUT_SCALE")
    del os.environ["BENCH_TIMEOUT_SCALE"]


def expected_lines():
    """Expected lines are found in order, and a missing one does not hide."""
    lines = ["a", "b", "c", "b"]
    same(verdict.match_expected(lines, ["a", "c", "b"]), [0, 2, 3])
    same(verdict.match_expected(lines, ["b", "x", "c"]), [1, None, 2])
    same(verdict.match_expected(lines, ["c", "a"]), [2, None])


def selection():
    """ONLY: parts and globs of names; what selects nothing is refused."""
    tests = [suite.Test(name, "tap", 1.0) for name in
             ("steps/01-vmm_test.run.haswell.1", "labs/bench/test.units")]
    same(suite.select(tests, "haswell"), tests[:1])
    same(suite.select(tests, "*.units steps"), [tests[1], tests[0]])
    same(suite.select(tests, ""), tests)
    has(refused(suite.select, tests, "nothing"), "ONLY=nothing")
    has(refused(suite.select, [], ""), "no tests")


def toml_fields():
    """tests.toml: mistakes are refused with the name of the field."""
    good = {"name": "a", "kind": "tap", "command": ["x"]}
    suite._fields(good, "here")
    for change, part in (({"kind": "magic"}, "kind"),
                         ({"kernel": "k"}, "kernel"),
                         ({"command": "x"}, "command"),
                         ({"name": ""}, "name"),
                         ({"timeout": "soon"}, "timeout")):
        has(refused(suite._fields, good | change, "here"), part)
    has(refused(suite._fields, {"name": "a", "kind": "kernel", "kernel": "k",
                                "expect": ["("]}, "here"), "expect")


def one_report():
    """A panic after one of two tests is reported as a panic only."""
    folder = os.path.join(os.environ.get("BENCH_OUT", "/tmp"), "one")
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, "console"), "w", encoding="ascii") as file:
        file.write("1..2\nok 1 - a\npanic: no\n")
    test = suite.Test("t", "kernel", 1.0)
    got = verdict.of_kernel(test, Result("panic", "panic: no", out=folder))
    same(got.failures, [("panic", "panic: no")])
    same(got.passed, 1)
    assert any(line.startswith("BAD") for line in got.context)


def command_verdicts():
    """Commands: status 0, 77 with a reason, others, the time limit."""
    test = suite.Test("t", "command", 1.0)
    same(verdict.of_command(test, 0, "", 0, "").passed, 1)
    same(verdict.of_command(test, 77, "x\nno tool\n", 0, "").skips,
         [("all of it", "no tool")])
    for status, output, kind in ((77, "", "no-reason"), (1, "", "status"),
                                 (-9, "", "status"), (None, "", "hang")):
        got = verdict.of_command(test, status, output, 0, "")
        same([each for each, _ in got.failures], [kind])


MEASURES = """hello
# bench: null system call: 1.00 exits, 431.20 host instructions
# benchmarks are not tests
# bench: by mask, 2 virtual CPUs: 30 exits
# bench: by mask, 1 virtual CPU: 3 exits, -1.5 loss
ok 1 - a
"""


def measured(text=MEASURES, **more):
    """A Measured of step 05 from a console."""
    choice = machines.choose(None, "2")
    return measure.Measured("05-sync_addr", choice,
                            measure.command_of("05", choice, **more),
                            measure.parse(text))


def measures_parsed():
    """Measurements: names, values and units, and the points of a series."""
    got = measured()
    same(got.rows["null system call"],
         {"exits": "1.00", "host instructions": "431.20"})
    same(got.units, ["exits", "host instructions", "loss"])
    same(got.series("exits"), {"by mask": [(1, "3"), (2, "30")]})
    same(got.series("host instructions"), {})
    same(measure.parse("1..1\r\nok 1\r\n"), {})


def measures_refused():
    """Measurements: a line that is not one is refused with its number."""
    good = "# bench: a: 1 exits"
    for line, part in (
            ("# bench: a", "is not '# bench: NAME"),
            ("# bench: a: ", "is not '# bench: NAME"),
            ("#bench: a: 1 exits", "is not '# bench: NAME"),
            ("ok # bench: a: 1 exits", "is not '# bench: NAME"),
            ("# bench: a|b: 1 exits", "is not '# bench: NAME"),
            ("# bench: a: 1", "'1' is not a decimal number and its unit"),
            ("# bench: a: x exits", "'x exits' is not a decimal"),
            ("# bench: a: 1e3 exits", "'1e3 exits' is not a decimal"),
            ("# bench: a: 1. exits", "'1. exits' is not a decimal"),
            ("# bench: a: 1 exits,", "'1 exits,' is not a decimal"),
            ("# bench: a: 1 exits,2 IPIs", "is not a decimal"),
            ("# bench: a: 1 exits, 2 exits", "'exits' is there twice"),
            (good + "\n" + good, "'a' was measured before"),
            ("# bench: a, 1 virtual CPU: 1 exits\n"
             "# bench: a, 1 virtual CPUs: 1 exits", "was measured before")):
        said = refused(measure.parse, "1..0\n" + line + "\n")
        has(said, part)
        has(said, "line ")
        assert said.endswith("."), said


def measures_shown():
    """Measurements: columns align at the point; what is absent is a dash."""
    lines = measure.as_text(measured()).splitlines()
    same(lines[0], "Step 05-sync_addr on haswell, 2 CPUs, 256 MB")
    same(lines[2:6], [
        "                         exits  host instructions  loss",
        "null system call          1.00             431.20   -",
        "by mask, 2 virtual CPUs  30                  -      -",
        "by mask, 1 virtual CPU    3                  -     -1.5"])
    same(lines[-1], "$ make bench STEP=05 MACHINE=haswell CPUS=2")
    adoc = measure.as_adoc(measured())
    has(adoc, 'cols="<,>,>,>"')
    has(adoc, "| Operation | exits | host instructions | loss\n")
    has(adoc, "| by mask, 1 virtual CPU | 3 | - | -1.5\n")
    wide = measured("# bench: x: 1 a, 2 b, 3 c, 4 d, 5 e, 0.00 f, 6 g\n"
                    "# bench: y: 1 a, 2 b, 3 c, 4 d, 5 e, 0.00 f\n"
                    "# bench: z: 7 h\n")
    has(measure.as_adoc(wide), "| Operation | a | b | c | d | e\n")
    has(measure.as_adoc(wide), "| y | 1 | 2 | 3 | 4 | 5\n|===\n\n"
        "* x: 6 g\n* z: 7 h\n")


def measures_apart():
    """Measurements: other words than the book's go to another folder."""
    choice = machines.choose(None, "2")
    usual = measure.folder_for("05", choice)
    same(os.path.basename(usual), "05-haswell-2")
    other = measure.folder_for("05", choice, "1g", "a=b c='/../x'")
    same(os.path.basename(other), "05-haswell-2-1g-a-b-c-x")
    same(measure.command_of("05", choice),
         "make bench STEP=05 MACHINE=haswell CPUS=2")
    same(measure.command_of("05", machines.choose(None, "2", "1g"), "a=b c=d"),
         "make bench STEP=05 MACHINE=haswell CPUS=2 MEM=1024m 'APPEND=a=b c=d'"
         )


def measures_plotted():
    """Measurements: one plot for each unit that has a curve, twice the same.
    """
    folder = os.path.join(os.environ.get("BENCH_OUT", "/tmp"), "plots")
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, "old.svg"), "w", encoding="ascii"):
        pass
    measure.write(measured(), folder)
    same(sorted(os.listdir(folder)),
         ["exits.svg", "table.adoc", "table.txt", "values.json"])
    with open(os.path.join(folder, "exits.svg"), encoding="utf-8") as file:
        drawn = file.read()
    for part in ("virtual CPUs", ">exits<", ">by mask<", "DejaVu Sans",
                 "Step 05-sync_addr on haswell, 2 CPUs"):
        has(drawn, part)
    same(plot.plots(measured()), {"exits.svg": drawn})
    same(plot.name_of("host instructions / call"),
         "host-instructions-call.svg")
    has(refused(plot.draw, "plot nonsense\n"), "gnuplot failed")
    has(plot.draw(plot.script("all the same", "IPIs",
                              {"x": [(1, "0.00"), (2, "0.00")]})), ">IPIs<")


def host_measured():
    """Measurements of the host kernel: ticks, command, folder, bars."""
    def of(name, cpus):
        choice = machines.choose(name, cpus, "128m")
        return measure.Measured(
            measure.HOST, choice, measure.command_of(measure.HOST, choice),
            measure.counted(measure.parse(
                "# bench: boot: 5000000 ticks\n"
                "# bench: read, 4 KB: 867 ticks, 4.72 bytes per tick\n"),
                choice))

    got = of("haswell", "1")
    same(got.rows["read, 4 KB"],
         {"instructions": "867", "bytes per instruction": "4.72"})
    same(of("haswell", "2").units, ["ticks", "bytes per tick"])
    same(of("qemu", "1").units, ["ticks", "bytes per tick"])
    lines = measure.as_text(got).splitlines()
    same(lines[0], "Host kernel on haswell, 1 CPU, 128 MB")
    same(lines[-1],
         "$ make bench IN=host MACHINE=haswell CPUS=1 MEM=128m")
    same(os.path.basename(measure.folder_for(measure.HOST, got.choice)),
         "host-haswell-1")
    drawn = plot.plots(got)
    same(list(drawn), ["instructions.svg"])     # one value is no plot
    for part in (">boot<", ">read, 4 KB<", ">5000000<", ">867<"):
        has(drawn["instructions.svg"], part)
    same(plot.plots(got), drawn)
    has(plot.draw(plot.bars("nothing", "IPIs", [("a", "0"), ("b", "0.00")])),
        ">0.00<")


def kernels_compared():
    """Measurements of kernels side by side: what both have, as a ratio."""
    def of(step, text, what=""):
        choice = machines.choose("haswell", "1")
        return measure.Measured(
            step, choice, measure.command_of(step, choice),
            measure.counted(measure.parse(text), choice), what)

    host = of("host", "# bench: boot: 5 ticks\n# bench: a: 200 ticks\n"
              "# bench: b: 3 ticks\n# bench: c: 1.5 percent\n")
    inside = of("software", "# bench: boot: 9 ticks\n# bench: c: 2 percent\n"
                "# bench: a: 250 ticks, 1.00 host traps\n", "-n 1")
    same(inside.caption, "Software vkernel (-n 1) on haswell, 1 CPU, 256 MB")
    got = compare.compare([host, inside])
    same(got.rows, {"a": {"instructions, native": "200",
                          "instructions, software vkernel": "250",
                          "software vkernel / native": "1.25"}})
    same(compare.estimates([host, inside]), [])
    ept = of("ept", "# bench: a: 100 ticks\n", "-n 1")
    same(compare.compare([host, inside, ept]).rows["a"],
         {"instructions, native": "200",
          "instructions, software vkernel": "250",
          "instructions, EPT vkernel": "100",
          "software vkernel / native": "1.25", "EPT vkernel / native": "0.50",
          "EPT vkernel / software": "0.40"})
    # Two system calls, a fault, and half an interrupt; two exits.
    costs = {"instruction": 2, "syscall": 10, "gate": 100}
    row = {"instructions": "1000", "host system calls": "2.00",
           "host traps": "3.00", "host page faults": "1.00",
           "host interrupts": "0.50"}
    same(compare.cycles(row, costs, {"exit": 700}), 2000 + 40 + 150)
    row |= {"VM exits": "2.00", "host traps": "0.00"}
    same(compare.cycles(row, costs, {"exit": 700}), 2000 + 50 + 1400)
    same(compare.cycles({"percent": "1"}, costs, {"exit": 700}), None)
    same(got.command, "make bench IN=software MACHINE=haswell CPUS=1")
    same(os.path.basename(measure.where(inside)), "software-haswell-1")


if __name__ == "__main__":
    sys.exit(main([
        tap_passes, tap_carriage_returns, tap_misses, tap_plans, tap_order,
        tap_skips, tap_bails, tap_context, log_findings, log_power_off,
        machine_words, time_scale, expected_lines, selection, toml_fields,
        one_report, command_verdicts, measures_parsed, measures_refused,
        measures_shown, measures_apart, measures_plotted,
        host_measured, kernels_compared]))
