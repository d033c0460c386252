/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * The way that led here: the frame pointers' list.
 */
#include <sys/systm.h>
#include <sys/thread.h>
#include <machine/globaldata.h>
#include <machine/md_var.h>
#include <machine/vmparam.h>

#define MAXFRAMES 24

/* Whether two words of a frame can be read: on the current thread's stack. */
static bool
on_stack(vm_offset_t p)
{
	const struct thread *td = curthread;
	vm_offset_t top;

	if (td == NULL || p % sizeof(p) != 0)
		return (false);
	top = td->td_kstack_top;
	return (p < top && top - p < ptoa(KSTACK_PAGES));
}

/**
 * Prints return addresses; addr2line(1) makes lines of them.
 * @param rip	where it happened
 * @param rbp	that function's frame pointer
 */
void
db_backtrace(vm_offset_t rip, vm_offset_t rbp)
{
	kprintf("  %#lx\n", rip);
	for (u_int i = 0; i < MAXFRAMES && on_stack(rbp) && on_stack(rbp + 8);
	     i++) {
		kprintf("  %#lx\n", ((vm_offset_t *)rbp)[1]);
		rbp = *(vm_offset_t *)rbp;
	}
}
