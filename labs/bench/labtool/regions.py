# SPDX-License-Identifier: BSD-3-Clause
"""Regions of a source that a student writes, and what stands there before.

    /* LAB 01.2 begin: enter VMX root operation */
    ...the solution...
    /* LAB 01.2 end */

The starter is the source with every such region replaced by a call of panic()
that names the task, hence the solution is stored once, as the step's source.
`begin rows` marks a region inside a table, where only a comment can stand.
Markers stay in the starter: they say where the student's code goes.

A file may have regions of several labs, also one inside the other (a later
lab asks for a part of what an earlier one asked for); only the regions of the
lab in question are cut.  Regions of one lab lie side by side.
"""

import re
from dataclasses import dataclass

from benchlib.words import Refusal

_MARK = re.compile(r"\bLAB [0-9A-Za-z_-]+\.[0-9]+\b")
_BEGIN = re.compile(r"^(\s*)/\* LAB ([\w-]+)\.([0-9]+) begin( rows)?: "
                    r"(\S.*\S) \*/$")
_END = re.compile(r"^\s*/\* LAB ([\w-]+)\.([0-9]+) end \*/$")


@dataclass(frozen=True)
class Region:
    """One region: lines[first] is its begin marker, lines[last] its end."""
    lab: str
    number: int
    text: str           # what is to be written, as a phrase
    rows: bool
    indent: str
    file: str
    first: int
    last: int


def find(lines, file):
    """The regions of a source; a marker that is not one is refused."""
    found = []
    open_ = []          # (begin, index) of what has not ended yet
    for index, line in enumerate(lines):
        if not _MARK.search(line):
            continue
        where = f"{file}:{index + 1}"
        begin, end = _BEGIN.match(line), _END.match(line)
        if begin:
            for each, line_before in open_:
                if each[2] == begin[2]:
                    raise Refusal(f"{where}: a LAB region begins inside "
                                  "another, which began in line "
                                  f"{line_before + 1}.")
            open_.append((begin, index))
        elif not end:
            raise Refusal(f"{where}: this looks like a LAB marker but is "
                          f"neither a begin nor an end: {line.strip()}.")
        elif not open_:
            raise Refusal(f"{where}: a LAB region ends that did not begin.")
        else:
            mark, first = open_.pop()
            if (mark[2], mark[3]) != (end[1], end[2]):
                raise Refusal(f"{where}: LAB {end[1]}.{end[2]} ends where LAB "
                              f"{mark[2]}.{mark[3]} has begun.")
            found.append(Region(mark[2], int(mark[3]), mark[5], bool(mark[4]),
                                mark[1], file, first, index))
    if open_:
        mark, first = open_[-1]
        raise Refusal(f"{file}:{first + 1}: LAB {mark[2]}.{mark[3]} begins "
                      "but does not end.")
    return sorted(found, key=lambda region: region.first)


def _stub(region):
    """The lines that stand in for a solution."""
    name = f"lab {region.lab} task {region.number}: {region.text}"
    if region.rows:
        return [f"{region.indent}/* {name}: not written yet */"]
    one = f'{region.indent}panic("{name} is not written yet");'
    if len(one.expandtabs(8)) <= 80:
        return [one]
    return [f'{region.indent}panic("{name} "',
            f'{region.indent}    "is not written yet");']


def cut(text, file, lab):
    """A source with the regions of this lab replaced by their stubs."""
    lines = text.split("\n")
    for region in reversed(find(lines, file)):
        if region.lab == lab:
            lines[region.first + 1:region.last] = _stub(region)
    return "\n".join(lines)
