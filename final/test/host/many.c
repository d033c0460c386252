/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * A thousand processes at once, each with pages of its own.
 *
 * Every child writes to its copy of an area, reports through a pipe that it is
 * there, waits until the last one is, and looks whether its area is still its
 * own.
 */
#include "tap.h"

#define CHILDREN   1000
#define AREA_BYTES 8192

static char area[AREA_BYTES];
static pid_t pids[CHILDREN];

/* Status 0 if the area keeps the child's number until all are there. */
static void
child(int number, int ready, int go)
{
	char c = 1;

	memset(area, number & 0x7f, sizeof(area));
	if (write(ready, &c, 1) != 1)
		_exit(1);
	if (read(go, &c, 1) != 0)
		_exit(2);
	for (size_t i = 0; i < sizeof(area); i++)
		if (area[i] != (number & 0x7f))
			_exit(3);
	_exit(0);
}

static void
thousand(void)
{
	int ready[2], go[2], there = 0;
	char buf[128];
	ssize_t n;

	alarm(0); /* an emulated machine may take long for it */
	CHECK(pipe(ready) == 0 && pipe(go) == 0);
	for (int i = 0; i < CHILDREN; i++) {
		pids[i] = fork();
		CHECK(pids[i] >= 0);
		if (pids[i] == 0) {
			close(go[1]);
			child(i, ready[1], go[0]);
		}
	}
	while (there < CHILDREN) {
		n = read(ready[0], buf, sizeof(buf));
		CHECK(n > 0);
		there += (int)n;
	}
	for (int i = 0; i < CHILDREN; i++)
		CHECK(kill(pids[i], 0) == 0);
	close(go[1]);
	for (int i = 0; i < CHILDREN; i++)
		CHECK(tap_wait(pids[i]) == 0);
	CHECK_ERRNO(wait(NULL), ECHILD);
}

static const struct tap_case cases[] = {
	{ "a thousand processes live at the same time", thousand },
	{ "and a thousand more", thousand },
};

int
main(void)
{
	return (tap_run(cases, sizeof(cases) / sizeof(cases[0])));
}
