/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * A kqueue inside: for kern_event.c, its filters, and poll.
 *
 * knote_spin protects all lists that an interrupt may touch: klists, the list
 * of what is ready, and kn_status.  f_event is called with it, so f_event
 * reads its source without a lock of the source's: order is the source's lock,
 * then knote_spin.  The other lists of a kqueue are under mp_token.
 */
#ifndef _SYS_EVENTVAR_H_
#define _SYS_EVENTVAR_H_

#include <sys/queue.h>
#include <sys/event.h>

#define KQ_HASH	    32 /* lists of knotes that are of no file */
#define KQ_MAXLEVEL 4  /* kqueues that watch kqueues */

struct timespec;

TAILQ_HEAD(knote_ready, knote);

/** Who waits for several things at once. */
struct kqueue {
	struct knote_ready kq_ready; /**< what has happened */
	u_int kq_count;		     /**< length of that list */
	u_int kq_sleepers;	     /**< threads that wait for it */
	u_int kq_level;		     /**< 0 watches no kqueue, ... */
	struct klist kq_klist;	     /**< who watches this kqueue */
	struct file *kq_file;	     /**< open file, for SIGIO; or NULL */
	struct filedesc *kq_fdp;     /**< what descriptors mean */
	LIST_HEAD(, knote) kq_all;   /**< all its knotes */
	struct klist *kq_hash;	     /**< KQ_HASH lists of kn_link */
};

extern struct spinlock knote_spin;
extern const struct filterops *const sysfilt_ops[EVFILT_SYSCOUNT];

/* --- kern/kern_event.c --- */
void kqueue_init(struct kqueue *kq, struct filedesc *fdp);
void knote_activate(struct knote *kn); /* with knote_spin */
int kqueue_register(struct kqueue *kq, const struct kevent *kev);
u_int
kqueue_collect(struct kqueue *kq, struct kevent *kev, u_int max, u_int *queued);
int kqueue_sleep(struct kqueue *kq, uint64_t deadline, const char *wmesg);
void kqueue_terminate(struct kqueue *kq);

/* --- kern/sys_kqueue.c --- */
int kern_kqueue(int *fd);
/** A deadline of nsuptime() for a timeout; ~0 for NULL; EINVAL. */
int timespec_deadline(const struct timespec *ts, uint64_t *deadline);
#define NO_DEADLINE (~0UL)

#endif
