/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Vkernels in software with many threads: in one address space and in several,
 * while page tables change, while spaces come and go, killed in the middle;
 * and while memory is short, so that pages leave under the processes.
 */
#include <sys/sysctl.h>
#include <sys/time.h>
#include "soft.h"

#define THREADS 4
#define TURNS	300

/* lock inc dword [data]; inc rbx; syscall */
#define COUNT	"\xf0\xff\x04\x25\x00\x00\x50\x00\x48\xff\xc3\x0f\x05"

static void *
run_turns(void *arg)
{
	struct process *p = arg;

	for (int i = 0; i < TURNS; i++) {
		p->tf.tf_rip = CODE;
		if (run(p) != 0 || p->tf.tf_trapno != T_FAST_SYSCALL)
			return (arg);
	}
	return (NULL);
}

static void
join(pthread_t *t, int n)
{
	void *ret;

	for (int i = 0; i < n; i++)
		CHECK(pthread_join(t[i], &ret) == 0 && ret == NULL);
}

/* All in one. */
static void
t_one_space(void)
{
	struct process p, q[THREADS];
	pthread_t t[THREADS];

	soft_start(&p);
	LOAD(&p, COUNT);
	for (int i = 0; i < THREADS; i++) {
		q[i] = p;
		CHECK(pthread_create(&t[i], NULL, run_turns, &q[i]) == 0);
	}
	join(t, THREADS);
	for (int i = 0; i < THREADS; i++)
		CHECK(q[i].tf.tf_rbx == TURNS);
	CHECK(*(int *)p.data == THREADS * TURNS);
	CHECK(vmspace_destroy(p.id) == 0);
}

/* Each in another one, and all of them in turn. */
static struct process each[THREADS];

static void *
run_each(void *arg)
{
	register_t rbx = 0;
	struct process p;

	for (int i = 0; i < TURNS; i++) {
		p = each[(i + (int)(long)arg) % THREADS];
		p.tf.tf_rbx = rbx;
		if (run(&p) != 0 || p.tf.tf_trapno != T_FAST_SYSCALL)
			return (&each);
		rbx = p.tf.tf_rbx;
	}
	return (rbx == TURNS ? NULL : &each);
}

static void
t_spaces(void)
{
	pthread_t t[THREADS];
	int sum = 0;

	soft_init(256);
	for (int i = 0; i < THREADS; i++) {
		soft_process(&each[i]);
		LOAD(&each[i], COUNT);
	}
	for (long i = 0; i < THREADS; i++)
		CHECK(pthread_create(&t[i], NULL, run_each, (void *)i) == 0);
	join(t, THREADS);
	for (int i = 0; i < THREADS; i++)
		sum += *(int *)each[i].data;
	CHECK(sum == THREADS * TURNS);
}

/* --- busy --- */

static void
on_usr1(int sig)
{
	(void)sig;
}

static void *
run_once(void *arg)
{
	struct process *p = arg;

	return (run(p) == 0 && p->tf.tf_trapno == 0 ? NULL : arg);
}

static void
t_busy(void)
{
	struct process p;
	pthread_t t;
	void *ret;

	soft_start(&p);
	signal(SIGUSR1, on_usr1);
	LOAD(&p, "\xf0\xff\x04\x25\x00\x00\x50\x00\xeb\xf6"); /* for ever */
	CHECK(pthread_create(&t, NULL, run_once, &p) == 0);
	while (*(volatile int *)p.data == 0)
		usleep(1000);
	CHECK_ERRNO(vmspace_destroy(p.id), EBUSY);
	CHECK(pthread_kill(t, SIGUSR1) == 0);
	CHECK(pthread_join(t, &ret) == 0 && ret == NULL);
	/* The thread that remembers it has gone; this one never had it. */
	CHECK(vmspace_destroy(p.id) == 0);
}

/* --- names that come and go under those who run --- */

static volatile int stop;

static void *
run_or_not(void *arg)
{
	struct process p = *(struct process *)arg;

	for (int i = 0; !stop; i++) {
		/* Now and then nobody is in it. */
		if (i % 50 == 0)
			usleep(1000);
		p.tf.tf_rip = CODE;
		if (run(&p) != 0) {
			if (errno != ENOENT)
				return (arg);
		} else if (p.tf.tf_trapno != T_FAST_SYSCALL &&
		    p.tf.tf_trapno != T_PAGEFLT) {
			return (arg);
		}
	}
	return (NULL);
}

