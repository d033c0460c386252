/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * The guests of step 02: what a process can do with its memory when that
 * memory is guest-physical.  Linked with guest.c; see there for the rules.
 */
#include <sys/param.h>
#include <cpu/cpufunc.h>
#include "guest_call.h"
#include "vmm.h"

#define BIG_STEP (GUEST_RAM_SIZE / GUEST_BIG_STEPS)

static volatile uint8_t *
at(vm_offset_t va)
{
	return ((volatile uint8_t *)va);
}

/** Touches 64 pages in a range that only has room for small ones. */
void
guest_touch(void)
{
	for (u_int i = 0; i < 64; i++)
		*at(GUEST_SMALL + ptoa(i)) = i;
	guest_exit(*at(GUEST_SMALL + ptoa(63)));
}

/** Touches a byte here and there in 768 MB. */
void
guest_big(void)
{
	u_int wrong = 0;

	for (u_int i = 0; i < GUEST_BIG_STEPS; i++)
		*at(GUEST_RAM + i * BIG_STEP) = i;
	for (u_int i = 0; i < GUEST_BIG_STEPS; i++)
		wrong += *at(GUEST_RAM + i * BIG_STEP) != i;
	guest_exit(wrong);
}

/** Touches a gigabyte in two places, and takes one page of it away. */
void
guest_huge(void)
{
	*at(GUEST_HUGE) = 1;
	*at(GUEST_HUGE + NBPDP - 1) = 2;
	if (guest_call(SYS_munmap, GUEST_HUGE + NBPDR, PAGE_SIZE, 0) != 0)
		guest_exit(1);
	guest_exit(*at(GUEST_HUGE) != 1 || *at(GUEST_HUGE + NBPDP - 1) != 2);
}

/** Writes to memory that is not cached. */
void
guest_device(void)
{
	*at(GUEST_DEVICE) = 5;
	guest_exit(*at(GUEST_DEVICE));
}

/** Reads eight pages and writes every other one of them. */
void
guest_dirty(void)
{
	u_int sum = 0;

	for (u_int i = 0; i < 8; i++)
		sum += *at(GUEST_SMALL + ptoa(i));
	for (u_int i = 1; i < 8; i += 2)
		*at(GUEST_SMALL + ptoa(i)) = 1;
	guest_exit(sum);
}

static volatile uint64_t own_variable = 41;

/** Changes its own image. */
void
guest_own_image(void)
{
	own_variable++;
	guest_exit(own_variable);
}

/** Takes its own right to write one page of a large one, and writes. */
void
guest_protect(void)
{
	*at(GUEST_RAM) = 1;
	if (guest_call(SYS_mprotect, GUEST_RAM + PAGE_SIZE, PAGE_SIZE,
		VM_PROT_READ) != 0)
		guest_exit(1);
	*at(GUEST_RAM) = 2;
	*at(GUEST_RAM + 2 * PAGE_SIZE) = 2;
	if (*at(GUEST_RAM + PAGE_SIZE) != 0)
		guest_exit(2);
	*at(GUEST_RAM + PAGE_SIZE) = 2;
	guest_exit(3);
}

/** Gives a page in the middle of a large one back, and reads it. */
void
guest_unmap(void)
{
	*at(GUEST_RAM + PAGE_SIZE) = 7;
	if (guest_call(SYS_munmap, GUEST_RAM, PAGE_SIZE, 0) != 0 ||
	    *at(GUEST_RAM + PAGE_SIZE) != 7)
		guest_exit(1);
	guest_exit(2 + *at(GUEST_RAM));
}

/** Touches guest-physical memory that the process does not have. */
void
guest_outside(void)
{
	guest_exit(*at(GUEST_IDENTITY - PAGE_SIZE));
}

/** Jumps to memory that is not for execution. */
void
guest_no_fetch(void)
{
	*at(GUEST_RAM) = 0xc3; /* RET */
	((void (*)(void))GUEST_RAM)();
	guest_exit(0);
}
