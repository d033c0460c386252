/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Processes of a vkernel in software: what vmspace_ctl(2) runs, and what comes
 * back.  v_vkern.c is the same behind nested page tables; page tables are
 * v_softpt.c's matter, and v_softmp.c has many threads.
 */
#include <sys/time.h>
#include <setjmp.h>
#include "soft.h"
#include "vkproc.h"

/* --- names --- */

static void
t_names(void)
{
	struct process p;

	soft_init(64);
	soft_tables(&p);
	CHECK_ERRNO(run(&p), EINVAL);
	CHECK_ERRNO(vmspace_destroy(p.id), EINVAL);
	CHECK_ERRNO(vmspace_munmap(p.id, NULL, PAGE_SIZE), EINVAL);
	CHECK_ERRNO(
	    vmspace_mcontrol(p.id, NULL, PAGE_SIZE, MADV_INVAL, 0), EINVAL);
	CHECK_ERRNO(vmspace_pread(p.id, &p, 1, 0, DATA), EINVAL);
	soft_space(p.id, p.pml4);
	CHECK_ERRNO(vmspace_create(p.id, 0, NULL), EEXIST);
	CHECK_ERRNO(vmspace_ctl(&p, VMSPACE_CTL_RUN, &p.tf, &p.vf), ENOENT);
	CHECK_ERRNO(vmspace_ctl(p.id, 2, &p.tf, &p.vf), EOPNOTSUPP);
	CHECK_ERRNO(
	    vmspace_mmap(&p, NULL, PAGE_SIZE, RW, MAP_ANON | MAP_SHARED, -1, 0),
	    ENOENT);
	CHECK_ERRNO(vmspace_munmap(&p, NULL, PAGE_SIZE), ENOENT);
	CHECK_ERRNO(
	    vmspace_mcontrol(&p, NULL, PAGE_SIZE, MADV_INVAL, 0), ENOENT);
	CHECK_ERRNO(vmspace_pread(&p, &p, 1, 0, DATA), ENOENT);
	CHECK_ERRNO(vmspace_pwrite(&p, &p, 1, 0, DATA), ENOENT);
	/* One that is gone, and another one of that name. */
	LOAD(&p, "\x0f\x05");
	run_call(&p);
	CHECK(vmspace_destroy(p.id) == 0);
	CHECK_ERRNO(run(&p), ENOENT);
	CHECK_ERRNO(vmspace_destroy(p.id), ENOENT);
	soft_space(p.id, p.pml4);
	run_call(&p);
	/* 0 is a name like others. */
	soft_space(NULL, p.pml4);
	p.id = NULL;
	run_call(&p);
}

/* --- what comes back --- */

static void
t_syscall(void)
{
	struct process p;

	soft_start(&p);
	LOAD(&p, "\x0f\x05\x48\xff\xc3\x0f\x05"); /* syscall; inc rbx; again */
	p.tf.tf_rax = 20;
	p.tf.tf_rbx = 41;
	p.tf.tf_rdi = 0x1234567890;
	p.tf.tf_r10 = 4;
	CHECK(run(&p) == 0);
	CHECK(p.tf.tf_trapno == T_FAST_SYSCALL && p.tf.tf_err == 2);
	CHECK(p.tf.tf_rip == CODE + 2 && p.tf.tf_rax == 20);
	CHECK(p.tf.tf_rdi == 0x1234567890 && p.tf.tf_rbx == 41);
	CHECK(p.tf.tf_r10 == 4);
	CHECK(run(&p) == 0);
	CHECK(p.tf.tf_rip == CODE + 7 && p.tf.tf_rbx == 42);
	/* Its numbers are not the host's: exit, -1, one that nobody has. */
	for (int i = -1; i <= 1; i++) {
		p.tf.tf_rax = i == 0 ? 9999 : i;
		run_call(&p);
		CHECK(p.tf.tf_rax == (i == 0 ? 9999 : i));
	}
	LOAD(&p, "\xcd\x80\x90\x90"); /* int 0x80: there is none */
	p.tf.tf_rip = CODE;
	CHECK(run(&p) == 0);
	CHECK(p.tf.tf_trapno == T_PROTFLT && p.tf.tf_rip == CODE);
}

