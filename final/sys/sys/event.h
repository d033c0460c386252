/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * kqueue(2): events that a process waits for, and inside the kernel the one
 * way to be told that something has become ready.  poll and select use it.
 */
#ifndef _SYS_EVENT_H_
#define _SYS_EVENT_H_

#include <sys/types.h>

/* clang-format off */
/** @name Filters */
/** @{ */
#define EVFILT_READ	(-1)
#define EVFILT_WRITE	(-2)
#define EVFILT_AIO	(-3)
#define EVFILT_VNODE	(-4)
#define EVFILT_PROC	(-5)
#define EVFILT_SIGNAL	(-6)
#define EVFILT_TIMER	(-7)
#define EVFILT_EXCEPT	(-8)
#define EVFILT_USER	(-9)
#define EVFILT_SYSCOUNT	9
/** @} */

/** @name Actions and flags */
/** @{ */
#define EV_ADD		0x0001
#define EV_DELETE	0x0002
#define EV_ENABLE	0x0004
#define EV_DISABLE	0x0008
#define EV_ONESHOT	0x0010
#define EV_CLEAR	0x0020
#define EV_RECEIPT	0x0040
#define EV_SYSFLAGS	0xf800
#define EV_NODATA	0x1000
#define EV_FLAG1	0x2000
#define EV_EOF		0x8000
#define EV_ERROR	0x4000
#define NOTE_EXIT	0x80000000
#define NOTE_FORK	0x40000000
#define NOTE_EXEC	0x20000000
#define NOTE_PCTRLMASK	0xf0000000
#define NOTE_PDATAMASK	0x000fffff
#define NOTE_LOWAT	0x00000001
#define NOTE_DELETE	0x00000001
#define NOTE_WRITE	0x00000002
#define NOTE_EXTEND	0x00000004
#define NOTE_ATTRIB	0x00000008
#define NOTE_LINK	0x00000010
#define NOTE_RENAME	0x00000020
#define NOTE_REVOKE	0x00000040
#define NOTE_FFNOP	0x00000000
#define NOTE_FFAND	0x40000000
#define NOTE_FFOR	0x80000000
#define NOTE_FFCOPY	0xc0000000
#define NOTE_FFCTRLMASK	0xc0000000
#define NOTE_FFLAGSMASK	0x00ffffff
#define NOTE_TRIGGER	0x01000000
/** @} */
/* clang-format on */

/** One event. */
struct kevent {
	uintptr_t ident; /**< descriptor, process, signal, timer */
	short filter;	 /**< EVFILT_* */
	u_short flags;	 /**< EV_* */
	u_int fflags;	 /**< NOTE_* */
	intptr_t data;	 /**< bytes ready, milliseconds, ... */
	void *udata;	 /**< handed back */
};

/** Fills in *kp. */
#define EV_SET(kp, a, b, c, d, e, f)                                           \
	(*(kp) = (struct kevent){ .ident = (uintptr_t)(a),                     \
	     .filter = (b),                                                    \
	     .flags = (c),                                                     \
	     .fflags = (d),                                                    \
	     .data = (intptr_t)(e),                                            \
	     .udata = (void *)(f) })

#ifdef _KERNEL
#include <sys/queue.h>
#include <sys/spinlock.h>

struct file;
struct filedesc;
struct kqueue;
struct knote;
struct proc;

/** Who watches one source of events.  Protected by kn_list_spin. */
LIST_HEAD(klist, knote);

/** How a source is watched. */
struct filterops {
	u_short f_flags;		    /**< FILTEROP_* */
	int (*f_attach)(struct knote *kn);  /**< filters without file */
	void (*f_detach)(struct knote *kn); /**< takes it off the list */
	/** Whether it is ready; sets kn_data.  hint is KNOTE()'s.  Called with
	 * the source's lock that KNOTE's caller holds, or under mp_token; must
	 * not sleep. */
	int (*f_event)(struct knote *kn, long hint);
	/** Asked for once more (EV_ADD); NULL: new kn_sdata and kn_sfflags
	 * are enough.  Must not sleep. */
	void (*f_touch)(struct knote *kn, const struct kevent *kev);
};
#define FILTEROP_ISFD 0x0001

/** One thing that one kqueue watches. */
struct knote {
	LIST_ENTRY(knote) kn_link;    /**< list of the descriptor or process */
	LIST_ENTRY(knote) kn_selnext; /**< list of the source: klist */
	TAILQ_ENTRY(knote) kn_tqe;    /**< list of those that are ready */
	LIST_ENTRY(knote) kn_kqlink;  /**< all of this kqueue */
	struct kqueue *kn_kq;	      /**< whose */
	struct kevent kn_kevent;      /**< what was asked, and the state */
	int kn_status;		      /**< KN_* */
	u_int kn_sfflags;	      /**< fflags asked for */
	intptr_t kn_sdata;	      /**< data asked for */
	struct file *kn_fp;	      /**< of a file */
	struct proc *kn_proc;	      /**< of a process */
	const struct filterops *kn_fop; /**< how */
	void *kn_hook;			/**< the source's own */
};
#define kn_id	     kn_kevent.ident
#define kn_filter    kn_kevent.filter
#define kn_flags     kn_kevent.flags
#define kn_fflags    kn_kevent.fflags
#define kn_data	     kn_kevent.data

/** @name kn_status */
/** @{ */
#define KN_ACTIVE    0x0001 /* has become ready */
#define KN_QUEUED    0x0002 /* is in the list of those */
#define KN_DISABLED  0x0004 /* EV_DISABLE */
#define KN_DETACHED  0x0008 /* its source has gone */
#define KN_DELETING  0x0010 /* is going */
#define KN_TRIGGERED 0x0040 /* EVFILT_USER: NOTE_TRIGGER */
#define KN_ATTACHING 0x0020 /* is coming: must not be queued yet */
/** @} */

/** hint of knote_signal(): with it the low bits are a signal. */
#define NOTE_SIGNAL  0x08000000

/* --- kern/kern_event.c --- */
void knote_insert(struct klist *list, struct knote *kn);
void knote_remove(struct klist *list, struct knote *kn);
void knote(struct klist *list, long hint); /* from interrupts too */
/** knote(), if anybody watches. */
#define KNOTE(list, hint)                                                      \
	do {                                                                   \
		if (!LIST_EMPTY(list))                                         \
			knote(list, hint);                                     \
	} while (0)
void knote_fdclose(struct file *fp, struct filedesc *fdp, int fd);
void knote_empty(struct klist *list); /* the source goes */

/* --- kern/kern_event_filters.c --- */
/** hint: NOTE_FORK, NOTE_EXEC, or NOTE_EXIT when p_xstat is set. */
void knote_proc(struct proc *p, long hint);
void knote_signal(struct proc *p, int sig); /* also ignored ones; any lock */
struct vnode;
/** EVFILT_VNODE: events are KNOTE(&vp->v_klist, NOTE_WRITE ...). */
int vnode_kqfilter(struct vnode *vp, struct knote *kn);
#else
int kqueue(void);
struct timespec;
int kevent(int kq, const struct kevent *changelist, int nchanges,
    struct kevent *eventlist, int nevents, const struct timespec *timeout);
#endif

#endif
