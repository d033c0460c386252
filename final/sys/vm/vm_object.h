/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Objects: pages that several address spaces, or a file, share.
 */
#ifndef _VM_VM_OBJECT_H_
#define _VM_VM_OBJECT_H_

#include <sys/queue.h>
#include <sys/spinlock.h>
#include <vm/vm_page.h>
#include <vm/vm_radix.h>

struct vm_map_entry;
struct vnode;

/** What an object has the pages of. */
enum obj_type {
	OBJT_ANON,   /**< memory, a file's in tmpfs: pages of zeros at first */
	OBJT_VNODE,  /**< a file: VOP_GETPAGE, VOP_PUTPAGE */
	OBJT_DEVICE, /**< frames that are nobody's: od_paddr */
};

/** How many pages some objects may have together. */
struct vm_quota {
	volatile u_long vq_used; /**< pages they have */
	volatile u_long vq_max;	 /**< pages they may have */
};

/** An object. */
struct vm_object {
	struct spinlock vo_spin;   /**< all below */
	enum obj_type vo_type;	   /**< kind */
	volatile u_int vo_ref;	   /**< map entries, and the vnode */
	struct vm_radix vo_pages;  /**< its pages */
	vm_pindex_t vo_size;	   /**< pages; faults beyond are SIGBUS */
	struct vnode *vo_vnode;	   /**< of a file; NULL when it has gone */
	struct vm_quota *vo_quota; /**< what counts its pages, or NULL */
	vm_paddr_t vo_paddr;	   /**< OBJT_DEVICE: first frame */
	u_int vo_dirty;		   /**< its pages that are dirty */
	uint32_t vo_vptgen;	   /**< see vm_rmap.c */
	/** Entries that map it: to unmap a page everywhere. */
	LIST_HEAD(, vm_map_entry) vo_entries;
	u_int vo_nentries;   /**< how many these are */
	const char *vo_name; /**< for messages */
};

/** @name flags of vm_object_page() */
/** @{ */
#define VMO_ALLOC  0x01 /* makes the page when it is not there, zeroed */
#define VMO_READ   0x02 /* ... or has the vnode read it */
/* With VMO_ALLOC: contents do not matter.  A page that is new is not PG_VALID
 * until its owner says so, or calls vm_page_set_dirty(). */
#define VMO_NOZERO 0x04
/** @} */

/* --- vm/vm_object.c --- */
struct vm_object *
vm_object_allocate(enum obj_type type, vm_pindex_t size, const char *name);
void vm_object_ref(struct vm_object *obj);
/** Takes pages off what a quota leaves.  @return whether so many were left */
bool vm_quota_take(struct vm_quota *vq, u_long n);
void vm_quota_give(struct vm_quota *vq, u_long n); /* back */
void vm_object_rel(struct vm_object *obj);
/**
 * Finds a page and busies it, waiting if need be.
 * @return	0; ENOENT; EIO...: the vnode's error; ENOSPC: its quota; ENOMEM
 */
int vm_object_page(
    struct vm_object *obj, vm_pindex_t index, u_int flags, struct vm_page **mp);
/** Gives the object a page that is in no object and no amap, with its contents
 * and the caller's reference.  @return 0, or ENOMEM */
int
vm_object_adopt(struct vm_object *obj, vm_pindex_t index, struct vm_page *m);
/** Unmaps and frees pages from start on (end 0: to the last); waits for busy
 * ones.  Dirty contents are lost. */
void vm_object_page_remove(
    struct vm_object *obj, vm_pindex_t start, vm_pindex_t end);
/** Writes dirty pages in the range by VOP_PUTPAGE; first error. */
int vm_object_flush(struct vm_object *obj, vm_pindex_t start, vm_pindex_t end);
void vm_object_setsize(struct vm_object *obj, vm_pindex_t size);
void *vm_page_kva(struct vm_page *m); /* its address in the kernel */
/** A held page is not freed or reused, though it may leave its object: for
 * copying to and from it without keeping it busy. */
void vm_page_hold(struct vm_page *m); /* it is busy, or its object locked */
void vm_page_unhold(struct vm_page *m);
/** A page of zeros for whatever purpose; waits for memory.  NULL if the
 * process is to end.  Goes back by vm_page_release(). */
struct vm_page *vm_page_grab(void);
void vm_page_unbusy(struct vm_page *m);	     /* wakes who waits */
void vm_page_set_dirty(struct vm_page *m);   /* busy or object locked */
int vm_object_make_dirty(struct vm_page *m); /* a store into a file */
/** Write-protects it everywhere and takes over the pmaps' M bits; true if it
 * was dirty. */
bool vm_page_clean_mappings(struct vm_page *m);

/* --- vm/vm_pageuse.c: pages in use --- */
struct vm_page *vm_page_alloc_user(bool zero); /* NULL: no memory; refs 1 */
void vm_page_release(struct vm_page *m);       /* one reference less */
extern volatile u_long vm_pages_user;	       /**< pages so allocated */
extern volatile u_long vm_pages_object;	       /**< of these, of objects */

/* --- vm/vm_rmap.c: where a page of an object is mapped; object locked --- */
void vm_page_unmap(struct vm_page *m);
bool vm_page_referenced(struct vm_page *m);
/* --- vm/vm_object.c --- */
void vm_object_detach(struct vm_page *m);      /* object locked; not busy */
void vm_object_clear_dirty(struct vm_page *m); /* object locked */

#endif
