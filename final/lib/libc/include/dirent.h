/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Reading directories.
 */
#ifndef _DIRENT_H_
#define _DIRENT_H_

#include <sys/dirent.h>

/** An open directory. */
typedef struct __dirdesc DIR;

DIR *opendir(const char *path);
DIR *fdopendir(int fd);
struct dirent *readdir(DIR *dir);
void rewinddir(DIR *dir);
int dirfd(DIR *dir);
int closedir(DIR *dir);
/**
 * Reads entries of a directory.
 * @param fd	of the directory
 * @param buf	gets struct dirent, one after another, whole
 * @param size	bytes there
 * @return	bytes, 0 at the end; -1 with EBADF, EINVAL, EFAULT, EIO
 */
int getdents(int fd, char *buf, size_t size);

#endif
