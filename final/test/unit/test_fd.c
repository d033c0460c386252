/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Descriptors against a model, pipes, kqueues, poll and select, in a process
 * that is alone: what would sleep is interrupted, or goes on after what
 * another process does meanwhile.
 */
#include "hosted.h"
#include "fd_rig.h"

/* The kernel's numbers, some of which are not the C library's. */
enum {
	K_EINTR = 4,
	K_EBADF = 9,
	K_EFAULT = 14,
	K_EINVAL = 22,
	K_EMFILE = 24,
	K_ESPIPE = 29,
	K_EPIPE = 32,
	K_EAGAIN = 35,
	K_ENOENT = 2
};
enum { K_SIGPIPE = 13, K_SIGIO = 23 };
enum { K_NONBLOCK = 4, K_CLOEXEC = 0x20000 };
enum { F_DUPFD_ = 0, F_GETFD_ = 1, F_GETFL_ = 3, F_SETFL_ = 4, F_SETOWN_ = 6 };
enum { READ = -1, WRITE = -2, SIGNAL = -6, TIMER = -7, USER = -9 };
enum {
	ADD = 1,
	DELETE = 2,
	ENABLE = 4,
	DISABLE = 8,
	ONESHOT = 16,
	CLEAR = 32,
	ERROR = 0x4000,
	ENDED = 0x8000
};
enum { IN = 1, OUT = 4, ERR = 8, HUP = 16, NVAL = 32 };

static char buf[65536];
static int p[2], q[2];

#define assert_clean() assert_int_equal(rig_finish(), 0)

static void
start(void)
{
	rig_start(64);
	assert_int_equal(rig_pipe2(p, 0), 0);
}

/* One event of one descriptor. */
static long
change(long kq, long ident, int filter, int flags, unsigned fflags, long data)
{
	struct rig_kevent kev = { (unsigned long)ident, (short)filter,
		(unsigned short)flags, fflags, data, NULL };

	return (rig_kevent((int)kq, &kev, 1, NULL, 0, 0));
}

static long
next(long kq, struct rig_kevent *kev)
{
	return (rig_kevent((int)kq, NULL, 0, kev, 1, 0));
}

/* --- descriptors --- */

#define NOFILE 64

static int model[NOFILE]; /* which pipe, 0 for none */

static int
model_lowest(int from)
{
	while (from < NOFILE && model[from] != 0)
		from++;
	return (from);
}

static void
model_dup(int fd, int to)
{
	bool open = fd >= 0 && fd < NOFILE && model[fd] != 0;
	long res = rig_dup2(fd, to);

	if (!open || to < 0 || to >= NOFILE) {
		assert_int_equal(res, -K_EBADF);
		return;
	}
	assert_int_equal(res, to);
	model[to] = model[fd];
}

static void
model_dupfd(int fd, int from)
{
	bool open = fd >= 0 && fd < NOFILE && model[fd] != 0;
	long res = rig_fcntl(fd, F_DUPFD_, from);
	int to = model_lowest(from < 0 ? 0 : from);

	if (!open)
		assert_true(res == -K_EBADF || (from < 0 && res == -K_EINVAL));
	else if (from < 0 || from >= NOFILE)
		assert_int_equal(res, -K_EINVAL);
	else if (to >= NOFILE)
		assert_int_equal(res, -K_EMFILE);
	else {
		assert_int_equal(res, to);
		model[to] = model[fd];
	}
}

static void
model_pipe(int number)
{
	int a = model_lowest(0), b = model_lowest(a + 1), fds[2];
	long res = rig_pipe2(fds, 0);

	if (b >= NOFILE) {
		assert_int_equal(res, -K_EMFILE);
		return;
	}
	assert_int_equal(res, 0);
	assert_int_equal(fds[0], a);
	assert_int_equal(fds[1], b);
	model[a] = model[b] = number;
}

