/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Error numbers, DragonFly's values.  Functions return them positive.
 */
#ifndef _SYS_ERRNO_H_
#define _SYS_ERRNO_H_

/** @name Error numbers */
/** @{ */
#define EPERM	     1	    /* operation not permitted */
#define ENOENT	     2	    /* no such file or directory */
#define ESRCH	     3	    /* no such process */
#define EINTR	     4	    /* interrupted by a signal */
#define EIO	     5	    /* input/output error */
#define ENXIO	     6	    /* device not configured */
#define E2BIG	     7	    /* argument list too long */
#define ENOEXEC	     8	    /* exec format error */
#define EBADF	     9	    /* no such descriptor */
#define ENOMEM	     12	    /* cannot allocate memory */
#define EACCES	     13	    /* permission denied */
#define EFAULT	     14	    /* bad address */
#define EBUSY	     16	    /* device busy */
#define EEXIST	     17	    /* file exists */
#define ENODEV	     19	    /* operation not supported by device */
#define EINVAL	     22	    /* invalid argument */
#define ENOSPC	     28	    /* no space left on device */
#define ERANGE	     34	    /* result too large */
#define EAGAIN	     35	    /* resource temporarily unavailable */
#define EWOULDBLOCK  EAGAIN /* the time is over */
#define EOPNOTSUPP   45	    /* operation not supported */
#define ENAMETOOLONG 63	    /* name too long */
#define ENOSYS	     78	    /* no such system call */
/** @} */

/** @name Never seen by a program: what becomes of the call is told by these */
/** @{ */
#define ERESTART     (-1) /* make the call once more */
#define EJUSTRETURN  (-2) /* the registers are as they shall be */
/** @} */

#endif
