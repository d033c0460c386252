/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Stops and continuing in the middle of system calls, signals among threads,
 * umtx over fork, processors of threads, sysctl, random numbers.
 */
#include <sys/kinfo.h>
#include <sys/random.h>
#include <sys/sysctl.h>
#include <sys/time.h>
#include <sys/types.h>
#include <sys/usched.h>
#include <sys/wait.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <time.h>
#include "tap.h"

int umtx_sleep(volatile const int *ptr, int value, int timeout);
int umtx_wakeup(volatile const int *ptr, int count);
int lwp_setaffinity(pid_t pid, lwpid_t tid, const void *mask);
int lwp_getaffinity(pid_t pid, lwpid_t tid, void *mask);
int usched_set(pid_t pid, int cmd, void *data, int bytes);

static volatile sig_atomic_t count;

static void
counter(int sig)
{
	(void)sig;
	count++;
}

static void catch (int sig, int flags)
{
	struct sigaction sa = { 0 };

	sa.sa_handler = counter;
	sa.sa_flags = flags;
	CHECK(sigaction(sig, &sa, NULL) == 0);
}

static long
now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (ts.tv_sec * 1000 + ts.tv_nsec / 1000000);
}

/* Stops a child for a while and sees that this is told. */
static void
stop_and_continue(pid_t pid)
{
	int status;

	CHECK(kill(pid, SIGSTOP) == 0);
	CHECK(waitpid(pid, &status, WUNTRACED) == pid);
	CHECK(WIFSTOPPED(status) && WSTOPSIG(status) == SIGSTOP);
	usleep(30000);
	CHECK(waitpid(pid, &status, WUNTRACED | WNOHANG) == 0);
	CHECK(kill(pid, SIGCONT) == 0);
	CHECK(waitpid(pid, &status, WCONTINUED) == pid);
	CHECK(WIFCONTINUED(status));
}

static void
test_nanosleep(void)
{
	struct timespec ts = { 0, 300000000 };
	pid_t pid = fork();

	if (pid == 0) {
		long start = now_ms();

		if (nanosleep(&ts, NULL) != 0)
			_exit(1);
		_exit(now_ms() - start >= 300 ? 0 : 2);
	}
	usleep(50000);
	stop_and_continue(pid);
	stop_and_continue(pid);
	CHECK(tap_wait(pid) == 0);
}

static void
test_sigsuspend(void)
{
	sigset_t none;
	pid_t pid;
	int status;

	catch (SIGUSR1, 0);
	pid = fork();
	if (pid == 0) {
		sigemptyset(&none);
		sigsuspend(&none);
		_exit(count == 1 ? 6 : 1);
	}
	usleep(50000);
	stop_and_continue(pid);
	usleep(30000);
	CHECK(waitpid(pid, &status, WNOHANG) == 0);
	CHECK(kill(pid, SIGUSR1) == 0);
	CHECK(WEXITSTATUS(tap_wait(pid)) == 6);
}

/* A call that sleeps is not ended by a stop. */
static void
test_read(void)
{
	int fds[2];
	char c;
	pid_t pid;

	CHECK(pipe(fds) == 0);
	pid = fork();
	if (pid == 0)
		_exit(read(fds[0], &c, 1) == 1 && c == 'x' ? 0 : 1);
	usleep(50000);
	stop_and_continue(pid);
	CHECK(kill(pid, SIGSTOP) == 0);
	CHECK(write(fds[1], "x", 1) == 1);
	usleep(50000);
	CHECK(waitpid(pid, NULL, WNOHANG) == 0);
	CHECK(kill(pid, SIGCONT) == 0);
	CHECK(tap_wait(pid) == 0);
}

static void
test_orphaned(void)
{
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		setsid();
		raise(SIGTSTP);
		raise(SIGTTIN);
		_exit(7);
	}
	CHECK(waitpid(pid, &status, WUNTRACED) == pid);
	CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 7);
}

