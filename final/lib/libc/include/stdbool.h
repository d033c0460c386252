/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Truth values.
 */
#ifndef _STDBOOL_H_
#define _STDBOOL_H_

#include <sys/types.h>

#define __bool_true_false_are_defined 1

#endif
