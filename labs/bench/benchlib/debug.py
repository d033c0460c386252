# SPDX-License-Identifier: BSD-3-Clause
"""Bochs' internal debugger on this terminal, or fed from a script.

Both start alike: symbols loaded, stopped at the kernel's first instruction,
a breakpoint at VM entry and one on every VM exit.  Typed by hand, the guest's
console appears between the debugger's lines, marked `guest| `.  From a script
the output is a transcript that is the same every time, so that a lab can print
it and a test can compare it.
"""

import os
import re
import signal
import sys
import termios
import threading

from . import symbols
from .run import CONSOLE, claim_folder, prepare, read, start
from .terminal import open_serial
from .words import Refusal, os_refusal, say, scaled, shown

#: Where a kernel enters the guest: the first of these that it has.
ENTRY_SYMBOLS = ("vmx_enter",)
START_SYMBOLS = ("start",)
SCRIPT_TIME = 60.0              # seconds for a script, before scaling


def _address(kernel, names):
    """(name, address) of the first of these symbols that the kernel has."""
    have = {name: address for address, name in symbols.load(kernel)}
    for name in names:
        if name in have:
            return name, have[name]
    return None, None


def prologue(kernel, out):
    """The debugger commands that set everything up, and what they do."""
    commands, does = [], []
    if symbols.load(kernel):
        with open(os.path.join(out, "kernel.sym"), "wb") as file:
            with open(symbols.path_of(kernel), "rb") as source:
                file.write(source.read())
        commands.append('ldsym global "kernel.sym"')
        does.append("symbols are loaded")
    name, address = _address(kernel, START_SYMBOLS)
    if name:
        # The kernel starts with paging off, below its linked address.
        commands += [f"pb 0x{address & 0x3fffffff:x}", "c", "d 1"]
        does.append(f"the machine is stopped at {name}")
    name, address = _address(kernel, ENTRY_SYMBOLS)
    if name:
        commands.append(f"lb 0x{address:x}")
        does.append(f"there is a breakpoint at VM entry ({name})")
    commands.append("vmexitbp")
    does.append("every VM exit stops")
    return commands, does


def _show_guest(serial, log):
    """Copy the guest's console to this terminal, line by line."""
    rest = b""
    while True:
        try:
            data = os.read(serial, 4096)
        except OSError:
            return
        log.write(data)
        log.flush()
        *lines, rest = (rest + data).split(b"\n")
        for line in lines:
            text = line.rstrip(b"\r").decode("utf-8", "replace")
            sys.stdout.write(f"guest| {text}\r\n")
        sys.stdout.flush()


def _only_bochs(job):
    if job.choice.machine.emulator != "bochs":
        raise Refusal(f"MACHINE={job.choice.machine.name} is not a Bochs "
                      "machine, and only Bochs has the debugger.")


def need_terminal():
    """Refuse to go on where nobody can type."""
    if not sys.stdin.isatty():
        raise Refusal("the debugger needs a terminal; without one give it a "
                      "script, with SCRIPT=FILE to make or --script FILE to "
                      "bench.")


def debug(job, folder):
    """The debugger on this terminal until the user quits; an exit status."""
    _only_bochs(job)
    need_terminal()
    out, lock = claim_folder(folder)
    ours, theirs, name = open_serial()
    os.set_blocking(ours, True)
    saved = termios.tcgetattr(sys.stdin.fileno())
    try:
        commands, does = prologue(job.kernel, out)
        command, environment = prepare(
            job, out, f"mode=term, dev={name}", "none", commands)
        say(f"{shown(job.kernel)} on {job.choice.words()}")
        say("; ".join(does) + ".")
        say("c continues, s steps, help lists commands, q ends; Ctrl-C stops "
            "the guest.")
        with open(os.path.join(out, CONSOLE), "wb") as log:
            threading.Thread(target=_show_guest, args=(ours, log),
                             daemon=True).start()
            # Ctrl-C is the debugger's here: it stops the guest, not us.
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            emulator = start(job, out, command, environment, stdin=None,
                             stdout=sys.stdout, own_session=False)
            try:
                emulator.process.wait()
            finally:
                emulator.end()
        say(f"left the debugger, record in {shown(out)}")
        return 0
    except OSError as error:
        raise os_refusal(error) from None
    finally:
        termios.tcsetattr(sys.stdin.fileno(), termios.TCSADRAIN, saved)
        os.close(theirs)
        os.close(lock)


def _script(path):
    """The commands of a script: its lines without comments."""
    try:
        with open(path, encoding="utf-8") as file:
            lines = [line.strip() for line in file]
    except OSError as error:
        raise os_refusal(error) from None
    return [line for line in lines if line and not line.startswith("#")]


def transcript(log, commands):
    """Bochs' debugger log with a prompt before each command.

    The log repeats a command on a line of its own; the n-th command is looked
    for only after the one before it.
    """
    lines, number = [], 0
    for line in log.splitlines():
        if number < len(commands) and line == commands[number]:
            number += 1
            line = f"<bochs:{number}> {line}"
        lines.append(re.sub(r"\s+$", "", line))
    return "\n".join(lines) + "\n", number


def run_script(job, script, folder):
    """Feed a script to the debugger; print and record the transcript.

    Exit status 0 if every command was reached before the time limit.
    """
    _only_bochs(job)
    wanted = _script(script)
    out, lock = claim_folder(folder)
    try:
        before, _ = prologue(job.kernel, out)
        commands = before + wanted + ["q"]
        command, environment = prepare(job, out, f"mode=file, dev={CONSOLE}",
                                       "none", commands)
        emulator = start(job, out, command, environment)
        try:
            ended = emulator.wait(scaled(SCRIPT_TIME))
        finally:
            emulator.end()
        log = read(out, "debugger.log").decode("utf-8", "replace")
        text, reached = transcript(log, commands)
        with open(os.path.join(out, "transcript"), "w",
                  encoding="utf-8") as file:
            file.write(text)
        sys.stdout.write(text)
        sys.stdout.flush()
    except OSError as error:
        raise os_refusal(error) from None
    finally:
        os.close(lock)
    if not ended:
        raise Refusal(f"the script was not finished after "
                      f"{scaled(SCRIPT_TIME):g} s; it stayed at "
                      f"'{commands[max(reached - 1, 0)]}'.")
    if reached < len(commands) - 1:
        raise Refusal(f"the guest ended before '{commands[reached]}' was "
                      "reached.")
    return 0
