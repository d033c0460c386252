/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Kernel trace: the last events, with the clock's count.
 *
 *     sysctl debug.ktr.enable=1      events are kept from now on; or this word
 *                                    of the boot loader's command line
 *     sysctl -n debug.ktr.log        "COUNT CPU PID EVENT", the oldest first
 *
 * All processors write to one ring.  Each event takes a number, and its place
 * in the ring is by the number; the number is written there when the event is
 * complete, so that a reader sees which are.  Processors of one machine have
 * one count, and so have a vkernel and its host: their logs fit together.
 *
 * Differs from DragonFly's KTR: one ring, no masks, text from the kernel
 * itself instead of ktrdump(8).
 */
#include <sys/errno.h>
#include <sys/ktr.h>
#include <sys/malloc.h>
#include <sys/proc.h>
#include <sys/sysctl.h>
#include <sys/systm.h>
#include <machine/cpu.h>
#include <machine/globaldata.h>
#include <machine/intr.h>

#define EVENTS 2048 /* that are kept; a power of two */
#define LINE   160

/** An event. */
struct event {
	volatile u_long number; /**< which it is, plus 1; 0: being written */
	uint64_t count;
	const char *format;
	u_long a, b;
	pid_t pid; /**< 0: no process */
	u_int cpu;
};

volatile u_int ktr_enabled;
static struct event *ring; /* NULL until the first time */
static u_long next_number;

MALLOC_DEFINE(M_KTR, "ktr");

/**
 * KTR_LOG() with ktr_enabled.  Never sleeps.
 * @param format	see there
 * @param a		first value
 * @param b		second value
 */
void
ktr_log(const char *format, u_long a, u_long b)
{
	bool intr = intr_enabled();
	struct lwp *lp = curlwp;
	struct event *e;
	u_long n;

	/* So that on a processor the order of counts is that of numbers. */
	intr_disable();
	n = __atomic_fetch_add(&next_number, 1, __ATOMIC_RELAXED);
	e = &ring[n % EVENTS];
	__atomic_store_n(&e->number, 0, __ATOMIC_RELAXED);
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
	e->count = cputimer_count();
	e->format = format;
	e->a = a;
	e->b = b;
	e->pid = lp != NULL ? lp->lwp_proc->p_pid : 0;
	e->cpu = mycpuid;
	__atomic_store_n(&e->number, n + 1, __ATOMIC_RELEASE);
	if (intr)
		intr_enable();
}

static void
set_enabled(bool on)
{
	if (on && ring == NULL)
		ring = kmalloc(
		    EVENTS * sizeof(*ring), M_KTR, M_WAITOK | M_ZERO);
	ktr_enabled = on;
}

/** Begins to keep events if the boot loader's command line says so. */
void
ktr_init(void)
{
	set_enabled(kgetenv_int("debug.ktr.enable", 0) != 0);
}

static int
sysctl_enable(struct sysctl_oid *oid __unused, struct sysctl_req *req)
{
	int value = ktr_enabled, error;

	error = SYSCTL_OUT(req, &value, sizeof(value));
	if (error != 0 || req->newptr == NULL)
		return (error);
	error = SYSCTL_IN(req, &value, sizeof(value));
	if (error == 0 && (value < 0 || value > 1))
		error = EINVAL;
	if (error == 0)
		set_enabled(value != 0);
	return (error);
}

/* The event with a number, if it is still there and complete. */
static bool
get_event(u_long n, struct event *copy)
{
	const struct event *e = &ring[n % EVENTS];

	if (__atomic_load_n(&e->number, __ATOMIC_ACQUIRE) != n + 1)
		return (false);
	*copy = *e;
	__atomic_thread_fence(__ATOMIC_ACQUIRE);
	return (e->number == n + 1);
}

static int
sysctl_log(struct sysctl_oid *oid __unused, struct sysctl_req *req)
{
	u_long end = __atomic_load_n(&next_number, __ATOMIC_RELAXED);
	u_long n = end > EVENTS ? end - EVENTS : 0;
	struct event e;
	char line[LINE];
	size_t used;
	int error = 0;

	for (; error == 0 && ring != NULL && n < end; n++) {
		if (!get_event(n, &e))
			continue;
		used = ksnprintf(
		    line, sizeof(line), "%lu %u %d ", e.count, e.cpu, e.pid);
		used += ksnprintf(
		    line + used, sizeof(line) - used, e.format, e.a, e.b);
		used = MIN(used, sizeof(line) - 2);
		line[used++] = '\n';
		error = SYSCTL_OUT(req, line, used);
	}
	return (error != 0 ? error : SYSCTL_OUT(req, "", 1));
}

SYSCTL_NODE(debug_ktr, "debug.ktr", OID_AUTO, "Kernel trace");
SYSCTL_PROC(debug_ktr_enable, "debug.ktr.enable", CTLTYPE_INT | CTLFLAG_RW,
    NULL, 0, sysctl_enable, "I", "Whether events are kept");
SYSCTL_PROC(debug_ktr_log, "debug.ktr.log", CTLTYPE_STRING | CTLFLAG_RD, NULL,
    0, sysctl_log, "A", "The last events: count of the clock, CPU, process");
