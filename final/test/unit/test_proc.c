/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Processes: family, groups and sessions, users, limits.  The kernel's own
 * code in a world where nothing runs by itself; see proc_rig.h.
 */
#include "hosted.h"
#include "proc_rig.h"

/* DragonFly's numbers, where they are not the C library's. */
enum {
	E_PERM = 1,
	E_SRCH = 3,
	E_RESTART = -1,
	E_INTR = 4,
	E_CHILD = 10,
	E_NOMEM = 12,
	E_ACCES = 13,
	E_INVAL = 22,
	E_AGAIN = 35,
	S_HUP = 1,
	S_CONT = 19,
	S_CHLD = 20,
	S_TSTP = 18,
	NOHANG = 1,
	UNTRACED = 2,
	CONTINUED = 4,
	FDG = 0x0004,
	PROC = 0x0010,
	MEM = 0x0020,
	SIGSHARE = 0x4000,
	FORK = FDG | PROC,
	LIMIT_NPROC = 7,
};

#define SAME	    ((unsigned)-1)
#define EXIT(n)	    ((n) << 8)
#define BIT(sig)    (1ul << (sig))
#define PIDS_BEFORE 100

static jmp_buf away;

void
rig_call(void (*func)(void *), void *arg)
{
	jmp_buf saved;

	/* cppcheck-suppress uninitvar */
	memcpy(saved, away, sizeof(saved));
	if (setjmp(away) == 0)
		func(arg);
	memcpy(away, saved, sizeof(saved));
}

void
rig_away(void)
{
	longjmp(away, 1);
}

/* What a test leaves must be what it found. */
static long before;
static unsigned nprocs_before, nlwps_before;

static int
begin(void **state)
{
	(void)state;
	rig_become(1);
	before = rig_allocations();
	nprocs_before = rig_nprocs();
	nlwps_before = rig_nlwps();
	return (0);
}

static int
end(void **state)
{
	int status;

	(void)state;
	rig_become(1);
	while (rig_wait(-1, NOHANG, &status) > 0)
		;
	assert_int_equal(rig_nprocs(), nprocs_before);
	assert_int_equal(rig_nlwps(), nlwps_before);
	assert_int_equal(rig_allocations(), before);
	return (0);
}

static int
child_of(int parent)
{
	int pid;

	rig_become(parent);
	pid = rig_fork(FORK);
	assert_true(pid > 1);
	return (pid);
}

static void
ends(int pid, int wstatus)
{
	rig_become(pid);
	rig_exit(wstatus);
}

static void
fork_exit_wait(void **state)
{
	int pid, status = 0;

	(void)state;
	pid = child_of(1);
	assert_int_equal(rig_state(pid), RIG_ALIVE);
	assert_int_equal(rig_ppid(pid), 1);
	assert_int_equal(rig_threads(pid), 1);
	assert_int_equal(rig_wait(pid, NOHANG, &status), 0);
	assert_int_equal(rig_wait(-1, 0, &status), -E_INTR);
	rig_sent(1);
	ends(pid, EXIT(7));
	assert_int_equal(rig_state(pid), RIG_ZOMBIE);
	assert_int_equal(rig_sent(1), BIT(S_CHLD));
	rig_become(1);
	assert_int_equal(rig_wait(pid, 0, &status), pid);
	assert_int_equal(status, EXIT(7));
	assert_int_equal(rig_state(pid), RIG_NONE);
	assert_int_equal(rig_wait(pid, NOHANG, &status), -E_CHILD);
}

static void
wait_for_whom(void **state)
{
	int a, b, status;

	(void)state;
	a = child_of(1);
	b = child_of(1);
	assert_int_equal(rig_setpgid(b, b), 0);
	ends(a, EXIT(1));
	ends(b, EXIT(2));
	rig_become(1);
	assert_int_equal(rig_wait(-1, 8, &status), -E_INVAL);
	assert_int_equal(rig_wait(1, NOHANG, &status), -E_CHILD);
	assert_int_equal(rig_wait(-a - 500, NOHANG, &status), -E_CHILD);
	assert_int_equal(rig_wait(-2147483647 - 1, NOHANG, &status), -E_CHILD);
	assert_int_equal(rig_wait(-b, NOHANG, &status), b);
	assert_int_equal(rig_wait(0, NOHANG, &status), a); /* its own group */
	assert_int_equal(rig_wait(-1, NOHANG, &status), -E_CHILD);
}

