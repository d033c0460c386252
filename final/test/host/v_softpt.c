/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Memory behind a vkernel's page table (MAP_VPAGETABLE): rights and marks,
 * tables that make no sense, calls that change such mappings, reading and
 * writing of a space, and memory that gets short.
 */
#include <sys/wait.h>
#include <setjmp.h>
#include "soft.h"

/* mov al,[rbx]; syscall   and   mov [rbx],al; syscall */
#define READ  "\x8a\x03\x0f\x05"
#define WRITE "\x88\x03\x0f\x05"

static void
touch(struct process *p, u_long va, int write)
{
	memcpy(p->code, write ? WRITE : READ, 4);
	p->tf.tf_rip = CODE;
	p->tf.tf_rbx = (register_t)va;
}

static void
touch_ok(struct process *p, u_long va, int write)
{
	touch(p, va, write);
	run_call(p);
}

static void
touch_fault(struct process *p, u_long va, int write, int err)
{
	touch(p, va, write);
	run_fault(p, va, err | PGEX_U | (write ? PGEX_W : 0));
}

/* --- marks --- */

static void
t_marks(void)
{
	struct process p;
	vpte_t *e;

	soft_start(&p);
	e = soft_entry(p.pml4, DATA, PAGE_SHIFT);
	touch_ok(&p, DATA, 0);
	CHECK((*e & (VPTE_A | VPTE_M)) == VPTE_A);
	/* The page is there for reading: the write has to be seen. */
	touch_ok(&p, DATA, 1);
	CHECK((*e & (VPTE_A | VPTE_M)) == (VPTE_A | VPTE_M));
	for (unsigned s = 39; s > PAGE_SHIFT; s -= VPTE_PAGE_BITS)
		CHECK((*soft_entry(p.pml4, DATA, s) & (VPTE_A | VPTE_M)) ==
		    VPTE_A);
	CHECK((*soft_entry(p.pml4, CODE, PAGE_SHIFT) & VPTE_M) == 0);
	/* Until it is told, the host need not notice a change. */
	*e &= ~(VPTE_A | VPTE_M);
	soft_inval(&p, DATA);
	touch_ok(&p, DATA, 0);
	CHECK((*e & (VPTE_A | VPTE_M)) == VPTE_A);
	touch_ok(&p, DATA, 1);
	CHECK((*e & VPTE_M) != 0);
	/* With M there, reading gives the right to write. */
	soft_inval(&p, DATA);
	touch_ok(&p, DATA, 0);
	touch_ok(&p, DATA, 1);
}

/* --- rights --- */

static void
t_rights(void)
{
	struct process p;
	vpte_t *e, *top, old;

	soft_start(&p);
	e = soft_entry(p.pml4, DATA, PAGE_SHIFT);
	top = soft_entry(p.pml4, DATA, 39);
	touch_ok(&p, DATA, 1);
	old = *e;
	*e = old & ~VPTE_RW;
	soft_inval(&p, DATA);
	touch_fault(&p, DATA, 1, PGEX_P);
	touch_ok(&p, DATA, 0);
	touch_fault(&p, DATA, 1, PGEX_P);
	*e = old & ~VPTE_U;
	soft_inval(&p, DATA);
	touch_fault(&p, DATA, 0, PGEX_P);
	*e = 0;
	soft_inval(&p, DATA);
	touch_fault(&p, DATA, 0, 0);
	touch_fault(&p, DATA, 1, 0);
	/* A right has to be in all of the entries. */
	*e = old;
	*top &= ~VPTE_RW;
	soft_inval(&p, DATA);
	touch_ok(&p, DATA, 0);
	touch_fault(&p, DATA, 1, PGEX_P);
	*top |= VPTE_RW;
	soft_inval(&p, DATA);
	touch_ok(&p, DATA, 1);
	/* Code. */
	*(uint16_t *)p.data = 0x050f;
	p.tf.tf_rip = DATA;
	CHECK(run(&p) == 0 && p.tf.tf_trapno == T_FAST_SYSCALL);
	*e |= VPTE_NX;
	soft_inval(&p, DATA);
	p.tf.tf_rip = DATA;
	run_fault(&p, DATA, PGEX_P | PGEX_U | PGEX_I);
	touch_ok(&p, DATA, 1);
}

