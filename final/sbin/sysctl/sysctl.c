/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * sysctl: shows and sets values of the kernel.
 *
 *     sysctl [-dnN] -a          all of them
 *     sysctl [-dnN] NAME...     these, and all below a name that is no value
 *     sysctl [-dnN] NAME=VALUE  sets one, shows the old and the new one
 *         -d    what a value means instead of what it is
 *         -n    without the names
 *         -N    the names only
 *
 * The tree itself answers at {0, N, numbers...}: N is 1 for the name, 2 for
 * the next value, 3 for the numbers of a name, 4 for type and format, 5 for
 * what it means.
 */
#include <sys/sysctl.h>
#include <sys/time.h>
#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/** Questions to the tree. */
enum { ASK_NAME = 1, ASK_NEXT = 2, ASK_FORMAT = 4, ASK_MEANING = 5 };

static int no_names, names_only, meanings;

/* Asks the tree about a value; bytes of the answer, or -1. */
static long
ask(int what, const int *mib, size_t n, void *answer, size_t size)
{
	int question[CTL_MAXNAME + 2] = { CTL_SYSCTL, what };

	memcpy(question + 2, mib, n * sizeof(*mib));
	if (sysctl(question, (unsigned)n + 2, answer, &size, NULL, 0) != 0)
		return (-1);
	return ((long)size);
}

/* Type and format of a value: an unsigned, then a string. */
static unsigned
kind_of(const int *mib, size_t n, char *format, size_t room)
{
	struct {
		unsigned kind;
		char format[60];
	} answer = { 0 };

	if (ask(ASK_FORMAT, mib, n, &answer, sizeof(answer) - 1) < 0)
		return (0);
	strlcpy(format, answer.format, room);
	return (answer.kind);
}

/* Bytes that are none of the types that we know. */
static void
show_bytes(const unsigned char *p, size_t size, const char *format)
{
	struct timeval tv;
	struct timespec ts;

	if (strcmp(format, "S,timeval") == 0 && size == sizeof(tv)) {
		memcpy(&tv, p, sizeof(tv));
		printf("%ld.%06ld", tv.tv_sec, tv.tv_usec);
	} else if (strcmp(format, "S,timespec") == 0 && size == sizeof(ts)) {
		memcpy(&ts, p, sizeof(ts));
		printf("%ld.%09ld", ts.tv_sec, ts.tv_nsec);
	} else {
		printf("%zu bytes:", size);
		for (size_t i = 0; i < size && i < 32; i++)
			printf(" %02x", p[i]);
		if (size > 32)
			printf(" ...");
	}
}

static void
show_value(unsigned kind, const void *p, size_t size, const char *format)
{
	switch (kind & CTLTYPE) {
	case CTLTYPE_STRING:
		printf("%.*s", (int)size, (const char *)p);
		return;
	case CTLTYPE_INT:
		if (size == sizeof(int)) {
			printf("%d", *(const int *)p);
			return;
		}
		break;
	case CTLTYPE_UINT:
		if (size == sizeof(int)) {
			printf("%u", *(const unsigned *)p);
			return;
		}
		break;
	case CTLTYPE_LONG:
	case CTLTYPE_QUAD:
		if (size == sizeof(long)) {
			printf("%ld", *(const long *)p);
			return;
		}
		break;
	case CTLTYPE_ULONG:
		if (size == sizeof(long)) {
			printf("%lu", *(const unsigned long *)p);
			return;
		}
		break;
	default:
		break;
	}
	show_bytes(p, size, format);
}

/* Shows what a value means. */
static int
show_meaning(const int *mib, size_t n, const char *name)
{
	char text[256] = "";

	if (ask(ASK_MEANING, mib, n, text, sizeof(text) - 1) < 0) {
		warn("%s", name);
		return (0);
	}
	if (!no_names)
		printf("%s: ", name);
	printf("%s\n", text);
	return (1);
}

/* Shows one value; false with a message if it cannot be read. */
static int
show(const int *mib, size_t n, const char *name)
{
	char format[60] = "";
	unsigned kind = kind_of(mib, n, format, sizeof(format));
	size_t size = 0;
	char *p;

	if (names_only) {
		printf("%s\n", name);
		return (1);
	}
	if (meanings)
		return (show_meaning(mib, n, name));
	if (sysctl(mib, (unsigned)n, NULL, &size, NULL, 0) != 0) {
		warn("%s", name);
		return (0);
	}
	size += size / 4 + 16; /* it may grow meanwhile */
	p = calloc(1, size + 1);
	if (p == NULL)
		err(1, "%s", name);
	if (sysctl(mib, (unsigned)n, p, &size, NULL, 0) != 0) {
		warn("%s", name);
		free(p);
		return (0);
	}
	if (!no_names)
		printf("%s: ", name);
	show_value(kind, p, size, format);
	printf("\n");
	free(p);
	return (1);
}

