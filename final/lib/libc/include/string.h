/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Strings and memory.
 */
#ifndef _STRING_H_
#define _STRING_H_

#include <sys/types.h>
#include <strings.h>

void *memccpy(void *dst, const void *src, int c, size_t n);
void *memchr(const void *p, int c, size_t n);
int memcmp(const void *a, const void *b, size_t n);
void *memcpy(void *dst, const void *src, size_t n);
void *memmem(const void *big, size_t nbig, const void *small, size_t nsmall);
void *memmove(void *dst, const void *src, size_t n);
void *memrchr(const void *p, int c, size_t n);
void *memset(void *dst, int c, size_t n);
char *stpcpy(char *dst, const char *src);
char *strcat(char *dst, const char *src);
char *strchr(const char *s, int c);
char *strchrnul(const char *s, int c);
int strcmp(const char *a, const char *b);
int strcoll(const char *a, const char *b);
char *strcpy(char *dst, const char *src);
size_t strcspn(const char *s, const char *reject);
char *strdup(const char *s);
char *strerror(int code);
int strerror_r(int code, char *buf, size_t size);
size_t strlcat(char *dst, const char *src, size_t size);
size_t strlcpy(char *dst, const char *src, size_t size);
size_t strlen(const char *s);
char *strncat(char *dst, const char *src, size_t n);
int strncmp(const char *a, const char *b, size_t n);
char *strncpy(char *dst, const char *src, size_t n);
char *strndup(const char *s, size_t n);
size_t strnlen(const char *s, size_t n);
char *strpbrk(const char *s, const char *accept);
char *strrchr(const char *s, int c);
char *strsep(char **s, const char *delimiters);
char *strsignal(int sig);
size_t strspn(const char *s, const char *accept);
char *strstr(const char *big, const char *small);
char *strtok(char *s, const char *delimiters);
char *strtok_r(char *s, const char *delimiters, char **rest);
void explicit_bzero(void *p, size_t n);

#endif
