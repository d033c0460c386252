/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Where and how threads run: usched_set(2), lwp_setaffinity(2),
 * lwp_rtprio(2), DragonFly's values.
 */
#ifndef _SYS_USCHED_H_
#define _SYS_USCHED_H_

#include <sys/types.h>

/* clang-format off */
/** @name usched_set(2) */
/** @{ */
#define USCHED_SET_SCHEDULER	0	/* by name */
#define USCHED_SET_CPU		1	/* this processor only */
#define USCHED_ADD_CPU		2	/* this one, too */
#define USCHED_DEL_CPU		3	/* not this one */
#define USCHED_GET_CPU		4	/* which one runs the caller */
/** @} */

/** @name lwp_rtprio(2) */
/** @{ */
#define RTP_LOOKUP		0
#define RTP_SET			1
#define RTP_PRIO_REALTIME	2
#define RTP_PRIO_NORMAL		3
#define RTP_PRIO_IDLE		4
#define RTP_PRIO_MAX		31
/** @} */
/* clang-format on */

/** Class of a thread and its priority in it. */
struct rtprio {
	u_short type; /**< RTP_PRIO_* */
	u_short prio; /**< 0 to RTP_PRIO_MAX */
};

/** A set of processors: processor n is bit n % 64 of word n / 64. */
typedef struct {
	u_long ary[4]; /**< processors 0 to 255 */
} cpumask_t;
CTASSERT(sizeof(cpumask_t) == 32);

#endif
