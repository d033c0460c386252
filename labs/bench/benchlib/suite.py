# SPDX-License-Identifier: BSD-3-Clause
"""Finding the tests: every tests.toml, and what may be written in one.

    [[test]]
    name = "vmm_test"           required; with the folder it names the test
    kind = "kernel"             kernel, tap or command

A `kernel` is run on each of its machines with each of its numbers of CPUs:

    kernel   = "build/.../kernel"
    machines = ["haswell"]      default: the default machine
    cpus     = [1]
    mem      = "256m"
    append   = "name=value"     its environment
    modules  = ["FILE=NAME"]
    root     = true             it is Damselfly: with the root image as module
    exec     = "prog args"      and runs this instead of the shell
    add      = ["FILE:/PATH"]   with these files in the root, or a set of
                            files that ADD has a name for
    vkernel  = "-d -m 64m"      all in a vkernel with these options
    spoil    = "super-magic"    the root is wrong in this way, see spoil.py
    answers  = [["regex", "text"], ...]     what is typed when the console
                                asks so; see answers.py
    expect   = ["regex", ...]   lines that its console must have, in this order
    vmfail   = ["regex", ...]   what Bochs' log must say about refused VMX
                                instructions and entries; anything else that it
                                says about them is a miss
    limit    = 1048576          bytes of console; more is a flood
    outcome  = "hang"           for the bench's own tests: passes only if the
                                bench reports exactly this

A `tap` is a program that prints TAP, a `command` one whose exit status is the
verdict (77 is a skip whose reason is the last line of its output):

    command  = ["program", "argument", ...]     run from the top of the tree

All have `timeout` in seconds, `alone = true` for a test that nothing else
may run beside, and `needs = ["folder", ...]` for what make builds before.
"""

import fnmatch
import os
import re
import tomllib
from dataclasses import dataclass, field

from . import spoil
from .machines import choose, default_machine
from .run import CONSOLE_LIMIT
from .words import Refusal, TOP

PLACES = ("steps/*", "labs/*", "labs/bench/*", "final/test/*", "docs")
TIMEOUT = {"kernel": 60, "tap": 120, "command": 120}
COMMON = {"name": str, "kind": str, "timeout": (int, float), "alone": bool,
          "needs": list}
KERNEL = {"kernel": str, "machines": list, "cpus": list, "mem": str,
          "append": str, "modules": list, "root": bool, "exec": str,
          "add": list, "spoil": str, "vkernel": str, "answers": list,
          "expect": list, "vmfail": list, "limit": int, "outcome": str}
COMMAND = {"command": list}


@dataclass
class Test:
    """One thing to run: for kernels one machine and one number of CPUs."""
    name: str                   # area.test or area.test.machine.cpus
    kind: str
    timeout: float              # seconds, before scaling
    alone: bool = False
    needs: list = field(default_factory=list)
    choice: object = None       # machines.Choice
    kernel: str = ""
    append: list = field(default_factory=list)
    modules: list = field(default_factory=list)
    root: bool = False
    exec: str = ""
    add: list = field(default_factory=list)
    spoil: str = ""
    vkernel: str = ""
    answers: list = field(default_factory=list)
    expect: list = field(default_factory=list)
    vmfail: list = field(default_factory=list)
    limit: int = CONSOLE_LIMIT
    outcome: str | None = None
    command: list = field(default_factory=list)


