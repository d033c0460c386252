/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * What a Linux program may rely on: its start, memory,
 * processes, threads, clocks.
 *
 * Built as a static program of the build machine (cc -static), so that it can
 * be run there first: all cases hold on Linux, and have to hold unchanged on
 * Damselfly.
 */
#define _GNU_SOURCE
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/sysinfo.h>
#include <sys/time.h>
#include <sys/times.h>
#include <sys/uio.h>
#include <sys/utsname.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <pthread.h>
#include <sched.h>
#include <stdint.h>
#include <time.h>
#include "tap.h"

#define PAGE 4096
#define ANON (MAP_PRIVATE | MAP_ANONYMOUS)
#define RW   (PROT_READ | PROT_WRITE)

static void
start(void)
{
	const unsigned char *random = (void *)getauxval(AT_RANDOM);
	const char *platform = (void *)getauxval(AT_PLATFORM);
	unsigned sum = 0;

	CHECK(getauxval(AT_PAGESZ) == PAGE);
	CHECK(getauxval(AT_CLKTCK) == 100);
	CHECK(getauxval(AT_UID) == getuid() && getauxval(AT_EGID) == getegid());
	CHECK(getauxval(AT_PHNUM) > 0 && getauxval(AT_PHENT) == 56);
	CHECK(getauxval(AT_ENTRY) != 0 && getauxval(AT_EXECFN) != 0);
	CHECK(platform != NULL && strcmp(platform, "x86_64") == 0);
	for (int i = 0; random != NULL && i < 16; i++)
		sum += random[i];
	CHECK(sum != 0);
}

static void
names(void)
{
	struct utsname u;
	struct sysinfo si;

	CHECK(uname(&u) == 0);
	CHECK(strcmp(u.sysname, "Linux") == 0);
	CHECK(strcmp(u.machine, "x86_64") == 0);
	CHECK(atoi(u.release) >= 3);
	CHECK(sysinfo(&si) == 0);
	CHECK(si.mem_unit != 0 && si.totalram > si.freeram && si.procs > 0);
}

static void
missing_calls(void)
{
	CHECK_ERRNO(syscall(9999), ENOSYS);
	CHECK_ERRNO(syscall(-1), ENOSYS);
	CHECK_ERRNO(syscall(1L << 40 | 9999), ENOSYS);
}

/* A system call changes rcx and r11 only. */
static void
registers(void)
{
	long rdi = 1, rsi = 2, rdx = 3, rax = SYS_getppid;
	register long r8 __asm("r8") = 8, r9 __asm("r9") = 9;
	register long r10 __asm("r10") = 10;

	__asm volatile("syscall"
		       : "+a"(rax), "+D"(rdi), "+S"(rsi), "+d"(rdx), "+r"(r8),
		       "+r"(r9), "+r"(r10)
		       :
		       : "rcx", "r11", "memory");
	long kept[] = { r8, r9, r10 }; /* no call keeps them for us */

	CHECK(rax == getppid());
	CHECK(rdi == 1 && rsi == 2 && rdx == 3);
	CHECK(kept[0] == 8 && kept[1] == 9 && kept[2] == 10);
}

/* --- memory --- */

static void
heap(void)
{
	char *old = sbrk(0), *p = sbrk(3 * PAGE);

	CHECK(p == old && sbrk(0) == old + 3 * PAGE);
	memset(p, 1, 3 * PAGE);
	CHECK(brk(old) == 0 && sbrk(0) == old);
	CHECK(syscall(SYS_brk, 0) == (long)old);
	CHECK(syscall(SYS_brk, -1L) == (long)old);
}

static void
remap(void)
{
	char *p = mmap(NULL, 4 * PAGE, RW, ANON, -1, 0), *q, *wall;

	CHECK(p != MAP_FAILED);
	for (int i = 0; i < 4; i++)
		p[i * PAGE] = 'a' + i;
	q = mremap(p, 4 * PAGE, 2 * PAGE, 0);
	CHECK(q == p && p[PAGE] == 'b');
	wall = mmap(p + 2 * PAGE, PAGE, PROT_NONE, ANON | MAP_FIXED, -1, 0);
	CHECK(wall == p + 2 * PAGE);
	CHECK_ERRNO(mremap(p, 2 * PAGE, 64 * PAGE, 0), ENOMEM);
	q = mremap(p, 2 * PAGE, 64 * PAGE, MREMAP_MAYMOVE);
	CHECK(q != MAP_FAILED && q != p);
	CHECK(q[0] == 'a' && q[PAGE] == 'b' && q[63 * PAGE] == 0);
	q[63 * PAGE] = 'z';
	CHECK_ERRNO(msync(p, PAGE, MS_SYNC), ENOMEM);
	CHECK(munmap(wall, PAGE) == 0);
	CHECK_ERRNO(mremap(q + 1, PAGE, PAGE, 0), EINVAL);
	CHECK_ERRNO(mremap(q, PAGE, 0, 0), EINVAL);
}

