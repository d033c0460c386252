/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * The memory of a process behind nested page tables as others see it: by its
 * own addresses, through its own page table, with its own rights.
 */
#include <sys/vmspace.h>
#include <cpu/trap.h>
#include <cpu/vframe.h>
#include "hostile.h"
#include "procmem.h"

static char *page[2];	   /* memory of the guest */
static vpte_t *entry;	   /* for WINDOW, in the guest's copy of our memory */
static vpte_t *table_page; /* the page table that it is in */

/* Ours and the guest's, before they are two. */
static void
prepare(void)
{
	page[0] = memory(PAGE_SIZE, RW);
	page[1] = memory(PAGE_SIZE, RW);
	memset(page[0], 'a', PAGE_SIZE);
	memset(page[1], 'b', PAGE_SIZE);
	nested_init(1);
	entry = window_entry(PAGE_SHIFT);
	table_page = (vpte_t *)trunc_page((u_long)entry);
	*entry = (vpte_t)page[0] | NESTED_TABLE;
}

/* Each byte that is heard is another turn; end of file is the end. */
static void
guest(const struct other *o)
{
	if (nested_run() != 0)
		_exit(1);
	other_turn(o);
}

/* Changes a word of the guest's memory, by its linear address below 512 GB,
 * where this is the physical one, too. */
static void
set_word(const struct other *o, vpte_t *where, vpte_t value)
{
	CHECK(pwrite(o->mem, &value, sizeof(value), (off_t)where) ==
	    sizeof(value));
}

static int
can_read(const struct other *o)
{
	char c = 0;

	if (pread(o->mem, &c, 1, WINDOW) == 1)
		return (c);
	CHECK(errno == EFAULT);
	return (0);
}

static int
can_write(const struct other *o)
{
	if (pwrite(o->mem, "w", 1, WINDOW) == 1)
		return (1);
	CHECK(errno == EFAULT);
	return (0);
}

static void
t_window(void)
{
	char buf[2 * PAGE_SIZE];
	struct other o;
	vpte_t seen;

	prepare();
	entry[1] = (vpte_t)page[1] | NESTED_TABLE;
	other_start(&o, guest);
	other_ready(&o);
	/* Over a border of pages that are neighbours only here. */
	CHECK(pread(o.mem, buf, 2 * PAGE_SIZE, WINDOW) == 2 * PAGE_SIZE);
	CHECK(buf[PAGE_SIZE - 1] == 'a' && buf[PAGE_SIZE] == 'b');
	CHECK(
	    pread(o.mem, buf, 2 * PAGE_SIZE, WINDOW + PAGE_SIZE) == PAGE_SIZE);
	CHECK(pwrite(o.mem, "1234", 4, WINDOW + PAGE_SIZE - 2) == 4);
	CHECK(pread(o.mem, buf, 2, (off_t)page[0] + PAGE_SIZE - 2) == 2);
	CHECK(pread(o.mem, buf + 2, 2, (off_t)page[1]) == 2);
	CHECK(memcmp(buf, "1234", 4) == 0);
	CHECK(page[1][0] == 'b'); /* ours */
	/* An access leaves the marks that the processor would leave. */
	CHECK(pread(o.mem, &seen, 8, (off_t)&entry[1]) == 8);
	CHECK((seen & (VPTE_A | VPTE_M)) == (VPTE_A | VPTE_M));
	/* The stack: above what EPT has, where its table says. */
	CHECK(pread(o.mem, buf, 8, (off_t)__builtin_frame_address(0)) == 8);
	CHECK_ERRNO(pread(o.mem, buf, 8, 0x700000000000), EFAULT);
	other_end(&o);
}

