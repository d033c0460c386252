/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What a test sees of the kernel: its types under Linux, and the stubs.
 *
 * A module under test is compiled freestanding with the kernel's headers; a
 * test is compiled with the C library's.  Both agree on the types of the
 * modules' interfaces, some of which the C library does not name.  Included
 * first by every test.
 */
#ifndef _HOSTED_H_
#define _HOSTED_H_

#ifdef __TINYC__
#include <sys/cdefs.h>
#undef __attribute__		  /* which the C library grants to gcc only */
#define register_t int_register_t /* by such an attribute it is a long */
#include <sys/types.h>
#undef register_t
typedef long register_t;
#endif
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <cmocka.h>

typedef unsigned long vm_paddr_t;
typedef unsigned long vm_offset_t;
typedef unsigned long vm_size_t;
typedef unsigned long vm_pindex_t;

#define __dead2	     __attribute__((__noreturn__))
#define __packed     __attribute__((__packed__))
#define __aligned(x) __attribute__((__aligned__(x)))
#define __printflike(fmt, first)                                               \
	__attribute__((__format__(__printf__, fmt, first)))
#define __offsetof(t, f) offsetof(t, f)
#define CTASSERT(x)	 _Static_assert(x, #x)
#define nitems(x)	 (sizeof(x) / sizeof((x)[0]))

int kprintf(const char *fmt, ...);
int ksnprintf(char *buf, size_t size, const char *fmt, ...);

/* --- stubs.c --- */

/* What went to the console since console_clear(), cut at its capacity. */
extern char console[1 << 16];
void console_clear(void);

/*
 * True if the expression panics; the message is then in panic_message.  A
 * panic outside of PANICS() fails the test program.
 */
#define PANICS(expression)                                                     \
	(setjmp(panic_return) == 0                                             \
		? (panic_arm(), (void)(expression), panic_disarm())            \
		: true)
void panic_arm(void);
bool panic_disarm(void); /* false */
extern jmp_buf panic_return;
extern char panic_message[256];

/* Runs a program's tests with TAP on standard output. */
#define RUN_TESTS(tests)                                                       \
	(cmocka_set_message_output(CM_OUTPUT_TAP),                             \
	    cmocka_run_group_tests(tests, NULL, NULL) == 0 ? 0 : 1)

#endif