/* Stop signals and SIGCONT take each other back. */
static void
test_take_back(void)
{
	sigset_t set, pending;

	catch (SIGTSTP, 0);
	catch (SIGCONT, 0);
	sigemptyset(&set);
	sigaddset(&set, SIGTSTP);
	sigaddset(&set, SIGCONT);
	CHECK(sigprocmask(SIG_BLOCK, &set, NULL) == 0);
	raise(SIGTSTP);
	raise(SIGCONT);
	CHECK(sigpending(&pending) == 0);
	CHECK(
	    sigismember(&pending, SIGCONT) && !sigismember(&pending, SIGTSTP));
	raise(SIGTSTP);
	CHECK(sigpending(&pending) == 0);
	CHECK(
	    !sigismember(&pending, SIGCONT) && sigismember(&pending, SIGTSTP));
}

static void *
pause_for_ever(void *arg)
{
	for (;;)
		pause();
	return (arg);
}

static void
test_kill_stopped(void)
{
	pthread_t t;
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		for (int i = 0; i < 4; i++)
			pthread_create(&t, NULL, pause_for_ever, NULL);
		for (;;)
			continue;
	}
	usleep(50000);
	CHECK(kill(pid, SIGSTOP) == 0);
	CHECK(waitpid(pid, &status, WUNTRACED) == pid && WIFSTOPPED(status));
	usleep(20000);
	CHECK(kill(pid, SIGKILL) == 0);
	CHECK(WTERMSIG(tap_wait(pid)) == SIGKILL);
}

/* --- among threads --- */

static void
block(int sig)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, sig);
	CHECK(sigprocmask(SIG_BLOCK, &set, NULL) == 0);
}

/* The one thread that does not block a signal gets all of them. */
static void
test_unblocked_thread(void)
{
	pthread_t t;

	catch (SIGUSR1, SA_RESTART);
	CHECK(pthread_create(&t, NULL, pause_for_ever, NULL) == 0);
	block(SIGUSR1);
	for (int i = 1; i <= 200; i++) {
		kill(getpid(), SIGUSR1);
		for (long end = now_ms() + 1000; count < i;)
			CHECK(now_ms() < end);
	}
}

static volatile int taken;

static void *
take_signals(void *arg)
{
	struct siginfo info;
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR2);
	for (;;) {
		CHECK(sigwaitinfo(&set, &info) == SIGUSR2);
		CHECK(info.si_pid == getppid());
		taken++;
	}
	return (arg);
}

/* A signal of another process ends sigwaitinfo(), each time. */
static void
test_sigwait(void)
{
	pthread_t t;
	int up[2];
	char c;
	pid_t pid;

	CHECK(pipe(up) == 0);
	pid = fork();
	if (pid == 0) {
		block(SIGUSR2);
		pthread_create(&t, NULL, take_signals, NULL);
		write(up[1], "r", 1);
		for (int i = 1; i <= 200; i++) {
			while (taken < i)
				usleep(100);
			write(up[1], "n", 1);
		}
		_exit(0);
	}
	CHECK(read(up[0], &c, 1) == 1);
	for (int i = 0; i < 200; i++) {
		CHECK(kill(pid, SIGUSR2) == 0);
		CHECK(read(up[0], &c, 1) == 1);
	}
	CHECK(tap_wait(pid) == 0);
}

static void *
short_life(void *arg)
{
	usleep(100);
	return (arg);
}

/* No signal is lost with a thread that ends. */
static void
test_ending_threads(void)
{
	pthread_t t;

	catch (SIGUSR1, SA_RESTART);
	for (int i = 1; i <= 100; i++) {
		CHECK(pthread_create(&t, NULL, short_life, NULL) == 0);
		kill(getpid(), SIGUSR1);
		for (long end = now_ms() + 1000; count < i;)
			CHECK(now_ms() < end);
		pthread_join(t, NULL);
	}
}

/* --- umtx --- */

static volatile int word = 1, awake;

static void *
sleep_on_word(void *arg)
{
	while (word == 1)
		umtx_sleep(&word, 1, 0);
	awake = 1;
	return (arg);
}

/* fork() makes the page another one: the waker must still find the sleeper. */
static void
test_umtx_fork(void)
{
	pthread_t t;
	long start;
	pid_t pid;

	for (int i = 0; i < 10; i++) {
		word = 1;
		awake = 0;
		CHECK(pthread_create(&t, NULL, sleep_on_word, NULL) == 0);
		usleep(20000);
		pid = fork();
		if (pid == 0) {
			usleep(20000);
			_exit(0);
		}
		start = now_ms();
		word = 2; /* a copy of the page */
		umtx_wakeup(&word, 1);
		pthread_join(t, NULL);
		CHECK(awake && now_ms() - start < 1000);
		CHECK(tap_wait(pid) == 0);
	}
}

