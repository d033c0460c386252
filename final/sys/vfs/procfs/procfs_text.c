/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * procfs: text that grows in a buffer.
 */
#include "procfs.h"
#include <sys/systm.h>

/**
 * Appends formatted text.
 * @param pt	text
 * @param fmt	as for kprintf()
 */
void
pfs_printf(struct pfs_text *pt, const char *fmt, ...)
{
	size_t room = PROCFS_TEXT - pt->pt_len;
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = kvsnprintf(pt->pt_buf + pt->pt_len, room, fmt, ap);
	va_end(ap);
	pt->pt_len += MIN((size_t)MAX(n, 0), room - (room != 0));
}

/**
 * Appends bytes.
 * @param pt	text
 * @param s	bytes
 * @param n	how many
 */
void
pfs_append(struct pfs_text *pt, const char *s, size_t n)
{
	n = MIN(n, PROCFS_TEXT - pt->pt_len);
	memcpy(pt->pt_buf + pt->pt_len, s, n);
	pt->pt_len += n;
}
