/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Keeps the kernel busy with what breaks kernels, and checks what it gets.
 *
 *     stress [-s seconds] [-j jobs] [kind ...]
 *
 * Each job is a process that does one kind of work until its time is over and
 * then exits with 0; anything wrong is a sentence and status 1, and so is a
 * kind that has got nothing done.  Without kinds all are run at once.
 *
 *     fork    trees of processes that fork, wait and check statuses
 *     mmap    one thread maps and unmaps what others touch, under handlers
 *     signal  storms of signals between processes and threads; none is lost
 *             that must not be
 *     pipe    data with checksums through pipes of several processes
 *     umtx    threads that pass a token by sleeping and waking
 *     file    files that are written, renamed, truncated and read again;
 *             every byte is known from its name and place
 */
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define PAGE 4096

int umtx_sleep(volatile const int *ptr, int value, int timeout);
int umtx_wakeup(volatile const int *ptr, int count);

static const char *kind;
static time_t end;
static volatile unsigned long *rounds; /* of this kind; all processes see it */

static void
die(const char *what)
{
	printf("stress: %s: %s (errno %d, process %d)\n", kind, what, errno,
	    getpid());
	fflush(stdout);
	_exit(1);
}

static void
count(unsigned long done)
{
	__atomic_fetch_add(rounds, done, __ATOMIC_SEQ_CST);
}

/* Whether the time is over; called before each round. */
static int
over(void)
{
	if (time(NULL) >= end)
		return (1);
	count(1);
	return (0);
}

static unsigned
rnd(unsigned *seed)
{
	*seed = *seed * 1103515245 + 12345;
	return (*seed >> 8 & 0xffff);
}

static pid_t
try_fork(void)
{
	pid_t pid = fork();

	if (pid < 0 && errno != EAGAIN && errno != ENOMEM)
		die("fork");
	return (pid);
}

static void
wait_for(pid_t pid, int want)
{
	int status;

	while (waitpid(pid, &status, 0) != pid)
		if (errno != EINTR)
			die("waitpid");
	if (status != want)
		die("a child ended otherwise than it should");
}

/* --- fork --- */

/* A tree: its exit status is a number that the parent knows, too. */
static int
tree(unsigned depth, unsigned seed, volatile unsigned *mine)
{
	pid_t pid[3];
	unsigned n = depth == 0 ? 0 : rnd(&seed) % 4, want[3];

	*mine = seed; /* copy on write: nobody else sees it */
	for (unsigned i = 0; i < n; i++) {
		want[i] = (seed + i) & 0x7f;
		pid[i] = try_fork();
		if (pid[i] == 0) {
			tree(depth - 1, seed * 31 + i, mine);
			_exit(want[i]);
		}
	}
	for (unsigned i = 0; i < n; i++)
		if (pid[i] > 0)
			wait_for(pid[i], want[i] << 8);
	if (*mine != seed)
		die("a child has written to its parent's memory");
	return (0);
}

static void
do_fork(unsigned seed)
{
	static volatile unsigned mine;

	while (!over())
		tree(3, rnd(&seed), &mine);
}

/* --- mmap --- */

#define WINDOW_PAGES 64

static char *window;
static volatile int mmap_stop;
static volatile unsigned long faults_seen;

static void
on_segv(int sig, siginfo_t *info, void *context)
{
	char *p = (char *)info->si_addr;

	(void)context;
	if (p < window || p >= window + WINDOW_PAGES * PAGE)
		die(sig == SIGSEGV ? "SIGSEGV elsewhere" : "SIGBUS");
	faults_seen++;
	/* Map it again, so that the access goes on. */
	if (mmap((void *)((uintptr_t)p & -(uintptr_t)PAGE), PAGE,
		PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANON | MAP_FIXED, -1,
		0) == MAP_FAILED)
		die("mmap in the handler");
}

