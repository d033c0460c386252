/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * From scan codes (set 1) to characters, layout of the United States.
 *
 * A key sends its code when it goes down, and again with bit 7 when it goes
 * up; 0xe0 before it is a key that the first PC's keyboard did not have.  The
 * keys that move the cursor become the sequences of a VT100.
 */
#include <sys/systm.h>
#include <machine/atkbd.h>

#define CODE_UP	      0x80
#define CODE_EXTENDED 0xe0
#define CODE_PAUSE    0xe1
#define PAUSE_BYTES   2 /* after 0xe1, each time */
#define KEY_CTRL      0x1d
#define KEY_LSHIFT    0x2a
#define KEY_RSHIFT    0x36
#define KEY_ALT	      0x38
#define KEY_CAPS      0x3a
#define ESC	      0x1b

/* By code: without and with Shift; 0 is no character. */
static const char plain[] = "\0\x1b"
			    "1234567890-=\x7f\tqwertyuiop[]\r\0"
			    "asdfghjkl;'`\0\\zxcvbnm,./\0*\0 ";
static const char shifted[] = "\0\x1b"
			      "!@#$%^&*()_+\x7f\tQWERTYUIOP{}\r\0"
			      "ASDFGHJKL:\"~\0|ZXCVBNM<>?\0*\0 ";

/** A key after 0xe0 and its sequence after ESC, or its only character. */
static const struct {
	u_char code;
	char seq[ATKBD_MAXSEQ];
} extended[] = {
	{ 0x1c, "\r" },	 /* Enter of the number pad */
	{ 0x35, "/" },	 /* its slash */
	{ 0x47, "[H" },	 /* Home */
	{ 0x48, "[A" },	 /* up */
	{ 0x49, "[5~" }, /* page up */
	{ 0x4b, "[D" },	 /* left */
	{ 0x4d, "[C" },	 /* right */
	{ 0x4f, "[F" },	 /* End */
	{ 0x50, "[B" },	 /* down */
	{ 0x51, "[6~" }, /* page down */
	{ 0x52, "[2~" }, /* Insert */
	{ 0x53, "[3~" }, /* Delete */
};

/* A key that changes what others mean; whether it is one. */
static bool
modifier(struct atkbd_state *ak, u_char key, bool down, bool prefix)
{
	switch (key) {
	case KEY_CTRL:
		ak->ak_ctrl = down;
		return (true);
	case KEY_LSHIFT:
	case KEY_RSHIFT:
		if (!prefix) /* with 0xe0 it is a part of another key */
			ak->ak_shift = down;
		return (true);
	case KEY_ALT:
		ak->ak_alt = down;
		return (true);
	case KEY_CAPS:
		if (down)
			ak->ak_caps = !ak->ak_caps;
		return (true);
	default:
		return (false);
	}
}

static u_int
decode_extended(u_char key, char seq[ATKBD_MAXSEQ])
{
	u_int n = 0;

	for (u_int i = 0; i < nitems(extended); i++) {
		if (extended[i].code != key)
			continue;
		if (extended[i].seq[0] == '[')
			seq[n++] = ESC;
		for (const char *s = extended[i].seq; *s != '\0'; s++)
			seq[n++] = *s;
	}
	return (n);
}

static u_int
decode_plain(const struct atkbd_state *ak, u_char key, char seq[ATKBD_MAXSEQ])
{
	bool shift = ak->ak_shift;
	u_int n = 0;
	char c;

	if (key >= sizeof(plain) - 1)
		return (0);
	if (ak->ak_caps && plain[key] >= 'a' && plain[key] <= 'z')
		shift = !shift;
	c = shift ? shifted[key] : plain[key];
	if (c == '\0')
		return (0);
	if (ak->ak_ctrl && c >= '@' && c < 0x7f)
		c &= 0x1f;
	else if (ak->ak_ctrl && c == ' ')
		c = '\0';
	if (ak->ak_alt)
		seq[n++] = ESC;
	seq[n++] = c;
	return (n);
}

/**
 * Takes one byte from the keyboard.
 * @param ak	what was before it; all zero to begin with
 * @param code	the byte
 * @param seq	set to the characters that it makes
 * @return	how many
 */
u_int
atkbd_decode(struct atkbd_state *ak, u_char code, char seq[ATKBD_MAXSEQ])
{
	bool prefix = ak->ak_prefix, down = (code & CODE_UP) == 0;
	u_char key = code & ~CODE_UP;

	if (ak->ak_skip != 0) {
		ak->ak_skip--;
		return (0);
	}
	ak->ak_prefix = code == CODE_EXTENDED;
	if (code == CODE_PAUSE)
		ak->ak_skip = PAUSE_BYTES;
	if (code == CODE_PAUSE || code == CODE_EXTENDED)
		return (0);
	if (modifier(ak, key, down, prefix) || !down)
		return (0);
	return (
	    prefix ? decode_extended(key, seq) : decode_plain(ak, key, seq));
}
