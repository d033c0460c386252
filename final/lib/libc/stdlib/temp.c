/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Files that nobody has yet, and names without links.
 */
#include <sys/stat.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define TRIES 100

/* Tries names for the X at the end until make() takes one. */
static int
temporary(char *template, int (*make)(const char *))
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789";
	size_t len = strlen(template), n = 0;
	int fd;

	while (n < len && template[len - 1 - n] == 'X')
		n++;
	if (n < 6) {
		errno = EINVAL;
		return (-1);
	}
	for (int i = 0; i < TRIES; i++) {
		for (size_t j = 0; j < n; j++)
			template[len - 1 - j] =
			    letters[arc4random_uniform(sizeof(letters) - 1)];
		fd = make(template);
		if (fd >= 0 || errno != EEXIST)
			return (fd);
	}
	return (-1);
}

static int
make_file(const char *path)
{
	return (open(path, O_RDWR | O_CREAT | O_EXCL, 0600));
}

static int
make_directory(const char *path)
{
	return (mkdir(path, 0700));
}

/**
 * Makes a file with a name that nobody has yet, mode 0600.
 * @param template	path that ends with six X or more; they are replaced
 * @return	its descriptor; -1 with EINVAL: too few X; EEXIST: 100 names
 *		were taken; open(2)'s errors
 */
int
mkstemp(char *template)
{
	return (temporary(template, make_file));
}

/**
 * Makes a directory with a name that nobody has yet, mode 0700.
 * @param template	path that ends with six X or more; they are replaced
 * @return	template; NULL with EINVAL: too few X; EEXIST: 100 names were
 *		taken; mkdir(2)'s errors
 */
char *
mkdtemp(char *template)
{
	return (temporary(template, make_directory) >= 0 ? template : NULL);
}

/**
 * A path without links, "." and "..". All but the last part must be there.
 * @param path	any path
 * @param resolved	gets it, PATH_MAX bytes; or NULL: memory for free(3)
 * @return	it; NULL with ENOENT, ENOTDIR, EACCES, ELOOP, ENAMETOOLONG,
 *		ENOMEM
 */
char *
realpath(const char *path, char *resolved)
{
	char todo[PATH_MAX], done[PATH_MAX] = "", link[PATH_MAX], *part, *rest;
	struct stat sb;
	ssize_t n;
	int links = 0;

	if (*path != '/' && getcwd(done, sizeof(done)) == NULL)
		return (NULL);
	if (strcmp(done, "/") == 0)
		*done = '\0';
	if (strlcpy(todo, path, sizeof(todo)) >= sizeof(todo))
		goto too_long;
	for (rest = todo; (part = strsep(&rest, "/")) != NULL;) {
		size_t len = strlen(done);

		if (*part == '\0' || strcmp(part, ".") == 0)
			continue;
		if (strcmp(part, "..") == 0) {
			if (len > 0)
				*strrchr(done, '/') = '\0';
			continue;
		}
		if (strlcat(done, "/", sizeof(done)) >= sizeof(done) ||
		    strlcat(done, part, sizeof(done)) >= sizeof(done))
			goto too_long;
		if (lstat(done, &sb) != 0) {
			if (errno == ENOENT && rest == NULL)
				break;
			return (NULL);
		}
		if (!S_ISLNK(sb.st_mode))
			continue;
		n = readlink(done, link, sizeof(link) - 1);
		if (n < 0)
			return (NULL);
		link[n] = '\0';
		if (++links > 32) {
			errno = ELOOP;
			return (NULL);
		}
		done[*link == '/' ? 0 : len] = '\0';
		if (rest != NULL &&
		    (strlcat(link, "/", sizeof(link)) >= sizeof(link) ||
			strlcat(link, rest, sizeof(link)) >= sizeof(link)))
			goto too_long;
		strcpy(todo, link);
		rest = todo;
	}
	if (*done == '\0')
		strcpy(done, "/");
	return (resolved != NULL ? strcpy(resolved, done) : strdup(done));
too_long:
	errno = ENAMETOOLONG;
	return (NULL);
}
