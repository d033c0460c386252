/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Error numbers, DragonFly's values.  Functions return them positive.
 */
#ifndef _SYS_ERRNO_H_
#define _SYS_ERRNO_H_

/** @name Error numbers */
/** @{ */
#define EPERM	     1	/* operation not permitted */
#define ENOENT	     2	/* no such file or directory */
#define EIO	     5	/* input/output error */
#define ENXIO	     6	/* device not configured */
#define E2BIG	     7	/* argument list too long */
#define ENOEXEC	     8	/* exec format error */
#define ENOMEM	     12 /* cannot allocate memory */
#define EACCES	     13 /* permission denied */
#define EFAULT	     14 /* bad address */
#define EBUSY	     16 /* device busy */
#define EEXIST	     17 /* file exists */
#define ENODEV	     19 /* operation not supported by device */
#define EINVAL	     22 /* invalid argument */
#define ENOSPC	     28 /* no space left on device */
#define ERANGE	     34 /* result too large */
#define EAGAIN	     35 /* resource temporarily unavailable */
#define EOPNOTSUPP   45 /* operation not supported */
#define ENAMETOOLONG 63 /* file name too long */
#define ENOSYS	     78 /* function not implemented */
/** @} */

#endif
