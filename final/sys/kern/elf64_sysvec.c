/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * The native interface, DragonFly's: how its programs begin.
 *
 * A program begins with RDI and RSP at the same place of its stack, which is
 * 16-aligned, and all other registers 0:
 *
 *     (RSP)	argc
 *		argv[0] ... argv[argc - 1], NULL
 *		envp[0] ..., NULL
 *		auxiliary vector: pairs of type and value, AT_NULL last
 *		... path of the program (AT_EXECPATH)
 *		... strings of argv, then of envp, up to USRSTACK
 */
#include <sys/elf64.h>
#include <sys/imgact.h>
#include <sys/proc.h>
#include <sys/sysctl.h>
#include <sys/sysent.h>
#include <sys/systm.h>
#include <machine/cpu.h>
#include <machine/globaldata.h>

static int
elf64_copyout_strings(struct image_params *imgp, vm_offset_t *sp)
{
	const struct ucred *cr = imgp->proc->p_ucred;
	size_t n = strlen(imgp->execpath) + 1;
	vm_offset_t strings, path;
	int error;

	error = exec_copyout_args(imgp, &strings);
	if (error != 0)
		return (error);
	path = strings - n;
	error = copyout(imgp->execpath, (void *)path, n);
	if (error != 0)
		return (error);

	const Elf64_Auxinfo aux[] = {
		{ AT_PHDR, imgp->phdr },
		{ AT_PHENT, sizeof(Elf64_Phdr) },
		{ AT_PHNUM, imgp->phdr != 0 ? imgp->phnum : 0 },
		{ AT_PAGESZ, PAGE_SIZE },
		{ AT_BASE,
		    imgp->linker != NULL ? imgp->linker->base : imgp->base },
		{ AT_FLAGS, 0 },
		{ AT_ENTRY, imgp->entry_addr },
		{ AT_UID, cr->cr_ruid },
		{ AT_EUID, cr->cr_uid },
		{ AT_GID, cr->cr_rgid },
		{ AT_EGID, cr->cr_gid },
		{ AT_EXECPATH, path },
		{ AT_NULL, 0 },
	};

	return (
	    exec_copyout_vectors(imgp, strings, path, aux, nitems(aux), sp));
}

/** DragonFly's interface; procinit() sets sv_size. */
struct sysentvec elf64_dragonfly_sysvec = {
	.sv_name = "DragonFly ELF64",
	.sv_table = sysent,
	.sv_sendsig = sendsig,
	.sv_syscall = syscall2,
	.sv_copyout_strings = elf64_copyout_strings,
	.sv_setregs = exec_setregs,
	.sv_osrelease = osrelease,
};
