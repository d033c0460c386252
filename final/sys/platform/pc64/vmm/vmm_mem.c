/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * The memory of a process behind nested page tables: EPT in place of the
 * ordinary tables, who has to leave the guest when it changes, and how the
 * kernel reaches what the process calls an address.
 *
 *     vp_cpumask    processors that may be inside: whom to interrupt
 *     vp_cpulock    bit 0 EXCL: nobody may enter; above: how many are inside
 *     pm_invgen     counts what EPT has taken away; who enters with an older
 *                   one does an INVEPT
 *     vp_lineargen  the same for the process's own page table, and INVVPID
 *
 *     entering                           stopping the others
 *     1 set the own bit in the mask      1 set EXCL
 *     2 EXCL? clear the bit, back off    2 interrupt who is in the mask
 *       else count up, as one step       3 wait until the count is 0
 *     3 compare generations, flush       4 change, count the generation up
 *     4 the guest                        5 clear EXCL
 *     5 clear the bit, count down
 *
 * The bit comes before the count: who is counted can be interrupted.  The
 * generation is compared after the count: who got in before EXCL was set is
 * waited for, and who gets in later sees the new generation.  The model in
 * final/test/model tries every order of the steps.  Source: DragonFly's
 * sys_vmm.c and vmx_vmrun(), for the protocol.
 *
 * Order of locks: vm_pmap_spin, then EXCL.  Who waits for EXCL or for the
 * count serves messages, as who waits for a spinlock does.
 *
 * Every access of the kernel to such a process is a walk of its page table and
 * of EPT under vm_pmap_spin; a page that is missing is brought in with the
 * lock given back, and the access begins again.
 */
#include <sys/errno.h>
#include <sys/malloc.h>
#include <sys/proc.h>
#include <sys/spinlock.h>
#include <sys/systm.h>
#include <cpu/atomic.h>
#include <cpu/cpufunc.h>
#include <cpu/specialreg.h>
#include <machine/intr.h>
#include <machine/lapic.h>
#include <machine/vmm.h>
#include <machine/vmparam.h>
#include <vm/vm_map.h>
#include <vm/vm_page.h>
#include "ept.h"
#include "vmm_copyio.h"
#include "vmx.h"

static MALLOC_DEFINE(M_VMM, "VMM memories");

/* VPIDs in use, by bit; 0 is the host's. */
#define NVPID 4096
static u_long vpids[NVPID / 64] = { 1 };
static struct spinlock vpid_lock = SPINLOCK_INITIALIZER("vpid");

/* A free VPID, or 0: the address space then goes without. */
static uint16_t
vpid_alloc(void)
{
	uint16_t vpid = 0;

	spin_lock(&vpid_lock);
	for (u_int i = 0; vpid == 0 && i < nitems(vpids); i++)
		if (vpids[i] != ~0UL) {
			u_int bit = __builtin_ctzl(~vpids[i]);

			vpids[i] |= 1UL << bit;
			vpid = i * 64 + bit;
		}
	spin_unlock(&vpid_lock);
	return (vpid);
}

static void
vpid_free(uint16_t vpid)
{
	if (vpid == 0)
		return;
	spin_lock(&vpid_lock);
	vpids[vpid / 64] &= ~(1UL << vpid % 64);
	spin_unlock(&vpid_lock);
}

/**
 * Makes what an address space needs besides its pmap; vmspace_fork_nested()
 * gives it one.  May sleep for memory.
 * @param guest_cr3	where the process's page table is, in it
 * @return		not part of an address space yet
 */
struct vmm_proc *
vmm_proc_alloc(register_t guest_cr3)
{
	struct vmm_proc *vmm = kmalloc(sizeof(*vmm), M_VMM, M_WAITOK | M_ZERO);

	vmm->vp_guest_cr3 = guest_cr3;
	vmm->vp_vpid = vmx_uses_vpid() ? vpid_alloc() : 0;
	/* Whoever had this VPID or this EPT root before may have left
	 * translations in any processor: none has seen these generations. */
	for (u_int i = 0; i < MAXCPU; i++)
		vmm->vp_cpu[i].eptgen = vmm->vp_cpu[i].lineargen = -1UL;
	return (vmm);
}

