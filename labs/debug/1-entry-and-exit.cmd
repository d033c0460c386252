# SPDX-License-Identifier: BSD-3-Clause
# The first VM entry of the first guest, and its first VM exit.
info symbols "vmx_e"
c
u /3
info break
d 2
lb "vmx_entry_launch"
c
s
c
r
