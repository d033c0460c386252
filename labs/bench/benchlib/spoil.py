# SPDX-License-Identifier: BSD-3-Clause
"""Roots that are wrong in one way, for tests of what the kernel says.

A way is a function of the tree before an image is made of it, or of the image.
"""

import struct

from .disklabel import FIRST, LABEL_SECTOR, SECTOR
from .words import Refusal

SUPER = FIRST * SECTOR + 8192       # first super block of the partition
ROOT_INODE = 2
INODE = 128                         # bytes of one in UFS 1
PHDR = 64                           # program headers of our programs are here


def _patch(path, offset, data):
    with open(path, "r+b") as file:
        file.seek(offset)
        file.write(data)


def _number(path, offset):
    with open(path, "rb") as file:
        file.seek(offset)
        return struct.unpack("<i", file.read(4))[0]


def _root_inode(path):
    """Where the inode of / is in the image."""
    iblkno, fsize = _number(path, SUPER + 16), _number(path, SUPER + 52)
    return FIRST * SECTOR + iblkno * fsize + ROOT_INODE * INODE


def _label(path):
    """Its checksum is wrong: a bit of the first partition's size is."""
    at = LABEL_SECTOR * SECTOR + 148
    _patch(path, at, struct.pack("<i", _number(path, at) ^ 1 << 8))


def _no_label(path):
    _patch(path, LABEL_SECTOR * SECTOR, bytes(SECTOR))


def _super_magic(path):
    _patch(path, SUPER + 1372, bytes(4))


def _super_groups(path):
    """More cylinder groups than the partition has room for."""
    _patch(path, SUPER + 44, struct.pack("<i", 0x7fffffff))


def _super_size(path):
    _patch(path, SUPER + 36, struct.pack("<i", 1 << 30))


def _super_zero(path):
    """Every number 0, and yet the magic one is right."""
    _patch(path, SUPER, bytes(1372))


def _root_mode(path):
    """The root is no directory but a regular file."""
    _patch(path, _root_inode(path), struct.pack("<H", 0o100644))


def _root_blocks(path):
    """The root's first block is far beyond the end of the file system."""
    _patch(path, _root_inode(path) + 40, struct.pack("<i", 0x70000000))


def _root_zero(path):
    _patch(path, _root_inode(path), bytes(INODE))


def _root_entries(path):
    """The root's first entry has a length of 3."""
    fsize = _number(path, SUPER + 52)
    block = _number(path, _root_inode(path) + 40)
    _patch(path, FIRST * SECTOR + block * fsize + 4, struct.pack("<H", 3))


def _no_init(tree):
    del tree.entries["sbin/init"]


def _init_mode(tree):
    kind, _, what = tree.entries["sbin/init"]
    tree.entries["sbin/init"] = (kind, 0o644, what)


def _init_text(tree):
    tree.text("sbin/init", b"This is no program.\n", 0o755)


def _init_circle(tree):
    tree.text("sbin/init", b"#!/sbin/init\n", 0o755)


def _with(offset, layout, value):
    """A function that changes one number of an ELF file."""
    def change(elf):
        struct.pack_into(layout, elf, offset, value)
    return change


def _cut(elf):
    del elf[40:]


def _program_cut(elf):
    """As it is after a copy that was ended: the headers, and no more."""
    del elf[1024:]


#: /bad/NAME in the root: init with one thing wrong.
ELF = {
    "magic": _with(0, "<B", 0x7e),
    "class": _with(4, "<B", 1),
    "order": _with(5, "<B", 2),
    "version": _with(20, "<I", 7),
    "machine": _with(18, "<H", 3),
    "type": _with(16, "<H", 1),
    "phentsize": _with(54, "<H", 32),
    "phnum": _with(56, "<H", 0xffff),
    "phoff": _with(32, "<Q", 1 << 40),
    "entry": _with(24, "<Q", 0x7fff00000000),
    "filesz": _with(PHDR + 32, "<Q", 1 << 60),
    "vaddr": _with(PHDR + 16, "<Q", 0xffff800000000000),
    "header": _cut,
    "cut": _program_cut,
}


def _bad_elf(tree):
    """Programs that are none, in /bad."""
    with open(tree.entries["sbin/init"][2], "rb") as file:
        good = file.read()
    for name, change in ELF.items():
        elf = bytearray(good)
        change(elf)
        tree.text(f"bad/{name}", bytes(elf), 0o755)
    tree.text("bad/empty", b"", 0o755)


TREES = {"no-init": _no_init, "init-mode": _init_mode,
         "init-text": _init_text, "init-circle": _init_circle,
         "bad-elf": _bad_elf}
IMAGES = {"label": _label, "no-label": _no_label,
          "super-magic": _super_magic, "super-groups": _super_groups,
          "super-size": _super_size, "super-zero": _super_zero,
          "root-mode": _root_mode, "root-blocks": _root_blocks,
          "root-zero": _root_zero, "root-entries": _root_entries}
#: Every way; "no-root" means that the kernel gets no image at all.
WAYS = ("no-root", *TREES, *IMAGES)


def check(way):
    """Refuse a way that does not exist."""
    if way not in WAYS:
        raise Refusal(f"spoil is {way!r} and must be one of "
                      f"{', '.join(WAYS)}.")
