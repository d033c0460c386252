#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""Make the stubs of the system calls: makestubs.py [--host] MASTER > stubs.S

Every call of syscalls.master gets a function __sys_NAME, and NAME as another
name of it unless the library has a function of that name which does more (or
DragonFly has none of that name).  Each is a section of its own, so that a
program has only those that it calls.

The number goes to %rax, argument 4 from %rcx, which the instruction destroys,
to %r10 as well.  Argument 7 is on the stack above the return address, where
the kernel looks for it.  The carry flag says that %rax is an error.

With --host they are those by which a vkernel calls its host: every call has a
function host_NAME, which returns the result or minus errno, since a kernel has
no errno.
"""

import os
import sys

sys.dont_write_bytecode = True

#: Stubs of their own, in x86_64/syscalls.S.
OWN = {"fork", "vfork", "pipe", "pipe2"}
#: Only as __sys_NAME.
HIDDEN = {"exit", "mmap", "lseek", "truncate", "ftruncate", "getlogin",
          "__sysctl", "yield", "getdents_old", "extexit", "__getcwd",
          "abort", "extpreadv", "extpwritev"}
#: Under another name too.
ALIASES = {"exit": ["_exit", "_Exit"], "getpgid": ["__getpgid"],
           "extpread": [], "__sysctl": ["sysctl"], "extexit": ["extexit"],
           "fsync": ["fdatasync"]}


def code(number, *end):
    """The instructions of one stub, up to what it does with an error."""
    return [f"\tmovl\t${number}, %eax", "\tmovq\t%rcx, %r10", "\tsyscall",
            *end, "\tret"]


def host_stub(number, name):
    """The text of one stub of a vkernel's."""
    name = f"host_{name}"
    return "\n".join([
        f'\t.section .text.{name}, "ax", @progbits', f"\t.globl\t{name}",
        f"\t.type\t{name}, @function", f"{name}:",
        *code(number, "\tjnc\t1f", "\tnegq\t%rax", "1:"),
        f"\t.size\t{name}, . - {name}", ""])


def stub(number, name):
    """The text of one stub."""
    names = [f"__sys_{name}"]
    weak = ([] if name in HIDDEN else [name]) + ALIASES.get(name, [])
    lines = [f'\t.section .text.{name}, "ax", @progbits',
             f"\t.globl\t{names[0]}",
             f"\t.type\t{names[0]}, @function"]
    for each in weak:
        lines += [f"\t.weak\t{each}", f"\t.set\t{each}, {names[0]}"]
    lines += [f"{names[0]}:", *code(number, "\tjc\t__cerror"),
              f"\t.size\t{names[0]}, . - {names[0]}", ""]
    return "\n".join(lines)


def main():
    """Write the stubs of a master file to standard output."""
    host = sys.argv[1:2] == ["--host"]
    if len(sys.argv) != 2 + host:
        sys.exit(__doc__)
    master = sys.argv[-1]
    sys.path.insert(0, os.path.dirname(os.path.abspath(master)))
    # pylint: disable=import-outside-toplevel,import-error
    from makesyscalls import calls
    print("/* SPDX-License-Identifier: BSD-3-Clause */")
    print("/* Stubs of system calls, made by makestubs.py. */")
    for number, _, name, _ in calls(master):
        if host:
            print(host_stub(number, name))
        elif name not in OWN:
            print(stub(number, name))
    print('\t.section .note.GNU-stack, "", @progbits')


if __name__ == "__main__":
    main()
