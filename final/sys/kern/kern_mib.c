/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * What sysctl(8) says of the system and the machine.  Numbers are DragonFly's
 * where programs know them.
 */
#include <sys/imgact.h>
#include <sys/proc.h>
#include <sys/sysctl.h>
#include <sys/systm.h>
#include <sys/time.h>
#include <cpu/cpufunc.h>
#include <machine/cpu.h>
#include <machine/globaldata.h>
#include <vm/vm_page.h>

#define OSRELDATE	600400
#define HW_BYTEORDER	4
#define HW_USERMEM	6
#define HW_MACHINE_ARCH 11
#define CPUID_EXT	0x80000000U
#define CPUID_BRAND	0x80000002U /* and the two leaves after it */
#define BRAND_LEAVES	3

/** What programs for DragonFly ask for. */
const char ostype[] = "DragonFly";
/** The release whose interface this is. */
const char osrelease[] = "6.4-RELEASE";
/** Who we are. */
const char version[] = "Damselfly, with the interface of DragonFly 6.4";
/** Name of this machine. */
char hostname[256] = "damselfly";
/** Exit status of a run in an emulator. */
int poweroff_status;

/* --- nodes --- */

SYSCTL_NODE(kern, "kern", CTL_KERN, "The kernel");
SYSCTL_NODE(vm, "vm", CTL_VM, "Virtual memory");
SYSCTL_NODE(vfs, "vfs", CTL_VFS, "File systems");
SYSCTL_NODE(debug, "debug", CTL_DEBUG, "For debugging");
SYSCTL_NODE(hw, "hw", CTL_HW, "The machine");
SYSCTL_NODE(machdep, "machdep", CTL_MACHDEP, "What this platform has");
SYSCTL_NODE(kern_cputimer, "kern.cputimer", OID_AUTO, "The clock");
SYSCTL_NODE(vm_stats_vm, "vm.stats.vm", OID_AUTO, "Faults and pages");
SYSCTL_NODE(vm_stats_sys, "vm.stats.sys", OID_AUTO, "Traps and switches");

/* --- kern --- */

SYSCTL_OID(kern_ostype, "kern.ostype", CTLTYPE_STRING | CTLFLAG_RD, KERN_OSTYPE,
    (void *)ostype, 0, NULL, "A", "Kind of system");
SYSCTL_OID(kern_osrelease, "kern.osrelease", CTLTYPE_STRING | CTLFLAG_RD,
    KERN_OSRELEASE, (void *)osrelease, 0, NULL, "A", "Release");
SYSCTL_OID(kern_osrevision, "kern.osrevision", CTLTYPE_INT | CTLFLAG_RD,
    KERN_OSREV, NULL, 199506, NULL, "I", "Revision of BSD");
SYSCTL_OID(kern_version, "kern.version", CTLTYPE_STRING | CTLFLAG_RD,
    KERN_VERSION, (void *)version, 0, NULL, "A", "Version");
SYSCTL_OID(kern_maxproc, "kern.maxproc", CTLTYPE_UINT | CTLFLAG_RD,
    KERN_MAXPROC, &maxproc, 0, NULL, "IU", "Most processes");
SYSCTL_OID(kern_argmax, "kern.argmax", CTLTYPE_INT | CTLFLAG_RD, KERN_ARGMAX,
    NULL, ARG_MAX, NULL, "I", "Bytes of arguments of execve(2)");
SYSCTL_OID(kern_hostname, "kern.hostname", CTLTYPE_STRING | CTLFLAG_RW,
    KERN_HOSTNAME, hostname, sizeof(hostname), NULL, "A",
    "Name of this machine");
SYSCTL_OID(kern_osreldate, "kern.osreldate", CTLTYPE_INT | CTLFLAG_RD,
    KERN_OSRELDATE, NULL, OSRELDATE, NULL, "I", "Release, as a number");
