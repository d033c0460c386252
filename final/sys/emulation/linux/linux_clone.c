/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Linux's clone(2): a process like fork's or vfork's, or a thread.
 *
 * In Linux a thread's number is unique in the system, and the first thread's
 * is its process's.  Ours count from 1 in each process.  What a program sees is
 * made of both:
 *
 *     number = process + (thread - 1) * (PID_MAX + 1)
 *
 * It must not exceed 30 bits, since futexes keep it in that many.
 */
#include <sys/errno.h>
#include <sys/linux_sysproto.h>
#include <sys/proc.h>
#include <sys/systm.h>
#include <cpu/frame.h>
#include <machine/cpu.h>
#include <machine/globaldata.h>
#include <machine/vmparam.h>
#include <vm/vm_map.h>
#include "linux.h"
#include "linux_var.h"

#define TID_FACTOR   (PID_MAX + 1)
#define TID_MASK     0x3fffffff /* FUTEX_TID_MASK */
#define LWPTID_MAX   (TID_MASK / TID_FACTOR)
#define THREAD_FLAGS (LINUX_CLONE_VM | LINUX_CLONE_SIGHAND | LINUX_CLONE_THREAD)
#define KNOWN_FLAGS                                                            \
	(LINUX_CSIGNAL | THREAD_FLAGS | LINUX_CLONE_FS | LINUX_CLONE_FILES |   \
	    LINUX_CLONE_VFORK | LINUX_CLONE_SYSVSEM | LINUX_CLONE_SETTLS |     \
	    LINUX_CLONE_PARENT_SETTID | LINUX_CLONE_CHILD_CLEARTID |           \
	    LINUX_CLONE_DETACHED | LINUX_CLONE_CHILD_SETTID)

/**
 * @param lp	thread
 * @return	its number for a Linux program
 */
int
linux_tid(const struct lwp *lp)
{
	return (lp->lwp_proc->p_pid + (lp->lwp_tid - 1) * TID_FACTOR);
}

/**
 * @param ltid	a thread's number, from a Linux program
 * @param pid	set to its process
 * @param tid	set to its number there
 * @return	whether there can be one
 */
bool
linux_tid_split(int ltid, pid_t *pid, lwpid_t *tid)
{
	if (ltid <= 0)
		return (false);
	*pid = ltid % TID_FACTOR;
	*tid = ltid / TID_FACTOR + 1;
	return (true);
}

/* What a new thread has of its own; it does not run yet. */
static void
clone_adjust(struct lwp *child, void *arg)
{
	const struct linux_clone_args *uap = arg;
	int tid = linux_tid(child);

	if (uap->stack != 0)
		child->lwp_md_regs->tf_rsp = uap->stack;
	if ((uap->flags & LINUX_CLONE_SETTLS) != 0)
		child->lwp_tls.info[0].base = uap->tls;
	if ((uap->flags & LINUX_CLONE_CHILD_CLEARTID) != 0)
		child->lwp_clear_tid = (vm_offset_t)uap->ctid;
	/* As in Linux, nobody is told when a number cannot be stored. */
	if ((uap->flags & LINUX_CLONE_CHILD_SETTID) != 0)
		vmspace_rdwr(child->lwp_vmspace, (vm_offset_t)uap->ctid, &tid,
		    sizeof(tid), true);
	if ((uap->flags & LINUX_CLONE_PARENT_SETTID) != 0)
		copyout(&tid, uap->ptid, sizeof(tid));
}

static int
clone_thread(struct sysmsg *sysmsg, const struct linux_clone_args *uap)
{
	struct proc *p = curproc;
	lwpid_t tid;
	int error;

	if (p->p_nthreads >= LWPTID_MAX)
		return (EAGAIN);
	/* Numbers begin again, so that they stay small enough. */
	spin_lock(&p->p_spin);
	if (p->p_lasttid >= LWPTID_MAX)
		p->p_lasttid = 1;
	spin_unlock(&p->p_spin);
	error = lwp_create_kern(
	    NULL, 0, &tid, clone_adjust, (void *)(uintptr_t)uap);
	if (error == 0)
		sysmsg->sysmsg_result = p->p_pid + (tid - 1) * TID_FACTOR;
	return (error);
}

