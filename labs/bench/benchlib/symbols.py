# SPDX-License-Identifier: BSD-3-Clause
"""The kernel's symbol list (kernel.sym beside the kernel): "ADDRESS NAME"."""

import bisect
import functools
import os


def path_of(kernel):
    """Where the symbol list of a kernel is, whether or not it exists."""
    return kernel + ".sym"


@functools.lru_cache(maxsize=8)
def load(kernel):
    """Sorted (address, name) pairs; empty if there is no list."""
    pairs = []
    if os.path.exists(path_of(kernel)):
        with open(path_of(kernel), encoding="ascii") as file:
            for line in file:
                words = line.split()
                if len(words) >= 2:
                    pairs.append((int(words[0], 16), words[-1]))
    return tuple(sorted(pairs))


def name_of(kernel, address):
    """'function+0x12' for an address, or '' where no symbol is near."""
    pairs = load(kernel)
    at = bisect.bisect_right(pairs, (address, "\x7f")) - 1
    if at < 0 or address - pairs[at][0] > 0x10000:
        return ""
    return f"{pairs[at][1]}+0x{address - pairs[at][0]:x}"
