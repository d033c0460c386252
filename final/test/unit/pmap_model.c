/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The model of a pmap, and its comparison with one.
 */
#include "pmap_model.h"
#include "ept.h"
#include <errno.h>

#define SIZE(level) PMAP_LEVEL_SIZE(level)
#define MARK(bit)   (1u << (bit))
#define AM	    (MARK(PG_A_IDX) | MARK(PG_M_IDX))

enum op { ENTER, ENTER_AGAIN, REMOVE, PROTECT, SET, CLEAR, OPS };

static const char *const op_words[OPS] = { "enter", "enter", "remove",
	"protect", "set_bit", "clear_bit" };

const struct pmap_format format_kernel = {
	.name = "kernel",
	.bits = {
		[PG_V_IDX] = X86_PG_V,
		[PG_RW_IDX] = X86_PG_RW,
		[PG_A_IDX] = X86_PG_A,
		[PG_M_IDX] = X86_PG_M,
		[PG_PS_IDX] = X86_PG_PS,
		[PG_W_IDX] = X86_PG_AVAIL1,
		[PG_MANAGED_IDX] = X86_PG_AVAIL2,
	},
	.prot = { X86_PG_NX, X86_PG_NX, X86_PG_RW | X86_PG_NX,
	    X86_PG_RW | X86_PG_NX, 0, 0, X86_PG_RW, X86_PG_RW },
	.prot_mask = X86_PG_RW | X86_PG_NX,
	.leaf = X86_PG_V,
	.uncached = X86_PG_PWT | X86_PG_PCD,
	.table = X86_PG_V | X86_PG_RW,
};

const struct model_kind model_kinds[] = {
	{ "kernel, 1 GB", &format_kernel, PMAP_LEVEL_1G, 0 },
	{ "kernel, 2 MB", &format_kernel, PMAP_LEVEL_2M, 0 },
	{ "EPT, 1 GB, A/D", &pmap_format_ept, PMAP_LEVEL_1G, PMAP_HVM },
	{ "EPT, 2 MB, emulated A/D", &pmap_format_ept, PMAP_LEVEL_2M,
	    PMAP_HVM | PMAP_EMULATE_AD_BITS },
	{ "EPT, 4 KB, A/D", &pmap_format_ept, PMAP_LEVEL_4K, PMAP_HVM },
	{ NULL, NULL, 0, 0 },
};

static bool
is_ept(const struct model *m)
{
	return ((m->kind->flags & PMAP_HVM) != 0);
}

static bool
emulates(const struct model *m)
{
	return ((m->kind->flags & PMAP_EMULATE_AD_BITS) != 0);
}

u_int
model_prot(const struct model_kind *kind, pt_entry_t pte)
{
	if ((kind->flags & PMAP_HVM) != 0)
		return (pte & 7);
	return (VM_PROT_READ | ((pte & X86_PG_RW) != 0 ? VM_PROT_WRITE : 0) |
	    ((pte & X86_PG_NX) == 0 ? VM_PROT_EXECUTE : 0));
}

/* A gigabyte, cut at the edges of three of its 2 MB and of their pages. */
static void
add_slot(struct model *m, vm_offset_t start)
{
	static const unsigned large[] = { 0, 1, 511 }, small[] = { 0, 1, 511 };
	vm_offset_t at;

	for (unsigned i = 0; i < nitems(large); i++)
		for (unsigned j = 0; j < nitems(small); j++) {
			at = start + large[i] * SIZE(1) + small[j] * SIZE(0);
			m->seg[m->nsegs++] = (struct segment){ at, SIZE(0),
				.level = PMAP_LEVEL_PML4 };
			if (small[j] == 1)
				m->seg[m->nsegs++] = (struct segment){
					at + SIZE(0), 509 * SIZE(0),
					.level = PMAP_LEVEL_PML4
				};
			if (large[i] == 1 && small[j] == 511)
				m->seg[m->nsegs++] = (struct segment){
					at + SIZE(0), 509 * SIZE(1),
					.level = PMAP_LEVEL_PML4
				};
		}
}

/* As a processor does that caches all there is. */
static void
fill_tlb(struct model *m)
{
	memcpy(m->tlb, m->seg, sizeof(m->tlb));
}

