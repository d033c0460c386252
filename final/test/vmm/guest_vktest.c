/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Guests that are a vkernel: what its processes do and how they end.
 *
 * Each guest exits with GUEST_WELL, or with the number of the check that
 * failed; the vkernel itself exits with the line on which it went wrong.  0 is
 * what its processes exit with, and would not show that one of them has ended
 * all.  Linked with guest.c; see there for the rules.
 */
#include <sys/errno.h>
#include <sys/mman.h>
#include <sys/param.h>
#include <sys/signal.h>
#include <sys/vmspace.h>
#include <cpu/cpufunc.h>
#include <cpu/pmap.h>
#include <cpu/segments.h>
#include <cpu/specialreg.h>
#include <cpu/trap.h>
#include <cpu/ucontext.h>
#include "guest_call.h"
#include "guest_sys.h"
#include "guest_vkernel.h"
#include "vmm.h"

#define NOTHING 0xf0000000UL

static u_int checks;

static void
check(bool ok)
{
	checks++;
	if (!ok)
		guest_exit(checks);
}

/* All processes ended by exit(0), and everything is free again. */
static void
check_all_well(const struct vk_config *config)
{
	for (u_int i = 0; i < config->nproc; i++) {
		check(vk_procs[i].state == VK_DEAD);
		check(vk_procs[i].trapno == 0);
		check(vk_procs[i].status == 0);
	}
	check(vk_leaks() == 0);
}

/** Two processes on one virtual CPU, and half the memory that they want. */
void
guest_vk_two(void)
{
	static const struct vk_config config = { 1, 24, 2,
		{ { user_memory, 10 }, { user_memory, 12 } } };

	vkernel(&config);
	check_all_well(&config);
	check(vk_counts.faults > 48 && vk_counts.page_outs > 48);
	check(vk_counts.page_ins > 48);
	guest_exit(GUEST_WELL);
}

/** Six on three virtual CPUs. */
void
guest_vk_three_cpus(void)
{
	static const struct vk_config config = { 3, 40, 6,
		{ { user_memory, 6 }, { user_compute, 40000 },
		    { user_memory, 5 }, { user_memory, 7 },
		    { user_compute, 50000 }, { user_memory, 4 } } };

	vkernel(&config);
	check_all_well(&config);
	check(vk_counts.page_outs > 0 && vk_counts.page_ins > 0);
	guest_exit(GUEST_WELL);
}

/**
 * One that uses a page without ever coming out, and one that needs all frames,
 * each on a virtual CPU of its own.
 */
void
guest_vk_thrash(void)
{
	static const struct vk_config config = { 2, 8, 2,
		{ { user_count, 50000 }, { user_memory, 8 } } };

	vkernel(&config);
	check_all_well(&config);
	check(vk_counts.page_outs > 48);
	guest_exit(GUEST_WELL);
}

/** One waits for a signal without a system call, one sends it. */
void
guest_vk_signal(void)
{
	static const struct vk_config config = { 1, 16, 3,
		{ { user_wait_for_signal, 0 }, { user_send_signal, 1 },
		    { user_hello, 0 } } };

	vkernel(&config);
	check_all_well(&config);
	check(vk_counts.signals == 1);
	guest_exit(GUEST_WELL);
}

/** Mistakes that a process survives. */
void
guest_vk_calls(void)
{
	static const struct vk_config config = { 1, 4, 2,
		{ { user_system_calls, 0 }, { user_system_calls, 0 } }, true };

	vkernel(&config);
	check_all_well(&config);
	guest_exit(GUEST_WELL);
}

/* Where a process stopped: at the instruction, or behind a breakpoint. */
static bool
right_place(u_int how, const uint8_t *rip)
{
	switch (how) {
	case WILD_HLT:
		return (rip[0] == 0xf4);
	case WILD_UD2:
		return (rip[0] == 0x0f && rip[1] == 0x0b);
	case WILD_VMCALL:
		return (rip[0] == 0x0f && rip[1] == 0x01 && rip[2] == 0xc1);
	case WILD_INT3:
		return (rip[-1] == 0xcc);
	default:
		return (true);
	}
}

