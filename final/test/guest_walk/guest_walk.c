/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Does the host's walk of a guest's page table say what the processor says?
 *
 * Random page tables lie in two blocks of memory.  A guest does one access
 * through those in the first, the host walks those in the second, and the
 * oracle says beforehand what both must find.  Compared are the outcome, the
 * error code of a page fault, the address of an EPT violation, what was read
 * and where a write went, and all entries of both blocks afterwards, with
 * their accessed and dirty marks.
 *
 * Where EPT has accessed and dirty flags the processor counts a walk as a
 * write to the tables, so that a read-only table is a violation even if it
 * needs no mark.  The host does not: it may read what the process may read.
 * The processor is then compared with the oracle that knows EPT's flags, the
 * host with the one that does not, and they are not compared with each other.
 *
 * Left out, and counted:
 *
 * - On EPT without these flags, a mark that is to be set in a read-only table:
 *   a processor exits with an EPT violation, Bochs 2.7 writes to the table.
 * - A fetch from a page of tables: that would be executed.
 * - A write over the entry through which the guest finds its own code.
 *
 * Not compared, since Bochs 2.7 says it otherwise than a processor: whether a
 * violation by a walk was a read or a write.  EPT has small pages only, so
 * that the reserved bits of its large ones, which Bochs does not check, do not
 * come into it.
 *
 * Marks that an access leaves which does not succeed are compared, but only
 * counted: the SDM leaves them to the processor.  With EPT's flags there are
 * some: the processor refuses a read-only table before it has marked anything,
 * the host when it comes to mark an entry in it.
 */
#include <sys/errno.h>
#include <sys/systm.h>
#include <sys/tap.h>
#include <machine/vmparam.h>
#include <vm/vm_page.h>
#include "vmm_copyio.h"
#include "walk_guest.h"

#define WALKS	       100000
#define POINTERS       8		  /* for each case */
#define CODE_ENTRY     (8 * (NPTEPG - 1)) /* in the root */
#define MARKS	       (X86_PG_A | X86_PG_M)
#define REPORT_AT_MOST 5

/** What is counted. */
enum count {
	DONE_READ,
	DONE_WRITE,
	DONE_FETCH,
	PF_ABSENT,
	PF_RIGHTS,
	PF_RESERVED,
	NOT_CANONICAL,
	EPT_PAGE,
	EPT_TABLE,
	STRICTER,
	OUT_MARK,
	OUT_CODE,
	OTHER_MARKS,
	COUNTS
};

static const char *const count_words[COUNTS] = {
	[DONE_READ] = "read",
	[DONE_WRITE] = "written",
	[DONE_FETCH] = "fetched",
	[PF_ABSENT] = "page faults: absent",
	[PF_RIGHTS] = "page faults: rights",
	[PF_RESERVED] = "page faults: reserved bit",
	[NOT_CANONICAL] = "not canonical",
	[EPT_PAGE] = "EPT violations: the page",
	[EPT_TABLE] = "EPT violations: a table",
	[STRICTER] = "of these, where the host succeeds",
	[OUT_MARK] = "left out: mark in a read-only table",
	[OUT_CODE] = "left out: tables as code, code's own table",
	[OTHER_MARKS] = "failures that leave other marks than the host's",
};

/** One access: what is to happen. */
struct trial {
	vm_offset_t va;		 /**< pointer */
	u_int access;		 /**< VM_PROT_READ, WRITE or EXECUTE */
	struct walk_answer cpu;	 /**< for the processor */
	struct walk_answer host; /**< for the host */
	bool reachable;		 /**< cpu.gpa may be accessed so */
	uint8_t was;		 /**< byte at host.gpa */
	uint8_t value;		 /**< byte to write */
};

static struct walk_case c;
static struct walk_mem mine, copy;
static u_long counts[COUNTS];
static u_int wrong_processor, wrong_host, wrong_marks;
static uint64_t seed;

/* What is in a data page when no table is: `int N`, and the offset. */
static void
fill(struct walk_mem *mem, u_int at)
{
	const uint8_t data[8] = { 0xcd, at >> PAGE_SHIFT, at >> 8, at, 0x90,
		0x90, 0x90, 0x90 };

	if (at >= ptoa(WALK_TABLES))
		memcpy(mem->base + at, data, sizeof(data));
}

