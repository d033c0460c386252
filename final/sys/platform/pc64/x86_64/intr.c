/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Who serves which interrupt.  One table for all processors.
 */
#include <sys/systm.h>
#include <cpu/trap.h>
#include <machine/intr.h>
#include <machine/lapic.h>
#include <machine/md_var.h>

static intr_handler_t *intr_handlers[IDT_VECTORS];

/**
 * Says who serves a vector, on every processor.
 * @param vector	32 to 255, not VECTOR_SPURIOUS
 * @param handler	called with interrupts off; NULL for nobody any more
 */
void
intr_register(u_int vector, intr_handler_t *handler)
{
	KASSERT(vector >= IDT_EXCEPTIONS && vector < IDT_VECTORS &&
		vector != VECTOR_SPURIOUS,
	    ("intr_register: vector %u", vector));
	intr_handlers[vector] = handler;
	trap_handlers[vector] = handler == NULL ? NULL : intr_dispatch;
}

/**
 * Ends an interrupt at the local APIC and calls its handler.  trap() comes
 * here; so does who took the interrupt some other way, such as a VM exit that
 * acknowledged it.
 * @param tf		registers of what was interrupted
 * @param vector	32 to 255; one that nobody serves panics
 */
void
intr_dispatch(struct trapframe *tf, u_int vector)
{
	intr_handler_t *handler = intr_handlers[vector];

	if (handler == NULL)
		trap_fatal(tf, vector);
	lapic_eoi();
	handler(tf);
}
