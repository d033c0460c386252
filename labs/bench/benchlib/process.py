# SPDX-License-Identifier: BSD-3-Clause
"""Starting and ending emulators so that none is ever left behind.

Three nets, each for what the one before cannot catch:

1. `Emulator.end` in a `finally` of whoever started it.
2. Signals (Ctrl-C, SIGTERM, SIGHUP) become an exception in the main thread,
   which ends everything in the list of the running.
3. If the bench itself is killed outright the kernel kills the emulator
   (setpriv --pdeathsig).

Each emulator leads a session of its own, hence a Ctrl-C on the terminal
reaches the bench and not the emulator; only the debugger wants it otherwise.
"""

import contextlib
import os
import shutil
import signal
import subprocess
import threading

from .words import Interrupted, Refusal

_running = set()
_lock = threading.Lock()
_closing = threading.Event()    # set once nothing new may be started


def catch_signals():
    """Turn the signals that mean "stop" into Interrupted."""
    def stop(signum, _frame):
        for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(each, signal.SIG_IGN)
        raise Interrupted(signum)
    for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(each, stop)


def end_all():
    """End every emulator that is still running; none starts any more."""
    with _lock:
        _closing.set()
        rest = list(_running)
    for each in rest:
        each.end()


class Emulator:
    """One running emulator (or test program) in the folder of its run."""

    def __init__(self, command, out, environment, stdin=subprocess.DEVNULL,
                 stdout=None, stderr=None, own_session=True, cwd=None):
        """Start it.

        stdout       None means the file emulator.out in `out`
        stderr       None means the file emulator.err there
        cwd          where it runs, if not in `out`
        own_session  False lets it have the terminal's Ctrl-C (the debugger)
        """
        program = shutil.which(command[0])
        if program is None:
            raise Refusal(f"{command[0]} is not installed; `make deps` "
                          "installs it, `make doctor` says what else is "
                          "lacking.")
        guard = shutil.which("setpriv")
        full = [program, *command[1:]]
        if guard:
            full = [guard, "--pdeathsig", "KILL", "--", *full]
        self.out = out
        self.own_session = own_session
        with contextlib.ExitStack() as stack:
            if stderr is None:
                stderr = stack.enter_context(
                    open(os.path.join(out, "emulator.err"), "wb"))
            if stdout is None:
                stdout = stack.enter_context(
                    open(os.path.join(out, "emulator.out"), "wb"))
            # The lock is held meanwhile so that end_all() misses nobody.
            with _lock:
                if _closing.is_set():
                    raise Refusal("the bench is being stopped.")
                self.process = subprocess.Popen(
                    full, cwd=cwd or out, env=environment, stdin=stdin,
                    stdout=stdout, stderr=stderr,
                    start_new_session=own_session)
                _running.add(self)

    def wait(self, seconds):
        """True if it has ended within that time."""
        try:
            self.process.wait(seconds)
            return True
        except subprocess.TimeoutExpired:
            return False

    def interrupt(self, seconds):
        """Send SIGINT, which stops Bochs in its debugger; then as wait()."""
        with contextlib.suppress(ProcessLookupError):
            self.process.send_signal(signal.SIGINT)
        return self.wait(seconds)

    def end(self):
        """Kill what is left of it and remove its lock files."""
        with contextlib.suppress(ProcessLookupError):
            if self.own_session:
                os.killpg(self.process.pid, signal.SIGKILL)
            else:
                self.process.kill()
        self.process.wait()
        with contextlib.suppress(FileNotFoundError):
            os.unlink(os.path.join(self.out, "disk.img.lock"))
        with _lock:
            _running.discard(self)
