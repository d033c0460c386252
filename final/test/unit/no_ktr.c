/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * For rigs: a kernel that keeps no trace.
 */
#include <sys/ktr.h>
#include <sys/systm.h>

volatile u_int ktr_enabled;

void
ktr_log(const char *format, u_long a __unused, u_long b __unused)
{
	panic("ktr_log: %s", format);
}
