/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * New threads of processes: the first one, of fork, and others, of
 * lwp_create(2) and of Linux' clone.
 *
 * A thread is in its process's tree before it runs, so that a signal or the
 * end of the process finds it; p_spin protects the tree.  What is made here
 * ends in kern_exit.c.
 */
#include <sys/errno.h>
#include <sys/lwp.h>
#include <sys/malloc.h>
#include <sys/proc.h>
#include <sys/sysproto.h>
#include <sys/systm.h>
#include <cpu/atomic.h>
#include <machine/globaldata.h>
#include <machine/vmm.h>
#include <vm/vm_map.h>

static MALLOC_DEFINE(M_LWP, "lwps");

/* Takes a number and a place in the tree. */
static void
lwp_insert(struct proc *p, struct lwp *lp)
{
	spin_lock(&p->p_spin);
	do {
		if (++p->p_lasttid > LWPTID_LIMIT)
			p->p_lasttid = 1;
		lp->lwp_tid = p->p_lasttid;
	} while (RB_INSERT(lwp_tree, &p->p_lwps, lp) != NULL);
	p->p_nthreads++;
	spin_unlock(&p->p_spin);
}

/* What the platform has to make for a thread behind nested page tables. */
static bool
fork_nested(struct lwp *lp, struct lwp *lp2)
{
	const struct vmspace *vm = lp2->lwp_vmspace;

	return (vm == NULL || vm->vm_vmm == NULL || vmm_lwp_fork(lp, lp2) == 0);
}

/**
 * Makes a thread that goes on where the calling one entered the kernel; it
 * does not run yet.  May sleep for memory.
 * @param lp		the calling thread; NULL: cpu_fork() is not called, the
 *			caller says where the thread begins
 * @param p2		whose it will be
 * @param newproc	p2 is a new process: the thread has its creator's
 *			alternate signal stack, too
 * @return		the thread; goes back by lwp_free().  NULL: there are
 *			too many, or no memory
 */
struct lwp *
lwp_fork(struct lwp *lp, struct proc *p2, bool newproc)
{
	struct thread *td;
	struct lwp *lp2;

	ASSERT_MP_TOKEN();
	if (nlwps >= maxlwps || p2->p_nthreads >= LWPTID_LIMIT)
		return (NULL);
	/* lwp_reap() has no token. */
	atomic_add_int(&nlwps, 1);
	lp2 = kmalloc(sizeof(*lp2), M_LWP, M_WAITOK | M_ZERO);
	td = lwkt_alloc_thread(p2->p_comm, NULL, NULL, mycpu);
	if (td == NULL) {
		kfree(lp2, M_LWP);
		atomic_add_int(&nlwps, -1U);
		return (NULL);
	}
	td->td_lwp = lp2;
	td->td_proc = p2;
	lp2->lwp_thread = td;
	lp2->lwp_proc = p2;
	lp2->lwp_vmspace = p2->p_vmspace;
	lp2->lwp_sigstk.ss_flags = SS_DISABLE;
	lp2->lwp_cpumask = ~0UL;
	if (lp != NULL) {
		strlcpy(td->td_comm, lp->lwp_proc->p_comm, sizeof(td->td_comm));
		lp2->lwp_tls = lp->lwp_tls;
		lp2->lwp_cpumask = lp->lwp_cpumask;
		lp2->lwp_sigmask = (lp->lwp_flags & LWP_OLDMASK) != 0
		    ? lp->lwp_oldsigmask
		    : lp->lwp_sigmask;
		if (newproc) {
			lp2->lwp_sigstk = lp->lwp_sigstk;
			lp2->lwp_flags = lp->lwp_flags & LWP_ALTSTACK;
		}
		cpu_fork(lp, lp2, newproc);
		if (!fork_nested(lp, lp2)) {
			lwkt_free_thread(td);
			kfree(lp2, M_LWP);
			atomic_add_int(&nlwps, -1U);
			return (NULL);
		}
		usched_heuristic_fork(lp, lp2);
	}
	lwp_insert(p2, lp2);
	return (lp2);
}

/**
 * Takes a thread out of its process's tree: nobody finds it any more.
 * @param lp	thread
 */
void
lwp_remove(struct lwp *lp)
{
	struct proc *p = lp->lwp_proc;

	spin_lock(&p->p_spin);
	RB_REMOVE(lwp_tree, &p->p_lwps, lp);
	p->p_nthreads--;
	/* It may have been told of a signal that another has to take now. */
	sig_reassign(p);
	spin_unlock(&p->p_spin);
}

