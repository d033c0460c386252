/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Address spaces.
 */
#ifndef _VM_VM_MAP_H_
#define _VM_VM_MAP_H_

#include <sys/lock.h>
#include <sys/queue.h>
#include <sys/spinlock.h>
#include <sys/tree.h>
#include <vm/vm.h>
#include <vm/vm_object.h>

struct file;
struct lwp;
struct proc;
struct uio;
struct vmm_proc;
struct vmspace;

/** Private pages of entries that were one mapping once. */
struct vm_amap {
	volatile u_int am_ref;	  /**< entries */
	struct vm_radix am_pages; /**< pages, by index; each counted */
};

/** @name e_flags */
/** @{ */
#define MAPE_PRIVATE	0x0001 /* writes go to pages of its own */
#define MAPE_STACK	0x0002 /* grows down on a fault */
#define MAPE_NOFORK	0x0004 /* children do not get it */
#define MAPE_NOSYNC	0x0008 /* MAP_NOSYNC */
#define MAPE_VPAGETABLE 0x0010 /* addresses are translated by e_aux */
#define MAPE_GUARD	0x0020 /* never backed */
#define MAPE_COPYFORK	0x0040 /* shared, but children get a copy */
/** @} */

/* tag::entry[] */
/** A range of addresses with one kind of memory. */
struct vm_map_entry {
	RB_ENTRY(vm_map_entry) e_node;	    /**< by address */
	LIST_ENTRY(vm_map_entry) e_objlink; /**< of e_object */
	struct vmspace *e_vmspace;	    /**< whose */
	vm_offset_t e_start;		    /**< first byte */
	vm_offset_t e_end;		    /**< first byte after it */
	struct vm_object *e_object;	    /**< or NULL: zeros */
	vm_pindex_t e_offset;		    /**< index in e_object of e_start */
	struct vm_amap *e_amap;		    /**< MAPE_PRIVATE; NULL: no pages */
	vm_pindex_t e_aoffset;		    /**< index in e_amap of e_start */
	vm_prot_t e_prot;		    /**< rights */
	vm_prot_t e_maxprot;		    /**< what mprotect may give */
	u_short e_flags;		    /**< MAPE_* */
	u_short e_wired;		    /**< times wired */
	vm_offset_t e_limit;   /**< MAPE_STACK: lowest it may reach */
	uint64_t e_aux;	       /**< MAPE_VPAGETABLE: its root */
	struct vnode *e_vnode; /**< referenced, or NULL */
};
/* end::entry[] */
RB_HEAD(vm_map_tree, vm_map_entry);

/** An address space. */
struct vmspace {
	struct lock vm_lock;	      /**< the entries */
	struct vm_map_tree vm_tree;   /**< them, by address */
	u_int vm_nentries;	      /**< how many */
	vm_offset_t vm_min;	      /**< lowest address */
	vm_offset_t vm_max;	      /**< end */
	volatile u_int vm_ref;	      /**< processes and vkernels that use it */
	volatile u_int vm_lookers;    /**< of vm_ref: accesses from outside */
	struct pmap vm_pmap;	      /**< its tables */
	vm_offset_t vm_hint;	      /**< where to look for room */
	vm_size_t vm_size;	      /**< bytes mapped */
	volatile long vm_resident;    /**< pages in the tables */
	vm_offset_t vm_daddr;	      /**< heap: first byte (brk) */
	vm_offset_t vm_brk;	      /**< heap: end */
	vm_offset_t vm_ssize_top;     /**< end of the stack */
	vm_offset_t vm_textstart;     /**< for ps */
	vm_offset_t vm_textend;	      /**< for ps */
	struct spinlock vm_pmap_spin; /**< vm_pmap, contents of amaps */
	volatile long vm_private;     /**< pages in its amaps */
	struct vmm_proc *vm_vmm;      /**< a guest's memory; or NULL */
};

/** @name flags of vm_fault() */
/** @{ */
#define VM_FAULT_NORMAL 0x00
#define VM_FAULT_HOLD	0x01 /* the page is to be returned, held */
/** @} */

/* --- vm/vm_entry.c: to change entries the map is locked exclusively --- */
RB_PROTOTYPE(vm_map_tree, vm_map_entry, e_node, vm_entry_cmp);
int vm_entry_cmp(struct vm_map_entry *a, struct vm_map_entry *b);
struct vm_map_entry *vm_entry_find(struct vmspace *vm, vm_offset_t va);
struct vm_map_entry *vm_entry_find_from(struct vmspace *vm, vm_offset_t va);
struct vm_map_entry *
vm_entry_alloc(struct vmspace *vm, vm_offset_t start, vm_offset_t end);
void vm_entry_insert(struct vm_map_entry *e);
void vm_entry_unlink(struct vm_map_entry *e);
void vm_entry_set_object(
    struct vm_map_entry *e, struct vm_object *obj, vm_pindex_t offset);
void
vm_entry_set_range(struct vm_map_entry *e, vm_offset_t start, vm_offset_t end);
void vm_entry_clip(struct vm_map_entry *e, vm_offset_t va);
int vm_entry_clip_range(struct vmspace *vm, vm_offset_t start, vm_offset_t end);
extern u_int vm_max_entries;
struct vm_map_entry *vm_entry_merge(struct vm_map_entry *e);
void vm_entry_dispose(struct vm_map_entry *e);
int vm_map_findspace(struct vmspace *vm, vm_offset_t from, vm_offset_t max,
    vm_size_t size, vm_size_t align, vm_offset_t *addr);
