/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Address spaces: long random runs of several processes against a model that
 * knows of every page who may do what with it, and what is in it.
 */
#include "vm_space.h"

#define NPROCS	4u
#define WINDOW	48u /* pages that are looked at */
#define OBJECTS 64u

enum kind { ABSENT, PRIVATE, SHARED };

/* A page of an address space. */
struct mpage {
	enum kind kind;
	int prot, maxprot;
	bool own;	   /* PRIVATE: has a page of its own */
	uint64_t word;	   /* in it */
	unsigned obj, idx; /* backing; obj 0: zeros */
};

static struct {
	struct vmspace *vm;
	struct mpage page[WINDOW];
} procs[NPROCS];

/* Objects 1 and 2 are the files; then shared memory. */
static uint64_t backing[OBJECTS]
		       [WINDOW > RIG_FILE_PAGES ? WINDOW : RIG_FILE_PAGES];
static unsigned nobjects;
static uint64_t serial;

static vm_offset_t
at(unsigned page)
{
	return (BASE + page * PAGE);
}

static unsigned
pick(unsigned n)
{
	return ((unsigned)random() % n);
}

static uint64_t
model_word(const struct mpage *p)
{
	if (p->kind == SHARED || (!p->own && p->obj != 0))
		return (backing[p->obj][p->idx]);
	return (p->own ? p->word : 0);
}

static int
model_access(const struct mpage *p, int prot)
{
	if (p->kind == ABSENT)
		return (EFAULT);
	return ((prot & ~p->prot) != 0 ? EACCES : 0);
}

static void
verify(unsigned n)
{
	size_t mapped = 0;
	uint64_t word;
	int error;

	for (unsigned i = 0; i < WINDOW; i++) {
		const struct mpage *p = &procs[n].page[i];

		mapped += p->kind != ABSENT;
		error = rig_read(procs[n].vm, at(i), &word);
		assert_int_equal(error, model_access(p, PROT_READ));
		if (error == 0)
			assert_int_equal(word, model_word(p));
	}
	rig_check(procs[n].vm, mapped);
}

static void
do_mmap(unsigned n, unsigned first, unsigned count)
{
	static const int prots[] = { 0, R, RW, RW, RW, RW, ALL, 5, 2 };
	int prot = prots[pick(nitems(prots))], file = -1;
	bool shared = pick(2) != 0;
	unsigned obj = 0, idx = 0;
	vm_offset_t where = at(first);

	if (pick(2) != 0) {
		file = (int)pick(RIG_FILES);
		obj = 1 + (unsigned)file;
		idx = pick(RIG_FILE_PAGES - count + 1);
	} else if (shared) {
		if (nobjects == OBJECTS)
			return;
		obj = nobjects++;
	}
	assert_int_equal(
	    rig_mmap(procs[n].vm, &where, count, prot, ALL,
		(shared ? F_SHARED : F_PRIVATE) | F_FIXED, file, idx),
	    0);
	for (unsigned i = 0; i < count; i++)
		procs[n].page[first + i] = (struct mpage){
			.kind = shared ? SHARED : PRIVATE,
			.prot = prot == 0 ? 0 : prot | PROT_READ,
			.obj = obj,
			.idx = idx + i,
		};
}

static void
do_munmap(unsigned n, unsigned first, unsigned count)
{
	assert_int_equal(rig_munmap(procs[n].vm, at(first), count), 0);
	memset(&procs[n].page[first], 0, count * sizeof(struct mpage));
}

static void
do_mprotect(unsigned n, unsigned first, unsigned count)
{
	int prot = (int)pick(8), expected = 0;

	for (unsigned i = first; i < first + count; i++)
		if (procs[n].page[i].kind == ABSENT)
			expected = ENOMEM;
	assert_int_equal(
	    rig_mprotect(procs[n].vm, at(first), count, prot), expected);
	for (unsigned i = first; expected == 0 && i < first + count; i++)
		procs[n].page[i].prot = prot == 0 ? 0 : prot | PROT_READ;
}

