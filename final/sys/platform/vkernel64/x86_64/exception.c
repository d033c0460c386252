/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Signals of the host as interrupts and traps of this kernel.
 *
 *     SIGUSR1   another processor wants something
 *     SIGALRM   time is up
 *     SIGIO     a descriptor of the host is ready
 *     SIGWINCH, SIGTERM   the terminal's size; the end is wanted
 *     SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP   the kernel's own fault
 *
 * Every handler runs on the processor's signal stack: a switch of threads never
 * happens in one, so nothing stays on it.  A handler that finds interrupts off
 * notes the vector and returns; see <machine/intr.h>.  While one runs, or is to
 * run, the host keeps further interrupts back: a processor that waits for its
 * turn in the host may be sent any number, and would find its stack full of
 * handlers.
 *
 * A processor that wants another one's attention posts the vector, and wakes it
 * from its sleep in the host or, if it runs, signals it.  Both orders are safe:
 * who goes to sleep says so first and then looks at gd_pending, who posts looks
 * at gd_asleep after posting, and the host compares gd_pending once more.
 */
#include <sys/errno.h>
#include <sys/proc.h>
#include <sys/systm.h>
#include <sys/time.h>
#include <sys/usched.h>
#include <cpu/atomic.h>
#include <cpu/cpufunc.h>
#include <cpu/ucontext.h>
#include <machine/cpu.h>
#include <machine/host.h>
#include <machine/intr.h>
#include <machine/md_var.h>
#include <machine/vkernel.h>
#include <machine/vmparam.h>

#define SIGSTACK_SIZE (32 * 1024)

/* --- x86_64/run.S --- */
extern char vk_run_check[], vk_run_end[], vk_run_abort[];

static intr_handler_t *handlers[VECTORS];
static volatile u_int stopping;
static const char no_cpu[] =
    "vkernel: -l: the host has no such processor for us\n";

/**
 * @param vector	VECTOR_*
 * @param handler	serves it from now on
 */
void
intr_register(u_int vector, intr_handler_t *handler)
{
	handlers[vector] = handler;
}

/* tag::run[] */
/**
 * Serves what waits on this processor.  Called with interrupts on; they are
 * off while a handler runs.
 */
void
intr_run(void)
{
	struct globaldata *gd = mycpu;
	u_int pending;

	clock_idle_end();
	do {
		intr_disable();
		gd->gd_restart = 1;
		pending = __atomic_exchange_n(
		    &gd->gd_pending, 0, __ATOMIC_SEQ_CST);
		gd->gd_intr_depth++;
		for (; pending != 0; pending &= pending - 1) {
			gd->gd_cnt_intr++;
			if (handlers[__builtin_ctz(pending)] != NULL)
				handlers[__builtin_ctz(pending)](NULL);
		}
		gd->gd_intr_depth--;
		gd->gd_intr_off = 0;
	} while (gd->gd_pending != 0);
}
/* end::run[] */

/**
 * Lets a processor serve a vector soon.
 * @param gd		which; may be this one
 * @param vector	VECTOR_*
 */
void
intr_post(struct globaldata *gd, u_int vector)
{
	__atomic_fetch_or(&gd->gd_pending, 1U << vector, __ATOMIC_SEQ_CST);
	if (gd == mycpu)
		return;
	if (__atomic_load_n(&gd->gd_asleep, __ATOMIC_SEQ_CST) != 0)
		host_umtx_wakeup(&gd->gd_pending, 1);
	else
		host_lwp_kill(-1, gd->gd_tid, SIGUSR1);
}

/**
 * Interrupts another processor: it looks for messages.
 * @param gd	which
 */
void
cpu_send_ipiq(struct globaldata *gd)
{
	intr_post(gd, VECTOR_IPI);
}

/* Another processor ends the run: nothing more happens here. */
static void __dead2
stop_here(void)
{
	sigset_t every;

	memset(&every, 0xff, sizeof(every));
	atomic_store_rel_int(&mycpu->gd_stopped, 1);
	for (;;)
		host_sigsuspend(&every);
}

static u_int
vector_of(int sig)
{
	switch (sig) {
	case SIGALRM:
		return (1U << VECTOR_ALARM);
	case SIGIO:
		return (1U << VECTOR_IO);
	case SIGWINCH:
		return (1U << VECTOR_WINCH);
	case SIGTERM:
		return (1U << VECTOR_TERM);
	}
	return (0); /* SIGUSR1: who sent it has posted */
}

/* tag::handler[] */
/* A signal that is an interrupt. */
static void
intr_signal(int sig, void *info __unused, struct ucontext *uc)
{
	struct globaldata *gd = mycpu;
	register_t *rip = &uc->uc_mcontext.mc_frame.tf_rip;

	if (atomic_load_acq_int(&stopping) != 0 && !cpu_is_ending())
		stop_here();
	/* Between the last look for work and the entry to a process. */
	if (*rip >= (register_t)vk_run_check && *rip < (register_t)vk_run_end)
		*rip = (register_t)vk_run_abort;
	gd->gd_restart = 1;
	if (vector_of(sig) != 0)
		__atomic_fetch_or(
		    &gd->gd_pending, vector_of(sig), __ATOMIC_SEQ_CST);
	if (gd->gd_intr_off == 0 && gd->gd_pending != 0)
		intr_run();
}
/* end::handler[] */

