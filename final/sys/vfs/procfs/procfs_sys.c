/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * procfs: the files of the system.
 */
#include "procfs.h"
#include <sys/errno.h>
#include <sys/mount.h>
#include <sys/proc.h>
#include <sys/sysctl.h>
#include <sys/systm.h>
#include <machine/globaldata.h>
#include <vm/vm_object.h>

#define KB_PER_PAGE (PAGE_SIZE / 1024)

static int
text_self(struct pfs_text *pt, struct proc *p __unused)
{
	if (curproc == NULL || curproc->p_pid == 0)
		return (ENOENT);
	pfs_printf(pt, "%d", curproc->p_pid);
	return (0);
}

static int
text_meminfo(struct pfs_text *pt, struct proc *p __unused)
{
	u_long free = vm_page_free_count() * KB_PER_PAGE;
	u_long cached = vm_pages_object * KB_PER_PAGE;

	pfs_printf(pt, "MemTotal:       %8lu kB\n",
	    (u_long)vm_page_total_count() * KB_PER_PAGE);
	pfs_printf(pt, "MemFree:        %8lu kB\n", free);
	pfs_printf(pt, "MemAvailable:   %8lu kB\n", free + cached);
	pfs_printf(pt, "Buffers:        %8lu kB\n", 0UL);
	pfs_printf(pt, "Cached:         %8lu kB\n", cached);
	pfs_printf(pt, "SwapTotal:      %8lu kB\n", 0UL);
	pfs_printf(pt, "SwapFree:       %8lu kB\n", 0UL);
	pfs_printf(pt, "Shmem:          %8lu kB\n", 0UL);
	pfs_printf(pt, "SReclaimable:   %8lu kB\n", 0UL);
	return (0);
}

static u_long
to_ticks(const struct timeval *tv)
{
	return ((u_long)tv->tv_sec * hz + (u_long)tv->tv_usec * hz / 1000000);
}

/* What processes have used, with children that were waited for. */
static void
add_used(const struct proclist *list, u_long *user, u_long *sys)
{
	struct rusage ru;
	struct proc *p;

	LIST_FOREACH(p, list, p_list)
	{
		calcru_proc(p, &ru);
		*user += to_ticks(&ru.ru_utime) + to_ticks(&p->p_cru.ru_utime);
		*sys += to_ticks(&ru.ru_stime) + to_ticks(&p->p_cru.ru_stime);
	}
}

/* Ticks of all processors since the start; what nobody used was idle. */
static void
cpu_ticks(u_long *user, u_long *sys, u_long *idle)
{
	u_long all = nsuptime() / (1000000000 / hz) * ncpus;

	*user = *sys = 0;
	add_used(&allproc, user, sys);
	add_used(&zombproc, user, sys);
	*idle = all > *user + *sys ? all - *user - *sys : 0;
}

static u_int
running(void)
{
	u_int n = 0;

	for (u_int i = 0; i < ncpus; i++)
		n += lwkt_load(globaldata_find(i));
	return (n);
}

static int
text_stat(struct pfs_text *pt, struct proc *p __unused)
{
	u_long user, sys, idle, switches = 0, intrs = 0;
	struct timespec now, up;

	cpu_ticks(&user, &sys, &idle);
	for (u_int i = 0; i < ncpus; i++) {
		switches += globaldata_find(i)->gd_cnt_switch;
		intrs += globaldata_find(i)->gd_cnt_intr;
	}
	pfs_printf(pt, "cpu  %lu 0 %lu %lu 0 0 0 0 0 0\n", user, sys, idle);
	for (u_int i = 0; i < ncpus; i++)
		pfs_printf(pt, "cpu%u %lu 0 %lu %lu 0 0 0 0 0 0\n", i,
		    user / ncpus, sys / ncpus, idle / ncpus);
	nanotime(&now);
	nanouptime(&up);
	pfs_printf(pt, "intr %lu\nctxt %lu\nbtime %ld\nprocesses %u\n", intrs,
	    switches, now.tv_sec - up.tv_sec, nprocs);
	pfs_printf(pt, "procs_running %u\nprocs_blocked 0\n", running());
	return (0);
}

