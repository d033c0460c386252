/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * What the parts of the library know of each other.
 */
#ifndef _LIBC_PRIVATE_H_
#define _LIBC_PRIVATE_H_

#include <sys/types.h>
#include <sys/signal.h>
#include <sys/uio.h>
#include <pthread.h>

/* --- stubs of system calls that have functions of other kinds --- */
/**
 * fork(2).
 * @return	0 in the child, its number in the parent; -1 with errno
 */
pid_t __sys_fork(void);
/**
 * mmap(2).
 * @param addr	where
 * @param len	bytes
 * @param prot	PROT_*
 * @param flags	MAP_*
 * @param fd	file, or -1
 * @param pad	0
 * @param pos	where in the file
 * @return	where; MAP_FAILED with errno
 */
void *__sys_mmap(
    void *addr, size_t len, int prot, int flags, int fd, int pad, off_t pos);
/**
 * lseek(2).
 * @param fd	descriptor
 * @param pad	0
 * @param offset	bytes
 * @param whence	SEEK_*
 * @return	position; -1 with errno
 */
off_t __sys_lseek(int fd, int pad, off_t offset, int whence);
/**
 * truncate(2).
 * @param path	file
 * @param pad	0
 * @param length	bytes
 * @return	0; -1 with errno
 */
int __sys_truncate(const char *path, int pad, off_t length);
/**
 * ftruncate(2).
 * @param fd	file
 * @param pad	0
 * @param length	bytes
 * @return	0; -1 with errno
 */
int __sys_ftruncate(int fd, int pad, off_t length);
/**
 * __getcwd(2).
 * @param buf	gets the path
 * @param size	bytes there
 * @return	0; -1 with errno
 */
int __sys___getcwd(char *buf, u_int size);
/**
 * getlogin(2).
 * @param buf	gets the name
 * @param size	bytes there
 * @return	0; -1 with errno
 */
int __sys_getlogin(char *buf, u_int size);
/**
 * extpread(2).
 * @param fd	descriptor
 * @param buf	where to
 * @param n	bytes
 * @param flags	0
 * @param offset	position, or -1
 * @return	bytes; -1 with errno
 */
ssize_t __sys_extpread(int fd, void *buf, size_t n, int flags, off_t offset);
/**
 * extpwrite(2).
 * @param fd	descriptor
 * @param buf	where from
 * @param n	bytes
 * @param flags	0
 * @param offset	position, or -1
 * @return	bytes; -1 with errno
 */
ssize_t
__sys_extpwrite(int fd, const void *buf, size_t n, int flags, off_t offset);
/**
 * extpreadv(2).
 * @param fd	descriptor
 * @param iov	pieces
 * @param n	how many
 * @param flags	0
 * @param offset	position, or -1
 * @return	bytes; -1 with errno
 */
ssize_t __sys_extpreadv(
    int fd, const struct iovec *iov, u_int n, int flags, off_t offset);
/**
 * extpwritev(2).
 * @param fd	descriptor
 * @param iov	pieces
 * @param n	how many
 * @param flags	0
 * @param offset	position, or -1
 * @return	bytes; -1 with errno
 */
ssize_t __sys_extpwritev(
    int fd, const struct iovec *iov, u_int n, int flags, off_t offset);
/**
 * sigprocmask(2).
 * @param how	SIG_*
 * @param set	signals, or NULL
 * @param old	gets the mask before, or NULL
 * @return	0; -1 with errno
 */
int __sys_sigprocmask(int how, const sigset_t *set, sigset_t *old);
/**
 * lwp_kill(2).
 * @param pid	process
 * @param tid	its thread
 * @param sig	the signal, or 0
 * @return	0; -1 with errno
 */
int __sys_lwp_kill(pid_t pid, lwpid_t tid, int sig);
/**
 * umtx_sleep(2).
 * @param ptr	the word
 * @param value	what it has
 * @param timeout	microseconds; 0: no end
 * @return	0; -1 with errno
 */
int __sys_umtx_sleep(volatile const int *ptr, int value, int timeout);
/**
 * umtx_wakeup(2).
 * @param ptr	the word
 * @param count	1: one; else all
 * @return	0; -1 with errno
 */
int __sys_umtx_wakeup(volatile const int *ptr, int count);

/* --- gen/lock.c: locks of the library --- */

/** A lock: 0 free, 1 taken, 2 taken and waited for. */
typedef volatile int libc_lock_t;
void __lock(libc_lock_t *lock);
void __unlock(libc_lock_t *lock);

/* --- gen/start.c --- */
void __libc_start(long *sp) __dead2;
extern const char *__progname; /**< see getprogname() */

/* --- gen/tls.c --- */

/** A thread; %fs points to it.  Its variables are below it. */
struct pthread {
	struct pthread *t_self;	    /**< itself: the compiler wants that */
	volatile lwpid_t t_tid;	    /**< its number; 0 when it has ended */
	volatile int t_state;	    /**< T_* */
	void *(*t_start)(void *);   /**< where it began */
	void *t_arg;		    /**< its argument */
	void *t_value;		    /**< what it returns */
	void *t_map;		    /**< its stack, guard included, or NULL */
	size_t t_mapsize;	    /**< bytes of that */
	sigset_t t_mask;	    /**< mask of signals that it begins with */
	struct pthread *t_next;	    /**< in the list of those to bury */
	const void *t_specific[64]; /**< by key; see PTHREAD_KEYS_MAX */
};

/** @name t_state */
/** @{ */
#define T_RUNNING  0 /* and somebody will join it */
#define T_DETACHED 1 /* and nobody will */
#define T_DEAD	   2 /* has a value for who joins */
/** @} */

void __tls_find(const long *auxv);
size_t __tls_size(void);
struct pthread *__tls_make(void *area);
int __tls_set(struct pthread *t);
/**
 * The calling thread.
 * @return	its struct pthread, where FS points
 */
static inline struct pthread *
__self(void)
{
	struct pthread *t;

	__asm("movq %%fs:0, %0" : "=r"(t));
	return (t);
}

/* --- what fork(2) must find free --- */
extern libc_lock_t __malloc_lock; /**< of malloc() */
extern libc_lock_t __stdio_lock;  /**< of the list of streams */
extern libc_lock_t __atexit_lock; /**< of atexit() */
extern libc_lock_t __env_lock;	  /**< of the environment */
void __stdio_flush_all(void);
void __atexit_run(void);
void __pthread_after_fork(void);
void __pthread_atfork_run(int when);

/* --- gen/jmp.c, for setjmp.S --- */
struct __jmp_buf;
void __jmp_save_mask(struct __jmp_buf *env);
void __jmp_restore_mask(struct __jmp_buf *env);

/* --- stdio/dtoa.c --- */
int __dtoa(double value, char conversion, int precision, bool alternate,
    char *buf, size_t size);
/** Longest of __dtoa(): 309 digits, a point, the precision cut at 1200. */
#define DTOA_MAX 1600

/* --- stdlib/strtol.c --- */
unsigned long
__strtoul(const char *s, char **end, int base, bool *negative, bool *overflow);

#endif
