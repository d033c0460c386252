/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Guests that change a page table which others use.
 *
 * A window of one page shows page 0 or page 1 of two.  Writers write through
 * the window for ever; the changer turns it to the other page.  Who still
 * writes to the page that is not shown any more has a stale translation.
 *
 *                      +--> page 0      each writer counts in a word
 *     window -- pt[0] -+                of its own
 *                      +--> page 1
 *
 * Each guest exits with 0, with STALE, or with the number of the check that
 * failed.  Linked with guest.c; see there for the rules.
 */
#include <sys/errno.h>
#include <sys/lwp.h>
#include <sys/mman.h>
#include <sys/param.h>
#include <cpu/cpufunc.h>
#include <cpu/pmap.h>
#include <cpu/specialreg.h>
#include "guest_call.h"
#include "guest_copyio.h"
#include "guest_sys.h"
#include "guest_thread.h"
#include "vmm.h"

#define ENTRY	(X86_PG_V | X86_PG_RW | X86_PG_U)
#define NOTHING 0xf0000000UL
#define WORDS	(PAGE_SIZE / sizeof(u_long))
/** GUEST_TURNS where each turn takes a time slice of every virtual CPU. */
#define FEW	5
/** How often a page that is not shown is looked at. */
#define LOOKS	500

static u_int checks;

static void
check(bool ok)
{
	checks++;
	if (!ok)
		guest_exit(checks);
}

static void
yield(void)
{
	guest_call(SYS_sched_yield, 0, 0, 0);
}

/* The two pages, the page table above them, and the window. */
static volatile u_long (*const pages)[WORDS] = (void *)(GUEST_SMALL +
    2 * PAGE_SIZE);
static volatile pt_entry_t *const pt = (void *)(GUEST_SMALL + PAGE_SIZE);
static volatile u_long *const window = (void *)GUEST_WINDOW;

static pt_entry_t
entry_of(u_int page)
{
	return ((vm_paddr_t)pages[page] | ENTRY);
}

static void
make_window(void)
{
	pt_entry_t *pml4 = (pt_entry_t *)GUEST_TABLES;
	pt_entry_t *pdp = (pt_entry_t *)(pml4[0] & X86_PG_FRAME);
	pt_entry_t *pd = (pt_entry_t *)GUEST_SMALL;

	pt[0] = entry_of(0);
	pd[0] = (vm_paddr_t)pt | ENTRY;
	pdp[GUEST_WINDOW >> PDPSHIFT] = (vm_paddr_t)pd | ENTRY;
}

static int
sync_addr(volatile void *dst, volatile void *src)
{
	return (guest_sys4(
	    SYS_vmm_guest_sync_addr, (long)dst, (long)src, 0, 0, NULL));
}

/** Makes every mistake that vmm_guest_sync_addr() knows. */
void
guest_sync_calls(void)
{
	static const vm_offset_t bad[] = { 8, NOTHING, GUEST_HOLE,
		GUEST_STACK_TOP, -8UL, GUEST_SMALL + 4, GUEST_SMALL + 1,
		GUEST_WINDOW + PAGE_SIZE, GUEST_SMALL + 5 * PAGE_SIZE };
	volatile u_long value = 77;

	make_window();
	/* One page that the guest's table makes read-only, one that the
	 * host's does. */
	pt[1] = (vm_paddr_t)pages[1] | X86_PG_V | X86_PG_U;
	check(guest_sys4(SYS_mprotect, bad[8], PAGE_SIZE, PROT_READ, 0, NULL) ==
	    0);
	check(window[0] == 0 && pt[0] == (entry_of(0) | X86_PG_A));
	pages[1][0] = 1;
	for (u_int i = 0; i < nitems(bad); i++) {
		check(sync_addr((void *)bad[i], &value) == EFAULT);
		check(value == 77);
		check(sync_addr(&pt[0], (void *)bad[i]) == EFAULT);
		check(pt[0] == (entry_of(0) | X86_PG_A));
	}
	check(sync_addr(&pt[0], NULL) == EFAULT);
	check(sync_addr(NULL, (void *)NOTHING) == 0);
	check(sync_addr(NULL, NULL) == 0);
	/* The old entry comes back, with the marks of the last moment. */
	window[0] = 2;
	value = entry_of(1);
	check(sync_addr(&pt[0], &value) == 0);
	check(value == (entry_of(0) | X86_PG_A | X86_PG_M));
	check(pt[0] == entry_of(1) && window[0] == 1);
	/* Through the window itself, and in place. */
	value = 3;
	check(sync_addr(&window[0], &value) == 0 && value == 1);
	check(pages[1][0] == 3);
	check(sync_addr(&pages[1][0], &pages[1][0]) == 0 && pages[1][0] == 3);
	guest_exit(0);
}

