/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Strings of execve: from the caller into the kernel, and onto the stack of
 * the new program.
 *
 * They are in one buffer, arguments first, environment after them.  It is
 * small at first and grows, since most programs get little; only a few large
 * ones may exist at a time, or many calls together could take all memory while
 * each waits for more.  What counts against ARG_MAX is the strings and the
 * pointers that will lead to them.
 */
#include <sys/errno.h>
#include <sys/imgact.h>
#include <sys/malloc.h>
#include <sys/proc.h>
#include <sys/systm.h>
#include <machine/vmparam.h>

MALLOC_DEFINE(M_EXECARGS, "exec args");

#define ARGS_SMALL (4 * PAGE_SIZE) /* room to begin with */
#define LARGE_MAX  4		   /* buffers that are larger, at a time */
#define CHUNK	   64		   /* words written to the stack at a time */

static u_int large; /* how many there are */

static size_t
room(const struct image_args *args)
{
	return ((size_t)(args->endp - args->buf) + args->space);
}

/**
 * Makes an empty set of strings.  May sleep for memory.
 * @param args	goes back by exec_args_free()
 */
void
exec_args_init(struct image_args *args)
{
	bzero(args, sizeof(*args));
	args->buf = kmalloc(ARGS_SMALL, M_EXECARGS, M_WAITOK);
	args->begin_argv = args->begin_envv = args->endp = args->buf;
	args->space = ARGS_SMALL;
}

/**
 * Frees the strings, and the path if there is one.
 * @param args	from exec_args_init()
 */
void
exec_args_free(struct image_args *args)
{
	if (room(args) > ARGS_SMALL) {
		large--;
		wakeup_one(&large);
	}
	kfree(args->buf, M_EXECARGS);
	if (args->path != NULL)
		kfree(args->path, M_EXECARGS);
	args->buf = args->path = NULL;
}

/* Doubles the room; E2BIG when it is as large as may be. */
static int
grow(struct image_args *args)
{
	size_t old = room(args), used = (size_t)(args->endp - args->buf);
	size_t env = (size_t)(args->begin_envv - args->buf);
	int error;

	if (old >= ARG_MAX)
		return (E2BIG);
	if (old == ARGS_SMALL) {
		while (large >= LARGE_MAX) {
			error = tsleep(&large, PCATCH, "execargs", 0);
			if (error != 0)
				return (error);
		}
		large++;
	}
	args->buf = krealloc(args->buf, 2 * old, M_EXECARGS, M_WAITOK);
	args->begin_argv = args->buf;
	args->begin_envv = args->buf + env;
	args->endp = args->buf + used;
	args->space = 2 * old - used;
	return (0);
}

/* Whether one more string of n bytes is within ARG_MAX. */
static bool
fits(const struct image_args *args, size_t n)
{
	size_t ptrs = (size_t)(args->argc + args->envc + 1) * sizeof(void *);

	return (n + ptrs + (size_t)(args->endp - args->buf) <= ARG_MAX);
}

/**
 * Adds one string.  May sleep.
 * @param args	strings
 * @param str	string with its NUL
 * @param seg	whose memory it is in
 * @param env	it is of the environment; all arguments have been added
 * @return	0, E2BIG, EFAULT, EINTR
 */
int
exec_args_add(
    struct image_args *args, const char *str, enum uio_seg seg, bool env)
{
	size_t n;
	int error;

	for (;;) {
		if (seg == UIO_SYSSPACE) {
			n = strlen(str) + 1;
			error = n > args->space ? ENAMETOOLONG : 0;
			if (error == 0)
				memcpy(args->endp, str, n);
		} else if (args->space == 0) {
			error = ENAMETOOLONG;
		} else {
			error = copyinstr(str, args->endp, args->space, &n);
		}
		if (error != ENAMETOOLONG)
			break;
		error = grow(args);
		if (error != 0)
			return (error);
	}
	if (error != 0)
		return (error);
	if (!fits(args, n))
		return (E2BIG);
	args->endp += n;
	args->space -= n;
	if (env) {
		args->envc++;
	} else {
		args->argc++;
		args->begin_envv = args->endp;
	}
	return (0);
}

/* One NULL-terminated array of the process. */
static int
copyin_array(struct image_args *args, void *const *array, bool env)
{
	uint64_t str;
	int error;

	for (;; array++) {
		error = fuword64(array, &str);
		if (error != 0 || str == 0)
			return (error);
		error = exec_args_add(
		    args, (const char *)str, UIO_USERSPACE, env);
		if (error != 0)
			return (error);
	}
}

