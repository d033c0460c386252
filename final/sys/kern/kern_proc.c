/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * The table of processes: who exists, and under which number.
 *
 *     proc_alloc()    in the hash (its number is taken), SIDL, found by nobody
 *     proc_publish()  in allproc, child of its parent
 *     proc_zombie()   in zombproc: has ended, its parent may ask for how
 *     proc_unlist()   in no list, its number is free; gone when nobody holds it
 *
 * All of it is under mp_token.  A process that somebody has to remember over a
 * sleep is held (PHOLD): it may end and its parent may wait for it, but it is
 * freed only when nobody holds it any more.
 */
#include <sys/errno.h>
#include <sys/file.h>
#include <sys/malloc.h>
#include <sys/proc.h>
#include <sys/systm.h>
#include <sys/vnode.h>
#include <cpu/atomic.h>
#include <machine/globaldata.h>
#include <machine/vmparam.h>
#include <vm/vm_map.h>
#include <vm/vm_page.h>

static MALLOC_DEFINE(M_PROC, "processes");

#define PIDHASH_SIZE   512 /* a power of two */
#define PID_FIRST      100 /* after the last number comes this one */
/* Memory for each process that maxproc promises; every one costs about 30 KB
 * of it that cannot be paged. */
#define PAGES_PER_PROC 32
#define MAXPROC_MIN    128
#define MAXPROC_MAX    16384

/** All processes but proc0 and zombies; mp_token. */
struct proclist allproc = LIST_HEAD_INITIALIZER(allproc);
/** Those that have ended and wait for their parents; mp_token. */
struct proclist zombproc = LIST_HEAD_INITIALIZER(zombproc);
/** The kernel itself; in no list. */
struct proc proc0;
/** Process 1, when there is one. */
struct proc *initproc;
/** Processes, zombies and those that are being made included. */
u_int nprocs;
/** Most processes. */
u_int maxproc;
/** Threads with a user mode. */
u_int nlwps;
/** Most threads with a user mode. */
u_int maxlwps;

static struct proclist pidhash[PIDHASH_SIZE];
static pid_t lastpid;

RB_GENERATE(lwp_tree, lwp, lwp_node, lwp_cmp);

/**
 * Orders a process's threads by number.
 * @param a	thread
 * @param b	thread
 * @return	less than, equal to or greater than 0
 */
int
lwp_cmp(struct lwp *a, struct lwp *b)
{
	return (a->lwp_tid < b->lwp_tid ? -1 : a->lwp_tid > b->lwp_tid);
}

static struct proclist *
pidhash_of(pid_t pid)
{
	return (&pidhash[(u_int)pid % PIDHASH_SIZE]);
}

static void
limits_init(struct proc *p)
{
	for (u_int i = 0; i < RLIM_NLIMITS; i++) {
		p->p_rlimit[i].rlim_cur = RLIM_INFINITY;
		p->p_rlimit[i].rlim_max = RLIM_INFINITY;
	}
	p->p_rlimit[RLIMIT_DATA].rlim_cur = MAXDSIZ;
	p->p_rlimit[RLIMIT_DATA].rlim_max = MAXDSIZ;
	p->p_rlimit[RLIMIT_STACK].rlim_cur = DFLSSIZ;
	p->p_rlimit[RLIMIT_STACK].rlim_max = MAXSSIZ;
	p->p_rlimit[RLIMIT_NPROC].rlim_cur = maxproc;
	p->p_rlimit[RLIMIT_NPROC].rlim_max = maxproc;
	p->p_rlimit[RLIMIT_NOFILE].rlim_cur = 1024;
	p->p_rlimit[RLIMIT_NOFILE].rlim_max = 4096;
}

