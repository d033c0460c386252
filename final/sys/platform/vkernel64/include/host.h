/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * System calls of the host.  Each returns its result, or minus errno: there is
 * no errno in the kernel.  The functions are made from syscalls.master by
 * lib/libc/sys/makestubs.py.
 */
#ifndef _MACHINE_HOST_H_
#define _MACHINE_HOST_H_

#include <sys/types.h>
#include <sys/mman.h>
#include <sys/signal.h>
#include <sys/time.h>
#include <sys/tls.h>

struct kevent;
struct vmm_guest_options;

/** @cond shared */
/* What each does is in section 2 of the manual. */
long host_exit(int status);
long host_read(int fd, void *buf, size_t n);
long host_write(int fd, const void *buf, size_t n);
long host_extpread(int fd, void *buf, size_t n, int flags, off_t offset);
long host_extpwrite(int fd, const void *buf, size_t n, int flags, off_t offset);
long host_fsync(int fd);
long host_fcntl(int fd, int cmd, long arg);
long host_ioctl(int fd, u_long com, void *data);
long host_getpid(void);
long host_getppid(void);
long host_mmap(
    void *addr, size_t len, int prot, int flags, int fd, int pad, off_t offset);
long host_munmap(void *addr, size_t len);
long host_mprotect(void *addr, size_t len, int prot);
long host_mcontrol(void *addr, size_t len, int behav, off_t value);
long host_sigaction(int sig, const void *act, void *old);
long host_sigprocmask(int how, const sigset_t *set, sigset_t *old);
long host_sigsuspend(const sigset_t *set);
long host_sigaltstack(const stack_t *ss, stack_t *old);
long host_lwp_gettid(void);
long host_lwp_kill(int pid, int tid, int sig);
long host_sched_yield(void);
long host_setitimer(
    u_int which, const struct itimerval *value, struct itimerval *old);
long host_clock_gettime(int clock, struct timespec *ts);
long host_set_tls_area(int which, struct tls_info *info, size_t size);
long host_umtx_sleep(volatile const u_int *ptr, int value, int timeout);
long host_umtx_wakeup(volatile const u_int *ptr, int count);
long host___sysctl(int *mib, u_int depth, void *old, size_t *oldlenp, void *new,
    size_t newlen);
long host_kqueue(void);
long host_kevent(int kq, const struct kevent *changes, int nchanges,
    struct kevent *events, int nevents, const struct timespec *timeout);
long host_usched_set(int pid, int cmd, void *data, int bytes);
long host_vmspace_create(void *id, int type, void *data);
long host_vmspace_destroy(void *id);
long host_vmspace_mmap(void *id, void *addr, size_t len, int prot, int flags,
    int fd, off_t offset);
long host_vmspace_munmap(void *id, void *addr, size_t len);
long host_vmm_guest_ctl(int op, struct vmm_guest_options *options);
long host_vmm_guest_sync_addr(long *dst, long *src);
long
host_vmspace_mcontrol(void *id, void *addr, size_t len, int behav, off_t value);

/** @endcond */
#endif
