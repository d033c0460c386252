# SPDX-License-Identifier: BSD-3-Clause
"""What a root needs to compile C programs: ADD=compiler.

Debian's tcc and make, which are dynamic programs, with their dynamic linker
and libraries; the C library's start files and headers, those of cmocka and of
BSD's lists.  Files have the place that they have on the machine that makes the
root.  Not in the usual root: a boot takes as long as its root is large.
"""

import glob
import os

from .words import Refusal

LIB = "/lib/x86_64-linux-gnu/"
USR_LIB = "/usr/lib/x86_64-linux-gnu/"
LINKER = "ld-linux-x86-64.so.2"
HEADERS = "/usr/include/"
#: Patterns of files and the package that has them; each has to match.
FILES = (
    ("/usr/bin/tcc", "tcc"),
    (USR_LIB + "tcc/libtcc1.a", "tcc"),
    (USR_LIB + "tcc/include/*.h", "tcc"),
    ("/usr/bin/make", "make"),
    *((LIB + name, "libc6") for name in (
        LINKER, "libc.so.6", "libm.so.6", "libpthread.so.0", "libdl.so.2")),
    (LIB + "libgcc_s.so.1", "libgcc-s1"),   # pthread_cancel(3) loads it
    *((USR_LIB + name, "libc6-dev") for name in (
        "crt1.o", "crti.o", "crtn.o", "libc.so", "libc_nonshared.a")),
    *((HEADERS + name + ".h", "libc6-dev") for name in (
        "alloca", "assert", "ctype", "dirent", "endian", "errno", "fcntl",
        "features", "features-time64", "fenv", "getopt", "inttypes", "libgen",
        "limits", "locale", "malloc", "math", "memory", "poll", "pthread",
        "sched", "search", "semaphore", "setjmp", "signal", "stdc-predef",
        "stdint", "stdio", "stdlib", "string", "strings", "syscall", "termios",
        "time", "unistd", "wchar", "wctype")),
    *((HEADERS + f"x86_64-linux-gnu/{name}/*.h", "libc6-dev") for name in (
        "bits", "bits/types", "gnu", "sys")),
    *((HEADERS + name + ".h", "linux-libc-dev") for name in (
        "linux/errno", "linux/limits", "x86_64-linux-gnu/asm/errno",
        "x86_64-linux-gnu/asm/unistd", "x86_64-linux-gnu/asm/unistd_64",
        "asm-generic/errno", "asm-generic/errno-base")),
    (HEADERS + "cmocka*.h", "libcmocka-dev"),
    (USR_LIB + "libcmocka.so", "libcmocka-dev"),
    (USR_LIB + "libcmocka.so.0", "libcmocka0"),
    (HEADERS + "bsd/sys/queue.h", "libbsd-dev"),
    (HEADERS + "bsd/sys/tree.h", "libbsd-dev"),
)


def add_compiler(tree):
    """Put the compiler and what it needs into a tree.

    tree   a root.Tree
    """
    for pattern, package in FILES:
        names = sorted(glob.glob(pattern))
        if not names:
            raise Refusal(f"ADD=compiler: there is no {pattern}; `make deps` "
                          f"installs what is missing, it is of the package "
                          f"{package}.")
        for name in names:
            tree.file(name, os.path.realpath(name))
    tree.link("lib64/" + LINKER, LIB + LINKER)
    tree.link("usr/bin/cc", "tcc")
