/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * VMX of Damselfly: what is asked of the processor, each processor's VMX
 * operation, and a thread's VMCS.
 *
 * A VMCS is active on one processor at a time, and stays active there while
 * its thread sleeps or others run: to load it again is one VMPTRLD, or nothing
 * if it is still the current one.  A thread that goes on elsewhere has the old
 * processor write it back first (vmx_take_over()).
 *
 *     last_cpu -1	the region is in memory; any processor may take it
 *     last_cpu n	active on processor n, perhaps current there
 *
 * What is in a VMCS is written when the thread first enters; host state again
 * when it comes to another processor; and from then on only what has changed
 * (vmx_run.c).
 */
#include <sys/errno.h>
#include <sys/malloc.h>
#include <sys/proc.h>
#include <sys/systm.h>
#include <cpu/atomic.h>
#include <cpu/cpufunc.h>
#include <cpu/segments.h>
#include <cpu/specialreg.h>
#include <machine/cpu.h>
#include <machine/globaldata.h>
#include <machine/intr.h>
#include <machine/md_var.h>
#include <machine/vmm.h>
#include <machine/vmparam.h>
#include <vm/vm_map.h>
#include "ept.h"
#include "vmx.h"

/** How this processor describes itself. */
struct vmx_caps vmx_caps;
/** The control words that it and we agreed on. */
struct vmx_ctls vmx_ctls;
/** EFER in every guest. */
uint64_t vmx_guest_efer;

static MALLOC_DEFINE(M_VMX, "VMX threads");

/* An MSR list with one entry each: EFER, where the controls do not switch it. */
struct vmx_msr_entry {
	uint32_t index;
	uint32_t reserved;
	uint64_t value;
};
static struct vmx_msr_entry *msr_lists; /* [0] entry, [1] exit */

/* tag::requests[] */
static const struct vmx_ctl_request vmx_requests[] = {
	{ VMX_CTL_PIN, VMX_MUST_BE_1, PIN_CTLS_EXTINT_EXITING,
	    "so that interrupts stay the host's" },
	{ VMX_CTL_PIN, VMX_MUST_BE_1, PIN_CTLS_NMI_EXITING,
	    "so that NMIs stay the host's" },
	{ VMX_CTL_PROC, VMX_MUST_BE_1, PROC_CTLS_IO_EXITING,
	    "so that no device is within the guest's reach" },
	{ VMX_CTL_PROC2, VMX_MUST_BE_1, PROC2_CTLS_EPT,
	    "to make the process's memory the guest's" },
	{ VMX_CTL_PROC2, VMX_MAY_BE_1, PROC2_CTLS_VPID,
	    "to keep translations over an exit" },
	{ VMX_CTL_PROC2, VMX_MAY_BE_1, PROC2_CTLS_RDTSCP,
	    "so that programs that use RDTSCP still can" },
	{ VMX_CTL_EXIT, VMX_MUST_BE_1, EXIT_CTLS_HOST_LMA,
	    "since the host runs in 64-bit mode" },
	{ VMX_CTL_EXIT, VMX_MAY_BE_1, EXIT_CTLS_LOAD_EFER,
	    "to get the host's EFER back" },
	{ VMX_CTL_ENTRY, VMX_MUST_BE_1, ENTRY_CTLS_GUEST_LMA,
	    "since the guest runs in 64-bit mode" },
	{ VMX_CTL_ENTRY, VMX_MAY_BE_1, ENTRY_CTLS_LOAD_EFER,
	    "to clear SCE: SYSCALL shall raise #UD" },
};
/* end::requests[] */

/* Whether VM entries and exits load EFER by a control. */
static bool
switches_efer(void)
{
	return ((vmx_ctls.granted[VMX_CTL_ENTRY] & ENTRY_CTLS_LOAD_EFER) != 0);
}

/**
 * @return whether address spaces get a VPID
 */
bool
vmx_uses_vpid(void)
{
	return ((vmx_ctls.granted[VMX_CTL_PROC2] & PROC2_CTLS_VPID) != 0);
}

