/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Hostile guests: page tables, and how they get there.
 */
#include <sys/stat.h>
#include <fcntl.h>
#include <pthread.h>
#include "hostile.h"

/* --- page tables --- */

static void
t_rights(void)
{
	char *p = memory(PAGE_SIZE, RW | PROT_EXEC);
	vpte_t *e;

	*p = (char)0xc3; /* ret */
	nested_init(1);
	e = window_entry(PAGE_SHIFT);
	*e = (vpte_t)p | VPTE_V | VPTE_U;
	enter();
	CHECK(access_of(WINDOW, 'r') == 0);
	CHECK(access_of(WINDOW, 'x') == 0);
	CHECK(access_of(WINDOW, 'w') == SIGSEGV && got_code == SEGV_ACCERR &&
	    got_addr == WINDOW);
	*e = (vpte_t)p | VPTE_V | VPTE_RW; /* not the guest's */
	vmm_guest_sync_addr(NULL, NULL);
	CHECK(access_of(WINDOW, 'r') == SIGSEGV && got_code == SEGV_ACCERR);
	*e = (vpte_t)p | NESTED_TABLE | VPTE_NX;
	vmm_guest_sync_addr(NULL, NULL);
	CHECK(access_of(WINDOW, 'w') == 0);
	*p = (char)0xc3;
	CHECK(access_of(WINDOW, 'x') == SIGSEGV);
	*e = 0;
	vmm_guest_sync_addr(NULL, NULL);
	CHECK(access_of(WINDOW, 'r') == SIGSEGV && got_code == SEGV_MAPERR);
}

static void
t_not_executable(void)
{
	char *p = memory(PAGE_SIZE, RW);

	*p = (char)0xc3;
	nested_init(1);
	enter();
	CHECK(access_of((u_long)p, 'w') == 0);
	*p = (char)0xc3;
	CHECK(access_of((u_long)p, 'x') == SIGSEGV && got_addr == (u_long)p);
}

static void
t_reserved(void)
{
	static const vpte_t bad[] = { 1UL << 51, 1UL << 50 };
	char *p = memory(PAGE_SIZE, RW);
	vpte_t *e;

	nested_init(1);
	e = window_entry(PAGE_SHIFT);
	enter();
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		*e = (vpte_t)p | NESTED_TABLE | bad[i];
		vmm_guest_sync_addr(NULL, NULL);
		CHECK(access_of(WINDOW, 'r') == SIGSEGV);
		CHECK_ERRNO(write(1, (void *)WINDOW, 1), EFAULT);
	}
	*window_entry(PML4SHIFT) |= VPTE_PS; /* reserved there */
	vmm_guest_sync_addr(NULL, NULL);
	CHECK(access_of(WINDOW, 'r') == SIGSEGV);
	CHECK_ERRNO(write(1, (void *)WINDOW, 1), EFAULT);
}

/* A table that is its own page, at each level. */
static void
t_loops(void)
{
	int fd[2];
	vpte_t seen, *table;

	CHECK(pipe(fd) == 0);
	nested_init(1);
	for (unsigned s = PML4SHIFT; s > PAGE_SHIFT; s -= VPTE_PAGE_BITS)
		window_entry(s - VPTE_PAGE_BITS);
	enter();
	for (unsigned s = PDPSHIFT; s >= PAGE_SHIFT; s -= VPTE_PAGE_BITS) {
		table = (vpte_t *)trunc_page((u_long)window_entry(s));
		for (unsigned i = 0; i < VPTE_PAGE_ENTRIES; i++)
			table[i] = (vpte_t)table | NESTED_TABLE;
		vmm_guest_sync_addr(NULL, NULL);
		CHECK(access_of(WINDOW, 'r') == 0);
		CHECK(write(fd[1], (void *)WINDOW, 8) == 8);
		CHECK(read(fd[0], &seen, 8) == 8);
		CHECK((seen & VPTE_FRAME) == (vpte_t)table);
		bzero(table, PAGE_SIZE);
		vmm_guest_sync_addr(NULL, NULL);
	}
	/* The root in itself, four times: it shows itself as a page ... */
	nested_pml4[300] = (vpte_t)nested_pml4 | NESTED_TABLE;
	vmm_guest_sync_addr(NULL, NULL);
	CHECK(*(volatile vpte_t *)0xffff964b2592c000 == nested_pml4[0]);
	CHECK(write(fd[1], (void *)0xffff964b2592c000, 8) == 8);
	CHECK(read(fd[0], &seen, 8) == 8 && seen == nested_pml4[0]);
	/* ... and once: its entry for a large page is one of a smaller one
	 * then, of address 0, where the process has nothing. */
	CHECK(access_of(0xffff960000000000, 'r') == SIGSEGV);
	CHECK_ERRNO(write(fd[1], (void *)0xffff960000000000, 8), EFAULT);
}

