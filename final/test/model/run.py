#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""Check sync_addr.pml with spin, and the checks with models that are wrong.

  run.py                        all of it, as TAP
  run.py PROPERTY [DEFINE ...]  one check, with its counterexample
                                PROPERTY: ends fresh alone mask count safe
                                returns; DEFINE: N=3, NO_WAIT, ...

Spin makes a C program of the model, pan.c; gcc compiles it; pan visits every
state.  All of it happens below build/.  Traces in traces/ are what the second
form prints, and the first form compares them.
"""

import contextlib
import filecmp
import io
import os
import re
import shutil
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(os.path.dirname(HERE)))
MODEL = "sync_addr.pml"
#: A folder for each pan; the bench gives each test a folder.
PLACE = os.path.join(os.environ.get(
    "BENCH_OUT", os.path.join(TOP, "build/test/model")), "pan")
MEGABYTES = 2000                # of memory at most, for one search

#: What a property says, for the names of the tests.
PROPERTIES = {
    "ends": "nobody waits in vain",
    "fresh": "nobody in guest mode has an old translation",
    "alone": "nobody is in guest mode while the entry changes",
    "mask": "who is counted and has not left is in the mask",
    "count": "the count is the number of the counted",
    "safe": "fresh, alone, mask and count at once",
    "returns": "every call returns",
}
#: What pan says of a run that breaks a property, first of all others.  The
#: model's own assert() begins otherwise.
BROKEN = {"ends": "invalid end state", "returns": "acceptance cycle"}
CLAIM = "assertion violated  !( !("
UNSAFE = "assertion violated 0"         # what the model's monitor says

TWO = ("N=2", "CALLS=2")
# With CALLERS=2 it holds, too, but there are 20 million states; and two calls
# of one process never meet in step 05, where vmm_lock is held.
THREE = ("N=3", "CALLS=1", "CALLERS=1")
SMALL = ("N=2", "CALLS=1")
EPT = ("N=2", "CALLS=2", "CALLERS=1", "QUIESCE")

#: The protocol as it is: what is checked, with what, and a remark.
HOLDS = (
    ("ends", TWO, "2 processors"),
    ("fresh", TWO, "2 processors"),
    ("alone", TWO, "2 processors"),
    ("mask", TWO, "2 processors"),
    ("count", TWO, "2 processors"),
    ("returns", TWO, "2 processors"),
    ("ends", THREE + ("MONITOR",),
     "3 processors, 1 of them calls; safe as well"),
    ("returns", THREE, "3 processors, 1 of them calls"),
    ("safe", TWO + ("BUMP_FIRST",), "the generation before the exchange"),
    ("safe", TWO + ("FLUSH_ON_EXIT",), "translations die at a VM exit"),
    ("fresh", TWO + ("FLUSH_ON_EXIT", "NO_GENERATION_BUMP"),
     "translations die at a VM exit, no generation"),
    ("ends", EPT, "a change of the EPT"),
    ("fresh", EPT, "a change of the EPT"),
    ("mask", EPT, "a change of the EPT"),
    ("count", EPT, "a change of the EPT"),
    ("returns", EPT, "a change of the EPT"),
)

#: What is wrong: which properties it breaks, all others hold.
WRONG = (
    ("MASK_AFTER_COUNT", {"ends", "mask", "returns"},
     "the call misses a processor and waits for ever"),
    ("NO_WAIT", {"fresh", "alone"},
     "the entry changes under a guest"),
    ("NO_GENERATION_BUMP", {"fresh"},
     "a translation outlives the exit"),
    ("GENERATION_BEFORE_COUNT", {"fresh"},
     "the entry changes between the comparison and the count"),
    ("WAIT_FOR_MASK", {"returns"},
     "processors that cannot enter keep the call waiting"),
    ("NO_EXCL_TEST", {"ends", "fresh", "alone", "returns"},
     "a guest is entered while the entry changes"),
    ("CMPSET", {"returns"},
     "it loses for ever against guests that leave and enter for ever"),
    ("NO_FENCE", {"fresh"},
     "the count is looked at before others see the new generation"),
)

#: What else a model can be told, see its head.
CHOICES = ("FLUSH_ON_EXIT", "BUMP_FIRST", "QUIESCE", "MONITOR",
           *(variant for variant, _, _ in WRONG))
SIZE = re.compile(r"N=[23]|CALLS=[1-9]|CALLERS=[1-3]")

#: Counterexamples that the book shows.
TRACES = (
    ("ends", "MASK_AFTER_COUNT"), ("fresh", "NO_WAIT"),
    ("fresh", "NO_GENERATION_BUMP"), ("fresh", "GENERATION_BEFORE_COUNT"),
    ("returns", "WAIT_FOR_MASK"), ("fresh", "NO_EXCL_TEST"),
    ("returns", "CMPSET"), ("fresh", "NO_FENCE"),
)

#: What is shown of spin's account of a run.
STORY = re.compile(r"cpu \d|<+START OF CYCLE|(p_vmm_cpu(mask|lock)|pte|"
                   r"(ipi|tlb|where)\[\d\]) = ")


class Trouble(Exception):
    """The check could not be made; str() is the reason."""


def run(command, folder):
    """Run a program; return its exit status and what it prints."""
    done = subprocess.run(command, cwd=folder, check=False, text=True,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT)
    return done.returncode, done.stdout


def lacking():
    """A sentence on what is not installed, or nothing."""
    names = [name for name in ("spin", "gcc") if not shutil.which(name)]
    return names and (f"Not installed: {' and '.join(names)}; `make deps` "
                      "installs what is missing.")


def options(defines):
    """-D options."""
    return [f"-D{each}" for each in defines]


def built(defines, kind, shortest):
    """The folder of a pan for these defines, compiled unless it is there.

    kind       ends, claims or returns: what it can check
    shortest   search breadth first: the first counterexample is a shortest
    """
    how = {"ends": ["-DSAFETY", "-DNOCLAIM"], "claims": ["-DSAFETY"],
           "returns": ["-DNFAIR=3"]}[kind]
    if kind != "returns":
        how.append("-DBFS" if shortest else "-DCOLLAPSE")
    words = (kind, "bfs" if shortest else "dfs") + defines
    folder = os.path.join(PLACE, "-".join(words).replace("=", ""))
    source, copy = (os.path.join(each, MODEL) for each in (HERE, folder))
    if os.path.exists(os.path.join(folder, "pan")) and \
            filecmp.cmp(source, copy, shallow=False):
        return folder
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    shutil.copy(source, copy)       # pan writes its trail beside the model
    # Large state spaces are worth the optimiser's time.
    speed = "-O2" if "N=3" in defines else "-O0"
    for command in (["spin", *options(defines), "-a", MODEL],
                    ["gcc", "-w", speed, f"-DMEMLIM={MEGABYTES}", *how,
                     "-o", "pan", "pan.c"]):
        status, output = run(command, folder)
        if status or re.search(r"[Ee]rror[:,]", output):
            raise Trouble(f"{' '.join(command)}: {output[-400:]}")
    return folder


def number(pattern, output):
    """A number that pan has printed."""
    found = re.search(pattern, output)
    return float(found[1]) if found else 0.0


def check(name, defines, shortest=False, deaf=False):
    """Let pan look at one property: (does it hold, its numbers, folder).

    Anything but a complete search without an error, or exactly the error that
    a broken property gives, is trouble.

    shortest   see built()
    deaf       a wait in vain is no error: with MONITOR, "ends" then finds
               what the monitor finds and nothing else
    """
    kind = name if name in BROKEN else "claims"
    folder = built(defines, kind, shortest)
    depth = 10000 if shortest else 4000000 if "N=3" in defines else 1000000
    command = ["./pan", f"-m{depth}", "-w22" if "N=3" in defines else "-w18"]
    if deaf:
        command.append("-E")
    if kind != "ends":
        command += ["-N", name]
    if kind == "returns":
        command += ["-a", "-f"]
    _, output = run(command, folder)
    with open(os.path.join(folder, "output"), "w", encoding="utf-8") as file:
        file.write(output)
    errors = re.findall(r"^pan:\d+: (.*?)(?: \(at depth.*)?$", output, re.M)
    numbers = (f"{number(r'([0-9.e+]+) states, stored', output):.0f} states, "
               f"{number(r'elapsed time ([0-9.]+)', output):.1f} s, "
               f"{number(r'([0-9.]+).total actual', output):.0f} MB")
    if kind != "ends" and f"ltl formula {name}" not in output:
        raise Trouble(f"pan did not check {name}: {output[-400:]}")
    wanted = (BROKEN.get(kind, CLAIM),)
    if "MONITOR" in defines:
        wanted += (UNSAFE,)
    if not errors and "errors: 0" in output and \
            "not completed" not in output and "too small" not in output:
        return True, numbers, folder
    if len(errors) == 1 and errors[0].startswith(wanted) and \
            "errors: 1" in output:
        return False, numbers, folder
    raise Trouble(f"pan says neither yes nor no to {name}: {output[-600:]}")


def unreached(folder):
    """Statements of the model that no run has reached, by pan's account."""
    with open(os.path.join(folder, "output"), encoding="utf-8") as file:
        _, found, rest = file.read().partition("unreached in proctype cpu\n")
    if not found:
        raise Trouble("pan does not say what it has reached.")
    return [line for line in re.findall(r"^\t\S+:(.+)$",
                                        rest.partition("unreached")[0], re.M)
            if '"-end-"' not in line]


