# SPDX-License-Identifier: BSD-3-Clause
# The current VMCS as Bochs keeps it, at the first VM exit.
c
c
show "cpu0.VMX"
