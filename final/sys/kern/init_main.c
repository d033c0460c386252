/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * From the boot layer to process 1.  main() is the table of contents.
 */
#include <sys/buf.h>
#include <sys/callout.h>
#include <sys/conf.h>
#include <sys/ktr.h>
#include <sys/malloc.h>
#include <sys/mount.h>
#include <sys/proc.h>
#include <sys/reboot.h>
#include <sys/sysctl.h>
#include <sys/systm.h>
#include <sys/vnode.h>
#include <cpu/cpufunc.h>
#include <machine/cpu.h>
#include <machine/globaldata.h>
#include <machine/intr.h>
#include <machine/md_var.h>
#include <machine/vmm.h>
#include <machine/vmparam.h>
#include <vm/vm_map.h>
#include <vm/vm_page.h>

/** How the kernel was started: RB_*. */
int boothowto;

static void
banner(void)
{
	kprintf("%s\n%lu MB of memory, %lu MB free\n", version,
	    vm_page_total_count() >> (20 - PAGE_SHIFT),
	    vm_page_free_count() >> (20 - PAGE_SHIFT));
}

/* What the kernel environment says about the start itself. */
static void
read_options(void)
{
	static const struct {
		const char *name;
		int howto;
	} options[] = {
		{ "boot_verbose", RB_VERBOSE },
		{ "boot_single", RB_SINGLE },
		{ "boot_askname", RB_ASKNAME },
	};

	for (u_int i = 0; i < nitems(options); i++)
		if (kgetenv_int(options[i].name, 0) != 0)
			boothowto |= options[i].howto;
}

/* What somebody asks for, here or elsewhere; see kgetenv(). */
static const char *const known_options[] = { "boot_verbose", "boot_single",
	"boot_askname", "vfs.root.mountfrom", "init_path", "init_args", "panic",
	"poweroff", "vmcs_dump", "debug.ktr.enable", "pages_1gb" };

/* Whether the n bytes at p are one of these. */
static bool
is_known_option(const char *p, size_t n)
{
	for (u_int i = 0; i < nitems(known_options); i++)
		if (strlen(known_options[i]) == n &&
		    strncmp(known_options[i], p, n) == 0)
			return (true);
	return (false);
}

static void
list_options(void)
{
	kprintf("There are the boot options");
	for (u_int i = 0; i < nitems(known_options); i++)
		kprintf("%s %s", i > 0 ? "," : "", known_options[i]);
	kprintf(".\n");
}

/*
 * Says which words of the command line nobody asks for: with a misspelt one
 * the machine does something else than was wanted.
 */
static void
check_options(void)
{
	const char *p = md_bootargs();
	bool wrong = false;
	size_t n;

	while (*p != '\0') {
		for (n = 0; p[n] != '\0' && p[n] != ' ' && p[n] != '='; n++)
			;
		if (n > 0 && !is_known_option(p, n)) {
			kprintf("boot option %.*s is not known\n", (int)n, p);
			wrong = true;
		}
		for (p += n; *p != '\0' && *p != ' '; p++)
			;
		while (*p == ' ')
			p++;
	}
	if (wrong)
		list_options();
}

/* The file systems that every process sees. */
static void
mount_all(void)
{
	const char *root = kgetenv("vfs.root.mountfrom");
	int error;

	if (vfs_mountroot(root != NULL ? root : ROOT_DEFAULT) != 0) {
		kprintf("no root file system: giving up\n");
		poweroff_status = 1;
		boot(RB_POWEROFF);
	}
	error = vfs_domount("devfs", NULL, "/dev", 0, NULL, proc0.p_ucred);
	if (error != 0)
		kprintf("devfs cannot be mounted on /dev: error %d\n", error);
	error = vfs_domount("procfs", NULL, "/proc", 0, NULL, proc0.p_ucred);
	if (error != 0)
		kprintf("procfs cannot be mounted on /proc: error %d\n", error);
}

/* tag::main[] */
/**
 * Starts Damselfly; called by the platform on the boot stack, interrupts off.
 * @return	never
 */
int
main(void)
{
	kmeminit();
	lwkt_init_cpu(mycpu);
	cpu_startup();
	banner();
	lwkt_init_idle();
	callout_init_cpu();
	sleepinit();
	procinit();
	thread0.td_proc = &proc0;
	systimer_init_cpu();
	intr_enable();
	if (cpu_start_all() > 1)
		kprintf("%u processors\n", ncpus);
	lwkt_gettoken(&mp_token);
	read_options();
	check_options();
	ktr_init();
	sigcode_init();
	vm_pageout_init();
	vmm_init();
	vfs_init();
	bufinit();
	dev_init();
	mount_all();
	create_init();
	lwkt_reltoken(&mp_token);
	/* The boot stack is nobody's any more. */
	for (;;)
		tsleep(&thread0, 0, "nothing", 0);
}
/* end::main[] */
