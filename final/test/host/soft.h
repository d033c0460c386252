/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * For tests: a very small vkernel in software.  Its memory is a file, the
 * image; its processes have page tables in there, and address spaces of the
 * host that are mapped MAP_VPAGETABLE.
 *
 *     addresses of a process
 *     0x400000  a page of code: what a case has put there
 *     0x500000  a page of data
 *     0x600000  nothing
 */
#ifndef _HOST_SOFT_H_
#define _HOST_SOFT_H_

#include <sys/param.h>
#include <sys/mman.h>
#include <sys/vkernel.h>
#include <sys/vmspace.h>
#include <cpu/trap.h>
#include <cpu/vframe.h>
#include <fcntl.h>
#include <pthread.h>
#include "tap.h"

#define RW		      (PROT_READ | PROT_WRITE)
#define CODE		      0x400000UL
#define DATA		      0x500000UL
#define NOTHING		      0x600000UL
#define SOFT_TABLE	      (VPTE_V | VPTE_RW | VPTE_U)
#define SOFT_USER	      0x7ffffffff000UL /* end of a process's addresses */
#define SOFT_INDEX(va, shift) ((u_long)(va) >> (shift)&VPTE_PAGE_MASK)

/** The image: its descriptor, where it is mapped as it is, its pages, and the
 * first that is not in use. */
static int soft_fd;
static char *soft_ram;
static size_t soft_pages, soft_next;

/** A process: its space, page table, memory and registers. */
struct process {
	void *id;
	u_long pml4;
	u_char *code;
	char *data;
	struct trapframe tf;
	struct vextframe vf;
};

/** A new file that has no name, and a size. */
static inline int
soft_file(size_t size)
{
	char name[64];
	int fd;

	snprintf(name, sizeof(name), "/var/tmp/soft.%d.%lx", (int)getpid(),
	    (u_long)&fd);
	fd = open(name, O_RDWR | O_CREAT | O_TRUNC, 0600);
	CHECK(fd >= 0 && unlink(name) == 0);
	CHECK(ftruncate(fd, (off_t)size) == 0);
	return (fd);
}

/** Makes the image.  Page 0 is nobody's. */
static inline void
soft_init(size_t pages)
{
	soft_fd = soft_file(pages * PAGE_SIZE);
	soft_pages = pages;
	soft_next = 1;
	soft_ram = mmap(NULL, pages * PAGE_SIZE, RW, MAP_SHARED, soft_fd, 0);
	CHECK(soft_ram != MAP_FAILED);
}

/** A page of zeros: its offset in the image. */
static inline u_long
soft_page(void)
{
	CHECK(soft_next < soft_pages);
	return (soft_next++ * PAGE_SIZE);
}

/** Where an offset of the image is in our own memory. */
static inline void *
soft_at(u_long offset)
{
	return (soft_ram + offset);
}

/** The entry for an address at a level (shift); tables are made. */
static inline vpte_t *
soft_entry(u_long root, u_long va, unsigned shift)
{
	vpte_t *e = soft_at(root);

	e += SOFT_INDEX(va, 39);
	for (unsigned s = 39; s > shift; s -= VPTE_PAGE_BITS) {
		if ((*e & VPTE_V) == 0)
			*e = soft_page() | SOFT_TABLE;
		e = soft_at(*e & VPTE_FRAME);
		e += SOFT_INDEX(va, s - VPTE_PAGE_BITS);
	}
	return (e);
}

/** Maps a page of the image. */
static inline vpte_t *
soft_map(u_long root, u_long va, u_long offset, vpte_t bits)
{
	vpte_t *e = soft_entry(root, va, PAGE_SHIFT);

	*e = offset | bits;
	return (e);
}

/** An address space whose page table is at an offset of the image. */
static inline void
soft_space(void *id, u_long root)
{
	CHECK(vmspace_create(id, 0, NULL) == 0);
	CHECK(vmspace_mmap(id, NULL, SOFT_USER, RW,
		  MAP_FILE | MAP_SHARED | MAP_VPAGETABLE | MAP_FIXED, soft_fd,
		  0) == NULL);
	CHECK(vmspace_mcontrol(id, NULL, SOFT_USER, MADV_SETMAP,
		  (off_t)(root | SOFT_TABLE)) == 0);
}

/** A page table with one page of code and one of data. */
static inline void
soft_tables(struct process *p)
{
	u_long code, data;

	memset(p, 0, sizeof(*p));
	p->pml4 = soft_page();
	code = soft_page();
	data = soft_page();
	p->code = soft_at(code);
	p->data = soft_at(data);
	soft_map(p->pml4, CODE, code, VPTE_V | VPTE_U);
	soft_map(p->pml4, DATA, data, SOFT_TABLE);
	p->tf.tf_rip = CODE;
	p->tf.tf_rsp = DATA + PAGE_SIZE;
	p->id = soft_at(p->pml4);
}

/** A process with a space of its own. */
static inline void
soft_process(struct process *p)
{
	soft_tables(p);
	soft_space(p->id, p->pml4);
}

/** A vkernel with one process. */
static inline void
soft_start(struct process *p)
{
	soft_init(256);
	soft_process(p);
}

/** Puts instructions where the process is. */
#define LOAD(p, bytes) memcpy((p)->code, bytes, sizeof(bytes) - 1)

static inline int
run(struct process *p)
{
	return (vmspace_ctl(p->id, VMSPACE_CTL_RUN, &p->tf, &p->vf));
}

/** Runs it from the start of its code, until a system call. */
static inline void
run_call(struct process *p)
{
	p->tf.tf_rip = CODE;
	CHECK(run(p) == 0);
	if (p->tf.tf_trapno != T_FAST_SYSCALL)
		printf("# trap %ld at %lx, address %lx, error %lx\n",
		    p->tf.tf_trapno, p->tf.tf_rip, p->tf.tf_addr, p->tf.tf_err);
	CHECK(p->tf.tf_trapno == T_FAST_SYSCALL);
}

/** Runs it; it must fault at an address. */
static inline void
run_fault(struct process *p, u_long addr, int err)
{
	CHECK(run(p) == 0);
	if (p->tf.tf_trapno != T_PAGEFLT || p->tf.tf_addr != (register_t)addr ||
	    p->tf.tf_err != err)
		printf("# trap %ld at %lx, address %lx, error %lx, not %x\n",
		    p->tf.tf_trapno, p->tf.tf_rip, p->tf.tf_addr, p->tf.tf_err,
		    err);
	CHECK(p->tf.tf_trapno == T_PAGEFLT);
	CHECK(p->tf.tf_addr == (register_t)addr);
	CHECK(p->tf.tf_err == err);
}

/** The vkernel has changed a page's entry. */
static inline void
soft_inval(struct process *p, u_long va)
{
	CHECK(
	    vmspace_mcontrol(p->id, (void *)va, PAGE_SIZE, MADV_INVAL, 0) == 0);
}

#endif
