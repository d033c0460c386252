#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Makes the table of an interface's system calls out of its syscalls.master.

Number, name, whether it runs without mp_token, and the file that has its
function, sys_NAME() or sys_linux_NAME().  A call without a function is an
error, and so is a function that no call has.  A file may make functions by a
macro, which is defined with `sys_..._##name(`; where it is called with a name
there is a function, and a second name is the native call that does the work.

usage: syscall_table.py native|linux SYS     the table in AsciiDoc on stdout
       SYS is the folder final/sys
"""
import pathlib
import re
import sys

sys.dont_write_bytecode = True          # nothing is built in a source folder

MASTERS = {"native": ("", "kern/syscalls.master"),
           "linux": ("linux_", "emulation/linux/syscalls.master")}
# A definition begins its line, or follows its type; a prototype ends in a ;
FUNCTION = r"^(?:int )?sys_{}(\w+)\([^;{{]*\{{"
MACRO = r"^#define (\w+)\((\w+)[^)]*\)(?:[^\n]*\\\n)+?[^\n]*\bsys_{}##\2\("
SHORT = r"^#define (\w+)\((\w+)\) (\w+)\("


class Problem(Exception):
    """A sentence about what does not fit."""


def made_by_macros(text, prefix):
    """(name, native name or '') of functions that macros of a file make."""
    macros = {m[1] for m in re.finditer(MACRO.format(prefix), text, re.M)}
    macros |= {m[1] for m in re.finditer(SHORT, text, re.M)
               if m[3] in macros}
    for macro in macros:
        calls = re.finditer(rf"^{macro}\((\w+)(?:, (\w+))?\)$", text, re.M)
        yield from ((m[1], m[2] or m[1]) for m in calls)


def functions(folder, prefix):
    """{name: (file, native call that does the work or '')}."""
    found = {}
    for path in sorted(folder.rglob("*.c")):
        text = path.read_text()
        where = path.relative_to(folder).as_posix()
        mine = [(m[1], "") for m in
                re.finditer(FUNCTION.format(prefix), text, re.M)]
        mine += made_by_macros(text, prefix)
        for name, native in mine:
            if not prefix and name.startswith("linux_"):
                continue
            if name in found:
                raise Problem(f"{where} and {found[name][0]} both have "
                              f"sys_{prefix}{name}()")
            found[name] = where, native
    return found


def file_cell(name, where, native, natives):
    """The file; the native call that does the work, if there is one."""
    folder = "linux/" if where.startswith("emulation/") else ""
    text = f"`{folder}{where.rpartition('/')[2]}`"
    if native in natives:
        text += " as native" + (f" `{native}`" if native != name else "")
    return text


def rows(which, folder):
    """The cells of each call."""
    prefix, master = MASTERS[which]
    sys.path.insert(0, str(folder / "kern"))
    # pylint: disable=import-outside-toplevel,import-error
    from makesyscalls import calls
    table = list(calls(folder / master))
    have = functions(folder, prefix)
    natives = functions(folder, "") if prefix else {}
    for number, flags, name, _ in table:
        where = "its number only"
        if flags != "NUMBER":
            if name not in have:
                raise Problem(f"{master} has {name}, and no file has "
                              f"sys_{prefix}{name}()")
            where = file_cell(name, *have.pop(name), natives)
        yield (str(number), f"`+{name}+`",
               "yes" if flags == "MPSAFE" else "", where)
    if have:
        raise Problem(f"{master} has no call for " + ", ".join(
            f"sys_{prefix}{name}() of {where}"
            for name, (where, _) in have.items()))


def main():
    """Print the table."""
    if len(sys.argv) != 3 or sys.argv[1] not in MASTERS:
        sys.exit(__doc__.rsplit("\n\n", 1)[1].strip())
    try:
        table = list(rows(sys.argv[1], pathlib.Path(sys.argv[2])))
    except (Problem, OSError) as error:
        sys.exit(f"syscall_table.py: {error}")
    print('[.numbers,cols=">2,7,^3,12",options=header,stripes=even]\n|===')
    print("| No. | Call | MPSAFE | Implemented in\n")
    for cells in table:
        print("\n".join("| " + cell for cell in cells) + "\n")
    print("|===")


main()
