/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Terminals: numbers of ioctl(2), and settings.
 *
 * What only one of the two systems has stays as it is when a Linux program
 * sets something: linux_termios_in() changes the settings there are.  A
 * control character that is off is 0 in Linux and 0xff here.
 */
#include <sys/param.h>
#include <sys/ttycom.h>
#include "linux_conv.h"

/** Two flags that mean the same. */
struct flag_pair {
	uint32_t lflag;
	tcflag_t flag;
};

static const struct flag_pair iflags[] = {
	{ 0x0001, IGNBRK },
	{ 0x0002, BRKINT },
	{ 0x0004, IGNPAR },
	{ 0x0008, PARMRK },
	{ 0x0010, INPCK },
	{ 0x0020, ISTRIP },
	{ 0x0040, INLCR },
	{ 0x0080, IGNCR },
	{ 0x0100, ICRNL },
	{ 0x0400, IXON },
	{ 0x0800, IXANY },
	{ 0x1000, IXOFF },
	{ 0x2000, IMAXBEL },
};

static const struct flag_pair oflags[] = {
	{ 0x0001, OPOST },
	{ 0x0004, ONLCR },
	{ 0x0008, OCRNL },
	{ 0x0010, ONOCR },
	{ 0x0020, ONLRET },
	{ 0x1800, OXTABS },
};

static const struct flag_pair cflags[] = {
	{ 0x0010, CS6 },
	{ 0x0020, CS7 },
	{ 0x0040, CSTOPB },
	{ 0x0080, CREAD },
	{ 0x0100, PARENB },
	{ 0x0200, PARODD },
	{ 0x0400, HUPCL },
	{ 0x0800, CLOCAL },
};

static const struct flag_pair lflags[] = {
	{ 0x00001, ISIG },
	{ 0x00002, ICANON },
	{ 0x00008, ECHO },
	{ 0x00010, ECHOE },
	{ 0x00020, ECHOK },
	{ 0x00040, ECHONL },
	{ 0x00080, NOFLSH },
	{ 0x00100, TOSTOP },
	{ 0x00200, ECHOCTL },
	{ 0x00400, ECHOPRT },
	{ 0x00800, ECHOKE },
	{ 0x01000, FLUSHO },
	{ 0x04000, PENDIN },
	{ 0x08000, IEXTEN },
	{ 0x10000, EXTPROC },
};

/** Linux's control characters, each with its native index. */
static const struct {
	uint8_t lcc, cc;
} ccs[] = {
	{ 0, VINTR },
	{ 1, VQUIT },
	{ 2, VERASE },
	{ 3, VKILL },
	{ 4, VEOF },
	{ 5, VTIME },
	{ 6, VMIN },
	{ 8, VSTART },
	{ 9, VSTOP },
	{ 10, VSUSP },
	{ 11, VEOL },
	{ 12, VREPRINT },
	{ 13, VDISCARD },
	{ 14, VWERASE },
	{ 15, VLNEXT },
	{ 16, VEOL2 },
};

/** Speeds that have a number of their own in c_cflag. */
static const struct {
	uint32_t code;
	speed_t speed;
} speeds[] = {
	{ 0x0000, 0 },
	{ 0x0001, 50 },
	{ 0x0002, 75 },
	{ 0x0003, 110 },
	{ 0x0004, 134 },
	{ 0x0005, 150 },
	{ 0x0006, 200 },
	{ 0x0007, 300 },
	{ 0x0008, 600 },
	{ 0x0009, 1200 },
	{ 0x000a, 1800 },
	{ 0x000b, 2400 },
	{ 0x000c, 4800 },
	{ 0x000d, 9600 },
	{ 0x000e, 19200 },
	{ 0x000f, 38400 },
	{ 0x1001, 57600 },
	{ 0x1002, 115200 },
	{ 0x1003, 230400 },
	{ 0x1004, 460800 },
	{ 0x1005, 500000 },
	{ 0x1006, 576000 },
	{ 0x1007, 921600 },
	{ 0x1008, 1000000 },
};
#define LINUX_CBAUD 0x100f
#define LINUX_B9600 0x000d
#define CC_OFF	    0 /* Linux's _POSIX_VDISABLE */

/** Commands of ioctl(2) that differ in their number only. */
static const struct {
	u_int lcom;
	u_long com;
} commands[] = {
	{ LINUX_TIOCEXCL, TIOCEXCL },
	{ LINUX_TIOCNXCL, TIOCNXCL },
	{ LINUX_TIOCSCTTY, TIOCSCTTY },
	{ LINUX_TIOCGPGRP, TIOCGPGRP },
	{ LINUX_TIOCSPGRP, TIOCSPGRP },
	{ LINUX_TIOCOUTQ, TIOCOUTQ },
	{ LINUX_TIOCSTI, TIOCSTI },
	{ LINUX_TIOCGWINSZ, TIOCGWINSZ },
	{ LINUX_TIOCSWINSZ, TIOCSWINSZ },
	{ LINUX_FIONREAD, FIONREAD },
	{ LINUX_FIONBIO, FIONBIO },
	{ LINUX_TIOCNOTTY, TIOCNOTTY },
	{ LINUX_TIOCGETD, TIOCGETD },
	{ LINUX_TIOCGSID, TIOCGSID },
	{ LINUX_FIONCLEX, FIONCLEX },
	{ LINUX_FIOCLEX, FIOCLEX },
	{ LINUX_FIOASYNC, FIOASYNC },
	{ LINUX_FIOSETOWN, FIOSETOWN },
	{ LINUX_FIOGETOWN, FIOGETOWN },
	{ LINUX_BLKSSZGET, DIOCGSECTORSIZE },
	{ LINUX_BLKGETSIZE64, DIOCGMEDIASIZE },
};

