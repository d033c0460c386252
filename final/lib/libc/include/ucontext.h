/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * The registers that a signal handler finds.
 */
#ifndef _UCONTEXT_H_
#define _UCONTEXT_H_

#include <sys/ucontext.h>

#endif