/** Prepares the table, and proc0; called once by main(). */
void
procinit(void)
{
	u_long pages = vm_page_total_count();
	struct proc *p = &proc0;

	maxproc = (u_int)MIN(
	    MAX(pages / PAGES_PER_PROC, MAXPROC_MIN), MAXPROC_MAX);
	maxlwps = 2 * maxproc;
	for (u_int i = 0; i < PIDHASH_SIZE; i++)
		LIST_INIT(&pidhash[i]);
	spin_init(&p->p_spin, "proc");
	LIST_INIT(&p->p_children);
	RB_INIT(&p->p_lwps);
	callout_init(&p->p_itcallout);
	p->p_stat = SACTIVE;
	p->p_flags = P_SYSTEM;
	p->p_ucred = crget();
	elf64_dragonfly_sysvec.sv_size = sysent_size;
	p->p_sysent = &elf64_dragonfly_sysvec;
	p->p_sigacts = sigacts_alloc();
	p->p_fd = fdinit(NULL);
	limits_init(p);
	strlcpy(p->p_comm, "kernel", sizeof(p->p_comm));
	pgrp_init(p);
}

/* Whoever has a number: ready or not, ended or not. */
static struct proc *
pid_lookup(pid_t pid)
{
	struct proc *p;

	ASSERT_MP_TOKEN();
	LIST_FOREACH(p, pidhash_of(pid), p_hash)
	if (p->p_pid == pid)
		return (p);
	return (NULL);
}

/**
 * Finds a process that is not a zombie.
 * @param pid	its number
 * @return	it, not held; or NULL
 */
struct proc *
pfindn(pid_t pid)
{
	struct proc *p = pid_lookup(pid);

	if (p == NULL || p->p_stat == SIDL || p->p_stat == SZOMB)
		return (NULL);
	return (p);
}

/**
 * Finds a process that is not a zombie.
 * @param pid	its number
 * @return	it, held: PRELE() it; or NULL
 */
struct proc *
pfind(pid_t pid)
{
	struct proc *p = pfindn(pid);

	if (p != NULL)
		PHOLD(p);
	return (p);
}

/**
 * Finds a zombie.
 * @param pid	its number
 * @return	it, not held; or NULL
 */
struct proc *
zpfind(pid_t pid)
{
	struct proc *p = pid_lookup(pid);

	return (p != NULL && p->p_stat == SZOMB ? p : NULL);
}

/* Nobody has it any more: neither its parent nor who held it. */
static void
proc_destroy(struct proc *p)
{
	lwkt_gettoken(&mp_token);
	leavepgrp(p);
	sigacts_free(p->p_sigacts);
	crfree(p->p_ucred);
	kfree(p, M_PROC);
	lwkt_reltoken(&mp_token);
}

/**
 * Gives a process back that PHOLD() held.  The last one frees it, if its
 * parent has waited for it.
 * @param p	held; may be gone on return
 */
void
pholdrel(struct proc *p)
{
	if (atomic_fetchadd_int(&p->p_hold, -1U) == 1)
		proc_destroy(p);
}

/**
 * Chooses a number that no process, group or session has.  It is not taken
 * before the process is in the hash: the caller must not sleep meanwhile.
 * @return	number
 */
pid_t
proc_newpid(void)
{
	do {
		if (++lastpid > PID_MAX)
			lastpid = PID_FIRST;
	} while (pid_lookup(lastpid) != NULL || pgrp_uses_id(lastpid));
	return (lastpid);
}

/**
 * @param ruid	real user
 * @return	its processes, also zombies and those that are being made
 */
u_int
proc_count_uid(uid_t ruid)
{
	struct proc *p;
	u_int n = 0;

	ASSERT_MP_TOKEN();
	for (u_int i = 0; i < PIDHASH_SIZE; i++)
		LIST_FOREACH(p, &pidhash[i], p_hash)
	if (p->p_ucred != NULL && p->p_ucred->cr_ruid == ruid)
		n++;
	return (n);
}

/**
 * Makes a process with a number and nothing else; nobody finds it.  Does not
 * look at maxproc.  May sleep for memory.
 * @return	it, SIDL; goes back by proc_free()
 */