static void
t_fault(void)
{
	struct process p;

	soft_start(&p);
	LOAD(&p, "\x8a\x03\x88\x03\x0f\x05"); /* mov al,[rbx]; mov [rbx],al */
	p.tf.tf_rbx = NOTHING + 5;
	run_fault(&p, NOTHING + 5, PGEX_U);
	p.tf.tf_rip = CODE + 2;
	run_fault(&p, NOTHING + 5, PGEX_U | PGEX_W);
	p.tf.tf_rbx = CODE;
	p.tf.tf_rip = CODE + 2;
	run_fault(&p, CODE, PGEX_P | PGEX_U | PGEX_W);
	p.tf.tf_rip = NOTHING;
	run_fault(&p, NOTHING, PGEX_U | PGEX_I);
	/* Addresses of the host's kernel, and none at all. */
	p.tf.tf_rip = CODE;
	p.tf.tf_rbx = 0xffffffff80000000;
	run_fault(&p, 0xffffffff80000000, PGEX_U);
	LOAD(&p, "\xff\xe3"); /* jmp rbx */
	run_fault(&p, 0xffffffff80000000, PGEX_U | PGEX_I);
	/* What the vkernel maps then is there. */
	LOAD(&p, "\x8a\x03\x88\x03\x0f\x05");
	p.tf.tf_rip = CODE;
	p.tf.tf_rbx = NOTHING;
	run_fault(&p, NOTHING, PGEX_U);
	soft_map(p.pml4, NOTHING, (u_long)(p.data - soft_ram), SOFT_TABLE);
	p.data[0] = 'x';
	run_call(&p);
	CHECK((char)p.tf.tf_rax == 'x');
}

static void
t_exceptions(void)
{
	static const struct insn insns[] = {
		{ "\x0f\x0b\x90\x90", T_PRIVINFLT, 0 }, /* ud2 */
		{ "\xcc\x90\x90\x90", T_BPTFLT, 1 },	/* int3 */
		{ "\x31\xc9\xf7\xf1", T_DIVIDE, 2 },	/* xor; div ecx */
		{ "\xf4\x90\x90\x90", T_PROTFLT, 0 },	/* hlt */
		{ "\xfa\x90\x90\x90", T_PROTFLT, 0 },	/* cli */
		{ "\x0f\x22\xd8\x90", T_PROTFLT, 0 },	/* mov cr3,rax */
		{ "\xe4\x21\x90\x90", T_PROTFLT, 0 },	/* in al,0x21 */
		{ "\x9d\x90\x90\x90", T_TRCTRAP, 2 },	/* popf: TF */
	};
	struct process p;

	soft_start(&p);
	check_exceptions(&p, insns, sizeof(insns) / sizeof(*insns));
	/* One step, as a debugger asks for it. */
	LOAD(&p, "\x90\x90\x90\x90");
	p.tf.tf_rip = CODE;
	p.tf.tf_rflags = 0x100;
	CHECK(run(&p) == 0);
	CHECK(p.tf.tf_trapno == T_TRCTRAP && p.tf.tf_rip == CODE + 1);
}

static void
t_tls(void)
{
	struct process p;

	soft_start(&p);
	check_tls(&p);
}

