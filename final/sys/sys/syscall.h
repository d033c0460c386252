/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * System-call numbers, DragonFly's.
 */
#ifndef _SYS_SYSCALL_H_
#define _SYS_SYSCALL_H_

/* clang-format off */
/** @name System-call numbers */
/** @{ */
#define SYS_exit	1
#define SYS_write	4
#define SYS_munmap	73
#define SYS_mprotect	74
/** @} */
/* clang-format on */

#endif
