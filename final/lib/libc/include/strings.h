/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * BSD's functions for strings.
 */
#ifndef _STRINGS_H_
#define _STRINGS_H_

#include <sys/types.h>

int bcmp(const void *a, const void *b, size_t n);
void bcopy(const void *src, void *dst, size_t n);
void bzero(void *p, size_t n);
int ffs(int n);
int ffsl(long n);
int fls(int n);
int flsl(long n);
char *index(const char *s, int c);
char *rindex(const char *s, int c);
int strcasecmp(const char *a, const char *b);
char *strcasestr(const char *big, const char *small);
int strncasecmp(const char *a, const char *b, size_t n);

#endif
