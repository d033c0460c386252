/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Kinds of characters, of ASCII: whatever is beyond it is of no kind.
 */
#include <sys/types.h>
#include <ctype.h>

static bool
between(int c, int least, int most)
{
	return (c >= least && c <= most);
}

/** A capital. */
int
isupper(int c)
{
	return (between(c, 'A', 'Z'));
}

/** A small letter. */
int
islower(int c)
{
	return (between(c, 'a', 'z'));
}

/** A digit. */
int
isdigit(int c)
{
	return (between(c, '0', '9'));
}

/** A letter. */
int
isalpha(int c)
{
	return (isupper(c) || islower(c));
}

/** A letter or digit. */
int
isalnum(int c)
{
	return (isalpha(c) || isdigit(c));
}

/** Is in ASCII. */
int
isascii(int c)
{
	return (between(c, 0, 127));
}

/** Blank or tab. */
int
isblank(int c)
{
	return (c == ' ' || c == '\t');
}

/** A control character. */
int
iscntrl(int c)
{
	return (between(c, 0, 31) || c == 127);
}

/** Visible. */
int
isgraph(int c)
{
	return (between(c, 33, 126));
}

/** Visible, or a blank. */
int
isprint(int c)
{
	return (between(c, 32, 126));
}

/** Visible, no letter and no digit. */
int
ispunct(int c)
{
	return (isgraph(c) && !isalnum(c));
}

/** Parts words. */
int
isspace(int c)
{
	return (c == ' ' || between(c, '\t', '\r'));
}

/** A hexadecimal digit. */
int
isxdigit(int c)
{
	return (isdigit(c) || between(c, 'a', 'f') || between(c, 'A', 'F'));
}

/** The small letter of a capital. */
int
tolower(int c)
{
	return (isupper(c) ? c + 'a' - 'A' : c);
}

/** The capital of a small letter. */
int
toupper(int c)
{
	return (islower(c) ? c + 'A' - 'a' : c);
}

/** The lower seven bits. */
int
toascii(int c)
{
	return (c & 0x7f);
}
