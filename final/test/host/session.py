# SPDX-License-Identifier: BSD-3-Clause
"""A boot and a session with the shell: the one that the book shows.

A machine in QEMU is booted and typed at, a line whenever the shell prompts.
What was on its console is compared with session.txt.  Numbers that depend on
sizes of files or on time (VOLATILE) count as equal whatever they are.

    session.py              TAP: is it as in session.txt?
    session.py --write      makes session.txt anew, after a change that is
                            meant to be seen; read it before you commit it
"""

import contextlib
import functools
import os
import re
import select
import subprocess
import sys
import time

sys.dont_write_bytecode = True     # before the first import of ours
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "../../../labs/bench/test"))
from taplib import BENCH, PLACE, TOP, main, same

from benchlib import process
from benchlib.words import scaled

SESSION = os.path.join(HERE, "session.txt")
PROMPT = b"\n# "
PATIENCE = 60.0                 # seconds for an answer, before scaling
CTRL_Z = "\x1a"

#: What is typed, each when the shell prompts.  A shell that were still there
#: at the end would say now and then what has become of poweroff.
TYPED = (
    "uname -sr",
    "mount",
    "echo hello >/tmp/a; ln /tmp/a /tmp/b; cat /tmp/b",
    "seq 1000 | md5sum",
    "sleep 1000",
    "ps -o pid,ppid,pgid,stat,comm",
    "bg",
    "kill %1; wait %1; echo $?",
    "/sbin/sysctl kern.ostype hw.ncpu",
    "exec poweroff",
)
#: Programs that would run for ever: they are stopped by a key.
STOPPED = ("sleep 1000",)

#: Numbers that may differ: of sizes, times, versions and counts of pages.
VOLATILE = (
    r"^(\d+) MB of memory, (\d+) MB free$",
    r"^md0: (\d+) KB in memory",
    r"^BusyBox v(\S+) \((.*)\) built-in shell",
    r"^pages: all (\d+) accounted for$",
    r"^pages: (\d+) free, (\d+) tables, (\d+) kernel stacks, (\d+) kernel "
    r"memory, (\d+) files and shared memory, (\d+) private$",
)


def plain(data):
    """Console output without what only a terminal cares about."""
    text = re.sub(rb"\x1b\[[0-9;?]*[A-Za-z]", b"", data).decode("ascii")
    text = text.replace("\r", "").expandtabs(8)
    lines = (line.rstrip() for line in text.splitlines())
    return [line for line in lines if not line.startswith("bench: ")]


class Machine:
    """Damselfly in QEMU, started by the bench, with its console."""

    def __init__(self):
        self.said = b""
        self.process = subprocess.Popen(
            [BENCH, "run", "--machine", "qemu", "--mem", "128m",
             "--kernel", "build/final/kernel/kernel",
             "--module", "build/final/root.img=root",
             "--out", os.path.join(PLACE, "session")], cwd=TOP,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def until(self, wanted, start):
        """Read until `wanted` is there behind the first `start` bytes."""
        limit = time.monotonic() + scaled(PATIENCE)
        pipe = self.process.stdout.fileno()
        while wanted not in self.said[start:]:
            assert time.monotonic() < limit, \
                f"no {wanted!r} in {self.said[start:]!r}"
            if select.select([pipe], [], [], 0.2)[0]:
                data = os.read(pipe, 65536)
                assert data, f"it ended with {self.said[-200:]!r}"
                self.said += data.replace(b"\r", b"")

    def type(self, text):
        """Type on its keyboard."""
        self.process.stdin.write(text.encode())
        self.process.stdin.flush()

    def close(self):
        """Its end, expected or not; its exit status."""
        self.process.stdin.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(scaled(PATIENCE))
        self.process.terminate()
        self.said += self.process.stdout.read().replace(b"\r", b"")
        return self.process.wait()


@functools.cache
def session():
    """Boot, type, and return (lines of the console, exit status)."""
    machine = Machine()
    start = 0
    try:
        for line in TYPED:
            machine.until(PROMPT, start)
            start = len(machine.said)
            machine.type(line + "\n")
            if line in STOPPED:
                machine.until(line.encode() + b"\n", start)
                time.sleep(0.5)         # until it sleeps
                machine.type(CTRL_Z)
    finally:
        status = machine.close()
    return plain(machine.said), status


def mask(line):
    """A line with its volatile numbers taken out."""
    for pattern in VOLATILE:
        found = re.search(pattern, line)
        for group in range(len(found.groups()) if found else 0, 0, -1):
            line = line[:found.start(group)] + "*" + line[found.end(group):]
    return line


def as_shown():
    """The console is as in session.txt."""
    with open(SESSION, encoding="ascii") as file:
        wanted = file.read().splitlines()[1:]
    same([mask(line) for line in session()[0]],
         [mask(line) for line in wanted])


def ends_well():
    """The machine switches off, with status 0 and all pages accounted for."""
    lines, status = session()
    same((lines[-1], status), ("exit status 0", 0))
    assert any(re.fullmatch(r"pages: all \d+ accounted for", line)
               for line in lines), lines


def write():
    """Make session.txt anew."""
    lines, _ = session()
    with open(SESSION, "w", encoding="ascii") as file:
        file.write("# SPDX-License-Identifier: BSD-3-Clause\n")
        file.writelines(line + "\n" for line in lines)
    return 0


if __name__ == "__main__":
    process.catch_signals()
    sys.exit(write() if sys.argv[1:] == ["--write"]
             else main([as_shown, ends_well]))