static void
t_far_memory(void)
{
	static const u_long gpas[] = { 0x600000000000, 0x7ffffffff000,
		0x800000000000, 0xfffffff000 };
	vpte_t *e;

	nested_init(1);
	e = window_entry(PAGE_SHIFT);
	enter();
	for (size_t i = 0; i < sizeof(gpas) / sizeof(*gpas); i++) {
		*e = gpas[i] | NESTED_TABLE;
		vmm_guest_sync_addr(NULL, NULL);
		CHECK(access_of(WINDOW + 5, 'r') == SIGSEGV);
		CHECK_ERRNO(write(1, (void *)WINDOW, 1), EFAULT);
		CHECK_ERRNO(fstat(0, (void *)WINDOW), EFAULT);
	}
	/* A table there. */
	for (size_t i = 0; i < sizeof(gpas) / sizeof(*gpas); i++) {
		*window_entry(PDRSHIFT) = gpas[i] | NESTED_TABLE;
		vmm_guest_sync_addr(NULL, NULL);
		CHECK(access_of(WINDOW, 'w') == SIGSEGV);
		CHECK_ERRNO(fstat(0, (void *)WINDOW), EFAULT);
	}
}

/* Whether the processor sets accessed and dirty marks in EPT, bit 21. */
static int
ept_has_marks(void)
{
	u_long cap = 0;
	size_t size = sizeof(cap);

	CHECK(
	    sysctlbyname("hw.vmm.vmx.ept_vpid_cap", &cap, &size, NULL, 0) == 0);
	return ((cap >> 21 & 1) != 0);
}

/* A table in memory that may only be read: marks cannot be set. */
static void
t_table_read_only(void)
{
	vpte_t *pt = (vpte_t *)memory(PAGE_SIZE, RW);
	char *p = memory(PAGE_SIZE, RW);
	vpte_t entry = (vpte_t)p | NESTED_TABLE;

	pt[0] = entry;
	CHECK(mprotect(pt, PAGE_SIZE, PROT_READ) == 0);
	nested_init(1);
	*window_entry(PDRSHIFT) = (vpte_t)pt | NESTED_TABLE;
	enter();
	CHECK(access_of((u_long)pt, 'w') == SIGSEGV && pt[0] == entry);
	/* The entry has no accessed mark yet, and cannot get one.  Bochs'
	 * models without such marks in EPT set it all the same: see the
	 * ledger in the book. */
	(void)access_of(WINDOW, 'r');
	if (got_sig == 0)
		CHECK(!ept_has_marks() && pt[0] == (entry | VPTE_A));
	else
		CHECK(got_sig == SIGSEGV && got_code == SEGV_ACCERR &&
		    pt[0] == entry);
	/* The host sets no mark where it may not write. */
	pt = (vpte_t *)memory(PAGE_SIZE, RW);
	pt[0] = entry;
	CHECK(mprotect(pt, PAGE_SIZE, PROT_READ) == 0);
	*window_entry(PDRSHIFT) = (vpte_t)pt | NESTED_TABLE;
	vmm_guest_sync_addr(NULL, NULL);
	CHECK_ERRNO(fstat(0, (void *)WINDOW), EFAULT);
	CHECK(pt[0] == entry);
}

static void
t_table_unmapped(void)
{
	vpte_t *pt;

	nested_init(1);
	window_entry(PAGE_SHIFT);
	pt = (vpte_t *)trunc_page((u_long)window_entry(PAGE_SHIFT));
	enter();
	CHECK(munmap(pt, PAGE_SIZE) == 0);
	CHECK(access_of(WINDOW, 'r') == SIGSEGV);
	CHECK_ERRNO(fstat(0, (void *)WINDOW), EFAULT);
}

/* All of its page tables: it cannot run any more, nor get a signal. */
static void
t_no_tables(void)
{
	pid_t pid = fork();

	if (pid == 0) {
		nested_init(1);
		if (nested_run() != 0)
			_exit(1);
		munmap(nested_pml4, PAGE_SIZE);
		_exit(2);
	}
	check_killed(pid);
}

