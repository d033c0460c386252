/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A terminal as a test sees it: no header of the kernel's, whose termios is
 * not the C library's.
 */
#ifndef _TTY_RIG_H_
#define _TTY_RIG_H_

#include <sys/types.h>

#define RIG_HOG 4096 /* TTYHOG */

/* A new terminal with the usual settings. */
void rig_reset(void);

/* Settings by the names of stty(1), "-" before one that goes; "raw". */
void rig_stty(const char *settings);

/* Types n characters; true if something became readable. */
bool rig_type(const char *s, size_t n);

/* A program writes; how many characters had room. */
size_t rig_write(const char *s, size_t n);

/* What has been shown since the last call, at most max bytes. */
size_t rig_shown(char *buf, size_t max);

/* Reads as ttyread() does, once. */
size_t rig_read(char *buf, size_t max, bool *end);

/* FIONREAD; and whether anything is there at all. */
size_t rig_canread(void);
bool rig_readable(void);

/* Signals noted since the last call: bit n is signal n. */
unsigned rig_signals(void);

/* Bytes in the queues are within their bounds. */
bool rig_sane(void);

#endif
