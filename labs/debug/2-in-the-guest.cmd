# SPDX-License-Identifier: BSD-3-Clause
# Stopped in VMX non-root mode, ring 3: control registers, segments, pages.
lb "guest_hello"
c
c
creg
sreg
page 0x400000
page 0x7ffffffffff8
page 0x140000000