static void
t_root_cleared(void)
{
	pid_t pid = fork();

	if (pid == 0) {
		nested_init(1);
		catch_faults();
		if (nested_run() != 0)
			_exit(1);
		bzero(nested_pml4, PAGE_SIZE);
		getpid(); /* an exit, after which nothing is in a TLB */
		vmm_guest_sync_addr(NULL, NULL);
		_exit(2);
	}
	check_killed(pid);
}

/* --- vmm_guest_ctl --- */

static void
t_bad_options(void)
{
	struct vmm_guest_options good, o;
	char *ro = memory(2 * PAGE_SIZE, PROT_READ);

	nested_init(1);
	munmap(ro + PAGE_SIZE, PAGE_SIZE);
	good = (struct vmm_guest_options){
		.guest_cr3 = (register_t)nested_pml4,
		.new_stack = (register_t)(nested_stack + NBPDR),
		.master = 1,
	};
	CHECK_ERRNO(vmm_guest_ctl(0, &good), EINVAL);
	CHECK_ERRNO(vmm_guest_ctl(2, &good), EINVAL);
	CHECK_ERRNO(vmm_guest_ctl(-1, NULL), EINVAL);
	CHECK_ERRNO(vmm_guest_ctl(VMM_GUEST_RUN, NULL), EFAULT);
	CHECK_ERRNO(vmm_guest_ctl(VMM_GUEST_RUN, (void *)-8L), EFAULT);
	CHECK_ERRNO(
	    vmm_guest_ctl(VMM_GUEST_RUN, (void *)(ro + PAGE_SIZE - 8)), EFAULT);
	static const register_t cr3s[] = { 0, 1, 0x1008, -4096L, 1L << 47,
		1L << 52, 1L << 62 };
	for (size_t i = 0; i < sizeof(cr3s) / sizeof(*cr3s); i++) {
		o = good;
		o.guest_cr3 = cr3s[i];
		CHECK_ERRNO(vmm_guest_ctl(VMM_GUEST_RUN, &o), EINVAL);
	}
	o = good;
	o.master = 0;
	CHECK_ERRNO(vmm_guest_ctl(VMM_GUEST_RUN, &o), EINVAL);
	static const register_t stacks[] = { 0, 4096, 0x1001, -4096L, -1L,
		0x600000000000 };
	for (size_t i = 0; i < sizeof(stacks) / sizeof(*stacks); i++) {
		o = good;
		o.new_stack = stacks[i];
		CHECK_ERRNO(vmm_guest_ctl(VMM_GUEST_RUN, &o), EFAULT);
	}
	o = good;
	o.new_stack = (register_t)ro + PAGE_SIZE;
	CHECK_ERRNO(vmm_guest_ctl(VMM_GUEST_RUN, &o), EFAULT);
	enter();
	CHECK_ERRNO(vmm_guest_ctl(VMM_GUEST_RUN, &good), EBUSY);
}

static void *
wait_for_ever(void *arg)
{
	for (;;)
		pause();
	return (arg);
}

static void
t_two_threads(void)
{
	pthread_t t;

	CHECK(pthread_create(&t, NULL, wait_for_ever, NULL) == 0);
	nested_init(1);
	errno = 0;
	CHECK(nested_run() == -1 && errno == EBUSY);
}

/* A root that is memory, and nonsense: it ends by a signal. */
static void
t_garbage_root(void)
{
	pid_t pid;

	for (int i = 0; i < 16; i++) {
		pid = fork();
		if (pid == 0) {
			nested_init(1);
			srand(i);
			for (unsigned n = 0; n < 512; n++)
				nested_pml4[n] = (vpte_t)rand() << 32 ^
				    (vpte_t)rand() << 11 ^ rand();
			nested_run();
			_exit(2);
		}
		check_killed(pid);
	}
}

static const struct tap_case cases[] = {
	{ "rights of its own page table", t_rights },
	{ "memory that is not to be executed", t_not_executable },
	{ "reserved bits", t_reserved },
	{ "tables that contain themselves", t_loops },
	{ "guest-physical memory out of reach", t_far_memory },
	{ "a table that is read-only", t_table_read_only },
	{ "a table that is unmapped", t_table_unmapped },
	{ "the root unmapped under its feet", t_no_tables },
	{ "the root cleared under its feet", t_root_cleared },
	{ "bad options", t_bad_options },
	{ "vmm_guest_ctl with two threads", t_two_threads },
	{ "roots of random bits", t_garbage_root },
};

NESTED_MAIN(cases)
