/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Values of the kernel by name, and what is made of them.
 */
#include <sys/sysctl.h>
#include <sys/utsname.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/**
 * The numbers of a name: {0, 3} of the tree itself says them.
 * @param name	such as "hw.ncpu"
 * @param mibp	gets them
 * @param sizep	room there, in numbers; set to how many there are
 * @return	0; -1 with ENOENT, ENOMEM
 */
int
sysctlnametomib(const char *name, int *mibp, size_t *sizep)
{
	static const int translate[2] = { CTL_SYSCTL, 3 };
	size_t bytes = *sizep * sizeof(int);

	if (sysctl(translate, 2, mibp, &bytes, name, strlen(name)) != 0)
		return (-1);
	*sizep = bytes / sizeof(int);
	return (0);
}

/**
 * Reads and sets a value by its name.
 * @param name	such as "hw.ncpu"
 * @param oldp	gets the value; or NULL
 * @param oldlenp	bytes there, set to those of the value; or NULL
 * @param newp	new value; or NULL
 * @param newlen	its bytes
 * @return	0; -1 with ENOENT, or sysctl(3)'s errors
 */
int
sysctlbyname(const char *name, void *oldp, size_t *oldlenp, const void *newp,
    size_t newlen)
{
	int mib[CTL_MAXNAME];
	size_t n = CTL_MAXNAME;

	if (sysctlnametomib(name, mib, &n) != 0)
		return (-1);
	return (sysctl(mib, (unsigned)n, oldp, oldlenp, newp, newlen));
}

/**
 * Bytes of a page.
 * @return	4096
 */
int
getpagesize(void)
{
	return (4096);
}

static long
number(const char *name)
{
	int n = 0;
	size_t size = sizeof(n);

	return (sysctlbyname(name, &n, &size, NULL, 0) == 0 ? n : -1);
}

/**
 * A value of the system.
 * @param name	_SC_*
 * @return	it; -1 with EINVAL for a name that is none
 */
long
sysconf(int name)
{
	switch (name) {
	case _SC_ARG_MAX:
		return (number("kern.argmax"));
	case _SC_CHILD_MAX:
		return (number("kern.maxproc"));
	case _SC_CLK_TCK:
		return (100);
	case _SC_NGROUPS_MAX:
		return (16);
	case _SC_OPEN_MAX:
		return (getdtablesize());
	case _SC_PAGESIZE:
		return (getpagesize());
	case _SC_NPROCESSORS_CONF:
	case _SC_NPROCESSORS_ONLN:
		return (number("hw.ncpu"));
	case _SC_PHYS_PAGES: {
		u_long bytes = 0;
		size_t size = sizeof(bytes);

		if (sysctlbyname("hw.physmem", &bytes, &size, NULL, 0) != 0)
			return (-1);
		return ((long)(bytes / 4096));
	}
	default:
		errno = EINVAL;
		return (-1);
	}
}

/**
 * Reads the name of this machine.
 * @param name	gets it, with its NUL
 * @param size	bytes there
 * @return	0; -1 with ENOMEM: it does not fit
 */
int
gethostname(char *name, size_t size)
{
	return (sysctlbyname("kern.hostname", name, &size, NULL, 0));
}

/**
 * Sets the name of this machine.
 * @param name	the name
 * @param size	its characters, without a NUL
 * @return	0; -1 with EPERM, EINVAL
 */
int
sethostname(const char *name, int size)
{
	return (sysctlbyname("kern.hostname", NULL, NULL, name, (size_t)size));
}

static int
word(const char *name, char *to)
{
	size_t size = SYS_NMLN - 1;

	memset(to, 0, SYS_NMLN);
	if (sysctlbyname(name, to, &size, NULL, 0) == 0 || errno == ENOMEM)
		return (0); /* what there is no room for is cut off */
	return (-1);
}

/**
 * Names of system and machine.
 * @param name	filled in; what does not fit is cut off
 * @return	0; -1 with sysctl(3)'s errors
 */
int
uname(struct utsname *name)
{
	if (word("kern.ostype", name->sysname) != 0 ||
	    word("kern.hostname", name->nodename) != 0 ||
	    word("kern.osrelease", name->release) != 0 ||
	    word("kern.version", name->version) != 0 ||
	    word("hw.machine", name->machine) != 0)
		return (-1);
	name->version[strcspn(name->version, "\n")] = '\0';
	return (0);
}
