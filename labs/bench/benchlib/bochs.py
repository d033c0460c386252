# SPDX-License-Identifier: BSD-3-Clause
"""Bochs: its configuration, its command line, and what its log means.

Debian's Bochs 2.7 has the internal debugger built in, which shapes three
things here:

* It always starts at the debugger's prompt; a command file with `c` (continue)
  lets it go.  What follows the `c` in that file is run if Bochs is stopped by
  SIGINT, so that a run which has to be ended can still say where it was.
* Its `term` display makes a pseudo-terminal of its own, so it needs neither a
  terminal nor X nor the network, and the debugger has standard output alone.
  Somebody has to read that pseudo-terminal: once it is full Bochs blocks,
  which looks exactly like a hanging guest.  The Screen below reads it.
* It ends with status 1 when the guest powers off; the status says nothing.

Why 10 million instructions per second: this number does not make Bochs faster
or slower, it sets how long an instruction takes on the guest's clock.  A
character takes 87 us on a 115200-baud UART, which is 870 instructions at
10 million but 4300 at 50 million; delays of BIOS and drivers shrink alike.
Lower still gains nothing measurable on a boot (58.0 million instructions from
reset to kernel at 4 million, 58.5 at 10, 61.6 at 50) and makes a timer tick
too short for real work.  The TSC counts instructions since reset.
"""

import contextlib
import os
import re
import termios
import threading
import time
import tty

IPS = 10_000_000
HOST_MEM = 2048             # MB; Bochs 2.7 takes no more
BIOS = "/usr/share/bochs/BIOS-bochs-latest"
VGABIOS = "/usr/share/vgabios/vgabios.bin"

#: Run by the debugger when a run is stopped from outside (SIGINT).
POST_MORTEM = ("r", "sreg", "creg", "q")


def write_config(out, choice, com1, ips=IPS):
    """Write out/bochsrc; `com1` is its serial line, e.g. mode=file, dev=x."""
    lines = [
        "config_interface: textconfig",
        "display_library: term",
        f"cpu: model={choice.machine.model}, count={choice.cpus}, ips={ips}, "
        "reset_on_triple_fault=0, ignore_bad_msrs=0",
        # What is never touched needs no host memory.
        f"memory: guest={choice.mem}, host={min(choice.mem, HOST_MEM)}",
        f"romimage: file={BIOS}, options=fastboot",
        f"vgaromimage: file={VGABIOS}",
        "vga: extension=vbe, update_freq=1, realtime=0",
        "clock: sync=none, time0=1000000000",
        "boot: disk",
        "ata0-master: type=disk, path=disk.img, mode=flat",
        f"com1: enabled=1, {com1}",
        # A kernel knows Bochs by port 0xe9, which reads as 0xe9 here only.
        "port_e9_hack: enabled=1",
        "speaker: enabled=0",
        "sound: waveoutdrv=dummy",
        "log: emulator.log",
        "debugger_log: debugger.log",
        "panic: action=fatal",
        "error: action=report",
        "info: action=report",
        "debug: action=ignore",
    ]
    with open(os.path.join(out, "bochsrc"), "w", encoding="ascii") as file:
        file.write("\n".join(lines) + "\n")


def write_commands(out, commands):
    """Write out/commands, what the debugger does before anyone types."""
    with open(os.path.join(out, "commands"), "w", encoding="ascii") as file:
        file.write("\n".join(commands) + "\n")


def command():
    """The command line of a run in the folder that holds bochsrc."""
    return ["bochs", "-q", "-f", "bochsrc", "-rc", "commands"]


def environment():
    """TERM has to name some terminal for the `term` display to start."""
    return dict(os.environ, TERM="vt100")


_SCREEN = re.compile(rb'Bochs connected to screen "(/dev/pts/\d+)"')


class Screen(threading.Thread):
    """Reads and drops what Bochs draws, until Bochs ends.

    Bochs says on standard error which pseudo-terminal it draws on.
    """

    def __init__(self, emulator):
        super().__init__(daemon=True)
        self.emulator = emulator

    def _wait_for_name(self):
        """Its name, as soon as Bochs has said it; None if Bochs ended."""
        path = os.path.join(self.emulator.out, "emulator.err")
        while self.emulator.process.poll() is None:
            with contextlib.suppress(FileNotFoundError):
                with open(path, "rb") as file:
                    if found := _SCREEN.search(file.read()):
                        return found[1].decode()
            time.sleep(0.02)
        return None

    def run(self):
        """The thread; it ends by itself when the screen is closed."""
        name = self._wait_for_name()
        with contextlib.suppress(OSError, TypeError, termios.error):
            screen = os.open(name, os.O_RDWR | os.O_NOCTTY)
            try:
                tty.setraw(screen)
                while os.read(screen, 65536):
                    pass
            finally:
                os.close(screen)


_LINE = re.compile(r"^([0-9]{11,})([a-z])\[(.{6})\] (.*)$")
_POWERED_OFF = re.compile(r"Shutdown port: shutdown requested")
_EXITED = re.compile(r"quit_sim called with exit code")


def _events(text):
    """(ticks, level, device, message) of every well-formed log line."""
    for line in text.splitlines():
        match = _LINE.match(line)
        if match:
            yield int(match[1]), match[2], match[3].strip(), match[4]


#: What an error line means, first match counts: kind, pattern, sentence.
#: An EPT violation is an error to Bochs as well, but not to us.
FINDINGS = (
    ("triple-fault", re.compile(r".*3rd \(\d+\) exception with no resolution"),
     "triple fault: an exception while delivering a double fault"),
    ("vmfail", re.compile(
        r"VM(?:ENTER )?FAIL\b|VMABORT\b|VMXON\b|VMCLEAR\b|VMPTRLD\b|VMREAD\b|"
        r"VMWRITE\b|INVEPT\b|INVVPID\b|VMCS field .* not supported|"
        r"VMEntry failure|VMENTER: .*Failed|VMEXIT: Guest State Checks|"
        r"VMEXIT: Error when|VM(?:ENTER|EXIT) CR. is broken"),
     "the processor refused a VMX instruction or a VM entry"),
    ("emulator-panic", re.compile(r".*>>PANIC<<"),
     "Bochs itself panicked"),
)


def scan_log(text):
    """What the log says that a person must know: (kind, sentence, line).

    One entry per kind and message, in the order of the log.
    """
    found = []
    seen = set()
    for ticks, level, device, message in _events(text):
        if level not in "ep":
            continue
        for kind, pattern, sentence in FINDINGS:
            hit = pattern.match(message)
            if hit and not _POWERED_OFF.search(message):
                if (kind, message) not in seen:
                    seen.add((kind, message))
                    found.append((kind, sentence,
                                  f"{ticks} [{device}] {message}"))
                break
    return found


def instructions(text):
    """Instructions executed from reset to the end, or None if unknown."""
    last = None
    for ticks, _, _, message in _events(text):
        last = ticks
        if _EXITED.search(message):
            return ticks
    return last
