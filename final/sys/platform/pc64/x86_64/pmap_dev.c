/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Registers of devices as memory, uncached.
 *
 * The DMAP is no place to reach them: it is mapped as ordinary memory, and
 * only the firmware's MTRRs may then keep the processor from caching it; and
 * above 4 GB it covers RAM only.  With PCD and PWT set an entry selects type
 * UC from the page-attribute table as it is after reset, whatever the MTRRs
 * say.  SDM volume 3, "Selecting Memory Types for Pentium III and More Recent
 * Processor Families".
 */
#include <sys/systm.h>
#include <machine/md_var.h>
#include <machine/pmap.h>
#include <machine/vmparam.h>

static vm_offset_t devmap_next = DEVMAP_MIN_ADDRESS;

/**
 * Maps registers for good.  Only one processor at a time may call this.
 * @param pa	physical address, any
 * @param size	bytes
 * @return	where they are, or NULL when there is no room or no memory
 */
volatile void *
pmap_mapdev(vm_paddr_t pa, size_t size)
{
	vm_offset_t offset = pa & PAGE_MASK, start = devmap_next, va;
	vm_offset_t end = start + round_page(offset + size);
	u_int level;

	if (end - DEVMAP_MIN_ADDRESS > DEVMAP_MAX_SIZE)
		return (NULL);
	for (va = start; va < end; va += PAGE_SIZE) {
		if (pmap_enter(&kernel_pmap, va, trunc_page(pa) + (va - start),
			VM_PROT_READ | VM_PROT_WRITE, PMAP_LEVEL_4K) != 0)
			return (NULL);
		level = PMAP_LEVEL_4K;
		*pmap_pte(&kernel_pmap, va, &level) |= X86_PG_PCD | X86_PG_PWT;
		pmap_invlpg(va);
	}
	devmap_next = end;
	return ((volatile void *)(start + offset));
}