static void
model_turn(int turn)
{
	int fd = random() % (NOFILE + 4) - 2, to = random() % (NOFILE + 8) - 4;
	bool open = fd >= 0 && fd < NOFILE && model[fd] != 0;

	switch (random() % 6) {
	case 0:
		model_pipe(turn);
		break;
	case 1:
		model_dup(fd, to);
		break;
	case 2:
		model_dupfd(fd, to);
		break;
	case 3:
	case 4:
		assert_int_equal(rig_close(fd), open ? 0 : -K_EBADF);
		if (open)
			model[fd] = 0;
		break;
	default:
		assert_int_equal(
		    rig_fcntl(fd, F_GETFD_, 0), open ? 0 : -K_EBADF);
		break;
	}
}

static void
table_and_model(void **state)
{
	long open = 0;

	(void)state;
	srandom(2);
	rig_start(NOFILE);
	for (int turn = 1; turn < 100000; turn++)
		model_turn(turn);
	for (int fd = 0; fd < NOFILE; fd++)
		open += model[fd] != 0;
	assert_int_equal(rig_fork_exit(), open);
	assert_int_equal(rig_closefrom(10), 0);
	assert_int_equal(rig_fcntl(10, F_GETFD_, 0), -K_EBADF);
	assert_clean();
}

static void
flags(void **state)
{
	(void)state;
	start();
	assert_int_equal(rig_pipe2(q, K_NONBLOCK | K_CLOEXEC), 0);
	assert_int_equal(rig_pipe2(q + 0, 0x100), -K_EINVAL);
	assert_int_equal(rig_fcntl(q[0], F_GETFD_, 0), 1);
	assert_int_equal(rig_fcntl(q[1], F_GETFL_, 0), K_NONBLOCK | 1);
	assert_int_equal(rig_read(q[0], buf, 1), -K_EAGAIN);
	assert_int_equal(rig_fcntl(q[0], F_SETFL_, 0), 0);
	assert_int_equal(rig_read(q[0], buf, 1), -K_EINTR);
	assert_int_equal(rig_fcntl(rig_dup(q[0]), F_GETFD_, 0), 0);
	assert_int_equal(rig_dup2(q[0], q[0]), q[0]);
	assert_int_equal(rig_fcntl(q[0], F_GETFD_, 0), 1);
	assert_int_equal(rig_fcntl(q[0], 99, 0), -K_EINVAL);
	assert_clean();
}

/* --- pipes --- */

static void
bytes(void **state)
{
	(void)state;
	start();
	assert_int_equal(rig_write(p[1], "hello", 5), 5);
	assert_int_equal(rig_fionread(p[0]), 5);
	assert_int_equal(rig_read(p[0], buf, 3), 3);
	assert_memory_equal(buf, "hel", 3);
	assert_int_equal(rig_read(p[0], buf, 100), 2);
	assert_memory_equal(buf, "lo", 2);
	assert_int_equal(rig_read(p[0], buf, 0), 0);
	assert_int_equal(rig_read(p[1], buf, 1), -K_EBADF);
	assert_int_equal(rig_write(p[0], buf, 1), -K_EBADF);
	assert_int_equal(rig_write(p[1], NULL, 1), -K_EFAULT);
	assert_int_equal(rig_read(p[0], buf, -1ul), -K_EINVAL);
	assert_clean();
}

static void
both_ends(void **state)
{
	(void)state;
	start();
	rig_write(p[1], "x", 1);
	rig_close(p[1]);
	assert_int_equal(rig_read(p[0], buf, 9), 1);
	assert_int_equal(rig_read(p[0], buf, 9), 0);
	rig_close(p[0]);
	rig_pipe2(p, 0);
	rig_close(p[0]);
	assert_int_equal(rig_sent(), 0);
	assert_int_equal(rig_write(p[1], "x", 1), -K_EPIPE);
	assert_int_equal(rig_sent(), 1ul << K_SIGPIPE);
	assert_clean();
}

static void
write_it(void)
{
	assert_int_equal(rig_write(p[1], "later", 5), 5);
}

static void
close_writer(void)
{
	rig_close(p[1]);
}

static void
close_reader(void)
{
	rig_close(p[0]);
}

static void
drain(void)
{
	assert_in_range(rig_read(p[0], buf, 9000), 4096, 9000);
}