/* The same with a child that ends at once: the page is the parent's alone
 * again while the sleeper, whom the fork has woken, still makes a copy of it.
 * What the waker has written to it by then must be in the copy, too. */
static void
test_umtx_fork_short(void)
{
	pthread_t t;
	pid_t pid;

	for (u_int i = 0; i < 200; i++) {
		word = 1;
		CHECK(pthread_create(&t, NULL, sleep_on_word, NULL) == 0);
		usleep(i * 7919 % 1000);
		pid = fork();
		if (pid == 0)
			_exit(0);
		for (volatile u_int k = i * 104729 % 20000; k > 0; k--)
			continue;
		word = 2;
		umtx_wakeup(&word, 1);
		pthread_join(t, NULL);
		CHECK(tap_wait(pid) == 0);
	}
}

/* --- time --- */

static void
test_storm(void)
{
	struct itimerval it = { { 0, 1 }, { 0, 1 } }, got;
	long end;

	catch (SIGALRM, SA_RESTART);
	CHECK(setitimer(ITIMER_REAL, &it, NULL) == 0);
	for (end = now_ms() + 100; now_ms() < end;)
		continue;
	CHECK(getitimer(ITIMER_REAL, &got) == 0);
	CHECK(got.it_interval.tv_usec >= 1);
	memset(&it, 0, sizeof(it));
	CHECK(setitimer(ITIMER_REAL, &it, NULL) == 0);
	CHECK(count > 2);
	it.it_value.tv_usec = 1000000;
	CHECK_ERRNO(setitimer(ITIMER_REAL, &it, NULL), EINVAL);
	CHECK_ERRNO(setitimer(3, NULL, NULL), EINVAL);
}

/* --- processors --- */

/* Two that compute on one processor take turns, some ticks each: most of what
 * one of them waits for the other it waits in short pieces. */
static void
test_turns(void)
{
	cpumask_t mask = { { 1 } };
	long start = now_ms(), last = start, now, all = 0, in_long = 0;
	pid_t pid;

	CHECK(lwp_setaffinity(0, -1, &mask) == 0);
	pid = fork();
	if (pid == 0)
		for (;;)
			continue;
	for (; (now = now_ms()) < start + 4000; last = now) {
		if (now < start + 1500) /* their use has to grow first */
			continue;
		all += now - last;
		in_long += now - last > 250 ? now - last : 0;
	}
	CHECK(kill(pid, SIGKILL) == 0);
	CHECK(WTERMSIG(tap_wait(pid)) == SIGKILL);
	printf("# %ld ms, of these %ld in long turns of the other\n", all,
	    in_long);
	CHECK(in_long * 5 < all);
}

static void
test_processors(void)
{
	cpumask_t mask, old, none = { { 0 } };
	int cpu = -1, ncpu = 0;
	size_t size = sizeof(ncpu);

	CHECK(sysctlbyname("hw.ncpu", &ncpu, &size, NULL, 0) == 0);
	CHECK(lwp_getaffinity(0, -1, &old) == 0 && old.ary[0] != 0);
	for (int i = 0; i < ncpu; i++) {
		mask = none;
		mask.ary[0] = 1ul << i;
		CHECK(lwp_setaffinity(0, -1, &mask) == 0);
		CHECK(usched_set(0, USCHED_GET_CPU, &cpu, sizeof(cpu)) == 0);
		CHECK(cpu == i);
		CHECK(usched_set(0, USCHED_SET_CPU, &i, sizeof(i)) == 0);
		CHECK_ERRNO(
		    usched_set(0, USCHED_DEL_CPU, &i, sizeof(i)), EPERM);
	}
	CHECK_ERRNO(lwp_setaffinity(0, -1, &none), EPERM);
	CHECK_ERRNO(lwp_setaffinity(-2, -1, &old), EINVAL);
	CHECK_ERRNO(lwp_setaffinity(99998, -1, &old), ESRCH);
	CHECK_ERRNO(lwp_setaffinity(0, 99998, &old), ESRCH);
	CHECK_ERRNO(lwp_setaffinity(0, -1, (void *)8), EFAULT);
	CHECK(lwp_setaffinity(0, -1, &old) == 0);
	cpu = 1000;
	CHECK_ERRNO(usched_set(0, USCHED_ADD_CPU, &cpu, sizeof(cpu)), EFBIG);
	cpu = 15;
	if (ncpu < 16)
		CHECK_ERRNO(
		    usched_set(0, USCHED_ADD_CPU, &cpu, sizeof(cpu)), EINVAL);
	CHECK_ERRNO(usched_set(0, USCHED_GET_CPU, &cpu, 2), EINVAL);
	CHECK_ERRNO(usched_set(1, USCHED_GET_CPU, &cpu, sizeof(cpu)), EINVAL);
	CHECK_ERRNO(usched_set(0, 99, &cpu, sizeof(cpu)), EINVAL);
}

