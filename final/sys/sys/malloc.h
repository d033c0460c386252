/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Memory for the kernel's own structures.
 */
#ifndef _SYS_MALLOC_H_
#define _SYS_MALLOC_H_

#include <sys/types.h>

/** @name flags of kmalloc() */
/** @{ */
#define M_WAITOK 0x0001 /* may sleep for memory, never returns NULL */
#define M_NOWAIT 0x0002 /* returns NULL when there is none */
#define M_ZERO	 0x0004 /* cleared */
/** @} */

/** Who uses memory: for statistics and the audit at shutdown. */
struct malloc_type {
	const char *mt_name;	     /**< for messages */
	struct malloc_type *mt_next; /**< list of all that were ever used */
	volatile u_long mt_bytes;    /**< in use */
	volatile u_long mt_count;    /**< allocations in use */
	volatile u_int mt_listed;    /**< is in that list */
};

/** Defines a type; `desc` is for messages. */
#define MALLOC_DEFINE(type, desc) struct malloc_type type[1] = { { (desc) } }
/** Declares a type that another file defines. */
#define MALLOC_DECLARE(type)	  extern struct malloc_type type[1]

MALLOC_DECLARE(M_TEMP);

/* --- kern/kern_slaballoc.c --- */
void *kmalloc(size_t size, struct malloc_type *type, int flags);
void *krealloc(void *p, size_t size, struct malloc_type *type, int flags);
void kfree(void *p, struct malloc_type *type);
char *kstrdup(const char *s, struct malloc_type *type);
void kmalloc_audit(void);
void kmeminit(void);
extern u_long kmem_pages; /**< pages that it has */

#endif