static void
stopped_and_continued(void **state)
{
	int pid, status;

	(void)state;
	pid = child_of(1);
	rig_stop(pid, S_TSTP);
	assert_int_equal(rig_wait(pid, NOHANG, &status), 0);
	assert_int_equal(rig_wait(pid, NOHANG | UNTRACED, &status), pid);
	assert_int_equal(status, S_TSTP << 8 | 0177);
	assert_int_equal(rig_wait(pid, NOHANG | UNTRACED, &status), 0);
	rig_continue(pid);
	assert_int_equal(rig_wait(pid, NOHANG | UNTRACED, &status), 0);
	assert_int_equal(rig_wait(pid, NOHANG | CONTINUED, &status), pid);
	assert_int_equal(status, S_CONT);
	assert_int_equal(rig_wait(pid, NOHANG | CONTINUED, &status), 0);
	ends(pid, 0);
}

/* Children of who ends go to process 1, zombies too. */
static void
orphans(void **state)
{
	int parent, a, b, status;

	(void)state;
	parent = child_of(1);
	a = child_of(parent);
	b = child_of(parent);
	ends(a, EXIT(3));
	rig_sent(1);
	ends(parent, EXIT(0));
	assert_int_equal(rig_sent(1), BIT(S_CHLD));
	assert_int_equal(rig_ppid(a), 1);
	assert_int_equal(rig_ppid(b), 1);
	rig_become(1);
	assert_int_equal(rig_wait(a, NOHANG, &status), a);
	assert_int_equal(status, EXIT(3));
	assert_int_equal(rig_wait(b, NOHANG, &status), 0);
	ends(b, 0);
}

static void
no_zombies(void **state)
{
	int parent, pid, status;

	(void)state;
	parent = child_of(1);
	pid = child_of(parent);
	rig_nocldwait(true);
	ends(pid, EXIT(1));
	rig_become(parent);
	assert_int_equal(rig_wait(-1, 0, &status), -E_CHILD);
	assert_int_equal(rig_ppid(pid), 1);
	ends(parent, 0);
}

/* It may be waited for while somebody looks at it. */
static void
held(void **state)
{
	int pid, status;

	(void)state;
	pid = child_of(1);
	rig_setpgid(pid, pid);
	rig_hold(pid);
	ends(pid, EXIT(5));
	rig_become(1);
	assert_int_equal(rig_wait(pid, 0, &status), pid);
	assert_int_equal(rig_state(pid), RIG_NONE);
	assert_true(rig_group_exists(pid));
	rig_release();
	assert_false(rig_group_exists(pid));
}

/* A signal to the group comes while its member makes a child. */
static void
signalled_fork(void **state)
{
	unsigned lwps = rig_nlwps(), n = rig_nprocs();
	long memory;
	int pid;

	(void)state;
	memory = rig_allocations();
	rig_signal_forks(true);
	assert_int_equal(rig_fork(FORK), -E_RESTART);
	assert_int_equal(rig_fork(PROC), -E_RESTART);
	rig_signal_forks(false);
	assert_int_equal(rig_nlwps(), lwps);
	assert_int_equal(rig_nprocs(), n);
	assert_int_equal(rig_allocations(), memory);
	pid = rig_fork(FORK);
	assert_true(pid > 0);
	ends(pid, 0);
}

