/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Lists and queues: BSD's macros, as the package libbsd-dev brings them.
 */
#ifndef _SYS_QUEUE_H_
#define _SYS_QUEUE_H_

#include <bsd/sys/queue.h>

#endif
