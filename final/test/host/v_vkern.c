/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * A very small vkernel behind nested page tables: processes with page tables
 * of their own, run by vmspace_ctl(2).
 *
 *     linear of a process
 *     0x400000  a page of code: what a case has put there
 *     0x500000  a page of data
 *     0x600000  nothing
 */
#include <sys/time.h>
#include <sys/vmspace.h>
#include <cpu/trap.h>
#include <cpu/vframe.h>
#include <pthread.h>
#include <setjmp.h>
#include "nested.h"
#include "tap.h"

#define RW	(PROT_READ | PROT_WRITE)
#define CODE	0x400000UL
#define DATA	0x500000UL
#define NOTHING 0x600000UL

/** A process: its page table, memory and registers. */
struct process {
	vpte_t *pml4;
	u_char *code;
	char *data;
	struct trapframe tf;
	struct vextframe vf;
};

/* A page table with one page of code and one of data. */
static void
process_init(struct process *p)
{
	vpte_t *keep = nested_pml4;

	memset(p, 0, sizeof(*p));
	p->code = (u_char *)nested_page();
	p->data = (char *)nested_page();
	if (mprotect(p->code, PAGE_SIZE, RW | PROT_EXEC) != 0)
		_exit(99);
	nested_pml4 = p->pml4 = nested_page();
	nested_map(CODE, (u_long)p->code, PAGE_SHIFT, VPTE_V | VPTE_U);
	nested_map(DATA, (u_long)p->data, PAGE_SHIFT, NESTED_TABLE);
	nested_pml4 = keep;
	p->tf.tf_rip = CODE;
	p->tf.tf_rsp = DATA + PAGE_SIZE;
}

/* Puts instructions where the process is. */
#define LOAD(p, bytes) memcpy((p)->code, bytes, sizeof(bytes) - 1)

static int
run(struct process *p)
{
	return (vmspace_ctl(p->pml4, VMSPACE_CTL_RUN, &p->tf, &p->vf));
}

#include "vkproc.h"

/* A vkernel with one process. */
static void
start(struct process *p)
{
	CHECK(vmspace_create(NULL, 0, NULL) == 0);
	nested_init(1);
	process_init(p);
	CHECK(nested_run() == 0);
}

/* --- section 11 of the facts, and more --- */

static void
t_outside(void)
{
	struct process p;

	nested_init(1);
	process_init(&p);
	CHECK_ERRNO(run(&p), EINVAL);
	CHECK_ERRNO(vmspace_destroy(p.pml4), EINVAL);
	CHECK(vmspace_create(p.pml4, 0, NULL) == 0);
	CHECK_ERRNO(vmspace_create(p.pml4, 0, NULL), EEXIST);
	CHECK_ERRNO(vmspace_ctl(p.code, VMSPACE_CTL_RUN, &p.tf, &p.vf), ENOENT);
	CHECK_ERRNO(vmspace_ctl(p.pml4, 2, &p.tf, &p.vf), EOPNOTSUPP);
	CHECK(vmspace_destroy(p.pml4) == 0);
	CHECK_ERRNO(vmspace_destroy(p.pml4), ENOENT);
}

static void
t_create(void)
{
	struct process p;

	start(&p);
	CHECK(vmspace_create(p.pml4, 0, NULL) == 0);
	CHECK(vmspace_create(p.pml4, 0, NULL) == 0);
	CHECK_ERRNO(vmspace_ctl(p.pml4, 2, &p.tf, &p.vf), EOPNOTSUPP);
	CHECK_ERRNO(vmspace_destroy(p.pml4), ENOENT);
}

static void
t_syscall(void)
{
	struct process p;

	start(&p);
	LOAD(&p, "\x0f\x05\x48\xff\xc3\x0f\x05"); /* syscall; inc rbx; again */
	p.tf.tf_rax = 20;
	p.tf.tf_rbx = 41;
	p.tf.tf_rdi = 0x1234567890;
	CHECK(run(&p) == 0);
	CHECK(p.tf.tf_trapno == T_FAST_SYSCALL && p.tf.tf_err == 2);
	CHECK(p.tf.tf_rip == CODE + 2 && p.tf.tf_rax == 20);
	CHECK(p.tf.tf_rdi == 0x1234567890 && p.tf.tf_rbx == 41);
	CHECK(run(&p) == 0);
	CHECK(p.tf.tf_rip == CODE + 7 && p.tf.tf_rbx == 42);
}

static void
check_fault(struct process *p, u_long addr, int err)
{
	CHECK(run(p) == 0);
	CHECK(p->tf.tf_trapno == T_PAGEFLT);
	CHECK(p->tf.tf_addr == (register_t)addr);
	CHECK((p->tf.tf_err & ~PGEX_I) == err);
}

