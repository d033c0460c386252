#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Compares what README and the bench's manual say with the tree.

What is included from a source cannot drift; this is for what is typed: the
transcript in the README, paths and make targets, the fields of a tests.toml,
the outcomes of a run, the options of bench(1), the pages that damselfly(7)
leads to, and a figure.  Prints TAP; run from anywhere.
"""
import argparse
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "labs" / "bench"))
sys.dont_write_bytecode = True

from benchlib import cli, run, suite        # noqa: E402

README = (ROOT / "README.adoc").read_text()
CHAPTER = (ROOT / "docs/book/ch-bench.adoc").read_text()
MANUAL = (ROOT / "docs/man/bench.1.adoc").read_text()
SYSTEM = (ROOT / "docs/man/damselfly.7.adoc").read_text()
STEP01 = (ROOT / "docs/book/ch-01-vmm_test.adoc").read_text()
DRAWN = "\n".join((ROOT / f"docs/figures/{name}.dot").read_text()
                  for name in re.findall(r"^image::(.+)\.svg", STEP01, re.M))
EXPECTED = ROOT / "labs/01-vmm_test/expected/haswell.txt"


def transcript():
    """The console in the README is the one that the lab's tests compare."""
    block = README.split("// transcript:")[1].split("----\n")[1]
    console = [line for line in block.splitlines()
               if line and not line.startswith(("$ ", "bench: "))]
    want = EXPECTED.read_text().splitlines()
    missed = []
    for one, other in zip(want, console):
        # A dot or the N after tsc stands for what depends on the build.
        pattern = re.escape(one).replace(r"\.", ".")
        pattern = re.sub(r"tsc\\? N$", r"tsc \\d+", pattern)
        if not re.fullmatch(pattern, other):
            missed.append(f"'{other}' instead of '{one}'")
    if len(want) != len(console):
        missed.append(f"{len(console)} lines instead of {len(want)}")
    return missed


def paths():
    """Every path that the README names exists."""
    named = re.findall(r"`((?:steps|final|labs|docs)/[\w./-]*|LICENSE)`",
                       README)
    return [path for path in named if not (ROOT / path).exists()]


def targets():
    """Every make target that the README names exists."""
    known = re.search(r"^\.PHONY:(.*)$", (ROOT / "Makefile").read_text(),
                      re.M)[1].split()
    named = re.findall(r"^(?:\$ )?make ([a-z]+)|`make ([a-z]+)", README, re.M)
    return [one or other for one, other in named
            if (one or other) not in known]


def fields():
    """The chapter has every field that a tests.toml may have, and no other."""
    real = {*suite.COMMON, *suite.KERNEL, *suite.COMMAND}
    table = CHAPTER.split("| Field | Of | Meaning")[1].split("|===")[0]
    told = set(re.findall(r"^\| `(\w+)`", table, re.M))
    return sorted(real ^ told)


def outcomes():
    """The chapter has every outcome of a run, and no other."""
    table = CHAPTER.split("| Outcome | What has happened")[1].split("|===")[0]
    told = set(re.findall(r"^\| `([\w-]+)`", table, re.M))
    return sorted(set(run.OUTCOMES) ^ told)


def options():
    """bench(1) has every command and option of the bench, and no other."""
    parsers = [cli._parser()]
    real = set()
    for parser in parsers:
        for action in parser._actions:
            if isinstance(action, argparse._SubParsersAction):
                parsers += action.choices.values()
                real |= set(action.choices)
            real |= {o for o in action.option_strings if o.startswith("--")}
    real.discard("--help")
    told = set(re.findall(r"\*(--[a-z]+)\*", MANUAL))
    told |= set(re.findall(r"^\*labs/bench/bench (\w+)\*", MANUAL, re.M))
    return sorted(real ^ told)


def pages():
    """damselfly(7) leads to every manual page, and to no other."""
    real = {path.stem for path in (ROOT / "docs/man").glob("*.adoc")}
    real.discard("damselfly.7")
    told = re.findall(r"([\w-]+)\((\d)\)", SYSTEM.split("== SEE ALSO")[1])
    return sorted(real ^ {".".join(page) for page in told})


def errors():
    """No figure of step 01 shows an error by the carry flag: it is in rax."""
    return [line.strip() for line in DRAWN.splitlines()
            if "carry" in line.lower()]


# A defect for each check, which it must notice: text, what, by what else.
DEFECTS = (
    (transcript, "README", "Hello from", "Greetings from"),
    (paths, "README", "`steps/`", "`steps/07-none`"),
    (targets, "README", "make doctor", "make nurse"),
    (fields, "CHAPTER", "| `vmfail` | kernel", "| `vmfails` | kernel"),
    (outcomes, "CHAPTER", "| `hang` |", "| `idle` |"),
    (options, "MANUAL", "*--probe*", "*--sonde*"),
    (pages, "SYSTEM", "devfs(5), tmpfs(5)", "tmpfs(5)"),
    (errors, "DRAWN", "rax = 0, or the error", "set rax and carry"),
)


def noticed(check, name, old, new):
    """Whether a check fails on a text with a defect."""
    text = globals()[name]
    globals()[name] = text.replace(old, new)
    try:
        return globals()[name] != text and bool(check())
    finally:
        globals()[name] = text


def main():
    points = [(check.__doc__, check()) for check in
              (transcript, paths, targets, fields, outcomes, options,
               pages, errors)]
    points += [(f"A defect is noticed: {new}",
                [] if noticed(check, name, old, new) else ["it is not"])
               for check, name, old, new in DEFECTS]
    print(f"1..{len(points)}")
    for number, (title, said) in enumerate(points, 1):
        print(f"{'not ok' if said else 'ok'} {number} - {title}")
        for line in said:
            print(f"# {line}")
    return 1 if any(said for _, said in points) else 0


sys.exit(main())
