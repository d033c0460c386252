/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Limits and usage of processes, DragonFly's values.
 */
#ifndef _SYS_RESOURCE_H_
#define _SYS_RESOURCE_H_

#include <sys/time.h>

/* clang-format off */
/** @name getrusage(2), getpriority(2) */
/** @{ */
#define RUSAGE_SELF	0
#define RUSAGE_CHILDREN	(-1)
#define PRIO_PROCESS	0
#define PRIO_PGRP	1
#define PRIO_USER	2
#define PRIO_MIN	(-20)
#define PRIO_MAX	20
/** @} */

/** @name Limits */
/** @{ */
#define RLIMIT_CPU	0
#define RLIMIT_FSIZE	1
#define RLIMIT_DATA	2
#define RLIMIT_STACK	3
#define RLIMIT_CORE	4
#define RLIMIT_RSS	5
#define RLIMIT_MEMLOCK	6
#define RLIMIT_NPROC	7
#define RLIMIT_NOFILE	8
#define RLIMIT_SBSIZE	9
#define RLIMIT_VMEM	10
#define RLIMIT_POSIXLOCKS 11
#define RLIM_NLIMITS	12
#define RLIM_INFINITY	((rlim_t)0x7fffffffffffffff)
/** @} */
/* clang-format on */

typedef long rlim_t; /**< a limit */

/** One limit. */
struct rlimit {
	rlim_t rlim_cur; /**< in force */
	rlim_t rlim_max; /**< what it may be raised to */
};

/** What has been used. */
struct rusage {
	struct timeval ru_utime; /**< user time */
	struct timeval ru_stime; /**< system time */
	long ru_maxrss;		 /**< most memory, KB */
	long ru_ixrss;		 /**< 0 */
	long ru_idrss;		 /**< 0 */
	long ru_isrss;		 /**< 0 */
	long ru_minflt;		 /**< page faults without input */
	long ru_majflt;		 /**< page faults with input */
	long ru_nswap;		 /**< 0 */
	long ru_inblock;	 /**< blocks read */
	long ru_oublock;	 /**< blocks written */
	long ru_msgsnd;		 /**< 0 */
	long ru_msgrcv;		 /**< 0 */
	long ru_nsignals;	 /**< signals taken */
	long ru_nvcsw;		 /**< switches by waiting */
	long ru_nivcsw;		 /**< switches by force */
};

#ifdef __USERLAND
int getrlimit(int which, struct rlimit *limit);
int setrlimit(int which, const struct rlimit *limit);
int getrusage(int who, struct rusage *usage);
int getpriority(int which, int who);
int setpriority(int which, int who, int priority);
#endif

#endif
