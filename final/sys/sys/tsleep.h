/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Sleeping until something happens: a channel is an address that both sides
 * know.
 */
#ifndef _SYS_TSLEEP_H_
#define _SYS_TSLEEP_H_

#include <sys/types.h>

struct lock;
struct spinlock;
struct thread;

/** @name flags of tsleep() and domains */
/** @{ */
#define PCATCH	     0x0100 /* a signal ends it: EINTR or ERESTART */
#define PINTERLOCKED 0x0400 /* after tsleep_interlock() on that channel */
#define PDOMAIN_UMTX 0x1000 /* channels are physical addresses */
#define PDOMAIN_MASK 0xf000
#define PWAKEUP_ONE  0x0001 /* of wakeup_domain(): one sleeper only */
/** @} */

/* --- kern/kern_synch.c --- */
void sleepinit(void);
int tsleep(const volatile void *chan, u_int flags, const char *wmesg, int timo);
void tsleep_interlock(const volatile void *chan, u_int flags);
void tsleep_remove(void); /* undoes an interlock that is not slept on */
int ssleep(const volatile void *chan, struct spinlock *spin, u_int flags,
    const char *wmesg, int timo);
int lksleep(const volatile void *chan, struct lock *lk, u_int flags,
    const char *wmesg, int timo);
void wakeup(const volatile void *chan);
void wakeup_one(const volatile void *chan);
int wakeup_domain(const volatile void *chan, u_int domain, int count);
bool tsleep_signal(struct thread *td);
int tsleep_ns(
    const volatile void *chan, u_int flags, const char *wmesg, uint64_t ns);

#endif
