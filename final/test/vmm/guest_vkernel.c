/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * A very small vkernel: processes with page tables of their own, paging with
 * a swap, signals, several virtual CPUs.
 *
 * A virtual CPU is a thread of the guest.  It takes a process, lets it run in
 * its place by vmspace_ctl(), and does what the process stopped for.  A clock
 * thread sends each of them SIGALRM, which is their timer interrupt.
 *
 *     guest-physical, as it is linear for the vkernel itself
 *
 *     GUEST_RAM          page frames
 *              + 2 MB    pages of page tables
 *              + 4 MB    swap: a slot for each page of each process
 *
 * One lock guards all of it and is given back while a process runs.  Linked
 * with guest.c; see there for the rules.
 */
#include <sys/errno.h>
#include <sys/lwp.h>
#include <sys/param.h>
#include <sys/signal.h>
#include <sys/vmspace.h>
#include <cpu/pmap.h>
#include <cpu/specialreg.h>
#include <cpu/trap.h>
#include "guest_call.h"
#include "guest_sys.h"
#include "guest_vkernel.h"
#include "vmm.h"

#define ENTRY	 (X86_PG_V | X86_PG_RW | X86_PG_U)
#define FRAMES	 GUEST_RAM
#define TABLES	 (GUEST_RAM + NBPDR)
#define SWAP	 (GUEST_RAM + 2 * NBPDR)
#define TICK_US	 20000
#define PIECE	 128
#define RED_ZONE 128

/** A page frame. */
struct frame {
	struct vk_proc *owner; /**< NULL: it is free */
	u_int page;	       /**< which of its pages */
};

/** All processes; a process's number is its place, plus 1. */
struct vk_proc vk_procs[VK_NPROC];
/** What happened. */
struct vk_counts vk_counts;

static umtx_t lock;
static struct frame frames[VK_FRAMES];
static u_int nframes, hand; /* how many there are, which is looked at next */
static vm_paddr_t free_tables;
static u_int tables_used, tables_made;
static u_int next_proc;
static umtx_t work; /* counts whenever an idle virtual CPU shall look */
static volatile int tick_count;
static volatile umtx_t over; /* the clock sleeps on it */
static u_int nvcpus;
static volatile int vcpu_tid[VK_NPROC];

static void __dead2
bug(int line)
{
	guest_exit(line); /* the whole vkernel */
}

/* What stands for a piece that is not written yet calls this. */
#define panic(text) vk_panic("panic: " text "\n", sizeof("panic: " text))

/**
 * Ends the vkernel with a line on the console.
 * @param line	the line
 * @param n	its length
 */
void
vk_panic(const char *line, size_t n)
{
	guest_call(SYS_write, 1, (long)line, n);
	guest_exit(-1);
}

/** The vkernel itself is wrong if this is not so. */
#define must(what)                                                             \
	do {                                                                   \
		if (!(what))                                                   \
			bug(__LINE__);                                         \
	} while (0)

static void
zero_page(vm_paddr_t to)
{
	volatile u_long *dst = (volatile u_long *)to;

	for (u_int i = 0; i < PAGE_SIZE / sizeof(*dst); i++)
		dst[i] = 0;
}

static void
copy_page(vm_paddr_t to, vm_paddr_t from)
{
	volatile u_long *dst = (volatile u_long *)to;
	const volatile u_long *src = (const volatile u_long *)from;

	for (u_int i = 0; i < PAGE_SIZE / sizeof(*dst); i++)
		dst[i] = src[i];
}

/* --- page tables --- */

static vm_paddr_t
table_alloc(void)
{
	vm_paddr_t pa = free_tables;

	if (pa != 0)
		free_tables = *(vm_paddr_t *)pa;
	else if (tables_made < NBPDR / PAGE_SIZE)
		pa = TABLES + ptoa(tables_made++);
	else
		return (0);
	tables_used++;
	zero_page(pa);
	return (pa);
}

/* Frees a table and all below it; level 0 has entries of pages. */
static void
table_free(vm_paddr_t pa, u_int level)
{
	pt_entry_t *table = (pt_entry_t *)pa;

	for (u_int i = 0; level > 0 && i < NPTEPG; i++)
		if ((table[i] & X86_PG_V) != 0)
			table_free(table[i] & X86_PG_FRAME, level - 1);
	*(vm_paddr_t *)pa = free_tables;
	free_tables = pa;
	tables_used--;
}

