/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Prototypes of the platform that is a process, grouped by file.
 */
#ifndef _MACHINE_MD_VAR_H_
#define _MACHINE_MD_VAR_H_

#include <sys/types.h>
#include <cpu/frame.h>
#include <cpu/pmap.h>

struct globaldata;
struct vk_config;

/* --- platform/init.c --- */
extern const struct vk_config *vk_config;
const char *md_bootargs(void);
void vkernel_main(const struct vk_config *config) __dead2;
/** @cond shared */
int main(void);
/** @endcond */

/* --- platform/kqueue.c --- */
/** Called with what a kevent says: bytes, an exit status. */
typedef void kqueue_func_t(long data);
bool kqueue_add(short filter, u_long ident, u_int fflags, kqueue_func_t *func);

/* --- platform/systimer.c --- */
uint64_t systimer_sleep_us(void);

/* --- platform/pmap.c --- */
void pmap_bootstrap(void);
bool pmap_kextract(vm_offset_t va, vm_paddr_t *pa);
vm_paddr_t pmap_page_alloc(void);
void pmap_page_free(vm_paddr_t pa);

/* --- platform/shutdown.c --- */
void shutdown_init(void);
void vk_exit(int status) __dead2;

/* --- dev/virtual/vkernel/disk/vdisk.c --- */
void vkd_init(void);

/* --- x86_64/exception.c --- */
void exception_init(void);
void exception_init_cpu(struct globaldata *gd);
void mp_stop(void);

/* --- x86_64/trap.c --- */
void trap_fatal(struct trapframe *tf, u_int vector) __dead2;

/* --- x86_64/db_trace.c --- */
void db_symtab_init(void);
void db_backtrace(vm_offset_t rip, vm_offset_t rbp);

#endif
