/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * From Linux's numbers and structures to the native ones and back.
 *
 * All functions here are pure: no locks, no sleep, no user memory; a value
 * that has no counterpart is said to be so, never guessed.
 */
#ifndef _LINUX_CONV_H_
#define _LINUX_CONV_H_

#include "linux.h"

struct __sigset;
struct dirent;
struct flock;
struct rlimit;
struct sigaction;
struct siginfo;
struct stat;
struct statvfs;
struct termios;

/* --- linux_errno.c --- */
int linux_errno(int error);

/* --- linux_file_conv.c --- */
int linux_open_flags(int lflags, int *flags);
int linux_open_flags_back(int flags);
int linux_dirfd(int fd);
int linux_flock_in(const struct linux_flock *lfl, struct flock *fl);
void linux_flock_out(const struct flock *fl, struct linux_flock *lfl);
uint64_t linux_dev(uint32_t dev);
uint32_t linux_dev_in(uint64_t ldev);
void linux_stat_out(const struct stat *sb, struct linux_stat *lsb);
void linux_statx_out(const struct stat *sb, struct linux_statx *stx);
void linux_statfs_out(const struct statvfs *sv, struct linux_statfs *lsf);
size_t linux_dirents(const char *in, size_t n, int64_t base, int64_t next,
    char *out, size_t size);
short linux_poll_in(short events);
short linux_poll_out(short revents, short events);
int linux_utime_in(int64_t lnsec, int64_t *nsec);

/* --- linux_termios.c --- */
u_long linux_ioctl_number(u_int lcom);
void linux_termios_in(const struct linux_termios *lt, struct termios *t);
void linux_termios_out(const struct termios *t, struct linux_termios *lt);
int linux_tcflush(u_long arg);
int linux_tcflow(u_long arg);

/* --- linux_signal_conv.c --- */
int linux_sig_in(int lsig);
int linux_sig_out(int sig);
void linux_sigset_in(linux_sigset_t lset, struct __sigset *set);
linux_sigset_t linux_sigset_out(const struct __sigset *set);
void
linux_sigaction_in(const struct linux_sigaction *lsa, struct sigaction *sa);
void linux_sigaction_out(
    const struct sigaction *sa, uint64_t restorer, struct linux_sigaction *lsa);
void linux_siginfo_out(const struct siginfo *info, struct linux_siginfo *lsi);
int linux_wait_status(int status);

/* --- linux_numbers.c --- */
int linux_clock(int lclock);
int linux_rlimit_number(u_int lwhich);
int linux_rlimit_in(const struct linux_rlimit *lrl, struct rlimit *rl);
void linux_rlimit_out(const struct rlimit *rl, struct linux_rlimit *lrl);
int linux_mmap_flags(u_long lflags, int *flags);
int linux_msync_flags(int lflags);
int linux_madvice(int ladvice);
int linux_wait_options(u_int loptions);

#endif
