/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Guests with threads: turns, sleeping and waking, signals.
 *
 * Each guest exits with 0, or with the number of the check that failed.
 * Linked with guest.c; see there for the rules.
 */
#include <sys/errno.h>
#include <sys/lwp.h>
#include <sys/mman.h>
#include <sys/param.h>
#include <cpu/pmap.h>
#include <cpu/specialreg.h>
#include <cpu/ucontext.h>
#include "guest_call.h"
#include "guest_sys.h"
#include "guest_thread.h"
#include "vmm.h"

#define ENTRY	(X86_PG_V | X86_PG_RW | X86_PG_U)
#define ROUNDS	100
#define WORKERS 4
#define WORK	250
#define NOTHING 0xf0000000UL

static u_int checks;

static void
check(bool ok)
{
	checks++;
	if (!ok)
		guest_exit(checks);
}

static void
yield(u_int n)
{
	while (n-- > 0)
		guest_call(SYS_sched_yield, 0, 0, 0);
}

/* Adds, though others do so too; what was there before. */
static int
add(umtx_t *word, int n)
{
	return (__atomic_fetch_add(word, n, __ATOMIC_SEQ_CST));
}

/* A second address for the page at GUEST_SMALL + 2 pages. */
static void
make_alias(void)
{
	pt_entry_t *pd = (pt_entry_t *)GUEST_SMALL;
	pt_entry_t *pt = (pt_entry_t *)(GUEST_SMALL + PAGE_SIZE);
	pt_entry_t *pml4 = (pt_entry_t *)GUEST_TABLES;
	pt_entry_t *pdp = (pt_entry_t *)(pml4[0] & X86_PG_FRAME);

	pt[0] = (GUEST_SMALL + 2 * PAGE_SIZE) | ENTRY;
	pd[0] = (vm_paddr_t)pt | ENTRY;
	pdp[GUEST_WINDOW >> PDPSHIFT] = (vm_paddr_t)pd | ENTRY;
}

static umtx_t *const turn = (umtx_t *)(GUEST_SMALL + 2 * PAGE_SIZE);
static umtx_t *const turn_alias = (umtx_t *)GUEST_WINDOW;

static volatile u_long spins[3];
static volatile bool stop;

static void
spin(void *arg)
{
	volatile u_long *count = arg;

	while (!stop)
		++*count;
}

/** Runs three threads that make no system call. */
void
guest_threads(void)
{
	struct lwp_params lp = { GUEST_STACK_TOP, 0, (long)&lp, 0, 0 };
	int a, b;

	a = thread_start(spin, (void *)&spins[0]);
	b = thread_start(spin, (void *)&spins[1]);
	check(a > 0 && b > 0 && a != b);
	while (spins[0] < 1000 || spins[1] < 1000 || spins[2] < 1000)
		spins[2]++;
	stop = true;
	thread_join(a);
	thread_join(b);
	check(guest_sys4(SYS_lwp_create, NOTHING, 0, 0, 0, NULL) == EFAULT);
	check(guest_sys4(SYS_lwp_create, (long)&lp, 0, 0, 0, NULL) == EINVAL);
	lp.lwp_func = (long)spin;
	lp.lwp_stack = NOTHING;
	check(guest_sys4(SYS_lwp_create, (long)&lp, 0, 0, 0, NULL) == EFAULT);
	lp.lwp_stack = (long)&lp;
	lp.lwp_tid2 = NOTHING;
	check(guest_sys4(SYS_lwp_create, (long)&lp, 0, 0, 0, NULL) == EFAULT);
	guest_exit(0);
}

static u_long hand_overs;

static void
answer(void *arg __unused)
{
	for (u_long i = 0; i < hand_overs; i++) {
		while (*turn_alias != 1)
			umtx_sleep(turn_alias, 0, 0);
		*turn_alias = 0;
		umtx_wakeup(turn_alias, 1);
	}
}

/**
 * Two threads hand a word to and fro, each by its own address of it.
 * @param n	how often
 */
