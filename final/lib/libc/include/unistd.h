/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * System calls and what is near to them.
 */
#ifndef _UNISTD_H_
#define _UNISTD_H_

#include <sys/types.h>
#include <sys/fcntl.h>
#include <sys/lwp.h>
#include <sys/unistd.h>

/** @name Descriptors that a program has, and what is there of POSIX */
/** @{ */
#define STDIN_FILENO	     0
#define STDOUT_FILENO	     1
#define STDERR_FILENO	     2
#define _POSIX_VERSION	     200112L
#define _POSIX_THREADS	     200112L
/** @} */

/** @name sysconf(3) */
/** @{ */
#define _SC_ARG_MAX	     1
#define _SC_CHILD_MAX	     2
#define _SC_CLK_TCK	     3
#define _SC_NGROUPS_MAX	     4
#define _SC_OPEN_MAX	     5
#define _SC_PAGESIZE	     47
#define _SC_PAGE_SIZE	     _SC_PAGESIZE
#define _SC_NPROCESSORS_CONF 57
#define _SC_NPROCESSORS_ONLN 58
#define _SC_PHYS_PAGES	     121
/** @} */

/** @name rfork(2), lockf(3) */
/** @{ */
#define RFPROC		     (1 << 4)
#define RFMEM		     (1 << 5)
#define RFFDG		     (1 << 2)
#define F_ULOCK		     0
#define F_LOCK		     1
#define F_TLOCK		     2
#define F_TEST		     3
/** @} */

extern char **environ; /**< "name=value", NULL at the end */
extern char *optarg;   /**< argument of the last option, or NULL */
extern int optind;     /**< next argument; 1 at first */
extern int opterr;     /**< 1: complain about wrong options */
extern int optopt;     /**< letter of the last option */
extern int optreset;   /**< 1: begin again at optind */

/**
 * Ends the process at once: no functions of atexit(), no streams.
 * @param status	for wait(2); its lower 8 bits
 */
void _exit(int status) __dead2;
/**
 * Whether the real user may use a file.
 * @param path	where it is
 * @param mode	F_OK, or R_OK, W_OK and X_OK
 * @return	0; -1 with EACCES, ENOENT, or another error of the path
 */
int access(const char *path, int mode);
unsigned alarm(unsigned seconds);
/**
 * Goes to another directory.
 * @param path	where it is
 * @return	0; -1 with ENOTDIR, ENOENT, EACCES
 */
int chdir(const char *path);
/**
 * Gives a file to another user and group.
 * @param path	where it is; a link is followed
 * @param uid	user, or -1: as it is
 * @param gid	group, or -1: as it is
 * @return	0; -1 with EPERM, EROFS, or an error of the path
 */
int chown(const char *path, uid_t uid, gid_t gid);
/**
 * Makes a directory the root of all paths, for the super-user.
 * @param path	where it is
 * @return	0; -1 with EPERM, ENOTDIR, or another error of the path
 */
int chroot(const char *path);
/**
 * Gives a descriptor back.
 * @param fd	descriptor
 * @return	0; -1 with EBADF, or an error of the file's: it is gone all the
 *		same
 */
int close(int fd);
/**
 * Gives back all descriptors from one on.
 * @param fd	the first
 */
void closefrom(int fd);
/**
 * Gives a descriptor a second number, the lowest that is free.
 * @param fd	descriptor
 * @return	the number; -1 with EBADF, EMFILE
 */
int dup(int fd);
/**
 * Gives a descriptor a second number.
 * @param from	descriptor
 * @param to	number; what it was is closed
 * @return	to; -1 with EBADF
 */
int dup2(int from, int to);
int dup3(int from, int to, int flags);
int execl(const char *path, const char *arg0, ...);
int execle(const char *path, const char *arg0, ...);
int execlp(const char *name, const char *arg0, ...);
int execv(const char *path, char *const argv[]);
/**
 * Becomes another program.
 * @param path	where it is
 * @param argv	arguments, NULL at the end
 * @param envp	environment, NULL at the end
 * @return	-1 with ENOENT, EACCES, ENOEXEC, E2BIG, ENOMEM
 */
