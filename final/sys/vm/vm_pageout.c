/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * When memory gets short.
 *
 * Pages of files are in one queue, oldest first.  Whoever looks for memory
 * takes the first one and puts it to the end; if it is clean and nobody has
 * used it since the last look (the A bits of all its mappings, PG_REF) it is
 * freed.  Private memory has nowhere to go: there is no swap.
 *
 * The pageout thread begins when free pages are fewer than vm_low_mark, and
 * also writes dirty pages.  Who cannot have a page at all calls vm_wait(),
 * which does what can be done without waiting for a device, and gives the
 * thread time.  If that has not helped for a while the largest process is
 * killed; and if it cannot end, since it is who waits for memory, its memory
 * is taken from it before.
 *
 * The queue is linked by page numbers in the fields of struct vm_page that a
 * page in use has no need of.  Order of locks: object, then queue; here it is
 * the other way round, hence spin_trylock().
 */
#include <sys/buf.h>
#include <sys/proc.h>
#include <sys/systm.h>
#include <sys/time.h>
#include <sys/vkernel.h>
#include <sys/vnode.h>
#include <cpu/atomic.h>
#include <machine/globaldata.h>
#include <vm/vm_map.h>
#include <vm/vm_object.h>

/* Pages that one call of vm_wait() tries to free. */
#define WAIT_PAGES    32
/* Misses of vm_wait() in a row, of 1/20 s each, before somebody is killed. */
#define KILL_MISSES   8
/* With so few pages of files left, freeing some of them is no help either: they
 * are those of the programs that run, and come back at once. */
#define FEW_PAGES     64
#define KILL_REFAULTS 100
/* Time that a process has to end, in ns. */
#define KILL_PATIENCE 3000000000UL
/* Neighbours that are written along with a dirty page. */
#define CLEAN_PAGES   32

/** Free pages that only the kernel may use. */
u_long vm_page_reserve;

static u_long vm_low_mark, vm_high_mark; /* free pages */
static bool pageout_ready;
static volatile u_int pageout_wanted, wait_misses;
static uint64_t kill_time; /* mp_token */
static pid_t kill_pid;	   /* mp_token: who was killed then */

static struct spinlock pq_spin = SPINLOCK_INITIALIZER("pageq");
static uint32_t pq_first = VM_PAGE_NIL, pq_last = VM_PAGE_NIL;
static u_long pq_count;

static uint32_t
page_number(struct vm_page *m)
{
	return (atop(vm_page_phys(m)));
}

static struct vm_page *
page_at(uint32_t n)
{
	return (vm_page_lookup(ptoa(n)));
}

static void
pq_insert(struct vm_page *m)
{
	uint32_t n = page_number(m);

	m->next = VM_PAGE_NIL;
	m->prev = pq_last;
	if (pq_last != VM_PAGE_NIL)
		page_at(pq_last)->next = n;
	else
		pq_first = n;
	pq_last = n;
	pq_count++;
}

static void
pq_remove(struct vm_page *m)
{
	if (m->next != VM_PAGE_NIL)
		page_at(m->next)->prev = m->prev;
	else
		pq_last = m->prev;
	if (m->prev != VM_PAGE_NIL)
		page_at(m->prev)->next = m->next;
	else
		pq_first = m->next;
	pq_count--;
}

/**
 * Puts a page of a file into the queue.
 * @param m	of an object that is locked; not in the queue
 */
void
vm_pageout_enqueue(struct vm_page *m)
{
	spin_lock(&pq_spin);
	pq_insert(m);
	spin_unlock(&pq_spin);
	m->flags |= PG_INQUEUE;
}

/**
 * Takes a page out of the queue.
 * @param m	of an object that is locked; in the queue
 */
void
vm_pageout_dequeue(struct vm_page *m)
{
	spin_lock(&pq_spin);
	pq_remove(m);
	spin_unlock(&pq_spin);
	m->flags &= ~PG_INQUEUE;
}

/* The first page of the queue goes to its end; its object is locked.  NULL:
 * the queue is empty, or somebody else has the object. */
