/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * poll(2), DragonFly's values.
 */
#ifndef _SYS_POLL_H_
#define _SYS_POLL_H_

#include <sys/types.h>

/** One descriptor that is looked at. */
struct pollfd {
	int fd;	       /**< descriptor, or -1 */
	short events;  /**< what is waited for */
	short revents; /**< what there is */
};

typedef unsigned int nfds_t; /**< number of them */

/* clang-format off */
/** @name Events */
/** @{ */
#define POLLIN		0x0001
#define POLLPRI		0x0002
#define POLLOUT		0x0004
#define POLLERR		0x0008
#define POLLHUP		0x0010
#define POLLNVAL	0x0020
#define POLLRDNORM	0x0040
#define POLLWRNORM	POLLOUT
#define POLLRDBAND	0x0080
#define POLLWRBAND	0x0100
#define INFTIM		(-1)
/** @} */
/* clang-format on */

#ifndef _KERNEL
int poll(struct pollfd *fds, nfds_t nfds, int timeout);
#endif

#ifdef __USERLAND
struct timespec;
struct __sigset;
int ppoll(struct pollfd *fds, nfds_t nfds, const struct timespec *ts,
    const struct __sigset *mask);
#endif

#endif
