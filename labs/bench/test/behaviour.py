# SPDX-License-Identifier: BSD-3-Clause
"""How the bench behaves towards terminals, signals and a second bench.

Each test starts the bench as a user does.  What is looked for afterwards is
always the same: the exit status, the words, and that nothing is left behind.
"""

import contextlib
import fcntl
import json
import os
import pty
import re
import select
import signal
import subprocess
import sys
import termios
import time

sys.dont_write_bytecode = True     # before the first import of ours
from taplib import (BENCH, KERNEL, PLACE, TOP, copy_of_tree, has, main,
                    same)

RUNS = os.path.join(PLACE, "runs")
PATIENCE = 60 * float(os.environ.get("BENCH_TIMEOUT_SCALE") or 1)


def folder(name):
    """The record folder of a run of these tests."""
    return os.path.join(RUNS, name)


def arguments(do, out, *more, command="run"):
    """The bench's command line for one way of misbehaving."""
    return [BENCH, command, "--kernel", KERNEL, "--append", f"do={do}",
            "--out", folder(out), *more]


def left_behind(out):
    """Processes that still live in the folder of a run, and lock files."""
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        with contextlib.suppress(OSError):
            if os.readlink(f"/proc/{pid}/cwd").startswith(folder(out)):
                found.append(pid)
    with contextlib.suppress(FileNotFoundError):
        found += [name for name in os.listdir(folder(out))
                  if name.endswith(".lock")]
    return found


def nothing_left(out):
    """Assert it, with a moment for what the kernel has still to clean up."""
    for _ in range(50):
        if not left_behind(out):
            return
        time.sleep(0.1)
    raise AssertionError(f"left behind: {left_behind(out)}")


class Terminal:
    """The bench on a terminal of ours."""

    def __init__(self, command):
        self.ours, self.theirs = pty.openpty()
        self.before = termios.tcgetattr(self.theirs)
        self.text = ""
        self.process = subprocess.Popen(
            command, stdin=self.theirs, stdout=self.theirs,
            stderr=self.theirs, cwd=TOP, preexec_fn=self._own)

    def _own(self):
        """In the new process: make this its terminal, for its signals."""
        os.setsid()
        fcntl.ioctl(self.theirs, termios.TIOCSCTTY, 0)

    def expect(self, pattern):
        """Read until the pattern has been seen; forget what was before."""
        limit = time.monotonic() + PATIENCE
        while not (found := re.search(pattern, self.text)):
            if time.monotonic() > limit:
                raise AssertionError(f"no {pattern!r} in {self.text!r}")
            if select.select([self.ours], [], [], 0.2)[0]:
                self.text += os.read(self.ours, 65536).decode()
            elif self.process.poll() is not None:
                raise AssertionError(f"ended with {self.text!r}")
        self.text = self.text[found.end():]

    def type(self, text):
        """Type on its keyboard."""
        os.write(self.ours, text.encode())

    def ends(self, status):
        """Assert that it ends so, with the terminal as it was."""
        limit = time.monotonic() + PATIENCE
        while self.process.poll() is None and time.monotonic() < limit:
            if select.select([self.ours], [], [], 0.1)[0]:
                self.text += os.read(self.ours, 65536).decode()
        same(self.process.poll(), status)
        same(termios.tcgetattr(self.theirs), self.before)

    def close(self):
        """End it whatever happened."""
        with contextlib.suppress(ProcessLookupError):
            self.process.terminate()
        self.process.wait(PATIENCE)
        os.close(self.ours)
        os.close(self.theirs)


@contextlib.contextmanager
def terminal(do, out, *more, command="run"):
    """A Terminal for one test, ended at the end of it."""
    each = Terminal(arguments(do, out, *more, command=command))
    try:
        yield each
    finally:
        each.close()


def run(do, out, *more, text=""):
    """Run the bench without a terminal; return (status, output)."""
    done = subprocess.run(arguments(do, out, *more), input=text, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          timeout=PATIENCE, cwd=TOP, check=False)
    return done.returncode, done.stdout


def record(out):
    """result.json and console of a run."""
    with open(os.path.join(folder(out), "result.json"),
              encoding="utf-8") as file:
        result = json.load(file)
    with open(os.path.join(folder(out), "console"), "rb") as file:
        return result, file.read()