static int
text_uptime(struct pfs_text *pt, struct proc *p __unused)
{
	u_long up = nsuptime() / 10000000, user, sys, idle;

	cpu_ticks(&user, &sys, &idle);
	idle = idle * 100 / hz;
	pfs_printf(pt, "%lu.%02lu %lu.%02lu\n", up / 100, up % 100, idle / 100,
	    idle % 100);
	return (0);
}

static int
text_loadavg(struct pfs_text *pt, struct proc *p __unused)
{
	const struct proc *q;
	pid_t last = 0;
	u_long load[3];
	u_int all = 0;

	LIST_FOREACH(q, &allproc, p_list)
	{
		all += q->p_nthreads;
		last = MAX(last, q->p_pid);
	}
	pfs_load(load);
	for (u_int i = 0; i < 3; i++)
		pfs_printf(pt, "%lu.%02lu ", load[i] / 100, load[i] % 100);
	pfs_printf(pt, "%u/%u %d\n", running(), all, last);
	return (0);
}

/* Linux's name of a kind. */
static const char *
linux_name(const struct vfsops *ops)
{
	return (strcmp(ops->vfs_name, "procfs") == 0 ? "proc" : ops->vfs_name);
}

static bool
has_device(const struct vfsops *ops)
{
	return (ops != &devfs_vfsops && ops != &procfs_vfsops &&
	    ops != &tmpfs_vfsops);
}

static int
text_mounts(struct pfs_text *pt, struct proc *p __unused)
{
	const struct mount *mp;

	TAILQ_FOREACH(mp, &mountlist, mnt_list)
	pfs_printf(pt, "%s%s %s %s %s%s%s 0 0\n",
	    has_device(mp->mnt_op) && mp->mnt_from[0] != '/' ? "/dev/" : "",
	    mp->mnt_from, mp->mnt_on, linux_name(mp->mnt_op),
	    (mp->mnt_flag & MNT_RDONLY) != 0 ? "ro" : "rw",
	    (mp->mnt_flag & MNT_NOSUID) != 0 ? ",nosuid" : "",
	    (mp->mnt_flag & MNT_NOEXEC) != 0 ? ",noexec" : "");
	return (0);
}

static int
text_filesystems(struct pfs_text *pt, struct proc *p __unused)
{
	for (u_int i = 0; vfsconf[i] != NULL; i++)
		pfs_printf(pt, "%s\t%s\n",
		    has_device(vfsconf[i]) ? "" : "nodev",
		    linux_name(vfsconf[i]));
	return (0);
}

static int
text_cpuinfo(struct pfs_text *pt, struct proc *p __unused)
{
	char model[128];
	size_t len = sizeof(model) - 1;

	if (kernel_sysctlbyname("hw.model", model, &len, NULL, 0) != 0)
		len = 0;
	model[len] = '\0';
	for (u_int i = 0; i < ncpus; i++)
		pfs_printf(
		    pt, "processor\t: %u\nmodel name\t: %s\n\n", i, model);
	return (0);
}

static int
text_version(struct pfs_text *pt, struct proc *p __unused)
{
	pfs_printf(pt, "%s version %s %s\n", ostype, osrelease, version);
	return (0);
}

/** Files of the system. */
const struct pfs_file pfs_sys_files[] = {
	{ "self", PFS_LINK, text_self },
	{ "meminfo", 0, text_meminfo },
	{ "stat", 0, text_stat },
	{ "uptime", 0, text_uptime },
	{ "loadavg", 0, text_loadavg },
	{ "mounts", 0, text_mounts },
	{ "filesystems", 0, text_filesystems },
	{ "cpuinfo", 0, text_cpuinfo },
	{ "version", 0, text_version },
};
/** How many there are. */
const u_int pfs_nsys_files = nitems(pfs_sys_files);
