/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Single instructions as functions, under DragonFly's names.
 *
 * SDM volume 2 describes each instruction.  None of these functions locks or
 * sleeps; those that touch privileged state fault outside ring 0.
 */
#ifndef _CPU_CPUFUNC_H_
#define _CPU_CPUFUNC_H_

#include <sys/types.h>

/**
 * Executes CPUID leaf `ax`, sub-leaf `cx`.
 * @param ax	leaf
 * @param cx	sub-leaf
 * @param p	EAX, EBX, ECX, EDX as returned
 */
static __inline void
cpuid_count(u_int ax, u_int cx, u_int p[4])
{
	__asm __volatile("cpuid"
			 : "=a"(p[0]), "=b"(p[1]), "=c"(p[2]), "=d"(p[3])
			 : "0"(ax), "2"(cx));
}

/**
 * Executes CPUID leaf `ax`, sub-leaf 0.
 * @param ax	leaf
 * @param p	EAX, EBX, ECX, EDX as returned
 */
static __inline void
do_cpuid(u_int ax, u_int p[4])
{
	cpuid_count(ax, 0, p);
}

/**
 * Reads a model-specific register; raises #GP when it does not exist.
 * @param msr	register number
 * @return	its 64 bits
 */
static __inline uint64_t
rdmsr(u_int msr)
{
	uint32_t low, high;

	__asm __volatile("rdmsr" : "=a"(low), "=d"(high) : "c"(msr));
	return ((uint64_t)high << 32 | low);
}

/**
 * Writes a model-specific register; raises #GP on a value it does not take.
 * @param msr	register number
 * @param v	its 64 bits
 */
static __inline void
wrmsr(u_int msr, uint64_t v)
{
	__asm __volatile("wrmsr"
			 :
			 : "a"((uint32_t)v), "d"(v >> 32), "c"(msr)
			 : "memory");
}

/** @return the time-stamp counter */
static __inline uint64_t
rdtsc(void)
{
	uint32_t low, high;

	__asm __volatile("rdtsc" : "=a"(low), "=d"(high));
	return ((uint64_t)high << 32 | low);
}

/** Defines `rNAME` and `load_NAME` for control register NAME. */
#define CR_ACCESSORS(name, reg)                                                \
	static __inline u_long r##name(void)                                   \
	{                                                                      \
		u_long v;                                                      \
                                                                               \
		__asm __volatile("mov %%" #reg ", %0" : "=r"(v));              \
		return (v);                                                    \
	}                                                                      \
                                                                               \
	static __inline void load_##name(u_long v)                             \
	{                                                                      \
		__asm __volatile("mov %0, %%" #reg : : "r"(v) : "memory");     \
	}

CR_ACCESSORS(cr0, cr0)
CR_ACCESSORS(cr2, cr2)
CR_ACCESSORS(cr3, cr3)
CR_ACCESSORS(cr4, cr4)
CR_ACCESSORS(dr7, dr7)
#undef CR_ACCESSORS

/** Defines an input and an output function for one port width. */
#define PORT_ACCESSORS(sfx, type)                                              \
	static __inline type in##sfx(u_int port)                               \
	{                                                                      \
		type v;                                                        \
                                                                               \
		__asm __volatile("in" #sfx " %w1, %0" : "=a"(v) : "Nd"(port)); \
		return (v);                                                    \
	}                                                                      \
                                                                               \
	static __inline void out##sfx(u_int port, type v)                      \
	{                                                                      \
		__asm __volatile("out" #sfx " %0, %w1"                         \
				 :                                             \
				 : "a"(v), "Nd"(port));                        \
	}

PORT_ACCESSORS(b, uint8_t)
PORT_ACCESSORS(w, uint16_t)
PORT_ACCESSORS(l, uint32_t)
#undef PORT_ACCESSORS

/**
 * Drops this processor's translation of one page.
 * @param va	any address in the page
 */
static __inline void
invlpg(u_long va)
{
	__asm __volatile("invlpg (%0)" : : "r"(va) : "memory");
}

/** @return RFLAGS */
static __inline u_long
read_rflags(void)
{
	u_long v;

	__asm __volatile("pushfq; popq %0" : "=r"(v));
	return (v);
}

/** Tells the processor that this is a spin loop. */
static __inline void
cpu_pause(void)
{
	__asm __volatile("pause" : : : "memory");
}

/** Masks maskable interrupts on this processor. */
static __inline void
cpu_disable_intr(void)
{
	__asm __volatile("cli" : : : "memory");
}

/** Unmasks maskable interrupts on this processor. */
static __inline void
cpu_enable_intr(void)
{
	__asm __volatile("sti" : : : "memory");
}

/** Stops this processor until an interrupt, an NMI or a reset. */
static __inline void
cpu_halt(void)
{
	__asm __volatile("hlt" : : : "memory");
}

#endif
