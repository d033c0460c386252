/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Turning the floating-point registers on.
 */
#include <sys/systm.h>
#include <cpu/cpufunc.h>
#include <cpu/specialreg.h>
#include <machine/cpu.h>

/**
 * Lets this processor have floating-point registers.
 * @param xsave	whether there is XSAVE
 * @param xcr0	if so, the states that it is to know
 */
void
cpu_fpu_enable(bool xsave, uint64_t xcr0)
{
	u_long cr4 = rcr4() | CR4_OSFXSR | CR4_OSXMMEXCPT;

	if (xsave)
		cr4 |= CR4_OSXSAVE;
	load_cr4(cr4);
	load_cr0((rcr0() & ~(CR0_EM | CR0_TS)) | CR0_MP | CR0_NE);
	if (xsave)
		__asm __volatile(
		    "xsetbv"
		    :
		    : "a"((uint32_t)xcr0), "d"(xcr0 >> 32), "c"(0));
}

/**
 * @param xcr0	states that the processor has, of those that we know
 * @return	those that cpu_fpu_enable() can turn on: all
 */
uint64_t
cpu_fpu_features(uint64_t xcr0)
{
	return (xcr0);
}

/**
 * Has floating-point instructions of this processor raise #NM, or work again.
 * @param on	they raise it
 */
void
cpu_fpu_trap(bool on)
{
	if (on)
		load_cr0(rcr0() | CR0_TS);
	else
		__asm __volatile("clts");
}