static int
clone_process(struct sysmsg *sysmsg, const struct linux_clone_args *uap)
{
	u_int flags = RFPROC;
	struct proc *p2;
	pid_t pid;
	int error;

	if ((uap->flags & LINUX_CLONE_FILES) == 0)
		flags |= RFFDG;
	if ((uap->flags & LINUX_CLONE_VM) != 0)
		flags |= RFMEM;
	if ((uap->flags & LINUX_CLONE_SIGHAND) != 0)
		flags |= RFSIGSHARE;
	if ((uap->flags & LINUX_CLONE_VFORK) != 0)
		flags |= RFPPWAIT;
	error = fork1(curlwp, flags, &p2);
	if (error != 0)
		return (error);
	pid = p2->p_pid;
	clone_adjust(RB_MIN(lwp_tree, &p2->p_lwps), (void *)(uintptr_t)uap);
	start_forked_proc(curlwp, p2);
	sysmsg->sysmsg_result = pid;
	return (0);
}

/* The signal at a child's end is SIGCHLD always. */
static int
check_flags(const struct linux_clone_args *uap)
{
	u_long flags = uap->flags, sig = flags & LINUX_CSIGNAL;
	u_long thread = flags & THREAD_FLAGS;

	if ((flags & ~(u_long)KNOWN_FLAGS) != 0)
		return (EINVAL);
	if ((flags & LINUX_CLONE_THREAD) != 0 && thread != THREAD_FLAGS)
		return (EINVAL);
	if ((flags & LINUX_CLONE_SIGHAND) != 0 && (flags & LINUX_CLONE_VM) == 0)
		return (EINVAL);
	if ((flags & LINUX_CLONE_THREAD) == 0 && sig != 0 &&
	    sig != LINUX_SIGCHLD)
		return (EINVAL);
	if (uap->stack >= VM_MAX_USER_ADDRESS)
		return (EINVAL);
	if ((flags & LINUX_CLONE_SETTLS) != 0 &&
	    uap->tls >= VM_MAX_USER_ADDRESS)
		return (EPERM);
	return (0);
}

/** clone(2). */
int
sys_linux_clone(struct sysmsg *sysmsg, const struct linux_clone_args *uap)
{
	int error;

	error = check_flags(uap);
	if (error != 0)
		return (error);
	if ((uap->flags & LINUX_CLONE_THREAD) != 0)
		return (clone_thread(sysmsg, uap));
	return (clone_process(sysmsg, uap));
}

/** gettid(2). */
int
sys_linux_gettid(
    struct sysmsg *sysmsg, const struct linux_gettid_args *uap __unused)
{
	sysmsg->sysmsg_result = linux_tid(curlwp);
	return (0);
}

/** set_tid_address(2). */
int
sys_linux_set_tid_address(
    struct sysmsg *sysmsg, const struct linux_set_tid_address_args *uap)
{
	curlwp->lwp_clear_tid = (vm_offset_t)uap->tidptr;
	sysmsg->sysmsg_result = linux_tid(curlwp);
	return (0);
}

/**
 * arch_prctl(2).
 * FS and GS of the calling thread.
 */
int
sys_linux_arch_prctl(
    struct sysmsg *sysmsg __unused, const struct linux_arch_prctl_args *uap)
{
	struct lwp *lp = curlwp;
	bool fs = uap->code == LINUX_ARCH_SET_FS ||
	    uap->code == LINUX_ARCH_GET_FS;
	struct tls_info *info = &lp->lwp_tls.info[fs ? 0 : 1];

	switch (uap->code) {
	case LINUX_ARCH_SET_FS:
	case LINUX_ARCH_SET_GS:
		if (uap->addr >= VM_MAX_USER_ADDRESS)
			return (EPERM);
		info->base = uap->addr;
		cpu_set_user_tls(lp);
		return (0);
	case LINUX_ARCH_GET_FS:
	case LINUX_ARCH_GET_GS:
		return (copyout(
		    &info->base, (void *)uap->addr, sizeof(info->base)));
	default:
		return (EINVAL);
	}
}
