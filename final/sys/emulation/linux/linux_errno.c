/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Error numbers: the first 34 are every Unix's, the others have been numbered
 * by each on its own.
 */
#include <sys/errno.h>
#include <sys/param.h>
#include "linux_conv.h"

/** Linux's number of each native one; 0: the same. */
static const uint8_t errno_to_linux[ELAST + 1] = {
	[EDEADLK] = 35,
	[EAGAIN] = 11,
	[EINPROGRESS] = 115,
	[EALREADY] = 114,
	[ENOTSOCK] = 88,
	[EDESTADDRREQ] = 89,
	[EMSGSIZE] = 90,
	[EPROTOTYPE] = 91,
	[ENOPROTOOPT] = 92,
	[EPROTONOSUPPORT] = 93,
	[ESOCKTNOSUPPORT] = 94,
	[EOPNOTSUPP] = 95,
	[EPFNOSUPPORT] = 96,
	[EAFNOSUPPORT] = 97,
	[EADDRINUSE] = 98,
	[EADDRNOTAVAIL] = 99,
	[ENETDOWN] = 100,
	[ENETUNREACH] = 101,
	[ENETRESET] = 102,
	[ECONNABORTED] = 103,
	[ECONNRESET] = 104,
	[ENOBUFS] = 105,
	[EISCONN] = 106,
	[ENOTCONN] = 107,
	[ESHUTDOWN] = 108,
	[ETOOMANYREFS] = 109,
	[ETIMEDOUT] = 110,
	[ECONNREFUSED] = 111,
	[ELOOP] = 40,
	[ENAMETOOLONG] = 36,
	[EHOSTDOWN] = 112,
	[EHOSTUNREACH] = 113,
	[ENOTEMPTY] = 39,
	[EPROCLIM] = 11, /* EAGAIN: fork says so */
	[EUSERS] = 87,
	[EDQUOT] = 122,
	[ESTALE] = 116,
	[EREMOTE] = 66,
	[ENOLCK] = 37,
	[ENOSYS] = 38,
	[EFTYPE] = 22, /* EINVAL */
	[EIDRM] = 43,
	[ENOMSG] = 42,
	[EOVERFLOW] = 75,
	[ECANCELED] = 125,
	[EILSEQ] = 84,
	[ENOATTR] = 61, /* ENODATA */
	[EDOOFUS] = 22,
	[EBADMSG] = 74,
	[EPROTO] = 71,
	[ENOMEDIUM] = 123,
};

/**
 * @param error	native error number, positive
 * @return	Linux's; EINVAL's for what is none
 */
int
linux_errno(int error)
{
	if (error <= 0 || error > ELAST)
		return (EINVAL);
	if (errno_to_linux[error] != 0)
		return (errno_to_linux[error]);
	return (error <= ERANGE ? error : EINVAL);
}
