/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * UFS, case by case: what random operations seldom meet.
 */
#include "hosted.h"
#include "check.h"
#include "disklabel.h"
#include "fs.h"
#include "ufs_image.h"
#include "rig.h"

#define KB    *1024UL
#define SMALL "bsize=4096,fsize=512,density=4096"

static void
start(const char *options, size_t size)
{
	rig_disk(image_make(options, size), size);
	assert_int_equal(rig_mount("md0s0", 0), 0);
}

static void
end(void)
{
	struct check_result r;

	assert_int_equal(rig_unmount(0), 0);
	assert_null(rig_leaks());
	if (!check_image((uint8_t *)rig_data, rig_size, true, &r))
		fail_msg("%s", r.first);
	assert_true(r.clean);
}

static struct vnode *
make(const char *path)
{
	struct vnode *vp;

	assert_int_equal(rig_create(path), 0);
	assert_int_equal(rig_open(path, &vp), 0);
	return (vp);
}

/*
 * Who looks for a directory's child, and has to wait for it, does not hold the
 * directory meanwhile: in a damaged file system the child may be its parent.
 */
static void
waiting_for_child(void **state)
{
	struct vnode *dvp, *vp, *again;

	(void)state;
	start(SMALL, 1024 KB);
	assert_int_equal(rig_mkdir("/a"), 0);
	assert_int_equal(rig_mkdir("/a/b"), 0);
	assert_int_equal(rig_open("/a", &dvp), 0);
	assert_int_equal(rig_open("/a/b", &vp), 0);
	rig_lock_elsewhere(vp, dvp);
	assert_int_equal(rig_open_at(dvp, "b", &again), 0);
	assert_ptr_equal(again, vp);
	rig_close(again);
	rig_close(vp);
	rig_close(dvp);
	end();
}

/* A removed directory that is still open has no names, and gets none. */
static void
removed_directory(void **state)
{
	struct vnode *dvp, *vp;

	(void)state;
	start(SMALL, 1024 KB);
	assert_int_equal(rig_mkdir("/a"), 0);
	assert_int_equal(rig_mkdir("/a/b"), 0);
	assert_int_equal(rig_open("/a/b", &dvp), 0);
	assert_int_equal(rig_rmdir("/a/b"), 0);
	assert_int_equal(rig_symlink_at(dvp, "x", "link"), K_ENOENT);
	assert_int_equal(rig_rmdir("/a"), 0);
	/* Its parent's inode is another file's now. */
	assert_int_equal(rig_create("/f"), 0);
	assert_int_equal(rig_open_at(dvp, "..", &vp), K_ENOENT);
	rig_close(dvp);
	end();
}

/* Two names of one file: rename does nothing. */
static void
rename_to_itself(void **state)
{
	struct vnode *vp;

	(void)state;
	start(SMALL, 1024 KB);
	rig_close(make("/a"));
	assert_int_equal(rig_link("/a", "/b"), 0);
	assert_int_equal(rig_rename("/a", "/b"), 0);
	assert_int_equal(rig_open("/a", &vp), 0);
	rig_close(vp);
	assert_int_equal(rig_open("/b", &vp), 0);
	rig_close(vp);
	end();
}

/* A file of holes, up to its third indirect block. */
static void
far_away(void **state)
{
	static const long places[] = { 0, 49000, 50000, 4300000, 4400000,
		4300000000, 4400000000, 1L << 40 };
	char data[100], back[100];
	unsigned long done, frags, now, inodes;
	struct vnode *vp;

	(void)state;
	start(SMALL, 1024 KB);
	rig_free(&frags, &inodes);
	vp = make("/f");
	for (unsigned i = 0; i < nitems(places); i++) {
		memset(data, 'a' + (int)i, sizeof(data));
		assert_int_equal(
		    rig_write(vp, places[i], data, sizeof(data), &done), 0);
	}
	assert_int_equal(rig_fsync(vp), 0);
	rig_close(vp);
	rig_uncache();
	assert_int_equal(rig_open("/f", &vp), 0);
	for (unsigned i = 0; i < nitems(places); i++) {
		memset(data, 'a' + (int)i, sizeof(data));
		assert_int_equal(
		    rig_read(vp, places[i], back, sizeof(back), &done), 0);
		assert_memory_equal(data, back, sizeof(back));
		memset(data, 0, sizeof(data));
		if (i + 1 == nitems(places))
			break;
		assert_int_equal(
		    rig_read(vp, places[i] + 100, back, sizeof(back), &done),
		    0);
		assert_memory_equal(data, back, sizeof(back));
	}
	for (unsigned i = nitems(places); i-- > 0;)
		assert_int_equal(rig_truncate(vp, places[i] + 50), 0);
	assert_int_equal(rig_write(vp, 1L << 60, data, 1, &done), K_EFBIG);
	assert_int_equal(rig_truncate(vp, 1L << 60), K_EFBIG);
	rig_close(vp);
	assert_int_equal(rig_unlink("/f"), 0);
	rig_free(&now, &inodes);
	assert_int_equal(now, frags);
	end();
}