/** Mistakes that a process does not survive, and others do. */
void
guest_vk_wild(void)
{
	/* tag::wild[] */
	static const struct {
		u_int how;
		int trapno, error; /* what the vkernel is told */
	} ends[] = {
		{ WILD_READ_KERNEL, T_PAGEFLT, PGEX_U },
		{ WILD_WRITE_TEXT, T_PAGEFLT, PGEX_P | PGEX_W | PGEX_U },
		{ WILD_JUMP, T_PAGEFLT, PGEX_U },
		{ WILD_NOT_CANONICAL, T_PROTFLT, 0 },
		{ WILD_STACK, T_PAGEFLT, PGEX_W | PGEX_U },
		{ WILD_DIVIDE, T_DIVIDE, 0 },
		{ WILD_HLT, T_PROTFLT, 0 },
		{ WILD_CLI, T_PROTFLT, 0 },
		{ WILD_UD2, T_PRIVINFLT, 0 },
		{ WILD_VMCALL, T_PRIVINFLT, 0 },
		{ WILD_INT3, T_BPTFLT, 0 },
		{ WILD_INT80, T_PROTFLT, 0x80 << 3 | 2 },
		{ WILD_FPU, T_DNA, 0 },
		{ WILD_STEP, T_TRCTRAP, 0 },
		{ WILD_STEP_CPUID, T_TRCTRAP, 0 },
		{ WILD_LOAD_SS, T_PROTFLT, UDATA_SEL & ~3 },
		/* No exception: these registers are refused. */
		{ WILD_SIGRETURN, T_PROTFLT, -1 },
		{ WILD_HANDLER, T_PROTFLT, -1 },
	};
	/* end::wild[] */
	struct vk_config config = { 2, 16, VK_NPROC, { { user_hello, 0 } },
		true };
	struct vk_proc *p;
	u_int i, j, n;

	CTASSERT(nitems(ends) == WILD_COUNT);
	config.program[0].entry = user_compute;
	config.program[0].arg = 1000;
	for (i = 0; i < nitems(ends); i += n) {
		n = MIN(nitems(ends) - i, VK_NPROC - 1);
		for (j = 0; j < n; j++) {
			config.program[j + 1].entry = user_wild;
			config.program[j + 1].arg = ends[i + j].how;
		}
		config.nproc = n + 1;
		vkernel(&config);
		check(vk_procs[0].trapno == 0 && vk_procs[0].status == 0);
		for (j = 0; j < n; j++) {
			p = &vk_procs[j + 1];
			check(p->state == VK_DEAD);
			check(p->trapno == ends[i + j].trapno);
			check(ends[i + j].error == -1 ||
			    p->tf.tf_err == ends[i + j].error);
			check(p->trapno == T_PAGEFLT || p->addr == 0);
			check(right_place(
			    ends[i + j].how, (const uint8_t *)p->tf.tf_rip));
		}
		check(vk_leaks() == 0);
	}
	guest_exit(GUEST_WELL);
}

static struct vextframe no_tls;
static struct trapframe frame;

static int
ctl(long id, long cmd, long tf, long vf)
{
	return (guest_sys4(SYS_vmspace_ctl, id, cmd, tf, vf, NULL));
}

