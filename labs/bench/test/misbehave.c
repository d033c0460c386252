/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * One kernel that misbehaves in the way that its environment asks for
 * (`do=hang`), so that the bench can be tested: each way must be reported as
 * what it is (tests.toml in this folder).
 *
 * A row in the table below is all that a new way needs.
 */
#include <sys/cons.h>
#include <sys/systm.h>
#include <sys/tap.h>
#include <cpu/cpufunc.h>
#include <cpu/specialreg.h>
#include <machine/md_var.h>

#define FLOOD_BYTES  (10 << 20) /* more than any console limit */
#define TALK_LINES   3000
#define VMXON_REGION 4096

static void __dead2
spin(void)
{
	for (;;)
		cpu_pause();
}

/* Everything as it should be: the measure for the others. */
static int
do_pass(void)
{
	tap_plan(2);
	tap_ok(true, "the first of two");
	tap_skip("there is nothing to test", "the second of two");
	kprintf("tsc %lu\n", (u_long)rdtsc());
	return (tap_status());
}

static int
do_hang(void)
{
	tap_plan(1);
	spin();
}

/* As do_hang(), but asleep for good. */
static int
do_halt(void)
{
	tap_plan(1);
	cpu_disable_intr();
	for (;;)
		cpu_halt();
	return (0);
}

static int
do_panic(void)
{
	tap_plan(2);
	tap_ok(true, "before the panic");
	panic("misbehave was asked to panic");
}

/* With an empty IDT any exception becomes a triple fault. */
static int
do_triple_fault(void)
{
	struct {
		uint16_t limit;
		uint64_t base;
	} __packed nothing = { 0, 0 };

	tap_plan(1);
	__asm__ __volatile__("lidt %0; ud2" : : "m"(nothing));
	return (0);
}

static int
do_not_ok(void)
{
	tap_plan(2);
	tap_ok(true, "a test that passes");
	tap_ok(false, "a test that misses");
	return (tap_status());
}

/* No TAP at all, and yet it says that all is well. */
static int
do_silent(void)
{
	return (0);
}

/* Not a word, not even an exit status: the machine just goes off. */
static int
do_mute(void)
{
	for (const char *p = "Shutdown"; *p != '\0'; p++)
		outb(0x8900, *p);
	outb(0xf4, 0);
	spin();
}

/* One test fewer than announced. */
static int
do_short_plan(void)
{
	tap_plan(3);
	tap_ok(true, "the first of three");
	tap_ok(true, "the second of three");
	return (0);
}

static int
do_long_plan(void)
{
	tap_plan(1);
	tap_ok(true, "the only one announced");
	tap_ok(true, "one more");
	return (0);
}

static int
do_flood(void)
{
	static const char line[] =
	    "a line of sixty-four characters, repeated without an end.......";

	tap_plan(1);
	for (u_int sent = 0; sent < FLOOD_BYTES; sent += sizeof(line))
		kprintf("%s\n", line);
	tap_ok(true, "nobody stopped the flood");
	return (tap_status());
}

/* As much as a long test prints, every line another: the screen keeps up. */
static int
do_talk(void)
{
	uint64_t x = 1;

	tap_plan(1);
	for (u_int i = 0; i < TALK_LINES; i++) {
		x = x * 6364136223846793005ull + 1442695040888963407ull;
		kprintf("%4u %016lx %016lx %016lx\n", i, (u_long)x,
		    (u_long)(x ^ x >> 29), (u_long)~x);
	}
	tap_ok(true, "all of it was printed");
	return (tap_status());
}

/* A fault, and faults while it is delivered: there is no stack. */
static int
do_wild(void)
{
	tap_plan(1);
	__asm__ __volatile__("movq %0, %%rsp; pushq %%rax"
			     :
			     : "r"(0x5a5a000000000000ull));
	return (0);
}

/* The right words, but the machine stays on. */
static int
do_stay_on(void)
{
	tap_plan(1);
	tap_ok(true, "the only one");
	kprintf("exit status 0\n");
	spin();
}

