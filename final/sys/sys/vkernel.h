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
#include <sys/spinlock.h>
#include <sys/tree.h>

struct lwp;
struct proc;
struct vmspace;

/** An address space of a vkernel's process. */
struct vmspace_entry {
	RB_ENTRY(vmspace_entry) ve_node; /**< by ve_id */
	u_register_t ve_id;		 /**< what the vkernel calls it */
	struct vmspace *ve_vmspace;	 /**< the memory, until VE_GONE */
	volatile u_int ve_runs;		 /**< threads that are in it; VE_GONE */
	volatile u_int ve_refs; /**< the tree, and threads that remember it */
};
/** In ve_runs: it is destroyed, nobody gets in any more. */
#define VE_GONE 0x80000000U
RB_HEAD(vmspace_tree, vmspace_entry);

/** A vkernel: p_vkernel. */
struct vkernel_proc {
	struct spinlock vk_spin;       /**< the tree */
	struct vmspace_tree vk_spaces; /**< its processes' address spaces */
	u_int vk_refs;		       /**< processes; under mp_token */
};

/** A thread of a vkernel that has run a process in its place: lwp_vkernel. */
struct vkernel_lwp {
	bool running;		     /**< a process, in its place */
	struct vmspace_entry *space; /**< the last one it was in, or NULL */
	struct vmspace_entry *in;    /**< the one that it is in now, or NULL */
	u_register_t vkernel_cr3;    /**< the vkernel's, behind nested tables */
	vm_offset_t user_trapframe;  /**< where the registers go */
	struct trapframe save_trapframe; /**< the vkernel's registers */
	struct savetls save_tls;	 /**< and its FS and GS */
};

/* --- vm/vm_vmspace.c --- */
bool vmspace_entry_enter(struct vmspace_entry *ve);
void vmspace_entry_leave(struct vmspace_entry *ve);
void vmspace_entry_rel(struct vmspace_entry *ve);
struct vmspace_entry *vmspace_entry_get(struct vkernel_proc *vk, void *id);
void vkernel_inherit(struct proc *p1, struct proc *p2);
void vkernel_exit(struct proc *p);
u_long vkernel_pages(struct proc *p);

/* --- vm/vm_vkernel.c --- */
/** Whether a thread runs a process of a vkernel. */
#define VKERNEL_RUNS(lp)                                                       \
	((lp)->lwp_vkernel != NULL && (lp)->lwp_vkernel->running)
void vkernel_trap(struct lwp *lp, struct trapframe *tf);
void vkernel_lwp_exit(struct lwp *lp);
#endif

#endif
