/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The kernel around a module under test: a console that is a buffer, locks
 * that only one thread takes, and a panic that the test can expect.
 */
#include "hosted.h"

char console[1 << 16];
jmp_buf panic_return;
char panic_message[256];

static size_t console_used;
static bool panic_expected;

struct spinlock;

void cnputc(int c);
void cnlock(void);
void cnunlock(void);
void spin_lock(struct spinlock *lock);
void spin_unlock(struct spinlock *lock);
void panic(const char *fmt, ...);

void
console_clear(void)
{
	console_used = 0;
	console[0] = '\0';
}

void
cnputc(int c)
{
	if (console_used + 1 < sizeof(console)) {
		console[console_used++] = (char)c;
		console[console_used] = '\0';
	}
}

void
cnlock(void)
{
}

void
cnunlock(void)
{
}

void
spin_lock(struct spinlock *lock)
{
	(void)lock;
}

void
spin_unlock(struct spinlock *lock)
{
	(void)lock;
}

void
panic_arm(void)
{
	panic_expected = true;
}

bool
panic_disarm(void)
{
	panic_expected = false;
	return (false);
}

__attribute__((__format__(__printf__, 1, 2))) void
panic(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(panic_message, sizeof(panic_message), fmt, ap);
	va_end(ap);
	if (!panic_expected) {
		fprintf(stderr, "unexpected panic: %s\n", panic_message);
		abort();
	}
	panic_expected = false;
	longjmp(panic_return, 1);
}
