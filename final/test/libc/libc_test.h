/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The functions under test, by their d_ names, and what the tests share.
 */
#ifndef _LIBC_TEST_H_
#define _LIBC_TEST_H_

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <cmocka.h>

extern __thread int d_errno;
#define D_EINVAL 22
#define D_ERANGE 34
#define D_ENOMEM 12

/* --- string --- */
void *d_memcpy(void *, const void *, size_t);
void *d_memmove(void *, const void *, size_t);
void *d_memset(void *, int, size_t);
void *d_memccpy(void *, const void *, int, size_t);
void *d_memchr(const void *, int, size_t);
void *d_memrchr(const void *, int, size_t);
void *d_memmem(const void *, size_t, const void *, size_t);
int d_memcmp(const void *, const void *, size_t);
size_t d_strlen(const char *);
size_t d_strnlen(const char *, size_t);
int d_strcmp(const char *, const char *);
int d_strncmp(const char *, const char *, size_t);
int d_strcasecmp(const char *, const char *);
char *d_strchr(const char *, int);
char *d_strrchr(const char *, int);
char *d_strstr(const char *, const char *);
size_t d_strspn(const char *, const char *);
size_t d_strcspn(const char *, const char *);
char *d_strncpy(char *, const char *, size_t);
char *d_strncat(char *, const char *, size_t);
size_t d_strlcpy(char *, const char *, size_t);
size_t d_strlcat(char *, const char *, size_t);
char *d_strsep(char **, const char *);
char *d_strtok_r(char *, const char *, char **);

/* --- stdlib --- */
long d_strtol(const char *, char **, int);
unsigned long d_strtoul(const char *, char **, int);
long long d_strtonum(const char *, long long, long long, const char **);
double d_strtod(const char *, char **);
void d_qsort(void *, size_t, size_t, int (*)(const void *, const void *));
void *d_bsearch(const void *, const void *, size_t, size_t,
    int (*)(const void *, const void *));
void *d_malloc(size_t);
void *d_calloc(size_t, size_t);
void *d_realloc(void *, size_t);
void d_free(void *);
int d_posix_memalign(void **, size_t, size_t);
char *d_getenv(const char *);
int d_setenv(const char *, const char *, int);
int d_unsetenv(const char *);
int d_putenv(char *);
extern char **d_environ;

/* --- stdio --- */
struct d_file;
struct d_file *d_fdopen(int, const char *);
int d_fclose(struct d_file *);
int d_fflush(struct d_file *);
int d_fgetc(struct d_file *);
int d_ungetc(int, struct d_file *);
char *d_fgets(char *, int, struct d_file *);
ssize_t d_getline(char **, size_t *, struct d_file *);
int d_fputs(const char *, struct d_file *);
size_t d_fread(void *, size_t, size_t, struct d_file *);
size_t d_fwrite(const void *, size_t, size_t, struct d_file *);
int d_fseek(struct d_file *, long, int);
long d_ftell(struct d_file *);
int d_feof(struct d_file *);
int d_ferror(struct d_file *);
int d_setvbuf(struct d_file *, char *, int, size_t);
int d_fprintf(struct d_file *, const char *, ...);
int d_snprintf(char *, size_t, const char *, ...);
int d_vsnprintf(char *, size_t, const char *, va_list);
int d_asprintf(char **, const char *, ...);
int d_sscanf(const char *, const char *, ...);

/* --- time, getopt --- */
struct tm *d_gmtime_r(const time_t *, struct tm *);
time_t d_timegm(struct tm *);
size_t d_strftime(char *, size_t, const char *, const struct tm *);
int d_getopt(int, char *const[], const char *);
extern char *d_optarg;
extern int d_optind, d_opterr, d_optopt, d_optreset;

/* --- system.c --- */
uint64_t next_random(void);
size_t random_below(size_t bound);
extern unsigned maps, unmaps; /* calls of mmap and munmap */
extern jmp_buf abort_return;
extern bool abort_expected;

/* Whether an expression calls abort(). */
#define ABORTS(expression)                                                     \
	(setjmp(abort_return) == 0                                             \
		? (abort_expected = true, (void)(expression),                  \
		      abort_expected = false)                                  \
		: true)

#define RUN_TESTS(tests)                                                       \
	(cmocka_set_message_output(CM_OUTPUT_TAP),                             \
	    cmocka_run_group_tests(tests, NULL, NULL) == 0 ? 0 : 1)

#endif
