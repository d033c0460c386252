/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Time for programs: clocks, and sleeping.
 */
#include <sys/errno.h>
#include <sys/proc.h>
#include <sys/signalvar.h>
#include <sys/sysproto.h>
#include <sys/systm.h>
#include <sys/time.h>
#include <machine/cpu.h>
#include <machine/globaldata.h>

#define NS_PER_SEC 1000000000UL

/* --- clocks --- */

static struct timespec
timeval_timespec(const struct timeval *tv)
{
	return ((struct timespec){
	    .tv_sec = tv->tv_sec, .tv_nsec = tv->tv_usec * 1000 });
}

/* Time that the process, or the calling thread, has used. */
static void
cputime(clockid_t id, struct timespec *ts)
{
	struct rusage ru = { 0 };
	struct timespec sys;

	if (id == CLOCK_THREAD_CPUTIME_ID) {
		ru_add_lwp(&ru, curlwp);
	} else {
		lwkt_gettoken(&mp_token);
		calcru_proc(curproc, &ru);
		lwkt_reltoken(&mp_token);
	}
	*ts = timeval_timespec(&ru.ru_utime);
	if (id == CLOCK_VIRTUAL)
		return;
	sys = timeval_timespec(&ru.ru_stime);
	ts->tv_sec += sys.tv_sec;
	ts->tv_nsec += sys.tv_nsec;
	if (ts->tv_nsec >= (long)NS_PER_SEC) {
		ts->tv_sec++;
		ts->tv_nsec -= NS_PER_SEC;
	}
}

/**
 * clock_gettime(2).  Without a token.
 * @param id	CLOCK_*
 * @param ts	set
 * @return	0; EINVAL: no such clock
 */
int
kern_clock_gettime(clockid_t id, struct timespec *ts)
{
	switch (id) {
	case CLOCK_REALTIME:
	case CLOCK_REALTIME_PRECISE:
	case CLOCK_REALTIME_FAST:
		nanotime(ts);
		return (0);
	case CLOCK_SECOND:
		nanotime(ts);
		ts->tv_nsec = 0;
		return (0);
	case CLOCK_MONOTONIC:
	case CLOCK_MONOTONIC_PRECISE:
	case CLOCK_MONOTONIC_FAST:
	case CLOCK_UPTIME:
	case CLOCK_UPTIME_PRECISE:
	case CLOCK_UPTIME_FAST:
		nanouptime(ts);
		return (0);
	case CLOCK_VIRTUAL:
	case CLOCK_PROF:
	case CLOCK_PROCESS_CPUTIME_ID:
	case CLOCK_THREAD_CPUTIME_ID:
		cputime(id, ts);
		return (0);
	default:
		return (EINVAL);
	}
}

/** clock_gettime(clock_id, tp): @return kern_clock_gettime()'s; EFAULT */
int
sys_clock_gettime(
    struct sysmsg *sysmsg __unused, const struct clock_gettime_args *uap)
{
	struct timespec ts;
	int error;

	error = kern_clock_gettime(uap->clock_id, &ts);
	return (error != 0 ? error : copyout(&ts, uap->tp, sizeof(ts)));
}

/** clock_getres(clock_id, tp): @return 0; EINVAL: no such clock; EFAULT */
int
sys_clock_getres(
    struct sysmsg *sysmsg __unused, const struct clock_getres_args *uap)
{
	struct timespec ts;
	int error;

	error = kern_clock_gettime(uap->clock_id, &ts);
	if (error != 0 || uap->tp == NULL)
		return (error);
	switch (uap->clock_id) {
	case CLOCK_SECOND:
		ts = (struct timespec){ .tv_sec = 1 };
		break;
	case CLOCK_VIRTUAL:
	case CLOCK_PROF:
	case CLOCK_PROCESS_CPUTIME_ID:
	case CLOCK_THREAD_CPUTIME_ID:
		ts = ns_timespec(NS_PER_SEC / hz); /* ticks are counted */
		break;
	default:
		ts = ns_timespec(NS_PER_SEC / cputimer_freq + 1);
		break;
	}
	return (copyout(&ts, uap->tp, sizeof(ts)));
}

