/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Signals of Linux programs: numbers, sets, actions, siginfo, the frame;
 * against the headers of this machine.  Native structures are mirrored here by
 * their layout.
 */
#define _GNU_SOURCE
#include "hosted.h"
#include <signal.h>
#include <stdalign.h>
#include <ucontext.h>
#include "../../sys/emulation/linux/linux_conv.h"
#include "../../sys/emulation/linux/linux_sigframe.h"

#define NATIVE_NSIG 64

/* A sigset_t, sigaction, siginfo and trapframe of DragonFly. */
struct native_set {
	uint32_t bits[4];
};
struct native_action {
	uint64_t handler;
	int flags;
	struct native_set mask;
};
struct native_info {
	int signo, err, code, pid, uid, status;
	uint64_t addr, value;
	long band;
	int spare[7];
};
enum {
	RDI,
	RSI,
	RDX,
	RCX,
	R8,
	R9,
	RAX,
	RBX,
	RBP,
	R10,
	R11,
	R12,
	R13,
	R14,
	R15,
	TRAPNO = 16,
	ERR = 19,
	RIP = 20,
	CS,
	RFLAGS,
	RSP,
	SS,
	NREGS
};

/* Linux's number, native number. */
static const int numbers[][2] = { { SIGHUP, 1 }, { SIGINT, 2 }, { SIGQUIT, 3 },
	{ SIGILL, 4 }, { SIGTRAP, 5 }, { SIGABRT, 6 }, { SIGFPE, 8 },
	{ SIGKILL, 9 }, { SIGBUS, 10 }, { SIGSEGV, 11 }, { SIGSYS, 12 },
	{ SIGPIPE, 13 }, { SIGALRM, 14 }, { SIGTERM, 15 }, { SIGURG, 16 },
	{ SIGSTOP, 17 }, { SIGTSTP, 18 }, { SIGCONT, 19 }, { SIGCHLD, 20 },
	{ SIGTTIN, 21 }, { SIGTTOU, 22 }, { SIGIO, 23 }, { SIGXCPU, 24 },
	{ SIGXFSZ, 25 }, { SIGVTALRM, 26 }, { SIGPROF, 27 }, { SIGWINCH, 28 },
	{ SIGPWR, 29 }, { SIGUSR1, 30 }, { SIGUSR2, 31 }, { SIGSTKFLT, 7 } };

static void
test_numbers(void **state)
{
	(void)state;
	assert_int_equal(nitems(numbers), 31);
	for (size_t i = 0; i < nitems(numbers); i++) {
		assert_int_equal(linux_sig_in(numbers[i][0]), numbers[i][1]);
		assert_int_equal(linux_sig_out(numbers[i][1]), numbers[i][0]);
	}
	for (int sig = 32; sig < NATIVE_NSIG; sig++) {
		assert_int_equal(linux_sig_in(sig), sig);
		assert_int_equal(linux_sig_out(sig), sig);
	}
	for (int bad = -2; bad <= 0; bad++) {
		assert_int_equal(linux_sig_in(bad), 0);
		assert_int_equal(linux_sig_out(bad), 0);
	}
	assert_int_equal(linux_sig_in(64), 0);
	assert_int_equal(linux_sig_in(1 << 30), 0);
	assert_int_equal(linux_sig_out(64), 0);
}

static void
test_sets(void **state)
{
	struct native_set set;
	linux_sigset_t back;

	(void)state;
	for (int sig = 1; sig < NATIVE_NSIG; sig++) {
		linux_sigset_in(1UL << (sig - 1), (struct __sigset *)&set);
		for (int n = 1; n <= 128; n++)
			assert_int_equal(
			    set.bits[(n - 1) / 32] >> ((n - 1) % 32) & 1,
			    n == linux_sig_in(sig));
		back = linux_sigset_out((struct __sigset *)&set);
		assert_int_equal(back, 1UL << (sig - 1));
	}
	linux_sigset_in(~0UL, (struct __sigset *)&set);
	assert_int_equal(set.bits[0], ~0U);
	assert_int_equal(set.bits[1], ~0U >> 1);
	assert_int_equal(set.bits[2] | set.bits[3], 0);
	memset(&set, 0xff, sizeof(set));
	assert_int_equal(linux_sigset_out((struct __sigset *)&set), ~0UL >> 1);
}

