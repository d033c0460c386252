# SPDX-License-Identifier: BSD-3-Clause
"""The unit tests' vectors of the emulated processors are what the probe reads.

final/test/unit/vectors/bochs-NAME.txt is checked in so that unit tests need no
emulator; build/bench/vectors/NAME.txt is what the machine NAME has just said.
"""

import os
import sys

sys.dont_write_bytecode = True     # before the first import of ours
from taplib import TOP, Skip, main

from benchlib import capabilities
from benchlib.machines import all_machines

CHECKED_IN = os.path.join(TOP, "final/test/unit/vectors")
PROBED = os.path.join(TOP, "build/bench/vectors")


def words_of(path):
    """Key and value of each line, without comments."""
    with open(path, encoding="ascii") as file:
        lines = [line.partition("#")[0].split() for line in file]
    return {" ".join(line[:-1]): line[-1] for line in lines if line}


def test_of(name):
    """A test for one machine."""
    def test():
        checked_in = os.path.join(CHECKED_IN, f"bochs-{name}.txt")
        if not os.path.exists(checked_in):
            raise Skip(f"there is no vector bochs-{name}.txt")
        got = words_of(os.path.join(PROBED, f"{name}.txt"))
        wanted = words_of(checked_in)
        differ = sorted(key for key in {*got, *wanted}
                        if got.get(key) != wanted.get(key))
        assert not differ, ", ".join(
            f"{key}: machine {got.get(key)}, vector {wanted.get(key)}"
            for key in differ)
    test.__doc__ = f"{name}: what it says of itself is the vector"
    return test


if __name__ == "__main__":
    capabilities.refresh()
    sys.exit(main([
        test_of(machine.name) for machine in all_machines().values()
        if machine.emulator == "bochs" and machine.name != "ryzen"]))
