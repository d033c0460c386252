/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * The rings of characters of a terminal.
 */
#include <sys/systm.h>
#include <sys/tty.h>

/**
 * Adds a character at the end.
 * @param cl	ring
 * @param c	character
 * @return	false when it is full
 */
bool
clist_putc(struct clist *cl, int c)
{
	if (cl->c_count == TTYHOG)
		return (false);
	cl->c_buf[(cl->c_head + cl->c_count++) % TTYHOG] = c;
	return (true);
}

/**
 * Takes the first character.
 * @param cl	ring
 * @return	it, or -1
 */
int
clist_getc(struct clist *cl)
{
	int c;

	if (cl->c_count == 0)
		return (-1);
	c = cl->c_buf[cl->c_head];
	cl->c_head = (cl->c_head + 1) % TTYHOG;
	cl->c_count--;
	return (c);
}

/**
 * Takes the last character.
 * @param cl	ring
 * @return	it, or -1
 */
int
clist_unputc(struct clist *cl)
{
	if (cl->c_count == 0)
		return (-1);
	return (cl->c_buf[(cl->c_head + --cl->c_count) % TTYHOG]);
}

/**
 * Looks at a character.
 * @param cl	ring
 * @param i	which, from the first one
 * @return	it, or -1
 */
int
clist_peek(const struct clist *cl, u_int i)
{
	if (i >= cl->c_count)
		return (-1);
	return (cl->c_buf[(cl->c_head + i) % TTYHOG]);
}

/**
 * Takes everything.
 * @param cl	ring
 */
void
clist_flush(struct clist *cl)
{
	cl->c_head = cl->c_count = 0;
}
