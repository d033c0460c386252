/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * The list of devices.
 *
 * A driver gets a major number when it makes its first device.  A device that
 * is destroyed is not found any more; its structure goes when it is not open.
 * All under mp_token.
 */
#include <sys/conf.h>
#include <sys/errno.h>
#include <sys/malloc.h>
#include <sys/systm.h>
#include <sys/thread.h>
#include <sys/tty.h>
#include <sys/vnode.h>
#include <machine/cpu.h>
#include <machine/globaldata.h>

#define MAX_DRIVERS 64
#define FIRST_INODE 1024 /* lower numbers are devfs's own */

static MALLOC_DEFINE(M_DEVICE, "devices");

/** All devices, oldest first. */
struct cdevlist alldevs = LIST_HEAD_INITIALIZER(alldevs);

/* Drivers by major number. */
static const struct dev_ops *drivers[MAX_DRIVERS];
/* Of the last device. */
static ino_t last_inode = FIRST_INODE;

static u_int
driver_major(const struct dev_ops *ops)
{
	u_int i;

	for (i = 1; i < MAX_DRIVERS; i++) {
		if (drivers[i] == NULL)
			drivers[i] = ops;
		if (drivers[i] == ops)
			return (i);
	}
	panic("make_dev: too many drivers");
}

/* A number of its own, also when the minor number does not fit. */
static dev_t
unique_number(const struct dev_ops *ops, int minor)
{
	u_int maj = driver_major(ops);
	dev_t dev = makedev(maj, minor);

	while (dev_find_num(dev) != NULL)
		dev = makedev(maj += MAX_DRIVERS, minor);
	return (dev);
}

/* At the end: devfs tells them in this order. */
static void
append(struct cdev *dev)
{
	struct cdev *last;

	if (LIST_EMPTY(&alldevs)) {
		LIST_INSERT_HEAD(&alldevs, dev, si_list);
		return;
	}
	LIST_FOREACH(last, &alldevs, si_list)
	if (LIST_NEXT(last, si_list) == NULL)
		break;
	LIST_INSERT_AFTER(last, dev, si_list);
}

/**
 * Makes a device, which appears in /dev.
 * @param ops	its driver
 * @param minor	the driver's number of it
 * @param uid	owner
 * @param gid	group
 * @param perms	rights
 * @param fmt	name as for kprintf(), with a slash for a folder
 * @return	the device
 */
struct cdev *
make_dev(const struct dev_ops *ops, int minor, uid_t uid, gid_t gid,
    mode_t perms, const char *fmt, ...)
{
	struct cdev *dev;
	va_list ap;

	dev = kmalloc(sizeof(*dev), M_DEVICE, M_WAITOK | M_ZERO);
	va_start(ap, fmt);
	kvsnprintf(dev->si_name, sizeof(dev->si_name), fmt, ap);
	va_end(ap);
	KASSERT(dev_find(dev->si_name) == NULL,
	    ("make_dev: there is a device %s", dev->si_name));
	dev->si_ops = ops;
	dev->si_dev = unique_number(ops, minor);
	dev->si_uid = uid;
	dev->si_gid = gid;
	dev->si_perms = perms & ALLPERMS;
	dev->si_block = (ops->d_flags & D_DISK) != 0;
	dev->si_inode = ++last_inode;
	append(dev);
	return (dev);
}

/* What a destroyed device does: nothing. */
static const struct dev_ops dead_ops = { .d_name = "dead" };

/**
 * Takes a device away.  Who has it open gets errors; nothing of the driver is
 * called any more, save what is under way.
 * @param dev	the device; not to be used by the caller after this
 */
void
destroy_dev(struct cdev *dev)
{
	ASSERT_MP_TOKEN();
	LIST_REMOVE(dev, si_list);
	dev->si_dead = true;
	dev->si_ops = &dead_ops;
	dev->si_drv1 = NULL;
	dev->si_tty = NULL;
	spec_dev_gone(dev);
	dev->si_opens++;
	dev_drop(dev);
}

/**
 * A device is open once less.  The last one of a destroyed device frees it.
 * @param dev	the device
 */
void
dev_drop(struct cdev *dev)
{
	if (--dev->si_opens == 0 && dev->si_dead)
		kfree(dev, M_DEVICE);
}

/**
 * Finds a device by name.
 * @param name	without "/dev/"
 * @return	the device, or NULL
 */
struct cdev *
dev_find(const char *name)
{
	struct cdev *dev;

	LIST_FOREACH(dev, &alldevs, si_list)
	if (strcmp(dev->si_name, name) == 0)
		return (dev);
	return (NULL);
}

/**
 * Finds a device by number.
 * @param num	st_rdev
 * @return	the device, or NULL
 */
struct cdev *
dev_find_num(dev_t num)
{
	struct cdev *dev;

	LIST_FOREACH(dev, &alldevs, si_list)
	if (dev->si_dev == num)
		return (dev);
	return (NULL);
}

/** Makes the devices of every driver; called once. */
void
dev_init(void)
{
	ASSERT_MP_TOKEN();
	mem_init();
	cnttyinit();
	ttytty_init();
	pty_init();
	machdep_disks();
}
