# SPDX-License-Identifier: BSD-3-Clause
"""A run that a person started: on this terminal, and what came of it."""

import signal
import sys

from .run import CONSOLE, read
from .terminal import Keys, interact
from .words import say, shown, warn

TAIL = 25                       # lines of console after a command that failed


def report(result):
    """Say what came of a run; return the exit status that it deserves.

    The guest's own status is repeated as `exit status N` if it is not 0, so
    that it stands at the end whatever else was printed.
    """
    for _, sentence, line in result.findings:
        warn(f"{sentence}: {line}")
    if result.outcome != "exit":
        warn(f"{result.sentence}.")
    elif result.status:
        print(f"exit status {result.status}", file=sys.stderr)
    count = f"{result.instructions:,} instructions, " \
        if result.instructions else ""
    if result.tsc and result.instructions:
        count += f"{result.tsc:,} of them to the guest's output, "
    say(f"{count}{result.seconds:.1f} s, record in {shown(result.out)}")
    return 0 if result.ok else 1


def run_here(job, folder):
    """Run a job on this terminal, say what came of it; an exit status."""
    result = interact(job, folder)
    if result is None:
        say(f"ended by {Keys(bool(job.modules)).words()}, record in "
            f"{shown(folder)}")
        return 128 + signal.SIGINT
    return report(result)


def report_command(job, result):
    """The same of a run that was for one command: its output is all there is.

    What has gone wrong is said on standard error, with the end of the console
    if the command did not come to its own end.
    """
    if result.outcome == "exit" and result.status == job.output.status:
        if result.status:
            print(f"exit status {result.status}", file=sys.stderr)
        return 1 if result.status else 0
    for _, sentence, line in result.findings:
        warn(f"{sentence}: {line}")
    lines = read(result.out, CONSOLE).decode("utf-8", "replace").splitlines()
    print("\n".join(lines[-TAIL:]), file=sys.stderr)
    ending = {"before": "the command was not started",
              "inside": "the command did not end",
              "after": "the command ended"}[job.output.state]
    warn(f"{ending}; {result.sentence}; all of the console is in "
         f"{shown(result.out)}.")
    print(f"exit status {result.status or 255}", file=sys.stderr)
    return 1
