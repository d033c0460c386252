# SPDX-License-Identifier: BSD-3-Clause
"""Kernels of Damselfly side by side: what an operation takes in each.

Made of measurements of the same machine by measure.py; goes to a folder of its
own beside theirs, build/bench/measure/compare-LAST-MACHINE-CPUS.  Of counts of
Bochs it also has estimate-NAME.txt and .adoc for some generations of real
processors, by the prices in labs/bench/costs.toml: an estimate.
"""

import os
import tomllib

from . import measure
from .words import TOP

#: Kernels, as columns are called.
NAMES = {"host": "native", "software": "software vkernel",
         "ept": "EPT vkernel"}
#: Units in which operations are compared, the first that there is.
UNITS = ("instructions", "ticks")
COSTS = os.path.join(TOP, "labs", "bench", "costs.toml")


def _table(several, value_of, what, base):
    """A Measured: a column for each of several, and ratios to those of base.

    value_of   gives a number, or None, for a Measured and the name of a row
    what       unit of the numbers
    base       numbers of the columns that others are divided by
    """
    names = [NAMES[each.step] for each in several]
    rows = {}
    for name in several[0].rows:
        values = [value_of(each, name) for each in several]
        if None in values or name.startswith("boot"):
            continue
        row = {f"{what}, {each}": f"{value:.0f}"
               for each, value in zip(names, values)}
        for first in base:
            for each in range(first + 1, len(several)):
                row[f"{names[each]} / {names[first].split()[0]}"] = \
                    f"{values[each] / values[first]:.2f}"
        rows[name] = row
    last = several[-1]
    return measure.Measured(measure.COMPARED, last.choice, last.command, rows)


def compare(several):
    """A Measured of the operations that all of some Measured have.

    A row has a column for each, and how many times the native one the others
    are; of three also how many times the second the third is.
    """
    unit = next(unit for unit in UNITS
                if any(unit in row for row in several[-1].rows.values()))

    def value_of(each, name):
        text = each.rows.get(name, {}).get(unit)
        return None if text is None else float(text)

    return _table(several, value_of, unit, range(len(several) - 1))


def cycles(row, costs, generation):
    """Estimated cycles of an operation, None if it was not counted in full.

    row   {unit: text of value}, as /usr/test/bench prints it
    """
    if not {"instructions", "host system calls"} <= set(row):
        return None
    count = {unit: float(text) for unit, text in row.items()}
    exits = count.get("VM exits", 0)
    # Behind nested page tables system calls and faults are exits.
    calls = 0 if exits else count["host system calls"]
    traps = count["host traps"]
    faults = min(traps, count["host page faults"])
    return (count["instructions"] * costs["instruction"] +
            # What is no fault is SYSCALL of a vkernel's process.
            (calls + traps - faults) * costs["syscall"] +
            (faults + count["host interrupts"]) * costs["gate"] +
            exits * generation["exit"])


def estimates(several):
    """[(generation, Measured in cycles), ...]; [] without counts for it."""
    with open(COSTS, "rb") as file:
        costs = tomllib.load(file)
    found = []
    for generation in costs["generation"]:
        table = _table(
            several,
            lambda each, name, generation=generation: cycles(
                each.rows.get(name, {}), costs, generation),
            "cycles", range(len(several) - 1))
        table.title = (f"Estimate for {generation['processor']}, from the "
                       "counts above")
        if table.rows:
            found.append((generation["name"].lower(), table))
    return found


def write(several, mem="", append=""):
    """Compare and write that; [Measured, ...] and their folder."""
    compared = compare(several)
    folder = measure.folder_for(f"compare-{several[-1].step}",
                                several[-1].choice, mem, append)
    measure.write(compared, folder)
    tables = [compared]
    for name, table in estimates(several):
        tables.append(table)
        for kind, text in (("txt", measure.as_text(table)),
                           ("adoc", measure.as_adoc(table))):
            place = os.path.join(folder, f"estimate-{name}.{kind}")
            with open(place, "w", encoding="utf-8") as file:
                file.write(text)
    return tables, folder
