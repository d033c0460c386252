/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * What run.S needs of structures and headers of C; trap.c fails to compile when
 * they are wrong.
 */
#ifndef _MACHINE_RUN_OFFSETS_H_
#define _MACHINE_RUN_OFFSETS_H_

/** gd_restart in struct globaldata. */
#define GD_RESTART 16
/** EINTR. */
#define RUN_EINTR  4

#endif