static void
t_guest_rights(void)
{
	struct other o;

	prepare();
	CHECK(mprotect(page[1], PAGE_SIZE, PROT_READ) == 0);
	other_start(&o, guest);
	other_ready(&o);
	CHECK(can_read(&o) == 'a' && can_write(&o));
	set_word(&o, entry, (vpte_t)page[0] | VPTE_V | VPTE_U);
	CHECK(can_read(&o) == 'w' && !can_write(&o));
	set_word(&o, entry, (vpte_t)page[0] | VPTE_V | VPTE_RW);
	CHECK(!can_read(&o) && !can_write(&o));
	set_word(&o, entry, (vpte_t)page[0] | VPTE_RW | VPTE_U);
	CHECK(!can_read(&o) && !can_write(&o));
	set_word(&o, entry, (vpte_t)page[0] | NESTED_TABLE | VPTE_NX);
	CHECK(can_read(&o) == 'w' && can_write(&o));
	/* Its table allows it, the process's memory does not. */
	set_word(&o, entry, (vpte_t)page[1] | NESTED_TABLE);
	CHECK(can_read(&o) == 'b' && !can_write(&o));
	other_end(&o);
}

static void
t_hostile_tables(void)
{
	static const vpte_t bad[] = { 1UL << 51, 0x600000000000, 0x7ffffffff000,
		0xfffffff000, 0x3000000000 };
	struct other o;
	char c;

	prepare();
	other_start(&o, guest);
	other_ready(&o);
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		set_word(&o, entry, bad[i] | NESTED_TABLE);
		CHECK(!can_read(&o) && !can_write(&o));
	}
	/* The table is the page, and its own entry. */
	set_word(&o, entry, (vpte_t)table_page | NESTED_TABLE);
	CHECK(can_read(&o) != 0 && can_write(&o));
	/* Above: no table, tables in nothing, in themselves, of no such size. */
	for (unsigned s = PDRSHIFT; s <= PML4SHIFT; s += VPTE_PAGE_BITS) {
		vpte_t *e = window_entry(s), good = *e;

		for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
			set_word(&o, e, bad[i] | NESTED_TABLE);
			CHECK(!can_read(&o) && !can_write(&o));
		}
		set_word(&o, e, 0);
		CHECK(!can_read(&o) && !can_write(&o));
		set_word(&o, e, good | VPTE_PS | PAGE_SIZE);
		CHECK(!can_read(&o) && !can_write(&o));
		set_word(&o, e, (vpte_t)trunc_page((u_long)e) | NESTED_TABLE);
		(void)can_read(&o);
		set_word(&o, e, good);
	}
	set_word(&o, entry, (vpte_t)page[1] | NESTED_TABLE);
	CHECK(can_read(&o) == 'b' && can_write(&o));
	/* Nothing is left that leads anywhere: not even to the table.  If it
	 * was not asleep yet it dies of that. */
	set_word(&o, nested_pml4, 0);
	CHECK(pread(o.mem, &c, 1, (off_t)page[0]) == -1 &&
	    (errno == EFAULT || errno == EIO));
	kill(o.pid, SIGKILL);
	check_killed(o.pid);
}

/* The entry says one page, then the other; each is of one letter. */
static void
change_entry(const struct other *o)
{
	if (nested_run() != 0)
		_exit(1);
	other_turn(o);
	for (u_int i = 0;; i++) {
		*(volatile vpte_t *)entry = (i % 3 == 2
			? 0
			: (vpte_t)page[i % 3] | NESTED_TABLE);
		if (i % 64 == 0)
			mprotect(
			    page[0], PAGE_SIZE, i % 128 == 0 ? PROT_READ : RW);
	}
}

static void
t_changes(void)
{
	char buf[PAGE_SIZE];
	struct other o;
	int seen[256] = { 0 };

	prepare();
	other_start(&o, change_entry);
	other_ready(&o);
	other_go(&o);
	for (int i = 0; i < 3000; i++) {
		if (i % 50 == 0)
			usleep(500);
		if (pread(o.mem, buf, PAGE_SIZE, WINDOW) != PAGE_SIZE) {
			CHECK(errno == EFAULT);
			continue;
		}
		CHECK(buf[0] == 'a' || buf[0] == 'b');
		CHECK(memcmp(buf, buf + 1, PAGE_SIZE - 1) == 0);
		seen[(u_char)buf[0]]++;
	}
	CHECK(seen['a'] + seen['b'] > 0);
	CHECK(kill(o.pid, SIGKILL) == 0 && tap_wait(o.pid) == SIGKILL);
}

static void
exec_away(const struct other *o)
{
	guest(o);
	execl("/bin/true", "true", (char *)NULL);
}

