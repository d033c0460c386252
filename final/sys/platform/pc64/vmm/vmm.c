/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * The VMM as a whole: on, off, and what sysctl hw.vmm tells.
 *
 *     hw.vmm.enable	1 or 0, to be set; or why it cannot be
 *     hw.vmm.type	what does it
 *     hw.vmm.threads	threads behind nested page tables
 *     hw.vmm.exits	VM exits by reason and processor, as a table
 *     hw.vmm.stat.*	counters, of all processors together
 *     hw.vmm.vmx.*	what the processor says of itself
 *
 * /proc/PID/vmm has the exits of a process.
 *
 * It is on from the start where the processor can do it.  It can be switched
 * off while nobody uses it.
 */
#include <sys/errno.h>
#include <sys/malloc.h>
#include <sys/proc.h>
#include <sys/sysctl.h>
#include <sys/systm.h>
#include <machine/globaldata.h>
#include <machine/vmm.h>
#include <vm/vm_map.h>
#include "vmx.h"

static MALLOC_DEFINE(M_VMMTEXT, "VMM tables");

/** What each processor has done. */
struct vmm_cpu vmm_cpus[MAXCPU];
/** Threads that have a VMCS. */
volatile u_int vmm_threads;

/* Why there is no VMM, or NULL: the processor can do it. */
static const char *refusal;
static bool enabled;

/**
 * @return whether processes may go behind nested page tables; under mp_token
 */
bool
vmm_enabled(void)
{
	return (enabled);
}

/* Under mp_token; to switch it on may sleep, and nobody else may then. */
static int
set_enabled(bool on)
{
	static bool switching;
	bool done = true;

	if (on == enabled)
		return (EINVAL);
	if (switching || (!on && vmm_threads != 0))
		return (EBUSY);
	switching = true;
	if (on)
		done = vmx_enable();
	else
		vmx_disable();
	if (done)
		enabled = on;
	switching = false;
	return (done ? 0 : ENOMEM);
}

/* hw.vmm.enable is a number where there is a VMM, else a sentence. */
static int
sysctl_enable(struct sysctl_oid *oid __unused, struct sysctl_req *req)
{
	int value = enabled, error;

	if (refusal != NULL) {
		if (req->newptr != NULL)
			return (ENODEV);
		return (SYSCTL_OUT(req, refusal, strlen(refusal) + 1));
	}
	error = SYSCTL_OUT(req, &value, sizeof(value));
	if (error != 0 || req->newptr == NULL)
		return (error);
	error = SYSCTL_IN(req, &value, sizeof(value));
	if (error == 0 && (value < 0 || value > 1))
		error = EINVAL;
	return (error != 0 ? error : set_enabled(value != 0));
}

SYSCTL_NODE(hw_vmm, "hw.vmm", OID_AUTO, "Processes behind nested page tables");
static struct sysctl_oid sysctl_hw_vmm_enable __used __section("set_sysctl")
    __aligned(8) = { "hw.vmm.enable", CTLTYPE_INT | CTLFLAG_RW, OID_AUTO, NULL,
	    0, sysctl_enable, "I",
	    "Whether vmm_guest_ctl(2) works; or why it cannot", { 0 }, 0 };
static char type[] = "VMX from Intel";
SYSCTL_STRING(hw_vmm_type, "hw.vmm.type", CTLFLAG_RD, type, 0,
    "What nested page tables are made with");
SYSCTL_OID(hw_vmm_threads, "hw.vmm.threads", CTLTYPE_UINT | CTLFLAG_RD,
    OID_AUTO, (void *)(uintptr_t)&vmm_threads, 0, NULL, "IU",
    "Threads behind nested page tables");

/* --- counters --- */

/* The sum over all processors of the u_long at offset arg2. */
static int
sysctl_sum(struct sysctl_oid *oid, struct sysctl_req *req)
{
	u_long sum = 0;

	for (u_int i = 0; i < ncpus; i++)
		sum += *(u_long *)((char *)&vmm_cpus[i] + oid->oid_arg2);
	return (SYSCTL_OUT(req, &sum, sizeof(sum)));
}

