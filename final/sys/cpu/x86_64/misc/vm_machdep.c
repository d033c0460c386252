/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Threads on this platform: kernel stacks, the first frame of a new thread,
 * and what changes with a switch besides the stack.
 *
 * Kernel stacks lie in a range of their own, each below a page that is not
 * mapped, so that an overflow is a double fault and not somebody else's bug.
 * A stack keeps its place and its pages for good and serves the next thread:
 * nothing has to be flushed from other processors' TLBs.
 */
#include <sys/errno.h>
#include <sys/proc.h>
#include <sys/spinlock.h>
#include <sys/systm.h>
#include <cpu/cpufunc.h>
#include <cpu/segments.h>
#include <cpu/specialreg.h>
#include <machine/asm_offsets.h>
#include <machine/cpu.h>
#include <machine/globaldata.h>
#include <machine/md_var.h>
#include <machine/pmap.h>
#include <machine/vmm.h>
#include <machine/vmparam.h>
#include <vm/vm_map.h>

CTASSERT(__offsetof(struct thread, td_sp) == TD_SP);

#define KSTACK_SPAN ((KSTACK_PAGES + 1) * PAGE_SIZE)
#define SWITCH_REGS 6 /* what cpu_switch() pops */

/** Pages of kernel stacks, in use or kept. */
u_long kstack_pages;

/* Stacks that are kept; the first word of each points to the next.  A leaf. */
static struct spinlock kstack_lock = SPINLOCK_INITIALIZER("kstack");
static vm_offset_t kstack_kept;
static vm_offset_t kstack_next = KSTACK_MIN_ADDRESS;

/* Unmaps and frees the pages of a stack that never came to be. */
static void
kstack_undo(vm_offset_t stack, u_int pages)
{
	vm_paddr_t pa;

	for (u_int i = 0; i < pages; i++) {
		pmap_kextract(stack + ptoa(i), &pa);
		pmap_remove(&kernel_pmap, stack + ptoa(i), stack + ptoa(i + 1));
		pmap_page_free(pa);
	}
}

/* A stack in a new place, or 0; kstack_lock is held. */
static vm_offset_t
kstack_new(void)
{
	vm_offset_t stack = kstack_next + PAGE_SIZE;
	vm_paddr_t pa;

	if (kstack_next + KSTACK_SPAN > KSTACK_MAX_ADDRESS)
		return (0);
	for (u_int i = 0; i < KSTACK_PAGES; i++) {
		pa = pmap_page_alloc();
		if (pa == 0 ||
		    pmap_enter(&kernel_pmap, stack + ptoa(i), pa,
			VM_PROT_READ | VM_PROT_WRITE, PMAP_LEVEL_4K) != 0) {
			if (pa != 0)
				pmap_page_free(pa);
			kstack_undo(stack, i);
			return (0);
		}
	}
	kstack_next += KSTACK_SPAN;
	kstack_pages += KSTACK_PAGES;
	return (stack);
}

/**
 * @return the lowest address of a kernel stack of KSTACK_PAGES pages, or 0
 *	   when there is no memory
 */
vm_offset_t
cpu_kstack_alloc(void)
{
	vm_offset_t stack;

	spin_lock(&kstack_lock);
	stack = kstack_kept;
	if (stack != 0)
		kstack_kept = *(vm_offset_t *)stack;
	else
		stack = kstack_new();
	spin_unlock(&kstack_lock);
	return (stack);
}

/**
 * Keeps a stack for the next thread.
 * @param stack	from cpu_kstack_alloc(), in use by nobody
 */
void
cpu_kstack_free(vm_offset_t stack)
{
	spin_lock(&kstack_lock);
	*(vm_offset_t *)stack = kstack_kept;
	kstack_kept = stack;
	spin_unlock(&kstack_lock);
}

/**
 * @param td	a thread with a user mode
 * @return	where its registers are while it is in the kernel
 */
struct trapframe *
cpu_user_frame(struct thread *td)
{
	return ((struct trapframe *)td->td_kstack_top - 1);
}

/**
 * Builds the stack of a new thread: cpu_switch() returns from it to
 * cpu_thread_trampoline.
 * @param td	has its kernel stack
 */