/* VPIDs are of use only where what they keep can be dropped. */
static void
agree_vpid(void)
{
	uint64_t cap = vmx_caps.msr[VMX_CAP_EPT_VPID];

	if (!vmx_uses_vpid() ||
	    ((cap & VPID_CAP_INVVPID) != 0 &&
		(cap & (VPID_CAP_SINGLE | VPID_CAP_ALL)) != 0))
		return;
	vmx_ctls.granted[VMX_CTL_PROC2] &= ~PROC2_CTLS_VPID;
	vmx_ctls.word[VMX_CTL_PROC2] &= ~PROC2_CTLS_VPID;
}

/* A page of zeros, waited for; 0: there is none and will be none.  Sleeps. */
static vm_paddr_t
zeroed_page(void)
{
	vm_paddr_t pa;

	do
		pa = pmap_page_alloc();
	while (pa == 0 && vm_wait());
	return (pa);
}

/**
 * Finds out whether this processor can do what we need.  May sleep.
 * @return	NULL, or why not and what to do about it
 */
const char *
vmx_init(void)
{
	const char *refusal;
	uint64_t efer;

	refusal = vmx_cpu_agree(
	    &vmx_caps, vmx_requests, nitems(vmx_requests), &vmx_ctls);
	if (refusal == NULL)
		refusal = ept_refusal(&vmx_caps);
	if (refusal != NULL)
		return (refusal);
	vmx_ctls_together(&vmx_caps, &vmx_ctls, VMX_CTL_ENTRY,
	    ENTRY_CTLS_LOAD_EFER, VMX_CTL_EXIT, EXIT_CTLS_LOAD_EFER);
	agree_vpid();
	efer = rdmsr(MSR_EFER);
	vmx_guest_efer = EFER_LME | EFER_LMA | (efer & EFER_NXE);
	if (!switches_efer()) {
		vm_paddr_t page = zeroed_page();

		if (page == 0)
			return ("VMX refused: there is no memory");
		msr_lists = PHYS_TO_DMAP(page);
		msr_lists[0] = (struct vmx_msr_entry){ MSR_EFER, 0,
			vmx_guest_efer };
		msr_lists[1] = (struct vmx_msr_entry){ MSR_EFER, 0, efer };
	}
	vmx_mitigate_init();
	return (NULL);
}

/* A region that starts with the revision identifier, or 0. */
static vm_paddr_t
region_alloc(void)
{
	vm_paddr_t pa = zeroed_page();

	if (pa != 0)
		*(uint32_t *)PHYS_TO_DMAP(pa) = VMX_BASIC_REVISION(
		    vmx_caps.msr[VMX_CAP_BASIC]);
	return (pa);
}

/* --- a processor --- */

static void
enable_cpu(void *arg __unused)
{
	vmx_cpu_enable(&vmx_caps, vmm_cpus[mycpuid].vmxon);
}

static void
disable_cpu(void *arg __unused)
{
	vmm_cpus[mycpuid].current = NULL;
	vmx_cpu_disable();
}

/* Calls a function on every processor, and waits. */
static void
on_all(ipifunc_t *func)
{
	intr_disable();
	func(NULL);
	intr_enable();
	lwkt_ipiq_all_wait(func, NULL, (1UL << ncpus) - 1);
}

static void
free_regions(void)
{
	for (u_int i = 0; i < ncpus; i++) {
		if (vmm_cpus[i].vmxon != 0)
			vmx_region_free(vmm_cpus[i].vmxon);
		vmm_cpus[i].vmxon = 0;
	}
}

/**
 * Has all processors enter VMX operation.  May sleep.
 * @return	false: there is no memory
 */
bool
vmx_enable(void)
{
	for (u_int i = 0; i < ncpus; i++) {
		vmm_cpus[i].vmxon = region_alloc();
		if (vmm_cpus[i].vmxon == 0) {
			free_regions();
			return (false);
		}
	}
	on_all(enable_cpu);
	return (true);
}

/** Has all processors leave VMX operation; no thread has a VMCS. */
void
vmx_disable(void)
{
	on_all(disable_cpu);
	free_regions();
}

/* --- a thread --- */