static void *
toucher(void *arg)
{
	unsigned seed = (unsigned)(uintptr_t)arg;
	volatile char *p;

	while (!mmap_stop) {
		p = window + rnd(&seed) % WINDOW_PAGES * PAGE;
		if ((rnd(&seed) & 1) != 0)
			p[rnd(&seed) % PAGE] = 1;
		else
			(void)p[rnd(&seed) % PAGE];
	}
	return (NULL);
}

static void
remap_some(unsigned *seed)
{
	char *p = window + rnd(seed) % WINDOW_PAGES * PAGE;
	size_t n = (1 + rnd(seed) % 8) * PAGE;

	if (p + n > window + WINDOW_PAGES * PAGE)
		n = window + WINDOW_PAGES * PAGE - p;
	switch (rnd(seed) % 4) {
	case 0:
		if (munmap(p, n) != 0)
			die("munmap");
		break;
	case 1:
		if (mprotect(p, n, PROT_READ) != 0 && errno != EINVAL &&
		    errno != ENOMEM)
			die("mprotect");
		break;
	case 2:
		madvise(p, n, MADV_DONTNEED);
		break;
	default:
		if (mmap(p, n, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANON | MAP_FIXED, -1,
			0) == MAP_FAILED)
			die("mmap");
		break;
	}
}

static void
do_mmap(unsigned seed)
{
	struct sigaction sa = { .sa_sigaction = on_segv,
		.sa_flags = SA_SIGINFO | SA_NODEFER };
	pthread_t t[3];

	window = mmap(NULL, WINDOW_PAGES * PAGE, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANON, -1, 0);
	if (window == MAP_FAILED)
		die("mmap");
	sigaction(SIGSEGV, &sa, NULL);
	sigaction(SIGBUS, &sa, NULL);
	for (unsigned i = 0; i < 3; i++)
		if (pthread_create(&t[i], NULL, toucher,
			(void *)(uintptr_t)(seed + i)) != 0)
			die("pthread_create");
	while (!over()) {
		for (int i = 0; i < 50; i++)
			remap_some(&seed);
		/* A child sees what it was when it was made. */
		if (rnd(&seed) % 8 == 0) {
			pid_t pid = try_fork();

			if (pid == 0)
				_exit(7);
			if (pid > 0)
				wait_for(pid, 7 << 8);
		}
	}
	mmap_stop = 1;
	for (unsigned i = 0; i < 3; i++)
		pthread_join(t[i], NULL);
}

/* --- signal --- */

static volatile sig_atomic_t usr1, usr2;

static void
on_usr(int sig)
{
	if (sig == SIGUSR1)
		usr1++;
	else
		usr2++;
}

static void
do_signal(unsigned seed)
{
	struct sigaction sa = { .sa_handler = on_usr };
	sigset_t block, old;
	pid_t parent = getpid(), pid;
	long answered = 0;

	sigaction(SIGUSR1, &sa, NULL);
	sigaction(SIGUSR2, &sa, NULL);
	sigemptyset(&block);
	sigaddset(&block, SIGUSR1);
	sigaddset(&block, SIGUSR2);
	sigprocmask(SIG_BLOCK, &block, &old);
	pid = fork();
	if (pid < 0)
		die("fork");
	if (pid == 0) {
		/* Every USR1 is answered by a USR2 before the next comes. */
		for (;;) {
			while (usr1 == 0)
				sigsuspend(&old);
			usr1 = 0;
			if (kill(parent, SIGUSR2) != 0)
				_exit(0);
		}
	}
	while (!over()) {
		for (int i = 0; i < 20; i++) {
			kill(pid, SIGUSR1);
			while (usr2 == 0)
				sigsuspend(&old);
			usr2 = 0;
			answered++;
		}
		/* And a storm that nobody waits for. */
		for (unsigned i = rnd(&seed) % 32; i > 0; i--)
			kill(pid, SIGWINCH);
	}
	if (answered == 0)
		die("no signal was answered");
	kill(pid, SIGKILL);
	wait_for(pid, SIGKILL);
}

