/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Kernels that run as a process: the format of their page tables, and what the
 * host keeps of them.
 */
#ifndef _SYS_VKERNEL_H_
#define _SYS_VKERNEL_H_

#include <sys/types.h>
#include <cpu/frame.h>
#include <cpu/vframe.h>

/** An entry of a vkernel's page table; it is the processor's own format. */
typedef unsigned long vpte_t;

/* clang-format off */
/** @name Format of a vpte */
/** @{ */
#define VPTE_FRAME_END	48			/* bits of an address */
#define VPTE_PAGE_BITS	9			/* bits of an index */
#define VPTE_FRAME	0x000ffffffffff000UL	/* address */
#define VPTE_PAGE_ENTRIES (1UL << VPTE_PAGE_BITS)
#define VPTE_PAGE_MASK	(VPTE_PAGE_ENTRIES - 1)
#define VPTE_V		0x00000001UL	/* valid */
#define VPTE_RW		0x00000002UL	/* writable */
#define VPTE_U		0x00000004UL	/* by programs of the vkernel */
#define VPTE_A		0x00000020UL	/* accessed */
#define VPTE_M		0x00000040UL	/* modified */
#define VPTE_PS		0x00000080UL	/* a large page */
#define VPTE_G		0x00000100UL	/* global */
#define VPTE_WIRED	0x00000200UL	/* software's */
#define VPTE_MANAGED	0x00000400UL	/* software's */
#define VPTE_NX		(1UL << 63)	/* not to be executed */
/** @} */
/* clang-format on */

#ifdef _KERNEL
#include <sys/tree.h>

struct lwp;
struct proc;
struct vmspace;

/** An address space of a vkernel's process. */
struct vmspace_entry {
	RB_ENTRY(vmspace_entry) ve_node; /**< by ve_id */
	u_register_t ve_id;		 /**< what the vkernel calls it */
	struct vmspace *ve_vmspace;	 /**< the memory */
	u_int ve_refs;			 /**< threads that are in it */
};
RB_HEAD(vmspace_tree, vmspace_entry);

/** A vkernel: p_vkernel. */
struct vkernel_proc {
	struct vmspace_tree vk_spaces; /**< under mp_token */
	u_int vk_refs;		       /**< processes that have it */
};

/** A thread of a vkernel that has run a process in its place: lwp_vkernel. */
struct vkernel_lwp {
	/** The process's page table while it runs, else 0. */
	u_register_t ve;
	u_register_t vkernel_cr3;	 /**< the vkernel's own */
	vm_offset_t user_trapframe;	 /**< where the registers go */
	struct trapframe save_trapframe; /**< the vkernel's registers */
	struct savetls save_tls;	 /**< and its FS and GS */
};

/* --- vm/vm_vmspace.c --- */
/** Whether a thread runs a process of a vkernel. */
#define VKERNEL_RUNS(lp)                                                       \
	((lp)->lwp_vkernel != NULL && (lp)->lwp_vkernel->ve != 0)
void vkernel_trap(struct lwp *lp, struct trapframe *tf);
void vkernel_inherit(struct proc *p1, struct proc *p2);
void vkernel_lwp_exit(struct lwp *lp);
void vkernel_exit(struct proc *p);
#endif

#endif
