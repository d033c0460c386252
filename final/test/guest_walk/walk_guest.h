/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * A guest in ring 3 that does one access and comes back.
 */
#ifndef _WALK_GUEST_H_
#define _WALK_GUEST_H_

#include <sys/types.h>
#include "walk_case.h"

/** How an access ended. */
enum guest_outcome {
	GUEST_DONE,   /**< as the program wants it; a fetch: at a data page */
	GUEST_PF,     /**< page fault: code, and the address is the pointer */
	GUEST_GP,     /**< the pointer was refused */
	GUEST_EPT,    /**< EPT violation at gpa */
	GUEST_STRANGE /**< anything else; see reason, vector, rip */
};

/** What the processor said. */
struct guest_report {
	enum guest_outcome outcome; /**< see there */
	uint32_t code;		    /**< error code of a page fault */
	vm_paddr_t gpa;		    /**< of an EPT violation ... */
	bool table_walk;	    /**< ... and whether the walk caused it */
	uint64_t value;		    /**< a read: what was read; a fetch: which
					 *   page of the block it was */
	uint32_t reason;	    /**< basic exit reason */
	uint32_t intr_info;	    /**< exception */
	uint64_t rip;		    /**< where the guest was */
};

/* --- walk_guest.c --- */
const char *guest_init(void);
void guest_fini(void);
uint8_t *guest_memory(void);
bool guest_ept_ad(void);
bool guest_page_1gb(void);
u_int guest_maxphyaddr(void);
void guest_tables(const struct walk_case *c);
void guest_access(
    vm_offset_t va, u_int access, uint8_t value, struct guest_report *report);

#endif
