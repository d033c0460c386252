/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Reading directories.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define ROOM 4096

struct __dirdesc {
	int fd;		 /* of the directory */
	size_t pos, end; /* entries that were not yet taken */
	char buf[ROOM] __aligned(8);
};

/**
 * Makes a directory of a descriptor, which belongs to it from then on.
 * @param fd	of a directory, open for reading
 * @return	it, or NULL with ENOTDIR, EBADF, ENOMEM
 */
DIR *
fdopendir(int fd)
{
	struct stat sb;
	DIR *dir;

	if (fstat(fd, &sb) != 0)
		return (NULL);
	if (!S_ISDIR(sb.st_mode)) {
		errno = ENOTDIR;
		return (NULL);
	}
	dir = malloc(sizeof(*dir));
	if (dir == NULL)
		return (NULL);
	dir->fd = fd;
	dir->pos = dir->end = 0;
	return (dir);
}

/**
 * Opens a directory; its descriptor is closed by execve(2).
 * @param path	where it is
 * @return	it, or NULL with open(2)'s errors or ENOMEM
 */
DIR *
opendir(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC), error;
	DIR *dir;

	if (fd < 0)
		return (NULL);
	dir = fdopendir(fd);
	if (dir == NULL) {
		error = errno;
		close(fd);
		errno = error;
	}
	return (dir);
}

/**
 * Reads the next entry, of which the order is the file system's. Not for two
 * threads at once.
 * @param dir	directory
 * @return	it, in memory of dir until the next call; NULL at the end, or
 *		with getdents(2)'s errors
 */
struct dirent *
readdir(DIR *dir)
{
	struct dirent *d;
	int n;

	do {
		if (dir->pos >= dir->end) {
			n = getdents(dir->fd, dir->buf, ROOM);
			if (n <= 0)
				return (NULL);
			dir->pos = 0;
			dir->end = (size_t)n;
		}
		d = (struct dirent *)(dir->buf + dir->pos);
		dir->pos += _DIRENT_DIRSIZ(d);
	} while (d->d_fileno == 0);
	return (d);
}

/**
 * Begins again with the first entry.
 * @param dir	directory
 */
void
rewinddir(DIR *dir)
{
	lseek(dir->fd, 0, SEEK_SET);
	dir->pos = dir->end = 0;
}

/**
 * The descriptor of a directory.
 * @param dir	directory
 * @return	it; closedir() closes it
 */
int
dirfd(DIR *dir)
{
	return (dir->fd);
}

/**
 * Closes a directory and frees it.
 * @param dir	directory
 * @return	0; -1 with close(2)'s errors
 */
int
closedir(DIR *dir)
{
	int error = close(dir->fd);

	free(dir);
	return (error);
}
