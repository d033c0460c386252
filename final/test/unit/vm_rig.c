/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The kernel around virtual memory.  Compiled with the kernel's headers.
 */
#include <sys/buf.h>
#include <sys/errno.h>
#include <sys/malloc.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/proc.h>
#include <sys/sysproto.h>
#include <sys/systm.h>
#include <sys/time.h>
#include <sys/vnode.h>
#include <cpu/atomic.h>
#include <machine/globaldata.h>
#include <machine/md_var.h>
#include <vm/vm_map.h>

#define RIG_FILE_PAGES 64u
#define RIG_FILES      2u
#define RIG_MAXPAGES   4096u
#define TLB_SIZE       64
#define ARCH_SET_GS    0x1001

/* --- Linux --- */
void *calloc(size_t n, size_t size);
void free(void *p);
long syscall(long n, ...);
/* --- arena.c --- */
void arena_reset(void);
unsigned arena_used(void);
/* --- vm_rig.h, with the kernel's types --- */
void rig_start(unsigned npages);
void rig_finish(void);
struct vmspace *rig_space(void);
struct vmspace *rig_fork(struct vmspace *vm);
void rig_exit(struct vmspace *vm);
uint64_t rig_disk(unsigned file, unsigned page);
int rig_mmap(struct vmspace *vm, vm_offset_t *addr, size_t npages, int prot,
    int maxprot, int flags, int file, size_t first);
int rig_sys_mmap(struct vmspace *vm, vm_offset_t *addr, size_t len, int prot,
    int flags, int fd, off_t pos, int fflag, bool noexec, u_long limit);
int rig_munmap(struct vmspace *vm, vm_offset_t addr, size_t npages);
int rig_mprotect(struct vmspace *vm, vm_offset_t addr, size_t npages, int prot);
int rig_madvise(struct vmspace *vm, vm_offset_t addr, size_t npages, int behav);
int rig_msync(struct vmspace *vm, vm_offset_t addr, size_t npages);
int rig_inherit(struct vmspace *vm, vm_offset_t addr, size_t npages, int how);
int rig_stack(struct vmspace *vm, vm_offset_t top, size_t npages);
int rig_read(struct vmspace *vm, vm_offset_t va, uint64_t *value);
int rig_write(struct vmspace *vm, vm_offset_t va, uint64_t value);
void rig_truncate(unsigned file, size_t first);
void rig_reclaim(void);
void rig_check(struct vmspace *vm, size_t npages);
unsigned rig_entries(struct vmspace *vm);
unsigned long rig_free_pages(void);
void rig_fail_kmalloc(long n);

unsigned rig_kills;

/* --- what modules under test want of the kernel --- */

struct lwkt_token mp_token;
struct proclist allproc = LIST_HEAD_INITIALIZER(allproc);
struct proc *initproc;
u_int ncpus = 1;
const u_int hz = 100;
u_long kmem_pages, kstack_pages;
volatile u_long pmap_pages;
struct malloc_type M_TEMP[1];

static struct globaldata gd;
static struct thread td;
static struct proc victim;
static long kmalloc_left = -1;
static u_long kmallocs, sleeps;

/* --- processor: a TLB of pages that the running program has used --- */

static struct {
	vm_offset_t va; /* 0: nothing */
	vm_paddr_t pa;
	bool write;
} tlb[TLB_SIZE];
static struct vmspace *loaded;

static void
tlb_flush(void)
{
	bzero(tlb, sizeof(tlb));
}

void
invlpg(u_long va)
{
	u_int i = (va >> PAGE_SHIFT) % TLB_SIZE;

	if (tlb[i].va == trunc_page(va))
		tlb[i].va = 0;
}

u_long
rcr3(void)
{
	return (0);
}

void
load_cr3(u_long pa __unused)
{
	tlb_flush();
}

static void
run(struct vmspace *vm)
{
	if (loaded == vm)
		return;
	if (loaded != NULL)
		loaded->vm_pmap.pm_active = 0;
	loaded = vm;
	if (vm != NULL)
		vm->vm_pmap.pm_active = 1;
	tlb_flush();
}