/* --- sysctl --- */

static void
test_sysctl(void)
{
	char buf[256], name[256];
	int mib[CTL_MAXNAME] = { CTL_KERN, KERN_OSTYPE }, n = 7;
	size_t size = sizeof(buf);

	CHECK(sysctl(mib, 2, buf, &size, NULL, 0) == 0);
	CHECK(strcmp(buf, "DragonFly") == 0 && size == strlen(buf) + 1);
	size = 4;
	CHECK_ERRNO(sysctl(mib, 2, buf, &size, NULL, 0), ENOMEM);
	CHECK(size == 4);
	CHECK(sysctl(mib, 2, NULL, &size, NULL, 0) == 0 && size == 10);
	CHECK_ERRNO(sysctl(mib, 2, NULL, NULL, "x", 1), EPERM);
	CHECK_ERRNO(sysctl(mib, 3, buf, &size, NULL, 0), ENOENT);
	CHECK_ERRNO(sysctl(mib, 1, buf, &size, NULL, 0), EINVAL);
	CHECK_ERRNO(sysctl(mib, 13, buf, &size, NULL, 0), EINVAL);
	CHECK_ERRNO(sysctl(mib, 2, (void *)8, &size, NULL, 0), EFAULT);
	CHECK_ERRNO(sysctl((int *)8, 2, buf, &size, NULL, 0), EFAULT);
	CHECK_ERRNO(sysctlbyname("kern.nothing", buf, &size, NULL, 0), ENOENT);
	size = sizeof(name);
	CHECK(sysctlbyname("kern.hostname", name, &size, "box", 3) == 0);
	size = sizeof(buf);
	CHECK(
	    sysctlbyname("kern.hostname", buf, &size, name, strlen(name)) == 0);
	CHECK(strcmp(buf, "box") == 0);
	memset(buf, 'x', sizeof(buf));
	CHECK_ERRNO(sysctlbyname("kern.hostname", NULL, NULL, buf, sizeof(buf)),
	    EINVAL);
	CHECK_ERRNO(sysctlbyname("kern.logsigexit", NULL, NULL, &n, 2), EINVAL);
	CHECK(setuid(1000) == 0);
	CHECK_ERRNO(sysctlbyname("kern.hostname", NULL, NULL, "me", 2), EPERM);
	CHECK_ERRNO(
	    sysctlbyname("kern.logsigexit", NULL, NULL, &n, sizeof(n)), EPERM);
}

static void
test_kinfo(void)
{
	static char args[4096];
	static struct kinfo_proc kps[64];
	int mib[] = { CTL_KERN, KERN_PROC, KERN_PROC_ALL, 0 };
	size_t size = sizeof(kps);
	unsigned found = 0;
	pid_t zombie = fork();

	if (zombie == 0)
		_exit(3);
	usleep(20000);
	CHECK(sysctl(mib, 3, kps, &size, NULL, 0) == 0);
	for (size_t i = 0; i < size / sizeof(kps[0]); i++) {
		CHECK(kps[i].kp_size == sizeof(kps[0]));
		if (kps[i].kp_pid == getpid()) {
			found |= 1;
			CHECK(kps[i].kp_ppid == getppid());
			CHECK(strcmp(kps[i].kp_comm, "t_job") == 0);
			CHECK(kps[i].kp_nthreads == 1);
		}
		if (kps[i].kp_pid == zombie) {
			found |= 2;
			CHECK(kps[i].kp_stat == KP_ZOMB);
			CHECK(WEXITSTATUS(kps[i].kp_exitstat) == 3);
		}
	}
	CHECK(found == 3);
	CHECK(WEXITSTATUS(tap_wait(zombie)) == 3);
	mib[2] = KERN_PROC_PID;
	mib[3] = getpid();
	size = sizeof(kps);
	CHECK(sysctl(mib, 4, kps, &size, NULL, 0) == 0);
	CHECK(size == sizeof(kps[0]) && kps[0].kp_pid == getpid());
	mib[3] = zombie;
	size = sizeof(kps);
	CHECK(sysctl(mib, 4, kps, &size, NULL, 0) == 0 && size == 0);
	mib[2] = KERN_PROC_ARGS;
	mib[3] = getpid();
	size = sizeof(args);
	CHECK(sysctl(mib, 4, args, &size, NULL, 0) == 0);
	CHECK(size > 5 && strstr(args, "t_job") != NULL);
	mib[2] = 99;
	CHECK_ERRNO(sysctl(mib, 4, args, &size, NULL, 0), ENOENT);
	CHECK_ERRNO(sysctl(mib, 2, args, &size, NULL, 0), EISDIR);
}

