/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Processes and their threads.
 *
 * A proc is what has a number and an address space; an lwp is a thread of it
 * that runs in user mode; a thread (td) is what the kernel schedules.
 *
 * mp_token protects: the lists of processes, groups and sessions, parents and
 * children, p_stat changes, p_ucred, p_fd, limits.  p_spin protects what
 * signals touch (<sys/signalvar.h>) and the list of lwps.
 */
#ifndef _SYS_PROC_H_
#define _SYS_PROC_H_

#include <sys/callout.h>
#include <sys/event.h>
#include <sys/lock.h>
#include <sys/lwp.h>
#include <sys/param.h>
#include <sys/queue.h>
#include <sys/resource.h>
#include <sys/signalvar.h>
#include <sys/sysent.h>
#include <sys/thread.h>
#include <sys/tls.h>
#include <sys/tree.h>
#include <sys/tsleep.h>
#include <sys/ucred.h>

struct filedesc;
struct tty;
struct vmspace;
struct vnode;
struct vkernel_lwp;
struct vkernel_proc;

#define MAXCOMLEN    16
#define PID_MAX	     99999
/** Highest number of a thread; Linux' numbers of threads hold as many. */
#define LWPTID_LIMIT 9999

/** One login: what a terminal belongs to. */
struct session {
	volatile u_int s_ref;	    /**< groups, and the tty */
	struct proc *s_leader;	    /**< or NULL when it has gone */
	struct vnode *s_ttyvp;	    /**< the terminal's vnode, or NULL */
	struct tty *s_ttyp;	    /**< the terminal, or NULL */
	pid_t s_sid;		    /**< its number */
	LIST_ENTRY(session) s_hash; /**< by number */
	char s_login[MAXLOGNAME];   /**< who has logged in, or "" */
};

/** A process group: what job control stops and continues. */
struct pgrp {
	LIST_ENTRY(pgrp) pg_link;     /**< all groups */
	LIST_HEAD(, proc) pg_members; /**< its processes */
	struct session *pg_session;   /**< whose it is */
	pid_t pg_id;		      /**< its number */
	int pg_jobc; /**< members that keep it from being orphaned */
};

/** A thread in user mode. */
struct lwp {
	RB_ENTRY(lwp) lwp_node;		 /**< p_lwp_tree */
	struct proc *lwp_proc;		 /**< whose */
	struct thread *lwp_thread;	 /**< what runs it */
	struct vmspace *lwp_vmspace;	 /**< p_vmspace, or a vkernel's guest */
	struct vkernel_lwp *lwp_vkernel; /**< see vm_vkernel.c */
	lwpid_t lwp_tid;	       /**< its number in the process, from 1 */
	u_int lwp_flags;	       /**< LWP_*, its own */
	volatile u_int lwp_mpflags;    /**< LWP_MP_*, atomic */
	u_int lwp_lock;		       /**< who holds it */
	struct trapframe *lwp_md_regs; /**< its registers in user mode */
	struct savetls lwp_tls;	       /**< FS and GS */
	sigset_t lwp_sigmask;	       /**< blocked */
	sigset_t lwp_oldsigmask;       /**< to be restored after sigsuspend */
	sigset_t lwp_siglist;	       /**< sent to this thread */
	struct ksiginfo lwp_ksi[NSIG]; /**< what came with each */
	struct siginfo lwp_trapinfo;   /**< of the last fault */
	stack_t lwp_sigstk;	       /**< alternate stack */
	int lwp_priority;	       /**< usched: TDPRI_USER to _MAX */
	u_int lwp_estcpu;	       /**< usched: recent use; see usched.c */
	int lwp_estticks;	       /**< usched: when that was computed */
	u_int lwp_slice;	       /**< usched: ticks left of its turn */
	volatile u_int lwp_turn_over;  /**< usched: set by the clock */
	uint64_t lwp_cpumask;	       /**< processors that it may use */
	vm_offset_t lwp_clear_tid;     /**< Linux: clear_child_tid, or 0 */
	struct rusage lwp_ru;	       /**< used by this thread */
	int lwp_errno_wait;	       /**< for sigtimedwait */
	const sigset_t *lwp_sigwait;   /**< signals that sigtimedwait wants */
};