static void
count_names(const char *name, unsigned long ino, void *arg)
{
	(void)name;
	(void)ino;
	++*(unsigned *)arg;
}

/* A directory with an indirect block. */
static void
large_directory(void **state)
{
	unsigned count = 0;
	char name[256];

	(void)state;
	start("bsize=4096,fsize=512,density=2048", 2048 KB);
	assert_int_equal(rig_mkdir("/d"), 0);
	for (int i = 0; i < 400; i++) {
		sprintf(name, "/d/%0200d", i);
		assert_int_equal(rig_create(name), 0);
	}
	assert_int_equal(rig_readdir("/d", 1000, count_names, &count), 0);
	assert_int_equal(count, 402);
	assert_int_equal(rig_rmdir("/d"), K_ENOTEMPTY);
	for (int i = 0; i < 400; i++) {
		sprintf(name, "/d/%0200d", i * 7 % 400);
		assert_int_equal(rig_unlink(name), 0);
	}
	assert_int_equal(rig_rmdir("/d"), 0);
	end();
}

/* The last blocks are root's. */
static void
reserve(void **state)
{
	static char data[65536];
	unsigned long done, frags, inodes;
	struct vnode *vp;
	int error = 0;

	(void)state;
	start(SMALL ",minfree=10", 1024 KB);
	vp = make("/f");
	rig_uid = 100;
	for (long at = 0; error == 0; at += (long)done)
		error = rig_write(vp, at, data, sizeof(data), &done);
	assert_int_equal(error, K_ENOSPC);
	rig_free(&frags, &inodes);
	assert_true(frags > 150);
	rig_uid = 0;
	assert_int_equal(rig_write(vp, 0, data, 100, &done), 0);
	rig_close(vp);
	end();
}

/* A mapping's store into a hole gets a block at once, or is refused: what was
 * stored can always be written. */
static void
full_mapping(void **state)
{
	static char data[65536];
	unsigned long done = 1;
	struct rig_stat st;
	struct vnode *vp, *other;
	char byte;
	long at;

	(void)state;
	start(SMALL, 1024 KB);
	vp = make("/f");
	assert_int_equal(rig_truncate(vp, 400000), 0);
	assert_int_equal(rig_store(vp, 300000, "x", 1), 0);
	assert_int_equal(rig_stat(vp, &st), 0);
	assert_true(st.bytes >= 4096);
	other = make("/other");
	for (at = 0; done != 0; at += (long)done)
		rig_write(other, at, data, sizeof(data), &done);
	for (at = 0; at < 300000; at += 4096)
		if (rig_store(vp, at, "y", 1) != 0)
			break;
	assert_true(at < 290000);
	assert_int_equal(rig_store(vp, at, "y", 1), K_ENOSPC);
	assert_int_equal(rig_store(vp, 300001, "z", 1), 0);
	assert_int_equal(rig_fsync(vp), 0);
	rig_uncache();
	assert_int_equal(rig_read(vp, at, &byte, 1, &done), 0);
	assert_int_equal(byte, 0);
	assert_int_equal(rig_read(vp, 300001, &byte, 1, &done), 0);
	assert_int_equal(byte, 'z');
	rig_close(other);
	rig_close(vp);
	assert_int_equal(rig_remount(1), 0);
	assert_int_equal(rig_open("/f", &vp), 0);
	assert_int_equal(rig_store(vp, 300000, "x", 1), K_EROFS);
	rig_close(vp);
	assert_int_equal(rig_remount(0), 0);
	end();
}

