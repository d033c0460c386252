/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * strftime(3), in the C locale.
 */
#include <stdio.h>
#include <string.h>
#include <time.h>

static const char *const day_names[] = { "Sunday", "Monday", "Tuesday",
	"Wednesday", "Thursday", "Friday", "Saturday" };
static const char *const month_names[] = { "January", "February", "March",
	"April", "May", "June", "July", "August", "September", "October",
	"November", "December" };

/* What stands for others. */
static const char *
longer(char c)
{
	switch (c) {
	case 'c':
		return ("%a %b %e %H:%M:%S %Y");
	case 'D':
	case 'x':
		return ("%m/%d/%y");
	case 'F':
		return ("%Y-%m-%d");
	case 'R':
		return ("%H:%M");
	case 'r':
		return ("%I:%M:%S %p");
	case 'T':
	case 'X':
		return ("%H:%M:%S");
	default:
		return (NULL);
	}
}

/* One number or name; false if there is no such letter. */
static bool
part(char *s, size_t size, char c, const struct tm *tm)
{
	const char *day = day_names[(unsigned)tm->tm_wday % 7];
	const char *month = month_names[(unsigned)tm->tm_mon % 12];
	int hour12 = tm->tm_hour % 12 == 0 ? 12 : tm->tm_hour % 12;
	int year = 1900 + tm->tm_year;
	struct tm copy = *tm;

	switch (c) {
	case 'A':
	case 'a':
		snprintf(s, size, "%.*s", c == 'a' ? 3 : 9, day);
		break;
	case 'B':
	case 'b':
	case 'h':
		snprintf(s, size, "%.*s", c == 'B' ? 9 : 3, month);
		break;
	case 'C':
		snprintf(s, size, "%02d", year / 100);
		break;
	case 'd':
		snprintf(s, size, "%02d", tm->tm_mday);
		break;
	case 'e':
		snprintf(s, size, "%2d", tm->tm_mday);
		break;
	case 'H':
		snprintf(s, size, "%02d", tm->tm_hour);
		break;
	case 'I':
		snprintf(s, size, "%02d", hour12);
		break;
	case 'j':
		snprintf(s, size, "%03d", tm->tm_yday + 1);
		break;
	case 'M':
		snprintf(s, size, "%02d", tm->tm_min);
		break;
	case 'm':
		snprintf(s, size, "%02d", tm->tm_mon + 1);
		break;
	case 'p':
		snprintf(s, size, "%s", tm->tm_hour < 12 ? "AM" : "PM");
		break;
	case 'S':
		snprintf(s, size, "%02d", tm->tm_sec);
		break;
	case 's':
		snprintf(s, size, "%ld", timegm(&copy));
		break;
	case 'u':
		snprintf(s, size, "%d", tm->tm_wday == 0 ? 7 : tm->tm_wday);
		break;
	case 'w':
		snprintf(s, size, "%d", tm->tm_wday);
		break;
	case 'Y':
		snprintf(s, size, "%d", year);
		break;
	case 'y':
		snprintf(s, size, "%02d", year % 100);
		break;
	case 'Z':
		snprintf(s, size, "UTC");
		break;
	case 'z':
		snprintf(s, size, "+0000");
		break;
	case 'n':
		strlcpy(s, "\n", size);
		break;
	case 't':
		strlcpy(s, "\t", size);
		break;
	case '%':
		strlcpy(s, "%", size);
		break;
	default:
		return (false);
	}
	return (true);
}

/**
 * Writes a time as a format says, in the C locale. What it does not know it
 * writes as it is.
 * @param s	gets the text and a NUL
 * @param size	bytes there
 * @param fmt	text and conversions: a percent sign, and one of the letters
 *		aAbBcCdDeFhHIjmMnprRsStTuwxXyYzZ or another one
 * @param tm	the time, in UTC
 * @return	characters without the NUL; 0: there was no room, and s is not
 *		to be used
 */
size_t
strftime(char *s, size_t size, const char *fmt, const struct tm *tm)
{
	size_t n = 0, len;
	char text[64];
	const char *more;

	for (; *fmt != '\0'; fmt++) {
		text[0] = *fmt;
		text[1] = '\0';
		if (*fmt == '%' && fmt[1] != '\0') {
			fmt++;
			more = longer(*fmt);
			if (more != NULL) {
				if (strftime(text, sizeof(text), more, tm) == 0)
					return (0);
			} else if (!part(text, sizeof(text), *fmt, tm)) {
				snprintf(text, sizeof(text), "%%%c", *fmt);
			}
		}
		len = strlen(text);
		if (len >= size - n || size == 0)
			return (0);
		memcpy(s + n, text, len);
		n += len;
	}
	if (size > 0)
		s[n] = '\0';
	return (n);
}
