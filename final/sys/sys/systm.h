/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * What every part of the kernel may call: output, panic, assertions, memory
 * and string functions, the kernel environment.
 */
#ifndef _SYS_SYSTM_H_
#define _SYS_SYSTM_H_

#include <sys/param.h>

/** The compiler's own list of variable arguments. */
typedef __builtin_va_list va_list;
/** @name Variable arguments, by the compiler's own means */
/** @{ */
#define va_start(ap, last) __builtin_va_start(ap, last)
#define va_arg(ap, type)   __builtin_va_arg(ap, type)
#define va_end(ap)	   __builtin_va_end(ap)
#define va_copy(dst, src)  __builtin_va_copy(dst, src)
/** @} */

/* --- kern/subr_prf.c --- */
int kprintf(const char *fmt, ...) __printflike(1, 2);
int kvprintf(const char *fmt, va_list ap) __printflike(1, 0);
int ksnprintf(char *buf, size_t size, const char *fmt, ...) __printflike(3, 4);
int kvsnprintf(char *buf, size_t size, const char *fmt, va_list ap)
    __printflike(3, 0);

/* --- kern/kern_panic.c --- */
extern bool panicking;
void panic(const char *fmt, ...) __dead2 __printflike(1, 2);
void panic_at(vm_offset_t rip, vm_offset_t rbp, const char *fmt, ...) __dead2
    __printflike(3, 4);
void vpanic_at(vm_offset_t rip, vm_offset_t rbp, const char *fmt,
    va_list ap) __dead2 __printflike(3, 0);

/**
 * Panics with the message `msg` (a parenthesised kprintf argument list, as
 * in DragonFly) when `cond` is false.  Compiled in whenever INVARIANTS is.
 */
#ifdef INVARIANTS
#define KASSERT(cond, msg)                                                     \
	do {                                                                   \
		if (__predict_false(!(cond)))                                  \
			panic msg;                                             \
	} while (0)
#else
#define KASSERT(cond, msg)                                                     \
	do {                                                                   \
	} while (0)
#endif

/* --- kern/kern_environment.c --- */
void kenv_init(const char *cmdline);
const char *kgetenv(const char *name);
int kgetenv_int(const char *name, int dflt);

/* --- libkern/mem.c --- */
void *memcpy(void *dst, const void *src, size_t n);
void *memmove(void *dst, const void *src, size_t n);
void *memset(void *dst, int c, size_t n);
int memcmp(const void *a, const void *b, size_t n);
void bzero(void *dst, size_t n);

/* --- libkern/str.c --- */
size_t strlen(const char *s);
size_t strnlen(const char *s, size_t max);
int strcmp(const char *a, const char *b);
int strncmp(const char *a, const char *b, size_t n);
char *strchr(const char *s, int c);
size_t strlcpy(char *dst, const char *src, size_t size);

/* --- platform: x86_64/poweroff.c --- */
void poweroff(int status) __dead2;

#endif
