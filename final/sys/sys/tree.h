/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Red-black trees: BSD's macros, as the package libbsd-dev brings them.
 */
#ifndef _SYS_TREE_H_
#define _SYS_TREE_H_

#include <sys/types.h>
#include <bsd/sys/tree.h>

#endif
