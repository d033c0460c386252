/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * reboot, halt, poweroff: the end of it all.
 *
 *     reboot [-n] [-q]    the name says what is done: start again, halt, off
 *         -q    at once, without telling init: processes are not asked to end
 *         -n    what is dirty is not written (with -q)
 */
#include <sys/reboot.h>
#include <err.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/** What a name does. */
static const struct action {
	const char *name; /* of the program */
	int howto;	  /* of reboot(2) */
	int sig;	  /* tells init */
} actions[] = {
	{ "reboot", RB_AUTOBOOT, SIGTERM },
	{ "halt", RB_HALT, SIGUSR1 },
	{ "poweroff", RB_POWEROFF, SIGUSR2 },
};
#define NACTIONS (int)(sizeof(actions) / sizeof(actions[0]))

/** Tells init, or the kernel. */
int
main(int argc, char **argv)
{
	const struct action *a = &actions[0];
	int c, quick = 0, flags = 0;

	for (int i = 0; i < NACTIONS; i++)
		if (strcmp(getprogname(), actions[i].name) == 0)
			a = &actions[i];
	while ((c = getopt(argc, argv, "nq")) != -1) {
		if (c == 'n')
			flags |= RB_NOSYNC;
		else if (c == 'q')
			quick = 1;
		else
			break;
	}
	if (c != -1 || optind != argc) {
		fprintf(stderr, "usage: %s [-n] [-q]\n", a->name);
		return (1);
	}
	if (!quick) {
		if (kill(1, a->sig) != 0)
			err(1, "init");
		return (0);
	}
	if ((flags & RB_NOSYNC) == 0)
		sync();
	reboot(a->howto | flags);
	err(1, "reboot");
}