static void
t_fpu(void)
{
	struct process p;
	double before = 1.5;

	soft_start(&p);
	/* movq xmm0,rax; again: inc rcx; jmp again */
	LOAD(&p, "\x66\x48\x0f\x6e\xc0\x0f\x05");
	p.tf.tf_xflags = PGEX_FPFAULT;
	CHECK(run(&p) == 0);
	CHECK(p.tf.tf_trapno == T_DNA && p.tf.tf_rip == CODE);
	/* The vkernel's own are there. */
	CHECK(before * (p.tf.tf_trapno - 20) == 3.0);
	p.tf.tf_xflags = 0;
	CHECK(run(&p) == 0);
	CHECK(p.tf.tf_trapno == T_FAST_SYSCALL);
	/* Other threads run in between, and have theirs. */
	LOAD(&p, "\xff\xc9\x75\xfc\x0f\x05"); /* dec ecx; jnz; syscall */
	pid_t pid = fork();
	if (pid == 0)
		alarm(TAP_SECONDS);
	if (pid == 0)
		for (volatile double x = 1;; x = x * 1.0001)
			if (x > 1e300)
				x = 1;
	for (int i = 0; i < 20; i++) {
		p.tf.tf_rcx = 1000000;
		p.tf.tf_xflags = PGEX_FPFAULT;
		run_call(&p);
		CHECK(before * (i + 2) == 1.5 * i + 3.0);
	}
	CHECK(kill(pid, SIGKILL) == 0);
	int status = tap_wait(pid);
	CHECK(WIFSIGNALED(status));
}

/* --- signals --- */

static volatile int handled;
static struct process *handled_in;
static volatile long handled_rip;

static void
on_signal(int sig)
{
	handled = sig;
	if (handled_in != NULL)
		handled_rip = handled_in->tf.tf_rip;
}

static void
t_signal(void)
{
	struct itimerval soon = { .it_value = { 0, 20000 } };
	struct process p;

	soft_start(&p);
	signal(SIGALRM, on_signal);
	handled_in = &p;
	LOAD(&p, "\xff\xc3\xeb\xfc"); /* inc ebx, for ever */
	p.tf.tf_trapno = 99;
	setitimer(ITIMER_REAL, &soon, NULL);
	CHECK(run(&p) == 0);
	CHECK(handled == SIGALRM);
	CHECK(p.tf.tf_trapno == 0 && p.tf.tf_rbx > 0);
	CHECK((p.tf.tf_rip & ~3L) == CODE);
	/* The handler found the process's registers written. */
	CHECK(handled_rip == p.tf.tf_rip);
	/* It goes on where it was. */
	register_t rbx = p.tf.tf_rbx;
	setitimer(ITIMER_REAL, &soon, NULL);
	CHECK(run(&p) == 0);
	CHECK((uint32_t)p.tf.tf_rbx > (uint32_t)rbx);
}

/* Pending already: the process does not run at all. */
static void
t_pending(void)
{
	sigset_t set, old;
	struct process p;

	soft_start(&p);
	signal(SIGUSR1, on_signal);
	LOAD(&p, "\x0f\x05");
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	CHECK(sigprocmask(SIG_BLOCK, &set, &old) == 0);
	CHECK(kill(getpid(), SIGUSR1) == 0);
	run_call(&p);
	CHECK(handled == 0);
	CHECK(sigprocmask(SIG_SETMASK, &old, NULL) == 0);
	CHECK(handled == SIGUSR1);
	/* Ignored ones, and those that stop, do not come back. */
	signal(SIGUSR1, SIG_IGN);
	CHECK(kill(getpid(), SIGUSR1) == 0);
	run_call(&p);
}

static void
t_stop(void)
{
	struct process p;
	int status;
	pid_t pid;

	soft_start(&p);
	LOAD(&p, "\xff\xc9\x75\xfc\x0f\x05"); /* dec ecx; jnz; syscall */
	pid = fork();
	if (pid == 0) {
		p.tf.tf_rcx = 30000000;
		run_call(&p);
		_exit(7);
	}
	usleep(20000);
	CHECK(kill(pid, SIGSTOP) == 0);
	CHECK(waitpid(pid, &status, WUNTRACED) == pid && WIFSTOPPED(status));
	CHECK(kill(pid, SIGCONT) == 0);
	status = tap_wait(pid);
	CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 7);
}

/* --- the end --- */

