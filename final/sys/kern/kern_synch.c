/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * tsleep and wakeup: a thread waits on a channel, which is an address.
 *
 * Sleepers are in lists by the hash of their channel, each with a spinlock.  A
 * thread puts itself into the list first (the interlock), then looks once
 * more whether it has to wait, and only then leaves the processor:
 *
 *     sleeper                          waker
 *     enter the list                   change the condition
 *     look at the condition            take who is in the list out of it
 *     still in the list? sleep         if it sleeps already, schedule it
 *
 * so a wakeup between any two lines is not lost.  What ended a sleep is noted
 * under the list's lock by whoever takes the thread out of it, so exactly one
 * of wakeup, signal and time does.
 */
#include <sys/errno.h>
#include <sys/lock.h>
#include <sys/proc.h>
#include <sys/systm.h>
#include <sys/time.h>
#include <machine/globaldata.h>

#define SLEEPQ_SIZE 256 /* a power of two */

/** Sleepers whose channels hash alike. */
struct sleepq {
	struct spinlock lock;	      /**< the list, and td_slpflags */
	TAILQ_HEAD(, thread) threads; /**< oldest first */
};

static struct sleepq sleepqs[SLEEPQ_SIZE];

/** Prepares the lists; called once by main(). */
void
sleepinit(void)
{
	for (u_int i = 0; i < SLEEPQ_SIZE; i++) {
		spin_init(&sleepqs[i].lock, "sleepq");
		TAILQ_INIT(&sleepqs[i].threads);
	}
}

static struct sleepq *
sleepq_of(const volatile void *chan)
{
	uintptr_t h = (uintptr_t)chan;

	return (&sleepqs[(h >> 3 ^ h >> 12) % SLEEPQ_SIZE]);
}

/* tag::take[] */
/* Out of the list, for a reason; its lock is held. */
static void
sleepq_take(struct sleepq *q, struct thread *td, u_int why)
{
	bool sleeps = (td->td_slpflags & TDS_SLEEPING) != 0;

	TAILQ_REMOVE(&q->threads, td, td_sleepq);
	td->td_wchan = NULL;
	td->td_slpflags = why;
	if (sleeps)
		lwkt_schedule(td);
}
/* end::take[] */

/* Takes a thread out of whatever list it is in, if it is in one. */
static bool
sleepq_end(struct thread *td, u_int only, u_int why)
{
	const volatile void *chan;
	struct sleepq *q;
	bool taken;

	while ((chan = td->td_wchan) != NULL) {
		q = sleepq_of(chan);
		spin_lock(&q->lock);
		if (td->td_wchan == chan) {
			taken = only == 0 || (td->td_slpflags & only) != 0;
			if (taken)
				sleepq_take(q, td, why);
			spin_unlock(&q->lock);
			return (taken);
		}
		spin_unlock(&q->lock);
	}
	return (false);
}

/**
 * Puts the calling thread on a channel without sleeping yet; a later
 * tsleep() with PINTERLOCKED on the same channel sleeps unless it has been
 * woken meanwhile.  Undone by tsleep(), tsleep_remove() or another interlock.
 * @param chan	channel
 * @param flags	PDOMAIN_*
 */
void
tsleep_interlock(const volatile void *chan, u_int flags)
{
	struct thread *td = curthread;
	struct sleepq *q = sleepq_of(chan);

	if (td->td_wchan != NULL)
		sleepq_end(td, 0, 0);
	spin_lock(&q->lock);
	td->td_wchan = chan;
	td->td_wdomain = flags & PDOMAIN_MASK;
	td->td_slpflags = TDS_QUEUED;
	TAILQ_INSERT_TAIL(&q->threads, td, td_sleepq);
	spin_unlock(&q->lock);
}

/**
 * Undoes tsleep_interlock() when there is nothing to wait for: else a wakeup
 * of one could be spent on the calling thread.
 */
void
tsleep_remove(void)
{
	struct thread *td = curthread;

	if (td->td_wchan != NULL)
		sleepq_end(td, 0, 0);
	td->td_slpflags = 0;
}

/* The clock has struck; this may have been for an earlier sleep's end. */
static void
sleep_timeout(void *arg)
{
	sleepq_end(arg, 0, TDS_TIMEOUT);
}

/* tag::sleep[] */
/* Leaves the processor unless it was woken already. */
static void
sleep_now(struct thread *td, const volatile void *chan, bool catch)
{
	struct sleepq *q = sleepq_of(chan);

	spin_lock(&q->lock);
	if (td->td_wchan != chan) {
		spin_unlock(&q->lock);
		return;
	}
	td->td_slpflags |= TDS_SLEEPING | (catch ? TDS_SINTR : 0);
	spin_unlock(&q->lock);
	/* A signal that came before TDS_SINTR was set has woken nobody. */
	if (catch && curproc_sigintr())
		sleepq_end(td, 0, TDS_INTRWOKEN);
	lwkt_switch();
}
/* end::sleep[] */

