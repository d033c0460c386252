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
#include <sys/event.h>
#include <sys/proc.h>
#include <sys/reboot.h>
#include <sys/signalvar.h>
#include <sys/sysctl.h>
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
 * Ends the run; nothing is said, since the host tells the status.
 * @param status	0 for success, 1 to 255 otherwise
 */
void
poweroff(int status)
{
	cnlock(); /* nobody is stopped in the middle of a line */
	cpu_claim_end();
	vk_exit(status);
}

static struct task term_task;

/* Under mp_token. */
static void
end_all(void *arg __unused)
{
	if (initproc != NULL) {
		ksignal(initproc, SIGUSR2);
		return;
	}
	kprintf("ended before there was a first process\n");
	poweroff_status = 1;
	boot(RB_POWEROFF);
}

static void
term_intr(struct trapframe *tf __unused)
{
	taskqueue_enqueue(&term_task);
}

/* Nobody waits for us any more. */
static void
parent_gone(long data __unused)
{
	taskqueue_enqueue(&term_task);
}

/** From here on SIGTERM of the host, or the parent's end, asks init to end
 * everything. */
void
shutdown_init(void)
{
	TASK_INIT(&term_task, end_all, NULL);
	intr_register(VECTOR_TERM, term_intr);
	kqueue_add(EVFILT_PROC, host_getppid(), NOTE_EXIT, parent_gone);
}

/** Asks the parent for another start. */
void
cpu_reset(void)
{
	cnlock();
	cpu_claim_end();
	vk_exit(EX_VKERNEL_REBOOT);
}
