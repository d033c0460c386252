/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * What a system call gives back besides its error.
 */
#ifndef _SYS_SYSMSG_H_
#define _SYS_SYSMSG_H_

#include <sys/types.h>

struct trapframe;

/** The results of a system call under way. */
struct sysmsg {
	union {
		int iresult;	    /**< an int */
		long lresult;	    /**< a long */
		void *resultp;	    /**< an address */
		size_t szresult;    /**< a size */
		off_t offset;	    /**< a position */
		long fds[2];	    /**< two descriptors */
		register_t reg[2];  /**< rax and rdx */
	} sm_result;		    /**< 0 to begin with; [1] is rdx */
	struct trapframe *sm_frame; /**< registers of the caller */
};

#define sysmsg_result	sm_result.iresult
#define sysmsg_iresult	sm_result.iresult
#define sysmsg_lresult	sm_result.lresult
#define sysmsg_resultp	sm_result.resultp
#define sysmsg_szresult sm_result.szresult
#define sysmsg_offset	sm_result.offset
#define sysmsg_fds	sm_result.fds
#define sysmsg_reg	sm_result.reg
#define sysmsg_frame	sm_frame

#endif
