# SPDX-License-Identifier: BSD-3-Clause
"""Behind the top Makefile: `bench make TARGET`, its words in the environment.

Everything a user can get wrong is refused here before anything is built, and
what has to be built is built by the Makefiles of the folders.
"""

import fcntl
import os
import re
import subprocess
import sys
import tomllib

from . import capabilities, compare, debug, measure, root
from .execout import ExecOutput
from .machines import choose
from .report import report_command, run_here
from .run import Job, run
from .suite import find_tests, select
from .tests import run_tests
from .verdict import Verdict
from .words import (Refusal, TOP, build_path, nearest, os_refusal, say, shown,
                    warn)

ROOM = 48 << 20                 # bytes that a build and a run may take
LOCKED = "BENCH_LOCKED"         # in the environment: the tree that is locked
#: What the book shows of measurements.
LISTED = os.path.join(TOP, "docs", "book", "measured.toml")


#: What IN may be, and what each is.
PLACES = {
    "ept": "the EPT vkernel",
    "software": "the software vkernel",
    "host": "the host kernel",
}
HOST_KERNEL = "final", "kernel", "kernel"   # below build/
HOST_MEM = "128m"               # unless MEM says otherwise
VKERNEL_MEM = "256m"            # the same for a host of a vkernel
#: What `make bench` of each measures, one after the other.
COMPARED_WITH = {"host": ["host"], "software": ["host", "software"],
                 "ept": ["host", "software", "ept"]}
EXEC_LIMIT = 600                # seconds that a command of EXEC may take
EXEC_CONSOLE = 256 << 20        # bytes that it may print


def word(name):
    """A word of the make command line, '' if it was not given."""
    return os.environ.get(name, "").strip()


def folders(kind):
    """The numbered or named folders of steps/ or labs/: short name -> path."""
    top = os.path.join(TOP, kind)
    found = {}
    for name in sorted(os.listdir(top)) if os.path.isdir(top) else ():
        marker = "lab.adoc" if kind == "labs" else "Makefile"
        if os.path.isfile(os.path.join(top, name, marker)):
            number = re.match(r"[0-9]+(?=-)", name)
            found[number[0] if number else name] = f"{kind}/{name}"
    return found


def folder_of(kind, what):
    """(short name, path) that the word STEP or LAB means."""
    found = folders(kind)
    given = word(what)
    for short, path in found.items():
        if given in (short, os.path.basename(path)):
            return short, path
    here = ", ".join(found) if found else "none"
    if not given:
        raise Refusal(f"which one? {what}=... is missing; there are: {here}.")
    raise Refusal(f"there is no {what.lower()} {given}{nearest(given, found)}"
                  f"; there are: {here}.")


def _no_final():
    """Refuse the words that a step does not know."""
    for name in ("IN", "EXEC", "ADD"):
        if word(name):
            raise Refusal(f"{name}= is for Damselfly, the system in final/, "
                          "and not for a step.")


def _final_only(what):
    """Refuse a target without STEP that final/ does not have yet."""
    raise Refusal(f"without STEP= {what} Damselfly, the system in final/, for "
                  "which that does not exist yet; there are steps: "
                  f"{', '.join(folders('steps')) or 'none'}.")


def _place():
    """What IN names, or a Refusal."""
    given = word("IN") or "ept"
    if given not in PLACES:
        raise Refusal(f"there is no IN={given}{nearest(given, PLACES)}; it is "
                      f"one of {', '.join(PLACES)}.")
    return given


def _vkernel_options(place, usual_cpus="2"):
    """What the vkernel of a place is started with, '' for the host.

    VMEM and VCPUS say its size.
    """
    if place == measure.HOST:
        return ""
    mem, cpus = word("VMEM") or "64m", word("VCPUS") or usual_cpus
    if not re.fullmatch(r"[0-9]+[kKmMgG]?", mem):
        raise Refusal(f"VMEM={mem} is no size; 64m is one.")
    if not cpus.isdigit() or not 1 <= int(cpus) <= 16:
        raise Refusal(f"VCPUS={cpus} is not a number from 1 to 16.")
    mode = "-d " if place == "software" else ""
    return f"{mode}-m {mem} -n {cpus}"


def _run_host():
    """Damselfly: a shell on this terminal, or one command.

    It is the host kernel's, or that of a vkernel in it.
    """
    place = _place()
    vkernel = _vkernel_options(place)
    choice = choose(word("MACHINE"), word("CPUS"),
                    word("MEM") or _mem_of(place))
    command, added = word("EXEC"), word("ADD").split()
    root.add(root.Tree(), added)    # what is wrong is said before a build
    need_room()
    # Standard output is the command's alone.
    _build_or_refuse("final", sys.stderr if command else None)
    folder = build_path("bench", "run", choice.machine.name)
    with root.image_for(command, added, vkernel=vkernel) as image:
        job = Job(choice, build_path(*HOST_KERNEL),
                  [(image, "root")], word("APPEND").split())
        if not command:
            return run_here(job, folder)
        job.timeout = EXEC_LIMIT
        job.limit = EXEC_CONSOLE
        job.output = ExecOutput(_show, bool(vkernel))
        return report_command(job, run(job, folder))


