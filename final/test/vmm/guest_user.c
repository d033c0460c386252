/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Programs that run as processes of the small vkernel, guest_vkernel.c.
 *
 * They are linked into the same image, but their page tables map of it only
 * these instructions and constants: no variable but on the stack, no function
 * of another file.  A program ends by exit(); 0 is good, else it is the line
 * on which something was wrong.
 */
#include <sys/errno.h>
#include <sys/signal.h>
#include "guest_call.h"
#include "guest_vkernel.h"

#define WORDS (PAGE_SIZE / sizeof(u_long))
#define expect(what)                                                           \
	do {                                                                   \
		if (!(what))                                                   \
			guest_exit(__LINE__);                                  \
	} while (0)

static volatile u_long *
heap(u_long page)
{
	return ((volatile u_long *)VK_HEAP + page * WORDS);
}

/* A system call; its error if the carry flag says so, else 0. */
static int
call(long number, long a1, long a2, long a3)
{
	long result = number;
	bool failed;

	__asm __volatile("syscall"
			 : "+a"(result), "=@ccc"(failed)
			 : "D"(a1), "S"(a2), "d"(a3)
			 : "rcx", "r11", "memory");
	return (failed ? (int)result : 0);
}

/** Prints a line. @param arg not used */
void
user_hello(long arg __unused)
{
	char line[] = "process ? of the vkernel\n";

	line[8] = '0' + guest_call(SYS_getpid, 0, 0, 0);
	expect(guest_call(SYS_write, 1, (long)line, sizeof(line) - 1) ==
	    sizeof(line) - 1);
	guest_exit(0);
}

/** Does nothing, for ever. @param arg not used */
void
user_spin(long arg __unused)
{
	for (;;)
		__asm __volatile("");
}

static u_long
fs_word(u_long offset)
{
	u_long word;

	__asm __volatile("movq %%fs:(%1), %0" : "=r"(word) : "r"(offset));
	return (word);
}

static u_long
gs_word(u_long offset)
{
	u_long word;

	__asm __volatile("movq %%gs:(%1), %0" : "=r"(word) : "r"(offset));
	return (word);
}

/**
 * Writes and reads 24 pages again and again; what is in them depends on the
 * process.
 * @param passes	how often
 */
void
user_memory(long passes)
{
	const u_long mine = guest_call(SYS_getpid, 0, 0, 0) << 32;

	for (u_long page = 0; page < 24; page++)
		expect(heap(page)[7] == 0);
	for (long pass = 0; pass < passes; pass++) {
		for (u_long page = 0; page < 24; page++) {
			expect(pass == 0 ||
			    heap(page)[7] == (mine | (pass - 1) << 8 | page));
			/* Every third page is only read. */
			if (pass == 0 || page % 3 != 0)
				heap(page)[7] = mine | pass << 8 | page;
			else
				heap(page)[7] += 0x100;
		}
		expect(fs_word(56) == heap(0)[7]);
		expect(gs_word(48) == heap(0)[7]);
		if (pass % 2 == 1)
			guest_call(SYS_sched_yield, 0, 0, 0);
	}
	guest_exit(0);
}

/**
 * Counts in one page without a system call.  Who takes the page away must see
 * the last number, and give it back so.
 * @param n	to this number
 */
void
user_count(long n)
{
	for (long i = 0; i < n; i++) {
		expect(heap(0)[7] == (u_long)i);
		heap(0)[7] = i + 1;
	}
	guest_exit(0);
}

/**
 * Adds up without a system call.
 * @param n	to this number
 */
void
user_compute(long n)
{
	volatile u_long sum = 0;

	for (long i = 1; i <= n; i++)
		sum += i;
	expect(sum == (u_long)n * (n + 1) / 2);
	guest_exit(0);
}

/* heap(0)[0]: signals so far; [1]: where the last one was. */
static void
on_signal(long sig, struct trapframe *tf)
{
	heap(0)[1] = sig;
	heap(0)[0]++;
	call(SYS_sigreturn, (long)tf, 0, 0);
	guest_exit(__LINE__);
}

/** Waits for SIGUSR1 without a system call. @param arg not used */
void
user_wait_for_signal(long arg __unused)
{
	struct sigaction act = { .sa_handler = (u_long)on_signal };
	u_long sum = 0;

	expect(call(SYS_sigaction, SIGUSR1, (long)&act, 0) == 0);
	while (heap(0)[0] == 0)
		for (u_long i = 0; i < 100; i++)
			sum += i;
	expect(sum % 4950 == 0 && heap(0)[1] == SIGUSR1);
	guest_exit(0);
}

/**
 * Sends one.
 * @param pid	to this process
 */