static void
failures(void **state)
{
	int pid, n = 0, pids[600];

	(void)state;
	assert_int_equal(rig_fork(FDG), -E_INVAL);
	assert_int_equal(rig_fork(FORK | 1), -E_INVAL);
	rig_no_memory(true);
	assert_int_equal(rig_fork(FORK), -E_NOMEM);
	pid = rig_fork(PROC | MEM | SIGSHARE); /* needs none */
	assert_true(pid > 0);
	rig_no_memory(false);
	ends(pid, 0);

	pid = child_of(1);
	rig_become(pid);
	assert_int_equal(rig_setrlimit(LIMIT_NPROC, 3, 3), 0);
	assert_int_equal(rig_set(false, 77), 0);
	pids[0] = rig_fork(FORK);
	pids[1] = rig_fork(FORK);
	assert_true(pids[0] > 0 && pids[1] > 0);
	assert_int_equal(rig_fork(FORK), -E_AGAIN);
	ends(pids[0], 0);
	ends(pids[1], 0);
	ends(pid, 0);

	rig_become(1);
	while ((pid = rig_fork(FORK)) > 0 && n < 600)
		pids[n++] = pid;
	assert_int_equal(pid, -E_AGAIN);
	assert_true(n < 600);
	assert_int_equal(rig_nprocs(), rig_maxproc());
	while (n > 0)
		ends(pids[--n], 0);
}

/* Numbers come round, and none is had twice. */
static void
numbers(void **state)
{
	int shell, pid, status, last = 0;
	bool round = false;

	(void)state;
	shell = child_of(1);
	rig_become(shell);
	assert_int_equal(rig_setsid(), shell);
	pid = child_of(shell);
	assert_int_equal(rig_setpgid(pid, pid), 0);
	ends(shell, 0); /* its session goes on without it */
	rig_become(1);
	assert_int_equal(rig_wait(shell, 0, &status), shell);
	for (unsigned i = 0; i < 100200; i++) {
		int child = rig_fork(FORK);

		assert_true(child != pid && child != shell && child != 1);
		assert_true(child >= PIDS_BEFORE || !round);
		round |= child < last;
		last = child;
		ends(child, 0);
		rig_become(1);
		assert_int_equal(rig_wait(child, 0, &status), child);
	}
	assert_true(round);
	ends(pid, 0);
}

static void
threads(void **state)
{
	int pid, status, t2, t3;

	(void)state;
	pid = child_of(1);
	rig_become(pid);
	t2 = rig_thread();
	t3 = rig_thread();
	assert_int_equal(t2, 2);
	assert_int_equal(t3, 3);
	assert_int_equal(rig_threads(pid), 3);
	rig_thread_exit(t2);
	assert_int_equal(rig_threads(pid), 2);
	for (unsigned i = 0; i < 25000; i++) { /* numbers come round */
		int t = rig_thread();

		assert_true(t > 1 && t != t3 && t < 10000);
		rig_thread_exit(t);
	}
	rig_thread_exit(1); /* the first one is like any other */
	assert_int_equal(rig_threads(pid), 1);
	rig_thread_exit(t3); /* the last one ends the process */
	rig_become(1);
	assert_int_equal(rig_wait(pid, 0, &status), pid);
	assert_int_equal(status, 0);

	pid = child_of(1);
	rig_become(pid);
	for (unsigned i = 0; i < 10; i++)
		assert_true(rig_thread() > 0);
	rig_exit(EXIT(9)); /* takes them all along */
	rig_become(1);
	assert_int_equal(rig_wait(pid, 0, &status), pid);
	assert_int_equal(status, EXIT(9));
}

static void
too_many_threads(void **state)
{
	int pid, n;

	(void)state;
	pid = child_of(1);
	rig_become(pid);
	while ((n = rig_thread()) > 0)
		assert_true(n < 1000);
	assert_int_equal(n, -E_AGAIN);
	assert_int_equal(rig_fork(FORK), -E_AGAIN);
	rig_exit(0);
}

