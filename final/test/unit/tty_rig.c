/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The line discipline without a kernel around it.  Compiled as a part of the
 * kernel.
 */
#include <sys/systm.h>
#include <sys/tty.h>
#include "tty_rig.h"

static struct tty tty;

/* One setting. */
static const struct setting {
	const char *name;
	char where; /* i, o, l */
	tcflag_t flag;
} settings[] = {
	{ "icanon", 'l', ICANON },
	{ "echo", 'l', ECHO },
	{ "echoe", 'l', ECHOE },
	{ "echonl", 'l', ECHONL },
	{ "echoctl", 'l', ECHOCTL },
	{ "echoke", 'l', ECHOKE },
	{ "echok", 'l', ECHOK },
	{ "isig", 'l', ISIG },
	{ "iexten", 'l', IEXTEN },
	{ "noflsh", 'l', NOFLSH },
	{ "icrnl", 'i', ICRNL },
	{ "inlcr", 'i', INLCR },
	{ "igncr", 'i', IGNCR },
	{ "istrip", 'i', ISTRIP },
	{ "ixon", 'i', IXON },
	{ "ixany", 'i', IXANY },
	{ "imaxbel", 'i', IMAXBEL },
	{ "opost", 'o', OPOST },
	{ "onlcr", 'o', ONLCR },
	{ "ocrnl", 'o', OCRNL },
	{ "onocr", 'o', ONOCR },
	{ "oxtabs", 'o', OXTABS },
};

void
rig_reset(void)
{
	memset(&tty, 0, sizeof(tty));
	ttydisc_defaults(&tty.t_termios);
}

static void
set(const struct setting *s, bool off)
{
	struct termios *t = &tty.t_termios;
	tcflag_t *flags;

	flags = s->where == 'i' ? &t->c_iflag
	    : s->where == 'o'	? &t->c_oflag
				: &t->c_lflag;
	if (off && s->flag == ICANON)
		ttydisc_to_raw(&tty); /* as TIOCSETA does */
	*flags = off ? *flags & ~s->flag : *flags | s->flag;
}

/* One word of n characters. */
static void
set_word(const char *word, size_t n)
{
	bool off = *word == '-';

	word += off;
	n -= off;
	for (u_int i = 0; i < nitems(settings); i++)
		if (strlen(settings[i].name) == n &&
		    memcmp(settings[i].name, word, n) == 0) {
			set(&settings[i], off);
			return;
		}
	panic("rig_stty: %s", word);
}

void
rig_stty(const char *s)
{
	size_t n;

	while (*s != '\0') {
		for (n = 0; s[n] != '\0' && s[n] != ' '; n++)
			;
		set_word(s, n);
		s += n + (s[n] == ' ');
	}
}

bool
rig_type(const char *s, size_t n)
{
	u_int what = 0;

	for (size_t i = 0; i < n; i++)
		what |= ttydisc_input(&tty, (u_char)s[i]);
	return ((what & TTD_READ) != 0);
}

size_t
rig_write(const char *s, size_t n)
{
	size_t i;

	for (i = 0; i < n && ttydisc_output(&tty, (u_char)s[i]); i++)
		;
	tty.t_rocount = 0; /* as ttywrite() does */
	return (i);
}

size_t
rig_shown(char *buf, size_t max)
{
	size_t n = 0;
	int c;

	while (n < max && (tty.t_state & TS_TTSTOP) == 0 &&
	    (c = clist_getc(&tty.t_out)) != -1)
		buf[n++] = c;
	return (n);
}

size_t
rig_read(char *buf, size_t max, bool *end)
{
	return (ttydisc_read(&tty, (u_char *)buf, max, end));
}

size_t
rig_canread(void)
{
	return (ttydisc_canread(&tty));
}

bool
rig_readable(void)
{
	return (tty.t_can.c_count != 0);
}

unsigned
rig_signals(void)
{
	unsigned pending = tty.t_sigpend;

	tty.t_sigpend = 0;
	return (pending);
}

bool
rig_sane(void)
{
	return (tty.t_raw.c_count <= TTYHOG && tty.t_can.c_count <= TTYHOG &&
	    tty.t_out.c_count <= TTYHOG && tty.t_raw.c_head < TTYHOG &&
	    tty.t_can.c_head < TTYHOG && tty.t_out.c_head < TTYHOG);
}
