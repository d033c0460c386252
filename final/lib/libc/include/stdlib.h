/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Memory, numbers, the environment, the end.
 */
#ifndef _STDLIB_H_
#define _STDLIB_H_

#include <sys/types.h>

/** @name Constants */
/** @{ */
#define EXIT_SUCCESS 0
#define EXIT_FAILURE 1
#define RAND_MAX     0x7fffffff
#define MB_CUR_MAX   1
/** @} */

/** @name Quotient and remainder */
/** @{ */
/** Result of div(). */
typedef struct {
	int quot; /**< quotient */
	int rem;  /**< remainder */
} div_t;
/** Result of ldiv(). */
typedef struct {
	long quot; /**< quotient */
	long rem;  /**< remainder */
} ldiv_t;
/** Result of lldiv(). */
typedef struct {
	long long quot; /**< quotient */
	long long rem;	/**< remainder */
} lldiv_t;
/** @} */

void *malloc(size_t size);
void *calloc(size_t n, size_t size);
void *realloc(void *p, size_t size);
void *reallocf(void *p, size_t size);
void *aligned_alloc(size_t alignment, size_t size);
int posix_memalign(void **p, size_t alignment, size_t size);
void free(void *p);
/** Memory of the calling function, until it returns: n bytes. */
#define alloca(n) __builtin_alloca(n)

void abort(void) __dead2;
void exit(int status) __dead2;
/**
 * As _exit().
 * @param status	for wait(2); its lower 8 bits
 */
void _Exit(int status) __dead2;
int atexit(void (*function)(void));
int system(const char *command);
char *getenv(const char *name);
int setenv(const char *name, const char *value, int overwrite);
int unsetenv(const char *name);
int putenv(char *string);
const char *getprogname(void);
void setprogname(const char *name);

int abs(int n);
long labs(long n);
long long llabs(long long n);
div_t div(int a, int b);
ldiv_t ldiv(long a, long b);
lldiv_t lldiv(long long a, long long b);
int atoi(const char *s);
long atol(const char *s);
long long atoll(const char *s);
double atof(const char *s);
double strtod(const char *s, char **end);
long strtol(const char *s, char **end, int base);
long long strtoll(const char *s, char **end, int base);
unsigned long strtoul(const char *s, char **end, int base);
unsigned long long strtoull(const char *s, char **end, int base);
long long
strtonum(const char *s, long long least, long long most, const char **error);

void qsort(void *base, size_t n, size_t size,
    int (*compare)(const void *, const void *));
void *bsearch(const void *key, const void *base, size_t n, size_t size,
    int (*compare)(const void *, const void *));
int rand(void);
void srand(unsigned seed);
int rand_r(unsigned *seed);
long random(void);
void srandom(unsigned long seed);
uint32_t arc4random(void);
void arc4random_buf(void *p, size_t n);
uint32_t arc4random_uniform(uint32_t bound);
int mkstemp(char *template);
char *mkdtemp(char *template);
char *realpath(const char *path, char *resolved);

#endif
