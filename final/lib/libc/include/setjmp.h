/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Jumps out of functions.
 */
#ifndef _SETJMP_H_
#define _SETJMP_H_

#include <sys/signal.h>

/** Registers, and the mask of signals if it is kept. */
typedef struct __jmp_buf {
	long jb_regs[10]; /**< as setjmp.S has them */
	int jb_saved;	  /**< whether there is a mask */
	sigset_t jb_mask; /**< mask of signals */
} jmp_buf[1];
typedef jmp_buf sigjmp_buf;

/** @name setjmp() keeps the mask, _setjmp() does not: as in all BSDs */
/** @{ */
int setjmp(jmp_buf env) __attribute__((__returns_twice__));
int _setjmp(jmp_buf env) __attribute__((__returns_twice__));
int sigsetjmp(sigjmp_buf env, int save) __attribute__((__returns_twice__));
void longjmp(jmp_buf env, int value) __dead2;
void _longjmp(jmp_buf env, int value) __dead2;
void siglongjmp(sigjmp_buf env, int value) __dead2;
/** @} */

#endif
