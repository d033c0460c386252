/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * The environment.  The array becomes ours with the first change; a value
 * that was replaced is never freed, since somebody may have it.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "libc_private.h"

libc_lock_t __env_lock;
static char **ours; /* the array that is ours, if environ is that */

/* Where a name is, or the end. */
static char **
place(const char *name, size_t len)
{
	char **p;

	for (p = environ; *p != NULL; p++)
		if (strncmp(*p, name, len) == 0 && (*p)[len] == '=')
			break;
	return (p);
}

/**
 * Finds a name in the environment.
 * @param name	without =
 * @return	its value, which stays where it is; NULL: there is none
 */
char *
getenv(const char *name)
{
	size_t len = strlen(name);
	char **p, *value = NULL;

	__lock(&__env_lock);
	if (environ != NULL && len > 0) {
		p = place(name, len);
		value = *p != NULL ? *p + len + 1 : NULL;
	}
	__unlock(&__env_lock);
	return (value);
}

/* Puts "name=value" in, in place of another one or at the end. */
static int
put(char *string, size_t len, bool overwrite)
{
	char **p = place(string, len), **new;
	size_t n;

	if (*p != NULL) {
		if (overwrite)
			*p = string;
		return (0);
	}
	n = (size_t)(p - environ);
	new = realloc(environ == ours ? ours : NULL, (n + 2) * sizeof(*new));
	if (new == NULL)
		return (-1);
	if (environ != ours)
		memcpy(new, environ, n * sizeof(*new));
	new[n] = string;
	new[n + 1] = NULL;
	environ = ours = new;
	return (0);
}

/**
 * Sets a name in the environment.
 * @param name	without =
 * @param value	text; both are copied
 * @param overwrite	0: a value that is there stays
 * @return	0; -1 with EINVAL: that is no name; ENOMEM
 */
int
setenv(const char *name, const char *value, int overwrite)
{
	size_t len = strlen(name);
	char *string;
	int error;

	if (len == 0 || strchr(name, '=') != NULL) {
		errno = EINVAL;
		return (-1);
	}
	string = malloc(len + strlen(value) + 2);
	if (string == NULL)
		return (-1);
	strcpy(string, name);
	string[len] = '=';
	strcpy(string + len + 1, value);
	__lock(&__env_lock);
	error = put(string, len, overwrite != 0);
	__unlock(&__env_lock);
	return (error);
}

/**
 * Puts a string of the caller's into the environment.
 * @param string	"name=value"; not copied
 * @return	0; -1 with EINVAL: it has no name or no =; ENOMEM
 */
int
putenv(char *string)
{
	const char *equals = strchr(string, '=');
	int error;

	if (equals == NULL || equals == string) {
		errno = EINVAL;
		return (-1);
	}
	__lock(&__env_lock);
	error = put(string, (size_t)(equals - string), true);
	__unlock(&__env_lock);
	return (error);
}

/**
 * Takes a name out of the environment.
 * @param name	without =
 * @return	0, also if it was not there; -1 with EINVAL: that is no name
 */
int
unsetenv(const char *name)
{
	size_t len = strlen(name);
	char **p;

	if (len == 0 || strchr(name, '=') != NULL) {
		errno = EINVAL;
		return (-1);
	}
	__lock(&__env_lock);
	while (*(p = place(name, len)) != NULL)
		for (; *p != NULL; p++)
			p[0] = p[1];
	__unlock(&__env_lock);
	return (0);
}