int execve(const char *path, char *const argv[], char *const envp[]);
int execvp(const char *name, char *const argv[]);
int execvpe(const char *name, char *const argv[], char *const envp[]);
/**
 * read(2) at a position.
 * @param fd	descriptor
 * @param buf	where to
 * @param n	bytes
 * @param flags	O_FBLOCKING or O_FNONBLOCKING, or 0
 * @param offset	0 and up; -1: the file's own
 * @return	bytes, 0 at the end; -1 with ESPIPE, or read()'s errors
 */
int extpread(int fd, void *buf, size_t n, int flags, off_t offset);
/**
 * write(2) at a position.
 * @param fd	descriptor
 * @param buf	where from
 * @param n	bytes
 * @param flags	O_FBLOCKING or O_FNONBLOCKING, or 0
 * @param offset	0 and up; -1: the file's own
 * @return	bytes; -1 with ESPIPE, or write()'s errors
 */
int extpwrite(int fd, const void *buf, size_t n, int flags, off_t offset);
/**
 * access() from a directory.
 * @param fd	directory, or AT_FDCWD
 * @param path	from there
 * @param mode	as for access()
 * @param flags	AT_EACCESS: the effective user; or 0
 * @return	0; -1 with access()'s errors, EBADF, EINVAL
 */
int faccessat(int fd, const char *path, int mode, int flags);
/**
 * Goes to an open directory.
 * @param fd	its descriptor
 * @return	0; -1 with EBADF, ENOTDIR, EACCES
 */
int fchdir(int fd);
/**
 * chown() of an open file.
 * @param fd	descriptor
 * @param uid	user, or -1: as it is
 * @param gid	group, or -1: as it is
 * @return	0; -1 with EBADF, EPERM, EROFS
 */
int fchown(int fd, uid_t uid, gid_t gid);
/**
 * chown() from a directory.
 * @param fd	directory, or AT_FDCWD
 * @param path	from there
 * @param uid	user, or -1: as it is
 * @param gid	group, or -1: as it is
 * @param flags	AT_SYMLINK_NOFOLLOW or 0
 * @return	0; -1 with chown()'s errors, EBADF, EINVAL
 */
int fchownat(int fd, const char *path, uid_t uid, gid_t gid, int flags);
/**
 * As fsync().
 * @param fd	descriptor
 * @return	0; -1 with EBADF, EINVAL, EIO
 */
int fdatasync(int fd);
pid_t fork(void);
/**
 * A limit of an open file.
 * @param fd	descriptor
 * @param name	_PC_*
 * @return	it; -1 with EINVAL, EBADF
 */
long fpathconf(int fd, int name);
/**
 * Sleeps until a file is on disk as it is now.
 * @param fd	descriptor
 * @return	0; -1 with EBADF, EINVAL: it is no file; EIO
 */
int fsync(int fd);
int ftruncate(int fd, off_t length);
char *getcwd(char *buf, size_t size);
/**
 * How many descriptors a process may have.
 * @return	their number
 */
int getdtablesize(void);
/**
 * The effective group.
 * @return	its number
 */
gid_t getegid(void);
/**
 * The effective user.
 * @return	its number
 */
uid_t geteuid(void);
/**
 * The real group.
 * @return	its number
 */
gid_t getgid(void);
/**
 * The groups that this process is in.
 * @param n	room, 0: only how many
 * @param groups	filled in
 * @return	how many; -1 with EINVAL: no room; EFAULT
 */
int getgroups(int n, gid_t *groups);
int gethostname(char *name, size_t size);
char *getlogin(void);
int getopt(int argc, char *const argv[], const char *options);
int getpagesize(void);
/**
 * The group of a process.
 * @param pid	process; 0: the caller
 * @return	it; -1 with ESRCH
 */
