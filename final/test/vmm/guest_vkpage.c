/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * The small vkernel's memory: page tables of its processes, frames that they
 * share, and a swap for what has no frame.
 *
 *     guest-physical, as it is linear for the vkernel itself
 *
 *     GUEST_RAM          page frames
 *              + 2 MB    pages of page tables
 *              + 4 MB    swap: a slot for each page of each process
 *
 * All of it is guarded by the lock of guest_vkernel.c, which callers hold as
 * soon as there is more than one virtual CPU.  Linked with guest.c; see there
 * for the rules.
 */
#include <sys/errno.h>
#include <sys/param.h>
#include <cpu/pmap.h>
#include <cpu/trap.h>
#include "guest_call.h"
#include "guest_sys.h"
#include "guest_vkernel.h"
#include "vmm.h"

#define ENTRY  (X86_PG_V | X86_PG_RW | X86_PG_U)
#define FRAMES GUEST_RAM
#define TABLES (GUEST_RAM + NBPDR)
#define SWAP   (GUEST_RAM + 2 * NBPDR)

/** A page frame. */
struct frame {
	struct vk_proc *owner; /**< NULL: it is free */
	u_int page;	       /**< which of its pages */
};

static struct frame frames[VK_FRAMES];
static u_int nframes, hand; /* how many there are, which is looked at next */
static vm_paddr_t free_tables;
static u_int tables_used, tables_made;

/* What stands for a piece that is not written yet calls this. */
#define panic(text) vk_panic("panic: " text "\n", sizeof("panic: " text))

/**
 * Says how many frames there are; before any process is made.
 * @param n	3 to VK_FRAMES
 */
void
vk_memory_init(u_int n)
{
	nframes = n;
}

static void
zero_page(vm_paddr_t to)
{
	volatile u_long *dst = (volatile u_long *)to;

	for (u_int i = 0; i < PAGE_SIZE / sizeof(*dst); i++)
		dst[i] = 0;
}

static void
copy_page(vm_paddr_t to, vm_paddr_t from)
{
	volatile u_long *dst = (volatile u_long *)to;
	const volatile u_long *src = (const volatile u_long *)from;

	for (u_int i = 0; i < PAGE_SIZE / sizeof(*dst); i++)
		dst[i] = src[i];
}

/* --- page tables --- */

static vm_paddr_t
table_alloc(void)
{
	vm_paddr_t pa = free_tables;

	if (pa != 0)
		free_tables = *(vm_paddr_t *)pa;
	else if (tables_made < NBPDR / PAGE_SIZE)
		pa = TABLES + ptoa(tables_made++);
	else
		return (0);
	tables_used++;
	zero_page(pa);
	return (pa);
}

/* Frees a table and all below it; level 0 has entries of pages. */
static void
table_free(vm_paddr_t pa, u_int level)
{
	pt_entry_t *table = (pt_entry_t *)pa;

	for (u_int i = 0; level > 0 && i < NPTEPG; i++)
		if ((table[i] & X86_PG_V) != 0)
			table_free(table[i] & X86_PG_FRAME, level - 1);
	*(vm_paddr_t *)pa = free_tables;
	free_tables = pa;
	tables_used--;
}

/* The last entry for an address; NULL: there is none, or no memory to make
 * it. */
static volatile pt_entry_t *
pte_of(vm_paddr_t pml4, vm_offset_t va, bool make)
{
	pt_entry_t *table = (pt_entry_t *)pml4, *entry;
	vm_paddr_t below;

	if (va >= GUEST_STACK_TOP)
		return (NULL);
	for (u_int shift = PML4SHIFT; shift > PAGE_SHIFT; shift -= 9) {
		entry = &table[va >> shift & (NPTEPG - 1)];
		if ((*entry & X86_PG_V) == 0) {
			if (!make || (below = table_alloc()) == 0)
				return (NULL);
			*entry = below | ENTRY;
		}
		table = (pt_entry_t *)(*entry & X86_PG_FRAME);
	}
	return (&table[va >> PAGE_SHIFT & (NPTEPG - 1)]);
}

/* tag::take[] */
/*
 * Takes an entry away; what it said.  A process that runs on another virtual
 * CPU may have it in that TLB, and only the host gets it out of there; who
 * does not run is entered anew before it uses the entry again.
 */
static pt_entry_t
pte_take(const struct vk_proc *p, volatile pt_entry_t *pte)
{
	u_long value = 0;

	/* LAB 06.8 begin: take an entry away from whoever may be using it */
	if (p->state != VK_RUNNING)
		return (__atomic_exchange_n(pte, 0, __ATOMIC_SEQ_CST));
	vk_must(guest_sys4(SYS_vmm_guest_sync_addr, (long)pte, (long)&value, 0,
		    0, NULL) == 0);
	/* LAB 06.8 end */
	return (value);
}
/* end::take[] */

/**
 * Makes a page table that maps nothing.
 * @return	its guest-physical address
 */
vm_paddr_t
vk_empty_table(void)
{
	vm_paddr_t pa = table_alloc();

	vk_must(pa != 0);
	return (pa);
}

/**
 * Maps the programs in a page table.
 * @param pml4	the table
 * @return	false: no memory
 */
bool
vk_map_text(vm_paddr_t pml4)
{
	volatile pt_entry_t *pte;

	for (vm_offset_t va = (vm_offset_t)user_start;
	     va < (vm_offset_t)user_end; va += PAGE_SIZE) {
		pte = pte_of(pml4, va, true);
		if (pte == NULL)
			return (false);
		*pte = va | X86_PG_V | X86_PG_U;
	}
	return (true);
}

