# SPDX-License-Identifier: BSD-3-Clause
"""The disk that a run of Damselfly leaves behind.

A machine in QEMU has its memory in a file.  The kernel says where the memory
disk lies, which is then cut out of that file.
"""

import os
import re

from taplib import PLACE

from benchlib import qemu, root, run
from benchlib.execout import ExecOutput
from benchlib.machines import choose
from benchlib.words import build_path


def disk_after(command, added, mem, image, timeout=90):
    """Run a command on two processors; what it printed, its disk in `image`.

    added   words of ADD
    """
    printed = []
    job = run.Job(choose("qemu", 2, mem),
                  build_path("final", "kernel", "kernel"),
                  append=["boot_verbose=1"], ram=True, timeout=timeout,
                  output=ExecOutput(printed.append))
    with root.image_for(command, added) as path:
        # With something at its end all of it is one module, in one place.
        with open(path, "r+b") as disk:
            disk.seek(-1, os.SEEK_END)
            disk.write(b"\1")
        job.modules = [(path, "root")]
        result = run.run(job, os.path.join(PLACE, "run"))
    console = run.read(result.out, run.CONSOLE).decode("utf-8", "replace")
    ram = os.path.join(result.out, qemu.RAM)
    try:
        found = re.search(r"^module 0: (\d+) bytes at physical address "
                          r"(0x[0-9a-f]+)", console, re.M)
        assert result.ok and found, \
            result.sentence + "\n" + "\n".join(console.splitlines()[-15:])
        with open(ram, "rb") as file, open(image, "wb") as kept:
            file.seek(int(found[2], 16))
            kept.write(file.read(int(found[1])))
    finally:
        os.unlink(ram)
    return b"".join(printed).decode("utf-8")
