/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The kernel around UFS: one thread that never sleeps, memory, a disk that is
 * an array.  Compiled as a part of the kernel.
 */
#include <sys/buf.h>
#include <sys/conf.h>
#include <sys/errno.h>
#include <sys/lockf.h>
#include <sys/malloc.h>
#include <sys/mount.h>
#include <sys/proc.h>
#include <sys/systm.h>
#include <sys/time.h>
#include <sys/tsleep.h>
#include <sys/tty.h>
#include <sys/vnode.h>
#include <machine/globaldata.h>
#include <vm/vm_map.h>
#include <vm/vm_object.h>
#include <machine/cpu.h>
#include "rig.h"

void *malloc(size_t n);
void *realloc(void *p, size_t n);
void free(void *p);
void abort(void) __dead2;
int vsnprintf(char *buf, size_t size, const char *fmt, va_list ap);
int puts(const char *s);

struct globaldata rig_gd;
struct lwkt_token mp_token;
const u_int hz = 100;
struct malloc_type M_TEMP[1] = { { "temp" } };
int rig_quiet;
unsigned rig_uid;
const char *rig_last = "";
char *rig_data;
unsigned long rig_size;
long rig_writes_left = -1;
void (*rig_on_write)(unsigned long offset, const void *data, unsigned long n);

static struct thread thread_;
static struct lwp lwp_;
static struct proc proc_;
static struct ucred cred_ = { .cr_ngroups = 1 };
static long allocations;
static time_t now = 1000000;

/* --- output --- */

void
panic(const char *fmt, ...)
{
	static char text[256];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	puts(text);
	abort();
}

int
kvprintf(const char *fmt, va_list ap)
{
	static char text[256], line[256];

	vsnprintf(text, sizeof(text), fmt, ap);
	if (text[0] == '\n')
		return (0);
	memcpy(line, text, sizeof(line));
	rig_last = line;
	if (!rig_quiet)
		puts(text);
	return (0);
}

int
kprintf(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	kvprintf(fmt, ap);
	va_end(ap);
	return (0);
}

int
kvsnprintf(char *buf, size_t size, const char *fmt, va_list ap)
{
	return (vsnprintf(buf, size, fmt, ap));
}

int
ksnprintf(char *buf, size_t size, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(buf, size, fmt, ap);
	va_end(ap);
	return (n);
}

/* --- memory --- */

void *
kmalloc(size_t size, struct malloc_type *type __unused, int flags)
{
	void *p = malloc(size);

	memset(p, (flags & M_ZERO) != 0 ? 0 : 0xa5, size);
	allocations++;
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
	if (p != NULL)
		allocations--;
	free(p);
}

long
rig_allocations(void)
{
	return (allocations);
}

/** A page frame with its memory. */
struct rig_page {
	struct vm_page m;
	char data[PAGE_SIZE];
};

struct vm_page *
vm_page_alloc_user(bool zero)
{
	struct rig_page *p = kmalloc(
	    sizeof(*p), M_TEMP, zero ? M_ZERO : M_WAITOK);

	bzero(&p->m, sizeof(p->m));
	p->m.refs = 1;
	return (&p->m);
}

void *
vm_page_kva(struct vm_page *m)
{
	return (((struct rig_page *)m)->data);
}

void
vm_page_hold(struct vm_page *m)
{
	m->hold++;
}

void
vm_page_unhold(struct vm_page *m)
{
	m->hold--;
	if (m->hold == 0 && (m->flags & PG_FREED) != 0)
		kfree(m, M_TEMP);
}

void
vm_page_release(struct vm_page *m)
{
	if (m->hold != 0)
		m->flags |= PG_FREED;
	else
		kfree(m, M_TEMP);
}

vm_paddr_t
vm_page_phys(struct vm_page *m)
{
	return ((vm_paddr_t)m);
}

uint64_t
vm_page_total_count(void)
{
	return (4096); /* buffers may have 1 MB */
}

