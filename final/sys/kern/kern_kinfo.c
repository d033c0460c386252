/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * kern.proc: the table of processes for programs; <sys/kinfo.h> is its format.
 *
 * Copying to a program may sleep, and the table may change meanwhile.  So it
 * is gathered in the kernel first, without sleeping.
 */
#include <sys/conf.h>
#include <sys/errno.h>
#include <sys/kinfo.h>
#include <sys/malloc.h>
#include <sys/proc.h>
#include <sys/sysctl.h>
#include <sys/systm.h>
#include <sys/tty.h>
#include <machine/globaldata.h>
#include <vm/vm_map.h>

#define SPARE	 8    /* processes that may come while memory is waited for */
#define ARGS_MAX 4096 /* bytes of arguments that are told */

CTASSERT(KP_ACTIVE == SACTIVE && KP_STOP == SSTOP && KP_ZOMB == SZOMB);
CTASSERT(KI_COMMLEN == MAXCOMLEN + 1 && KI_LOGINLEN == MAXLOGNAME);

static void
fill_session(struct kinfo_proc *kp, const struct proc *p)
{
	const struct session *s = p->p_pgrp->pg_session;

	kp->kp_pgid = p->p_pgrp->pg_id;
	kp->kp_sid = s->s_sid;
	strlcpy(kp->kp_login, s->s_login, sizeof(kp->kp_login));
	kp->kp_tdev = (dev_t)-1;
	if ((p->p_flags & P_CONTROLT) != 0 && s->s_ttyp != NULL &&
	    s->s_ttyp->t_dev != NULL)
		kp->kp_tdev = s->s_ttyp->t_dev->si_dev;
}

/* The first thread stands for all; p_spin is held. */
static void
fill_thread(struct kinfo_proc *kp, struct proc *p)
{
	struct lwp *lp = RB_MIN(lwp_tree, &p->p_lwps);
	const char *wmesg;

	if (lp == NULL)
		return;
	kp->kp_cpuid = (int)lp->lwp_thread->td_gd->gd_cpuid;
	/* It may wake up just now: messages are constants. */
	wmesg = lp->lwp_thread->td_wmesg;
	if (wmesg != NULL)
		strlcpy(kp->kp_wmesg, wmesg, sizeof(kp->kp_wmesg));
}

static void
fill(struct kinfo_proc *kp, struct proc *p)
{
	bzero(kp, sizeof(*kp));
	kp->kp_size = sizeof(*kp);
	kp->kp_stat = p->p_stat;
	kp->kp_flags = p->p_flags;
	kp->kp_pid = p->p_pid;
	kp->kp_ppid = p->p_pptr != NULL ? p->p_pptr->p_pid : 0;
	kp->kp_uid = p->p_ucred->cr_uid;
	kp->kp_ruid = p->p_ucred->cr_ruid;
	kp->kp_svuid = p->p_ucred->cr_svuid;
	kp->kp_rgid = p->p_ucred->cr_rgid;
	kp->kp_nice = p->p_nice;
	kp->kp_start.tv_sec = p->p_start.tv_sec;
	kp->kp_start.tv_usec = p->p_start.tv_nsec / 1000;
	strlcpy(kp->kp_comm, p->p_comm, sizeof(kp->kp_comm));
	fill_session(kp, p);
	if (p->p_stat == SZOMB) {
		kp->kp_exitstat = p->p_xstat;
		kp->kp_ru = p->p_ru;
		return;
	}
	kp->kp_nthreads = (int)p->p_nthreads;
	calcru_proc(p, &kp->kp_ru);
	if (p->p_vmspace != NULL) {
		kp->kp_vm_map_size = p->p_vmspace->vm_size;
		kp->kp_vm_rssize = (u_long)p->p_vmspace->vm_resident;
	}
	spin_lock(&p->p_spin);
	fill_thread(kp, p);
	spin_unlock(&p->p_spin);
}

