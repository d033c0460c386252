/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * __sysctl(2): values of the kernel by name.
 *
 * A name is a list of numbers on the way in (DragonFly's top numbers are
 * fixed); sysctlbyname(3) asks {0, 3} to translate "kern.ostype".
 * Inside the kernel a value registers itself by a macro at file level.
 */
#ifndef _SYS_SYSCTL_H_
#define _SYS_SYSCTL_H_

#include <sys/types.h>

/* clang-format off */
/** @name Numbers of the first and second level */
/** @{ */
#define CTL_MAXNAME	12
#define CTL_SYSCTL	0	/* the tree itself: {0,3} name to number */
#define CTL_KERN	1
#define CTL_VM		2
#define CTL_VFS		3
#define CTL_NET		4
#define CTL_DEBUG	5
#define CTL_HW		6
#define CTL_MACHDEP	7
#define CTL_USER	8
#define CTL_P1003_1B	9
#define KERN_OSTYPE	1
#define KERN_OSRELEASE	2
#define KERN_OSREV	3
#define KERN_VERSION	4
#define KERN_MAXPROC	6
#define KERN_ARGMAX	8
#define KERN_HOSTNAME	10
#define KERN_CLOCKRATE	12
#define KERN_PROC	14
#define KERN_BOOTTIME	21
#define KERN_OSRELDATE	24
#define HW_MACHINE	1
#define HW_MODEL	2
#define HW_NCPU		3
#define HW_PHYSMEM	5
#define HW_PAGESIZE	7
#define KERN_PROC_ALL	0	/* kern.proc.N: all processes */
#define KERN_PROC_PID	1	/* kern.proc.N.pid: this one */
#define KERN_PROC_PGRP	2	/* members of a group */
#define KERN_PROC_SESSION 3	/* of a session */
#define KERN_PROC_UID	5	/* by effective user */
#define KERN_PROC_RUID	6	/* by real user */
#define KERN_PROC_ARGS	7	/* the arguments of a process, each with NUL */
#define CTLTYPE		0xf
#define CTLTYPE_NODE	1
#define CTLTYPE_INT	2
#define CTLTYPE_STRING	3
#define CTLTYPE_QUAD	4
#define CTLTYPE_OPAQUE	5
#define CTLTYPE_UINT	6
#define CTLTYPE_LONG	7
#define CTLTYPE_ULONG	8
#define CTLFLAG_RD	0x80000000
#define CTLFLAG_WR	0x40000000
#define CTLFLAG_RW	(CTLFLAG_RD | CTLFLAG_WR)
#define CTLFLAG_ANYBODY	0x10000000	/* anybody may set it */
/** @} */
/* clang-format on */

#ifdef _KERNEL
struct sysctl_oid;

/** Most parts of a name. */
#define SYSCTL_MAXDEPTH 5

/** A request under way. */
struct sysctl_req {
	void *oldptr;	    /**< the process's, or NULL */
	size_t oldlen;	    /**< its room */
	size_t oldidx;	    /**< bytes written so far (also if no room) */
	const void *newptr; /**< the process's, or NULL */
	size_t newlen;	    /**< its bytes */
	size_t newidx;	    /**< bytes read so far */
	bool kernel;	    /**< pointers are the kernel's */
	const int *name;    /**< numbers behind those of the value */
	u_int namelen;	    /**< how many */
};

/** Reads and, if there is something new, sets a value: 0 or an error. */
typedef int sysctl_handler_t(struct sysctl_oid *oid, struct sysctl_req *req);

/** One value, or (CTLTYPE_NODE) a name that others begin with. */
struct sysctl_oid {
	const char *oid_name;	       /**< whole: "kern.ostype" */
	u_int oid_kind;		       /**< CTLTYPE_* | CTLFLAG_* */
	int oid_number;		       /**< last number, or OID_AUTO */
	void *oid_arg1;		       /**< the variable */
	long oid_arg2;		       /**< handler's own, or a value */
	sysctl_handler_t *oid_handler; /**< NULL: by its type */
	const char *oid_fmt;	       /**< "I", "A", "S,timespec" */
	const char *oid_descr;	       /**< one line */
	int oid_mib[SYSCTL_MAXDEPTH];  /**< its numbers, by sysctl_number() */
	u_int oid_depth;	       /**< how many */
};
#define OID_AUTO (-1)

/** A value of any kind.  The linker gathers them. */
#define SYSCTL_OID(id, name, kind, num, a1, a2, handler, fmt, descr)           \
	static struct sysctl_oid sysctl_##id __used __section("set_sysctl")    \
	    __aligned(8) = { (name), (kind), (num), (a1), (a2), (handler),     \
		    (fmt), (descr), { 0 }, 0 }
/** A name that others begin with. */
#define SYSCTL_NODE(id, name, num, descr)                                      \
	SYSCTL_OID(id, name, CTLTYPE_NODE | CTLFLAG_RD, num, NULL, 0, NULL,    \
	    "N", descr)
/** An int. */
#define SYSCTL_INT(id, name, flags, ptr, descr)                                \
	SYSCTL_OID(id, name, CTLTYPE_INT | (flags), OID_AUTO, (void *)(ptr),   \
	    0, NULL, "I", descr)
/** A long. */
#define SYSCTL_LONG(id, name, flags, ptr, descr)                               \
	SYSCTL_OID(id, name, CTLTYPE_LONG | (flags), OID_AUTO, (void *)(ptr),  \
	    0, NULL, "L", descr)
/** arg2: size of the buffer if it may be set */
#define SYSCTL_STRING(id, name, flags, ptr, size, descr)                       \
	SYSCTL_OID(id, name, CTLTYPE_STRING | (flags), OID_AUTO,               \
	    (void *)(ptr), size, NULL, "A", descr)
/** A value with a handler of its own. */
#define SYSCTL_PROC(id, name, kind, a1, a2, handler, fmt, descr)               \
	SYSCTL_OID(id, name, kind, OID_AUTO, a1, a2, handler, fmt, descr)

/* --- kern/sysctl_tree.c: pure --- */
const char *sysctl_number(struct sysctl_oid *table, u_int n);
struct sysctl_oid *
sysctl_find(struct sysctl_oid *table, u_int n, const int *mib, u_int depth);
struct sysctl_oid *
sysctl_find_name(struct sysctl_oid *table, u_int n, const char *name);
struct sysctl_oid *sysctl_find_next(
    struct sysctl_oid *table, u_int n, const int *mib, u_int depth);

/* --- kern/kern_sysctl.c --- */
int SYSCTL_OUT(struct sysctl_req *req, const void *p, size_t n);
int SYSCTL_IN(struct sysctl_req *req, void *p, size_t n);
int sysctl_handle_int(struct sysctl_oid *oid, struct sysctl_req *req);
int sysctl_handle_long(struct sysctl_oid *oid, struct sysctl_req *req);
int sysctl_handle_string(struct sysctl_oid *oid, struct sysctl_req *req);
int kernel_sysctlbyname(const char *name, void *old, size_t *oldlen,
    const void *new, size_t newlen);
extern char hostname[256];
extern const char ostype[];
extern const char osrelease[];
extern const char version[];
extern int poweroff_status; /**< kern.poweroff_status: the run's exit status */
#else
int sysctl(const int *name, unsigned namelen, void *oldp, size_t *oldlenp,
    const void *newp, size_t newlen);
int sysctlbyname(const char *name, void *oldp, size_t *oldlenp,
    const void *newp, size_t newlen);
int sysctlnametomib(const char *name, int *mibp, size_t *sizep);
#endif

#endif
