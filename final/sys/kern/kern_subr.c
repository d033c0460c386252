/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Moving bytes between the kernel and wherever a uio says.
 */
#include <sys/errno.h>
#include <sys/systm.h>
#include <sys/uio.h>

/* n bytes, all within the first piece. */
static int
move_piece(void *p, size_t n, const struct uio *uio)
{
	void *base = uio->uio_iov->iov_base;

	if (uio->uio_segflg == UIO_USERSPACE) {
		if (uio->uio_rw == UIO_READ)
			return (copyout(p, base, n));
		return (copyin(base, p, n));
	}
	if (uio->uio_rw == UIO_READ)
		memcpy(base, p, n);
	else
		memcpy(p, base, n);
	return (0);
}

static int
zero_piece(size_t n, const struct uio *uio)
{
	void *base = uio->uio_iov->iov_base;

	if (uio->uio_segflg == UIO_USERSPACE)
		return (uzero(base, n));
	bzero(base, n);
	return (0);
}

/* n bytes of the first piece are done. */
static void
advance(struct uio *uio, size_t n)
{
	struct iovec *iov = uio->uio_iov;

	iov->iov_base = (char *)iov->iov_base + n;
	iov->iov_len -= n;
	uio->uio_resid -= n;
	uio->uio_offset += n;
}

/* Bytes of the first piece that is not empty, at most n. */
static size_t
next_piece(struct uio *uio, size_t n)
{
	while (uio->uio_iov->iov_len == 0) {
		KASSERT(uio->uio_iovcnt > 1, ("uiomove: pieces too short"));
		uio->uio_iov++;
		uio->uio_iovcnt--;
	}
	return (MIN(n, uio->uio_iov->iov_len));
}

/**
 * Moves bytes in the direction of the uio, and moves the uio on.  May sleep in
 * a fault when the uio is of user memory.
 * @param p	the kernel's side
 * @param n	bytes; no more than uio_resid are moved
 * @param uio	the other side
 * @return	0 or EFAULT; the uio then tells how far it got, in pieces
 */
int
uiomove(void *p, size_t n, struct uio *uio)
{
	char *at = p;
	size_t part;
	int error;

	n = MIN(n, uio->uio_resid);
	for (; n > 0; n -= part) {
		part = next_piece(uio, n);
		error = move_piece(at, part, uio);
		if (error != 0)
			return (error);
		advance(uio, part);
		at += part;
	}
	return (0);
}

/**
 * Reads zeros: as uiomove() from a buffer of them.
 * @param n	bytes; no more than uio_resid are cleared
 * @param uio	UIO_READ
 * @return	0 or EFAULT
 */
int
uiomove_zero(size_t n, struct uio *uio)
{
	size_t part;
	int error;

	n = MIN(n, uio->uio_resid);
	for (; n > 0; n -= part) {
		part = next_piece(uio, n);
		error = zero_piece(part, uio);
		if (error != 0)
			return (error);
		advance(uio, part);
	}
	return (0);
}