static void
advice(void)
{
	char *p = mmap(NULL, 2 * PAGE, RW, ANON, -1, 0);

	CHECK(p != MAP_FAILED);
	memset(p, 7, 2 * PAGE);
	CHECK(madvise(p, PAGE, MADV_DONTNEED) == 0);
	CHECK(p[0] == 0 && p[PAGE] == 7);
	CHECK_ERRNO(madvise(p + 1, PAGE, MADV_NORMAL), EINVAL);
	CHECK(mmap(p, PAGE, RW, ANON | MAP_FIXED_NOREPLACE, -1, 0) ==
		MAP_FAILED &&
	    errno == EEXIST);
	CHECK_ERRNO(mmap(NULL, 0, RW, ANON, -1, 0), EINVAL);
	CHECK_ERRNO(mmap(NULL, PAGE, RW, MAP_ANONYMOUS, -1, 0), EINVAL);
	CHECK_ERRNO(mmap(NULL, PAGE, RW, MAP_PRIVATE, -1, 0), EBADF);
}

/* --- processes --- */

static void
wait_statuses(void)
{
	siginfo_t si;
	int status, go[2];
	pid_t pid;
	char c;

	pid = fork();
	if (pid == 0)
		_exit(77);
	CHECK(WIFEXITED(status = tap_wait(pid)) && WEXITSTATUS(status) == 77);
	pid = fork();
	if (pid == 0) {
		signal(SIGBUS, SIG_DFL);
		kill(getpid(), SIGBUS);
	}
	status = tap_wait(pid);
	CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGBUS);
	/* It goes on and does not end before that has been seen. */
	CHECK(pipe(go) == 0);
	pid = fork();
	if (pid == 0) {
		close(go[1]);
		kill(getpid(), SIGSTOP);
		_exit(read(go[0], &c, 1) == 0 ? 3 : 4);
	}
	CHECK(waitpid(pid, &status, WUNTRACED) == pid);
	CHECK(WIFSTOPPED(status) && WSTOPSIG(status) == SIGSTOP);
	CHECK(waitpid(pid, &status, WNOHANG) == 0);
	CHECK(kill(pid, SIGCONT) == 0);
	CHECK(waitpid(pid, &status, WCONTINUED) == pid && WIFCONTINUED(status));
	close(go[1]);
	CHECK(waitid(P_PID, pid, &si, WEXITED) == 0);
	CHECK(si.si_signo == SIGCHLD && si.si_code == CLD_EXITED &&
	    si.si_pid == pid && si.si_status == 3);
	CHECK_ERRNO(waitpid(pid, &status, 0), ECHILD);
	CHECK_ERRNO(waitpid(-1, &status, 0x4000), EINVAL);
}

static int
child_of_clone(void *arg)
{
	*(int *)arg = 1234;
	return (5);
}

static void
clones(void)
{
	static char stack[8 * PAGE] __attribute__((aligned(16)));
	int shared = 0, status;
	pid_t pid;

	pid = clone(child_of_clone, stack + sizeof(stack),
	    CLONE_VM | CLONE_VFORK | SIGCHLD, &shared);
	CHECK(pid > 0 && shared == 1234);
	CHECK(waitpid(pid, &status, 0) == pid && WEXITSTATUS(status) == 5);
	pid = vfork();
	if (pid == 0)
		_exit(6);
	CHECK(waitpid(pid, &status, 0) == pid && WEXITSTATUS(status) == 6);
	CHECK_ERRNO(syscall(SYS_clone, CLONE_THREAD, 0, 0, 0, 0), EINVAL);
	CHECK(syscall(SYS_gettid) == getpid());
}

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t cond = PTHREAD_COND_INITIALIZER;
static int counter;
static __thread int own = 5;

