/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * What an ELF file asks for: checked, and in pages.
 */
#ifndef _SYS_ELF64_LAYOUT_H_
#define _SYS_ELF64_LAYOUT_H_

#include <sys/types.h>

/** Most program headers of a file. */
#define ELF64_MAXPHNUM 64
/** Most segments in memory. */
#define ELF64_MAXLOAD  16
/** Most bytes of notes that are looked at. */
#define ELF64_MAXNOTE  4096
/** Most bytes of the path of a dynamic linker, with its NUL. */
#define ELF64_MAXPATH  1024

/** Where a program may lie. */
struct elf64_limits {
	uint64_t min;	   /**< lowest address */
	uint64_t max;	   /**< end */
	uint64_t dyn_base; /**< added to the addresses of ET_DYN; aligned */
};

/** One segment.  Addresses and offset are of whole pages but for zero_*. */
struct elf64_segment {
	uint64_t start;	     /**< first byte in memory */
	uint64_t file_end;   /**< end of what comes from the file */
	uint64_t end;	     /**< end: zeros from file_end on */
	uint64_t offset;     /**< of `start` in the file */
	uint64_t zero_start; /**< bytes below file_end that have to be zeroed */
	uint64_t zero_end;   /**< end of these; equal: there are none */
	uint32_t flags;	     /**< PF_* */
};

/** A program. */
struct elf64_layout {
	struct elf64_segment seg[ELF64_MAXLOAD]; /**< by address */
	u_int nseg;				 /**< how many */
	uint64_t base;	     /**< added to all addresses of the file */
	uint64_t entry;	     /**< first instruction */
	uint64_t phdr;	     /**< program headers in memory, or 0 */
	u_int phnum;	     /**< how many */
	uint64_t text_start; /**< first executable byte */
	uint64_t text_end;   /**< end of the last executable segment */
	uint64_t data_end;   /**< end of the last segment: the heap begins */
	uint64_t total;	     /**< bytes of all segments */
	uint64_t note_offset[4]; /**< PT_NOTE: where in the file */
	uint64_t note_size[4];	 /**< bytes, at most ELF64_MAXNOTE */
	u_int nnotes;		 /**< how many */
	uint64_t interp_offset;	 /**< path of its dynamic linker in the file */
	uint64_t interp_size;	 /**< bytes, with a NUL; 0: it wants none */
	uint8_t osabi;		 /**< EI_OSABI */
};

/** For which interface a program was made. */
enum elf64_brand {
	ELF64_BRAND_NONE,      /**< says nothing */
	ELF64_BRAND_DRAGONFLY, /**< note "DragonFly" or "Damselfly" */
	ELF64_BRAND_LINUX,     /**< note "GNU" for Linux, or EI_OSABI */
	ELF64_BRAND_FOREIGN,   /**< another system */
};

/* --- kern/elf64_layout.c --- */
extern const char elf64_no_elf[];
const char *elf64_check(const void *header, size_t len, uint64_t filesize,
    const struct elf64_limits *limits, struct elf64_layout *layout);
bool elf64_overlap(const struct elf64_layout *a, const struct elf64_layout *b);
enum elf64_brand elf64_note_brand(const void *notes, size_t len);
enum elf64_brand elf64_osabi_brand(uint8_t osabi);

#endif