/* Without U in the root nobody asks for it: the vkernel's own memory. */
static void
t_own(void)
{
	u_long root, page;
	char *kva;

	soft_init(64);
	root = soft_page();
	page = soft_page();
	kva = mmap(NULL, 1UL << 39, RW, MAP_SHARED | MAP_VPAGETABLE, soft_fd,
	    0x40000000);
	CHECK(kva != MAP_FAILED);
	/* Addresses are those of the file, not of the process. */
	soft_map(root, 0x40000000, page, VPTE_V | VPTE_RW);
	soft_map(root, 0x40001000, page, VPTE_V);
	CHECK(mcontrol(kva, 1UL << 39, MADV_SETMAP,
		  (off_t)(root | VPTE_V | VPTE_RW)) == 0);
	strcpy(kva, "one page");
	CHECK(strcmp(kva + PAGE_SIZE, "one page") == 0);
	CHECK(strcmp(soft_at(page), "one page") == 0);
	/* Also by the kernel's copies. */
	CHECK(pread(soft_fd, kva, 4, (off_t)page + 4) == 4);
	CHECK(strcmp(kva + PAGE_SIZE, "pagepage") == 0);
	CHECK_ERRNO(pread(soft_fd, kva + PAGE_SIZE, 4, 0), EFAULT);
	CHECK_ERRNO(pread(soft_fd, kva + 2 * PAGE_SIZE, 4, 0), EFAULT);
}

/* Large pages, at every level. */
static void
t_large(void)
{
	struct process p;
	char *all;

	/* 2 MB of image at 2 MB. */
	soft_init(1024);
	soft_process(&p);
	strcpy(soft_at(0x200000 + 0x5000), "in a large page");
	*soft_entry(p.pml4, 0x40200000, 21) = 0x200000 | SOFT_TABLE | VPTE_PS;
	touch_ok(&p, 0x40205000, 0);
	CHECK((char)p.tf.tf_rax == 'i');
	CHECK((*soft_entry(p.pml4, 0x40200000, 21) & VPTE_A) != 0);
	/* 1 GB, of which the image has 4 MB. */
	*soft_entry(p.pml4, 0x80000000, 30) = SOFT_TABLE | VPTE_PS;
	touch_ok(&p, 0x80205000, 1);
	CHECK((*soft_entry(p.pml4, 0x80000000, 30) & VPTE_M) != 0);
	touch_fault(&p, 0x80400000, 0, 0);
	/* A root that is no table: the image as it is. */
	all = mmap(
	    NULL, 1UL << 30, RW, MAP_SHARED | MAP_VPAGETABLE, soft_fd, 0);
	CHECK(all != MAP_FAILED);
	CHECK(mcontrol(all, 1UL << 30, MADV_SETMAP, SOFT_TABLE | VPTE_PS) == 0);
	CHECK(strcmp(all + 0x205001, "n a large page") == 0);
	all[0x205000] = 'I';
	CHECK(*(char *)soft_at(0x205000) == 'I');
}

/* --- tables that make no sense --- */

