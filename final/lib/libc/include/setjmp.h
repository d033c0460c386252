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
typedef jmp_buf sigjmp_buf; /**< the same for sigsetjmp() */

/** @name setjmp() keeps the mask, _setjmp() does not: as in all BSDs */
/** @{ */
/**
 * Keeps registers and the mask of signals.
 * @param env	gets them; of use until the caller returns
 * @return	0; longjmp()'s value when it comes back
 */
int setjmp(jmp_buf env) __attribute__((__returns_twice__));
/**
 * Keeps registers.
 * @param env	gets them; of use until the caller returns
 * @return	0; _longjmp()'s value when it comes back
 */
int _setjmp(jmp_buf env) __attribute__((__returns_twice__));
/**
 * Keeps registers.
 * @param env	gets them; of use until the caller returns
 * @param save	whether the mask of signals, too
 * @return	0; siglongjmp()'s value when it comes back
 */
int sigsetjmp(sigjmp_buf env, int save) __attribute__((__returns_twice__));
/**
 * Goes back to where setjmp() was called.
 * @param env	its
 * @param value	what it returns this time; 0 becomes 1
 */
void longjmp(jmp_buf env, int value) __dead2;
/**
 * Goes back to where _setjmp() was called.
 * @param env	its
 * @param value	what it returns this time; 0 becomes 1
 */
void _longjmp(jmp_buf env, int value) __dead2;
/**
 * Goes back to where sigsetjmp() was called.
 * @param env	its
 * @param value	what it returns this time; 0 becomes 1
 */
void siglongjmp(sigjmp_buf env, int value) __dead2;
/** @} */

#endif
