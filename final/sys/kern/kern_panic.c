/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * The end of a kernel that has found its own state wrong.
 *
 * panic() is for what cannot happen.  What a guest, a process or the firmware
 * can cause is an error and is returned.  Only one processor panics: see
 * cpu_claim_end().
 */
#include <sys/systm.h>
#include <machine/globaldata.h>
#include <machine/intr.h>
#include <machine/md_var.h>

/** True from the first panic on. */
bool panicking;

/* In an emulator the run ends; `panic=halt` leaves the screen as it is. */
static void __dead2
panic_stop(void)
{
	const char *what = kgetenv("panic");

	while (what != NULL && strcmp(what, "halt") == 0)
		intr_halt();
	poweroff(255);
}

/**
 * Stops the machine, showing how control came to a place other than the
 * caller: trap() knows where the kernel was when an exception hit it.
 * @param rip	address in the function where it happened
 * @param rbp	that function's frame pointer
 * @param fmt	format of one greppable phrase, without a newline
 * @param ap	arguments
 */
void
vpanic_at(vm_offset_t rip, vm_offset_t rbp, const char *fmt, va_list ap)
{
	cpu_claim_end();
	kprintf("%spanic: ", panicking ? "\ndouble " : "\n");
	kvprintf(fmt, ap);
	kprintf("\n");
	if (!panicking) {
		panicking = true;
		db_backtrace(rip, rbp);
	}
	panic_stop();
}

/**
 * Like vpanic_at().
 * @param rip	address in the function where it happened
 * @param rbp	that function's frame pointer
 * @param fmt	format of one greppable phrase, without a newline
 */
void
panic_at(vm_offset_t rip, vm_offset_t rbp, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vpanic_at(rip, rbp, fmt, ap);
}

/**
 * Prints the message and the way that led here, and stops the machine.  In
 * an emulator the run ends with status 255; `panic=halt` in the kernel
 * environment leaves the message on the screen instead.
 * @param fmt	format of one greppable phrase, without a newline
 */
void
panic(const char *fmt, ...)
{
	const vm_offset_t *frame = __builtin_frame_address(0);
	va_list ap;

	va_start(ap, fmt);
	/* The call is the instruction before the return address. */
	vpanic_at(
	    (vm_offset_t)__builtin_return_address(0) - 1, frame[0], fmt, ap);
}
