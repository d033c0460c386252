/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Names, vnodes and mounts: the kernel's own code for them, on a file system
 * in memory.  After each test everything must have been given back: locks,
 * references, memory.  Error numbers are DragonFly's.
 */
#include "hosted.h"
#include "vfs_rig.h"

enum {
	K_EPERM = 1,
	K_ENOENT = 2,
	K_EIO = 5,
	K_EBADF = 9,
	K_EACCES = 13,
	K_EFAULT = 14,
	K_EBUSY = 16,
	K_EEXIST = 17,
	K_EXDEV = 18,
	K_ENOTDIR = 20,
	K_EISDIR = 21,
	K_EINVAL = 22,
	K_ERANGE = 34,
	K_ELOOP = 62,
	K_ENAMETOOLONG = 63,
	K_ENOTEMPTY = 66
};
#define CWD	    ((int)0xFFFAFDCD)
#define K_CREAT	    0x0200
#define K_EXCL	    0x0800
#define K_TRUNC	    0x0400
#define K_NOFOLLOW  0x0100
#define K_DIRECTORY 0x08000000
#define K_WRONLY    1
#define K_RDWR	    2
#define K_REMOVEDIR 2
#define K_FOLLOW    8
#define K_EACCESS   4

/* The kernel's. */
int kern_open(int dirfd, const char *path, int flags, int mode, int *res);
int kern_close(int fd);
int kern_mkdir(int dirfd, const char *path, int mode);
int kern_unlink(int dirfd, const char *path, int flag);
int kern_rename(int fdir, const char *from, int tdir, const char *to);
int kern_link(int fdir, const char *from, int tdir, const char *to, int flag);
int kern_symlink(const char *target, int dirfd, const char *path);
int
kern_readlink(int dirfd, const char *path, char *buf, size_t n, size_t *res);
int kern_access(int dirfd, const char *path, int amode, int flag);
int kern_chmod(int dirfd, const char *path, int mode, int flag);
int
kern_chown(int dirfd, const char *path, unsigned uid, unsigned gid, int flag);
int kern_chdir(const char *path);
int kern_fchdir(int fd);
int kern_chroot(const char *path);
int kern_getcwd(char *buf, size_t size, char **start);
bool vnode_free_some(unsigned n);

static int
setup(void **state)
{
	(void)state;
	rig_vfs_start();
	return (0);
}

static int
teardown(void **state)
{
	const char *wrong = rig_vfs_end();

	(void)state;
	if (wrong != NULL)
		fprintf(stderr, "%s\n", wrong);
	return (wrong == NULL ? 0 : -1);
}

static void
touch(const char *path)
{
	int fd;

	assert_int_equal(
	    kern_open(CWD, path, K_CREAT | K_WRONLY, 0644, &fd), 0);
	assert_int_equal(kern_close(fd), 0);
}

static void
make(const char *path)
{
	assert_int_equal(kern_mkdir(CWD, path, 0755), 0);
}

static void
cwd_is(const char *path)
{
	char buf[256], *at;

	assert_int_equal(kern_getcwd(buf, sizeof(buf), &at), 0);
	assert_string_equal(at, path);
}

static void
paths(void **state)
{
	char longname[300];

	(void)state;
	make("/a");
	make("/a/b/");
	touch("/a/b/f");
	assert_true(rig_inode("/a/b/f") > 0);
	assert_int_equal(rig_inode("//a///b//f"), rig_inode("/a/b/f"));
	assert_int_equal(rig_inode("a/./b/../b/f"), rig_inode("/a/b/f"));
	assert_int_equal(rig_inode("/../../a"), rig_inode("/a"));
	assert_int_equal(rig_inode("/a/b/"), rig_inode("/a/b"));
	assert_int_equal(rig_inode("/a/b/f/"), -K_ENOTDIR);
	assert_int_equal(rig_inode("/a/b/f/x"), -K_ENOTDIR);
	assert_int_equal(rig_inode("/a/x/y"), -K_ENOENT);
	assert_int_equal(rig_inode(""), -K_ENOENT);
	assert_int_equal(rig_inode("/"), 2);
	assert_int_equal(rig_inode("///"), 2);
	assert_int_equal(rig_inode(NULL), -K_EFAULT);
	memset(longname, 'n', sizeof(longname));
	longname[256] = '\0';
	assert_int_equal(rig_inode(longname), -K_ENAMETOOLONG);
	longname[255] = '\0';
	assert_int_equal(rig_inode(longname), -K_ENOENT);
	assert_int_equal(kern_mkdir(CWD, "/", 0755), K_EEXIST);
	assert_int_equal(kern_mkdir(CWD, "/a/.", 0755), K_EEXIST);
	assert_int_equal(kern_mkdir(CWD, "/a/b/..", 0755), K_EEXIST);
}

