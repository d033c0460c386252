/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Options of a command line, long ones too.
 */
#ifndef _GETOPT_H_
#define _GETOPT_H_

/** A long option. */
struct option {
	const char *name; /**< without the two hyphens */
	int has_arg;	  /**< no_argument, ... */
	int *flag;	  /**< gets val, or NULL: val is returned */
	int val;	  /**< what the option stands for */
};

/** @name has_arg */
/** @{ */
#define no_argument	  0
#define required_argument 1
#define optional_argument 2
/** @} */

extern char *optarg; /**< argument of the last option, or NULL */
extern int optind;   /**< next argument; 1 at first */
extern int opterr;   /**< 1: complain about wrong options */
extern int optopt;   /**< letter of the last option */
extern int optreset; /**< 1: begin again at optind */

int getopt(int argc, char *const argv[], const char *options);
int getopt_long(int argc, char *const argv[], const char *options,
    const struct option *longs, int *index);

#endif
