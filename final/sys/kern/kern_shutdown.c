/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * The end of a run that has gone well: what is dirty is written, file systems
 * are unmounted, and what was allocated is counted once more.
 */
#include <sys/errno.h>
#include <sys/malloc.h>
#include <sys/mount.h>
#include <sys/proc.h>
#include <sys/reboot.h>
#include <sys/sysctl.h>
#include <sys/sysproto.h>
#include <sys/systm.h>
#include <machine/cpu.h>
#include <machine/globaldata.h>
#include <machine/vmm.h>
#include <vm/vm_map.h>

static void
report(void)
{
	u_long traps = 0, intrs = 0, calls = 0, faults = 0, switches = 0;

	for (u_int i = 0; i < ncpus; i++) {
		const struct globaldata *gd = globaldata_find(i);

		traps += gd->gd_cnt_trap;
		intrs += gd->gd_cnt_intr;
		calls += gd->gd_cnt_syscall;
		faults += gd->gd_cnt_fault;
		switches += gd->gd_cnt_switch;
	}
	kprintf("%lu system calls, %lu traps (%lu page faults), %lu "
		"interrupts, %lu IPIs, %lu switches\n",
	    calls, traps, faults, intrs, lwkt_ipi_count, switches);
	kmalloc_audit();
}

/**
 * Ends the run.
 * @param howto	RB_HALT, RB_POWEROFF or neither (starts again); RB_NOSYNC.
 *		The status of a run in an emulator is poweroff_status
 */
void
boot(int howto)
{
	static volatile u_int once;

	/* A second one waits for the first for ever. */
	if (__atomic_exchange_n(&once, 1, __ATOMIC_SEQ_CST) != 0)
		for (;;)
			tsleep(&once, 0, "reboot", 0);
	if ((howto & RB_NOSYNC) == 0)
		vfs_unmountall();
	vmm_shutdown();
	/* Whoever runs it in an emulator does not overlook a lost page so. */
	if (!vm_page_audit_print() && poweroff_status == 0)
		poweroff_status = 1;
	if ((boothowto & RB_VERBOSE) != 0)
		report();
	if ((howto & (RB_HALT | RB_POWEROFF)) == 0)
		cpu_reset();
	poweroff(poweroff_status);
}

/**
 * reboot(opt): ends the run.
 * @param sysmsg	unused
 * @param uap		opt: RB_*
 * @return		EPERM; else it does not return
 */
int
sys_reboot(struct sysmsg *sysmsg __unused, const struct reboot_args *uap)
{
	int error = suser(curproc->p_ucred);

	if (error != 0)
		return (error);
	boot(uap->opt);
}
