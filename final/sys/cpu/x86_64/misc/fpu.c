/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Floating-point and vector registers: saved and loaded with every switch
 * between threads of processes, never lazily, so that no thread can ever see
 * what another one left.
 *
 * XSAVE where there is it, with x87, SSE and AVX; else FXSAVE.  The kernel
 * itself uses none of these registers, so they stay while a program is in the
 * kernel, and a kernel thread does not change them.  They trap only while a
 * process of a vkernel runs that has asked for it (fpu_set_trap()).  SDM volume
 * 1, "Managing State Using the XSAVE Feature Set".
 */
#include <sys/malloc.h>
#include <sys/systm.h>
#include <sys/thread.h>
#include <cpu/cpufunc.h>
#include <cpu/specialreg.h>
#include <machine/cpu.h>
#include <machine/globaldata.h>
#include <machine/intr.h>

#define XCR0_X87      0x1
#define XCR0_SSE      0x2
#define XCR0_AVX      0x4
#define FXSAVE_SIZE   512
#define XSAVE_HEADER  64
#define XSTATE_BV     FXSAVE_SIZE /* offset of the header's first word */
#define YMM_OFFSET    (FXSAVE_SIZE + XSAVE_HEADER) /* upper halves, always */
#define YMM_SIZE      256
#define FCW_INIT      0x37f
#define MXCSR_INIT    0x1f80
#define FX_FCW	      0
#define FX_MXCSR      24
#define FX_MXCSR_MASK 28

CTASSERT(YMM_OFFSET + YMM_SIZE == FPU_YMM_SIZE);

MALLOC_DEFINE(M_FPU, "FPU state");

static bool has_xsave;
static uint64_t xcr0;
static u_int area_size = FXSAVE_SIZE;
static uint32_t mxcsr_mask = 0xffbf;

/* The area proper in what pcb_fpu points to: 64-aligned. */
static u_char *
area_of(struct thread *td)
{
	return ((u_char *)roundup2((uintptr_t)td->td_pcb.pcb_fpu, 64));
}

static void
save(u_char *area)
{
	if (has_xsave)
		__asm __volatile(
		    "xsave64 (%0)"
		    :
		    : "r"(area), "a"((uint32_t)xcr0), "d"(xcr0 >> 32)
		    : "memory");
	else
		__asm __volatile("fxsave64 (%0)" : : "r"(area) : "memory");
}

static void
load(const u_char *area)
{
	if (has_xsave)
		__asm __volatile(
		    "xrstor64 (%0)"
		    :
		    : "r"(area), "a"((uint32_t)xcr0), "d"(xcr0 >> 32)
		    : "memory");
	else
		__asm __volatile("fxrstor64 (%0)" : : "r"(area) : "memory");
}

/** Prepares the registers; every processor, before it runs programs. */
void
fpu_init_cpu(void)
{
	cpu_fpu_enable(has_xsave, xcr0);
	__asm __volatile("fninit");
}

/** Finds out what there is; the boot processor, once. */
void
fpu_init(void)
{
	static u_char probe[FXSAVE_SIZE] __aligned(16);
	uint32_t mask;
	u_int p[4];

	do_cpuid(1, p);
	has_xsave = (p[2] & CPUID2_XSAVE) != 0;
	if (has_xsave) {
		cpuid_count(0xd, 0, p);
		xcr0 = p[0] & (XCR0_X87 | XCR0_SSE | XCR0_AVX);
		xcr0 = cpu_fpu_features(xcr0);
	}
	fpu_init_cpu();
	if (has_xsave) {
		cpuid_count(0xd, 0, p);
		area_size = p[1]; /* for what xcr0 has on */
	}
	__asm __volatile("fxsave64 (%0)" : : "r"(probe) : "memory");
	memcpy(&mask, probe + FX_MXCSR_MASK, sizeof(mask));
	if (mask != 0)
		mxcsr_mask = mask;
}