def deterministic(cpus):
    """Run the same image twice and compare what it leaves."""
    seen = []
    for out in ("first", "second"):
        status, text = run("pass", out, "--headless", "--cpus", cpus)
        same(status, 0)
        result, console = record(out)
        seen.append((result["instructions"], result["tsc"], console))
        has(text, f"{result['instructions']:,} instructions")
    same(seen[0], seen[1])
    assert seen[0][0] > seen[0][1] > 1_000_000, seen[0][:2]


def same_twice():
    """The same image twice: equal console, instructions and TSC."""
    deterministic("1")


def same_twice_smp():
    """The same image twice on 3 CPUs: equal console, instructions and TSC."""
    deterministic("3")


def same_disk():
    """The same kernel and words make the same boot disk."""
    disks = []
    for name in ("disk1", "disk2"):
        subprocess.run([BENCH, "image", "--kernel", KERNEL, "--append", "a=b",
                        "--out", folder(name)], check=True, timeout=PATIENCE,
                       stdout=subprocess.DEVNULL)
        with open(folder(name), "rb") as file:
            disks.append(file.read())
    assert disks[0] == disks[1]


def typing():
    """Typed input reaches the guest, in Bochs and in QEMU."""
    for machine in ("haswell", "qemu"):
        with terminal("echo", "typing", "--machine", machine) as user:
            user.expect("Ctrl-C ends the run")
            user.expect("quit ends it")
            user.type("hello there\r")
            user.expect("you typed: hello there")
            user.type("quit\r")
            user.expect("exit status 0")
            user.ends(0)
        nothing_left("typing")


def piped():
    """Piped input reaches the guest, and its end does not end the run."""
    for machine in ("haswell", "qemu"):
        status, text = run("echo", "piped", "--machine", machine,
                           text="a line\n" + "x" * 60 + "\nquit\n")
        same(status, 0)
        has(text, "you typed: a line")
        has(text, "you typed: " + "x" * 60)
        nothing_left("piped")


def failing_guest():
    """A guest that ends with status 5 is shown and fails."""
    status, text = run("echo", "failing", text="fail\n")
    same(status, 1)
    has(text, "exit status 5\n")
    same(record("failing")[0]["status"], 5)


def panicking_guest():
    """A panic in an interactive run ends it and fails."""
    status, text = run("panic", "panicking")
    same(status, 1)
    has(text, "bench: panic: misbehave was asked to panic")


def control_c():
    """Ctrl-C ends Bochs and QEMU and leaves nothing behind."""
    for machine in ("haswell", "qemu"):
        with terminal("hang", "ctrl-c", "--machine", machine) as user:
            user.expect(r"1\.\.1")
            user.type("\x03")
            user.expect("ended by Ctrl-C")
            user.ends(130)
        nothing_left("ctrl-c")


def control_c_early():
    """Ctrl-C before the guest has written anything does as well."""
    with terminal("hang", "early") as user:
        user.expect("Ctrl-C ends the run")
        user.type("\x03")
        user.ends(130)
    nothing_left("early")