def story(defines, folder):
    """A counterexample as `spin -t` tells it: the steps, and what is then."""
    _, output = run(["spin", *options(defines), "-t", MODEL], folder)
    lines = [line.strip() for line in output.splitlines()]
    kept = [line for line in lines if STORY.match(line)]
    return "\n".join(kept) + "\n"


def defines_of(variant):
    """What a wrong variant is checked with."""
    return (EPT if variant == "NO_FENCE" else SMALL) + (variant,)


def holds(name, defines):
    """The protocol as it is has a property."""
    yes, numbers, folder = check(name, defines)
    print(f"# {name} {' '.join(defines)}: {numbers}")
    assert yes, "a counterexample:\n" + story(defines, folder)
    if name == "ends":
        unused = unreached(folder)
        assert not unused, f"no run gets to {', '.join(unused)}"


def wrong(variant, breaks):
    """A wrong protocol breaks what it should, and nothing else."""
    broken = set()
    for name in PROPERTIES:
        if name == "safe":
            continue
        yes, numbers, _ = check(name, defines_of(variant), True)
        print(f"# {name} {'holds' if yes else 'BROKEN'}: {numbers}")
        if not yes:
            broken.add(name)
    assert broken == breaks, (f"broken are {sorted(broken)}, "
                              f"expected {sorted(breaks)}")
    yes, _, _ = check("ends", defines_of(variant) + ("MONITOR",), True, True)
    assert yes != bool(breaks & {"fresh", "alone", "mask", "count"}), \
        "the monitor of the model does not see it"


