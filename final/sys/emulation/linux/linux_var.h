/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Prototypes of the Linux interface inside the kernel, grouped by file.
 */
#ifndef _LINUX_VAR_H_
#define _LINUX_VAR_H_

#include <sys/types.h>

struct image_params;
struct linux_ucontext;
struct lwp;
struct siginfo;
struct __sigset;
struct trapframe;

/* --- linux_sysvec.c --- */
extern int linux_debug; /**< sysctl linux.debug */

/* --- linux_exec.c --- */
int linux_copyout_strings(struct image_params *imgp, vm_offset_t *sp);

/* --- linux_signal.c --- */
int linux_copyin_sigset(const u_long *uset, size_t size, struct __sigset *set);

/* --- linux_time.c --- */
int linux_copyin_timeout(const void *uts, uint64_t *ns);

/* --- linux_clone.c --- */
int linux_tid(const struct lwp *lp);
bool linux_tid_split(int ltid, pid_t *pid, lwpid_t *tid);

/* --- cpu/x86_64/misc/linux_sendsig.c --- */
void linux_sendsig(struct lwp *lp, u_register_t handler, int sig,
    const struct __sigset *mask, const struct siginfo *info);

#endif