static void
links(void **state)
{
	char buf[64];
	size_t n;
	int fd;

	(void)state;
	make("/d");
	touch("/d/f");
	assert_int_equal(kern_symlink("d/f", CWD, "/rel"), 0);
	assert_int_equal(kern_symlink("/d", CWD, "/dir"), 0);
	assert_int_equal(kern_symlink("loop", CWD, "/loop"), 0);
	assert_int_equal(kern_symlink("new", CWD, "/dangling"), 0);
	assert_int_equal(kern_symlink("../d/f", CWD, "/d/up"), 0);
	assert_int_equal(kern_symlink("", CWD, "/empty"), K_ENOENT);
	assert_int_equal(rig_inode("/dir/f"), rig_inode("/d/f"));
	assert_int_not_equal(rig_inode("/dir"), rig_inode("/d"));
	assert_int_equal(rig_inode("/dir/"), rig_inode("/d"));
	assert_int_equal(rig_inode("/dir/up/.."), -K_ENOTDIR);
	assert_int_equal(rig_inode("/loop/x"), -K_ELOOP);
	assert_int_equal(rig_inode("/rel/"), -K_ENOTDIR);
	assert_int_equal(kern_open(CWD, "/loop", 0, 0, &fd), K_ELOOP);
	assert_int_equal(kern_open(CWD, "/rel", K_NOFOLLOW, 0, &fd), K_ELOOP);
	assert_int_equal(
	    kern_open(CWD, "/dangling", K_CREAT | K_EXCL, 0, &fd), K_EEXIST);
	assert_int_equal(rig_inode("/new"), -K_ENOENT);
	touch("/dangling");
	assert_true(rig_inode("/new") > 0);
	assert_int_equal(kern_readlink(CWD, "/rel", buf, sizeof(buf), &n), 0);
	assert_int_equal(n, 3);
	assert_int_equal(kern_readlink(CWD, "/rel", buf, 2, &n), 0);
	assert_int_equal(n, 2);
	assert_int_equal(kern_readlink(CWD, "/d", buf, 2, &n), K_EINVAL);
	assert_int_equal(kern_link(CWD, "/rel", CWD, "/hard", K_FOLLOW), 0);
	assert_int_equal(rig_inode("/hard"), rig_inode("/d/f"));
	assert_int_equal(kern_link(CWD, "/d", CWD, "/hard2", 0), K_EPERM);
	assert_int_equal(kern_link(CWD, "/d/f", CWD, "/hard", 0), K_EEXIST);
	assert_int_equal(kern_link(CWD, "/x", CWD, "/hard3", 0), K_ENOENT);
}

static void
opening(void **state)
{
	int fd;

	(void)state;
	make("/d");
	touch("/f");
	assert_int_equal(kern_open(CWD, "/d", K_WRONLY, 0, &fd), K_EISDIR);
	assert_int_equal(kern_open(CWD, "/d", K_TRUNC, 0, &fd), K_EISDIR);
	assert_int_equal(kern_open(CWD, "/f", K_DIRECTORY, 0, &fd), K_ENOTDIR);
	assert_int_equal(
	    kern_open(CWD, "/f", K_CREAT | K_EXCL, 0, &fd), K_EEXIST);
	assert_int_equal(kern_open(CWD, "/n/", K_CREAT, 0, &fd), K_EISDIR);
	assert_int_equal(kern_open(CWD, "/n", 3, 0, &fd), K_EINVAL);
	assert_int_equal(kern_open(CWD, "/n", 0, 0, &fd), K_ENOENT);
	assert_int_equal(kern_open(CWD, "/d", K_DIRECTORY, 0, &fd), 0);
	assert_int_equal(kern_mkdir(fd, "sub", 0755), 0);
	assert_true(rig_inode("/d/sub") > 0);
	/* Removed while it is open: its name is gone, it is not. */
	assert_int_equal(kern_unlink(fd, "sub", K_REMOVEDIR), 0);
	assert_int_equal(kern_unlink(CWD, "/d", K_REMOVEDIR), 0);
	assert_int_equal(kern_mkdir(fd, "sub", 0755), K_ENOENT);
	assert_int_equal(kern_close(fd), 0);
	assert_int_equal(kern_mkdir(fd, "sub", 0755), K_EBADF);
	assert_int_equal(kern_open(CWD, "/f", 0, 0, &fd), 0);
	assert_int_equal(kern_mkdir(fd, "sub", 0755), K_ENOTDIR);
}

