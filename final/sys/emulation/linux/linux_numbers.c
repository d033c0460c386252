/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Small sets of numbers: clocks, limits, flags of mappings, of waiting.
 */
#include <sys/errno.h>
#include <sys/mman.h>
#include <sys/param.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include "linux_conv.h"

/** Native number of each clock. */
static const int clocks[] = {
	[LINUX_CLOCK_REALTIME] = CLOCK_REALTIME,
	[LINUX_CLOCK_MONOTONIC] = CLOCK_MONOTONIC,
	[LINUX_CLOCK_PROCESS_CPUTIME_ID] = CLOCK_PROCESS_CPUTIME_ID,
	[LINUX_CLOCK_THREAD_CPUTIME_ID] = CLOCK_THREAD_CPUTIME_ID,
	[LINUX_CLOCK_MONOTONIC_RAW] = CLOCK_MONOTONIC,
	[LINUX_CLOCK_REALTIME_COARSE] = CLOCK_REALTIME,
	[LINUX_CLOCK_MONOTONIC_COARSE] = CLOCK_MONOTONIC,
	[LINUX_CLOCK_BOOTTIME] = CLOCK_MONOTONIC,
};

/** Native number of each limit, -1: there is none. */
static const int8_t rlimits[LINUX_RLIM_NLIMITS] = {
	RLIMIT_CPU,
	RLIMIT_FSIZE,
	RLIMIT_DATA,
	RLIMIT_STACK,
	RLIMIT_CORE,
	RLIMIT_RSS,
	[LINUX_RLIMIT_NPROC] = RLIMIT_NPROC,
	[LINUX_RLIMIT_NOFILE] = RLIMIT_NOFILE,
	[LINUX_RLIMIT_MEMLOCK] = RLIMIT_MEMLOCK,
	[LINUX_RLIMIT_AS] = RLIMIT_VMEM,
	[LINUX_RLIMIT_LOCKS] = RLIMIT_POSIXLOCKS,
	-1,
	-1,
	-1,
	-1,
	-1,
};

/**
 * @param lclock	Linux's clock
 * @return		native clock, or -1
 */
int
linux_clock(int lclock)
{
	if (lclock < 0 || lclock >= (int)nitems(clocks))
		return (-1);
	return (clocks[lclock]);
}

/**
 * @param lwhich	Linux's limit
 * @return		native limit; -1: accepted and not enforced; -2: none
 */
int
linux_rlimit_number(u_int lwhich)
{
	return (lwhich < LINUX_RLIM_NLIMITS ? rlimits[lwhich] : -2);
}

/* Infinity and everything above what we can say. */
static rlim_t
limit_in(uint64_t l)
{
	return (l > (uint64_t)RLIM_INFINITY ? RLIM_INFINITY : (rlim_t)l);
}

static uint64_t
limit_out(rlim_t l)
{
	return (l >= RLIM_INFINITY ? LINUX_RLIM_INFINITY : (uint64_t)l);
}

/**
 * @param lrl	from a program
 * @param rl	filled in
 * @return	0, or EINVAL: more now than at most
 */
int
linux_rlimit_in(const struct linux_rlimit *lrl, struct rlimit *rl)
{
	if (lrl->rlim_cur > lrl->rlim_max)
		return (EINVAL);
	rl->rlim_cur = limit_in(lrl->rlim_cur);
	rl->rlim_max = limit_in(lrl->rlim_max);
	return (0);
}

/**
 * @param rl	native
 * @param lrl	filled in
 */
void
linux_rlimit_out(const struct rlimit *rl, struct linux_rlimit *lrl)
{
	lrl->rlim_cur = limit_out(rl->rlim_cur);
	lrl->rlim_max = limit_out(rl->rlim_max);
}

/**
 * Linux ignores flags that it does not know, except with SHARED_VALIDATE.
 * @param lflags	of mmap
 * @param flags		set to native ones
 * @return		0, or EINVAL: neither shared nor private
 */
int
linux_mmap_flags(u_long lflags, int *flags)
{
	u_int type = lflags & LINUX_MAP_TYPE;

	if (type == LINUX_MAP_PRIVATE)
		*flags = MAP_PRIVATE;
	else if (type == LINUX_MAP_SHARED || type == LINUX_MAP_SHARED_VALIDATE)
		*flags = MAP_SHARED;
	else
		return (EINVAL);
	if ((lflags & LINUX_MAP_ANONYMOUS) != 0)
		*flags |= MAP_ANON;
	if ((lflags & LINUX_MAP_FIXED_NOREPLACE) != 0)
		*flags |= MAP_TRYFIXED;
	else if ((lflags & LINUX_MAP_FIXED) != 0)
		*flags |= MAP_FIXED;
	return (0);
}

/**
 * @param lflags	of msync
 * @return		native flags, or -1
 */
int
linux_msync_flags(int lflags)
{
	int flags = 0;

	if ((lflags &
		~(LINUX_MS_ASYNC | LINUX_MS_INVALIDATE | LINUX_MS_SYNC)) != 0 ||
	    (lflags & (LINUX_MS_ASYNC | LINUX_MS_SYNC)) ==
		(LINUX_MS_ASYNC | LINUX_MS_SYNC))
		return (-1);
	if ((lflags & LINUX_MS_SYNC) == 0)
		flags |= MS_ASYNC;
	if ((lflags & LINUX_MS_INVALIDATE) != 0)
		flags |= MS_INVALIDATE;
	return (flags);
}

/**
 * Linux's MADV_DONTNEED is a promise: private pages are zeros, or the file,
 * from then on.  That is what the native MADV_FREE does.
 * @param ladvice	of madvise
 * @return		native advice, or -1
 */
int
linux_madvice(int ladvice)
{
	switch (ladvice) {
	case LINUX_MADV_NORMAL:
	case LINUX_MADV_HUGEPAGE:
	case LINUX_MADV_NOHUGEPAGE:
	case LINUX_MADV_DONTDUMP:
	case LINUX_MADV_DODUMP:
		return (MADV_NORMAL);
	case LINUX_MADV_RANDOM:
		return (MADV_RANDOM);
	case LINUX_MADV_SEQUENTIAL:
		return (MADV_SEQUENTIAL);
	case LINUX_MADV_WILLNEED:
		return (MADV_WILLNEED);
	case LINUX_MADV_DONTNEED:
	case LINUX_MADV_FREE:
		return (MADV_FREE);
	default:
		return (-1);
	}
}

/**
 * @param loptions	of wait4 and waitid, without WEXITED
 * @return		native options, or -1
 */
int
linux_wait_options(u_int loptions)
{
	int options = 0;

	if ((loptions &
		~(LINUX_WNOHANG | LINUX_WUNTRACED | LINUX_WCONTINUED |
		    LINUX_WNOTHREAD | LINUX_WALL | LINUX_WCLONE)) != 0)
		return (-1);
	if ((loptions & LINUX_WNOHANG) != 0)
		options |= WNOHANG;
	if ((loptions & LINUX_WUNTRACED) != 0)
		options |= WUNTRACED;
	if ((loptions & LINUX_WCONTINUED) != 0)
		options |= WCONTINUED;
	return (options);
}