/* All tests pass, and the exit status says otherwise. */
static int
do_status(void)
{
	tap_plan(1);
	tap_ok(true, "the only one");
	return (3);
}

/* A VMX instruction that the processor refuses: VMXON with a wrong region. */
static int
do_vmfail(void)
{
	static char region[VMXON_REGION] __aligned(VMXON_REGION);
	vm_paddr_t pa;
	bool refused;

	tap_plan(1);
	memset(region, 0xff, sizeof(region));
	pmap_kextract((vm_offset_t)region, &pa);
	load_cr0(rcr0() | CR0_NE);
	load_cr4(rcr4() | CR4_VMXE);
	__asm__ __volatile__("vmxon %1; setc %0"
			     : "=qm"(refused)
			     : "m"(pa)
			     : "cc", "memory");
	tap_ok(refused, "VMXON of a region with a wrong revision is refused");
	return (tap_status());
}

/* Measures itself when asked to, as `make bench` wants it. */
static int
do_measure(void)
{
	tap_plan(1);
	tap_ok(true, "the only one");
	if (kgetenv_int("bench", 0) != 1)
		return (tap_status());
	kprintf("# bench: nothing: 1.00 exits, 431.20 host instructions\n");
	for (u_int n = 1; n <= 8; n++) {
		const char *s = n == 1 ? "" : "s";

		kprintf("# bench: by lock, %u virtual CPU%s: %u.50 exits, "
			"%u host instructions\n",
		    n, s, n, 100 * n * n);
		kprintf("# bench: by mask, %u virtual CPU%s: 2.00 exits, "
			"%u host instructions\n",
		    n, s, 700 + 10 * n);
	}
	return (tap_status());
}

/* A value without a unit. */
static int
do_measure_badly(void)
{
	tap_plan(1);
	tap_ok(true, "the only one");
	kprintf("# bench: nothing: 1.00 exits, 431.20\n");
	return (tap_status());
}

/* Repeats each line that is typed until one is "quit". */
static int
do_echo(void)
{
	char line[80];
	u_int length = 0;
	int c;

	kprintf("type, and quit ends it\n");
	for (;;) {
		c = cngetc();
		if (c != '\r' && c != '\n') {
			if (length < sizeof(line) - 1)
				line[length++] = c;
			continue;
		}
		line[length] = '\0';
		length = 0;
		kprintf("you typed: %s\n", line);
		if (strcmp(line, "quit") == 0)
			return (0);
		if (strcmp(line, "fail") == 0)
			return (5);
	}
}

/** A way to behave. */
struct way {
	const char *name; /**< the value of `do` */
	int (*run)(void); /**< returns the exit status */
};

static const struct way ways[] = {
	{ "pass", do_pass },
	{ "hang", do_hang },
	{ "halt", do_halt },
	{ "panic", do_panic },
	{ "triple-fault", do_triple_fault },
	{ "not-ok", do_not_ok },
	{ "silent", do_silent },
	{ "mute", do_mute },
	{ "short-plan", do_short_plan },
	{ "long-plan", do_long_plan },
	{ "flood", do_flood },
	{ "talk", do_talk },
	{ "wild", do_wild },
	{ "stay-on", do_stay_on },
	{ "status", do_status },
	{ "vmfail", do_vmfail },
	{ "measure", do_measure },
	{ "measure-badly", do_measure_badly },
	{ "echo", do_echo },
};

/**
 * Does what the environment's `do` says; called by the boot layer.
 * @return the exit status of the run
 */
int
main(void)
{
	const char *name = kgetenv("do");

	if (name == NULL && kgetenv("bench") != NULL)
		name = "measure"; /* as a step, which is asked nothing else */
	for (u_int i = 0; name != NULL && i < nitems(ways); i++)
		if (strcmp(name, ways[i].name) == 0)
			return (ways[i].run());
	panic("there is no way to behave called %s",
	    name == NULL ? "(none)" : name);
}