pid_t getpgid(pid_t pid);
/**
 * The caller's group of processes.
 * @return	it
 */
pid_t getpgrp(void);
/**
 * The caller's number.
 * @return	it
 */
pid_t getpid(void);
/**
 * The parent's number; 1 when that has ended.
 * @return	it
 */
pid_t getppid(void);
/**
 * Bytes that nobody can guess.
 * @param buf	filled in
 * @param n	bytes
 * @param flags	GRND_*, which change nothing
 * @return	bytes, perhaps fewer than n; -1 with EINVAL, EFAULT
 */
ssize_t getrandom(void *buf, size_t n, unsigned flags);
/**
 * All three groups.
 * @param rgid	gets the real one; or NULL
 * @param egid	gets the effective one; or NULL
 * @param sgid	gets the saved one; or NULL
 * @return	0; -1 with EFAULT
 */
int getresgid(gid_t *rgid, gid_t *egid, gid_t *sgid);
/**
 * All three users.
 * @param ruid	gets the real one; or NULL
 * @param euid	gets the effective one; or NULL
 * @param suid	gets the saved one; or NULL
 * @return	0; -1 with EFAULT
 */
int getresuid(uid_t *ruid, uid_t *euid, uid_t *suid);
/**
 * The session of a process.
 * @param pid	process; 0: the caller
 * @return	its leader's number; -1 with ESRCH
 */
pid_t getsid(pid_t pid);
/**
 * The real user.
 * @return	its number
 */
uid_t getuid(void);
int isatty(int fd);
/**
 * Whether this process is more than its user: by set-user-ID or set-group-ID.
 * @return	1 or 0
 */
int issetugid(void);
/**
 * chown() of a symbolic link itself.
 * @param path	where it is
 * @param uid	user, or -1: as it is
 * @param gid	group, or -1: as it is
 * @return	0; -1 with chown()'s errors
 */
int lchown(const char *path, uid_t uid, gid_t gid);
/**
 * Gives a file one more name.
 * @param from	a name that it has
 * @param to	another one on the same file system
 * @return	0; -1 with EEXIST, EXDEV, EMLINK, EPERM, ENOSPC, or an error of
 *		a path
 */
int link(const char *from, const char *to);
/**
 * link() from directories.
 * @param fd1	directory of from, or AT_FDCWD
 * @param from	a name that it has
 * @param fd2	directory of to, or AT_FDCWD
 * @param to	another one
 * @param flags	AT_SYMLINK_FOLLOW or 0
 * @return	0; -1 with link()'s errors, EBADF, EINVAL
 */
int linkat(int fd1, const char *from, int fd2, const char *to, int flags);
off_t lseek(int fd, off_t offset, int whence);
int nice(int by);
/**
 * A limit of a file.
 * @param path	where it is
 * @param name	_PC_*
 * @return	it; -1 with EINVAL, or an error of the path
 */
long pathconf(const char *path, int name);
int pause(void);
/**
 * Makes a pipe.
 * @param fds	gets the end to read from, and the one to write to
 * @return	0; -1 with EMFILE, ENFILE, EFAULT
 */
int pipe(int fds[2]);
/**
 * pipe() with flags.
 * @param fds	gets the end to read from, and the one to write to
 * @param flags	O_CLOEXEC, O_NONBLOCK
 * @return	0; -1 with pipe()'s errors, EINVAL
 */
int pipe2(int fds[2], int flags);
ssize_t pread(int fd, void *buf, size_t n, off_t offset);
ssize_t pwrite(int fd, const void *buf, size_t n, off_t offset);
/**
 * Reads; may sleep.
 * @param fd	descriptor
 * @param buf	where to
 * @param n	bytes
 * @return	bytes, 0 at the end; -1 with EBADF, EAGAIN, EINTR, EIO, EFAULT,
 *		EINVAL, EISDIR
 */