/* Whether an address is in the memory image. */
static bool
is_memory(vm_offset_t va)
{
	return (va - dmap_min_address - phys_base < vk_config->memory ||
	    va - KVA_MIN_ADDRESS < KVA_SIZE);
}

/*
 * A signal that is a trap of the kernel: there is none that is right.  But the
 * host may have no page for our memory; that is not the kernel's doing.
 */
static void
trap_signal(int sig, void *info __unused, struct ucontext *uc)
{
	struct trapframe *tf = &uc->uc_mcontext.mc_frame;

	if (sig == SIGBUS && is_memory(tf->tf_addr))
		panic_at(tf->tf_rip, tf->tf_rbp,
		    "the host has no memory for the memory image");
	trap_fatal(tf, sig);
}

static void catch (int sig, void *handler, const sigset_t *mask)
{
	struct sigaction sa = { 0 };

	sa.sa_handler = (u_register_t)handler;
	sa.sa_mask = *mask;
	sa.sa_flags = SA_SIGINFO | SA_NODEFER | SA_ONSTACK | SA_RESTART;
	if (host_sigaction(sig, &sa, NULL) < 0)
		panic("signal %d of the host cannot be caught", sig);
}

/** Installs the handlers; once. */
void
exception_init(void)
{
	static const int traps[] = { SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP };
	static const int intrs[] = { SIGUSR1, SIGALRM, SIGIO, SIGWINCH,
		SIGTERM };
	sigset_t none = { 0 }, all_intrs = { 0 };

	for (u_int i = 0; i < nitems(intrs); i++)
		SIGADDSET(all_intrs, intrs[i]);
	for (u_int i = 0; i < nitems(traps); i++)
		catch (traps[i], trap_signal, &none);
	for (u_int i = 0; i < nitems(intrs); i++)
		catch (intrs[i], intr_signal, &all_intrs);
	cpu_stop_others = mp_stop;
}

/* Where this processor may run in the host, by -l. */
static void
lock_cpu(const struct globaldata *gd)
{
	int cpu = vk_config->lock_first;

	if (vk_config->lock_cpus == VK_LOCK_NONE)
		return;
	if (vk_config->lock_cpus == VK_LOCK_MAP)
		cpu += gd->gd_cpuid;
	if (host_usched_set(host_getpid(), USCHED_SET_CPU, &cpu, sizeof(cpu)) <
		0 &&
	    gd->gd_cpuid == 0)
		host_write(2, no_cpu, sizeof(no_cpu) - 1);
}

/**
 * Makes the calling thread of the host a processor: GS, the signal stack; from
 * here on it takes signals.  Interrupts are off.
 * @param gd	its data
 */
void
exception_init_cpu(struct globaldata *gd)
{
	struct tls_info gs = { .base = (u_register_t)gd, .size = -1 };
	stack_t ss = { 0 };
	sigset_t none;
	long stack;

	gd->gd_self = gd;
	gd->gd_intr_off = 1;
	gd->gd_tid = host_lwp_gettid();
	lock_cpu(gd);
	if (host_set_tls_area(1, &gs, sizeof(gs)) < 0)
		host_exit(1);
	stack = host_mmap(NULL, SIGSTACK_SIZE, PROT_READ | PROT_WRITE,
	    MAP_ANON | MAP_PRIVATE, -1, 0, 0);
	if (stack < 0)
		panic("no memory for a signal stack");
	ss.ss_sp = stack;
	ss.ss_size = SIGSTACK_SIZE;
	host_sigaltstack(&ss, NULL);
	memset(&none, 0, sizeof(none));
	host_sigprocmask(SIG_SETMASK, &none, NULL);
}

/* tag::idle[] */
/**
 * Waits for an interrupt and serves it.  Called with interrupts off, after
 * looking for work and finding none; returns with interrupts off, and the
 * caller looks again.
 */
void
cpu_idle(void)
{
	struct globaldata *gd = mycpu;
	uint64_t us;

	__atomic_store_n(&gd->gd_asleep, 1, __ATOMIC_SEQ_CST);
	us = systimer_sleep_us();
	if (us == 0)
		__atomic_fetch_or(
		    &gd->gd_pending, 1U << VECTOR_TIMER, __ATOMIC_SEQ_CST);
	if (gd->gd_pending == 0 &&
	    host_umtx_sleep(&gd->gd_pending, 0, us) == -EWOULDBLOCK)
		__atomic_fetch_or(
		    &gd->gd_pending, 1U << VECTOR_TIMER, __ATOMIC_SEQ_CST);
	__atomic_store_n(&gd->gd_asleep, 0, __ATOMIC_SEQ_CST);
	intr_enable();
	intr_disable();
}
/* end::idle[] */

/** Lets other processors, which may not run, have what this one gave back. */
void
cpu_give_way(void)
{
	host_sched_yield();
}

/** Stops this processor for good. */
void
intr_halt(void)
{
	stop_here();
}

/** Stops all processors but this one; called through cpu_claim_end(). */
void
mp_stop(void)
{
	u_int left;

	atomic_store_rel_int(&stopping, 1);
	for (u_int tries = 0; tries < 100; tries++) {
		left = 0;
		for (u_int i = 0; i < ncpus; i++) {
			if (i == mycpuid || globaldata_find(i)->gd_stopped)
				continue;
			left++;
			host_lwp_kill(-1, globaldata_find(i)->gd_tid, SIGUSR1);
		}
		if (left == 0)
			return;
		host_sched_yield();
	}
}