/* The state that a program starts with. */
static void
set_initial(u_char *area)
{
	uint16_t fcw = FCW_INIT;
	uint32_t mxcsr = MXCSR_INIT;

	memset(area, 0, MAX(area_size, FXSAVE_SIZE));
	memcpy(area + FX_FCW, &fcw, sizeof(fcw));
	memcpy(area + FX_MXCSR, &mxcsr, sizeof(mxcsr));
	/* XSTATE_BV 0: XRSTOR takes the initial state; MXCSR comes from here
	 * only if SSE is in it. */
	if (has_xsave)
		area[XSTATE_BV] = XCR0_X87 | XCR0_SSE;
}

/**
 * Gives a thread room for its state, set to the initial one.  May sleep.
 * @param td	a thread of a process
 * @return	0
 */
int
fpu_alloc(struct thread *td)
{
	if (td->td_pcb.pcb_fpu == NULL)
		td->td_pcb.pcb_fpu = kmalloc(area_size + 64, M_FPU, M_WAITOK);
	set_initial(area_of(td));
	return (0);
}

/**
 * Frees the room.
 * @param td	gone
 */
void
fpu_free(struct thread *td)
{
	kfree(td->td_pcb.pcb_fpu, M_FPU);
	td->td_pcb.pcb_fpu = NULL;
}

/**
 * Puts a thread's registers into the initial state.
 * @param td	the calling thread, or one that does not run
 */
void
fpu_reset(struct thread *td)
{
	bool intr = intr_enabled();

	if (td->td_pcb.pcb_fpu == NULL)
		fpu_alloc(td);
	/* A switch between the two would save what is to go. */
	intr_disable();
	set_initial(area_of(td));
	if (td == curthread)
		load(area_of(td));
	if (intr)
		intr_enable();
}

/**
 * Gives a new thread its creator's registers.
 * @param from	the calling thread
 * @param to	does not run yet
 */
void
fpu_copy(struct thread *from, struct thread *to)
{
	bool intr = intr_enabled();

	fpu_alloc(to);
	if (from->td_pcb.pcb_fpu == NULL)
		return;
	intr_disable();
	if (from == curthread)
		save(area_of(from));
	memcpy(area_of(to), area_of(from), area_size);
	if (intr)
		intr_enable();
}

/**
 * Exchanges the registers with a switch of threads.  Interrupts are off.
 * @param old	leaves
 * @param new	comes
 */
void
fpu_switch(struct thread *old, struct thread *new)
{
	if (old->td_pcb.pcb_fputrap)
		cpu_fpu_trap(false);
	if (old->td_pcb.pcb_fpu != NULL)
		save(area_of(old));
	if (new->td_pcb.pcb_fpu != NULL)
		load(area_of(new));
	if (new->td_pcb.pcb_fputrap)
		cpu_fpu_trap(true);
}

/**
 * Has a program's floating-point instructions raise #NM, or work again.  While
 * they do not, the kernel must not touch the registers either.
 * @param td	the calling thread
 * @param on	they raise it
 */
void
fpu_set_trap(struct thread *td, bool on)
{
	bool intr = intr_enabled();

	if (td->td_pcb.pcb_fputrap == on)
		return;
	intr_disable();
	td->td_pcb.pcb_fputrap = on;
	cpu_fpu_trap(on);
	if (intr)
		intr_enable();
}

/* Writes what XSAVE found in its initial state, and left out. */
static void
fill_in(u_char *area)
{
	uint16_t fcw = FCW_INIT;
	uint64_t bv;

	memcpy(&bv, area + XSTATE_BV, sizeof(bv));
	if ((bv & XCR0_X87) == 0) {
		memset(area, 0, FX_MXCSR);
		memcpy(area + FX_FCW, &fcw, sizeof(fcw));
		memset(area + 32, 0, 128);
	}
	if ((bv & XCR0_SSE) == 0)
		memset(area + 160, 0, 256);
	if ((xcr0 & XCR0_AVX & ~bv) != 0)
		memset(area + YMM_OFFSET, 0, YMM_SIZE);
	memcpy(area + XSTATE_BV, &xcr0, sizeof(xcr0));
}

