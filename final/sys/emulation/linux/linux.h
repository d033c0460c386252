/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * The interface of Linux on x86_64 as programs see it: structures and numbers
 * that differ from the native ones.
 *
 * Needs nothing but <sys/types.h>, so that unit tests can compare all of it
 * with the headers of a Linux machine.
 */
#ifndef _LINUX_H_
#define _LINUX_H_

#include <sys/types.h>

/* clang-format off */
/** @name Descriptors and files */
/** @{ */
#define LINUX_AT_FDCWD		(-100)
#define LINUX_AT_SYMLINK_NOFOLLOW 0x100
#define LINUX_AT_EACCESS	0x200
#define LINUX_AT_REMOVEDIR	0x200
#define LINUX_AT_SYMLINK_FOLLOW	0x400
#define LINUX_AT_NO_AUTOMOUNT	0x800
#define LINUX_AT_EMPTY_PATH	0x1000
#define LINUX_AT_STATX_SYNC	0x6000
#define LINUX_O_ACCMODE		0x3
#define LINUX_O_CREAT		0x40
#define LINUX_O_EXCL		0x80
#define LINUX_O_NOCTTY		0x100
#define LINUX_O_TRUNC		0x200
#define LINUX_O_APPEND		0x400
#define LINUX_O_NONBLOCK	0x800
#define LINUX_O_DSYNC		0x1000
#define LINUX_O_ASYNC		0x2000
#define LINUX_O_DIRECT		0x4000
#define LINUX_O_LARGEFILE	0x8000
#define LINUX_O_DIRECTORY	0x10000
#define LINUX_O_NOFOLLOW	0x20000
#define LINUX_O_NOATIME		0x40000
#define LINUX_O_CLOEXEC		0x80000
#define LINUX_O_SYNC		0x101000
#define LINUX_O_PATH		0x200000
#define LINUX_O_TMPFILE		0x410000
#define LINUX_F_DUPFD		0
#define LINUX_F_GETFD		1
#define LINUX_F_SETFD		2
#define LINUX_F_GETFL		3
#define LINUX_F_SETFL		4
#define LINUX_F_GETLK		5
#define LINUX_F_SETLK		6
#define LINUX_F_SETLKW		7
#define LINUX_F_SETOWN		8
#define LINUX_F_GETOWN		9
#define LINUX_F_DUPFD_CLOEXEC	1030
#define LINUX_F_RDLCK		0
#define LINUX_F_WRLCK		1
#define LINUX_F_UNLCK		2
#define LINUX_RENAME_NOREPLACE	1
#define LINUX_UTIME_NOW		0x3fffffffL
#define LINUX_UTIME_OMIT	0x3ffffffeL
#define LINUX_STATX_BASIC_STATS	0x7ff
#define LINUX_UFS_MAGIC		0x00011954
#define LINUX_ST_RDONLY		0x01
#define LINUX_ST_NOSUID		0x02
#define LINUX_ST_VALID		0x20
#define LINUX_MS_RDONLY		0x01
#define LINUX_MS_NOSUID		0x02
#define LINUX_MS_NODEV		0x04
#define LINUX_MS_NOEXEC		0x08
#define LINUX_MS_SYNCHRONOUS	0x10
#define LINUX_MS_REMOUNT	0x20
#define LINUX_MS_NOATIME	0x400
#define LINUX_MS_NODIRATIME	0x800
#define LINUX_MS_SILENT		0x8000
#define LINUX_MS_RELATIME	0x200000
#define LINUX_MNT_FORCE		1
#define LINUX_MNT_DETACH	2
#define LINUX_POLLWRNORM	0x100
#define LINUX_POLLWRBAND	0x200
/** @} */

