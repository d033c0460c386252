/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The frame of a signal: where everything lies, by number, as a program that
 * was compiled for DragonFly has it; and what of it may come back.
 *
 * The C library has a <sys/signal.h> of its own, hence the structures are
 * bytes here, and the kernel's headers cannot agree with the test by mistake.
 */
#include "hosted.h"

/* What the module calls struct sigframe, trapframe, sigaction and so on. */
vm_offset_t sig_frame_make(
    void *sf, void *tf, int sig, const void *act, const void *mask, int pid);
bool sig_frame_take(const void *uc, void *tf);

/* The 25 registers in the order of a trapframe. */
enum { RDI, RSI, RDX, RCX, R8, R15 = 14, RIP = 20, CS, RFLAGS, RSP, SS, NREGS };

/* The frame, and in it siginfo and ucontext. */
#define FRAME	    1536
#define FRAME_RET   40
#define FRAME_INFO  48
#define FRAME_UC    128
#define INFO_SIGNO  0
#define INFO_PID    12
#define UC	    1408
#define UC_SIGMASK  0
#define UC_ONSTACK  64
#define UC_REGS	    72
#define UC_LEN	    272
#define UC_FPFORMAT 276

#define SIGINFO	    0x40
#define HANDLER	    0x400123L
#define USER_CS	    0x23
#define USER_SS	    0x1b
#define USER_END    0x800000000000L
#define PLAIN	    0x202 /* interrupts on, and the bit that is always 1 */

static uint8_t frame[FRAME] __aligned(64);
static long regs[NREGS], before[NREGS];
static const uint32_t mask[4] = { 0x11111111, 0x22222222, 0x33333333,
	0x44444444 };

static long
frame_long(size_t at)
{
	long value;

	memcpy(&value, frame + at, sizeof(value));
	return (value);
}

static uint32_t
frame_word(size_t at)
{
	uint32_t value;

	memcpy(&value, frame + at, sizeof(value));
	return (value);
}

/* A number of its own in every register. */
static void
fill(void)
{
	for (int i = 0; i < NREGS; i++)
		regs[i] = 0x123400000000L + i;
	regs[CS] = USER_CS;
	regs[SS] = USER_SS;
	regs[RFLAGS] = PLAIN;
	memcpy(before, regs, sizeof(regs));
}

static vm_offset_t
make(int flags)
{
	struct {
		long handler;
		int flags;
		uint32_t mask[4];
	} act = { HANDLER, flags, { 0 } };

	assert_int_equal(sizeof(act), 32);
	memset(frame, 0xa5, sizeof(frame));
	return (sig_frame_make(frame, regs, 30, &act, mask, 77));
}

/* --- the frame --- */

static void
registers_saved(void **state)
{
	(void)state;
	fill();
	make(SIGINFO);
	for (int i = 0; i < NREGS; i++)
		if (frame_long(FRAME_UC + UC_REGS + 8 * i) != before[i])
			fail_msg("register %d is %lx", i,
			    frame_long(FRAME_UC + UC_REGS + 8 * i));
}

/* Selectors are a user's, whatever the frame of the thread has. */
static void
selectors_saved(void **state)
{
	(void)state;
	fill();
	regs[CS] = 8;
	regs[SS] = 0;
	make(SIGINFO);
	assert_int_equal(frame_long(FRAME_UC + UC_REGS + 8 * CS), USER_CS);
	assert_int_equal(frame_long(FRAME_UC + UC_REGS + 8 * SS), USER_SS);
}