static void
waiting(void **state)
{
	(void)state;
	start();
	rig_meanwhile = write_it;
	assert_int_equal(rig_read(p[0], buf, 9), 5);
	rig_meanwhile = close_writer;
	assert_int_equal(rig_read(p[0], buf, 9), 0);
	rig_close(p[0]);
	rig_pipe2(p, 0);
	/* Longer than the buffer: a part is written, then a signal comes. */
	assert_in_range(rig_write(p[1], buf, 60000), 16384, 20000);
	rig_meanwhile = drain;
	assert_int_equal(rig_write(p[1], buf, 4096), 4096);
	rig_meanwhile = close_reader;
	assert_int_equal(rig_write(p[1], buf, 60000), -K_EPIPE);
	assert_clean();
}

/* Up to 4096 bytes go in at once or not at all. */
static void
atomic_writes(void **state)
{
	long n, all = 0;

	(void)state;
	start();
	rig_fcntl(p[1], F_SETFL_, K_NONBLOCK);
	while ((n = rig_write(p[1], buf, 4000)) == 4000)
		all += n;
	assert_int_equal(n, -K_EAGAIN);
	assert_int_equal(rig_fionread(p[0]), all);
	n = rig_write(p[1], buf, 60000);
	assert_true(n > 0 && n < 4000);
	assert_int_equal(rig_write(p[1], buf, 60000), -K_EAGAIN);
	assert_int_equal(rig_read(p[0], buf, sizeof(buf)), all + n);
	assert_clean();
}

/* What goes in comes out, around the ring's end. */
static void
ring(void **state)
{
	unsigned char in = 0, out = 0;
	long n;

	(void)state;
	srandom(3);
	start();
	rig_fcntl(p[0], F_SETFL_, K_NONBLOCK);
	rig_fcntl(p[1], F_SETFL_, K_NONBLOCK);
	for (int turn = 0; turn < 2000; turn++) {
		n = random() % 9000;
		for (long i = 0; i < n; i++)
			buf[i] = (char)(in + i);
		n = rig_write(p[1], buf, n);
		in += n > 0 ? n : 0;
		n = rig_read(p[0], buf, 1 + random() % 9000);
		for (long i = 0; i < n; i++)
			assert_int_equal((unsigned char)buf[i], out++);
	}
	assert_clean();
}

/* --- kqueues --- */

static void
kq_pipe(void **state)
{
	struct rig_kevent kev;
	long kq;

	(void)state;
	start();
	kq = rig_kqueue();
	assert_int_equal(change(kq, p[0], READ, DELETE, 0, 0), -K_ENOENT);
	assert_int_equal(change(kq, 50, READ, ADD, 0, 0), -K_EBADF);
	assert_int_equal(change(kq, p[0], -20, ADD, 0, 0), -K_EINVAL);
	assert_int_equal(change(kq, p[1], READ, ADD, 0, 0), -K_EINVAL);
	assert_int_equal(change(kq, p[0], READ, ADD, 0, 0), 0);
	assert_int_equal(next(kq, &kev), 0);
	rig_write(p[1], "abc", 3);
	assert_int_equal(next(kq, &kev), 1);
	assert_true(kev.filter == READ && kev.ident == (unsigned)p[0]);
	assert_int_equal(kev.data, 3);
	assert_int_equal(next(kq, &kev), 1); /* it still is */
	rig_read(p[0], buf, 9);
	assert_int_equal(next(kq, &kev), 0);
	assert_int_equal(change(kq, p[0], READ, DISABLE, 0, 0), 0);
	rig_write(p[1], "d", 1);
	assert_int_equal(next(kq, &kev), 0);
	assert_int_equal(change(kq, p[0], READ, ENABLE, 0, 0), 0);
	assert_int_equal(next(kq, &kev), 1);
	rig_read(p[0], buf, 9);
	rig_close(p[1]);
	assert_int_equal(next(kq, &kev), 1);
	assert_true((kev.flags & ENDED) != 0);
	rig_close(p[0]); /* takes the knote along */
	assert_int_equal(next(kq, &kev), 0);
	assert_clean();
}