/** @name lwp_flags */
/** @{ */
#define LWP_OLDMASK    0x0001 /* lwp_oldsigmask is to be restored */
#define LWP_ALTSTACK   0x0002 /* lwp_sigstk may be used */
#define LWP_YIELD      0x0008 /* it gives its turn away, sched_yield(2) */
/** @} */
/** @name lwp_mpflags */
/** @{ */
#define LWP_MP_WEXIT   0x0001 /* is to end */
#define LWP_MP_SIGPEND 0x0002 /* look for signals before user mode */
#define LWP_MP_STOPPED 0x0004 /* sleeps in a stop */
/** @} */

RB_HEAD(lwp_tree, lwp);
RB_PROTOTYPE(lwp_tree, lwp, lwp_node, lwp_cmp);
int lwp_cmp(struct lwp *a, struct lwp *b);

/** p_stat: being made, alive, stopped, ended. */
enum procstat { SIDL = 1, SACTIVE, SSTOP, SZOMB };

/** A process. */
struct proc {
	LIST_ENTRY(proc) p_list;	  /**< allproc or zombies */
	LIST_ENTRY(proc) p_hash;	  /**< by number */
	LIST_ENTRY(proc) p_pglist;	  /**< members of its group */
	LIST_ENTRY(proc) p_sibling;	  /**< children of its parent */
	LIST_HEAD(, proc) p_children;	  /**< its own */
	struct proc *p_pptr;		  /**< parent */
	struct spinlock p_spin;		  /**< see above */
	pid_t p_pid;			  /**< its number */
	volatile enum procstat p_stat;	  /**< state */
	volatile u_int p_flags;		  /**< P_* */
	volatile u_int p_hold;		  /**< PHOLD(): not to be freed */
	struct ucred *p_ucred;		  /**< for whom it acts */
	struct filedesc *p_fd;		  /**< its descriptors, directories */
	struct sigacts *p_sigacts;	  /**< what it does about signals */
	struct vmspace *p_vmspace;	  /**< its memory */
	const struct sysentvec *p_sysent; /**< its interface */
	struct pgrp *p_pgrp;		  /**< its group */
	struct lwp_tree p_lwps;		  /**< its threads, by number */
	u_int p_nthreads;		  /**< how many */
	lwpid_t p_lasttid;		  /**< number of the youngest */
	sigset_t p_siglist;		  /**< sent to the process */
	struct ksiginfo p_ksi[NSIG];	  /**< what came with each */
	u_int p_groupsigs; /**< signals sent to it and to others at once */
	u_short p_xstat;   /**< how it ended, wait status */
	int p_xsig;	   /**< signal that stopped it */
	int p_nice;	   /**< -20 to 20 */
	struct rlimit p_rlimit[RLIM_NLIMITS]; /**< limits */
	struct rusage p_ru;		      /**< of threads that have ended */
	struct rusage p_cru;		      /**< of children waited for */
	struct itimerval p_realtimer;	      /**< ITIMER_REAL */
	struct callout p_itcallout;	      /**< its clock */
	struct itimerval p_timer[2];	/**< ITIMER_VIRTUAL, ITIMER_PROF */
	volatile u_int p_cputicks;	/**< of all threads: RLIMIT_CPU */
	struct timespec p_start;	/**< nanotime() at fork */
	struct klist p_klist;		/**< who watches it: EVFILT_PROC */
	struct vnode *p_textvp;		/**< the program, or NULL */
	struct vkernel_proc *p_vkernel; /**< see vm_vmspace.c */
	vm_offset_t p_argv;		/**< argument strings on its stack */
	vm_size_t p_argvlen;		/**< their bytes */
	vm_size_t p_envlen; /**< bytes of the environment, behind them */
	char p_comm[MAXCOMLEN + 1]; /**< its name */
	volatile u_int p_umtxgen;   /**< forks: see kern_umtx.c */
};

