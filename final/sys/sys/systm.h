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

/** @cond host */
/*
 * What only Damselfly has, not the steps.
 */
/* --- platform x86_64/support.S: between the kernel and the current process;
 * the only ways to touch its memory.  0 or EFAULT; may sleep in a fault --- */
int copyin(const void *uaddr, void *kaddr, size_t len);
int copyout(const void *kaddr, void *uaddr, size_t len);
/** *done counts the NUL; ENAMETOOLONG if there is none within len. */
int copyinstr(const void *uaddr, void *kaddr, size_t len, size_t *done);
int fuword32(const volatile void *uaddr, uint32_t *val);
int fuword64(const volatile void *uaddr, uint64_t *val);
int suword32(volatile void *uaddr, uint32_t val);
int suword64(volatile void *uaddr, uint64_t val);
int subyte(volatile void *uaddr, uint8_t val);
int casuword32(
    volatile void *uaddr, uint32_t oldval, uint32_t *valp, uint32_t newval);
int uzero(void *uaddr, size_t len);

/* --- libkern/str.c, strtoul.c, qsort.c --- */
char *strrchr(const char *s, int c);
char *strstr(const char *s, const char *find);
size_t strlcat(char *dst, const char *src, size_t size);
u_long strtoul(const char *s, char **end, int base);
long strtol(const char *s, char **end, int base);
uint32_t krandom(void);
void read_random(void *buf, size_t n);
/** @endcond */

/* --- kern/init_main.c, kern_shutdown.c --- */
int main(void);

/* --- platform: x86_64/poweroff.c --- */
void poweroff(int status) __dead2;

#endif