/**
 * The same for a child of fork(2).  May sleep for memory.
 * @param vmm	the parent's
 * @return	the child's
 */
struct vmm_proc *
vmm_proc_copy(const struct vmm_proc *vmm)
{
	return (vmm_proc_alloc(vmm->vp_guest_cr3));
}

/**
 * @param vmm	of no thread any more; or NULL
 */
void
vmm_proc_free(struct vmm_proc *vmm)
{
	if (vmm == NULL)
		return;
	KASSERT(vmm->vp_cpumask == 0 && vmm->vp_cpulock == 0,
	    ("vmm_proc_free: a processor is in the guest"));
	vpid_free(vmm->vp_vpid);
	kfree(vmm, M_VMM);
}

/**
 * @param vmm	of an address space
 * @return	page table that its threads start with
 */
register_t
vmm_proc_cr3(const struct vmm_proc *vmm)
{
	return (vmm->vp_guest_cr3);
}

/* --- EPT --- */

/* Whether a processor may hold what `old` said and `new` does not. */
static bool
takes_away(const struct pmap *pmap, pt_entry_t old, pt_entry_t new)
{
	pt_entry_t given = EPT_PG_R | EPT_PG_W | EPT_PG_X | EPT_PG_A | EPT_PG_M;
	pt_entry_t lost = old & ~new &given;

	/* Marks that only software knows are in no TLB; but the kernel's own
	 * accesses remember that a page has them. */
	return (lost != 0 ||
	    ((old ^ new) &
		~(given | pmap->pm_format->bits[PG_W_IDX] |
		    pmap->pm_format->bits[PG_MANAGED_IDX])) != 0);
}

/* pm_invalidate of EPT: see pmap_inval.c. */
static void
ept_invalidate(
    struct pmap *pmap, vm_offset_t va __unused, pt_entry_t old, pt_entry_t new)
{
	if (!takes_away(pmap, old, new))
		return;
	pmap->pm_ninv++;
	pmap->pm_invgen++;
}

/**
 * Makes the pmap of an address space that has a vm_vmm: pmap_user_pinit()'s.
 * @param vm	its vm_pmap is filled in
 * @return	0 or ENOMEM
 */
int
vmm_pinit(struct vmspace *vm)
{
	struct pmap *pmap = &vm->vm_pmap;

	if (ept_pinit(pmap, &vmx_caps) != 0)
		return (ENOMEM);
	pmap->pm_invalidate = ept_invalidate;
	pmap->pm_quiesce = vmm_quiesce;
	pmap->pm_quiesce_arg = vm;
	pmap->pm_resident = &vm->vm_resident;
	vm->vm_vmm->vp_vmspace = vm;
	vm->vm_vmm->vp_eptp = ept_pointer(pmap);
	return (0);
}

/* tag::enter[] */
/**
 * Asks to enter the guest on this processor.  Interrupts are off.
 * @param vmm	memory
 * @return	false: who wants everybody out has it; let interrupts in, and
 *		ask again
 */
bool
vmm_enter(struct vmm_proc *vmm)
{
	u_long bit = 1UL << mycpuid;
	u_int lock;

	atomic_set_long(&vmm->vp_cpumask, bit);
	do {
		lock = atomic_load_acq_int(&vmm->vp_cpulock);
		if ((lock & CPULOCK_EXCL) != 0) {
			atomic_clear_long(&vmm->vp_cpumask, bit);
			return (false);
		}
	} while (
	    !atomic_cmpset_int(&vmm->vp_cpulock, lock, lock + CPULOCK_INCR));
	return (true);
}

/**
 * This processor has left the guest.  Interrupts are off.
 * @param vmm	memory
 */