static void
test_actions(void **state)
{
	static const struct {
		uint64_t lnx;
		int native;
	} flags[] = { { (unsigned)SA_NOCLDSTOP, 8 }, { SA_NOCLDWAIT, 0x20 },
		{ SA_SIGINFO, 0x40 }, { SA_ONSTACK, 1 }, { SA_RESTART, 2 },
		{ SA_NODEFER, 0x10 }, { (unsigned)SA_RESETHAND, 4 } };
	struct linux_sigaction lsa = { .lsa_handler = 0x1234,
		.lsa_mask = 1UL << (SIGCHLD - 1) };
	struct native_action sa;

	(void)state;
	for (size_t i = 0; i < nitems(flags); i++) {
		lsa.lsa_flags = flags[i].lnx | LINUX_SA_RESTORER;
		linux_sigaction_in(&lsa, (struct sigaction *)&sa);
		assert_int_equal(sa.handler, 0x1234);
		assert_int_equal(sa.flags, flags[i].native);
		assert_int_equal(sa.mask.bits[0], 1U << 19);
		linux_sigaction_out((struct sigaction *)&sa, 0x5678, &lsa);
		assert_int_equal(lsa.lsa_handler, 0x1234);
		assert_int_equal(lsa.lsa_restorer, 0x5678);
		assert_int_equal(
		    lsa.lsa_flags, flags[i].lnx | LINUX_SA_RESTORER);
		assert_int_equal(lsa.lsa_mask, 1UL << (SIGCHLD - 1));
	}
	linux_sigaction_out((struct sigaction *)&sa, 0, &lsa);
	assert_int_equal(lsa.lsa_flags & LINUX_SA_RESTORER, 0);
	assert_int_equal(LINUX_SIG_BLOCK, SIG_BLOCK);
	assert_int_equal(LINUX_SIG_UNBLOCK, SIG_UNBLOCK);
	assert_int_equal(LINUX_SIG_SETMASK, SIG_SETMASK);
	assert_int_equal(LINUX_SS_ONSTACK, SS_ONSTACK);
	assert_int_equal(LINUX_SS_DISABLE, SS_DISABLE);
	assert_int_equal(sizeof(struct linux_stack), sizeof(stack_t));
	assert_int_equal(__offsetof(struct linux_stack, ss_flags),
	    offsetof(stack_t, ss_flags));
	assert_int_equal(__offsetof(struct linux_stack, ss_size),
	    offsetof(stack_t, ss_size));
}

static siginfo_t
info_out(const struct native_info *info)
{
	struct linux_siginfo lsi;
	siginfo_t si;

	memset(&lsi, 0xa5, sizeof(lsi));
	linux_siginfo_out((const struct siginfo *)info, &lsi);
	CTASSERT(sizeof(si) == sizeof(lsi));
	memcpy(&si, &lsi, sizeof(si));
	return (si);
}

static void
test_siginfo(void **state)
{
	siginfo_t si;

	(void)state;
	si = info_out(&(struct native_info){
	    .signo = 11, .code = 2, .addr = 0xdeadbeef000 });
	assert_int_equal(si.si_signo, SIGSEGV);
	assert_int_equal(si.si_code, SEGV_ACCERR);
	assert_ptr_equal(si.si_addr, (void *)0xdeadbeef000);
	si = info_out(&(struct native_info){ .signo = 8, .code = 2 });
	assert_int_equal(si.si_code, FPE_INTDIV);
	si = info_out(&(struct native_info){ .signo = 8, .code = 1 });
	assert_int_equal(si.si_code, FPE_INTOVF);
	si = info_out(&(struct native_info){ .signo = 8, .code = 7 });
	assert_int_equal(si.si_code, FPE_FLTINV);
	si = info_out(&(struct native_info){ .signo = 10, .code = 2 });
	assert_int_equal(si.si_signo, SIGBUS);
	assert_int_equal(si.si_code, BUS_ADRERR);
	si = info_out(&(struct native_info){
	    .signo = 20, .code = 1, .pid = 7, .uid = 8, .status = 200 });
	assert_int_equal(si.si_signo, SIGCHLD);
	assert_int_equal(si.si_code, CLD_EXITED);
	assert_int_equal(si.si_pid, 7);
	assert_int_equal(si.si_uid, 8);
	assert_int_equal(si.si_status, 200);
	si = info_out(
	    &(struct native_info){ .signo = 20, .code = 5, .status = 18 });
	assert_int_equal(si.si_code, CLD_STOPPED);
	assert_int_equal(si.si_status, SIGTSTP);
	si = info_out(&(struct native_info){ .signo = 30, .pid = 9, .uid = 3 });
	assert_int_equal(si.si_signo, SIGUSR1);
	assert_int_equal(si.si_code, SI_USER);
	assert_int_equal(si.si_pid, 9);
	assert_int_equal(si.si_uid, 3);
	/* kill(2) of a signal that is else a fault */
	si = info_out(&(struct native_info){ .signo = 11, .pid = 9 });
	assert_int_equal(si.si_pid, 9);
	si = info_out(&(struct native_info){
	    .signo = 40, .code = -1, .value = 0x123456789 });
	assert_int_equal(si.si_code, SI_QUEUE);
	assert_ptr_equal(si.si_value.sival_ptr, (void *)0x123456789);
	assert_int_equal(si.si_errno, 0);
}

