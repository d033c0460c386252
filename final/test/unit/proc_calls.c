/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Processes under test: what a test asks of them, proc_rig.h's calls.
 * Compiled as a part of the kernel.
 */
#include <sys/errno.h>
#include <sys/imgact.h>
#include <sys/malloc.h>
#include <sys/proc.h>
#include <sys/systm.h>
#include <cpu/atomic.h>
#include <vm/vm_map.h>
#include "proc_rig.h"
#include "proc_rig_kern.h"

static struct proc *held;
static struct image_args args;

static void
no_func(void *arg __unused)
{
}

void
rig_proc_boot(void)
{
	rig_proc_gd.gd_curthread = &rig_idle;
	rig_tokens = 1;
	procinit();
	if (fork_kernel(no_func, &initproc) != 0)
		panic("no process 1");
	start_forked_proc(NULL, initproc);
	/* As after its execve. */
	initproc->p_vmspace = kmalloc(sizeof(struct vmspace), M_TEMP, M_ZERO);
	initproc->p_vmspace->vm_ref = 1;
}

void
rig_become(int pid)
{
	struct proc *p = pfindn(pid);

	if (p == NULL)
		panic("there is no process %d", pid);
	rig_proc_gd.gd_curthread = RB_MIN(lwp_tree, &p->p_lwps)->lwp_thread;
}

int
rig_fork(unsigned flags)
{
	struct proc *child;
	int error;
	pid_t pid;

	error = fork1(curlwp, flags, &child);
	if (error != 0)
		return (-error);
	pid = child->p_pid;
	rig_signals[pid % nitems(rig_signals)] = 0;
	start_forked_proc(NULL, child);
	return (pid);
}

static void
end_process(void *arg)
{
	exit1(*(int *)arg);
}

void
rig_exit(int wstatus)
{
	rig_call(end_process, &wstatus);
	rig_tokens = 1;
}

int
rig_wait(int pid, int options, int *wstatus)
{
	struct rusage ru;
	pid_t res;
	int error;

	error = kern_wait(pid, wstatus, options, &ru, &res);
	return (error != 0 ? -error : res);
}

int
rig_setpgid(int pid, int pgid)
{
	return (-kern_setpgid(pid, pgid));
}

int
rig_setsid(void)
{
	pid_t res;
	int error = kern_setsid(&res);

	return (error != 0 ? -error : res);
}

int
rig_getpgid(int pid)
{
	pid_t res;
	int error = kern_getpgid(pid, &res);

	return (error != 0 ? -error : res);
}

int
rig_getsid(int pid)
{
	pid_t res;
	int error = kern_getsid(pid, &res);

	return (error != 0 ? -error : res);
}

int
rig_setres(bool group, unsigned r, unsigned e, unsigned s)
{
	return (-(group ? kern_setresgid(r, e, s) : kern_setresuid(r, e, s)));
}

int
rig_setre(bool group, unsigned r, unsigned e)
{
	return (-(group ? kern_setregid(r, e) : kern_setreuid(r, e)));
}

int
rig_set(bool group, unsigned id)
{
	return (-(group ? kern_setgid(id) : kern_setuid(id)));
}

void
rig_ids(bool group, unsigned ids[3])
{
	const struct ucred *cr = curproc->p_ucred;

	ids[0] = group ? cr->cr_rgid : cr->cr_ruid;
	ids[1] = group ? cr->cr_gid : cr->cr_uid;
	ids[2] = group ? cr->cr_svgid : cr->cr_svuid;
}

int
rig_setrlimit(unsigned which, long cur, long max)
{
	struct rlimit limit = { cur, max };

	return (-kern_setrlimit(which, &limit));
}

int
rig_nice(int which, int who, int prio)
{
	return (-kern_setpriority(which, who, prio));
}

int
rig_thread(void)
{
	lwpid_t tid;
	int error;

	error = lwp_create_kern(NULL, 0, &tid, NULL, NULL);
	return (error != 0 ? -error : tid);
}

void
rig_thread_exit(int tid)
{
	struct thread *self = curthread;
	struct proc *p = curproc;
	struct lwp *lp = lwpfind(p, tid);
	bool last = p->p_nthreads == 1, same = lp == curlwp;

	rig_proc_gd.gd_curthread = lp->lwp_thread;
	rig_call(rig_end_thread, NULL);
	rig_tokens = 1;
	if (last)
		return;
	rig_proc_gd.gd_curthread = same
	    ? RB_MIN(lwp_tree, &p->p_lwps)->lwp_thread
	    : self;
}

enum rig_state
rig_state(int pid)
{
	if (pfindn(pid) != NULL)
		return (RIG_ALIVE);
	return (zpfind(pid) != NULL ? RIG_ZOMBIE : RIG_NONE);
}

static struct proc *
any(int pid)
{
	struct proc *p = pfindn(pid);

	return (p != NULL ? p : zpfind(pid));
}

int
rig_ppid(int pid)
{
	return (any(pid)->p_pptr->p_pid);
}

