/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Test results in the Test Anything Protocol, see <sys/tap.h>.
 */
#include <sys/systm.h>
#include <sys/tap.h>

static int tap_planned = -1;
static int tap_seen;
static int tap_failed;

/**
 * Announces how many results will follow; must come first.
 * @param n	number of results
 */
void
tap_plan(int n)
{
	tap_planned = n;
	kprintf("1..%d\n", n);
}

/**
 * Reports one result.
 * @param ok	whether the test passed
 * @param fmt	format of the test's name
 * @return	ok
 */
bool
tap_ok(bool ok, const char *fmt, ...)
{
	va_list ap;

	if (!ok)
		tap_failed++;
	kprintf("%sok %d - ", ok ? "" : "not ", ++tap_seen);
	va_start(ap, fmt);
	kvprintf(fmt, ap);
	va_end(ap);
	kprintf("\n");
	return (ok);
}

/**
 * Reports one test as skipped.
 * @param reason	why, in words
 * @param fmt		format of the test's name
 */
void
tap_skip(const char *reason, const char *fmt, ...)
{
	va_list ap;

	kprintf("ok %d - ", ++tap_seen);
	va_start(ap, fmt);
	kvprintf(fmt, ap);
	va_end(ap);
	kprintf(" # SKIP %s\n", reason);
}

/**
 * Asks whether the next test is to run; if not, it is reported as skipped.
 * The boot option test=N asks for the Nth alone, test=0 for none.
 * @param name	the test's name
 * @return	whether the caller runs it
 */
bool
tap_wanted(const char *name)
{
	int next = tap_seen + 1;

	if (kgetenv_int("test", next) == next)
		return (true);
	tap_skip("another one is asked for", "%s", name);
	return (false);
}

/**
 * Reports that this machine can run none of the tests.
 * @param fmt	format of the reason
 */
void
tap_skip_all(const char *fmt, ...)
{
	va_list ap;

	tap_planned = 0;
	kprintf("1..0 # SKIP ");
	va_start(ap, fmt);
	kvprintf(fmt, ap);
	va_end(ap);
	kprintf("\n");
}

/**
 * Prints a remark that is not a result.
 * @param fmt	format, without a newline
 */
void
tap_diag(const char *fmt, ...)
{
	va_list ap;

	kprintf("# ");
	va_start(ap, fmt);
	kvprintf(fmt, ap);
	va_end(ap);
	kprintf("\n");
}

/**
 * @return	0 when everything announced was seen and passed, else 1
 */
int
tap_status(void)
{
	return (tap_failed != 0 || tap_seen != tap_planned);
}