/* Mounted twice; read-only; not unmounted; changed while it was not mounted. */
static void
mounting(void **state)
{
	struct fs *fs;
	struct vnode *vp;
	char *copy;

	(void)state;
	start(SMALL, 1024 KB);
	fs = (struct fs *)(rig_data + SBLOCK_OFFSET);
	assert_int_equal(fs->fs_clean, 0);
	vp = make("/f");
	assert_int_equal(rig_unlink("/f"), 0);
	assert_int_equal(rig_remount(1), K_EBUSY);
	rig_close(vp);
	assert_int_equal(rig_remount(1), 0);
	assert_int_equal(fs->fs_clean, 1);
	assert_int_equal(rig_create("/g"), K_EROFS);
	assert_int_equal(rig_mkdir("/g"), K_EROFS);
	assert_int_equal(rig_remount(0), 0);
	rig_close(make("/g"));
	assert_int_equal(rig_sync(), 0);
	copy = malloc(rig_size);
	memcpy(copy, rig_data, rig_size);
	end();
	/* The machine stopped after the sync. */
	memcpy(rig_data, copy, rig_size);
	free(copy);
	assert_int_equal(rig_mount("md0s0", 0), 0);
	assert_non_null(strstr(rig_last, "was not unmounted"));
	assert_int_equal(rig_open("/g", &vp), 0);
	rig_close(vp);
	assert_int_equal(rig_unmount(0), 0);
	assert_int_equal(fs->fs_clean, 0);
	assert_null(rig_leaks());
	assert_int_equal(rig_mount("md7", 0), K_ENXIO);
}

/* A bitmap that says a file's inode is free. */
static void
wrong_bitmap(void **state)
{
	struct rig_stat st;
	struct vnode *vp;
	struct fs *fs;
	struct cg *cg;

	(void)state;
	start(SMALL, 1024 KB);
	rig_close(make("/f"));
	end();
	fs = (struct fs *)(rig_data + SBLOCK_OFFSET);
	cg = (struct cg *)(rig_data + fs->fs_cblkno * fs->fs_fsize);
	((uint8_t *)cg)[cg->cg_iusedoff] &= 0x07;
	cg->cg_irotor = 0;
	assert_int_equal(rig_mount("md0s0", 0), 0);
	vp = make("/g");
	assert_int_equal(rig_stat(vp, &st), 0);
	assert_true(st.ino > 3);
	rig_close(vp);
	assert_int_equal(rig_unmount(0), 0);
	assert_null(rig_leaks());
}

/* The inode of that number in the image. */
static struct ufs1_dinode *
dinode(unsigned long ino)
{
	const struct fs *fs = (struct fs *)(rig_data + SBLOCK_OFFSET);

	return (
	    (struct ufs1_dinode *)(rig_data + fs->fs_iblkno * fs->fs_fsize) +
	    ino);
}

/* A file that has a first block, which cannot be one, and no bytes in it; and
 * one whose last block cannot be one. */
static void
wrong_address(void **state)
{
	static const struct {
		long size, write_at;
		int32_t address;
	} wrong[] = {
		{ 0, 0, 0x46ff4846 },
		{ 0, 0, 600 },
		{ 100, 100, 0x46ff4846 },
		{ 100, 5000, -8 },
	};
	char data[3000] = { 'a' };
	struct rig_stat st;
	struct vnode *vp;
	unsigned long done;

	(void)state;
	for (unsigned i = 0; i < nitems(wrong); i++) {
		start(SMALL, 1024 KB);
		vp = make("/f");
		assert_int_equal(rig_truncate(vp, wrong[i].size), 0);
		assert_int_equal(rig_stat(vp, &st), 0);
		rig_close(vp);
		assert_int_equal(rig_unmount(0), 0);
		assert_true(st.ino < 32);
		dinode(st.ino)->di_db[0] = wrong[i].address;
		assert_int_equal(rig_mount("md0s0", 0), 0);
		assert_int_equal(rig_open("/f", &vp), 0);
		assert_int_equal(
		    rig_write(vp, wrong[i].write_at, data, sizeof(data), &done),
		    K_EIO);
		assert_non_null(strstr(rig_last, "impossible address"));
		assert_int_equal(rig_stat(vp, &st), 0);
		assert_int_equal(st.size, wrong[i].size);
		rig_close(vp);
		assert_int_equal(rig_unmount(1), 0);
		assert_null(rig_leaks());
	}
}