/* The last entry for an address; NULL: there is none, or no memory to make
 * it. */
static volatile pt_entry_t *
pte_of(vm_paddr_t pml4, vm_offset_t va, bool make)
{
	pt_entry_t *table = (pt_entry_t *)pml4, *entry;
	vm_paddr_t below;

	if (va >= GUEST_STACK_TOP)
		return (NULL);
	for (u_int shift = PML4SHIFT; shift > PAGE_SHIFT; shift -= 9) {
		entry = &table[va >> shift & (NPTEPG - 1)];
		if ((*entry & X86_PG_V) == 0) {
			if (!make || (below = table_alloc()) == 0)
				return (NULL);
			*entry = below | ENTRY;
		}
		table = (pt_entry_t *)(*entry & X86_PG_FRAME);
	}
	return (&table[va >> PAGE_SHIFT & (NPTEPG - 1)]);
}

/* tag::take[] */
/*
 * Takes an entry away; what it said.  A process that runs on another virtual
 * CPU may have it in that TLB, and only the host gets it out of there; who
 * does not run is entered anew before it uses the entry again.
 */
static pt_entry_t
pte_take(const struct vk_proc *p, volatile pt_entry_t *pte)
{
	u_long value = 0;

	/* LAB 06.8 begin: take an entry away from whoever may be using it */
	if (p->state != VK_RUNNING)
		return (__atomic_exchange_n(pte, 0, __ATOMIC_SEQ_CST));
	must(guest_sys4(SYS_vmm_guest_sync_addr, (long)pte, (long)&value, 0, 0,
		 NULL) == 0);
	/* LAB 06.8 end */
	return (value);
}
/* end::take[] */

/**
 * Makes a page table that maps nothing.
 * @return	its guest-physical address
 */
vm_paddr_t
vk_empty_table(void)
{
	vm_paddr_t pa = table_alloc();

	must(pa != 0);
	return (pa);
}

/**
 * Maps the programs in a page table.
 * @param pml4	the table
 * @return	false: no memory
 */
bool
vk_map_text(vm_paddr_t pml4)
{
	volatile pt_entry_t *pte;

	for (vm_offset_t va = (vm_offset_t)user_start;
	     va < (vm_offset_t)user_end; va += PAGE_SIZE) {
		pte = pte_of(pml4, va, true);
		if (pte == NULL)
			return (false);
		*pte = va | X86_PG_V | X86_PG_U;
	}
	return (true);
}

/* --- paging --- */

static vm_offset_t
page_va(u_int page)
{
	return (page < VK_HEAP_PAGES ? VK_HEAP + ptoa(page)
				     : VK_STACK_TOP - ptoa(VK_PAGES - page));
}

/* The page at an address, VK_PAGES: there is none. */
static u_int
page_at(vm_offset_t va)
{
	if (va - VK_HEAP < ptoa(VK_HEAP_PAGES))
		return (atop(va - VK_HEAP));
	if (va - (VK_STACK_TOP - ptoa(VK_STACK_PAGES)) < ptoa(VK_STACK_PAGES))
		return (VK_PAGES - 1 - atop(VK_STACK_TOP - 1 - va));
	return (VK_PAGES);
}

static vm_paddr_t
frame_address(const struct frame *f)
{
	return (FRAMES + ptoa(f - frames));
}

static vm_paddr_t
swap_slot(const struct vk_proc *p, u_int page)
{
	return (SWAP + ptoa((p - vk_procs) * VK_PAGES + page));
}

/* tag::out[] */
/* Takes a frame from its owner; what was written goes to swap. */
static void
page_out(struct frame *f, volatile pt_entry_t *pte)
{
	struct vk_proc *p = f->owner;

	/* The processor's own mark says whether swap is up to date, and
	 * nobody writes any more once the entry is gone. */
	if ((pte_take(p, pte) & X86_PG_M) != 0) {
		copy_page(swap_slot(p, f->page), frame_address(f));
		p->swapped[f->page] = true;
		vk_counts.page_outs++;
	}
	f->owner = NULL;
}