#define VMM_COUNTER(id, field, descr)                                          \
	SYSCTL_PROC(hw_vmm_stat_##id, "hw.vmm.stat." #id,                      \
	    CTLTYPE_ULONG | CTLFLAG_RD, NULL,                                  \
	    __offsetof(struct vmm_cpu, field), sysctl_sum, "LU", descr)

SYSCTL_NODE(hw_vmm_stat, "hw.vmm.stat", OID_AUTO, "Counters");
VMM_COUNTER(vmreads, vmreads, "VMREADs of entries and exits");
VMM_COUNTER(vmwrites, vmwrites, "VMWRITEs of entries and exits");
VMM_COUNTER(invepts, invepts, "INVEPTs");
VMM_COUNTER(invvpids, invvpids, "INVVPIDs");
VMM_COUNTER(migrations, migrations, "Threads that came from elsewhere");
VMM_COUNTER(stops, stops, "Times that all other processors had to leave");
VMM_COUNTER(kicks, kicks, "Interrupts sent to make a processor leave");

/* Exits for one reason, of all processors. */
static u_long
sum_exits(u_int reason)
{
	u_long sum = 0;

	for (u_int i = 0; i < ncpus; i++)
		sum += vmm_cpus[i].exits[reason];
	return (sum);
}

static int
sysctl_all_exits(struct sysctl_oid *oid __unused, struct sysctl_req *req)
{
	u_long sum = 0;

	for (u_int r = 0; r < EXIT_REASON_COUNT; r++)
		sum += sum_exits(r);
	return (SYSCTL_OUT(req, &sum, sizeof(sum)));
}
SYSCTL_PROC(hw_vmm_stat_exits, "hw.vmm.stat.exits", CTLTYPE_ULONG | CTLFLAG_RD,
    NULL, 0, sysctl_all_exits, "LU", "VM exits");

/* Exits for the reason arg2. */
static int
sysctl_exits_for(struct sysctl_oid *oid, struct sysctl_req *req)
{
	u_long sum = sum_exits(oid->oid_arg2);

	return (SYSCTL_OUT(req, &sum, sizeof(sum)));
}
SYSCTL_PROC(hw_vmm_stat_violations, "hw.vmm.stat.violations",
    CTLTYPE_ULONG | CTLFLAG_RD, NULL, EXIT_REASON_EPT_VIOLATION,
    sysctl_exits_for, "LU", "EPT violations");

#define TABLE_SIZE 4096

/* A line for each reason that has occurred: its name, and each processor's. */
static size_t
print_exits(char *buf, size_t size)
{
	size_t n = 0;

	for (u_int r = 0; r < EXIT_REASON_COUNT && n < size; r++) {
		if (sum_exits(r) == 0)
			continue;
		n += ksnprintf(buf + n, size - n, "\n%2u %-24s", r,
		    vmx_exit_reason(r)->name);
		for (u_int i = 0; i < ncpus && n < size; i++)
			n += ksnprintf(
			    buf + n, size - n, " %10lu", vmm_cpus[i].exits[r]);
	}
	return (MIN(n, size - 1));
}

static int
sysctl_exits(struct sysctl_oid *oid __unused, struct sysctl_req *req)
{
	char *buf = kmalloc(TABLE_SIZE, M_VMMTEXT, M_WAITOK | M_ZERO);
	int error;

	print_exits(buf, TABLE_SIZE);
	error = SYSCTL_OUT(req, buf, strlen(buf) + 1);
	kfree(buf, M_VMMTEXT);
	return (error);
}
SYSCTL_PROC(hw_vmm_exits, "hw.vmm.exits", CTLTYPE_STRING | CTLFLAG_RD, NULL, 0,
    sysctl_exits, "A", "VM exits by reason, a column for each processor");

/**
 * Tells how often the threads of a process came out of the guest for a reason,
 * those that have ended included.
 * @param p		process; its memory stays
 * @param reason	0, 1, ...
 * @param count		set to how often
 * @return		the reason's name; NULL: there are no more
 */
