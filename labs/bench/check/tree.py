# SPDX-License-Identifier: BSD-3-Clause
"""The rules of the tree: layout, steps, links, licence lines.

Usage: tree.py.  Prints a line per rule and the faults under it; exit status 1
if there is any.

A step has every file of the step before it, under the same name.  One that it
can do without is dropped by a line in its tests.toml:

    # dropped: NAME reason
"""

import difflib
import hashlib
import os
import re
import sys

sys.dont_write_bytecode = True
TOP = os.path.realpath(os.path.join(os.path.dirname(__file__), "../../.."))
TOP_FOLDERS = {"steps", "final", "labs", "docs", ".ci"}
TOP_FILES = {"README.adoc", "LICENSE", "Makefile", ".clang-format",
             ".editorconfig", ".gitignore"}
#: .git is a file in a further work tree of git.
NOT_OURS = {"build", ".git", "labs/work"}
LINES_FIRST_STEP = 899
LINES_STEP = 800
RENAMED = 0.6                   # of a file's lines: it is an old one renamed
LICENCE = "SPDX-License-Identifier: BSD-3-Clause"
DROPPED = re.compile(r"^# dropped: *(\S*) *(.*)$", re.M)
_COMMENT = re.compile(r"/\*.*?\*/", re.S)
_TESTS = re.compile(r"\bstruct guest_test \w+\[\w*\] = \{$(.*?)^\};",
                    re.S | re.M)
_TEST_NAME = re.compile(r'^\s*\{\s*(?:\.name = )?"((?:[^"\\]|\\.)*)"', re.M)
#: Inputs of fuzzers: bytes, not text.
CORPUS = "/corpus/"
#: Formats without comments, and texts that are data.
NO_LICENCE = (".txt", ".json", ".expect", ".patch", "LICENSE", ".gitignore")


def walk():
    """(path relative to the top, is it a link) of all that is ours."""
    for folder, names, files in os.walk(TOP):
        relative = os.path.relpath(folder, TOP)
        names[:] = sorted(
            name for name in names
            if os.path.normpath(os.path.join(relative, name)) not in NOT_OURS)
        for name in names + files:
            path = os.path.normpath(os.path.join(relative, name))
            if path in NOT_OURS:
                continue
            link = os.path.islink(os.path.join(TOP, path))
            if link or name in files:
                yield path, link


def regular():
    """Paths of regular files."""
    return [path for path, link in walk() if not link]


def data_of(path):
    """The bytes of a file."""
    with open(os.path.join(TOP, path), "rb") as file:
        return file.read()


def layout():
    """the top has what the design names, and nothing else"""
    for name in sorted(set(os.listdir(TOP)) - NOT_OURS):
        is_folder = os.path.isdir(os.path.join(TOP, name))
        if name not in (TOP_FOLDERS if is_folder else TOP_FILES):
            yield f"{name} does not belong at the top"
    for name in sorted(TOP_FILES):
        if not os.path.isfile(os.path.join(TOP, name)):
            yield f"{name} is missing at the top"


def lines_kept(old, new):
    """How many lines of one text, as a list, are there in a later one."""
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    return sum(block.size for block in matcher.get_matching_blocks())


def _new_lines(path, before):
    """Lines of a step's file that the step before does not have in its."""
    lines = data_of(path).splitlines()
    older = os.path.join(before, os.path.basename(path)) if before else ""
    if not older or not os.path.isfile(os.path.join(TOP, older)):
        return len(lines)
    return len(lines) - lines_kept(data_of(older).splitlines(), lines)


def steps():
    """(step before or None, step) of every step, as paths."""
    folder = os.path.join(TOP, "steps")
    names = sorted(os.listdir(folder)) if os.path.isdir(folder) else []
    paths = [f"steps/{name}" for name in names]
    return list(zip([None, *paths], paths))


def own_files(step):
    """Paths of a step's regular files."""
    return [path for path in regular() if path.startswith(f"{step}/")]


def files_in(folder):
    """Names of all that is in a step's folder, links included."""
    return sorted(os.listdir(os.path.join(TOP, folder)))


def step_size():
    """what a step adds to the one before it is not too many lines"""
    for before, step in steps():
        lines = sum(_new_lines(path, before) for path in own_files(step))
        most = LINES_STEP if before else LINES_FIRST_STEP
        if lines > most:
            yield f"{step} adds or changes {lines} lines; {most} at most"
        else:
            print(f"      {step}: {lines} lines added or changed, {most} at "
                  "most")


