# SPDX-License-Identifier: BSD-3-Clause
"""The table of machines (machines.toml) and the words MACHINE, CPUS, MEM."""

import os
import re
import tomllib
from dataclasses import dataclass

from .words import Refusal, TOP, nearest


@dataclass(frozen=True)
class Machine:
    """A row of machines.toml."""
    name: str
    emulator: str       # "bochs" or "qemu"
    model: str          # the emulator's name for the processor
    what: str           # a phrase for people


@dataclass(frozen=True)
class Choice:
    """A machine with its size: what one run is started on."""
    machine: Machine
    cpus: int
    mem: int            # MB

    def words(self):
        """The choice as a phrase."""
        return (f"{self.machine.name} ({self.machine.what}), {self.cpus} "
                f"CPU{'s' * (self.cpus > 1)}, {self.mem} MB")

    def for_make(self, append=""):
        """The words with which make runs a kernel so."""
        words = [f"MACHINE={self.machine.name}", f"CPUS={self.cpus}"]
        if self.mem != _table()["limits"]["mem_default"]:
            words.append(f"MEM={self.mem}m")
        return words + ([f"APPEND={append}"] if append else [])


def _table():
    with open(os.path.join(TOP, "labs/bench/machines.toml"), "rb") as file:
        return tomllib.load(file)


def all_machines():
    """Every machine by name, in the order of the table."""
    return {name: Machine(name, row["emulator"], row["model"], row["what"])
            for name, row in _table()["machine"].items()}


def default_machine():
    """The name of the machine that is meant when none is given."""
    return _table()["default"]


def find_machine(name):
    """The machine of that name, or a Refusal that lists those there are."""
    machines = all_machines()
    if name not in machines:
        raise Refusal(f"there is no machine {name!r}"
                      f"{nearest(name, machines)}; the machines are "
                      f"{', '.join(machines)}.")
    return machines[name]


def _cpus(text, limits):
    if text in (None, ""):
        return limits["cpus_default"]
    if not re.fullmatch(r"[0-9]{1,6}", str(text)) or \
            not 1 <= int(text) <= limits["cpus_max"]:
        raise Refusal(f"CPUS={text} is not a number from 1 to "
                      f"{limits['cpus_max']}.")
    return int(text)


def _mem(text, limits):
    if text in (None, ""):
        return limits["mem_default"]
    match = re.fullmatch(r"([0-9]{1,6})([mMgG]?)", str(text))
    size = int(match[1]) * (1024 if match[2] in ("g", "G") else 1) \
        if match else 0
    if not limits["mem_min"] <= size <= limits["mem_max"]:
        raise Refusal(f"MEM={text} is not a size from {limits['mem_min']}m to "
                      f"{limits['mem_max']}m, such as 256m or 1g.")
    return size


def choose(machine=None, cpus=None, mem=None):
    """The Choice for the three words of the user; empty means the default."""
    found = find_machine(machine or default_machine())
    limits = _table()["limits"]
    limits = limits | limits.get(found.emulator, {})
    return Choice(found, _cpus(cpus, limits), _mem(mem, limits))
