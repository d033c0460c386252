/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * select(2): sets of descriptors.
 */
#ifndef _SYS_SELECT_H_
#define _SYS_SELECT_H_

#include <sys/types.h>
#include <sys/time.h>

#ifndef FD_SETSIZE
#define FD_SETSIZE 1024 /**< descriptors in a set */
#endif
#define NFDBITS 64 /**< descriptors in a word of it */

/** A set: descriptor n is bit n. */
typedef struct fd_set {
	u_long fds_bits[FD_SETSIZE / NFDBITS]; /**< the bits */
} fd_set;

/** @name Operations on a set */
/** @{ */
#define __FD_BIT(n)	  (1UL << ((n) % NFDBITS))
#define FD_SET(n, p)	  ((void)((p)->fds_bits[(n) / NFDBITS] |= __FD_BIT(n)))
#define FD_CLR(n, p)	  ((void)((p)->fds_bits[(n) / NFDBITS] &= ~__FD_BIT(n)))
#define FD_ISSET(n, p)	  (((p)->fds_bits[(n) / NFDBITS] & __FD_BIT(n)) != 0)
#define FD_ZERO(p)	  ((void)(*(p) = (fd_set){ { 0 } }))
#define FD_COPY(from, to) ((void)(*(to) = *(from)))
/** @} */

struct __sigset;

#ifdef __USERLAND
int select(
    int nfds, fd_set *in, fd_set *out, fd_set *except, struct timeval *timeout);
int pselect(int nfds, fd_set *in, fd_set *out, fd_set *except,
    const struct timespec *timeout, const struct __sigset *mask);
#endif

#endif
