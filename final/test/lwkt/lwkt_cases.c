/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * The cases: each starts threads on all processors and looks at what they
 * leave.
 */
#include <sys/callout.h>
#include <sys/errno.h>
#include <sys/lock.h>
#include <sys/malloc.h>
#include <sys/proc.h>
#include <sys/systm.h>
#include <sys/thread.h>
#include <sys/time.h>
#include <sys/tsleep.h>
#include <cpu/atomic.h>
#include <machine/globaldata.h>
#include <machine/intr.h>
#include "lwkt_test.h"

#define THREADS 24
#define ROUNDS	200

static volatile u_int done;

/* Starts n threads, spread over the processors, and waits for all. */
static void
run_threads(void (*func)(void *), u_int n)
{
	done = 0;
	for (u_int i = 0; i < n; i++)
		lwkt_create(func, (void *)(uintptr_t)i, "test", i % ncpus);
	while (done != n)
		tsleep(&done, 0, "test", 1);
}

static void
finish(void)
{
	atomic_fetchadd_int(&done, 1);
	wakeup(&done);
}

/* --- yield: all make progress, registers survive --- */

static volatile u_int yields;

static void
yielder(void *arg)
{
	uintptr_t a = (uintptr_t)arg, b = a * 3, c = a ^ 0x5555;

	for (u_int i = 0; i < ROUNDS; i++) {
		lwkt_yield();
		if (b != a * 3 || c != (a ^ 0x5555))
			panic("lwkt_test: registers");
		atomic_fetchadd_int(&yields, 1);
	}
	finish();
}

static bool
test_yield(void)
{
	yields = 0;
	run_threads(yielder, THREADS);
	return (yields == THREADS * ROUNDS);
}

/* --- sleep and wakeup in a ring: a lost wakeup is a hang --- */

static volatile u_int turn;
static struct spinlock ring_lock = SPINLOCK_INITIALIZER("ring");

static void
ring(void *arg)
{
	u_int me = (uintptr_t)arg;

	spin_lock(&ring_lock);
	for (u_int i = 0; i < ROUNDS / 4; i++) {
		while (turn % THREADS != me)
			ssleep(&turn, &ring_lock, 0, "ring", 0);
		turn++;
		wakeup(&turn);
	}
	spin_unlock(&ring_lock);
	finish();
}

static bool
test_ring(void)
{
	turn = 0;
	run_threads(ring, THREADS);
	return (turn == THREADS * (ROUNDS / 4));
}

/* --- one wakes one: pairs --- */

static volatile u_int pair_state[THREADS];

static void
pair(void *arg)
{
	u_int me = (uintptr_t)arg;
	volatile u_int *state = &pair_state[me / 2];
	u_int mine = me % 2;

	for (u_int i = 0; i < ROUNDS; i++) {
		tsleep_interlock(state, 0);
		while (*state % 2 != mine) {
			tsleep(state, PINTERLOCKED, "pair", 0);
			tsleep_interlock(state, 0);
		}
		tsleep_remove();
		atomic_fetchadd_int(state, 1);
		wakeup_one(state);
	}
	finish();
}

static bool
test_pairs(void)
{
	bzero((void *)(uintptr_t)pair_state, sizeof(pair_state));
	run_threads(pair, THREADS);
	for (u_int i = 0; i < THREADS / 2; i++)
		if (pair_state[i] != 2 * ROUNDS)
			return (false);
	return (true);
}

/* --- tokens: what they protect is never seen half done --- */

static struct lwkt_token tok_a = LWKT_TOKEN_INITIALIZER("a");
static struct lwkt_token tok_b = LWKT_TOKEN_INITIALIZER("b");
static u_long count_a, count_b;

static void
token(void *arg)
{
	bool swap = ((uintptr_t)arg / 4) % 2 != 0;

	for (u_int i = 0; i < ROUNDS; i++) {
		lwkt_gettoken(swap ? &tok_b : &tok_a);
		lwkt_gettoken(swap ? &tok_a : &tok_b);
		count_a++;
		count_b++;
		if (i % 16 == 0)
			lwkt_yield();
		if (i % 32 == 0)
			tsleep(&count_a, 0, "token", 1);
		lwkt_gettoken(&tok_a);
		lwkt_reltoken(&tok_a);
		lwkt_reltoken(&tok_a);
		lwkt_reltoken(&tok_b);
	}
	finish();
}

static bool
test_tokens(void)
{
	count_a = count_b = 0;
	run_threads(token, THREADS);
	return (count_a == THREADS * ROUNDS && count_b == count_a &&
	    tok_a.t_owner == NULL && tok_b.t_owner == NULL);
}

