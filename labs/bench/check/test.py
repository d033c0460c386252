# SPDX-License-Identifier: BSD-3-Clause
"""The rules of the tree are noticed to be broken: one defect for each test.

Each test begins with a small tree of two steps in which every rule holds.
"""

import contextlib
import io
import os
import shutil
import sys

sys.dont_write_bytecode = True      # before the first import of ours
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(os.path.dirname(HERE), "test")]
from taplib import PLACE, main, same
import tree

LINE = "SPDX-License-Identifier: BSD-3-Clause"
TOML = f"# {LINE}\n"
ROW = '\t{ "page \\"1\\"",\n\t    guest_page, 1 },\n'


def guests(rows, name="guest_tests"):
    """A vmm_test.c with these rows in its table, besides its own."""
    return (f"/* {LINE} */\nstatic const struct guest_test {name}[] = {{\n"
            f'\t{{ "prints", guest_hello, 0 }},\n{rows}}};\n')


#: Path: text, or "->" and where a link leads.
TREE = {
    "README.adoc": f"// {LINE}\n", "LICENSE": "x\n",
    "Makefile": f"# {LINE}\n# top\n", ".clang-format": f"# {LINE}\n# c\n",
    ".editorconfig": f"# {LINE}\n# e\n", ".gitignore": "build\n",
    "final/f.c": f"/* {LINE} */\nint f;\n",
    "steps/01-a/f.c": "->../../final/f.c",
    "steps/01-a/g.c": f"/* {LINE} */\nint g;\nint h;\nint i;\n",
    "steps/01-a/vmm_test.c": guests(ROW),
    "steps/01-a/tests.toml": TOML + "# one\n",
    "steps/02-b/f.c": "->../../final/f.c",
    "steps/02-b/g.c": "->../01-a/g.c",
    "steps/02-b/vmm_test.c": guests(ROW + '\t{ "more", guest_m },\n'),
    "steps/02-b/tests.toml": TOML + "# two\n",
}


def faults(rule, change=None):
    """What a rule says of the tree with files changed; None removes one."""
    top = os.path.join(PLACE, "tree")
    shutil.rmtree(top, ignore_errors=True)
    files = TREE | (change or {})
    for name, text in files.items():
        path = os.path.join(top, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        if text is None:
            continue
        if text.startswith("->"):
            os.symlink(text[2:], path)
        else:
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)
    tree.TOP = top
    with contextlib.redirect_stdout(io.StringIO()):
        return list(rule())


def all_hold():
    """A tree in which every rule holds has no fault"""
    for rule in tree.RULES:
        same((rule.__name__, faults(rule)), (rule.__name__, []))


def renames():
    """A renamed file is a fault, and a new one that is like none is not"""
    text = TREE["steps/01-a/g.c"]
    gone = {"steps/02-b/g.c": None}

    def with_h(lines, change):
        return faults(tree.step_renames, {"steps/02-b/h.c": lines} | change)

    same(with_h(text + "int j;\n", gone),
         ["steps/02-b/h.c is steps/01-a/g.c renamed"])
    same(with_h("int x;\nint y;\n", gone), [])
    same(with_h(text + "int j;\n" * 4, gone), [])      # half of it is new
    same(with_h(text + "int j;\n", {}), [])            # g.c is still there


def files():
    """A file that is missing in a step is a fault unless it is dropped"""
    gone = {"steps/02-b/g.c": None}
    same(faults(tree.step_files, gone),
         ["steps/02-b has no g.c, which steps/01-a has; link it, or say "
          "'# dropped: g.c REASON' in steps/02-b/tests.toml"])
    for line, change, wanted in (
            ("g.c nobody calls it", gone, []),
            ("g.c", gone, ["g.c without a reason"]),
            ("g.c nobody calls it", {}, ["g.c, which is there"]),
            ("h.c nobody calls it", {},
             ["h.c, which steps/01-a does not have"])):
        toml = {"steps/02-b/tests.toml": f"{TOML}# dropped: {line}\n"}
        same(faults(tree.step_files, toml | change),
             [f"steps/02-b/tests.toml drops {each}" for each in wanted])


def tests():
    """A guest that a step no longer runs is a fault, wherever its row is"""
    lost = ["steps/02-b does not run 'page \\\"1\\\"' of steps/01-a"]
    without = {"steps/02-b/vmm_test.c": guests("")}

    def with_pages(text):
        return faults(tree.step_tests,
                      without | {"steps/02-b/pages.c": text})

    same(faults(tree.step_tests, without), lost)
    same(with_pages(guests(ROW, "page_tests")), [])
    same(with_pages(guests("/*\n" + ROW + "*/\n")), lost)
    same(with_pages(guests(ROW).replace("guest_test ", "other_test ")), lost)
    same(faults(tree.step_tests, {"steps/02-b/vmm_test.c": "int none;\n"}),
         ["steps/02-b does not run 'prints' of steps/01-a", *lost])


def copies():
    """A file that could be a link must not be a copy"""
    same(faults(tree.once, {"steps/02-b/g.c": TREE["steps/01-a/g.c"]}),
         ["steps/02-b/g.c is the same as steps/01-a/g.c; link it"])


def links():
    """A link to a link, to nothing, out of the tree or absolute is a fault"""
    for target, words in (
            ("../01-a/f.c", "leads to steps/01-a/f.c, which is a link itself"),
            ("../01-a/x.c", "leads to steps/01-a/x.c, which is not there"),
            ("../../../x.c", "leads out of the tree"),
            ("/etc/passwd", "is an absolute link")):
        same(faults(tree.links, {"steps/02-b/f.c": "->" + target}),
             [f"steps/02-b/f.c {words}"])


def size():
    """A step that adds too many lines is a fault"""
    text = "".join(f"int x{n};\n" for n in range(tree.LINES_STEP))
    said = faults(tree.step_size, {"steps/02-b/x.c": text})
    same(len(said), 1)
    assert "steps/02-b adds or changes" in said[0], said


def others():
    """A stranger at the top, no licence line, a blank at an end are faults"""
    same(faults(tree.layout, {"extra/x.c": "int x;\n"}),
         ["extra does not belong at the top"])
    same(faults(tree.licences, {"final/x.c": "int x;\n"}),
         [f"final/x.c has no {LINE} in its first lines"])
    same(faults(tree.cleanliness, {"final/x.c": "int x; \n"}),
         ["final/x.c:1 ends with a blank"])


if __name__ == "__main__":
    sys.exit(main([all_hold, renames, files, tests, copies, links, size,
                   others]))
