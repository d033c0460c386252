/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * What main() asks of the bare machine.
 */
#include <sys/conf.h>
#include <sys/param.h>
#include <sys/reboot.h>
#include <sys/systm.h>
#include <cpu/cpufunc.h>
#include <machine/cpu.h>
#include <machine/lapic.h>
#include <machine/md_var.h>
#include <machine/vmparam.h>

#define KBD_COMMAND 0x64
#define KBD_RESET   0xfe
#define RESET_PORT  0xcf9
#define RESET_FULL  0x06

/**
 * @return	the boot loader's command line, as it was given
 */
const char *
md_bootargs(void)
{
	return (boot_info.cmdline);
}

/**
 * A file that the boot loader has put into memory.  With boot_verbose=1 its
 * place is printed: who has the memory of an emulated machine in a file finds
 * in it what was written to a memory disk.
 * @param n	0 is the first
 * @param size	set to its bytes
 * @param name	set to its name
 * @return	it, for reading and writing, or NULL if there are not so many
 */
void *
md_preload(u_int n, size_t *size, const char **name)
{
	if (n >= boot_info.nmodules)
		return (NULL);
	*size = boot_info.modules[n].end - boot_info.modules[n].start;
	*name = boot_info.modules[n].name;
	if ((boothowto & RB_VERBOSE) != 0)
		kprintf("module %u: %zu bytes at physical address %#lx\n", n,
		    *size, boot_info.modules[n].start);
	return (PHYS_TO_DMAP(boot_info.modules[n].start));
}

/** Prepares the processor that boots for threads and programs. */
void
cpu_startup(void)
{
	fpu_init();
	user_trap_init();
	pmap_user_init();
	if (!lapic_init())
		panic("this machine has no usable local APIC or no clock");
	systimer_init();
}

/** Makes the disks; called once by dev_init(). */
void
machdep_disks(void)
{
	md_init();
}

/** Starts the machine anew; where that is impossible, halts it. */
void
cpu_reset(void)
{
	static const struct {
		uint16_t limit;
		uint64_t base;
	} __packed none = { 0, 0 };

	cpu_disable_intr();
	outb(RESET_PORT, RESET_FULL);
	outb(KBD_COMMAND, KBD_RESET);
	/* Without an IDT a breakpoint is a triple fault. */
	__asm __volatile("lidt %0; int3" : : "m"(none));
	for (;;)
		cpu_halt();
}
