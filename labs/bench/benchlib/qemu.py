# SPDX-License-Identifier: BSD-3-Clause
"""QEMU (TCG): the machine without VMX, and the fast one.

Its clock follows the host's, so neither instruction counts nor timing repeat;
whatever has to be exact is done in Bochs.
"""

import os


RAM = "ram"                     # file of a run: the machine's memory


def command(choice, serial, ram=False):
    """The command line; `serial` is QEMU's name of the serial line's end.

    ram   whether the machine's memory is the file RAM of the run's folder
    """
    machine = "pc,accel=tcg"
    memory = []
    if ram:
        machine += ",memory-backend=ram"
        memory = ["-object", "memory-backend-file,id=ram,share=on,"
                  f"size={choice.mem}M,mem-path={RAM}"]
    return [
        "qemu-system-x86_64",
        *memory,
        "-machine", machine,
        "-cpu", choice.machine.model,
        "-smp", str(choice.cpus),
        "-m", f"{choice.mem}M",
        "-nodefaults", "-no-user-config",
        "-vga", "std", "-display", "none",
        "-drive", "file=disk.img,format=raw,if=virtio",
        "-serial", serial,
        "-device", "isa-debug-exit,iobase=0xf4,iosize=0x04",
        "-no-reboot",
        "-d", "cpu_reset", "-D", "emulator.log",
    ]


def environment():
    """QEMU needs nothing of its own."""
    return dict(os.environ)


def scan_log(text):
    """What the log says that a person must know: (kind, sentence, line)."""
    for line in text.splitlines():
        if line.startswith("Triple fault"):
            return [("triple-fault", "triple fault: an exception while "
                     "delivering a double fault", line)]
    return []
