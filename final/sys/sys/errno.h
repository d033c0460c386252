/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Error numbers, DragonFly's values.  Functions return them positive.
 */
#ifndef _SYS_ERRNO_H_
#define _SYS_ERRNO_H_

/** @name Error numbers */
/** @{ */
/* clang-format off */
#define EPERM          	1	/* operation not permitted */
#define ENOENT         	2	/* no such file or directory */
#define ESRCH          	3	/* no such process */
#define EINTR          	4	/* interrupted by a signal */
#define EIO            	5	/* input/output error */
#define ENXIO          	6	/* device not configured */
#define E2BIG          	7	/* argument list too long */
#define ENOEXEC        	8	/* exec format error */
#define EBADF          	9	/* no such descriptor */
#define ECHILD         	10	/* no child process */
#define EDEADLK        	11	/* a deadlock was avoided */
#define ENOMEM         	12	/* cannot allocate memory */
#define EACCES         	13	/* permission denied */
#define EFAULT         	14	/* bad address */
#define ENOTBLK        	15	/* not a block device */
#define EBUSY          	16	/* device busy */
#define EEXIST         	17	/* file exists */
#define EXDEV          	18	/* link between file systems */
#define ENODEV         	19	/* operation not supported by device */
#define ENOTDIR        	20	/* not a directory */
#define EISDIR         	21	/* is a directory */
#define EINVAL         	22	/* invalid argument */
#define ENFILE         	23	/* too many open files in the system */
#define EMFILE         	24	/* too many open files */
#define ENOTTY         	25	/* inappropriate ioctl for the device */
#define ETXTBSY        	26	/* the program is being run */
#define EFBIG          	27	/* file too large */
#define ENOSPC         	28	/* no space left on device */
#define ESPIPE         	29	/* illegal seek */
#define EROFS          	30	/* read-only file system */
#define EMLINK         	31	/* too many links */
#define EPIPE          	32	/* broken pipe */
#define EDOM           	33	/* argument out of domain */
#define ERANGE         	34	/* result too large */
#define EAGAIN         	35	/* resource temporarily unavailable */
#define EWOULDBLOCK	EAGAIN	/* the time is over */
#define EINPROGRESS    	36	/* operation in progress */
#define EALREADY       	37	/* operation already in progress */
#define ENOTSOCK       	38	/* not a socket */
#define EDESTADDRREQ   	39	/* destination address required */
#define EMSGSIZE       	40	/* message too long */
#define EPROTOTYPE     	41	/* wrong protocol for the socket */
#define ENOPROTOOPT    	42	/* protocol not available */
#define EPROTONOSUPPORT	43	/* protocol not supported */
#define ESOCKTNOSUPPORT	44	/* socket type not supported */
#define EOPNOTSUPP     	45	/* operation not supported */
#define ENOTSUP		EOPNOTSUPP
#define EPFNOSUPPORT   	46	/* protocol family not supported */
#define EAFNOSUPPORT   	47	/* address family not supported */
#define EADDRINUSE     	48	/* address in use */
#define EADDRNOTAVAIL  	49	/* address cannot be had */
#define ENETDOWN       	50	/* network is down */
#define ENETUNREACH    	51	/* network is unreachable */
#define ENETRESET      	52	/* network dropped the connection */
#define ECONNABORTED   	53	/* connection aborted */
#define ECONNRESET     	54	/* connection reset */
#define ENOBUFS        	55	/* no buffer space */
#define EISCONN        	56	/* is connected */
#define ENOTCONN       	57	/* is not connected */
#define ESHUTDOWN      	58	/* has been shut down */
#define ETOOMANYREFS   	59	/* too many references */
#define ETIMEDOUT      	60	/* timed out */
#define ECONNREFUSED   	61	/* connection refused */
#define ELOOP          	62	/* too many symbolic links */
#define ENAMETOOLONG   	63	/* name too long */
#define EHOSTDOWN      	64	/* host is down */
#define EHOSTUNREACH   	65	/* no route to host */
#define ENOTEMPTY      	66	/* directory not empty */
#define EPROCLIM       	67	/* too many processes */
#define EUSERS         	68	/* too many users */
#define EDQUOT         	69	/* quota exceeded */
#define ESTALE         	70	/* stale file handle */
#define EREMOTE        	71	/* too many levels of remote */
#define ENOLCK         	77	/* no locks available */
#define ENOSYS         	78	/* no such system call */
#define EFTYPE         	79	/* wrong type of file */
#define EIDRM          	82	/* identifier removed */
#define ENOMSG         	83	/* no message */
#define EOVERFLOW      	84	/* value too large */
#define ECANCELED      	85	/* cancelled */
#define EILSEQ         	86	/* illegal byte sequence */
#define ENOATTR        	87	/* no such attribute */
#define EDOOFUS        	88	/* programming error */
#define EBADMSG        	89	/* bad message */
#define EPROTO         	92	/* protocol error */
#define ENOMEDIUM      	93	/* no medium */
#define ELAST		99	/* no number is larger */
/* clang-format on */
/** @} */

/** @name Never seen by a program: what becomes of the call is told by these */
/** @{ */
#define ERESTART    (-1) /* make the call once more */
#define EJUSTRETURN (-2) /* the registers are as they shall be */
#define ENOIOCTL    (-3) /* not this driver's ioctl */
/** @} */

#endif