static void
groups(void **state)
{
	int shell, a, b, other;

	(void)state;
	shell = child_of(1);
	rig_become(shell);
	assert_int_equal(rig_setsid(), shell);
	assert_int_equal(rig_setsid(), -E_PERM);
	assert_int_equal(rig_getsid(0), shell);
	assert_int_equal(rig_setpgid(0, 0), -E_PERM); /* leads a session */
	a = child_of(shell);
	b = child_of(shell);
	rig_become(shell);
	assert_int_equal(rig_getpgid(a), shell);
	assert_int_equal(rig_setpgid(a, -1), -E_INVAL);
	assert_int_equal(rig_setpgid(a, 4711), -E_PERM); /* no such group */
	assert_int_equal(rig_setpgid(4711, 0), -E_SRCH);
	assert_int_equal(rig_setpgid(1, 0), -E_SRCH); /* no child */
	assert_int_equal(rig_setpgid(a, 0), 0);
	assert_int_equal(rig_setpgid(b, a), 0);
	assert_int_equal(rig_getpgid(b), a);
	rig_exec_flag(b);
	assert_int_equal(rig_setpgid(b, b), -E_ACCES);
	assert_int_equal(rig_getpgid(4711), -E_SRCH);
	rig_become(a);
	assert_int_equal(rig_setsid(), -E_PERM); /* leads a group */
	rig_become(b);
	assert_int_equal(rig_setsid(), b);
	rig_become(shell);
	assert_int_equal(rig_setpgid(b, a), -E_PERM); /* other session */
	other = child_of(1);
	rig_become(other);
	assert_int_equal(rig_setpgid(0, a), -E_PERM); /* other session */
	ends(a, 0);
	ends(b, 0);
	ends(other, 0);
	ends(shell, 0);
}

/* Jobs of a shell that ends: who is stopped is told, and goes on. */
static void
job_control(void **state)
{
	int shell, job, member, running;

	(void)state;
	shell = child_of(1);
	rig_become(shell);
	assert_int_equal(rig_setsid(), shell);
	assert_true(rig_orphaned(shell)); /* nobody controls the shell */
	job = child_of(shell);
	assert_int_equal(rig_setpgid(job, job), 0);
	assert_false(rig_orphaned(job));
	member = child_of(job);
	running = child_of(shell);
	assert_int_equal(rig_setpgid(running, running), 0);
	rig_stop(member, S_TSTP);
	rig_sent(job);
	rig_sent(member);
	rig_sent(running);
	ends(shell, 0);
	assert_true(rig_orphaned(job));
	assert_true(rig_orphaned(running));
	assert_int_equal(rig_sent(job), BIT(S_HUP) | BIT(S_CONT));
	assert_int_equal(rig_sent(member), BIT(S_HUP) | BIT(S_CONT));
	assert_int_equal(rig_sent(running), 0);
	ends(job, 0);
	ends(member, 0);
	ends(running, 0);
}

/* The one that connected its group with the shell ends or moves. */
static void
job_loses_leader(void **state)
{
	int shell, job, member, status;

	(void)state;
	shell = child_of(1);
	rig_become(shell);
	rig_setsid();
	job = child_of(shell);
	rig_setpgid(job, job);
	member = child_of(job);
	assert_false(rig_orphaned(job));
	ends(job, 0);
	assert_true(rig_orphaned(job));
	assert_int_equal(rig_getpgid(member), job);
	rig_become(shell);
	assert_int_equal(rig_wait(job, 0, &status), job);
	assert_true(rig_group_exists(job));
	ends(member, 0);
	ends(shell, 0);

	shell = child_of(1);
	rig_become(shell);
	rig_setsid();
	job = child_of(shell);
	rig_setpgid(job, job);
	member = child_of(job);
	rig_become(member);
	assert_int_equal(rig_setpgid(0, 0), 0);
	assert_false(rig_orphaned(member)); /* by job, in another group */
	rig_become(job);
	assert_int_equal(rig_setpgid(0, shell), 0);
	assert_false(rig_group_exists(job));
	assert_false(rig_orphaned(member));
	ends(member, 0);
	ends(job, 0);
	ends(shell, 0);
}

/* A call, what there was, what there is. */
static void
assert_ids(bool group, unsigned r, unsigned e, unsigned s)
{
	unsigned ids[3];

	rig_ids(group, ids);
	assert_int_equal(ids[0], r);
	assert_int_equal(ids[1], e);
	assert_int_equal(ids[2], s);
}

