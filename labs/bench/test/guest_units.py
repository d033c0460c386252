# SPDX-License-Identifier: BSD-3-Clause
"""Unit tests of what tests do to a guest: typing, and roots that are wrong."""

import contextlib
import os
import struct
import sys
import time
import tomllib
import tty

sys.dont_write_bytecode = True     # before the first import of ours
from taplib import PLACE, TOP, has, main, same

from benchlib import disklabel, root, spoil
from benchlib.answers import Typist
from benchlib.words import Refusal

CONSOLE = os.path.join(PLACE, "typed")
IMAGE = os.path.join(PLACE, "good.img")
SECTOR = disklabel.SECTOR
PATIENCE = 10                      # seconds for a line of the typist's


class Guest:
    """The guest's end of the line of a Typist, which runs meanwhile."""

    def __init__(self, answers):
        os.makedirs(PLACE, exist_ok=True)
        self.typist = Typist(CONSOLE, answers)
        self.typist.start()
        self.line = os.open(self.typist.line, os.O_RDWR | os.O_NOCTTY)
        tty.setraw(self.line)
        os.set_blocking(self.line, False)
        self.said = b""

    def say(self, text):
        """Print something; what is printed later comes later."""
        os.write(self.line, text)
        self.said += text

    def hear(self, size):
        """The next `size` bytes that were typed, or what came in time."""
        heard, end = b"", time.monotonic() + PATIENCE
        while len(heard) < size and time.monotonic() < end:
            with contextlib.suppress(BlockingIOError):
                heard += os.read(self.line, size - len(heard))
            time.sleep(0.005)
        return heard

    def quiet(self):
        """Whether nothing is typed for a while."""
        time.sleep(0.3)
        with contextlib.suppress(BlockingIOError):
            return os.read(self.line, 1) == b""
        return True

    def end(self):
        """The guest has ended; its console."""
        self.typist.end()
        os.close(self.line)
        with open(CONSOLE, "rb") as file:
            return file.read()


def typing():
    """Answers: each question once, in order, with a newline."""
    guest = Guest([["name\\? ", "damselfly"], ["root> ", ""],
                   ["name\\? ", "again"]])
    guest.say(b"booting\nroot> \n")     # it is not its turn yet
    assert guest.quiet()
    guest.say(b"na")
    guest.say(b"me? ")
    same(guest.hear(10), b"damselfly\n")
    guest.say(b"root> ")
    same(guest.hear(1), b"\n")
    guest.say(b"name? ")
    same(guest.hear(6), b"again\n")
    guest.say(b"name? root> ")          # nothing is left
    assert guest.quiet()
    guest.say(b"the end\n")
    same(guest.end(), guest.said)


def typing_order():
    """Answers: what was printed before the last answer asks nothing."""
    guest = Guest([["a> ", "1"], ["b> ", "2"]])
    guest.say(b"b> a> ")
    same(guest.hear(2), b"1\n")
    guest.say(b"more\n")
    assert guest.quiet()
    guest.say(b"b> ")
    same(guest.hear(2), b"2\n")
    guest.end()


def typing_pieces():
    """Answers: a long one comes no faster than a UART takes it."""
    guest = Guest([["> ", "x" * 160]])
    begin = time.monotonic()
    guest.say(b"> ")
    same(guest.hear(161), b"x" * 160 + b"\n")
    assert time.monotonic() - begin >= 0.1      # ten times 16 bytes
    guest.end()


def typing_end():
    """Answers: all that was printed is in the console, also at the end."""
    guest = Guest([])
    for _ in range(50):
        guest.say(b"0123456789" * 50)
        time.sleep(0.001)
    same(guest.end(), guest.said)


def image():
    """A small good image; its bytes."""
    if not os.path.exists(IMAGE):
        tree = root.Tree()
        tree.text("etc/motd", b"hello\n")
        root.make_image(IMAGE, tree)
    with open(IMAGE, "rb") as file:
        return file.read()


def spoilt(way):
    """(the good image, what a way makes of it)."""
    good = image()
    path = os.path.join(PLACE, "bad.img")
    with open(path, "wb") as file:
        file.write(good)
    spoil.IMAGES[way](path)
    with open(path, "rb") as file:
        bad = file.read()
    same(len(bad), len(good))
    assert bad != good, f"{way} changes nothing"
    return good, bad


def changed(good, bad):
    """First and last byte that differ."""
    places = [at for start in range(0, len(good), SECTOR)
              if good[start:start + SECTOR] != bad[start:start + SECTOR]
              for at in range(start, min(start + SECTOR, len(good)))
              if good[at] != bad[at]]
    return places[0], places[-1]


def within(way, first, size):
    """A way changes bytes of one place only; (good, bad)."""
    good, bad = spoilt(way)
    low, high = changed(good, bad)
    assert first <= low and high < first + size, (way, first, low, high)
    return good, bad


def word(data, at):
    """The number at an offset."""
    return struct.unpack_from("<i", data, at)[0]


def spoilt_labels():
    """Spoil: a label whose checksum is wrong, and none."""
    good, bad = within("label", 512 + 148, 4)
    same(disklabel.checksum(good[512:512 + 404]), 0)
    assert disklabel.checksum(bad[512:512 + 404]) != 0
    good, bad = within("no-label", 512, 512)
    same(bad[512:1024], bytes(512))


