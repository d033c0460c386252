/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * What runs in VMX non-root mode, ring 3: one small guest for each property.
 *
 * guest.ld links this file where it is loaded, since the guest's page table
 * maps low addresses to themselves.  It shares no function with the host: a
 * call from here into the kernel would not even link.
 */
#include <sys/errno.h>
#include <sys/param.h>
#include <cpu/cpufunc.h>
#include <cpu/specialreg.h>
#include "guest_call.h"
#include "vmm.h"

#define PATTERN 0x0101010101010101UL

/* tag::hello[] */
static char hello[] = "Hello from VMX non-root mode, ring ?\n";

/** Prints which ring it is in. */
void
guest_hello(void)
{
	uint16_t cs;

	__asm __volatile("movw %%cs, %0" : "=r"(cs));
	hello[sizeof(hello) - 3] = '0' + (cs & 3);
	guest_exit(guest_call(SYS_write, 1, (long)hello, sizeof(hello) - 1));
}
/* end::hello[] */

/** Hands sub-leaf 1 of CPUID leaf 4 to the host; fails if it sees VMX. */
void
guest_cpuid(void)
{
	u_int p[4], q[4];

	do_cpuid(1, p);
	cpuid_count(4, 1, q);
	guest_exit((p[2] & CPUID2_VMX) != 0 ? 0 : q[0] ^ q[1]);
}

/** Adds the squares up to 1000. */
void
guest_sum(void)
{
	volatile int last = 1000; /* or the compiler does the sum itself */
	int sum = 0;

	for (int i = 1; i <= last; i++)
		sum += i * i;
	guest_exit(sum);
}

/**
 * Writes to its stack's page and reads it where it is in low memory.
 * @param low	that page under its physical address
 */
void
guest_memory(const volatile uint64_t *low)
{
	volatile uint64_t *high;
	u_int wrong = 0;

	high = (volatile uint64_t *)(GUEST_STACK_TOP - NBPDR);
	for (u_int i = 0; i < PAGE_SIZE / 8; i++)
		high[i] = i * PATTERN;
	for (u_int i = 0; i < PAGE_SIZE / 8; i++)
		wrong += low[i] != i * PATTERN;
	guest_exit(wrong);
}

/** Writes where its page table has nothing. */
void
guest_fault(void)
{
	*(volatile int *)GUEST_HOLE = 1;
	guest_exit(0);
}

/** Makes a system call behind prefixes: still SYSCALL. */
void
guest_prefixed(void)
{
	long number = 0;

	/* Were RIP advanced by 2 only, the rest would become an ADD. */
	__asm __volatile(".byte 0x2e, 0x66, 0x48; syscall; nop; nop; nop; nop"
			 : "+a"(number));
	guest_exit(number == ENOSYS ? 3 : 0);
}

/** Executes an opcode that is invalid, with a system call's registers. */
void
guest_ud2(void)
{
	__asm __volatile("ud2" : : "a"(SYS_exit), "D"(0));
}

/** Divides by zero. */
void
guest_divide(void)
{
	__asm __volatile("divl %0" : : "r"(0), "a"(1), "d"(0));
}

/** Executes an instruction of ring 0. */
void
guest_privileged(void)
{
	cpu_halt();
}

/** Asks the host to print what is not the guest's. */
void
guest_bad_pointer(void)
{
	guest_exit(guest_call(SYS_write, 1, (long)guest_end - 4, 8));
}

/** Calls a hypervisor that takes no calls. */
void
guest_vmcall(void)
{
	__asm __volatile("vmcall");
}

/** Never exits by itself. */
void
guest_spin(void)
{
	for (;;)
		cpu_pause();
}

/** Exits again and again, but never for the last time; not at every turn, for
 * exits are what costs an emulator most. */
void
guest_exits(void)
{
	u_int p[4];

	for (u_int i = 1;; i++) {
		cpu_pause();
		if (i % 64 == 0)
			do_cpuid(0, p);
	}
}