static void
do_write(unsigned n, unsigned first)
{
	struct mpage *p = &procs[n].page[first];
	int error = rig_write(procs[n].vm, at(first), ++serial);

	assert_int_equal(error, model_access(p, PROT_WRITE));
	if (error != 0)
		return;
	if (p->kind == SHARED)
		backing[p->obj][p->idx] = serial;
	else {
		p->own = true;
		p->word = serial;
	}
}

static void
do_free(unsigned n, unsigned first, unsigned count)
{
	assert_int_equal(
	    rig_madvise(procs[n].vm, at(first), count, ADV_FREE), 0);
	for (unsigned i = first; i < first + count; i++)
		procs[n].page[i].own = false;
}

static void
do_msync(unsigned n, unsigned first)
{
	const struct mpage *p = &procs[n].page[first];

	assert_int_equal(rig_msync(procs[n].vm, at(first), 1),
	    p->kind == ABSENT ? ENOMEM : 0);
	if (p->kind == SHARED && p->obj - 1 < RIG_FILES)
		assert_int_equal(rig_disk(p->obj - 1, p->idx), model_word(p));
}

/* A process that is not there is forked off another; one that is, ends. */
static void
do_fork(unsigned n)
{
	unsigned parent = pick(NPROCS);

	if (procs[n].vm != NULL) {
		if (n == 0)
			return;
		rig_exit(procs[n].vm);
		procs[n].vm = NULL;
	} else if (procs[parent].vm != NULL) {
		memcpy(
		    procs[n].page, procs[parent].page, sizeof(procs[n].page));
		procs[n].vm = rig_fork(procs[parent].vm);
		assert_non_null(procs[n].vm);
	}
}

static void
step(void)
{
	unsigned n = pick(NPROCS), first = pick(WINDOW);
	unsigned count = 1 + pick(WINDOW - first < 12 ? WINDOW - first : 12);
	unsigned what = pick(40);

	if (what == 0 || procs[n].vm == NULL) {
		do_fork(n);
		return;
	}
	if (what < 4)
		do_mmap(n, first, count);
	else if (what < 7)
		do_munmap(n, first, count);
	else if (what < 11)
		do_mprotect(n, first, count);
	else if (what < 12)
		do_free(n, first, count);
	else if (what < 14)
		do_msync(n, first);
	else if (what < 15)
		rig_reclaim();
	else if (what < 35)
		do_write(n, first);
	else
		verify(n);
}

static void
random_run(unsigned seed, unsigned steps, unsigned npages)
{
	srandom(seed);
	rig_start(npages);
	memset(procs, 0, sizeof(procs));
	memset(backing, 0, sizeof(backing));
	for (unsigned f = 0; f < RIG_FILES; f++)
		for (unsigned i = 0; i < RIG_FILE_PAGES; i++)
			backing[1 + f][i] = rig_disk(f, i);
	nobjects = 1 + RIG_FILES;
	procs[0].vm = rig_space();
	for (unsigned i = 0; i < steps; i++)
		step();
	for (unsigned n = 0; n < NPROCS; n++)
		if (procs[n].vm != NULL)
			verify(n);
	for (unsigned n = 0; n < NPROCS; n++)
		if (procs[n].vm != NULL)
			rig_exit(procs[n].vm);
	assert_int_equal(rig_kills, 0);
	rig_finish();
}

static void
random_runs(void **state)
{
	(void)state;
	for (unsigned seed = 1; seed <= 60; seed++)
		random_run(seed, 2000, 2048);
}

/* So little memory that pages of files have to go all the time. */
static void
random_runs_scarce(void **state)
{
	(void)state;
	for (unsigned seed = 1; seed <= 30; seed++)
		random_run(1000 + seed, 2000, 400);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(random_runs),
		cmocka_unit_test(random_runs_scarce),
	};

	return (RUN_TESTS(tests));
}