/** @name ioctl */
/** @{ */
#define LINUX_TCGETS		0x5401
#define LINUX_TCSETS		0x5402
#define LINUX_TCSETSW		0x5403
#define LINUX_TCSETSF		0x5404
#define LINUX_TCSBRK		0x5409
#define LINUX_TCXONC		0x540a
#define LINUX_TCFLSH		0x540b
#define LINUX_TIOCEXCL		0x540c
#define LINUX_TIOCNXCL		0x540d
#define LINUX_TIOCSCTTY		0x540e
#define LINUX_TIOCGPGRP		0x540f
#define LINUX_TIOCSPGRP		0x5410
#define LINUX_TIOCOUTQ		0x5411
#define LINUX_TIOCSTI		0x5412
#define LINUX_TIOCGWINSZ	0x5413
#define LINUX_TIOCSWINSZ	0x5414
#define LINUX_FIONREAD		0x541b
#define LINUX_FIONBIO		0x5421
#define LINUX_TIOCNOTTY		0x5422
#define LINUX_TIOCGETD		0x5424
#define LINUX_TCSBRKP		0x5425
#define LINUX_TIOCGSID		0x5429
#define LINUX_FIONCLEX		0x5450
#define LINUX_FIOCLEX		0x5451
#define LINUX_FIOASYNC		0x5452
#define LINUX_TIOCGPTN		0x80045430
#define LINUX_TIOCSPTLCK	0x40045431
#define LINUX_FIOSETOWN		0x8901
#define LINUX_FIOGETOWN		0x8903
#define LINUX_BLKGETSIZE	0x1260
#define LINUX_BLKFLSBUF		0x1261
#define LINUX_BLKSSZGET		0x1268
#define LINUX_BLKGETSIZE64	0x80081272
/** @} */

/** @name Memory */
/** @{ */
#define LINUX_MAP_SHARED	0x01
#define LINUX_MAP_PRIVATE	0x02
#define LINUX_MAP_SHARED_VALIDATE 0x03
#define LINUX_MAP_TYPE		0x0f
#define LINUX_MAP_FIXED		0x10
#define LINUX_MAP_ANONYMOUS	0x20
#define LINUX_MAP_FIXED_NOREPLACE 0x100000
#define LINUX_PROT_GROWSDOWN	0x01000000
#define LINUX_PROT_GROWSUP	0x02000000
#define LINUX_MS_ASYNC		1
#define LINUX_MS_INVALIDATE	2
#define LINUX_MS_SYNC		4
#define LINUX_MADV_NORMAL	0
#define LINUX_MADV_RANDOM	1
#define LINUX_MADV_SEQUENTIAL	2
#define LINUX_MADV_WILLNEED	3
#define LINUX_MADV_DONTNEED	4
#define LINUX_MADV_FREE		8
#define LINUX_MADV_DONTFORK	10
#define LINUX_MADV_DOFORK	11
#define LINUX_MADV_HUGEPAGE	14
#define LINUX_MADV_NOHUGEPAGE	15
#define LINUX_MADV_DONTDUMP	16
#define LINUX_MADV_DODUMP	17
#define LINUX_MREMAP_MAYMOVE	1
#define LINUX_MREMAP_FIXED	2
/** @} */

/** @name Signals */
/** @{ */
#define LINUX_SIGHUP		1
#define LINUX_SIGINT		2
#define LINUX_SIGQUIT		3
#define LINUX_SIGILL		4
#define LINUX_SIGTRAP		5
#define LINUX_SIGABRT		6
#define LINUX_SIGBUS		7
#define LINUX_SIGFPE		8
#define LINUX_SIGKILL		9
#define LINUX_SIGUSR1		10
#define LINUX_SIGSEGV		11
#define LINUX_SIGUSR2		12
#define LINUX_SIGPIPE		13
#define LINUX_SIGALRM		14
#define LINUX_SIGTERM		15
#define LINUX_SIGSTKFLT		16
#define LINUX_SIGCHLD		17
#define LINUX_SIGCONT		18
#define LINUX_SIGSTOP		19
#define LINUX_SIGTSTP		20
#define LINUX_SIGTTIN		21
#define LINUX_SIGTTOU		22
#define LINUX_SIGURG		23
#define LINUX_SIGXCPU		24
#define LINUX_SIGXFSZ		25
#define LINUX_SIGVTALRM		26
#define LINUX_SIGPROF		27
#define LINUX_SIGWINCH		28
#define LINUX_SIGIO		29
#define LINUX_SIGPWR		30
#define LINUX_SIGSYS		31
#define LINUX_SIGRTMIN		32	/* the kernel's, not the C library's */
#define LINUX_NSIG		64	/* the last number */
#define LINUX_SA_NOCLDSTOP	0x00000001UL
#define LINUX_SA_NOCLDWAIT	0x00000002UL
#define LINUX_SA_SIGINFO	0x00000004UL
#define LINUX_SA_RESTORER	0x04000000UL
#define LINUX_SA_ONSTACK	0x08000000UL
#define LINUX_SA_RESTART	0x10000000UL
#define LINUX_SA_NODEFER	0x40000000UL
#define LINUX_SA_RESETHAND	0x80000000UL
#define LINUX_SIG_BLOCK		0
#define LINUX_SIG_UNBLOCK	1
#define LINUX_SIG_SETMASK	2
#define LINUX_SS_ONSTACK	1
#define LINUX_SS_DISABLE	2
#define LINUX_SS_AUTODISARM	0x80000000U
#define LINUX_MINSIGSTKSZ	2048
#define LINUX_SI_USER		0
#define LINUX_SI_QUEUE		(-1)
#define LINUX_SI_TIMER		(-2)
#define LINUX_SI_TKILL		(-6)
#define LINUX_FPE_INTDIV	1
#define LINUX_FPE_INTOVF	2
/** @} */

