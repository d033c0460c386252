/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A guest's memory in an array.
 */
#include "guest_mem.h"

struct guest_mem mem;
struct vmm_linear linear;

static uint8_t pages[MEM_PAGES][MEM_PAGE] __attribute__((__aligned__(4096)));
static uint8_t saved[MEM_PAGES][MEM_PAGE];

static void *
guest_page(void *arg, vm_paddr_t gpa, unsigned access)
{
	struct guest_mem *m = arg;
	vm_paddr_t offset = gpa - MEM_GPA;

	__atomic_fetch_add(&m->calls, 1, __ATOMIC_RELAXED);
	if (access != VM_PROT_READ && access != VM_PROT_WRITE)
		fail_msg("page() was asked for access %#x", access);
	if (m->hook != NULL)
		m->hook(m, gpa, access);
	if (m->fold)
		offset = gpa % sizeof(pages);
	if (offset >= sizeof(pages) || m->calls == m->fail_at ||
	    (m->rights[offset / MEM_PAGE] & access) == 0)
		return (NULL);
	return ((uint8_t *)pages + offset);
}

void
mem_reset(void)
{
	memset(pages, 0, sizeof(pages));
	memset(&mem, 0, sizeof(mem));
	mem.next_table = MEM_PDP;
	memset(mem.rights, VM_PROT_READ | VM_PROT_WRITE, MEM_PAGES);
	linear = (struct vmm_linear){
		.cr3 = GPA(MEM_PML4),
		.maxphyaddr = 40,
		.page_1gb = true,
		.nxe = true,
		.page = guest_page,
		.arg = &mem,
	};
	console_clear();
}

uint8_t *
mem_page(unsigned page)
{
	return (pages[page]);
}

volatile pt_entry_t *
mem_entry(unsigned page, unsigned index)
{
	return ((volatile pt_entry_t *)pages[page] + index);
}

unsigned
mem_index(vm_offset_t va, unsigned level)
{
	return (va >> PMAP_LEVEL_SHIFT(level) & 511);
}

void
mem_map(vm_offset_t va, vm_paddr_t frame, unsigned leaf, pt_entry_t bits)
{
	volatile pt_entry_t *entry;
	unsigned page = MEM_PML4, level;

	for (level = PMAP_LEVEL_PML4; level > leaf; level--) {
		entry = mem_entry(page, mem_index(va, level));
		if (*entry == 0)
			*entry = GPA(mem.next_table++) | PTE_USER;
		page = (*entry - MEM_GPA) / MEM_PAGE;
	}
	*mem_entry(page, mem_index(va, leaf)) = frame | bits |
	    (leaf > PMAP_LEVEL_4K ? X86_PG_PS : 0);
}

void
mem_save(void)
{
	memcpy(saved, pages, sizeof(pages));
}

bool
mem_changed(void)
{
	return (memcmp(saved, pages, sizeof(pages)) != 0);
}
