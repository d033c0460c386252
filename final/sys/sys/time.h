/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Time: structures and clocks, DragonFly's values.
 */
#ifndef _SYS_TIME_H_
#define _SYS_TIME_H_

#include <sys/types.h>

/** Seconds and nanoseconds. */
struct timespec {
	time_t tv_sec; /**< seconds */
	long tv_nsec;  /**< 0 to 999,999,999 */
};

/** Seconds and microseconds. */
struct timeval {
	time_t tv_sec;	     /**< seconds */
	suseconds_t tv_usec; /**< 0 to 999,999 */
};

/** setitimer(2). */
struct itimerval {
	struct timeval it_interval; /**< again and again, 0: once */
	struct timeval it_value;    /**< from now on, 0: off */
};

/** What gettimeofday(2) says of the zone: nothing. */
struct timezone {
	int tz_minuteswest; /**< 0 */
	int tz_dsttime;	    /**< 0 */
};

/* clang-format off */
/** @name Clocks */
/** @{ */
#define CLOCK_REALTIME		0
#define CLOCK_VIRTUAL		1
#define CLOCK_PROF		2
#define CLOCK_MONOTONIC		4
#define CLOCK_UPTIME		5
#define CLOCK_UPTIME_PRECISE	7
#define CLOCK_UPTIME_FAST	8
#define CLOCK_REALTIME_PRECISE	9
#define CLOCK_REALTIME_FAST	10
#define CLOCK_MONOTONIC_PRECISE	11
#define CLOCK_MONOTONIC_FAST	12
#define CLOCK_SECOND		13
#define CLOCK_THREAD_CPUTIME_ID	14
#define CLOCK_PROCESS_CPUTIME_ID 15
/** @} */

/** @name setitimer(2) */
/** @{ */
#define ITIMER_REAL	0
#define ITIMER_VIRTUAL	1
#define ITIMER_PROF	2
/** @} */
/* clang-format on */

#ifdef _KERNEL
/* --- kern/kern_clock.c --- */
extern const u_int hz;	   /**< ticks per second */
extern volatile int ticks; /**< ticks since the start */
void nanouptime(struct timespec *ts);
void nanotime(struct timespec *ts);
void settime(const struct timespec *ts);
uint64_t nsuptime(void);
void clock_start(time_t now);
void hardclock(bool usermode);
void clock_idle_begin(void);
void clock_idle_end(void);
uint64_t clock_idle_count(void);
struct proc;
/* --- kern/kern_time.c: ITIMER_VIRTUAL and ITIMER_PROF, from the clock --- */
void itimers_tick(struct proc *p, bool usermode);
void cpulimit_tick(struct proc *p); /* kern_resource.c */
/* --- kern/subr_time.c: pure --- */
/** Longest time that is reckoned with: 146 years, in nanoseconds. */
#define NS_FOREVER (1UL << 62)
bool timespec_ns(const struct timespec *ts, uint64_t *ns);
bool timeval_ns(const struct timeval *tv, uint64_t *ns);
struct timespec ns_timespec(uint64_t ns);
struct timeval ns_timeval(uint64_t ns);
uint64_t itimer_next(uint64_t when, uint64_t interval, uint64_t now);
bool itimer_charge(struct itimerval *it, uint64_t ns);
#endif

#ifdef __USERLAND
int gettimeofday(struct timeval *tp, struct timezone *tzp);
int settimeofday(const struct timeval *tp, const struct timezone *tzp);
int getitimer(int which, struct itimerval *value);
int setitimer(int which, const struct itimerval *value, struct itimerval *old);
int utimes(const char *path, const struct timeval tv[2]);
int futimes(int fd, const struct timeval tv[2]);
int lutimes(const char *path, const struct timeval tv[2]);

/** @name Arithmetic on struct timeval */
/** @{ */
#define timerclear(t) ((t)->tv_sec = (t)->tv_usec = 0)
#define timerisset(t) ((t)->tv_sec != 0 || (t)->tv_usec != 0)
#define timercmp(a, b, op)                                                     \
	((a)->tv_sec == (b)->tv_sec ? (a)->tv_usec op(b)->tv_usec              \
				    : (a)->tv_sec op(b)->tv_sec)
#define timeradd(a, b, r)                                                      \
	do {                                                                   \
		(r)->tv_sec = (a)->tv_sec + (b)->tv_sec;                       \
		(r)->tv_usec = (a)->tv_usec + (b)->tv_usec;                    \
		if ((r)->tv_usec >= 1000000) {                                 \
			(r)->tv_sec++;                                         \
			(r)->tv_usec -= 1000000;                               \
		}                                                              \
	} while (0)
#define timersub(a, b, r)                                                      \
	do {                                                                   \
		(r)->tv_sec = (a)->tv_sec - (b)->tv_sec;                       \
		(r)->tv_usec = (a)->tv_usec - (b)->tv_usec;                    \
		if ((r)->tv_usec < 0) {                                        \
			(r)->tv_sec--;                                         \
			(r)->tv_usec += 1000000;                               \
		}                                                              \
	} while (0)
/** @} */
#endif

#endif
