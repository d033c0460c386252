/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Pipes: bytes go in at one end and come out at the other, in order.
 *
 * pipe(2) makes two files of one; a FIFO hangs one on its vnode while
 * somebody has it open (vfs_fifo.c).  All of it is under mp_token.
 */
#ifndef _SYS_PIPE_H_
#define _SYS_PIPE_H_

#include <sys/event.h>
#include <sys/time.h>

struct file;
struct knote;
struct stat;
struct uio;

#define PIPE_SIZE   16384 /* bytes of a buffer */
#define PIPE_SMALL  4096  /* of one when much memory is in buffers already */
#define PIPE_ATOMIC 4096  /* a write up to this is not mixed with others */

/** A pipe: a ring of bytes that exists from the first write on. */
struct pipe {
	char *pi_buf;		  /**< bytes, or NULL */
	u_int pi_size;		  /**< of the buffer */
	u_int pi_head;		  /**< where the next byte to read is */
	u_int pi_count;		  /**< bytes in it */
	u_int pi_readers;	  /**< open ends */
	u_int pi_writers;	  /**< open ends */
	u_int pi_flags;		  /**< PIPE_* */
	u_int pi_need;		  /**< room that the sleeping writer wants */
	u_int pi_rgen;		  /**< times a reader has come: FIFOs */
	u_int pi_wgen;		  /**< times a writer has come: FIFOs */
	struct klist pi_rkq;	  /**< who watches for bytes */
	struct klist pi_wkq;	  /**< who watches for room */
	struct file *pi_rfile;	  /**< end of pipe(2), for SIGIO, or NULL */
	struct file *pi_wfile;	  /**< end of pipe(2), for SIGIO, or NULL */
	struct timespec pi_atime; /**< last read */
	struct timespec pi_mtime; /**< last write */
	struct timespec pi_ctime; /**< when it was made */
	ino_t pi_ino;		  /**< for stat */
};

/** @name pi_flags */
/** @{ */
#define PIPE_WANTR 0x01 /* a reader sleeps on pi_readers */
#define PIPE_WANTW 0x02 /* a writer sleeps on pi_writers */
#define PIPE_WLOCK 0x04 /* a writer has the pipe for a whole write */
#define PIPE_WWAIT 0x08 /* a writer sleeps on pi_flags for that */
#define PIPE_RLOCK 0x10 /* a reader moves bytes out */
/** @} */

/* --- kern/sys_pipe.c --- */
struct pipe *pipe_alloc(void);
void pipe_free(struct pipe *pi); /* no ends are open */
void pipe_open_end(struct pipe *pi, bool write);
void pipe_close_end(struct pipe *pi, bool write);
int pipe_wait_end(struct pipe *pi, bool write); /* open(2) of a FIFO */
int pipe_do_read(struct pipe *pi, struct uio *uio, bool nonblock);
int pipe_do_write(struct pipe *pi, struct uio *uio, bool nonblock);
int pipe_do_kqfilter(struct pipe *pi, struct knote *kn);
int pipe_do_ioctl(struct pipe *pi, u_long com, caddr_t data);

#endif
