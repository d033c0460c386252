/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * What a Linux program finds on its stack.
 *
 *     top      strings: arguments, environment, path, "x86_64"
 *              16 random bytes
 *              auxiliary vector, ends with AT_NULL
 *              envp[], NULL
 *              argv[], NULL
 *     rsp ->   argc                            16-aligned
 */
#include <sys/elf64.h>
#include <sys/imgact.h>
#include <sys/malloc.h>
#include <sys/proc.h>
#include <sys/systm.h>
#include <cpu/cpufunc.h>
#include <machine/globaldata.h>
#include "linux.h"
#include "linux_var.h"

#define PLATFORM     "x86_64"
#define NRANDOM	     16
#define NAUX	     20
#define EXECPATH_MAX 1024

/** Where things are that the auxiliary vector points to. */
struct stack_info {
	vm_offset_t random;   /* NRANDOM bytes */
	vm_offset_t platform; /* PLATFORM */
	vm_offset_t execfn;   /* the program's path */
};

/* The words of the stack, filled from its lower end. */
static u_register_t *
put_aux(u_register_t *w, uint64_t type, uint64_t value)
{
	*w++ = type;
	*w++ = value;
	return (w);
}

static uint32_t
hwcap(void)
{
	uint32_t r[4];

	do_cpuid(1, r);
	return (r[3]);
}

static u_register_t *
put_auxv(u_register_t *w, const struct image_params *imgp,
    const struct stack_info *si)
{
	const struct ucred *cr = imgp->proc->p_ucred;

	w = put_aux(w, AT_HWCAP, hwcap());
	w = put_aux(w, AT_PAGESZ, PAGE_SIZE);
	w = put_aux(w, AT_CLKTCK, LINUX_CLK_TCK);
	w = put_aux(w, AT_PHDR, imgp->phdr);
	w = put_aux(w, AT_PHENT, sizeof(Elf64_Phdr));
	w = put_aux(w, AT_PHNUM, imgp->phnum);
	w = put_aux(w, AT_BASE, 0); /* of an interpreter: there is none */
	w = put_aux(w, AT_FLAGS, 0);
	w = put_aux(w, AT_ENTRY, imgp->entry_addr);
	w = put_aux(w, AT_UID, cr->cr_ruid);
	w = put_aux(w, AT_EUID, cr->cr_uid);
	w = put_aux(w, AT_GID, cr->cr_rgid);
	w = put_aux(w, AT_EGID, cr->cr_gid);
	w = put_aux(w, AT_SECURE,
	    cr->cr_uid != cr->cr_ruid || cr->cr_gid != cr->cr_rgid);
	w = put_aux(w, AT_RANDOM, si->random);
	w = put_aux(w, AT_EXECFN, si->execfn);
	w = put_aux(w, AT_PLATFORM, si->platform);
	return (put_aux(w, AT_NULL, 0));
}

/* Addresses of n strings that lie one after the other; *uaddr moves on. */
static u_register_t *
put_strings(u_register_t *w, int n, const char **s, vm_offset_t *uaddr)
{
	size_t len;

	while (n-- > 0) {
		*w++ = *uaddr;
		len = strlen(*s) + 1;
		*s += len;
		*uaddr += len;
	}
	*w++ = 0;
	return (w);
}

/* What lies between the words and the strings: path, platform, random. */
static int
put_extras(
    const struct image_params *imgp, vm_offset_t below, struct stack_info *si)
{
	const char *path = imgp->execpath != NULL ? imgp->execpath : "";
	size_t len = strnlen(path, EXECPATH_MAX - 1) + 1;
	char random[NRANDOM];
	int error;

	read_random(random, sizeof(random));
	si->execfn = below - len;
	si->platform = si->execfn - sizeof(PLATFORM);
	si->random = rounddown2(si->platform - NRANDOM, 16);
	error = copyout(path, (void *)si->execfn, len - 1);
	if (error == 0)
		error = subyte((void *)(si->execfn + len - 1), 0);
	if (error == 0)
		error = copyout(
		    PLATFORM, (void *)si->platform, sizeof(PLATFORM));
	if (error == 0)
		error = copyout(random, (void *)si->random, sizeof(random));
	return (error);
}

/**
 * Builds the stack of a new program, in its address space.  Sleeps.
 * @param imgp	the program and its strings
 * @param sp	set to its stack pointer
 * @return	0, or EFAULT: the stack is too small
 */
int
linux_copyout_strings(struct image_params *imgp, vm_offset_t *sp)
{
	const struct image_args *args = imgp->args;
	size_t nwords = 1 + args->argc + 1 + args->envc + 1 + 2 * NAUX;
	const char *s = args->begin_argv;
	u_register_t *words, *w;
	struct stack_info si;
	vm_offset_t strings;
	int error;

	error = exec_copyout_args(imgp, &strings);
	if (error == 0)
		error = put_extras(imgp, strings, &si);
	if (error != 0)
		return (error);
	words = kmalloc(nwords * sizeof(*words), M_TEMP, M_WAITOK | M_ZERO);
	w = words;
	*w++ = args->argc;
	w = put_strings(w, args->argc, &s, &strings);
	s = args->begin_envv;
	w = put_strings(w, args->envc, &s, &strings);
	w = put_auxv(w, imgp, &si);
	nwords = w - words;
	*sp = rounddown2(si.random - nwords * sizeof(*words), 16);
	error = copyout(words, (void *)*sp, nwords * sizeof(*words));
	kfree(words, M_TEMP);
	return (error);
}
