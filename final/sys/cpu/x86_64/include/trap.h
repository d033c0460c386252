/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Trap numbers of DragonFly's interface (tf_trapno) and the processor's
 * exception vectors that they stand for.
 */
#ifndef _CPU_TRAP_H_
#define _CPU_TRAP_H_

/* clang-format off */
/** @name DragonFly's trap numbers */
/** @{ */
#define T_PRIVINFLT	1	/* #UD */
#define T_BPTFLT	3	/* #BP */
#define T_ARITHTRAP	6	/* #MF */
#define T_ASTFLT	7	/* asynchronous system trap */
#define T_PROTFLT	9	/* #GP */
#define T_TRCTRAP	10	/* #DB */
#define T_PAGEFLT	12	/* #PF */
#define T_ALIGNFLT	14	/* #AC */
#define T_DIVIDE	18	/* #DE */
#define T_NMI		19	/* NMI */
#define T_OFLOW		20	/* #OF */
#define T_BOUND		21	/* #BR */
#define T_DNA		22	/* #NM */
#define T_DOUBLEFLT	23	/* #DF */
#define T_FPOPFLT	24	/* coprocessor segment overrun */
#define T_TSSFLT	25	/* #TS */
#define T_SEGNPFLT	26	/* #NP */
#define T_STKFLT	27	/* #SS */
#define T_MCHK		28	/* #MC */
#define T_XMMFLT	29	/* #XM */
#define T_FAST_SYSCALL	0x81	/* SYSCALL instruction */
#define T_RESERVED	256	/* no such exception */
/** @} */

/** @name Exception vectors: SDM volume 3, "Exceptions and Interrupts" */
/** @{ */
#define IDT_DE		0	/* divide error */
#define IDT_DB		1	/* debug */
#define IDT_NMI		2	/* non-maskable interrupt */
#define IDT_BP		3	/* breakpoint */
#define IDT_OF		4	/* overflow */
#define IDT_BR		5	/* bound range exceeded */
#define IDT_UD		6	/* invalid opcode */
#define IDT_NM		7	/* device not available */
#define IDT_DF		8	/* double fault */
#define IDT_TS		10	/* invalid TSS */
#define IDT_NP		11	/* segment not present */
#define IDT_SS		12	/* stack-segment fault */
#define IDT_GP		13	/* general protection */
#define IDT_PF		14	/* page fault */
#define IDT_MF		16	/* x87 floating-point error */
#define IDT_AC		17	/* alignment check */
#define IDT_MC		18	/* machine check */
#define IDT_XM		19	/* SIMD floating-point exception */
#define IDT_VE		20	/* virtualization exception */
#define IDT_CP		21	/* control protection */
#define IDT_EXCEPTIONS	32	/* vectors below are exceptions */
#define IDT_VECTORS	256	/* entries of the table */
/** @} */

/** @name Page-fault error code: SDM volume 3, "Page-Fault Exceptions" */
/** @{ */
#define PGEX_P		0x01	/* page present: a protection violation */
#define PGEX_W		0x02	/* write access */
#define PGEX_U		0x04	/* from user mode */
#define PGEX_RSV	0x08	/* reserved bit set in an entry */
#define PGEX_I		0x10	/* instruction fetch */
#define PGEX_FPFAULT	0x80	/* not the processor's: trap at the next FPU use */
/** @} */
/* clang-format on */

#endif
