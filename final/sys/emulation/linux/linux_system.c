/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Linux's calls about the machine as a whole: its name, its memory, mounting,
 * the end; and what there is not: sockets and the log of the kernel.
 */
#include <sys/errno.h>
#include <sys/file.h>
#include <sys/linux_sysproto.h>
#include <sys/malloc.h>
#include <sys/mount.h>
#include <sys/namei.h>
#include <sys/proc.h>
#include <sys/reboot.h>
#include <sys/sysctl.h>
#include <sys/sysproto.h>
#include <sys/systm.h>
#include <sys/time.h>
#include <machine/globaldata.h>
#include <vm/vm_page.h>
#include "linux_conv.h"

#define LINUX_HOSTNAME_MAX 64

/** uname(2). */
int
sys_linux_uname(
    struct sysmsg *sysmsg __unused, const struct linux_uname_args *uap)
{
	struct linux_utsname name;

	bzero(&name, sizeof(name));
	strlcpy(name.sysname, "Linux", sizeof(name.sysname));
	strlcpy(name.nodename, hostname, sizeof(name.nodename));
	strlcpy(name.release, elf64_linux_sysvec.sv_osrelease,
	    sizeof(name.release));
	strlcpy(name.version, version, sizeof(name.version));
	strlcpy(name.machine, "x86_64", sizeof(name.machine));
	strlcpy(name.domainname, "(none)", sizeof(name.domainname));
	return (copyout(&name, uap->name, sizeof(name)));
}

/** sethostname(2). */
int
sys_linux_sethostname(
    struct sysmsg *sysmsg __unused, const struct linux_sethostname_args *uap)
{
	char name[LINUX_HOSTNAME_MAX + 1] = { 0 };
	int error;

	error = suser(curproc->p_ucred);
	if (error == 0 && uap->len > LINUX_HOSTNAME_MAX)
		error = EINVAL;
	if (error == 0)
		error = copyin(uap->name, name, uap->len);
	if (error == 0)
		strlcpy(hostname, name, sizeof(hostname));
	return (error);
}

/** sysinfo(2). */
int
sys_linux_sysinfo(
    struct sysmsg *sysmsg __unused, const struct linux_sysinfo_args *uap)
{
	struct linux_sysinfo info;
	struct timespec ts;

	nanouptime(&ts);
	bzero(&info, sizeof(info));
	info.uptime = ts.tv_sec;
	info.totalram = ptoa(vm_page_total_count());
	info.freeram = ptoa(vm_page_free_count());
	info.procs = nprocs;
	info.mem_unit = 1;
	return (copyout(&info, uap->info, sizeof(info)));
}

/**
 * syslog(2).
 * klogctl: the log is on the console, none of it is kept.
 */
int
sys_linux_syslog(
    struct sysmsg *sysmsg __unused, const struct linux_syslog_args *uap)
{
	return (uap->type < 0 || uap->type > 10 ? EINVAL : 0);
}

/** reboot(2). */
int
sys_linux_reboot(
    struct sysmsg *sysmsg __unused, const struct linux_reboot_args *uap)
{
	int error;

	error = suser(curproc->p_ucred);
	if (error != 0)
		return (error);
	if (uap->magic1 != LINUX_RB_MAGIC1 ||
	    (uap->magic2 != LINUX_RB_MAGIC2 &&
		uap->magic2 != LINUX_RB_MAGIC2A &&
		uap->magic2 != LINUX_RB_MAGIC2B &&
		uap->magic2 != LINUX_RB_MAGIC2C))
		return (EINVAL);
	switch (uap->cmd) {
	case LINUX_RB_CAD_ON:
	case LINUX_RB_CAD_OFF:
		return (0);
	case LINUX_RB_RESTART:
		boot(RB_AUTOBOOT);
	case LINUX_RB_HALT:
		boot(RB_HALT);
	case LINUX_RB_POWER_OFF:
		boot(RB_POWEROFF);
	default:
		return (EINVAL);
	}
}

/* --- mounting --- */

/* Linux's names of kinds that we call otherwise. */
static const struct {
	const char *lname, *name;
} kinds[] = {
	{ "proc", "procfs" },
	{ "devtmpfs", "devfs" },
};

static const char *
kind_of(const char *lname)
{
	for (u_int i = 0; i < nitems(kinds); i++)
		if (strcmp(kinds[i].lname, lname) == 0)
			return (kinds[i].name);
	return (lname);
}

