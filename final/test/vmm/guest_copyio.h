/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * A system call of the steps only: the host does to a pointer of the guest
 * what it may do to one.  copyio(op, ptr, value, newval).
 */
#ifndef _GUEST_COPYIO_H_
#define _GUEST_COPYIO_H_

/** Number of the call; DragonFly has none so high. */
#define SYS_copyio 1000

/** Bytes that COPYIN, COPYOUT and COPYINSTR move at most. */
#define COPYIO_BUF 64

/** What is done to the pointer. */
enum copyio_op {
	COPYIO_COPYIN,	  /**< reads `value` bytes; result: the first */
	COPYIO_COPYOUT,	  /**< writes `value` bytes */
	COPYIO_COPYINSTR, /**< reads a string of at most `value` bytes */
	COPYIO_FUBYTE,	  /**< result: what is there */
	COPYIO_FUWORD32,  /**< the same */
	COPYIO_FUWORD64,  /**< the same */
	COPYIO_SUBYTE,	  /**< writes `value` */
	COPYIO_SUWORD32,  /**< the same */
	COPYIO_SUWORD64,  /**< the same */
	COPYIO_SWAPU32, /**< exchanges it for `value`; result: what was there */
	COPYIO_SWAPU64, /**< the same */
	COPYIO_CASU32,	/**< writes `newval` if `value` is there; result: as */
	COPYIO_CASU64,	/**< the same */
	COPYIO_OPS,	/**< how many there are */
};

#ifdef _KERNEL
#include "vmm_utils.h"

int copyio_op(const struct vmm_linear *g, u_int op, vm_offset_t va,
    uint64_t *value, uint64_t newval);
#endif

#endif