static void
t_goes_away(void)
{
	static char buf[16 * PAGE_SIZE];
	struct other o;

	prepare();
	for (int i = 0; i < 30; i++) {
		other_start(&o, exec_away);
		other_ready(&o);
		CHECK(can_read(&o) == 'a');
		if (i % 3 == 0)
			CHECK(kill(o.pid, SIGKILL) == 0);
		else
			other_go(&o);
		while (pread(o.mem, buf, sizeof(buf), WINDOW) != -1 ||
		    errno == EFAULT)
			usleep(i * 50);
		CHECK(errno == EIO);
		CHECK(tap_wait(o.pid) == (i % 3 == 0 ? SIGKILL : 0));
		for (int fd = 3; fd < 16; fd++)
			close(fd);
	}
}

/* A guest looks at itself and at one that is none. */
static void
look_from_inside(const struct other *o)
{
	char *w = (char *)WINDOW;
	int self;

	if (nested_run() != 0)
		_exit(1);
	self = open("/proc/self/mem", O_RDWR);
	CHECK(self >= 0);
	CHECK(pread(self, page[1], 3, WINDOW) == 3);
	CHECK(memcmp(page[1], "aaab", 4) == 0);
	/* The same page on both sides. */
	CHECK(pwrite(self, page[0], 8, WINDOW + 8) == 8);
	CHECK(pread(self, w + 64, 16, (off_t)page[1]) == 16);
	CHECK(memcmp(page[0] + 64, "aaabbbbbbbbbbbbb", 16) == 0);
	CHECK_ERRNO(pread(self, w + PAGE_SIZE, 16, (off_t)page[1]), EFAULT);
	CHECK_ERRNO(pread(self, w, 16, WINDOW + PAGE_SIZE), EFAULT);
	self = open_proc(getppid(), "mem", O_RDONLY);
	CHECK(self >= 0);
	CHECK(pread(self, w, 8, (off_t)page[1]) == 8);
	CHECK(memcmp(page[0], "bbbbbbbb", 8) == 0);
	CHECK_ERRNO(pread(self, w, 8, WINDOW), EFAULT); /* not there */
	other_turn(o);
}

static void
t_inside(void)
{
	struct other o;

	prepare();
	other_start(&o, look_from_inside);
	other_ready(&o);
	other_end(&o);
}

/* A vkernel that runs a process with another page table, for ever. */
static void
run_process(const struct other *o)
{
	struct trapframe tf = { .tf_rip = WINDOW, .tf_rsp = WINDOW };
	vpte_t *keep = nested_pml4, *pml4 = nested_page();
	struct vextframe vf = { 0 };
	char *code = memory(PAGE_SIZE, RW | PROT_EXEC);

	memcpy(code, "\xeb\xfe", 2); /* jmp to itself */
	nested_pml4 = pml4;
	nested_map(WINDOW, (u_long)code, PAGE_SHIFT, VPTE_V | VPTE_U);
	nested_pml4 = keep;
	if (vmspace_create(NULL, 0, NULL) != 0 || nested_run() != 0)
		_exit(1);
	other_turn(o);
	vmspace_ctl(pml4, VMSPACE_CTL_RUN, &tf, &vf);
	_exit(2);
}

static void
t_vkernel(void)
{
	struct other o;

	prepare();
	other_start(&o, run_process);
	other_ready(&o);
	other_go(&o);
	usleep(100000);
	/* The vkernel's own addresses. */
	CHECK(can_read(&o) == 'a');
	CHECK(can_write(&o) && can_read(&o) == 'w');
	CHECK(kill(o.pid, SIGKILL) == 0 && tap_wait(o.pid) == SIGKILL);
}

