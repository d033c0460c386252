/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * What differs between the ways in which a vkernel can use its host: entry to
 * a process, translations, memory.  One table for each way.
 */
#ifndef _MACHINE_VKOPS_H_
#define _MACHINE_VKOPS_H_

#include <sys/types.h>

struct pmap;
struct trapframe;
struct vextframe;
struct vk_config;
struct vmspace;

/** A way to use the host. */
struct vk_ops {
	const char *name; /**< for messages */
	/**
	 * Gets the physical memory; sets dmap_min_address.  Panics.
	 * @return	physical address of its first byte
	 */
	vm_paddr_t (*memory)(const struct vk_config *config);
	/**
	 * The kernel's own page table is there: what it maps above
	 * KVA_MIN_ADDRESS can be reached from now on.
	 * @param pmap	the table, empty
	 */
	void (*kva)(struct pmap *pmap);
	/** Kernel addresses are not what they were. */
	void (*kva_inval)(vm_offset_t va);
	/** Makes what the host needs for an address space.  0 or ENOMEM. */
	int (*space_create)(struct vmspace *vm);
	/** Frees it; nobody runs in it. */
	void (*space_destroy)(struct vmspace *vm);
	/** Drops translations of user space from all processors. */
	void (*space_inval)(struct vmspace *vm, vm_offset_t va, size_t size);
	/** space_inval() drops all of them, whatever is asked for. */
	bool inval_all;
	/**
	 * Runs a process until it needs the kernel.
	 * @return	0; -EINTR: there may be something to do first
	 */
	int (*run)(
	    struct vmspace *vm, struct trapframe *tf, struct vextframe *vf);
};

extern const struct vk_ops *vk_ops;
extern const struct vk_ops vk_ops_software, vk_ops_ept;

/* --- x86_64/run.S --- */
/**
 * vmspace_ctl(2), unless gd_restart is set, or gets set meanwhile.
 * @param id	address space, or its page table
 * @param cmd	VMSPACE_CTL_RUN
 * @param tf	registers; afterwards what they are, and why it came back
 * @param vf	FS and GS
 * @return	0; -EINTR: gd_restart; minus errno
 */
int vk_run(void *id, int cmd, struct trapframe *tf, struct vextframe *vf);

#endif
