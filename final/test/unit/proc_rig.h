/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Processes as a test sees them: by number, without the kernel's headers.
 * Calls return 0 or more, or an error as a negative number.
 */
#ifndef _PROC_RIG_H_
#define _PROC_RIG_H_

#include <sys/types.h>

/* --- test_proc.c: a thread that ends leaves the function it was in --- */
void rig_call(void (*func)(void *), void *arg);
void rig_away(void) __attribute__((__noreturn__));

/* Proc0 and process 1.  Called once. */
void rig_proc_boot(void);

/* The process that the calls below act for: its first thread. */
void rig_become(int pid);

int rig_fork(unsigned flags);
void rig_exit(int wstatus);
int rig_wait(int pid, int options, int *wstatus);
int rig_setpgid(int pid, int pgid);
int rig_setsid(void);
int rig_getpgid(int pid);
int rig_getsid(int pid);
int rig_setres(bool group, unsigned r, unsigned e, unsigned s);
int rig_setre(bool group, unsigned r, unsigned e);
int rig_set(bool group, unsigned id);
void rig_ids(bool group, unsigned ids[3]);
int rig_setrlimit(unsigned which, long cur, long max);
int rig_nice(int which, int who, int prio);
int rig_thread(void);	       /* its number */
void rig_thread_exit(int tid); /* of the current process */

/* What can be seen from outside. */
enum rig_state { RIG_NONE, RIG_ALIVE, RIG_ZOMBIE };
enum rig_state rig_state(int pid);
int rig_ppid(int pid);
unsigned rig_threads(int pid);
bool rig_orphaned(int pgid);
bool rig_group_exists(int pgid);
void rig_stop(int pid, int sig);
void rig_continue(int pid);
unsigned long rig_sent(int pid); /* signals since the last call: bit n */
void rig_hold(int pid);
void rig_release(void);
void rig_no_memory(bool on);	/* address spaces cannot be copied */
void rig_signal_forks(bool on); /* its group gets one during fork */
void rig_nocldwait(bool on);	/* of the current process */
void rig_exec_flag(int pid);	/* it has called execve */
unsigned rig_nprocs(void);
unsigned rig_nlwps(void);
unsigned rig_maxproc(void);
long rig_allocations(void);

/* Arguments of execve. */
void rig_args_begin(void);
int rig_args_add(const char *s, bool env);
int
rig_args_shell(const char *path, const char *text, size_t len, char *interp64);
void rig_args_list(char *buf, size_t size); /* "a|b|;ENV|" */
/* As a new program finds them, from argc on: "2|a|b|;ENV|"; -error. */
int rig_args_stack(char *buf, size_t size);
void rig_args_end(void);

#endif
