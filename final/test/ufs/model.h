/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What a file system should hold, and random operations on both.
 */
#ifndef _MODEL_H_
#define _MODEL_H_

#include <stdint.h>

/** How wild the operations are. */
struct model_limits {
	long file_size;	  /* offsets of writes are below */
	long far;	  /* seldom below this */
	unsigned entries; /* names in a directory, about */
	unsigned dirs;	  /* directories in all, about */
};

void model_start(uint64_t seed, const struct model_limits *limits);
/** One operation, in the rig and in the model.  A difference ends the program
 * with a message. */
void model_step(void);
/** Looks at everything. */
void model_compare(void);
/** Closes what is open. */
void model_close(void);
/** Writes a shell script's lines that compare every file of an image with
 * Sleuth Kit and GRUB to a folder with the files. */
void model_export(const char *folder);
void model_end(void);
void model_stat(void);
uint64_t model_random(void);
extern unsigned model_nospace; /* operations that found no room */

#endif