ssize_t read(int fd, void *buf, size_t n);
/**
 * Reads what a symbolic link contains, without a NUL.
 * @param path	where it is
 * @param buf	filled in
 * @param size	bytes there; the rest is cut off
 * @return	bytes; -1 with EINVAL: it is no link; or an error of the path
 */
ssize_t readlink(const char *path, char *buf, size_t size);
/**
 * readlink() from a directory.
 * @param fd	directory, or AT_FDCWD
 * @param path	from there
 * @param buf	filled in
 * @param size	bytes there
 * @return	bytes; -1 with readlink()'s errors, EBADF
 */
ssize_t readlinkat(int fd, const char *path, char *buf, size_t size);
/**
 * Ends the run of the kernel, for the super-user.
 * @param howto	RB_*
 * @return	-1 with EPERM; else it does not return
 */
int reboot(int howto);
/**
 * rename() from directories.
 * @param fd1	directory of from, or AT_FDCWD
 * @param from	the name
 * @param fd2	directory of to, or AT_FDCWD
 * @param to	the new one
 * @return	0; -1 with rename()'s errors, EBADF
 */
int renameat(int fd1, const char *from, int fd2, const char *to);
/**
 * Takes a device away from all who have it open.
 * @param path	where it is
 * @return	0; -1 with EINVAL: no device; EPERM, or an error of the path
 */
int revoke(const char *path);
/**
 * Makes a process that shares what the caller chooses.
 * @param flags	RFPROC, and RFFDG: descriptors are copied, RFMEM: memory is
 *		shared
 * @return	0 in the child, its number in the parent; -1 with EINVAL,
 *		EAGAIN, ENOMEM
 */
pid_t rfork(int flags);
/**
 * Removes an empty directory.
 * @param path	where it is
 * @return	0; -1 with ENOTEMPTY, ENOTDIR, EBUSY, EPERM, or an error of the
 *		path
 */
int rmdir(const char *path);
void *sbrk(intptr_t by);
/**
 * Sets the effective group.
 * @param gid	the real or saved one; any for the super-user
 * @return	0; -1 with EPERM
 */
int setegid(gid_t gid);
/**
 * Sets the effective user.
 * @param uid	the real or saved one; any for the super-user
 * @return	0; -1 with EPERM
 */
int seteuid(uid_t uid);
/**
 * Sets the group; real and saved one, too, for the super-user.
 * @param gid	number
 * @return	0; -1 with EPERM
 */
int setgid(gid_t gid);
/**
 * Sets the groups that this process is in, for the super-user.
 * @param n	how many
 * @param groups	their numbers
 * @return	0; -1 with EPERM, EINVAL, EFAULT
 */
int setgroups(int n, const gid_t *groups);
int sethostname(const char *name, int size);
/**
 * Sets getlogin()'s name for the whole session, for the super-user.
 * @param name	the name
 * @return	0; -1 with EPERM, EINVAL: too long; EFAULT
 */
int setlogin(const char *name);
/**
 * Moves a process, the caller or its child, to a group.
 * @param pid	process; 0: the caller
 * @param pgrp	a group of its session; 0: a new one
 * @return	0; -1 with EPERM, ESRCH, EACCES, EINVAL
 */
int setpgid(pid_t pid, pid_t pgrp);
/**
 * Sets two groups.
 * @param rgid	real one, or -1: as it is
 * @param egid	effective one, or -1: as it is
 * @return	0; -1 with EPERM
 */
int setregid(gid_t rgid, gid_t egid);
/**
 * Sets all three groups.
 * @param rgid	real one, or -1: as it is
 * @param egid	effective one, or -1: as it is
 * @param sgid	saved one, or -1: as it is
 * @return	0; -1 with EPERM
 */
int setresgid(gid_t rgid, gid_t egid, gid_t sgid);
/**
 * Sets all three users.
 * @param ruid	real one, or -1: as it is
 * @param euid	effective one, or -1: as it is
 * @param suid	saved one, or -1: as it is
 * @return	0; -1 with EPERM
 */
