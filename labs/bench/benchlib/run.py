# SPDX-License-Identifier: BSD-3-Clause
"""One headless run: a kernel on a machine, its console in a file.

The folder of a run is its record:

    console        what the guest wrote to COM1
    emulator.log   what the emulator said
    command        the command line, to be repeated in this folder by hand
    result.json    outcome, exit status, instructions, time, findings
    disk.img, bochsrc, commands, debugger.log,
    emulator.out, emulator.err

A run ends when the guest powers off.  If it does not, the bench ends it: at
the time limit, when the console is flooded, and a moment after a panic or an
`exit status` line that no power-off follows.
"""

import fcntl
import json
import os
import re
import shlex
import shutil
import time
from dataclasses import dataclass, field

from . import answers, bochs, execout, qemu, symbols
from .disk import make_disk
from .process import Emulator
from .words import Refusal, os_refusal, scaled, shown

CONSOLE = "console"
CONSOLE_LIMIT = 1 << 20         # bytes; more than that is a flood
TIME_LIMIT = 60.0               # seconds, unless a test says otherwise
GRACE = 3.0                     # seconds from the last words to power-off
POLL = 0.03                     # seconds between looks at the console

PANIC = re.compile(rb"^panic: ?(.*?)\r?$", re.M)
EXIT = re.compile(rb"^exit status (-?[0-9]+)\r?$", re.M)
TSC = re.compile(rb"\btsc ([0-9]+)\b")


@dataclass
class Job:
    """What to run: filled in by the command line or by a test."""
    choice: object              # machines.Choice
    kernel: str
    modules: list = field(default_factory=list)
    append: list = field(default_factory=list)
    timeout: float = TIME_LIMIT     # seconds, before scaling
    limit: int = CONSOLE_LIMIT      # bytes of console, more is a flood
    output: object = None       # execout.ExecOutput: runs one command
    answers: list = field(default_factory=list)     # see answers.py
    ram: bool = False           # QEMU: its memory stays as a file of the run


@dataclass
class Result:
    """What came of it."""
    outcome: str                # see OUTCOMES
    sentence: str               # the outcome in words
    status: int | None = None   # N of the guest's "exit status N"
    instructions: int | None = None
    tsc: int | None = None      # first "tsc N" that the guest printed
    seconds: float = 0.0
    findings: list = field(default_factory=list)
    out: str = ""

    @property
    def ok(self):
        """Whether the guest ended by itself with status 0."""
        return self.outcome == "exit" and self.status == 0


#: Every outcome of a run, and what it means.
OUTCOMES = {
    "exit": "the guest powered off after 'exit status N'",
    "no-status": "the machine went off without an 'exit status' line",
    "panic": "the kernel panicked",
    "triple-fault": "the processor shut down",
    "hang": "the time limit was reached",
    "flood": "the console limit was reached",
    "no-power-off": "'exit status N' was printed but the machine stayed on",
    "emulator": "the emulator failed",
}


def claim_folder(path):
    """Make `path` an empty folder of ours and return (path, lock).

    If another bench is using it, path-2, path-3, ... are tried.  The lock is
    on the folder itself, so it leaves no file behind; it is held until the
    returned descriptor is closed.
    """
    base = path
    for number in range(2, 100):
        try:
            os.makedirs(path, exist_ok=True)
            lock = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
        except OSError as error:
            raise os_refusal(error) from None
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(lock)
            path = f"{base}-{number}"
            continue
        for name in os.listdir(path):
            each = os.path.join(path, name)
            if os.path.isdir(each):
                shutil.rmtree(each)
            else:
                os.unlink(each)
        return path, lock
    raise Refusal(f"{shown(base)} and 98 more like it are in use.")


def prepare(job, out, bochs_serial, qemu_serial, script):
    """Make disk and configuration in `out`; return (command, environment)."""
    make_disk(os.path.join(out, "disk.img"), job.kernel, job.modules,
              job.append)
    if job.choice.machine.emulator == "bochs":
        bochs.write_config(out, job.choice, bochs_serial)
        bochs.write_commands(out, script)
        command, environment = bochs.command(), bochs.environment()
    else:
        command = qemu.command(job.choice, qemu_serial, job.ram)
        environment = qemu.environment()
    with open(os.path.join(out, "command"), "w", encoding="utf-8") as file:
        file.write(shlex.join(command) + "\n")
    return command, environment


def start(job, out, command, environment, **more):
    """Start what prepare() has prepared; `more` is for process.Emulator."""
    emulator = Emulator(command, out, environment, **more)
    if job.choice.machine.emulator == "bochs":
        bochs.Screen(emulator).start()
    return emulator


def read(out, name):
    """A file of the run as bytes; empty if it is not there."""
    try:
        with open(os.path.join(out, name), "rb") as file:
            return file.read()
    except FileNotFoundError:
        return b""