static void
t_hostile(void)
{
	static const vpte_t bad[] = { SOFT_TABLE | VPTE_FRAME,
		SOFT_TABLE | 0x000fff0000000000, SOFT_TABLE | 0x10000000,
		SOFT_TABLE | 256 * PAGE_SIZE, ~0UL, ~VPTE_PS, VPTE_V, 0 };
	struct process p;
	vpte_t *e, old;

	soft_start(&p);
	for (unsigned s = 39;; s -= VPTE_PAGE_BITS) {
		e = soft_entry(p.pml4, DATA, s);
		old = *e;
		for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
			*e = bad[i];
			soft_inval(&p, DATA);
			touch(&p, DATA, 1);
			/* At 39 the code is behind it, too. */
			CHECK(run(&p) == 0 && p.tf.tf_trapno == T_PAGEFLT);
		}
		/* A table that is its own: four levels, and no more. */
		*e = p.pml4 | SOFT_TABLE;
		soft_inval(&p, DATA);
		touch(&p, DATA, 0);
		CHECK(run(&p) == 0);
		*e = old;
		CHECK(vmspace_mcontrol(p.id, NULL, SOFT_USER, MADV_INVAL, 0) ==
		    0);
		touch_ok(&p, DATA, 1);
		if (s == PAGE_SHIFT)
			break;
	}
	/* Roots. */
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		CHECK(vmspace_mcontrol(p.id, NULL, SOFT_USER, MADV_SETMAP,
			  (off_t)bad[i]) == 0);
		touch(&p, DATA, 0);
		CHECK(run(&p) == 0 && p.tf.tf_trapno == T_PAGEFLT);
	}
	CHECK(vmspace_mcontrol(p.id, NULL, SOFT_USER, MADV_SETMAP,
		  (off_t)(p.pml4 | SOFT_TABLE)) == 0);
	touch_ok(&p, DATA, 0);
}

/* Random tables: nothing but faults of the process. */
static void
t_random(void)
{
	struct process p;
	u_long seed = 1, *table;

	soft_init(64);
	soft_process(&p);
	touch_ok(&p, DATA, 1);
	for (int i = 0; i < 2000; i++) {
		seed = seed * 6364136223846793005 + 1442695040888963407;
		table = soft_at((seed >> 40) % 64 * PAGE_SIZE);
		table[seed >> 20 & VPTE_PAGE_MASK] = (seed >> 34) %
			(seed & 1 ? 1UL << 19 : 1UL << 60) |
		    VPTE_V;
		if (i % 4 == 0)
			CHECK(vmspace_mcontrol(
				  p.id, NULL, SOFT_USER, MADV_INVAL, 0) == 0);
		p.tf.tf_rip = CODE;
		p.tf.tf_rbx = (register_t)(seed >> 17 & 0x7fffffffffff);
		alarm(TAP_SECONDS);
		p.tf.tf_rflags = 0x100; /* one instruction, wherever it is */
		CHECK(run(&p) == 0 && p.tf.tf_trapno != 0);
	}
}

/* --- calls --- */

static sigjmp_buf env;
static volatile int got;

static void
on_fault(int sig)
{
	got = sig;
	siglongjmp(env, 1);
}

/* The signal that reading an address gives, or 0. */
static int
signal_of(volatile char *p)
{
	got = 0;
	signal(SIGSEGV, on_fault);
	signal(SIGBUS, on_fault);
	if (sigsetjmp(env, 1) == 0)
		(void)*p;
	return (got);
}