/**
 * Copies the arguments of execve.  May sleep.
 * @param args	from exec_args_init()
 * @param argv	array of the process; if it is empty, one "" takes its place
 * @param envp	array of the process; NULL: an empty one
 * @return	0; E2BIG; EFAULT; EINTR
 */
int
exec_args_copyin(struct image_args *args, void *const *argv, void *const *envp)
{
	int error;

	error = copyin_array(args, argv, false);
	/* A program without a name looks for its arguments in the environment:
	 * one that has set-id rights must not. */
	if (error == 0 && args->argc == 0)
		error = exec_args_add(args, "", UIO_SYSSPACE, false);
	if (error == 0 && envp != NULL)
		error = copyin_array(args, envp, true);
	return (error);
}

/**
 * Replaces the first argument, for "#!" scripts.
 * @param args	strings
 * @param strs	what comes instead: n strings, each with its NUL
 * @param len	their bytes
 * @param n	how many
 * @return	0, E2BIG, EINTR
 */
int
exec_args_prepend(struct image_args *args, const char *strs, size_t len, int n)
{
	size_t first = strlen(args->begin_argv) + 1, rest;
	int error;

	if (!fits(args, len + (size_t)n * sizeof(void *)))
		return (E2BIG);
	while (len > first + args->space) {
		error = grow(args);
		if (error != 0)
			return (error);
	}
	rest = (size_t)(args->endp - args->begin_argv) - first;
	memmove(args->begin_argv + len, args->begin_argv + first, rest);
	memcpy(args->begin_argv, strs, len);
	args->endp = args->begin_argv + len + rest;
	args->space = args->space + first - len;
	args->begin_envv += (ssize_t)len - (ssize_t)first;
	args->argc += n - 1;
	return (0);
}

/**
 * Writes the strings to the top of the new program's stack.  May sleep.
 * @param imgp		the program; its memory is the current one
 * @param strings	set to where the first one is
 * @return		0, EFAULT
 */
int
exec_copyout_args(struct image_params *imgp, vm_offset_t *strings)
{
	struct image_args *args = imgp->args;
	size_t n = (size_t)(args->endp - args->begin_argv);

	*strings = rounddown2(USRSTACK - n, sizeof(register_t));
	imgp->ps_strings_argv = *strings;
	return (copyout(args->begin_argv, (void *)*strings, n));
}

/** Words on their way to the stack. */
struct words {
	uint64_t buf[CHUNK]; /**< not written yet */
	u_int n;	     /**< how many */
	vm_offset_t at;	     /**< where they go */
	int error;	     /**< first one */
};

static void
flush(struct words *w)
{
	if (w->error == 0 && w->n != 0)
		w->error = copyout(
		    w->buf, (void *)w->at, w->n * sizeof(w->buf[0]));
	w->at += w->n * sizeof(w->buf[0]);
	w->n = 0;
}

static void
put(struct words *w, uint64_t word)
{
	if (w->n == CHUNK)
		flush(w);
	w->buf[w->n++] = word;
}

/* The addresses of strings from `s` on, and a NULL. */
static const char *
put_strings(struct words *w, const char *s, int count, vm_offset_t *at)
{
	size_t n;

	for (; count > 0; count--) {
		put(w, *at);
		n = strlen(s) + 1;
		s += n;
		*at += n;
	}
	put(w, 0);
	return (s);
}

/**
 * Writes what a program finds at its stack pointer: argc, argv, NULL, envp,
 * NULL, auxiliary vector.  May sleep.
 * @param imgp		the program; its memory is the current one
 * @param strings	from exec_copyout_args()
 * @param limit		end of the room for it
 * @param aux		auxiliary vector, AT_NULL last
 * @param naux		its entries
 * @param sp		set to where argc is
 * @return		0, EFAULT
 */
int
exec_copyout_vectors(struct image_params *imgp, vm_offset_t strings,
    vm_offset_t limit, const Elf64_Auxinfo *aux, u_int naux, vm_offset_t *sp)
{
	struct image_args *args = imgp->args;
	u_long n = 3 + (u_long)args->argc + (u_long)args->envc + 2UL * naux;
	vm_offset_t at = strings;
	struct words w = { .n = 0 };
	const char *s;

	*sp = rounddown2(limit - n * sizeof(uint64_t), 16);
	w.at = *sp;
	put(&w, (uint64_t)args->argc);
	s = put_strings(&w, args->begin_argv, args->argc, &at);
	put_strings(&w, s, args->envc, &at);
	for (u_int i = 0; i < naux; i++) {
		put(&w, aux[i].a_type);
		put(&w, aux[i].a_val);
	}
	flush(&w);
	return (w.error);
}
