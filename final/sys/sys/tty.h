/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Terminals inside the kernel: the line discipline between a driver and the
 * processes that read and write.
 *
 * t_spin protects the queues and the state, since characters arrive from
 * interrupts; everything else is under mp_token.
 */
#ifndef _SYS_TTY_H_
#define _SYS_TTY_H_

#include <sys/conf.h>
#include <sys/event.h>
#include <sys/spinlock.h>
#include <sys/taskqueue.h>
#include <sys/termios.h>
#include <sys/ttycom.h>

struct pgrp;
struct session;
struct sigio;
struct uio;

#define TTYHOG 4096 /* bytes of a queue */

/** A ring of characters. */
struct clist {
	u_int c_head;	      /**< next to take */
	u_int c_count;	      /**< how many there are */
	u_char c_buf[TTYHOG]; /**< them */
};

/** A terminal. */
struct tty {
	struct spinlock t_spin;	   /**< see above */
	struct clist t_raw;	   /**< input: the line under way */
	struct clist t_can;	   /**< input: complete lines, or raw bytes */
	struct clist t_out;	   /**< output, if the driver takes it later */
	u_int t_state;		   /**< TS_* */
	u_int t_column;		   /**< of the next character */
	u_int t_rocount;	   /**< echoed since the last line began */
	u_int t_rocol;		   /**< column where it began */
	struct termios t_termios;  /**< settings */
	struct winsize t_winsize;  /**< window */
	struct pgrp *t_pgrp;	   /**< foreground group, or NULL */
	struct session *t_session; /**< whose it is, or NULL */
	struct klist t_rkq;	   /**< who watches for input */
	struct klist t_wkq;	   /**< who watches for room */
	struct sigio *t_sigio;	   /**< O_ASYNC */
	struct cdev *t_dev;	   /**< device */
	u_int t_sigpend;	   /**< signals to send, by number: from the
				     interrupt to a thread */
	/** Shows what is in t_out; called with t_spin. */
	void (*t_oproc)(struct tty *tp);
	/** Settings have changed; may be NULL. */
	int (*t_param)(struct tty *tp, struct termios *t);
	void *t_drv;	    /**< driver's own */
	struct task t_task; /**< sends t_sigpend, and SIGIO */
	u_int t_waiting;    /**< threads that sleep in ttyread() */
	u_int t_owaiting;   /**< threads that wait for t_out */
};

/** @name t_state */
/** @{ */
#define TS_ISOPEN  0x0001
#define TS_ASYNC   0x0002
#define TS_TTSTOP  0x0004 /* ^S */
#define TS_LNCH	   0x0008 /* next character is taken as it is */
#define TS_ZOMBIE  0x0010 /* the line is gone */
#define TS_EXCLUDE 0x0020 /* TIOCEXCL */
#define TS_ECHOING 0x0040
#define TS_BELL	   0x0080 /* IMAXBEL has rung for this overflow */
#define TS_ERASING 0x0100 /* inside ECHOPRT's backslashes */
#define TS_SIGIO   0x0200 /* t_task has to send SIGIO */
/** @} */

/* --- kern/tty_subr.c --- */
bool clist_putc(struct clist *cl, int c);
int clist_getc(struct clist *cl);
int clist_unputc(struct clist *cl);
int clist_peek(const struct clist *cl, u_int i);
void clist_flush(struct clist *cl);

/* --- kern/tty_disc.c: with t_spin --- */
#define TTD_READ 0x1 /* there is more to read */
u_int ttydisc_input(struct tty *tp, int c);
bool ttydisc_output(struct tty *tp, int c);
u_int ttydisc_read(struct tty *tp, u_char *buf, u_int max, bool *end);
u_int ttydisc_canread(const struct tty *tp);
void ttydisc_to_raw(struct tty *tp);
void ttydisc_defaults(struct termios *t);

/* --- kern/tty_ioctl.c --- */
bool tty_isctty(const struct tty *tp);
int tty_background(struct tty *tp, int sig);
void ttyflush(struct tty *tp, int rw); /* FREAD, FWRITE */
void ttywakeup(struct tty *tp);

/* --- kern/tty.c --- */
void ttyinit(struct tty *tp, struct cdev *dev);
int ttyopen(struct tty *tp, int fflag);
int ttyclose(struct tty *tp);
int ttyread(struct tty *tp, struct uio *uio, int ioflag);
int ttywrite(struct tty *tp, struct uio *uio, int ioflag);
int ttyioctl(struct tty *tp, u_long com, caddr_t data, int fflag);
int ttykqfilter(struct tty *tp, struct knote *kn);
void ttyinput(struct tty *tp, int c); /* from an interrupt */
void ttwwakeup(struct tty *tp);	      /* driver: there is room again */
int ttygetc_out(struct tty *tp);      /* driver: next byte to show, or -1 */
void ttyvhup(struct tty *tp);	      /* the session's leader has gone */
int ttwait(struct tty *tp);	      /* until t_out is empty */
extern struct tty *constty;	      /* what /dev/console is */

/* --- kern/tty_tty.c, kern/tty_pty.c, dev/console/cons_tty.c --- */
void ttytty_init(void);
void pty_init(void);
#define NPTY 16 /* pairs with BSD's names; as many of /dev/ptmx */
void cnttyinit(void);

#endif