/** @name p_flags, changed atomically */
/** @{ */
#define P_WEXIT	    0x00001 /* is ending */
#define P_CONTROLT  0x00002 /* has a controlling terminal */
#define P_PPWAIT    0x00004 /* vfork: the parent waits */
#define P_EXEC	    0x00008 /* has called execve */
#define P_WAITED    0x00010 /* its stop was reported */
#define P_CONTINUED 0x00020 /* was continued, not reported */
#define P_SUGID	    0x00040 /* had set-id rights */
#define P_SYSTEM    0x00080 /* of the kernel */
#define P_NOCLDSTOP 0x00100 /* no SIGCHLD for stops */
#define P_NOCLDWAIT 0x00200 /* children leave no zombies */
#define P_RESTRAIN  0x00400 /* threads other than one wait: exit, exec */
#define P_TELLCONT  0x00800 /* the parent is to be told that it goes on */
/** @} */

LIST_HEAD(proclist, proc);
extern struct proclist allproc, zombproc;
extern struct proc proc0;     /**< the kernel itself */
extern struct proc *initproc; /**< number 1 */
extern u_int nprocs;	      /**< processes */
extern u_int maxproc;	      /**< most of them */

/** Keeps a process from being freed; PRELE() ends it. */
#define PHOLD(p) atomic_add_int(&(p)->p_hold, 1)
void pholdrel(struct proc *p);
#define PRELE(p) pholdrel(p)

/* --- kern/kern_proc.c: all under mp_token --- */
void procinit(void);
struct proc *pfind(pid_t pid);	/* held: PRELE() it */
struct proc *pfindn(pid_t pid); /* not held */
struct proc *zpfind(pid_t pid);
struct pgrp *pgfind(pid_t pgid);
int enterpgrp(struct proc *p, pid_t pgid, bool mksess);
void leavepgrp(struct proc *p);
void fixjobc(struct proc *p, struct pgrp *pgrp, bool entering);
bool pgrp_orphaned(const struct pgrp *pgrp);
pid_t proc_newpid(void);
bool inferior(const struct proc *p); /* p is curproc or descends from it */
struct lwp *lwpfind(struct proc *p, lwpid_t tid);
void sess_rele(struct session *s);
int p_trespass(const struct ucred *from, const struct ucred *to);

/* --- kern/sys_process.c --- */
int p_candebug(const struct proc *p);
int proc_vmspace(struct proc *p, struct vmspace **vmp);
struct proc *proc_alloc(void);	/* with a number and nothing else */
void proc_free(struct proc *p); /* undoes proc_alloc() */
void proc_publish(struct proc *p, struct proc *parent);
void proc_zombie(struct proc *p);
void proc_unlist(struct proc *p); /* a zombie that was waited for */
void proc_reparent(struct proc *child, struct proc *parent);
void proc_settextvp(struct proc *p, struct vnode *vp);
u_int proc_count_uid(uid_t ruid); /* processes, zombies too */
/* --- kern/kern_pgrp.c: under mp_token --- */
void pgrp_init(struct proc *p0);
bool pgrp_uses_id(pid_t id); /* a group or session has that number */
void pgrp_join(struct proc *p, struct pgrp *pgrp); /* a new process */
void pgrp_adopt(struct proc *child, struct proc *parent);

/* --- kern/kern_fork.c --- */
/** @name rfork(2) flags of fork1() */
/** @{ */
#define RFFDG	   0x0004     /* a copy of the descriptors */
#define RFPROC	   0x0010     /* a new process: always */
#define RFMEM	   0x0020     /* shares memory */
#define RFSIGSHARE 0x4000     /* shares the signal actions */
#define RFPPWAIT   0x80000000 /* the parent waits for exec or exit */
/** @} */
int fork1(struct lwp *lp, u_int flags, struct proc **childp);
void start_forked_proc(struct lwp *lp1, struct proc *p2);
struct lwp *lwp_fork(struct lwp *lp, struct proc *p2, bool newproc);
int lwp_create_kern(const struct lwp_params *params, uint64_t cpumask,
    lwpid_t *tid, void (*adjust)(struct lwp *child, void *arg), void *arg);
int fork_kernel(void (*func)(void *lp), struct proc **childp);
/* --- kern/kern_init.c --- */
void create_init(void);
void ppwait_done(struct proc *p); /* vfork's parent may go on */
/* --- kern/kern_lwp.c --- */
void lwp_free(struct lwp *lp);	 /* never ran */
void lwp_remove(struct lwp *lp); /* out of its process's tree */
void lwp_reap(struct thread *td);
extern u_int nlwps, maxlwps; /**< threads with a user mode */