/** @name Processes */
/** @{ */
#define LINUX_CSIGNAL		0x000000ff
#define LINUX_CLONE_VM		0x00000100
#define LINUX_CLONE_FS		0x00000200
#define LINUX_CLONE_FILES	0x00000400
#define LINUX_CLONE_SIGHAND	0x00000800
#define LINUX_CLONE_VFORK	0x00004000
#define LINUX_CLONE_THREAD	0x00010000
#define LINUX_CLONE_SYSVSEM	0x00040000
#define LINUX_CLONE_SETTLS	0x00080000
#define LINUX_CLONE_PARENT_SETTID 0x00100000
#define LINUX_CLONE_CHILD_CLEARTID 0x00200000
#define LINUX_CLONE_DETACHED	0x00400000
#define LINUX_CLONE_CHILD_SETTID 0x01000000
#define LINUX_WNOHANG		1
#define LINUX_WUNTRACED		2	/* WSTOPPED of waitid */
#define LINUX_WEXITED		4
#define LINUX_WCONTINUED	8
#define LINUX_WNOWAIT		0x01000000
#define LINUX_WNOTHREAD		0x20000000
#define LINUX_WALL		0x40000000
#define LINUX_WCLONE		0x80000000
#define LINUX_WSTATUS_CONTINUED	0xffff
#define LINUX_P_ALL		0
#define LINUX_P_PID		1
#define LINUX_P_PGID		2
#define LINUX_ARCH_SET_GS	0x1001
#define LINUX_ARCH_SET_FS	0x1002
#define LINUX_ARCH_GET_FS	0x1003
#define LINUX_ARCH_GET_GS	0x1004
#define LINUX_PR_GET_DUMPABLE	3
#define LINUX_PR_SET_DUMPABLE	4
#define LINUX_PR_SET_NAME	15
#define LINUX_PR_GET_NAME	16
#define LINUX_TASK_COMM_LEN	16
#define LINUX_RUSAGE_THREAD	1
#define LINUX_RLIMIT_NPROC	6
#define LINUX_RLIMIT_NOFILE	7
#define LINUX_RLIMIT_MEMLOCK	8
#define LINUX_RLIMIT_AS		9
#define LINUX_RLIMIT_LOCKS	10
#define LINUX_RLIM_NLIMITS	16
#define LINUX_RLIM_INFINITY	(~0UL)
#define LINUX_FUTEX_WAIT	0
#define LINUX_FUTEX_WAKE	1
#define LINUX_FUTEX_REQUEUE	3
#define LINUX_FUTEX_CMP_REQUEUE	4
#define LINUX_FUTEX_WAIT_BITSET	9
#define LINUX_FUTEX_WAKE_BITSET	10
#define LINUX_FUTEX_PRIVATE_FLAG 128
#define LINUX_FUTEX_CLOCK_REALTIME 256
#define LINUX_FUTEX_BITSET_ANY	0xffffffffU
/** @} */

