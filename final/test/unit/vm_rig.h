/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Address spaces under Linux: the kernel's maps, objects, faults and page
 * tables as they are, with a processor of which the TLB is an array, a file
 * that is an array, and a kernel that never sleeps.
 */
#ifndef _VM_RIG_H_
#define _VM_RIG_H_

#include "hosted.h"

struct vmspace;

#define RIG_FILE_PAGES 64u
#define RIG_FILES      2u

/* Memory of that many pages for user memory; all is empty. */
void rig_start(unsigned npages);

/* Everything has been given back: pages, tables, memory of the kernel. */
void rig_finish(void);

struct vmspace *rig_space(void);
struct vmspace *rig_fork(struct vmspace *vm);
void rig_exit(struct vmspace *vm);

/* One file's page on disk: its first word. */
uint64_t rig_disk(unsigned file, unsigned page);
extern bool rig_disk_full; /* no page of a file gets a place any more */

/* fd -1: memory.  Rights and flags are mmap(2)'s.  Pages, not bytes. */
int rig_mmap(struct vmspace *vm, vm_offset_t *addr, size_t npages, int prot,
    int maxprot, int flags, int file, size_t first);
/* mmap(2), by a process with that limit; descriptor 3 is file 0, open with
 * fflag, on a file system that is mounted so. */
int rig_sys_mmap(struct vmspace *vm, vm_offset_t *addr, size_t len, int prot,
    int flags, int fd, off_t pos, int fflag, bool noexec, u_long limit);
int rig_munmap(struct vmspace *vm, vm_offset_t addr, size_t npages);
int rig_mprotect(struct vmspace *vm, vm_offset_t addr, size_t npages, int prot);
int rig_madvise(struct vmspace *vm, vm_offset_t addr, size_t npages, int behav);
int rig_msync(struct vmspace *vm, vm_offset_t addr, size_t npages);
int rig_inherit(struct vmspace *vm, vm_offset_t addr, size_t npages, int how);
int rig_stack(struct vmspace *vm, vm_offset_t top, size_t npages);

/* The program reads or writes a word; 0 or vm_fault()'s error. */
int rig_read(struct vmspace *vm, vm_offset_t va, uint64_t *value);
int rig_write(struct vmspace *vm, vm_offset_t va, uint64_t value);

/* The file gets shorter: its pages from `first` on go. */
void rig_truncate(unsigned file, size_t first);

/* The kernel looks for memory. */
void rig_reclaim(void);

/* The map is in order, and has that many pages; the pmap has no more rights
 * than the map. */
void rig_check(struct vmspace *vm, size_t npages);
unsigned rig_entries(struct vmspace *vm);
unsigned long rig_free_pages(void);

/* After that many more allocations that cannot wait there is no memory, for
 * one; negative: never. */
void rig_fail_kmalloc(long n);

/* Processes that were killed for want of memory. */
extern unsigned rig_kills;

#endif