/** The strings of mount(2), one after the other in one piece of memory. */
struct mount_strings {
	char from[MAXPATHLEN]; /* device */
	char on[MAXPATHLEN];   /* directory */
	char type[MFSNAMELEN]; /* kind, Linux's name */
	char text[MAXPATHLEN]; /* options of the kind */
};

static int
mount_copyin(const struct linux_mount_args *uap, struct mount_strings *ms)
{
	size_t done;
	int error = 0;

	if (uap->from != NULL)
		error = copyinstr(uap->from, ms->from, MAXPATHLEN, &done);
	if (error == 0)
		error = copyinstr(uap->path, ms->on, MAXPATHLEN, &done);
	if (error == 0 && uap->data != NULL) {
		error = copyinstr(uap->data, ms->text, MAXPATHLEN, &done);
		if (error == ENAMETOOLONG)
			error = EINVAL;
	}
	if (error != 0)
		return (error);
	if (uap->type == NULL)
		return (0);
	error = copyinstr(uap->type, ms->type, MFSNAMELEN, &done);
	return (error == ENAMETOOLONG ? ENODEV : error);
}

/* Native flags of mount(2); what we have not is left out. */
static u_int
mount_flags(u_long lflags)
{
	u_int flags = 0;

	if ((lflags & LINUX_MS_RDONLY) != 0)
		flags |= MNT_RDONLY;
	if ((lflags & LINUX_MS_NOSUID) != 0)
		flags |= MNT_NOSUID;
	if ((lflags & LINUX_MS_NOEXEC) != 0)
		flags |= MNT_NOEXEC;
	if ((lflags & LINUX_MS_SYNCHRONOUS) != 0)
		flags |= MNT_SYNCHRONOUS;
	if ((lflags & LINUX_MS_REMOUNT) != 0)
		flags |= MNT_UPDATE;
	return (flags);
}

/** mount(2). */
int
sys_linux_mount(
    struct sysmsg *sysmsg __unused, const struct linux_mount_args *uap)
{
	struct ucred *cred = curproc->p_ucred;
	struct mount_options mo = { NULL, NULL };
	struct mount_strings *ms;
	const char *from;
	int error;

	error = suser(cred);
	if (error != 0)
		return (error);
	ms = kmalloc(sizeof(*ms), M_TEMP, M_WAITOK | M_ZERO);
	error = mount_copyin(uap, ms);
	from = strncmp(ms->from, "/dev/", 5) == 0 ? ms->from + 5 : ms->from;
	mo.mo_text = ms->text;
	if (error == 0)
		error = vfs_domount(kind_of(ms->type), from, ms->on,
		    mount_flags(uap->flags), &mo, cred);
	kfree(ms, M_TEMP);
	return (error);
}

/** umount2(2). */
int
sys_linux_umount2(struct sysmsg *sysmsg, const struct linux_umount2_args *uap)
{
	struct unmount_args a = { .path = uap->path,
		.flags = (uap->flags & LINUX_MNT_FORCE) != 0 ? MNT_FORCE : 0 };

	if ((uap->flags & ~LINUX_MNT_FORCE) != 0)
		return (EINVAL);
	return (sys_unmount(sysmsg, &a));
}

/* --- sockets --- */

/** socket(2). */
int
sys_linux_socket(struct sysmsg *sysmsg __unused,
    const struct linux_socket_args *uap __unused)
{
	return (EAFNOSUPPORT);
}

/** socketpair(2). */
int
sys_linux_socketpair(struct sysmsg *sysmsg __unused,
    const struct linux_socketpair_args *uap __unused)
{
	return (EAFNOSUPPORT);
}

/* Whatever the descriptor is, it is no socket. */
#define NO_SOCKET(name)                                                        \
	int sys_linux_##name(struct sysmsg *sysmsg __unused,                   \
	    const struct linux_##name##_args *uap)                             \
	{                                                                      \
		struct file *fp = holdfp(curproc->p_fd, uap->fd, -1);          \
                                                                               \
		if (fp == NULL)                                                \
			return (EBADF);                                        \
		fdrop(fp);                                                     \
		return (ENOTSOCK);                                             \
	}

NO_SOCKET(connect)
NO_SOCKET(accept)
NO_SOCKET(sendto)
NO_SOCKET(recvfrom)
NO_SOCKET(sendmsg)
NO_SOCKET(recvmsg)
NO_SOCKET(shutdown)
NO_SOCKET(bind)
NO_SOCKET(listen)
NO_SOCKET(getsockname)
NO_SOCKET(getpeername)
NO_SOCKET(setsockopt)
NO_SOCKET(getsockopt)