def step_renames():
    """no step renames a file of the step before it"""
    for before, step in steps()[1:]:
        gone = set(files_in(before)) - set(files_in(step))
        old = {name: data_of(f"{before}/{name}").splitlines()
               for name in sorted(gone)
               if os.path.isfile(os.path.join(TOP, before, name))}
        for path in own_files(step):
            lines = data_of(path).splitlines()
            if os.path.basename(path) in files_in(before):
                continue
            for name, older in old.items():
                if lines_kept(older, lines) >= RENAMED * len(lines) > 0:
                    yield f"{path} is {before}/{name} renamed"


def _dropped(step):
    """{name: reason} of the lines in a step's tests.toml."""
    if "tests.toml" not in files_in(step):
        return {}
    text = data_of(f"{step}/tests.toml").decode("utf-8")
    return dict(DROPPED.findall(text))


def step_files():
    """a step has every file of the step before it, or says why not"""
    for before, step in steps()[1:]:
        have, had = set(files_in(step)), set(files_in(before))
        dropped = _dropped(step)
        for name in sorted(had - have - set(dropped)):
            yield (f"{step} has no {name}, which {before} has; link it, or "
                   f"say '# dropped: {name} REASON' in {step}/tests.toml")
        for name, reason in dropped.items():
            if name not in had - have:
                yield (f"{step}/tests.toml drops {name}, which " +
                       ("is there" if name in have else
                        f"{before} does not have"))
            elif not reason:
                yield f"{step}/tests.toml drops {name} without a reason"


def _guest_tests(step):
    """Names in the tables of guests of a step, wherever its C has them."""
    found = []
    for name in files_in(step):
        if name.endswith(".c"):
            text = data_of(f"{step}/{name}").decode("utf-8")
            for table in _TESTS.findall(_COMMENT.sub("", text)):
                found += _TEST_NAME.findall(table)
    return found


def step_tests():
    """a step runs every guest that the step before it runs"""
    for before, step in steps()[1:]:
        have = _guest_tests(step)
        for name in _guest_tests(before):
            if name not in have:
                yield f"{step} does not run '{name}' of {before}"


def links():
    """symbolic links are relative, lead to a real place, and do so at once"""
    for path, link in walk():
        if not link:
            continue
        target = os.readlink(os.path.join(TOP, path))
        place = os.path.normpath(os.path.join(os.path.dirname(path), target))
        if os.path.isabs(target):
            yield f"{path} is an absolute link"
        elif place.startswith(".."):
            yield f"{path} leads out of the tree"
        elif not os.path.exists(os.path.join(TOP, place)):
            yield f"{path} leads to {place}, which is not there"
        elif os.path.islink(os.path.join(TOP, place)):
            yield f"{path} leads to {place}, which is a link itself"


def once():
    """no file is there twice"""
    seen = {}
    for path in regular():
        data = data_of(path)
        if data:
            key = hashlib.sha256(data).digest()
            if key in seen:
                yield f"{path} is the same as {seen[key]}; link it"
            seen.setdefault(key, path)


def licences():
    """every file begins with its licence line"""
    for path in regular():
        if path.endswith(NO_LICENCE) or CORPUS in path or not data_of(path):
            continue
        head = b"\n".join(data_of(path).splitlines()[:4])
        if LICENCE.encode() not in head:
            yield f"{path} has no {LICENCE} in its first lines"


def cleanliness():
    """no blanks at line ends, no long Python or shell lines, no debris"""
    for path in regular():
        data = data_of(path)
        if "__pycache__" in path or path.endswith((".o", ".pyc", ".rej",
                                                   ".orig", "~", ".swp")):
            yield f"{path} was built or left behind here"
        if b"\0" in data or CORPUS in path or \
                path.endswith((".patch", ".txt", ".expect")):
            continue
        for number, line in enumerate(data.split(b"\n"), 1):
            if line.endswith((b" ", b"\t", b"\r")):
                yield f"{path}:{number} ends with a blank"
            if path.endswith(".py") and len(line) > 79:
                yield f"{path}:{number} is longer than 79 characters"
        if data and not data.endswith(b"\n"):
            yield f"{path} does not end with a newline"


RULES = (layout, step_size, step_renames, step_files, step_tests, links, once,
         licences, cleanliness)


def main():
    """Check every rule."""
    broken = 0
    for rule in RULES:
        faults = list(rule())
        print(f"{'BAD ' if faults else 'ok  '}  {rule.__doc__}")
        for fault in faults:
            print(f"      {fault}")
        broken += bool(faults)
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
