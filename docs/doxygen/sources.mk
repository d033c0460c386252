# SPDX-License-Identifier: BSD-3-Clause
#
# Files of final/ that the interface reference has: the kernel beside the steps,
# the C library on pages of its own; all of both.
APIFINAL = ../final/sys/%
APILIB	 = ../final/lib/%