static void
t_fault(void)
{
	struct process p;

	start(&p);
	LOAD(&p, "\x8a\x03\x88\x03"); /* mov al,[rbx]; mov [rbx],al */
	p.tf.tf_rbx = NOTHING + 5;
	check_fault(&p, NOTHING + 5, PGEX_U);
	p.tf.tf_rip = CODE + 2;
	check_fault(&p, NOTHING + 5, PGEX_U | PGEX_W);
	p.tf.tf_rbx = CODE;
	p.tf.tf_rip = CODE + 2;
	check_fault(&p, CODE, PGEX_P | PGEX_U | PGEX_W);
	p.tf.tf_rip = NOTHING;
	check_fault(&p, NOTHING, PGEX_U);
	/* What the vkernel maps then is there. */
	p.tf.tf_rip = CODE;
	p.tf.tf_rbx = NOTHING;
	check_fault(&p, NOTHING, PGEX_U);
	vpte_t *keep = nested_pml4;
	nested_pml4 = p.pml4;
	nested_map(NOTHING, (u_long)p.data, PAGE_SHIFT, NESTED_TABLE);
	nested_pml4 = keep;
	p.data[0] = 'x';
	LOAD(&p, "\x8a\x03\x0f\x05");
	CHECK(run(&p) == 0);
	CHECK(p.tf.tf_trapno == T_FAST_SYSCALL && (char)p.tf.tf_rax == 'x');
}

static void
t_exceptions(void)
{
	static const struct insn insns[] = {
		{ "\x0f\x0b\x90\x90", T_PRIVINFLT, 0 }, /* ud2 */
		{ "\xcc\x90\x90\x90", T_BPTFLT, 1 },	/* int3 */
		{ "\x31\xc9\xf7\xf1", T_DIVIDE, 2 },	/* xor; div ecx */
		{ "\xf4\x90\x90\x90", T_PROTFLT, 0 },	/* hlt */
		{ "\x0f\x01\xc1\x90", T_PRIVINFLT, 0 }, /* vmcall */
		{ "\xf1\x90\x90\x90", T_TRCTRAP, 1 },	/* icebp */
		{ "\xf0\x0f\x05\x90", T_PRIVINFLT, 0 }, /* lock syscall */
	};
	struct process p;

	start(&p);
	check_exceptions(&p, insns, sizeof(insns) / sizeof(*insns));
}

/* Of the vkernel itself it changes nothing; a process has a system call of that
 * number, whose fourth argument is where a vkernel looks for it. */
static void
t_forced_exit(void)
{
	register_t rax = -1, rcx = 77;
	struct process p;

	start(&p);
	__asm __volatile("syscall" : "+a"(rax), "+c"(rcx) : : "memory");
	CHECK(rax == -1 && rcx == 77);
	LOAD(&p, "\x0f\x05\xff\xc3\x0f\x05"); /* syscall; inc ebx; again */
	p.tf.tf_rax = -1;
	p.tf.tf_r10 = 4;
	CHECK(run(&p) == 0);
	CHECK(p.tf.tf_trapno == T_FAST_SYSCALL && p.tf.tf_err == 2);
	CHECK(p.tf.tf_rip == CODE + 2 && p.tf.tf_rbx == 0);
	CHECK(p.tf.tf_rax == -1 && p.tf.tf_rcx == 4);
}

static volatile int handled;

static void
on_alarm(int sig)
{
	handled = sig;
}

static void
t_signal(void)
{
	struct itimerval soon = { .it_value = { 0, 20000 } };
	struct process p;

	start(&p);
	signal(SIGALRM, on_alarm);
	LOAD(&p, "\xff\xc3\xeb\xfc"); /* inc ebx, for ever */
	setitimer(ITIMER_REAL, &soon, NULL);
	CHECK(run(&p) == 0);
	CHECK(handled == SIGALRM);
	CHECK(p.tf.tf_trapno == 0 && p.tf.tf_rbx > 0);
	CHECK((p.tf.tf_rip & ~3L) == CODE);
	/* It goes on where it was. */
	register_t rbx = p.tf.tf_rbx;
	setitimer(ITIMER_REAL, &soon, NULL);
	CHECK(run(&p) == 0);
	CHECK((uint32_t)p.tf.tf_rbx > (uint32_t)rbx);
}

static void
t_tls(void)
{
	struct process p;

	start(&p);
	check_tls(&p);
}