static void
t_come_and_go(void)
{
	pthread_t t[THREADS];
	struct process p;
	int gone = 0;

	soft_start(&p);
	LOAD(&p, COUNT);
	for (int i = 0; i < THREADS; i++)
		CHECK(pthread_create(&t[i], NULL, run_or_not, &p) == 0);
	while (gone < 50) {
		if (vmspace_destroy(p.id) != 0) {
			CHECK(errno == EBUSY);
			usleep(100);
			continue;
		}
		gone++;
		soft_space(p.id, p.pml4);
	}
	stop = 1;
	join(t, THREADS);
}

/* --- a table that changes --- */

/* An entry points to one of two pages, which say their own number.  After
 * MADV_INVAL no processor may use the old one. */
static void *
read_page(void *arg)
{
	struct process p = *(struct process *)arg;

	while (!stop) {
		p.tf.tf_rip = CODE;
		p.tf.tf_rax = 0;
		if (run(&p) != 0 || p.tf.tf_trapno != T_FAST_SYSCALL ||
		    ((char)p.tf.tf_rax != 1 && (char)p.tf.tf_rax != 2))
			return (arg);
	}
	return (NULL);
}

static void
t_inval(void)
{
	vpte_t *e, old[2];
	pthread_t t[THREADS];
	struct process p, q;

	soft_start(&p);
	/* mov al,[0x600000]; syscall */
	LOAD(&p, "\x8a\x04\x25\x00\x00\x60\x00\x0f\x05");
	for (int i = 0; i < 2; i++) {
		old[i] = soft_page();
		*(char *)soft_at(old[i]) = (char)(i + 1);
		old[i] |= SOFT_TABLE;
	}
	e = soft_map(p.pml4, NOTHING, old[0] & VPTE_FRAME, SOFT_TABLE);
	for (int i = 0; i < THREADS - 1; i++)
		CHECK(pthread_create(&t[i], NULL, read_page, &p) == 0);
	q = p;
	for (int i = 1; i < 300; i++) {
		/* Marks that are set meanwhile are not lost. */
		vpte_t was = __atomic_exchange_n(
		    e, old[i & 1], __ATOMIC_SEQ_CST);
		CHECK((was & ~VPTE_A) == old[~i & 1]);
		soft_inval(&p, NOTHING);
		q.tf.tf_rip = CODE;
		CHECK(run(&q) == 0 && q.tf.tf_trapno == T_FAST_SYSCALL);
		CHECK((char)q.tf.tf_rax == (i & 1) + 1);
		CHECK((*e & VPTE_A) != 0);
	}
	stop = 1;
	join(t, THREADS - 1);
}

/* Writes while M is taken away: each write after that sets it again. */
static void
t_modified(void)
{
	pthread_t t[THREADS];
	struct process p;
	vpte_t *e;
	int last;

	soft_start(&p);
	LOAD(&p, COUNT);
	e = soft_entry(p.pml4, DATA, PAGE_SHIFT);
	for (int i = 0; i < THREADS; i++)
		CHECK(pthread_create(&t[i], NULL, run_or_not, &p) == 0);
	for (int seen = 0; seen < 100;) {
		__atomic_fetch_and(e, ~VPTE_M, __ATOMIC_SEQ_CST);
		soft_inval(&p, DATA);
		last = *(volatile int *)p.data;
		usleep(100);
		if (*(volatile int *)p.data != last) {
			CHECK((*(volatile vpte_t *)e & VPTE_M) != 0);
			seen++;
		}
	}
	stop = 1;
	join(t, THREADS);
}

/* --- the end, in the middle --- */

static void *
run_for_ever(void *arg)
{
	struct process p = *(struct process *)arg;

	for (;;) {
		p.tf.tf_rip = CODE;
		run(&p);
	}
	return (NULL);
}

