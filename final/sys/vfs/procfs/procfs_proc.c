/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * procfs: the files of each process.
 */
#include "procfs.h"
#include <sys/conf.h>
#include <sys/errno.h>
#include <sys/malloc.h>
#include <sys/mount.h>
#include <sys/proc.h>
#include <sys/systm.h>
#include <sys/tty.h>
#include <machine/globaldata.h>
#include <machine/vmm.h>
#include <vm/vm_map.h>

#define KB_PER_PAGE (PAGE_SIZE / 1024)
#define STRINGS_MAX 4096
/* What Linux says when a process is of no terminal group. */
#define NO_TPGID    (-1)

/* One letter, as ps shows it. */
static char
state_of(struct proc *p)
{
	struct lwp *lp;
	bool runs = false;

	if (p->p_stat == SZOMB)
		return ('Z');
	if (p->p_stat == SSTOP)
		return ('T');
	spin_lock(&p->p_spin);
	RB_FOREACH(lp, lwp_tree, &p->p_lwps)
	if (lp->lwp_thread != NULL &&
	    (lp->lwp_thread->td_flags & (TDF_RUNNING | TDF_RUNQ)) != 0)
		runs = true;
	spin_unlock(&p->p_spin);
	return (runs ? 'R' : 'S');
}

static const char *
state_word(char state)
{
	switch (state) {
	case 'Z':
		return ("zombie");
	case 'T':
		return ("stopped");
	case 'R':
		return ("running");
	default:
		return ("sleeping");
	}
}

static u_long
to_ticks(const struct timeval *tv)
{
	return ((u_long)tv->tv_sec * hz + (u_long)tv->tv_usec * hz / 1000000);
}

/* Ticks after the start of the system at which the process began. */
static u_long
start_ticks(const struct proc *p)
{
	struct timespec now, up;
	long sec;

	nanotime(&now);
	nanouptime(&up);
	sec = p->p_start.tv_sec - (now.tv_sec - up.tv_sec);
	return (MAX(sec, 0) * (u_long)hz);
}

/* The vmspace stays while this does not sleep. */
static u_long
vm_bytes(const struct proc *p)
{
	return (p->p_vmspace != NULL ? p->p_vmspace->vm_size : 0);
}

static u_long
vm_pages(const struct proc *p)
{
	long n = p->p_vmspace != NULL ? p->p_vmspace->vm_resident : 0;

	return (MAX(n, 0));
}

/* Words 4 to 8 of stat: who it belongs to. */
static void
stat_groups(struct pfs_text *pt, const struct proc *p)
{
	const struct pgrp *pg = p->p_pgrp;
	const struct session *s = pg != NULL ? pg->pg_session : NULL;
	const struct tty *tp = s != NULL && (p->p_flags & P_CONTROLT) != 0
	    ? s->s_ttyp
	    : NULL;

	pfs_printf(pt, "%d %d %d %d %d ",
	    p->p_pptr != NULL ? p->p_pptr->p_pid : 0,
	    pg != NULL ? pg->pg_id : 0, s != NULL ? s->s_sid : 0,
	    tp != NULL && tp->t_dev != NULL ? (int)tp->t_dev->si_dev : 0,
	    tp != NULL && tp->t_pgrp != NULL ? tp->t_pgrp->pg_id : NO_TPGID);
}

/* Linux's 52 words on one line. */
static int
text_stat(struct pfs_text *pt, struct proc *p)
{
	struct rusage ru, *cru = &p->p_cru;

	calcru_proc(p, &ru);
	pfs_printf(pt, "%d (%s) %c ", p->p_pid, p->p_comm, state_of(p));
	stat_groups(pt, p);
	/* flags, faults of its own and of children */
	pfs_printf(pt, "0 %ld %ld %ld %ld ", ru.ru_minflt, cru->ru_minflt,
	    ru.ru_majflt, cru->ru_majflt);
	pfs_printf(pt, "%lu %lu %lu %lu ", to_ticks(&ru.ru_utime),
	    to_ticks(&ru.ru_stime), to_ticks(&cru->ru_utime),
	    to_ticks(&cru->ru_stime));
	/* priority, nice, threads, itrealvalue, start */
	pfs_printf(pt, "%d %d %u 0 %lu ", 20 + p->p_nice, p->p_nice,
	    p->p_nthreads, start_ticks(p));
	/* size in bytes, pages, limit of these */
	pfs_printf(pt, "%lu %lu %lu ", vm_bytes(p), vm_pages(p),
	    (u_long)p->p_rlimit[RLIMIT_RSS].rlim_cur);
	/* startcode, endcode, startstack, kstkesp, kstkeip: not told */
	pfs_printf(pt, "0 0 0 0 0 ");
	pfs_printf(pt, "%u %u ", p->p_siglist.bits[0], 0U);
	pfs_printf(pt, "%u %u ",
	    p->p_sigacts != NULL ? p->p_sigacts->ps_sigignore.bits[0] : 0,
	    p->p_sigacts != NULL ? p->p_sigacts->ps_sigcatch.bits[0] : 0);
	/* wchan, nswap, cnswap, exit_signal, processor, and what follows */
	pfs_printf(pt, "0 0 0 %d 0 0 0 0 0 0 0 0 0 0 0 0 0 0\n", SIGCHLD);
	return (0);
}