void
vm_entry_merge_range(struct vmspace *vm, vm_offset_t start, vm_offset_t end);
/**
 * @param e	an entry
 * @return	how many pages long it is
 */
static __inline vm_size_t
vm_entry_pages(const struct vm_map_entry *e)
{
	return ((e->e_end - e->e_start) >> 12);
}

/* --- vm/vm_amap.c --- */
struct vm_amap *amap_alloc(void); /* NULL: no memory */
void amap_ref(struct vm_amap *am);
void amap_remove(
    struct vmspace *vm, struct vm_amap *am, vm_pindex_t start, vm_size_t n);
void amap_rel(
    struct vmspace *vm, struct vm_amap *am, vm_pindex_t start, vm_size_t n);
int amap_fork(struct vm_map_entry *e1, struct vm_map_entry *e2);
int amap_copy_object(struct vm_map_entry *e1, struct vm_map_entry *e2);
int amap_share(struct vm_map_entry *e);

/* --- vm/vm_map.c --- */
struct vmspace *vmspace_alloc(vm_offset_t min, vm_offset_t max);
struct vmspace *vmspace_fork(struct vmspace *vm1);
struct vmspace *vmspace_fork_nested(struct vmspace *vm1, register_t guest_cr3);
void vmspace_replace(struct lwp *lp, struct vmspace *vm); /* kern_exec.c */
void vmspace_ref(struct vmspace *vm);
void vmspace_rel(struct vmspace *vm); /* last one: everything goes */
/* The caller's reference to obj goes to the map on success.  MAP_FIXED
 * replaces, MAP_TRYFIXED does not: EEXIST. */
int vm_map_insert(struct vmspace *vm, vm_offset_t *addr, vm_size_t size,
    struct vm_object *obj, off_t offset, vm_prot_t prot, vm_prot_t maxprot,
    u_int mapflags);
int vm_map_remove(struct vmspace *vm, vm_offset_t start, vm_offset_t end);
int vm_map_protect(
    struct vmspace *vm, vm_offset_t start, vm_offset_t end, vm_prot_t prot);
int vm_map_madvise(struct vmspace *vm, vm_offset_t start, vm_offset_t end,
    int behav, off_t value);
int
vm_map_msync(struct vmspace *vm, vm_offset_t start, vm_offset_t end, int flags);
int vm_map_stack(
    struct vmspace *vm, vm_offset_t top, vm_size_t maxsize, vm_prot_t prot);
struct vm_map_entry *vm_map_lookup(struct vmspace *vm, vm_offset_t va);
bool vm_map_check(
    struct vmspace *vm, vm_offset_t start, vm_offset_t end, vm_prot_t prot);
int vm_map_inherit(
    struct vmspace *vm, vm_offset_t start, vm_offset_t end, int inherit);
void vm_map_pmap_remove(struct vmspace *vm, vm_offset_t start, vm_offset_t end);
int vm_map_growstack(struct vmspace *vm, vm_offset_t va);
bool vm_map_check_locked(
    struct vmspace *vm, vm_offset_t start, vm_offset_t end, vm_prot_t prot);
int vm_map_mincore(struct vmspace *vm, vm_offset_t va);
vm_size_t vmspace_private_pages(struct vmspace *vm);

/* --- vm/vm_fault.c --- */
/* EFAULT is SEGV_MAPERR, EACCES is SEGV_ACCERR, EIO is SIGBUS. */
int vm_fault(struct vmspace *vm, vm_offset_t va, vm_prot_t access, u_int flags);

/* --- vm/vm_access.c --- */
/** As vm_fault(), and the page is held (vm_page_hold) so that it stays: umtx,
 * copyin for another process.  Writes: private copies have been made. */
int vm_fault_page(
    struct vmspace *vm, vm_offset_t va, vm_prot_t access, struct vm_page **mp);
/** Reads or writes another process's memory; page by page. */
int vmspace_rdwr(
    struct vmspace *vm, vm_offset_t va, void *buf, size_t n, bool write);

/* --- vm/vm_glue.c --- */
void vmspace_look(struct vmspace *vm);
void vmspace_unlook(struct vmspace *vm);
bool useracc(const void *addr, size_t len, vm_prot_t access);
int
vmspace_uiomove(struct vmspace *vm, vm_offset_t va, size_t n, struct uio *uio);

/* --- vm/vm_mmap.c --- */
int vm_page_range(
    const void *addr, size_t len, vm_offset_t *start, vm_offset_t *end);
int kern_mmap(struct vmspace *vm, vm_offset_t addr, vm_size_t len, int prot,
    int flags, struct file *fp, off_t pos, vm_offset_t *res);
int fd_mmap(struct vmspace *vm, vm_offset_t addr, vm_size_t len, int prot,
    int flags, int fd, off_t pos, vm_offset_t *res);
int
kern_brk(vm_offset_t newbrk, vm_offset_t *res); /* Linux; native uses mmap */

/* --- vm/vm_pageout.c --- */
void vm_pageout_init(void);
/** Called when a page cannot be had: frees some or kills the largest process;
 * may sleep. @return whether it is worth trying again */
bool vm_wait(void);
bool vm_wait_row(u_int npages); /* the same for pages in a row */
bool vm_low(void);
void vm_pageout_enqueue(struct vm_page *m); /* object locked */
void vm_pageout_dequeue(struct vm_page *m); /* object locked */
void vm_pageout_wakeup(void);
extern u_long vm_page_reserve;	/**< free pages that only the kernel may use */
bool vm_page_audit_print(void); /* at shutdown: every page accounted for */

#endif