static void
kq_edges(void **state)
{
	struct rig_kevent kev, many[8];
	long kq;

	(void)state;
	start();
	kq = rig_kqueue();
	change(kq, p[0], READ, ADD | CLEAR, 0, 0);
	change(kq, p[1], WRITE, ADD | ONESHOT, 0, 0);
	rig_write(p[1], "a", 1);
	assert_int_equal(rig_kevent(kq, NULL, 0, many, 8, 0), 2);
	assert_int_equal(next(kq, &kev), 0); /* told once */
	rig_write(p[1], "b", 1);
	assert_int_equal(next(kq, &kev), 1);
	assert_int_equal(kev.data, 2);
	assert_int_equal(change(kq, p[1], WRITE, DELETE, 0, 0), -K_ENOENT);
	/* What stays ready is told once in a call. */
	change(kq, p[1], WRITE, ADD, 0, 0);
	assert_int_equal(rig_kevent(kq, NULL, 0, many, 8, 0), 1);
	/* An error of a change is an event. */
	kev = (struct rig_kevent){ 50, READ, ADD, 0, 0, NULL };
	assert_int_equal(rig_kevent(kq, &kev, 1, many, 8, 0), 1);
	assert_true(many[0].flags == ERROR && many[0].data == K_EBADF);
	assert_clean();
}

static void
kq_time_and_user(void **state)
{
	struct rig_kevent kev;
	long kq;

	(void)state;
	start();
	kq = rig_kqueue();
	change(kq, 1, TIMER, ADD, 0, 50);
	assert_int_equal(next(kq, &kev), 0);
	rig_time(49);
	assert_int_equal(next(kq, &kev), 0);
	rig_time(1);
	rig_time(50);
	assert_int_equal(next(kq, &kev), 1);
	assert_int_equal(kev.data, 2);
	assert_int_equal(next(kq, &kev), 0);
	change(kq, 1, TIMER, DELETE, 0, 0);
	rig_time(500);
	assert_int_equal(next(kq, &kev), 0);
	change(kq, 2, TIMER, ADD | ONESHOT, 0, 10);
	rig_time(10);
	assert_int_equal(next(kq, &kev), 1);
	assert_int_equal(change(kq, 2, TIMER, DELETE, 0, 0), -K_ENOENT);
	change(kq, 3, USER, ADD | CLEAR, 0, 0);
	assert_int_equal(next(kq, &kev), 0);
	change(kq, 3, USER, 0, 0x01000000, 0);
	assert_int_equal(next(kq, &kev), 1);
	assert_int_equal(next(kq, &kev), 0);
	change(kq, 4, TIMER, ADD, 0, 10); /* left for the close */
	assert_int_equal(rig_kevent(kq, NULL, 0, &kev, 1, -1), -K_EINTR);
	assert_clean();
}

/* O_ASYNC: what the vkernel's interrupts are. */
static void
kq_sigio(void **state)
{
	long kq;

	(void)state;
	start();
	kq = rig_kqueue();
	change(kq, p[0], READ, ADD | CLEAR, 0, 0);
	rig_write(p[1], "a", 1);
	assert_int_equal(rig_sent(), 0);
	assert_int_equal(rig_fcntl(kq, F_SETOWN_, 8), -3);
	assert_int_equal(rig_fcntl(kq, F_SETOWN_, 7), 0);
	assert_int_equal(rig_fcntl(kq, F_SETFL_, 0x40), 0);
	rig_read(p[0], buf, 9);
	assert_int_equal(rig_sent(), 0);
	rig_kevent(kq, NULL, 0, (struct rig_kevent *)buf, 1, 0);
	rig_write(p[1], "a", 1);
	assert_int_equal(rig_sent(), 1ul << K_SIGIO);
	assert_clean();
}

