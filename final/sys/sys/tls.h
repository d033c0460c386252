/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Thread-local storage, DragonFly's layout.
 */
#ifndef _SYS_TLS_H_
#define _SYS_TLS_H_

#include <sys/types.h>

/** One area. */
struct tls_info {
#ifdef __USERLAND
	void *base; /**< where it begins */
#else
	u_register_t base; /**< where it begins */
#endif
	int size; /**< its bytes; -1 for no limit */
};

/** The areas of a thread: FS and GS. */
struct savetls {
	struct tls_info info[2]; /**< by segment: 0 FS, 1 GS */
};
CTASSERT(sizeof(struct savetls) == 32);

#ifdef __USERLAND
int set_tls_area(int which, struct tls_info *info, size_t size);
int get_tls_area(int which, struct tls_info *info, size_t size);
#endif

#endif