bool
vm_page_clean_mappings(struct vm_page *m __unused)
{
	return (false);
}

void
vm_page_unmap(struct vm_page *m __unused)
{
}

void
vm_pageout_enqueue(struct vm_page *m __unused)
{
}

void
vm_pageout_dequeue(struct vm_page *m __unused)
{
}

bool
lwkt_user_yield(void)
{
	return (false);
}

bool
vm_wait(void)
{
	return (false);
}

/* --- threads, locks, time --- */

void
spin_init(struct spinlock *lock, const char *name)
{
	*lock = (struct spinlock)SPINLOCK_INITIALIZER(name);
}

void
spin_lock(struct spinlock *lock)
{
	if (lock->owner != 0)
		panic("spin_lock: %s is held", lock->name);
	lock->owner = 1;
}

void
spin_unlock(struct spinlock *lock)
{
	if (lock->owner == 0)
		panic("spin_unlock: %s is not held", lock->name);
	lock->owner = 0;
}

bool
spin_held(const struct spinlock *lock)
{
	return (lock->owner != 0);
}

void
lwkt_gettoken(struct lwkt_token *tok __unused)
{
}

void
lwkt_reltoken(struct lwkt_token *tok __unused)
{
}

bool
lwkt_token_held(const struct lwkt_token *tok __unused)
{
	return (true);
}

void
lwkt_yield(void)
{
	panic("lwkt_yield: nobody else is there");
}

struct thread *
lwkt_create(void (*func)(void *) __unused, void *arg __unused,
    const char *name __unused, u_int cpuid __unused)
{
	return (&thread_);
}

int
tsleep(const volatile void *chan __unused, u_int flags __unused,
    const char *wmesg, int timo __unused)
{
	panic("tsleep: %s: nobody will wake it", wmesg);
}

/* Another thread has this lock, and gives it back if somebody sleeps for it,
 * who must not have the second one meanwhile. */
static struct lock *lock_elsewhere;
static const struct lock *lock_not_held;

void
rig_lock_elsewhere(struct vnode *vp, const struct vnode *other)
{
	static struct thread elsewhere;

	lock_elsewhere = &vp->v_lock;
	lock_elsewhere->lk_owner = &elsewhere;
	lock_elsewhere->lk_exclusive = 1;
	lock_not_held = &other->v_lock;
}

int
ssleep(const volatile void *chan, struct spinlock *spin __unused,
    u_int flags __unused, const char *wmesg, int timo __unused)
{
	if (chan != lock_elsewhere)
		panic("ssleep: %s: nobody will wake it", wmesg);
	if (lockowned(lock_not_held))
		panic("ssleep: %s: with another lock held", wmesg);
	lock_elsewhere->lk_exclusive = 0;
	lock_elsewhere->lk_owner = NULL;
	lock_elsewhere = NULL;
	return (0);
}

void
tsleep_interlock(const volatile void *chan __unused, u_int flags __unused)
{
}

void
tsleep_remove(void)
{
}

void
wakeup(const volatile void *chan __unused)
{
}

void
nanotime(struct timespec *ts)
{
	*ts = (struct timespec){ ++now, 0 };
}

uint64_t
nsuptime(void)
{
	return (++now * 1000000000UL);
}

/* --- what is not under test --- */

bool
groupmember(gid_t gid, const struct ucred *cr)
{
	return (cr->cr_gid == gid);
}

int
copyin(const void *uaddr, void *kaddr, size_t len)
{
	memcpy(kaddr, uaddr, len);
	return (0);
}

int
copyout(const void *kaddr, void *uaddr, size_t len)
{
	memcpy(uaddr, kaddr, len);
	return (0);
}

int
uzero(void *uaddr, size_t len)
{
	memset(uaddr, 0, len);
	return (0);
}

void
cache_init(u_int entries __unused)
{
}

