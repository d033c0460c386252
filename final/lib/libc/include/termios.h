/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Terminals.
 */
#ifndef _TERMIOS_H_
#define _TERMIOS_H_

#include <sys/termios.h>
#include <sys/ttycom.h>

speed_t cfgetispeed(const struct termios *t);
speed_t cfgetospeed(const struct termios *t);
int cfsetispeed(struct termios *t, speed_t speed);
int cfsetospeed(struct termios *t, speed_t speed);
int cfsetspeed(struct termios *t, speed_t speed);
int tcdrain(int fd);
int tcflow(int fd, int action);
int tcflush(int fd, int queue);
int tcsendbreak(int fd, int duration);
pid_t tcgetsid(int fd);

#endif
