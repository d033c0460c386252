/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * What changes when another thread runs: only the floating-point registers.  A
 * process's memory, FS and GS are loaded by the host, each time it runs.
 */
#include <sys/proc.h>
#include <sys/systm.h>
#include <machine/cpu.h>
#include <machine/globaldata.h>

/**
 * Loads a thread's FS and GS: the host does that when it runs the process.
 * @param lp	thread of a process
 */
void
cpu_set_user_tls(struct lwp *lp __unused)
{
}

/**
 * What a switch changes besides the stack.  Interrupts are off.
 * @param old	leaves the processor
 * @param new	gd_curthread already
 */
void
cpu_switch_md(struct thread *old, struct thread *new)
{
	mycpu->gd_kstack_top = new->td_kstack_top;
	fpu_switch(old, new);
}
