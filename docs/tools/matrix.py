#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Makes the table "subjects, labs and tests" and checks it against the tests.

The rows are in a data file; its test patterns (as in fnmatch) are matched
against the names in every tests.toml of the tree, AREA.NAME as the bench has
them (without machine and number of processors).  A pattern that matches no
test is an error, since then the book claims a test that does not exist.  So is
a lab or step that is not there.  Tests that no row names are listed in a last
row, so that nothing is hidden.

usage: matrix.py MATRIX.toml ROOT        the table in AsciiDoc on stdout
"""
import fnmatch
import pathlib
import re
import sys
import tomllib

PLACES = ("steps/*/tests.toml", "labs/*/tests.toml", "labs/bench/*/tests.toml",
          "final/test/*/tests.toml", "docs/tests.toml")


def test_names(root):
    """The name of every test of the tree, once, in order."""
    names = []
    for place in PLACES:
        for path in sorted(root.glob(place)):
            area = path.parent.relative_to(root).as_posix()
            if area == "labs/work":
                continue
            with path.open("rb") as file:
                names += [f"{area}.{test['name']}"
                          for test in tomllib.load(file).get("test", [])]
    return list(dict.fromkeys(names))


def lab_cell(root, lab):
    """A link to the lab's chapter, by the id that its lab.adoc begins with."""
    path = root / "labs" / lab / "lab.adoc"
    if not path.exists():
        raise ValueError(f"there is no labs/{lab}/lab.adoc")
    found = re.search(r"^\[(?:#|\[)([\w-]+)", path.read_text(), re.MULTILINE)
    return f"<<{found[1]},{lab}>>" if found else lab


def brief(names):
    """Names for a table cell; a long list is cut, with its length."""
    shown = ", ".join(f"`{n}`" for n in names[:6])
    rest = len(names) - 6
    return shown + (f" and {rest} more" if rest > 0 else "")


def row(root, subject, names, used):
    title = subject["title"]
    hits = []
    for pattern in subject["tests"]:
        some = fnmatch.filter(names, pattern)
        if not some:
            raise ValueError(f"{title!r}: no test is named {pattern!r}")
        hits += [n for n in some if n not in hits]
    used.update(hits)
    step = subject.get("step", "")
    if step and not (root / "steps" / step).is_dir():
        raise ValueError(f"{title!r}: there is no steps/{step}")
    labs = ", ".join(lab_cell(root, lab) for lab in subject.get("labs", []))
    where = subject.get("section", "")
    return [title, f"<<{where}>>" if where else "", step, labs, brief(hits)]


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__.rsplit("\n\n", 1)[1].strip())
    with open(sys.argv[1], "rb") as file:
        subjects = tomllib.load(file)["subject"]
    root = pathlib.Path(sys.argv[2])
    names = test_names(root)
    used = set()
    try:
        rows = [row(root, subject, names, used) for subject in subjects]
    except (ValueError, KeyError) as error:
        sys.exit(f"{sys.argv[1]}: {error}")
    others = [name for name in names if name not in used]
    if others:
        rows.append(["everything else", "", "", "", brief(others)])
    print('[cols="5,3,3,3,7",options=header,stripes=even]\n|===')
    print("| Subject | Explained in | Step | Lab | Tests\n")
    for cells in rows:
        print("\n".join("| " + cell for cell in cells) + "\n")
    print("|===")


main()
