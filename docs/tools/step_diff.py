#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Writes the difference between a step and the one before it, for the book.

First a table of the files that are new, changed, linked or dropped; lines are
counted as `make check` counts them.  Then the differences of the files that
have changed.  New files are only named, since a chapter includes of them what
it explains.  A file that a step links from the step before is not named at
all: nothing has changed.

The lines that mark a lab's region or a tagged region are left out of the
differences; line numbers are those of the real files.

usage: step_diff.py OLD NEW              AsciiDoc on stdout
"""
import difflib
import pathlib
import re
import sys

sys.dont_write_bytecode = True
ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "labs" / "bench" / "check"))

from tree import DROPPED, lines_kept        # noqa: E402

MARK = re.compile(r"\bLAB [\w-]+\.[0-9]+ (begin|end)\b"
                  r"|\b(tag|end)::[\w-]+\[\]")
# As diff -p: what begins in the first column names the function.
FUNCTION = re.compile(r"[A-Za-z_][^;]*$")
CONTEXT = 3


def text_of(path):
    """The lines of a file."""
    return path.read_text(encoding="utf-8").splitlines()


def clean(lines):
    """(line number, line) of all lines but the marks."""
    return [(number, line) for number, line in enumerate(lines, 1)
            if not MARK.search(line)]


def function_above(lines, at):
    """The function, structure or table that a hunk's first line is in, or ''.

    lines    of the old file; at: the index of the hunk's first line
    """
    for line in reversed(lines[:at]):
        if FUNCTION.match(line) and not line.endswith(":"):
            found = re.match(r"(\w+)\(", line)
            if found:
                return f" {found[1]}()"
            return " " + re.sub(r"( =)? \{$", "", line) \
                if line.endswith("{") else ""
        if line.startswith("}"):
            return ""
    return ""


def hunk(old, new, group):
    """The lines of one hunk: group is of SequenceMatcher's opcodes."""
    def start(pairs, at):
        return pairs[at][0] if at < len(pairs) else len(pairs) + 1

    _, from_, _, to_, _ = group[0]
    _, _, from_end, _, to_end = group[-1]
    where = function_above([line for _, line in old], from_)
    yield (f"@@ -{start(old, from_)},{from_end - from_} "
           f"+{start(new, to_)},{to_end - to_} @@{where}")
    for kind, from_, from_end, to_, to_end in group:
        if kind == "equal":
            yield from (f" {line}" for _, line in old[from_:from_end])
            continue
        yield from (f"-{line}" for _, line in old[from_:from_end])
        yield from (f"+{line}" for _, line in new[to_:to_end])


def difference(name, old, new, old_step, new_step):
    """The unified diff of a file as lines; none if only marks differ."""
    old, new = clean(old), clean(new)
    matcher = difflib.SequenceMatcher(None, [line for _, line in old],
                                      [line for _, line in new],
                                      autojunk=False)
    lines = []
    for group in matcher.get_grouped_opcodes(CONTEXT):
        lines += hunk(old, new, group)
    if lines:
        lines[:0] = [f"--- {old_step}/{name}", f"+++ {new_step}/{name}"]
    return lines


def shown(path, top):
    """A path from the top of the tree."""
    return path.resolve().relative_to(top.resolve()).as_posix()


def linked(name, old, new, top):
    """What a row says of a link, or None if it leads where it did."""
    target = new / name
    if (old / name).exists() and (old / name).resolve() == target.resolve():
        return None
    was = ", which was a file of its own" \
        if (old / name).is_file() and not (old / name).is_symlink() else ""
    return f"link to `+{shown(target, top)}+`{was}"


def compare(old, new):
    """(rows, listings): (name, what, lines new, lines gone); (title, lines).
    """
    top = new.resolve().parent.parent
    kinds = {"new": [], "changed": [], "linked": [], "dropped": []}
    listings = []
    for path in sorted(new.iterdir()):
        name = path.name
        if path.is_symlink():
            what = linked(name, old, new, top)
            if what:
                kinds["linked"].append((name, what, "", ""))
        elif not (old / name).is_file():
            kinds["new"].append((name, "new", len(text_of(path)), ""))
        else:
            before, now = text_of(old / name), text_of(path)
            kept = lines_kept(before, now)
            kinds["changed"].append((name, "changed", len(now) - kept,
                                     len(before) - kept))
            lines = difference(name, before, now, old.name, new.name)
            if lines:
                listings.append((name, lines))
    toml = new / "tests.toml"
    why = dict(DROPPED.findall(toml.read_text())) if toml.exists() else {}
    for path in sorted(old.iterdir()):
        if not (new / path.name).exists():
            own = path.is_file() and not path.is_symlink()
            what = f"dropped: {why[path.name]}" if why.get(path.name) \
                else "dropped"
            kinds["dropped"].append((path.name, what, "",
                                     len(text_of(path)) if own else ""))
    return [row for rows in kinds.values() for row in rows], listings


def table(old, new, rows):
    """The table of files."""
    yield f".Step {new.name} against step {old.name}"
    yield '[cols="4,9,>2,>2",options="header,footer",stripes=even]'
    yield "|==="
    yield "| File | | Lines new | Lines gone"
    yield ""
    for name, what, more, less in rows:
        cells = f"`+{name}+`", what, str(more), str(less)
        yield "".join(f" | {cell}" if cell else " |" for cell in cells)[1:]
    yield (f"| All | as `make check` counts | "
           f"{sum(row[2] or 0 for row in rows)} | "
           f"{sum(row[3] or 0 for row in rows)}")
    yield "|==="


def listing(name, lines):
    """A listing whose delimiter is none of its lines."""
    fence = "-" * 4
    while fence in lines:
        fence += "-"
    yield ""
    yield f".`+{name}+`"
    yield '[source,diff,subs="specialchars"]'
    yield fence
    yield from lines
    yield fence


def main():
    if len(sys.argv) != 3 or \
            not all(pathlib.Path(each).is_dir() for each in sys.argv[1:]):
        sys.exit(__doc__.rsplit("\n\n", 1)[1].strip())
    old, new = map(pathlib.Path, sys.argv[1:])
    rows, listings = compare(old, new)
    print(f"// Made by docs/tools/step_diff.py from {old.name}, {new.name}.")
    print("\n".join(table(old, new, rows)))
    for name, lines in listings:
        print("\n".join(listing(name, lines)))


main()
