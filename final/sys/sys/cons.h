/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * The interface between kprintf and the devices that show its characters.
 *
 * A console device registers one `struct consdev`.  Whether it is a serial
 * line, VGA text or a framebuffer is its own affair: the kernel sees
 * characters only.
 */
#ifndef _SYS_CONS_H_
#define _SYS_CONS_H_

#include <sys/types.h>

/** Operations of one console device. */
struct consdev {
	const char *cn_name; /**< for messages: "uart0", "vga" */
	/** Finds and initialises the device; false when it is absent. */
	bool (*cn_probe)(void);
	/** Shows one character; must not sleep or allocate. */
	void (*cn_putc)(int c);
	/** Waits until all output has left; may be NULL. */
	void (*cn_drain)(void);
	/** Returns a character without waiting, or -1; may be NULL. */
	int (*cn_getc)(void);
};

extern const struct consdev uart_consdev;
extern const struct consdev vga_consdev;
/** The host's standard output: that of a kernel that is a process. */
extern const struct consdev vcons_consdev;

void cninit(void);
void cnlock(void);
void cnunlock(void);
void cnputc(int c);
int cncheckc(void);
int cngetc(void);
void cndrain(void);

/** @cond host */
/* --- dev/console/cons_dev.c: Damselfly only --- */
struct tty;
void cons_attach(void (*start)(struct tty *tp));
void cons_input(int c);
/** @endcond */

#endif