/** Takes an entry away; the page must be gone at once. */
void
guest_sync_remove(void)
{
	volatile u_long value = 0;

	make_window();
	window[0] = 1;
	check(sync_addr(&pt[0], &value) == 0);
	window[0] = 2;
	guest_exit(1);
}

/**
 * Changes an entry by a plain store, and asks for an exit that does nothing
 * else: this virtual CPU sees the new entry afterwards.
 */
void
guest_forced_exit(void)
{
	struct guest_sys s = { -1, { 1, 2, 3, 4, 5, 6 }, { 0 } };
	u_int error;

	make_window();
	pages[1][0] = 1;
	for (u_int i = 0; i < 4; i++) {
		check(window[0] == i % 2);
		pt[0] = entry_of((i + 1) % 2);
		error = guest_sys(&s); /* what it was: carry is not touched */
		check(error == (i % 2 == 0 ? 0 : -1U));
		check(s.result[0] == -1 && s.result[1] == 3);
	}
	guest_exit(0);
}

/* --- ways to change an entry --- */

static volatile int stop;
static int nwriters, tids[MAXLWP];

/** Changes pt[0], whose old value it returns. */
typedef pt_entry_t change_t(pt_entry_t new);

static pt_entry_t
change_by_sync_addr(pt_entry_t new)
{
	u_long value = new;

	check(sync_addr(&pt[0], &value) == 0);
	return (value);
}

static pt_entry_t
change_by_store(pt_entry_t new)
{
	return (__atomic_exchange_n(&pt[0], new, __ATOMIC_SEQ_CST));
}

/*
 * The native interlock, as a guest can have it: interrupt all others, wait
 * until they all spin in the handler, change, let them go.  Their way back is
 * a system call, whose exit flushes.
 */
static umtx_t arrived, released;

static void
interlock_handler(int sig __unused)
{
	int turn = released;

	__atomic_fetch_add(&arrived, 1, __ATOMIC_SEQ_CST);
	while (released == turn)
		cpu_pause();
}

static pt_entry_t
change_by_interlock(pt_entry_t new)
{
	int all = arrived + nwriters;
	pt_entry_t old;

	for (int i = 0; i < nwriters; i++)
		check(guest_sys4(
			  SYS_lwp_kill, PID, tids[i], SIGUSR1, 0, NULL) == 0);
	while (arrived != all)
		cpu_pause();
	old = change_by_store(new);
	released++;
	guest_call(-1, 0, 0, 0);
	return (old);
}

/* --- writers and the changer --- */

static void
write_on(void *arg)
{
	volatile u_long *word = arg;

	while (!stop)
		++*word;
}

/* The same through the host: its walks must not be stale either. */
static void
write_by_host(void *arg)
{
	for (u_long i = 1; !stop; i++)
		check(guest_sys4(SYS_copyio, COPYIO_SUWORD64, (long)arg, i, 0,
			  NULL) == 0);
}

/* Rarely, and not always after the same time. */
static void
write_slowly(void *arg)
{
	volatile u_long *word = arg;

	for (u_long i = 0; !stop; i++) {
		++*word;
		for (u_long n = i * 1237 % 4001; n > 0; n--)
			cpu_pause();
	}
}

/*
 * Starts writers and waits until each of them has written.  The last one may
 * be of another kind.
 */
static void
start_writers(u_int n, void (*last)(void *arg))
{
	make_window();
	check(signal_handle(SIGUSR1, interlock_handler) == 0);
	for (u_int i = 0; i < n; i++) {
		tids[i] = thread_start(
		    i == n - 1 ? last : write_on, (void *)&window[i]);
		check(tids[i] > 0);
	}
	nwriters = n;
	for (u_int i = 0; i < n; i++)
		while (pages[0][i] == 0)
			yield();
}

static bool
written(u_int page)
{
	for (int i = 0; i < nwriters; i++)
		if (pages[page][i] != 0)
			return (true);
	return (false);
}

/* tag::turn[] */
/*
 * Turns the window; after that nobody may write to the page it showed.  The
 * entry must say that it was written, when it was: a change may lose no mark.
 */
static void
turn_window(u_int shown, change_t *change)
{
	bool was_written;
	pt_entry_t old;

	pages[shown][0] = 0; /* from here on its mark may be set or not */
	was_written = written(shown);
	old = change(entry_of(1 - shown));
	check((old & X86_PG_FRAME) == (vm_paddr_t)pages[shown]);
	check(!was_written || (old & X86_PG_M) != 0);
	for (int i = 0; i < nwriters; i++)
		pages[shown][i] = 0;
	for (u_int i = 0; i < LOOKS; i++)
		if (written(shown))
			guest_exit(GUEST_STALE);
}

