/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Options of a command line.  As in all BSDs the first word that is none ends
 * them.
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

char *optarg;
int optind = 1;
int opterr = 1;
int optopt;
int optreset;

static const char *letter; /* the next one of a word of letters */

static int
complain(const char *what, const char *options, int missing)
{
	if (opterr && *options != ':')
		fprintf(stderr, "%s: %s\n", getprogname(), what);
	return (missing && *options == ':' ? ':' : '?');
}

/* A letter, and its argument. */
static int
short_option(int argc, char *const argv[], const char *options)
{
	int c = (unsigned char)*letter++;
	const char *known = c != ':' ? strchr(options, c) : NULL;
	char text[64];

	optopt = c;
	optarg = NULL;
	if (known == NULL) {
		snprintf(text, sizeof(text), "illegal option -- %c", c);
		if (*letter == '\0')
			optind++;
		return (complain(text, options, 0));
	}
	if (known[1] != ':') {
		if (*letter == '\0')
			optind++;
		return (c);
	}
	optind++;
	if (*letter != '\0') {
		optarg = (char *)letter;
	} else if (known[2] == ':') {
		optarg = NULL; /* it may be missing */
	} else if (optind < argc) {
		optarg = argv[optind++];
	} else {
		letter = "";
		snprintf(
		    text, sizeof(text), "option requires an argument -- %c", c);
		return (complain(text, options, 1));
	}
	letter = "";
	return (c);
}

/* The word that may hold options; -1 at the end of them. */
static int
next_word(int argc, char *const argv[])
{
	if (optreset || optind == 0) {
		optreset = 0;
		optind = optind == 0 ? 1 : optind;
		letter = "";
	}
	if (letter != NULL && *letter != '\0')
		return (0);
	letter = "";
	if (optind >= argc || argv[optind][0] != '-' || argv[optind][1] == '\0')
		return (-1);
	if (strcmp(argv[optind], "--") == 0) {
		optind++;
		return (-1);
	}
	letter = argv[optind] + 1;
	return (1);
}

/**
 * Takes the next option of a command line: optind and the rest say where it is.
 * A wrong one is complained about on standard error, unless opterr is 0.
 * @param argc	number of arguments
 * @param argv	arguments; the first is the program
 * @param options	letters; one colon after a letter: it has an argument,
 *			two: it may have; a colon in front: no complaints
 * @return	the letter, its argument in optarg; '?': it is none, or has no
 *		argument (':' if options begins with a colon), and is in optopt;
 *		-1: there are no more
 */
int
getopt(int argc, char *const argv[], const char *options)
{
	if (next_word(argc, argv) < 0)
		return (-1);
	return (short_option(argc, argv, options));
}

/* The long option of a name, which may be cut short; NULL if none or two. */
static const struct option *
find(const struct option *longs, const char *name, size_t len)
{
	const struct option *found = NULL;

	for (; longs->name != NULL; longs++) {
		if (strncmp(longs->name, name, len) != 0)
			continue;
		if (longs->name[len] == '\0')
			return (longs);
		if (found != NULL)
			return (NULL);
		found = longs;
	}
	return (found);
}

/**
 * Takes the next option of a command line, of letters or long ones, which may
 * be cut short while they are clear.
 * @param argc	number of arguments
 * @param argv	arguments; the first is the program
 * @param options	letters, as for getopt()
 * @param longs	long options; one without a name ends them
 * @param index	gets the number of the long one; or NULL
 * @return	as getopt(); for a long one its val, or 0 if it has a flag
 */
int
getopt_long(int argc, char *const argv[], const char *options,
    const struct option *longs, int *index)
{
	const struct option *found;
	const char *name;
	char text[128];
	size_t len;
	int new = next_word(argc, argv);

	if (new < 0)
		return (-1);
	if (new == 0 || *letter != '-')
		return (short_option(argc, argv, options));
	name = letter + 1;
	letter = "";
	optind++;
	optarg = NULL;
	len = strcspn(name, "=");
	found = find(longs, name, len);
	if (found == NULL) {
		optopt = 0;
		snprintf(text, sizeof(text), "unknown option -- %s", name);
		return (complain(text, options, 0));
	}
	optopt = found->val;
	if (name[len] == '=')
		optarg = (char *)name + len + 1;
	if (found->has_arg == no_argument && optarg != NULL) {
		snprintf(text, sizeof(text), "option takes no argument -- %s",
		    found->name);
		return (complain(text, options, 0));
	}
	if (found->has_arg == required_argument && optarg == NULL) {
		if (optind >= argc) {
			snprintf(text, sizeof(text),
			    "option requires an argument -- %s", found->name);
			return (complain(text, options, 1));
		}
		optarg = argv[optind++];
	}
	if (index != NULL)
		*index = (int)(found - longs);
	if (found->flag == NULL)
		return (found->val);
	*found->flag = found->val;
	return (0);
}
