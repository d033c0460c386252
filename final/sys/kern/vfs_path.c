/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Paths as text: one component after the other.
 */
#include <sys/errno.h>
#include <sys/namei.h>
#include <sys/systm.h>

static const char *
skip_slashes(const char *p)
{
	while (*p == '/')
		p++;
	return (p);
}

/**
 * Takes the first component of a path.
 * @param path	terminated; slashes at its beginning are skipped
 * @param part	the component; pp_len is 0 if the path has none
 * @return	0; ENAMETOOLONG: it has more than NAME_MAX_FS bytes
 */
int
path_next(const char *path, struct path_part *part)
{
	const char *p;

	part->pp_name = p = skip_slashes(path);
	while (*p != '\0' && *p != '/')
		p++;
	part->pp_len = p - part->pp_name;
	part->pp_rest = p;
	part->pp_last = *skip_slashes(p) == '\0';
	part->pp_trailing = part->pp_last && *p == '/';
	return (part->pp_len > NAME_MAX_FS ? ENAMETOOLONG : 0);
}

/**
 * Compares a component with a name.
 * @param part	path_next()'s
 * @param name	terminated
 * @return	whether they are the same
 */
bool
path_is(const struct path_part *part, const char *name)
{
	return (strncmp(part->pp_name, name, part->pp_len) == 0 &&
	    name[part->pp_len] == '\0');
}
