# SPDX-License-Identifier: BSD-3-Clause
#
# Files of final/ that the interface reference has: the kernel beside the steps,
# the C library and the platform that is a process on pages of their own; all
# of each.
APIFINAL = ../final/sys/%
APILIB	 = ../final/lib/%
APIVKERNEL = ../final/sys/platform/vkernel64/% ../final/sys/dev/virtual/%