static void
removing(void **state)
{
	(void)state;
	make("/d");
	make("/d/e");
	touch("/f");
	assert_int_equal(kern_unlink(CWD, "/d", 0), K_EPERM);
	assert_int_equal(kern_unlink(CWD, "/f", K_REMOVEDIR), K_ENOTDIR);
	assert_int_equal(kern_unlink(CWD, "/d", K_REMOVEDIR), K_ENOTEMPTY);
	assert_int_equal(kern_unlink(CWD, "/d/e/.", K_REMOVEDIR), K_EINVAL);
	assert_int_equal(kern_unlink(CWD, "/d/e/..", K_REMOVEDIR), K_ENOTEMPTY);
	assert_int_equal(kern_unlink(CWD, "/d/e/", K_REMOVEDIR), 0);
	assert_int_equal(kern_unlink(CWD, "/d", K_REMOVEDIR), 0);
	assert_int_equal(kern_unlink(CWD, "/f", 0), 0);
	assert_int_equal(kern_unlink(CWD, "/f", 0), K_ENOENT);
	assert_int_equal(rig_inode("/f"), -K_ENOENT);
	touch("/f"); /* a name that is known not to be there */
	assert_true(rig_inode("/f") > 0);
	assert_int_not_equal(kern_unlink(CWD, "/", K_REMOVEDIR), 0);
}

static void
renaming(void **state)
{
	int f;

	(void)state;
	make("/a");
	make("/a/b");
	make("/a/b/c");
	make("/e");
	touch("/f");
	touch("/g");
	f = rig_inode("/f");
	assert_int_equal(kern_rename(CWD, "/f", CWD, "/g"), 0);
	assert_int_equal(rig_inode("/g"), f);
	assert_int_equal(rig_inode("/f"), -K_ENOENT);
	assert_int_equal(kern_rename(CWD, "/f", CWD, "/g"), K_ENOENT);
	assert_int_equal(kern_rename(CWD, "/a", CWD, "/a/b/x"), K_EINVAL);
	assert_int_equal(kern_rename(CWD, "/a", CWD, "/a/x"), K_EINVAL);
	assert_int_equal(kern_rename(CWD, "/a/b/c", CWD, "/a"), K_ENOTEMPTY);
	assert_int_equal(kern_rename(CWD, "/a", CWD, "/g"), K_ENOTDIR);
	assert_int_equal(kern_rename(CWD, "/g", CWD, "/a"), K_EISDIR);
	assert_int_equal(kern_rename(CWD, "/g", CWD, "/new/"), K_ENOTDIR);
	assert_int_equal(kern_rename(CWD, "/g", CWD, "/g"), 0);
	assert_int_equal(kern_rename(CWD, "/a/.", CWD, "/x"), K_EINVAL);
	assert_int_equal(kern_rename(CWD, "/a/b/..", CWD, "/x"), K_EINVAL);
	assert_int_equal(kern_rename(CWD, "/", CWD, "/x"), K_EBUSY);
	assert_int_equal(kern_link(CWD, "/g", CWD, "/h", 0), 0);
	assert_int_equal(kern_rename(CWD, "/g", CWD, "/h"), 0);
	assert_int_equal(rig_inode("/g"), rig_inode("/h"));
	/* Below another parent: ".." and the way to it are new. */
	assert_int_equal(kern_rename(CWD, "/a/b", CWD, "/e/b/"), 0);
	assert_int_equal(rig_inode("/e/b/c/../.."), rig_inode("/e"));
	assert_int_equal(rig_inode("/a/b"), -K_ENOENT);
	assert_int_equal(kern_chdir("/e/b/c"), 0);
	cwd_is("/e/b/c");
	assert_int_equal(kern_rename(CWD, "/a", CWD, "/e/b/c"), 0);
	assert_int_equal(rig_inode("/a"), -K_ENOENT);
}

