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

extern char **environ;
extern char *optarg;
extern int optind, opterr, optopt, optreset;

void _exit(int status) __dead2;
int access(const char *path, int mode);
unsigned alarm(unsigned seconds);
int chdir(const char *path);
int chown(const char *path, uid_t uid, gid_t gid);
int chroot(const char *path);
int close(int fd);
void closefrom(int fd);
int dup(int fd);
int dup2(int from, int to);
int dup3(int from, int to, int flags);
int execl(const char *path, const char *arg0, ...);
int execle(const char *path, const char *arg0, ...);
int execlp(const char *name, const char *arg0, ...);
int execv(const char *path, char *const argv[]);
int execve(const char *path, char *const argv[], char *const envp[]);
int execvp(const char *name, char *const argv[]);
int execvpe(const char *name, char *const argv[], char *const envp[]);
int extpread(int fd, void *buf, size_t n, int flags, off_t offset);
int extpwrite(int fd, const void *buf, size_t n, int flags, off_t offset);
int faccessat(int fd, const char *path, int mode, int flags);
int fchdir(int fd);
int fchown(int fd, uid_t uid, gid_t gid);
int fchownat(int fd, const char *path, uid_t uid, gid_t gid, int flags);
int fdatasync(int fd);
pid_t fork(void);
long fpathconf(int fd, int name);
int fsync(int fd);
int ftruncate(int fd, off_t length);
char *getcwd(char *buf, size_t size);
int getdtablesize(void);
gid_t getegid(void);
uid_t geteuid(void);
gid_t getgid(void);
int getgroups(int n, gid_t *groups);
int gethostname(char *name, size_t size);
char *getlogin(void);
int getopt(int argc, char *const argv[], const char *options);
int getpagesize(void);
pid_t getpgid(pid_t pid);
pid_t getpgrp(void);
pid_t getpid(void);
pid_t getppid(void);
ssize_t getrandom(void *buf, size_t n, unsigned flags);
int getresgid(gid_t *rgid, gid_t *egid, gid_t *sgid);
int getresuid(uid_t *ruid, uid_t *euid, uid_t *suid);
pid_t getsid(pid_t pid);
uid_t getuid(void);
int isatty(int fd);
int issetugid(void);
int lchown(const char *path, uid_t uid, gid_t gid);
int link(const char *from, const char *to);
int linkat(int fd1, const char *from, int fd2, const char *to, int flags);
off_t lseek(int fd, off_t offset, int whence);
int nice(int by);
long pathconf(const char *path, int name);
int pause(void);
int pipe(int fds[2]);
int pipe2(int fds[2], int flags);
ssize_t pread(int fd, void *buf, size_t n, off_t offset);
ssize_t pwrite(int fd, const void *buf, size_t n, off_t offset);
ssize_t read(int fd, void *buf, size_t n);
ssize_t readlink(const char *path, char *buf, size_t size);
ssize_t readlinkat(int fd, const char *path, char *buf, size_t size);
int reboot(int howto);
int renameat(int fd1, const char *from, int fd2, const char *to);
int revoke(const char *path);
pid_t rfork(int flags);
int rmdir(const char *path);
void *sbrk(intptr_t by);
int setegid(gid_t gid);
int seteuid(uid_t uid);
int setgid(gid_t gid);
int setgroups(int n, const gid_t *groups);
int sethostname(const char *name, int size);
int setlogin(const char *name);
int setpgid(pid_t pid, pid_t pgrp);
int setregid(gid_t rgid, gid_t egid);
int setresgid(gid_t rgid, gid_t egid, gid_t sgid);
int setresuid(uid_t ruid, uid_t euid, uid_t suid);
int setreuid(uid_t ruid, uid_t euid);
pid_t setsid(void);
int setuid(uid_t uid);
unsigned sleep(unsigned seconds);
int symlink(const char *to, const char *path);
int symlinkat(const char *to, int fd, const char *path);
void sync(void);
long syscall(long number, ...);
long __syscall(long number, ...);
long sysconf(int name);
int sysarch(int op, void *args);
pid_t tcgetpgrp(int fd);
int tcsetpgrp(int fd, pid_t pgrp);
int truncate(const char *path, off_t length);
char *ttyname(int fd);
int umtx_sleep(volatile const int *ptr, int value, int timeout);
int umtx_wakeup(volatile const int *ptr, int count);
int unlink(const char *path);
int unlinkat(int fd, const char *path, int flags);
int usched_set(pid_t pid, int cmd, void *data, int bytes);
int usleep(useconds_t microseconds);
pid_t vfork(void);
ssize_t write(int fd, const void *buf, size_t n);

#endif
