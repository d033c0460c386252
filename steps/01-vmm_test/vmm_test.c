/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * The guests of step 01 and what is expected of each.  A row registers one.
 */
#include <sys/errno.h>
#include <sys/systm.h>
#include <sys/tap.h>
#include <cpu/cpufunc.h>
#include <cpu/pmap.h>
#include <cpu/trap.h>
#include <machine/vmparam.h>
#include <vm/vm_page.h>
#include "vmm.h"

/** One guest and its outcome. */
struct guest_test {
	const char *name;   /**< what it proves */
	void *entry;	    /**< where it starts */
	enum guest_end end; /**< how it must end */
	int status;	    /**< with which status, unless check is set */
	bool (*check)(struct vmx_thread_info *vti); /**< or NULL */
};

/* The guest must have seen the sub-leaf that the host sees. */
static bool
check_cpuid(struct vmx_thread_info *vti)
{
	u_int p[4];

	cpuid_count(4, 1, p);
	return (vti->status == (int)(p[0] ^ p[1]) &&
	    vmx_exit_count[EXIT_REASON_CPUID] == 2);
}

static bool
check_memory(struct vmx_thread_info *vti)
{
	const uint64_t *p = PHYS_TO_DMAP(vti->stack);
	const pt_entry_t *table = PHYS_TO_DMAP(vti->guest_cr3);

	table = PHYS_TO_DMAP(table[0] & X86_PG_FRAME);
	tap_diag("guest page table: %s pages",
	    (table[0] & X86_PG_PS) != 0 ? "1 GB" : "2 MB");
	return (vti->status == 0 && p[2] == 0x0202020202020202UL);
}

static bool
check_fault(struct vmx_thread_info *vti)
{
	return (vti->status == IDT_PF &&
	    vti->exit.qualification == GUEST_HOLE &&
	    vti->exit.intr_error == (PGEX_U | PGEX_W));
}

/* tag::tests[] */
static const struct guest_test guest_tests[] = {
	{ "prints", guest_hello, GUEST_EXITED, 0, NULL },
	{ "executes CPUID", guest_cpuid, GUEST_EXITED, 0, check_cpuid },
	{ "computes", guest_sum, GUEST_EXITED, 333833500, NULL },
	{ "uses its page table", guest_memory, GUEST_EXITED, 0, check_memory },
	{ "page fault", guest_fault, GUEST_KILLED, IDT_PF, check_fault },
	{ "prefixed syscall", guest_prefixed, GUEST_EXITED, 3, NULL },
	{ "ud2 is no syscall", guest_ud2, GUEST_KILLED, IDT_UD, NULL },
	{ "divides by zero", guest_divide, GUEST_KILLED, IDT_DE, NULL },
	{ "hlt in ring 3", guest_privileged, GUEST_KILLED, IDT_GP, NULL },
	{ "bad pointer", guest_bad_pointer, GUEST_EXITED, EFAULT, NULL },
	{ "vmcall", guest_vmcall, GUEST_UNHANDLED, EXIT_REASON_VMCALL, NULL },
	{ "never exits", guest_spin, GUEST_STUCK, 0, NULL },
	{ "exits for ever", guest_exits, GUEST_STUCK, 0, NULL },
};
/* end::tests[] */

static void
run_test(const struct guest_test *t)
{
	struct vmx_thread_info vti = { .name = t->name };
	uint64_t free = vm_page_free_count();
	bool ok;

	if (!tap_wanted(t->name))
		return;
	if (t->end == GUEST_STUCK &&
	    (vmx_ctls.granted[VMX_CTL_PIN] & PIN_CTLS_PREEMPTION_TIMER) == 0) {
		tap_skip("no preemption timer", "%s", t->name);
		return;
	}
	if (!guest_memory_init(&vti))
		panic("vmm_test: out of memory");
	vti.guest.vg_frame.tf_rdi = vti.stack;
	vmx_vminit(&vti, (vm_offset_t)t->entry);
	vmx_vmrun(&vti);
	ok = vti.end == t->end &&
	    (t->check != NULL ? t->check(&vti) : vti.status == t->status);
	vmx_vmdestroy(&vti);
	guest_memory_free(&vti);
	ok = ok && vm_page_free_count() == free;
	if (!tap_ok(ok, "%s", t->name))
		tap_diag("end %d, status %d, %ld pages lost", vti.end,
		    vti.status, free - vm_page_free_count());
}

/** Runs every guest and reports each as one result. */
void
vmm_test(void)
{
	tap_plan(nitems(guest_tests));
	for (u_int i = 0; i < nitems(guest_tests); i++) {
		if (i == 1) /* the bench reads this */
			tap_diag("guest output at tsc %lu", rdtsc());
		run_test(&guest_tests[i]);
	}
}
