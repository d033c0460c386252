# SPDX-License-Identifier: BSD-3-Clause
"""What each machine has, asked of the machine itself by the probe kernel.

Made in build/bench:

    capabilities.json   the answers by machine
    capabilities.adoc   the table that the documents include
    vectors/NAME.txt    raw CPUID words and MSRs, as the unit tests read them
"""

import concurrent.futures
import json
import os
import re

from .machines import all_machines, choose
from .run import CONSOLE, Job, read, run
from .words import Refusal, TOP, build_path, os_refusal, warn

KERNEL = build_path("labs", "bench", "probe", "kernel")

#: Columns of the table: feature, heading, what it is.
COLUMNS = (
    ("vmx", "VMX", "VMX can be used"),
    ("ept", "EPT", "extended page tables"),
    ("ept_ad", "A/D", "accessed and dirty bits in EPT entries"),
    ("ept_1g", "1 GB EPT", "1 GB leaves in EPT"),
    ("page_1g", "1 GB pages", "1 GB pages in ordinary page tables (CPUID "
     "80000001H, EDX bit 26)"),
    ("vpid", "VPID", "virtual-processor identifiers"),
    ("invept", "INVEPT", "its types: 1 single context, 2 all contexts"),
    ("invvpid", "INVVPID", "its types: 0 one address, 1 single context, 2 all "
     "contexts, 3 single context without global pages"),
    ("unrestricted_guest", "UG", "unrestricted guest"),
    ("preemption_timer", "Timer", "VMX-preemption timer"),
    ("x2apic", "x2APIC", "x2APIC mode"),
    ("maxphyaddr", "PA", "physical-address bits"),
)


def _ask(name):
    """Run the probe on a machine; return (features, vector text)."""
    result = run(Job(choose(name), KERNEL),
                 build_path("bench", "probe", name))
    console = read(result.out, CONSOLE).decode("ascii", "replace")
    console = console.replace("\r", "")
    vector = re.search(r"^vector begin\n(.*?)^vector end\n", console,
                       re.M | re.S)
    if not result.ok or not vector:
        raise Refusal(f"the probe failed on {name}: {result.sentence}; its "
                      f"record is in build/bench/probe/{name}.")
    return dict(re.findall(r"^feature (\S+) (\S+)$", console, re.M)), vector[1]


def _table(answers):
    """The AsciiDoc table of everyone's answers."""
    rows = [["Machine", *(head for _, head, _ in COLUMNS)]]
    for name, features in answers.items():
        cells = [features.get(key, "?") for key, _, _ in COLUMNS]
        rows.append([name, *({"no": "-", "0+1+2+3": "0-3"}.get(cell, cell)
                             for cell in cells)])
    # As wide as the longest word and the blank beside it; a capital is wider.
    widths = [max(sum(1.3 if letter.isupper() else 1 for letter in word)
                  for cell in column for word in cell.split()) + 2.4
              for column in zip(*rows)]
    lines = ["// Made by `labs/bench/bench machines --probe`.",
             '[.dense%header,cols="'
             + ",".join(f"{10 * width:.0f}" for width in widths) + '"]',
             "|==="]
    lines += [" ".join(f"| {cell}" for cell in row) for row in rows]
    lines += ["|===", ""]
    lines += [f"{head}:: {what}" for _, head, what in COLUMNS]
    return "\n".join(lines) + "\n"


def _write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path + ".new", "w", encoding="utf-8") as file:
        file.write(text)
    os.rename(path + ".new", path)


def probe():
    """Ask every machine, write the files, return features by machine."""
    names = list(all_machines())
    with concurrent.futures.ThreadPoolExecutor(
            len(os.sched_getaffinity(0))) as pool:
        results = dict(zip(names, pool.map(_ask, names)))
    answers = {name: features for name, (features, _) in results.items()}
    try:
        for name, (_, vector) in results.items():
            _write(build_path("bench", "vectors", f"{name}.txt"), vector)
        _write(build_path("bench", "capabilities.adoc"), _table(answers))
        _write(build_path("bench", "capabilities.json"),
               json.dumps(answers, indent=2) + "\n")
    except OSError as error:
        raise os_refusal(error) from None
    return answers


def print_table(answers):
    """Print the answers for a person at a terminal."""
    width = max(len(name) for name in answers)
    print(" " * width, " ".join(f"{head:>10}" for _, head, _ in COLUMNS))
    for name, features in answers.items():
        cells = [features.get(key, "?") for key, _, _ in COLUMNS]
        print(f"{name:{width}}", " ".join(f"{cell:>10}" for cell in cells))


def refresh():
    """Ask again only if the probe or the table of machines is newer."""
    made = build_path("bench", "capabilities.json")
    sources = (KERNEL, os.path.join(TOP, "labs/bench/machines.toml"))
    if os.path.exists(made) and all(
            os.path.getmtime(made) > os.path.getmtime(source)
            for source in sources if os.path.exists(source)):
        return
    warn("asking every machine what it has")
    probe()
