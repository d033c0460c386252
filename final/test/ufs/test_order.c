/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Order of writing: a disk is cut off after each of its writes.  What it has
 * then may be untidy (something in use for nobody, links too many), but no
 * name leads to nothing, no block is in two files, nothing in use is free.
 */
#include "hosted.h"
#include "check.h"
#include "ufs_image.h"
#include "model.h"
#include "rig.h"

#define SIZE (768 * 1024UL)

static uint8_t *cut; /* the disk without the write that comes next */
static const char *doing;
static unsigned cuts;
static unsigned long leftovers;

static void
on_write(unsigned long offset, const void *data, unsigned long n)
{
	struct check_result r;

	memcpy(cut + offset, data, n);
	cuts++;
	if (!check_image(cut, SIZE, false, &r)) {
		printf("# %s, write %u, %lu bytes at %lu: %s\n", doing, cuts, n,
		    offset, r.first);
		abort();
	}
	leftovers += r.leftovers;
}

static void
start(const char *options)
{
	rig_disk(image_make(options, SIZE), SIZE);
	memcpy(cut, rig_data, SIZE);
	rig_on_write = on_write;
	assert_int_equal(rig_mount("md0s0", 0), 0);
}

static void
end(void)
{
	struct check_result r;

	doing = "unmount";
	assert_int_equal(rig_unmount(0), 0);
	assert_null(rig_leaks());
	rig_on_write = NULL;
	assert_true(check_image((uint8_t *)rig_data, SIZE, true, &r));
}

static void
write_file(const char *path, long at, unsigned long n)
{
	static char data[200000];
	struct vnode *vp;
	unsigned long done;

	memset(data, 'x', sizeof(data));
	assert_int_equal(rig_open(path, &vp), 0);
	assert_int_equal(rig_write(vp, at, data, n, &done), 0);
	assert_int_equal(rig_fsync(vp), 0);
	rig_close(vp);
}

static void
truncate_file(const char *path, long size)
{
	struct vnode *vp;

	assert_int_equal(rig_open(path, &vp), 0);
	assert_int_equal(rig_truncate(vp, size), 0);
	assert_int_equal(rig_fsync(vp), 0);
	rig_close(vp);
}

#define DO(call) (doing = #call, assert_int_equal(call, 0))

/* Each operation, with others in between that would reuse what it frees. */
static void
operations(void **state)
{
	char path[64];

	(void)state;
	start("bsize=4096,fsize=512,density=4096");
	DO(rig_mkdir("/a"));
	DO(rig_mkdir("/b"));
	DO(rig_create("/a/f"));
	doing = "write";
	write_file("/a/f", 0, 700);
	write_file("/a/f", 700, 3000);
	write_file("/a/f", 5000, 100000);
	doing = "truncate";
	truncate_file("/a/f", 60000);
	truncate_file("/a/f", 9000);
	truncate_file("/a/f", 50);
	DO(rig_create("/a/g"));
	write_file("/a/g", 0, 150000);
	DO(rig_link("/a/g", "/b/h"));
	DO(rig_rename("/a/g", "/b/g"));
	DO(rig_rename("/b/g", "/a/f"));
	DO(rig_unlink("/a/f"));
	DO(rig_unlink("/b/h"));
	DO(rig_mkdir("/a/d"));
	DO(rig_mkdir("/a/d/e"));
	DO(rig_rename("/a/d", "/b/d"));
	DO(rig_mkdir("/a/d"));
	DO(rig_rename("/a/d", "/b/d/e"));
	DO(rig_symlink("short", "/b/s"));
	memset(path, 'l', sizeof(path) - 1);
	path[sizeof(path) - 1] = '\0';
	DO(rig_symlink(path, "/b/l"));
	DO(rig_unlink("/b/l"));
	doing = "many names";
	for (int i = 0; i < 100; i++) {
		sprintf(path, "/a/%050d", i);
		assert_int_equal(rig_create(path), 0);
	}
	for (int i = 0; i < 100; i++) {
		sprintf(path, "/a/%050d", i);
		assert_int_equal(rig_unlink(path), 0);
	}
	DO(rig_rmdir("/a"));
	DO(rig_rmdir("/b/d/e"));
	DO(rig_rmdir("/b/d"));
	end();
}

static void
random_operations(void **state)
{
	static const struct model_limits limits = { 60000, 300000, 12, 8 };

	(void)state;
	doing = "random operations";
	for (unsigned seed = 1; seed <= 3; seed++) {
		start(seed == 2 ? "bsize=8192,fsize=1024,density=4096"
				: "bsize=4096,fsize=512,density=4096");
		model_start(seed, &limits);
		for (int i = 0; i < 400; i++)
			model_step();
		model_compare();
		model_close();
		end();
		model_end();
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(operations),
		cmocka_unit_test(random_operations),
	};
	int result;

	setbuf(stdout, NULL);
	rig_start();
	cut = malloc(SIZE);
	result = RUN_TESTS(tests);
	printf("# %u cuts, %lu leftovers\n", cuts, leftovers);
	free(cut);
	return (result);
}
