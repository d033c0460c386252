/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The kernel around descriptors, pipes and kqueues: one process, whose memory
 * is the test's, and no processor that would sleep.  Compiled as a part of the
 * kernel.
 */
#include <sys/callout.h>
#include <sys/errno.h>
#include <sys/event.h>
#include <sys/file.h>
#include <sys/malloc.h>
#include <sys/poll.h>
#include <sys/proc.h>
#include <sys/sysproto.h>
#include <sys/systm.h>
#include <sys/taskqueue.h>
#include <sys/time.h>
#include <sys/ttycom.h>
#include <sys/vnode.h>
#include "fd_rig.h"

CTASSERT(sizeof(struct rig_kevent) == sizeof(struct kevent));
CTASSERT(sizeof(struct rig_pollfd) == sizeof(struct pollfd));

void *malloc(size_t n);
void free(void *p);

struct globaldata rig_gd;
struct lwkt_token mp_token;
const u_int hz = 100;
void (*rig_meanwhile)(void);
struct malloc_type M_TEMP[1];

static struct thread thread0_;
static struct lwp lwp0;
static struct proc proc_;
static struct pgrp pgrp0;
static struct session session0_;
static struct ucred cred0;
static long allocations;
static unsigned long sent;
static uint64_t now;
static struct callout *callouts[16];

/* --- what the modules call --- */

void *
kmalloc(size_t size, struct malloc_type *type __unused, int flags)
{
	void *p = malloc(size);

	if ((flags & M_ZERO) != 0)
		memset(p, 0, size);
	allocations++;
	return (p);
}

void
kfree(void *p, struct malloc_type *type __unused)
{
	allocations--;
	free(p);
}

void
rig_fd_spin_init(struct spinlock *lock, const char *name)
{
	*lock = (struct spinlock)SPINLOCK_INITIALIZER(name);
}

void
rig_fd_spin_lock(struct spinlock *lock)
{
	if (lock->owner != 0)
		panic("spin_lock: %s is held", lock->name);
	lock->owner = 1;
	rig_gd.gd_spinlocks++;
}

void
rig_fd_spin_unlock(struct spinlock *lock)
{
	if (lock->owner == 0)
		panic("spin_unlock: %s is not held", lock->name);
	lock->owner = 0;
	rig_gd.gd_spinlocks--;
}

void
lwkt_gettoken(struct lwkt_token *tok __unused)
{
	if (rig_gd.gd_spinlocks != 0)
		panic("lwkt_gettoken: with a spinlock");
}

bool
lwkt_user_yield(void)
{
	return (false);
}

void
lwkt_reltoken(struct lwkt_token *tok __unused)
{
}

/* No other process but what the test has prepared; then a signal comes. */
static int
sleep(uint64_t ns)
{
	void (*func)(void) = rig_meanwhile;

	if (rig_gd.gd_spinlocks != 0)
		panic("tsleep: with a spinlock");
	rig_meanwhile = NULL;
	if (func != NULL) {
		func();
		return (0);
	}
	if (ns == 0)
		return (EINTR);
	now += ns;
	return (EWOULDBLOCK);
}

int
tsleep(const volatile void *chan __unused, u_int flags __unused,
    const char *wmesg __unused, int timo)
{
	return (sleep((uint64_t)timo * (1000000000 / hz)));
}

int
tsleep_ns(const volatile void *chan __unused, u_int flags __unused,
    const char *wmesg __unused, uint64_t ns)
{
	return (sleep(ns));
}

int
ssleep(const volatile void *chan __unused, struct spinlock *spin,
    u_int flags __unused, const char *wmesg __unused, int timo)
{
	int error;

	rig_fd_spin_unlock(spin);
	error = sleep((uint64_t)timo * (1000000000 / hz));
	rig_fd_spin_lock(spin);
	return (error);
}

void
tsleep_interlock(const volatile void *chan __unused, u_int flags __unused)
{
}