int setresuid(uid_t ruid, uid_t euid, uid_t suid);
/**
 * Sets two users.
 * @param ruid	real one, or -1: as it is
 * @param euid	effective one, or -1: as it is
 * @return	0; -1 with EPERM
 */
int setreuid(uid_t ruid, uid_t euid);
/**
 * Makes a session, and leads it.
 * @return	its number; -1 with EPERM: the caller leads a group
 */
pid_t setsid(void);
/**
 * Sets the user; real and saved one, too, for the super-user.
 * @param uid	number
 * @return	0; -1 with EPERM
 */
int setuid(uid_t uid);
unsigned sleep(unsigned seconds);
/**
 * Makes a symbolic link.
 * @param to	what it contains
 * @param path	where it is to be
 * @return	0; -1 with EEXIST, ENOSPC, EROFS, or an error of the path
 */
int symlink(const char *to, const char *path);
/**
 * symlink() from a directory.
 * @param to	what it contains
 * @param fd	directory, or AT_FDCWD
 * @param path	from there
 * @return	0; -1 with symlink()'s errors, EBADF
 */
int symlinkat(const char *to, int fd, const char *path);
/** Has all that is not on disk written. */
void sync(void);
/**
 * Calls the kernel, for numbers that have no function; up to five arguments.
 * @param number	SYS_*
 * @return		what the call returns; -1 with errno
 */
long syscall(long number, ...);
/**
 * As syscall().
 * @param number	SYS_*
 * @return		what the call returns; -1 with errno
 */
long __syscall(long number, ...);
long sysconf(int name);
pid_t tcgetpgrp(int fd);
int tcsetpgrp(int fd, pid_t pgrp);
int truncate(const char *path, off_t length);
/**
 * Sleeps while a word has a value: umtx_sleep(2).
 * @param ptr	the word
 * @param value	what it has; else it returns at once
 * @param timeout	microseconds; 0: as long as kern.umtx_timeout_max allows
 * @return	0, also without cause; -1 with EBUSY: another value; EWOULDBLOCK: the time is over;
 *		EINTR, EFAULT, EINVAL
 */
int umtx_sleep(volatile const int *ptr, int value, int timeout);
/**
 * Wakes who sleeps at a word: umtx_wakeup(2).
 * @param ptr	the word
 * @param count	1: one; else all
 * @return	0; -1 with EFAULT
 */
int umtx_wakeup(volatile const int *ptr, int count);
/**
 * Takes a name of a file away.
 * @param path	the name
 * @return	0; -1 with EPERM: a directory; EBUSY, EROFS, or an error of the
 *		path
 */
int unlink(const char *path);
/**
 * unlink() or rmdir() from a directory.
 * @param fd	directory, or AT_FDCWD
 * @param path	from there
 * @param flags	AT_REMOVEDIR: rmdir(); or 0
 * @return	0; -1 with their errors, EBADF, EINVAL
 */
int unlinkat(int fd, const char *path, int flags);
/**
 * Sets how the calling thread is scheduled.
 * @param pid	0, or the caller's
 * @param cmd	USCHED_*
 * @param data	a name, or the number of a processor
 * @param bytes	bytes of data
 * @return	0; -1 with EINVAL, EPERM, EFBIG, ENOENT, EFAULT
 */
int usched_set(pid_t pid, int cmd, void *data, int bytes);
int usleep(useconds_t microseconds);
/**
 * fork() with the caller's memory, which it has back when the child has called
 * execve() or _exit().
 * @return	0 in the child, its number in the parent; -1 with EAGAIN
 */
pid_t vfork(void);
/**
 * Writes; may sleep.
 * @param fd	descriptor
 * @param buf	where from
 * @param n	bytes
 * @return	bytes; -1 with EBADF, EAGAIN, EINTR, EIO, ENOSPC, EPIPE, EFAULT,
 *		EFBIG
 */
ssize_t write(int fd, const void *buf, size_t n);

#endif
