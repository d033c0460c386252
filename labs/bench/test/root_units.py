# SPDX-License-Identifier: BSD-3-Clause
"""Unit tests of the root image: disklabel, tree, ADD, the output of EXEC."""

import os
import struct
import subprocess
import sys

sys.dont_write_bytecode = True     # before the first import of ours
from taplib import PLACE, Skip, has, main, same

from benchlib import compiler, disk, disklabel, execout, root, run, suite
from benchlib.words import Refusal


def refused(call, *arguments):
    """The sentence of the Refusal that a call ends in."""
    try:
        call(*arguments)
    except Refusal as refusal:
        return str(refusal)
    raise AssertionError("it was not refused")


def label_layout():
    """Disklabel: magic, checksum, partitions where the kernel looks."""
    label = disklabel.make_label(30784)
    same(len(label), 148 + 16 * 16)
    same(struct.unpack_from("<I", label, 0)[0], 0x82564557)
    same(struct.unpack_from("<I", label, 132)[0], 0x82564557)
    same(struct.unpack_from("<H", label, 138)[0], 16)
    same(disklabel.checksum(label), 0)      # with its own in it
    same(struct.unpack_from("<IIIBBH", label, 148),
         (30784 - 64, 64, 1024, 7, 8, 16))
    same(struct.unpack_from("<IIIB", label, 148 + 32), (30784, 0, 0, 0))
    same(struct.unpack_from("<II", label, 148 + 16), (0, 0))


def label_sizes():
    """Disklabel: a disk without room for a is none."""
    for sectors in (0, 64, 1 << 32):
        try:
            disklabel.make_label(sectors)
        except ValueError:
            continue
        raise AssertionError(sectors)


def zeros_at_the_end():
    """Modules: many zeros at the end are not put on the disk, but told."""
    path = os.path.join(PLACE, "module")
    cut = os.path.join(PLACE, "cut")
    for size, used, left in (
            (3 << 20, 1, 512), (3 << 20, 512, 512), (3 << 20, 513, 1024),
            (3 << 20, 70000, 70144), (3 << 20, 0, 512), (3000000, 9, 512),
            (1 << 20, 512, 1 << 20), (100, 0, 100), (0, 0, 0),
            (3 << 20, 3 << 20, 3 << 20)):
        with open(path, "wb") as file:
            file.write(b"x" * used)
            file.truncate(size)
        told = f" 'size={size}'" if left != size else ""
        has(disk.commands([(path, "root")], []),
            f"module2 /module0 'root'{told}\n")
        with disk._cut(path, cut) as module:
            same((size, used, os.path.getsize(module)), (size, used, left))
        assert os.path.exists(path) and not os.path.exists(cut)


def image():
    """Image: what was put into a tree is read back by Sleuth Kit."""
    tree = root.Tree()
    long = b"".join(b"line %d\n" % n for n in range(20000))
    tree.text("etc/motd", b"hello\n", 0o640)
    tree.text("a name/with blanks #1", long)
    tree.folder("home/user")
    tree.link("bin/x", "busybox")
    path = os.path.join(PLACE, "test.img")
    root.make_image(path, tree)

    def sleuth(*command):
        try:
            return subprocess.run([command[0], "-o", "64", *command[1:]],
                                  check=True, capture_output=True).stdout
        except FileNotFoundError:
            raise Skip("Sleuth Kit is missing") from None
    listing = sleuth("fls", "-r", "-p", path).decode()
    found = {}
    for line in listing.splitlines():
        head, _, name = line.partition(":\t")
        found[name] = head.split()
    same(found["etc/motd"][0], "r/r")
    same(found["bin/x"][0], "l/l")
    same(found["home/user"][0], "d/d")
    same(sleuth("icat", path, found["a name/with blanks #1"][1]), long)
    same(sleuth("icat", path, found["etc/motd"][1]), b"hello\n")
    status = sleuth("istat", path, found["etc/motd"][1]).decode()
    has(status, "uid / gid: 0 / 0")
    has(status, "rrw-r-----")
    has(sleuth("istat", path, found["home/user"][1]).decode(),
        "uid / gid: 1000 / 1000")
    with open(path, "rb") as file:
        first = file.read()
    root.make_image(path, tree)
    with open(path, "rb") as file:
        assert file.read() == first, "two images of one tree differ"


def adding():
    """ADD: files and folders go where they are to go."""
    place = os.path.join(PLACE, "add", "below")
    os.makedirs(place, exist_ok=True)
    for name, mode in (("prog", 0o755), ("data", 0o600)):
        with open(os.path.join(place, name), "wb") as file:
            file.write(b"x")
        os.chmod(os.path.join(place, name), mode)
    tree = root.Tree()
    tree.folder("root")
    root.add(tree, [f"{place}/prog:/root", f"{place}/data:/new/deep/name",
                    f"{place}/data:/new/", f"{os.path.dirname(place)}:/all"])
    same(tree.entries["root/prog"][1], 0o755)
    same(tree.entries["new/deep/name"][1], 0o644)
    assert tree.is_folder("/new/deep")
    assert "new/data" in tree.entries
    assert "all/below/prog" in tree.entries


