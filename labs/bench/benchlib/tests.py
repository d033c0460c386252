# SPDX-License-Identifier: BSD-3-Clause
"""Running the tests side by side and printing what came of them."""

import concurrent.futures
import os
import subprocess
import sys
import time

from . import process, root
from .execout import ExecOutput
from .run import Job, claim_folder, read, run
from .suite import find_tests, select
from .verdict import Verdict, of_command, of_kernel
from .words import Refusal, TOP, build_path, os_refusal, say, scaled, shown

OUTPUT = "output"

#: What the make that started us left in the environment; a make that a test
#: starts must not see it.
OUR_MAKE = ("MAKEFLAGS", "MFLAGS", "MAKELEVEL", "MAKEOVERRIDES", "STEP", "LAB",
            "MACHINE", "CPUS", "MEM", "IN", "EXEC", "ADD", "APPEND", "ONLY")


def _folder(test):
    return build_path("test", *test.name.split("/"))


def _run_command(test):
    """Run a tap or command test; return its verdict."""
    start = time.monotonic()
    out, lock = claim_folder(_folder(test))
    try:
        environment = dict(os.environ, CMOCKA_MESSAGE_OUTPUT="TAP",
                           PYTHONDONTWRITEBYTECODE="1", BENCH_OUT=out)
        for name in OUR_MAKE:
            environment.pop(name, None)
        with open(os.path.join(out, OUTPUT), "wb") as file:
            child = process.Emulator(test.command, out, environment,
                                     stdout=file, cwd=TOP,
                                     stderr=subprocess.STDOUT)
            try:
                in_time = child.wait(scaled(test.timeout))
            finally:
                child.end()
        status = child.process.returncode if in_time else None
        output = read(out, OUTPUT).decode("utf-8", "replace")
        return of_command(test, status, output, time.monotonic() - start, out)
    except OSError as error:
        raise os_refusal(error) from None
    finally:
        os.close(lock)


def run_test(test):
    """Run one test; a refusal is a failure of that test, not of the run."""
    try:
        if test.kind != "kernel":
            return _run_command(test)
        job = Job(test.choice, test.kernel, list(test.modules), test.append,
                  test.timeout, test.limit, answers=test.answers)
        if not test.root:
            return of_kernel(test, run(job, _folder(test)))
        if test.exec:
            job.output = ExecOutput(lambda data: None, bool(test.vkernel))
        added = [each if each in root.SETS else os.path.join(TOP, each)
                 for each in test.add]
        with root.image_for(test.exec, added, test.spoil,
                            test.vkernel) as image:
            if test.spoil != "no-root":
                job.modules.insert(0, (image, "root"))
            return of_kernel(test, run(job, _folder(test)))
    except Refusal as refusal:
        return Verdict(test.name, failures=[("refused", str(refusal))])


def _print(verdict, width):
    """One line for a test, and the details if it failed."""
    word = "FAIL" if verdict.failures else "pass" if verdict.passed else "skip"
    counts = [f"{verdict.passed} passed"] if verdict.passed else []
    if verdict.failures:
        counts.append(f"{len(verdict.failures)} failed")
    if verdict.skips:
        counts.append(f"{len(verdict.skips)} skipped")
    size = f", {verdict.instructions / 1e6:.1f} M instructions" \
        if verdict.instructions else ""
    print(f"{word}  {verdict.name:{width}}  {', '.join(counts)} "
          f"({verdict.seconds:.1f} s{size})")
    for name, reason in verdict.skips:
        print(f"      skipped: {name}: {reason}")
    for _, sentence in verdict.failures:
        print(f"      {sentence}")
    if verdict.failures and verdict.context:
        print("      ---- console or output, in part ----")
        for line in verdict.context:
            print(f"      {line}")
    if verdict.failures and verdict.out:
        print(f"      ---- all of it is in {shown(verdict.out)} ----")
    sys.stdout.flush()


def _jobs():
    """How many tests run at a time: BENCH_JOBS, or one per processor."""
    text = os.environ.get("BENCH_JOBS", "")
    if not text:
        return len(os.sched_getaffinity(0))
    if not text.isdigit() or not 1 <= int(text) <= 256:
        raise Refusal(f"BENCH_JOBS={text} is not a number from 1 to 256.")
    return int(text)


def _run_all(tests, width):
    """Run tests side by side, then those that want to be alone.

    Those that may take longest start first, so that none is left over at the
    end with only one processor at work.
    """
    verdicts = []
    tests = sorted(tests, key=lambda test: -test.timeout)
    pool = concurrent.futures.ThreadPoolExecutor(_jobs())
    try:
        futures = [pool.submit(run_test, test)
                   for test in tests if not test.alone]
        for future in concurrent.futures.as_completed(futures):
            verdicts.append(future.result())
            _print(verdicts[-1], width)
        for test in tests:
            if test.alone:
                verdicts.append(run_test(test))
                _print(verdicts[-1], width)
    except BaseException:
        # Nothing new may start, and what runs is ended, before we leave.
        pool.shutdown(wait=False, cancel_futures=True)
        process.end_all()
        raise
    pool.shutdown()
    return verdicts


def run_tests(only, listing=False, before=()):
    """`bench test`: run what `only` selects; the exit status is 0 or 1.

    before   verdicts of what was done before, such as failed builds
    """
    tests = select(find_tests(), only)
    if listing:
        for test in tests:
            print(test.name)
        return 0
    start = time.monotonic()
    width = max(len(test.name) for test in tests)
    for verdict in before:
        _print(verdict, width)
    verdicts = [*before, *_run_all(tests, width)]
    passed = sum(verdict.passed for verdict in verdicts)
    failed = sum(len(verdict.failures) for verdict in verdicts)
    skipped = sum(len(verdict.skips) for verdict in verdicts)
    bad = sorted(verdict.name for verdict in verdicts if verdict.failures)
    if bad:
        print()
        for name in bad:
            print(f"failed: {name}")
    say(f"{len(tests)} tests in {time.monotonic() - start:.0f} s")
    print(f"{passed} passed, {failed} failed, {skipped} skipped", flush=True)
    return 1 if failed else 0
