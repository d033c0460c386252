#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Shows source files to Doxygen as the interface reference needs them.

Usage: filter.py FOLDER FILE...  writes what Doxygen is to see of each file to
FOLDER, under its path in the repository; doxygen/filtered shows it from there.
Doxygen would start this program twice for every file, and to start Python a
thousand times takes longer than everything else together.

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
  of constants, definitions by a macro and declarations of what is elsewhere
  are blanked; in a header, heads of lists and the like that a macro declares;
- every function of a system call, sys_NAME, has the same two parameters, so
  its comment need not name them.

Everywhere #UD, #PF ... are exceptions, not references to members of that name.
"""
import os
import re
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))

EXCEPTION = re.compile(r"(?<![\\\w#])#([A-Z]{2})\b")
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
# What a macro declares at the left margin: heads of lists, trees, pools.
DECLARED = re.compile(r"^(?:LIST_HEAD|TAILQ_HEAD|SLIST_HEAD|RB_HEAD|"
                      r"RB_PROTOTYPE|MALLOC_DECLARE)\([^;{]*\);", re.M)
# The comment of a system call's function, up to its end.
CALL = re.compile(r"(/\*\*(?:[^*]|\*(?!/))*)\*/(?=\n(?:static )?int\n"
                  r"(?:__unused )?sys_\w+\()")
DECLARATION = re.compile(r"^(?!typedef|struct \w+ \{|enum|union)"
                         r"[a-z_]\w*[ \t*]")
PRIVATE = re.compile(
    COMMENT + r"^#define[ \t](?:[^\n\\]|\\\n|\\.)*$"
    r"|" + COMMENT + r"^(?:typedef )?(?:struct|union|enum)(?: \w+)? \{"
    r"(?:[^\n]*\}|.*?^\})[^\n;]*;"
    r"|^(?:extern|typedef) [^;{]*;"
    r"|^static [A-Z]+_HEAD\([^;]*;"
    r"|^[a-z_][\w ]*[ *]\w+\([^;{}()]*\)(?: __\w+)*;"
    r"|^[A-Z_]+\((?:\"[^\"\n]*\"|[^;{\"])*\);$", re.M | re.S)


def macro(match):
    """The macro with its trailing comment, or a remark, as documentation."""
    before = match.string[:match.start()].rstrip("\n")
    last = before[before.rfind("/*"):]
    if before.endswith("*/") and "/**" in last and "@{" not in last:
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


def call(match):
    """The comment of a system call's function, with what all have."""
    text = match[1]
    if "@param" not in text:
        text += (" @param sysmsg results of the call "
                 "@param uap arguments of the call ")
    if "@return" not in text:
        text += " @return 0 or an error "
    return text + "*/"


def blank(match):
    """As many empty lines as the text had."""
    return "\n" * match[0].count("\n")


def filtered(name):
    """What Doxygen is to see of a file."""
    with open(name, encoding="utf-8") as file:
        text = EXCEPTION.sub(r"\\#\1", file.read())
    if name.endswith(".c"):
        return CALL.sub(call, PRIVATE.sub(blank, text))
    text = GROUP.sub(r"/** @name \1 */ /** @{ */", text)
    text = SYMBOL.sub(blank, INLINE.sub("inline", text))
    text = DECLARED.sub(blank, text)
    return share(MACRO.sub(macro, text))


def main():
    """Filter the files that the command line names."""
    folder = sys.argv[1]
    for name in sys.argv[2:]:
        path = os.path.join(folder, os.path.relpath(os.path.abspath(name),
                                                    ROOT))
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(filtered(name))


main()