static void *
count(void *arg)
{
	CHECK(own == 5);
	own = (int)(intptr_t)arg;
	for (int i = 0; i < 2000; i++) {
		pthread_mutex_lock(&mutex);
		counter++;
		pthread_mutex_unlock(&mutex);
	}
	pthread_mutex_lock(&mutex);
	pthread_cond_broadcast(&cond);
	pthread_mutex_unlock(&mutex);
	CHECK(syscall(SYS_gettid) != getpid());
	return ((void *)(intptr_t)own);
}

static void
threads(void)
{
	pthread_t t[4];
	void *result;

	for (intptr_t i = 0; i < 4; i++)
		CHECK(
		    pthread_create(&t[i], NULL, count, (void *)(100 + i)) == 0);
	pthread_mutex_lock(&mutex);
	while (counter != 8000)
		pthread_cond_wait(&cond, &mutex);
	pthread_mutex_unlock(&mutex);
	for (intptr_t i = 0; i < 4; i++) {
		CHECK(pthread_join(t[i], &result) == 0);
		CHECK((intptr_t)result == 100 + i);
	}
	CHECK(own == 5);
}

static void
futexes(void)
{
	struct timespec ts = { 0, 2000000 }, abs;
	int word = 1;

	CHECK_ERRNO(syscall(SYS_futex, &word, FUTEX_WAIT, 2, NULL), EAGAIN);
	CHECK_ERRNO(syscall(SYS_futex, &word, FUTEX_WAIT, 1, &ts), ETIMEDOUT);
	CHECK(syscall(SYS_futex, &word, FUTEX_WAKE, 1) == 0);
	clock_gettime(CLOCK_MONOTONIC, &abs);
	CHECK_ERRNO(syscall(SYS_futex, &word, FUTEX_WAIT_BITSET_PRIVATE, 1,
			&abs, NULL, -1),
	    ETIMEDOUT);
	CHECK_ERRNO(syscall(SYS_futex, 8L, FUTEX_WAIT, 1, NULL), EFAULT);
	CHECK_ERRNO(
	    syscall(SYS_futex, (char *)&word + 1, FUTEX_WAIT, 1, NULL), EINVAL);
	ts.tv_nsec = 1000000000;
	CHECK_ERRNO(syscall(SYS_futex, &word, FUTEX_WAIT, 1, &ts), EINVAL);
}

static void
limits(void)
{
	struct rlimit rl, back;
	cpu_set_t cpus;

	CHECK(getrlimit(RLIMIT_NOFILE, &rl) == 0 && rl.rlim_cur > 2);
	rl.rlim_cur = 20;
	CHECK(setrlimit(RLIMIT_NOFILE, &rl) == 0);
	CHECK(prlimit(0, RLIMIT_NOFILE, NULL, &back) == 0);
	CHECK(back.rlim_cur == 20 && back.rlim_max == rl.rlim_max);
	CHECK_ERRNO(fcntl(0, F_DUPFD, 20), EINVAL);
	rl.rlim_cur = rl.rlim_max + 1;
	if (rl.rlim_cur != 0)
		CHECK_ERRNO(setrlimit(RLIMIT_NOFILE, &rl), EINVAL);
	CHECK_ERRNO(getrlimit(99, &rl), EINVAL);
	CHECK(getrlimit(RLIMIT_CORE, &rl) == 0);
	CHECK(sched_getaffinity(0, sizeof(cpus), &cpus) == 0);
	CHECK(CPU_COUNT(&cpus) >= 1);
	errno = 0;
	CHECK(getpriority(PRIO_PROCESS, 0) >= -20 && errno == 0);
	CHECK(times(NULL) != (clock_t)-1);
}

/* --- another process --- */

static volatile long word = 1;

static void
await_two(int in, int out)
{
	char c;

	word = 11;
	if (write(out, "x", 1) != 1 || read(in, &c, 1) != 1)
		_exit(1);
	_exit(word == 22 ? 0 : 2);
}