static bool
same_page(vm_offset_t a, vm_offset_t b, u_int level)
{
	return ((a & -SIZE(level)) == (b & -SIZE(level)));
}

static void
drop_translation(vm_offset_t va, void *arg)
{
	struct model *m = arg;

	m->invlpgs++;
	for (unsigned i = 0; i < m->nsegs; i++)
		/* All pages of a segment share its fate in every operation;
		 * the last one is looked at. */
		if (same_page(m->tlb[i].start + m->tlb[i].size - 1, va,
			m->tlb[i].level))
			m->tlb[i].mapped = false;
}

void
model_init(struct model *m, const struct model_kind *kind)
{
	static const vm_offset_t low[] = { 0, 1ul << 30, 511ul << 30,
		512ul << 30 };
	static const vm_offset_t high[] = { 0, 1ul << 30, -2ul << 30,
		-1ul << 30 };

	memset(m, 0, sizeof(*m));
	m->kind = kind;
	arena_reset();
	assert_int_equal(
	    pmap_pinit(&m->pmap, kind->format, kind->maxlevel, kind->flags), 0);
	arena_invlpg = drop_translation;
	arena_invlpg_arg = m;
	for (unsigned i = 0; i < nitems(low); i++)
		add_slot(m, is_ept(m) ? low[i] : high[i]);
	fill_tlb(m);
}

/* --- operations on the model --- */

/* The walk to a segment goes one level further: a table, or a split page. */
static bool
lower(struct model *m, const struct segment *s)
{
	u_int level = s->level;
	vm_offset_t va = s->start;

	if (m->limit == 0)
		return (false);
	m->limit -= m->limit > 0;
	m->must_sync |= s->mapped;
	for (unsigned i = 0; i < m->nsegs; i++)
		if (same_page(m->seg[i].start, va, level))
			m->seg[i].level = level - 1;
	return (true);
}

static int
model_enter(
    struct model *m, struct segment *s, vm_paddr_t pa, u_int prot, u_int level)
{
	vm_offset_t va = s->start & -SIZE(level);
	struct segment *t;
	unsigned marks = 0;

	while (s->level > level)
		if (!lower(m, s))
			return (ENOMEM);
	for (t = m->seg; t < m->seg + m->nsegs; t++) {
		if (!same_page(t->start, va, level))
			continue;
		if (t->mapped && t->pa == pa + (t->start - va))
			marks |= t->marks & AM;
		else
			m->must_sync |= t->mapped;
		m->must_sync |= t->level < level ||
		    (t->mapped && (t->prot & ~(prot | VM_PROT_READ)) != 0);
	}
	for (t = m->seg; t < m->seg + m->nsegs; t++)
		if (same_page(t->start, va, level))
			*t = (struct segment){ t->start, t->size, true, level,
				pa + (t->start - va), prot | VM_PROT_READ,
				marks };
	return (0);
}

/* What REMOVE, PROTECT and CLEAR make of a segment. */
static struct segment
changed(struct model *m, const struct segment *s, enum op op, u_int arg)
{
	struct segment t = *s;

	if (op == REMOVE || (op == PROTECT && arg == VM_PROT_NONE)) {
		t.mapped = false;
		t.marks = 0;
	} else if (op == PROTECT) {
		t.prot &= arg | VM_PROT_READ;
	} else {
		t.marks &= ~MARK(arg);
		if (arg == PG_M_IDX && emulates(m))
			t.prot &= ~VM_PROT_WRITE;
	}
	return (t);
}

static int
model_range(
    struct model *m, vm_offset_t sva, vm_offset_t eva, enum op op, u_int arg)
{
	unsigned hard = emulates(m) ? 0 : AM; /* what the processor keeps */
	struct segment *s, t;
	vm_offset_t base;

