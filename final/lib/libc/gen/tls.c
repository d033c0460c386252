/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Variables that each thread has of its own.
 *
 *     variables (PT_TLS)  |  struct pthread
 *                         ^ %fs
 *
 * The linker gives every variable a negative distance from %fs.  The block of
 * the first thread is static if it is small, as it is in most programs.
 */
#include <sys/elf64.h>
#include <sys/mman.h>
#include <sys/param.h>
#include <sys/tls.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>
#include "libc_private.h"

#define STATIC_ROOM 1024

#undef errno
__thread int errno;

static const Elf64_Phdr *segment; /* PT_TLS, or NULL */
static size_t below;		  /* bytes of the variables, as ld(1) counts */
static size_t alignment = 16;	  /* of the struct pthread */
static char first[STATIC_ROOM] __aligned(64);

/**
 * Memory that __tls_make() takes.
 * @return	bytes
 */
size_t
__tls_size(void)
{
	return (below + sizeof(struct pthread) + alignment);
}

/**
 * Makes a thread's variables and its struct pthread.
 * @param area	__tls_size() bytes of zeros
 * @return	the struct pthread, within area
 */
struct pthread *
__tls_make(void *area)
{
	uintptr_t p = roundup2((uintptr_t)area + below, alignment);
	struct pthread *t = (struct pthread *)p;

	if (segment != NULL)
		memcpy((char *)p - below, (const void *)segment->p_vaddr,
		    segment->p_filesz);
	t->t_self = t;
	return (t);
}

/**
 * Makes a struct pthread the calling thread's: sets the base of FS.
 * @param t	of __tls_make()
 * @return	0; -1 with set_tls_area(2)'s errors
 */
int
__tls_set(struct pthread *t)
{
	struct tls_info info = { .base = t, .size = -1 };

	return (set_tls_area(0, &info, sizeof(info)));
}

/**
 * Finds the program's PT_TLS and sets up the first thread.
 * @param auxv	pairs of type and value, AT_NULL at the end
 */
void
__tls_find(const long *auxv)
{
	const Elf64_Phdr *ph = NULL;
	long n = 0;
	void *area = first;

	for (; auxv[0] != AT_NULL; auxv += 2) {
		if (auxv[0] == AT_PHDR)
			ph = (const Elf64_Phdr *)auxv[1];
		else if (auxv[0] == AT_PHNUM)
			n = auxv[1];
	}
	for (; ph != NULL && n > 0; n--, ph++)
		if (ph->p_type == PT_TLS)
			segment = ph;
	if (segment != NULL) {
		alignment = MAX(alignment, segment->p_align);
		below = roundup2(segment->p_memsz, MAX(segment->p_align, 1));
	}
	if (__tls_size() > sizeof(first))
		/* errno is not there yet: a failure is a fault at once. */
		area = __sys_mmap(NULL, __tls_size(), PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANON, -1, 0, 0);
	if (__tls_set(__tls_make(area)) != 0)
		__builtin_trap();
	__self()->t_tid = lwp_gettid();
}

/**
 * Where errno is, for programs that ask so.
 * @return	address of the thread's
 */
int *__error(void);
int *
__error(void)
{
	return (&errno);
}
