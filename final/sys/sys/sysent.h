/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * A system-call interface (ABI): its table of calls, and how programs of it
 * are started, signalled and told of errors.
 */
#ifndef _SYS_SYSENT_H_
#define _SYS_SYSENT_H_

#include <sys/signal.h>
#include <sys/sysmsg.h>

struct image_params;
struct lwp;
struct trapframe;

/** A system call's function. */
typedef int sy_call_t(struct sysmsg *sysmsg, const void *uap);

/** @name sy_flags */
/** @{ */
#define SYF_MPSAFE 0x01 /* runs without mp_token */
/** @} */

/** One call. */
struct sysent {
	u_short sy_narg;     /**< arguments, each 8 bytes */
	u_short sy_flags;    /**< SYF_* */
	sy_call_t *sy_call;  /**< what does it */
	const char *sy_name; /**< for messages */
};

/* tag::sysentvec[] */
/** One interface. */
struct sysentvec {
	const char *sv_name;	       /**< "DragonFly ELF64", "Linux ELF64" */
	u_int sv_size;		       /**< calls in the table */
	const struct sysent *sv_table; /**< the calls, by number */
	/**
	 * Makes a frame on the user's stack and points the thread to its
	 * handler.  sig was taken off the pending set, mask is what sigreturn
	 * restores, code/addr are in info.  Kills the process (SIGILL) when
	 * the stack cannot be written.
	 */
	void (*sv_sendsig)(struct lwp *lp, u_register_t handler, int sig,
	    const sigset_t *mask, const struct siginfo *info);
	/** Does a system call: arguments from the frame, results to it. */
	void (*sv_syscall)(struct lwp *lp, struct trapframe *tf);
	/**
	 * Writes argv, envp and the auxiliary vector to the new stack.
	 * On success *sp is the initial stack pointer.
	 */
	int (*sv_copyout_strings)(struct image_params *imgp, vm_offset_t *sp);
	/** Registers of a thread about to start a new program. */
	void (*sv_setregs)(struct lwp *lp, vm_offset_t entry, vm_offset_t sp);
	const char *sv_osrelease; /**< for messages */
};
/* end::sysentvec[] */

extern struct sysentvec elf64_dragonfly_sysvec;
extern struct sysentvec elf64_linux_sysvec;
/** Table generated from syscalls.master. */
extern const struct sysent sysent[];
extern const u_int sysent_size; /**< calls in it */

/* --- cpu/x86_64/misc/sendsig.c --- */
void sendsig(struct lwp *lp, u_register_t handler, int sig,
    const sigset_t *mask, const struct siginfo *info);

/* --- cpu/x86_64/misc/syscall.c --- */
void syscall2(struct lwp *lp, struct trapframe *tf);
void
syscall_finish(struct trapframe *tf, const struct sysmsg *sysmsg, int error);

#endif