/** Makes every mistake that the vmspace calls know. */
void
guest_vk_errors(void)
{
	static const long bad_ids[] = { 0, 8, 0x800001, 0x800fff, 1L << 52,
		1L << 63, -PAGE_SIZE };
	static const long bad[] = { 0, NOTHING, GUEST_HOLE, GUEST_STACK_TOP,
		GUEST_STACK_TOP - 16, -1, 1L << 62 };
	const long id = vk_empty_table(), tf = (long)&frame;
	const long vf = (long)&no_tls;

	check(ctl(id, VMSPACE_CTL_RUN, tf, vf) == EINVAL);
	check(guest_sys4(SYS_vmspace_destroy, id, 0, 0, 0, NULL) == EINVAL);
	check(guest_sys4(SYS_vmspace_create, id, 0, 0, 0, NULL) == 0);
	check(guest_sys4(SYS_vmspace_create, id, 0, 0, 0, NULL) == 0);
	check(guest_sys4(SYS_vmspace_destroy, id, 0, 0, 0, NULL) == ENOENT);
	for (long cmd = 0; cmd < 5; cmd++)
		check(cmd == VMSPACE_CTL_RUN ||
		    ctl(id, cmd, tf, vf) == EOPNOTSUPP);
	for (u_int i = 0; i < nitems(bad_ids); i++)
		check(ctl(bad_ids[i], VMSPACE_CTL_RUN, tf, vf) == EINVAL);
	for (u_int i = 0; i < nitems(bad); i++) {
		check(ctl(id, VMSPACE_CTL_RUN, bad[i], vf) == EFAULT);
		check(ctl(id, VMSPACE_CTL_RUN, tf, bad[i]) == EFAULT);
	}
	frame.tf_rip = GUEST_STACK_TOP;
	check(ctl(id, VMSPACE_CTL_RUN, tf, vf) == EINVAL);
	frame.tf_rip = 0;
	for (u_int i = 0; i < 2; i++) {
		no_tls.vx_tls.info[i].base = 1UL << 47;
		check(ctl(id, VMSPACE_CTL_RUN, tf, vf) == EINVAL);
		no_tls.vx_tls.info[i].base = 0;
	}
	check(frame.tf_trapno == 0 && frame.tf_cs == 0);
	/* Nothing is mapped there: not even the first fetch succeeds. */
	check(ctl(id, VMSPACE_CTL_RUN, tf, vf) == 0);
	check(frame.tf_trapno == T_PAGEFLT && frame.tf_addr == 0);
	check((frame.tf_err & PGEX_U) != 0 && (frame.tf_err & PGEX_P) == 0);
	guest_exit(GUEST_WELL);
}

static u_long
fs_word(const u_long *where)
{
	u_long word;

	__asm __volatile("movq %%fs:(%1), %0" : "=r"(word) : "r"(where));
	return (word);
}

static u_long
gs_word(const u_long *where)
{
	u_long word;

	__asm __volatile("movq %%gs:(%1), %0" : "=r"(word) : "r"(where));
	return (word);
}

/** Registers that a process may not have are not taken from the frame. */
void
guest_vk_sanitized(void)
{
	static const u_long word = 4711;
	const long id = vk_empty_table(), tf = (long)&frame;

	check(guest_sys4(SYS_vmspace_create, 0, 0, 0, 0, NULL) == 0);
	check(vk_map_text(id));
	frame = (struct trapframe){ .tf_rip = (long)user_null_calls,
		.tf_rdi = 5,
		.tf_rbx = 6,
		.tf_r15 = 7,
		.tf_xflags = -1,
		.tf_trapno = -1,
		.tf_cs = KCODE_SEL,
		.tf_ss = KDATA_SEL,
		/* IOPL 3, virtual-8086 mode, bits that are zero, no IF */
		.tf_rflags = -1L & ~(PSL_I | PSL_T | PSL_RESERVED | PSL_D) };
	no_tls.vx_tls.info[0].base = no_tls.vx_tls.info[1].base = 8;
	/* Its first instructions want a stack, which it has not. */
	check(ctl(id, VMSPACE_CTL_RUN, tf, (long)&no_tls) == 0);
	check(
	    frame.tf_trapno == T_PAGEFLT || frame.tf_trapno == T_FAST_SYSCALL);
	check(frame.tf_cs == UCODE_SEL && frame.tf_ss == UDATA_SEL);
	check((frame.tf_rflags & ~PSL_USERCHANGE) == (PSL_I | PSL_RESERVED));
	check(frame.tf_xflags == 0 && frame.tf_r15 == 7);
	/* The vkernel's own FS and GS are as they were. */
	check(fs_word(&word) == 4711 && gs_word(&word) == 4711);
	guest_exit(GUEST_WELL);
}