static void
t_fpu(void)
{
	struct process p;

	start(&p);
	LOAD(&p, "\x66\x48\x0f\x6e\xc0\x0f\x05"); /* movq xmm0,rax; syscall */
	p.tf.tf_xflags = PGEX_FPFAULT;
	CHECK(run(&p) == 0);
	CHECK(p.tf.tf_trapno == T_DNA && p.tf.tf_rip == CODE);
	p.tf.tf_xflags = 0;
	CHECK(run(&p) == 0);
	CHECK(p.tf.tf_trapno == T_FAST_SYSCALL);
}

static sigjmp_buf env;
static volatile int got_sig;

static void
on_fault(int sig)
{
	got_sig = sig;
	siglongjmp(env, 1);
}

static void
t_bad(void)
{
	static const u_long ids[] = { 1, 0x1008, 0x800000000000,
		0xffffffff80000000, 1UL << 52 };
	struct process p, q;

	start(&p);
	for (size_t i = 0; i < sizeof(ids) / sizeof(*ids); i++)
		CHECK_ERRNO(
		    vmspace_ctl((void *)ids[i], VMSPACE_CTL_RUN, &p.tf, &p.vf),
		    EINVAL);
	CHECK_ERRNO(vmspace_ctl(NULL, VMSPACE_CTL_RUN, &p.tf, &p.vf), EINVAL);
	CHECK_ERRNO(vmspace_ctl(p.pml4, VMSPACE_CTL_RUN, NULL, &p.vf), EFAULT);
	CHECK_ERRNO(vmspace_ctl(p.pml4, VMSPACE_CTL_RUN, &p.tf, NULL), EFAULT);
	q = p;
	q.tf.tf_rip = 0x8000000000000000;
	CHECK_ERRNO(run(&q), EINVAL);
	q = p;
	q.vf.vx_tls.info[1].base = 0xffff800000000000;
	CHECK_ERRNO(run(&q), EINVAL);
	/* Flags and selectors that are not a process's business. */
	LOAD(&p, "\x0f\x05");
	p.tf.tf_cs = 8;
	p.tf.tf_ss = 16;
	p.tf.tf_rflags = -1L & ~0x100L;
	CHECK(run(&p) == 0);
	CHECK(p.tf.tf_trapno == T_FAST_SYSCALL && (p.tf.tf_cs & 3) == 3);
	CHECK((p.tf.tf_rflags & 0x3000) == 0);
	/* A page table that is nowhere: the vkernel's own fault. */
	signal(SIGSEGV, on_fault);
	if (sigsetjmp(env, 1) == 0)
		vmspace_ctl((void *)0x300000000, VMSPACE_CTL_RUN, &p.tf, &p.vf);
	CHECK(got_sig == SIGSEGV);
}

#define TURNS 300

static void *
run_process(void *arg)
{
	struct process *p = arg;

	for (int i = 0; i < TURNS; i++)
		if (run(p) != 0 || p->tf.tf_trapno != T_FAST_SYSCALL)
			return (arg);
		else
			p->tf.tf_rip = CODE;
	return (NULL);
}

static void
t_threads(void)
{
	enum { N = 4 };
	struct process p[N];
	pthread_t t[N];
	void *ret;

	CHECK(vmspace_create(NULL, 0, NULL) == 0);
	nested_init(1);
	for (int i = 0; i < N; i++) {
		process_init(&p[i]);
		/* inc rbx; inc dword [data]; syscall */
		LOAD(&p[i], "\x48\xff\xc3\xff\x04\x25\x00\x00\x50\x00\x0f\x05");
		p[i].tf.tf_rbx = i * 1000000;
	}
	CHECK(nested_run() == 0);
	for (int i = 0; i < N; i++)
		CHECK(pthread_create(&t[i], NULL, run_process, &p[i]) == 0);
	for (int i = 0; i < N; i++) {
		CHECK(pthread_join(t[i], &ret) == 0 && ret == NULL);
		CHECK(p[i].tf.tf_rbx == i * 1000000 + TURNS);
		CHECK(*(int *)p[i].data == TURNS);
	}
}

static const struct tap_case cases[] = {
	{ "vmspaces of an ordinary process", t_outside },
	{ "vmspace_create twice", t_create },
	{ "a system call of a process", t_syscall },
	{ "page faults of a process", t_fault },
	{ "exceptions of a process", t_exceptions },
	{ "a forced exit is the vkernel's alone", t_forced_exit },
	{ "a signal for the vkernel", t_signal },
	{ "thread-local storage", t_tls },
	{ "floating-point registers that are not there", t_fpu },
	{ "bad names, frames and tables", t_bad },
	{ "threads with a process each", t_threads },
};

NESTED_MAIN(cases)
