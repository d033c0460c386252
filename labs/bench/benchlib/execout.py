# SPDX-License-Identifier: BSD-3-Clause
"""The output of the one command that a run is for (EXEC), out of a console.

init of Damselfly prints a line before the command and, past a newline of its
own, a line after it:

    --- exec
    what the command prints
    --- end 3

What is in between is the command's and nobody else's: a "panic:" there is
no panic, unless nothing ever follows.

A vkernel has an init, too, which does the same: then the host's command is the
vkernel, and what is asked for is what the vkernel's prints.  If there is no
such line, the vkernel has not started, and what it says is the output.
"""

import re

BEGIN = b"--- exec\n"
END = re.compile(rb"\n--- end ([0-9]+)\n")
LONGEST = 24                    # bytes of "\n--- end NNN\n", and some
_CLOSED = re.compile(rb"^--- exec\r?\n.*?\r?\n--- end [0-9]+\r?$",
                     re.M | re.S)


def outside(console):
    """A console without what the command printed, if the command ended."""
    return _CLOSED.sub(b"", console)


class ExecOutput:
    """Takes a console piece by piece and hands on the command's part."""

    def __init__(self, write, nested=False):
        self.write = write      # called with bytes
        self.nested = nested    # the command of a vkernel, not of its host
        self.state = "before"   # before, inside, after
        self.held = b""         # not yet looked at in full
        self.status = None      # the number in the last line
        self.rest = b""         # of the console, after the command's part
        self.first = True       # whether nothing was handed on yet

    def feed(self, data):
        """More of the console."""
        self.held = (self.held + data).replace(b"\r\n", b"\n")
        if self.state == "before":
            at = self._begin()
            if at is None:
                return
            self.held = b"\n" + self.held[at:]
            self.state = "outer" if self.nested else "inside"
        if self.state == "outer":
            at = self.held.find(b"\n" + BEGIN)
            if at >= 0:
                self.held = b"\n" + self.held[at + 1 + len(BEGIN):]
            elif not END.search(self.held):
                return
            self.state = "inside"
        if self.state == "inside":
            self._inside()
        if self.state == "after":
            self.rest = (self.rest + self.held).replace(b"\r\n", b"\n")
            self.held = b""

    def _begin(self):
        """Where the command's output begins, or None."""
        if self.held.startswith(BEGIN):
            return len(BEGIN)
        at = self.held.find(b"\n" + BEGIN)
        if at >= 0:
            return at + 1 + len(BEGIN)
        # Whole lines will not be looked at again; the first one may be cut.
        keep = self.held.rfind(b"\n", 0, max(0, len(self.held) - 1))
        if keep > 0:
            self.held = self.held[keep:]
        return None

    def _inside(self):
        end = END.search(self.held)
        if end:
            self._hand_on(self.held[:end.start()])
            self.held = self.held[end.end():]
            self.status = int(end[1])
            self.state = "after"
            return
        # What may be the beginning of the last line waits.
        at = self.held.rfind(b"\n", max(0, len(self.held) - LONGEST))
        keep = len(self.held) if at < 0 else at
        if self.held.endswith(b"\r"):
            keep = min(keep, len(self.held) - 1)
        self._hand_on(self.held[:keep])
        self.held = self.held[keep:]

    def _hand_on(self, data):
        """Write it, without the newline that feed() has put before it."""
        if self.first and data:
            data = data[1:]
            self.first = False
        if data:
            self.write(data)

    def end(self):
        """The console has ended: what waits is the command's after all."""
        if self.state == "inside":
            self._hand_on(self.held)
            self.held = b""