/* A disk that fails after any number of writes: errors, and nothing else. */
static void
failing_disk(void **state)
{
	static char data[60000];
	unsigned long done;
	struct vnode *vp;

	(void)state;
	for (long n = 0; n < 120; n++) {
		start(SMALL, 512 KB);
		rig_writes_left = n;
		rig_mkdir("/d");
		rig_create("/d/f");
		if (rig_open("/d/f", &vp) == 0) {
			rig_write(vp, 0, data, 700, &done);
			rig_write(vp, 700, data, sizeof(data), &done);
			rig_link("/d/f", "/g");
			rig_rename("/d/f", "/h");
			rig_truncate(vp, 5000);
			rig_fsync(vp);
			rig_close(vp);
		}
		rig_mkdir("/d/e");
		rig_rename("/d/e", "/e");
		rig_unlink("/g");
		rig_rmdir("/d");
		assert_int_equal(rig_unmount(1), 0);
		rig_writes_left = -1;
		assert_null(rig_leaks());
	}
}

/* Partitions of a label, in the disk and in a slice. */
static void
partitions(void **state)
{
	struct disklabel label = { .d_magic = DISKMAGIC,
		.d_magic2 = DISKMAGIC,
		.d_secsize = 512,
		.d_npartitions = 3,
		.d_partitions = { { .p_size = 1024, .p_offset = 16 }, { 0 },
		    { .p_size = 1040, .p_offset = 0 } } };
	char *disk, *image = image_make(SMALL, 512 KB), sector[512];

	(void)state;
	label.d_checksum = dkcksum(&label);
	for (int mbr = 0; mbr < 2; mbr++) {
		disk = calloc(1, 1024 KB);
		if (mbr) {
			disk[510] = 0x55;
			disk[511] = (char)0xaa;
			disk[446 + 16 + 4] = (char)165;
			disk[446 + 16 + 8] = 100; /* first sector */
			disk[446 + 16 + 12] = 0;
			disk[446 + 16 + 13] = 6; /* 1536 sectors */
		}
		memcpy(disk + mbr * 51200 + 512, &label, sizeof(label));
		memcpy(disk + mbr * 51200 + 8192, image, 512 KB);
		rig_disk(disk, 1024 KB);
		assert_int_equal(rig_has_device("md0"), 1);
		assert_int_equal(rig_has_device("md0s0"), !mbr);
		assert_int_equal(rig_has_device(mbr ? "md0s2b" : "md0s0b"), 0);
		assert_int_equal(rig_has_device(mbr ? "md0s2c" : "md0s0c"), 1);
		assert_int_equal(
		    rig_mount(mbr ? "/dev/md0s2a" : "md0s0a", 0), 0);
		rig_close(make("/f"));
		assert_int_equal(rig_unmount(0), 0);
		assert_int_equal(rig_device_read(mbr ? "md0s2c" : "md0s0c",
				     8192 + 8192, sector, 512),
		    0);
		assert_memory_equal(sector, disk + mbr * 51200 + 16384, 512);
	}
	free(image);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(waiting_for_child),
		cmocka_unit_test(removed_directory),
		cmocka_unit_test(rename_to_itself),
		cmocka_unit_test(far_away),
		cmocka_unit_test(large_directory),
		cmocka_unit_test(reserve),
		cmocka_unit_test(full_mapping),
		cmocka_unit_test(mounting),
		cmocka_unit_test(wrong_bitmap),
		cmocka_unit_test(wrong_address),
		cmocka_unit_test(failing_disk),
		cmocka_unit_test(partitions),
	};

	setbuf(stdout, NULL);
	rig_quiet = 1;
	rig_start();
	return (RUN_TESTS(tests));
}
