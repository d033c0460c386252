# SPDX-License-Identifier: BSD-3-Clause
"""Somebody who types, for tests of what the guest asks.

The guest's serial line is a pseudo-terminal; a thread reads it, writes what it
reads to the console file, and types an answer when it sees its question:

    [["mountroot> ", "ufs:md1s0a"], ...]

Each question is answered once and in this order; an answer gets a newline.
"""

import contextlib
import os
import pty
import re
import select
import threading
import time
import tty

PIECE = 8                       # a UART holds 16 characters
PAUSE = 0.01                    # seconds between two pieces


class Typist(threading.Thread):
    """The other end of a guest's serial line."""

    def __init__(self, path, answers):
        super().__init__(daemon=True)
        self.ours, self.theirs = pty.openpty()
        tty.setraw(self.theirs)
        os.set_blocking(self.ours, False)
        self.line = os.ttyname(self.theirs)
        self.path = path
        self.answers = [(re.compile(question.encode()), answer.encode())
                        for question, answer in answers]
        self.unread = b""           # since the last question
        self.ended = threading.Event()

    def _read(self):
        """What the guest has written since; b'' if nothing."""
        with contextlib.suppress(OSError):
            return os.read(self.ours, 65536)
        return b""

    def _type(self, answer):
        for at in range(0, len(answer), PIECE):
            with contextlib.suppress(BlockingIOError):
                os.write(self.ours, answer[at:at + PIECE])
            time.sleep(PAUSE)

    def _answer(self, data):
        """Type what the newest piece of console asks for."""
        self.unread = (self.unread + data)[-65536:]
        if not self.answers:
            return
        question, answer = self.answers[0]
        found = question.search(self.unread)
        if found:
            self.answers.pop(0)
            self.unread = self.unread[found.end():]
            self._type(answer + b"\n")

    def run(self):
        """The thread: until end() and until there is nothing more to read."""
        with open(self.path, "wb", buffering=0) as console:
            while True:
                last = self.ended.is_set()
                select.select([self.ours], [], [], 0.05)
                data = self._read()
                console.write(data)
                if data:
                    self._answer(data)
                elif last:
                    break

    def end(self):
        """After the emulator's end: take what is left, and close."""
        self.ended.set()
        if self.is_alive():
            self.join()
        os.close(self.ours)
        os.close(self.theirs)