/* A damaged file system: the way up from /a/b/c never gets to the root. */
static void
circles(void **state)
{
	static const char *const names[] = { "/a", "/a/b", "/a/b/c" };
	int ino[nitems(names)];

	(void)state;
	make("/x");
	for (unsigned i = 0; i < nitems(names); i++) {
		make(names[i]);
		ino[i] = rig_inode(names[i]);
	}
	for (unsigned i = 0; i < nitems(names); i++) {
		rig_set_parent(ino[0], ino[i]);
		assert_int_equal(
		    kern_rename(CWD, "/x", CWD, "/a/b/c/x"), K_EIO);
		assert_int_equal(
		    kern_rename(CWD, "/a/b", CWD, "/a/b/c/x"), K_EINVAL);
	}
	rig_set_parent(ino[0], rig_inode("/"));
	assert_int_equal(kern_rename(CWD, "/x", CWD, "/a/b/c/x"), 0);
}

static void
rights(void **state)
{
	int fd;

	(void)state;
	make("/shut");
	touch("/shut/f");
	make("/tmp");
	touch("/tmp/roots");
	touch("/mine");
	assert_int_equal(kern_chmod(CWD, "/shut", 0700, 0), 0);
	assert_int_equal(kern_chmod(CWD, "/tmp", 01777, 0), 0);
	assert_int_equal(kern_chown(CWD, "/mine", 100, 100, 0), 0);
	rig_user(false);
	assert_int_equal(rig_inode("/shut/f"), -K_EACCES);
	assert_int_equal(rig_inode("/shut/.."), -K_EACCES);
	assert_int_equal(rig_inode("/shut/../tmp"), -K_EACCES);
	assert_true(rig_inode("/shut") > 0);
	assert_int_equal(kern_open(CWD, "/new", K_CREAT, 0644, &fd), K_EACCES);
	assert_int_equal(
	    kern_open(CWD, "/tmp/roots", K_RDWR, 0, &fd), K_EACCES);
	assert_int_equal(kern_unlink(CWD, "/tmp/roots", 0), K_EPERM);
	assert_int_equal(
	    kern_rename(CWD, "/tmp/roots", CWD, "/tmp/x"), K_EPERM);
	/* Who creates a file may write it, whatever its rights say. */
	assert_int_equal(
	    kern_open(CWD, "/tmp/ro", K_CREAT | K_WRONLY, 0444, &fd), 0);
	assert_int_equal(kern_close(fd), 0);
	assert_int_equal(kern_open(CWD, "/tmp/ro", K_WRONLY, 0, &fd), K_EACCES);
	assert_int_equal(kern_access(CWD, "/tmp/ro", 4, 0), 0);
	assert_int_equal(kern_access(CWD, "/tmp/ro", 2, K_EACCESS), K_EACCES);
	assert_int_equal(kern_access(CWD, "/tmp/ro", 8, 0), K_EINVAL);
	assert_int_equal(kern_unlink(CWD, "/tmp/ro", 0), 0);
	assert_int_equal(kern_chmod(CWD, "/shut", 0777, 0), K_EPERM);
	assert_int_equal(kern_chmod(CWD, "/mine", 0600, 0), 0);
	assert_int_equal(kern_chown(CWD, "/mine", 101, -1, 0), K_EPERM);
	assert_int_equal(kern_chown(CWD, "/mine", -1, 0, 0), K_EPERM);
	assert_int_equal(kern_chown(CWD, "/mine", 100, 100, 0), 0);
	assert_int_equal(kern_chroot("/tmp"), K_EPERM);
	rig_user(true);
	/* What nobody may run the super-user may not either. */
	assert_int_equal(kern_access(CWD, "/mine", 1, 0), K_EACCES);
	assert_int_equal(kern_access(CWD, "/mine", 6, 0), 0);
}

