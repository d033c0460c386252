/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * __sysctl(2): values of the kernel, read and set by programs and by the
 * kernel itself.
 *
 * The linker gathers all values (section set_sysctl); sysctl_tree.c makes a
 * tree of them at the first call.  Names that begin with 0 are about the tree:
 *
 *     0.1.name    the name in letters          0.4.name  kind and format
 *     0.2.name    the next value's numbers     0.5.name  description
 *     0.3         numbers of the name in letters that is the new value
 *
 * All of it is under mp_token.  A handler may sleep in SYSCTL_OUT() and
 * SYSCTL_IN(), which touch the program's memory.
 */
#include <sys/errno.h>
#include <sys/proc.h>
#include <sys/sysctl.h>
#include <sys/sysproto.h>
#include <sys/systm.h>
#include <machine/globaldata.h>

#define NAME_MAX_LEN	128 /* of a value, in letters, with NUL */

#define SYSCTL_NAME	1
#define SYSCTL_NEXT	2
#define SYSCTL_NAME2OID 3
#define SYSCTL_OIDFMT	4
#define SYSCTL_OIDDESCR 5

extern struct sysctl_oid __start_set_sysctl[], __stop_set_sysctl[];

/* The table, sorted; and how many. */
static struct sysctl_oid *
sysctl_table(u_int *n)
{
	static bool numbered;
	const char *bad;

	/* The linker's symbols: one array, though C does not know it. */
	*n = ((uintptr_t)__stop_set_sysctl - (uintptr_t)__start_set_sysctl) /
	    sizeof(struct sysctl_oid);
	if (!numbered) {
		bad = sysctl_number(__start_set_sysctl, *n);
		if (bad != NULL)
			panic("sysctl: %s has no node, or the numbers of "
			      "another value",
			    bad);
		numbered = true;
	}
	return (__start_set_sysctl);
}

/* --- what handlers use --- */

/**
 * Hands a piece of a value out.  What there is no room for is only counted.
 * @param req	request
 * @param p	the piece
 * @param n	its bytes
 * @return	0; ENOMEM: no room; EFAULT
 */
int
SYSCTL_OUT(struct sysctl_req *req, const void *p, size_t n)
{
	size_t room = 0, part;
	char *to;
	int error = 0;

	if (req->oldptr != NULL && req->oldidx < req->oldlen)
		room = req->oldlen - req->oldidx;
	part = MIN(n, room);
	to = (char *)req->oldptr + req->oldidx;
	if (part > 0 && req->kernel)
		memcpy(to, p, part);
	else if (part > 0)
		error = copyout(p, to, part);
	req->oldidx += n;
	if (error == 0 && req->oldptr != NULL && part < n)
		error = ENOMEM;
	return (error);
}

/**
 * Takes a piece of the new value in.
 * @param req	request
 * @param p	for the piece
 * @param n	its bytes
 * @return	0; EINVAL: there are not so many; EFAULT
 */
int
SYSCTL_IN(struct sysctl_req *req, void *p, size_t n)
{
	const char *from;
	int error = 0;

	if (req->newptr == NULL || n > req->newlen - req->newidx)
		return (EINVAL);
	from = (const char *)req->newptr + req->newidx;
	if (req->kernel)
		memcpy(p, from, n);
	else
		error = copyin(from, p, n);
	if (error == 0)
		req->newidx += n;
	return (error);
}

/* A variable of a fixed size; without one the value is oid_arg2. */
static int
handle_fixed(struct sysctl_oid *oid, struct sysctl_req *req, size_t size)
{
	long value = oid->oid_arg2;
	int error;

	if (oid->oid_arg1 != NULL)
		memcpy(&value, oid->oid_arg1, size);
	error = SYSCTL_OUT(req, &value, size);
	if (error != 0 || req->newptr == NULL)
		return (error);
	if (oid->oid_arg1 == NULL)
		return (EPERM);
	if (req->newlen - req->newidx != size)
		return (EINVAL);
	error = SYSCTL_IN(req, &value, size);
	if (error == 0)
		memcpy(oid->oid_arg1, &value, size);
	return (error);
}

/**
 * Handler of an int: *oid_arg1, or oid_arg2 if that is NULL.
 * @param oid	value
 * @param req	request
 * @return	0, errno
 */