/** @name Clocks */
/** @{ */
#define LINUX_CLOCK_REALTIME	0
#define LINUX_CLOCK_MONOTONIC	1
#define LINUX_CLOCK_PROCESS_CPUTIME_ID 2
#define LINUX_CLOCK_THREAD_CPUTIME_ID 3
#define LINUX_CLOCK_MONOTONIC_RAW 4
#define LINUX_CLOCK_REALTIME_COARSE 5
#define LINUX_CLOCK_MONOTONIC_COARSE 6
#define LINUX_CLOCK_BOOTTIME	7
#define LINUX_TIMER_ABSTIME	1
#define LINUX_CLK_TCK		100
/** @} */

/** @name Reboot */
/** @{ */
#define LINUX_RB_MAGIC1	0xfee1dead
#define LINUX_RB_MAGIC2	0x28121969
#define LINUX_RB_MAGIC2A	0x05121996
#define LINUX_RB_MAGIC2B	0x16041998
#define LINUX_RB_MAGIC2C	0x20112000
#define LINUX_RB_RESTART	0x01234567
#define LINUX_RB_HALT	0xcdef0123
#define LINUX_RB_POWER_OFF	0x4321fedc
#define LINUX_RB_CAD_ON	0x89abcdef
#define LINUX_RB_CAD_OFF	0x00000000
/** @} */
/* clang-format on */

/** stat(2). */
struct linux_stat {
	uint64_t st_dev;	/**< file system */
	uint64_t st_ino;	/**< inode */
	uint64_t st_nlink;	/**< links */
	uint32_t st_mode;	/**< kind and rights */
	uint32_t st_uid;	/**< owner */
	uint32_t st_gid;	/**< group */
	uint32_t st_pad0;	/**< 0 */
	uint64_t st_rdev;	/**< of a device file */
	int64_t st_size;	/**< bytes */
	int64_t st_blksize;	/**< best size of a transfer */
	int64_t st_blocks;	/**< 512-byte blocks in use */
	int64_t st_times[3][2]; /**< access, change, status change: s, ns */
	int64_t st_unused[3];	/**< 0 */
};
CTASSERT(sizeof(struct linux_stat) == 144);

/** A time in statx(2). */
struct linux_statx_time {
	int64_t tv_sec;	  /**< seconds */
	uint32_t tv_nsec; /**< nanoseconds */
	int32_t pad;	  /**< 0 */
};

/** statx(2). */
struct linux_statx {
	uint32_t stx_mask;		   /**< what is filled in */
	uint32_t stx_blksize;		   /**< best size of a transfer */
	uint64_t stx_attributes;	   /**< 0 */
	uint32_t stx_nlink;		   /**< links */
	uint32_t stx_uid;		   /**< owner */
	uint32_t stx_gid;		   /**< group */
	uint16_t stx_mode;		   /**< kind and rights */
	uint16_t stx_pad0;		   /**< 0 */
	uint64_t stx_ino;		   /**< inode */
	uint64_t stx_size;		   /**< bytes */
	uint64_t stx_blocks;		   /**< 512-byte blocks in use */
	uint64_t stx_attributes_mask;	   /**< 0 */
	struct linux_statx_time stx_atime; /**< last access */
	struct linux_statx_time stx_btime; /**< 0: not known */
	struct linux_statx_time stx_ctime; /**< last status change */
	struct linux_statx_time stx_mtime; /**< last change */
	uint32_t stx_rdev_major;	   /**< of a device file */
	uint32_t stx_rdev_minor;	   /**< of a device file */
	uint32_t stx_dev_major;		   /**< file system */
	uint32_t stx_dev_minor;		   /**< file system */
	uint64_t stx_spare[14];		   /**< 0 */
};
CTASSERT(sizeof(struct linux_statx) == 256);

