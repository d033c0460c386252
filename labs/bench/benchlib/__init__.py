# SPDX-License-Identifier: BSD-3-Clause
"""The modules of the emulator bench; `labs/bench/bench` is its program."""
