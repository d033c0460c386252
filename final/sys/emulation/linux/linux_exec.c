/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * What a Linux program finds on its stack, 16-aligned at rsp:
 *
 *     (rsp)	argc
 *		argv[0] ... argv[argc - 1], NULL
 *		envp[0] ..., NULL
 *		auxiliary vector: pairs of type and value, AT_NULL last
 *		... 16 random bytes, "x86_64", path of the program
 *		... strings of argv, then of envp, up to USRSTACK
 */
#include <sys/elf64.h>
#include <sys/imgact.h>
#include <sys/proc.h>
#include <sys/systm.h>
#include <cpu/cpufunc.h>
#include <machine/globaldata.h>
#include "linux.h"
#include "linux_var.h"

#define PLATFORM "x86_64"
#define NRANDOM	 16

/** What the auxiliary vector points to. */
struct stack_info {
	vm_offset_t random;   /* NRANDOM bytes */
	vm_offset_t platform; /* PLATFORM */
	vm_offset_t execfn;   /* the program's path */
};

/* EDX of leaf 1: what Linux says of the processor. */
static uint32_t
hwcap(void)
{
	uint32_t r[4];

	do_cpuid(1, r);
	return (r[3]);
}

/* What lies between the vectors and the strings: it ends at `below`. */
static int
put_extras(
    const struct image_params *imgp, vm_offset_t below, struct stack_info *si)
{
	size_t len = strlen(imgp->execpath) + 1;
	char random[NRANDOM];
	int error;

	read_random(random, sizeof(random));
	si->execfn = below - len;
	si->platform = si->execfn - sizeof(PLATFORM);
	si->random = rounddown2(si->platform - NRANDOM, 16);
	error = copyout(imgp->execpath, (void *)si->execfn, len);
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
	const struct ucred *cr = imgp->proc->p_ucred;
	struct stack_info si;
	vm_offset_t strings;
	int error;

	error = exec_copyout_args(imgp, &strings);
	if (error == 0)
		error = put_extras(imgp, strings, &si);
	if (error != 0)
		return (error);

	const Elf64_Auxinfo aux[] = {
		{ AT_HWCAP, hwcap() },
		{ AT_PAGESZ, PAGE_SIZE },
		{ AT_CLKTCK, LINUX_CLK_TCK },
		{ AT_PHDR, imgp->phdr },
		{ AT_PHENT, sizeof(Elf64_Phdr) },
		{ AT_PHNUM, imgp->phdr != 0 ? imgp->phnum : 0 },
		{ AT_BASE, imgp->linker != NULL ? imgp->linker->base : 0 },
		{ AT_FLAGS, 0 },
		{ AT_ENTRY, imgp->entry_addr },
		{ AT_UID, cr->cr_ruid },
		{ AT_EUID, cr->cr_uid },
		{ AT_GID, cr->cr_rgid },
		{ AT_EGID, cr->cr_gid },
		{ AT_SECURE,
		    cr->cr_uid != cr->cr_ruid || cr->cr_gid != cr->cr_rgid },
		{ AT_RANDOM, si.random },
		{ AT_EXECFN, si.execfn },
		{ AT_PLATFORM, si.platform },
		{ AT_NULL, 0 },
	};

	return (exec_copyout_vectors(
	    imgp, strings, si.random, aux, nitems(aux), sp));
}
