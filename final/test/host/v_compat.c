/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * A program that uses DragonFly's names for these interfaces compiles, with
 * the headers in this order.
 */
#include <sys/param.h>
#include <sys/sysctl.h>
#include <sys/vmm_guest_ctl.h>
#include <sys/vmm.h>
#include <sys/mman.h>
#include <sys/vkernel.h>
#include <cpu/cpufunc.h>
#include <cpu/specialreg.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

_Static_assert(PML4SHIFT == 39 && PDPSHIFT == 30 && PDRSHIFT == 21, "shifts");
_Static_assert(
    PML4MASK == (1UL << 39) - 1 && PDPMASK == (1UL << 30) - 1, "masks");
_Static_assert(sizeof(struct vmm_guest_options) == 232, "layout");
_Static_assert(__builtin_offsetof(struct vmm_guest_options, new_stack) == 16 &&
	__builtin_offsetof(struct vmm_guest_options, tf) == 24 &&
	__builtin_offsetof(struct vmm_guest_options, master) == 224,
    "layout");
_Static_assert((VPTE_V | VPTE_RW | VPTE_U | VPTE_A | VPTE_M | VPTE_PS | VPTE_G |
		   VPTE_WIRED) == 0x3e7,
    "bits");
_Static_assert(VPTE_FRAME == 0x000ffffffffff000 && VPTE_FRAME_END == 48 &&
	VPTE_PAGE_BITS == 9,
    "format");
_Static_assert(VMM_GUEST_RUN == 1 && sizeof(vpte_t) == 8, "numbers");

int
main(void)
{
	struct guest_options old_name;
	u_int regs[4];
	void *p = mmap(NULL, PAGE_SIZE, PROT_READ | PROT_WRITE,
	    MAP_ANON | MAP_PRIVATE, -1, 0);
	int good;

	bzero(&old_name, sizeof(old_name));
	do_cpuid(0x80000001, regs);
	good = p != MAP_FAILED &&
	    posix_memalign(&p, PAGE_SIZE, PAGE_SIZE) == 0 &&
	    ((u_long)p & PAGE_MASK) == 0 && old_name.guest_cr3 == 0;
	printf("1..1\n# 1 GB pages: %d\n%sok 1 - names of DragonFly\n",
	    (regs[3] & AMDID_PAGE1GB) != 0, good ? "" : "not ");
	return (!good);
}
