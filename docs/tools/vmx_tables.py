#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Makes the reference tables of the book out of the VMX headers.

Numbers come from vmx_vmcs.h and vmx_exit.h; words from vmx_names.c, where
`[CONSTANT] = { "name", "sentence" }` names a constant, and from the tables of
vmx_fields.c and vmx_ctls.c.  A constant without words is an error, and so is a
word for a constant that is not there: a table with a hole would look complete.

usage: vmx_tables.py TABLE FOLDER      the table in AsciiDoc on stdout
       TABLE is exit-reasons, vmx-errors, vmcs-fields or control-bits
"""
import pathlib
import re
import sys

DEFINE = re.compile(r"#define([ \t]+)(\w+)[ \t]+(0x[0-9a-f]+|\d+)u?(?:ll)?"
                    r"(?:[ \t]*/\*\s*(.*?)\s*\*/)?$")
GROUP = re.compile(r"\* @name (.+)$")
STRING = r'((?:"(?:[^"\\]|\\.)*"\s*)+)'
WORDS = re.compile(r"\[(\w+)\]\s*=\s*\{\s*" + STRING + r",\s*" + STRING + ",?")

# The control words: prefix of the bits, what the SDM calls the word, and where
# vmx_ctls.c has the names of its bits.
WORDS_OF_BITS = (
    ("PIN_CTLS_", "Pin-based VM-execution controls", "pin_names"),
    ("PROC_CTLS_", "Primary processor-based VM-execution controls",
     "proc_names"),
    ("PROC2_CTLS_", "Secondary processor-based VM-execution controls",
     "proc2_names"),
    ("PROC3_CTLS_", "Tertiary processor-based VM-execution controls",
     "proc3_names"),
    ("EXIT_CTLS_", "Primary VM-exit controls", "exit_names"),
    ("EXIT2_CTLS_", "Secondary VM-exit controls", "exit2_names"),
    ("ENTRY_CTLS_", "VM-entry controls", "entry_names"),
)


class Problem(Exception):
    """A sentence about what does not fit."""


class Constant:
    """One #define: where it stands, what it is, what is said about it."""

    def __init__(self, group, match):
        blank, self.name, number, self.note = match.groups()
        self.group = group
        self.nested = blank.count("\t") > 1
        self.value = int(number, 0)


def constants(path):
    """The numeric constants of a header, in order, with their group."""
    found, group = [], ""
    for line in path.read_text().splitlines():
        name = GROUP.search(line)
        define = DEFINE.match(line)
        if name:
            group = name[1]
        elif define:
            found.append(Constant(group, define))
    if not found:
        raise Problem(f"{path.name}: no #define found")
    return found


def unquote(literal):
    """The text of adjacent C string literals."""
    parts = re.findall(r'"((?:[^"\\]|\\.)*)"', literal)
    return "".join(parts).replace('\\"', '"')


def words(folder):
    """{constant: (name, sentence)} from the designated initialisers."""
    text = (folder / "vmx_names.c").read_text()
    return {m[1]: (unquote(m[2]), unquote(m[3]))
            for m in WORDS.finditer(text)}


def cell(text):
    """Text as one table cell, with nothing left that AsciiDoc would read."""
    for old, new in (("|", "\\|"), ("*", "{asterisk}"), ("<<", "\\<<"),
                     ("->", "\\->"), ("#", "&#35;")):
        text = text.replace(old, new)
    return "| " + text


def table(cols, header, rows, role="numbers"):
    yield f'[.{role},cols="{cols}",options=header,stripes=even]\n|==='
    yield "| " + " | ".join(header) + "\n"
    for row in rows:
        yield "\n".join(row) + "\n"
    yield "|===\n"


