/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * A program that is about to run: what kern_exec.c and the ABIs share.
 */
#ifndef _SYS_IMGACT_H_
#define _SYS_IMGACT_H_

#include <sys/elf64.h>
#include <sys/malloc.h>
#include <sys/types.h>
#include <sys/uio.h>

struct elf64_layout;
struct lwp;
struct proc;
struct sysentvec;
struct vattr;
struct vm_object;
struct vmspace;
struct vnode;

/** Most bytes of all arguments and environment strings. */
#define ARG_MAX 262144

/** Strings of the caller, copied into the kernel. */
struct image_args {
	char *buf; /**< ARG_MAX bytes, kmalloc */
	char
	    *begin_argv; /**< strings, one after the other, each with its NUL */
	char *begin_envv; /**< where the environment begins */
	char *endp;	  /**< where they end */
	size_t space;	  /**< bytes left */
	int argc;	  /**< arguments */
	int envc;	  /**< environment strings */
	char *path; /**< of the program, kmalloc, freed with buf; or NULL */
};

/** Why a program cannot be run. */
struct exec_reason {
	const char *words; /**< what is wrong with a file, or NULL */
	bool linker;	   /**< with that of its dynamic linker */
};

/** What comes before the words if it is the dynamic linker's. */
#define EXEC_LINKER_WORDS "its dynamic linker: "

/** The program, or its dynamic linker. */
struct image_params {
	struct proc *proc;		/**< who will run it */
	struct image_args *args;	/**< strings */
	struct vnode *vp;		/**< the file */
	struct vattr *attr;		/**< of it */
	const char *image_header;	/**< its first page */
	size_t header_len;		/**< bytes there */
	const struct sysentvec *sysent; /**< result: its interface */
	vm_offset_t entry_addr;		/**< result: first instruction */
	vm_offset_t start_addr;		/**< result: that, or the linker's */
	vm_offset_t phdr;	     /**< result: program headers in memory */
	u_int phnum;		     /**< result: how many */
	vm_offset_t base;	     /**< result: load address of ET_DYN */
	vm_offset_t ps_strings_argv; /**< result: argument strings */
	const char *execpath;	     /**< path as given */
	char interp[64];	     /**< of "#!" scripts: interpreter */
	u_int interpreted;	     /**< how often */
	struct elf64_layout *layout; /**< result: its segments */
	struct vmspace *vmspace;     /**< result: its memory, not in use yet */
	struct exec_reason reason;   /**< result: what is wrong */
	struct image_params *linker; /**< result: dynamic linker, or NULL */
};

/* --- kern/imgact_elf.c --- */
int exec_elf64_imgact(struct image_params *imgp);
int exec_elf64_linker(struct image_params *imgp);
int exec_elf64_limits(const struct image_params *imgp);
int elf64_map(struct image_params *imgp);	 /* into imgp->vmspace */
int elf64_zero(const struct image_params *imgp); /* it is in use now */
/* --- kern/imgact_shell.c --- */
int exec_shell_imgact(struct image_params *imgp);
/* --- kern/kern_exec.c --- */
int exec_new_vmspace(struct image_params *imgp);
/** Copies strings below the stack's top: addresses of argv[i], envp[i] are
 * written by the caller; strings begin at the returned address. */
int exec_copyout_args(struct image_params *imgp, vm_offset_t *strings);
/**
 * Writes argc, argv, NULL, envp, NULL and the auxiliary vector below `limit`,
 * as the System V ABI has them; aux ends with AT_NULL.  *sp is where argc is,
 * 16-aligned.
 */
int exec_copyout_vectors(struct image_params *imgp, vm_offset_t strings,
    vm_offset_t limit, const Elf64_Auxinfo *aux, u_int naux, vm_offset_t *sp);
/** Runs a program in the current process; path and args are the kernel's. */
int exec_program(
    const char *path, struct image_args *args, struct exec_reason *reason);
/** The page of code at SIGCODE_ADDRESS, made by sigcode_init(); or NULL. */
extern struct vm_object *sigcode_object;

/* --- kern/kern_exec_file.c --- */
int exec_find(struct image_params *imgp, const char *path);
void exec_close(struct image_params *imgp);

/* --- kern/kern_exec_args.c --- */
MALLOC_DECLARE(M_EXECARGS);
void exec_args_init(struct image_args *args);
void exec_args_free(struct image_args *args);
int exec_args_add(
    struct image_args *args, const char *str, enum uio_seg seg, bool env);
int
exec_args_copyin(struct image_args *args, void *const *argv, void *const *envp);
/** Replaces argv[0] by n strings, which take len bytes with their NULs. */
int
exec_args_prepend(struct image_args *args, const char *strs, size_t len, int n);

#endif
