/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Cases of the thread test.
 */
#ifndef _LWKT_TEST_H_
#define _LWKT_TEST_H_

#include <sys/types.h>

/** A case: its name, and what tells whether it passes. */
struct lwkt_case {
	const char *name;  /**< as TAP shows it */
	bool (*run)(void); /**< in the main thread */
};

extern const struct lwkt_case lwkt_cases[];
extern const u_int lwkt_ncases;

#endif
