/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Interrupts: their vectors, on and off, and waiting for one.
 *
 * Handlers run with interrupts off, on the stack that was in use.  The local
 * APIC has been told of the end of the interrupt (EOI) before a handler is
 * called, so that a handler may switch to another thread.
 */
#ifndef _MACHINE_INTR_H_
#define _MACHINE_INTR_H_

#include <sys/types.h>
#include <cpu/cpufunc.h>
#include <cpu/frame.h>
#include <cpu/specialreg.h>

/* clang-format off */
/** @name Vectors; the upper four bits are the priority */
/** @{ */
#define VECTOR_TIMER	0xe0	/* local APIC timer */
#define VECTOR_IPI	0xf0	/* from another processor */
#define VECTOR_SPURIOUS	0xff	/* the local APIC changed its mind */
/** @} */
/* clang-format on */

/** Shortest interval of a process's timer, microseconds: a shorter one would
 * leave no time for the rest. */
#define ITIMER_MIN_US 1000

/**
 * Serves one interrupt.
 * @param tf	registers of what was interrupted; changes take effect
 */
typedef void intr_handler_t(struct trapframe *tf);

/** Unmasks maskable interrupts on this processor. */
static __inline void
intr_enable(void)
{
	cpu_enable_intr();
}

/** Masks maskable interrupts on this processor. */
static __inline void
intr_disable(void)
{
	cpu_disable_intr();
}

/** @return whether maskable interrupts are on */
static __inline bool
intr_enabled(void)
{
	return ((read_rflags() & PSL_I) != 0);
}

/** Stops this processor; what cannot be masked may still come. */
static __inline void
intr_halt(void)
{
	cpu_halt();
}

/**
 * Tells the processor that this is a loop that waits for another one.
 * @param lock	what is looked at before each turn, or NULL
 */
static __inline void
cpu_spinwait(const volatile void *lock __unused)
{
	cpu_pause();
}

/**
 * Somebody may wait for a lock that is free now: here they look all the time.
 * @param lock	it
 */
static __inline void
cpu_lock_freed(const volatile void *lock __unused)
{
}

/** Lets other processors have what this one has just given back: they run. */
static __inline void
cpu_give_way(void)
{
	cpu_pause();
}

/* tag::idle[] */
/**
 * Waits for an interrupt and serves it.  Called with interrupts off, after
 * looking for work and finding none; returns with interrupts off, and the
 * caller looks again.
 *
 * STI lets interrupts in only after the instruction that follows it.  So one
 * that has come since the caller looked is served when HLT has begun, and
 * ends it: no wakeup is lost between the two.  SDM volume 2, "STI".
 */
static __inline void
cpu_idle(void)
{
	__asm __volatile("sti; hlt; cli" : : : "memory");
}
/* end::idle[] */

/* --- x86_64/intr.c --- */
void intr_register(u_int vector, intr_handler_t *handler);
void intr_dispatch(struct trapframe *tf, u_int vector);

/** @cond host */
/* --- x86_64/ioapic.c: Damselfly only --- */
#define VECTOR_ISA 0x30 /* of ISA interrupt 0; 16 of them */
bool ioapic_init(void);
int intr_isa_enable(u_int irq, intr_handler_t *handler);
/** @endcond */

#endif
