/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * The last error of the thread.
 */
#ifndef _ERRNO_H_
#define _ERRNO_H_

#include <sys/errno.h>

/** Why the last call of this thread failed; no call sets it to 0. */
extern __thread int errno;
#define errno errno

#endif
