/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * The keyboard of a PC.
 */
#ifndef _MACHINE_ATKBD_H_
#define _MACHINE_ATKBD_H_

#include <sys/types.h>

#define ATKBD_IRQ 1

/** What is held down, and half a scan code. */
struct atkbd_state {
	bool ak_shift;	/**< Shift */
	bool ak_ctrl;	/**< Ctrl */
	bool ak_alt;	/**< Alt: a character with ESC before it */
	bool ak_caps;	/**< Caps Lock is on */
	bool ak_prefix; /**< 0xe0 has come */
	u_char ak_skip; /**< bytes of a Pause key that are left */
};

#define ATKBD_MAXSEQ 4 /* characters of one key */

/* --- dev/atkbd/atkbd_map.c: pure --- */
u_int atkbd_decode(struct atkbd_state *ak, u_char code, char seq[ATKBD_MAXSEQ]);

/* --- dev/atkbd/atkbd.c --- */
bool atkbd_init(void);
void atkbd_receive(void (*input)(int c));

#endif