static void
t_kill(void)
{
	char *args[] = { "/bin/busybox", "true", NULL };
	pthread_t t;
	pid_t pid;
	int status;

	for (int i = 0; i < 6; i++) {
		pid = fork();
		if (pid == 0) {
			soft_init(256);
			for (int k = 0; k < THREADS; k++) {
				soft_process(&each[k]);
				LOAD(&each[k], COUNT);
				if (k == 0)
					LOAD(&each[k], "\xeb\xfe");
				pthread_create(
				    &t, NULL, run_for_ever, &each[k]);
			}
			usleep(5000);
			/* In turn: another program, the end, a fault. */
			if (i % 3 == 0)
				execv(args[0], args);
			if (i % 3 == 1)
				_exit(0);
			pause();
		}
		if (i % 3 == 2) {
			usleep(20000 + 7000 * i);
			CHECK(kill(pid, SIGKILL) == 0);
		}
		status = tap_wait(pid);
		CHECK(i % 3 == 2 ? WIFSIGNALED(status) : status == 0);
	}
}

/* --- memory --- */

/* Takes memory until little is left, for a while. */
static void
squeeze(void)
{
	int free_pages, total;
	size_t size = sizeof(int), n;
	char *mem;

	CHECK(sysctlbyname(
		  "vm.stats.free_count", &free_pages, &size, NULL, 0) == 0);
	CHECK(sysctlbyname("vm.stats.page_count", &total, &size, NULL, 0) == 0);
	CHECK(free_pages > total / 8);
	n = (size_t)(free_pages - total / 64) * PAGE_SIZE;
	mem = mmap(NULL, n, RW, MAP_PRIVATE | MAP_ANON, -1, 0);
	CHECK(mem != MAP_FAILED);
	for (size_t i = 0; i < n; i += PAGE_SIZE)
		mem[i] = 1;
	usleep(300000);
}

#define IMAGE_PAGES 2048
#define WORK_PAGES  1024

/* rdi pages from 0x600000 on get what they should have, or rax 1; each is one
 * more then.  again: cmp [rbx],ecx; jne bad; inc dword [rbx];
 * add rbx,0x1000; dec edi; jnz again; xor eax,eax; syscall;
 * bad: mov eax,1; syscall */
#define WORK                                                                   \
	"\x39\x0b\x75\x11\xff\x03\x48\x81\xc3\x00\x10\x00\x00\xff\xcf\x75\xef" \
	"\x31\xc0\x0f\x05\xb8\x01\x00\x00\x00\x0f\x05"

static void
t_pageout(void)
{
	struct process p;
	int status, rounds = 0;
	pid_t pid;

	soft_init(IMAGE_PAGES);
	soft_process(&p);
	LOAD(&p, WORK);
	for (u_long i = 0; i < WORK_PAGES; i++)
		soft_map(
		    p.pml4, NOTHING + i * PAGE_SIZE, soft_page(), SOFT_TABLE);
	pid = fork();
	if (pid == 0) {
		squeeze();
		_exit(0);
	}
	/* Until the other one has let go, and a little longer. */
	for (int more = 0; more < 3; rounds++) {
		p.tf.tf_rdi = WORK_PAGES;
		p.tf.tf_rbx = NOTHING;
		p.tf.tf_rcx = rounds;
		run_call(&p);
		CHECK(p.tf.tf_rax == 0);
		if (more > 0 || waitpid(pid, &status, WNOHANG) == pid)
			more++;
	}
	CHECK(status == 0);
	for (u_long i = 0; i < WORK_PAGES; i++) {
		vpte_t e = *soft_entry(
		    p.pml4, NOTHING + i * PAGE_SIZE, PAGE_SHIFT);
		CHECK((e & VPTE_M) != 0);
		CHECK(*(int *)soft_at(e & VPTE_FRAME) == rounds);
	}
	/* The file has it all. */
	CHECK(fsync(soft_fd) == 0);
}

static const struct tap_case cases[] = {
	{ "threads in one address space", t_one_space },
	{ "threads in several address spaces", t_spaces },
	{ "an address space that is in use", t_busy },
	{ "address spaces come and go under threads", t_come_and_go },
	{ "a page table changes under threads", t_inval },
	{ "marks are taken away under threads", t_modified },
	{ "exec, exit and SIGKILL with threads in processes", t_kill },
	{ "memory gets short under a process", t_pageout },
};

int
main(void)
{
	return (tap_run(cases, sizeof(cases) / sizeof(*cases)));
}