/* --- kern/kern_exit.c --- */
void exit1(int wstatus) __dead2;    /* W_EXITCODE() */
void lwp_exit(void) __dead2;	    /* only this thread */
int killlwps(struct lwp *lp);	    /* ends all others, waits for it */
void lwp_wake_exit(struct lwp *lp); /* marks and wakes one that is to end */
int
kern_wait(pid_t pid, int *status, int options, struct rusage *ru, pid_t *res);

/* --- kern/kern_resource.c --- */
void ru_add(struct rusage *sum, const struct rusage *ru);
void ru_add_lwp(struct rusage *sum, const struct lwp *lp);
int kern_getrlimit(u_int which, struct rlimit *limit);
int kern_setrlimit(u_int which, const struct rlimit *limit);
int kern_getrusage(int who, struct rusage *ru);
int kern_getpriority(int which, int who, int *res);
int kern_setpriority(int which, int who, int prio);

/* --- kern/kern_prot.c, kern_setid.c --- */
int kern_setpgid(pid_t pid, pid_t pgid);
int kern_getpgid(pid_t pid, pid_t *res);
int kern_getsid(pid_t pid, pid_t *res);
int kern_setsid(pid_t *res);
/** An id of -1 stays as it is. */
int kern_setresuid(uid_t ruid, uid_t euid, uid_t svuid);
int kern_setresgid(gid_t rgid, gid_t egid, gid_t svgid);
int kern_setreuid(uid_t ruid, uid_t euid);
int kern_setregid(gid_t rgid, gid_t egid);
int kern_setuid(uid_t uid);
int kern_setgid(gid_t gid);
int kern_setgroups(const gid_t *groups, u_int n);
void setucred(struct proc *p, struct ucred *cr); /* takes the reference */

/* --- kern/kern_exec.c --- */
int kern_execve(
    const char *path_user, void *const *argv_user, void *const *envp_user);

/* --- kern/kern_time.c --- */
int kern_nanosleep(const struct timespec *rqt, struct timespec *rmt);
int kern_clock_gettime(clockid_t id, struct timespec *ts);
int kern_setitimer(u_int which, const struct itimerval *itv,
    struct itimerval *oitv); /* both in the kernel; oitv may be NULL */
void calcru_proc(struct proc *p, struct rusage *ru);

/* --- kern/kern_umtx.c --- */
int kern_umtx_sleep(vm_offset_t uaddr, int value, int timeout_us);
int kern_umtx_sleep_ns(vm_offset_t uaddr, int value, uint64_t ns);
int kern_umtx_wakeup(vm_offset_t uaddr, int count, int *woken);
void umtx_fork_wakeup(struct proc *p); /* its pages are shared with a child */

/* --- kern/usched.c: the user scheduler --- */
void usched_setrunqueue(struct lwp *lp); /* a new thread may run */
void usched_heuristic_fork(struct lwp *parent, struct lwp *child);
void usched_exit(struct lwp *lp);
void usched_tick(struct lwp *lp);	   /* clock interrupt while lp runs */
void usched_userret(struct lwp *lp);	   /* on the way to user mode */
void usched_resetpriority(struct lwp *lp); /* p_nice has changed */
void usched_check_mask(struct lwp *lp);	   /* lwp_cpumask has changed: moves if
					   lp is curlwp, else at its next turn */
bool usched_steal(void);		   /* idle: takes work from another */
bool lwkt_user_yield(void);		   /* in long calls; to end? */
bool lwkt_may_run(const struct thread *td, u_int cpuid);

/* --- cpu/x86_64/misc/vm_machdep.c, trap.c --- */
void cpu_fork(struct lwp *lp1, struct lwp *lp2, bool newproc);
void cpu_lwp_start(struct lwp *lp, const struct lwp_params *params);
void cpu_set_user_tls(struct lwp *lp); /* loads lwp_tls if lp is curlwp */
void userret(struct lwp *lp, struct trapframe *tf); /* signals, turns */
void signotify(struct lwp *lp); /* make lp look for signals soon */

#endif
