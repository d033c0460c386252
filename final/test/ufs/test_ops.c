/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Random operations on file systems of several shapes, against a model; the
 * image is checked after each unmount.
 *
 *     test_ops             a fixed number of rounds, TAP
 *     test_ops SHAPE SEED  one round, more of them if a third word says so
 */
#include "hosted.h"
#include "check.h"
#include "ufs_image.h"
#include "model.h"
#include "rig.h"

/** A shape of file systems. */
struct shape {
	const char *name;
	const char *options; /* of makefs */
	size_t size;
	struct model_limits limits;
};

#define KB *1024L
static const struct shape shapes[] = {
	{ "4096/512", "bsize=4096,fsize=512,density=4096", 12288 KB,
	    { 200 KB, 5000 KB, 30, 20 } },
	{ "4096/512 small", "bsize=4096,fsize=512,density=4096", 1024 KB,
	    { 100 KB, 5000 KB, 30, 20 } },
	{ "4096/4096", "bsize=4096,fsize=4096,density=8192", 8192 KB,
	    { 200 KB, 5000 KB, 20, 20 } },
	{ "8192/1024", "bsize=8192,fsize=1024,density=2048", 40960 KB,
	    { 400 KB, 20000 KB, 200, 20 } },
	{ "8192/1024 full", "bsize=8192,fsize=1024,density=8192", 2048 KB,
	    { 400 KB, 20000 KB, 30, 20 } },
	{ "16384/2048", "bsize=16384,fsize=2048,density=8192", 8192 KB,
	    { 400 KB, 20000 KB, 30, 20 } },
	{ "16384/16384", "bsize=16384,fsize=16384,density=8192", 8192 KB,
	    { 300 KB, 3000 KB, 30, 20 } },
	{ "32768/4096", "bsize=32768,fsize=4096,density=8192", 16384 KB,
	    { 600 KB, 3000 KB, 30, 20 } },
};

static const char *save_to;

static void
round_end(const struct shape *s, bool last)
{
	struct check_result r;
	const char *wrong;
	int error;

	model_compare();
	model_close();
	error = rig_unmount(0);
	if (error != 0) {
		printf("%s: unmount: error %d\n", s->name, error);
		abort();
	}
	wrong = rig_leaks();
	if (wrong != NULL) {
		printf("%s: %s\n", s->name, wrong);
		abort();
	}
	if (!check_image((const uint8_t *)rig_data, rig_size, true, &r) ||
	    !r.clean) {
		printf("%s: %s; %u bad, %u leftovers, %u sums, clean: %d\n",
		    s->name, r.first, r.bad, r.leftovers, r.sums, r.clean);
		abort();
	}
	if (last)
		return;
	error = rig_mount("md0s0", 0);
	if (error != 0) {
		printf("%s: mount: error %d\n", s->name, error);
		abort();
	}
	model_compare();
}

static void
play(const struct shape *s, uint64_t seed, unsigned rounds)
{
	int error;

	rig_disk(image_make(s->options, s->size), s->size);
	error = rig_mount("md0s0", 0);
	if (error != 0) {
		printf("%s: mount: error %d\n", s->name, error);
		abort();
	}
	model_start(seed, &s->limits);
	for (unsigned i = 0; i < rounds; i++) {
		for (unsigned k = 0; k < 400; k++)
			model_step();
		round_end(s, i == rounds - 1);
	}
	if (getenv("UFS_VERBOSE") != NULL)
		model_stat();
	if (save_to != NULL) {
		char file[1000];

		model_export(save_to);
		snprintf(file, sizeof(file), "%s/image", save_to);
		image_save(file, rig_data, rig_size);
	}
	model_end();
}

int
main(int argc, char **argv)
{
	setbuf(stdout, NULL);
	rig_start();
	if (argc > 3) {
		save_to = argc > 4 ? argv[4] : NULL;
		play(&shapes[atoi(argv[1])], (uint64_t)atol(argv[2]),
		    (unsigned)atoi(argv[3]));
		printf("%u times no room\n", model_nospace);
		return (0);
	}
	printf("TAP version 13\n1..%zu\n", nitems(shapes));
	for (unsigned i = 0; i < nitems(shapes); i++) {
		play(&shapes[i], i + 1, 3);
		printf("ok %u - %s\n", i + 1, shapes[i].name);
	}
	return (0);
}