static void
complain(const struct trial *t, const char *what, u_int *wrong)
{
	if (++*wrong > REPORT_AT_MOST)
		return;
	tap_diag("%s: access %u of %#lx, cr3 %#lx, nxe %d; oracle: kind %d, "
		 "gpa %#lx, code %#x",
	    what, t->access, t->va, c.cr3, c.nxe, t->cpu.kind, t->cpu.gpa,
	    t->cpu.code);
	for (u_int i = 0; i < c.nentries; i++)
		tap_diag("  entry at %#lx: %#lx, processor left %#lx, host "
			 "%#lx",
		    WALK_GPA + c.entry[i].at, c.entry[i].pte,
		    *(uint64_t *)(mine.base + c.entry[i].at),
		    *(uint64_t *)(copy.base + c.entry[i].at));
}

/* Chooses an access; false if it is one to leave out. */
static bool
choose(struct trial *t)
{
	static const u_int accesses[] = { VM_PROT_READ, VM_PROT_WRITE,
		VM_PROT_EXECUTE };
	vm_paddr_t offset;

	t->was = 0;
	t->access = accesses[(walk_random(&seed) >> 32) % nitems(accesses)];
	t->va = walk_pointer(&c, &seed);
	if (t->access != VM_PROT_WRITE)
		t->va &= ~7UL;
	walk_ask(&c, &mine, t->va, t->access, guest_ept_ad(), &t->cpu);
	walk_ask(&c, &mine, t->va, t->access, false, &t->host);
	if (t->cpu.by_mark) {
		counts[OUT_MARK]++;
		return (false);
	}
	offset = t->host.gpa - WALK_GPA;
	if (t->host.kind == WALK_OK && offset < ptoa(WALK_PAGES))
		t->was = copy.base[offset];
	t->value = ~t->was;
	t->reachable = t->cpu.kind == WALK_OK &&
	    walk_page(&mine, t->cpu.gpa,
		t->access == VM_PROT_WRITE ? VM_PROT_WRITE : VM_PROT_READ) !=
		NULL;
	if (!t->reachable)
		return (true);
	if ((t->access == VM_PROT_EXECUTE && offset < ptoa(WALK_TABLES)) ||
	    (t->access == VM_PROT_WRITE && offset >= CODE_ENTRY &&
		offset < CODE_ENTRY + 8)) {
		counts[OUT_CODE]++;
		return (false);
	}
	return (true);
}

/* Whether a success did what it should; counts it. */
static bool
check_done(const struct trial *t, const struct guest_report *r)
{
	u_int offset = t->cpu.gpa - WALK_GPA;

	if (r->outcome != GUEST_DONE)
		return (false);
	switch (t->access) {
	case VM_PROT_READ:
		counts[DONE_READ]++;
		return (r->value == *(uint64_t *)(mine.base + offset));
	case VM_PROT_WRITE:
		counts[DONE_WRITE]++;
		return (mine.base[offset] == t->value);
	default:
		counts[DONE_FETCH]++;
		return (r->value == offset >> PAGE_SHIFT);
	}
}

/* Whether the processor did what the oracle says; counts it. */
static bool
check_processor(const struct trial *t, const struct guest_report *r)
{
	if (t->reachable)
		return (check_done(t, r));
	switch (t->cpu.kind) {
	case WALK_PF:
		counts[(t->cpu.code & 8) != 0	 ? PF_RESERVED
			: (t->cpu.code & 1) != 0 ? PF_RIGHTS
						 : PF_ABSENT]++;
		return (r->outcome == GUEST_PF && r->code == t->cpu.code);
	case WALK_GP:
		counts[NOT_CANONICAL]++;
		return (r->outcome == GUEST_GP);
	default:
		counts[t->cpu.kind == WALK_OK ? EPT_PAGE : EPT_TABLE]++;
		return (r->outcome == GUEST_EPT && r->gpa == t->cpu.gpa &&
		    r->table_walk == (t->cpu.kind != WALK_OK));
	}
}

/* The host's walk of its copy, and the write if it is one. */
static bool
check_host(const struct trial *t, const struct vmm_linear *g)
{
	vm_paddr_t gpa = 0;
	int error = guest_phys_addr(g, t->va, t->access, &gpa);

	if (error != (t->host.kind == WALK_OK ? 0 : EFAULT) ||
	    (error == 0 && gpa != t->host.gpa))
		return (false);
	if (t->access != VM_PROT_WRITE)
		return (true);
	return (vmm_subyte(g, t->va, t->value) ==
	    (error == 0 && walk_page(g->arg, gpa, VM_PROT_WRITE) != NULL
		    ? 0
		    : EFAULT));
}