void
cache_purge(struct vnode *vp __unused)
{
}

bool
cache_free_some(u_int n __unused)
{
	return (false);
}

void
lockf_purge(struct vnode *vp __unused)
{
}

void
knote(struct klist *list __unused, long hint __unused)
{
}

void
knote_insert(struct klist *list __unused, struct knote *kn __unused)
{
}

void
knote_remove(struct klist *list __unused, struct knote *kn __unused)
{
}

void
knote_empty(struct klist *list __unused)
{
}

int
vop_helper_access(const struct vattr *va __unused, int mode __unused,
    const struct ucred *cred __unused)
{
	return (0);
}

void
spec_dev_gone(struct cdev *dev __unused)
{
}

const struct vop_ops spec_vnode_vops = { .vop_name = "spec" };
struct mountlist mountlist = TAILQ_HEAD_INITIALIZER(mountlist);
void
mem_init(void)
{
}
void
cnttyinit(void)
{
}
void
ttytty_init(void)
{
}
void
pty_init(void)
{
}
void
machdep_disks(void)
{
}

/* --- the disk --- */

static void
disk_strategy(struct cdev *dev __unused, struct buf *bp)
{
	u_long at = (u_long)bp->b_doffset;

	bp->b_error = 0;
	if (at > rig_size || bp->b_bcount > rig_size - at) {
		bp->b_error = EIO;
	} else if (bp->b_cmd == BUF_CMD_READ) {
		memcpy(bp->b_data, rig_data + at, bp->b_bcount);
	} else if (bp->b_cmd == BUF_CMD_WRITE) {
		if (rig_writes_left == 0) {
			bp->b_error = EIO;
		} else {
			if (rig_writes_left > 0)
				rig_writes_left--;
			if (rig_on_write != NULL)
				rig_on_write(at, bp->b_data, bp->b_bcount);
			memcpy(rig_data + at, bp->b_data, bp->b_bcount);
		}
	}
	bufdone(bp);
}

static const struct dev_ops disk_ops = {
	.d_name = "rig",
	.d_flags = D_DISK,
	.d_strategy = disk_strategy,
};

void
rig_start(void)
{
	rig_gd.gd_curthread = &thread_;
	thread_.td_proc = &proc_;
	thread_.td_lwp = &lwp_;
	proc_.p_ucred = &cred_;
	maxvnodes = 50;
	bufinit();
}

void
rig_forget(void)
{
	while (buf_free_some(1))
		;
	cred_.cr_uid = rig_uid;
}

/* The devices of the disk before go: nobody has them open. */
void
rig_disk(char *data, unsigned long size)
{
	static struct cdev *raw;
	struct cdev *dev;

	rig_forget();
	while ((dev = LIST_FIRST(&alldevs)) != NULL) {
		kfree(dev->si_drv1, M_TEMP);
		destroy_dev(dev);
	}
	kfree(raw, M_TEMP);
	free(rig_data);
	rig_data = data;
	rig_size = size;
	raw = NULL;
	if (disk_create(&disk_ops, 0, "md", (int64_t)size, NULL, &dev) != 0)
		panic("rig_disk: no disk");
	/* All parts lead to the one device that has no name. */
	raw = *(struct cdev **)((char *)dev->si_drv1 + sizeof(void *));
}

int
rig_has_device(const char *name)
{
	return (dev_find(name) != NULL);
}

int
rig_device_read(const char *name, long offset, void *buf, unsigned long n)
{
	struct cdev *dev = dev_find(name);
	struct iovec iov = { buf, n };
	struct uio uio = { .uio_iov = &iov,
		.uio_iovcnt = 1,
		.uio_offset = offset,
		.uio_resid = n,
		.uio_segflg = UIO_SYSSPACE,
		.uio_rw = UIO_READ };

	return (dev == NULL ? ENXIO : dev->si_ops->d_read(dev, &uio, 0));
}