void
guest_hand_over(u_long n)
{
	int tid;

	make_alias();
	hand_overs = n;
	tid = thread_start(answer, NULL);
	for (u_long i = 0; i < n; i++) {
		*turn = 1;
		umtx_wakeup(turn, 1);
		while (*turn != 0)
			umtx_sleep(turn, 1, 0);
	}
	thread_join(tid);
	guest_exit(0);
}

static void
answer_checked(void *arg __unused)
{
	int error;

	for (u_int i = 0; i < ROUNDS; i++) {
		while (*turn_alias != 1) {
			error = umtx_sleep(turn_alias, 0, 0);
			check(error == 0 || error == EBUSY);
		}
		*turn_alias = 0;
		check(umtx_wakeup(turn_alias, 1) == 0);
	}
}

/** The same, and every call must succeed. */
void
guest_ping_pong(void)
{
	int tid, error;

	make_alias();
	tid = thread_start(answer_checked, NULL);
	for (u_int i = 0; i < ROUNDS; i++) {
		*turn = 1;
		check(umtx_wakeup(turn, 1) == 0);
		while (*turn != 0) {
			error = umtx_sleep(turn, 1, 0);
			check(error == 0 || error == EBUSY);
		}
	}
	thread_join(tid);
	guest_exit(0);
}

/** Makes every mistake that umtx_sleep() and umtx_wakeup() know. */
void
guest_umtx_errors(void)
{
	static const vm_offset_t bad[] = { 0, NOTHING, GUEST_HOLE,
		GUEST_STACK_TOP, -4UL };
	umtx_t *readonly = (umtx_t *)(GUEST_SMALL + 3 * PAGE_SIZE);

	*turn = 4;
	check(umtx_sleep(turn, 5, 0) == EBUSY);
	check(umtx_sleep(turn, 4, -1) == EINVAL);
	for (u_int i = 1; i < 4; i++) {
		check(umtx_sleep((umtx_t *)((long)turn + i), 4, 0) == EFAULT);
		check(umtx_wakeup((umtx_t *)((long)turn + i), 0) == EFAULT);
	}
	for (u_int i = 0; i < nitems(bad); i++) {
		check(umtx_sleep((umtx_t *)bad[i], 0, 1) == EFAULT);
		check(umtx_wakeup((umtx_t *)bad[i], 0) == EFAULT);
	}
	check(umtx_wakeup(turn, 0) == 0);
	check(umtx_sleep(turn, 4, 20000) == EWOULDBLOCK);
	check(umtx_sleep(turn, 4, 1) == EWOULDBLOCK);
	/* Who only waits must be able to write, too. */
	check(guest_sys4(SYS_mprotect, (long)readonly, PAGE_SIZE, PROT_READ, 0,
		  NULL) == 0);
	check(umtx_sleep(readonly, 0, 1) == EFAULT);
	guest_exit(0);
}

static umtx_t going, gate, awake;
static volatile int order[3];

static void
wait_at_gate(void *arg)
{
	add(&going, 1);
	check(umtx_sleep(&gate, 0, 0) == 0);
	order[add(&awake, 1)] = (int)(long)arg;
}

/** Wakes one of three, then the others. */
void
guest_wake_counts(void)
{
	/* One after the other: a timer may come before one of them sleeps. */
	for (long i = 0; i < 3; i++) {
		thread_start(wait_at_gate, (void *)i);
		while (going == i)
			yield(1);
		yield(8);
	}
	check(awake == 0);
	check(umtx_wakeup(&gate + 1, 0) == 0);
	yield(8);
	check(awake == 0);
	check(umtx_wakeup(&gate, 1) == 0);
	yield(8);
	check(awake == 1 && order[0] == 0);
	check(umtx_wakeup(&gate, 0) == 0);
	yield(8);
	check(awake == 3 && order[1] == 1 && order[2] == 2);
	guest_exit(0);
}

static volatile int handled;

static void
count_signal(int sig __unused)
{
	handled++;
}

static void
count_and_repeat(int sig)
{
	int now = ++handled;

	if (now == 1)
		guest_sys4(SYS_lwp_kill, -1, 0, sig, 0, NULL);
	check(handled == now); /* it is blocked until we return */
}