static void
t_kill(void)
{
	struct process p;
	int status;

	soft_start(&p);
	LOAD(&p, "\xeb\xfe"); /* for ever */
	for (int i = 0; i < 5; i++) {
		pid_t pid = fork();
		if (pid == 0) {
			/* Once with a name that the child alone has made. */
			if (i == 4)
				soft_process(&p), LOAD(&p, "\xeb\xfe");
			run(&p);
			_exit(1);
		}
		usleep(10000 * i);
		CHECK(kill(pid, SIGKILL) == 0);
		status = tap_wait(pid);
		CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	}
	/* Nobody is in it any more. */
	CHECK(vmspace_destroy(p.id) == 0);
}

/* Children have their parent's spaces; another program has none. */
static void
t_fork(void)
{
	char *args[] = { "/bin/busybox", "true", NULL };
	struct process p;
	pid_t pid;

	soft_start(&p);
	LOAD(&p, "\xff\x04\x25\x00\x00\x50\x00\x0f\x05"); /* inc [data] */
	run_call(&p);
	pid = fork();
	if (pid == 0) {
		run_call(&p);
		_exit(0);
	}
	CHECK(tap_wait(pid) == 0);
	run_call(&p);
	CHECK(*(int *)p.data == 3);
	pid = vfork();
	if (pid == 0) {
		execv(args[0], args);
		_exit(1);
	}
	CHECK(tap_wait(pid) == 0);
	run_call(&p);
	CHECK(*(int *)p.data == 4);
	CHECK(vmspace_destroy(p.id) == 0);
}

/* --- bad arguments --- */

static void
t_bad(void)
{
	struct process p, q;

	soft_start(&p);
	LOAD(&p, "\x0f\x05");
	CHECK_ERRNO(vmspace_ctl(p.id, VMSPACE_CTL_RUN, NULL, &p.vf), EFAULT);
	CHECK_ERRNO(vmspace_ctl(p.id, VMSPACE_CTL_RUN, &p.tf, NULL), EFAULT);
	q = p;
	q.tf.tf_rip = 0x8000000000000000;
	CHECK_ERRNO(run(&q), EINVAL);
	q = p;
	q.vf.vx_tls.info[1].base = 0xffff800000000000;
	CHECK_ERRNO(run(&q), EINVAL);
	/* A frame that cannot be written to, but read. */
	struct trapframe *tf = mmap(NULL, PAGE_SIZE, RW, MAP_ANON, -1, 0);
	*tf = p.tf;
	CHECK(mprotect(tf, PAGE_SIZE, PROT_READ) == 0);
	CHECK_ERRNO(vmspace_ctl(p.id, VMSPACE_CTL_RUN, tf, &p.vf), EFAULT);
	CHECK(tf->tf_rip == CODE);
	/* Nobody is in it. */
	run_call(&p);
	/* Flags and selectors that are not a process's business. */
	p.tf.tf_cs = 8;
	p.tf.tf_ss = 16;
	p.tf.tf_rflags = -1L & ~0x100L;
	run_call(&p);
	CHECK((p.tf.tf_cs & 3) == 3 && (p.tf.tf_rflags & 0x3000) == 0);
	CHECK(vmspace_destroy(p.id) == 0);
}

static const struct tap_case cases[] = {
	{ "names of address spaces", t_names },
	{ "a system call of a process", t_syscall },
	{ "page faults of a process", t_fault },
	{ "exceptions of a process", t_exceptions },
	{ "thread-local storage", t_tls },
	{ "floating-point registers that are not there", t_fpu },
	{ "a signal for the vkernel", t_signal },
	{ "a signal that waits, and one that is ignored", t_pending },
	{ "a vkernel that stops and goes on", t_stop },
	{ "a vkernel that is killed while a process runs", t_kill },
	{ "fork and exec of a vkernel", t_fork },
	{ "bad frames", t_bad },
};

int
main(void)
{
	return (tap_run(cases, sizeof(cases) / sizeof(*cases)));
}
