/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * execve: another program in the same process.
 *
 *     exec_find()	 the file, or through "#!" another one: may it be run?
 *			 (kern_exec_file.c)
 *     exec_new_vmspace() its memory, complete but for what is copied to it
 *     exec_commit()	 other threads end, the old memory goes, the new
 *			 program has descriptors, signals, rights, stack
 *
 * Whatever can be wrong with the file or the arguments is found before the old
 * program is touched, and is an errno.  After that an error (a page that
 * cannot be read, no memory) ends the process: there is nothing to return to.
 *
 * From exec_find() on the program counts as running (v_execcount): nobody
 * opens it for writing.
 */
#include <sys/elf64_layout.h>
#include <sys/errno.h>
#include <sys/file.h>
#include <sys/imgact.h>
#include <sys/malloc.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/proc.h>
#include <sys/sysctl.h>
#include <sys/sysproto.h>
#include <sys/systm.h>
#include <sys/time.h>
#include <sys/vkernel.h>
#include <sys/vnode.h>
#include <sys/wait.h>
#include <cpu/atomic.h>
#include <machine/cpu.h>
#include <machine/globaldata.h>
#include <machine/vmm.h>
#include <machine/vmparam.h>
#include <vm/vm_map.h>

static MALLOC_DEFINE(M_EXEC, "exec");

/** kern.exec_verbose: says on the console why a file is no program; 0 never,
 * 1 once a second, 2 always. */
static int exec_verbose = 1;
SYSCTL_INT(exec_verbose, "kern.exec_verbose", CTLFLAG_RW, &exec_verbose,
    "Say why a program cannot be run: 0 never, 1 once a second, 2 always");

#define STACK_MIN   (16 * PAGE_SIZE) /* whatever the limit is */
#define STACK_SLACK (4 * PAGE_SIZE)  /* for what is not strings */

/* Bytes that the stack may have. */
static vm_size_t
stack_size(const struct proc *p)
{
	vm_size_t size = MIN(
	    (vm_size_t)p->p_rlimit[RLIMIT_STACK].rlim_cur, MAXSSIZ);

	return (MAX(rounddown2(size, PAGE_SIZE), STACK_MIN));
}

static int
map_sigcode(struct vmspace *vm)
{
	vm_offset_t addr = SIGCODE_ADDRESS;
	int error;

	if (sigcode_object == NULL)
		return (0);
	vm_object_ref(sigcode_object);
	error = vm_map_insert(vm, &addr, PAGE_SIZE, sigcode_object, 0,
	    VM_PROT_READ | VM_PROT_EXECUTE, VM_PROT_READ | VM_PROT_EXECUTE,
	    MAP_FIXED | MAP_SHARED);
	if (error != 0)
		vm_object_rel(sigcode_object);
	return (error);
}

/**
 * Makes the memory of a new program: segments, stack, code for signals.  May
 * sleep.
 * @param imgp	checked; result: vmspace
 * @return	0; E2BIG: strings that do not fit the stack; ENOMEM, EACCES
 */
int
exec_new_vmspace(struct image_params *imgp)
{
	const struct image_args *args = imgp->args;
	vm_size_t stack = stack_size(imgp->proc);
	struct vmspace *vm;
	int error;

	if ((vm_size_t)(args->endp - args->buf) +
		(vm_size_t)(args->argc + args->envc) * sizeof(void *) +
		STACK_SLACK >
	    stack)
		return (E2BIG);
	vm = vmspace_alloc(VM_MIN_USER_ADDRESS, SIGCODE_ADDRESS + PAGE_SIZE);
	if (vm == NULL)
		return (ENOMEM);
	imgp->vmspace = vm;
	error = elf64_map(imgp);
	if (error == 0)
		error = vm_map_stack(
		    vm, USRSTACK, stack, VM_PROT_READ | VM_PROT_WRITE);
	if (error == 0)
		error = map_sigcode(vm);
	if (error != 0) {
		vmspace_rel(vm);
		imgp->vmspace = NULL;
	}
	return (error);
}