	for (s = m->seg; s < m->seg + m->nsegs; s++) {
		if (s->start < sva || s->start >= eva || !s->mapped)
			continue;
		t = changed(m, s, op, arg);
		if (t.mapped && t.prot == s->prot && t.marks == s->marks)
			continue;
		for (;;) {
			base = s->start & -SIZE(s->level);
			if (base >= sva && base + (SIZE(s->level) - 1) < eva)
				break;
			if (!lower(m, s))
				return (ENOMEM);
		}
		m->must_sync |= !t.mapped || t.prot != s->prot ||
		    ((t.marks ^ s->marks) & hard) != 0;
		t.level = s->level;
		*s = t;
	}
	return (0);
}

/* --- comparison --- */

static unsigned long
count_tables(const struct pmap *pmap, pt_entry_t pte, u_int level)
{
	const pt_entry_t *table = arena_dmap(pte & X86_PG_FRAME);
	unsigned long n = 1;

	for (unsigned i = 0; level > 0 && i < 512; i++) {
		if ((table[i] & pmap->pm_format->bits[PG_V_IDX]) == 0 ||
		    (table[i] & 0x80) != 0)
			continue;
		if ((table[i] & ~X86_PG_FRAME) != pmap->pm_format->table)
			fail_msg("entry for a table is %#lx", table[i]);
		n += count_tables(pmap, table[i], level - 1);
	}
	return (n);
}

unsigned long
model_count_tables(const struct pmap *pmap)
{
	return (count_tables(pmap, pmap->pm_pml4, PMAP_LEVEL_PML4));
}

static void
check_page(struct model *m, const struct segment *s, vm_offset_t offset)
{
	static const enum pmap_bit bits[] = { PG_A_IDX, PG_M_IDX, PG_W_IDX,
		PG_MANAGED_IDX };
	vm_offset_t va = s->start + offset;
	u_int level = PMAP_LEVEL_4K;
	vm_paddr_t pa = 0;
	pt_entry_t pte;
	bool mapped;

	mapped = pmap_extract(&m->pmap, va, &pa);
	pte = *pmap_pte(&m->pmap, va, &level);
	if (mapped != s->mapped || level != s->level)
		fail_msg("%#lx: %s at level %u, should be %s at level %u", va,
		    mapped ? "mapped" : "absent", level,
		    s->mapped ? "mapped" : "absent", s->level);
	if (!mapped)
		return;
	if (pa != s->pa + offset)
		fail_msg("%#lx: leads to %#lx, should lead to %#lx", va, pa,
		    s->pa + offset);
	if (model_prot(m->kind, pte) != s->prot)
		fail_msg("%#lx: rights %u, should be %u", va,
		    model_prot(m->kind, pte), s->prot);
	for (unsigned i = 0; i < nitems(bits); i++)
		if (pmap_test_bit(&m->pmap, va, bits[i]) !=
		    ((s->marks & MARK(bits[i])) != 0))
			fail_msg("%#lx: mark %u wrong", va, bits[i]);
}

/* Would a processor that still holds `old` do what the tables forbid? */
static bool
is_stale(const struct segment *old, const struct segment *s)
{
	return (old->mapped &&
	    (!s->mapped || old->pa != s->pa || (old->prot & ~s->prot) != 0 ||
		(old->marks & ~s->marks & AM) != 0));
}

static void
check_invalidation(struct model *m, u_long gen, unsigned freed)
{
	if (is_ept(m)) {
		if ((m->pmap.pm_invgen != gen) != m->must_sync)
			fail_msg("INVEPT is %sneeded, the generation says "
				 "otherwise",
			    m->must_sync ? "" : "not ");
		return;
	}
	for (unsigned i = 0; i < m->nsegs; i++)
		if (is_stale(&m->tlb[i], &m->seg[i]))
			fail_msg("%#lx: a processor may still hold the old "
				 "translation",
			    m->seg[i].start + m->seg[i].size - SIZE(0));
	if (arena_freed() != freed && m->invlpgs == 0)
		fail_msg("a table was freed and no INVLPG done");
}

static void
check(struct model *m, u_long gen, unsigned freed)
{
	const struct segment *s;
	unsigned long tables;

	for (s = m->seg; s < m->seg + m->nsegs; s++) {
		check_page(m, s, 0);
		check_page(m, s, s->size - 1);
	}
	check_invalidation(m, gen, freed);
	tables = model_count_tables(&m->pmap);
	if (tables != m->pmap.pm_tables || tables != arena_used())
		fail_msg("%lu tables reachable, %lu counted, %u pages out",
		    tables, m->pmap.pm_tables, arena_used());
	fill_tlb(m);
}

