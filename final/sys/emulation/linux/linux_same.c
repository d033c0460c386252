/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Linux's system calls whose arguments and results are the native ones'.
 */
#include <sys/linux_sysproto.h>
#include <sys/sysproto.h>
#include "linux.h"

/**
 * Defines Linux's call `name` as the native call `native`.  Arguments take 8
 * bytes each in both, hence equal sizes mean equal numbers of them.
 */
#define SAME_AS(name, native)                                                  \
	CTASSERT(sizeof(struct linux_##name##_args) ==                         \
	    sizeof(struct native##_args));                                     \
	int sys_linux_##name(                                                  \
	    struct sysmsg *sysmsg, const struct linux_##name##_args *uap)      \
	{                                                                      \
		return (                                                       \
		    sys_##native(sysmsg, (const struct native##_args *)uap));  \
	}

/** The same, by the same name. */
#define SAME(name) SAME_AS(name, name)

SAME(read)
SAME(write)
SAME(close)
SAME(dup)
SAME(dup2)
SAME(flock)
SAME(fsync)
SAME_AS(fdatasync, fsync)
SAME(access)
SAME(chdir)
SAME(fchdir)
SAME(rename)
SAME(mkdir)
SAME(rmdir)
SAME(link)
SAME(symlink)
SAME(chmod)
SAME(fchmod)
SAME(chown)
SAME(fchown)
SAME(lchown)
SAME(umask)
SAME(chroot)
SAME(sync)
SAME(utimes)
SAME(munmap)
SAME(mincore)
SAME(sched_yield)
SAME(nanosleep)
SAME(getitimer)
SAME(setitimer)
SAME(gettimeofday)
SAME(settimeofday)
SAME(getpid)
SAME(getppid)
SAME(getpgrp)
SAME(getpgid)
SAME(setpgid)
SAME(getsid)
SAME(setsid)
SAME(getuid)
SAME(geteuid)
SAME(getgid)
SAME(getegid)
SAME(setuid)
SAME(setgid)
SAME(setreuid)
SAME(setregid)
SAME(setresuid)
SAME(getresuid)
SAME(setresgid)
SAME(getresgid)
SAME(getgroups)
SAME(setgroups)
SAME(setpriority)
SAME(fork)
SAME(vfork)
SAME(getrandom)
