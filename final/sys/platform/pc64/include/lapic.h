/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * The local APIC: a processor's interrupts and its timer.
 */
#ifndef _MACHINE_LAPIC_H_
#define _MACHINE_LAPIC_H_

#include <sys/types.h>

/* clang-format off */
/** @name IA32_APIC_BASE */
/** @{ */
#define APICBASE_X2APIC	 0x400UL	/* x2APIC mode */
#define APICBASE_ENABLED 0x800UL	/* never to be cleared */
#define APICBASE_ADDRESS 0x000ffffffffff000UL
/** @} */

/** @name Registers: offset in xAPIC mode; MSR 0x800 + offset / 16 in x2APIC */
/** @{ */
#define LAPIC_ID	0x020	/* this processor's number */
#define LAPIC_TPR	0x080	/* task priority */
#define LAPIC_EOI	0x0b0	/* end of interrupt */
#define LAPIC_SVR	0x0f0	/* spurious-interrupt vector */
#define LAPIC_ICR_LO	0x300	/* interrupt command */
#define LAPIC_ICR_HI	0x310	/* its destination, in xAPIC mode */
#define LAPIC_LVT_TIMER	0x320	/* local vector table: timer */
#define LAPIC_LVT_LINT0	0x350	/* local vector table: pin 0 */
#define LAPIC_LVT_LINT1	0x360	/* local vector table: pin 1 */
#define LAPIC_LVT_ERROR	0x370	/* local vector table: error */
#define LAPIC_TIMER_ICR	0x380	/* timer, initial count */
#define LAPIC_TIMER_CCR	0x390	/* timer, current count */
#define LAPIC_TIMER_DCR	0x3e0	/* timer, divide configuration */
/** @} */

/** @name Bits of the registers */
/** @{ */
#define SVR_ENABLE	 0x00100	/* on, by software */
#define ICR_FIXED	 0x00000	/* deliver the vector */
#define ICR_NMI		 0x00400	/* deliver an NMI */
#define ICR_INIT	 0x00500	/* reset, then wait for a start-up */
#define ICR_STARTUP	 0x00600	/* begin at page `vector` */
#define ICR_PENDING	 0x01000	/* not sent yet, xAPIC mode only */
#define ICR_ASSERT	 0x04000	/* 1 for everything that we send */
#define LVT_MASKED	 0x10000	/* delivers nothing */
#define LVT_PERIODIC	 0x20000	/* timer: starts again by itself */
#define TIMER_DIVIDE_1	 0x0000b	/* counts every clock */
/** @} */
/* clang-format on */

/* --- x86_64/lapic.c --- */
void lapic_quiet(void);

/* --- x86_64/lapic_ipi.c --- */
bool lapic_init(void);
bool lapic_ready(void);
bool lapic_is_x2apic(void);
uint32_t lapic_read(u_int reg);
void lapic_write(u_int reg, uint32_t v);
void lapic_eoi(void);
u_int lapic_id(void);
void lapic_ipi(u_int cpuid, u_int vector);
void lapic_ipi_nmi(u_int cpuid);
void lapic_ipi_init(u_int apicid);
void lapic_ipi_sipi(u_int apicid, u_int page);

/* --- x86_64/lapic_timer.c --- */
extern uint64_t lapic_hz;
void lapic_timer_free_run(void);
void lapic_timer_periodic(u_int hz);
void lapic_timer_oneshot(uint64_t us);
void lapic_timer_stop(void);

#endif
