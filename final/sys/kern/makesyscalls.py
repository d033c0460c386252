#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""Make of a syscalls.master what the compiler reads.

makesyscalls.py MASTER PREFIX numbers|proto|table

numbers   a header with SYS_name of every call
proto     a header with struct name_args and the function of every call
table     C source with the table by number

PREFIX is what functions and tables begin with: '' or 'linux_'.
"""

import re
import sys

CALL = re.compile(r"(\d+)\s+(STD|MPSAFE|NUMBER)\s+(\w+)\((.*)\)$")
ARGUMENT = re.compile(r"(.*?)(\w+)$")


def calls(path):
    """(number, flags, name, [(type, name)]) of every line of the file."""
    with open(path, encoding="ascii") as file:
        for count, line in enumerate(file, 1):
            line = line.strip()
            if not line or line.startswith("#"):
                continue
            found = CALL.match(line)
            if not found:
                sys.exit(f"{path}:{count}: not a call: {line}")
            number, flags, name, rest = found.groups()
            arguments = [] if rest == "void" else [
                ARGUMENT.match(part.strip()).groups()
                for part in rest.split(",")]
            yield int(number), flags, name, arguments


def header(what, source):
    """The first lines of a made file."""
    print("/* SPDX-License-Identifier: BSD-3-Clause */")
    print(f"/**\n * @file\n * {what}\n *\n * Made from {source}.\n */")


def numbers(table, prefix, source):
    """sys/syscall.h."""
    guard = f"_SYS_{prefix.upper()}SYSCALL_H_"
    header("System-call numbers.", source)
    print(f"#ifndef {guard}\n#define {guard}\n\n/* clang-format off */")
    print("/** @name System-call numbers */\n/** @{ */")
    upper = prefix.upper()
    if not prefix:
        print("#define SYS_syscall\t0\t/* the number is the first argument */")
        print("#define SYS___syscall\t198\t/* as 0 */")
    for number, _, name, _ in table:
        tab = "\t" if len(f"SYS_{upper}{name}") < 16 else " "
        print(f"#define {upper}SYS_{name}{tab}{number}")
    print("/** @} */\n/* clang-format on */\n\n#endif")


def proto(table, prefix, source):
    """sysproto.h."""
    guard = f"_SYS_{prefix.upper()}SYSPROTO_H_"
    header("Arguments and functions of system calls.", source)
    print(f"#ifndef {guard}\n#define {guard}\n")
    print("#include <sys/signal.h>\n#include <sys/sysmsg.h>\n")
    structs = sorted({word for _, _, _, arguments in table
                      for kind, _ in arguments
                      for word in re.findall(r"struct \w+", kind)})
    print("\n".join(f"{name};" for name in structs) + "\n")
    for _, flags, name, arguments in table:
        if flags == "NUMBER":
            continue
        print(f"struct {prefix}{name}_args {{")
        for kind, argument in arguments:
            print(f"\t{kind}{argument} __aligned(8);")
        if not arguments:
            print("\tregister_t dummy;")
        print("};")
        print(f"int sys_{prefix}{name}(struct sysmsg *sysmsg,\n"
              f"    const struct {prefix}{name}_args *uap);\n")
    print("#endif")


def table_source(table, prefix, source):
    """init_sysent.c."""
    header("The table of system calls.", source)
    print(f"#include <sys/sysent.h>\n#include <sys/{prefix}sysproto.h>\n")
    print(f"/** By number; what has no function is no call. */")
    print(f"const struct sysent {prefix}sysent[] = {{")
    for number, flags, name, arguments in table:
        if flags == "NUMBER":
            continue
        mpsafe = "SYF_MPSAFE" if flags == "MPSAFE" else "0"
        print(f"\t[{number}] = {{ {len(arguments)}, {mpsafe}, "
              f"(sy_call_t *)sys_{prefix}{name}, \"{name}\" }},")
    last = max(number for number, _, _, _ in table)
    print(f"}};\n\n/** Numbers in the table. */\n"
          f"const u_int {prefix}sysent_size = {last + 1};")


def main():
    """Make one of the three."""
    if len(sys.argv) != 4 or sys.argv[3] not in MAKERS:
        sys.exit(__doc__)
    master, prefix, what = sys.argv[1:]
    MAKERS[what](list(calls(master)), prefix, master.rpartition("/")[2])


MAKERS = {"numbers": numbers, "proto": proto, "table": table_source}

if __name__ == "__main__":
    main()