static void
t_mmap(void)
{
	const int vpt = MAP_VPAGETABLE;
	char *plain, *p;
	vpte_t *anon;
	u_long root;

	soft_init(64);
	CHECK_ERRNO(
	    mmap(NULL, PAGE_SIZE, RW, MAP_PRIVATE | vpt, soft_fd, 0), EINVAL);
	CHECK_ERRNO(
	    mmap(NULL, PAGE_SIZE, RW, MAP_PRIVATE | MAP_ANON | vpt, -1, 0),
	    EINVAL);
	CHECK_ERRNO(
	    mmap(NULL, PAGE_SIZE, RW, MAP_SHARED | MAP_STACK | vpt, -1, 0),
	    EINVAL);
	/* More than the file has: memory to its end, SIGBUS behind it. */
	plain = mmap(NULL, 1UL << 39, RW, MAP_SHARED, soft_fd, 0);
	CHECK(plain != MAP_FAILED);
	plain[63 * PAGE_SIZE] = 1;
	CHECK(signal_of(plain + 64 * PAGE_SIZE) == SIGBUS);
	CHECK(signal_of(plain + (1UL << 38)) == SIGBUS);
	/* No root yet: nothing is there.  Only mcontrol(2) gives one. */
	p = mmap(NULL, 1UL << 39, RW, MAP_SHARED | vpt, soft_fd, 0);
	CHECK(p != MAP_FAILED && signal_of(p) == SIGSEGV);
	CHECK_ERRNO(madvise(p, PAGE_SIZE, MADV_SETMAP), EINVAL);
	CHECK_ERRNO(mcontrol(plain, PAGE_SIZE, MADV_SETMAP, VPTE_V), EINVAL);
	/* Its table leads out of the image: its own fault, or the file's. */
	CHECK(mcontrol(p, 1UL << 39, MADV_SETMAP,
		  (off_t)(64 * PAGE_SIZE | VPTE_V)) == 0);
	CHECK(signal_of(p) == SIGSEGV);
	root = soft_page();
	soft_map(root, 0, 64 * PAGE_SIZE, VPTE_V);
	CHECK(mcontrol(p, 1UL << 39, MADV_SETMAP,
		  (off_t)(root | VPTE_V | VPTE_RW)) == 0);
	CHECK(signal_of(p) == SIGBUS);
	/* Memory without a file: its table is made behind a large root. */
	anon = mmap(NULL, 1UL << 30, RW, MAP_SHARED | MAP_ANON | vpt, -1, 0);
	CHECK(anon != MAP_FAILED);
	CHECK(mcontrol(anon, 1UL << 30, MADV_SETMAP,
		  VPTE_V | VPTE_RW | VPTE_PS) == 0);
	anon[0] = PAGE_SIZE | VPTE_V | VPTE_RW;
	anon[512] = 2 * PAGE_SIZE | VPTE_V | VPTE_RW;
	anon[1024] = 3 * PAGE_SIZE | VPTE_V | VPTE_RW;
	anon[1536 + 7] = 9 * PAGE_SIZE | VPTE_V | VPTE_RW;
	anon[9 * 512] = 1234;
	CHECK(mcontrol(anon, 1UL << 30, MADV_SETMAP, VPTE_V | VPTE_RW) == 0);
	CHECK(anon[7 * 512] == 1234);
	CHECK(signal_of((char *)anon) == SIGSEGV);
}

