/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * What the files of the VMM of Damselfly share.
 */
#ifndef _VMM_VMX_H_
#define _VMM_VMX_H_

#include <sys/types.h>
#include <machine/globaldata.h>
#include "vmm_utils.h"
#include "vmx_cpu.h"
#include "vmx_trap.h"

struct lwp;
struct vmspace;

/**
 * An address space that is a guest's physical memory.
 *
 * vp_cpumask and vp_cpulock are DragonFly's p_vmm_cpumask and p_vmm_cpulock;
 * they belong to the memory here, since after vfork(2) two processes have it.
 * vmm_mem.c has the protocol.
 */
struct vmm_proc {
	struct vmspace *vp_vmspace;   /**< the memory */
	register_t vp_guest_cr3;      /**< page table of a new thread */
	uint64_t vp_eptp;	      /**< EPT pointer */
	uint16_t vp_vpid;	      /**< tag in the TLBs; 0: none */
	volatile u_long vp_cpumask;   /**< processors that may be inside */
	volatile u_int vp_cpulock;    /**< CPULOCK_*: who may enter */
	volatile u_long vp_lineargen; /**< see vmm_flush_linear() */
	volatile u_long vp_exits[EXIT_REASON_COUNT]; /**< of gone threads */
	/** What each processor has forgotten, and what it is doing. */
	struct vmm_proc_cpu {
		u_long eptgen;		/**< pm_invgen at its last INVEPT */
		u_long lineargen;	/**< the same for vp_lineargen */
		vm_paddr_t cr3;		/**< page table that it used last */
		volatile u_long inside; /**< eptgen plus 1 while inside */
	} vp_cpu[MAXCPU];		/**< by cpuid */
};

/** @name vp_cpulock */
/** @{ */
#define CPULOCK_EXCL	0x00000001 /* nobody may enter */
#define CPULOCK_INCR	0x00000002 /* one more is inside */
#define CPULOCK_CNTMASK 0x7ffffffe /* how many are */
/** @} */

/** The kernel's access to a guest's memory: see vmm_access.c. */
struct vmm_access {
	struct vmspace *vmspace; /**< the memory */
	vm_paddr_t miss_gpa;	 /**< a page that is not there */
	u_int miss_access;	 /**< VM_PROT_* wanted there; 0: none missed */
};

/** What is in the VMCS, so that only what has changed is written. */
struct vmx_written {
	register_t rip;	     /**< where it goes on */
	register_t rsp;	     /**< stack pointer */
	register_t rflags;   /**< flags */
	u_register_t cr3;    /**< page table */
	u_register_t fsbase; /**< base of FS; -1: not known */
	u_register_t gsbase; /**< base of GS; -1: not known */
	bool nofpu;	     /**< CR0.TS */
};

/** @name Walks that a thread remembers, of each kind */
/** @{ */
#define VMM_WALK_SETS 16 /* places by page and table */
#define VMM_WALK_WAYS 4	 /* walks to a place: six pages take turns or so */
/** @} */

/** A thread: its VMCS, its registers, its last exit. */
struct vmx_thread_info {
	struct lwp *lwp;	    /**< whose it is */
	struct vmm_proc *vmm;	    /**< its memory */
	vm_paddr_t vmcs;	    /**< region of the VMCS */
	int last_cpu;		    /**< where it is active, or -1 */
	bool filled;		    /**< the VMCS has its contents */
	bool checked;		    /**< it breaks no rule */
	bool launched;		    /**< VMRESUME instead of VMLAUNCH */
	uint16_t opcode;	    /**< at rip, if it was at hand */
	bool unfetched;		    /**< #UD at what could not be read */
	bool nofpu;		    /**< FPU instructions are to trap */
	bool flush;		    /**< drop linear translations */
	vm_offset_t frame;	    /**< where HOST_RSP was taken from */
	struct vmx_written written; /**< see there */
	struct vmx_guest guest;	    /**< registers */
	struct vmm_linear linear;   /**< its linear address space */
	/** The last ones; see vmm_walks_at(). */
	struct vmm_walk walks[VMM_WALK_SETS][VMM_WALK_WAYS][VMM_WALKS];
	u_long walk_key[VMM_WALK_SETS][VMM_WALK_WAYS]; /**< whose they are */
	u_char walk_way[VMM_WALK_SETS];		       /**< used last */
	struct vmm_walk sync_walks[VMM_WALKS];	       /**< to page tables */
	struct vmm_access access;	 /**< linear's way to memory */
	struct vmx_exit_info exit;	 /**< the last exit */
	vm_paddr_t exit_gpa;		 /**< EPT violation: where */
	vm_offset_t exit_gva;		 /**< EPT violation: linear address */
	u_long exits[EXIT_REASON_COUNT]; /**< by reason */
};

