#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""Make the host's system calls for a kernel: makehost.py MASTER > host.S

Every call of syscalls.master that <machine/host.h> may declare gets a function
host_NAME, a section of its own.  It returns the result, or minus errno: a
kernel has no errno.  What the C library's stubs do with arguments these do,
too.
"""

import os
import sys

sys.dont_write_bytecode = True


def stub(number, name):
    """The text of one function."""
    return "\n".join([
        f'\t.section .text.host_{name}, "ax", @progbits',
        f"\t.globl\thost_{name}",
        f"\t.type\thost_{name}, @function",
        f"host_{name}:", f"\tmovl\t${number}, %eax",
        "\tmovq\t%rcx, %r10", "\tsyscall", "\tjnc\t1f", "\tnegq\t%rax",
        "1:\tret", f"\t.size\thost_{name}, . - host_{name}", ""])


def main():
    """Write the functions for a master file to standard output."""
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    sys.path.insert(0, os.path.dirname(os.path.abspath(sys.argv[1])))
    # pylint: disable=import-outside-toplevel,import-error
    from makesyscalls import calls
    print("/* SPDX-License-Identifier: BSD-3-Clause */")
    print("/* The host's system calls, made by makehost.py. */")
    for number, _, name, _ in calls(sys.argv[1]):
        print(stub(number, name))
    print('\t.section .note.GNU-stack, "", @progbits')


if __name__ == "__main__":
    main()
