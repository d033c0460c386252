/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Thread-local storage: the bases of FS and GS, which a program sets by system
 * call and every switch to its thread loads.
 *
 * Source: DragonFly's tls.c, for the errors.
 */
#include <sys/errno.h>
#include <sys/proc.h>
#include <sys/sysproto.h>
#include <sys/systm.h>
#include <sys/tls.h>
#include <machine/cpu.h>
#include <machine/globaldata.h>
#include <machine/vmparam.h>

/* The area that a call means, and how much of the structure it is about. */
static int
find_area(int which, size_t *infosize, struct tls_info **area)
{
	if (which < 0 || which >= (int)nitems(curlwp->lwp_tls.info))
		return (ERANGE);
	if ((ssize_t)*infosize < 0)
		return (EINVAL);
	*infosize = MIN(*infosize, sizeof(**area));
	*area = &curlwp->lwp_tls.info[which];
	return (0);
}

/**
 * set_tls_area(which, info, infosize): sets a base of the calling thread.
 * @param sysmsg	result: 0, the selector to load
 * @param uap		which: 0 FS, 1 GS; info; infosize: bytes of it
 * @return		0; ERANGE: which; EINVAL: sizes, base; EFAULT
 */
int
sys_set_tls_area(struct sysmsg *sysmsg, const struct set_tls_area_args *uap)
{
	struct tls_info info = { 0 }, *area;
	size_t size = uap->infosize;
	int error;

	error = find_area(uap->which, &size, &area);
	if (error == 0)
		error = copyin(uap->info, &info, size);
	if (error != 0)
		return (error);
	if (info.size < -1 || info.base >= VM_MAX_USER_ADDRESS)
		return (EINVAL);
	*area = info;
	/* A switch in between loads the new one, too. */
	cpu_set_user_tls(curlwp);
	sysmsg->sysmsg_result = 0;
	return (0);
}

/**
 * get_tls_area(which, info, infosize): tells a base of the calling thread.
 * @param sysmsg	result: 0, the selector to load
 * @param uap		as set_tls_area()
 * @return		0; ERANGE; EINVAL; EFAULT
 */
int
sys_get_tls_area(struct sysmsg *sysmsg, const struct get_tls_area_args *uap)
{
	struct tls_info *area;
	size_t size = uap->infosize;
	int error;

	error = find_area(uap->which, &size, &area);
	if (error == 0)
		error = copyout(area, uap->info, size);
	sysmsg->sysmsg_result = 0;
	return (error);
}