/* Parts of a mapping change; the rest stays. */
static void
t_change(void)
{
	struct process p;
	u_long pages[8];
	char c;

	soft_start(&p);
	for (int i = 0; i < 8; i++) {
		pages[i] = soft_page();
		*(char *)soft_at(pages[i]) = (char)('a' + i);
		soft_map(p.pml4, NOTHING + i * PAGE_SIZE, pages[i], SOFT_TABLE);
	}
	for (int i = 0; i < 8; i++)
		touch_ok(&p, NOTHING + i * PAGE_SIZE, 0);
	/* A hole. */
	CHECK(vmspace_munmap(
		  p.id, (void *)(NOTHING + 2 * PAGE_SIZE), PAGE_SIZE) == 0);
	touch_fault(&p, NOTHING + 2 * PAGE_SIZE, 0, 0);
	touch_ok(&p, NOTHING + PAGE_SIZE, 1);
	touch_ok(&p, NOTHING + 3 * PAGE_SIZE, 0);
	CHECK((char)p.tf.tf_rax == 'd');
	CHECK_ERRNO(
	    vmspace_munmap(p.id, (void *)NOTHING, 4 * PAGE_SIZE), EINVAL);
	CHECK_ERRNO(vmspace_munmap(p.id, (void *)NOTHING, -1UL), EINVAL);
	/* Other memory in its place. */
	CHECK(vmspace_mmap(p.id, (void *)(NOTHING + 2 * PAGE_SIZE), PAGE_SIZE,
		  RW, MAP_ANON | MAP_PRIVATE | MAP_FIXED, -1,
		  0) == (void *)(NOTHING + 2 * PAGE_SIZE));
	touch_ok(&p, NOTHING + 2 * PAGE_SIZE, 1);
	/* Another table for a part: other pages under the same numbers. */
	u_long root = soft_page();
	soft_map(root, NOTHING + 5 * PAGE_SIZE, pages[0], SOFT_TABLE);
	CHECK(vmspace_mcontrol(p.id, (void *)(NOTHING + 5 * PAGE_SIZE),
		  PAGE_SIZE, MADV_SETMAP, (off_t)(root | SOFT_TABLE)) == 0);
	touch_ok(&p, NOTHING + 5 * PAGE_SIZE, 0);
	CHECK(p.tf.tf_rax == soft_ram[pages[0]]);
	touch_ok(&p, NOTHING + 6 * PAGE_SIZE, 0);
	CHECK((char)p.tf.tf_rax == 'g');
	CHECK_ERRNO(vmspace_mcontrol(p.id, NULL, SOFT_USER, 12, 0), EINVAL);
	CHECK_ERRNO(vmspace_mcontrol(p.id, NULL, -1UL, MADV_INVAL, 0), EINVAL);
	CHECK_ERRNO(
	    vmspace_mcontrol(p.id, NULL, SOFT_USER, MADV_SETMAP, (off_t)root),
	    EINVAL);
	/* The file gets shorter, and longer again. */
	CHECK(ftruncate(soft_fd, (off_t)pages[7]) == 0);
	touch_fault(&p, NOTHING + 7 * PAGE_SIZE, 0, 0);
	CHECK(ftruncate(soft_fd, (off_t)(soft_pages * PAGE_SIZE)) == 0);
	touch_ok(&p, NOTHING + 7 * PAGE_SIZE, 0);
	CHECK((char)p.tf.tf_rax == 0);
	/* Written to the file, whatever was written by whom. */
	CHECK(msync(soft_ram, soft_pages * PAGE_SIZE, 0) == 0);
	touch_ok(&p, NOTHING + 6 * PAGE_SIZE, 1);
	c = (char)p.tf.tf_rax;
	CHECK(fsync(soft_fd) == 0);
	CHECK(pread(soft_fd, &p, 1, (off_t)pages[6]) == 1 && *(char *)&p == c);
}

/* Copies, rights and inheritance of the vkernel's own mapping. */
static void
t_own_changes(void)
{
	u_long root, page;
	volatile char *kva;
	pid_t pid;

	soft_init(64);
	root = soft_page();
	page = soft_page();
	soft_map(root, 0, page, VPTE_V | VPTE_RW);
	soft_map(root, PAGE_SIZE, page, VPTE_V | VPTE_RW);
	kva = mmap(
	    NULL, 1UL << 30, RW, MAP_SHARED | MAP_VPAGETABLE, soft_fd, 0);
	CHECK(kva != MAP_FAILED);
	CHECK(mcontrol((void *)kva, 1UL << 30, MADV_SETMAP,
		  (off_t)(root | VPTE_V | VPTE_RW)) == 0);
	kva[0] = 1;
	CHECK(mprotect((void *)kva, PAGE_SIZE, PROT_READ) == 0);
	CHECK_ERRNO(pread(soft_fd, (void *)kva, 1, 0), EFAULT);
	kva[PAGE_SIZE] = 2;
	CHECK(kva[0] == 2);
	CHECK(mprotect((void *)kva, PAGE_SIZE, PROT_NONE) == 0);
	CHECK(signal_of(kva) == SIGSEGV);
	CHECK(mprotect((void *)kva, PAGE_SIZE, RW) == 0);
	kva[0] = 3;
	CHECK(kva[PAGE_SIZE] == 3);
	CHECK_ERRNO(minherit((void *)kva, PAGE_SIZE, INHERIT_COPY), EINVAL);
	pid = fork();
	if (pid == 0) {
		CHECK(kva[0] == 3);
		kva[PAGE_SIZE] = 4;
		soft_map(root, 2 * PAGE_SIZE, page, VPTE_V);
		CHECK(kva[2 * PAGE_SIZE] == 4);
		_exit(0);
	}
	CHECK(tap_wait(pid) == 0);
	CHECK(kva[0] == 4 && kva[2 * PAGE_SIZE] == 4);
	CHECK(msync((void *)kva, PAGE_SIZE, 0) == 0);
	CHECK(munmap((void *)kva, PAGE_SIZE) == 0);
	CHECK(kva[PAGE_SIZE] == 4 && signal_of(kva) == SIGSEGV);
}