/* --- pipe --- */

#define STAGES 3

static void
copy_stage(int in, int out, unsigned seed)
{
	static char buf[8192];
	ssize_t n, w, done;

	while ((n = read(in, buf, 1 + rnd(&seed) % sizeof(buf))) != 0) {
		if (n < 0) {
			if (errno == EINTR)
				continue;
			die("read");
		}
		for (done = 0; done < n; done += w) {
			w = write(out, buf + done, n - done);
			if (w < 0)
				die("write");
		}
	}
	_exit(0);
}

static void
pipe_once(unsigned *seed)
{
	int p[STAGES + 1][2];
	pid_t pid[STAGES + 1];
	unsigned total = 1 + rnd(seed) * 4, sum = 0, got = 0, count = 0;
	static char buf[4096];
	ssize_t n;

	for (int i = 0; i <= STAGES; i++)
		if (pipe(p[i]) != 0)
			die("pipe");
	for (int i = 0; i < STAGES; i++) {
		pid[i] = fork();
		if (pid[i] < 0)
			die("fork");
		if (pid[i] == 0) {
			for (int j = 0; j <= STAGES; j++) {
				if (j != i)
					close(p[j][0]);
				if (j != i + 1)
					close(p[j][1]);
			}
			copy_stage(p[i][0], p[i + 1][1], *seed + i);
		}
	}
	pid[STAGES] = fork();
	if (pid[STAGES] < 0)
		die("fork");
	if (pid[STAGES] == 0) {
		for (int j = 1; j <= STAGES; j++)
			close(p[j][1]);
		close(p[0][0]);
		for (unsigned i = 0; i < total; i += n) {
			n = total - i < sizeof(buf) ? total - i : sizeof(buf);
			for (ssize_t k = 0; k < n; k++)
				buf[k] = (char)((i + k) * 7);
			for (ssize_t w, o = 0; o < n; o += w)
				if ((w = write(p[0][1], buf + o, n - o)) < 0)
					die("write");
		}
		_exit(0);
	}
	for (int j = 0; j <= STAGES; j++) {
		close(p[j][1]);
		if (j != STAGES)
			close(p[j][0]);
	}
	for (unsigned i = 0; i < total; i++)
		sum += (unsigned char)(i * 7);
	while ((n = read(p[STAGES][0], buf, sizeof(buf))) > 0) {
		for (ssize_t k = 0; k < n; k++)
			got += (unsigned char)buf[k];
		count += n;
	}
	close(p[STAGES][0]);
	if (count != total || got != sum)
		die("what came out of the pipes is not what went in");
	for (int i = 0; i <= STAGES; i++)
		wait_for(pid[i], 0);
}

static void
do_pipe(unsigned seed)
{
	while (!over())
		pipe_once(&seed);
}

/* --- umtx --- */

#define RING	     4
#define RING_PERIODS 50 /* of 0.2 s */

static volatile int ring_turn, ring_stop;

static void *
ring_thread(void *arg)
{
	int me = (int)(uintptr_t)arg, t;

	for (;;) {
		t = ring_turn;
		if (ring_stop)
			break;
		if (t % RING != me) {
			umtx_sleep(&ring_turn, t, 1000000);
			continue;
		}
		ring_turn = t + 1;
		umtx_wakeup(&ring_turn, 0);
	}
	return (NULL);
}

static void
do_umtx(unsigned seed)
{
	pthread_t t[RING];
	int last = 0, still = 0;

	for (int i = 0; i < RING; i++)
		if (pthread_create(
			&t[i], NULL, ring_thread, (void *)(uintptr_t)i) != 0)
			die("pthread_create");
	while (!over()) {
		usleep(200000 + rnd(&seed) % 1000);
		/* Others may have many turns first; not for ever. */
		still = ring_turn == last ? still + 1 : 0;
		if (still == RING_PERIODS)
			die("the token does not move");
		count(ring_turn - last);
		last = ring_turn;
	}
	ring_stop = 1;
	umtx_wakeup(&ring_turn, 0);
	for (int i = 0; i < RING; i++)
		pthread_join(t[i], NULL);
}