/* For whom the program acts: set-id bits, and what may be restored later. */
static void
set_rights(const struct image_params *imgp)
{
	struct proc *p = imgp->proc;
	const struct vattr *va = imgp->attr;
	struct ucred *cr = crdup(p->p_ucred);
	bool setid = false;

	if ((va->va_mode & S_ISUID) != 0 && va->va_uid != cr->cr_uid) {
		cr->cr_uid = va->va_uid;
		setid = true;
	}
	if ((va->va_mode & S_ISGID) != 0 && va->va_gid != cr->cr_gid) {
		cr->cr_gid = va->va_gid;
		setid = true;
	}
	cr->cr_svuid = cr->cr_uid;
	cr->cr_svgid = cr->cr_gid;
	if (setid)
		atomic_set_int(&p->p_flags, P_SUGID);
	else if (cr->cr_uid == cr->cr_ruid && cr->cr_gid == cr->cr_rgid)
		atomic_clear_int(&p->p_flags, P_SUGID);
	setucred(p, cr);
}

/* Nobody else's descriptors and signal actions are changed by ours. */
static void
unshare(struct proc *p)
{
	struct sigacts *ps = p->p_sigacts, *new;
	struct filedesc *fdp;

	if (p->p_fd->fd_refcnt > 1) {
		fdp = fdcopy(p);
		/* Not fdfree(): our locks on files stay. */
		if (atomic_fetchadd_int(&p->p_fd->fd_refcnt, -1U) == 1) {
			p->p_fd->fd_refcnt = 1; /* the others have gone */
			fdfree(p);
		}
		p->p_fd = fdp;
	}
	if (ps->ps_ref > 1) {
		new = sigacts_dup(ps);
		spin_lock(&p->p_spin);
		p->p_sigacts = new;
		spin_unlock(&p->p_spin);
		sigacts_free(ps);
	}
}

/* The one thread that is left is the first one of the new program. */
static void
renew_lwp(struct lwp *lp)
{
	struct proc *p = lp->lwp_proc;

	lp->lwp_clear_tid = 0;
	lp->lwp_flags &= ~LWP_ALTSTACK;
	lp->lwp_sigstk = (stack_t){ .ss_flags = SS_DISABLE };
	spin_lock(&p->p_spin);
	RB_REMOVE(lwp_tree, &p->p_lwps, lp);
	lp->lwp_tid = p->p_lasttid = 1;
	RB_INSERT(lwp_tree, &p->p_lwps, lp);
	spin_unlock(&p->p_spin);
}

/**
 * Gives the current process other memory; the old one goes.  May sleep.
 * @param lp	the calling thread, the only one
 * @param vm	the new memory, the caller's reference goes to the process
 */
void
vmspace_replace(struct lwp *lp, struct vmspace *vm)
{
	struct proc *p = lp->lwp_proc;
	struct vmspace *old = p->p_vmspace;

	p->p_vmspace = vm;
	lp->lwp_vmspace = vm;
	pmap_activate(vm);
	if (old != NULL)
		vmspace_rel(old);
	ppwait_done(p);
}

/* The program's name for ps: the last part of its path. */
static void
set_name(struct proc *p, const char *path)
{
	const char *name = strrchr(path, '/');

	name = name != NULL && name[1] != '\0' ? name + 1 : path;
	strlcpy(p->p_comm, name, sizeof(p->p_comm));
	strlcpy(curthread->td_comm, name, sizeof(curthread->td_comm));
}

/* The new memory is in use: fills it. */
static int
fill_memory(struct image_params *imgp, vm_offset_t *sp)
{
	int error;

	error = elf64_zero(imgp);
	if (error == 0)
		error = imgp->sysent->sv_copyout_strings(imgp, sp);
	return (error);
}

/* tag::commit[] */
/*
 * Makes the checked program the process's.  *dead: it is too late to go on with
 * the old one.
 */
static int
exec_commit(struct image_params *imgp, bool *dead)
{
	struct lwp *lp = curlwp;
	struct proc *p = imgp->proc;
	vm_offset_t sp = 0;
	int error;

	error = killlwps(lp);
	if (error != 0)
		return (error);
	*dead = true;
	renew_lwp(lp);
	vmm_vmdestroy(lp->lwp_thread);
	vkernel_lwp_exit(lp);
	vkernel_exit(p);
	/* Rights first, and no sleep in between: who may debug the one program
	 * must not get the memory of the other. */
	set_rights(imgp);
	vmspace_replace(lp, imgp->vmspace);
	imgp->vmspace = NULL;
	p->p_argvlen = p->p_envlen = 0;
	unshare(p);
	fdcloseexec(p);
	execsigs(p);
	set_name(p, imgp->execpath);
	proc_settextvp(p, imgp->vp);
	p->p_sysent = imgp->sysent;
	atomic_set_int(&p->p_flags, P_EXEC);
	error = fill_memory(imgp, &sp);
	if (error != 0)
		return (error);
	p->p_argv = imgp->ps_strings_argv;
	p->p_argvlen = (vm_size_t)(imgp->args->begin_envv -
	    imgp->args->begin_argv);
	p->p_envlen = (vm_size_t)(imgp->args->endp - imgp->args->begin_envv);
	imgp->sysent->sv_setregs(lp, imgp->start_addr, sp);
	knote_proc(p, NOTE_EXEC);
	*dead = false;
	return (0);
}
/* end::commit[] */

