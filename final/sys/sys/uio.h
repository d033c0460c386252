/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * A transfer: where bytes come from or go to, in the kernel or in the current
 * process.
 */
#ifndef _SYS_UIO_H_
#define _SYS_UIO_H_

#include <sys/types.h>

/** One piece of memory. */
struct iovec {
	void *iov_base; /**< first byte */
	size_t iov_len; /**< bytes */
};

/** Most pieces of readv(2). */
#define UIO_MAXIOV 1024

#ifdef _KERNEL
/** Direction of a transfer. */
enum uio_rw { UIO_READ, UIO_WRITE };
/** Whose memory it is about. */
enum uio_seg { UIO_USERSPACE, UIO_SYSSPACE };

/** A transfer under way. */
struct uio {
	struct iovec *uio_iov;	 /**< the pieces; consumed */
	int uio_iovcnt;		 /**< how many */
	off_t uio_offset;	 /**< position in the file */
	size_t uio_resid;	 /**< bytes that remain */
	enum uio_seg uio_segflg; /**< whose addresses */
	enum uio_rw uio_rw;	 /**< UIO_READ: to the pieces */
};

#define UIO_SMALL 8 /* pieces that need no memory */
/** Bytes that a call moves before others may run. */
#define UIO_TURN  (1UL << 20)

/**
 * Tells a loop of transfers when to call lwkt_user_yield().
 * @param uio		as it is now
 * @param before	its uio_resid the last time
 * @return		whether another UIO_TURN bytes are done
 */
static inline bool
uio_turn(const struct uio *uio, size_t before)
{
	return (uio->uio_resid / UIO_TURN != before / UIO_TURN);
}

/* --- kern/sys_generic.c --- */
int iovec_copyin(const struct iovec *uiov, u_int n, struct iovec *small,
    struct iovec **iovp, size_t *resid);
void iovec_free(struct iovec *iov, const struct iovec *small);

/* --- kern/kern_subr.c --- */
int uiomove(void *p, size_t n, struct uio *uio);
int uiomove_zero(size_t n, struct uio *uio);
#endif

#ifdef __USERLAND
ssize_t readv(int fd, const struct iovec *iov, int n);
ssize_t writev(int fd, const struct iovec *iov, int n);
ssize_t preadv(int fd, const struct iovec *iov, int n, off_t offset);
ssize_t pwritev(int fd, const struct iovec *iov, int n, off_t offset);
#endif

#endif
