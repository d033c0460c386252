# SPDX-License-Identifier: BSD-3-Clause
"""Bad input: one clear sentence, a status that is not 0, and no debris.

All of it happens in copies of the tree, so that debris is seen and nothing is
spoilt; a full disk and a read-only tree in a mount namespace besides.
"""

import functools
import os
import shutil
import subprocess
import sys

sys.dont_write_bytecode = True     # before the first import of ours
from taplib import (BENCH, KERNEL, PLACE, TOP, Skip, copy_of_tree, has, main,
                    same)


def attempt(command, cwd=TOP, **environment):
    """Run a command that must fail; return the one sentence that it says.

    What make itself adds about a failed recipe does not count.
    """
    done = subprocess.run(
        command, cwd=cwd, env=dict(os.environ, **environment), text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL, timeout=100, check=False)
    assert done.returncode != 0, f"{command} succeeded: {done.stdout}"
    lines = [line for line in done.stdout.splitlines()
             if not line.startswith("make")]
    assert len(lines) == 1, f"not one sentence: {done.stdout}"
    assert lines[0].endswith("."), lines[0]
    return lines[0]


@functools.cache
def tree():
    """A copy of the tree in which nobody else is at work."""
    return copy_of_tree("words")


def everything():
    """All that there is in that copy, what was built included."""
    return {os.path.join(folder, name)
            for folder, names, files in os.walk(tree())
            for name in names + files}


def make(target, *words):
    """`make` with these words; its sentence, and no debris."""
    before = everything()
    said = attempt(["make", target, *words], cwd=tree())
    same(everything() - before, set())
    return said


def no_step():
    """make run and make bench STEP=99: names the steps that there are."""
    for target in ("run", "bench"):
        has(make(target, "STEP=99"), "there is no step 99; there are: ")


def odd_steps():
    """make run STEP=..., /, a quote, a long word: refused in words as well."""
    for step in ("..", "/", "01/..", "'", '"', "$(x)", "x" * 300):
        has(make("run", f"STEP={step}"), "there is no step")


def no_lab():
    """make lab and make grade LAB=xyz: names the labs that there are."""
    for target in ("lab", "grade"):
        has(make(target, "LAB=xyz"), "there is no lab xyz")
        has(make(target), "LAB=... is missing")
    has(make("run", "LAB=05"), "run takes no LAB=")


def no_machine():
    """make run MACHINE=foo: names the machines."""
    has(make("run", "STEP=01", "MACHINE=foo"),
        "there is no machine 'foo'; the machines are penryn,")
    # Nothing in a word is make's: a shell's $HOME in EXEC arrives as it is.
    has(make("run", "STEP=01", "MACHINE=$(shell echo haswell)"),
        "there is no machine '$(shell echo haswell)'; the machines are")


def no_size():
    """make run CPUS=0, CPUS=17, MEM=1: says what is possible."""
    has(make("run", "STEP=01", "CPUS=0"),
        "CPUS=0 is not a number from 1 to 15.")
    has(make("run", "STEP=01", "CPUS=17"), "CPUS=17 is not")
    has(make("run", "STEP=01", "MEM=1"), "MEM=1 is not a size from")


def not_yet():
    """Targets of parts that do not exist yet say so."""
    for target in ("debug", "image"):
        assert "yet" in make(target), target


def places():
    """IN, EXEC and ADD: what is wrong is said before anything is built."""
    has(make("run", "IN=hsot"), "there is no IN=hsot (did you mean host?)")
    has(make("run", "VMEM=much"), "VMEM=much is no size")
    has(make("bench", "IN=software", "VMEM=much"), "VMEM=much is no size")
    has(make("run", "IN=software", "VCPUS=0"), "VCPUS=0 is not a number from")
    has(make("run", "IN=host", "ADD=x"), "ADD=x is not FILE:/PATH")
    has(make("run", "IN=host", "ADD=/no/such:/x"), "there is no file /no/such")
    has(make("run", "IN=host", "MACHINE=vax"), "there is no machine 'vax'")
    for word in ("IN=host", "EXEC=true", "ADD=README.adoc:/x"):
        has(make("run", "STEP=01", word), "and not for a step")


def no_selection():
    """make test ONLY=nothing: a test of nothing is refused."""
    has(make("test", "ONLY=nothing"), "ONLY=nothing selects no")


def no_terminal():
    """make debug without a terminal or script: refused, nothing is built."""
    has(make("debug", "STEP=01"), "needs a terminal; without one give it a "
        "script, with SCRIPT=FILE to make")


def no_kernel():
    """A kernel that is not there, or is none: refused before a run."""
    out = os.path.join(PLACE, "none")
    has(attempt([BENCH, "run", "--kernel", "nowhere", "--out", out]),
        "there is no kernel nowhere")
    has(attempt([BENCH, "run", "--kernel", "/bin/true", "--out", out]),
        "not a multiboot2 kernel")
    has(attempt([BENCH, "debug", "--kernel", KERNEL, "--machine", "qemu",
                 "--out", out]), "only Bochs has the debugger")
    has(attempt([BENCH, "run", "--kernel", KERNEL, "--append", "a='b'",
                 "--out", out]), "has a quote")