def adding_compiler():
    """ADD=compiler: all that its programs and its headers want is there."""
    tree = root.Tree()
    root.add(tree, ["compiler"])
    same(tree.entries["usr/bin/tcc"][1], 0o755)
    same(tree.entries["lib64/ld-linux-x86-64.so.2"][::2],
         ("link", "/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2"))
    for name in ("usr/bin/tcc", "usr/bin/make",
                 "usr/lib/x86_64-linux-gnu/libcmocka.so.0"):
        wanted = subprocess.run(["objdump", "-p", tree.entries[name][2]],
                                capture_output=True, text=True, check=True)
        for line in wanted.stdout.splitlines():
            if line.strip().startswith("NEEDED"):
                assert f"lib/x86_64-linux-gnu/{line.split()[1]}" in \
                    tree.entries, f"{name} wants {line.split()[1]}"
    headers = [name[12:] for name in tree.entries
               if name.startswith("usr/include/") and name.endswith(".h")
               and "/" not in name[12:]]
    source = "".join(f"#include <{name}>\n" for name in sorted(headers)
                     if not name.startswith("cmocka"))
    done = subprocess.run(["gcc", "-M", "-xc", "-"], input=source,
                          capture_output=True, text=True, check=True)
    for word in done.stdout.split():
        path = os.path.normpath(word).strip("/")
        if path.startswith("usr/include/"):
            assert path in tree.entries, f"{path} is wanted"
    kept = compiler.FILES
    compiler.FILES = (("/no/such/*.h", "nobody"),)
    try:
        has(refused(root.add, tree, ["compiler"]),
            "there is no /no/such/*.h; `make deps`")
    finally:
        compiler.FILES = kept


def adding_refused():
    """ADD: what cannot be is refused in words."""
    tree = root.Tree()
    tree.text("file", b"")

    def add(word):
        return refused(root.add, tree, [word])
    here = os.path.abspath(__file__)
    has(add("nothing"), "is not FILE:/PATH")
    has(add(":/x"), "is not FILE:/PATH")
    has(add(f"{here}:"), "is not FILE:/PATH")
    has(add(f"{here}:x"), "does not begin with a slash")
    has(add(f"{here}:/a/../../x"), "has a .. in it")
    has(add("/no/such:/x"), "there is no file /no/such")
    has(add(f"{here}:/file/x"), "/file is no folder")
    has(add("/dev/null:/x"), "no file that can be copied")


def exec_output():
    """EXEC: the command's output, however the console comes in pieces."""
    console = (b"boot\r\n--- exec\r\nhello\r\n\r\n--- not\r\npanic: no\r\n"
               b"no newline\r\n--- end 3\r\nexit status 3\r\n")
    wanted = b"hello\n\n--- not\npanic: no\nno newline"
    for size in (1, 2, 3, 7, 1000):
        got = []
        output = execout.ExecOutput(got.append)
        for at in range(0, len(console), size):
            output.feed(console[at:at + size])
        output.end()
        same(b"".join(got), wanted)
        same((output.state, output.status), ("after", 3))
        same(output.rest, b"exit status 3\n")
    assert not run.PANIC.search(execout.outside(console))
    same(run.EXIT.findall(execout.outside(console)), [b"3"])


def exec_nested():
    """EXEC in a vkernel: what its own shell prints, or why it has none."""
    boot = b"boot\r\n--- exec\r\nboot again\r\n"
    inner = b"--- exec\r\nhello\r\n\r\n--- end 3\r\npages: all\r\n"
    end = b"\r\n--- end 3\r\nexit status 3\r\n"
    for size in (1, 2, 3, 7, 1000):
        got = []
        output = execout.ExecOutput(got.append, True)
        console = boot + inner + end
        for at in range(0, len(console), size):
            output.feed(console[at:at + size])
        same((b"".join(got), output.state, output.status),
             (b"hello\n", "after", 3))
        got.clear()
        output = execout.ExecOutput(got.append, True)
        console = boot + end
        for at in range(0, len(console), size):
            output.feed(console[at:at + size])
        same((b"".join(got), output.status), (b"boot again\n", 3))


def exec_ends():
    """EXEC: no output, no end, no beginning."""
    got = []
    output = execout.ExecOutput(got.append)
    output.feed(b"--- exec\n\n--- end 0\n")
    same((got, output.status), ([], 0))
    got.clear()
    output = execout.ExecOutput(got.append)
    output.feed(b"x\n--- exec\nabc\n--- end")
    output.end()
    same((b"".join(got), output.state), (b"abc\n--- end", "inside"))
    console = b"--- exec\nabc\npanic: it is one\nexit status 255\n"
    assert run.PANIC.search(execout.outside(console))
    output = execout.ExecOutput(got.append)
    output.feed(b"panic: early\n")
    same(output.state, "before")


def rows():
    """tests.toml: exec and add are of tests with a root."""
    row = {"name": "x", "kind": "kernel", "root": True, "exec": "true"}
    suite._fields(row, "here")
    same(row["kernel"], "build/final/kernel/kernel")
    (test,) = suite._tests_of(row, "area")
    assert test.root and test.exec == "true"
    has(refused(suite._fields, {"name": "x", "kind": "kernel", "kernel": "k",
                                "exec": "true"}, "here"), "root = true")


if __name__ == "__main__":
    sys.exit(main([label_layout, label_sizes, zeros_at_the_end, image, adding,
                   adding_compiler, adding_refused, exec_output, exec_nested,
                   exec_ends, rows]))