struct proc *
proc_alloc(void)
{
	struct proc *p;

	p = kmalloc(sizeof(*p), M_PROC, M_WAITOK | M_ZERO);
	spin_init(&p->p_spin, "proc");
	LIST_INIT(&p->p_children);
	RB_INIT(&p->p_lwps);
	callout_init(&p->p_itcallout);
	p->p_stat = SIDL;
	p->p_hold = 1; /* until proc_unlist() */
	p->p_pid = proc_newpid();
	LIST_INSERT_HEAD(pidhash_of(p->p_pid), p, p_hash);
	return (p);
}

/**
 * Undoes proc_alloc().
 * @param p	was never published
 */
void
proc_free(struct proc *p)
{
	ASSERT_MP_TOKEN();
	LIST_REMOVE(p, p_hash);
	kfree(p, M_PROC);
}

/**
 * Makes a new process known: it may be found, and is its parent's child.
 * @param p		SIDL, complete
 * @param parent	parent
 */
void
proc_publish(struct proc *p, struct proc *parent)
{
	ASSERT_MP_TOKEN();
	p->p_pptr = parent;
	LIST_INSERT_HEAD(&parent->p_children, p, p_sibling);
	LIST_INSERT_HEAD(&allproc, p, p_list);
	p->p_stat = SACTIVE;
}

/**
 * A process has ended: from now on zpfind() finds it.
 * @param p	published
 */
void
proc_zombie(struct proc *p)
{
	ASSERT_MP_TOKEN();
	LIST_REMOVE(p, p_list);
	LIST_INSERT_HEAD(&zombproc, p, p_list);
	spin_lock(&p->p_spin);
	p->p_stat = SZOMB;
	spin_unlock(&p->p_spin);
}

/**
 * Its parent has waited for a zombie: it is in no list any more, and its
 * number is free.  Who holds it still sees its group and credentials.
 * @param p	a zombie; may be gone on return
 */
void
proc_unlist(struct proc *p)
{
	ASSERT_MP_TOKEN();
	LIST_REMOVE(p, p_list);
	LIST_REMOVE(p, p_sibling);
	LIST_REMOVE(p, p_hash);
	p->p_pptr = initproc;
	PRELE(p);
}

/**
 * Gives a process another parent, which is told if it has ended already.
 * @param child		process
 * @param parent	its parent from now on
 */
void
proc_reparent(struct proc *child, struct proc *parent)
{
	ASSERT_MP_TOKEN();
	if (child->p_pptr == parent)
		return;
	LIST_REMOVE(child, p_sibling);
	LIST_INSERT_HEAD(&parent->p_children, child, p_sibling);
	child->p_pptr = parent;
}

/**
 * Notes which program a process runs.  Nobody may write to it meanwhile.  May
 * sleep.
 * @param p	process
 * @param vp	program, unlocked; or NULL
 */
void
proc_settextvp(struct proc *p, struct vnode *vp)
{
	struct vnode *old = p->p_textvp;

	if (vp != NULL) {
		vref(vp);
		vp->v_execcount++;
	}
	p->p_textvp = vp;
	if (old != NULL) {
		old->v_execcount--;
		vrele(old);
	}
}

/**
 * @param p	process
 * @return	whether it is the current one or descends from it
 */
bool
inferior(const struct proc *p)
{
	ASSERT_MP_TOKEN();
	for (; p != curproc; p = p->p_pptr)
		if (p == NULL || p->p_pid == 0)
			return (false);
	return (true);
}

/**
 * @param p	process
 * @param tid	number of a thread
 * @return	the thread, or NULL.  Under mp_token it stays until the next
 *		sleep
 */
struct lwp *
lwpfind(struct proc *p, lwpid_t tid)
{
	struct lwp key = { .lwp_tid = tid };
	struct lwp *lp;

	spin_lock(&p->p_spin);
	lp = RB_FIND(lwp_tree, &p->p_lwps, &key);
	spin_unlock(&p->p_spin);
	return (lp);
}