def numbered(folder, prefix, group, what):
    """A table of number, name, sentence and constant."""
    said = words(folder)
    rows = []
    for con in constants(folder / "vmx_exit.h"):
        if con.group != group or con.name == prefix + "COUNT":
            continue
        if con.name not in said:
            raise Problem(f"vmx_names.c has no words for {con.name}")
        name, sentence = said.pop(con.name)
        rows.append((cell(str(con.value)), cell(name), cell(sentence),
                     f"| {con.name}"))
    left = [name for name in said if name.startswith(prefix)]
    if left or not rows:
        raise Problem("vmx_names.c names " + (", ".join(left) or "nothing")
                      + f", which is not in group {group!r} of vmx_exit.h")
    return table("2,8,15,13m",
                 ("No.", what, "What happened", "Constant"), rows)


def field_names(folder, known):
    """{constant: name} from the table of vmx_fields.c, which must be whole."""
    text = (folder / "vmx_fields.c").read_text()
    text = text[text.index("static const struct vmx_field fields[]"):]
    said = {m[1]: unquote(m[2])
            for m in re.finditer(r"\b(VMCS_\w+),[^\"]*?" + STRING, text)}
    for con in known:
        if con.name not in said:
            raise Problem(f"vmx_fields.c has no name for {con.name}")
    return said


def fields(folder):
    """A table per group of fields; a group is a @name of vmx_vmcs.h."""
    groups = {}
    for con in constants(folder / "vmx_vmcs.h"):
        if con.name.startswith("VMCS_") and not con.nested \
                and not con.name.startswith("VMCS_FIELD_"):
            groups.setdefault(con.group, []).append(con)
    said = field_names(folder, sum(groups.values(), []))
    for group, members in groups.items():
        title = re.sub(r" and (their|its) bits$", "", group)
        yield f".{title}"
        rows = []
        for con in members:
            width = ("16", "64", "32", "natural")[con.value >> 13 & 3]
            rows.append((f"| {con.value:#010x}", f"| {con.name}",
                         cell(said.get(con.name, "")), f"| {width}"))
        yield from table("3m,9m,10,2", ("Encoding", "Constant", "Field",
                                        "Width"), rows, "fields")


def bit_names(text, array):
    """{bit: name} from one array of vmx_ctls.c."""
    found = re.search(rf"\b{array}\[64\] = \{{(.*?)^\}};", text, re.S | re.M)
    if not found:
        raise Problem(f"vmx_ctls.c has no {array}[]")
    return {int(m[1]): unquote(m[2])
            for m in re.finditer(r"\[(\d+)\] = " + STRING, found[1])}


def bits(folder):
    """A table per control word: bit, name, constant, class."""
    known = constants(folder / "vmx_vmcs.h")
    text = (folder / "vmx_ctls.c").read_text()
    for prefix, title, array in WORDS_OF_BITS:
        said = bit_names(text, array)
        mine = [c for c in known if c.nested and c.name.startswith(prefix)]
        if not mine:
            raise Problem(f"vmx_vmcs.h defines no {prefix}* bit")
        rows = []
        for con in mine:
            if con.value & (con.value - 1):
                raise Problem(f"{con.name} is not one bit")
            bit = con.value.bit_length() - 1
            if bit not in said:
                raise Problem(f"{array}[] has no name for {con.name}")
            rows.append((f"| {bit}", cell(said.pop(bit)), f"| {con.name}",
                         cell(con.note or "")))
        if said:
            raise Problem(f"{array}[] names bits without a constant: "
                          + ", ".join(said.values()))
        yield f".{title}"
        yield from table("2,14,13m,3", ("Bit", "Name", "Constant", "Class"),
                         rows)


def main():
    made = {
        "exit-reasons": lambda d: numbered(
            d, "EXIT_REASON_", "Basic exit reasons", "Reason"),
        "vmx-errors": lambda d: numbered(
            d, "VMX_ERROR_", "VM-instruction errors", "Error"),
        "vmcs-fields": fields,
        "control-bits": bits,
    }
    if len(sys.argv) != 3 or sys.argv[1] not in made:
        sys.exit(__doc__.rsplit("\n\n", 1)[1].strip())
    try:
        print("\n".join(made[sys.argv[1]](pathlib.Path(sys.argv[2]))))
    except (Problem, OSError) as error:
        sys.exit(f"vmx_tables.py: {error}")


main()