/** clock_settime(clock_id, tp): the time of day.  @return 0; EPERM; EINVAL;
 * EFAULT */
int
sys_clock_settime(
    struct sysmsg *sysmsg __unused, const struct clock_settime_args *uap)
{
	struct timespec ts;
	uint64_t ns;
	int error;

	error = suser(curproc->p_ucred);
	if (error == 0 && uap->clock_id != CLOCK_REALTIME)
		error = EINVAL;
	if (error == 0)
		error = copyin(uap->tp, &ts, sizeof(ts));
	if (error != 0)
		return (error);
	/* 1970 began before this kernel: what is set is never negative. */
	if (!timespec_ns(&ts, &ns) || ns == NS_FOREVER || ns < nsuptime())
		return (EINVAL);
	settime(&ts);
	return (0);
}

/** gettimeofday(tp, tzp): either may be NULL.  @return 0, EFAULT */
int
sys_gettimeofday(
    struct sysmsg *sysmsg __unused, const struct gettimeofday_args *uap)
{
	static const struct timezone utc = { 0, 0 };
	struct timespec ts;
	struct timeval tv;
	int error = 0;

	if (uap->tp != NULL) {
		nanotime(&ts);
		tv.tv_sec = ts.tv_sec;
		tv.tv_usec = ts.tv_nsec / 1000;
		error = copyout(&tv, uap->tp, sizeof(tv));
	}
	if (error == 0 && uap->tzp != NULL)
		error = copyout(&utc, uap->tzp, sizeof(utc));
	return (error);
}

/** settimeofday(tv, tzp): the zone is not kept.  @return 0; EPERM; EINVAL;
 * EFAULT */
int
sys_settimeofday(
    struct sysmsg *sysmsg __unused, const struct settimeofday_args *uap)
{
	struct timezone tz;
	struct timespec ts;
	struct timeval tv;
	uint64_t ns;
	int error;

	error = suser(curproc->p_ucred);
	if (error == 0 && uap->tzp != NULL)
		error = copyin(uap->tzp, &tz, sizeof(tz));
	if (error == 0 && uap->tv != NULL)
		error = copyin(uap->tv, &tv, sizeof(tv));
	if (error != 0 || uap->tv == NULL)
		return (error);
	if (!timeval_ns(&tv, &ns) || ns == NS_FOREVER || ns < nsuptime())
		return (EINVAL);
	ts = timeval_timespec(&tv);
	settime(&ts);
	return (0);
}

/* --- sleeping --- */

/**
 * nanosleep(2).  Without a token; a process that is stopped meanwhile sleeps
 * on afterwards.
 * @param rqt	how long
 * @param rmt	set to what is left, or to 0; or NULL
 * @return	0; EINVAL: no span of time; EINTR: a signal
 */
int
kern_nanosleep(const struct timespec *rqt, struct timespec *rmt)
{
	struct lwp *lp = curlwp;
	uint64_t end, now, ns;
	bool done = false;

	if (!timespec_ns(rqt, &ns))
		return (EINVAL);
	now = nsuptime();
	end = now + ns;
	while (now < end && !done) {
		if (tsleep_ns(&lp->lwp_slice, PCATCH, "nanslp", end - now) !=
		    EWOULDBLOCK) {
			lwkt_gettoken(&mp_token);
			done = sig_check(lp);
			lwkt_reltoken(&mp_token);
		}
		now = nsuptime();
	}
	if (rmt != NULL)
		*rmt = ns_timespec(now < end ? end - now : 0);
	return (now < end ? EINTR : 0);
}

/** nanosleep(rqtp, rmtp): @return kern_nanosleep()'s; EFAULT */
int
sys_nanosleep(struct sysmsg *sysmsg __unused, const struct nanosleep_args *uap)
{
	struct timespec rqt, rmt;
	int error, fault;

	error = copyin(uap->rqtp, &rqt, sizeof(rqt));
	if (error == 0)
		error = kern_nanosleep(&rqt, &rmt);
	if (error != EINTR || uap->rmtp == NULL)
		return (error);
	fault = copyout(&rmt, uap->rmtp, sizeof(rmt));
	return (fault != 0 ? fault : error);
}