static void
mounts(void **state)
{
	int fd;

	(void)state;
	make("/m");
	touch("/m/hidden");
	assert_int_equal(rig_mount("/m/hidden"), K_ENOTDIR);
	assert_int_equal(rig_mount("/x"), K_ENOENT);
	assert_int_equal(rig_mount("/m"), 0);
	assert_int_equal(rig_inode("/m/hidden"), -K_ENOENT);
	make("/m/d");
	touch("/m/d/f");
	assert_int_equal(rig_inode("/m/d/../.."), rig_inode("/"));
	assert_int_equal(kern_chdir("/m/d"), 0);
	cwd_is("/m/d");
	assert_int_equal(rig_unmount_last(false), K_EBUSY);
	assert_int_equal(kern_rename(CWD, "f", CWD, "/f"), K_EXDEV);
	assert_int_equal(kern_link(CWD, "f", CWD, "/f", 0), K_EXDEV);
	assert_int_equal(kern_unlink(CWD, "/m", K_REMOVEDIR), K_EBUSY);
	assert_int_equal(kern_rename(CWD, "/m", CWD, "/n"), K_EBUSY);
	/* One file system on a folder of another. */
	assert_int_equal(rig_mount("/m/d"), 0);
	make("/m/d/top");
	assert_int_equal(kern_chdir("/m/d/top"), 0);
	cwd_is("/m/d/top");
	assert_int_equal(rig_inode("../../.."), rig_inode("/"));
	assert_int_equal(kern_chdir("/"), 0);
	assert_int_equal(rig_unmount_last(false), 0);
	assert_true(rig_inode("/m/d/f") > 0);
	/* By force: who has it open has nothing. */
	assert_int_equal(kern_open(CWD, "/m/d", 0, 0, &fd), 0);
	assert_int_equal(rig_unmount_last(false), K_EBUSY);
	assert_int_equal(rig_unmount_last(true), 0);
	assert_int_not_equal(kern_mkdir(fd, "x", 0755), 0);
	assert_int_equal(kern_close(fd), 0);
	assert_true(rig_inode("/m/hidden") > 0);
}

static void
chrooted(void **state)
{
	(void)state;
	make("/jail");
	make("/jail/in");
	touch("/out");
	assert_int_equal(kern_symlink("/in", CWD, "/jail/link"), 0);
	assert_int_equal(kern_chdir("/jail"), 0);
	assert_int_equal(kern_chroot("/jail"), 0);
	cwd_is("/");
	assert_int_equal(rig_inode("/../out"), -K_ENOENT);
	assert_int_equal(rig_inode("../../out"), -K_ENOENT);
	assert_int_equal(rig_inode("/link/"), rig_inode("/in"));
	assert_int_equal(kern_chdir("in"), 0);
	cwd_is("/in");
}

/* The path of a directory whose names the cache has lost. */
static void
uncached(void **state)
{
	char buf[8], *at;
	int fd;

	(void)state;
	make("/long");
	make("/long/way");
	make("/long/way/down");
	assert_int_equal(kern_chdir("/long/way/down"), 0);
	vnode_free_some(1000);
	cwd_is("/long/way/down");
	assert_int_equal(kern_getcwd(buf, sizeof(buf), &at), K_ERANGE);
	assert_int_equal(kern_open(CWD, ".", 0, 0, &fd), 0);
	assert_int_equal(kern_unlink(CWD, "/long/way/down", K_REMOVEDIR), 0);
	assert_int_equal(kern_getcwd(buf, sizeof(buf), &at), K_ENOENT);
	assert_int_equal(kern_chdir("/"), 0);
	assert_int_equal(kern_fchdir(fd), 0);
	assert_int_equal(kern_chdir(".."), 0);
	cwd_is("/long/way");
}

/* Far more files than vnodes may be: unused ones are reclaimed. */
static void
many(void **state)
{
	char name[16];
	int inode[12];

	(void)state;
	make("/d");
	for (int i = 0; i < 12; i++) {
		snprintf(name, sizeof(name), "/d/%d", i);
		touch(name);
		inode[i] = rig_inode(name);
	}
	for (int i = 0; i < 12; i++) {
		snprintf(name, sizeof(name), "/d/%d", i);
		assert_int_equal(rig_inode(name), inode[i]);
	}
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(paths),
		TEST(links),
		TEST(opening),
		TEST(removing),
		TEST(renaming),
		TEST(circles),
		TEST(rights),
		TEST(mounts),
		TEST(chrooted),
		TEST(uncached),
		TEST(many),
	};

	return (RUN_TESTS(tests));
}
