/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * The mask of signals of setjmp(3) and longjmp(3).
 */
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include "libc_private.h"

CTASSERT(__offsetof(struct __jmp_buf, jb_saved) == 80);

/**
 * Keeps the mask of signals, for setjmp().
 * @param env	gets it
 */
void
__jmp_save_mask(struct __jmp_buf *env)
{
	sigprocmask(SIG_BLOCK, NULL, &env->jb_mask);
}

/**
 * Sets the mask that was kept, for longjmp(); errno stays.
 * @param env	has it
 */
void
__jmp_restore_mask(struct __jmp_buf *env)
{
	int error = errno;

	sigprocmask(SIG_SETMASK, &env->jb_mask, NULL);
	errno = error;
}
