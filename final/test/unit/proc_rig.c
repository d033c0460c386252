/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The kernel around processes: nothing runs by itself, memory is the C
 * library's, so that its sanitizer sees what is used after it was freed.
 * Compiled as a part of the kernel.
 */
#include <sys/callout.h>
#include <sys/errno.h>
#include <sys/file.h>
#include <sys/imgact.h>
#include <sys/malloc.h>
#include <sys/proc.h>
#include <sys/reboot.h>
#include <sys/sysctl.h>
#include <sys/systm.h>
#include <sys/tty.h>
#include <sys/vnode.h>
#include <cpu/atomic.h>
#include <machine/cpu.h>
#include <machine/vmparam.h>
#include <vm/vm_map.h>
#include "proc_rig.h"
#include "proc_rig_kern.h"

#define STACK_ROOM (1UL << 20)

void *malloc(size_t n);
void *realloc(void *p, size_t n);
void free(void *p);
void abort(void) __dead2;

struct globaldata rig_proc_gd;
struct lwkt_token mp_token;
const u_int hz = 100;
volatile int ticks;
u_int ncpus = 1;
int poweroff_status;
const u_int sysent_size = 3;
struct sysentvec elf64_dragonfly_sysvec;
struct malloc_type M_TEMP[1];

struct thread rig_idle;
long rig_kmallocs;
u_int rig_tokens;
bool rig_memory_out, rig_group_signal;
u_long rig_signals[RIG_PIDS];
static uint8_t stack[STACK_ROOM];

/* --- memory --- */

void *
kmalloc(size_t size, struct malloc_type *type __unused, int flags)
{
	void *p = malloc(size);

	memset(p, (flags & M_ZERO) != 0 ? 0 : 0xa5, size);
	rig_kmallocs++;
	return (p);
}

void *
krealloc(
    void *p, size_t size, struct malloc_type *type __unused, int flags __unused)
{
	return (realloc(p, size));
}

void
kfree(void *p, struct malloc_type *type __unused)
{
	rig_kmallocs--;
	free(p);
}

/* --- threads --- */

void
spin_init(struct spinlock *lock, const char *name)
{
	lock->name = name;
}

void
spin_lock(struct spinlock *lock)
{
	if (lock->owner++ != 0)
		panic("spinlock %s taken twice", lock->name);
}

void
spin_unlock(struct spinlock *lock)
{
	lock->owner--;
}

void
lwkt_gettoken(struct lwkt_token *tok __unused)
{
	rig_tokens++;
}

void
lwkt_reltoken(struct lwkt_token *tok __unused)
{
	if (rig_tokens-- == 0)
		panic("the token is not held");
}

bool
lwkt_token_held(const struct lwkt_token *tok __unused)
{
	return (rig_tokens != 0);
}

struct thread *
lwkt_alloc_thread(const char *name __unused, void (*func)(void *), void *arg,
    struct globaldata *gd __unused)
{
	struct thread *td = kmalloc(sizeof(*td), M_TEMP, M_ZERO);

	td->td_start = func;
	td->td_arg = arg;
	return (td);
}

void
lwkt_free_thread(struct thread *td)
{
	kfree(td, M_TEMP);
}

void
lwkt_exit(void)
{
	struct thread *td = curthread;

	if (rig_tokens != 0 || td->td_proc != NULL)
		panic("lwkt_exit: token or process");
	rig_proc_gd.gd_curthread = &rig_idle;
	td->td_reap(td);
	rig_away();
}

void
rig_end_thread(void *arg __unused)
{
	lwp_exit();
}

/* The threads that killlwps() has marked come to their end. */
static void
run_marked(struct proc *p)
{
	struct thread *self = curthread;
	u_int had = rig_tokens;
	struct lwp *lp, *next;

	for (lp = RB_MIN(lwp_tree, &p->p_lwps); lp != NULL; lp = next) {
		next = RB_NEXT(lwp_tree, &p->p_lwps, lp);
		if ((lp->lwp_mpflags & LWP_MP_WEXIT) == 0)
			continue;
		rig_tokens = 0;
		rig_proc_gd.gd_curthread = lp->lwp_thread;
		rig_call(rig_end_thread, NULL);
		rig_proc_gd.gd_curthread = self;
	}
	rig_tokens = had;
}

int
tsleep(const volatile void *chan __unused, u_int flags __unused,
    const char *wmesg, int timo __unused)
{
	if (strcmp(wmesg, "killlwps") == 0) {
		run_marked(curproc);
		return (0);
	}
	if ((flags & PCATCH) == 0)
		panic("tsleep: %s for ever", wmesg);
	return (EINTR);
}

void
wakeup(const volatile void *chan __unused)
{
}

void
wakeup_one(const volatile void *chan __unused)
{
}

bool
tsleep_signal(struct thread *td __unused)
{
	return (false);
}

void
usched_setrunqueue(struct lwp *lp __unused)
{
}

void
usched_heuristic_fork(struct lwp *parent __unused, struct lwp *child __unused)
{
}

void
usched_exit(struct lwp *lp __unused)
{
}

