# SPDX-License-Identifier: BSD-3-Clause
"""TAP for the bench's own Python tests: a plan, then a line for each test."""

import os
import shutil
import sys
import traceback

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(os.path.dirname(HERE)))
BENCH = os.path.join(TOP, "labs/bench/bench")
KERNEL = os.path.join(TOP, "build/labs/bench/test/kernel")
#: Where these tests may write; the bench gives each a folder.
PLACE = os.environ.get("BENCH_OUT", os.path.join(TOP, "build/bench/tests"))
sys.path.insert(0, os.path.dirname(HERE))


class Skip(Exception):
    """Raised by a test that cannot be run here; str() is the reason."""


def same(got, wanted):
    """Assert equality and show both."""
    assert got == wanted, f"got {got!r}, wanted {wanted!r}"


def has(text, part):
    """Assert that a text has a part, and show the text if not."""
    assert part in text, f"no {part!r} in {text!r}"


def copy_of_tree(name):
    """A copy of what `make run` needs, in a folder with a space."""
    tree = os.path.join(PLACE, name)
    shutil.rmtree(tree, ignore_errors=True)
    os.makedirs(tree)
    for each in ("Makefile", "labs", "steps", "final"):
        source = os.path.join(TOP, each)
        if os.path.isdir(source):
            shutil.copytree(source, os.path.join(tree, each), symlinks=True,
                            ignore=shutil.ignore_patterns("work"))
        elif os.path.exists(source):
            shutil.copy(source, tree)
    return tree


def main(tests):
    """Run functions as tests, named by the first line of their docstrings."""
    print(f"1..{len(tests)}", flush=True)
    missed = 0
    for number, test in enumerate(tests, 1):
        name = test.__doc__.splitlines()[0].rstrip(".")
        try:
            test()
            print(f"ok {number} - {name}")
        except Skip as reason:
            print(f"ok {number} - {name} # SKIP {reason}")
        except Exception:                       # a test may raise anything
            missed += 1
            print(f"not ok {number} - {name}")
            for line in traceback.format_exc().splitlines()[-6:]:
                print(f"# {line}")
        sys.stdout.flush()
    return 1 if missed else 0
