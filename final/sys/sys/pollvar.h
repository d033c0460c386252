/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * poll(2) and select(2) inside the kernel: for both system-call interfaces.
 */
#ifndef _SYS_POLLVAR_H_
#define _SYS_POLLVAR_H_

#include <sys/signal.h>

struct pollfd;
struct timespec;

/* --- kern/sys_poll.c --- */
int kern_poll_user(
    struct pollfd *ufds, u_int nfds, const struct timespec *ts, int *res);
void poll_mask_begin(const sigset_t *mask);
void poll_mask_end(const sigset_t *mask, int error);

/* --- kern/sys_select.c --- */
int kern_select(
    int nd, void *in, void *ou, void *ex, const struct timespec *ts, int *res);

#endif
