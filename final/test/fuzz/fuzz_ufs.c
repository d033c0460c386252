/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Damaged file systems: mounted, walked, read, written to, unmounted.  The
 * input is a list of changes to an image, 8 bytes each: where (a part of the
 * image that matters, and a word in it), how, and a value.  Nothing may crash,
 * hang or leak, whatever the image says.
 */
#include "hosted.h"
#include "../ufs/ufs_image.h"
#include "../ufs/rig.h"
#include "fs.h"

#define SIZE	   (256 * 1024UL)
#define DEPTH	   4
#define CALLS	   400 /* of the walk */
#define FILE_BYTES 20000

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char *pristine;
static unsigned calls;

/** A part of the image. */
struct part {
	unsigned long at, size;
};
static struct part parts[8];

/* The image that is damaged has something of everything. */
static void
populate(void)
{
	static char block[70000];
	struct vnode *vp;
	unsigned long done;
	char path[300];

	memset(block, 'b', sizeof(block));
	rig_mkdir("/d");
	rig_mkdir("/d/e");
	for (int i = 0; i < 12; i++) {
		sprintf(path, "/d/f%0*d", i * 20 + 1, i);
		rig_create(path);
	}
	rig_create("/f");
	rig_open("/f", &vp);
	rig_write(vp, 0, block, sizeof(block), &done);
	rig_write(vp, 5000000, block, 100, &done);
	rig_close(vp);
	rig_link("/f", "/d/g");
	rig_symlink("d/e", "/s");
	memset(path, 'l', 200);
	path[200] = '\0';
	rig_symlink(path, "/l");
	rig_mknod("/p", 0010644, 0);
}

static void
prepare(void)
{
	const struct fs *fs;

	rig_quiet = 1;
	rig_start();
	rig_disk(image_make("bsize=4096,fsize=512,density=8192", SIZE), SIZE);
	if (rig_mount("md0s0", 0) != 0)
		abort();
	populate();
	if (rig_unmount(0) != 0)
		abort();
	pristine = malloc(SIZE);
	memcpy(pristine, rig_data, SIZE);
	fs = (const struct fs *)(pristine + SBLOCK_OFFSET);
	parts[0] = (struct part){ SBLOCK_OFFSET, 216 };
	parts[1] = (struct part){ SBLOCK_OFFSET + 1316, 60 };
	parts[2] = (struct part){ (unsigned long)fs->fs_cblkno * 512, 168 };
	parts[3] = (struct part){ (unsigned long)fs->fs_cblkno * 512, 512 };
	parts[4] = (struct part){ (unsigned long)fs->fs_iblkno * 512,
		32 * 128 };
	parts[5] = (struct part){ (unsigned long)fs->fs_csaddr * 512, 64 };
	parts[6] = (struct part){ (unsigned long)fs->fs_dblkno * 512, 16384 };
	parts[7] = (struct part){ (unsigned long)fs->fs_dblkno * 512,
		SIZE - 65536 };
}

static void
damage(const uint8_t *p)
{
	const struct part *part = &parts[p[0] % 8];
	unsigned long at = part->at +
	    (p[1] | (unsigned long)p[2] << 8) * 4 % part->size;
	uint32_t value, word;

	if (at > SIZE - 4)
		return;
	memcpy(&value, p + 4, 4);
	memcpy(&word, rig_data + at, 4);
	switch (p[3] % 4) {
	case 0:
		word = value;
		break;
	case 1:
		word += (uint32_t)(int8_t)p[4];
		break;
	case 2:
		word ^= value;
		break;
	case 3:
		/* An address of something that is there. */
		word = value % (SIZE / 512);
		break;
	}
	memcpy(rig_data + at, &word, 4);
}

static void walk(const char *path, unsigned depth);

/** A directory under way. */
struct walking {
	char path[2000];
	unsigned depth;
	unsigned count;
	char name[64][256];
};

static void
each(const char *name, unsigned long ino, void *arg)
{
	struct walking *w = arg;

	(void)ino;
	if (w->count < nitems(w->name) && strcmp(name, ".") != 0 &&
	    strcmp(name, "..") != 0 && strchr(name, '/') == NULL)
		strcpy(w->name[w->count++], name);
}

static void
file(const char *path, const struct rig_stat *st, struct vnode *vp)
{
	static char data[FILE_BYTES];
	unsigned long done;

	rig_read(vp, 0, data, sizeof(data), &done);
	rig_read(vp, st->size - 100, data, 200, &done);
	rig_read(vp, 4300000, data, 5000, &done);
	rig_write(vp, st->size < 100000000 ? st->size : 0, data, 3000, &done);
	rig_write(vp, 49152, data, 9000, &done);
	rig_write(vp, 5000000, data, 3000, &done);
	if (calls % 3 == 0)
		rig_truncate(vp, 1234);
	if (calls % 3 == 1)
		rig_unlink(path);
}

static void
walk(const char *path, unsigned depth)
{
	struct walking *w = calloc(1, sizeof(*w));
	static char link[2000];
	unsigned long len;
	struct rig_stat st;
	struct vnode *vp;
	char name[2300];

	rig_readdir(path[0] == '\0' ? "/" : path, 2000, each, w);
	for (unsigned i = 0; i < w->count && calls < CALLS; i++) {
		calls++;
		snprintf(name, sizeof(name), "%s/%s", path, w->name[i]);
		if (rig_open(name, &vp) != 0)
			continue;
		if (rig_stat(vp, &st) == 0) {
			if ((st.mode & 0170000) == 0040000 && depth < DEPTH)
				walk(name, depth + 1);
			else if ((st.mode & 0170000) == 0100000)
				file(name, &st, vp);
			else
				rig_readlink(name, link, sizeof(link), &len);
		}
		rig_close(vp);
	}
	snprintf(name, sizeof(name), "%s/new", path);
	if (rig_mkdir(name) == 0 && depth > 1)
		rig_rename(name, "/moved");
	snprintf(name, sizeof(name), "%s/link", path);
	memset(link, 'x', 900);
	link[900] = '\0';
	rig_symlink(link, name);
	snprintf(name, sizeof(name), "%s/e", path);
	rig_rmdir(name);
	free(w);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (pristine == NULL)
		prepare();
	memcpy(rig_data, pristine, SIZE);
	for (; size >= 8; data += 8, size -= 8)
		damage(data);
	calls = 0;
	if (rig_mount("md0s0", 0) == 0) {
		walk("", 0);
		rig_sync();
		if (rig_unmount(1) != 0)
			abort();
	}
	if (rig_leaks() != NULL) {
		puts(rig_leaks());
		abort();
	}
	return (0);
}