SYSCTL_INT(kern_nprocs, "kern.nprocs", CTLFLAG_RD, &nprocs, "Processes");
SYSCTL_INT(
    kern_nlwps, "kern.nlwps", CTLFLAG_RD, &nlwps, "Threads of processes");
SYSCTL_INT(kern_maxlwps, "kern.maxlwps", CTLFLAG_RD, &maxlwps,
    "Most threads of processes");
SYSCTL_INT(kern_poweroff_status, "kern.poweroff_status", CTLFLAG_RW,
    &poweroff_status, "Exit status of a run in an emulator");

/** kern.clockrate; DragonFly's layout. */
struct clockinfo {
	int hz;	     /**< ticks per second */
	int tick;    /**< microseconds per tick */
	int tickadj; /**< 0 */
	int stathz;  /**< ticks that count for statistics */
	int profhz;  /**< ticks that count for profiling */
};

static int
sysctl_clockrate(struct sysctl_oid *oid __unused, struct sysctl_req *req)
{
	struct clockinfo info = { .hz = (int)hz,
		.tick = 1000000 / (int)hz,
		.stathz = (int)hz,
		.profhz = (int)hz };

	return (SYSCTL_OUT(req, &info, sizeof(info)));
}
SYSCTL_OID(kern_clockrate, "kern.clockrate", CTLTYPE_OPAQUE | CTLFLAG_RD,
    KERN_CLOCKRATE, NULL, 0, sysctl_clockrate, "S,clockinfo", "Ticks");

static int
sysctl_boottime(struct sysctl_oid *oid __unused, struct sysctl_req *req)
{
	struct timespec now, up;
	struct timeval tv;

	nanouptime(&up);
	nanotime(&now);
	tv.tv_sec = now.tv_sec - up.tv_sec - (now.tv_nsec < up.tv_nsec);
	tv.tv_usec = (now.tv_nsec - up.tv_nsec +
			 (now.tv_nsec < up.tv_nsec ? 1000000000 : 0)) /
	    1000;
	return (SYSCTL_OUT(req, &tv, sizeof(tv)));
}
SYSCTL_OID(kern_boottime, "kern.boottime", CTLTYPE_OPAQUE | CTLFLAG_RD,
    KERN_BOOTTIME, NULL, 0, sysctl_boottime, "S,timeval",
    "When the system was started");

static int
sysctl_cputimer_clock(struct sysctl_oid *oid __unused, struct sysctl_req *req)
{
	uint64_t count = cputimer_count();

	return (SYSCTL_OUT(req, &count, sizeof(count)));
}
SYSCTL_PROC(kern_cputimer_clock, "kern.cputimer.clock",
    CTLTYPE_ULONG | CTLFLAG_RD, NULL, 0, sysctl_cputimer_clock, "LU",
    "The clock's count");
static int
sysctl_cputimer_idle(struct sysctl_oid *oid __unused, struct sysctl_req *req)
{
	uint64_t count = clock_idle_count();

	return (SYSCTL_OUT(req, &count, sizeof(count)));
}
SYSCTL_PROC(kern_cputimer_idle, "kern.cputimer.idle",
    CTLTYPE_ULONG | CTLFLAG_RD, NULL, 0, sysctl_cputimer_idle, "LU",
    "Counts that all processors waited");
SYSCTL_OID(kern_cputimer_freq, "kern.cputimer.freq", CTLTYPE_ULONG | CTLFLAG_RD,
    OID_AUTO, &cputimer_freq, 0, NULL, "LU", "Counts per second");

/* --- hw --- */

SYSCTL_OID(hw_machine, "hw.machine", CTLTYPE_STRING | CTLFLAG_RD, HW_MACHINE,
    (void *)"x86_64", 0, NULL, "A", "Kind of machine");
SYSCTL_OID(hw_machine_arch, "hw.machine_arch", CTLTYPE_STRING | CTLFLAG_RD,
    HW_MACHINE_ARCH, (void *)"x86_64", 0, NULL, "A", "Architecture");