/* --- sleeping locks --- */

static struct lock lk;
static u_long lk_count;
static volatile u_int lk_readers, lk_writers, lk_wrong;

static void
locker(void *arg)
{
	u_int me = (uintptr_t)arg;

	for (u_int i = 0; i < ROUNDS; i++) {
		if ((i + me) % 4 != 0) {
			lockmgr(&lk, LK_SHARED);
			atomic_fetchadd_int(&lk_readers, 1);
			if (lk_writers != 0)
				lk_wrong = 1;
			lwkt_yield();
			atomic_fetchadd_int(&lk_readers, -1U);
			lockmgr(&lk, LK_RELEASE);
			continue;
		}
		lockmgr(&lk, LK_EXCLUSIVE);
		lockmgr(&lk, LK_EXCLUSIVE);
		if (atomic_fetchadd_int(&lk_writers, 1) != 0 || lk_readers != 0)
			lk_wrong = 1;
		lk_count++;
		lwkt_yield();
		atomic_fetchadd_int(&lk_writers, -1U);
		lockmgr(&lk, LK_RELEASE);
		lockmgr(&lk, LK_RELEASE);
	}
	finish();
}

static bool
test_locks(void)
{
	lockinit(&lk, "test");
	lk_count = 0;
	run_threads(locker, THREADS);
	return (lk_count == THREADS * ROUNDS / 4 && lk_wrong == 0 &&
	    lk.lk_owner == NULL && lk.lk_shared == 0 && lk.lk_waiters == 0 &&
	    lockmgr(&lk, LK_EXCLUSIVE | LK_NOWAIT) == 0 &&
	    lockmgr(&lk, LK_RELEASE) == 0);
}

/* --- a writer that gives up lets those in who have waited for it --- */

static struct thread *volatile quitter;
static volatile int quit_error;
static volatile bool reader_in;

static void
quitting_writer(void *arg __unused)
{
	quitter = curthread;
	quit_error = lockmgr(&lk, LK_EXCLUSIVE | LK_PCATCH);
	finish();
}

static void
late_reader(void *arg __unused)
{
	lockmgr(&lk, LK_SHARED);
	reader_in = true;
	lockmgr(&lk, LK_RELEASE);
	finish();
}

/* Until so many wait for the lock, or a second has passed. */
static void
await_waiters(u_int n)
{
	for (u_int i = 0; i < hz && lk.lk_waiters != n; i++)
		tsleep(&quitter, 0, "await", 1);
}

static bool
test_quitter(void)
{
	bool early, in_time;

	lockinit(&lk, "quit");
	done = 0;
	reader_in = false;
	lockmgr(&lk, LK_SHARED);
	lwkt_create(quitting_writer, NULL, "writer", 0);
	await_waiters(1);
	lwkt_create(late_reader, NULL, "reader", ncpus - 1);
	await_waiters(2);
	early = reader_in;
	tsleep_signal(quitter);
	for (u_int i = 0; i < hz && done != 2; i++)
		tsleep(&done, 0, "quit", 1);
	in_time = done == 2;
	lockmgr(&lk, LK_RELEASE);
	return (!early && in_time && quit_error == EINTR &&
	    lk.lk_waiters == 0 && lk.lk_wantexcl == 0);
}

/* --- messages arrive, each once, and the wait is for all --- */

static volatile u_int messages[MAXCPU];

static void
message(void *arg __unused)
{
	atomic_fetchadd_int(&messages[mycpuid], 1);
}

static void
sender(void *arg __unused)
{
	for (u_int i = 0; i < ROUNDS; i++)
		for (u_int cpu = 0; cpu < ncpus; cpu++)
			lwkt_send_ipiq(globaldata_find(cpu), message, NULL);
	lwkt_ipiq_all_wait(message, NULL, ~0UL);
	finish();
}

static bool
test_messages(void)
{
	u_int sum = 0;

	bzero((void *)(uintptr_t)messages, sizeof(messages));
	run_threads(sender, 8);
	for (u_int i = 0; i < ncpus; i++)
		sum += messages[i];
	return (sum == 8 * ROUNDS * ncpus + 8 * (ncpus - 1));
}

/* --- moving between processors --- */

static void
mover(void *arg)
{
	u_int me = (uintptr_t)arg;

	for (u_int i = 0; i < ROUNDS / 4; i++) {
		lwkt_setcpu_self(globaldata_find((me + i) % ncpus));
		if (mycpuid != (me + i) % ncpus)
			panic("lwkt_test: moved elsewhere");
		if (i % 8 == 0)
			tsleep(&messages, 0, "move", 1);
	}
	finish();
}

