/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Threads of a guest, on system calls alone.  Linked with guest.c; see there
 * for the rules.
 */
#include <sys/lwp.h>
#include <sys/signal.h>
#include "guest_call.h"
#include "guest_sys.h"
#include "guest_thread.h"
#include "vmm.h"

/** What a thread is to do; at the top of its stack. */
struct start {
	void (*func)(void *);
	void *arg;
};

static char stacks[MAXLWP][THREAD_STACK] __aligned(16);
static umtx_t gone[MAXLWP];
static int nstarted;
static void (*handlers[NSIG])(int) __used;

static void
thread_main(void *arg)
{
	struct start *s = arg;

	s->func(s->arg);
	thread_exit();
}

/**
 * Starts a thread.  Stacks are not given out again.
 * @param func	what it does
 * @param arg	its argument
 * @return	its number, or -1
 */
int
thread_start(void (*func)(void *), void *arg)
{
	char *top = stacks[nstarted + 1];
	struct start *s = (struct start *)top - 1;
	int tid;
	struct lwp_params lp = { (long)thread_main, (long)s, (long)s,
		(long)&tid, 0 };

	if (nstarted + 1 == MAXLWP)
		return (-1);
	*s = (struct start){ func, arg };
	if (guest_sys4(SYS_lwp_create, (long)&lp, 0, 0, 0, NULL) != 0)
		return (-1);
	nstarted++;
	return (tid);
}

/** Ends this thread, and says so where thread_join() looks. */
void
thread_exit(void)
{
	long tid;

	guest_sys4(SYS_lwp_gettid, 0, 0, 0, 0, &tid);
	for (;;)
		guest_sys4(SYS_extexit, EXTEXIT_LWP | EXTEXIT_SETINT, 1,
		    (long)&gone[tid], 0, NULL);
}

/**
 * Waits until a thread has ended.
 * @param tid	its number
 */
void
thread_join(int tid)
{
	while (gone[tid] == 0)
		guest_call(SYS_sched_yield, 0, 0, 0);
	gone[tid] = 0;
}

/**
 * umtx_sleep(2).
 * @param ptr	word
 * @param value	to sleep while it has this value
 * @param us	microseconds, 0 for ever
 * @return	0 or errno
 */
int
umtx_sleep(umtx_t *ptr, int value, int us)
{
	return (guest_sys4(SYS_umtx_sleep, (long)ptr, value, us, 0, NULL));
}

/**
 * umtx_wakeup(2).
 * @param ptr	word
 * @param count	1 for one thread, 0 for all
 * @return	0 or errno
 */
int
umtx_wakeup(umtx_t *ptr, int count)
{
	return (guest_sys4(SYS_umtx_wakeup, (long)ptr, count, 0, 0, NULL));
}

/**
 * Takes a mutex: 0 is free, 1 taken, 2 taken and somebody waits.
 * @param m	mutex
 */
void
mutex_lock(umtx_t *m)
{
	int was = 0;

	if (__atomic_compare_exchange_n(
		m, &was, 1, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST))
		return;
	while (__atomic_exchange_n(m, 2, __ATOMIC_SEQ_CST) != 0)
		umtx_sleep(m, 2, 0);
}

/**
 * Gives a mutex back.
 * @param m	mutex
 */
void
mutex_unlock(umtx_t *m)
{
	if (__atomic_exchange_n(m, 0, __ATOMIC_SEQ_CST) == 2)
		umtx_wakeup(m, 1);
}

/* Where signals arrive: calls the handler and goes back by sigreturn(). */
void signal_entry(void);
CTASSERT(SYS_sigreturn == 344);
/* clang-format off */
__asm(
    "	.globl	signal_entry\n"
    "signal_entry:\n"
    "	pushq	%rdx\n"
    "	leaq	handlers(%rip), %rax\n"
    "	call	*(%rax, %rdi, 8)\n"
    "	popq	%rdi\n"
    "	movl	$344, %eax\n"
    "	syscall\n"
    "	ud2\n");
/* clang-format on */

/**
 * Sets the handler of a signal.
 * @param sig		signal
 * @param handler	function that gets its number
 * @return		0 or errno
 */
int
signal_handle(int sig, void (*handler)(int))
{
	struct sigaction act = { .sa_handler = (u_long)signal_entry };

	handlers[sig] = handler;
	return (guest_sys4(SYS_sigaction, sig, (long)&act, 0, 0, NULL));
}
