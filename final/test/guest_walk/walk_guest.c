/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * A guest in ring 3 that does one access and comes back.
 *
 *     guest-physical
 *     WALK_GPA     the block: tables and data, rights as walk_rights[] says
 *     CODE_GPA     three tables and a page of code, found through the last
 *                  entry of the root, which no random pointer uses
 *     all else     nothing
 *
 * A read and a write end with VMCALL.  A fetch jumps to the pointer: each data
 * page N of the block is full of `int N`, which the guest, whose IDT is empty,
 * cannot execute, and the error code of the #GP says N.
 */
#include <sys/systm.h>
#include <cpu/cpufunc.h>
#include <cpu/segments.h>
#include <cpu/specialreg.h>
#include <cpu/trap.h>
#include <machine/md_var.h>
#include <machine/vmparam.h>
#include <vm/vm_page.h>
#include "ept.h"
#include "vmx_cpu.h"
#include "vmx_trap.h"
#include "walk_guest.h"

#define BLOCK_ORDER  6 /* 64 pages */
#define CODE_GPA     0x81234000UL
#define CODE_VA	     0xffffff8000000000UL
#define CODE_PAGES   4 /* PDP, PD, PT, code */
#define PTE_USER     (X86_PG_V | X86_PG_RW | X86_PG_U | X86_PG_A)

/* The program: an entry each for read, write and fetch, 16 bytes apart. */
#define PROGRAM_SIZE 48
extern const uint8_t walk_program[PROGRAM_SIZE];
__asm(".section .rodata\n"
      "walk_program:\n"
      "	movq (%rdi), %rax\n"
      "	vmcall\n"
      "	.balign 16\n"
      "	movb %al, (%rdi)\n"
      "	vmcall\n"
      "	.balign 16\n"
      "	jmp *%rdi\n"
      "	.balign 16\n"
      ".text\n");
#define ENTRY_READ  CODE_VA
#define ENTRY_WRITE (CODE_VA + 16)
#define ENTRY_FETCH (CODE_VA + 32)

static const struct vmx_ctl_request requests[] = {
	{ VMX_CTL_PIN, VMX_MUST_BE_1, PIN_CTLS_EXTINT_EXITING,
	    "so that interrupts stay the host's" },
	{ VMX_CTL_PIN, VMX_MUST_BE_1, PIN_CTLS_NMI_EXITING,
	    "so that NMIs stay the host's" },
	{ VMX_CTL_PROC, VMX_MUST_BE_1, PROC_CTLS_IO_EXITING,
	    "so that no device is within the guest's reach" },
	{ VMX_CTL_PROC2, VMX_MUST_BE_1, PROC2_CTLS_EPT,
	    "to say what guest-physical memory there is" },
	{ VMX_CTL_EXIT, VMX_MUST_BE_1, EXIT_CTLS_HOST_LMA,
	    "since the host runs in 64-bit mode" },
	{ VMX_CTL_EXIT, VMX_MUST_BE_1, EXIT_CTLS_LOAD_EFER,
	    "to get the host's EFER back" },
	{ VMX_CTL_ENTRY, VMX_MUST_BE_1, ENTRY_CTLS_GUEST_LMA,
	    "since the guest runs in 64-bit mode" },
	{ VMX_CTL_ENTRY, VMX_MUST_BE_1, ENTRY_CTLS_LOAD_EFER,
	    "to try it with and without NXE" },
};

static struct vmx_caps caps;
static struct vmx_ctls ctls;
static struct pmap ept;
static struct vmx_guest guest;
static vm_paddr_t vmxon_region, vmcs, block;
static vm_page_t code;
static bool launched;

static void
map(vm_paddr_t gpa, vm_paddr_t pa, u_int prot)
{
	if (pmap_enter(&ept, gpa, pa, prot, PMAP_LEVEL_4K) != 0)
		panic("guest_walk: out of memory");
}

