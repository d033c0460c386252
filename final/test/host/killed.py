# SPDX-License-Identifier: BSD-3-Clause
"""The disk of a vkernel that was killed is read by others.

In a machine in QEMU vkernels that write are killed at several moments, one
after the other on one image.  That is a file of the host's root: Sleuth Kit
gets it out of the host's disk.  Then Sleuth Kit and GRUB read it, in which no
kernel has mended anything: every file that was there before is there, with its
contents, and beside it only what the vkernels have made.
"""

import functools
import hashlib
import os
import re
import subprocess
import sys

sys.dont_write_bytecode = True     # before the first import of ours
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "../../../labs/bench/test"))
from taplib import PLACE, main, same
from ram_disk import disk_after

from benchlib import process
from benchlib.disklabel import FIRST
from benchlib.root import VKERNEL_ROOT
from benchlib.words import build_path

BEFORE = build_path("final", "root.img")
HOST = os.path.join(PLACE, "host.img")
AFTER = os.path.join(PLACE, "killed.img")
EXEC = "/usr/test/vk_killed.sh 6 8 11 2 14"
#: What a vkernel makes on its disk, at the latest when it is killed.
MADE = re.compile(r"^(f|\$OrphanFiles.*|(tmp|var|dev|proc)(/.*)?)$")


def sleuth(image, tool, *arguments):
    """Output of one of Sleuth Kit's tools."""
    return subprocess.run([tool, "-o", str(FIRST), image, *arguments],
                          check=True, capture_output=True).stdout


def grub(image, *command):
    """Output of grub-fstest."""
    return subprocess.run(["grub-fstest", image, *command], check=True,
                          capture_output=True).stdout


def files(image):
    """What Sleuth Kit finds: path -> (kind, inode)."""
    listing = subprocess.run(
        ["fls", "-o", str(FIRST), "-r", "-p", "-u", image], check=True,
        capture_output=True).stdout.decode()
    found = {}
    for line in listing.splitlines():
        kind, inode, name = re.fullmatch(r"./(.) (\d+):\t(.*)", line).groups()
        found[name] = kind, inode
    return found


@functools.cache
def guest():
    """Kill them; what was said, and their disk is in AFTER."""
    text = disk_after(EXEC, [f"{BEFORE}:/{VKERNEL_ROOT}"], "512m", HOST)
    inode = files(HOST)[VKERNEL_ROOT][1]
    with open(AFTER, "wb") as image:
        image.write(sleuth(HOST, "icat", inode))
    os.unlink(HOST)
    return text


def killed():
    """Every one of them was killed, and the disk has its size."""
    same([line for line in guest().splitlines()
          if line.startswith("not ok")], [])
    same(len(re.findall(r"^ok ", guest(), re.M)), 5)
    same(os.path.getsize(AFTER), os.path.getsize(BEFORE))


def names():
    """Sleuth Kit: every name of before is there, and no other but theirs."""
    guest()
    before, after = files(BEFORE), files(AFTER)
    for name, entry in before.items():
        if not MADE.match(name):
            same((name, after.get(name)), (name, entry))
    same([name for name in set(after) - set(before)
          if not MADE.match(name)], [])
    assert "f" in after, "no vkernel has written"


def contents():
    """Sleuth Kit: every file of before has its contents."""
    guest()
    count = 0
    for name, (kind, inode) in files(BEFORE).items():
        if kind == "r" and not MADE.match(name):
            same((name, sleuth(AFTER, "icat", inode)),
                 (name, sleuth(BEFORE, "icat", inode)))
            count += 1
    assert count > 30, count


def grub_reads():
    """GRUB: lists folders and reads files as they were."""
    guest()
    for folder in ("", "etc", "usr/test"):
        before = set(grub(BEFORE, "ls", f"(loop0,bsd1)/{folder}").split())
        after = set(grub(AFTER, "ls", f"(loop0,bsd1)/{folder}").split())
        same((folder, before - after), (folder, set()))
    for name in ("etc/passwd", "bin/busybox", "usr/test/stress"):
        digests = [hashlib.sha256(
            grub(image, "cat", f"(loop0,bsd1)/{name}")).hexdigest()
                   for image in (BEFORE, AFTER)]
        same((name, digests[1]), (name, digests[0]))


if __name__ == "__main__":
    process.catch_signals()
    sys.exit(main([killed, names, contents, grub_reads]))