/**
 * Where the walk to an address is remembered, if it is.  A vkernel and its
 * process take turns, each with some pages of its own, and shall not throw
 * out each other's.
 * @param vti	thread
 * @param va	its address
 * @return	VMM_WALKS walks, one of each kind
 */
static __inline struct vmm_walk *
vmm_walks_at(struct vmx_thread_info *vti, vm_offset_t va)
{
	u_long key = (va ^ vti->linear.cr3) / PAGE_SIZE;
	/* The upper bits of a product depend on all bits of both. */
	u_long set = key * 0x9e3779b97f4a7c15 / (-1UL / VMM_WALK_SETS + 1);
	u_int way = 0;

	while (way < VMM_WALK_WAYS && vti->walk_key[set][way] != key)
		way++;
	if (__predict_false(way == VMM_WALK_WAYS)) {
		way = (vti->walk_way[set] + 1) % VMM_WALK_WAYS;
		vti->walk_key[set][way] = key;
	}
	vti->walk_way[set] = way;
	return (vti->walks[set][way]);
}

/** What a processor has done for guests. */
struct vmm_cpu {
	struct vmx_thread_info *current; /**< whose VMCS is current */
	vm_paddr_t vmxon;		 /**< its VMXON region, or 0 */
	u_long exits[EXIT_REASON_COUNT]; /**< by reason */
	u_long vmreads;			 /**< VMREADs */
	u_long vmwrites;		 /**< VMWRITEs */
	u_long invepts;			 /**< INVEPTs */
	u_long invvpids;		 /**< INVVPIDs */
	u_long migrations; /**< threads that came from elsewhere */
	u_long stops;	   /**< times all others had to leave */
	u_long kicks;	   /**< interrupts sent for that */
};

/* --- vmm.c --- */
extern struct vmm_cpu vmm_cpus[MAXCPU];
extern volatile u_int vmm_threads;

/* --- vmx.c --- */
extern struct vmx_caps vmx_caps;
extern struct vmx_ctls vmx_ctls;
extern uint64_t vmx_guest_efer;
const char *vmx_init(void);
bool vmx_enable(void);
void vmx_disable(void);
bool vmx_uses_vpid(void);
bool vmx_load_other(struct vmm_cpu *cpu, struct vmx_thread_info *vti);
void vmx_take_over(struct vmx_thread_info *vti);
uint64_t vmx_guest_cr0(const struct vmx_thread_info *vti);

/* --- vmx_mitigate.c --- */
void vmx_mitigate_init(void);
extern bool vmx_mitigate;
void vmx_mitigate_entry(void);
const char *vmx_mitigations(void);

/* --- vmm_mem.c --- */
bool vmm_enter(struct vmm_proc *vmm);
void vmm_leave(struct vmm_proc *vmm);
void vmm_linear_init(struct vmx_thread_info *vti, register_t cr3);
void vmm_stop(struct vmm_proc *vmm);
void vmm_go(struct vmm_proc *vmm);

/* --- vmm_access.c --- */
int vmm_fetch_code(
    struct vmx_thread_info *vti, vm_offset_t va, void *buf, size_t n);

/* tag::counted[] */
/**
 * Reads a field of the current VMCS, and counts.
 * @param cpu	this processor's; interrupts are off
 * @param field	VMCS_*
 * @return	its value
 */
static __inline uint64_t
vmx_read(struct vmm_cpu *cpu, uint32_t field)
{
	cpu->vmreads++;
	return (vmcs_read(field));
}

/**
 * Writes a field of the current VMCS, and counts.
 * @param cpu	this processor's; interrupts are off
 * @param field	VMCS_*
 * @param v	its value
 */
static __inline void
vmx_write(struct vmm_cpu *cpu, uint32_t field, uint64_t v)
{
	cpu->vmwrites++;
	vmcs_write(field, v);
}
/* end::counted[] */

#endif
