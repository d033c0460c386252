/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * What programs are told of processes: sysctl kern.proc.
 *
 *     { CTL_KERN, KERN_PROC, KERN_PROC_ALL }          all of them
 *     { CTL_KERN, KERN_PROC, KERN_PROC_PID, pid }     one
 *     also KERN_PROC_PGRP, _SESSION, _UID, _RUID      some
 *     { CTL_KERN, KERN_PROC, KERN_PROC_ARGS, pid }    arguments, each with NUL
 *
 * The value is an array of struct kinfo_proc.  Names of fields are DragonFly's,
 * the layout is ours: kp_size is the distance to the next one, so that fields
 * may be added at the end.
 */
#ifndef _SYS_KINFO_H_
#define _SYS_KINFO_H_

#include <sys/resource.h>

#define KI_COMMLEN  17
#define KI_LOGINLEN 33
#define KI_WMESGLEN 9

/** @name kp_stat */
/** @{ */
#define KP_ACTIVE   2 /* runs or sleeps */
#define KP_STOP	    3 /* is stopped */
#define KP_ZOMB	    4 /* has ended, and was not waited for */
/** @} */

/** One process. */
struct kinfo_proc {
	int kp_size;		    /**< of this structure */
	int kp_stat;		    /**< KP_* */
	u_int kp_flags;		    /**< P_* */
	pid_t kp_pid;		    /**< number */
	pid_t kp_ppid;		    /**< of the parent */
	pid_t kp_pgid;		    /**< of its group */
	pid_t kp_sid;		    /**< of its session */
	dev_t kp_tdev;		    /**< its terminal, or -1 */
	uid_t kp_uid;		    /**< effective user */
	uid_t kp_ruid;		    /**< real user */
	uid_t kp_svuid;		    /**< saved user */
	gid_t kp_rgid;		    /**< real group */
	int kp_nthreads;	    /**< threads */
	int kp_nice;		    /**< -20 to 20 */
	int kp_exitstat;	    /**< KP_ZOMB: as wait4(2) */
	int kp_cpuid;		    /**< processor of the first thread */
	u_long kp_vm_map_size;	    /**< bytes mapped */
	u_long kp_vm_rssize;	    /**< pages in memory */
	struct timeval kp_start;    /**< time of day of its start */
	struct rusage kp_ru;	    /**< what it has used */
	char kp_comm[KI_COMMLEN];   /**< name */
	char kp_login[KI_LOGINLEN]; /**< who has logged in */
	char kp_wmesg[KI_WMESGLEN]; /**< what the first thread waits for */
};

#endif
