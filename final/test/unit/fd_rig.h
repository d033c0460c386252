/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * One process with descriptors, as a test sees it.  Calls give what the
 * system call gives, or minus the errno (the kernel's numbers).
 */
#ifndef _FD_RIG_H_
#define _FD_RIG_H_

#include <sys/types.h>

/* A new process, without files; what the last one left is freed. */
void rig_start(int nofile);

/* Frees everything; the allocations, files and holders that are left. */
long rig_finish(void);

/* Called instead of a sleep: does what another process would do meanwhile.
 * NULL: a signal comes.  Called once, then a signal comes. */
extern void (*rig_meanwhile)(void);

/* Time passes, for timeouts and timers. */
void rig_time(unsigned long ms);

/* SIGPIPE, SIGIO... sent so far, since the last call: bit n is signal n. */
unsigned long rig_sent(void);

long rig_pipe2(int fds[2], int flags);
long rig_read(int fd, void *buf, size_t n);
long rig_write(int fd, const void *buf, size_t n);
long rig_close(int fd);
long rig_dup(int fd);
long rig_dup2(int from, int to);
long rig_fcntl(int fd, int cmd, long arg);
long rig_closefrom(int fd);
long rig_ioctl(int fd, unsigned long com, void *data);
long rig_fionread(int fd);
long rig_kqueue(void);
long rig_fork_exit(void); /* a child with a copy of the table, that ends */

/* Same as struct kevent, struct pollfd and struct timespec. */
struct rig_kevent {
	unsigned long ident;
	short filter;
	unsigned short flags;
	unsigned fflags;
	long data;
	void *udata;
};
struct rig_pollfd {
	int fd;
	short events, revents;
};
long rig_kevent(int kq, const struct rig_kevent *changes, int nchanges,
    struct rig_kevent *events, int nevents, long timeout_ms); /* -1: ever */
long rig_poll(struct rig_pollfd *fds, unsigned n, int timeout_ms);
long rig_select(int nd, unsigned long *in, unsigned long *ou, long timeout_ms);

#endif