const char *
vmm_exits(struct proc *p, u_int reason, u_long *count)
{
	const struct vmx_thread_info *vti;
	struct lwp *lp;

	if (reason >= EXIT_REASON_COUNT || p->p_vmspace == NULL ||
	    p->p_vmspace->vm_vmm == NULL)
		return (NULL);
	*count = p->p_vmspace->vm_vmm->vp_exits[reason];
	spin_lock(&p->p_spin);
	RB_FOREACH(lp, lwp_tree, &p->p_lwps)
	{
		vti = lp->lwp_thread->td_vmm;
		if (vti != NULL)
			*count += vti->exits[reason];
	}
	spin_unlock(&p->p_spin);
	return (vmx_exit_reason(reason)->name);
}

/* --- what the processor says --- */

#define VMM_CAP(id, cap, descr)                                                \
	SYSCTL_OID(hw_vmm_vmx_##id, "hw.vmm.vmx." #id,                         \
	    CTLTYPE_ULONG | CTLFLAG_RD, OID_AUTO, (void *)&vmx_caps.msr[cap],  \
	    0, NULL, "LU", descr)

SYSCTL_NODE(hw_vmm_vmx, "hw.vmm.vmx", OID_AUTO, "Capabilities of VMX");
VMM_CAP(basic, VMX_CAP_BASIC, "IA32_VMX_BASIC");

/* What IA32_VMX_BASIC has, under DragonFly's names; arg2 says which. */
enum basic_part { BASIC_REVISION, BASIC_REGION_SIZE, BASIC_WIDTH_ADDR };

static int
sysctl_basic(struct sysctl_oid *oid, struct sysctl_req *req)
{
	uint64_t basic = vmx_caps.msr[VMX_CAP_BASIC];
	u_int value = VMX_BASIC_REVISION(basic);

	if (oid->oid_arg2 == BASIC_REGION_SIZE)
		value = VMX_BASIC_REGION_SIZE(basic);
	else if (oid->oid_arg2 == BASIC_WIDTH_ADDR)
		value = (basic & VMX_BASIC_ADDRESS_32BIT) != 0;
	return (SYSCTL_OUT(req, &value, sizeof(value)));
}

#define VMM_BASIC(id, part, descr)                                             \
	SYSCTL_PROC(hw_vmm_vmx_##id, "hw.vmm.vmx." #id,                        \
	    CTLTYPE_UINT | CTLFLAG_RD, NULL, part, sysctl_basic, "IU", descr)

VMM_BASIC(revision, BASIC_REVISION, "Revision of the VMCS");
VMM_BASIC(region_size, BASIC_REGION_SIZE, "Bytes of a VMCS");
VMM_BASIC(width_addr, BASIC_WIDTH_ADDR,
    "1: addresses of a VMCS have 32 bits at most");
VMM_CAP(pinbased_ctls, VMX_CAP_PIN, "Pin-based controls");
VMM_CAP(procbased_ctls, VMX_CAP_PROC, "Processor-based controls");
VMM_CAP(procbased2_ctls, VMX_CAP_PROC2, "Secondary controls");
VMM_CAP(vmexit_ctls, VMX_CAP_EXIT, "VM-exit controls");
VMM_CAP(vmentry_ctls, VMX_CAP_ENTRY, "VM-entry controls");
VMM_CAP(ept_vpid_cap, VMX_CAP_EPT_VPID, "EPT and VPID");

static int
sysctl_mitigations(struct sysctl_oid *oid __unused, struct sysctl_req *req)
{
	const char *text = vmx_mitigations();

	return (SYSCTL_OUT(req, text, strlen(text) + 1));
}
SYSCTL_PROC(hw_vmm_mitigations, "hw.vmm.mitigations",
    CTLTYPE_STRING | CTLFLAG_RD, NULL, 0, sysctl_mitigations, "A",
    "What is done at VM entry since the processor says that it is affected");

/* --- start and end --- */

/** Switches the VMM on if the processor can do it.  May sleep. */
void
vmm_init(void)
{
	refusal = vmx_init();
	if (refusal != NULL) {
		sysctl_hw_vmm_enable.oid_kind = CTLTYPE_STRING | CTLFLAG_RD;
		sysctl_hw_vmm_enable.oid_fmt = "A";
		return;
	}
	(void)set_enabled(true);
}

/** Switches it off for the end of the run, if nobody uses it. */
void
vmm_shutdown(void)
{
	if (enabled)
		(void)set_enabled(false);
}