/* --- memory --- */

static uint8_t user_pages[RIG_MAXPAGES][4096] __aligned(4096);
static struct vm_page page_array[RIG_MAXPAGES];

void *
rig_dmap(unsigned long pa)
{
	vm_page_t m = vm_page_lookup(pa);

	if (m == NULL || m->state != VM_PAGE_USED)
		panic("rig_dmap: %#lx is no page in use", pa);
	return (&user_pages[pa >> PAGE_SHIFT][pa & PAGE_MASK]);
}

void *
kmalloc(size_t size, struct malloc_type *type __unused, int flags)
{
	if ((flags & M_NOWAIT) != 0 && kmalloc_left >= 0 && kmalloc_left-- == 0)
		return (NULL);
	kmallocs++;
	return (calloc(1, size));
}

void
kfree(void *p, struct malloc_type *type __unused)
{
	if (p != NULL)
		kmallocs--;
	free(p);
}

/* --- locks --- */

void
spin_init(struct spinlock *lock, const char *name)
{
	lock->owner = 0;
	lock->name = name;
}

void
spin_lock(struct spinlock *lock)
{
	KASSERT(lock->owner == 0, ("spin_lock: %s is held", lock->name));
	lock->owner = 1;
	gd.gd_spinlocks++;
}

bool
spin_trylock(struct spinlock *lock)
{
	spin_lock(lock);
	return (true);
}

void
spin_unlock(struct spinlock *lock)
{
	KASSERT(lock->owner == 1, ("spin_unlock: %s is not held", lock->name));
	lock->owner = 0;
	gd.gd_spinlocks--;
}

bool
spin_held(const struct spinlock *lock)
{
	return (lock->owner == 1);
}

void
lockinit(struct lock *lk, const char *name)
{
	*lk = (struct lock){ .lk_name = name };
}

/* One thread: a lock that is not free would never be. */
int
lockmgr(struct lock *lk, u_int flags)
{
	KASSERT(gd.gd_spinlocks == 0, ("lockmgr with a spinlock held"));
	switch (flags & LK_TYPE_MASK) {
	case LK_RELEASE:
		KASSERT(lk->lk_exclusive + lk->lk_shared == 1,
		    ("lockmgr: not held"));
		lk->lk_exclusive = lk->lk_shared = 0;
		break;
	case LK_SHARED:
		KASSERT(
		    lk->lk_exclusive + lk->lk_shared == 0, ("lockmgr: held"));
		lk->lk_shared = 1;
		break;
	default:
		KASSERT(
		    lk->lk_exclusive + lk->lk_shared == 0, ("lockmgr: held"));
		lk->lk_exclusive = 1;
	}
	return (0);
}

void
lwkt_gettoken(struct lwkt_token *tok)
{
	KASSERT(gd.gd_spinlocks == 0, ("lwkt_gettoken with a spinlock held"));
	tok->t_count++;
}

bool
lwkt_user_yield(void)
{
	return (false);
}

void
lwkt_reltoken(struct lwkt_token *tok)
{
	tok->t_count--;
}

void
lwkt_ipiq_all_wait(
    ipifunc_t *func __unused, void *arg __unused, uint64_t mask __unused)
{
	panic("there is one processor");
}

struct thread *
lwkt_create(void (*func)(void *) __unused, void *arg __unused,
    const char *name __unused, u_int cpuid __unused)
{
	return (NULL);
}

int
tsleep(const volatile void *chan __unused, u_int flags __unused,
    const char *wmesg, int timo)
{
	KASSERT(gd.gd_spinlocks == 0, ("tsleep with a spinlock held"));
	if (timo == 0 || ++sleeps > 1000)
		panic("tsleep: %s for ever", wmesg);
	return (EWOULDBLOCK);
}

void
tsleep_interlock(const volatile void *chan __unused, u_int flags __unused)
{
}