int
sysctl_handle_int(struct sysctl_oid *oid, struct sysctl_req *req)
{
	return (handle_fixed(oid, req, sizeof(int)));
}

/**
 * Handler of a long, in the same way.
 * @param oid	value
 * @param req	request
 * @return	0, errno
 */
int
sysctl_handle_long(struct sysctl_oid *oid, struct sysctl_req *req)
{
	return (handle_fixed(oid, req, sizeof(long)));
}

/**
 * Handler of a string: oid_arg1, room for oid_arg2 bytes if it may be set.
 * @param oid	value
 * @param req	request
 * @return	0, errno; EINVAL: the new one is too long
 */
int
sysctl_handle_string(struct sysctl_oid *oid, struct sysctl_req *req)
{
	char new[256], *str = oid->oid_arg1;
	size_t n;
	int error;

	error = SYSCTL_OUT(req, str, strlen(str) + 1);
	if (error != 0 || req->newptr == NULL)
		return (error);
	n = req->newlen - req->newidx;
	if (oid->oid_arg2 <= 0 || n >= (size_t)oid->oid_arg2 ||
	    n >= sizeof(new))
		return (EINVAL);
	error = SYSCTL_IN(req, new, n);
	if (error != 0)
		return (error);
	new[n] = '\0';
	strlcpy(str, new, (size_t)oid->oid_arg2);
	return (0);
}

static int
handle_by_type(struct sysctl_oid *oid, struct sysctl_req *req)
{
	switch (oid->oid_kind & CTLTYPE) {
	case CTLTYPE_INT:
	case CTLTYPE_UINT:
		return (sysctl_handle_int(oid, req));
	case CTLTYPE_LONG:
	case CTLTYPE_ULONG:
	case CTLTYPE_QUAD:
		return (sysctl_handle_long(oid, req));
	case CTLTYPE_STRING:
		return (sysctl_handle_string(oid, req));
	default:
		/* Others have a handler of their own. */
		return (EINVAL);
	}
}

/* --- requests --- */

static int
access(const struct sysctl_oid *oid, const struct sysctl_req *req)
{
	if (req->newptr == NULL)
		return (0);
	if ((oid->oid_kind & CTLFLAG_WR) == 0)
		return (EPERM);
	if (req->kernel || (oid->oid_kind & CTLFLAG_ANYBODY) != 0)
		return (0);
	return (suser(curproc->p_ucred));
}

static int
request(struct sysctl_oid *oid, struct sysctl_req *req)
{
	int error;

	if ((oid->oid_kind & CTLTYPE) == CTLTYPE_NODE &&
	    oid->oid_handler == NULL)
		return (EISDIR);
	error = access(oid, req);
	if (error != 0)
		return (error);
	return (oid->oid_handler != NULL ? oid->oid_handler(oid, req)
					 : handle_by_type(oid, req));
}

static int
about_name(struct sysctl_oid *table, u_int n, struct sysctl_req *req)
{
	char name[NAME_MAX_LEN];
	struct sysctl_oid *oid;
	int error;

	if (req->newptr == NULL || req->newlen == 0)
		return (ENOENT);
	if (req->newlen >= sizeof(name))
		return (ENAMETOOLONG);
	error = SYSCTL_IN(req, name, req->newlen);
	if (error != 0)
		return (error);
	name[req->newlen] = '\0';
	oid = sysctl_find_name(table, n, name);
	if (oid == NULL)
		return (ENOENT);
	return (SYSCTL_OUT(
	    req, oid->oid_mib, oid->oid_depth * sizeof(oid->oid_mib[0])));
}

static int
about_format(const struct sysctl_oid *oid, struct sysctl_req *req)
{
	u_int kind = oid->oid_kind;
	int error;

	error = SYSCTL_OUT(req, &kind, sizeof(kind));
	if (error == 0)
		error = SYSCTL_OUT(req, oid->oid_fmt, strlen(oid->oid_fmt) + 1);
	return (error);
}