static void
rest_of_frame(void **state)
{
	static const struct {
		size_t at;
		uint32_t value;
	} words[] = {
		{ FRAME_INFO + INFO_SIGNO, 30 },
		{ FRAME_INFO + INFO_PID, 77 },
		{ FRAME_UC + UC_SIGMASK, 0x11111111 },
		{ FRAME_UC + UC_SIGMASK + 4, 0x22222222 },
		{ FRAME_UC + UC_SIGMASK + 8, 0x33333333 },
		{ FRAME_UC + UC_SIGMASK + 12, 0x44444444 },
		{ FRAME_UC + UC_LEN, 1280 },
		{ FRAME_UC + UC_FPFORMAT, 0x10000 },
	};
	uint32_t want;

	(void)state;
	assert_int_equal(FRAME_UC + UC, FRAME);
	assert_int_equal(UC_REGS, UC_ONSTACK + 8);
	fill();
	make(0);
	memset(frame + FRAME_UC + UC_REGS, 0, 8 * NREGS);
	for (size_t at = 0; at < FRAME; at += 4) {
		want = 0; /* nothing of the kernel's memory gets out */
		for (size_t i = 0; i < nitems(words); i++)
			if (words[i].at == at)
				want = words[i].value;
		if (frame_word(at) != want)
			fail_msg(
			    "at %zu: %x, not %x", at, frame_word(at), want);
	}
}

/* --- the handler's registers --- */

static void
handler_registers(void **state)
{
	vm_offset_t sp;

	(void)state;
	fill();
	sp = make(SIGINFO);
	assert_int_equal(regs[RDI], 30);
	assert_int_equal(regs[RSI], sp + FRAME_INFO);
	assert_int_equal(regs[RDX], sp + FRAME_UC);
	assert_int_equal(regs[RCX], 0);
	assert_int_equal(regs[RIP], HANDLER);
	assert_int_equal(regs[RSP], sp + FRAME_RET);
	assert_int_equal(regs[RFLAGS], PLAIN);
	assert_int_equal(regs[CS], USER_CS);
	assert_int_equal(regs[SS], USER_SS);
	for (int i = R8; i <= R15; i++)
		assert_int_equal(regs[i], before[i]);
}

static void
no_siginfo(void **state)
{
	(void)state;
	fill();
	make(~SIGINFO);
	assert_int_equal(regs[RSI], 0);
}

/* A handler starts without single steps and with strings going upwards. */
static void
handler_flags(void **state)
{
	(void)state;
	for (int bit = 0; bit < 64; bit++) {
		fill();
		regs[RFLAGS] = PLAIN ^ (long)(1UL << bit);
		make(0);
		assert_int_equal(
		    regs[RFLAGS], (PLAIN ^ (1UL << bit)) & ~0x500UL);
		assert_int_equal(frame_long(FRAME_UC + UC_REGS + 8 * RFLAGS),
		    PLAIN ^ (1UL << bit));
	}
}

/* --- where the frame lies --- */

static void
check_place(u_long rsp)
{
	u_long sp;

	fill();
	regs[RSP] = (long)rsp;
	sp = make(0);
	/* 128 bytes below RSP are the program's, less than 64 are lost. */
	if (rsp - 128 - (sp + FRAME) >= 64)
		fail_msg("rsp %lx: the frame ends at %lx", rsp, sp + FRAME);
	assert_int_equal((sp + FRAME_UC) % 64, 0);
	assert_int_equal((sp + FRAME_RET) % 16, 8);
	assert_int_equal(frame_long(FRAME_UC + UC_REGS + 8 * RSP), rsp);
}

static void
place(void **state)
{
	(void)state;
	for (u_long i = 0; i < 256; i++) {
		check_place(0x7fffffffe000 + i);
		check_place(i); /* wraps; copying it out fails */
	}
}

/* --- what may come back --- */

/* The ucontext of a frame with these registers. */
static const void *
context(void)
{
	memset(frame, 0xa5, sizeof(frame));
	memcpy(frame + FRAME_UC + UC_REGS, before, sizeof(before));
	return (frame + FRAME_UC);
}

/* Other registers now, which must not be touched when it is refused. */
static bool
take(void)
{
	const void *uc = context();
	long now[NREGS];
	bool taken;

	for (int i = 0; i < NREGS; i++)
		regs[i] = 0x77 + i;
	regs[RFLAGS] = PLAIN;
	memcpy(now, regs, sizeof(regs));
	taken = sig_frame_take(uc, regs);
	assert_memory_equal(regs, taken ? before : now, sizeof(regs));
	return (taken);
}

