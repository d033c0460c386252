/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * The part of a vkernel that is a program of its host.
 */
#ifndef _VK_HOST_H_
#define _VK_HOST_H_

#include <stdbool.h>
#include "../include/vkernel.h"

/* --- options.c --- */
void options_parse(int argc, char **argv, struct vk_config *config);
void options_open(struct vk_config *config);

#endif
