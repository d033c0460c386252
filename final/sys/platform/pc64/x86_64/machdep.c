/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * The first C code: brings the machine from boot.S's state to one in which
 * main() can run.  pc64_init() is the table of contents.
 */
#include <sys/cons.h>
#include <sys/sysctl.h>
#include <sys/systm.h>
#include <cpu/cpufunc.h>
#include <cpu/specialreg.h>
#include <machine/lapic.h>
#include <machine/md_var.h>
#include <machine/vmparam.h>
#include <vm/vm_page.h>

#define MAXRANGES    256
/* The BIOS, its data, and the first page, which stays unused so that physical
 * address 0 can mean "none". */
#define LOWMEM_END   0x100000
/* Where a processor that starts may find its first instructions: above what
 * BIOSes use without saying so, below what they use and say so. */
#define LOW_PAGE_MIN 0x10000
#define LOW_PAGE_END 0x80000

/** What the boot loader told us. */
struct mb2_info boot_info;
/** A page below 1 MB that nobody uses, or 0; see mp.c. */
vm_paddr_t low_page;

static uint64_t boot_tsc;
SYSCTL_LONG(machdep_boot_tsc, "machdep.boot_tsc", CTLFLAG_RD, &boot_tsc,
    "Time-stamp counter when the kernel began");

static struct mb2_range phys_avail[MAXRANGES];
static u_int nphys_avail;

/* Everything in RAM that the loader put there and we still read. */
static u_int
memory_holes(vm_paddr_t info, struct mb2_range *holes)
{
	const uint32_t *total = PHYS_TO_DMAP(info);
	const struct mb2_module *m;
	u_int n = 0;

	holes[n++] = (struct mb2_range){ 0, LOWMEM_END, 0 };
	holes[n++] = (struct mb2_range){ KERN_TO_PHYS(kernel_start),
		KERN_TO_PHYS(kernel_end), 0 };
	holes[n++] = (struct mb2_range){ info, info + *total, 0 };
	holes[n++] = (struct mb2_range){ boot_info.symtab,
		boot_info.symtab + boot_info.symtab_size, 0 };
	holes[n++] = (struct mb2_range){ boot_info.strtab,
		boot_info.strtab + boot_info.strtab_size, 0 };
	for (u_int i = 0; i < boot_info.nmodules; i++) {
		m = &boot_info.modules[i];
		holes[n++] = (struct mb2_range){ m->start, m->end, 0 };
	}
	return (n);
}

/* The end of the highest range of RAM, also of RAM in use. */
static vm_paddr_t
physmem_end(void)
{
	vm_paddr_t end = 0;

	for (u_int i = 0; i < boot_info.nmmap; i++)
		if (boot_info.mmap[i].type == MB2_MEMORY_AVAILABLE)
			end = MAX(end, boot_info.mmap[i].end);
	return (MIN(end, DMAP_MAX_SIZE));
}

/*
 * Takes contiguous memory off phys_avail before the allocator exists, from
 * the part that boot.S has mapped.
 */
static vm_paddr_t
steal_memory(size_t size)
{
	struct mb2_range *r;
	vm_paddr_t pa;

	size = round_page(size);
	for (u_int i = 0; i < nphys_avail; i++) {
		r = &phys_avail[i];
		if (r->end - r->start < size || r->start + size > BOOT_MAPPED)
			continue;
		pa = r->start;
		r->start += size;
		bzero(PHYS_TO_DMAP(pa), size);
		return (pa);
	}
	panic("steal_memory: no room for %zu bytes below 4 GB", size);
}

static bool
steal_page(vm_paddr_t *pa)
{
	*pa = steal_memory(PAGE_SIZE);
	return (true);
}

static vm_paddr_t
find_low_page(const struct mb2_range *r, u_int n)
{
	vm_paddr_t pa;

	for (; n > 0; n--, r++) {
		pa = MAX(r->start, LOW_PAGE_MIN);
		if (pa + PAGE_SIZE <= MIN(r->end, LOW_PAGE_END))
			return (pa);
	}
	return (0);
}

/* Finds the memory, builds the page tables, starts the page allocator. */
static void
memory_init(vm_paddr_t info)
{
	struct mb2_range holes[5 + MB2_MAXMODULES];
	vm_paddr_t end, array;
	u_int n;

	n = memory_holes(info, holes);
	/* Hole 0 is low memory: all of it is looked at just once. */
	nphys_avail = mb2_usable(
	    &boot_info, holes + 1, n - 1, phys_avail, MAXRANGES);
	low_page = find_low_page(phys_avail, nphys_avail);
	nphys_avail = mb2_usable(&boot_info, holes, n, phys_avail, MAXRANGES);
	end = physmem_end();
	array = steal_memory(atop(end) * sizeof(struct vm_page));
	pmap_bootstrap(end, steal_page);
	vm_page_startup(PHYS_TO_DMAP(array), 0, atop(end));
	for (u_int i = 0; i < nphys_avail; i++)
		vm_page_add(phys_avail[i].start, MIN(phys_avail[i].end, end));
}

/* Tables may lie anywhere in physical memory that the DMAP covers. */
static const void *
map_table(void *arg __unused, vm_paddr_t pa, size_t len)
{
	vm_paddr_t last;
	vm_offset_t va = DMAP_MIN_ADDRESS + pa;

	if (len == 0 || pa > DMAP_MAX_SIZE || len > DMAP_MAX_SIZE - pa ||
	    !pmap_kextract(va, &last) || !pmap_kextract(va + len - 1, &last))
		return (NULL);
	return (PHYS_TO_DMAP(pa));
}

/** @return how to reach the ACPI tables that the boot loader told us of */
struct acpi_tables
boot_acpi(void)
{
	return ((struct acpi_tables){ .rsdp = boot_info.rsdp,
	    .rsdp_size = boot_info.rsdp_size,
	    .map = map_table });
}

/* The boot information may end anywhere below 4 GB: boot.S maps no more. */
static const char *
read_boot_info(vm_paddr_t info)
{
	return (mb2_parse(PHYS_TO_DMAP(info), BOOT_MAPPED - info, &boot_info));
}

/**
 * Called once by boot.S on the boot stack, interrupts off.  Runs main() and
 * powers off with its result.
 * @param info	physical address of the Multiboot2 information
 */
void
pc64_init(vm_paddr_t info)
{
	const char *error;

	boot_tsc = rdtsc();
	gdt_init(); /* gives this processor its data: locks need it */
	error = read_boot_info(info);
	cninit();
	kenv_init(boot_info.cmdline);
	idt_init();
	i8259_mask();
	lapic_quiet();
	if (error != NULL)
		panic("%s", error);
	/* What does not fit could be memory in use: better not start. */
	if (boot_info.dropped != 0)
		panic("the boot loader lists %u ranges or modules too many",
		    boot_info.dropped);
	db_symtab(&boot_info);
	memory_init(info);
	poweroff(main());
}