void
wakeup(const volatile void *chan __unused)
{
}

void
lwpsignal(struct proc *p __unused, struct lwp *lp __unused, int sig)
{
	sent |= 1UL << sig;
}

void
ksignal(struct proc *p __unused, int sig)
{
	sent |= 1UL << sig;
}

struct ucred *
crhold(struct ucred *cr)
{
	cr->cr_ref++;
	return (cr);
}

void
crfree(struct ucred *cr)
{
	cr->cr_ref--;
}

int
copyin(const void *uaddr, void *kaddr, size_t len)
{
	if (uaddr == NULL && len != 0)
		return (EFAULT);
	memcpy(kaddr, uaddr, len);
	return (0);
}

int
copyout(const void *kaddr, void *uaddr, size_t len)
{
	if (uaddr == NULL && len != 0)
		return (EFAULT);
	memcpy(uaddr, kaddr, len);
	return (0);
}

int
uzero(void *uaddr, size_t len)
{
	memset(uaddr, 0, len);
	return (0);
}

uint64_t
nsuptime(void)
{
	return (now);
}

void
nanotime(struct timespec *ts)
{
	ts->tv_sec = now / 1000000000;
	ts->tv_nsec = now % 1000000000;
}

void
callout_init(struct callout *c)
{
	memset(c, 0, sizeof(*c));
}

void
callout_reset_ns(
    struct callout *c, uint64_t ns, void (*func)(void *), void *arg)
{
	u_int i;

	callout_stop_sync(c);
	c->c_when = now + ns;
	c->c_func = func;
	c->c_arg = arg;
	for (i = 0; callouts[i] != NULL; i++)
		;
	callouts[i] = c;
}

bool
callout_stop_sync(struct callout *c)
{
	for (u_int i = 0; i < nitems(callouts); i++)
		if (callouts[i] == c)
			callouts[i] = NULL;
	return (true);
}

struct proc *
pfindn(pid_t pid)
{
	return (pid == proc_.p_pid ? &proc_ : NULL);
}

struct proc *
zpfind(pid_t pid __unused)
{
	return (NULL);
}

struct pgrp *
pgfind(pid_t pgid)
{
	return (pgid == pgrp0.pg_id ? &pgrp0 : NULL);
}

int
kern_sigprocmask(
    int how __unused, const sigset_t *set __unused, sigset_t *oset __unused)
{
	return (0);
}

/* There are no vnodes here. */
void
vref(struct vnode *vp __unused)
{
}

void
vrele(struct vnode *vp __unused)
{
}

int
vn_lock(struct vnode *vp __unused, u_int flags __unused)
{
	return (0);
}

void
vn_unlock(struct vnode *vp __unused)
{
}

int
VOP_GETATTR(struct vnode *vp __unused, struct vattr *va __unused)
{
	return (EIO);
}

int
vop_advlock(struct file *fp __unused, int op __unused,
    struct flock *fl __unused, int flags __unused)
{
	return (EOPNOTSUPP);
}

/* The thread of tasks is nobody: what it has to do is done at once. */
void
taskqueue_enqueue(struct task *ta)
{
	ta->ta_pending = true;
	sent |= 1UL << SIGIO;
}

bool
taskqueue_cancel(struct task *ta __unused)
{
	return (true);
}

/* --- what the test calls --- */

void
rig_start(int nofile)
{
	rig_gd.gd_curthread = &thread0_;
	thread0_.td_proc = &proc_;
	thread0_.td_lwp = &lwp0;
	lwp0.lwp_proc = &proc_;
	pgrp0.pg_id = 7;
	pgrp0.pg_session = &session0_;
	proc_.p_pid = 7;
	proc_.p_pgrp = &pgrp0;
	cred0.cr_ref = 1;
	proc_.p_ucred = &cred0;
	proc_.p_rlimit[RLIMIT_NOFILE].rlim_cur = nofile;
	proc_.p_rlimit[RLIMIT_FSIZE].rlim_cur = RLIM_INFINITY;
	sent = 0;
	rig_meanwhile = NULL;
	proc_.p_fd = NULL;
	proc_.p_fd = fdinit(&proc_);
}