static void
t_rdwr(void)
{
	char buf[3 * PAGE_SIZE], out[3 * PAGE_SIZE];
	struct process p;
	u_long a, b;

	soft_start(&p);
	a = soft_page();
	b = soft_page();
	soft_map(p.pml4, NOTHING, b, SOFT_TABLE);
	soft_map(p.pml4, NOTHING + PAGE_SIZE, a, VPTE_V | VPTE_U);
	memset(soft_at(a), 'a', PAGE_SIZE);
	memset(soft_at(b), 'b', PAGE_SIZE);
	CHECK(
	    vmspace_pread(p.id, buf, 100, 0, NOTHING + PAGE_SIZE - 50) == 100);
	CHECK(buf[0] == 'b' && buf[49] == 'b' && buf[50] == 'a');
	/* Up to where there is something. */
	CHECK(vmspace_pread(p.id, buf, sizeof(buf), 0, NOTHING + 1) ==
	    2 * PAGE_SIZE - 1);
	CHECK_ERRNO(
	    vmspace_pread(p.id, buf, 1, 0, NOTHING + 2 * PAGE_SIZE), EFAULT);
	memset(out, 'c', sizeof(out));
	CHECK(
	    vmspace_pwrite(p.id, out, 100, 0, NOTHING + PAGE_SIZE - 50) == 50);
	CHECK(((char *)soft_at(b))[PAGE_SIZE - 51] == 'b' &&
	    ((char *)soft_at(b))[PAGE_SIZE - 50] == 'c' &&
	    *(char *)soft_at(a) == 'a');
	CHECK((*soft_entry(p.pml4, NOTHING, PAGE_SHIFT) & VPTE_M) != 0);
	CHECK_ERRNO(
	    vmspace_pwrite(p.id, out, 1, 0, NOTHING + PAGE_SIZE), EFAULT);
	CHECK(vmspace_pread(p.id, buf, 0, 0, NOTHING) == 0);
	CHECK_ERRNO(vmspace_pread(p.id, NULL, 8, 0, NOTHING), EFAULT);
	CHECK_ERRNO(vmspace_pwrite(p.id, NULL, 8, 0, NOTHING), EFAULT);
	CHECK_ERRNO(vmspace_pread(p.id, buf, 1, 0, -1), EINVAL);
	CHECK_ERRNO(vmspace_pread(p.id, buf, -1UL, 0, NOTHING), EINVAL);
	CHECK_ERRNO(vmspace_pread(p.id, buf, 1, 1, NOTHING), EINVAL);
	CHECK_ERRNO(vmspace_pread(p.id, buf, 1, 0, 1L << 62), EFAULT);
	CHECK_ERRNO(vmspace_pread(p.id, buf, 1, 0, SOFT_USER), EFAULT);
}

static const struct tap_case cases[] = {
	{ "accessed and modified marks", t_marks },
	{ "rights in the entries", t_rights },
	{ "a vkernel's own memory", t_own },
	{ "large pages", t_large },
	{ "tables that lead nowhere, or in a circle", t_hostile },
	{ "random tables", t_random },
	{ "mappings that make no sense, or are larger than the file", t_mmap },
	{ "parts of an address space change", t_change },
	{ "a vkernel's own memory changes, and is inherited", t_own_changes },
	{ "vmspace_pread and vmspace_pwrite", t_rdwr },
};

int
main(void)
{
	return (tap_run(cases, sizeof(cases) / sizeof(*cases)));
}
