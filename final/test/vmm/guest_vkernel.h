/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * A very small vkernel, and the programs that run under it.
 *
 * The vkernel is a guest as all others.  Its processes have page tables of
 * their own, in which nothing is mapped but what is theirs:
 *
 *     linear                       what
 *     user_start .. user_end       guest_user.c, not writable, shared
 *     VK_HEAP, VK_HEAP_PAGES       zeros when first touched
 *     .. VK_STACK_TOP              stack, VK_STACK_PAGES, the same
 */
#ifndef _GUEST_VKERNEL_H_
#define _GUEST_VKERNEL_H_

#include <sys/param.h>
#include <sys/signal.h>
#include <cpu/frame.h>
#include <cpu/vframe.h>
#include "guest_thread.h"

/** @name A process's addresses */
/** @{ */
#define VK_HEAP	       0x0000100000000000UL
#define VK_STACK_TOP   0x0000700000000000UL
#define VK_HEAP_PAGES  240
#define VK_STACK_PAGES 8
#define VK_PAGES       (VK_HEAP_PAGES + VK_STACK_PAGES)
/** @} */

/** Processes there can be. */
#define VK_NPROC       8
/** Most page frames that they can share. */
#define VK_FRAMES      256

/** What a process is doing. */
enum vk_state {
	VK_FREE = 0, /**< there is none */
	VK_READY,    /**< would like to run */
	VK_RUNNING,  /**< a virtual CPU has it */
	VK_DEAD,     /**< ended; status and trapno say how */
};

/** A process. */
struct vk_proc {
	enum vk_state state;	    /**< see there */
	struct trapframe tf;	    /**< registers, and why it stopped */
	struct vextframe vf;	    /**< FS base VK_HEAP, GS base 8 more */
	vm_paddr_t pml4;	    /**< its page table */
	bool swapped[VK_PAGES];	    /**< the page is in its swap slot */
	u_register_t handler[NSIG]; /**< of signals; 0: it ends */
	uint64_t pending;	    /**< signals to be delivered, by bit */
	int status;	  /**< of exit(), or the signal that ended it */
	int trapno;	  /**< T_*: ended by this; 0: not by a trap */
	vm_offset_t addr; /**< address of that fault */
};

/** What vkernel() shall do. */
struct vk_config {
	u_int vcpus;  /**< virtual CPUs */
	u_int frames; /**< page frames for all processes, 3 to VK_FRAMES */
	u_int nproc;  /**< processes */
	/** What each of them runs, and its argument. */
	struct {
		void (*entry)(long arg);
		long arg;
	} program[VK_NPROC];
	bool still; /**< no clock: who runs, runs until it stops */
};

/** What happened; pages. */
struct vk_counts {
	u_long faults;	  /**< page faults of processes */
	u_long page_ins;  /**< pages that came from swap */
	u_long page_outs; /**< pages written to swap */
	u_long signals;	  /**< delivered to processes */
	u_long switches;  /**< a virtual CPU took another process */
};

/** Ends the vkernel, in words, if this is not so: a mistake of its own. */
#define vk_must(what)                                                          \
	do {                                                                   \
		static const char line_[] = "vkernel: not so: " #what "\n";    \
		if (!(what))                                                   \
			vk_panic(line_, sizeof(line_) - 1);                    \
	} while (0)

/* --- guest_vkernel.c --- */
extern struct vk_proc vk_procs[VK_NPROC];
extern struct vk_counts vk_counts;
void vkernel(const struct vk_config *config);
void vk_panic(const char *line, size_t n) __dead2;
int
vmspace_run(vm_paddr_t id, struct trapframe *tf, const struct vextframe *vf);

/* --- guest_vkpage.c: page tables and paging --- */
void vk_memory_init(u_int n);
void vk_memory_free(struct vk_proc *p);
vm_paddr_t vk_empty_table(void);
bool vk_map_text(vm_paddr_t pml4);
bool vk_fault(struct vk_proc *p, vm_offset_t va, u_int error);
int vk_copy(struct vk_proc *p, vm_offset_t va, void *buf, size_t n, bool out);
u_int vk_leaks(void);

/* --- guest_user.c: programs of processes --- */
extern char user_start[], user_end[];
void user_hello(long arg);
void user_spin(long arg);
void user_memory(long passes);
void user_count(long n);
void user_compute(long n);
void user_wait_for_signal(long arg);
void user_send_signal(long pid);
void user_wild(long how);
void user_system_calls(long arg);
void user_null_calls(long n);
void user_touch(long n);

/** What user_wild() does. */
enum user_wild {
	WILD_READ_KERNEL,   /**< reads what is the vkernel's */
	WILD_WRITE_TEXT,    /**< writes its own instructions */
	WILD_JUMP,	    /**< jumps to nowhere */
	WILD_NOT_CANONICAL, /**< reads an address that there cannot be */
	WILD_STACK,	    /**< has no end of calls */
	WILD_DIVIDE,	    /**< divides by zero */
	WILD_HLT,	    /**< an instruction of ring 0 */
	WILD_CLI,	    /**< another one, allowed if IOPL were 3 */
	WILD_UD2,	    /**< an instruction that there is not */
	WILD_VMCALL,	    /**< one that always exits */
	WILD_INT3,	    /**< a breakpoint */
	WILD_INT80,	    /**< an interrupt of software */
	WILD_FPU,	    /**< has no FPU */
	WILD_STEP,	    /**< single-steps itself, and makes a system call */
	WILD_STEP_CPUID,    /**< the same, with another exit */
	WILD_LOAD_SS,	    /**< loads a segment register; there is no GDT */
	WILD_SIGRETURN,	    /**< returns to nowhere from no signal */
	WILD_HANDLER,	    /**< gets a signal at an address that cannot be */
	WILD_COUNT,	    /**< how many there are */
};

#endif
