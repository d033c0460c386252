/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * What the machine-independent kernel wants of a platform's processor, beside
 * memory (pmap.h) and interrupts (intr.h).
 */
#ifndef _MACHINE_CPU_H_
#define _MACHINE_CPU_H_

#include <sys/types.h>
#include <cpu/frame.h>

struct globaldata;
struct lwp;
struct thread;
struct vmspace;

/** Whether a frame is of user mode. */
#define USERMODE(tf) (((tf)->tf_cs & 3) != 0)

/* --- cpu/x86_64/misc/swtch.S --- */
/**
 * Exchanges the stacks of two threads: returns when somebody has switched
 * back.  Interrupts are off.
 * @param old	the calling thread
 * @param new	gd_curthread already
 */
void cpu_switch(struct thread *old, struct thread *new);
/** Where a new thread's first cpu_switch() returns to. */
void cpu_thread_trampoline(void);
/**
 * Goes to user mode.
 * @param tf	registers, on top of the calling thread's kernel stack
 */
void user_return(struct trapframe *tf) __dead2;

/* --- cpu/x86_64/misc/vm_machdep.c --- */
vm_offset_t cpu_kstack_alloc(void); /* 0: no memory */
void cpu_kstack_free(vm_offset_t stack);
void cpu_thread_init(struct thread *td);
void cpu_thread_free(struct thread *td);
void exec_setregs(struct lwp *lp, vm_offset_t entry, vm_offset_t sp);
struct trapframe *cpu_user_frame(struct thread *td);

/* --- x86_64/switch_md.c --- */
void cpu_switch_md(struct thread *old, struct thread *new);

/* --- cpu/x86_64/misc/fpu.c --- */
void fpu_init_cpu(void);
void fpu_init(void);
int fpu_alloc(struct thread *td); /* in the state that a program starts with */
void fpu_free(struct thread *td);
void fpu_reset(struct thread *td);
void fpu_copy(struct thread *from, struct thread *to);
void fpu_switch(struct thread *old, struct thread *new);
void fpu_set_trap(struct thread *td, bool on);
void fpu_get(struct thread *td, void *image512);
void fpu_set(struct thread *td, const void *image512);
bool fpu_valid_image(const void *image512);
/** Bytes of an XSAVE area with x87, SSE and AVX. */
#define FPU_YMM_SIZE 832
bool fpu_get_ymm(struct thread *td, void *image832);
void fpu_set_ymm(struct thread *td, const void *image832);
bool fpu_valid_ymm(const void *image832);

/* --- x86_64/fpu_md.c --- */
void cpu_fpu_enable(bool xsave, uint64_t xcr0);
uint64_t cpu_fpu_features(uint64_t xcr0);
void cpu_fpu_trap(bool on);

/* --- x86_64/systimer.c --- */
void systimer_init(void);     /* the boot processor, once */
void systimer_init_cpu(void); /* every processor */
void systimer_reload(void);   /* a callout is due sooner: interrupts off */
void cpu_idle_enter(void);
void cpu_idle_leave(void);
uint64_t cputimer_count(void); /* counts at cputimer_freq */
extern uint64_t cputimer_freq;

/* --- x86_64/trap_entry.c --- */
void user_trap_init(void);
void trap_entry(struct trapframe *tf, u_int vector);
void trap_return_guest(struct trapframe *tf);

/* --- cpu/x86_64/misc/user_trap.c --- */
void user_exception(struct trapframe *tf, u_int vector);
int user_page_fault(const struct trapframe *tf);
void take_signals(struct lwp *lp);
void trap_return_user(struct trapframe *tf);
int user_trapno(u_int vector);
bool user_trap_signal(struct lwp *lp, struct trapframe *tf, u_int vector);
void user_fault_signal(struct lwp *lp, struct trapframe *tf, int error);

/* --- cpu/x86_64/misc/sendsig.c --- */
void sigcode_init(void);

/* --- x86_64/rtc.c --- */
time_t rtc_time(void);

/* --- x86_64/host_machdep.c --- */
void cpu_startup(void);
void machdep_disks(void);
void cpu_reset(void) __dead2;

/* --- dev/console/cons_tty.c: called at every tick of processor 0 --- */
void cons_poll(void);

/* --- x86_64/ap_startup.c --- */
u_int cpu_start_all(void);
void cpu_send_ipiq(struct globaldata *gd);

/* --- x86_64/pmap_user.c --- */
void pmap_user_init(void);
void pmap_activate(struct vmspace *vm);

#endif
