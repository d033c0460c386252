# SPDX-License-Identifier: BSD-3-Clause
"""Applies small unified diffs, exactly or not at all.

The line numbers of a hunk are not looked at: its old lines must be found in
the file once.  So a patch stays valid when something elsewhere in the file is
changed, and a patch that fits in two places or in none is refused.
"""

import re

from benchlib.words import Refusal


def _hunks(text, where):
    """(file, old lines, new lines) of every hunk."""
    file, hunks = None, []
    for line in text.splitlines():
        if line.startswith("+++ "):
            file = re.sub(r"^b/", "", line[4:].split("\t")[0].strip())
        elif line.startswith("@@"):
            if file is None:
                raise Refusal(f"{where}: a hunk comes before its file.")
            hunks.append((file, [], []))
        elif line.startswith("--- "):
            file = None
        elif hunks and file is not None:
            if line[:1] not in ("+", "-", " ", ""):
                raise Refusal(f"{where}: this is no line of a diff: {line}")
            if line[:1] != "+":
                hunks[-1][1].append(line[1:])
            if line[:1] != "-":
                hunks[-1][2].append(line[1:])
    if not hunks:
        raise Refusal(f"{where} has no hunk.")
    return hunks


def apply(path, where, source):
    """Apply the diff at `path`: {file: new text} of the files it changes.

    where    how messages name the diff
    source   function from a file's name to its text
    """
    with open(path, encoding="utf-8") as diff:
        text = diff.read()
    done = {}
    for file, old, new in _hunks(text, where):
        try:
            now = done[file] if file in done else source(file)
        except OSError:
            raise Refusal(f"{where}: there is no file {file}.") from None
        lines = now.split("\n")
        places = [at for at in range(len(lines) - len(old) + 1)
                  if lines[at:at + len(old)] == old]
        if len(places) != 1:
            raise Refusal(f"{where} does not apply: its lines are in {file} "
                          f"{'more than once' if places else 'nowhere'}.")
        lines[places[0]:places[0] + len(old)] = new
        done[file] = "\n".join(lines)
    return done
