/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Devices that are nothing but memory, or not even that: null, zero, full,
 * random and urandom.
 */
#include <sys/conf.h>
#include <sys/errno.h>
#include <sys/proc.h>
#include <sys/systm.h>
#include <sys/uio.h>
#include <vm/vm_object.h>

#define RANDOM_CHUNK 256 /* bytes on the stack */

static int
null_read(
    struct cdev *dev __unused, struct uio *uio __unused, int ioflag __unused)
{
	return (0);
}

/* Everything is taken, nothing is kept. */
static int
null_write(struct cdev *dev __unused, struct uio *uio, int ioflag __unused)
{
	uio->uio_offset += uio->uio_resid;
	uio->uio_resid = 0;
	return (0);
}

static int
zero_read(struct cdev *dev __unused, struct uio *uio, int ioflag __unused)
{
	int error = 0;

	while (uio->uio_resid != 0 && error == 0) {
		error = uiomove_zero(MIN(uio->uio_resid, UIO_TURN), uio);
		if (error == 0 && lwkt_user_yield())
			error = EINTR;
	}
	return (error);
}

/* Memory of its own for each mapping, as MAP_ANON has. */
static int
zero_mmap(struct cdev *dev __unused, off_t off, size_t len, int prot __unused,
    struct vm_object **objp)
{
	if (off < 0 || len > (size_t)0x7fffffffffffffffL - off)
		return (EINVAL);
	*objp = vm_object_allocate(
	    OBJT_ANON, atop(round_page(off + len)), "zero");
	return (0);
}

static int
full_write(struct cdev *dev __unused, struct uio *uio, int ioflag __unused)
{
	return (uio->uio_resid == 0 ? 0 : ENOSPC);
}

static int
random_read(struct cdev *dev __unused, struct uio *uio, int ioflag __unused)
{
	char buf[RANDOM_CHUNK];
	size_t n, left;
	int error = 0;

	while (uio->uio_resid != 0 && error == 0) {
		left = uio->uio_resid;
		n = MIN(left, sizeof(buf));
		read_random(buf, n);
		error = uiomove(buf, n, uio);
		if (error == 0 && uio_turn(uio, left) && lwkt_user_yield())
			error = EINTR;
	}
	return (error);
}

static const struct dev_ops null_ops = {
	.d_name = "null",
	.d_read = null_read,
	.d_write = null_write,
};
static const struct dev_ops zero_ops = {
	.d_name = "zero",
	.d_read = zero_read,
	.d_write = null_write,
	.d_mmap = zero_mmap,
};
static const struct dev_ops full_ops = {
	.d_name = "full",
	.d_read = zero_read,
	.d_write = full_write,
};
static const struct dev_ops random_ops = {
	.d_name = "random",
	.d_read = random_read,
	.d_write = null_write,
};

/** Makes the devices; called once by dev_init(). */
void
mem_init(void)
{
	make_dev(&null_ops, 0, 0, 0, 0666, "null");
	make_dev(&zero_ops, 0, 0, 0, 0666, "zero");
	make_dev(&full_ops, 0, 0, 0, 0666, "full");
	make_dev(&random_ops, 0, 0, 0, 0666, "random");
	make_dev(&random_ops, 1, 0, 0, 0666, "urandom");
}
