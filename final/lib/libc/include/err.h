/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Messages that begin with the name of the program.
 */
#ifndef _ERR_H_
#define _ERR_H_

#include <sys/cdefs.h>
#include <stdarg.h>

void err(int status, const char *fmt, ...) __dead2 __printflike(2, 3);
void
errc(int status, int code, const char *fmt, ...) __dead2 __printflike(3, 4);
void errx(int status, const char *fmt, ...) __dead2 __printflike(2, 3);
void verr(int status, const char *fmt, va_list ap) __dead2 __printflike(2, 0);
void verrx(int status, const char *fmt, va_list ap) __dead2 __printflike(2, 0);
void warn(const char *fmt, ...) __printflike(1, 2);
void warnc(int code, const char *fmt, ...) __printflike(2, 3);
void warnx(const char *fmt, ...) __printflike(1, 2);
void vwarn(const char *fmt, va_list ap) __printflike(1, 0);
void vwarnx(const char *fmt, va_list ap) __printflike(1, 0);

#endif
