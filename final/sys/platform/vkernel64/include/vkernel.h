/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Between the part of a vkernel that is a program of the host, with its C
 * library (host/), and the kernel.  Both include this, and nothing else of each
 * other; so it has no types but the language's.
 */
#ifndef _MACHINE_VKERNEL_H_
#define _MACHINE_VKERNEL_H_

/** Most disks. */
#define VK_MAXDISKS  16

/** @name lock_cpus */
/** @{ */
#define VK_LOCK_NONE 0 /* anywhere */
#define VK_LOCK_MAP  1 /* virtual processor n on lock_first + n */
#define VK_LOCK_ONE  2 /* all on lock_first */
/** @} */

/** A disk: an image in a file of the host. */
struct vk_disk {
	int fd;		    /**< open, locked */
	const char *name;   /**< for messages */
	const char *serial; /**< or NULL */
	unsigned long size; /**< bytes */
	int readonly;	    /**< writes are refused */
	char *cow;	    /**< its private mapping: writes are ours only */
};

/** What the command line says. */
struct vk_config {
	unsigned long memory; /**< bytes of physical memory */
	int ncpus;	      /**< virtual processors */
	int image; /**< memory image: descriptor, or -1: there is none */
	const char *bootargs;		   /**< kernel environment, words */
	int ndisks;			   /**< how many disks */
	struct vk_disk disks[VK_MAXDISKS]; /**< these */
	unsigned long tsc_freq;		   /**< ticks of the TSC per second */
	unsigned long start;		   /**< TSC when the program began */
	int software;	/**< the processor's virtualization is not to be used */
	int lock_cpus;	/**< VK_LOCK_*: where virtual processors run */
	int lock_first; /**< a processor of the host */
};

/** Exit status of a vkernel that wants to be started again. */
#define EX_VKERNEL_REBOOT 32

/** The program's ELF symbol table, in memory. */
struct vk_symtab {
	const void *symbols;	    /**< the table */
	unsigned long symbols_size; /**< bytes */
	const char *strings;	    /**< names; the last byte is 0 */
	unsigned long strings_size; /**< bytes, not 0 */
};

/* --- host/symbols.c, for the kernel --- */
int vk_symbols(struct vk_symtab *tab);

/* --- host/main.c, for the kernel --- */
int vk_thread(void (*func)(void *), void *arg);
void vk_tty_restore(void);

#endif