/** statfs(2). */
struct linux_statfs {
	int64_t f_type;	    /**< a magic number */
	int64_t f_bsize;    /**< unit of the next three */
	uint64_t f_blocks;  /**< all */
	uint64_t f_bfree;   /**< free */
	uint64_t f_bavail;  /**< free for anybody */
	uint64_t f_files;   /**< inodes */
	uint64_t f_ffree;   /**< free inodes */
	int32_t f_fsid[2];  /**< which */
	int64_t f_namelen;  /**< longest name */
	int64_t f_frsize;   /**< f_bsize */
	int64_t f_flags;    /**< LINUX_ST_* */
	int64_t f_spare[4]; /**< 0 */
};
CTASSERT(sizeof(struct linux_statfs) == 120);

/** getdents64(2): an entry, its name follows. */
struct linux_dirent64 {
	uint64_t d_ino;	   /**< inode */
	int64_t d_off;	   /**< where the next one is */
	uint16_t d_reclen; /**< bytes to the next one */
	uint8_t d_type;	   /**< kind */
} __packed;
CTASSERT(sizeof(struct linux_dirent64) == 19);

/** fcntl(2). */
struct linux_flock {
	int16_t l_type;	  /**< LINUX_F_* */
	int16_t l_whence; /**< SEEK_* */
	int64_t l_start;  /**< first byte */
	int64_t l_len;	  /**< bytes, 0 to the end */
	int32_t l_pid;	  /**< who has it */
};
CTASSERT(sizeof(struct linux_flock) == 32);

#define LINUX_NCCS 19

/** TCGETS. */
struct linux_termios {
	uint32_t c_iflag;	  /**< input */
	uint32_t c_oflag;	  /**< output */
	uint32_t c_cflag;	  /**< line, and the speed */
	uint32_t c_lflag;	  /**< local */
	uint8_t c_line;		  /**< 0 */
	uint8_t c_cc[LINUX_NCCS]; /**< control characters */
};
CTASSERT(sizeof(struct linux_termios) == 36);

typedef uint64_t linux_sigset_t; /**< signal n is bit n - 1 */

/** rt_sigaction(2). */
struct linux_sigaction {
	uint64_t lsa_handler;	 /**< address, 0 or 1 */
	uint64_t lsa_flags;	 /**< LINUX_SA_* */
	uint64_t lsa_restorer;	 /**< what calls rt_sigreturn */
	linux_sigset_t lsa_mask; /**< blocked meanwhile */
};
CTASSERT(sizeof(struct linux_sigaction) == 32);

/** sigaltstack(2). */
struct linux_stack {
	uint64_t ss_sp;	  /**< lowest byte */
	int32_t ss_flags; /**< LINUX_SS_* */
	int32_t ss_pad;	  /**< 0 */
	uint64_t ss_size; /**< bytes */
};
CTASSERT(sizeof(struct linux_stack) == 24);

/** linux_siginfo of a child, or of a process that has sent it. */
struct linux_siginfo_child {
	int32_t pid;	/**< who */
	uint32_t uid;	/**< whose */
	int32_t status; /**< of a child */
	int32_t pad;	/**< 0 */
	int64_t utime;	/**< 0 */
	int64_t stime;	/**< 0 */
};

/** linux_siginfo of a fault. */
struct linux_siginfo_fault {
	uint64_t addr; /**< of the fault */
};

/** linux_siginfo of a signal with a message. */
struct linux_siginfo_rt {
	int32_t pid;	/**< who */
	uint32_t uid;	/**< whose */
	uint64_t value; /**< with the message */
};

/** linux_siginfo of a descriptor that is ready. */
struct linux_siginfo_poll {
	int64_t band; /**< events */
	int32_t fd;   /**< descriptor */
};

/** What a handler and waitid(2) are told. */
struct linux_siginfo {
	int32_t lsi_signo; /**< signal */
	int32_t lsi_errno; /**< 0 */
	int32_t lsi_code;  /**< why */
	int32_t lsi_pad;   /**< 0 */
	union {
		/** SIGCHLD; kill(2) has its first half. */
		struct linux_siginfo_child lsi_child;
		struct linux_siginfo_fault lsi_fault; /**< SIGSEGV and such */
		struct linux_siginfo_rt lsi_rt;	      /**< sigqueue(3) */
		struct linux_siginfo_poll lsi_poll;   /**< SIGIO */
		uint8_t lsi_bytes[112];		      /**< all */
	};
};
CTASSERT(sizeof(struct linux_siginfo) == 128);