static umtx_t never;
static volatile int signals;

/* Makes the page with the frame read-only while its process runs. */
static void
take_frame_away(void *arg __unused)
{
	umtx_sleep(&never, 0, 20000);
	check(guest_sys4(SYS_mprotect, GUEST_SMALL, PAGE_SIZE, PROT_READ, 0,
		  NULL) == 0);
	check(guest_sys4(SYS_lwp_kill, PID, 0, SIGUSR1, 0, NULL) == 0);
}

static void
on_signal(int sig __unused)
{
	signals++;
}

/** The process's registers have nowhere to go: EFAULT, and the vkernel lives.
 */
void
guest_vk_no_frame(void)
{
	struct trapframe *tf = (struct trapframe *)GUEST_SMALL;
	const long id = vk_empty_table();
	int tid;

	check(guest_sys4(SYS_vmspace_create, 0, 0, 0, 0, NULL) == 0);
	check(vk_map_text(id));
	check(signal_handle(SIGUSR1, on_signal) == 0);
	*tf = (struct trapframe){ .tf_rip = (long)user_spin };
	tid = thread_start(take_frame_away, NULL);
	check(ctl(id, VMSPACE_CTL_RUN, (long)tf, (long)&no_tls) == EFAULT);
	check(signals == 1);
	thread_join(tid);
	guest_exit(GUEST_WELL);
}

static volatile long fault_addr, fault_err;

/* Writes a byte, which the handler skips. */
void write_byte(vm_offset_t va);
extern char after_fault[];
/* clang-format off */
__asm(
    "	.globl	write_byte, after_fault\n"
    "write_byte:\n"
    "	movb	$1, (%rdi)\n"
    "after_fault:\n"
    "	ret\n");
/* clang-format on */

static void
on_segv(int sig __unused, long info __unused, struct ucontext *uc)
{
	fault_addr = uc->uc_mcontext.mc_frame.tf_addr;
	fault_err = uc->uc_mcontext.mc_frame.tf_err;
	uc->uc_mcontext.mc_frame.tf_rip = (long)after_fault;
	if (fault_addr == GUEST_HOLE + 8)
		*(volatile char *)(GUEST_HOLE + 16) = 0; /* once more */
}

/** A fault of the vkernel itself is a signal, and not in its own handler. */
void
guest_vk_segv(void)
{
	/* signal_entry() leaves the other two arguments where they are. */
	check(signal_handle(SIGSEGV, (void (*)(int))(void (*)(void))on_segv) ==
	    0);
	for (u_int i = 0; i < 2; i++) {
		write_byte(GUEST_HOLE + 8 * i);
		check(fault_addr == (long)GUEST_HOLE);
		check(fault_err == (PGEX_U | PGEX_W));
	}
	guest_exit(1); /* the second one faults in the handler */
}

#define FAULTS 400

static volatile bool stormy = true;
static volatile u_int fault_number;

/* A signal for each fault, whose number comes before SIGSEGV's. */
static void
send_signals(void *arg __unused)
{
	u_int sent = 0;

	while (stormy) {
		while (sent == fault_number && stormy)
			cpu_pause();
		sent = fault_number;
		for (u_int i = 0; i < sent % 128; i++)
			cpu_pause();
		guest_sys4(SYS_lwp_kill, PID, 0, SIGHUP, 0, NULL);
	}
}

/**
 * Faults while another virtual CPU sends signals.  Each fault is skipped by
 * its handler, whatever else comes at the same moment.
 */
void
guest_vk_storm(void)
{
	int tid;

	check(signal_handle(SIGSEGV, (void (*)(int))(void (*)(void))on_segv) ==
	    0);
	check(signal_handle(SIGHUP, on_signal) == 0);
	tid = thread_start(send_signals, NULL);
	for (u_int i = 0; i < FAULTS; i++) {
		fault_addr = 0;
		fault_number++;
		write_byte(GUEST_HOLE);
		check(fault_addr == (long)GUEST_HOLE);
	}
	/* And until there was a signal at all, on one processor. */
	while (signals == 0)
		guest_call(SYS_sched_yield, 0, 0, 0);
	stormy = false;
	thread_join(tid);
	guest_exit(GUEST_WELL);
}