void
vmm_leave(struct vmm_proc *vmm)
{
	atomic_clear_long(&vmm->vp_cpumask, 1UL << mycpuid);
	atomic_add_int(&vmm->vp_cpulock, -CPULOCK_INCR);
}
/* end::enter[] */

/* Makes other processors leave the guest, if only to come back. */
static void
kick(u_long mask)
{
	mask &= ~(1UL << mycpuid);
	for (; mask != 0; mask &= mask - 1) {
		lapic_ipi(__builtin_ctzl(mask), VECTOR_IPI);
		vmm_cpus[mycpuid].kicks++;
	}
}

/* tag::stop[] */
/* Gets every processor out of the guest, and keeps them out.  Interrupts are
 * off. */
static void
vmm_stop(struct vmm_proc *vmm)
{
	/* One locked OR: a compare-and-set of the word could lose for ever
	 * against those who come and go. */
	while ((__atomic_fetch_or(
		    &vmm->vp_cpulock, CPULOCK_EXCL, __ATOMIC_SEQ_CST) &
		   CPULOCK_EXCL) != 0) {
		cpu_pause();
		lwkt_process_ipiq();
	}
	vmm_cpus[mycpuid].stops++;
	if ((vmm->vp_cpulock & CPULOCK_CNTMASK) != 0)
		kick(vmm->vp_cpumask);
	while ((atomic_load_acq_int(&vmm->vp_cpulock) & CPULOCK_CNTMASK) != 0) {
		cpu_pause();
		lwkt_process_ipiq();
	}
}

static void
vmm_go(struct vmm_proc *vmm)
{
	atomic_clear_int(&vmm->vp_cpulock, CPULOCK_EXCL);
}
/* end::stop[] */

/*
 * The oracle of debug builds: nobody is in the guest with a generation older
 * than the one in force.  An emulator that forgets all translations at every
 * exit would show a missing flush on another processor at best.
 */
static void
check_inside(const struct vmm_proc *vmm, u_long gen __unused)
{
	for (u_int i = 0; i < ncpus; i++) {
		u_long inside __unused = vmm->vp_cpu[i].inside; /* once */

		KASSERT(inside == 0 || (long)(inside - 1 - gen) >= 0,
		    ("processor %u is in the guest with generation %lu, but "
		     "what %lu took away is being reused",
			i, inside - 1, gen));
	}
}

/* tag::quiesce[] */
/**
 * Returns when no processor uses what EPT said before pm_invgen counted up:
 * pm_quiesce of EPT.
 * @param arg	address space, its pmap is locked
 */
void
vmm_quiesce(void *arg)
{
	struct vmspace *vm = arg;
	struct vmm_proc *vmm = vm->vm_vmm;

	/* The new generation must be out before the count is looked at: who is
	 * not counted yet will see it.  A store and a load of another word are
	 * the two that the processor may exchange. */
	cpu_mfence();
	if ((atomic_load_acq_int(&vmm->vp_cpulock) & CPULOCK_CNTMASK) != 0) {
		vmm_stop(vmm);
		vmm_go(vmm);
	}
	vm->vm_pmap.pm_ninv = 0;
	check_inside(vmm, vm->vm_pmap.pm_invgen);
}
/* end::quiesce[] */

/**
 * Has every thread that enters from now on forget what it knows of the
 * process's own page table.
 * @param vm	has a vm_vmm
 */
void
vmm_flush_linear(struct vmspace *vm)
{
	atomic_add_long(&vm->vm_vmm->vp_lineargen, 1);
}

/* --- the kernel's way to the process's memory --- */

/* A page of guest-physical memory; vm_pmap_spin is held. */
static void *
guest_page(void *arg, vm_paddr_t gpa, u_int access)
{
	struct vmm_access *va = arg;
	struct vmspace *vm = va->vmspace;
	vm_paddr_t pa;

	if (gpa >= vm->vm_max)
		return (NULL);
	if (!pmap_touch(&vm->vm_pmap, gpa, access, &pa)) {
		va->miss_gpa = gpa;
		va->miss_access = access;
		return (NULL);
	}
	/* Memory of a device is not for copies. */
	return (vm_page_lookup(pa) != NULL ? PHYS_TO_DMAP(pa) : NULL);
}