static void
users(void **state)
{
	int pid;

	(void)state;
	for (unsigned group = 0; group < 2; group++) {
		pid = child_of(1);
		rig_become(pid);
		assert_int_equal(rig_set(group, SAME), -E_INVAL);
		assert_int_equal(rig_setres(group, 10, 20, 30), 0);
		if (group != 0)
			assert_int_equal(rig_set(false, 99), 0);
		assert_ids(group, 10, 20, 30);
		assert_int_equal(rig_setres(group, 40, SAME, SAME), -E_PERM);
		assert_int_equal(rig_setres(group, SAME, 40, SAME), -E_PERM);
		assert_int_equal(rig_setres(group, SAME, SAME, 40), -E_PERM);
		assert_ids(group, 10, 20, 30);
		assert_int_equal(rig_set(group, 30), 0);
		assert_ids(group, 10, 30, 30);
		assert_int_equal(rig_set(group, 20), -E_PERM);
		assert_int_equal(rig_set(group, 10), 0);
		assert_ids(group, 10, 10, 30);
		/* The real id may not become the saved one. */
		assert_int_equal(rig_setre(group, 30, SAME), -E_PERM);
		assert_int_equal(rig_setre(group, SAME, 40), -E_PERM);
		assert_int_equal(rig_setre(group, SAME, 30), 0);
		assert_ids(group, 10, 30, 30);
		assert_int_equal(rig_setre(group, 30, 10), 0); /* swapped */
		assert_ids(group, 30, 10, 10);
		assert_int_equal(rig_setres(group, SAME, SAME, SAME), 0);
		assert_ids(group, 30, 10, 10);
		ends(pid, 0);
	}
	pid = child_of(1); /* nobody else has changed */
	assert_ids(false, 0, 0, 0);
	ends(pid, 0);
}

static void
limits(void **state)
{
	int pid;

	(void)state;
	pid = child_of(1);
	rig_become(pid);
	assert_int_equal(rig_setrlimit(12, 1, 1), -E_INVAL);
	assert_int_equal(rig_setrlimit(0, 2, 1), -E_INVAL);
	assert_int_equal(rig_setrlimit(0, 5, 10), 0);
	assert_int_equal(rig_setrlimit(0, 5, 20), 0); /* super-user */
	assert_int_equal(rig_nice(0, 0, -100), 0);
	assert_int_equal(rig_set(false, 5), 0);
	assert_int_equal(rig_setrlimit(0, 20, 20), 0);
	assert_int_equal(rig_setrlimit(0, 20, 21), -E_PERM);
	assert_int_equal(rig_setrlimit(0, 20, -1), -E_PERM);
	assert_int_equal(rig_setrlimit(0, 3, 4), 0);
	assert_int_equal(rig_setrlimit(0, 3, 5), -E_PERM);
	assert_int_equal(rig_nice(0, 0, 3), 0);
	assert_int_equal(rig_nice(0, 0, 2), -E_ACCES);
	assert_int_equal(rig_nice(0, 1, 5), -E_PERM);
	assert_int_equal(rig_nice(0, 4711, 5), -E_SRCH);
	assert_int_equal(rig_nice(3, 0, 5), -E_INVAL);
	assert_int_equal(rig_nice(2, 5, 7), 0);
	ends(pid, 0);
}

#define LEAVES_NOTHING(test) cmocka_unit_test_setup_teardown(test, begin, end)

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		LEAVES_NOTHING(fork_exit_wait),
		LEAVES_NOTHING(wait_for_whom),
		LEAVES_NOTHING(stopped_and_continued),
		LEAVES_NOTHING(orphans),
		LEAVES_NOTHING(no_zombies),
		LEAVES_NOTHING(held),
		LEAVES_NOTHING(signalled_fork),
		LEAVES_NOTHING(failures),
		LEAVES_NOTHING(numbers),
		LEAVES_NOTHING(threads),
		LEAVES_NOTHING(too_many_threads),
		LEAVES_NOTHING(groups),
		LEAVES_NOTHING(job_control),
		LEAVES_NOTHING(job_loses_leader),
		LEAVES_NOTHING(users),
		LEAVES_NOTHING(limits),
	};

	rig_proc_boot();
	return (RUN_TESTS(tests));
}
