/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * How a Linux program has been loaded: what the auxiliary vector says of it
 * and of its dynamic linker, what may be written and executed, libraries.
 *
 * Built twice, static, and dynamic with all of Debian's usual ways: position-
 * independent, read-only after relocation.  All cases hold on Linux, too.
 */
#define _GNU_SOURCE
#include <sys/auxv.h>
#include <sys/mman.h>
#include <dlfcn.h>
#include <elf.h>
#include <link.h>
#include <math.h>
#include <pthread.h>
#include <stdint.h>
#include "tap.h"

#define PAGE 4096ul

extern const char _start[];
static int data = 1;
static __thread int own = 5;

static const Elf64_Phdr *
phdrs(void)
{
	return ((const Elf64_Phdr *)getauxval(AT_PHDR));
}

static const Elf64_Phdr *
find(uint32_t type)
{
	for (unsigned i = 0; i < getauxval(AT_PHNUM); i++)
		if (phdrs()[i].p_type == type)
			return (&phdrs()[i]);
	return (NULL);
}

/* What has been added to the addresses of the program. */
static uintptr_t
slide(void)
{
	const Elf64_Phdr *ph = find(PT_PHDR);

	return (ph != NULL ? getauxval(AT_PHDR) - ph->p_vaddr : 0);
}

/* Whether a byte of ours is in one of the segments that are loaded. */
static int
is_loaded(const void *p)
{
	const Elf64_Phdr *ph = phdrs();
	uintptr_t va = (uintptr_t)p - slide();

	for (unsigned i = 0; i < getauxval(AT_PHNUM); i++, ph++)
		if (ph->p_type == PT_LOAD && va >= ph->p_vaddr &&
		    va < ph->p_vaddr + ph->p_memsz)
			return (1);
	return (0);
}

static void
program(void)
{
	CHECK(phdrs() != NULL && is_loaded(phdrs()));
	CHECK(getauxval(AT_ENTRY) == (uintptr_t)_start);
	CHECK(is_loaded(_start) && is_loaded(&data));
}

static void
linker(void)
{
	const Elf64_Ehdr *eh = (const Elf64_Ehdr *)getauxval(AT_BASE);
	const Elf64_Phdr *ph = find(PT_INTERP);

	CHECK((ph != NULL) == (eh != NULL));
	if (eh == NULL)
		return;
	CHECK(memcmp(eh->e_ident, ELFMAG, SELFMAG) == 0);
	CHECK(eh->e_type == ET_DYN && !is_loaded(eh));
	CHECK(_r_debug.r_ldbase == (uintptr_t)eh);
}

static void
store(void *p)
{
	volatile char *byte = p;
	char same = *byte;

	*byte = same;
}

static void
call(void *p)
{
	((void (*)(void))p)();
}

/* Whether a child dies of it, as a process that does what it must not. */
static int
dies(void (*func)(void *), void *arg)
{
	int status;
	pid_t pid = fork();

	CHECK(pid >= 0);
	if (pid == 0) {
		func(arg);
		_exit(0);
	}
	status = tap_wait(pid);
	return (WIFSIGNALED(status) && WTERMSIG(status) == SIGSEGV);
}

static void
rights(void)
{
	static unsigned char code[] = { 0xc3 };
	const Elf64_Phdr *relro = find(PT_GNU_RELRO);

	CHECK(dies(store, (void *)_start));
	CHECK(dies(store, (void *)phdrs()));
	CHECK(dies(call, code));
	CHECK(!dies(store, &data));
	CHECK(relro != NULL);
	CHECK(dies(store, (void *)(slide() + relro->p_vaddr)));
	if (getauxval(AT_BASE) != 0)
		CHECK(dies(store, (void *)getauxval(AT_BASE)));
}

static void *
thread(void *arg)
{
	own += (int)(intptr_t)arg;
	return ((void *)(intptr_t)own);
}

static void
threads(void)
{
	pthread_t t[8];
	void *res;

	for (intptr_t i = 0; i < 8; i++)
		CHECK(pthread_create(&t[i], NULL, thread, (void *)i) == 0);
	for (intptr_t i = 0; i < 8; i++)
		CHECK(pthread_join(t[i], &res) == 0 && (intptr_t)res == 5 + i);
	CHECK(own == 5);
}

static void
libraries(void)
{
	volatile double x = 0.25;
#ifdef DYNAMIC
	double (*function)(double);
	void *lib;

	CHECK(dlopen("/no/such/library", RTLD_NOW) == NULL);
	lib = dlopen("libm.so.6", RTLD_NOW);
	CHECK(lib != NULL);
	function = (double (*)(double))dlsym(lib, "floor");
	CHECK(function != NULL && function(x + 1) == 1);
	CHECK(dlclose(lib) == 0);
	lib = dlopen("libcmocka.so.0", RTLD_LAZY); /* one that is not there */
	CHECK(lib != NULL);
	CHECK(dlsym(lib, "_cmocka_run_group_tests") != NULL);
	CHECK(dlsym(lib, "no_such_name") == NULL);
	CHECK(dlclose(lib) == 0);
#endif
	CHECK(sqrt(x) == 0.5);
}

static void
again(void)
{
	int status;
	pid_t pid;

	for (int i = 0; i < 20; i++) {
		pid = fork();
		if (pid == 0) {
			execl("/proc/self/exe", "linux_elf", "7", (char *)NULL);
			_exit(1);
		}
		status = tap_wait(pid);
		CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 7);
	}
}

int
main(int argc, char **argv)
{
	static const struct tap_case cases[] = {
		{ "the program is where it is said to be", program },
		{ "so is its dynamic linker", linker },
		{ "rights of segments", rights },
		{ "threads have variables of their own", threads },
		{ "libraries", libraries },
		{ "the same program again", again },
	};

	if (argc > 1)
		return (atoi(argv[1]));
	return (tap_run(cases, sizeof(cases) / sizeof(cases[0])));
}
