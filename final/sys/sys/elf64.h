/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * ELF files, 64-bit: System V ABI, "Object Files" and "Program Loading".
 */
#ifndef _SYS_ELF64_H_
#define _SYS_ELF64_H_

#include <sys/types.h>

/** Header of the file. */
typedef struct {
	uint8_t e_ident[16];  /**< magic, class, data, version, OS ABI */
	uint16_t e_type;      /**< ET_* */
	uint16_t e_machine;   /**< EM_X86_64 */
	uint32_t e_version;   /**< 1 */
	uint64_t e_entry;     /**< first instruction */
	uint64_t e_phoff;     /**< program headers */
	uint64_t e_shoff;     /**< section headers */
	uint32_t e_flags;     /**< 0 */
	uint16_t e_ehsize;    /**< 64 */
	uint16_t e_phentsize; /**< 56 */
	uint16_t e_phnum;     /**< how many */
	uint16_t e_shentsize; /**< 64 */
	uint16_t e_shnum;     /**< how many */
	uint16_t e_shstrndx;  /**< names of sections */
} Elf64_Ehdr;

/** Program header. */
typedef struct {
	uint32_t p_type;   /**< PT_* */
	uint32_t p_flags;  /**< PF_* */
	uint64_t p_offset; /**< in the file */
	uint64_t p_vaddr;  /**< in memory */
	uint64_t p_paddr;  /**< unused */
	uint64_t p_filesz; /**< bytes in the file */
	uint64_t p_memsz;  /**< bytes in memory */
	uint64_t p_align;  /**< alignment */
} Elf64_Phdr;

/** Note header. */
typedef struct {
	uint32_t n_namesz; /**< bytes of the name, with its NUL */
	uint32_t n_descsz; /**< bytes of the description */
	uint32_t n_type;   /**< NT_* */
} Elf64_Nhdr;

/** Auxiliary vector. */
typedef struct {
	uint64_t a_type; /**< AT_* */
	uint64_t a_val;	 /**< value */
} Elf64_Auxinfo;

CTASSERT(sizeof(Elf64_Ehdr) == 64);
CTASSERT(sizeof(Elf64_Phdr) == 56);

/* clang-format off */
/** @name Numbers */
/** @{ */
#define ET_EXEC		2
#define ET_DYN		3
#define EM_X86_64	62
#define ELFCLASS64	2
#define ELFDATA2LSB	1
#define EI_CLASS	4
#define EI_DATA		5
#define EI_VERSION	6
#define EI_OSABI	7
#define ELFOSABI_NONE	0
#define ELFOSABI_LINUX	3
#define PT_LOAD		1
#define PT_DYNAMIC	2
#define PT_INTERP	3
#define PT_NOTE		4
#define PT_PHDR		6
#define PT_TLS		7
#define PT_GNU_STACK	0x6474e551
#define PF_X		1
#define PF_W		2
#define PF_R		4
#define NT_GNU_ABI_TAG	1	/* name "GNU": description 0 is Linux */
#define NT_DFBSD_ABI_TAG 1	/* name "DragonFly" */
#define AT_NULL		0
#define AT_PHDR		3
#define AT_PHENT	4
#define AT_PHNUM	5
#define AT_PAGESZ	6
#define AT_BASE		7
#define AT_FLAGS	8
#define AT_ENTRY	9
#define AT_UID		11
#define AT_EUID		12
#define AT_GID		13
#define AT_EGID		14
#define AT_EXECPATH	15	/* DragonFly's; Linux 31 */
#define AT_PLATFORM	15	/* Linux's */
#define AT_HWCAP	16
#define AT_CLKTCK	17
#define AT_SECURE	23
#define AT_RANDOM	25
#define AT_EXECFN	31
/** @} */
/* clang-format on */

#endif