/* Names that begin with CTL_SYSCTL; the first number is what is asked. */
static int
about_tree(int what, const int *mib, u_int depth, struct sysctl_req *req)
{
	struct sysctl_oid *table, *oid;
	u_int n;

	table = sysctl_table(&n);
	if (what == SYSCTL_NAME2OID)
		return (about_name(table, n, req));
	if (req->newptr != NULL)
		return (EPERM);
	if (what == SYSCTL_NEXT) {
		oid = sysctl_find_next(table, n, mib, depth);
		if (oid == NULL)
			return (ENOENT);
		return (SYSCTL_OUT(req, oid->oid_mib,
		    oid->oid_depth * sizeof(oid->oid_mib[0])));
	}
	oid = depth > 0 ? sysctl_find(table, n, mib, depth) : NULL;
	if (oid == NULL)
		return (ENOENT);
	switch (what) {
	case SYSCTL_NAME:
		return (
		    SYSCTL_OUT(req, oid->oid_name, strlen(oid->oid_name) + 1));
	case SYSCTL_OIDFMT:
		return (about_format(oid, req));
	case SYSCTL_OIDDESCR:
		return (SYSCTL_OUT(
		    req, oid->oid_descr, strlen(oid->oid_descr) + 1));
	default:
		return (ENOENT);
	}
}

static int
about_value(const int *mib, u_int depth, struct sysctl_req *req)
{
	struct sysctl_oid *table, *oid;
	u_int n;

	table = sysctl_table(&n);
	oid = sysctl_find(table, n, mib, depth);
	if (oid == NULL)
		return (ENOENT);
	req->name = mib + oid->oid_depth;
	req->namelen = depth - oid->oid_depth;
	return (request(oid, req));
}

/**
 * __sysctl(name, namelen, old, oldlenp, new, newlen): reads a value, and sets
 * it.
 * @param sysmsg	unused
 * @param uap		name: namelen numbers; old: *oldlenp bytes of room,
 *			NULL only asks for the size; new: newlen bytes, or NULL
 * @return		0; ENOENT; EISDIR; EPERM; EINVAL; ENOMEM: there is no
 *			room, a part has been copied; EFAULT
 */
int
sys___sysctl(struct sysmsg *sysmsg __unused, const struct __sysctl_args *uap)
{
	struct sysctl_req req = { 0 };
	int mib[CTL_MAXNAME], error, fault;
	size_t done;

	if (uap->namelen < 2 || uap->namelen > CTL_MAXNAME)
		return (EINVAL);
	error = copyin(uap->name, mib, uap->namelen * sizeof(mib[0]));
	if (error == 0 && uap->oldlenp != NULL)
		error = copyin(uap->oldlenp, &req.oldlen, sizeof(req.oldlen));
	if (error != 0)
		return (error);
	req.oldptr = uap->old;
	req.newptr = uap->new;
	req.newlen = uap->newlen;
	if (mib[0] == CTL_SYSCTL)
		error = about_tree(mib[1], mib + 2, uap->namelen - 2, &req);
	else
		error = about_value(mib, uap->namelen, &req);
	if ((error != 0 && error != ENOMEM) || uap->oldlenp == NULL)
		return (error);
	done = req.oldptr != NULL ? MIN(req.oldidx, req.oldlen) : req.oldidx;
	fault = copyout(&done, uap->oldlenp, sizeof(done));
	return (fault != 0 ? fault : error);
}

/**
 * The same for the kernel itself.  Under mp_token.
 * @param name		"kern.ostype"
 * @param old		gets the value; or NULL
 * @param oldlen	in: room; out: bytes; or NULL
 * @param new		the new value; or NULL
 * @param newlen	its bytes
 * @return		as sys___sysctl()
 */
int
kernel_sysctlbyname(
    const char *name, void *old, size_t *oldlen, const void *new, size_t newlen)
{
	struct sysctl_req req = { .oldptr = old,
		.oldlen = oldlen != NULL ? *oldlen : 0,
		.newptr = new,
		.newlen = newlen,
		.kernel = true };
	struct sysctl_oid *table, *oid;
	u_int n;
	int error;

	table = sysctl_table(&n);
	oid = sysctl_find_name(table, n, name);
	if (oid == NULL)
		return (ENOENT);
	error = request(oid, &req);
	if (oldlen != NULL)
		*oldlen = old != NULL ? MIN(req.oldidx, req.oldlen)
				      : req.oldidx;
	return (error);
}