/* Offsets of gregset_t are those of sigcontext. */
static void
test_ucontext_layout(void **state)
{
#define GREG(n, f)                                                             \
	assert_int_equal(                                                      \
	    offsetof(ucontext_t, uc_mcontext.gregs) + REG_##n * 8,             \
	    __offsetof(struct linux_ucontext, uc_mcontext.sc_##f))
	(void)state;
	GREG(R8, r8);
	GREG(R9, r9);
	GREG(R10, r10);
	GREG(R11, r11);
	GREG(R12, r12);
	GREG(R13, r13);
	GREG(R14, r14);
	GREG(R15, r15);
	GREG(RDI, rdi);
	GREG(RSI, rsi);
	GREG(RBP, rbp);
	GREG(RBX, rbx);
	GREG(RDX, rdx);
	GREG(RAX, rax);
	GREG(RCX, rcx);
	GREG(RSP, rsp);
	GREG(RIP, rip);
	GREG(EFL, rflags);
	GREG(CSGSFS, cs);
	GREG(ERR, err);
	GREG(TRAPNO, trapno);
	GREG(OLDMASK, oldmask);
	GREG(CR2, cr2);
	assert_int_equal(offsetof(ucontext_t, uc_mcontext.fpregs),
	    __offsetof(struct linux_ucontext, uc_mcontext.sc_fpstate));
	assert_int_equal(offsetof(ucontext_t, uc_sigmask),
	    __offsetof(struct linux_ucontext, uc_sigmask));
	assert_int_equal(offsetof(ucontext_t, uc_stack),
	    __offsetof(struct linux_ucontext, uc_stack));
	assert_int_equal(sizeof(struct _libc_fpstate), LINUX_FPSTATE_SIZE);
}

static void
test_place(void **state)
{
	uint64_t fp, frame;

	(void)state;
	for (uint64_t top = 0x7fffff000; top < 0x7fffff000 + 200; top++) {
		frame = linux_sigframe_place(top, 836, &fp);
		assert_int_equal(frame % 16, 8);
		assert_int_equal(fp % 64, 0);
		assert_true(fp + 836 <= top);
		assert_true(frame + sizeof(struct linux_rt_sigframe) <= fp);
		assert_true(top - frame < 1424);
	}
	/* wraps, is not written to */
	frame = linux_sigframe_place(8, LINUX_FPSTATE_SIZE, &fp);
	assert_true(frame > 0xffff000000000000);
}

/* What Linux' signal(7) handlers are told of an image longer than FXSAVE's. */
static void
test_fpstate(void **state)
{
	uint8_t fp[1024];
	uint32_t *word = (uint32_t *)fp;

	(void)state;
	memset(fp, 0xa5, sizeof(fp));
	assert_int_equal(linux_fpstate_mark(fp, 512), 512);
	for (u_int i = 464; i < 512; i++)
		assert_int_equal(fp[i], 0);
	assert_int_equal(fp[463], 0xa5);
	assert_int_equal(fp[512], 0xa5);
	assert_int_equal(linux_fpstate_size(fp), 512);
	word[512 / 4] = 7;
	word[512 / 4 + 1] = 0;
	assert_int_equal(linux_fpstate_mark(fp, 832), 836);
	assert_memory_equal(fp + 464, "SXPF", 4);
	assert_int_equal(word[468 / 4], 836);
	assert_int_equal(word[472 / 4], 7);
	assert_int_equal(word[480 / 4], 832);
	assert_memory_equal(fp + 832, "EXPF", 4);
	assert_int_equal(linux_fpstate_size(fp), 832);
	word[468 / 4] = 837;
	assert_int_equal(linux_fpstate_size(fp), 512);
	word[480 / 4] = 16;
	word[468 / 4] = 20;
	assert_int_equal(linux_fpstate_size(fp), 512);
	word[480 / 4] = 0xffffffff;
	word[468 / 4] = 3;
	assert_int_equal(linux_fpstate_size(fp), 0xffffffff);
	word[464 / 4] = 0;
	assert_int_equal(linux_fpstate_size(fp), 512);
}

static void
test_frame(void **state)
{
	long tf[NREGS + 1], before[NREGS], frame = 0x7fff00000008;
	struct linux_sigcontext sc;

	(void)state;
	for (long i = 0; i < NREGS; i++)
		tf[i] = before[i] = 0x1000 + i;
	tf[RFLAGS] = before[RFLAGS] = 0x202 | 0x400 | 0x100 | 0x1;
	linux_sigframe_save((struct trapframe *)tf, 0x4040, &sc);
	assert_int_equal(sc.sc_rdi, 0x1000 + RDI);
	assert_int_equal(sc.sc_r10, 0x1000 + R10);
	assert_int_equal(sc.sc_rsp, 0x1000 + RSP);
	assert_int_equal(sc.sc_cs, 0x23);
	assert_int_equal(sc.sc_ss, 0x1b);
	assert_int_equal(sc.sc_fpstate, 0x4040);
	linux_sigframe_enter((struct trapframe *)tf, frame, 0x400000, SIGUSR1);
	assert_int_equal(tf[RSP], frame);
	assert_int_equal(tf[RIP], 0x400000);
	assert_int_equal(tf[RDI], SIGUSR1);
	assert_int_equal(tf[RSI], frame + 8 + 304);
	assert_int_equal(tf[RDX], frame + 8);
	assert_int_equal(tf[RAX], 0);
	assert_int_equal(tf[RFLAGS], 0x202 | 0x1);
	assert_int_equal(tf[TRAPNO], 0);
	assert_true(linux_sigframe_restore(&sc, (struct trapframe *)tf));
	before[TRAPNO] = 0;
	for (int i = 0; i < NREGS; i++)
		if (i != 15 && i != 17 && i != 18)
			assert_int_equal(tf[i], before[i]);
}

/* What a program may not choose. */
static void
test_frame_hostile(void **state)
{
	long tf[NREGS] = { [RFLAGS] = 0x202, [CS] = 0x23, [SS] = 0x1b };
	long before[NREGS];
	struct linux_sigcontext sc = { .sc_rip = 0x400000,
		.sc_cs = 8,
		.sc_ss = 0x10,
		.sc_rflags = ~0UL,
		.sc_rsp = ~0UL };

	(void)state;
	assert_true(linux_sigframe_restore(&sc, (struct trapframe *)tf));
	assert_int_equal(tf[CS], 0x23);
	assert_int_equal(tf[SS], 0x1b);
	assert_int_equal(tf[RFLAGS] & 0x3000, 0);    /* IOPL */
	assert_int_equal(tf[RFLAGS] & 0x20000, 0);   /* VM */
	assert_int_equal(tf[RFLAGS] & 0x200, 0x200); /* IF */
	sc.sc_rflags = 0;
	assert_true(linux_sigframe_restore(&sc, (struct trapframe *)tf));
	assert_int_equal(tf[RFLAGS] & 0x202, 0x202);
	memcpy(before, tf, sizeof(tf));
	sc.sc_rip = 0x800000000000;
	sc.sc_rax = 5;
	assert_false(linux_sigframe_restore(&sc, (struct trapframe *)tf));
	assert_memory_equal(tf, before, sizeof(tf));
	sc.sc_rip = ~0UL;
	assert_false(linux_sigframe_restore(&sc, (struct trapframe *)tf));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_sets),
		cmocka_unit_test(test_actions),
		cmocka_unit_test(test_siginfo),
		cmocka_unit_test(test_ucontext_layout),
		cmocka_unit_test(test_place),
		cmocka_unit_test(test_fpstate),
		cmocka_unit_test(test_frame),
		cmocka_unit_test(test_frame_hostile),
	};

	return (RUN_TESTS(tests));
}
