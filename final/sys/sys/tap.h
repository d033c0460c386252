/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Test results on the console in the Test Anything Protocol, version 12:
 * a plan `1..N`, then `ok K - name`, `not ok K - name` or
 * `ok K - name # SKIP reason`.  The bench reads them from the serial line.
 */
#ifndef _SYS_TAP_H_
#define _SYS_TAP_H_

#include <sys/types.h>

void tap_plan(int n);
bool tap_ok(bool ok, const char *fmt, ...) __printflike(2, 3);
void tap_skip(const char *reason, const char *fmt, ...) __printflike(2, 3);
bool tap_wanted(const char *name);
void tap_skip_all(const char *fmt, ...) __printflike(1, 2);
void tap_diag(const char *fmt, ...) __printflike(1, 2);
int tap_status(void);

#endif