class Watch:
    """Looks at the growing console for what ends a run."""

    def __init__(self, out, limit=CONSOLE_LIMIT, output=None):
        self.path = os.path.join(out, CONSOLE)
        self.limit = limit
        self.output = output        # gets the console of a run of one command
        self.size = 0
        self.tail = b""
        self.last_words = None      # when panic or exit status was seen

    def look(self):
        """True if the console is flooded; notes the guest's last words."""
        try:
            size = os.path.getsize(self.path)
        except FileNotFoundError:
            return False
        if size > self.limit:
            return True
        if size > self.size:
            with open(self.path, "rb") as file:
                file.seek(self.size)
                fresh = file.read(size - self.size)
            new = self.tail + fresh
            self.size += len(fresh)
            self.tail = new[-4096:]
            if self.output:
                self.output.feed(fresh)
                # Between its lines a command prints what it likes.
                if self.output.state == "inside":
                    return False
                if self.output.state == "after":
                    new = self.output.rest
            if PANIC.search(new) or re.search(rb"^exit status ", new, re.M):
                self.last_words = self.last_words or time.monotonic()
        return False

    def stayed_on(self):
        """True if the last words are said but no power-off has followed."""
        return self.last_words is not None and \
            time.monotonic() - self.last_words > scaled(GRACE)


def attend(emulator, job, out):
    """Wait for the end; return None if it came by itself, else an outcome."""
    watch = Watch(out, job.limit, job.output)
    start = time.monotonic()
    limit = scaled(job.timeout)
    while not emulator.wait(POLL):
        ended = None
        if watch.look():
            ended = "flood"
        elif watch.stayed_on():
            ended = "stayed on"
        elif time.monotonic() - start > limit:
            ended = "hang"
        if ended:
            emulator.interrupt(scaled(2.0))
            break
    else:
        ended = None
    watch.look()
    if job.output:
        job.output.end()
    return ended


def _where(out, kernel):
    """', at ADDRESS in FUNCTION' from Bochs' post-mortem, or ''."""
    found = re.search(rb"^rip: ([0-9a-f]{8})_([0-9a-f]{8})",
                      read(out, "debugger.log"), re.M)
    if not found:
        return ""
    address = int(found[1] + found[2], 16)
    name = symbols.name_of(kernel, address)
    return f", at 0x{address:x}" + (f" in {name}" if name else "")


def judge(job, out, ended, returncode):
    """The Result of a run that has ended, from what it left in `out`."""
    console = read(out, CONSOLE)
    if job.output:
        console = execout.outside(console)
    log = read(out, "emulator.log").decode("utf-8", "replace")
    is_bochs = job.choice.machine.emulator == "bochs"
    findings = (bochs if is_bochs else qemu).scan_log(log)
    kinds = [kind for kind, _, _ in findings]
    panic = PANIC.search(console)
    statuses = EXIT.findall(console)
    stamps = TSC.findall(console)
    result = Result("exit", "", out=out, findings=findings)
    result.status = int(statuses[-1]) if statuses else None
    result.instructions = bochs.instructions(log) if is_bochs else None
    result.tsc = int(stamps[0]) if stamps else None
    where = _where(out, job.kernel) if ended else ""

    if ended == "flood":
        result.outcome = "flood"
        result.sentence = ("flood: more than "
                           f"{job.limit >> 10} KB on the console{where}")
    elif panic:
        result.outcome = "panic"
        result.sentence = "panic: " + panic[1].decode("utf-8", "replace")
    elif "triple-fault" in kinds:
        result.outcome = "triple-fault"
        result.sentence = findings[kinds.index("triple-fault")][1]
    elif ended == "hang":
        result.outcome = "hang"
        result.sentence = ("hang: not finished after "
                           f"{scaled(job.timeout):g} s{where}")
    elif ended == "stayed on":
        result.outcome = "no-power-off"
        result.sentence = (f"'exit status {result.status}' was printed but "
                           f"the machine stayed on{where}")
    elif result.status is not None:
        result.sentence = f"exit status {result.status}"
    elif "emulator-panic" in kinds or (
            not console and (returncode not in (0, 1) or not log)):
        result.outcome = "emulator"
        said = (read(out, "emulator.out") + read(out, "emulator.err")).decode(
            "utf-8", "replace").strip()
        last = findings[-1][2] if findings else said.rpartition("\n")[2]
        result.sentence = f"the emulator failed (status {returncode}): {last}"
    else:
        result.outcome = "no-status"
        result.sentence = "the machine went off without an 'exit status' line"
    return result


def record(result):
    """Write result.json into the folder of the run."""
    path = os.path.join(result.out, "result.json")
    with open(path, "w", encoding="utf-8") as file:
        json.dump({"outcome": result.outcome, "sentence": result.sentence,
                   "status": result.status,
                   "instructions": result.instructions, "tsc": result.tsc,
                   "seconds": round(result.seconds, 2),
                   "findings": result.findings}, file, indent=2)
        file.write("\n")


def run(job, folder):
    """Run a job without a terminal; return its Result.

    folder   where its record goes; whatever was in it is removed
    """
    began = time.monotonic()
    out, lock = claim_folder(folder)
    try:
        typist = answers.Typist(os.path.join(out, CONSOLE), job.answers) \
            if job.answers else None
        command, environment = prepare(
            job, out, f"mode=term, dev={typist.line}" if typist else
            f"mode=file, dev={CONSOLE}",
            typist.line if typist else f"file:{CONSOLE}",
            ("c",) + bochs.POST_MORTEM)
        emulator = start(job, out, command, environment)
        try:
            if typist:
                typist.start()
            ended = attend(emulator, job, out)
        finally:
            emulator.end()
            if typist:
                typist.end()
        result = judge(job, out, ended, emulator.process.returncode)
        result.seconds = time.monotonic() - began
        record(result)
        return result
    except OSError as error:
        raise os_refusal(error) from None
    finally:
        os.close(lock)
