/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * machdep.host: counters of the host, as they are there.  What a program of
 * this kernel costs the host is the difference between two readings, less what
 * a reading takes itself.  They count what all of the host does, not only this
 * kernel.
 */
#include <sys/malloc.h>
#include <sys/sysctl.h>
#include <sys/systm.h>
#include <machine/host.h>

/* Reads a value of the host by its name: bytes, or minus errno. */
static long
host_value(const char *name, void *buf, size_t size)
{
	int find[] = { 0, 3 }, mib[CTL_MAXNAME];
	size_t depth = sizeof(mib);
	long error;

	error = host___sysctl(
	    find, nitems(find), mib, &depth, (void *)name, strlen(name));
	if (error >= 0)
		error = host___sysctl(
		    mib, depth / sizeof(*mib), buf, &size, NULL, 0);
	return (error < 0 ? error : (long)size);
}

static int
sysctl_host(struct sysctl_oid *oid, struct sysctl_req *req)
{
	u_long value = 0;
	long error = host_value(oid->oid_arg1, &value, sizeof(value));

	return (error < 0 ? -error : SYSCTL_OUT(req, &value, sizeof(value)));
}

/* The same for a text of at most oid_arg2 bytes. */
static int
sysctl_host_text(struct sysctl_oid *oid, struct sysctl_req *req)
{
	char *text = kmalloc(oid->oid_arg2, M_TEMP, M_WAITOK);
	long size = host_value(oid->oid_arg1, text, oid->oid_arg2);
	int error = size < 0 ? -size : SYSCTL_OUT(req, text, size);

	kfree(text, M_TEMP);
	return (error);
}

#define HOST(id, hostname, descr)                                              \
	SYSCTL_PROC(machdep_host_##id, "machdep.host." #id,                    \
	    CTLTYPE_ULONG | CTLFLAG_RD, (void *)(uintptr_t)(hostname), 0,      \
	    sysctl_host, "LU", descr)

#define HOST_TEXT(id, hostname, size, descr)                                   \
	SYSCTL_PROC(machdep_host_##id, "machdep.host." #id,                    \
	    CTLTYPE_STRING | CTLFLAG_RD, (void *)(uintptr_t)(hostname),        \
	    (size), sysctl_host_text, "A", descr)

SYSCTL_NODE(machdep_host, "machdep.host", OID_AUTO, "Counters of the host");
HOST(clock, "kern.cputimer.clock", "The clock's count");
HOST(idle, "kern.cputimer.idle", "Counts that processors waited");
HOST(ncpu, "hw.ncpu", "Processors");
HOST(v_syscall, "vm.stats.sys.v_syscall", "System calls");
HOST(v_trap, "vm.stats.sys.v_trap", "Traps");
HOST(v_vm_faults, "vm.stats.vm.v_vm_faults", "Page faults");
HOST(v_swtch, "vm.stats.sys.v_swtch", "Switches of threads");
HOST(v_intr, "vm.stats.sys.v_intr", "Interrupts");
HOST(v_ipi, "vm.stats.sys.v_ipi", "Messages between processors");
HOST(exits, "hw.vmm.stat.exits", "VM exits");
HOST(violations, "hw.vmm.stat.violations", "EPT violations");
HOST(invepts, "hw.vmm.stat.invepts", "INVEPTs");
HOST(kicks, "hw.vmm.stat.kicks", "IPIs that end a guest");
HOST_TEXT(reasons, "hw.vmm.exits", 4096, "VM exits by reason");
HOST_TEXT(ktr, "debug.ktr.log", 256 * 1024, "The last events");
