/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * poll(2).
 */
#ifndef _POLL_H_
#define _POLL_H_

#include <sys/poll.h>
#include <sys/signal.h>

#endif