/* A frame, if need be one that has not been used for longest. */
static struct frame *
frame_get(void)
{
	volatile pt_entry_t *pte;
	struct frame *f;

	for (;;) {
		f = &frames[hand];
		hand = (hand + 1) % nframes;
		if (f->owner == NULL)
			return (f);
		pte = pte_of(f->owner->pml4, page_va(f->page), false);
		must(pte != NULL && (*pte & X86_PG_V) != 0);
		/* Used since we last came by?  A TLB that we do not flush for
		 * this may hide a use; it is only a guess. */
		if ((__atomic_fetch_and(pte, ~X86_PG_A, __ATOMIC_SEQ_CST) &
			X86_PG_A) != 0)
			continue;
		page_out(f, pte);
		return (f);
	}
}
/* end::out[] */

/* tag::in[] */
static bool
page_in(struct vk_proc *p, u_int page)
{
	volatile pt_entry_t *pte = pte_of(p->pml4, page_va(page), true);
	struct frame *f;

	if (pte == NULL)
		return (false);
	f = frame_get();
	if (p->swapped[page])
		copy_page(frame_address(f), swap_slot(p, page));
	else
		zero_page(frame_address(f));
	vk_counts.page_ins += p->swapped[page];
	f->owner = p;
	f->page = page;
	/* As used: else it might go before the process comes to it. */
	*pte = frame_address(f) | ENTRY | X86_PG_A;
	return (true);
}

/* Whether the fault was one of paging, and the process can go on. */
static bool
fault(struct vk_proc *p, vm_offset_t va, u_int error)
{
	u_int page = page_at(va);

	vk_counts.faults++;
	/* A page that is there and forbids it stays so. */
	return ((error & PGEX_P) == 0 && page < VK_PAGES && page_in(p, page));
}
/* end::in[] */

/* --- a process's memory --- */

/* Where the vkernel finds a byte of a process; NULL: EFAULT. */
static char *
user_byte(struct vk_proc *p, vm_offset_t va, bool write)
{
	volatile pt_entry_t *pte = pte_of(p->pml4, va, false);

	if (pte == NULL || (*pte & X86_PG_V) == 0) {
		if (!fault(p, va, 0))
			return (NULL);
		pte = pte_of(p->pml4, va, false);
	}
	if (write && (*pte & X86_PG_RW) == 0)
		return (NULL);
	/* The processor would have marked it so. */
	__atomic_fetch_or(
	    pte, X86_PG_A | (write ? X86_PG_M : 0), __ATOMIC_SEQ_CST);
	return ((char *)((*pte & X86_PG_FRAME) + (va & PAGE_MASK)));
}

static int
copy(struct vk_proc *p, vm_offset_t va, void *buf, size_t n, bool out)
{
	volatile char *b = buf;
	char *u;

	for (size_t i = 0; i < n; i++) {
		u = user_byte(p, va + i, out);
		if (u == NULL)
			return (EFAULT);
		if (out)
			*u = b[i];
		else
			b[i] = *u;
	}
	return (0);
}

/* --- processes --- */

static void
wake_idle(void)
{
	work++;
	umtx_wakeup(&work, 0);
}

static void
proc_init(struct vk_proc *p, void (*entry)(long), long arg)
{
	*p = (struct vk_proc){ .pml4 = vk_empty_table() };
	must(vk_map_text(p->pml4));
	p->vf.vx_tls.info[0].base = VK_HEAP;
	p->vf.vx_tls.info[1].base = VK_HEAP + 8;
	p->tf.tf_rip = (long)entry;
	p->tf.tf_rdi = arg;
	p->tf.tf_rsp = VK_STACK_TOP - 8;
	p->state = VK_READY;
}

static void
proc_end(struct vk_proc *p, int trapno, int status)
{
	for (u_int i = 0; i < nframes; i++)
		if (frames[i].owner == p)
			frames[i].owner = NULL;
	table_free(p->pml4, 3);
	p->state = VK_DEAD;
	p->status = status;
	p->trapno = trapno;
	p->addr = p->tf.tf_addr;
	wake_idle();
}

/* tag::deliver[] */
/*
 * Makes a process go on in a handler, with what it was doing kept on its
 * stack.
 */
