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

/**
 * Whether it is a capital, A to Z.
 * @param c	a character, or EOF
 * @return	1 or 0
 */
int
isupper(int c)
{
	return (between(c, 'A', 'Z'));
}

/**
 * Whether it is a small letter, a to z.
 * @param c	a character, or EOF
 * @return	1 or 0
 */
int
islower(int c)
{
	return (between(c, 'a', 'z'));
}

/**
 * Whether it is a digit, 0 to 9.
 * @param c	a character, or EOF
 * @return	1 or 0
 */
int
isdigit(int c)
{
	return (between(c, '0', '9'));
}

/**
 * Whether it is a letter.
 * @param c	a character, or EOF
 * @return	1 or 0
 */
int
isalpha(int c)
{
	return (isupper(c) || islower(c));
}

/**
 * Whether it is a letter or a digit.
 * @param c	a character, or EOF
 * @return	1 or 0
 */
int
isalnum(int c)
{
	return (isalpha(c) || isdigit(c));
}

/**
 * Whether it is in ASCII, 0 to 127.
 * @param c	any number
 * @return	1 or 0
 */
int
isascii(int c)
{
	return (between(c, 0, 127));
}

/**
 * Whether it is a blank or a tab.
 * @param c	a character, or EOF
 * @return	1 or 0
 */
int
isblank(int c)
{
	return (c == ' ' || c == '\t');
}

/**
 * Whether it is a control character: below the blank, or DEL.
 * @param c	a character, or EOF
 * @return	1 or 0
 */
int
iscntrl(int c)
{
	return (between(c, 0, 31) || c == 127);
}

/**
 * Whether it is visible.
 * @param c	a character, or EOF
 * @return	1 or 0
 */
int
isgraph(int c)
{
	return (between(c, 33, 126));
}

/**
 * Whether it is visible, or the blank.
 * @param c	a character, or EOF
 * @return	1 or 0
 */
int
isprint(int c)
{
	return (between(c, 32, 126));
}

/**
 * Whether it is visible, and neither letter nor digit.
 * @param c	a character, or EOF
 * @return	1 or 0
 */
int
ispunct(int c)
{
	return (isgraph(c) && !isalnum(c));
}

/**
 * Whether it parts words: a blank, or one from tab to carriage return.
 * @param c	a character, or EOF
 * @return	1 or 0
 */
int
isspace(int c)
{
	return (c == ' ' || between(c, '\t', '\r'));
}

/**
 * Whether it is a hexadecimal digit of either case.
 * @param c	a character, or EOF
 * @return	1 or 0
 */
int
isxdigit(int c)
{
	return (isdigit(c) || between(c, 'a', 'f') || between(c, 'A', 'F'));
}

/**
 * The small letter of a capital.
 * @param c	a character, or EOF
 * @return	that; anything else as it is
 */
int
tolower(int c)
{
	return (isupper(c) ? c + 'a' - 'A' : c);
}

/**
 * The capital of a small letter.
 * @param c	a character, or EOF
 * @return	that; anything else as it is
 */
int
toupper(int c)
{
	return (islower(c) ? c + 'A' - 'a' : c);
}

/**
 * The lower seven bits.
 * @param c	any number
 * @return	0 to 127
 */
int
toascii(int c)
{
	return (c & 0x7f);
}
