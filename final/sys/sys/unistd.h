/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Numbers of <unistd.h>, DragonFly's.
 */
#ifndef _SYS_UNISTD_H_
#define _SYS_UNISTD_H_

/* clang-format off */
#define SEEK_SET	0
#define SEEK_CUR	1
#define SEEK_END	2
#define _PC_LINK_MAX	1
#define _PC_MAX_CANON	2
#define _PC_MAX_INPUT	3
#define _PC_NAME_MAX	4
#define _PC_PATH_MAX	5
#define _PC_PIPE_BUF	6
#define _PC_CHOWN_RESTRICTED 7
#define _PC_NO_TRUNC	8
#define _PC_VDISABLE	9
/* clang-format on */

#endif