/* A frame that could not be written is found out first. */
static void
t_frame(void)
{
	struct trapframe *tf = (void *)(WINDOW + PAGE_SIZE - 32);
	vpte_t *keep, *pml4;
	struct vextframe vf = { 0 };
	char *code;

	prepare();
	code = memory(PAGE_SIZE, RW | PROT_EXEC);
	memcpy(code, "\xc6\x00\x01\x0f\x05", 5); /* movb $1,(rax); syscall */
	pml4 = nested_page();
	keep = nested_pml4;
	nested_pml4 = pml4;
	nested_map(WINDOW, (u_long)code, PAGE_SHIFT, NESTED_TABLE);
	nested_pml4 = keep;
	memset(page[0], 0, PAGE_SIZE);
	memset(page[1], 0, PAGE_SIZE);
	entry[1] = (vpte_t)page[1] | NESTED_TABLE;
	CHECK(vmspace_create(NULL, 0, NULL) == 0 && nested_run() == 0);
	tf->tf_rip = WINDOW;
	tf->tf_rsp = tf->tf_rax = WINDOW + 2048;
	entry[1] = (vpte_t)page[1] | VPTE_V | VPTE_U;
	vmm_guest_sync_addr(NULL, NULL);
	CHECK_ERRNO(vmspace_ctl(pml4, VMSPACE_CTL_RUN, tf, &vf), EFAULT);
	CHECK(code[2048] == 0); /* it has not run */
	entry[1] |= VPTE_RW;
	vmm_guest_sync_addr(NULL, NULL);
	CHECK(mprotect(page[1], PAGE_SIZE, PROT_READ) == 0);
	CHECK_ERRNO(vmspace_ctl(pml4, VMSPACE_CTL_RUN, tf, &vf), EFAULT);
	CHECK(code[2048] == 0);
	CHECK(mprotect(page[1], PAGE_SIZE, RW) == 0);
	CHECK(vmspace_ctl(pml4, VMSPACE_CTL_RUN, tf, &vf) == 0);
	CHECK(code[2048] == 1 && tf->tf_trapno == T_FAST_SYSCALL);
}

/* useracc(), natively: nothing is written for a call that must fail. */
static void
t_new_stack(void)
{
	prepare();
	memset(nested_stack, 's', NBPDR);
	/* The stack is within the last pages but a few. */
	CHECK(mprotect(nested_stack + NBPDR - 3 * PAGE_SIZE, PAGE_SIZE,
		  PROT_READ) == 0);
	CHECK_ERRNO(nested_run(), EFAULT);
	for (size_t i = 0; i < NBPDR; i++)
		CHECK(nested_stack[i] == 's');
	CHECK(mprotect(nested_stack, NBPDR, RW | PROT_EXEC) == 0);
	CHECK(nested_run() == 0);
	CHECK(*(char *)WINDOW == 'a');
}

static void
t_environment(void)
{
	char buf[64] = "";
	struct other o;
	int fd;

	prepare();
	other_start(&o, guest);
	other_ready(&o);
	fd = open_proc(o.pid, "environ", O_RDONLY);
	CHECK(fd >= 0 && read(fd, buf, sizeof(buf) - 1) > 0);
	CHECK(strchr(buf, '=') != NULL);
	close(fd);
	/* It shows another page there: that is what it would see itself, or
	 * sees, and dies. */
	set_word(&o, &nested_pml4[NESTED_INDEX(0x7fffffe00000, PML4SHIFT)], 0);
	fd = open_proc(o.pid, "environ", O_RDONLY);
	CHECK(fd >= 0 && read(fd, buf, sizeof(buf)) == 0);
	kill(o.pid, SIGKILL);
	check_killed(o.pid);
}

static void
t_page_rights(void)
{
	nested_init(1);
	catch_faults();
	check_rights();
	CHECK(nested_run() == 0);
	check_rights();
}

static const struct tap_case cases[] = {
	{ "a guest's memory by its own addresses", t_window },
	{ "a guest's memory with its own rights", t_guest_rights },
	{ "a guest's memory through hostile tables", t_hostile_tables },
	{ "a guest's memory while its table changes", t_changes },
	{ "a guest's memory while it goes away", t_goes_away },
	{ "a guest looks at memory", t_inside },
	{ "a vkernel's memory while it runs a process", t_vkernel },
	{ "a guest's environment", t_environment },
	{ "a frame that cannot be written", t_frame },
	{ "useracc: a new stack that cannot be written", t_new_stack },
	{ "rights of pages, before and behind", t_page_rights },
};

NESTED_MAIN(cases)
