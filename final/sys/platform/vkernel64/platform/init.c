/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * From a program of the host to a kernel: what boot.S and machdep.c are on the
 * bare machine.  vkernel_main() is the table of contents.
 */
#include <sys/callout.h>
#include <sys/cons.h>
#include <sys/spinlock.h>
#include <sys/sysctl.h>
#include <sys/systm.h>
#include <sys/thread.h>
#include <cpu/cpufunc.h>
#include <machine/cpu.h>
#include <machine/globaldata.h>
#include <machine/intr.h>
#include <machine/host.h>
#include <machine/md_var.h>
#include <machine/vkernel.h>
#include <machine/vkops.h>
#include <machine/vmparam.h>
#include <vm/vm_page.h>

/** What the command line says. */
const struct vk_config *vk_config;
/** How the host is used. */
const struct vk_ops *vk_ops;

static struct globaldata processors[MAXCPU];
static volatile u_int aps_may_go, aps_ready;

static uint64_t boot_tsc;
SYSCTL_LONG(machdep_boot_tsc, "machdep.boot_tsc", CTLFLAG_RD, &boot_tsc,
    "Time-stamp counter when the kernel's program began");

/** @return the kernel environment, as words */
const char *
md_bootargs(void)
{
	return (vk_config->bootargs);
}

/*
 * Physical memory: the first page is nobody's, so that address 0 can mean
 * "none", then comes the array of pages, then what can be had.
 */
static void
memory_init(void)
{
	vm_pindex_t pages = atop(vk_config->memory);
	vm_paddr_t array, first;

	phys_base = vk_ops->memory(vk_config);
	array = phys_base + PAGE_SIZE;
	first = array + round_page(pages * sizeof(struct vm_page));
	vm_page_startup(PHYS_TO_DMAP(array), phys_base, pages);
	vm_page_add(first, phys_base + ptoa(pages));
	pmap_bootstrap();
}

/** Prepares the first processor for threads and programs. */
void
cpu_startup(void)
{
	fpu_init();
	systimer_init();
}

/**
 * The floating-point registers are the host's, and on.
 * @param xsave	whether there is XSAVE
 * @param xcr0	the states
 */
void
cpu_fpu_enable(bool xsave __unused, uint64_t xcr0 __unused)
{
}

/**
 * @param xcr0	states that the processor has, of those that we know
 * @return	those of them that the host has turned on
 */
uint64_t
cpu_fpu_features(uint64_t xcr0)
{
	uint32_t low, high;

	__asm __volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
	return (xcr0 & ((uint64_t)high << 32 | low));
}

/**
 * Whether a process's floating-point instructions trap is told to the host each
 * time that it runs: see user_return().
 * @param on	unused
 */
void
cpu_fpu_trap(bool on __unused)
{
}

/** Makes the disks; called once by dev_init(). */
void
machdep_disks(void)
{
	vkd_init();
	shutdown_init();
}

/** @return seconds since 1970, by the host */
time_t
rtc_time(void)
{
	struct timespec ts = { 0 };

	host_clock_gettime(CLOCK_REALTIME, &ts);
	return (ts.tv_sec);
}

/* A further processor begins, on its thread's stack. */
static void
ap_main(void *arg)
{
	struct globaldata *gd = arg;

	exception_init_cpu(gd);
	gd->gd_stack_top = (vm_offset_t)__builtin_frame_address(0);
	fpu_init_cpu();
	while (__atomic_load_n(&aps_may_go, __ATOMIC_ACQUIRE) == 0)
		host_sched_yield();
	lwkt_init_cpu(gd);
	callout_init_cpu();
	systimer_init_cpu();
	__atomic_fetch_add(&aps_ready, 1, __ATOMIC_SEQ_CST);
	lwkt_idle_loop();
}

/**
 * Starts all processors and waits until each is in its idle loop.
 * @return	how many there are
 */
u_int
cpu_start_all(void)
{
	for (int i = 1; i < vk_config->ncpus; i++) {
		processors[i].gd_cpuid = i;
		processors[i].gd_self = &processors[i];
		if (vk_thread(ap_main, &processors[i]) != 0) {
			kprintf("the host has no thread for processor %d; it "
				"and those after it are left out\n",
			    i);
			break;
		}
		/* Its number in the host is known when it runs. */
		while (*(volatile int *)&processors[i].gd_tid == 0)
			host_sched_yield();
		globaldata_add(&processors[i]);
	}
	lwkt_ipiq_init();
	__atomic_store_n(&aps_may_go, 1, __ATOMIC_RELEASE);
	while (__atomic_load_n(&aps_ready, __ATOMIC_ACQUIRE) != ncpus - 1)
		host_sched_yield();
	return (ncpus);
}

/**
 * The kernel's first function, on the stack of the host's first thread, with
 * all signals blocked.
 * @param config	what the command line says; kept
 */
void
vkernel_main(const struct vk_config *config)
{
	struct globaldata *gd = &processors[0];

	vk_config = config;
	boot_tsc = config->start;
	vk_ops = config->software ? &vk_ops_software : &vk_ops_ept;
	gd->gd_stack_top = (vm_offset_t)__builtin_frame_address(0);
	globaldata_add(gd);
	exception_init();
	exception_init_cpu(gd);
	cninit();
	db_symtab_init();
	kenv_init(config->bootargs);
	memory_init();
	poweroff(main());
}