/** Registers of an interrupted program. */
struct linux_sigcontext {
	uint64_t sc_r8;		 /**< r8 */
	uint64_t sc_r9;		 /**< r9 */
	uint64_t sc_r10;	 /**< r10 */
	uint64_t sc_r11;	 /**< r11 */
	uint64_t sc_r12;	 /**< r12 */
	uint64_t sc_r13;	 /**< r13 */
	uint64_t sc_r14;	 /**< r14 */
	uint64_t sc_r15;	 /**< r15 */
	uint64_t sc_rdi;	 /**< rdi */
	uint64_t sc_rsi;	 /**< rsi */
	uint64_t sc_rbp;	 /**< rbp */
	uint64_t sc_rbx;	 /**< rbx */
	uint64_t sc_rdx;	 /**< rdx */
	uint64_t sc_rax;	 /**< rax */
	uint64_t sc_rcx;	 /**< rcx */
	uint64_t sc_rsp;	 /**< stack pointer */
	uint64_t sc_rip;	 /**< program counter */
	uint64_t sc_rflags;	 /**< flags */
	uint16_t sc_cs;		 /**< code segment */
	uint16_t sc_gs;		 /**< GS */
	uint16_t sc_fs;		 /**< FS */
	uint16_t sc_ss;		 /**< stack segment */
	uint64_t sc_err;	 /**< error code */
	uint64_t sc_trapno;	 /**< trap's number, or 0 */
	uint64_t sc_oldmask;	 /**< 0 */
	uint64_t sc_cr2;	 /**< address of a page fault */
	uint64_t sc_fpstate;	 /**< address of the FXSAVE image, or 0 */
	uint64_t sc_reserved[8]; /**< 0 */
};
CTASSERT(sizeof(struct linux_sigcontext) == 256);

/** What rt_sigreturn(2) restores. */
struct linux_ucontext {
	uint64_t uc_flags;		     /**< 0 */
	uint64_t uc_link;		     /**< 0 */
	struct linux_stack uc_stack;	     /**< alternate stack */
	struct linux_sigcontext uc_mcontext; /**< registers */
	linux_sigset_t uc_sigmask;	     /**< signals blocked */
};
CTASSERT(sizeof(struct linux_ucontext) == 304);

/** uname(2). */
struct linux_utsname {
	char sysname[65];    /**< "Linux" */
	char nodename[65];   /**< this machine */
	char release[65];    /**< version that is emulated */
	char version[65];    /**< ours */
	char machine[65];    /**< "x86_64" */
	char domainname[65]; /**< "(none)" */
};
CTASSERT(sizeof(struct linux_utsname) == 390);

/** sysinfo(2). */
struct linux_sysinfo {
	int64_t uptime;	    /**< seconds */
	uint64_t loads[3];  /**< load, times 65536 */
	uint64_t totalram;  /**< bytes */
	uint64_t freeram;   /**< bytes */
	uint64_t sharedram; /**< 0 */
	uint64_t bufferram; /**< 0 */
	uint64_t totalswap; /**< 0 */
	uint64_t freeswap;  /**< 0 */
	uint16_t procs;	    /**< processes */
	uint16_t pad;	    /**< 0 */
	uint32_t pad2;	    /**< 0 */
	uint64_t totalhigh; /**< 0 */
	uint64_t freehigh;  /**< 0 */
	uint32_t mem_unit;  /**< 1 */
	uint32_t pad3;	    /**< 0 */
};
CTASSERT(sizeof(struct linux_sysinfo) == 112);

/** prlimit64(2). */
struct linux_rlimit {
	uint64_t rlim_cur; /**< in force */
	uint64_t rlim_max; /**< what it may be raised to */
};

/** times(2), in ticks of 1/100 s. */
struct linux_tms {
	int64_t tms_utime;  /**< user time */
	int64_t tms_stime;  /**< system time */
	int64_t tms_cutime; /**< of children */
	int64_t tms_cstime; /**< of children */
};

#endif
