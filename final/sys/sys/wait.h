/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * How a process ended.
 */
#ifndef _SYS_WAIT_H_
#define _SYS_WAIT_H_

#include <sys/types.h>

/* clang-format off */
/** @name wait4(2) */
/** @{ */
#define WNOHANG		1
#define WUNTRACED	2
#define WCONTINUED	4
#define WAIT_ANY	(-1)
#define WAIT_MYPGRP	0
#define _WSTATUS(x)	((x) & 0177)
#define _WSTOPPED	0177
#define WIFSTOPPED(x)	(((x) & 0377) == _WSTOPPED)
#define WSTOPSIG(x)	((x) >> 8)
#define WIFSIGNALED(x)	(_WSTATUS(x) != _WSTOPPED && _WSTATUS(x) != 0)
#define WTERMSIG(x)	(_WSTATUS(x))
#define WIFEXITED(x)	(_WSTATUS(x) == 0)
#define WEXITSTATUS(x)	((x) >> 8 & 0377)
#define WIFCONTINUED(x)	((x) == 19)	/* SIGCONT */
#define WCOREDUMP(x)	((x) & 0200)
#define W_EXITCODE(ret, sig) ((ret) << 8 | (sig))
#define W_STOPCODE(sig)	((sig) << 8 | _WSTOPPED)
/** @} */
/* clang-format on */

#ifndef _KERNEL
struct rusage;
pid_t wait(int *status);
pid_t waitpid(pid_t pid, int *status, int options);
pid_t wait4(pid_t pid, int *status, int options, struct rusage *ru);
#endif

#endif