void
cpu_thread_init(struct thread *td)
{
	/* Below the user's registers, and 16-aligned after the return. */
	register_t *sp = (register_t *)(rounddown2(
	    (vm_offset_t)cpu_user_frame(td), 16));

	*--sp = (register_t)cpu_thread_trampoline;
	for (u_int i = 0; i < SWITCH_REGS; i++)
		*--sp = 0;
	td->td_sp = (register_t)sp;
}

/**
 * Frees what only this platform knows of a thread.
 * @param td	gone
 */
void
cpu_thread_free(struct thread *td)
{
	vmm_vmdestroy(td);
	fpu_free(td);
}

/* tag::begin[] */
/* Where a new thread of a process begins in the kernel. */
static void
lwp_begin(void *arg)
{
	struct lwp *lp = arg;
	struct trapframe *tf = cpu_user_frame(lp->lwp_thread);

	if (lp->lwp_thread->td_vmm != NULL)
		vmm_vmrun(lp);
	userret(lp, tf);
	user_return(tf);
}
/* end::begin[] */

/* tag::fork[] */
/**
 * Prepares the thread of a new process or of lwp_create(2): it goes on where
 * the calling thread entered the kernel, with results that tell it apart.
 * @param lp1	the calling thread
 * @param lp2	new; has its thread
 * @param newproc	unused
 */
void
cpu_fork(struct lwp *lp1, struct lwp *lp2, bool newproc __unused)
{
	struct thread *td = lp2->lwp_thread;
	struct trapframe *tf = cpu_user_frame(td);

	*tf = *lp1->lwp_md_regs;
	tf->tf_rax = 0;
	tf->tf_rflags &= ~PSL_C;
	if (lp2->lwp_proc->p_sysent == &elf64_dragonfly_sysvec)
		tf->tf_rdx = 1;
	lp2->lwp_md_regs = tf;
	td->td_start = lwp_begin;
	td->td_arg = lp2;
	fpu_copy(lp1->lwp_thread, td);
}
/* end::fork[] */

/**
 * Sets where a thread of lwp_create(2) begins; after cpu_fork().
 * @param lp		new
 * @param params	function, argument, stack
 */
void
cpu_lwp_start(struct lwp *lp, const struct lwp_params *params)
{
	struct trapframe *tf = lp->lwp_md_regs;

	tf->tf_rip = params->lwp_func;
	tf->tf_rdi = params->lwp_arg;
	tf->tf_rsp = params->lwp_stack - sizeof(register_t);
	tf->tf_rbp = 0;
	fpu_reset(lp->lwp_thread);
}

/**
 * Registers at the start of a program.
 * @param lp	the calling thread
 * @param entry	first instruction
 * @param sp	stack pointer: there are argc, argv and the rest
 */
void
exec_setregs(struct lwp *lp, vm_offset_t entry, vm_offset_t sp)
{
	struct trapframe *tf = cpu_user_frame(lp->lwp_thread);

	bzero(tf, sizeof(*tf));
	tf->tf_rip = entry;
	tf->tf_rsp = sp;
	tf->tf_rdi = sp;
	tf->tf_cs = UCODE_SEL;
	tf->tf_ss = UDATA_SEL;
	tf->tf_rflags = PSL_RESERVED | PSL_I;
	lp->lwp_md_regs = tf;
	bzero(&lp->lwp_tls, sizeof(lp->lwp_tls));
	cpu_set_user_tls(lp);
	fpu_reset(lp->lwp_thread);
}

/* A processor that only has to come by trap_return_user(). */
static void
ast_remote(void *arg __unused)
{
}

/**
 * Makes a thread look for signals before it is in user mode again, or soon if
 * it is.  If it waits for its turn there, it goes first: for a vkernel, whose
 * processors signal each other, a turn of the host is a long time.  Callable
 * from interrupts.
 * @param lp	any thread
 */
void
signotify(struct lwp *lp)
{
	struct thread *td = lp->lwp_thread;
	struct globaldata *gd;
	u_int before;

	before = __atomic_fetch_or(
	    &lp->lwp_mpflags, LWP_MP_SIGPEND, __ATOMIC_SEQ_CST);
	gd = td->td_gd;
	if (gd->gd_curthread == td) {
		if (gd != mycpu)
			lwkt_send_ipiq(gd, ast_remote, NULL);
	} else if ((before & LWP_MP_SIGPEND) == 0 &&
	    (td->td_flags & TDF_RUNQ) != 0) {
		lwkt_send_ipiq(gd, lwkt_hurry, td);
	}
}
