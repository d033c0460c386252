/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * A program that is about to run: what kern_exec.c and the ABIs share.
 */
#ifndef _SYS_IMGACT_H_
#define _SYS_IMGACT_H_

#include <sys/types.h>

struct lwp;
struct proc;
struct sysentvec;
struct vattr;
struct vnode;

/** Most bytes of all arguments and environment strings. */
#define ARG_MAX 262144

/** Strings of the caller, copied into the kernel. */
struct image_args {
	char *buf;	  /**< ARG_MAX bytes, kmalloc */
	char *begin_argv; /**< strings, one after the other, each with its NUL */
	char *begin_envv; /**< where the environment begins */
	char *endp;	  /**< where they end */
	size_t space;	  /**< bytes left */
	int argc;	  /**< arguments */
	int envc;	  /**< environment strings */
};

/** The program. */
struct image_params {
	struct proc *proc;	       /**< who will run it */
	struct image_args *args;       /**< strings */
	struct vnode *vp;	       /**< the file */
	struct vattr *attr;	       /**< of it */
	const char *image_header;      /**< its first page */
	size_t header_len;	       /**< bytes there */
	const struct sysentvec *sysent; /**< result: its interface */
	vm_offset_t entry_addr;	       /**< result: first instruction */
	vm_offset_t phdr;	       /**< result: program headers in memory */
	u_int phnum;		       /**< result: how many */
	vm_offset_t base;	       /**< result: load address of ET_DYN */
	vm_offset_t ps_strings_argv;   /**< result: argument strings */
	const char *execpath;	       /**< path as given */
	char interp[64];	       /**< of "#!" scripts: interpreter */
	u_int interpreted;	       /**< how often */
};

/* --- kern/imgact_elf.c --- */
int exec_elf64_imgact(struct image_params *imgp);
/* --- kern/imgact_shell.c --- */
int exec_shell_imgact(struct image_params *imgp);
/* --- kern/kern_exec.c --- */
int exec_new_vmspace(struct image_params *imgp);
/** Copies strings below the stack's top: addresses of argv[i], envp[i] are
 * written by the caller; strings begin at the returned address. */
int exec_copyout_args(struct image_params *imgp, vm_offset_t *strings);

#endif
