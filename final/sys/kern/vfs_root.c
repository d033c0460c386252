/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Finding the root file system: the one that the kernel environment names, or
 * the one that somebody at the console names when that cannot be had.
 */
#include <sys/conf.h>
#include <sys/errno.h>
#include <sys/mount.h>
#include <sys/proc.h>
#include <sys/reboot.h>
#include <sys/systm.h>
#include <sys/tty.h>
#include <sys/uio.h>
#include <sys/vnode.h>
#include <machine/globaldata.h>

#define LINE_MAX	 128
/* Nobody may be there to answer: then the run has to end by itself. */
#define ANSWER_SECONDS	 60
#define POLLS_PER_SECOND 10

/* Why a root cannot be mounted, for somebody who may mend it. */
static const struct {
	int error;
	const char *why;
} reasons[] = {
	{ ENODEV, "there is no such kind of file system" },
	{ ENXIO, "there is no such device" },
	{ ENOENT, "there is no such device" },
	{ EINVAL, "the device does not have a file system of that kind" },
	{ EIO, "the device cannot be read" },
	{ EFTYPE, "the file system is damaged" },
	{ ENOTBLK, "the device is not a disk" },
	{ EBUSY, "the device is in use" },
};

static void
explain(const char *spec, int error)
{
	for (u_int i = 0; i < nitems(reasons); i++) {
		if (reasons[i].error != error)
			continue;
		kprintf("Root %s cannot be mounted: %s (error %d).\n", spec,
		    reasons[i].why, error);
		return;
	}
	kprintf("Root %s cannot be mounted: error %d.\n", spec, error);
}

/* Parts "ufs:md0s0a" and mounts it. */
static int
try_root(const char *spec)
{
	char type[MFSNAMELEN];
	const char *colon = strchr(spec, ':');
	int error;

	kprintf("Mounting root from %s\n", spec);
	if (colon == NULL || (size_t)(colon - spec) >= sizeof(type) ||
	    colon[1] == '\0') {
		kprintf("A root is given as kind:device, such as "
			"ufs:md0s0a.\n");
		return (EDOM);
	}
	strlcpy(type, spec, colon - spec + 1);
	error = vfs_domount(type, colon + 1, "/", 0, NULL, proc0.p_ucred);
	if (error == EROFS) {
		kprintf("%s cannot be written: it is read-only\n", colon + 1);
		error = vfs_domount(
		    type, colon + 1, "/", MNT_RDONLY, NULL, proc0.p_ucred);
	}
	if (error != 0)
		explain(spec, error);
	return (error);
}

static void
list_devices(void)
{
	const struct cdev *dev;
	u_int n = 0;

	LIST_FOREACH(dev, &alldevs, si_list)
	{
		if ((dev->si_ops->d_flags & D_DISK) == 0)
			continue;
		kprintf("  %s (%lu KB)\n", dev->si_name,
		    (u_long)dev->si_mediasize / 1024);
		n++;
	}
	if (n == 0)
		kprintf("  There are no disks.\n");
}

/* One look whether a line has been typed; n: its bytes. */
static int
poll_line(char *line, size_t *n)
{
	struct iovec iov = { line, LINE_MAX - 1 };
	struct uio uio = {
		.uio_iov = &iov,
		.uio_iovcnt = 1,
		.uio_resid = LINE_MAX - 1,
		.uio_segflg = UIO_SYSSPACE,
		.uio_rw = UIO_READ,
	};
	int error;

	error = ttyread(constty, &uio, IO_NDELAY);
	*n = LINE_MAX - 1 - uio.uio_resid;
	return (error);
}

/* Reads a line from the console; false: nobody is there. */
static bool
read_line(char *line)
{
	u_int polls = ANSWER_SECONDS * POLLS_PER_SECOND;
	size_t n;
	int error;

	for (; polls > 0; polls--) {
		error = poll_line(line, &n);
		if (error == 0) {
			while (n > 0 && line[n - 1] <= ' ')
				n--;
			line[n] = '\0';
			return (true);
		}
		if (error != EWOULDBLOCK)
			return (false);
		tsleep(line, 0, "askroot", hz / POLLS_PER_SECOND);
	}
	kprintf("\nNo answer in %d seconds.\n", ANSWER_SECONDS);
	return (false);
}

/* Asks until there is a root, or whoever is asked gives up. */
static int
ask_root(void)
{
	char line[LINE_MAX];
	int error = ENODEV;

	if (constty == NULL || ttyopen(constty, FREAD | FWRITE) != 0)
		return (error);
	kprintf("Another root as kind:device, ? for a list of devices, an "
		"empty line to give up.\n");
	while (error != 0) {
		kprintf("mountroot> ");
		if (!read_line(line) || line[0] == '\0')
			break;
		if (strcmp(line, "?") == 0)
			list_devices();
		else
			error = try_root(line);
	}
	ttyclose(constty);
	return (error);
}

/**
 * Mounts the root file system, and asks for another if that cannot be.
 * Sleeps.
 * @param spec	"ufs:md0s0a"
 * @return	0, or an errno: there is no root
 */
int
vfs_mountroot(const char *spec)
{
	int error;

	error = (boothowto & RB_ASKNAME) != 0 ? EDOM : try_root(spec);
	if (error != 0)
		error = ask_root();
	if (error == 0)
		vfs_start_syncer();
	return (error);
}
