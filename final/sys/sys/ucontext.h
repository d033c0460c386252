/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * ucontext_t, the last argument of a handler with SA_SIGINFO.
 */
#ifndef _SYS_UCONTEXT_H_
#define _SYS_UCONTEXT_H_

#include <cpu/ucontext.h>

#endif