static void
deliver(struct vk_proc *p)
{
	int sig = __builtin_ctzl(p->pending) + 1;
	vm_offset_t sp = rounddown2(
	    p->tf.tf_rsp - RED_ZONE - sizeof(p->tf), 16);

	p->pending &= p->pending - 1;
	if (p->handler[sig] == 0 ||
	    copy(p, sp, &p->tf, sizeof(p->tf), true) != 0) {
		proc_end(p, 0, sig);
		return;
	}
	vk_counts.signals++;
	p->tf.tf_rdi = sig;
	p->tf.tf_rsi = sp;
	p->tf.tf_rsp = sp - 8;
	p->tf.tf_rip = p->handler[sig];
}
/* end::deliver[] */

/* --- system calls of a process --- */

static int
do_write(struct vk_proc *p, long fd, vm_offset_t va, size_t n)
{
	char piece[PIECE];
	size_t done, now;

	if (fd != 1)
		return (EBADF);
	for (done = 0; done < n; done += now) {
		now = MIN(n - done, sizeof(piece));
		if (copy(p, va + done, piece, now, false) != 0)
			return (EFAULT);
		guest_call(SYS_write, 1, (long)piece, now);
	}
	p->tf.tf_rax = n;
	return (0);
}

static int
do_kill(u_long pid, u_long sig)
{
	if (pid == 0 || pid > VK_NPROC || vk_procs[pid - 1].state == VK_FREE ||
	    vk_procs[pid - 1].state == VK_DEAD)
		return (ESRCH);
	if (sig == 0 || sig >= NSIG)
		return (EINVAL);
	vk_procs[pid - 1].pending |= 1UL << (sig - 1);
	return (0);
}

static int
do_sigaction(struct vk_proc *p, u_long sig, vm_offset_t va)
{
	struct sigaction act;

	if (sig == 0 || sig >= NSIG)
		return (EINVAL);
	if (copy(p, va, &act, sizeof(act), false) != 0)
		return (EFAULT);
	p->handler[sig] = act.sa_handler;
	return (0);
}

static void
system_call(struct vk_proc *p, bool *yield)
{
	struct trapframe *tf = &p->tf, new;
	long number = tf->tf_rax;
	int error = 0;

	switch (number) {
	case SYS_exit:
		proc_end(p, 0, tf->tf_rdi);
		return;
	case SYS_sigreturn:
		if (copy(p, tf->tf_rdi, &new, sizeof(new), false) != 0)
			proc_end(p, 0, SIGSEGV);
		else
			*tf = new; /* the host takes of it what it may have */
		return;
	case SYS_write:
		error = do_write(p, tf->tf_rdi, tf->tf_rsi, tf->tf_rdx);
		break;
	case SYS_getpid:
		tf->tf_rax = p - vk_procs + 1;
		break;
	case SYS_kill:
		error = do_kill(tf->tf_rdi, tf->tf_rsi);
		break;
	case SYS_sched_yield:
		*yield = true;
		break;
	case SYS_sigaction:
		error = do_sigaction(p, tf->tf_rdi, tf->tf_rsi);
		break;
	default:
		error = ENOSYS;
	}
	tf->tf_rflags &= ~PSL_C;
	if (error != 0) {
		tf->tf_rflags |= PSL_C;
		tf->tf_rax = error;
	}
}

/* --- virtual CPUs --- */

/**
 * Runs a process in place of this thread until it needs the vkernel.
 * @param id	its page table
 * @param tf	its registers, before and after
 * @param vf	its TLS
 * @return	0 or errno
 */
int
vmspace_run(vm_paddr_t id, struct trapframe *tf, const struct vextframe *vf)
{
	return (guest_sys4(
	    SYS_vmspace_ctl, id, VMSPACE_CTL_RUN, (long)tf, (long)vf, NULL));
}

/* tag::trap[] */
/* What the process stopped for. */
static void
trap(struct vk_proc *p, bool *yield)
{
	int trapno = p->tf.tf_trapno;

	switch (trapno) {
	case 0:
		break;
	case T_FAST_SYSCALL:
		system_call(p, yield);
		break;
	case T_PAGEFLT:
		if (fault(p, p->tf.tf_addr, p->tf.tf_err))
			break;
		/* FALLTHROUGH */
	default:
		proc_end(p, trapno, 0);
	}
}
/* end::trap[] */