static volatile int sleep_error = -1;

static void
sleep_for_ever(void *arg __unused)
{
	add(&going, 1);
	sleep_error = umtx_sleep(&gate, 0, 0);
}

static int
kill(int tid, int sig)
{
	return (guest_sys4(SYS_lwp_kill, PID, tid, sig, 0, NULL));
}

/* What sigreturn() must not swallow. */
static void
check_sigreturn(void)
{
	static struct ucontext uc;
	struct trapframe *tf = &uc.uc_mcontext.mc_frame;
	const struct trapframe good = { .tf_rip = (long)signal_handle,
		.tf_cs = 0x23,
		.tf_ss = 0x1b,
		.tf_rflags = PSL_RESERVED | PSL_I };
	const long ucp = (long)&uc;

	check(guest_sys4(SYS_sigreturn, NOTHING, 0, 0, 0, NULL) == EFAULT);
	*tf = good;
	tf->tf_rflags |= 0x3000; /* IOPL */
	check(guest_sys4(SYS_sigreturn, ucp, 0, 0, 0, NULL) == EINVAL);
	*tf = good;
	tf->tf_rflags &= ~PSL_I;
	check(guest_sys4(SYS_sigreturn, ucp, 0, 0, 0, NULL) == EINVAL);
	*tf = good;
	tf->tf_cs = 8;
	check(guest_sys4(SYS_sigreturn, ucp, 0, 0, 0, NULL) == EINVAL);
	*tf = good;
	tf->tf_rip = GUEST_STACK_TOP;
	check(guest_sys4(SYS_sigreturn, ucp, 0, 0, 0, NULL) == EINVAL);
}

/** Interrupts a sleeper, itself, and nobody. */
void
guest_signals(void)
{
	int tid;

	check(signal_handle(SIGUSR1, count_signal) == 0);
	check(signal_handle(SIGKILL, count_signal) == EINVAL);
	check(guest_sys4(SYS_sigaction, NSIG, 0, 0, 0, NULL) == EINVAL);
	check(
	    guest_sys4(SYS_sigaction, SIGUSR1, NOTHING, 0, 0, NULL) == EFAULT);
	tid = thread_start(sleep_for_ever, NULL);
	while (going < 1)
		yield(1);
	yield(4);
	check(kill(tid, 0) == 0);
	check(kill(tid, NSIG) == EINVAL && kill(tid, -1) == EINVAL);
	check(kill(MAXLWP, SIGUSR1) == ESRCH && kill(9, 0) == ESRCH);
	check(guest_sys4(SYS_lwp_kill, 2, tid, 0, 0, NULL) == ESRCH);
	check(kill(tid, SIGCHLD) == 0); /* harmless without a handler */
	yield(4);
	check(sleep_error == -1 && handled == 0);
	check(kill(tid, SIGUSR1) == 0);
	yield(4);
	check(handled == 1 && sleep_error == EINTR);
	thread_join(tid);
	/* A signal that comes in its own handler comes after it. */
	handled = 0;
	signal_handle(SIGUSR2, count_and_repeat);
	check(kill(0, SIGUSR2) == 0);
	check(handled == 2);
	check_sigreturn();
	guest_exit(0);
}

static void
send_three(void *arg __unused)
{
	for (int sent = 0; sent < 3; sent++) {
		kill(0, SIGUSR1);
		while (handled <= sent)
			yield(1);
	}
}

/**
 * Three signals interrupt a loop that has something in every register, and at
 * both ends of the 128 bytes below its stack pointer.
 */
