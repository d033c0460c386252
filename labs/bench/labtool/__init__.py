# SPDX-License-Identifier: BSD-3-Clause
"""The modules of the lab tool; `labs/bench/labtool/lab` is its program."""