static struct vm_page *
pq_next(void)
{
	struct vm_page *m = NULL;
	struct vm_object *obj;

	spin_lock(&pq_spin);
	if (pq_first != VM_PAGE_NIL) {
		m = page_at(pq_first);
		pq_remove(m);
		pq_insert(m);
		/* It is there as long as its pages are in the queue. */
		obj = m->object;
		if (!spin_trylock(&obj->vo_spin))
			m = NULL;
	}
	spin_unlock(&pq_spin);
	return (m);
}

/* Frees up to `want` pages of files; how many. */
static u_long
reclaim(u_long want)
{
	u_long left = 2 * pq_count, freed = 0;
	struct vm_object *obj;
	struct vm_page *m;
	bool take;

	for (; left > 0 && freed < want; left--) {
		m = pq_next();
		if (m == NULL)
			continue;
		obj = m->object;
		take = (m->flags & (PG_BUSY | PG_DIRTY)) == 0 && m->hold == 0 &&
		    !vm_page_referenced(m);
		if (take)
			vm_object_detach(m);
		spin_unlock(&obj->vo_spin);
		if (take) {
			vm_page_release(m);
			freed++;
		}
	}
	return (freed);
}

/* Writes some dirty pages; whether there were any. */
static bool
clean_some(u_long want)
{
	u_long left = pq_count, done = 0;
	struct vm_object *obj;
	struct vm_page *m;
	vm_pindex_t index;
	bool dirty;

	for (; left > 0 && done < want; left--) {
		m = pq_next();
		if (m == NULL)
			continue;
		obj = m->object;
		index = m->pindex;
		dirty = (m->flags & (PG_BUSY | PG_DIRTY)) == PG_DIRTY;
		if (dirty)
			vm_object_ref(obj);
		spin_unlock(&obj->vo_spin);
		if (!dirty)
			continue;
		if (vm_object_flush(obj, index, index + CLEAN_PAGES) == 0)
			done += CLEAN_PAGES;
		vm_object_rel(obj);
	}
	return (done != 0);
}

/* What else gives memory back: blocks and files that nobody uses.  That may
 * want memory itself, and come here again. */
static bool
reclaim_caches(u_int n)
{
	static bool busy; /* mp_token */
	bool some = false;

	lwkt_gettoken(&mp_token);
	if (!busy) {
		busy = true;
		some = buf_free_some(n);
		some |= vnode_free_some(n);
		busy = false;
	}
	lwkt_reltoken(&mp_token);
	return (some);
}

/** @return whether free pages are fewer than they should be */
bool
vm_low(void)
{
	return (vm_page_free_count() < vm_low_mark);
}

/** Has the pageout thread look at once. */
void
vm_pageout_wakeup(void)
{
	atomic_store_rel_int(&pageout_wanted, 1);
	wakeup(&pageout_wanted);
}

static void
pageout_thread(void *arg __unused)
{
	bool wanted;
	u_long free;

	for (;;) {
		tsleep_interlock(&pageout_wanted, 0);
		wanted = atomic_swap_int(&pageout_wanted, 0) != 0;
		tsleep(&pageout_wanted, PINTERLOCKED, "psleep",
		    wanted ? 1 : hz / 2);
		free = vm_page_free_count();
		if (free >= vm_low_mark)
			continue;
		(void)reclaim(vm_high_mark - free);
		if (vm_low())
			(void)reclaim_caches(WAIT_PAGES);
		if (vm_low())
			(void)clean_some(vm_high_mark - free);
	}
}

/** Starts the pageout thread and fixes the marks. */
void
vm_pageout_init(void)
{
	u_long total = vm_page_total_count();

	vm_page_reserve = MIN(MAX(total / 256, 64), 1024);
	vm_low_mark = vm_page_reserve + total / 64;
	vm_high_mark = vm_low_mark + total / 64;
	/* All of them of one process: some hundredths of the memory. */
	vm_max_entries = (u_int)MIN(MAX(total, vm_max_entries), 1000000);
	pageout_ready = true;
	(void)lwkt_create(pageout_thread, NULL, "pageout", 0);
}