/* --- paging --- */

static vm_offset_t
page_va(u_int page)
{
	return (page < VK_HEAP_PAGES ? VK_HEAP + ptoa(page)
				     : VK_STACK_TOP - ptoa(VK_PAGES - page));
}

/* The page at an address, VK_PAGES: there is none. */
static u_int
page_at(vm_offset_t va)
{
	if (va - VK_HEAP < ptoa(VK_HEAP_PAGES))
		return (atop(va - VK_HEAP));
	if (va - (VK_STACK_TOP - ptoa(VK_STACK_PAGES)) < ptoa(VK_STACK_PAGES))
		return (VK_PAGES - 1 - atop(VK_STACK_TOP - 1 - va));
	return (VK_PAGES);
}

static vm_paddr_t
frame_address(const struct frame *f)
{
	return (FRAMES + ptoa(f - frames));
}

static vm_paddr_t
swap_slot(const struct vk_proc *p, u_int page)
{
	return (SWAP + ptoa((p - vk_procs) * VK_PAGES + page));
}

/* tag::out[] */
/* Takes a frame from its owner; what was written goes to swap. */
static void
page_out(struct frame *f, volatile pt_entry_t *pte)
{
	struct vk_proc *p = f->owner;

	/* The processor's own mark says whether swap is up to date, and
	 * nobody writes any more once the entry is gone. */
	if ((pte_take(p, pte) & X86_PG_M) != 0) {
		copy_page(swap_slot(p, f->page), frame_address(f));
		p->swapped[f->page] = true;
		vk_counts.page_outs++;
	}
	f->owner = NULL;
}

/* A frame, if need be one that has not been used for longest. */
static struct frame *
frame_get(void)
{
	volatile pt_entry_t *pte;
	struct frame *f;

	for (;;) {
		f = &frames[hand];
		hand = (hand + 1) % nframes;
		if (f->owner == NULL)
			return (f);
		pte = pte_of(f->owner->pml4, page_va(f->page), false);
		vk_must(pte != NULL && (*pte & X86_PG_V) != 0);
		/* Used since we last came by?  A TLB that we do not flush for
		 * this may hide a use; it is only a guess. */
		if ((__atomic_fetch_and(pte, ~X86_PG_A, __ATOMIC_SEQ_CST) &
			X86_PG_A) != 0)
			continue;
		page_out(f, pte);
		return (f);
	}
}
/* end::out[] */

/* tag::in[] */
static bool
page_in(struct vk_proc *p, u_int page)
{
	volatile pt_entry_t *pte = pte_of(p->pml4, page_va(page), true);
	struct frame *f;

	if (pte == NULL)
		return (false);
	f = frame_get();
	if (p->swapped[page])
		copy_page(frame_address(f), swap_slot(p, page));
	else
		zero_page(frame_address(f));
	vk_counts.page_ins += p->swapped[page];
	f->owner = p;
	f->page = page;
	/* As used: else it might go before the process comes to it. */
	*pte = frame_address(f) | ENTRY | X86_PG_A;
	return (true);
}

/**
 * Answers a page fault of a process.
 * @param p	process
 * @param va	address
 * @param error	PGEX_*
 * @return	true: it was one of paging, and the process can go on
 */
bool
vk_fault(struct vk_proc *p, vm_offset_t va, u_int error)
{
	u_int page = page_at(va);

	vk_counts.faults++;
	/* A page that is there and forbids it stays so. */
	return ((error & PGEX_P) == 0 && page < VK_PAGES && page_in(p, page));
}
/* end::in[] */

/* --- a process's memory --- */

/* Where the vkernel finds a byte of a process; NULL: EFAULT. */
static char *
user_byte(struct vk_proc *p, vm_offset_t va, bool write)
{
	volatile pt_entry_t *pte = pte_of(p->pml4, va, false);

	if (pte == NULL || (*pte & X86_PG_V) == 0) {
		if (!vk_fault(p, va, 0))
			return (NULL);
		pte = pte_of(p->pml4, va, false);
	}
	if (write && (*pte & X86_PG_RW) == 0)
		return (NULL);
	/* The processor would have marked it so. */
	__atomic_fetch_or(
	    pte, X86_PG_A | (write ? X86_PG_M : 0), __ATOMIC_SEQ_CST);
	return ((char *)((*pte & X86_PG_FRAME) + (va & PAGE_MASK)));
}

/**
 * Copies between the vkernel and a process, whose pages are brought in for it.
 * @param p	process
 * @param va	address in the process
 * @param buf	the vkernel's side
 * @param n	bytes
 * @param out	true: to the process; false: from it
 * @return	0; EFAULT, and what lies before the fault has been copied
 */
int
vk_copy(struct vk_proc *p, vm_offset_t va, void *buf, size_t n, bool out)
{
	volatile char *b = buf;
	char *u;

	for (size_t i = 0; i < n; i++) {
		u = user_byte(p, va + i, out);
		if (u == NULL)
			return (EFAULT);
		if (out)
			*u = b[i];
		else
			b[i] = *u;
	}
	return (0);
}

/**
 * Frees what a process has: its frames and its page table.
 * @param p	process; nobody runs it any more
 */
void
vk_memory_free(struct vk_proc *p)
{
	for (u_int i = 0; i < nframes; i++)
		if (frames[i].owner == p)
			frames[i].owner = NULL;
	table_free(p->pml4, 3);
}

/**
 * @return	how many frames and tables are in use
 */
u_int
vk_leaks(void)
{
	u_int n = tables_used;

	for (u_int i = 0; i < nframes; i++)
		n += frames[i].owner != NULL;
	return (n);
}