def _fields(row, where):
    """Check a row of a tests.toml against what may be written in one."""
    kind = row.get("kind")
    if kind not in TIMEOUT:
        raise Refusal(f"{where}: kind is {kind!r} and must be one of "
                      f"{', '.join(TIMEOUT)}.")
    allowed = COMMON | (KERNEL if kind == "kernel" else COMMAND)
    for key, value in row.items():
        if key not in allowed:
            raise Refusal(f"{where}: a {kind} test has no field {key!r}.")
        if not isinstance(value, allowed[key]):
            raise Refusal(f"{where}: {key} has the wrong type.")
    if row.get("root"):
        row.setdefault("kernel", "build/final/kernel/kernel")
    for key in ("name", "kernel" if kind == "kernel" else "command"):
        if not row.get(key):
            raise Refusal(f"{where}: {key} is missing.")
    if not row.get("root") and any(map(row.get, ("exec", "add", "spoil",
                                                  "vkernel"))):
        raise Refusal(f"{where}: exec, add, spoil and vkernel are of a test "
                      "with root = true.")
    if row.get("spoil"):
        spoil.check(row["spoil"])
    for key in ("expect", "vmfail"):
        for pattern in row.get(key, ()):
            try:
                re.compile(pattern)
            except (re.error, TypeError) as error:
                raise Refusal(f"{where}: {key}: {pattern!r} is not a regular "
                              f"expression: {error}.") from None


def _modules(row):
    """(path, name) pairs of a row's modules."""
    pairs = []
    for each in row.get("modules", ()):
        path, _, name = each.partition("=")
        pairs.append((os.path.join(TOP, path), name or os.path.basename(path)))
    return pairs


def _tests_of(row, area):
    """Every Test that a row stands for."""
    name = f"{area}.{row['name']}"
    timeout = row.get("timeout", TIMEOUT[row["kind"]])
    alone = row.get("alone", False)
    if row["kind"] != "kernel":
        yield Test(name, row["kind"], timeout, alone, row.get("needs", []),
                   command=row["command"])
        return
    for machine in row.get("machines", [default_machine()]):
        for cpus in row.get("cpus", [1]):
            yield Test(f"{name}.{machine}.{cpus}", "kernel", timeout, alone,
                       row.get("needs", []),
                       choose(machine, cpus, row.get("mem")),
                       os.path.join(TOP, row["kernel"]),
                       row.get("append", "").split(), _modules(row),
                       root=row.get("root", False), exec=row.get("exec", ""),
                       add=row.get("add", []), spoil=row.get("spoil", ""),
                       vkernel=row.get("vkernel", ""),
                       answers=row.get("answers", []),
                       expect=row.get("expect", []),
                       vmfail=row.get("vmfail", []),
                       limit=row.get("limit", CONSOLE_LIMIT),
                       outcome=row.get("outcome"))


def _folders():
    """Folders that may have a tests.toml, without what students made."""
    for place in PLACES:
        head, _, star = place.partition("/*")
        top = os.path.join(TOP, head)
        if not star and "*" not in place:
            yield head
        elif os.path.isdir(top):
            for name in sorted(os.listdir(top)):
                if f"{head}/{name}" != "labs/work":
                    yield f"{head}/{name}"


def find_tests():
    """Every test of the repository, by folder and in the order written."""
    tests = []
    names = set()
    for area in _folders():
        path = os.path.join(TOP, area, "tests.toml")
        if not os.path.isfile(path):
            continue
        try:
            with open(path, "rb") as file:
                rows = tomllib.load(file).get("test", [])
        except tomllib.TOMLDecodeError as error:
            raise Refusal(f"{area}/tests.toml: {error}.") from None
        for number, row in enumerate(rows, 1):
            _fields(row, f"{area}/tests.toml, test {number}")
            for test in _tests_of(row, area):
                if test.name in names:
                    raise Refusal(f"{area}/tests.toml: there are two tests "
                                  f"{test.name}.")
                names.add(test.name)
                tests.append(test)
    return tests


def select(tests, only):
    """Those whose name has one of the words of `only`, or matches as a glob.

    A pattern that selects nothing is refused: a test run of nothing passes.
    """
    if not only:
        if not tests:
            raise Refusal("there are no tests: no tests.toml was found.")
        return tests
    chosen = []
    for word in only.split():
        found = [test for test in tests if word in test.name
                 or fnmatch.fnmatchcase(test.name, word)]
        if not found:
            raise Refusal(f"ONLY={word} selects no test; `labs/bench/bench "
                          "test --list` lists them.")
        chosen += [test for test in found if test not in chosen]
    return chosen