def spoilt_supers():
    """Spoil: super blocks with one number that is wrong."""
    at = 64 * 512 + 8192
    good, bad = within("super-magic", at + 1372, 4)
    same(word(good, at + 1372), 0x011954)
    good, bad = within("super-groups", at + 44, 4)
    assert word(bad, at + 44) > word(good, at + 36) // word(good, at + 188)
    good, bad = within("super-size", at + 36, 4)
    assert word(bad, at + 36) * word(good, at + 52) > len(good)
    good, bad = within("super-zero", at, 1372)
    same((bad[at:at + 1372], word(bad, at + 1372)), (bytes(1372), 0x011954))


def spoilt_inodes():
    """Spoil: the inode of the root, and its first block."""
    good = image()
    at = 64 * 512 + 8192
    inode = 64 * 512 + word(good, at + 16) * word(good, at + 52) + 256
    same(struct.unpack_from("<H", good, inode)[0], 0o040755)
    _, bad = within("root-mode", inode, 2)
    same(struct.unpack_from("<H", bad, inode)[0] & 0o170000, 0o100000)
    _, bad = within("root-blocks", inode + 40, 4)
    assert word(bad, inode + 40) > word(good, at + 36)
    _, bad = within("root-zero", inode, 128)
    same(bad[inode:inode + 128], bytes(128))
    block = 64 * 512 + word(good, inode + 40) * word(good, at + 52)
    same(good[block:block + 8], struct.pack("<IHBB", 2, 12, 4, 1))
    _, bad = within("root-entries", block + 4, 2)
    same(struct.unpack_from("<H", bad, block + 4)[0], 3)


def good_tree():
    """A tree with an init that is an ELF file, as far as that counts here."""
    elf = bytearray(struct.pack(
        "<16sHHIQQQIHHHHHH", b"\x7fELF\x02\x01\x01", 2, 62, 1, 0x400000, 64,
        0, 0, 64, 56, 1, 0, 0, 0))
    elf += struct.pack("<IIQQQQQQ", 1, 5, 0, 0x400000, 0x400000, 4096, 4096,
                       4096)
    elf += bytes(4096 - len(elf))
    path = os.path.join(PLACE, "init")
    os.makedirs(PLACE, exist_ok=True)
    with open(path, "wb") as file:
        file.write(elf)
    tree = root.Tree()
    tree.file("sbin/init", path, 0o755)
    return tree, bytes(elf)


def spoilt_trees():
    """Spoil: no init, one that may not be executed, two that are scripts."""
    found = {}
    for way in ("no-init", "init-mode", "init-text", "init-circle"):
        tree, _ = good_tree()
        spoil.TREES[way](tree)
        found[way] = tree.entries.get("sbin/init")
    same(found["no-init"], None)
    same(found["init-mode"][:2], ("file", 0o644))
    same(found["init-text"][1], 0o755)
    assert not found["init-text"][2].startswith((b"#!", b"\x7fELF"))
    same(found["init-circle"], ("text", 0o755, b"#!/sbin/init\n"))


def spoilt_elf():
    """Spoil: ELF files, each with the one thing wrong that it is named for."""
    tree, good = good_tree()
    spoil.TREES["bad-elf"](tree)
    #           first byte, bytes, what is there now
    places = {"magic": (0, 1, b"\x7e"), "class": (4, 1, b"\x01"),
              "order": (5, 1, b"\x02"), "type": (16, 2, b"\x01\x00"),
              "machine": (18, 2, b"\x03\x00"),
              "version": (20, 4, struct.pack("<I", 7)),
              "entry": (24, 8, struct.pack("<Q", 0x7fff00000000)),
              "phoff": (32, 8, struct.pack("<Q", 1 << 40)),
              "phentsize": (54, 2, struct.pack("<H", 32)),
              "phnum": (56, 2, b"\xff\xff"),
              "vaddr": (64 + 16, 8, struct.pack("<Q", 0xffff800000000000)),
              "filesz": (64 + 32, 8, struct.pack("<Q", 1 << 60))}
    for name, (at, size, now) in places.items():
        kind, mode, elf = tree.entries[f"bad/{name}"]
        same((kind, mode, elf[at:at + size]), ("text", 0o755, now))
        same(elf[:at] + good[at:at + size] + elf[at + size:], good)
    for name, size in (("header", 40), ("cut", 1024), ("empty", 0)):
        same(tree.entries[f"bad/{name}"][2], good[:size])
    same({name[4:] for name in tree.entries if name.startswith("bad/")},
         {*places, "header", "cut", "empty"})


def spoilt_words():
    """Spoil: each way has a test, and others are refused."""
    with open(os.path.join(TOP, "final/test/bad/tests.toml"), "rb") as file:
        rows = tomllib.load(file)["test"]
    used = {row["spoil"] for row in rows if "spoil" in row}
    same(used, set(spoil.WAYS))
    same(len(spoil.WAYS), len(set(spoil.WAYS)))
    try:
        spoil.check("no-such-way")
    except Refusal as refusal:
        has(str(refusal), "'no-such-way'")
        has(str(refusal), "super-magic")
        return
    raise AssertionError("it was not refused")


if __name__ == "__main__":
    sys.exit(main([typing, typing_order, typing_pieces, typing_end,
                   spoilt_labels, spoilt_supers, spoilt_inodes, spoilt_trees,
                   spoilt_elf, spoilt_words]))