/* tag::run[] */
/* Runs a process until it ends or has had its time.  The lock is held. */
static void
run(struct vk_proc *p)
{
	int began = tick_count, error;
	bool yield = false;

	p->state = VK_RUNNING;
	vk_counts.switches++;
	while (p->state == VK_RUNNING && !yield && tick_count == began) {
		if (p->pending != 0) {
			deliver(p);
			continue;
		}
		mutex_unlock(&lock);
		error = vmspace_run(p->pml4, &p->tf, &p->vf);
		mutex_lock(&lock);
		must(error == 0 || error == EINVAL);
		if (error == 0)
			trap(p, &yield);
		else /* registers that no program can have */
			proc_end(p, T_PROTFLT, 0);
	}
	if (p->state == VK_RUNNING) {
		p->state = VK_READY;
		wake_idle();
	}
}
/* end::run[] */

static struct vk_proc *
choose(bool *all_dead)
{
	struct vk_proc *p;

	*all_dead = true;
	for (u_int i = 0; i < VK_NPROC; i++) {
		p = &vk_procs[(next_proc + i) % VK_NPROC];
		if (p->state == VK_READY) {
			next_proc = (p - vk_procs + 1) % VK_NPROC;
			return (p);
		}
		if (p->state == VK_RUNNING)
			*all_dead = false;
	}
	return (NULL);
}

static void
vcpu_main(void *arg)
{
	struct vk_proc *p;
	bool all_dead;
	long tid;
	int was;

	guest_sys4(SYS_lwp_gettid, 0, 0, 0, 0, &tid);
	vcpu_tid[(long)arg] = tid + 1;
	mutex_lock(&lock);
	for (;;) {
		p = choose(&all_dead);
		if (p != NULL) {
			run(p);
			continue;
		}
		if (all_dead)
			break;
		was = work;
		mutex_unlock(&lock);
		umtx_sleep(&work, was, 0);
		mutex_lock(&lock);
	}
	vcpu_tid[(long)arg] = 0;
	mutex_unlock(&lock);
}

/* tag::tick[] */
/* The timer interrupt: whoever runs comes back to its vkernel. */
static void
on_tick(int sig __unused)
{
	__atomic_fetch_add(&tick_count, 1, __ATOMIC_SEQ_CST);
}

static void
clock_main(void *arg __unused)
{
	int tid;

	while (over == 0) {
		umtx_sleep(&over, 0, TICK_US);
		for (u_int i = 0; i < nvcpus; i++) {
			tid = vcpu_tid[i];
			if (tid != 0)
				guest_sys4(SYS_lwp_kill, PID, tid - 1, SIGALRM,
				    0, NULL);
		}
	}
}
/* end::tick[] */

/* The vkernel is not pageable: a fault of its own is a mistake in it, and one
 * of a process does not come here. */
static void
on_segv(int sig __unused)
{
	bug(__LINE__);
}

/**
 * Runs processes until all of them have ended; vk_procs says how.
 * @param config	what to do
 */
void
vkernel(const struct vk_config *config)
{
	int tid[VK_NPROC], clock = 0;

	must(guest_sys4(SYS_vmspace_create, 0, 0, 0, 0, NULL) == 0);
	must(signal_handle(SIGALRM, on_tick) == 0);
	must(signal_handle(SIGSEGV, on_segv) == 0);
	over = 0;
	nframes = config->frames;
	nvcpus = config->vcpus;
	for (u_int i = 0; i < config->nproc; i++)
		proc_init(&vk_procs[i], config->program[i].entry,
		    config->program[i].arg);
	if (!config->still) {
		clock = thread_start(clock_main, NULL);
		must(clock > 0);
	}
	for (u_int i = 1; i < nvcpus; i++) {
		tid[i] = thread_start(vcpu_main, (void *)(long)i);
		must(tid[i] > 0);
	}
	vcpu_main(NULL);
	for (u_int i = 1; i < nvcpus; i++)
		thread_join(tid[i]);
	over = 1;
	umtx_wakeup(&over, 0); /* or it sleeps to the end of its tick */
	if (clock != 0)
		thread_join(clock);
}

/**
 * @return	how many frames and tables are in use
 */
u_int
vk_leaks(void)
{
	u_int n = tables_used;

	for (u_int i = 0; i < nframes; i++)
		n += frames[i].owner != NULL;
	return (n);
}