static void
kq_of_kqs(void **state)
{
	struct rig_kevent kev;
	long a, b, c[8];

	(void)state;
	start();
	a = rig_kqueue();
	b = rig_kqueue();
	assert_int_equal(change(a, a, READ, ADD, 0, 0), -K_EINVAL);
	assert_int_equal(change(a, b, READ, ADD, 0, 0), 0);
	assert_int_equal(change(b, a, READ, ADD, 0, 0), -K_EINVAL);
	change(b, p[0], READ, ADD, 0, 0);
	assert_int_equal(next(a, &kev), 0);
	rig_write(p[1], "x", 1);
	assert_int_equal(next(a, &kev), 1);
	assert_int_equal(kev.ident, b);
	c[0] = a;
	for (int i = 1; i < 8; i++) {
		c[i] = rig_kqueue();
		if (change(c[i], c[i - 1], READ, ADD, 0, 0) != 0)
			break;
		assert_true(i < 7); /* there is a bound */
	}
	rig_read(p[0], buf, 1);
	rig_write(p[1], "x", 1);
	assert_int_equal(rig_fork_exit(), 2); /* kqueues are not inherited */
	assert_clean();
}

/* --- poll and select --- */

static void
polling(void **state)
{
	struct rig_pollfd fds[6];

	(void)state;
	start();
	fds[0] = (struct rig_pollfd){ p[0], IN, 0 };
	fds[1] = (struct rig_pollfd){ p[1], OUT, 0 };
	fds[2] = (struct rig_pollfd){ 60, IN, 0 };
	fds[3] = (struct rig_pollfd){ -1, IN, 5 };
	assert_int_equal(rig_poll(fds, 1, 0), 0);
	assert_int_equal(rig_poll(fds, 1, -1), -K_EINTR);
	assert_int_equal(rig_poll(fds, 1, 100), 0);
	assert_int_equal(rig_poll(fds, 4, -1), 2);
	assert_int_equal(fds[0].revents, 0);
	assert_int_equal(fds[1].revents, OUT);
	assert_int_equal(fds[2].revents, NVAL);
	assert_int_equal(fds[3].revents, 0);
	rig_meanwhile = write_it;
	assert_int_equal(rig_poll(fds, 1, -1), 1);
	assert_int_equal(fds[0].revents, IN);
	fds[0].events = 0; /* bytes are of no interest, the end is */
	assert_int_equal(rig_poll(fds, 1, 0), 0);
	rig_meanwhile = close_writer;
	assert_int_equal(rig_poll(fds, 1, -1), 1);
	assert_int_equal(fds[0].revents, HUP);
	rig_pipe2(q, 0);
	rig_close(q[0]);
	for (int i = 0; i < 6; i++)
		fds[i] = (struct rig_pollfd){ q[1], OUT, 0 };
	assert_int_equal(rig_poll(fds, 6, -1), 6);
	assert_int_equal(fds[5].revents, OUT | ERR);
	assert_int_equal(rig_poll(fds, 1000, 0), -K_EINVAL);
	assert_clean();
}

static void
selecting(void **state)
{
	unsigned long in, ou;

	(void)state;
	start();
	in = 1ul << p[0];
	ou = 1ul << p[1];
	assert_int_equal(rig_select(8, &in, &ou, -1), 1);
	assert_int_equal(in, 0);
	assert_int_equal(ou, 1ul << p[1]);
	in = 1ul << p[0];
	assert_int_equal(rig_select(8, &in, NULL, 20), 0);
	assert_int_equal(in, 0);
	in = 1ul << p[0];
	rig_meanwhile = write_it;
	assert_int_equal(rig_select(8, &in, NULL, -1), 1);
	assert_int_equal(in, 1ul << p[0]);
	in = 1ul << 9;
	assert_int_equal(rig_select(10, &in, NULL, -1), -K_EBADF);
	assert_int_equal(rig_select(-1, NULL, NULL, -1), -K_EINVAL);
	assert_int_equal(rig_select(0, NULL, NULL, 50), 0);
	assert_clean();
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(table_and_model),
		cmocka_unit_test(flags),
		cmocka_unit_test(bytes),
		cmocka_unit_test(both_ends),
		cmocka_unit_test(waiting),
		cmocka_unit_test(atomic_writes),
		cmocka_unit_test(ring),
		cmocka_unit_test(kq_pipe),
		cmocka_unit_test(kq_edges),
		cmocka_unit_test(kq_time_and_user),
		cmocka_unit_test(kq_sigio),
		cmocka_unit_test(kq_of_kqs),
		cmocka_unit_test(polling),
		cmocka_unit_test(selecting),
	};

	return (RUN_TESTS(tests));
}