static void
get_image(struct thread *td, void *image, size_t n)
{
	bool intr = intr_enabled();
	u_char *area = area_of(td);

	intr_disable();
	if (td == curthread)
		save(area);
	if (has_xsave)
		fill_in(area);
	memcpy(image, area, n);
	if (intr)
		intr_enable();
}

/**
 * Copies a thread's x87 and SSE state.
 * @param td	the calling thread, or one that does not run
 * @param image	512 bytes, the layout of FXSAVE
 */
void
fpu_get(struct thread *td, void *image)
{
	get_image(td, image, FXSAVE_SIZE);
}

/**
 * The same with the upper halves of AVX's registers.
 * @param td	the calling thread, or one that does not run
 * @param image	FPU_YMM_SIZE bytes, the layout of XSAVE
 * @return	false: there are none, the image is unchanged
 */
bool
fpu_get_ymm(struct thread *td, void *image)
{
	if ((xcr0 & XCR0_AVX) == 0)
		return (false);
	get_image(td, image, FPU_YMM_SIZE);
	return (true);
}

/**
 * @param image	512 bytes from a program
 * @return	whether FXRSTOR and XRSTOR take it
 */
bool
fpu_valid_image(const void *image)
{
	uint32_t mxcsr;

	memcpy(&mxcsr, (const u_char *)image + FX_MXCSR, sizeof(mxcsr));
	return ((mxcsr & ~mxcsr_mask) == 0);
}

/**
 * @param image	FPU_YMM_SIZE bytes from a program
 * @return	whether XRSTOR takes it: nothing but XSTATE_BV is in the header
 *		and no other component in that
 */
bool
fpu_valid_ymm(const void *image)
{
	const u_char *header = (const u_char *)image + XSTATE_BV;
	uint64_t word, others;

	memcpy(&others, header, sizeof(others));
	others &= ~xcr0;
	for (u_int i = sizeof(word); i < XSAVE_HEADER; i += sizeof(word)) {
		memcpy(&word, header + i, sizeof(word));
		others |= word;
	}
	return (
	    (xcr0 & XCR0_AVX) != 0 && others == 0 && fpu_valid_image(image));
}

static void
set_image(struct thread *td, const u_char *image, bool ymm)
{
	bool intr = intr_enabled();
	u_char *area = area_of(td);

	intr_disable();
	if (td == curthread)
		save(area);
	memcpy(area, image, 416); /* the rest is for software */
	if (ymm) {
		memcpy(area + XSTATE_BV, image + XSTATE_BV, sizeof(xcr0));
		memcpy(area + YMM_OFFSET, image + YMM_OFFSET, YMM_SIZE);
	} else if (has_xsave) {
		area[XSTATE_BV] |= XCR0_X87 | XCR0_SSE;
	}
	if (td == curthread)
		load(area);
	if (intr)
		intr_enable();
}

/**
 * Sets a thread's x87 and SSE state; AVX's upper halves stay.
 * @param td	the calling thread, or one that does not run
 * @param image	512 bytes, for which fpu_valid_image() is true
 */
void
fpu_set(struct thread *td, const void *image)
{
	KASSERT(fpu_valid_image(image), ("fpu_set: MXCSR"));
	set_image(td, image, false);
}

/**
 * Sets all of a thread's state.
 * @param td	the calling thread, or one that does not run
 * @param image	FPU_YMM_SIZE bytes, for which fpu_valid_ymm() is true
 */
void
fpu_set_ymm(struct thread *td, const void *image)
{
	KASSERT(fpu_valid_ymm(image), ("fpu_set_ymm: header or MXCSR"));
	set_image(td, image, true);
}