int
ssleep(const volatile void *chan __unused, struct spinlock *spin __unused,
    u_int flags __unused, const char *wmesg, int timo __unused)
{
	panic("ssleep: %s: nobody will wake it", wmesg);
}

void
wakeup(const volatile void *chan __unused)
{
}

void
umtx_fork_wakeup(struct proc *p __unused)
{
}

uint64_t
nsuptime(void)
{
	return (++sleeps * 1000000000UL);
}

bool
buf_free_some(u_int n __unused)
{
	return (false);
}

bool
vnode_free_some(u_int n __unused)
{
	return (false);
}

struct proc *
pfindn(pid_t pid __unused)
{
	return (NULL);
}

void
ksignal(struct proc *p, int sig)
{
	SIGADDSET(p->p_siglist, sig);
	rig_kills++;
}

/* --- files: the first word of each page is on disk --- */

static struct vnode vnodes[RIG_FILES];
static uint64_t disk[RIG_FILES][RIG_FILE_PAGES];

void
vref(struct vnode *vp)
{
	vp->v_usecount++;
}

void
vrele(struct vnode *vp)
{
	KASSERT(mp_token.t_count != 0, ("vrele without the token"));
	vp->v_usecount--;
}

int
VOP_GETPAGE(struct vnode *vp, struct vm_page *m)
{
	KASSERT(gd.gd_spinlocks == 0 && (m->flags & PG_BUSY) != 0,
	    ("VOP_GETPAGE: spinlock held, or page not busy"));
	bzero(vm_page_kva(m), PAGE_SIZE);
	*(uint64_t *)vm_page_kva(m) = disk[vp - vnodes][m->pindex];
	return (0);
}

bool rig_disk_full;

int
VOP_BACKPAGE(struct vnode *vp, struct vm_page *m)
{
	(void)vp;
	KASSERT(gd.gd_spinlocks == 0 && (m->flags & PG_BUSY) != 0,
	    ("VOP_BACKPAGE: spinlock held, or page not busy"));
	return (rig_disk_full ? ENOSPC : 0);
}

int
VOP_PUTPAGE(struct vnode *vp, struct vm_page *m)
{
	KASSERT(gd.gd_spinlocks == 0 && (m->flags & PG_BUSY) != 0,
	    ("VOP_PUTPAGE: spinlock held, or page not busy"));
	disk[vp - vnodes][m->pindex] = *(uint64_t *)vm_page_kva(m);
	return (0);
}

uint64_t
rig_disk(unsigned file, unsigned page)
{
	return (disk[file][page]);
}

void
rig_truncate(unsigned file, size_t first)
{
	vm_object_setsize(vnodes[file].v_object, first);
	vm_object_page_remove(vnodes[file].v_object, first, 0);
	for (size_t i = first; i < RIG_FILE_PAGES; i++)
		disk[file][i] = 0;
}

/* --- platform: a pmap in the kernel's format, in the arena --- */

static struct pmap_format format = {
	.name = "rig",
	.bits = { [PG_V_IDX] = X86_PG_V,
	    [PG_RW_IDX] = X86_PG_RW,
	    [PG_A_IDX] = X86_PG_A,
	    [PG_M_IDX] = X86_PG_M,
	    [PG_PS_IDX] = X86_PG_PS },
	.leaf = X86_PG_V | X86_PG_U,
	.uncached = X86_PG_PWT | X86_PG_PCD,
	.table = X86_PG_V | X86_PG_RW | X86_PG_U,
};

