/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * A vkernel on a host without nested page tables: every address space is one
 * of the host's (vmspace_create(2)), and all of it is a view of the memory
 * image behind a page table that lies in the image (MAP_VPAGETABLE).
 *
 *     memory image     0 .......................... size
 *     DMAP             the same, as it is
 *     KVA              behind kernel_pmap's table
 *     a process        behind its own pmap's table, in another vmspace
 *
 * The host reads our tables when a page is touched, sets A and M in them, and
 * remembers what it has read until it is told that it has changed.
 *
 * Source: DragonFly's platform/vkernel64/platform/{init,pmap}.c, for which
 * calls there are.
 */
#include <sys/errno.h>
#include <sys/ktr.h>
#include <sys/systm.h>
#include <sys/vkernel.h>
#include <sys/vmspace.h>
#include <machine/host.h>
#include <machine/md_var.h>
#include <machine/pmap.h>
#include <machine/vkernel.h>
#include <machine/vkops.h>
#include <machine/vmparam.h>
#include <vm/vm_map.h>

#define SPACE_SIZE (VM_MAX_USER_ADDRESS)

static int image_fd;

static vm_paddr_t
software_memory(const struct vk_config *config)
{
	long va;

	image_fd = config->image;
	va = host_mmap(NULL, config->memory, PROT_READ | PROT_WRITE,
	    MAP_FILE | MAP_SHARED | MAP_NOSYNC, image_fd, 0, 0);
	if (va < 0)
		panic("the memory image cannot be mapped: error %ld", -va);
	dmap_min_address = va;
	return (0);
}

static void
software_kva(struct pmap *pmap)
{
	long error;

	error = host_mmap((void *)KVA_MIN_ADDRESS, KVA_SIZE,
	    PROT_READ | PROT_WRITE,
	    MAP_FILE | MAP_SHARED | MAP_VPAGETABLE | MAP_FIXED | MAP_NOSYNC,
	    image_fd, 0, KVA_MIN_ADDRESS);
	if (error >= 0)
		error = host_mcontrol((void *)KVA_MIN_ADDRESS, KVA_SIZE,
		    MADV_SETMAP, pmap->pm_pml4 | VPTE_RW | VPTE_V);
	if (error < 0)
		panic("the host has no mappings behind page tables: error %ld",
		    -error);
}

static void
software_kva_inval(vm_offset_t va)
{
	host_mcontrol((void *)va, PAGE_SIZE, MADV_INVAL, 0);
}

static int
software_space_create(struct vmspace *vm)
{
	long error;

	error = host_vmspace_create(vm, 0, NULL);
	if (error < 0)
		return (ENOMEM);
	error = host_vmspace_mmap(vm, (void *)0, SPACE_SIZE,
	    PROT_READ | PROT_WRITE | PROT_EXEC,
	    MAP_FILE | MAP_SHARED | MAP_VPAGETABLE | MAP_FIXED | MAP_NOSYNC,
	    image_fd, 0);
	if (error >= 0)
		error = host_vmspace_mcontrol(vm, (void *)0, SPACE_SIZE,
		    MADV_SETMAP,
		    vm->vm_pmap.pm_pml4 | VPTE_RW | VPTE_V | VPTE_U);
	if (error >= 0)
		return (0);
	host_vmspace_destroy(vm);
	return (ENOMEM);
}

static void
software_space_destroy(struct vmspace *vm)
{
	long error = host_vmspace_destroy(vm);

	if (error < 0)
		panic("vmspace_destroy: error %ld", -error);
}

static void
software_space_inval(struct vmspace *vm, vm_offset_t va, size_t size)
{
	KTR_LOG("translations are dropped: from %#lx, %lu bytes", va, size);
	host_vmspace_mcontrol(vm, (void *)va, size, MADV_INVAL, 0);
}

static int
software_run(struct vmspace *vm, struct trapframe *tf, struct vextframe *vf)
{
	return (vk_run(vm, VMSPACE_CTL_RUN, tf, vf));
}

/** Without nested page tables. */
const struct vk_ops vk_ops_software = {
	.name = "software",
	.memory = software_memory,
	.kva = software_kva,
	.kva_inval = software_kva_inval,
	.space_create = software_space_create,
	.space_destroy = software_space_destroy,
	.space_inval = software_space_inval,
	.run = software_run,
};