/* --- operations by bytes --- */

static void
step_enter(struct model *m, const uint8_t *op)
{
	struct segment *s = &m->seg[op[1] % m->nsegs];
	u_int level = (op[3] >> 4) % (m->kind->maxlevel + 1u);
	u_int prot = op[3] % 7 + 1;
	vm_offset_t va;
	vm_paddr_t pa;
	int error;

	while (SIZE(level) < s->size)
		level++;
	if (level > m->kind->maxlevel)
		return;
	va = s->start & -SIZE(level);
	pa = (4 + (op[2] & 1ul)) << 30 | (va & (SIZE(PMAP_LEVEL_1G) - 1));
	if ((op[2] & 0xf0) == 0)
		pa ^= SIZE(level);
	error = pmap_enter(&m->pmap, va, pa, prot, level);
	assert_int_equal(model_enter(m, s, pa, prot, level), error);
}

static void
step_set(struct model *m, const uint8_t *op)
{
	static const enum pmap_bit bits[] = { PG_A_IDX, PG_M_IDX, PG_W_IDX,
		PG_MANAGED_IDX };
	enum pmap_bit bit = bits[op[3] % nitems(bits)];
	struct segment *s = &m->seg[op[1] % m->nsegs], *t;
	u_int level = s->level;

	if (!s->mapped || SIZE(level) < s->size)
		return;
	pmap_set_bit(&m->pmap, s->start, bit);
	for (t = m->seg; t < m->seg + m->nsegs; t++)
		if (same_page(t->start, s->start, level))
			t->marks |= MARK(bit);
}

static void
step_range(struct model *m, const uint8_t *op, enum op what)
{
	static const enum pmap_bit bits[] = { PG_A_IDX, PG_M_IDX, PG_W_IDX,
		PG_MANAGED_IDX };
	/* Ranges stay on one side of the hole in the address space. */
	unsigned half = is_ept(m) ? m->nsegs : m->nsegs / 2;
	unsigned first = op[1] % m->nsegs, from = first / half * half;
	const struct segment *last = &m->seg[from + op[2] % half];
	vm_offset_t sva = m->seg[first].start, eva = last->start + last->size;
	u_int arg = op[3] % 8;
	int error;

	if (eva == 0) /* the end of all: no range can have it */
		eva = last->start;
	if (what == REMOVE)
		error = pmap_remove(&m->pmap, sva, eva);
	else if (what == PROTECT)
		error = pmap_protect(&m->pmap, sva, eva, arg);
	else
		error = pmap_clear_bit(
		    &m->pmap, sva, eva, bits[arg %= nitems(bits)]);
	if (what == CLEAR)
		arg = bits[arg];
	assert_int_equal(model_range(m, sva, eva, what, arg), error);
}

void
model_step(struct model *m, const uint8_t op[MODEL_OP])
{
	enum op what = op[0] % OPS;
	u_long gen = m->pmap.pm_invgen;
	unsigned freed = arena_freed();

	m->steps++;
	m->must_sync = false;
	m->invlpgs = 0;
	m->limit = op[4] >= 0xe0 ? op[4] & 3 : ARENA_UNLIMITED;
	arena_limit(m->limit);
	if (what == ENTER || what == ENTER_AGAIN)
		step_enter(m, op);
	else if (what == SET)
		step_set(m, op);
	else
		step_range(m, op, what);
	arena_limit(ARENA_UNLIMITED);
	if (getenv("MODEL_VERBOSE") != NULL)
		fprintf(stderr, "# %s: step %u: %s %02x %02x %02x %02x\n",
		    m->kind->name, m->steps, op_words[what], op[1], op[2],
		    op[3], op[4]);
	check(m, gen, freed);
}

void
model_done(struct model *m)
{
	pmap_release(&m->pmap);
	assert_int_equal(m->pmap.pm_tables, 0);
	assert_int_equal(arena_used(), 0);
	arena_invlpg = NULL;
}
