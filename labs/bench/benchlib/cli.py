# SPDX-License-Identifier: BSD-3-Clause
"""The command line of the bench.

Exit status: 0 all is well; 1 something under test failed; 2 the bench was
asked for something that cannot be; 128 + N stopped by signal N.  Ctrl-C typed
into an interactive run is the usual way of leaving and gives 130 as well.
"""

import argparse
import errno
import os
import re
import signal
import sys

from . import capabilities, debug, front, process
from .disk import make_disk
from .machines import all_machines, choose, default_machine
from .report import report, run_here
from .run import CONSOLE, Job, read, run
from .tests import run_tests
from .words import (Interrupted, Refusal, build_path, os_refusal, say, shown,
                    warn)


class _Parser(argparse.ArgumentParser):
    """argparse, but a mistake gets one sentence instead of a page."""

    def error(self, message):
        raise Refusal(f"{message}; `labs/bench/{self.prog} --help` explains.")


def _add_machine(parser):
    parser.add_argument("--machine", help="its name, see `machines`")
    parser.add_argument("--cpus", help="number of processors")
    parser.add_argument("--mem", help="memory, such as 256m or 1g")


def _add_payload(parser):
    parser.add_argument("--kernel", required=True, help="multiboot2 kernel")
    parser.add_argument("--module", action="append", default=[],
                        metavar="FILE[=NAME]", help="a file given as a module")
    parser.add_argument("--append", default="",
                        help="words name=value for the kernel's environment")


def _modules(args):
    pairs = []
    for each in args.module:
        path, _, name = each.partition("=")
        pairs.append((path, name or os.path.basename(path)))
    return pairs


def _timeout(text):
    if not re.fullmatch(r"[0-9]{1,6}(\.[0-9]+)?", text) or float(text) == 0:
        raise Refusal(f"--timeout {text} is not a positive number of seconds.")
    return float(text)


def _job(args):
    return Job(choose(args.machine, args.cpus, args.mem), args.kernel,
               _modules(args), args.append.split(),
               _timeout(getattr(args, "timeout", "60")))


def _folder(args, what, job):
    return os.path.abspath(args.out) if args.out else \
        build_path("bench", what, job.choice.machine.name)


def _run(args):
    job = _job(args)
    folder = _folder(args, "run", job)
    if not args.headless:
        return run_here(job, folder)
    result = run(job, folder)
    sys.stdout.buffer.write(read(result.out, CONSOLE))
    sys.stdout.flush()
    return report(result)


def _debug(args):
    job = _job(args)
    folder = _folder(args, "debug", job)
    if args.script:
        return debug.run_script(job, args.script, folder)
    return debug.debug(job, folder)


def _test(args):
    return run_tests(args.only, args.list)


def _image(args):
    try:
        make_disk(args.out, args.kernel, _modules(args), args.append.split())
    except OSError as error:
        raise os_refusal(error) from None
    say(f"{shown(os.path.abspath(args.out))} boots {shown(args.kernel)} on a "
        "BIOS machine")
    return 0


def _machines(args):
    if args.check:
        choose(args.machine, args.cpus, args.mem)
        return 0
    if args.probe:
        if not front.build("labs/bench/probe"):
            raise Refusal("the probe kernel could not be built; the messages "
                          "are above.")
        capabilities.print_table(capabilities.probe())
        return 0
    for machine in all_machines().values():
        star = "*" if machine.name == default_machine() else " "
        print(f"{star} {machine.name:12} {machine.emulator:6} {machine.what}")
    print("* is the default.  What each really has: labs/bench/bench machines "
          "--probe")
    return 0


def _measure(_args):
    return 0 if front.measure_listed() else 1


def _parser():
    parser = _Parser(prog="bench", description="Runs, debugs and tests "
                     "kernels in Bochs and QEMU.")
    commands = parser.add_subparsers(dest="command", required=True,
                                     parser_class=_Parser, metavar="COMMAND")
    each = commands.add_parser("run", help="run a kernel on this terminal")
    _add_machine(each)
    _add_payload(each)
    each.add_argument("--out", help="folder for the record of the run")
    each.add_argument("--headless", action="store_true",
                      help="no input, a time limit, console shown at the end")
    each.add_argument("--timeout", default="60",
                      help="seconds, for --headless (60)")
    each.set_defaults(call=_run)

    each = commands.add_parser("debug", help="Bochs' debugger, set up")
    _add_machine(each)
    _add_payload(each)
    each.add_argument("--out", help="folder for the record of the session")
    each.add_argument("--script", metavar="FILE",
                      help="debugger commands; prints the transcript")
    each.set_defaults(call=_debug)

    each = commands.add_parser("test", help="run tests, print one summary")
    each.add_argument("--only", default="",
                      help="words or globs that select tests by name")
    each.add_argument("--list", action="store_true", help="only list them")
    each.set_defaults(call=_test)

    each = commands.add_parser("image", help="make a boot disk")
    _add_payload(each)
    each.add_argument("--out", required=True, help="the image to write")
    each.set_defaults(call=_image)

    each = commands.add_parser("machines", help="list the machines")
    _add_machine(each)
    each.add_argument("--check", action="store_true",
                      help="only check --machine, --cpus and --mem")
    each.add_argument("--probe", action="store_true",
                      help="ask every machine what it has")
    each.set_defaults(call=_machines)

    each = commands.add_parser("measure", help="measure anew what the book "
                               "shows, where it is out of date")
    each.set_defaults(call=_measure)

    each = commands.add_parser("make", help="what the top Makefile calls; its "
                               "words are in the environment")
    each.add_argument("target", choices=sorted(front.TARGETS))
    each.set_defaults(call=lambda args: front.main(args.target))
    return parser


def main():
    """Run one command and return its exit status."""
    try:
        args = _parser().parse_args()
        process.catch_signals()
        try:
            status = args.call(args)
            sys.stdout.flush()
            return status
        except BrokenPipeError:
            raise
        except OSError as error:
            if error.errno not in (errno.ENOSPC, errno.EROFS, errno.EACCES):
                raise
            raise os_refusal(error) from None
    except Refusal as refusal:
        warn(str(refusal))
        return 2
    except Interrupted as stop:
        process.end_all()
        warn(f"stopped by {signal.Signals(stop.signum).name}.")
        return 128 + stop.signum
    except BrokenPipeError:
        process.end_all()
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