static bool
is_wanted(const struct proc *p, int what, int arg)
{
	switch (what) {
	case KERN_PROC_ALL:
		return (true);
	case KERN_PROC_PID:
		return (p->p_pid == arg);
	case KERN_PROC_PGRP:
		return (p->p_pgrp->pg_id == arg);
	case KERN_PROC_SESSION:
		return (p->p_pgrp->pg_session->s_sid == arg);
	case KERN_PROC_UID:
		return (p->p_ucred->cr_uid == (uid_t)arg);
	default:
		return (p->p_ucred->cr_ruid == (uid_t)arg);
	}
}

/* Those of one list; kps has room for max, or is NULL to count. */
static u_int
gather(const struct proclist *list, int what, int arg, struct kinfo_proc *kps,
    u_int n, u_int max)
{
	struct proc *p;

	LIST_FOREACH(p, list, p_list)
	if (is_wanted(p, what, arg)) {
		if (kps != NULL && n < max)
			fill(&kps[n], p);
		n++;
	}
	return (n);
}

static u_int
gather_all(int what, int arg, struct kinfo_proc *kps, u_int max)
{
	u_int n = gather(&allproc, what, arg, kps, 0, max);

	return (gather(&zombproc, what, arg, kps, n, max));
}

static int
table(int what, int arg, struct sysctl_req *req)
{
	struct kinfo_proc *kps = NULL;
	u_int n, max = 0;
	int error;

	ASSERT_MP_TOKEN();
	while ((n = gather_all(what, arg, kps, max)) > max) {
		kfree(kps, M_TEMP);
		max = n + SPARE;
		kps = kmalloc(max * sizeof(*kps), M_TEMP, M_WAITOK);
	}
	/* Who asks for the size alone asks again soon: with some room. */
	if (req->oldptr == NULL) {
		kfree(kps, M_TEMP);
		return (SYSCTL_OUT(req, NULL, (n + SPARE) * sizeof(*kps)));
	}
	error = SYSCTL_OUT(req, kps, n * sizeof(*kps));
	kfree(kps, M_TEMP);
	return (error);
}

static int
arguments(pid_t pid, struct sysctl_req *req)
{
	struct proc *p = pfindn(pid);
	struct vmspace *vm;
	vm_offset_t at;
	size_t n;
	char *buf;
	int error;

	if (p == NULL)
		return (ESRCH);
	if (p_trespass(curproc->p_ucred, p->p_ucred) != 0)
		return (EPERM);
	vm = p->p_vmspace;
	at = p->p_argv;
	n = MIN(p->p_argvlen, ARGS_MAX);
	if (vm == NULL || n == 0)
		return (0);
	vmspace_look(vm);
	buf = kmalloc(n, M_TEMP, M_WAITOK);
	error = vmspace_rdwr(vm, at, buf, n, false);
	if (error == 0)
		error = SYSCTL_OUT(req, buf, n);
	kfree(buf, M_TEMP);
	vmspace_unlook(vm);
	return (error);
}

static int
proc_handler(struct sysctl_oid *oid __unused, struct sysctl_req *req)
{
	int what;

	if (req->namelen == 0)
		return (EISDIR);
	what = req->name[0];
	if (req->namelen != (what == KERN_PROC_ALL ? 1 : 2))
		return (EINVAL);
	switch (what) {
	case KERN_PROC_ALL:
		return (table(what, 0, req));
	case KERN_PROC_PID:
	case KERN_PROC_PGRP:
	case KERN_PROC_SESSION:
	case KERN_PROC_UID:
	case KERN_PROC_RUID:
		return (table(what, req->name[1], req));
	case KERN_PROC_ARGS:
		return (arguments(req->name[1], req));
	default:
		return (ENOENT);
	}
}
SYSCTL_OID(kern_proc, "kern.proc", CTLTYPE_NODE | CTLFLAG_RD, KERN_PROC, NULL,
    0, proc_handler, "N", "The table of processes");
