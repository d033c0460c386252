# SPDX-License-Identifier: BSD-3-Clause
#
# Files of final/ that the interface reference has beside those of the steps:
# the kernel, all of it.  The C library's functions are those of the standards
# and not in it.
APIFINAL = ../final/sys/%