def misspelt():
    """A misspelt mistake must not be told to be right."""
    for choice in ("MASK_AFTER_CONUT", "N=4", "-DNO_WAIT"):
        with contextlib.redirect_stderr(io.StringIO()) as said:
            status = one("ends", ("N=2", choice))
        assert (status, said.getvalue().startswith(f"run.py: {choice} is not")
                ) == (2, True), said.getvalue()


def trace(name, variant):
    """A counterexample is the one that the book shows."""
    defines = defines_of(variant)
    yes, _, folder = check(name, defines, True)
    assert not yes, "no counterexample"
    with open(os.path.join(HERE, "traces", f"{variant}.txt"),
              encoding="ascii") as file:
        shown = file.read()
    got = story(defines, folder)
    assert got == shown, f"traces/{variant}.txt is not this:\n{got}"


def points():
    """(name, function, arguments) of every test."""
    for name, defines, remark in HOLDS:
        yield f"{PROPERTIES[name]}: {remark}", holds, (name, defines)
    for variant, breaks, remark in WRONG:
        yield f"{variant} is rejected: {remark}", wrong, (variant, breaks)
    yield "a choice that the model does not have is refused", misspelt, ()
    for name, variant in TRACES:
        yield f"the trace of {variant} is the book's", trace, (name, variant)


def main():
    """Print TAP; the exit status tells whether all is well."""
    if lacking():
        print(f"1..1\nnot ok 1 - spin and gcc are there\n# {lacking()}")
        return 1
    shutil.rmtree(PLACE, ignore_errors=True)
    tests = list(points())
    print(f"1..{len(tests)}", flush=True)
    missed = 0
    for count, (name, function, arguments) in enumerate(tests, 1):
        try:
            function(*arguments)
            print(f"ok {count} - {name}", flush=True)
        except (AssertionError, Trouble, OSError) as reason:
            missed += 1
            print(f"not ok {count} - {name}")
            for line in str(reason).splitlines():
                print(f"# {line}")
            sys.stdout.flush()
    return 1 if missed else 0


def one(name, defines):
    """The second form: one check, told to a person."""
    if name not in PROPERTIES:
        print(__doc__, file=sys.stderr)
        return 2
    for each in defines:
        if each not in CHOICES and not SIZE.fullmatch(each):
            print(f"run.py: {each} is not in the model; there are "
                  f"{', '.join(CHOICES)}, N=2 or 3, CALLS=1 to 9 and "
                  "CALLERS=1 to 3.",
                  file=sys.stderr)
            return 2
    if lacking():
        print(f"run.py: {lacking()}", file=sys.stderr)
        return 2
    try:
        yes, numbers, folder = check(name, defines, "N=3" not in defines)
        if not yes:
            print(story(defines, folder), end="")
        print(f"# {name}: {PROPERTIES[name]}: {'holds' if yes else 'BROKEN'} "
              f"({numbers})")
        return 0 if yes else 1
    except Trouble as reason:
        print(f"run.py: {reason}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(one(sys.argv[1], tuple(sys.argv[2:])) if sys.argv[1:] else main())