int
pmap_user_pinit(struct vmspace *vm)
{
	struct pmap *pmap = &vm->vm_pmap;

	for (u_int i = 0; i < 8; i++)
		format.prot[i] = ((i & VM_PROT_WRITE) != 0 ? X86_PG_RW : 0) |
		    ((i & VM_PROT_EXECUTE) != 0 ? 0 : X86_PG_NX);
	format.prot_mask = X86_PG_RW | X86_PG_NX;
	if (pmap_pinit(pmap, &format, PMAP_LEVEL_4K, 0) != 0)
		return (ENOMEM);
	pmap->pm_shared = NPTEPG / 2;
	pmap->pm_invalidate = pmap_user_invalidate;
	pmap->pm_quiesce = pmap_user_quiesce;
	pmap->pm_quiesce_arg = pmap;
	pmap->pm_resident = &vm->vm_resident;
	return (0);
}

void
pmap_user_unload(struct vmspace *vm)
{
	if (loaded == vm)
		run(NULL);
}

void
pmap_user_release(struct vmspace *vm)
{
	pmap_release(&vm->vm_pmap);
}

/* --- the rig --- */

void
rig_start(unsigned npages)
{
	gd.gd_self = &gd;
	gd.gd_curthread = &td;
	gd.gd_spinlocks = 0;
	syscall(158 /* arch_prctl */, ARCH_SET_GS, &gd);
	arena_reset();
	bzero(page_array, sizeof(page_array));
	vm_page_startup(page_array, 0, npages);
	vm_page_add(PAGE_SIZE, ptoa(npages));
	vm_pageout_init();
	vm_page_reserve = 0;
	loaded = NULL;
	kmalloc_left = -1;
	sleeps = 0;
	rig_kills = 0;
	LIST_INIT(&allproc);
	for (u_int i = 0; i < RIG_FILES; i++) {
		vnodes[i].v_usecount = 1;
		vnodes[i].v_object = vm_object_allocate(
		    OBJT_VNODE, RIG_FILE_PAGES, "file");
		vnodes[i].v_object->vo_vnode = &vnodes[i];
		for (u_int n = 0; n < RIG_FILE_PAGES; n++)
			disk[i][n] = (i + 1) * 1000 + n;
	}
}

void
rig_finish(void)
{
	for (u_int i = 0; i < RIG_FILES; i++) {
		KASSERT(vnodes[i].v_usecount == 1 &&
			vnodes[i].v_object->vo_ref == 1,
		    ("rig_finish: file %u: %u and %u references", i,
			vnodes[i].v_usecount, vnodes[i].v_object->vo_ref));
		vm_object_rel(vnodes[i].v_object);
	}
	KASSERT(kmallocs == 0, ("rig_finish: %lu kmallocs left", kmallocs));
	KASSERT(
	    arena_used() == 0, ("rig_finish: %u tables left", arena_used()));
	KASSERT(vm_pages_user == 0 && vm_pages_object == 0 &&
		vm_page_free_count() == vm_page_total_count(),
	    ("rig_finish: %lu user pages left, %lu of objects, %lu free",
		vm_pages_user, vm_pages_object, vm_page_free_count()));
	KASSERT(vm_page_audit() == NULL, ("rig_finish: %s", vm_page_audit()));
	KASSERT(mp_token.t_count == 0 && gd.gd_spinlocks == 0,
	    ("rig_finish: locks are held"));
}

struct vmspace *
rig_space(void)
{
	return (vmspace_alloc(PAGE_SIZE, 1UL << 47));
}

struct vmspace *
rig_fork(struct vmspace *vm)
{
	run(vm);
	return (vmspace_fork(vm));
}

void
rig_exit(struct vmspace *vm)
{
	vmspace_rel(vm);
}

int
rig_mmap(struct vmspace *vm, vm_offset_t *addr, size_t npages, int prot,
    int maxprot, int flags, int file, size_t first)
{
	struct vm_object *obj = NULL;
	int error;

	run(vm);
	if (file >= 0) {
		obj = vnodes[file].v_object;
		vm_object_ref(obj);
	}
	error = vm_map_insert(
	    vm, addr, ptoa(npages), obj, ptoa(first), prot, maxprot, flags);
	if (error != 0 && obj != NULL)
		vm_object_rel(obj);
	return (error);
}

/* --- mmap(2) itself, by a process that has this space --- */