static struct vmx_thread_info *
vti_alloc(struct lwp *lp, struct vmm_proc *vmm, register_t cr3)
{
	struct vmx_thread_info *vti;
	vm_paddr_t region = region_alloc();

	if (region == 0)
		return (NULL);
	vti = kmalloc(sizeof(*vti), M_VMX, M_WAITOK | M_ZERO);
	vti->lwp = lp;
	vti->vmm = vmm;
	vti->vmcs = region;
	vti->last_cpu = -1;
	vmm_linear_init(vti, cr3);
	atomic_fetchadd_int(&vmm_threads, 1);
	return (vti);
}

/* Of no thread, or of one that is not behind nested page tables any more. */
static void
vti_free(struct vmx_thread_info *vti)
{
	vmx_region_free(vti->vmcs);
	kfree(vti, M_VMX);
	atomic_fetchadd_int(&vmm_threads, -1U);
}

/* From now on the thread's registers are those of its VMCS. */
static void
vti_attach(struct vmx_thread_info *vti, const struct trapframe *tf)
{
	struct lwp *lp = vti->lwp;

	vti->guest.vg_frame = *tf;
	lp->lwp_md_regs = &vti->guest.vg_frame;
	lp->lwp_thread->td_vmm = vti;
}

/**
 * Puts the current process, which has one thread and memory of its own, behind
 * nested page tables; it goes there when the system call returns.  May sleep.
 * @param lp		the calling thread
 * @param guest_cr3	where the process's page table is, in it
 * @return		0; ENOMEM; ENODEV: it has been switched off meanwhile;
 *			and nothing has changed
 */
int
vmm_vminit(struct lwp *lp, register_t guest_cr3)
{
	struct trapframe tf = *lp->lwp_md_regs;
	struct vmx_thread_info *vti;
	struct vmspace *vm;

	ASSERT_MP_TOKEN();
	vm = vmspace_fork_nested(lp->lwp_vmspace, guest_cr3);
	if (vm == NULL)
		return (ENOMEM);
	vti = vti_alloc(lp, vm->vm_vmm, guest_cr3);
	if (vti == NULL) {
		vmspace_rel(vm);
		return (ENOMEM);
	}
	/* We have slept, and only now does vmm_threads keep it on. */
	if (!vmm_enabled()) {
		vti_free(vti);
		vmspace_rel(vm);
		return (ENODEV);
	}
	tf.tf_rax = 0;
	tf.tf_rflags = PSL_RESERVED | PSL_I;
	vti_attach(vti, &tf);
	vmspace_replace(lp, vm);
	return (0);
}

/**
 * Gives a new thread of an address space behind nested page tables what it
 * needs; after cpu_fork().  May sleep.
 * @param lp1	the calling thread
 * @param lp2	new
 * @return	0 or ENOMEM
 */
int
vmm_lwp_fork(struct lwp *lp1, struct lwp *lp2)
{
	struct vmx_thread_info *vti1 = lp1->lwp_thread->td_vmm, *vti;

	vti = vti_alloc(lp2, lp2->lwp_vmspace->vm_vmm, vti1->linear.cr3);
	if (vti == NULL)
		return (ENOMEM);
	vti_attach(vti, lp2->lwp_md_regs);
	return (0);
}

/* tag::takeover[] */
/* On the processor where a thread's VMCS is active: writes it back. */
static void
give_back(void *arg)
{
	struct vmx_thread_info *vti = arg;
	struct vmm_cpu *cpu = &vmm_cpus[mycpuid];

	vmx_must(vmclear(vti->vmcs), "vmclear");
	if (cpu->current == vti)
		cpu->current = NULL;
	vti->launched = false;
	vti->last_cpu = -1;
}

/**
 * Makes a thread's VMCS one that this processor, or any, may load.  Interrupts
 * are on.
 * @param vti	the current thread's, or one that does not run
 */
void
vmx_take_over(struct vmx_thread_info *vti)
{
	int cpu = vti->last_cpu;

	if (cpu == -1)
		return;
	if (cpu != (int)mycpuid) {
		lwkt_ipiq_all_wait(give_back, vti, 1UL << cpu);
		return;
	}
	intr_disable();
	give_back(vti);
	intr_enable();
}
/* end::takeover[] */

