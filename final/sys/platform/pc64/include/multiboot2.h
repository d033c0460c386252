/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * What the boot loader tells us: the Multiboot2 information, parsed once into
 * a structure of our own.  Source: Multiboot2 Specification, section "Boot
 * information format".
 *
 * The parser is pure: it trusts no length and no count that it reads, so
 * that it can be fuzzed on Linux.
 */
#ifndef _MACHINE_MULTIBOOT2_H_
#define _MACHINE_MULTIBOOT2_H_

/** @name Handshake */
/** @{ */
#define MB2_HEADER_MAGIC 0xe85250d6
#define MB2_BOOT_MAGIC	 0x36d76289
/** @} */

#ifndef __ASSEMBLER__
#include <sys/types.h>

/** @name Tag types that we read */
/** @{ */
#define MB2_TAG_END	     0
#define MB2_TAG_CMDLINE	     1
#define MB2_TAG_MODULE	     3
#define MB2_TAG_MMAP	     6
#define MB2_TAG_FRAMEBUFFER  8
#define MB2_TAG_ELF_SECTIONS 9
#define MB2_TAG_ACPI_OLD     14
#define MB2_TAG_ACPI_NEW     15
/** @} */

/** @name Capacities of struct mb2_info; what does not fit is counted */
/** @{ */
#define MB2_MAXCMDLINE	     512
#define MB2_MAXMMAP	     256
#define MB2_MAXMODULES	     8
#define MB2_MAXNAME	     64
#define MB2_RSDP_SIZE	     36
/** @} */

/** Memory-map type of RAM that is free to use. */
#define MB2_MEMORY_AVAILABLE 1
/** Framebuffer type of 80 by 25 characters. */
#define MB2_FRAMEBUFFER_TEXT 2

/** A range of physical memory, end exclusive. */
struct mb2_range {
	vm_paddr_t start; /**< first byte */
	vm_paddr_t end;	  /**< first byte after it */
	uint32_t type;	  /**< MB2_MEMORY_* */
};

/** A file that the boot loader put into memory. */
struct mb2_module {
	vm_paddr_t start;	/**< first byte */
	vm_paddr_t end;		/**< first byte after it */
	char name[MB2_MAXNAME]; /**< its command line, cut if too long */
};

/** Everything that we keep of the boot information. */
struct mb2_info {
	char cmdline[MB2_MAXCMDLINE];	    /**< kernel command line */
	u_int nmmap;			    /**< used entries of mmap */
	struct mb2_range mmap[MB2_MAXMMAP]; /**< memory map, as given */
	u_int nmodules;			    /**< used entries of modules */
	struct mb2_module modules[MB2_MAXMODULES]; /**< modules in order */
	vm_paddr_t symtab;	     /**< ELF symbol table, 0 if absent */
	uint64_t symtab_size;	     /**< its size in bytes */
	vm_paddr_t strtab;	     /**< ELF string table, 0 if absent */
	uint64_t strtab_size;	     /**< its size in bytes */
	bool has_framebuffer;	     /**< a framebuffer tag was there */
	uint8_t framebuffer_type;    /**< MB2_FRAMEBUFFER_* */
	uint32_t rsdp_size;	     /**< 0, 20 (ACPI 1) or 36 */
	uint8_t rsdp[MB2_RSDP_SIZE]; /**< copy of the ACPI root pointer */
	u_int dropped;		     /**< entries that did not fit above */
};

const char *mb2_parse(const void *info, size_t avail, struct mb2_info *out);
u_int mb2_usable(const struct mb2_info *info, const struct mb2_range *holes,
    u_int nholes, struct mb2_range *out, u_int max);
#endif

#endif
