/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Pipes, waiting for several things at once, terminals, time, threads.
 */
#include <sys/event.h>
#include <sys/poll.h>
#include <sys/stat.h>
#include <sys/ttycom.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <time.h>
#include "tap.h"

int umtx_sleep(volatile const int *ptr, int value, int timeout);
int umtx_wakeup(volatile const int *ptr, int count);

static uint64_t
now_ms(void)
{
	struct timespec ts;

	CHECK(clock_gettime(CLOCK_MONOTONIC, &ts) == 0);
	return ((uint64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000);
}

static void
test_pipe(void)
{
	char buf[8192];
	int p[2], total = 0;
	ssize_t n;

	CHECK(pipe(p) == 0);
	CHECK(fcntl(p[1], F_SETFL, O_NONBLOCK) == 0);
	CHECK(fcntl(p[0], F_SETFL, O_NONBLOCK) == 0);
	CHECK_ERRNO(read(p[0], buf, 1), EAGAIN);
	memset(buf, 'p', sizeof(buf));
	while ((n = write(p[1], buf, sizeof(buf))) > 0)
		total += n;
	CHECK(n == -1 && errno == EAGAIN && total >= 4096);
	while ((n = read(p[0], buf, sizeof(buf))) > 0)
		total -= n;
	CHECK(total == 0);
	CHECK_ERRNO(lseek(p[0], 0, SEEK_SET), ESPIPE);
	CHECK_ERRNO(write(p[0], "x", 1), EBADF);
	close(p[1]);
	CHECK(read(p[0], buf, 1) == 0);
}

static void
test_poll(void)
{
	struct pollfd f[2];
	uint64_t start;
	int p[2];

	CHECK(pipe(p) == 0);
	f[0] = (struct pollfd){ p[0], POLLIN, 0 };
	f[1] = (struct pollfd){ p[1], POLLOUT, 0 };
	CHECK(
	    poll(f, 2, 0) == 1 && f[0].revents == 0 && f[1].revents == POLLOUT);
	start = now_ms();
	CHECK(poll(f, 1, 50) == 0);
	CHECK(now_ms() - start >= 49);
	CHECK(write(p[1], "x", 1) == 1);
	CHECK(poll(f, 1, -1) == 1 && f[0].revents == POLLIN);
	close(p[1]);
	CHECK(poll(f, 1, -1) == 1 && (f[0].revents & POLLHUP) != 0);
	f[0].fd = 77;
	CHECK(poll(f, 1, 0) == 1 && f[0].revents == POLLNVAL);
}

static void
test_kqueue(void)
{
	struct kevent ev, got[4];
	struct timespec zero = { 0, 0 };
	int kq = kqueue(), p[2];
	pid_t pid;

	CHECK(kq >= 0 && pipe(p) == 0);
	EV_SET(&ev, p[0], EVFILT_READ, EV_ADD | EV_CLEAR, 0, 0, (void *)7);
	CHECK(kevent(kq, &ev, 1, NULL, 0, NULL) == 0);
	CHECK(kevent(kq, NULL, 0, got, 4, &zero) == 0);
	CHECK(write(p[1], "abc", 3) == 3);
	CHECK(kevent(kq, NULL, 0, got, 4, NULL) == 1);
	CHECK(got[0].ident == (uintptr_t)p[0] && got[0].data == 3 &&
	    got[0].udata == (void *)7);
	/* EV_CLEAR: told once. */
	CHECK(kevent(kq, NULL, 0, got, 4, &zero) == 0);
	EV_SET(&ev, 1, EVFILT_TIMER, EV_ADD | EV_ONESHOT, 0, 30, NULL);
	CHECK(kevent(kq, &ev, 1, got, 4, NULL) == 1);
	CHECK(got[0].filter == EVFILT_TIMER && got[0].ident == 1);
	pid = fork();
	if (pid == 0) {
		usleep(30000);
		_exit(0);
	}
	EV_SET(&ev, pid, EVFILT_PROC, EV_ADD, NOTE_EXIT, 0, NULL);
	CHECK(kevent(kq, &ev, 1, got, 4, NULL) == 1);
	CHECK(got[0].filter == EVFILT_PROC && (got[0].fflags & NOTE_EXIT) != 0);
	CHECK(tap_wait(pid) == 0);
	EV_SET(&ev, 99, EVFILT_READ, EV_ADD, 0, 0, NULL);
	CHECK_ERRNO(kevent(kq, &ev, 1, NULL, 0, NULL), EBADF);
	CHECK(kevent(kq, &ev, 1, got, 4, &zero) == 1);
	CHECK((got[0].flags & EV_ERROR) != 0 && got[0].data == EBADF);
	close(p[0]);
	CHECK(kevent(kq, NULL, 0, got, 4, &zero) == 0);
}

static volatile int io_signals;

static void
on_io(int sig)
{
	(void)sig;
	io_signals++;
}

static void
test_sigio(void)
{
	struct sigaction sa = { .sa_handler = on_io };
	struct kevent ev;
	int kq = kqueue(), p[2], on = 1, self = getpid();

	/* As the vkernel waits for its devices. */
	CHECK(pipe(p) == 0);
	CHECK(sigaction(SIGIO, &sa, NULL) == 0);
	CHECK(ioctl(kq, FIOASYNC, &on) == 0);
	CHECK(fcntl(kq, F_SETOWN, self) == 0);
	EV_SET(&ev, p[0], EVFILT_READ, EV_ADD | EV_CLEAR, 0, 0, NULL);
	CHECK(kevent(kq, &ev, 1, NULL, 0, NULL) == 0);
	CHECK(io_signals == 0);
	CHECK(write(p[1], "x", 1) == 1);
	for (int i = 0; i < 100 && io_signals == 0; i++)
		usleep(1000);
	CHECK(io_signals > 0);
}

static void
test_pty(void)
{
	int m = open("/dev/ptyp0", O_RDWR | O_NOCTTY), s;
	struct termios t;
	struct winsize ws = { 30, 100, 0, 0 }, got;
	char buf[64];
	ssize_t n;

	CHECK(m >= 0);
	s = open("/dev/ttyp0", O_RDWR | O_NOCTTY);
	CHECK(s >= 0 && isatty(s) && !isatty(0x7fff));
	CHECK(write(m, "hellp\177o\n", 8) == 8);
	n = read(s, buf, sizeof(buf));
	CHECK(n == 6 && memcmp(buf, "hello\n", 6) == 0);
	/* What was echoed has to go before TCSAFLUSH is done. */
	CHECK(read(m, buf, sizeof(buf)) > 0);
	CHECK(tcgetattr(s, &t) == 0);
	cfmakeraw(&t);
	CHECK(tcsetattr(s, TCSAFLUSH, &t) == 0);
	CHECK(write(m, "a\177", 2) == 2);
	n = read(s, buf, sizeof(buf));
	CHECK(n >= 1 && buf[0] == 'a');
	CHECK(ioctl(s, TIOCSWINSZ, &ws) == 0);
	CHECK(ioctl(m, TIOCGWINSZ, &got) == 0 && got.ws_col == 100);
	close(m);
	CHECK(read(s, buf, 1) <= 0);
}

static void
test_time(void)
{
	struct timespec ts = { 0, 30000000 }, rem, a, b;
	struct timeval tv;
	uint64_t start = now_ms();

	CHECK(nanosleep(&ts, &rem) == 0);
	CHECK(now_ms() - start >= 30);
	ts.tv_nsec = 1000000000;
	CHECK_ERRNO(nanosleep(&ts, NULL), EINVAL);
	CHECK_ERRNO(nanosleep((void *)8, NULL), EFAULT);
	CHECK(clock_gettime(CLOCK_REALTIME, &a) == 0);
	CHECK(gettimeofday(&tv, NULL) == 0);
	CHECK(clock_gettime(CLOCK_REALTIME, &b) == 0);
	CHECK(tv.tv_sec >= a.tv_sec && tv.tv_sec <= b.tv_sec);
	CHECK(a.tv_sec > 1000000000);
	CHECK_ERRNO(clock_gettime(77, &a), EINVAL);
}

static void
test_umtx_errors(void)
{
	static volatile int word = 5;
	uint64_t start = now_ms();

	CHECK_ERRNO(umtx_sleep(&word, 4, 0), EBUSY);
	CHECK_ERRNO(umtx_sleep(&word, 5, 20000), EWOULDBLOCK);
	CHECK(now_ms() - start >= 19);
	CHECK_ERRNO(umtx_sleep(&word, 5, -1), EINVAL);
	CHECK_ERRNO(
	    umtx_sleep((int *)((char *)(uintptr_t)&word + 1), 5, 0), EFAULT);
	CHECK_ERRNO(umtx_sleep((int *)8, 5, 0), EFAULT);
	CHECK(umtx_wakeup(&word, 0) == 0);
}

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t cond = PTHREAD_COND_INITIALIZER;
static int counter, waiting;
static __thread int mine = 17;

static void *
worker(void *arg)
{
	CHECK(mine == 17);
	mine = (int)(uintptr_t)arg;
	for (int i = 0; i < 500; i++) {
		pthread_mutex_lock(&mutex);
		counter++;
		pthread_mutex_unlock(&mutex);
		CHECK(mine == (int)(uintptr_t)arg);
	}
	pthread_mutex_lock(&mutex);
	waiting++;
	pthread_cond_wait(&cond, &mutex);
	waiting--;
	pthread_mutex_unlock(&mutex);
	return ((void *)(uintptr_t)(mine * 2));
}

static void
test_threads(void)
{
	pthread_t t[8];
	void *res;

	for (int i = 0; i < 8; i++)
		CHECK(pthread_create(&t[i], NULL, worker,
			  (void *)(uintptr_t)(i + 1)) == 0);
	for (;;) {
		pthread_mutex_lock(&mutex);
		if (waiting == 8)
			break;
		pthread_mutex_unlock(&mutex);
		usleep(1000);
	}
	pthread_cond_broadcast(&cond);
	pthread_mutex_unlock(&mutex);
	for (int i = 0; i < 8; i++) {
		CHECK(pthread_join(t[i], &res) == 0);
		CHECK((uintptr_t)res == (uintptr_t)(i + 1) * 2);
	}
	CHECK(counter == 8 * 500 && mine == 17);
}

/* --- memory of conditions and barriers, used again at once --- */

static struct {
	pthread_mutex_t mutex;
	pthread_cond_t cond;
	pthread_barrier_t barrier;
	int waiting, go;
} meet;

static void *
wait_once(void *arg)
{
	pthread_mutex_lock(&meet.mutex);
	meet.waiting++;
	while (!meet.go)
		pthread_cond_wait(&meet.cond, &meet.mutex);
	pthread_mutex_unlock(&meet.mutex);
	return (arg);
}

/* Who was woken does not touch the condition any more. */
static void
test_cond_destroy(void)
{
	pthread_t t[4];
	void *res;

	for (int round = 0; round < 50; round++) {
		memset(&meet, 0, sizeof(meet));
		for (int i = 0; i < 4; i++)
			CHECK(pthread_create(&t[i], NULL, wait_once, &t) == 0);
		pthread_mutex_lock(&meet.mutex);
		while (meet.waiting < 4) {
			pthread_mutex_unlock(&meet.mutex);
			usleep(1000);
			pthread_mutex_lock(&meet.mutex);
		}
		meet.go = 1;
		pthread_cond_broadcast(&meet.cond);
		CHECK(pthread_cond_destroy(&meet.cond) == 0);
		memset(&meet.cond, round, sizeof(meet.cond));
		pthread_mutex_unlock(&meet.mutex);
		for (int i = 0; i < 4; i++)
			CHECK(pthread_join(t[i], &res) == 0 && res == &t);
		for (unsigned i = 0; i < sizeof(meet.cond); i++)
			CHECK(((char *)&meet.cond)[i] == round);
	}
}

static void *
meet_once(void *arg)
{
	pthread_barrier_wait(&meet.barrier);
	return (arg);
}

static void
test_barrier_destroy(void)
{
	pthread_t t[4];
	void *res;

	for (int round = 0; round < 50; round++) {
		CHECK(pthread_barrier_init(&meet.barrier, NULL, 5) == 0);
		for (int i = 0; i < 4; i++)
			CHECK(pthread_create(&t[i], NULL, meet_once, &t) == 0);
		pthread_barrier_wait(&meet.barrier);
		CHECK(pthread_barrier_destroy(&meet.barrier) == 0);
		memset(&meet.barrier, 0x80 + round, sizeof(meet.barrier));
		for (int i = 0; i < 4; i++)
			CHECK(pthread_join(t[i], &res) == 0 && res == &t);
	}
}

static void *
sleep_for_ever(void *arg)
{
	for (;;)
		pause();
	return (arg);
}

static void
test_exit_with_threads(void)
{
	pthread_t t;
	pid_t pid = fork();

	if (pid == 0) {
		for (int i = 0; i < 5; i++)
			pthread_create(&t, NULL, sleep_for_ever, NULL);
		usleep(10000);
		_exit(4);
	}
	CHECK(WEXITSTATUS(tap_wait(pid)) == 4);
	pid = fork();
	if (pid == 0) {
		char *argv[] = { "true", NULL };

		for (int i = 0; i < 5; i++)
			pthread_create(&t, NULL, sleep_for_ever, NULL);
		usleep(10000);
		execv("/bin/true", argv);
		_exit(5);
	}
	CHECK(tap_wait(pid) == 0);
}

static void
test_abi(void)
{
	register_t rax, carry;
	pid_t pid;

	/* The carry flag tells errors from results. */
	__asm __volatile("syscall; setc %b1; movzbl %b1, %k1"
			 : "=a"(rax), "=&q"(carry)
			 : "a"(SYS_close), "D"(-1L)
			 : "rcx", "r11", "rdx", "memory");
	CHECK(carry == 1 && rax == EBADF);
	__asm __volatile("syscall; setc %b1; movzbl %b1, %k1"
			 : "=a"(rax), "=&q"(carry)
			 : "a"(SYS_getpid)
			 : "rcx", "r11", "rdx", "memory");
	CHECK(carry == 0 && rax == getpid());
	/* Indirectly. */
	CHECK(syscall(SYS_getpid) == getpid());
	/* A number that is none. */
	pid = fork();
	if (pid == 0) {
		syscall(9999);
		_exit(0);
	}
	CHECK(WTERMSIG(tap_wait(pid)) == SIGSYS);
	signal(SIGSYS, SIG_IGN);
	CHECK_ERRNO(syscall(9999), EINVAL);
}

/* A process ends though nobody reads what it has written; it can be read
 * afterwards, and then comes the end. */
static void
test_pty_exit(void)
{
	int m = open("/dev/ptyp1", O_RDWR | O_NOCTTY), s;
	char buf[16];
	pid_t pid;

	CHECK(m >= 0);
	pid = fork();
	if (pid == 0) {
		close(m);
		s = open("/dev/ttyp1", O_RDWR | O_NOCTTY);
		_exit(write(s, "bye\n", 4) == 4 ? 0 : 1);
	}
	CHECK(tap_wait(pid) == 0);
	CHECK(read(m, buf, sizeof(buf)) == 5 && memcmp(buf, "bye\r\n", 5) == 0);
	CHECK(read(m, buf, sizeof(buf)) == 0);
}

/* Nobody else writes to, or reads from, a user's terminal. */
static void
test_pty_owner(void)
{
	int m = open("/dev/ptyp2", O_RDWR | O_NOCTTY);
	struct stat sb;
	pid_t pid;

	CHECK(m >= 0 && close(m) == 0);
	pid = fork();
	if (pid == 0) {
		CHECK(setuid(1000) == 0);
		m = open("/dev/ptyp2", O_RDWR | O_NOCTTY);
		CHECK(m >= 0 && stat("/dev/ttyp2", &sb) == 0);
		CHECK(sb.st_uid == 1000 && (sb.st_mode & 0777) == 0620);
		CHECK(open("/dev/ttyp2", O_RDWR | O_NOCTTY) >= 0);
		_exit(0);
	}
	CHECK(tap_wait(pid) == 0);
	m = open("/dev/ptyp2", O_RDWR | O_NOCTTY);
	CHECK(m >= 0 && stat("/dev/ttyp2", &sb) == 0 && sb.st_uid == 0);
	CHECK(setuid(1000) == 0);
	CHECK_ERRNO(open("/dev/ttyp2", O_RDWR | O_NOCTTY), EACCES);
	CHECK_ERRNO(open("/dev/ttyp2", O_WRONLY | O_NOCTTY), EACCES);
}

static const struct tap_case cases[] = {
	{ "pipes fill, empty and end", test_pipe },
	{ "poll", test_poll },
	{ "kqueue: reading, timers, processes, errors", test_kqueue },
	{ "a kqueue sends SIGIO", test_sigio },
	{ "pseudo-terminals edit lines, or do not", test_pty },
	{ "a process ends with output on its terminal", test_pty_exit },
	{ "a pseudo-terminal is its opener's", test_pty_owner },
	{ "time passes and is told", test_time },
	{ "umtx: the errors of its contract", test_umtx_errors },
	{ "threads: mutex, condition, storage of their own", test_threads },
	{ "a condition may go when its last waiter is woken",
	    test_cond_destroy },
	{ "a barrier may go when all have met", test_barrier_destroy },
	{ "a process with threads ends, or runs another program",
	    test_exit_with_threads },
	{ "the conventions of system calls", test_abi },
};

int
main(void)
{
	return (tap_run(cases, sizeof(cases) / sizeof(cases[0])));
}