/* end::turn[] */

static void
stress(u_int vcpus, u_int rounds, change_t *change, void (*last)(void *arg))
{
	start_writers(vcpus - 1, last);
	for (u_int round = 0; round < rounds; round++) {
		while (!written(round % 2))
			yield();
		turn_window(round % 2, change);
	}
	stop = true;
	for (int i = 0; i < nwriters; i++)
		thread_join(tids[i]);
	guest_exit(0);
}

/** Two virtual CPUs. */
void
guest_stress_2(void)
{
	stress(2, GUEST_TURNS, change_by_sync_addr, write_on);
}

/** Four, of which one writes through the host. */
void
guest_stress_4(void)
{
	stress(4, GUEST_TURNS, change_by_sync_addr, write_by_host);
}

/** Eight. */
void
guest_stress_8(void)
{
	stress(8, GUEST_TURNS, change_by_sync_addr, write_by_host);
}

/** Four that use the interlock. */
void
guest_stress_interlock(void)
{
	stress(4, FEW, change_by_interlock, write_on);
}

/** Four that do without either. */
void
guest_stress_store(void)
{
	stress(4, GUEST_TURNS, change_by_store, write_on);
}

/**
 * Turns the window whether anybody has written yet or not.  What is written up
 * to the last moment, the entry must say.
 */
void
guest_stress_marks(void)
{
	const pt_entry_t marks = X86_PG_A | X86_PG_M;
	pt_entry_t old;

	start_writers(1, write_slowly);
	for (u_int i = 0; i < GUEST_TURNS_MARKS; i++) {
		old = change_by_sync_addr(entry_of((i + 1) % 2));
		check(!written(i % 2) || (old & marks) == marks);
		pages[i % 2][0] = 0;
	}
	stop = true;
	thread_join(tids[0]);
	guest_exit(0);
}

/* --- the same one level below: a page of the image that becomes private --- */

#define IMAGE_PAGES 8
#define READERS	    3

static volatile u_long image[IMAGE_PAGES][WORDS] __aligned(4096) = { { 1 } };
static volatile u_int changed;
static umtx_t reading;

static void
read_image(void *arg __unused)
{
	u_int last = 0, now;

	while (last < IMAGE_PAGES) {
		for (u_int i = 0; i < IMAGE_PAGES; i++)
			(void)image[i][1];
		now = changed;
		for (; last < now; last++)
			if (image[last][1] != 5)
				guest_exit(GUEST_STALE);
		__atomic_fetch_add(&reading, 1, __ATOMIC_SEQ_CST);
	}
}

/**
 * Writes pages of the image for the first time while others read them: they
 * must read the copy as soon as there is one.
 */
void
guest_private_readers(void)
{
	int seen;

	for (u_int i = 0; i < READERS; i++)
		tids[i] = thread_start(read_image, NULL);
	for (u_int i = 0; i < IMAGE_PAGES; i++) {
		seen = reading;
		while (reading < seen + 10)
			yield();
		image[i][1] = 5;
		changed = i + 1;
	}
	for (u_int i = 0; i < READERS; i++)
		thread_join(tids[i]);
	guest_exit(0);
}

static void
store_on(void *arg)
{
	volatile u_long *word = arg;

	for (u_long i = 1; !stop; i++)
		*word = i;
}

/**
 * Takes away a page that another virtual CPU writes, by munmap(): that must
 * not write any more, wherever the page is used next.
 */
void
guest_unmap_used(void)
{
	volatile u_long *word = (volatile u_long *)GUEST_RAM;

	check(thread_start(store_on, (void *)word) > 0);
	while (*word == 0)
		yield();
	check(guest_sys4(SYS_munmap, GUEST_RAM, PAGE_SIZE, 0, 0, NULL) == 0);
	/* Long enough for its next write, which ends this guest ... */
	for (u_int i = 0; i < 5000; i++)
		cpu_pause();
	yield(); /* ... also on one processor */
	guest_exit(GUEST_STALE);
}

/* --- what they cost --- */

static void
bench(u_long arg, change_t *change)
{
	u_long n = (uint32_t)arg;

	start_writers((arg >> 32) - 1, write_on);
	for (u_long i = 0; i < n; i++)
		change(entry_of((i + 1) % 2));
	guest_exit(0);
}

/**
 * Changes an entry n times.
 * @param arg	n, and virtual CPUs in bits 63:32
 */
void
guest_bench_sync(u_long arg)
{
	bench(arg, change_by_sync_addr);
}

/**
 * The same with the interlock.
 * @param arg	n, and virtual CPUs in bits 63:32
 */
void
guest_bench_interlock(u_long arg)
{
	bench(arg, change_by_interlock);
}