/* Pieces here and there are cut differently; the last one there is nothing. */
static void
copies(void)
{
	char *p = mmap(NULL, 2 * PAGE, RW, ANON, -1, 0), buf[PAGE + 16];
	int in[2], out[2];
	long got = 0, two = 22;
	pid_t pid;

	memset(p, 'p', PAGE);
	CHECK(munmap(p + PAGE, PAGE) == 0);
	CHECK(pipe(in) == 0 && pipe(out) == 0);
	pid = fork();
	if (pid == 0)
		await_two(in[0], out[1]);
	CHECK(read(out[0], buf, 1) == 1);
	struct iovec ours[] = { { &got, 4 }, { NULL, 0 },
		{ (char *)&got + 4, 4 }, { buf, sizeof(buf) } };
	struct iovec theirs[] = { { (void *)&word, 8 }, { p + PAGE - 10, 8 },
		{ p + PAGE - 2, 100 } };
	CHECK(process_vm_readv(pid, ours, 4, theirs, 3, 0) == 18);
	CHECK(got == 11 && word == 1);
	CHECK(memcmp(buf, "pppppppppp", 10) == 0);
	ours[0] = (struct iovec){ &two, 8 };
	CHECK(process_vm_writev(pid, ours, 1, theirs, 1, 0) == 8);
	CHECK(process_vm_readv(pid, ours, 0, theirs, 1, 0) == 0);
	CHECK(process_vm_readv(pid, ours, 1, theirs, 0, 0) == 0);
	CHECK_ERRNO(process_vm_readv(pid, ours, 1, theirs, 1, 1), EINVAL);
	theirs[0].iov_base = (void *)8;
	CHECK_ERRNO(process_vm_readv(pid, ours, 1, theirs, 1, 0), EFAULT);
	theirs[0].iov_base = (void *)copies;
	CHECK_ERRNO(process_vm_writev(pid, ours, 1, theirs, 1, 0), EFAULT);
	CHECK(write(in[1], "x", 1) == 1 && tap_wait(pid) == 0);
	CHECK_ERRNO(process_vm_readv(pid, ours, 1, theirs, 1, 0), ESRCH);
}

/* --- clocks --- */

static void
clocks(void)
{
	static const clockid_t ids[] = { CLOCK_REALTIME, CLOCK_MONOTONIC,
		CLOCK_PROCESS_CPUTIME_ID, CLOCK_THREAD_CPUTIME_ID,
		CLOCK_MONOTONIC_RAW, CLOCK_REALTIME_COARSE,
		CLOCK_MONOTONIC_COARSE, CLOCK_BOOTTIME };
	struct timespec a, b, half = { 0, 10000000 };
	struct timeval tv;

	for (unsigned i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
		CHECK(syscall(SYS_clock_gettime, ids[i], &a) == 0);
		CHECK(a.tv_nsec >= 0 && a.tv_nsec < 1000000000);
		CHECK(syscall(SYS_clock_getres, ids[i], &a) == 0);
	}
	CHECK_ERRNO(syscall(SYS_clock_gettime, 99, &a), EINVAL);
	CHECK(syscall(SYS_clock_gettime, CLOCK_MONOTONIC, &a) == 0);
	CHECK(nanosleep(&half, NULL) == 0);
	CHECK(syscall(SYS_clock_gettime, CLOCK_MONOTONIC, &b) == 0);
	CHECK((b.tv_sec - a.tv_sec) * 1000000000L + b.tv_nsec - a.tv_nsec >=
	    10000000);
	b.tv_nsec = 0;
	CHECK(clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &b, NULL) == 0);
	half.tv_nsec = -1;
	CHECK_ERRNO(nanosleep(&half, NULL), EINVAL);
	CHECK(syscall(SYS_gettimeofday, &tv, NULL) == 0);
	CHECK(labs(tv.tv_sec - time(NULL)) <= 1);
}

static const struct tap_case cases[] = {
	{ "the auxiliary vector", start },
	{ "uname and sysinfo", names },
	{ "calls that are missing", missing_calls },
	{ "registers over a call", registers },
	{ "brk", heap },
	{ "mremap", remap },
	{ "madvise and flags of mmap", advice },
	{ "wait statuses", wait_statuses },
	{ "clone and vfork", clones },
	{ "threads", threads },
	{ "futex", futexes },
	{ "limits, processors, priority", limits },
	{ "memory of another process", copies },
	{ "clocks", clocks },
};

int
main(void)
{
	return (tap_run(cases, sizeof(cases) / sizeof(cases[0])));
}
