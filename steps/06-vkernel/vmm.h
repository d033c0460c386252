/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Prototypes and structures of step 06, grouped by file.
 */
#ifndef _VMM_H_
#define _VMM_H_

#include <sys/signal.h>
#include <sys/spinlock.h>
#include <sys/types.h>
#include <cpu/trap.h>
#include <cpu/vframe.h>
#include <machine/globaldata.h>
#include "ept.h"
#include "guests.h"
#include "vm_map.h"
#include "vmm_utils.h"
#include "vmx_cpu.h"
#include "vmx_trap.h"

/** @name A guest's address space; all of it is the process's own */
/** @{ */
#define GUEST_TABLES	  0x00800000UL /* its page tables */
#define GUEST_TABLES_SIZE 0x00080000UL
#define GUEST_SMALL	  0x00880000UL /* a range too small for 2 MB */
#define GUEST_SMALL_SIZE  0x00080000UL
#define GUEST_DEVICE	  0x00900000UL /* a page that is not cached */
#define GUEST_STACK	  0x00a00000UL /* 2 MB, as the guest's table maps it */
#define GUEST_RAM	  0x10000000UL /* memory that comes when touched */
#define GUEST_RAM_SIZE	  0x30000000UL /* 768 MB */
#define GUEST_WINDOW	  (6UL << 30)  /* what it maps there itself */
#define GUEST_HUGE	  0x40000000UL /* 1 GB, in one test only */
#define GUEST_IDENTITY	  (4UL << 30)  /* linear equals guest-physical below */
#define GUEST_HOLE	  (5UL << 30)  /* mapped by nobody */
#define GUEST_STACK_TOP	  0x0000800000000000
/** @} */

/** Ticks of the preemption timer after which a guest counts as stuck. */
#define GUEST_PATIENCE	  200000

/** How a guest ended. */
enum guest_end {
	GUEST_RUNNING = 0, /**< not yet */
	GUEST_EXITED,	   /**< exit(2); status is its argument */
	GUEST_KILLED,	   /**< an exception; status is its vector */
	GUEST_STUCK,	   /**< ran too long */
	GUEST_UNHANDLED,   /**< an exit nobody handles; status is it */
	GUEST_NO_ENTRY,	   /**< VM entry failed; status says why */
	GUEST_BAD_ACCESS,  /**< EPT violation; status is vm_fault()'s error */
	GUEST_MISCONFIG,   /**< EPT misconfiguration */
	GUEST_SIGNALED,	   /**< a signal; status is it */
};

/** Clock ticks in a second. */
#define HZ	   100
/** Threads that a process may have. */
#define MAXLWP	   16
/** The number of the one process. */
#define PID	   1
/** Pages that the kernel keeps for itself when processes want all. */
#define VM_RESERVE 64

/** What a thread is doing. */
enum lwp_state {
	LWP_NONE = 0, /**< there is no such thread */
	LWP_RUN,      /**< runs, or would like to */
	LWP_SLEEP,    /**< waits in a system call */
};

/** A thread of a vkernel that lets a process run in its place. */
struct vkernel_lwp {
	vm_paddr_t ve; /**< the process's page table; 0: none runs */
	vm_offset_t user_trapframe;	 /**< where its registers go */
	vm_paddr_t vkernel_cr3;		 /**< the vkernel's own page table */
	struct trapframe save_trapframe; /**< its registers */
	u_register_t save_base[2];	 /**< its FS and GS base */
};

/** A thread: its VMCS, its registers and the last exit. */
struct vmx_thread_info {
	struct proc *proc;    /**< whose it is */
	enum lwp_state state; /**< see there */
	u_int cpu;	      /**< processor that has it, plus 1; or 0 */
	u_int last_cpu;	      /**< the last that had it, as above */
	bool checked;	      /**< its VMCS broke no rule */
	bool unfetched;	      /**< #UD at what could not be read */
	vm_paddr_t wchan;     /**< what it waits for */
	u_long order;	      /**< when it began to, see proc.sleeps */
	u_long deadline;      /**< tick that ends the wait, 0 for none */
	uint64_t sigpend;     /**< signals that wait for it */
	uint64_t sigmask;     /**< signals that have to wait longer */

	vm_paddr_t vmcs;		  /**< region of the VMCS */
	bool launched;			  /**< VMRESUME instead of VMLAUNCH */
	struct vmx_guest guest;		  /**< registers */
	struct vkernel_lwp vk;		  /**< see there */
	struct vmm_linear linear;	  /**< its linear address space */
	struct vmm_walk walks[VMM_WALKS]; /**< the last ones */
	struct vmx_exit_info exit;	  /**< the last VM exit */
};

/** Time in which no thread could run, in time-stamp ticks. */
struct idle {
	uint64_t began;	 /**< the first HLT */
	uint64_t ended;	 /**< the end of the last one */
	uint64_t halted; /**< sum of all of them */
};

/** A process: memory, threads, how it ended. */
struct proc {
	const char *name;		/**< for messages */
	struct vm_map map;		/**< its guest-physical address space */
	bool vkernel;			/**< it may run processes */
	vm_paddr_t next_table;		/**< where its page table may grow */
	volatile u_long p_vmm_cpumask;	/**< see sys_vmm.c */
	volatile u_int p_vmm_cpulock;	/**< see sys_vmm.c */
	u_long eptgen[MAXCPU];		/**< pm_invgen at the last INVEPT */
	volatile u_long inside[MAXCPU]; /**< the same plus 1 in the guest */
	enum guest_end end;		/**< why it does not run any more */
	int status;			/**< see enum guest_end */
	u_int patience;	  /**< timer ticks that a thread may take */
	struct idle idle; /**< when it had nothing to do */
	u_int last;	  /**< who ran last */
	u_long sleeps;	  /**< how often any of them went to sleep */
	struct sigaction sigact[NSIG];	    /**< by signal */
	struct vmx_thread_info lwp[MAXLWP]; /**< the first one is main */
	struct vmx_exit_info exit;	    /**< the exit that ended it */
};