void
user_send_signal(long pid)
{
	expect(call(SYS_kill, 99, SIGUSR1, 0) == ESRCH);
	expect(call(SYS_kill, pid, NSIG, 0) == EINVAL);
	/* It may not be so far yet, and would die of it. */
	for (u_int i = 0; i < 3; i++)
		guest_call(SYS_sched_yield, 0, 0, 0);
	expect(call(SYS_kill, pid, SIGUSR1, 0) == 0);
	guest_exit(0);
}

/** Makes mistakes that end no process. @param arg not used */
void
user_system_calls(long arg __unused)
{
	static const u_long bad[] = { 0, 0x400000 - 8, VK_HEAP - 1,
		VK_STACK_TOP - 1, 0x10000000, -1UL, 0x8000000000000000 };
	char line[] = "across two pages\n";
	volatile char *edge = (volatile char *)heap(1) - 8;

	for (u_int i = 0; i < nitems(bad); i++) {
		expect(call(SYS_write, 1, bad[i], 8) == EFAULT);
		expect(call(SYS_sigaction, SIGUSR1, bad[i], 0) == EFAULT);
	}
	expect(call(-1, 0, 0, 0) == ENOSYS);
	expect(call(SYS_vmspace_ctl, 0x800000, 1, 0) == ENOSYS);
	expect(call(SYS_write, 7, (long)line, 1) == EBADF);
	/* Pages that nobody has touched yet, and one that comes from swap. */
	expect(call(SYS_write, 1, (long)heap(9), 0) == 0);
	for (u_int i = 0; line[i] != 0; i++)
		edge[i] = line[i];
	expect(guest_call(SYS_write, 1, (long)edge, sizeof(line) - 1) ==
	    sizeof(line) - 1);
	guest_exit(0);
}

static u_long
deeper(u_long n)
{
	volatile u_long here[64];

	here[n % 64] = n;
	return (n == 1000000 ? 0 : deeper(n + 1) + here[n % 64]);
}

/** Does what ends a process. @param how enum user_wild */
void
user_wild(long how)
{
	struct sigaction act = { .sa_handler = 0x8000000000000000 };
	struct trapframe tf = { .tf_rip = 1L << 62 };
	volatile u_int zero = 0;

	switch (how) {
	case WILD_READ_KERNEL:
		(void)*(volatile u_long *)0x10000000;
		break;
	case WILD_WRITE_TEXT:
		*(volatile char *)user_start = 0;
		break;
	case WILD_JUMP:
		((void (*)(void))0x123456789000)();
		break;
	case WILD_NOT_CANONICAL:
		(void)*(volatile u_long *)0x8000000000000000;
		break;
	case WILD_STACK:
		deeper(0);
		break;
	case WILD_DIVIDE:
		zero = 7 / zero;
		break;
	case WILD_HLT:
		__asm __volatile("hlt");
		break;
	case WILD_CLI:
		__asm __volatile("cli");
		break;
	case WILD_UD2:
		__asm __volatile("ud2");
		break;
	case WILD_VMCALL:
		__asm __volatile("vmcall");
		break;
	case WILD_INT3:
		__asm __volatile("int3");
		break;
	case WILD_INT80:
		__asm __volatile("int $0x80");
		break;
	case WILD_FPU:
		__asm __volatile("fldz");
		break;
	case WILD_STEP:
		__asm __volatile("pushfq; orl $0x100, (%%rsp); popfq;"
				 "syscall; nop"
				 :
				 : "a"(SYS_getpid)
				 : "rcx", "memory");
		break;
	case WILD_STEP_CPUID:
		__asm __volatile("pushfq; orl $0x100, (%%rsp); popfq;"
				 "cpuid; nop"
				 :
				 : "a"(0)
				 : "rbx", "rcx", "rdx", "memory");
		break;
	case WILD_LOAD_SS:
		__asm __volatile("movl %%ss, %%ecx; movl %%ecx, %%ss"
				 :
				 :
				 : "rcx");
		break;
	case WILD_SIGRETURN:
		call(SYS_sigreturn, (long)&tf, 0, 0);
		break;
	case WILD_HANDLER:
		call(SYS_sigaction, SIGUSR1, (long)&act, 0);
		call(SYS_kill, guest_call(SYS_getpid, 0, 0, 0), SIGUSR1, 0);
		break;
	}
	guest_exit(__LINE__);
}

/**
 * Makes system calls that do nothing.
 * @param n	how many
 */
void
user_null_calls(long n)
{
	while (n-- > 0)
		guest_call(SYS_getpid, 0, 0, 0);
	guest_exit(0);
}

/**
 * Touches pages for the first time.
 * @param n	how many
 */
void
user_touch(long n)
{
	while (n-- > 0)
		heap(n)[0] = 1;
	guest_exit(0);
}
