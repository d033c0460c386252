/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * System-call numbers, DragonFly's.
 */
#ifndef _SYS_SYSCALL_H_
#define _SYS_SYSCALL_H_

/* clang-format off */
/** @name System-call numbers */
/** @{ */
#define SYS_syscall	0	/* the number is the first argument */
#define SYS_exit	1
#define SYS_write	4
#define SYS_getpid	20
#define SYS_kill	37
#define SYS_munmap	73
#define SYS_mprotect	74
#define SYS_mmap	197
#define SYS___syscall	198	/* as 0 */
#define SYS_sched_yield	331
#define SYS_sigaction	342
#define SYS_sigreturn	344
#define SYS_umtx_sleep	469
#define SYS_umtx_wakeup	470
#define SYS_vmspace_create 486
#define SYS_vmspace_destroy 487
#define SYS_vmspace_ctl	488
#define SYS_extexit	494
#define SYS_lwp_create	495
#define SYS_lwp_gettid	496
#define SYS_lwp_kill	497
#define SYS_vmm_guest_sync_addr 535
/** @} */
/* clang-format on */

#endif
