/* SPDX-License-Identifier: BSD-3-Clause */
#include "hosted.h"
#include "ufs_image.h"
#include <unistd.h>

static void
give_up(const char *what)
{
	perror(what);
	exit(2);
}

static char *
run_makefs(const char *options, size_t size)
{
	char folder[] = "/tmp/ufsXXXXXX", command[512], file[64];
	char *data = malloc(size);
	FILE *f;

	if (mkdtemp(folder) == NULL)
		give_up("mkdtemp");
	snprintf(file, sizeof(file), "%s/image", folder);
	snprintf(command, sizeof(command),
	    "PATH=$PATH:/usr/sbin; mkdir %s/empty && makefs -B little -t ffs "
	    "-s %zu -o version=1,%s %s %s/empty >/dev/null 2>&1",
	    folder, size, options, file, folder);
	if (system(command) != 0)
		give_up(command);
	f = fopen(file, "r");
	if (f == NULL || fread(data, 1, size, f) != size)
		give_up(file);
	fclose(f);
	unlink(file);
	snprintf(file, sizeof(file), "%s/empty", folder);
	rmdir(file);
	rmdir(folder);
	return (data);
}

/* The last one is kept: most tests want the same again and again. */
char *
image_make(const char *options, size_t size)
{
	static char *last, last_options[200];
	static size_t last_size;
	char *data;

	if (last == NULL || size != last_size ||
	    strcmp(options, last_options) != 0) {
		free(last);
		last = run_makefs(options, size);
		last_size = size;
		snprintf(last_options, sizeof(last_options), "%s", options);
	}
	data = malloc(size);
	memcpy(data, last, size);
	return (data);
}

void
image_save(const char *file, const char *data, size_t size)
{
	FILE *f = fopen(file, "w");

	if (f == NULL || fwrite(data, 1, size, f) != size || fclose(f) != 0)
		give_up(file);
}