/**
 * Takes a thread away from VMX: it ends, or its process starts another
 * program.  May be called for any thread.
 * @param td	the current thread, or one that does not run any more
 */
void
vmm_vmdestroy(struct thread *td)
{
	struct vmx_thread_info *vti = td->td_vmm;

	if (vti == NULL)
		return;
	/* Before the switch to another thread does not know any more. */
	if (td == curthread)
		gdt_restore_limit();
	if (td->td_proc != NULL)
		spin_lock(&td->td_proc->p_spin);
	td->td_vmm = NULL;
	if (td->td_proc != NULL)
		spin_unlock(&td->td_proc->p_spin);
	vmx_take_over(vti);
	for (u_int i = 0; i < EXIT_REASON_COUNT; i++)
		if (vti->exits[i] != 0)
			atomic_add_long(&vti->vmm->vp_exits[i], vti->exits[i]);
	vti_free(vti);
}

/* tag::fill[] */
static void
write_controls(const struct vmx_thread_info *vti)
{
	vmcs_write(VMCS_CTL_PIN, vmx_ctls.word[VMX_CTL_PIN]);
	vmcs_write(VMCS_CTL_PROC, vmx_ctls.word[VMX_CTL_PROC]);
	vmcs_write(VMCS_CTL_EXIT, vmx_ctls.word[VMX_CTL_EXIT]);
	vmcs_write(VMCS_CTL_ENTRY, vmx_ctls.word[VMX_CTL_ENTRY]);
	vmcs_write(VMCS_CTL_PROC2,
	    vmx_ctls.word[VMX_CTL_PROC2] &
		~(vti->vmm->vp_vpid == 0 ? PROC2_CTLS_VPID : 0));
	vmcs_write(VMCS_CTL_EXCEPTION_BITMAP, 0xffffffff);
	vmcs_write(VMCS_CTL_EPTP, vti->vmm->vp_eptp);
	if (vti->vmm->vp_vpid != 0)
		vmcs_write(VMCS_CTL_VPID, vti->vmm->vp_vpid);
	if (msr_lists == NULL)
		return;
	vmcs_write(VMCS_CTL_ENTRY_MSR_LOAD_ADDR, DMAP_TO_PHYS(&msr_lists[0]));
	vmcs_write(VMCS_CTL_ENTRY_MSR_LOAD_COUNT, 1);
	vmcs_write(VMCS_CTL_EXIT_MSR_LOAD_ADDR, DMAP_TO_PHYS(&msr_lists[1]));
	vmcs_write(VMCS_CTL_EXIT_MSR_LOAD_COUNT, 1);
}

/**
 * @param vti	thread
 * @return	its CR0
 */
uint64_t
vmx_guest_cr0(const struct vmx_thread_info *vti)
{
	return (vmx_fixed_cr0(&vmx_caps,
	    CR0_PE | CR0_PG | CR0_NE | CR0_ET | CR0_WP | CR0_MP |
		(rcr0() & CR0_AM) | (vti->nofpu ? CR0_TS : 0)));
}

/* What a guest has in common with the host as programs see it: the FPU as it
 * is, alignment checks, and no SMEP and SMAP, since all of it is ring 3. */