def _show(data):
    """Bytes of a command to our own output, at once."""
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()


def need_room():
    """Refuse in words a tree that cannot be written or a disk that is full.

    Compilers say it too, but in a page for every file.
    """
    place = build_path()
    try:
        made = not os.path.isdir(place)
        os.makedirs(place, exist_ok=True)
        probe = os.path.join(place, f".room.{os.getpid()}")
        try:
            with open(probe, "wb") as file:
                os.posix_fallocate(file.fileno(), 0, ROOM)
        finally:
            if os.path.exists(probe):
                os.unlink(probe)
            if made:
                os.rmdir(place)
    except OSError as error:
        error.filename = "build/"
        raise os_refusal(error) from None


def _take_build():
    """Wait until no other make builds here; closing what comes back ends it.

    Two builds of one folder at a time would link each other's half-written
    files.  Runs have folders of their own and are not held up.  A bench that
    the make of build() has started builds under the lock that it already has.
    """
    if os.environ.get(LOCKED) == TOP:
        return os.open(os.devnull, os.O_RDONLY)
    os.makedirs(build_path(), exist_ok=True)
    lock = os.open(build_path(), os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        say("another make is building here; waiting for it")
        fcntl.flock(lock, fcntl.LOCK_EX)
    return lock


def build(folder, target="all", out=None):
    """`make -C folder`; True if it went well.

    out   where its output goes instead of standard output
    """
    command = ["make", "--no-print-directory", "-s", "-C",
               os.path.join(TOP, folder), target]
    if "jobserver" not in os.environ.get("MAKEFLAGS", ""):
        command.insert(1, f"-j{len(os.sched_getaffinity(0))}")
    sys.stdout.flush()
    lock = _take_build()
    try:
        return subprocess.run(command, check=False, stdout=out, env=dict(
            os.environ, **{LOCKED: TOP})).returncode == 0
    finally:
        os.close(lock)


def _build_or_refuse(folder, out=None):
    if not build(folder, out=out):
        raise Refusal(f"{folder} could not be built; the messages are above.")


def _step_job():
    """The step that STEP names, built, as a Job on the chosen machine."""
    choice = choose(word("MACHINE"), word("CPUS"), word("MEM"))
    _, folder = folder_of("steps", "STEP")
    _no_final()
    need_room()
    _build_or_refuse(folder)
    return Job(choice, os.path.join(TOP, "build", folder, "kernel"),
               append=word("APPEND").split())


def _run():
    if not word("STEP"):
        if word("LAB"):
            raise Refusal("run takes no LAB=; in the folder that `make lab` "
                          "has made, `make run` runs your kernel.")
        return _run_host()
    job = _step_job()
    folder = build_path("bench", "run", job.choice.machine.name)
    return run_here(job, folder)


def _debug():
    if not word("STEP"):
        _final_only("this debugs")
    if not word("SCRIPT"):
        debug.need_terminal()       # said before a step is built for nothing
    job = _step_job()
    folder = build_path("bench", "debug", job.choice.machine.name)
    if word("SCRIPT"):
        return debug.run_script(job, word("SCRIPT"), folder)
    return debug.debug(job, folder)


def _listed():
    """(short, folder, Choice) of every measurement that the book shows."""
    with open(LISTED, "rb") as file:
        names = tomllib.load(file)["measured"]
    steps = folders("steps")
    for name in names:
        found = re.fullmatch(r"([0-9]+|host|software|ept)-([a-z]+)-([0-9]+)",
                             name)
        if not found:
            raise Refusal(f"{shown(LISTED)}: {name!r} is not "
                          "STEP-MACHINE-CPUS.")
        if found[1] in measure.KERNELS:
            yield found[1], "final", choose(found[2], found[3],
                                            _mem_of(found[1]))
        elif found[1] in steps:
            yield found[1], steps[found[1]], choose(found[2], found[3])
        else:
            warn(f"{shown(LISTED)}: there is no step {found[1]} yet.")


def _measured(short, folder, kernel, choice):
    """The Measured of something that has been built, or None."""
    if short in measure.KERNELS:
        return _measure_kernels(short, kernel, choice)
    return measure.measure(os.path.basename(folder), kernel, choice)


def measure_listed():
    """Measure what the book shows if its kernel or the bench is newer.

    What cannot be measured is named and left out; the book does not
    build if it includes it.
    """
    good = True
    for short, folder, choice in _listed():
        files = [build_path(folder, "kernel")]
        if short in measure.KERNELS:
            files = [build_path(*HOST_KERNEL), build_path("final", "root.img")]
        if not build(folder):
            good = False
        elif measure.is_old(short, files, choice):
            warn(f"measuring {folder} on {choice.words()}")
            try:
                good &= _measured(short, folder, files[0], choice) is not None
            except Refusal as refusal:
                warn(str(refusal))
                good = False
    return good


def _needed(tests):
    """Folders to build for these tests, in a fixed order."""
    needed = []
    for test in tests:
        places = [test.name.split(".")[0], *test.needs]
        if test.kernel:
            kernel = os.path.relpath(test.kernel, build_path())
            places.append("final" if test.root else
                          os.path.dirname(kernel))
        for place in places:
            # docs is a test by being built; see docs/tests.toml.
            if place != "docs" and place not in needed and \
                    os.path.isfile(os.path.join(TOP, place, "Makefile")):
                needed.append(place)
    return needed


def _mem_of(place):
    """The memory of a machine that a kernel is run on, unless MEM says it."""
    return HOST_MEM if place == measure.HOST else VKERNEL_MEM


def _measure_kernels(place, kernel, choice, mem="", append=""):
    """Measure a kernel of Damselfly, and those it is compared with first.

    The Measured, or None.
    """
    several = []
    for each in COMPARED_WITH[place]:
        measured = measure.measure_kernel(each, kernel, choice, mem, append,
                                          _vkernel_options(each, "1"))
        if measured is None:
            return None
        several.append(measured)
        if len(several) > 1:
            tables, folder = compare.write(several, mem, append)
    if len(several) > 1:
        for table in tables:
            print(measure.as_text(table))
        say(f"these tables, values and plots are in {shown(folder)}")
    return several[-1]


def _bench_final(words):
    """Measure Damselfly."""
    place = _place()
    for name in ("EXEC", "ADD"):
        if word(name):
            raise Refusal(f"{name}= is for make run; make bench IN={place} "
                          "runs /usr/test/bench in the root as it is built.")
    choice = choose(word("MACHINE"), word("CPUS"),
                    word("MEM") or _mem_of(place))
    _vkernel_options(place)         # what is wrong is said before a build
    need_room()
    _build_or_refuse("final")
    return _measure_kernels(place, build_path(*HOST_KERNEL), choice, *words)


def _bench():
    words = word("MEM"), word("APPEND")
    if not word("STEP"):
        # A vkernel of another size is another measurement.
        words = " ".join(filter(None, (
            word("MEM"), word("VMEM"), word("VCPUS")))), word("APPEND")
        measured = _bench_final(words)
    else:
        job = _step_job()
        _, folder = folder_of("steps", "STEP")
        measured = measure.measure(os.path.basename(folder), job.kernel,
                                   job.choice, *words)
    if measured is None:
        warn("a run that fails measures nothing.")
        return 1
    print(measure.as_text(measured))
    say("table, values and plots are in "
        f"{measure.where(measured, *words)}")
    return 0


def _test():
    tests = select(find_tests(), word("ONLY"))
    need_room()
    failed = []
    for folder in _needed(tests):
        if not build(folder):
            failed.append(Verdict(f"{folder}.build", failures=[
                ("build", "it could not be built; the messages are above")]))
    if any(test.name.startswith(("docs.", "labs/bench/probe."))
           for test in tests):
        _capabilities(failed)
    return run_tests(word("ONLY"), before=failed)


def _capabilities(failed):
    """Have the capability table made; the documents include it."""
    if not build("labs/bench/probe"):
        failed.append(Verdict("labs/bench/probe.build", failures=[
            ("build", "it could not be built; the messages are above")]))
        return
    capabilities.refresh()


def _docs():
    need_room()
    _build_or_refuse("labs/bench/probe")
    capabilities.refresh()
    measure_listed()
    _build_or_refuse("docs")
    say("the documents are in build/docs")
    return 0


def _lab(action):
    short, _ = folder_of("labs", "LAB")
    tool = os.path.join(TOP, "labs/bench/labtool/lab")
    if not os.path.exists(tool):
        raise Refusal("the lab tool does not exist yet.")
    choose(word("MACHINE"), word("CPUS"), word("MEM"))
    need_room()
    return subprocess.run([tool, action, short], cwd=TOP,
                          check=False).returncode


def _check():
    need_room()
    return subprocess.run([os.path.join(TOP, "labs/bench/check/all")],
                          cwd=TOP, check=False).returncode


def _not_yet(text):
    def refuse():
        raise Refusal(text)
    return refuse


TARGETS = {
    "run": _run,
    "debug": _debug,
    "test": _test,
    "lab": lambda: _lab("new"),
    "grade": lambda: _lab("grade"),
    "docs": _docs,
    "check": _check,
    "image": _not_yet("an image of Damselfly, the system in final/, cannot be "
                      "made yet."),
    "bench": _bench,
}


def main(target):
    """Do what `make target` is to do; return the exit status."""
    flags = os.environ.get("MAKEFLAGS", "").split(" ")[0]
    if "n" in flags and not flags.startswith("-"):
        say(f"make {target} is not done, since make -n only asks.")
        return 0
    return TARGETS[target]()
