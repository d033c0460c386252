# SPDX-License-Identifier: BSD-3-Clause
# planted: one
c
c
show "cpu0.VMX.VMCS_CACHE.VMEXEC_CTRLS"
