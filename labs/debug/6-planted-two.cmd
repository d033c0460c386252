# SPDX-License-Identifier: BSD-3-Clause
# planted: two
lb "guest_memory"
vmexitbp
d 2
c
r
page 0x7fffffe00000
