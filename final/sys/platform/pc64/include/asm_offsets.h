/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Offsets in structures of Damselfly for assembly; vm_machdep.c fails to
 * compile when they are wrong.
 */
#ifndef _MACHINE_ASM_OFFSETS_H_
#define _MACHINE_ASM_OFFSETS_H_

/* clang-format off */
/** @name struct globaldata */
/** @{ */
#define GD_CURTHREAD	232
#define GD_USER_RSP	240
#define GD_KSTACK_TOP	248
#define GD_REQFLAGS	256
/** @} */

/** @name struct thread and struct lwp */
/** @{ */
#define TD_SP		32
#define TD_LWP		64
#define LWP_MPFLAGS	72
/** @} */

/** gd_reqflags that keep a thread from going straight to user mode. */
#define ASM_AST_MASK	0x06
/** lwp_mpflags likewise. */
#define ASM_MP_MASK	0x03

/** From rsp after a handler's RET to the ucontext: sendsig.c asserts it. */
#define SIGCODE_UC	80
/* clang-format on */

#endif
