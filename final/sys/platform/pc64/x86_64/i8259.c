/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * The two 8259 interrupt controllers, put to rest.
 *
 * The firmware leaves them on, at vectors that are exceptions here.  They are
 * moved out of the way, so that even a spurious interrupt cannot look like a
 * double fault, and every line is masked.
 */
#include <sys/types.h>
#include <cpu/cpufunc.h>
#include <cpu/trap.h>
#include <machine/md_var.h>

#define ICU1_CMD  0x20
#define ICU1_DATA 0x21
#define ICU2_CMD  0xa0
#define ICU2_DATA 0xa1
#define ICW1_INIT 0x11 /* cascade, edge, ICW4 follows */
#define ICW4_8086 0x01

/** Moves both controllers to vectors 32 to 47 and masks all their lines. */
void
i8259_mask(void)
{
	outb(ICU1_CMD, ICW1_INIT);
	outb(ICU2_CMD, ICW1_INIT);
	outb(ICU1_DATA, IDT_EXCEPTIONS);
	outb(ICU2_DATA, IDT_EXCEPTIONS + 8);
	outb(ICU1_DATA, 1 << 2); /* the second one is on line 2 */
	outb(ICU2_DATA, 2);
	outb(ICU1_DATA, ICW4_8086);
	outb(ICU2_DATA, ICW4_8086);
	outb(ICU1_DATA, 0xff);
	outb(ICU2_DATA, 0xff);
}