static void
linear_init(struct vmm_linear *g, struct vmm_access *va, register_t cr3)
{
	*g = (struct vmm_linear){
		.cr3 = cr3,
		.maxphyaddr = vmx_caps.maxphyaddr,
		.page_1gb = vmx_has_page_1gb(&vmx_caps),
		.nxe = (vmx_guest_efer & EFER_NXE) != 0,
		.page = guest_page,
		.arg = va,
	};
}

/**
 * Sets up a thread's linear address space.
 * @param vti	its `vmm` is set
 * @param cr3	its page table
 */
void
vmm_linear_init(struct vmx_thread_info *vti, register_t cr3)
{
	struct vmspace *vm = vti->vmm->vp_vmspace;

	vti->access.vmspace = vm;
	linear_init(&vti->linear, &vti->access, cr3);
	vti->linear.gen = &vm->vm_pmap.pm_invgen;
	vti->linear.walks = vti->walks;
}

/**
 * @param cr3	from a program
 * @return	whether a page table of a guest can be there
 */
bool
vmm_valid_cr3(register_t cr3)
{
	return (cr3 != 0 && (cr3 & PAGE_MASK) == 0 &&
	    (u_long)cr3 < VM_MAX_USER_ADDRESS &&
	    (u_long)cr3 >> vmx_caps.maxphyaddr == 0);
}

static void
access_begin(struct vmm_access *va)
{
	va->miss_access = 0;
	spin_lock(&va->vmspace->vm_pmap_spin);
}

/* Whether the access is to be tried again: a page was missing, and is there
 * now. */
static bool
access_again(struct vmm_access *va, int error)
{
	spin_unlock(&va->vmspace->vm_pmap_spin);
	return (error != 0 && va->miss_access != 0 &&
	    vm_fault(va->vmspace, va->miss_gpa, va->miss_access,
		VM_FAULT_NORMAL) == 0);
}

/* An access that may fault: expr is what is done under the lock. */
#define VMM_ACCESS(va, expr)                                                   \
	__extension__({                                                        \
		int error_;                                                    \
                                                                               \
		do {                                                           \
			access_begin(va);                                      \
			error_ = (expr);                                       \
		} while (access_again(va, error_));                            \
		error_;                                                        \
	})

static struct vmx_thread_info *
curvti(void)
{
	return (curthread->td_vmm);
}

/* Copies page by page; one of in and out is NULL. */
static int
copy(const struct vmm_linear *g, struct vmm_access *va, vm_offset_t uaddr,
    char *in, const char *out, size_t len)
{
	size_t done, n;
	int error;

	if (len != 0 && len - 1 > ~uaddr)
		return (EFAULT);
	for (done = 0; done < len; done += n) {
		n = MIN(len - done, PAGE_SIZE - ((uaddr + done) & PAGE_MASK));
		error = VMM_ACCESS(va,
		    in != NULL ? vmm_copyin(g, uaddr + done, in + done, n)
			       : vmm_copyout(g, out + done, uaddr + done, n));
		if (error != 0)
			return (EFAULT);
	}
	return (0);
}

/**
 * copyin() for a thread behind nested page tables, as are those below.  May
 * sleep.
 * @param uaddr	guest-virtual address
 * @param kaddr	memory of the kernel
 * @param len	bytes
 * @return	0 or EFAULT
 */
int
vmm_user_copyin(const void *uaddr, void *kaddr, size_t len)
{
	struct vmx_thread_info *vti = curvti();

	return (copy(
	    &vti->linear, &vti->access, (vm_offset_t)uaddr, kaddr, NULL, len));
}

/**
 * copyout().
 * @param kaddr	memory of the kernel
 * @param uaddr	guest-virtual address
 * @param len	bytes
 * @return	0 or EFAULT
 */