SYSCTL_OID(hw_ncpu, "hw.ncpu", CTLTYPE_UINT | CTLFLAG_RD, HW_NCPU, &ncpus, 0,
    NULL, "IU", "Processors");
SYSCTL_OID(hw_byteorder, "hw.byteorder", CTLTYPE_INT | CTLFLAG_RD, HW_BYTEORDER,
    NULL, 1234, NULL, "I", "Order of bytes");
SYSCTL_OID(hw_pagesize, "hw.pagesize", CTLTYPE_INT | CTLFLAG_RD, HW_PAGESIZE,
    NULL, PAGE_SIZE, NULL, "I", "Bytes of a page");

static int
sysctl_model(struct sysctl_oid *oid __unused, struct sysctl_req *req)
{
	char brand[BRAND_LEAVES * 16 + 1], *start = brand;
	u_int p[4];

	do_cpuid(CPUID_EXT, p);
	strlcpy(brand, "x86_64 processor", sizeof(brand));
	if (p[0] >= CPUID_BRAND + BRAND_LEAVES - 1) {
		for (u_int i = 0; i < BRAND_LEAVES; i++) {
			do_cpuid(CPUID_BRAND + i, p);
			memcpy(brand + i * sizeof(p), p, sizeof(p));
		}
		brand[sizeof(brand) - 1] = '\0';
	}
	while (*start == ' ')
		start++;
	return (SYSCTL_OUT(req, start, strlen(start) + 1));
}
SYSCTL_OID(hw_model, "hw.model", CTLTYPE_STRING | CTLFLAG_RD, HW_MODEL, NULL, 0,
    sysctl_model, "A", "The processor");

/* oid_arg2: of free pages, not of all. */
static int
sysctl_memory(struct sysctl_oid *oid, struct sysctl_req *req)
{
	u_long bytes = ptoa(
	    oid->oid_arg2 != 0 ? vm_page_free_count() : vm_page_total_count());

	return (SYSCTL_OUT(req, &bytes, sizeof(bytes)));
}
SYSCTL_OID(hw_physmem, "hw.physmem", CTLTYPE_ULONG | CTLFLAG_RD, HW_PHYSMEM,
    NULL, 0, sysctl_memory, "LU", "Bytes of memory");
SYSCTL_OID(hw_usermem, "hw.usermem", CTLTYPE_ULONG | CTLFLAG_RD, HW_USERMEM,
    NULL, 1, sysctl_memory, "LU", "Bytes of memory that are free");

/* --- vm.stats --- */

/* Sum of a counter of all processors; oid_arg2: its place in globaldata. */
static int
sysctl_counter(struct sysctl_oid *oid, struct sysctl_req *req)
{
	u_long sum = 0;

	for (u_int i = 0; i < ncpus; i++)
		sum += *(const u_long *)((const char *)globaldata_find(i) +
		    oid->oid_arg2);
	return (SYSCTL_OUT(req, &sum, sizeof(sum)));
}

#define COUNTER(id, name, field, descr)                                        \
	SYSCTL_PROC(id, name, CTLTYPE_ULONG | CTLFLAG_RD, NULL,                \
	    __offsetof(struct globaldata, field), sysctl_counter, "LU", descr)

COUNTER(v_vm_faults, "vm.stats.vm.v_vm_faults", gd_cnt_fault, "Page faults");
COUNTER(v_swtch, "vm.stats.sys.v_swtch", gd_cnt_switch, "Switches of threads");
COUNTER(v_trap, "vm.stats.sys.v_trap", gd_cnt_trap, "Traps");
COUNTER(v_syscall, "vm.stats.sys.v_syscall", gd_cnt_syscall, "System calls");
COUNTER(v_intr, "vm.stats.sys.v_intr", gd_cnt_intr, "Interrupts");
SYSCTL_LONG(v_ipi, "vm.stats.sys.v_ipi", CTLFLAG_RD, &lwkt_ipi_count,
    "Messages between processors");
