/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Opening files.
 */
#ifndef _FCNTL_H_
#define _FCNTL_H_

#include <sys/fcntl.h>

#endif