int
vmm_user_copyout(const void *kaddr, void *uaddr, size_t len)
{
	struct vmx_thread_info *vti = curvti();

	return (copy(
	    &vti->linear, &vti->access, (vm_offset_t)uaddr, NULL, kaddr, len));
}

/**
 * copyinstr().
 * @param uaddr	guest-virtual address
 * @param kaddr	memory of the kernel
 * @param len	room there, NUL included
 * @param done	set to the bytes copied, NUL included; or NULL
 * @return	0; EFAULT; ENAMETOOLONG
 */
int
vmm_user_copyinstr(const void *uaddr, void *kaddr, size_t len, size_t *done)
{
	struct vmx_thread_info *vti = curvti();
	vm_offset_t va = (vm_offset_t)uaddr;
	size_t total = 0, n, got;
	int error = ENAMETOOLONG;

	while (error == ENAMETOOLONG && total < len) {
		n = MIN(len - total, PAGE_SIZE - ((va + total) & PAGE_MASK));
		got = 0;
		error = VMM_ACCESS(&vti->access,
		    vmm_copyinstr(&vti->linear, va + total,
			(char *)kaddr + total, n, &got));
		total += got;
	}
	if (done != NULL)
		*done = total;
	return (error);
}

/**
 * fuword32() and fuword64().
 * @param uaddr	guest-virtual address
 * @param val	set to what is there
 * @param size	bytes: 4 or 8
 * @return	0 or EFAULT
 */
int
vmm_user_fetch(const volatile void *uaddr, void *val, size_t size)
{
	struct vmx_thread_info *vti = curvti();
	vm_offset_t va = (vm_offset_t)uaddr;

	return (VMM_ACCESS(&vti->access,
	    size == sizeof(uint32_t) ? vmm_fuword32(&vti->linear, va, val)
				     : vmm_fuword64(&vti->linear, va, val)));
}

/**
 * suword64(), suword32() and subyte().
 * @param uaddr	guest-virtual address
 * @param val	what is to be there
 * @param size	bytes of it: 8, 4 or 1
 * @return	0 or EFAULT
 */
int
vmm_user_store(volatile void *uaddr, uint64_t val, size_t size)
{
	struct vmx_thread_info *vti = curvti();
	const struct vmm_linear *g = &vti->linear;
	vm_offset_t va = (vm_offset_t)uaddr;

	return (VMM_ACCESS(&vti->access,
	    size == sizeof(uint8_t)	   ? vmm_subyte(g, va, val)
		: size == sizeof(uint32_t) ? vmm_suword32(g, va, val)
					   : vmm_suword64(g, va, val)));
}

/**
 * casuword32().
 * @param uaddr	guest-virtual address
 * @param oldval expected there
 * @param valp	set to what was there
 * @param newval to be there, if that is oldval
 * @return	0 or EFAULT
 */
int
vmm_user_cas(
    volatile void *uaddr, uint32_t oldval, uint32_t *valp, uint32_t newval)
{
	struct vmx_thread_info *vti = curvti();
	uint32_t seen = oldval;
	int error;

	error = VMM_ACCESS(&vti->access,
	    vmm_casu32(&vti->linear, (vm_offset_t)uaddr, &seen, newval));
	if (error == 0)
		*valp = seen;
	return (error);
}

static int
zero_page(const struct vmm_linear *g, vm_offset_t va, size_t n)
{
	void *page = vmm_linear_page(g, va, VM_PROT_WRITE);

	if (page == NULL)
		return (EFAULT);
	bzero(page, n);
	return (0);
}

/**
 * uzero().
 * @param uaddr	guest-virtual address
 * @param len	bytes
 * @return	0 or EFAULT
 */
