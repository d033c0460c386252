/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Terminals.
 */
#include <sys/ioctl.h>
#include <errno.h>
#include <termios.h>
#include <unistd.h>

/** What a terminal does. */
int
tcgetattr(int fd, struct termios *t)
{
	return (ioctl(fd, TIOCGETA, t));
}

/** Changes that; EINVAL for an action that is none. */
int
tcsetattr(int fd, int action, const struct termios *t)
{
	switch (action) {
	case TCSANOW:
		return (ioctl(fd, TIOCSETA, t));
	case TCSADRAIN:
		return (ioctl(fd, TIOCSETAW, t));
	case TCSAFLUSH:
		return (ioctl(fd, TIOCSETAF, t));
	default:
		errno = EINVAL;
		return (-1);
	}
}

/** Characters as they come, none of them special. */
void
cfmakeraw(struct termios *t)
{
	t->c_iflag &= ~(IMAXBEL | IXOFF | INPCK | BRKINT | PARMRK | ISTRIP |
	    INLCR | IGNCR | ICRNL | IXON | IGNPAR);
	t->c_iflag |= IGNBRK;
	t->c_oflag &= ~OPOST;
	t->c_lflag &= ~(ECHO | ECHOE | ECHOK | ECHONL | ICANON | ISIG | IEXTEN |
	    NOFLSH | TOSTOP | PENDIN);
	t->c_cflag = (t->c_cflag & ~(CSIZE | PARENB)) | CS8 | CREAD;
	t->c_cc[VMIN] = 1;
	t->c_cc[VTIME] = 0;
}

/** Group of processes in the foreground. */
pid_t
tcgetpgrp(int fd)
{
	int pgrp;

	return (ioctl(fd, TIOCGPGRP, &pgrp) < 0 ? -1 : pgrp);
}

/** Brings one there. */
int
tcsetpgrp(int fd, pid_t pgrp)
{
	int n = pgrp;

	return (ioctl(fd, TIOCSPGRP, &n));
}

/** Its session. */
pid_t
tcgetsid(int fd)
{
	int sid;

	return (ioctl(fd, TIOCGSID, &sid) < 0 ? -1 : sid);
}

/** Waits until all output has left. */
int
tcdrain(int fd)
{
	return (ioctl(fd, TIOCDRAIN));
}

/** Forgets what has not been read (1), not been sent (2), or both (3). */
int
tcflush(int fd, int queue)
{
	if (queue < TCIFLUSH || queue > TCIOFLUSH) {
		errno = EINVAL;
		return (-1);
	}
	return (ioctl(fd, TIOCFLUSH, &queue));
}

/** Stops or starts output; EINVAL for the rest. */
int
tcflow(int fd, int action)
{
	if (action == TCOOFF)
		return (ioctl(fd, TIOCSTOP));
	if (action == TCOON)
		return (ioctl(fd, TIOCSTART));
	errno = EINVAL;
	return (-1);
}

/** No line here has a break: nothing. */
int
tcsendbreak(int fd, int duration __unused)
{
	return (isatty(fd) ? 0 : -1);
}

/** Speed of input. */
speed_t
cfgetispeed(const struct termios *t)
{
	return (t->c_ispeed);
}

/** Speed of output. */
speed_t
cfgetospeed(const struct termios *t)
{
	return (t->c_ospeed);
}

/** Sets it. */
int
cfsetispeed(struct termios *t, speed_t speed)
{
	t->c_ispeed = speed;
	return (0);
}

/** Sets it. */
int
cfsetospeed(struct termios *t, speed_t speed)
{
	t->c_ospeed = speed;
	return (0);
}

/** Sets both. */
int
cfsetspeed(struct termios *t, speed_t speed)
{
	t->c_ispeed = t->c_ospeed = speed;
	return (0);
}

/** Whether it is a terminal. */
int
isatty(int fd)
{
	struct termios t;

	return (tcgetattr(fd, &t) == 0);
}
