# SPDX-License-Identifier: BSD-3-Clause
"""An interactive run: the guest's serial console is this terminal.

The emulator gets one end of a pseudo-terminal as COM1, the bench has the other
and copies both ways.  Standard input may be a terminal (put in raw mode and
put back on every way out) or anything else (a pipe is sent to the guest, and
its end does not end the run).

A UART holds 16 characters and the guest's clock is not ours, so input is
handed on in small pieces, and none before the guest has written something:
until then nobody has set the UART up and what arrives there is lost.
"""

import contextlib
import errno
import os
import pty
import selectors
import sys
import termios
import time
import tty

from . import bochs
from .run import (CONSOLE, Watch, claim_folder, judge, prepare, record,
                  start)
from .words import os_refusal, say, scaled, shown

LEAVE = b"\x03"                 # Ctrl-C: leaves a step
PREFIX = b"\x01"                # Ctrl-A, then x: leaves a system with a shell
PIECE = 8                       # characters handed on at a time
PAUSE = 0.01                    # seconds between two pieces
BACKLOG = 65536                 # input kept for the guest; more waits outside


class RawTerminal:
    """Standard input in raw mode, if it is a terminal; put back at the end.

    The terminal's own signals go too: Ctrl-C arrives as a character, so that
    there is one way of leaving however fast the user types.
    """

    def __init__(self):
        self.fd = sys.stdin.fileno() if sys.stdin else None
        self.is_terminal = self.fd is not None and os.isatty(self.fd)
        self.saved = None

    def __enter__(self):
        if self.is_terminal:
            self.saved = termios.tcgetattr(self.fd)
            tty.setraw(self.fd)
            mode = termios.tcgetattr(self.fd)
            mode[1] |= termios.OPOST | termios.ONLCR    # lines end as usual
            termios.tcsetattr(self.fd, termios.TCSADRAIN, mode)
        return self

    def __exit__(self, *_):
        if self.saved:
            with contextlib.suppress(termios.error):    # it may be gone
                termios.tcsetattr(self.fd, termios.TCSAFLUSH, self.saved)


def open_serial():
    """A pseudo-terminal for COM1: (our end, its end, name of its end).

    Its end stays open here as well: otherwise reading ours fails whenever the
    emulator has not opened it yet.
    """
    ours, theirs = pty.openpty()
    tty.setraw(theirs)
    os.set_blocking(ours, False)
    return ours, theirs, os.ttyname(theirs)


class Keys:
    """What a person types: what goes to the guest, and the wish to leave.

    A guest with a shell needs Ctrl-C itself; there Ctrl-A and x leave, and
    Ctrl-A typed twice is one for the guest.
    """

    def __init__(self, shell):
        self.shell = shell
        self.prefix = False         # whether the last one was Ctrl-A

    def words(self):
        """How to leave, in words."""
        return "Ctrl-A and then x" if self.shell else "Ctrl-C"

    def take(self, data):
        """(what goes to the guest, whether the user wants to leave)."""
        if not self.shell:
            return data, LEAVE in data
        out = bytearray()
        for byte in data:
            key = bytes([byte])
            if self.prefix:
                self.prefix = False
                if key in b"xX":
                    return bytes(out), True
                out += key if key == PREFIX else PREFIX + key
            elif key == PREFIX:
                self.prefix = True
            else:
                out += key
        return bytes(out), False


class _Bridge:
    """Copies between standard input and output and the guest's COM1."""

    def __init__(self, emulator, serial, terminal, log, keys):
        self.emulator = emulator
        self.keys = keys
        self.serial = serial
        self.terminal = terminal
        self.log = log              # every byte of the guest goes here too
        self.pending = b""          # input that the guest has not had yet
        self.spoken = False         # whether the guest has written anything
        self.next_piece = 0.0
        self.at_end = False         # whether standard input has ended
        self.left = False           # whether the user asked to leave
        self.selector = selectors.PollSelector()    # it takes plain files
        self.selector.register(serial, selectors.EVENT_READ)
        self.listening = False
        self._listen(terminal.fd is not None)

    def _listen(self, wanted):
        """Start or stop looking at standard input."""
        if wanted == self.listening:
            return
        if wanted:
            self.selector.register(self.terminal.fd, selectors.EVENT_READ)
        else:
            self.selector.unregister(self.terminal.fd)
        self.listening = wanted

    def _from_user(self):
        try:
            data = os.read(self.terminal.fd, 4096)
        except OSError:
            data = b""
        self.at_end = not data
        if self.terminal.is_terminal:
            data, leave = self.keys.take(data)
            self.left = leave or self.at_end
        self.pending += data
        self._listen(not self.at_end and len(self.pending) < BACKLOG)

    def from_guest(self):
        """Copy what the guest has written; False if there was nothing."""
        try:
            data = os.read(self.serial, 65536)
        except BlockingIOError:
            return False
        except OSError as error:
            if error.errno == errno.EIO:
                return False
            raise
        self.spoken = self.spoken or bool(data)
        self.log.write(data)
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
        return bool(data)

    def _to_guest(self):
        now = time.monotonic()
        if self.pending and self.spoken and now >= self.next_piece:
            with contextlib.suppress(BlockingIOError):
                taken = os.write(self.serial, self.pending[:PIECE])
                self.pending = self.pending[taken:]
            self.next_piece = now + PAUSE
            self._listen(not self.at_end and self.terminal.fd is not None
                         and len(self.pending) < BACKLOG)

    def copy(self, watch):
        """Copy until the emulator ends or the user leaves.

        Return an outcome as run.attend() does: a guest that has said its last
        words and stays on is not waited for.
        """
        while not self.left and self.emulator.process.poll() is None:
            for key, _ in self.selector.select(0.02):
                if key.fd == self.serial:
                    self.from_guest()
                else:
                    self._from_user()
            self._to_guest()
            self.log.flush()
            watch.look()
            if watch.stayed_on():
                self.emulator.interrupt(scaled(2.0))
                return "stayed on"
        while not self.left and self.from_guest():
            pass
        self.log.flush()
        return None


def interact(job, folder):
    """Run a job on this terminal; return its Result, or None if left."""
    began = time.monotonic()
    out, lock = claim_folder(folder)
    ours, theirs, name = open_serial()
    try:
        command, environment = prepare(
            job, out, f"mode=term, dev={name}", name,
            ("c",) + bochs.POST_MORTEM)
        say(f"{shown(job.kernel)} on {job.choice.words()}")
        with RawTerminal() as terminal, \
                open(os.path.join(out, CONSOLE), "wb") as log:
            keys = Keys(shell=bool(job.modules))
            if terminal.is_terminal:
                say("this terminal is its serial console; "
                    f"{keys.words()} ends the run.")
            emulator = start(job, out, command, environment)
            try:
                bridge = _Bridge(emulator, ours, terminal, log, keys)
                ended = bridge.copy(Watch(out))
            finally:
                emulator.end()
        if bridge.left:
            return None
        result = judge(job, out, ended, emulator.process.returncode)
        result.seconds = time.monotonic() - began
        record(result)
        return result
    except OSError as error:
        raise os_refusal(error) from None
    finally:
        os.close(ours)
        os.close(theirs)
        os.close(lock)