/**
 * @param lcom	Linux's command
 * @return	native command with the same data, or 0
 */
u_long
linux_ioctl_number(u_int lcom)
{
	for (u_int i = 0; i < nitems(commands); i++)
		if (commands[i].lcom == lcom)
			return (commands[i].com);
	return (0);
}

static uint32_t
flags_out(const struct flag_pair *pairs, u_int n, tcflag_t flags)
{
	uint32_t lflag = 0;

	for (u_int i = 0; i < n; i++)
		if ((flags & pairs[i].flag) == pairs[i].flag)
			lflag |= pairs[i].lflag;
	return (lflag);
}

/* Changes of flags what the pairs know. */
static tcflag_t
flags_in(const struct flag_pair *pairs, u_int n, uint32_t lflag, tcflag_t flags)
{
	for (u_int i = 0; i < n; i++)
		flags &= ~pairs[i].flag;
	for (u_int i = 0; i < n; i++)
		if ((lflag & pairs[i].lflag) == pairs[i].lflag)
			flags |= pairs[i].flag;
	return (flags);
}

static uint32_t
speed_out(speed_t speed)
{
	for (u_int i = 0; i < nitems(speeds); i++)
		if (speeds[i].speed == speed)
			return (speeds[i].code);
	return (LINUX_B9600);
}

/* A code that is none leaves the speed as it is. */
static speed_t
speed_in(uint32_t cflag, speed_t speed)
{
	for (u_int i = 0; i < nitems(speeds); i++)
		if (speeds[i].code == (cflag & LINUX_CBAUD))
			return (speeds[i].speed);
	return (speed);
}

/* VMIN and VTIME are numbers: neither 0 nor 0xff means that they are off. */
static bool
is_number(u_int cc)
{
	return (cc == VMIN || cc == VTIME);
}

/**
 * @param lt	what a Linux program sets
 * @param t	in: settings as they are; out: as they shall be
 */
void
linux_termios_in(const struct linux_termios *lt, struct termios *t)
{
	t->c_iflag = flags_in(iflags, nitems(iflags), lt->c_iflag, t->c_iflag);
	t->c_oflag = flags_in(oflags, nitems(oflags), lt->c_oflag, t->c_oflag);
	t->c_cflag = flags_in(cflags, nitems(cflags), lt->c_cflag, t->c_cflag);
	t->c_lflag = flags_in(lflags, nitems(lflags), lt->c_lflag, t->c_lflag);
	t->c_ispeed = t->c_ospeed = speed_in(lt->c_cflag, t->c_ospeed);
	for (u_int i = 0; i < nitems(ccs); i++) {
		cc_t c = lt->c_cc[ccs[i].lcc];

		if (c == CC_OFF && !is_number(ccs[i].cc))
			c = _POSIX_VDISABLE;
		t->c_cc[ccs[i].cc] = c;
	}
}

/**
 * @param t	settings
 * @param lt	filled in, all of it
 */
void
linux_termios_out(const struct termios *t, struct linux_termios *lt)
{
	*lt = (struct linux_termios){
		.c_iflag = flags_out(iflags, nitems(iflags), t->c_iflag),
		.c_oflag = flags_out(oflags, nitems(oflags), t->c_oflag),
		.c_cflag = flags_out(cflags, nitems(cflags), t->c_cflag) |
		    speed_out(t->c_ospeed),
		.c_lflag = flags_out(lflags, nitems(lflags), t->c_lflag),
	};
	for (u_int i = 0; i < nitems(ccs); i++) {
		cc_t c = t->c_cc[ccs[i].cc];

		if (c == _POSIX_VDISABLE && !is_number(ccs[i].cc))
			c = CC_OFF;
		lt->c_cc[ccs[i].lcc] = c;
	}
}

/**
 * @param arg	of TCFLSH: 0 input, 1 output, 2 both
 * @return	native TCIFLUSH and so on, or -1
 */
int
linux_tcflush(u_long arg)
{
	return (arg <= 2 ? (int)arg + TCIFLUSH : -1);
}

/**
 * @param arg	of TCXONC: 0 to 3
 * @return	native TCOOFF and so on, or -1
 */
int
linux_tcflow(u_long arg)
{
	return (arg <= 3 ? (int)arg + TCOOFF : -1);
}
