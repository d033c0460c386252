/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Random numbers: getrandom(2).
 */
#ifndef _SYS_RANDOM_H_
#define _SYS_RANDOM_H_

#include <sys/types.h>

/* clang-format off */
/** @name getrandom(2); neither changes anything here */
/** @{ */
#define GRND_RANDOM	0x0001
#define GRND_NONBLOCK	0x0002
#define GRND_INSECURE	0x0004
/** @} */
/* clang-format on */

#ifndef __USERLAND
/** Words of a block. */
#define CHACHA_WORDS 16
/* --- kern/subr_chacha.c --- */
void chacha20_block(const uint32_t *key, const uint32_t *nonce, uint32_t *out);
#endif

#endif