static int
text_status(struct pfs_text *pt, struct proc *p)
{
	const struct ucred *cr = p->p_ucred;
	char state = state_of(p);

	pfs_printf(pt, "Name:\t%s\nState:\t%c (%s)\n", p->p_comm, state,
	    state_word(state));
	pfs_printf(pt, "Tgid:\t%d\nPid:\t%d\nPPid:\t%d\nTracerPid:\t0\n",
	    p->p_pid, p->p_pid, p->p_pptr != NULL ? p->p_pptr->p_pid : 0);
	pfs_printf(pt, "Uid:\t%u\t%u\t%u\t%u\n", cr->cr_ruid, cr->cr_uid,
	    cr->cr_svuid, cr->cr_uid);
	pfs_printf(pt, "Gid:\t%u\t%u\t%u\t%u\nGroups:\t", cr->cr_rgid,
	    cr->cr_gid, cr->cr_svgid, cr->cr_gid);
	for (u_int i = 0; i < cr->cr_ngroups; i++)
		pfs_printf(pt, "%u ", cr->cr_groups[i]);
	pfs_printf(pt, "\nVmSize:\t%8lu kB\nVmRSS:\t%8lu kB\nThreads:\t%u\n",
	    vm_bytes(p) / 1024, vm_pages(p) * KB_PER_PAGE, p->p_nthreads);
	return (0);
}

static int
text_statm(struct pfs_text *pt, struct proc *p)
{
	u_long size = atop(vm_bytes(p));

	pfs_printf(pt, "%lu %lu 0 0 0 %lu 0\n", size, vm_pages(p), size);
	return (0);
}

static int
text_comm(struct pfs_text *pt, struct proc *p)
{
	pfs_printf(pt, "%s\n", p->p_comm);
	return (0);
}

/* Bytes of its memory, as it would see them now; nothing if it could not. */
static int
text_memory(struct pfs_text *pt, struct proc *p, vm_offset_t at, size_t n)
{
	struct vmspace *vm = p->p_vmspace;
	char *buf;

	n = MIN(n, STRINGS_MAX);
	if (vm == NULL || n == 0)
		return (0);
	vmspace_look(vm);
	buf = kmalloc(n, M_TEMP, M_WAITOK);
	if (vmspace_rdwr(vm, at, buf, n, false) == 0)
		pfs_append(pt, buf, n);
	kfree(buf, M_TEMP);
	vmspace_unlook(vm);
	return (0);
}

/* The strings of its arguments, each with its NUL, as they are now. */
static int
text_cmdline(struct pfs_text *pt, struct proc *p)
{
	return (text_memory(pt, p, p->p_argv, p->p_argvlen));
}

/* Those of its environment; they lie behind the arguments. */
static int
text_environ(struct pfs_text *pt, struct proc *p)
{
	return (text_memory(pt, p, p->p_argv + p->p_argvlen, p->p_envlen));
}

/* A vnode's path, if it can be found. */
static int
text_path(struct pfs_text *pt, struct vnode *vp)
{
	char *buf, *start;
	int error;

	if (vp == NULL)
		return (ENOENT);
	vref(vp);
	buf = kmalloc(MAXPATHLEN, M_TEMP, M_WAITOK);
	error = vn_fullpath(vp, buf, MAXPATHLEN, &start);
	if (error == 0)
		pfs_append(pt, start, strlen(start));
	kfree(buf, M_TEMP);
	vrele(vp);
	return (error);
}

/* Whose files these are is not everybody's business. */
static int
may_see(struct proc *p)
{
	return (p_trespass(curproc->p_ucred, p->p_ucred) == 0 ? 0 : EACCES);
}

static int
text_exe(struct pfs_text *pt, struct proc *p)
{
	int error = may_see(p);

	return (error != 0 ? error : text_path(pt, p->p_textvp));
}

static int
text_cwd(struct pfs_text *pt, struct proc *p)
{
	int error = may_see(p);
	struct vnode *vp;

	if (error != 0)
		return (error);
	if (p->p_fd == NULL)
		return (ENOENT);
	vp = p->p_fd->fd_cdir;
	return (text_path(pt, vp != NULL ? vp : rootvnode));
}

static int
text_root(struct pfs_text *pt, struct proc *p)
{
	int error = may_see(p);
	struct vnode *vp;

	if (error != 0)
		return (error);
	if (p->p_fd == NULL)
		return (ENOENT);
	vp = p->p_fd->fd_rdir;
	return (text_path(pt, vp != NULL ? vp : rootvnode));
}

/* Why and how often its threads have come out of the guest. */
static int
text_vmm(struct pfs_text *pt, struct proc *p)
{
	const char *name;
	u_long count;

	for (u_int i = 0; (name = vmm_exits(p, i, &count)) != NULL; i++)
		if (count != 0)
			pfs_printf(pt, "%-24s %lu\n", name, count);
	return (0);
}

/** Files of each process. */
const struct pfs_file pfs_proc_files[] = {
	{ "stat", 0, text_stat },
	{ "status", 0, text_status },
	{ "statm", 0, text_statm },
	{ "cmdline", 0, text_cmdline },
	{ "comm", 0, text_comm },
	{ "environ", PFS_PRIVATE, text_environ },
	{ "mem", PFS_MEM, NULL },
	{ "exe", PFS_LINK, text_exe },
	{ "cwd", PFS_LINK, text_cwd },
	{ "root", PFS_LINK, text_root },
	{ "vmm", 0, text_vmm },
};
/** How many there are. */
const u_int pfs_nproc_files = nitems(pfs_proc_files);
