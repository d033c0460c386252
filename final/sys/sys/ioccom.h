/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Numbers of ioctl(2): direction, size of the argument, group, number.
 */
#ifndef _SYS_IOCCOM_H_
#define _SYS_IOCCOM_H_

/* clang-format off */
#define IOCPARM_MASK	0x1fff
#define IOCPARM_LEN(x)	(((x) >> 16) & IOCPARM_MASK)
#define IOCPARM_MAX	4096
#define IOC_VOID	0x20000000UL
#define IOC_OUT		0x40000000UL
#define IOC_IN		0x80000000UL
#define IOC_INOUT	(IOC_IN | IOC_OUT)
/** Number of an ioctl: direction, group, number, bytes. */
#define _IOC(d, g, n, len) \
	((u_long)((d) | (((len) & IOCPARM_MASK) << 16) | ((g) << 8) | (n)))
#define _IO(g, n)	_IOC(IOC_VOID, g, n, 0)
#define _IOR(g, n, t)	_IOC(IOC_OUT, g, n, sizeof(t))
#define _IOW(g, n, t)	_IOC(IOC_IN, g, n, sizeof(t))
#define _IOWR(g, n, t)	_IOC(IOC_INOUT, g, n, sizeof(t))
/* clang-format on */

#ifndef _KERNEL
int ioctl(int fd, unsigned long request, ...);
#endif

#endif