unsigned
rig_threads(int pid)
{
	return (any(pid)->p_nthreads);
}

bool
rig_orphaned(int pgid)
{
	return (pgrp_orphaned(pgfind(pgid)));
}

bool
rig_group_exists(int pgid)
{
	return (pgfind(pgid) != NULL);
}

void
rig_stop(int pid, int sig)
{
	struct proc *p = pfindn(pid);

	p->p_stat = SSTOP;
	p->p_xsig = sig;
	p->p_flags &= ~P_WAITED;
}

void
rig_continue(int pid)
{
	struct proc *p = pfindn(pid);

	p->p_stat = SACTIVE;
	p->p_flags |= P_CONTINUED;
}

unsigned long
rig_sent(int pid)
{
	u_long s = rig_signals[pid % nitems(rig_signals)];

	rig_signals[pid % nitems(rig_signals)] = 0;
	return (s);
}

void
rig_hold(int pid)
{
	held = any(pid);
	PHOLD(held);
}

void
rig_release(void)
{
	PRELE(held);
}

void
rig_no_memory(bool on)
{
	rig_memory_out = on;
}

void
rig_signal_forks(bool on)
{
	rig_group_signal = on;
}

void
rig_nocldwait(bool on)
{
	curproc->p_flags = on ? curproc->p_flags | P_NOCLDWAIT
			      : curproc->p_flags & ~P_NOCLDWAIT;
}

void
rig_exec_flag(int pid)
{
	pfindn(pid)->p_flags |= P_EXEC;
}

unsigned
rig_nprocs(void)
{
	return (nprocs);
}

unsigned
rig_nlwps(void)
{
	return (nlwps);
}

unsigned
rig_maxproc(void)
{
	return (maxproc);
}

long
rig_allocations(void)
{
	return (rig_kmallocs);
}

void
rig_args_begin(void)
{
	exec_args_init(&args);
}

int
rig_args_add(const char *s, bool env)
{
	return (-exec_args_add(&args, s, UIO_USERSPACE, env));
}

int
rig_args_shell(const char *path, const char *text, size_t len, char *interp64)
{
	struct image_params imgp = {
		.args = &args,
		.image_header = text,
		.header_len = len,
		.execpath = imgp.interp,
	};
	int error;

	/* As if `path` were an interpreter: kern_exec.c hands it on there. */
	strlcpy(imgp.interp, path, sizeof(imgp.interp));
	error = exec_shell_imgact(&imgp);
	if (error == 0)
		memcpy(interp64, imgp.interp, sizeof(imgp.interp));
	return (error == -1 ? 1 : -error);
}

/* Appends a word and a '|'. */
static void
list(char *buf, size_t size, const char *word)
{
	size_t n = strlen(buf);

	ksnprintf(buf + n, size - n, "%s|", word);
}

void
rig_args_list(char *buf, size_t size)
{
	const char *s = args.begin_argv;

	buf[0] = '\0';
	for (int i = 0; i < args.argc + args.envc; i++, s += strlen(s) + 1) {
		if (i == args.argc && s != args.begin_envv)
			panic("the environment is not where it should be");
		if (i == args.argc)
			ksnprintf(buf + strlen(buf), size - strlen(buf), ";");
		list(buf, size, s);
	}
	if (s != args.endp)
		panic("the strings end elsewhere");
}

/* Lists the strings that words from sp on lead to. */
static vm_offset_t
list_array(char *buf, size_t size, vm_offset_t sp)
{
	uint64_t word;

	for (;; sp += sizeof(word)) {
		copyin((void *)sp, &word, sizeof(word));
		if (word == 0)
			return (sp + sizeof(word));
		list(buf, size, rig_user((void *)word, 1));
	}
}

int
rig_args_stack(char *buf, size_t size)
{
	static const Elf64_Auxinfo aux[] = { { AT_PAGESZ, 4096 },
		{ AT_NULL, 0 } };
	struct image_params imgp = { .args = &args };
	Elf64_Auxinfo seen[2];
	vm_offset_t strings, sp;
	uint64_t argc;
	int error;

	error = exec_copyout_args(&imgp, &strings);
	if (error == 0)
		error = exec_copyout_vectors(
		    &imgp, strings, strings - 5, aux, 2, &sp);
	if (error != 0)
		return (-error);
	if ((sp & 15) != 0 || imgp.ps_strings_argv != strings)
		panic("the stack is not aligned");
	copyin((void *)sp, &argc, sizeof(argc));
	ksnprintf(buf, size, "%lu|", argc);
	sp = list_array(buf, size, sp + sizeof(argc));
	ksnprintf(buf + strlen(buf), size - strlen(buf), ";");
	sp = list_array(buf, size, sp);
	copyin((void *)sp, seen, sizeof(seen));
	if (memcmp(seen, aux, sizeof(aux)) != 0 ||
	    sp + sizeof(seen) > strings - 5)
		panic("the auxiliary vector is not there");
	return (0);
}

void
rig_args_end(void)
{
	exec_args_free(&args);
}