void
guest_registers(void)
{
	u_int changed;

	signal_handle(SIGUSR1, count_signal);
	thread_start(send_three, NULL);
	/* clang-format off */
	__asm __volatile(
	    "movl $0x1e, -128(%%rsp); movl $0x1f, -8(%%rsp)\n\t"
	    "movl $0x10, %%ebx; movl $0x11, %%ecx; movl $0x12, %%edx\n\t"
	    "movl $0x13, %%esi; movl $0x14, %%edi; movl $0x15, %%r8d\n\t"
	    "movl $0x16, %%r9d; movl $0x17, %%r10d; movl $0x18, %%r11d\n\t"
	    "movl $0x19, %%r12d; movl $0x1a, %%r13d; movl $0x1b, %%r14d\n\t"
	    "movl $0x1c, %%r15d; movl $0x1d, %%eax\n"
	    "1:	cmpl $3, %1\n\t"
	    "jl 1b\n\t"
	    "subl $0x10, %%ebx; subl $0x11, %%ecx; subl $0x12, %%edx\n\t"
	    "subl $0x13, %%esi; subl $0x14, %%edi; subl $0x15, %%r8d\n\t"
	    "subl $0x16, %%r9d; subl $0x17, %%r10d; subl $0x18, %%r11d\n\t"
	    "subl $0x19, %%r12d; subl $0x1a, %%r13d; subl $0x1b, %%r14d\n\t"
	    "subl $0x1c, %%r15d; subl $0x1d, %%eax\n\t"
	    "orl %%ebx, %%eax; orl %%ecx, %%eax; orl %%edx, %%eax\n\t"
	    "orl %%esi, %%eax; orl %%edi, %%eax; orl %%r8d, %%eax\n\t"
	    "orl %%r9d, %%eax; orl %%r10d, %%eax; orl %%r11d, %%eax\n\t"
	    "orl %%r12d, %%eax; orl %%r13d, %%eax; orl %%r14d, %%eax\n\t"
	    "orl %%r15d, %%eax\n\t"
	    "subl $0x1e, -128(%%rsp); orl -128(%%rsp), %%eax\n\t"
	    "subl $0x1f, -8(%%rsp); orl -8(%%rsp), %%eax"
	    : "=&a"(changed) : "m"(handled)
	    : "rbx", "rcx", "rdx", "rsi", "rdi", "r8", "r9", "r10", "r11",
	      "r12", "r13", "r14", "r15", "cc", "memory");
	/* clang-format on */
	check(changed == 0);
	guest_exit(0);
}

/** Sleeps for a second; nobody else is there. */
void
guest_idle(void)
{
	check(umtx_sleep(&gate, 0, 1000000) == EWOULDBLOCK);
	guest_exit(0);
}

static umtx_t mutex;
static volatile u_int total;

static void
work(void *arg __unused)
{
	u_int now;

	for (u_int i = 0; i < WORK; i++) {
		mutex_lock(&mutex);
		now = total;
		if (i % 8 == 0)
			yield(1); /* all others run into the mutex */
		total = now + 1;
		mutex_unlock(&mutex);
	}
}

/** Adds up under a mutex. */
void
guest_mutex(void)
{
	int tid[WORKERS];

	for (u_int i = 0; i < WORKERS; i++)
		tid[i] = thread_start(work, NULL);
	for (u_int i = 0; i < WORKERS; i++)
		thread_join(tid[i]);
	check(total == WORKERS * WORK);
	guest_exit(0);
}

/* A page of its own, which is the image's until it is written. */
static umtx_t image_page[PAGE_SIZE / sizeof(umtx_t)] __aligned(4096) = { 7 };

static void
sleep_on_image(void *arg __unused)
{
	add(&going, 1);
	check(umtx_sleep(image_page, 7, 0) == 0);
}

/** Wakes who has gone to sleep on a page before it became private. */
void
guest_private_page(void)
{
	int tid = thread_start(sleep_on_image, NULL);

	while (going == 0)
		yield(1);
	yield(4);
	image_page[0] = 8;
	check(umtx_wakeup(image_page, 0) == 0);
	thread_join(tid);
	guest_exit(0);
}

/** Sleeps, and nobody will ever wake it. */
void
guest_deadlock(void)
{
	umtx_sleep(&gate, 0, 0);
	guest_exit(1);
}

/** Uses the FPU, whose state nobody switches. */
void
guest_fpu(void)
{
	__asm __volatile("fldz");
	guest_exit(0);
}

/** Sends itself a signal that it has no handler for. */
void
guest_killed_by_signal(void)
{
	kill(0, SIGTERM);
	guest_exit(0);
}