/* --- file --- */

#define FILES	 6
#define FILE_MAX (200 * 1024)

/** What a file should be: byte i is tag + i / 16 if it is not in a hole. */
struct file_model {
	int exists;	 /**< it is there */
	unsigned tag;	 /**< changes with every rewriting */
	long size;	 /**< bytes */
	long hole_start; /**< bytes from here ... */
	long hole_end;	 /**< ... to here are 0 */
};

static char
file_byte(const struct file_model *m, long i)
{
	if (i >= m->hole_start && i < m->hole_end)
		return (0);
	return ((char)(m->tag + i / 16));
}

static void
file_write(const char *name, struct file_model *m, unsigned *seed)
{
	static char buf[8192];
	int fd = open(name, O_RDWR | O_CREAT | O_TRUNC, 0644);
	long i, n;

	if (fd < 0)
		die("open for writing");
	*m = (struct file_model){ 1, rnd(seed),
		1 + (long)rnd(seed) * 4 % FILE_MAX, 0, 0 };
	if (rnd(seed) % 3 == 0 && m->size > 70000) {
		m->hole_start = rnd(seed) % 30000;
		m->hole_end = m->hole_start + rnd(seed) % 40000;
	}
	for (i = 0; i < m->size; i += n) {
		if (i == m->hole_start && m->hole_end > i) {
			n = m->hole_end - i;
			continue;
		}
		n = i < m->hole_start ? m->hole_start - i : m->size - i;
		if (n > (long)sizeof(buf))
			n = 1 + rnd(seed) % sizeof(buf);
		for (long k = 0; k < n; k++)
			buf[k] = file_byte(m, i + k);
		if (pwrite(fd, buf, n, i) != n) {
			if (errno == ENOSPC) {
				m->size = i;
				break;
			}
			die("pwrite");
		}
	}
	if (ftruncate(fd, m->size) != 0)
		die("ftruncate");
	close(fd);
}

static void
file_check(const char *name, const struct file_model *m)
{
	static char buf[10000];
	struct stat sb;
	long i = 0;
	ssize_t n;
	int fd = open(name, O_RDONLY);

	if (!m->exists) {
		if (fd >= 0 || errno != ENOENT)
			die("a file is there that was removed");
		return;
	}
	if (fd < 0)
		die("a file is not there");
	if (fstat(fd, &sb) != 0 || sb.st_size != m->size)
		die("a file has another size");
	while ((n = read(fd, buf, sizeof(buf))) > 0)
		for (ssize_t k = 0; k < n; k++, i++)
			if (buf[k] != file_byte(m, i))
				die("a byte of a file is another");
	if (n < 0 || i != m->size)
		die("a file cannot be read to its end");
	close(fd);
}

static void
file_step(struct file_model *m, char names[][64], unsigned *seed)
{
	unsigned a = rnd(seed) % FILES, b = rnd(seed) % FILES;
	long size;

	switch (rnd(seed) % 6) {
	case 0:
		if (m[a].exists && unlink(names[a]) != 0)
			die("unlink");
		m[a].exists = 0;
		break;
	case 1:
		if (!m[a].exists || a == b)
			break;
		if (rename(names[a], names[b]) != 0)
			die("rename");
		m[b] = m[a];
		m[a].exists = 0;
		break;
	case 2:
		if (!m[a].exists)
			break;
		size = m[a].size > 0 ? rnd(seed) * 4 % m[a].size : 0;
		if (truncate(names[a], size) != 0)
			die("truncate");
		m[a].size = size;
		break;
	default:
		file_write(names[a], &m[a], seed);
		break;
	}
	file_check(names[b], &m[b]);
}

