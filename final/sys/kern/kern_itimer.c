/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * setitimer(2): a signal after some time, or again and again.
 *
 * ITIMER_REAL is a callout.  p_realtimer.it_value is when it expires, as time
 * since the start, not how long that is; 0 if it is off.  ITIMER_VIRTUAL and
 * ITIMER_PROF are charged tick by tick; p_timer[] has what is left of them.
 * All of it is under p_spin, and seen by the clock interrupt.
 */
#include <sys/errno.h>
#include <sys/proc.h>
#include <sys/signalvar.h>
#include <sys/sysproto.h>
#include <sys/systm.h>
#include <sys/time.h>
#include <machine/globaldata.h>
#include <machine/intr.h>

/* A span in p_realtimer keeps nanoseconds in the place of microseconds. */
static uint64_t
expiry(const struct proc *p)
{
	return ((uint64_t)p->p_realtimer.it_value.tv_sec * 1000000000 +
	    (uint64_t)p->p_realtimer.it_value.tv_usec);
}

static void
set_expiry(struct proc *p, uint64_t ns)
{
	p->p_realtimer.it_value.tv_sec = (time_t)(ns / 1000000000);
	p->p_realtimer.it_value.tv_usec = (suseconds_t)(ns % 1000000000);
}

/* The callout; from the clock interrupt. */
static void
realitexpire(void *arg)
{
	uint64_t now = nsuptime(), when, interval;
	struct proc *p = arg;
	bool expired;

	interval = 0;
	spin_lock(&p->p_spin);
	when = expiry(p);
	expired = when != 0 && when <= now;
	if (expired) {
		timeval_ns(&p->p_realtimer.it_interval, &interval);
		set_expiry(
		    p, interval != 0 ? itimer_next(when, interval, now) : 0);
	}
	/* Off, or set anew while we were on our way: that has its callout. */
	if (expired && expiry(p) != 0)
		callout_reset_ns(
		    &p->p_itcallout, expiry(p) - now, realitexpire, p);
	spin_unlock(&p->p_spin);
	if (expired)
		ksignal(p, SIGALRM);
}

/* p_spin is held. */
static void
read_timer(const struct proc *p, u_int which, struct itimerval *itv)
{
	uint64_t when, now;

	if (which != ITIMER_REAL) {
		*itv = p->p_timer[which - ITIMER_VIRTUAL];
		return;
	}
	when = expiry(p);
	now = nsuptime();
	itv->it_interval = p->p_realtimer.it_interval;
	itv->it_value = when == 0 ? (struct timeval){ 0, 0 }
	    : when > now	  ? ns_timeval(when - now)
				  : (struct timeval){ 0, 1 };
}

/* p_spin is held. */
static void
set_real(struct proc *p, const struct itimerval *itv, uint64_t ns)
{
	p->p_realtimer.it_interval = itv->it_interval;
	set_expiry(p, ns != 0 ? nsuptime() + ns : 0);
	if (ns != 0)
		callout_reset_ns(&p->p_itcallout, ns, realitexpire, p);
	else
		callout_stop(&p->p_itcallout);
}

/**
 * setitimer(2) and getitimer(2) of the current process.
 * @param which	ITIMER_*
 * @param itv	from now on; NULL changes nothing
 * @param oitv	set to what has been; or NULL
 * @return	0, EINVAL
 */
int
kern_setitimer(u_int which, const struct itimerval *itv, struct itimerval *oitv)
{
	struct proc *p = curproc;
	struct itimerval new;
	uint64_t value, interval;

	if (which > ITIMER_PROF)
		return (EINVAL);
	if (itv != NULL &&
	    (!timeval_ns(&itv->it_value, &value) ||
		!timeval_ns(&itv->it_interval, &interval)))
		return (EINVAL);
	if (itv != NULL) {
		new = *itv;
		if (interval != 0 && new.it_interval.tv_sec == 0)
			new.it_interval.tv_usec = MAX(
			    new.it_interval.tv_usec, ITIMER_MIN_US);
	}
	spin_lock(&p->p_spin);
	if (oitv != NULL)
		read_timer(p, which, oitv);
	/* After exit1() has stopped them none may start again. */
	if (itv != NULL && (p->p_flags & P_WEXIT) == 0) {
		if (which == ITIMER_REAL)
			set_real(p, &new, value);
		else
			p->p_timer[which - ITIMER_VIRTUAL] = new;
	}
	spin_unlock(&p->p_spin);
	return (0);
}

/** setitimer(which, itv, oitv): @return kern_setitimer()'s; EFAULT */
int
sys_setitimer(struct sysmsg *sysmsg __unused, const struct setitimer_args *uap)
{
	struct itimerval itv, old;
	int error = 0;

	if (uap->itv != NULL)
		error = copyin(uap->itv, &itv, sizeof(itv));
	if (error == 0)
		error = kern_setitimer(
		    uap->which, uap->itv != NULL ? &itv : NULL, &old);
	if (error == 0 && uap->oitv != NULL)
		error = copyout(&old, uap->oitv, sizeof(old));
	return (error);
}

/** getitimer(which, itv): @return kern_setitimer()'s; EFAULT */
int
sys_getitimer(struct sysmsg *sysmsg __unused, const struct getitimer_args *uap)
{
	struct itimerval itv;
	int error;

	error = kern_setitimer(uap->which, NULL, &itv);
	return (error != 0 ? error : copyout(&itv, uap->itv, sizeof(itv)));
}

/**
 * A tick of a process; from the clock interrupt.
 * @param p		whose thread runs; NULL: it is gone
 * @param usermode	in user mode
 */
void
itimers_tick(struct proc *p, bool usermode)
{
	struct itimerval *virt, *prof;
	bool vtalrm, sigprof;

	if (p == NULL)
		return;
	virt = &p->p_timer[ITIMER_VIRTUAL - ITIMER_VIRTUAL];
	prof = &p->p_timer[ITIMER_PROF - ITIMER_VIRTUAL];
	/* Nearly always; whoever sets one will be seen at the next tick. */
	if ((virt->it_value.tv_sec | virt->it_value.tv_usec |
		prof->it_value.tv_sec | prof->it_value.tv_usec) == 0)
		return;
	spin_lock(&p->p_spin);
	vtalrm = usermode && itimer_charge(virt, 1000000000UL / hz);
	sigprof = itimer_charge(prof, 1000000000UL / hz);
	spin_unlock(&p->p_spin);
	if (vtalrm)
		ksignal(p, SIGVTALRM);
	if (sigprof)
		ksignal(p, SIGPROF);
}
