/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Where things are.
 */
#ifndef _PATHS_H_
#define _PATHS_H_

#define _PATH_BSHELL  "/bin/sh"
#define _PATH_CONSOLE "/dev/console"
#define _PATH_DEFPATH "/usr/bin:/bin"
#define _PATH_DEVNULL "/dev/null"
#define _PATH_STDPATH "/usr/bin:/bin:/usr/sbin:/sbin"
#define _PATH_TTY     "/dev/tty"

#endif
