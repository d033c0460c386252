/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * What this platform keeps of a thread.
 */
#ifndef _MACHINE_PCB_H_
#define _MACHINE_PCB_H_

#include <sys/types.h>

struct vmspace;

/** See vm_machdep.c, npx.c and support.S. */
struct pcb {
	/** Where to go on when the kernel faults on a user address, or 0. */
	vm_offset_t pcb_onfault;
	void *pcb_fpu;		     /**< XSAVE area, 64-aligned, or NULL */
	bool pcb_fputrap;	     /**< its instructions raise #NM */
	vm_paddr_t pcb_cr3;	     /**< page tables; 0: whatever is loaded */
	struct vmspace *pcb_vmspace; /**< whose they are, or NULL */
};

#endif