/** What a processor is doing. */
struct vmm_cpu {
	struct vmx_thread_info *current; /**< whose VMCS is current */
	volatile bool resched;		 /**< it shall make way */
	volatile bool idle;		 /**< it halts */
	uint64_t busy; /**< ticks spent for guests, in the host; not idle */
};

/** The thread that runs on this processor shall make way. */
#define need_resched (vmm_cpus[mycpuid].resched)

/** A system call being made. */
struct sysmsg {
	register_t arg[6];	/**< arguments */
	register_t result[2];	/**< rax and rdx, if there is no error */
	vm_offset_t stack_args; /**< where the seventh argument is */
};

/** A system call: returns an errno, or EJUSTRETURN. */
typedef int sy_call_t(struct vmx_thread_info *vti, struct sysmsg *sm);

/**
 * @param va	address
 * @return	whether it is one that a program can have
 */
static __inline bool
is_canonical(vm_offset_t va)
{
	return (va < GUEST_STACK_TOP);
}

/* --- vmx.c --- */
extern struct vmx_caps vmx_caps;
extern struct vmx_ctls vmx_ctls;
extern uint64_t vmx_migrations;
const char *vmx_init(void);
void vmx_vminit(struct vmx_thread_info *vti);
void vmx_vmdestroy(struct vmx_thread_info *vti);
void vmcs_enter(struct vmx_thread_info *vti);
void vmcs_leave(struct vmx_thread_info *vti);

/* --- vmx_run.c --- */
extern uint64_t vmx_exit_count[];
extern volatile u_long vmx_invept_count;
void vmx_vmrun(struct proc *p);
void guest_ended(struct proc *p, enum guest_end end, int status);

/* --- vmm.c --- */
bool guest_memory_init(struct proc *p);
void guest_memory_free(struct proc *p);
void lwp_init(struct proc *p, struct vmx_thread_info *vti, vm_offset_t rip,
    vm_offset_t rsp, register_t rdi);

/* --- sysent.c --- */
void syscall2(struct vmx_thread_info *vti);
void
syscall_return(struct vmx_thread_info *vti, const struct sysmsg *sm, int error);

/* --- usched.c --- */
extern volatile u_long ticks;
extern struct spinlock vmm_lock;
extern struct vmm_cpu vmm_cpus[MAXCPU];
void usched_init(void);
void usched_serve(void) __dead2;
void usched_run(struct proc *p);
struct vmx_thread_info *usched_choose(struct proc *p);
struct vmx_thread_info *
lwp_alloc(struct proc *p, vm_offset_t rip, vm_offset_t rsp, register_t rdi);
void lwp_free(struct vmx_thread_info *vti);
void lwp_exit(struct vmx_thread_info *vti, bool process, int status);
void lwp_free_all(struct proc *p);
void lwp_sleep(struct vmx_thread_info *vti, vm_paddr_t wchan, u_long us);
void lwp_wakeup(struct vmx_thread_info *vti, int error);

/* --- sys_vmm.c --- */
extern uint64_t ipi_count;
bool vmm_enter(struct proc *p);
void vmm_leave(struct proc *p);
void vmm_interrupt(u_long mask);
void vmm_quiesce(void *arg);
void vmm_check(void *arg);
int sys_vmm_guest_sync_addr(struct vmx_thread_info *vti, struct sysmsg *sm);

/* --- kern_umtx.c --- */
int sys_umtx_sleep(struct vmx_thread_info *vti, struct sysmsg *sm);
int sys_umtx_wakeup(struct vmx_thread_info *vti, struct sysmsg *sm);

/* --- kern_sig.c --- */
int sys_sigaction(struct vmx_thread_info *vti, struct sysmsg *sm);
int sys_lwp_kill(struct vmx_thread_info *vti, struct sysmsg *sm);
int sys_sigreturn(struct vmx_thread_info *vti, struct sysmsg *sm);
void lwp_signal(struct vmx_thread_info *vti, int sig);
bool trapsignal(struct vmx_thread_info *vti, int sig);
bool sig_pending(const struct vmx_thread_info *vti);
void postsig(struct vmx_thread_info *vti);

/* --- vm_vmspace.c --- */
int sys_vmspace_create(struct vmx_thread_info *vti, struct sysmsg *sm);
int sys_vmspace_destroy(struct vmx_thread_info *vti, struct sysmsg *sm);
int sys_vmspace_ctl(struct vmx_thread_info *vti, struct sysmsg *sm);
void vkernel_trap(struct vmx_thread_info *vti, int trapno, register_t error,
    vm_offset_t addr);
bool vkernel_exception(struct vmx_thread_info *vti, u_int vector);

/* --- vmm_test.c --- */
void vmm_test(void);
void vmm_bench(void);

/* --- guest.c, linked at its physical address by guest.ld --- */
extern char guest_start[], guest_end[];
void guest_hello(void);
void guest_cpuid(void);
void guest_sum(void);
void guest_memory(const volatile uint64_t *low);
void guest_fault(void);
void guest_prefixed(void);
void guest_ud2(void);
void guest_divide(void);
void guest_privileged(void);
void guest_bad_pointer(void);
void guest_vmcall(void);
void guest_spin(void);
void guest_exits(void);

#endif
