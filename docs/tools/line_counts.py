#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Counts the lines of Damselfly's sources, area by area.

An area is the files of some folders; the headers of the kernel are one of
their own, wherever they lie.  The first area that has a file counts it.  A
source that belongs to none is an error, since then a folder is new and the
table would not be whole; so is an area without a file.

usage: line_counts.py FINAL      the table in AsciiDoc on stdout
"""
import pathlib
import re
import sys

# What is counted; descriptions of tests, text and data are not.
SOURCES = {".c", ".h", ".S", ".py", ".sh", ".master", ".ld"}
# Area, its folders, its names.
AREAS = (
    ("headers of the kernel", ("sys",), ".h"),
    ("`kern`, `libkern`", ("sys/kern", "sys/libkern"), ""),
    ("`vm`", ("sys/vm",), ""),
    ("`vfs`", ("sys/vfs",), ""),
    ("`dev`", ("sys/dev",), ""),
    ("`emulation/linux`", ("sys/emulation/linux",), ""),
    ("`platform/pc64/vmm`", ("sys/platform/pc64/vmm",), ""),
    ("`platform`, the rest, and `cpu`", ("sys/platform", "sys/cpu"), ""),
    ("library and compiler", ("lib",), ""),
    ("programs", ("sbin", "usr.bin"), ""),
    ("tests", ("test",), ""),
)
C_COMMENT = re.compile(r"/\*.*?\*/|//[^\n]*", re.S)


def counts(path):
    """(lines, those that are neither blank nor comment only) of a file."""
    text = path.read_text()
    code = text
    if path.suffix in (".c", ".h", ".S", ".ld"):
        code = C_COMMENT.sub("", text)
    else:
        code = re.sub(r"^\s*#.*$", "", text, flags=re.M)
    return len(text.splitlines()), sum(
        not line.isspace() for line in code.splitlines() if line)


def area_of(name):
    """The number of the area that a file is in, or None."""
    for number, (_, folders, suffix) in enumerate(AREAS):
        if name.endswith(suffix) and any(
                name.startswith(folder + "/") for folder in folders):
            return number
    return None


def main():
    """Print the table."""
    if len(sys.argv) != 2:
        sys.exit(__doc__.rsplit("\n\n", 1)[1].strip())
    top = pathlib.Path(sys.argv[1])
    sums = [[0, 0, 0] for _ in AREAS]
    for path in sorted(top.rglob("*")):
        if path.suffix not in SOURCES or not path.is_file():
            continue
        name = path.relative_to(top).as_posix()
        number = area_of(name)
        if number is None:
            sys.exit(f"line_counts.py: {name} belongs to no area")
        for i, count in enumerate((1, *counts(path))):
            sums[number][i] += count
    print('[cols="9,>3,>3,>3",options="header,footer",'
          "stripes=even]\n|===")
    print("| Area | Files | Lines | Of these code\n")
    for (area, _, _), row in zip(AREAS, sums):
        if row[0] == 0:
            sys.exit(f"line_counts.py: there is no file of {area}")
        print(f"| {area} | " + " | ".join(f"{n:,}" for n in row))
    print("| All | " + " | ".join(f"{sum(c):,}" for c in zip(*sums)))
    print("|===")


main()
