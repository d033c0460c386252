/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Linux's clocks, sleeps and timers.
 */
#include <sys/errno.h>
#include <sys/linux_sysproto.h>
#include <sys/proc.h>
#include <sys/resource.h>
#include <sys/sysproto.h>
#include <sys/systm.h>
#include <sys/time.h>
#include <machine/globaldata.h>
#include "linux_conv.h"
#include "linux_var.h"

#define NSEC_PER_SEC 1000000000UL
#define NSEC_PER_TCK (NSEC_PER_SEC / LINUX_CLK_TCK)
#define USEC_PER_TCK (1000000 / LINUX_CLK_TCK)
#define NSEC_MAX     0x7fffffffffffffffUL

/* Nanoseconds of a time that is in order; at most NSEC_MAX. */
static int
to_ns(const struct timespec *ts, uint64_t *ns)
{
	if (ts->tv_sec < 0 || ts->tv_nsec < 0 ||
	    ts->tv_nsec >= (long)NSEC_PER_SEC)
		return (EINVAL);
	*ns = (uint64_t)ts->tv_sec >= NSEC_MAX / NSEC_PER_SEC
	    ? NSEC_MAX
	    : (uint64_t)ts->tv_sec * NSEC_PER_SEC + ts->tv_nsec;
	return (0);
}

/**
 * Copies a span of time from the process.
 * @param uts	timespec there
 * @param ns	set to nanoseconds
 * @return	0, EFAULT, EINVAL
 */
int
linux_copyin_timeout(const void *uts, uint64_t *ns)
{
	struct timespec ts;
	int error;

	error = copyin(uts, &ts, sizeof(ts));
	return (error != 0 ? error : to_ns(&ts, ns));
}

/** clock_gettime(2). */
int
sys_linux_clock_gettime(
    struct sysmsg *sysmsg __unused, const struct linux_clock_gettime_args *uap)
{
	int clock = linux_clock(uap->id), error;
	struct timespec ts;

	if (clock < 0)
		return (EINVAL);
	error = kern_clock_gettime(clock, &ts);
	return (error != 0 ? error : copyout(&ts, uap->tp, sizeof(ts)));
}

/** clock_getres(2). */
int
sys_linux_clock_getres(
    struct sysmsg *sysmsg, const struct linux_clock_getres_args *uap)
{
	struct clock_getres_args a = { .clock_id = linux_clock(uap->id),
		.tp = uap->tp };

	if (a.clock_id < 0)
		return (EINVAL);
	return (uap->tp == NULL ? 0 : sys_clock_getres(sysmsg, &a));
}

/** clock_settime(2). */
int
sys_linux_clock_settime(
    struct sysmsg *sysmsg, const struct linux_clock_settime_args *uap)
{
	struct clock_settime_args a = { .clock_id = linux_clock(uap->id),
		.tp = uap->tp };

	if (uap->id != LINUX_CLOCK_REALTIME)
		return (EINVAL);
	return (sys_clock_settime(sysmsg, &a));
}

/** time(2). */
int
sys_linux_time(struct sysmsg *sysmsg, const struct linux_time_args *uap)
{
	struct timespec ts;

	nanotime(&ts);
	sysmsg->sysmsg_lresult = ts.tv_sec;
	if (uap->tloc == NULL)
		return (0);
	return (copyout(&ts.tv_sec, uap->tloc, sizeof(ts.tv_sec)));
}

/* Sleeps until a clock says a time; it may be set meanwhile only forward. */
static int
sleep_until(int clock, const struct timespec *until)
{
	struct timespec now, span;
	uint64_t end, at;
	int error;

	error = to_ns(until, &end);
	if (error == 0)
		error = kern_clock_gettime(clock, &now);
	if (error == 0)
		error = to_ns(&now, &at);
	if (error != 0 || end <= at)
		return (error);
	span = (struct timespec){ .tv_sec = (end - at) / NSEC_PER_SEC,
		.tv_nsec = (end - at) % NSEC_PER_SEC };
	return (kern_nanosleep(&span, &now));
}

/** clock_nanosleep(2). */
int
sys_linux_clock_nanosleep(struct sysmsg *sysmsg __unused,
    const struct linux_clock_nanosleep_args *uap)
{
	int clock = linux_clock(uap->id), error, fault;
	struct timespec rqt, rmt = { 0 };

	if (clock < 0 || uap->id == LINUX_CLOCK_THREAD_CPUTIME_ID ||
	    (uap->flags & ~LINUX_TIMER_ABSTIME) != 0)
		return (EINVAL);
	if (uap->id == LINUX_CLOCK_PROCESS_CPUTIME_ID)
		return (EOPNOTSUPP);
	error = copyin(uap->rqtp, &rqt, sizeof(rqt));
	if (error != 0)
		return (error);
	if ((uap->flags & LINUX_TIMER_ABSTIME) != 0)
		return (sleep_until(clock, &rqt));
	error = kern_nanosleep(&rqt, &rmt);
	if (error != EINTR || uap->rmtp == NULL)
		return (error);
	fault = copyout(&rmt, uap->rmtp, sizeof(rmt));
	return (fault != 0 ? fault : error);
}

/** alarm(2). */
int
sys_linux_alarm(struct sysmsg *sysmsg, const struct linux_alarm_args *uap)
{
	struct itimerval new = { .it_value.tv_sec = uap->seconds }, old;
	int error;

	error = kern_setitimer(ITIMER_REAL, &new, &old);
	if (error != 0)
		return (error);
	/* What was left, to the nearest second, and at least one. */
	if (old.it_value.tv_usec >= 500000 ||
	    (old.it_value.tv_sec == 0 && old.it_value.tv_usec != 0))
		old.it_value.tv_sec++;
	sysmsg->sysmsg_result = old.it_value.tv_sec;
	return (0);
}

static int64_t
ticks_of(const struct timeval *tv)
{
	return (tv->tv_sec * LINUX_CLK_TCK + tv->tv_usec / USEC_PER_TCK);
}

/** times(2). */
int
sys_linux_times(struct sysmsg *sysmsg, const struct linux_times_args *uap)
{
	const struct rusage *children = &curproc->p_cru;
	struct linux_tms tms;
	struct rusage ru;

	sysmsg->sysmsg_lresult = nsuptime() / NSEC_PER_TCK;
	if (uap->buf == NULL)
		return (0);
	calcru_proc(curproc, &ru);
	tms = (struct linux_tms){ .tms_utime = ticks_of(&ru.ru_utime),
		.tms_stime = ticks_of(&ru.ru_stime),
		.tms_cutime = ticks_of(&children->ru_utime),
		.tms_cstime = ticks_of(&children->ru_stime) };
	return (copyout(&tms, uap->buf, sizeof(tms)));
}