static struct proc process;
static struct file open_file;
static struct mount mount;

struct file *
holdfp(struct filedesc *fdp __unused, int fd, int flag __unused)
{
	return (fd == 3 ? &open_file : NULL);
}

int
fdrop(struct file *fp __unused)
{
	return (0);
}

int
vn_lock(struct vnode *vp, u_int flags)
{
	return (lockmgr(&vp->v_lock, flags));
}

void
vn_unlock(struct vnode *vp)
{
	lockmgr(&vp->v_lock, LK_RELEASE);
}

int
VOP_MMAP(struct vnode *vp, off_t off __unused, size_t len __unused,
    int prot __unused, struct vm_object **objp)
{
	KASSERT(vp->v_lock.lk_exclusive == 1 && mp_token.t_count == 1,
	    ("VOP_MMAP: not locked"));
	vm_object_ref(vp->v_object);
	*objp = vp->v_object;
	return (0);
}

int
copyout(const void *kaddr, void *uaddr, size_t len)
{
	memcpy(uaddr, kaddr, len);
	return (0);
}

/* Calls mmap(2) for descriptor fd; 3 is a file open with these flags. */
int
rig_sys_mmap(struct vmspace *vm, vm_offset_t *addr, size_t len, int prot,
    int flags, int fd, off_t pos, int fflag, bool noexec, u_long limit)
{
	struct mmap_args uap = { .addr = (caddr_t)*addr,
		.len = len,
		.prot = prot,
		.flags = flags,
		.fd = fd,
		.pos = pos };
	struct sysmsg msg = { .sm_frame = NULL };
	int error;

	run(vm);
	process.p_vmspace = vm;
	for (u_int i = 0; i < RLIM_NLIMITS; i++)
		process.p_rlimit[i].rlim_cur = (rlim_t)limit;
	mount.mnt_flag = noexec ? MNT_NOEXEC : 0;
	vnodes[0].v_type = VREG;
	vnodes[0].v_mount = &mount;
	open_file.f_type = DTYPE_VNODE;
	open_file.f_flag = (u_int)fflag;
	open_file.f_data = &vnodes[0];
	td.td_proc = &process;
	error = sys_mmap(&msg, &uap);
	td.td_proc = NULL;
	*addr = (vm_offset_t)msg.sysmsg_resultp;
	return (error);
}

int
rig_munmap(struct vmspace *vm, vm_offset_t addr, size_t npages)
{
	run(vm);
	return (vm_map_remove(vm, addr, addr + ptoa(npages)));
}

int
rig_mprotect(struct vmspace *vm, vm_offset_t addr, size_t npages, int prot)
{
	run(vm);
	return (vm_map_protect(vm, addr, addr + ptoa(npages), prot));
}

int
rig_madvise(struct vmspace *vm, vm_offset_t addr, size_t npages, int behav)
{
	run(vm);
	return (vm_map_madvise(vm, addr, addr + ptoa(npages), behav, 0));
}

int
rig_msync(struct vmspace *vm, vm_offset_t addr, size_t npages)
{
	run(vm);
	return (vm_map_msync(vm, addr, addr + ptoa(npages), MS_SYNC));
}

int
rig_inherit(struct vmspace *vm, vm_offset_t addr, size_t npages, int how)
{
	run(vm);
	return (vm_map_inherit(vm, addr, addr + ptoa(npages), how));
}

int
rig_stack(struct vmspace *vm, vm_offset_t top, size_t npages)
{
	return (
	    vm_map_stack(vm, top, ptoa(npages), VM_PROT_READ | VM_PROT_WRITE));
}

/* What the program's access finds: by the TLB if it knows, as a processor
 * does, whatever the tables say by now. */