static void
make_memory(void)
{
	vm_page_t m = vm_page_alloc(BLOCK_ORDER);
	vm_paddr_t pa;
	pt_entry_t *table;
	u_int i;

	code = vm_page_alloc(2);
	if (m == NULL || code == NULL || ept_pinit(&ept, &caps) != 0)
		panic("guest_walk: out of memory");
	block = vm_page_phys(m);
	bzero(PHYS_TO_DMAP(block), WALK_PAGES * PAGE_SIZE);
	for (i = 0; i < WALK_PAGES; i++)
		if (walk_rights[i] != VM_PROT_NONE)
			map(WALK_GPA + ptoa(i), block + ptoa(i),
			    walk_rights[i] | VM_PROT_EXECUTE);
	pa = vm_page_phys(code);
	table = PHYS_TO_DMAP(pa);
	bzero(table, CODE_PAGES * PAGE_SIZE);
	for (i = 0; i < CODE_PAGES; i++)
		map(CODE_GPA + ptoa(i), pa + ptoa(i), VM_PROT_ALL);
	for (i = 0; i < CODE_PAGES - 1; i++, table += NPTEPG)
		table[0] = (CODE_GPA + ptoa(i + 1)) | PTE_USER;
	memcpy(table, walk_program, PROGRAM_SIZE);
	((pt_entry_t *)PHYS_TO_DMAP(block))[NPTEPG - 1] = CODE_GPA | PTE_USER;
}

static void
make_vmcs(void)
{
	vmcs = vmx_region_alloc(&caps);
	vmx_must(vmclear(vmcs), "vmclear");
	vmx_must(vmptrld(vmcs), "vmptrld");
	vmx_write_idle_state();
	vmcs_write(VMCS_CTL_PIN, ctls.word[VMX_CTL_PIN]);
	vmcs_write(VMCS_CTL_PROC, ctls.word[VMX_CTL_PROC]);
	vmcs_write(VMCS_CTL_PROC2, ctls.word[VMX_CTL_PROC2]);
	vmcs_write(VMCS_CTL_EXIT, ctls.word[VMX_CTL_EXIT]);
	vmcs_write(VMCS_CTL_ENTRY, ctls.word[VMX_CTL_ENTRY]);
	vmcs_write(VMCS_CTL_EXCEPTION_BITMAP, 0xffffffff);
	vmcs_write(VMCS_CTL_EPTP, ept_pointer(&ept));
	vmx_write_host_state(&ctls, (vm_offset_t)vmx_exit);
	vmx_write_segments();
	vmcs_write(VMCS_GUEST_CR0,
	    vmx_fixed_cr0(&caps, CR0_PE | CR0_PG | CR0_NE | CR0_ET | CR0_WP));
	vmcs_write(VMCS_GUEST_CR4, vmx_fixed_cr4(&caps, CR4_PAE));
	vmcs_write(VMCS_GUEST_RSP, 0);
	vmcs_write(VMCS_GUEST_RFLAGS, PSL_RESERVED | PSL_I);
}

/**
 * Makes the guest and enters VMX operation.
 * @return	NULL, or why this processor cannot
 */
const char *
guest_init(void)
{
	const char *refusal;
	u_long seen;

	refusal = vmx_cpu_agree(&caps, requests, nitems(requests), &ctls);
	if (refusal == NULL)
		refusal = ept_refusal(&caps);
	if (refusal != NULL)
		return (refusal);
	vmxon_region = vmx_region_alloc(&caps);
	vmx_cpu_enable(&caps, vmxon_region);
	make_memory();
	make_vmcs();
	seen = ept.pm_invgen - 1;
	ept_sync(&ept, &caps, &seen);
	return (NULL);
}