/* Everything but the buffers. */
static int
exec_run(struct image_params *imgp, const char *path, bool *dead)
{
	int error;

	error = exec_find(imgp, path);
	if (error != 0)
		return (error);
	error = exec_new_vmspace(imgp);
	if (error == 0)
		error = exec_commit(imgp, dead);
	if (imgp->vmspace != NULL)
		vmspace_rel(imgp->vmspace);
	exec_close(imgp);
	return (error);
}

/**
 * Runs another program in the current process.  May sleep.  When it fails
 * after the old program has gone it frees the strings and does not return.
 * @param path		program or script, in the kernel
 * @param args		strings; the caller frees them
 * @param reason	set to what is wrong with the file
 * @return		0: the registers are the new program's; ENOENT and
 *			other errors of look-up; EACCES; ETXTBSY; ENOEXEC;
 *			E2BIG; ENOMEM; ELOOP; EINTR
 */
int
exec_program(
    const char *path, struct image_args *args, struct exec_reason *reason)
{
	struct proc *p = curproc;
	struct vattr va;
	struct image_params imgp = {
		.proc = p,
		.args = args,
		.attr = &va,
	};
	bool dead = false;
	int error;

	ASSERT_MP_TOKEN();
	imgp.image_header = kmalloc(PAGE_SIZE, M_EXEC, M_WAITOK);
	imgp.layout = kmalloc(sizeof(*imgp.layout), M_EXEC, M_WAITOK);
	error = exec_run(&imgp, path, &dead);
	kfree(imgp.layout, M_EXEC);
	kfree((void *)(uintptr_t)imgp.image_header, M_EXEC);
	if (dead) {
		kprintf("pid %d (%s): killed, the program cannot be started "
			"(error %d)\n",
		    p->p_pid, p->p_comm, error);
		exec_args_free(args);
		exit1(W_EXITCODE(0, SIGABRT));
	}
	*reason = imgp.reason;
	return (error);
}

/* At most one line a second; shells try what is no program at all. */
static void
tell_reason(const char *path, const struct exec_reason *reason)
{
	static int told;

	if (reason->words == elf64_no_elf && !reason->linker &&
	    exec_verbose < 2)
		return;
	if (exec_verbose == 0 || (exec_verbose == 1 && ticks - told < (int)hz))
		return;
	told = ticks;
	kprintf("%s: cannot be run: %s%s\n", path,
	    reason->linker ? EXEC_LINKER_WORDS : "", reason->words);
}

/**
 * execve(2) for any interface.  May sleep.
 * @param path_user	path, in the process
 * @param argv_user	NULL-terminated array, in the process
 * @param envp_user	the same, or NULL
 * @return		0: the registers are the new program's, which the
 *			system call must not touch (EJUSTRETURN); errors as
 *			exec_program(); EFAULT; ENAMETOOLONG
 */
int
kern_execve(
    const char *path_user, void *const *argv_user, void *const *envp_user)
{
	struct exec_reason reason = { .words = NULL };
	struct image_args args;
	size_t n;
	int error;

	exec_args_init(&args);
	args.path = kmalloc(MAXPATHLEN, M_EXECARGS, M_WAITOK);
	error = copyinstr(path_user, args.path, MAXPATHLEN, &n);
	if (error == 0)
		error = exec_args_copyin(&args, argv_user, envp_user);
	if (error == 0)
		error = exec_program(args.path, &args, &reason);
	if (reason.words != NULL)
		tell_reason(args.path, &reason);
	exec_args_free(&args);
	return (error);
}

/**
 * execve(fname, argv, envv): runs another program.
 * @param sysmsg	unused
 * @param uap		path and arrays of strings
 * @return		kern_execve()'s; EJUSTRETURN instead of 0
 */
int
sys_execve(struct sysmsg *sysmsg __unused, const struct execve_args *uap)
{
	int error;

	error = kern_execve(
	    uap->fname, (void *const *)uap->argv, (void *const *)uap->envv);
	return (error == 0 ? EJUSTRETURN : error);
}
