/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * The example of vmm_guest_ctl(2) and vmm_guest_sync_addr(2): a process goes
 * behind nested page tables and changes a page table of its own.
 */
/* tag::example[] */
#include <sys/vkernel.h>
#include <sys/vmm.h>
#include <err.h>
#include <stdio.h>
#include <unistd.h>

#define MB2   (2UL << 20)
#define GB    (1UL << 30)
#define TABLE (VPTE_V | VPTE_RW | VPTE_U)
#define LARGE (TABLE | VPTE_PS)

/* Tables: the top one, for 512 GB below, for 512 GB where the stack is. */
static vpte_t pml4[512] __aligned(4096), low[512] __aligned(4096),
    high[512] __aligned(4096), low_pd[512][512] __aligned(4096),
    high_pd[512] __aligned(4096);
static char stack[MB2] __aligned(MB2);
static char one[MB2] __aligned(MB2), two[MB2] __aligned(MB2);

/* The first 512 GB where they are; the last 2 MB are the new stack. */
static void
make_tables(void)
{
	for (u_long i = 0; i < 512; i++) {
		low[i] = (vpte_t)low_pd[i] | TABLE;
		for (u_long j = 0; j < 512; j++)
			low_pd[i][j] = i * GB | j * MB2 | LARGE;
	}
	high_pd[511] = (vpte_t)stack | LARGE;
	high[511] = (vpte_t)high_pd | TABLE;
	pml4[0] = (vpte_t)low | TABLE;
	pml4[255] = (vpte_t)high | TABLE;
}

int
main(void)
{
	struct vmm_guest_options options = { .guest_cr3 = (register_t)pml4,
		.new_stack = (register_t)(stack + sizeof(stack)),
		.master = 1 };
	volatile char *window = one;
	vpte_t *entry = &low_pd[0][(u_long)one / MB2];
	long value = (long)((vpte_t)two | LARGE);
	pid_t pid = getpid();

	make_tables();
	one[0] = '1';
	two[0] = '2';
	if (vmm_guest_ctl(VMM_GUEST_RUN, &options) != 0)
		err(1, "vmm_guest_ctl");
	printf("behind it, %s process\n",
	    getpid() == pid ? "the same" : "another");
	printf("the window shows %c\n", *window);
	if (vmm_guest_sync_addr((long *)entry, &value) != 0)
		err(1, "vmm_guest_sync_addr");
	printf("the window shows %c\n", *window);
	printf("the old entry led to %s\n",
	    ((vpte_t)value & VPTE_FRAME) == (vpte_t)one ? "one" : "nowhere");
	if (vmm_guest_ctl(VMM_GUEST_RUN, &options) != 0)
		warn("once more");
	return (0);
}
/* end::example[] */