/** Leaves VMX operation and frees the guest. */
void
guest_fini(void)
{
	vmx_must(vmclear(vmcs), "vmclear");
	vmx_cpu_disable();
	vmx_region_free(vmcs);
	vmx_region_free(vmxon_region);
	pmap_release(&ept);
	vm_page_free(code);
	vm_page_free(vm_page_lookup(block));
}

/** @return the guest's block of memory */
uint8_t *
guest_memory(void)
{
	return (PHYS_TO_DMAP(block));
}

/** @return whether a walk counts as a write to the tables, for EPT */
bool
guest_ept_ad(void)
{
	return ((ept_pointer(&ept) & EPTP_AD) != 0);
}

/** @return whether there are 1 GB pages */
bool
guest_page_1gb(void)
{
	return (vmx_has_page_1gb(&caps));
}

/** @return physical-address bits */
u_int
guest_maxphyaddr(void)
{
	return (caps.maxphyaddr);
}

/**
 * Gives the guest a root and EFER.NXE.
 * @param c	a case, installed in the guest's memory
 */
void
guest_tables(const struct walk_case *c)
{
	vmcs_write(VMCS_GUEST_CR3, c->cr3);
	vmcs_write(
	    VMCS_GUEST_EFER, EFER_LME | EFER_LMA | (c->nxe ? EFER_NXE : 0));
}

/* The exception that ended it; which it was depends on where. */
static void
judge_exception(const struct vmx_exit_info *e, vm_offset_t va,
    vm_offset_t entry, struct guest_report *r)
{
	uint32_t vector = e->intr_info & INTR_INFO_VECTOR_MASK;
	bool at_target = entry == ENTRY_FETCH && e->rip == va;

	if (vector == IDT_PF && e->qualification == va &&
	    (e->rip == entry || at_target)) {
		r->outcome = GUEST_PF;
		r->code = e->intr_error;
	} else if (vector == IDT_GP && e->rip == entry && e->intr_error == 0) {
		r->outcome = GUEST_GP;
	} else if (vector == IDT_GP && at_target && e->intr_error % 8 == 2) {
		r->outcome = GUEST_DONE;
		r->value = e->intr_error / 8;
	}
}

/**
 * Lets the guest do one access.
 * @param va		pointer; a multiple of 8 unless it is for a write
 * @param access	VM_PROT_READ (8 bytes), VM_PROT_WRITE (a byte) or
 *			VM_PROT_EXECUTE
 * @param value		the byte to write
 * @param r		filled in
 */
void
guest_access(
    vm_offset_t va, u_int access, uint8_t value, struct guest_report *r)
{
	vm_offset_t entry = ENTRY_READ;
	struct ept_violation v;
	struct vmx_exit_info e;

	if (access != VM_PROT_READ)
		entry = access == VM_PROT_WRITE ? ENTRY_WRITE : ENTRY_FETCH;
	guest.vg_frame.tf_rdi = va;
	guest.vg_frame.tf_rax = value;
	vmcs_write(VMCS_GUEST_RIP, entry);
	if (vmx_enter(&guest, launched) != VMX_OK)
		panic("guest_walk: VM entry failed, error %lu",
		    vmcs_read(VMCS_INSTRUCTION_ERROR));
	launched = true;
	vmx_read_exit(&e);
	*r = (struct guest_report){ .outcome = GUEST_STRANGE,
		.reason = e.reason,
		.intr_info = e.intr_info,
		.rip = e.rip,
		.value = guest.vg_frame.tf_rax };
	if (e.reason == EXIT_REASON_EXCEPTION_NMI) {
		judge_exception(&e, va, entry, r);
	} else if (e.reason == EXIT_REASON_VMCALL && entry != ENTRY_FETCH) {
		r->outcome = GUEST_DONE;
	} else if (e.reason == EXIT_REASON_EPT_VIOLATION) {
		ept_read_violation(&v);
		r->gpa = v.gpa;
		r->table_walk = v.table_walk;
		if (v.has_gva && v.gva == va)
			r->outcome = GUEST_EPT;
	}
}