static void
taken(void **state)
{
	(void)state;
	fill();
	assert_true(take());
}

static void
round_trip(void **state)
{
	(void)state;
	fill();
	make(SIGINFO);
	assert_true(sig_frame_take(frame + FRAME_UC, regs));
	assert_memory_equal(regs, before, sizeof(regs));
}

static void
selectors_refused(void **state)
{
	static const long bad[] = { 0, 3, 0x08, 0x10, 0x20, 0x22, 0x24, 0x18,
		0x2b, 0x10023, 0x1000000000023, -1 };

	(void)state;
	for (size_t i = 0; i < nitems(bad); i++) {
		fill();
		before[CS] = bad[i];
		assert_false(take());
		fill();
		before[SS] = bad[i];
		assert_false(take());
	}
	fill();
	before[CS] = USER_SS;
	assert_false(take());
	fill();
	before[SS] = USER_CS;
	assert_false(take());
}

static void
rip_refused(void **state)
{
	static const struct {
		long rip;
		bool good;
	} rows[] = {
		{ 0, true },
		{ HANDLER, true },
		{ USER_END - 1, true },
		{ USER_END, false },
		{ 0x7fffffffffffffff, false },
		{ (long)0x8000000000000000, false },
		{ (long)0xffff800000000000, false },
		{ -1, false },
	};

	(void)state;
	for (size_t i = 0; i < nitems(rows); i++) {
		fill();
		before[RIP] = rows[i].rip;
		if (take() != rows[i].good)
			fail_msg("rip %lx", rows[i].rip);
	}
}

/* Every other register is the program's own affair, RSP too. */
static void
rest_taken(void **state)
{
	(void)state;
	for (int i = 0; i < NREGS; i++) {
		if (i == CS || i == SS || i == RIP || i == RFLAGS)
			continue;
		fill();
		before[i] = -1;
		if (!take())
			fail_msg("register %d", i);
	}
}

/* Carry, parity, adjust, zero, sign, trap, direction, overflow, nested task,
 * resume, alignment check, identification: no other bit changes. */
static void
flags_refused(void **state)
{
	static const u_long may = 1 << 0 | 1 << 2 | 1 << 4 | 1 << 6 | 1 << 7 |
	    1 << 8 | 1 << 10 | 1 << 11 | 1 << 14 | 1 << 16 | 1 << 18 | 1 << 21;

	(void)state;
	for (int bit = 0; bit < 64; bit++) {
		fill();
		before[RFLAGS] = PLAIN ^ (long)(1UL << bit);
		if (take() != ((may >> bit & 1) != 0))
			fail_msg("bit %d", bit);
	}
	fill();
	before[RFLAGS] = PLAIN | (long)may;
	assert_true(take());
}

/* A change is what counts: back to 0 as well as to 1. */
static void
flags_back(void **state)
{
	const void *uc;

	(void)state;
	fill();
	before[RFLAGS] = PLAIN;
	uc = context();
	regs[RFLAGS] = PLAIN | 0x3000;
	assert_false(sig_frame_take(uc, regs));
	regs[RFLAGS] = PLAIN | 0x401;
	assert_true(sig_frame_take(uc, regs));
	assert_int_equal(regs[RFLAGS], PLAIN);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(registers_saved),
		cmocka_unit_test(selectors_saved),
		cmocka_unit_test(rest_of_frame),
		cmocka_unit_test(handler_registers),
		cmocka_unit_test(no_siginfo),
		cmocka_unit_test(handler_flags),
		cmocka_unit_test(place),
		cmocka_unit_test(taken),
		cmocka_unit_test(round_trip),
		cmocka_unit_test(selectors_refused),
		cmocka_unit_test(rip_refused),
		cmocka_unit_test(rest_taken),
		cmocka_unit_test(flags_refused),
		cmocka_unit_test(flags_back),
	};

	return (RUN_TESTS(tests));
}
