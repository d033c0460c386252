/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * What the parts of the thread library know of each other.
 */
#ifndef _PTHREAD_THREAD_H_
#define _PTHREAD_THREAD_H_

#include "libc_private.h"

void __specific_destroy(struct pthread *t);

#endif