def signals():
    """SIGINT, SIGTERM and SIGHUP end a headless run and leave nothing."""
    for signum in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        forget("signals")
        process = subprocess.Popen(
            arguments("hang", "signals", "--headless"),
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        wait_for_console("signals")
        process.send_signal(signum)
        _, said = process.communicate(timeout=PATIENCE)
        same(process.returncode, 128 + signum)
        same(said, f"bench: stopped by {signal.Signals(signum).name}.\n")
        nothing_left("signals")


def forget(out):
    """Remove the console of an earlier run."""
    with contextlib.suppress(FileNotFoundError):
        os.unlink(os.path.join(folder(out), "console"))


def wait_for_console(out):
    """Wait until the guest of a run has written something."""
    limit = time.monotonic() + PATIENCE
    path = os.path.join(folder(out), "console")
    while time.monotonic() < limit:
        with contextlib.suppress(FileNotFoundError):
            if os.path.getsize(path) > 0:
                return
        time.sleep(0.05)
    raise AssertionError(f"nothing on {path}")


def killed():
    """Even a bench that is killed outright takes its emulator with it."""
    forget("killed")
    process = subprocess.Popen(arguments("hang", "killed", "--headless"),
                               stdout=subprocess.DEVNULL)
    wait_for_console("killed")
    process.kill()
    process.wait()
    # Nobody is left to remove Bochs' lock file; the next run does.
    with contextlib.suppress(FileNotFoundError):
        os.unlink(os.path.join(folder("killed"), "disk.img.lock"))
    nothing_left("killed")
    same(run("pass", "killed", "--headless")[0], 0)


def side_by_side():
    """Two runs at once with one folder: the second takes the next."""
    forget("two")
    first = subprocess.Popen(arguments("hang", "two", "--headless"),
                             stdout=subprocess.DEVNULL,
                             stderr=subprocess.DEVNULL)
    try:
        wait_for_console("two")
        status, text = run("pass", "two", "--headless")
        same(status, 0)
        has(text, "two-2")
    finally:
        first.terminate()
        first.wait(PATIENCE)
    nothing_left("two")


def where_it_hangs():
    """A hang is reported with the function that it hangs in."""
    status, text = run("hang", "where", "--headless", "--timeout", "6")
    same(status, 1)
    assert re.search(r"hang: not finished after [\d.]+ s, at 0x[0-9a-f]+ in "
                     r"(spin|do_hang)\+0x", text), text


SCRIPT = """# stop in main and look around
lb 0x{main:x}
c
r
info tab
"""


def main_address():
    """Where main() is, from the kernel's symbol list."""
    with open(KERNEL + ".sym", encoding="ascii") as file:
        for line in file:
            address, name = line.split()
            if name == "main":
                return int(address, 16)
    raise AssertionError("no main in kernel.sym")


def debugger_script():
    """A debugger script gives the same transcript twice, with symbols."""
    script = folder("script")
    os.makedirs(RUNS, exist_ok=True)
    with open(script, "w", encoding="ascii") as file:
        file.write(SCRIPT.format(main=main_address()))
    texts = []
    for _ in range(2):
        done = subprocess.run(
            arguments("pass", "debug", "--script", script, command="debug"),
            stdout=subprocess.PIPE, text=True, timeout=PATIENCE, check=False)
        same(done.returncode, 0)
        texts.append(done.stdout)
    same(texts[0], texts[1])
    has(texts[0], f"rip: {main_address() >> 32:08x}_"
        f"{main_address() & 0xffffffff:08x}")
    has(texts[0], "(main+0)")
    nothing_left("debug")


def debugger_by_hand():
    """The debugger on a terminal: prompt, guest's console, q leaves."""
    with terminal("pass", "hand", command="debug") as user:
        user.expect("symbols are loaded")
        user.expect(r"<bochs:\d+>")
        user.type("c\r")
        user.expect(r"guest\| ok 1 - the first of two")
        user.ends(0)
    with terminal("hang", "hand", command="debug") as user:
        user.expect(r"<bochs:\d+>")
        user.type("c\r")
        user.expect(r"guest\| 1\.\.1")
        user.type("\x03")
        user.expect(r"<bochs:\d+>")
        user.type("q\r")
        user.ends(0)
    nothing_left("hand")


def closed_output():
    """A reader that goes away (| head) ends the run, without a traceback."""
    command = " ".join(f"'{each}'" for each in arguments("pass", "closed"))
    done = subprocess.run(
        ["sh", "-c", f"{command} </dev/null | true"], text=True,
        stderr=subprocess.PIPE, timeout=PATIENCE, check=False)
    assert "Traceback" not in done.stderr, done.stderr
    nothing_left("closed")


def folder_with_a_space():
    """A tree in a folder with a space and a quote: make run STEP=01 works.

    APPEND=test=N runs the Nth guest alone.
    """
    tree = copy_of_tree("it's a tree")
    done = subprocess.run(
        ["make", "run", "STEP=01", "APPEND=test=5"], cwd=tree, text=True,
        check=False, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, timeout=2 * PATIENCE,
        env={name: value for name, value in os.environ.items()
             if name != "MAKEFLAGS"})
    same((done.returncode, done.stdout[-400:] if done.returncode else ""),
         (0, ""))
    has(done.stdout, "exit status 0")
    has(done.stdout, "ok 4 - uses its page table # SKIP another one is asked")
    has(done.stdout, "ok 5 - page fault\n")
    same(done.stdout.count("\nok "), done.stdout.count(" # SKIP ") + 1)


MEASURE_STEP = """all:
	@mkdir -p ../../build/steps/09-measure
	@cp -u '{kernel}' '{kernel}.sym' ../../build/steps/09-measure
"""


def tree_that_measures(name):
    """A copy of the tree with a step 09 that measures itself."""
    tree = copy_of_tree(name)
    os.makedirs(os.path.join(tree, "steps/09-measure"))
    with open(os.path.join(tree, "steps/09-measure/Makefile"), "w",
              encoding="utf-8") as file:
        file.write(MEASURE_STEP.format(kernel=KERNEL.replace("'", "'\\''")))
    return tree


def command(tree, *words, **more):
    """(exit status, output) of a command in a tree; `more` is environment."""
    done = subprocess.run(
        words, cwd=tree, text=True, check=False, stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=PATIENCE,
        env={name: value for name, value in os.environ.items()
             if name != "MAKEFLAGS"} | more)
    return done.returncode, done.stdout


def measuring():
    """make bench STEP=: the table, its files, the same every time."""
    tree = tree_that_measures("measuring")
    seen = []
    for _ in range(2):
        status, text = command(tree, "make", "bench", "STEP=09", "CPUS=2")
        same((status, text if status else ""), (0, ""))
        has(text, "by lock, 8 virtual CPUs   8.50            6400")
        has(text, "$ make bench STEP=09 MACHINE=haswell CPUS=2\n")
        place = os.path.join(tree, "build/bench/measure/09-haswell-2")
        same(sorted(os.listdir(place)),
             ["exits.svg", "host-instructions.svg", "run", "table.adoc",
              "table.txt", "values.json"])
        files = {}
        for name in set(os.listdir(place)) - {"run"}:
            with open(os.path.join(place, name), encoding="utf-8") as file:
                files[name] = file.read()
        seen.append(files)
    same(seen[0], seen[1])
    has(text, files["table.txt"])
    values = json.loads(files["values.json"])
    same((values["machine"], values["cpus"]), ("haswell", 2))
    same(values["values"]["nothing"],
         {"exits": 1.0, "host instructions": 431.2})


def measuring_fails():
    """make bench STEP= of a bad line, none, a failed run: says so."""
    tree = tree_that_measures("measuring badly")
    for do, status, part in (
            ("measure-badly", 2, "'431.20' is not a decimal number"),
            ("silent", 2, "09-measure measures nothing on haswell"),
            ("status", 1, "exit status 3"),
            ("panic", 1, "panic: misbehave was asked to panic")):
        got, text = command(tree, "labs/bench/bench", "make", "bench",
                            STEP="09", APPEND=f"do={do}")
        same((do, got), (do, status))
        has(text, part)
        place = os.path.join(tree, "build/bench/measure",
                             f"09-haswell-1-do-{do}")
        same(os.listdir(place), ["run"])


def measured_for_the_book():
    """bench measure: measures what is listed and out of date, only that."""
    tree = tree_that_measures("measuring for the book")
    listed = os.path.join(tree, "docs/book/measured.toml")
    os.makedirs(os.path.dirname(listed))
    with open(listed, "w", encoding="ascii") as file:
        file.write('measured = [\n"09-haswell-1",\n"77-haswell-1",\n]\n')
    measure = "labs/bench/bench", "measure"
    status, text = command(tree, *measure)
    same(status, 0)
    has(text, "there is no step 77 yet")
    has(text, "measuring steps/09-measure on haswell")
    assert "measuring" not in command(tree, *measure)[1]
    kernel = os.path.join(tree, "build/steps/09-measure/kernel")
    os.utime(kernel)
    has(command(tree, *measure)[1], "measuring steps/09-measure")
    with open(kernel, "rb") as file:
        data = file.read()
    with open(kernel, "wb") as file:
        file.write(data.replace(b"# bench: ", b"# botch: "))
    status, text = command(tree, *measure)
    same(status, 1)
    has(text, "09-measure measures nothing")


if __name__ == "__main__":
    sys.exit(main([
        same_twice, same_twice_smp, same_disk, typing, piped, failing_guest,
        panicking_guest, control_c, control_c_early, signals, killed,
        side_by_side, where_it_hangs, debugger_script, debugger_by_hand,
        closed_output, folder_with_a_space, measuring, measuring_fails,
        measured_for_the_book]))