int
vmm_user_zero(void *uaddr, size_t len)
{
	struct vmx_thread_info *vti = curvti();
	vm_offset_t va = (vm_offset_t)uaddr;
	size_t n;

	if (len != 0 && len - 1 > ~va)
		return (EFAULT);
	for (; len > 0; va += n, len -= n) {
		n = MIN(len, PAGE_SIZE - (va & PAGE_MASK));
		if (VMM_ACCESS(&vti->access, zero_page(&vti->linear, va, n)) !=
		    0)
			return (EFAULT);
	}
	return (0);
}

/**
 * Reads instructions of the current thread.
 * @param vti	it
 * @param va	where
 * @param buf	filled in
 * @param n	bytes, within a page
 * @return	0, or EFAULT: it may not execute them
 */
int
vmm_fetch_code(struct vmx_thread_info *vti, vm_offset_t va, void *buf, size_t n)
{
	return (VMM_ACCESS(&vti->access, vmm_fetch(&vti->linear, va, buf, n)));
}

/**
 * Translates an address of a thread, for who then uses the result as an
 * address of the process: umtx(2), and everything that goes by memory rather
 * than by contents.  May sleep.
 * @param td		the current thread, has a td_vmm
 * @param va		its address
 * @param access	VM_PROT_*
 * @param gpa		set to the address in its vmspace
 * @return		0 or EFAULT
 */
int
vmm_vm_get_gpa(
    struct thread *td, vm_offset_t va, u_int access, vm_offset_t *gpa)
{
	struct vmx_thread_info *vti = td->td_vmm;

	return (VMM_ACCESS(
	    &vti->access, guest_phys_addr(&vti->linear, va, access, gpa)));
}

/**
 * Reads or writes memory of a process behind nested page tables by its own
 * addresses, as its first page table translates them: vmspace_rdwr()'s.  May
 * sleep.
 * @param vm	has a vm_vmm
 * @param uaddr	address
 * @param buf	memory of the kernel
 * @param n	bytes
 * @param write	to the process; else from it
 * @return	0 or EFAULT; then some of it may be done
 */
int
vmm_rdwr(struct vmspace *vm, vm_offset_t uaddr, void *buf, size_t n, bool write)
{
	struct vmm_access va = { .vmspace = vm };
	struct vmm_linear g;

	linear_init(&g, &va, vm->vm_vmm->vp_guest_cr3);
	return (
	    copy(&g, &va, uaddr, write ? NULL : buf, write ? buf : NULL, n));
}

/* tag::sync[] */
/* Both words can be written: exchanges them while nobody is in the guest. */
static int
exchange(struct vmx_thread_info *vti, vm_offset_t dst, vm_offset_t src)
{
	struct vmm_proc *vmm = vti->vmm;
	uint64_t *entry, *value;

	/* First whether both can be written: a failed read must never get into
	 * a page table, nor an old entry get lost. */
	value = vmm_linear_page(&vti->linear, src, VM_PROT_WRITE);
	if (value == NULL)
		return (EFAULT);
	entry = vmm_linear_page(&vti->linear, dst, VM_PROT_WRITE);
	if (entry == NULL)
		return (EFAULT);
	vmm_stop(vmm);
	*value = atomic_swap_long(entry, *value);
	atomic_add_long(&vmm->vp_lineargen, 1);
	vmm_go(vmm);
	return (0);
}

/**
 * Exchanges the 64 bits at dst, an entry of the process's page table, with
 * those at src, while no thread is in the guest; none of them has the old
 * entry in its TLB any more when it comes back.
 * @param lp	the current thread, behind nested page tables
 * @param dst	address, a multiple of 8
 * @param src	address, a multiple of 8; gets the old entry
 * @return	0, or EFAULT: dst or src is not aligned or not memory to write,
 *		and nothing is changed
 */
int
vmm_sync_addr(struct lwp *lp, vm_offset_t dst, vm_offset_t src)
{
	struct vmx_thread_info *vti = lp->lwp_thread->td_vmm;

	if (((dst | src) & (sizeof(uint64_t) - 1)) != 0)
		return (EFAULT);
	return (VMM_ACCESS(&vti->access, exchange(vti, dst, src)));
}
/* end::sync[] */
