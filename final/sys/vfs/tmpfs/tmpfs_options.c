/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * tmpfs: the options of a mount, as mount(8) is told them.
 *
 *     size=N[k|m|g]   bytes; N%: of the memory; 0: half of it
 *     nr_inodes=N[k|m|g], inodes=N   files; 0: one for each page of the size
 *     mode=N, uid=N, gid=N           of the root; mode in octal
 */
#include "tmpfs.h"

/* Bytes of a word up to what ends it. */
static size_t
span(const char *p, const char *ends)
{
	size_t n = 0;

	while (p[n] != '\0' && strchr(ends, p[n]) == NULL)
		n++;
	return (n);
}

/* What a letter multiplies by; 0: none of ours. */
static u_long
factor(char letter)
{
	switch (letter) {
	case 'k':
	case 'K':
		return (1UL << 10);
	case 'm':
	case 'M':
		return (1UL << 20);
	case 'g':
	case 'G':
		return (1UL << 30);
	default:
		return (0);
	}
}

/* A number that is all of the n bytes at p, with a letter behind it if
 * `letters`. */
static int
number(const char *p, size_t n, int base, bool letters, u_long *res)
{
	u_long by = 1, v;
	char *end;

	if (n == 0 || p[0] < '0' || p[0] > '9')
		return (EINVAL);
	v = strtoul(p, &end, base);
	if (letters && end + 1 == p + n && *end == '%') {
		if (v > 100)
			return (EINVAL);
		*res = vm_page_total_count() * v / 100 * PAGE_SIZE;
		return (0);
	}
	if (letters && end + 1 == p + n) {
		by = factor(*end++);
		if (by == 0)
			return (EINVAL);
	}
	if (end != p + n || v > (u_long)TMPFS_FILE_MAX / by)
		return (EINVAL);
	*res = v * by;
	return (0);
}

static bool
is(const char *p, size_t n, const char *word)
{
	return (strlen(word) == n && memcmp(p, word, n) == 0);
}

/* One option: n bytes of name, and its value. */
static int
option(const char *name, size_t n, const char *value, size_t len,
    struct tmpfs_args *args)
{
	bool size = is(name, n, "size");
	bool nodes = is(name, n, "nr_inodes") || is(name, n, "inodes");
	bool mode = is(name, n, "mode");
	u_long v;
	int error;

	if (!size && !nodes && !mode && !is(name, n, "uid") &&
	    !is(name, n, "gid"))
		return (EINVAL);
	error = number(value, len, mode ? 8 : 10, size || nodes, &v);
	if (error != 0)
		return (error);
	if (size)
		args->ta_size_max = v;
	else if (nodes)
		args->ta_nodes_max = v;
	else if (v > (mode ? ALLPERMS : 0x7fffffffUL))
		return (EINVAL);
	else if (mode)
		args->ta_root_mode = v;
	else if (name[0] == 'u')
		args->ta_root_uid = v;
	else
		args->ta_root_gid = v;
	return (0);
}

/**
 * Reads options.
 * @param text	"size=1m,mode=755", may be empty; or NULL
 * @param args	what is named is changed
 * @return	0; EINVAL: an option or a value that there is not
 */
int
tmpfs_options(const char *text, struct tmpfs_args *args)
{
	const char *value;
	size_t n, len;
	int error;

	while (text != NULL && *text != '\0') {
		n = span(text, ",=");
		value = text + n + (text[n] == '=' ? 1 : 0);
		len = span(value, ",");
		if (n + len != 0) {
			error = option(text, n, value, len, args);
			if (error != 0)
				return (error);
		}
		text = value + len + (value[len] == ',' ? 1 : 0);
	}
	return (0);
}