/* A page of instructions in the window: getpid(), and back. */
static uint8_t text_page[PAGE_SIZE] __aligned(4096) = {
	0xb8, SYS_getpid, 0, 0, 0, /* mov $SYS_getpid, %eax */
	0x0f, 0x05,		   /* syscall */
	0xc3,			   /* ret */
};
static volatile pt_entry_t *const text_pte = (void *)(GUEST_SMALL + PAGE_SIZE);
static volatile bool text_used = true;

static void
make_text(void)
{
	pt_entry_t *pml4 = (pt_entry_t *)GUEST_TABLES;
	pt_entry_t *pdp = (pt_entry_t *)(pml4[0] & X86_PG_FRAME);
	pt_entry_t *pd = (pt_entry_t *)GUEST_SMALL;

	*text_pte = (vm_paddr_t)text_page | X86_PG_V | X86_PG_U;
	pd[0] = (vm_paddr_t)text_pte | X86_PG_V | X86_PG_RW | X86_PG_U;
	pdp[GUEST_WINDOW >> PDPSHIFT] = (vm_paddr_t)pd | X86_PG_V | X86_PG_RW |
	    X86_PG_U;
}

/* Waits until the page is back; then the instruction is tried again. */
static void
wait_for_text(int sig __unused)
{
	while ((*text_pte & X86_PG_V) == 0)
		guest_call(SYS_sched_yield, 0, 0, 0);
}

static void
use_text(void *arg __unused)
{
	long pid;

	for (u_int i = 0; i < 3000; i++) {
		__asm __volatile("call *%1"
				 : "=a"(pid)
				 : "r"(GUEST_WINDOW)
				 : "rcx", "rdx", "r11", "memory", "cc");
		check(pid == PID);
	}
	text_used = false;
}

/**
 * Pages a program's instructions out and in while it makes system calls: at
 * the exit the instruction may be gone that made it, and is no invalid one
 * for that.
 */
void
guest_vk_text(void)
{
	u_long value;
	int tid;

	make_text();
	check(signal_handle(SIGSEGV, wait_for_text) == 0);
	tid = thread_start(use_text, NULL);
	for (u_int i = 0; text_used; i++) {
		value = 0;
		check(guest_sys4(SYS_vmm_guest_sync_addr, (long)text_pte,
			  (long)&value, 0, 0, NULL) == 0);
		*text_pte = value;
		/* Not in step with the other one. */
		for (u_int j = 0; j < i % 64; j++)
			cpu_pause();
		if (i % 8 == 0)
			guest_call(SYS_sched_yield, 0, 0, 0);
	}
	thread_join(tid);
	guest_exit(GUEST_WELL);
}

/** A page table that is nowhere: the vkernel's mistake, and its end. */
void
guest_vk_table_nowhere(void)
{
	check(guest_sys4(SYS_vmspace_create, 0, 0, 0, 0, NULL) == 0);
	ctl(NOTHING, VMSPACE_CTL_RUN, (long)&frame, (long)&no_tls);
	guest_exit(1);
}

static void
bench(void (*entry)(long), u_long n)
{
	struct vk_config config = { 1, VK_FRAMES, 1, { { entry, n } }, true };

	vkernel(&config);
	check_all_well(&config);
	guest_exit(0);
}

/**
 * Makes system calls as a process.
 * @param n	how many
 */
void
guest_vk_bench_calls(u_long n)
{
	bench(user_null_calls, n);
}

/**
 * Touches pages as a process.
 * @param n	how many, at most VK_HEAP_PAGES
 */
void
guest_vk_bench_faults(u_long n)
{
	bench(user_touch, n);
}
