/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * ioctl(2): its requests.
 */
#ifndef _SYS_IOCTL_H_
#define _SYS_IOCTL_H_

#include <sys/types.h>
#include <sys/ioccom.h>
#include <sys/ttycom.h>

#endif