static void
write_guest_state(struct vmx_thread_info *vti)
{
	uint64_t cr4 = CR4_PAE |
	    (rcr4() & (CR4_OSFXSR | CR4_OSXMMEXCPT | CR4_OSXSAVE));

	vmx_write_segments();
	vmcs_write(VMCS_GUEST_CR0, vmx_guest_cr0(vti));
	vmcs_write(VMCS_GUEST_CR4, vmx_fixed_cr4(&vmx_caps, cr4));
	if (switches_efer())
		vmcs_write(VMCS_GUEST_EFER, vmx_guest_efer);
	vti->written = (struct vmx_written){
		.rip = vti->guest.vg_frame.tf_rip,
		.rsp = vti->guest.vg_frame.tf_rsp,
		.rflags = vti->guest.vg_frame.tf_rflags,
		.cr3 = vti->linear.cr3,
		.fsbase = vti->lwp->lwp_tls.info[0].base,
		.gsbase = vti->lwp->lwp_tls.info[1].base,
		.nofpu = vti->nofpu,
	};
	vmcs_write(VMCS_GUEST_RIP, vti->written.rip);
	vmcs_write(VMCS_GUEST_RSP, vti->written.rsp);
	vmcs_write(VMCS_GUEST_RFLAGS, vti->written.rflags);
	vmcs_write(VMCS_GUEST_CR3, vti->written.cr3);
	vmcs_write(VMCS_GUEST_FS_BASE, vti->written.fsbase);
	vmcs_write(VMCS_GUEST_GS_BASE, vti->written.gsbase);
}
/* end::fill[] */

static void
write_host_state(void)
{
	vmx_write_host_state(&vmx_ctls, (vm_offset_t)vmx_exit);
	/* Nobody uses FS in the kernel; who next runs a program loads it. */
	vmcs_write(VMCS_HOST_FS_BASE, 0);
	wrmsr(MSR_FSBASE, 0);
}

/* tag::load[] */
/**
 * Makes a thread's VMCS current on this processor.  Interrupts are off.
 * @param cpu	this processor; another VMCS is current
 * @param vti	the current thread's
 * @return	false: another processor has it; vmx_take_over() first
 */
bool
vmx_load_other(struct vmm_cpu *cpu, struct vmx_thread_info *vti)
{
	if (vti->last_cpu != (int)mycpuid) {
		if (vti->last_cpu != -1)
			return (false);
		if (!vti->filled)
			vmx_must(vmclear(vti->vmcs), "vmclear");
		vmx_must(vmptrld(vti->vmcs), "vmptrld");
		if (!vti->filled) {
			vmx_write_idle_state();
			write_controls(vti);
			write_guest_state(vti);
		} else {
			cpu->migrations++;
		}
		write_host_state();
		/* From an earlier stay this processor may have translations
		 * that the thread has had dropped elsewhere since. */
		vti->flush = true;
		vti->last_cpu = mycpuid;
		vti->filled = true;
	} else {
		vmx_must(vmptrld(vti->vmcs), "vmptrld");
	}
	cpu->current = vti;
	return (true);
}
/* end::load[] */

/**
 * @param lp	the calling thread, a guest
 * @return	the page table that it has
 */
register_t
vmm_vm_get_guest_cr3(struct lwp *lp)
{
	struct vmx_thread_info *vti = lp->lwp_thread->td_vmm;

	return (vti->linear.cr3);
}

/**
 * Has a thread forget what it knows of its page table when it next enters.
 * @param lp	the calling thread, a guest
 */
void
vmm_flush_self(struct lwp *lp)
{
	struct vmx_thread_info *vti = lp->lwp_thread->td_vmm;

	vti->flush = true;
}

/**
 * Another page table for a thread: a vkernel runs a process, or comes back.
 * @param lp	the calling thread
 * @param cr3	vmm_valid_cr3()
 */
void
vmm_vm_set_guest_cr3(struct lwp *lp, register_t cr3)
{
	struct vmx_thread_info *vti = lp->lwp_thread->td_vmm;

	vti->linear.cr3 = cr3;
}

/**
 * The bases of FS and GS have been set anew, even if to what they were: the
 * program may have changed them by loading a selector.
 * @param lp	the calling thread
 */
void
vmm_vm_set_tls_area(struct lwp *lp)
{
	struct vmx_thread_info *vti = lp->lwp_thread->td_vmm;

	vti->written.fsbase = vti->written.gsbase = -1;
}

/**
 * Whether the thread's floating-point instructions work, or raise #NM for its
 * vkernel, which has not loaded the registers yet.
 * @param lp	the calling thread
 * @param on	they work
 */
void
vmm_vm_set_fpu(struct lwp *lp, bool on)
{
	struct vmx_thread_info *vti = lp->lwp_thread->td_vmm;

	vti->nofpu = !on;
}
