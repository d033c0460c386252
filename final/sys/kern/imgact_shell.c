/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Scripts: a file that begins with "#!", a path, and maybe one argument, is
 * run by the program of that path.
 *
 *     #!interpreter argument
 *
 * makes "script a b" run as "interpreter argument script a b".
 */
#include <sys/errno.h>
#include <sys/imgact.h>
#include <sys/malloc.h>
#include <sys/namei.h>
#include <sys/systm.h>

#define LINE_MAX 256 /* of the first line that is looked at */

static bool
is_blank(char c)
{
	return (c == ' ' || c == '\t');
}

/* The words of the first line: interpreter and argument, ENOEXEC if the line
 * is too long or has no interpreter.  *arglen is 0 without an argument. */
static int
split(const char *line, size_t len, const char **interp, size_t *ilen,
    const char **arg, size_t *arglen)
{
	const char *p = line, *end;

	end = p;
	while (end < line + len && *end != '\n' && *end != '\0')
		end++;
	if (end == line + len && len == LINE_MAX)
		return (ENOEXEC);
	while (p < end && is_blank(*p))
		p++;
	*interp = p;
	while (p < end && !is_blank(*p))
		p++;
	*ilen = (size_t)(p - *interp);
	while (p < end && is_blank(*p))
		p++;
	while (end > p && (is_blank(end[-1]) || end[-1] == '\r'))
		end--;
	*arg = p;
	*arglen = (size_t)(end - p);
	return (*ilen != 0 ? 0 : ENOEXEC);
}

/**
 * If the file is a script, changes the arguments and says which program is to
 * be run instead.
 * @param imgp	the file; result: interp
 * @return	0; -1: it is no script; ENOEXEC; E2BIG
 */
int
exec_shell_imgact(struct image_params *imgp)
{
	const char *h = imgp->image_header, *interp, *arg;
	size_t len = MIN(imgp->header_len, (size_t)LINE_MAX + 2);
	size_t ilen, arglen, n;
	char *strs;
	int error;

	if (len < 2 || h[0] != '#' || h[1] != '!')
		return (-1);
	imgp->reason.words =
	    "its first line names no interpreter, or is too long";
	error = split(h + 2, len - 2, &interp, &ilen, &arg, &arglen);
	if (error == 0 && ilen >= sizeof(imgp->interp))
		error = ENOEXEC;
	if (error != 0)
		return (error);
	imgp->reason.words = NULL;

	n = strlen(imgp->execpath) + 1;
	strs = kmalloc(ilen + arglen + n + 2, M_TEMP, M_WAITOK | M_ZERO);
	memcpy(strs, interp, ilen);
	if (arglen != 0)
		memcpy(strs + ilen + 1, arg, arglen++);
	memcpy(strs + ilen + 1 + arglen, imgp->execpath, n);
	/* execpath was the interpreter's if that is a script, too. */
	memcpy(imgp->interp, strs, ilen + 1);
	error = exec_args_prepend(
	    imgp->args, strs, ilen + 1 + arglen + n, arglen != 0 ? 3 : 2);
	kfree(strs, M_TEMP);
	return (error);
}