static bool
test_move(void)
{
	run_threads(mover, THREADS);
	return (true);
}

/* --- what is woken before it sleeps is not given away --- */

static void
early_riser(void *arg __unused)
{
	static struct lwp lwp = { .lwp_cpumask = ~0UL };
	struct thread *td = curthread;

	intr_disable();
	td->td_lwp = &lwp;
	lwkt_setpri(td, TDPRI_KERN_USER);
	lwkt_schedule(td); /* tsleep() is about to call lwkt_switch() */
	lwkt_give_thread(globaldata_find(ncpus - 1));
	if (td->td_gd != mycpu || (td->td_flags & TDF_RUNQ) == 0)
		panic("lwkt_test: given away while it runs");
	lwkt_switch();
	td->td_lwp = NULL;
	intr_enable();
	finish();
}

static bool
test_give(void)
{
	run_threads(early_riser, 1);
	return (true);
}

/* --- time --- */

static bool
test_timeout(void)
{
	uint64_t start = nsuptime(), ns;
	int error = tsleep(&start, 0, "time", 5);

	ns = nsuptime() - start;
	return (error == EWOULDBLOCK && ns >= 50000000 && ns < 80000000);
}

static volatile u_int fired;

static void
fire(void *arg __unused)
{
	fired++;
}

static bool
test_callout(void)
{
	struct callout c, never;

	fired = 0;
	callout_init(&c);
	callout_init(&never);
	callout_reset_ns(&never, 900000000, fire, NULL);
	callout_reset_ns(&c, 1000000, fire, NULL);
	tsleep(&c, 0, "callout", 3);
	return (fired == 1 && !callout_active(&c) && callout_active(&never) &&
	    callout_stop(&never) && !callout_stop_sync(&never));
}

/* --- memory: patterns survive, everything comes back --- */

MALLOC_DEFINE(M_TEST, "test");

static void
allocator(void *arg)
{
	u_char *p[16] = { NULL };
	u_int seed = (uintptr_t)arg * 7919 + 1, size[16], k;

	for (u_int i = 0; i < ROUNDS * 4; i++) {
		seed = seed * 1103515245 + 12345;
		k = seed >> 16 & 15;
		if (p[k] != NULL) {
			for (u_int j = 0; j < size[k]; j++)
				if (p[k][j] != (u_char)(k + size[k]))
					panic("lwkt_test: memory");
			kfree(p[k], M_TEST);
		}
		size[k] = seed >> 20 & ((seed & 0x8000) != 0 ? 127 : 4095);
		p[k] = kmalloc(size[k], M_TEST, M_WAITOK);
		memset(p[k], k + size[k], size[k]);
	}
	for (k = 0; k < 16; k++)
		kfree(p[k], M_TEST);
	finish();
}

static bool
test_memory(void)
{
	run_threads(allocator, THREADS);
	return (M_TEST->mt_count == 0 && M_TEST->mt_bytes == 0);
}

/* Its second word is as kfree() has left it, and its first one no pointer: that
 * one is free already looks so, while others take and give objects. */
static void
unwritten(void *arg)
{
	u_long *p[4];

	for (u_int i = 0; i < ROUNDS * 16; i++) {
		for (u_int k = 0; k < nitems(p); k++) {
			p[k] = kmalloc(48, M_TEST, M_WAITOK);
			p[k][0] = 0x1c1c1c1c1c1c1c1c + (uintptr_t)arg;
		}
		for (u_int k = 0; k < nitems(p); k++)
			kfree(p[k], M_TEST);
	}
	finish();
}

static bool
test_unwritten(void)
{
	run_threads(unwritten, THREADS);
	return (M_TEST->mt_count == 0 && M_TEST->mt_bytes == 0);
}

const struct lwkt_case lwkt_cases[] = {
	{ "threads give way to each other", test_yield },
	{ "a ring of sleepers loses no wakeup", test_ring },
	{ "pairs of sleepers lose no wakeup", test_pairs },
	{ "tokens exclude, are given back asleep, need no order", test_tokens },
	{ "locks are shared or exclusive", test_locks },
	{ "a writer that gives up lets readers in", test_quitter },
	{ "messages arrive, each once", test_messages },
	{ "threads move", test_move },
	{ "a thread that still runs is not given away", test_give },
	{ "a sleep ends in time", test_timeout },
	{ "callouts are called, stopped ones are not", test_callout },
	{ "memory keeps what is written to it and comes back", test_memory },
	{ "memory is freed as it was taken, unwritten", test_unwritten },
};
const u_int lwkt_ncases = nitems(lwkt_cases);