static void
test_random(void)
{
	static unsigned char a[1000], b[1000];
	unsigned ones = 0;

	CHECK(getrandom(a, sizeof(a), 0) == sizeof(a));
	CHECK(getrandom(b, sizeof(b), GRND_NONBLOCK) == sizeof(b));
	CHECK(memcmp(a, b, sizeof(a)) != 0);
	for (size_t i = 0; i < sizeof(a); i++)
		ones += __builtin_popcount(a[i] ^ b[i]);
	CHECK(ones > 3500 && ones < 4500);
	CHECK(getrandom(a, 0, 0) == 0);
	CHECK_ERRNO(getrandom(a, 1, 0x100), EINVAL);
	CHECK_ERRNO(getrandom((void *)8, 100, 0), EFAULT);
}

/* --- kill --- */

static void
test_kill(void)
{
	pid_t pid = fork();

	if (pid == 0) {
		for (;;)
			pause();
	}
	CHECK(kill(pid, 0) == 0);
	CHECK(kill(-getpgrp(), 0) == 0 && kill(0, 0) == 0);
	CHECK_ERRNO(kill(pid, 64), EINVAL);
	CHECK_ERRNO(kill(pid, -1), EINVAL);
	CHECK_ERRNO(kill(99998, 0), ESRCH);
	CHECK_ERRNO(kill(-99998, 0), ESRCH);
	CHECK_ERRNO(kill(INT32_MIN, 0), ESRCH);
	CHECK(kill(1, SIGKILL) == 0 && kill(1, SIGSTOP) == 0);
	CHECK(kill(pid, SIGKILL) == 0);
	usleep(20000);
	CHECK(kill(pid, SIGTERM) == 0); /* a zombie */
	CHECK(WTERMSIG(tap_wait(pid)) == SIGKILL);
	CHECK(setuid(1000) == 0);
	CHECK_ERRNO(kill(1, 0), EPERM);
	CHECK_ERRNO(kill(1, SIGKILL), EPERM);
}

static const struct tap_case cases[] = {
	{ "nanosleep goes on after a stop, and not too short", test_nanosleep },
	{ "sigsuspend goes on after a stop", test_sigsuspend },
	{ "a read goes on after a stop", test_read },
	{ "an orphaned group is not stopped by a terminal", test_orphaned },
	{ "SIGTSTP and SIGCONT take each other back", test_take_back },
	{ "SIGKILL ends what is stopped, with threads", test_kill_stopped },
	{ "the thread that does not block a signal gets it",
	    test_unblocked_thread },
	{ "sigwaitinfo takes the signals of others", test_sigwait },
	{ "a thread that ends takes no signal along", test_ending_threads },
	{ "umtx_wakeup finds who slept before a fork", test_umtx_fork },
	{ "no write is lost with a child that ends at once",
	    test_umtx_fork_short },
	{ "a timer of a microsecond leaves time for the rest", test_storm },
	{ "two that compute take short turns", test_turns },
	{ "processors of threads", test_processors },
	{ "sysctl and its errors", test_sysctl },
	{ "kern.proc", test_kinfo },
	{ "getrandom", test_random },
	{ "kill and its errors", test_kill },
};

int
main(void)
{
	return (tap_run(cases, sizeof(cases) / sizeof(cases[0])));
}
