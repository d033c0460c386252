/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * The end: an exit status for the host.
 *
 * A vkernel that wants to be started again ends with EX_VKERNEL_REBOOT; its
 * parent, which waits for it, does that.  SIGTERM of the host asks init to end
 * everything, as the power button of a machine would.
 */
#include <sys/cons.h>
#include <sys/proc.h>
#include <sys/reboot.h>
#include <sys/signalvar.h>
#include <sys/systm.h>
#include <sys/taskqueue.h>
#include <machine/cpu.h>
#include <machine/host.h>
#include <machine/intr.h>
#include <machine/md_var.h>
#include <machine/vkernel.h>

/**
 * Ends the host's process.
 * @param status	its exit status
 */
void
vk_exit(int status)
{
	vk_tty_restore();
	for (;;)
		host_exit(status);
}

/**
 * Ends the run.
 * @param status	0 for success, 1 to 255 otherwise
 */
void
poweroff(int status)
{
	cnlock(); /* nobody is stopped in the middle of a line */
	cpu_claim_end();
	kprintf("exit status %d\n", status);
	vk_exit(status);
}

/** Asks the parent for another start. */
void
cpu_reset(void)
{
	cnlock();
	cpu_claim_end();
	vk_exit(EX_VKERNEL_REBOOT);
}