long
rig_finish(void)
{
	fdfree(&proc_);
	return (allocations + cred0.cr_ref - 1);
}

void
rig_time(unsigned long ms)
{
	struct callout *c;

	now += ms * 1000000;
	for (u_int i = 0; i < nitems(callouts); i++) {
		c = callouts[i];
		if (c == NULL || c->c_when > now)
			continue;
		callouts[i] = NULL;
		c->c_func(c->c_arg);
	}
}

unsigned long
rig_sent(void)
{
	unsigned long all = sent;

	sent = 0;
	return (all);
}

/* A system call: its result, or minus its error. */
#define CALL(name, result, ...)                                                \
	({                                                                     \
		struct sysmsg msg = { .sysmsg_lresult = 0 };                   \
		struct name##_args args = { __VA_ARGS__ };                     \
		int error_ = sys_##name(&msg, &args);                          \
		error_ != 0 ? (long)-error_ : (long)msg.result;                \
	})

long
rig_pipe2(int fds[2], int flags)
{
	long both[2];
	int error = kern_pipe(both, flags);

	if (error != 0)
		return (-error);
	fds[0] = both[0];
	fds[1] = both[1];
	return (0);
}

long
rig_read(int fd, void *buf, size_t n)
{
	return (CALL(read, sysmsg_lresult, fd, buf, n));
}

long
rig_write(int fd, const void *buf, size_t n)
{
	return (CALL(write, sysmsg_lresult, fd, buf, n));
}

long
rig_close(int fd)
{
	return (CALL(close, sysmsg_result, fd));
}

long
rig_dup(int fd)
{
	return (CALL(dup, sysmsg_result, fd));
}

long
rig_dup2(int from, int to)
{
	return (CALL(dup2, sysmsg_result, from, to));
}

long
rig_fcntl(int fd, int cmd, long arg)
{
	return (CALL(fcntl, sysmsg_result, fd, cmd, arg));
}

long
rig_closefrom(int fd)
{
	return (CALL(closefrom, sysmsg_result, fd));
}

long
rig_ioctl(int fd, unsigned long com, void *data)
{
	return (CALL(ioctl, sysmsg_result, fd, com, data));
}

long
rig_fionread(int fd)
{
	int n = -1;
	long error = rig_ioctl(fd, FIONREAD, &n);

	return (error != 0 ? error : n);
}

long
rig_kqueue(void)
{
	return (CALL(kqueue, sysmsg_result, 0));
}

long
rig_fork_exit(void)
{
	struct filedesc *mine = proc_.p_fd;
	long files = 0;

	proc_.p_fd = fdcopy(&proc_);
	for (int fd = 0; fd <= proc_.p_fd->fd_lastfile; fd++)
		files += proc_.p_fd->fd_files[fd].fp != NULL;
	fdfree(&proc_);
	proc_.p_fd = mine;
	return (files);
}

long
rig_kevent(int kq, const struct rig_kevent *changes, int nchanges,
    struct rig_kevent *events, int nevents, long ms)
{
	struct timespec ts = { ms / 1000, ms % 1000 * 1000000 };

	return (CALL(kevent, sysmsg_result, kq, (const struct kevent *)changes,
	    nchanges, (struct kevent *)events, nevents, ms < 0 ? NULL : &ts));
}

long
rig_poll(struct rig_pollfd *fds, unsigned n, int ms)
{
	return (CALL(poll, sysmsg_result, (struct pollfd *)fds, n, ms));
}

long
rig_select(int nd, unsigned long *in, unsigned long *ou, long ms)
{
	struct timeval tv = { ms / 1000, ms % 1000 * 1000 };

	return (
	    CALL(select, sysmsg_result, nd, in, ou, NULL, ms < 0 ? NULL : &tv));
}