/**
 * Sleeps until the channel is woken, `ns` nanoseconds have passed or a signal
 * comes.
 * @param chan	channel
 * @param flags	PCATCH, PINTERLOCKED, PDOMAIN_*
 * @param wmesg	why, for ps
 * @param ns	nanoseconds, 0 for ever
 * @return	0 when woken; EWOULDBLOCK; EINTR or ERESTART
 */
int
tsleep_ns(
    const volatile void *chan, u_int flags, const char *wmesg, uint64_t ns)
{
	struct thread *td = curthread;
	struct callout timer;
	u_int why;

	if ((flags & PINTERLOCKED) == 0)
		tsleep_interlock(chan, flags);
	td->td_wmesg = wmesg;
	if (td->td_lwp != NULL)
		td->td_pri = TDPRI_KERN_USER; /* until it is in user mode */
	if (ns != 0) {
		callout_init(&timer);
		callout_reset_ns(&timer, ns, sleep_timeout, td);
	}
	sleep_now(td, chan, (flags & PCATCH) != 0);
	if (ns != 0)
		callout_stop_sync(&timer);
	td->td_wmesg = NULL;
	why = td->td_slpflags;
	td->td_slpflags = 0;
	if ((why & TDS_TIMEOUT) != 0)
		return (EWOULDBLOCK);
	if ((why & TDS_INTRWOKEN) != 0)
		return (sig_interrupted());
	return (0);
}

/**
 * The same in ticks.
 * @param chan	channel
 * @param flags	as tsleep_ns()
 * @param wmesg	why
 * @param timo	ticks, 0 for ever
 * @return	as tsleep_ns()
 */
int
tsleep(const volatile void *chan, u_int flags, const char *wmesg, int timo)
{
	return (tsleep_ns(
	    chan, flags, wmesg, (uint64_t)MAX(timo, 0) * (1000000000UL / hz)));
}

/**
 * Sleeps and gives a spinlock back meanwhile, without losing a wakeup by
 * somebody who takes the lock.
 * @param chan	channel
 * @param spin	held; held again on return
 * @param flags	as tsleep_ns()
 * @param wmesg	why
 * @param timo	ticks, 0 for ever
 * @return	as tsleep_ns()
 */
int
ssleep(const volatile void *chan, struct spinlock *spin, u_int flags,
    const char *wmesg, int timo)
{
	int error;

	tsleep_interlock(chan, flags);
	spin_unlock(spin);
	error = tsleep(chan, flags | PINTERLOCKED, wmesg, timo);
	spin_lock(spin);
	return (error);
}

/**
 * The same with a sleeping lock, held exclusively.
 * @param chan	channel
 * @param lk	held; held again on return
 * @param flags	as tsleep_ns()
 * @param wmesg	why
 * @param timo	ticks, 0 for ever
 * @return	as tsleep_ns()
 */
int
lksleep(const volatile void *chan, struct lock *lk, u_int flags,
    const char *wmesg, int timo)
{
	int error;

	tsleep_interlock(chan, flags);
	lockmgr(lk, LK_RELEASE);
	error = tsleep(chan, flags | PINTERLOCKED, wmesg, timo);
	lockmgr(lk, LK_EXCLUSIVE);
	return (error);
}

/**
 * Wakes sleepers of one channel, oldest first.  Callable from interrupts.
 * @param chan		channel
 * @param domain	PDOMAIN_*
 * @param count		how many at most; 0 for all
 * @return		how many
 */
int
wakeup_domain(const volatile void *chan, u_int domain, int count)
{
	struct sleepq *q = sleepq_of(chan);
	struct thread *td, *next;
	int n = 0;

	spin_lock(&q->lock);
	TAILQ_FOREACH_SAFE(td, &q->threads, td_sleepq, next)
	{
		if (td->td_wchan != chan || td->td_wdomain != domain)
			continue;
		sleepq_take(q, td, 0);
		if (++n == count)
			break;
	}
	spin_unlock(&q->lock);
	return (n);
}

/**
 * Wakes all sleepers of a channel.
 * @param chan	channel
 */
void
wakeup(const volatile void *chan)
{
	wakeup_domain(chan, 0, 0);
}

/**
 * Wakes the one that has slept longest.
 * @param chan	channel
 */
void
wakeup_one(const volatile void *chan)
{
	wakeup_domain(chan, 0, 1);
}

/**
 * Ends an interruptible sleep because of a signal.  Callable from interrupts.
 * @param td	a thread
 * @return	whether it slept so
 */
bool
tsleep_signal(struct thread *td)
{
	return (sleepq_end(td, TDS_SINTR, TDS_INTRWOKEN));
}