def no_emulator():
    """An emulator that is missing: says which and what installs it."""
    tools = os.path.join(PLACE, "bin")
    shutil.rmtree(tools, ignore_errors=True)
    os.makedirs(tools)
    for name in ("grub-mkimage", "mformat", "mmd", "mcopy", "setpriv"):
        os.symlink(shutil.which(name), os.path.join(tools, name))
    for machine, program in (("haswell", "bochs"),
                             ("qemu", "qemu-system-x86_64")):
        said = attempt([BENCH, "run", "--headless", "--kernel", KERNEL,
                        "--machine", machine, "--out",
                        os.path.join(PLACE, "none")], PATH=tools)
        has(said, f"{program} is not installed; `make deps` installs it")
    os.unlink(os.path.join(tools, "mcopy"))
    has(attempt([BENCH, "run", "--headless", "--kernel", KERNEL, "--out",
                 os.path.join(PLACE, "none")], PATH=tools),
        "mcopy is missing; `make deps` installs it")


def failing_emulator():
    """An emulator that does not start: its last words are shown."""
    tools = os.path.join(PLACE, "fake")
    os.makedirs(tools, exist_ok=True)
    with open(os.path.join(tools, "bochs"), "w", encoding="ascii") as file:
        file.write("#!/bin/sh\necho starting\necho no BIOS here\nexit 3\n")
    os.chmod(os.path.join(tools, "bochs"), 0o755)
    done = subprocess.run(
        [BENCH, "run", "--headless", "--kernel", KERNEL, "--out",
         os.path.join(PLACE, "none")], text=True, capture_output=True,
        check=False, env=dict(os.environ, PATH=f"{tools}:/usr/bin:/bin"))
    same(done.returncode, 1)
    same(done.stderr, "bench: the emulator failed (status 3): no BIOS here.\n")


def no_packages():
    """deps without root, sudo or a Debian: says what is lacking."""
    tools = os.path.join(PLACE, "bare")
    shutil.rmtree(tools, ignore_errors=True)
    os.makedirs(tools)
    for name in ("sh", "dirname", "id"):
        os.symlink(shutil.which(name), os.path.join(tools, name))
    deps = os.path.join(TOP, "labs/bench/deps")
    if subprocess.run([deps, "--quiet"], env={"PATH": tools}, text=True,
                      stdin=subprocess.DEVNULL, capture_output=True,
                      check=False).returncode == 0:
        raise Skip("everything lies in /usr/sbin here")
    done = subprocess.run([deps], env={"PATH": tools}, text=True,
                          stdin=subprocess.DEVNULL, capture_output=True,
                          check=False)
    same(done.returncode, 1)
    has(done.stderr, "deps: this is not a Debian system")
    has(done.stderr, "bochs")


def in_namespace(script, place):
    """Run a shell script in a mount namespace of its own, in a folder."""
    enter = ["unshare", "--mount"]
    if os.geteuid() != 0:
        enter.append("--map-root-user")
    able = subprocess.run([*enter, "sh", "-c", "mount -t tmpfs none /mnt"],
                          capture_output=True, check=False)
    if able.returncode != 0:
        raise Skip("this machine does not let us mount anything")
    return attempt([*enter, "sh", "-ec", script], cwd=place)


def need_step():
    """Skip a test that has to get past the check of STEP."""
    if not os.path.isdir(os.path.join(TOP, "steps/01-vmm_test")):
        raise Skip("step 01 does not exist yet")


def full_disk():
    """A full disk: says so, and what is full; nothing is left."""
    need_step()
    place = copy_of_tree("full disk")
    os.makedirs(os.path.join(place, "build"))
    said = in_namespace("mount -t tmpfs -o size=64k none build\n"
                        "make run STEP=01 && exit 0\n"
                        "ls -A build; exit 1", place)
    has(said, "the disk is full")


def full_while_running():
    """A disk that fills up while the boot disk is made: one sentence."""
    place = copy_of_tree("fuller disk")
    os.makedirs(os.path.join(place, "build"))
    said = in_namespace(
        "mount -t tmpfs -o size=96k none build\n"
        "labs/bench/bench run --headless --kernel "
        f"'{KERNEL}'", place)
    has(said, "the disk is full")


def read_only():
    """A read-only tree: says so; nothing is left."""
    need_step()
    place = copy_of_tree("read only")
    said = in_namespace('mount --bind . "$PWD"; cd "$PWD"\n'
                        "mount -o remount,bind,ro .\n"
                        "make run STEP=01", place)
    has(said, "cannot be written")
    assert not os.path.exists(os.path.join(place, "build"))


def usage():
    """The bench's own options: unknown ones get one sentence."""
    has(attempt([BENCH, "run"]), "--kernel")
    has(attempt([BENCH, "dance"]), "dance")
    has(attempt([BENCH, "run", "--kernel", KERNEL, "--headless", "--timeout",
                 "soon"]), "--timeout soon")


if __name__ == "__main__":
    sys.exit(main([
        no_step, odd_steps, no_lab, no_machine, no_size, not_yet, places,
        no_selection, no_terminal, no_kernel, no_emulator, failing_emulator,
        no_packages, full_disk, full_while_running, read_only, usage]))