/* Shows what begins with these numbers; how many values. */
static int
show_below(const int *mib, size_t n)
{
	int next[CTL_MAXNAME], at[CTL_MAXNAME], shown = 0;
	size_t len = n;
	char name[256];
	long bytes;

	memcpy(at, mib, n * sizeof(*mib));
	for (;;) {
		bytes = ask(ASK_NEXT, at, len, next, sizeof(next));
		if (bytes <= 0)
			break;
		len = (size_t)bytes / sizeof(int);
		if (len < n || memcmp(next, mib, n * sizeof(*mib)) != 0)
			break;
		memcpy(at, next, sizeof(at));
		memset(name, 0, sizeof(name));
		if (ask(ASK_NAME, at, len, name, sizeof(name) - 1) < 0)
			err(1, "the name of a value");
		show(at, len, name);
		shown++;
	}
	return (shown);
}

/* Sets a value from text. */
static int
set(const int *mib, size_t n, const char *name, const char *text)
{
	char format[60];
	unsigned kind = kind_of(mib, n, format, sizeof(format)) & CTLTYPE;
	const void *p;
	size_t size;
	char *end;
	long number;
	int small;

	errno = 0;
	number = kind == CTLTYPE_ULONG ? (long)strtoul(text, &end, 0)
				       : strtol(text, &end, 0);
	small = (int)number;
	switch (kind) {
	case CTLTYPE_STRING:
		p = text;
		size = strlen(text);
		break;
	case CTLTYPE_INT:
	case CTLTYPE_UINT:
		if (number != small && number != (long)(unsigned)small)
			errno = ERANGE;
		p = &small;
		size = sizeof(small);
		break;
	case CTLTYPE_LONG:
	case CTLTYPE_ULONG:
	case CTLTYPE_QUAD:
		p = &number;
		size = sizeof(number);
		break;
	default:
		warnx("%s: this kind of value cannot be set", name);
		return (0);
	}
	if (kind != CTLTYPE_STRING &&
	    (end == text || *end != '\0' || errno != 0)) {
		warnx("%s: %s is no such number", name, text);
		return (0);
	}
	if (sysctl(mib, (unsigned)n, NULL, NULL, p, size) != 0) {
		warn("%s", name);
		return (0);
	}
	return (1);
}

/* Does what one word of the command line says. */
static int
do_word(char *word)
{
	char *text = strchr(word, '='), format[60];
	int mib[CTL_MAXNAME];
	size_t n = CTL_MAXNAME;

	if (text != NULL)
		*text++ = '\0';
	if (sysctlnametomib(word, mib, &n) != 0) {
		warnx("there is no value %s", word);
		return (0);
	}
	if ((kind_of(mib, n, format, sizeof(format)) & CTLTYPE) ==
	    CTLTYPE_NODE) {
		if (text != NULL) {
			warnx("%s is a name that others begin with", word);
			return (0);
		}
		if (show_below(mib, n) > 0)
			return (1);
		warnx("no value begins with %s", word);
		return (0);
	}
	if (!show(mib, n, word))
		return (0);
	if (text == NULL)
		return (1);
	return (set(mib, n, word, text) && show(mib, n, word));
}

/** Shows and sets. */
int
main(int argc, char **argv)
{
	int all = 0, good = 1, c;
	const int first[1] = { 0 };

	while ((c = getopt(argc, argv, "adnN")) != -1) {
		if (c == 'a')
			all = 1;
		else if (c == 'd')
			meanings = 1;
		else if (c == 'n')
			no_names = 1;
		else if (c == 'N')
			names_only = 1;
		else
			break;
	}
	if (c != -1 || (all ? optind != argc : optind == argc)) {
		fprintf(stderr,
		    "usage: sysctl [-dnN] -a\n"
		    "       sysctl [-dnN] name[=value] ...\n");
		return (1);
	}
	if (all)
		good = show_below(first, 0) > 0;
	for (int i = optind; i < argc; i++)
		good &= do_word(argv[i]);
	return (good ? 0 : 1);
}
