# SPDX-License-Identifier: BSD-3-Clause
"""Kernels of Damselfly side by side: what an operation takes in each.

Made of measurements of the same machine by measure.py; goes to a folder of its
own beside theirs, build/bench/measure/compare-LAST-MACHINE-CPUS.
"""

from . import measure

#: Kernels, as columns are called.
NAMES = {"host": "native", "software": "software vkernel",
         "ept": "EPT vkernel"}
#: Units in which operations are compared, the first that there is.
UNITS = ("instructions", "ticks")


def compare(several):
    """A Measured of the operations that all of some Measured have.

    A row has a column for each, and how many times the first each other is.
    """
    last = several[-1]
    unit = next(unit for unit in UNITS
                if any(unit in row for row in last.rows.values()))
    rows = {}
    for name in several[0].rows:
        values = [each.rows.get(name, {}).get(unit) for each in several]
        if None in values or name.startswith("boot"):
            continue
        rows[name] = {f"{unit}, {NAMES[each.step]}": value
                      for each, value in zip(several, values)}
        rows[name] |= {f"{NAMES[each.step]} / native":
                       f"{float(value) / float(values[0]):.2f}"
                       for each, value in zip(several[1:], values[1:])}
    return measure.Measured(measure.COMPARED, last.choice, last.command, rows)


def write(several, mem="", append=""):
    """Compare and write that; the Measured, and its folder."""
    compared = compare(several)
    folder = measure.folder_for(f"compare-{several[-1].step}",
                                several[-1].choice, mem, append)
    measure.write(compared, folder)
    return compared, folder
