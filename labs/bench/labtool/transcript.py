# SPDX-License-Identifier: BSD-3-Clause
"""Debugging sessions that a lab's text shows, played and compared.

A session is a file of debugger commands, labs/NAME/SESSION.cmd, and what they
printed, SESSION.txt.  CI plays the commands again and compares, so that the
text stays true.  Comments at the head of the .cmd file may say

    # planted: one          the kernel is the step with planted/one.patch
    # machine: penryn       instead of the default machine
    # append: name=value    environment of the kernel
    # invariants: n         the kernel is built without assertions and checker
    # console: REGEX        no debugger: shows the lines of the console that
                            match, up to the first guest that misses

Addresses of kernel and tables, time stamps and the like move with every change
of a source.  Their digits are replaced by dots; the flags of an entry and the
names that the debugger prints beside an address stay.
"""

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass

from benchlib.front import folder_of
from benchlib.machines import choose, default_machine
from benchlib.run import Job, claim_folder, run
from benchlib.words import Refusal, TOP, build_path, shown

from . import grader, patch, prove, table

#: What is debugged: the solution of this lab.
SUBJECT = "01"


def _dots(match):
    """The first group as it is, the digits of the second as dots."""
    return match[1] + re.sub(r"[0-9a-f]", ".", match[2]) + \
        "".join(match.groups()[2:])


_NORMAL = (
    (r"(\bt(?:=|sc ))([0-9]+)", _dots),
    (r"(\b(?:PML4|PDPE|PDE): 0x)(?!0{13})([0-9a-f]{13})([0-9a-f]{3}    ps)",
     _dots),                                                # tables
    (r"(\b(?:CR3=|CR3 = |CR3 +)(?:0x)?)([0-9a-f]+)([0-9a-f]{3})\b", _dots),
    (r"(\b0{8}_00)(4[0-9a-f]{5})\b", _dots),
    (r"(\b(?:0x)?0{10})(?!400000\b)(4[0-9a-f]{5})\b", _dots),
    (r"(\b0x)(?!0*400000\b)(0*4[0-9a-f]{5})\b", _dots),     # boot and guest
    (r"(\[0x)(0*4[0-9a-f]{5})(\])", _dots),
    (r"(\b(?:0x)?ffffffff_?8)([0-9a-f]{7})\b", _dots),      # the kernel
    (r"(\bfffff80)([0-9a-f]_[0-9a-f]{8})\b", _dots),        # all of memory
    (r"(\b(?:vmcsptr|vmxonptr) = 0x)([0-9a-f]+)", _dots),
    (r"(\b[Vv]MCS region |\bicount\w* = )([0-9a-fx]+)", _dots),
    (r"(\+)([0-9a-f]{2,})(?=\))", _dots),                   # in a function
    (r" {2,}; ", " ; "),                                    # narrower
)


def normal(line):
    """A line of a session without what may differ."""
    for pattern, text in _NORMAL:
        line = re.sub(pattern, text, line)
    return line.rstrip()


@dataclass(frozen=True)
class Session:
    """A .cmd file."""
    folder: str         # "labs/debug"
    name: str
    words: dict         # what its head says

    def path(self, end):
        """The path of a file of the session."""
        return os.path.join(TOP, self.folder, self.name + end)


def _head(path):
    with open(path, encoding="utf-8") as file:
        return dict(re.findall(
            r"^# (planted|machine|append|invariants|console): (.+)$",
            file.read(), re.M))


def load(name):
    """The sessions of a lab, or None if it has none."""
    os.environ["LAB"] = name
    _, folder = folder_of("labs", "LAB")
    names = sorted(each[:-4] for each in os.listdir(os.path.join(TOP, folder))
                   if each.endswith(".cmd"))
    return [Session(folder, each, _head(os.path.join(TOP, folder,
                                                     each + ".cmd")))
            for each in names] or None


def _sessions(name):
    sessions = load(name)
    if sessions is None:
        raise Refusal(f"lab {name} has no sessions to replay.")
    return sessions


class Plants:
    """Kernels of the subject, right or with a planted fault."""

    def __init__(self, name):
        """`name` is the lab whose planted/ has the faults."""
        _, self.folder = folder_of("labs", "LAB")
        self.lab = table.load(SUBJECT)
        os.environ["LAB"] = name
        self.trees = {}

    def kernel(self, fault="", invariants="y"):
        """Build one ('' for no fault): build/labs/NAME/FAULT/kernel."""
        texts = {}
        if fault:
            path = os.path.join(TOP, self.folder, "planted", f"{fault}.patch")
            if not os.path.isfile(path):
                raise Refusal(f"there is no fault {shown(path)}.")
            texts = patch.apply(path, shown(path), self.lab.source)
        if invariants not in self.trees:
            self.trees[invariants] = prove.Tree(
                self.lab, "plant", f"INVARIANTS={invariants}")
        kernel = self.trees[invariants].variant(texts)
        out = build_path(self.folder, fault or "right")
        os.makedirs(out, exist_ok=True)
        for end in ("", ".sym"):
            shutil.copy(kernel + end, os.path.join(out, "kernel" + end))
        return os.path.join(out, "kernel")

    def close(self):
        """Let others use the trees."""
        for tree in self.trees.values():
            tree.close()


def _debugger(session, kernel, machine):
    """The debugger's transcript from the session's first command on."""
    bench = os.path.join(TOP, "labs/bench/bench")
    out = build_path(session.folder, "run", session.name)
    done = subprocess.run(
        [sys.executable, bench, "debug", "--kernel", kernel, "--machine",
         machine, "--append", session.words.get("append", ""), "--script",
         session.path(".cmd"), "--out", out], text=True, check=False,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, errors="replace")
    if done.returncode != 0:
        raise Refusal(f"{session.name}: " + (
            done.stderr.strip().splitlines() or ["the debugger failed."])[-1])
    with open(session.path(".cmd"), encoding="utf-8") as file:
        count = sum(1 for line in file
                    if line.strip() and not line.startswith("#"))
    lines = done.stdout.splitlines()
    starts = [number for number, line in enumerate(lines)
              if re.match(r"<bochs:[0-9]+> ", line)]
    first, last = starts[-count - 1], starts[-1]        # the last one is q
    number = 0
    for line in lines[first:last]:
        if re.match(r"<bochs:[0-9]+> ", line):
            number += 1
            line = re.sub(r"^<bochs:[0-9]+>", f"<bochs:{number}>", line)
        yield line


def _console(session, kernel, machine):
    """What the session shows of the kernel's console."""
    folder, lock = claim_folder(
        build_path(session.folder, "run", session.name))
    os.close(lock)
    result = run(Job(choose(machine), kernel,
                     append=session.words.get("append", "").split()), folder)
    for line in grader.console_lines(result):
        if re.search(session.words["console"], line):
            yield line
        if line.startswith("not ok "):
            return


def play(session, plants):
    """What a session shows now, in normal form."""
    words = session.words
    kernel = plants.kernel(words.get("planted", ""),
                           words.get("invariants", "y"))
    machine = words.get("machine", default_machine())
    how = _console if "console" in words else _debugger
    return [normal(line) for line in how(session, kernel, machine)]


def replay(name):
    """Play every session of a lab and compare; TAP, and the exit status."""
    out = prove.Tap()
    sessions = _sessions(name)
    plants = Plants(name)
    try:
        for session in sessions:
            out.attempt(f"session {session.name}", lambda s=session:
                        prove.compare(s.path(".txt"), play(s, plants)))
    finally:
        plants.close()
    return out.end()