/**
 * Frees a thread that has gone, or that never ran; also its td_reap: called
 * with interrupts off by who runs next on its processor.
 * @param td	its kernel part
 */
void
lwp_reap(struct thread *td)
{
	struct lwp *lp = td->td_lwp;

	lwkt_free_thread(td);
	kfree(lp, M_LWP);
	atomic_add_int(&nlwps, -1U);
}

/**
 * Undoes lwp_fork().
 * @param lp	never ran
 */
void
lwp_free(struct lwp *lp)
{
	lwp_remove(lp);
	lwp_reap(lp->lwp_thread);
}

/* The user memory that belongs to a new thread: its numbers, and the return
 * address of its function. */
static int
write_params(const struct lwp_params *params, lwpid_t tid)
{
	int error;

	if ((params->lwp_stack & (sizeof(register_t) - 1)) != 0)
		return (EFAULT);
	error = suword64((void *)(params->lwp_stack - sizeof(register_t)), 0);
	if (error == 0 && params->lwp_tid1 != 0)
		error = copyout(&tid, (void *)params->lwp_tid1, sizeof(tid));
	if (error == 0 && params->lwp_tid2 != 0)
		error = copyout(&tid, (void *)params->lwp_tid2, sizeof(tid));
	return (error);
}

/**
 * Makes a thread of the current process and lets it run.  May sleep.
 * @param params	where it begins, in the kernel; NULL: where the caller
 *			entered the kernel, unless adjust changes that
 * @param cpumask	processors that it may use; 0: those of the caller
 * @param tidp		set to its number before it runs; or NULL
 * @param adjust	called before it runs; or NULL
 * @param arg		for adjust
 * @return		0; EAGAIN: too many; EINTR: the process ends; EFAULT:
 *			the stack, or where a number is wanted; EINVAL: no such
 *			processor
 */
int
lwp_create_kern(const struct lwp_params *params, uint64_t cpumask,
    lwpid_t *tidp, void (*adjust)(struct lwp *child, void *arg), void *arg)
{
	struct proc *p = curproc;
	struct lwp *lp2;
	int error = 0;

	ASSERT_MP_TOKEN();
	if (cpumask != 0 && (cpumask & ((1UL << ncpus) - 1)) == 0)
		return (EINVAL);
	if ((p->p_flags & (P_WEXIT | P_RESTRAIN)) != 0)
		return (EINTR);
	lp2 = lwp_fork(curlwp, p, false);
	if (lp2 == NULL)
		return (EAGAIN);
	if (cpumask != 0)
		lp2->lwp_cpumask = cpumask;
	if (tidp != NULL)
		*tidp = lp2->lwp_tid;
	if (params != NULL) {
		cpu_lwp_start(lp2, params);
		error = write_params(params, lp2->lwp_tid);
	}
	if (adjust != NULL)
		adjust(lp2, arg);
	/* We may have slept, and somebody may have ended all threads. */
	if (error == 0 && (p->p_flags & (P_WEXIT | P_RESTRAIN)) != 0)
		error = EINTR;
	if (error != 0) {
		lwp_free(lp2);
		wakeup(&p->p_nthreads);
		return (error);
	}
	usched_setrunqueue(lp2);
	return (0);
}

static int
create_common(const struct lwp_params *uparams, uint64_t cpumask)
{
	struct lwp_params params;
	int error;

	error = copyin(uparams, &params, sizeof(params));
	if (error != 0)
		return (error);
	return (lwp_create_kern(&params, cpumask, NULL, NULL, NULL));
}

/**
 * lwp_create(params): a thread that calls a function.
 * @param sysmsg	unused
 * @param uap		params: struct lwp_params
 * @return		0, EFAULT, EAGAIN, EINTR
 */
int
sys_lwp_create(
    struct sysmsg *sysmsg __unused, const struct lwp_create_args *uap)
{
	return (create_common(uap->params, 0));
}

/**
 * lwp_create2(params, mask): the same on some processors only.
 * @param sysmsg	unused
 * @param uap		params: struct lwp_params; mask: a cpumask_t, whose
 *			first word has all processors that there can be; NULL
 *			as lwp_create()
 * @return		0, EFAULT, EAGAIN, EINTR, EINVAL
 */
int
sys_lwp_create2(
    struct sysmsg *sysmsg __unused, const struct lwp_create2_args *uap)
{
	uint64_t mask = 0;
	int error;

	if (uap->mask != NULL) {
		error = copyin(uap->mask, &mask, sizeof(mask));
		if (error != 0)
			return (error);
		if (mask == 0)
			return (EINVAL);
	}
	return (create_common(uap->params, mask));
}
