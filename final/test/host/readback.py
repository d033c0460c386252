# SPDX-License-Identifier: BSD-3-Clause
"""What Damselfly has written is read by others, and is the same.

In a machine in QEMU stress works on files, then tree.sh leaves a known tree
and lists the root.  Sleuth Kit and GRUB read its disk, and ufs_check.py counts
it.
"""

import functools
import hashlib
import os
import re
import stat
import subprocess
import sys

sys.dont_write_bytecode = True     # before the first import of ours
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "../../../labs/bench/test"))
from taplib import PLACE, main, same
from ram_disk import disk_after
from ufs_check import Ufs

from benchlib import process
from benchlib.disklabel import FIRST, SECTOR

IMAGE = os.path.join(PLACE, "after.img")
EXEC = "/usr/test/stress -s 3 -j 3 file && /usr/test/tree.sh"
TREE = "/var/tmp/tree/"
#: Sleuth Kit 4.11 loses count where a block of pointers is a hole itself.
NOT_FOR_SLEUTH = (TREE + "sparse",)
MOUNTED = ("/dev", "/proc", "/tmp")     # Damselfly lists what is mounted there


def lines(first, last):
    """What seq prints."""
    return "".join(f"{n}\n" for n in range(first, last + 1)).encode()


def known():
    """The files of tree.sh: path -> contents."""
    many = [n for n in range(400) if n % 10 not in (2, 5, 8)]
    sparse = bytearray(17500000) + b"end\n"
    sparse[:6] = b"start\n"
    patched = bytearray(lines(1, 5000))
    patched[9000:9005] = b"PATCH"
    files = {
        "empty": b"",
        "small": lines(1, 3),
        "hard": lines(1, 3),
        "block": lines(1, 100000)[:8192],
        "block1": lines(1, 100000)[:8193],
        "indirect": lines(1, 60000),
        "hole": bytes(300000) + b"end\n",
        "sparse": bytes(sparse),
        "shrunk": lines(1, 20000)[:5000],
        "grown": lines(1, 10).ljust(50000, b"\0"),
        "appended": b"".join(b"line %d\n" % n for n in range(100)),
        "patched": bytes(patched),
        "many/zero": b"",
        "moved/c/d/e/f/g/h/five": lines(1, 5),
        "moved/old": lines(1, 7),
        "a name  with blanks": b"",
        "n" * 255: b"",
        "owned": lines(1, 8),
    }
    files |= {f"many/a_file_with_number_{n}": b"" for n in many if n}
    return files


@functools.cache
def guest():
    """Run it; what it printed between init's lines."""
    return disk_after(EXEC, [], "64m", IMAGE)


def section(name):
    """The lines of one part of what tree.sh has printed."""
    return guest().partition(f"=== {name}\n")[2].partition("\n===")[0] \
        .splitlines()


@functools.cache
def listed():
    """Every file as Damselfly has it: path -> stat's numbers."""
    found = {}
    for line in section("stat"):
        inode, mode, links, uid, gid, size, mtime, path = line.split(" ", 7)
        found[path] = (int(inode), int(mode, 16), int(links), int(uid),
                       int(gid), int(size), int(mtime))
    return found


def sums():
    """SHA-256 of every regular file, as Damselfly reads it."""
    return {line[66:]: line[:64] for line in section("sha256")}


def sleuth(tool, *arguments):
    """Output of one of Sleuth Kit's tools."""
    guest()
    return subprocess.run([tool, "-o", str(FIRST), *arguments], check=True,
                          capture_output=True).stdout


def grub(*command):
    """Output of grub-fstest."""
    guest()
    return subprocess.run(["grub-fstest", IMAGE, *command], check=True,
                          capture_output=True).stdout


def from_known():
    """Damselfly lists what was written, with its links, owners and times."""
    files = known()
    have = {path.removeprefix(TREE) for path, row in listed().items()
            if path.startswith(TREE) and stat.S_ISREG(row[1])}
    same(have, set(files))
    for name, data in files.items():
        same((name, listed()[TREE + name][5]), (name, len(data)))
        same((name, sums()[TREE + name]),
             (name, hashlib.sha256(data).hexdigest()))
    same(listed()[TREE + "hard"][:3], listed()[TREE + "small"][:3])
    same(listed()[TREE + "small"][2], 2)
    _, mode, links, uid, gid, _, mtime = listed()[TREE + "owned"]
    same((mode, links, uid, gid, mtime), (0o104751, 1, 1000, 1000, 1234567890))
    same(listed()[TREE + "long"][5], 193)