static void
work_on_files(const char *folder, unsigned seed)
{
	struct file_model m[FILES] = { { 0 } };
	char names[FILES][64], dir[48];

	snprintf(dir, sizeof(dir), "%s/stress.%d", folder, getpid());
	if (mkdir(dir, 0755) != 0)
		die("mkdir");
	for (int i = 0; i < FILES; i++)
		snprintf(names[i], sizeof(names[i]), "%s/file%d", dir, i);
	while (!over())
		file_step(m, names, &seed);
	for (int i = 0; i < FILES; i++) {
		file_check(names[i], &m[i]);
		unlink(names[i]);
	}
	if (rmdir(dir) != 0)
		die("rmdir");
}

/* On the root, a UFS. */
static void
do_file(unsigned seed)
{
	work_on_files("/var/tmp", seed);
}

/* On a tmpfs, as /etc/rc has made it. */
static void
do_tmpfile(unsigned seed)
{
	work_on_files("/tmp", seed);
}

static const struct {
	const char *name;
	void (*run)(unsigned seed);
} kinds[] = {
	{ "fork", do_fork },
	{ "mmap", do_mmap },
	{ "signal", do_signal },
	{ "pipe", do_pipe },
	{ "umtx", do_umtx },
	{ "file", do_file },
	{ "tmpfile", do_tmpfile },
};
#define NKINDS (int)(sizeof(kinds) / sizeof(kinds[0]))

/* Rounds of each kind. */
static volatile unsigned long *all_rounds;

static int
usage(void)
{
	printf("usage: stress [-s seconds] [-j jobs] [kind ...]; kinds:");
	for (int i = 0; i < NKINDS; i++)
		printf(" %s", kinds[i].name);
	printf("\n");
	return (2);
}

static pid_t
start(int which, unsigned seed)
{
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (pid < 0) {
		perror("stress: fork");
		exit(1);
	}
	if (pid == 0) {
		kind = kinds[which].name;
		rounds = &all_rounds[which];
		kinds[which].run(seed);
		exit(0);
	}
	return (pid);
}

/* Shows what has been done; whether a kind that was to run made no way:
 * it has not begun a second round. */
static int
idle_kinds(const int *started)
{
	int idle = 0;

	printf("stress: rounds:");
	for (int i = 0; i < NKINDS; i++) {
		if (!started[i])
			continue;
		printf(" %s %lu", kinds[i].name, all_rounds[i]);
		idle |= all_rounds[i] < 2;
	}
	printf("\n");
	return (idle);
}

static int
known(const char *name)
{
	for (int i = 0; i < NKINDS; i++)
		if (strcmp(kinds[i].name, name) == 0)
			return (i);
	return (-1);
}

int
main(int argc, char **argv)
{
	int seconds = 10, jobs = 1, c, failed = 0, running = 0, status;
	int started[NKINDS] = { 0 };

	while ((c = getopt(argc, argv, "s:j:")) != -1) {
		if (c == 's' && atoi(optarg) > 0)
			seconds = atoi(optarg);
		else if (c == 'j' && atoi(optarg) > 0)
			jobs = atoi(optarg);
		else
			return (usage());
	}
	for (int i = optind; i < argc; i++) {
		if (known(argv[i]) < 0)
			return (usage());
		started[known(argv[i])] = 1;
	}
	all_rounds = mmap(
	    NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANON, -1, 0);
	if (all_rounds == MAP_FAILED) {
		perror("stress: mmap");
		return (1);
	}
	end = time(NULL) + seconds;
	for (int j = 0; j < jobs; j++)
		for (int i = 0; i < NKINDS; i++) {
			if (optind != argc && !started[i])
				continue;
			started[i] = 1;
			start(i, j * 100 + i + 1);
			running++;
		}
	while (running > 0 && wait(&status) > 0) {
		running--;
		if (status != 0) {
			printf("stress: a job ended with status %#x\n", status);
			failed = 1;
		}
	}
	failed |= idle_kinds(started);
	printf(
	    "stress: %s after %d s\n", failed ? "FAILED" : "all well", seconds);
	return (failed);
}
