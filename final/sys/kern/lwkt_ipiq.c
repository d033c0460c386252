/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Messages between processors: a function that the other one calls.
 *
 * There is a ring from each processor to each other one.  Only the sender
 * moves its head and only the receiver its tail, both with interrupts off, so
 * no lock is needed.  The receiver is interrupted once for any number of
 * messages that it has not begun to read.
 *
 * A message's function runs with interrupts off, also while the receiver
 * waits for a spinlock, a token or a full ring: it must take no spinlock and
 * must not sleep.
 */
#include <sys/malloc.h>
#include <sys/systm.h>
#include <sys/thread.h>
#include <cpu/atomic.h>
#include <machine/cpu.h>
#include <machine/globaldata.h>
#include <machine/intr.h>

#define IPIQ_SIZE 64 /* messages of a ring, a power of two */

MALLOC_DEFINE(M_IPIQ, "IPI queues");

/** Messages from one processor to another. */
struct ipiq {
	volatile u_int head; /**< sender: next to write */
	volatile u_int tail; /**< receiver: next to read */
	struct {
		ipifunc_t *func; /**< what to call */
		void *arg;	 /**< with this */
	} msg[IPIQ_SIZE];	 /**< the ring */
};

/** Interrupts sent, by all processors. */
u_long lwkt_ipi_count;

/* [to * ncpus + from]; NULL while there is one processor. */
static struct ipiq *ipiqs;

static struct ipiq *
ipiq_of(u_int to, u_int from)
{
	return (&ipiqs[to * ncpus + from]);
}

/**
 * Calls the functions that others have sent.  Interrupts are off.
 */
void
lwkt_process_ipiq(void)
{
	struct globaldata *gd = mycpu;
	struct ipiq *q;
	ipifunc_t *func;
	void *arg;

	if ((gd->gd_reqflags & RQF_IPIQ) == 0)
		return;
	atomic_clear_int(&gd->gd_reqflags, RQF_IPIQ);
	for (u_int i = 0; i < ncpus; i++) {
		q = ipiq_of(gd->gd_cpuid, i);
		while (q->tail != atomic_load_acq_int(&q->head)) {
			func = q->msg[q->tail % IPIQ_SIZE].func;
			arg = q->msg[q->tail % IPIQ_SIZE].arg;
			atomic_store_rel_int(&q->tail, q->tail + 1);
			func(arg);
		}
	}
}

/**
 * Has a function called by another processor, soon; or by this one, now.
 * Callable from interrupts.
 * @param to	which
 * @param func	see above; must take no spinlock
 * @param arg	its argument
 */
void
lwkt_send_ipiq(struct globaldata *to, ipifunc_t *func, void *arg)
{
	bool intr = intr_enabled();
	struct ipiq *q;

	intr_disable();
	if (to == mycpu) {
		func(arg);
		goto out;
	}
	q = ipiq_of(to->gd_cpuid, mycpuid);
	while (q->head - atomic_load_acq_int(&q->tail) == IPIQ_SIZE) {
		cpu_spinwait(NULL);
		lwkt_process_ipiq();
	}
	q->msg[q->head % IPIQ_SIZE].func = func;
	q->msg[q->head % IPIQ_SIZE].arg = arg;
	atomic_store_rel_int(&q->head, q->head + 1);
	if ((__atomic_fetch_or(&to->gd_reqflags, RQF_IPIQ, __ATOMIC_SEQ_CST) &
		RQF_IPIQ) == 0) {
		lwkt_ipi_count++;
		cpu_send_ipiq(to);
	}
out:
	if (intr)
		intr_enable();
}

/** A function for several processors. */
struct ipiq_all {
	ipifunc_t *func;     /**< what to call */
	void *arg;	     /**< with this */
	volatile u_int left; /**< processors that have not done it */
};

static void
ipiq_all_one(void *arg)
{
	struct ipiq_all *all = arg;

	all->func(all->arg);
	/* The last access: the sender's stack may go now. */
	atomic_fetchadd_int(&all->left, -1U);
}

/**
 * Has a function called by several processors, and waits until all have done
 * it.  Allowed with a spinlock held: who waits for one serves messages.
 * @param func	takes no spinlock
 * @param arg	its argument
 * @param mask	bit n: processor n; this one's is ignored
 */
void
lwkt_ipiq_all_wait(ipifunc_t *func, void *arg, uint64_t mask)
{
	struct ipiq_all all = { func, arg, 0 };
	bool intr = intr_enabled();

	intr_disable();
	mask &= ((1UL << ncpus) - 1) & ~(1UL << mycpuid);
	for (uint64_t m = mask; m != 0; m &= m - 1)
		all.left++;
	for (u_int i = 0; i < ncpus; i++)
		if ((mask & 1UL << i) != 0)
			lwkt_send_ipiq(globaldata_find(i), ipiq_all_one, &all);
	while (atomic_load_acq_int(&all.left) != 0) {
		cpu_spinwait(NULL);
		lwkt_process_ipiq();
	}
	if (intr)
		intr_enable();
}

static void
ipiq_intr(struct trapframe *tf __unused)
{
	lwkt_process_ipiq();
}

/** Makes the rings, when the number of processors is known. */
void
lwkt_ipiq_init(void)
{
	ipiqs = kmalloc(
	    sizeof(*ipiqs) * ncpus * ncpus, M_IPIQ, M_WAITOK | M_ZERO);
	intr_register(VECTOR_IPI, ipiq_intr);
	spin_poll = lwkt_process_ipiq;
}
