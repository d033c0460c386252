#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Shows a source file to Doxygen as the interface reference needs it.

The files stay as they are, and so do line numbers: nothing here adds or
removes a line.  What is public must be documented, and what is not is hidden,
a rule that Doxygen has no options for:

- in a header, a constant that stands in a group is explained by the group's
  heading and by its trailing comment, if any; an inline function is as public
  as any other, so `static inline` is hidden from Doxygen, which would skip it;
  symbols that the linker or assembly defines are left out; in a group, a
  declaration right below another shares its documentation, as Doxygen's
  DISTRIBUTE_GROUP_DOC has it, but with parameters and result;
- in a .c file only functions and variables are public: macros, types, checks
  of constants and declarations of symbols from elsewhere are blanked.

Everywhere #UD, #PF ... are exceptions, not references to members of that name.
Called with a file's name, it prints the file.  Doxygen asks several times for
each file and starts a process every time, so the Makefile has this program
look at all of them before, in one go (--keep FOLDER NAME...), and `filtered`
beside it shows what was kept.
"""
import contextlib
import os
import re
import sys

EXCEPTION = re.compile(r"(?<![\\\w])#([A-Z]{2})\b")
INLINE = re.compile(r"^static (?:__inline__|__inline|inline)\b", re.M)
# A one-line macro that no doc comment precedes or follows.
MACRO = re.compile(r"^(#define[ \t]+\w+(?:\([^)]*\))?[ \t]+"
                   r"(?:[^\n/\\]|/(?!\*))*?)"
                   r"[ \t]*(?:/\*(?!\*)[ \t]*([^\n]*?)[ \t]*\*/)?$", re.M)
COMMENT = r"(?:/\*(?:[^*]|\*(?!/))*\*/[ \t]*\n)?"
# A group's name ends with the line, so `@{` needs a comment of its own.
GROUP = re.compile(r"/\*\*[ \t]*@name[ \t]+([^\n*]+?)[ \t]*@\{[ \t]*\*/")
# Symbols of the linker script and of assembly: addresses, not objects.
SYMBOL = re.compile(r"^extern char [^;]*\[\][^;]*;", re.M)
DECLARATION = re.compile(r"^(?!typedef|struct \w+ \{|enum|union)"
                         r"[a-z_]\w*[ \t*]")
PRIVATE = re.compile(
    COMMENT + r"^#define[ \t](?:[^\n\\]|\\\n|\\.)*$"
    r"|" + COMMENT + r"^(?:typedef )?(?:struct|union|enum)(?: \w+)? \{"
    r"(?:[^\n]*\}|.*?^\})[^\n;]*;"
    r"|^(?:extern|typedef) [^;{]*;"
    r"|^[A-Z_]+\([^;{]*\);$", re.M | re.S)


def macro(match):
    """The macro with its trailing comment, or a remark, as documentation."""
    before = match.string[:match.start()].rstrip("\n")
    if before.endswith("*/") and "/**" in before[before.rfind("/*"):]:
        return match[0]
    note = match[2] or "See the heading of the group."
    return f"{match[1]} /**< {note} */"


def share(text):
    """In groups, repeat a declaration's documentation for those below it."""
    lines, doc, group, inside, before = [], "", False, False, ""
    for line in text.split("\n"):
        if "@{" in line or "@}" in line:
            doc, group, inside = "", "@{" in line, False
        elif group and line.startswith("/**"):
            doc, inside = "", True
        elif not line:
            doc = ""
        if inside:
            doc += " " + re.sub(r"^\s*/?\*+/?|\*/\s*$", "", line).strip()
            inside = "*/" not in line
        elif doc and DECLARATION.match(line) and before.endswith(";"):
            line = f"/**{doc} */ {line}"
        before = line
        lines.append(line)
    return "\n".join(lines)


def blank(match):
    """As many empty lines as the text had."""
    return "\n" * match[0].count("\n")


def main(name):
    with open(name, encoding="utf-8") as file:
        text = EXCEPTION.sub(r"\\#\1", file.read())
    if name.endswith(".c"):
        text = PRIVATE.sub(blank, text)
    else:
        text = GROUP.sub(r"/** @name \1 */ /** @{ */", text)
        text = SYMBOL.sub(blank, INLINE.sub("inline", text))
        text = share(MACRO.sub(macro, text))
    sys.stdout.write(text)


def keep(place, names):
    """Write what main() prints of each file to its whole path in `place`."""
    for name in names:
        path = place + os.path.abspath(name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file, \
                contextlib.redirect_stdout(file):
            main(name)


if sys.argv[1] == "--keep":
    keep(sys.argv[2], sys.argv[3:])
else:
    main(sys.argv[1])