static int
access_page(struct vmspace *vm, vm_offset_t va, bool write, vm_paddr_t *pa)
{
	vm_prot_t access = write ? VM_PROT_WRITE : VM_PROT_READ;
	u_int i = (va >> PAGE_SHIFT) % TLB_SIZE;
	int error;

	run(vm);
	if (tlb[i].va != 0 && tlb[i].va == trunc_page(va) &&
	    (!write || tlb[i].write)) {
		*pa = tlb[i].pa | (va & PAGE_MASK);
		return (0);
	}
	for (u_int n = 0; !pmap_touch(&vm->vm_pmap, va, access, pa); n++) {
		KASSERT(n < 2, ("%#lx faults for ever", va));
		error = vm_fault(vm, va, access, VM_FAULT_NORMAL);
		if (error != 0)
			return (error);
	}
	tlb[i].va = trunc_page(va);
	tlb[i].pa = trunc_page(*pa);
	tlb[i].write = write;
	return (0);
}

int
rig_read(struct vmspace *vm, vm_offset_t va, uint64_t *value)
{
	vm_paddr_t pa;
	int error;

	error = access_page(vm, va, false, &pa);
	if (error == 0)
		*value = *(uint64_t *)rig_dmap(pa);
	return (error);
}

int
rig_write(struct vmspace *vm, vm_offset_t va, uint64_t value)
{
	vm_paddr_t pa;
	int error;

	error = access_page(vm, va, true, &pa);
	if (error == 0)
		*(uint64_t *)rig_dmap(pa) = value;
	return (error);
}

/* The process that would be killed is in the list while it is looked for. */
void
rig_reclaim(void)
{
	(void)victim;
	vm_wait();
}

/* Every page that is mapped has the rights of its entry at most. */
static long
check_entry(struct vmspace *vm, struct vm_map_entry *e)
{
	vm_offset_t va;
	vm_paddr_t pa;
	long resident = 0;
	vm_page_t m;

	for (va = e->e_start; va < e->e_end; va += PAGE_SIZE) {
		if (!pmap_extract(&vm->vm_pmap, va, &pa))
			continue;
		resident++;
		m = vm_page_lookup(pa);
		KASSERT(m != NULL && m->state == VM_PAGE_USED && m->refs != 0,
		    ("%#lx maps page %#lx, which is free", va, pa));
		if (!pmap_test_bit(&vm->vm_pmap, va, PG_RW_IDX))
			continue;
		KASSERT(
		    (e->e_prot & VM_PROT_WRITE) != 0, ("%#lx is writable", va));
		KASSERT((e->e_flags & MAPE_PRIVATE) == 0 ||
			(m->object == NULL && m->refs == 1),
		    ("%#lx: a page of others is writable", va));
		KASSERT(m->object == NULL || m->object->vo_type != OBJT_VNODE ||
			(m->flags & PG_DIRTY) != 0,
		    ("%#lx: a clean page is writable", va));
	}
	return (resident);
}

void
rig_check(struct vmspace *vm, size_t npages)
{
	struct vm_map_entry *e;
	vm_offset_t last = 0;
	long resident = 0;
	size_t n = 0, count = 0;

	RB_FOREACH(e, vm_map_tree, &vm->vm_tree)
	{
		KASSERT(e->e_start >= last && e->e_end > e->e_start,
		    ("entry at %#lx", e->e_start));
		last = e->e_end;
		n += vm_entry_pages(e);
		count++;
		resident += check_entry(vm, e);
	}
	KASSERT(n == npages && vm->vm_size == ptoa(npages),
	    ("%lu pages are mapped, not %lu", n, npages));
	KASSERT(count == vm->vm_nentries, ("vm_nentries"));
	KASSERT(resident == vm->vm_resident,
	    ("%ld resident, vm_resident says %ld", resident, vm->vm_resident));
	KASSERT(vm->vm_lock.lk_exclusive + vm->vm_lock.lk_shared == 0,
	    ("vm_lock is held"));
}

unsigned
rig_entries(struct vmspace *vm)
{
	return (vm->vm_nentries);
}

unsigned long
rig_free_pages(void)
{
	return (vm_page_free_count());
}

void
rig_fail_kmalloc(long n)
{
	kmalloc_left = n;
}