def counted():
    """Every fragment and inode is marked as what it is, and it is clean."""
    guest()
    with open(IMAGE, "rb") as file:
        ufs = Ufs(file.read()[FIRST * SECTOR:])
    same(ufs.check(), [])
    same(ufs.clean, 1)


def fsstat():
    """Sleuth Kit: fsstat takes it for a UFS 1 and counts its directories."""
    text = sleuth("fsstat", IMAGE).decode()
    assert "File System Type: UFS 1" in text, text
    folders = sum(stat.S_ISDIR(row[1]) for path, row in listed().items())
    same(re.search(r"Num of Directories: (\d+)", text)[1], str(folders))


def names():
    """Sleuth Kit: fls finds every name, its inode and its kind."""
    kinds = {"r": stat.S_IFREG, "d": stat.S_IFDIR, "l": stat.S_IFLNK,
             "p": stat.S_IFIFO}
    found = {}
    for line in sleuth("fls", "-r", "-p", "-u", IMAGE).decode().splitlines():
        kind, inode, name = re.fullmatch(
            r"./(.) (\d+):\t(.*)", line).groups()
        if not name.startswith("$OrphanFiles"):
            found["/" + name] = int(inode), kinds.get(kind)
    wanted = {path: (row[0], stat.S_IFMT(row[1]))
              for path, row in listed().items() if path != "/"}
    for path in set(found) ^ set(wanted):
        raise AssertionError(f"{path}: fls has {found.get(path)}, Damselfly "
                             f"has {wanted.get(path)}")
    for path, pair in wanted.items():
        if path not in MOUNTED:
            same((path, found[path]), (path, pair))


def contents():
    """Sleuth Kit: icat reads every file as Damselfly does."""
    assert len(sums()) > 300
    for path, digest in sums().items():
        if path in NOT_FOR_SLEUTH or "/many/" in path:
            continue
        data = sleuth("icat", IMAGE, str(listed()[path][0]))
        same((path, hashlib.sha256(data).hexdigest()), (path, digest))
    long = "/" + "".join(map(str, range(1, 101)))
    same(sleuth("icat", IMAGE, str(listed()[TREE + "long"][0])), long.encode())


def inodes():
    """Sleuth Kit: istat has the same rights, owners, sizes and links."""
    for path, row in listed().items():
        if not path.startswith(TREE) or "/many/" in path or \
                path in NOT_FOR_SLEUTH:
            continue
        text = sleuth("istat", "-z", "UTC", IMAGE, str(row[0])).decode()
        numbers = re.search(r"^uid / gid: (\d+) / (\d+)$.*"
                            r"^size: (\d+)$.*^num of links: (\d+)$",
                            text, re.M | re.S).groups()
        same((path, tuple(map(int, numbers))),
             (path, (row[3], row[4], row[5], row[2])))
        mode = re.search(r"^mode: (\S+)$", text, re.M)[1]
        same((path, mode[1:]), (path, stat.filemode(row[1])[1:]))


def grub_reads():
    """GRUB: lists a folder, reads files with all kinds of blocks."""
    # Not short links: GRUB 2.06 loses their last character.
    here = "(loop0,bsd1)" + TREE
    for name in ("small", "block", "block1", "indirect", "hole", "sparse",
                 "shrunk", "grown", "patched", "moved/old"):
        data = known()[name]
        same((name, hashlib.sha256(grub("cat", here + name)).hexdigest()),
             (name, hashlib.sha256(data).hexdigest()))
    # It also lists entries of inode 0, which are gone: not the reverse then.
    many = grub("ls", here + "many").decode().split()
    same({name for name in known() if name.startswith("many/")} -
         {f"many/{name}" for name in many}, set())


if __name__ == "__main__":
    process.catch_signals()
    sys.exit(main([from_known, counted, fsstat, names, contents, inodes,
                   grub_reads]))
