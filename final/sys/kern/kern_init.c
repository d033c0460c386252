/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Process 1: begins in the kernel and executes /sbin/init.
 *
 * Kernel environment:
 *
 *     init_path=PATH:PATH	programs, tried in order instead of /sbin/init
 *     init_args=WORD:WORD	arguments for it
 *     boot_single=1		one more argument before these: -s
 *
 * When none can be run the machine has nothing to do: it says why, for each,
 * and is switched off.
 */
#include <sys/errno.h>
#include <sys/file.h>
#include <sys/imgact.h>
#include <sys/mount.h>
#include <sys/proc.h>
#include <sys/reboot.h>
#include <sys/sysctl.h>
#include <sys/systm.h>
#include <sys/vnode.h>
#include <machine/cpu.h>
#include <machine/globaldata.h>

#define INIT_PATH "/sbin/init"

/* The next word of a list with ':' between them; false: there is none. */
static bool
next_word(const char **list, char *word, size_t size)
{
	const char *p = *list;
	size_t n = 0;

	while (*p == ':')
		p++;
	if (*p == '\0')
		return (false);
	for (; *p != '\0' && *p != ':'; p++)
		if (n + 1 < size)
			word[n++] = *p;
	word[n] = '\0';
	*list = p;
	return (true);
}

/* Arguments and environment of process 1. */
static int
init_strings(struct image_args *args, const char *path)
{
	static const char *const env[] = { "HOME=/",
		"PATH=/sbin:/bin:"
		"/usr/sbin:/usr/bin" };
	const char *list = kgetenv("init_args");
	char word[128];
	int error;

	error = exec_args_add(args, path, UIO_SYSSPACE, false);
	if (error == 0 && (boothowto & RB_SINGLE) != 0)
		error = exec_args_add(args, "-s", UIO_SYSSPACE, false);
	while (
	    error == 0 && list != NULL && next_word(&list, word, sizeof(word)))
		error = exec_args_add(args, word, UIO_SYSSPACE, false);
	for (u_int i = 0; i < nitems(env) && error == 0; i++)
		error = exec_args_add(args, env[i], UIO_SYSSPACE, true);
	return (error);
}

/* Why a program could not be run, in words. */
static const char *
exec_words(int error)
{
	switch (error) {
	case ENOENT:
	case ENOTDIR:
		return ("there is no such file");
	case EACCES:
		return ("it is no file that may be executed");
	case ENOEXEC:
		return ("it is no program");
	case ENOMEM:
	case E2BIG:
		return ("it wants more memory than there is");
	case EIO:
		return ("it cannot be read");
	case ELOOP:
		return ("links or scripts lead in a circle");
	default:
		return ("it cannot be run");
	}
}

static int
try_init(const char *path)
{
	struct exec_reason reason = { .words = NULL };
	struct image_args args;
	int error;

	exec_args_init(&args);
	error = init_strings(&args, path);
	if (error == 0)
		error = exec_program(path, &args, &reason);
	exec_args_free(&args);
	if (error != 0)
		kprintf("init: %s: %s%s (error %d)\n", path,
		    reason.linker ? EXEC_LINKER_WORDS : "",
		    reason.words != NULL ? reason.words : exec_words(error),
		    error);
	return (error);
}

/* Relative paths and chroot begin at the root. */
static void
set_directories(struct filedesc *fdp)
{
	if (fdp->fd_cdir == NULL && rootvnode != NULL) {
		vref(rootvnode);
		fdp->fd_cdir = rootvnode;
	}
	if (fdp->fd_rdir == NULL && rootvnode != NULL) {
		vref(rootvnode);
		fdp->fd_rdir = rootvnode;
	}
}

/* What the thread of process 1 runs. */
static void
start_init(void *arg)
{
	struct lwp *lp = arg;
	const char *list = kgetenv("init_path");
	int error = ENOENT;
	char path[128];

	lwkt_gettoken(&mp_token);
	set_directories(lp->lwp_proc->p_fd);
	if (list == NULL)
		list = INIT_PATH;
	while (error != 0 && next_word(&list, path, sizeof(path)))
		error = try_init(path);
	if (error != 0) {
		kprintf("init: no program for process 1: switching off; "
			"init_path=PATH names another one\n");
		poweroff_status = 1;
		boot(RB_POWEROFF);
	}
	lwkt_reltoken(&mp_token);
	userret(lp, lp->lwp_md_regs);
	user_return(lp->lwp_md_regs);
}

/** Makes process 1 and lets it run.  Called once by main(), under mp_token. */
void
create_init(void)
{
	int error;

	error = fork_kernel(start_init, &initproc);
	if (error != 0)
		panic("process 1 cannot be made: error %d", error);
	KASSERT(
	    initproc->p_pid == 1, ("process 1 has number %d", initproc->p_pid));
	strlcpy(initproc->p_comm, "init", sizeof(initproc->p_comm));
	start_forked_proc(NULL, initproc);
}