/* Compares the entries of both blocks. */
static void
check_marks(const struct trial *t)
{
	pt_entry_t differ = 0;

	for (u_int i = 0; i < c.nentries; i++)
		differ |= *(pt_entry_t *)(mine.base + c.entry[i].at) ^
		    *(pt_entry_t *)(copy.base + c.entry[i].at);
	if (differ == 0)
		return;
	if (t->reachable || (differ & ~MARKS) != 0)
		complain(t, "tables differ", &wrong_marks);
	else
		counts[OTHER_MARKS]++;
}

static void
undo(const struct trial *t)
{
	vm_paddr_t offset = t->host.gpa - WALK_GPA;

	if (t->host.kind == WALK_OK && offset < ptoa(WALK_PAGES)) {
		copy.base[offset] = t->was;
		mine.base[offset] = t->was;
	}
	walk_install(&c, &mine);
	walk_install(&c, &copy);
}

static void
try_pointer(const struct vmm_linear *g)
{
	struct guest_report r;
	struct trial t;

	while (!choose(&t))
		;
	guest_access(t.va, t.access, t.value, &r);
	if (!check_processor(&t, &r)) {
		complain(&t, "processor", &wrong_processor);
		if (wrong_processor <= REPORT_AT_MOST)
			tap_diag("  outcome %d, reason %u, exception %#x, rip "
				 "%#lx, gpa %#lx, code %#x, value %#lx",
			    r.outcome, r.reason, r.intr_info, r.rip, r.gpa,
			    r.code, r.value);
	}
	if (!check_host(&t, g))
		complain(&t, "host", &wrong_host);
	if (t.cpu.kind == WALK_MISSING && t.host.kind == WALK_OK)
		counts[STRICTER]++;
	else
		check_marks(&t);
	undo(&t);
}

static void
run(u_int walks)
{
	struct vmm_linear g = { .page = walk_page, .arg = &copy };

	for (u_int i = 0; i < walks; i += POINTERS) {
		c.nxe = walk_random(&seed) >> 63 != 0;
		c.cr3 = WALK_GPA | walk_random(&seed) >> 52;
		walk_generate(&c, &seed);
		walk_install(&c, &mine);
		walk_install(&c, &copy);
		g.cr3 = c.cr3;
		g.maxphyaddr = c.maxphyaddr;
		g.page_1gb = c.page_1gb;
		g.nxe = c.nxe;
		guest_tables(&c);
		for (u_int k = 0; k < POINTERS; k++)
			try_pointer(&g);
		walk_remove(&c, &mine);
		walk_remove(&c, &copy);
		for (u_int k = 0; k < c.nentries; k++) {
			fill(&mine, c.entry[k].at);
			fill(&copy, c.entry[k].at);
		}
	}
}

static void
make_copy(void)
{
	vm_page_t m = vm_page_alloc(6);

	if (m == NULL)
		panic("guest_walk: out of memory");
	mine = (struct walk_mem){ guest_memory(), walk_rights };
	copy.base = PHYS_TO_DMAP(vm_page_phys(m));
	copy.rights = walk_rights;
	for (u_int at = 0; at < ptoa(WALK_PAGES); at += 8)
		fill(&mine, at);
	memcpy(copy.base, mine.base, WALK_PAGES * PAGE_SIZE);
}

/** @return 0 when all agree, or VMX is refused with a reason */
int
main(void)
{
	u_int walks = kgetenv_int("walks", WALKS);
	const char *refusal = guest_init();
	u_int i, unseen = 0;

	if (refusal != NULL) {
		tap_skip_all("%s", refusal);
		return (0);
	}
	tap_plan(5);
	seed = kgetenv_int("seed", 1);
	c.maxphyaddr = guest_maxphyaddr();
	c.page_1gb = guest_page_1gb();
	make_copy();
	run(walks);
	tap_diag("%u walks, physical addresses of %u bits%s%s", walks,
	    c.maxphyaddr, c.page_1gb ? ", 1 GB pages" : "",
	    guest_ept_ad() ? ", EPT marks pages" : "");
	for (i = 0; i < COUNTS; i++)
		tap_diag("%8lu %s", counts[i], count_words[i]);
	tap_ok(wrong_processor == 0, "the processor does what the oracle says");
	tap_ok(wrong_host == 0, "the host's walk finds what the oracle says");
	tap_ok(wrong_marks == 0, "both leave the same tables behind");
	tap_ok(memcmp(mine.base, copy.base, WALK_PAGES * PAGE_SIZE) == 0,
	    "nothing else was written");
	for (i = 0; i < STRICTER; i++)
		unseen += counts[i] == 0;
	tap_ok(unseen == 0, "every kind of outcome was met");
	vm_page_free(vm_page_lookup(DMAP_TO_PHYS(copy.base)));
	guest_fini();
	return (tap_status());
}