/* Whether the calling process is to end: it gets no memory, but errors. */
static bool
dying(void)
{
	const struct lwp *lp = curthread->td_lwp;
	const struct proc *p = curthread->td_proc;

	if (lp == NULL || p == NULL)
		return (false);
	return ((p->p_flags & P_WEXIT) != 0 ||
	    (lp->lwp_mpflags & LWP_MP_WEXIT) != 0 ||
	    SIGISMEMBER(p->p_siglist, SIGKILL) ||
	    SIGISMEMBER(lp->lwp_siglist, SIGKILL));
}

/* The process that has most memory for itself; under mp_token. */
static struct proc *
largest_process(vm_size_t *pages)
{
	struct proc *p, *largest = NULL;
	vm_size_t n;

	*pages = 0;
	LIST_FOREACH(p, &allproc, p_list)
	{
		if (p == initproc || p->p_vmspace == NULL ||
		    (p->p_flags & (P_SYSTEM | P_WEXIT)) != 0 ||
		    p->p_stat == SZOMB || SIGISMEMBER(p->p_siglist, SIGKILL))
			continue;
		n = vmspace_private_pages(p->p_vmspace) + vkernel_pages(p);
		if (n > *pages) {
			*pages = n;
			largest = p;
		}
	}
	return (largest);
}

static void
kill_largest(u_int row)
{
	struct proc *p;
	vm_size_t pages;

	p = largest_process(&pages);
	if (p == NULL)
		return;
	kill_time = nsuptime();
	kill_pid = p->p_pid;
	kprintf("out of memory%s: process %d (%s) with %lu pages is killed\n",
	    row > 1 ? " in one piece" : "", p->p_pid, p->p_comm, pages);
	ksignal(p, SIGKILL);
}

/*
 * Unmaps everything of who was killed and is still there: it sleeps in the
 * kernel for what its own memory would give.  To itself it looks as if another
 * of its threads had called munmap.
 */
static void
take_memory(void)
{
	struct proc *p = pfindn(kill_pid);
	struct vmspace *vm = p != NULL ? p->p_vmspace : NULL;

	if (vm == NULL || vm->vm_ref != 1 ||
	    !SIGISMEMBER(p->p_siglist, SIGKILL))
		return;
	vmspace_ref(vm);
	(void)vm_map_remove(vm, vm->vm_min, vm->vm_max);
	vmspace_rel(vm);
}

/* Nothing else has helped for a while. */
static void
last_resort(u_int row)
{
	lwkt_gettoken(&mp_token);
	if (kill_time == 0 || nsuptime() - kill_time > KILL_PATIENCE)
		kill_largest(row);
	else
		take_memory();
	lwkt_reltoken(&mp_token);
}

/**
 * To be called when a page cannot be had.  Frees some, or waits a moment for
 * others to do so, or has the largest process killed.  Sleeps; no spinlock
 * may be held, nor a lock that the end of a process wants.
 * @return	whether to try again; false: the process is to end
 */
bool
vm_wait(void)
{
	return (vm_wait_row(1));
}

/**
 * The same when that many pages in a row cannot be had: single ones may be
 * plenty, and are no help.
 * @param npages	pages
 * @return		whether to try again; false: the process is to end
 */
bool
vm_wait_row(u_int npages)
{
	u_int most = KILL_MISSES;

	if (!pageout_ready)
		panic("out of memory while the kernel starts");
	if (reclaim(WAIT_PAGES) != 0 || reclaim_caches(WAIT_PAGES)) {
		if (pq_count > FEW_PAGES) {
			wait_misses = 0;
			return (!dying());
		}
		most = KILL_REFAULTS;
	} else {
		vm_pageout_wakeup();
		tsleep(&vm_page_reserve, 0, "vmwait", MAX(hz / 20, 1));
	}
	if (npages == 1 && vm_page_free_count() > vm_low_mark)
		wait_misses = 0;
	else if (atomic_fetchadd_int(&wait_misses, 1) + 1 >= most) {
		wait_misses = 0;
		last_resort(npages);
	}
	return (!dying());
}