void
usched_resetpriority(struct lwp *lp __unused)
{
}

void
signotify(struct lwp *lp __unused)
{
}

void
sig_reassign(struct proc *p __unused)
{
}

void
cpu_fork(
    struct lwp *lp1 __unused, struct lwp *lp2 __unused, bool newproc __unused)
{
}

void
cpu_lwp_start(struct lwp *lp __unused, const struct lwp_params *params __unused)
{
}

void
pmap_activate(struct vmspace *vm __unused)
{
}

void
boot(int howto __unused)
{
	panic("boot");
}

void
callout_init(struct callout *c __unused)
{
}

bool
callout_stop_sync(struct callout *c __unused)
{
	return (false);
}

void
nanotime(struct timespec *ts)
{
	ts->tv_sec = ts->tv_nsec = 0;
}

int
kern_umtx_wakeup(
    vm_offset_t uaddr __unused, int count __unused, int *woken __unused)
{
	return (0);
}

void
umtx_fork_wakeup(struct proc *p __unused)
{
}

/* --- user memory: what is near USRSTACK is in `stack`, all else is itself --- */

void *
rig_user(const void *uaddr, size_t len)
{
	vm_offset_t va = (vm_offset_t)uaddr;

	if (va < USRSTACK - STACK_ROOM || va >= USRSTACK)
		return ((void *)va);
	if (len > USRSTACK - va)
		panic("user memory beyond the stack");
	return (stack + (va - (USRSTACK - STACK_ROOM)));
}

int
copyin(const void *uaddr, void *kaddr, size_t len)
{
	memcpy(kaddr, rig_user(uaddr, len), len);
	return (0);
}

int
copyout(const void *kaddr, void *uaddr, size_t len)
{
	memcpy(rig_user(uaddr, len), kaddr, len);
	return (0);
}

int
copyinstr(const void *uaddr, void *kaddr, size_t len, size_t *done)
{
	*done = strlen(uaddr) + 1;
	if (*done > len)
		return (ENAMETOOLONG);
	memcpy(kaddr, uaddr, *done);
	return (0);
}

int
fuword64(const volatile void *uaddr, uint64_t *val)
{
	return (copyin((const void *)(uintptr_t)uaddr, val, sizeof(*val)));
}

int
suword32(volatile void *uaddr __unused, uint32_t val __unused)
{
	return (0);
}

int
suword64(volatile void *uaddr __unused, uint64_t val __unused)
{
	return (0);
}

/* --- what a process has: counted, no more --- */

struct filedesc *
fdinit(struct proc *p __unused)
{
	struct filedesc *fdp = kmalloc(sizeof(*fdp), M_TEMP, M_ZERO);

	fdp->fd_refcnt = 1;
	return (fdp);
}

struct filedesc *
fdcopy(struct proc *p)
{
	return (fdinit(p));
}

bool
curproc_sigintr(void)
{
	return (false);
}

void
fdcopy_undo(struct filedesc *fdp)
{
	kfree(fdp, M_TEMP);
}

struct filedesc *
fdshare(struct proc *p)
{
	p->p_fd->fd_refcnt++;
	return (p->p_fd);
}

void
fdfree(struct proc *p)
{
	if (--p->p_fd->fd_refcnt == 0)
		kfree(p->p_fd, M_TEMP);
	p->p_fd = NULL;
}

struct sigacts *
sigacts_alloc(void)
{
	struct sigacts *ps = kmalloc(sizeof(*ps), M_TEMP, M_ZERO);

	ps->ps_ref = 1;
	return (ps);
}

struct sigacts *
sigacts_dup(const struct sigacts *ps __unused)
{
	return (sigacts_alloc());
}

void
sigacts_free(struct sigacts *ps)
{
	if (--ps->ps_ref == 0)
		kfree(ps, M_TEMP);
}

struct vmspace *
vmspace_fork(struct vmspace *vm1 __unused)
{
	struct vmspace *vm;

	if (rig_memory_out)
		return (NULL);
	curproc->p_groupsigs += rig_group_signal;
	vm = kmalloc(sizeof(*vm), M_TEMP, M_ZERO);
	vm->vm_ref = 1;
	return (vm);
}

void
vmspace_ref(struct vmspace *vm)
{
	vm->vm_ref++;
}

void
vmspace_rel(struct vmspace *vm)
{
	if (--vm->vm_ref == 0)
		kfree(vm, M_TEMP);
}

void
vref(struct vnode *vp __unused)
{
}

void
vrele(struct vnode *vp __unused)
{
}

void
ttyvhup(struct tty *tp __unused)
{
}

void
knote_proc(struct proc *p __unused, long hint __unused)
{
}

/* --- signals are noted --- */

void
ksignal(struct proc *p, int sig)
{
	if (p->p_stat != SZOMB)
		rig_signals[p->p_pid % nitems(rig_signals)] |= 1UL << sig;
}

void
ksignal_info(
    struct proc *p, struct lwp *lp __unused, const struct siginfo *info)
{
	ksignal(p, info->si_signo);
}
