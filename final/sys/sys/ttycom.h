/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * ioctl(2) of terminals, DragonFly's numbers.
 */
#ifndef _SYS_TTYCOM_H_
#define _SYS_TTYCOM_H_

#include <sys/ioccom.h>
#include <sys/termios.h>

/** Size of the window. */
struct winsize {
	unsigned short ws_row;	  /**< lines */
	unsigned short ws_col;	  /**< columns */
	unsigned short ws_xpixel; /**< 0 */
	unsigned short ws_ypixel; /**< 0 */
};

/* clang-format off */
#define TIOCEXCL	_IO('t', 13)
#define TIOCNXCL	_IO('t', 14)
#define TIOCFLUSH	_IOW('t', 16, int)
#define TIOCGETA	_IOR('t', 19, struct termios)
#define TIOCSETA	_IOW('t', 20, struct termios)
#define TIOCSETAW	_IOW('t', 21, struct termios)
#define TIOCSETAF	_IOW('t', 22, struct termios)
#define TIOCGETD	_IOR('t', 26, int)
#define TIOCISPTMASTER	_IO('t', 85)	/* 0: one that /dev/ptmx gave */
#define TIOCDRAIN	_IO('t', 94)
#define TIOCSCTTY	_IO('t', 97)
#define TIOCGSID	_IOR('t', 99, int)
#define TIOCCONS	_IOW('t', 98, int)
#define TIOCSWINSZ	_IOW('t', 103, struct winsize)
#define TIOCGWINSZ	_IOR('t', 104, struct winsize)
#define TIOCSTART	_IO('t', 110)
#define TIOCSTOP	_IO('t', 111)
#define TIOCNOTTY	_IO('t', 113)
#define TIOCSTI		_IOW('t', 114, char)
#define TIOCOUTQ	_IOR('t', 115, int)
#define TIOCSPGRP	_IOW('t', 118, int)
#define TIOCGPGRP	_IOR('t', 119, int)
#define FIOCLEX		_IO('f', 1)
#define FIONCLEX	_IO('f', 2)
#define FIONREAD	_IOR('f', 127, int)
#define FIONBIO		_IOW('f', 126, int)
#define FIOASYNC	_IOW('f', 125, int)
#define FIOSETOWN	_IOW('f', 124, int)
#define FIOGETOWN	_IOR('f', 123, int)
/** Disks: size in bytes and in a sector. */
#define DIOCGMEDIASIZE	_IOR('d', 129, off_t)
#define DIOCGSECTORSIZE	_IOR('d', 128, u_int)
/* clang-format on */

#endif
