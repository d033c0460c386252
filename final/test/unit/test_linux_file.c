/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What a Linux program is told of files and terminals, against the headers of
 * this machine.  Native structures are mirrored here by their layout.
 */
#define _GNU_SOURCE
#include "hosted.h"
#include <asm/ioctls.h>
#include <asm/termbits.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <linux/sockios.h>
#include <poll.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/sysmacros.h>
#include "../../sys/emulation/linux/linux_conv.h"

/* DragonFly's stat, statvfs (its beginning), flock and termios. */
struct native_stat {
	uint64_t ino;
	uint32_t nlink, dev;
	uint16_t mode, pad;
	uint32_t uid, gid, rdev;
	struct timespec atim, mtim, ctim;
	int64_t size, blocks;
	uint32_t blksize, flags, gen;
	int32_t spare;
	int64_t spares[2];
};
struct native_statvfs {
	uint64_t bsize, frsize, blocks, bfree, bavail, files, ffree, favail;
	uint64_t fsid, flag, namemax;
	uint32_t owner, type;
	uint64_t rest[8];
};
struct native_flock {
	int64_t start, len;
	int pid;
	short type, whence;
};
struct native_termios {
	uint32_t i, o, c, l;
	uint8_t cc[20];
	uint32_t ispeed, ospeed;
};

#define NATIVE_FDCWD ((int)0xFFFAFDCD)

static void
test_open_flags(void **state)
{
	static const int rows[][2] = { { O_RDONLY, 0 }, { O_WRONLY, 1 },
		{ O_RDWR, 2 }, { O_NONBLOCK, 4 }, { O_APPEND, 8 },
		{ O_ASYNC, 0x40 }, { O_SYNC, 0x80 }, { O_NOFOLLOW, 0x100 },
		{ O_CREAT, 0x200 }, { O_TRUNC, 0x400 }, { O_EXCL, 0x800 },
		{ O_NOCTTY, 0x8000 }, { O_DIRECT, 0x10000 },
		{ O_CLOEXEC, 0x20000 }, { O_DIRECTORY, 0x8000000 } };
	int flags;

	(void)state;
	for (size_t i = 0; i < nitems(rows); i++) {
		assert_int_equal(linux_open_flags(rows[i][0], &flags), 0);
		assert_int_equal(flags, rows[i][1]);
		assert_int_equal(linux_open_flags_back(rows[i][1]), rows[i][0]);
	}
	assert_int_equal(linux_open_flags(O_DSYNC, &flags), 0);
	assert_int_equal(flags, 0x80);
	assert_int_equal(linux_open_flags(0x8000 | O_NOATIME, &flags), 0);
	assert_int_equal(flags, 0);
	assert_int_equal(
	    linux_open_flags(O_PATH | O_RDWR | O_CREAT, &flags), 0);
	assert_int_equal(flags, 0);
	assert_int_equal(linux_open_flags(O_TMPFILE | O_RDWR, &flags), 45);
	assert_int_equal(linux_open_flags(3, &flags), EINVAL);
	assert_int_equal(linux_dirfd(AT_FDCWD), NATIVE_FDCWD);
	assert_int_equal(linux_dirfd(NATIVE_FDCWD), -1);
	assert_int_equal(linux_dirfd(5), 5);
	assert_int_equal(linux_dirfd(-1), -1);
}

static void
test_stat(void **state)
{
	const struct native_stat ns = { .ino = 0x123456789,
		.nlink = 3,
		.dev = 5 << 8 | 6,
		.mode = 0100644,
		.uid = 7,
		.gid = 8,
		.rdev = 9 << 8 | 255,
		.atim = { 1, 2 },
		.mtim = { 3, 4 },
		.ctim = { 5, 6 },
		.size = 1L << 40,
		.blocks = 77,
		.blksize = 16384 };
	struct linux_statx lstx;
	struct linux_stat lsb;
	struct statx stx;
	struct stat sb;

	(void)state;
	memset(&lsb, 0xa5, sizeof(lsb));
	linux_stat_out((const struct stat *)&ns, &lsb);
	CTASSERT(sizeof(sb) == sizeof(lsb));
	memcpy(&sb, &lsb, sizeof(sb));
	assert_int_equal(sb.st_ino, ns.ino);
	assert_int_equal(sb.st_nlink, 3);
	assert_int_equal(major(sb.st_dev), 5);
	assert_int_equal(minor(sb.st_dev), 6);
	assert_int_equal(sb.st_mode, 0100644);
	assert_int_equal(sb.st_uid, 7);
	assert_int_equal(sb.st_gid, 8);
	assert_int_equal(major(sb.st_rdev), 9);
	assert_int_equal(minor(sb.st_rdev), 255);
	assert_int_equal(sb.st_size, 1L << 40);
	assert_int_equal(sb.st_blksize, 16384);
	assert_int_equal(sb.st_blocks, 77);
	assert_int_equal(sb.st_atim.tv_sec, 1);
	assert_int_equal(sb.st_atim.tv_nsec, 2);
	assert_int_equal(sb.st_mtim.tv_sec, 3);
	assert_int_equal(sb.st_mtim.tv_nsec, 4);
	assert_int_equal(sb.st_ctim.tv_sec, 5);
	assert_int_equal(sb.st_ctim.tv_nsec, 6);
	memset(&lstx, 0xa5, sizeof(lstx));
	linux_statx_out((const struct stat *)&ns, &lstx);
	CTASSERT(sizeof(stx) == sizeof(lstx));
	memcpy(&stx, &lstx, sizeof(stx));
	assert_int_equal(stx.stx_mask, STATX_BASIC_STATS);
	assert_int_equal(stx.stx_ino, ns.ino);
	assert_int_equal(stx.stx_nlink, 3);
	assert_int_equal(stx.stx_mode, 0100644);
	assert_int_equal(stx.stx_uid, 7);
	assert_int_equal(stx.stx_gid, 8);
	assert_int_equal(stx.stx_size, 1L << 40);
	assert_int_equal(stx.stx_blksize, 16384);
	assert_int_equal(stx.stx_blocks, 77);
	assert_int_equal(stx.stx_atime.tv_nsec, 2);
	assert_int_equal(stx.stx_mtime.tv_sec, 3);
	assert_int_equal(stx.stx_ctime.tv_nsec, 6);
	assert_int_equal(stx.stx_btime.tv_sec, 0);
	assert_int_equal(stx.stx_dev_major, 5);
	assert_int_equal(stx.stx_dev_minor, 6);
	assert_int_equal(stx.stx_rdev_major, 9);
	assert_int_equal(stx.stx_rdev_minor, 255);
	assert_int_equal(stx.stx_attributes_mask, 0);
}

static void
test_devices(void **state)
{
	(void)state;
	for (uint64_t maj = 0; maj < 1 << 24; maj += 4093) {
		uint32_t dev = maj << 8 | 0x5a;

		assert_int_equal(major(linux_dev(dev)), maj);
		assert_int_equal(minor(linux_dev(dev)), 0x5a);
		assert_int_equal(linux_dev_in(linux_dev(dev)), dev);
	}
	assert_int_equal(linux_dev_in(makedev(4, 64)), 4 << 8 | 64);
}

static void
test_statfs(void **state)
{
	const struct native_statvfs sv = { .bsize = 16384,
		.frsize = 2048,
		.blocks = 100,
		.bfree = 50,
		.bavail = 40,
		.files = 30,
		.ffree = 20,
		.fsid = 0x1122334455667788,
		.flag = 1,
		.namemax = 255 };
	struct linux_statfs lsf;
	struct statfs sf;

	(void)state;
	linux_statfs_out((const struct statvfs *)&sv, &lsf);
	CTASSERT(sizeof(sf) == sizeof(lsf));
	memcpy(&sf, &lsf, sizeof(sf));
	assert_int_equal(sf.f_bsize, 2048);
	assert_int_equal(sf.f_frsize, 2048);
	assert_int_equal(sf.f_blocks, 100);
	assert_int_equal(sf.f_bfree, 50);
	assert_int_equal(sf.f_bavail, 40);
	assert_int_equal(sf.f_files, 30);
	assert_int_equal(sf.f_ffree, 20);
	assert_int_equal(sf.f_namelen, 255);
	assert_int_equal(sf.f_flags & 1, 1);
	assert_int_equal(sf.f_fsid.__val[0], 0x55667788);
}

static void
test_locks(void **state)
{
	static const short types[][2] = { { F_RDLCK, 1 }, { F_WRLCK, 3 },
		{ F_UNLCK, 2 } };
	struct linux_flock lfl;
	struct native_flock nfl;
	struct flock fl;

	(void)state;
	CTASSERT(sizeof(fl) == sizeof(lfl));
	for (size_t i = 0; i < nitems(types); i++) {
		memset(&fl, 0, sizeof(fl));
		fl = (struct flock){ .l_type = types[i][0],
			.l_whence = SEEK_END,
			.l_start = -5,
			.l_len = 1L << 50,
			.l_pid = 99 };
		memcpy(&lfl, &fl, sizeof(lfl));
		assert_int_equal(linux_flock_in(&lfl, (struct flock *)&nfl), 0);
		assert_int_equal(nfl.type, types[i][1]);
		assert_int_equal(nfl.whence, SEEK_END);
		assert_int_equal(nfl.start, -5);
		assert_int_equal(nfl.len, 1L << 50);
		linux_flock_out((struct flock *)&nfl, &lfl);
		assert_int_equal(lfl.l_type, fl.l_type);
		assert_int_equal(lfl.l_start, -5);
		assert_int_equal(lfl.l_pid, 99);
	}
	lfl.l_type = 3;
	assert_int_equal(linux_flock_in(&lfl, (struct flock *)&nfl), EINVAL);
	lfl.l_type = -1;
	assert_int_equal(linux_flock_in(&lfl, (struct flock *)&nfl), EINVAL);
}

/* Appends a native entry: inode, name, type. */
static size_t
put_dirent(char *buf, size_t at, uint64_t ino, const char *name, uint8_t type)
{
	uint16_t len = strlen(name);
	size_t reclen = (16 + len + 1 + 7) & ~7UL;

	memset(buf + at, 0, reclen);
	memcpy(buf + at, &ino, 8);
	memcpy(buf + at + 8, &len, 2);
	buf[at + 10] = type;
	memcpy(buf + at + 16, name, len);
	return (at + reclen);
}

static void
test_dirents(void **state)
{
	char in[4096], out[8192], name[256] = "";
	struct dirent64 *d;
	size_t n = 0, used, at = 0;

	(void)state;
	/* Names of every length, a hole in between. */
	for (int len = 1; len <= 60; len++) {
		memset(name, 'a' + len % 26, len);
		n = put_dirent(in, n, len == 30 ? 0 : 1000 + len, name, 8);
	}
	used = linux_dirents(in, n, 11, 22, out, n / 3 * 4 + 8);
	for (int len = 1; len <= 60; len++) {
		if (len == 30)
			continue;
		d = (struct dirent64 *)(out + at);
		assert_int_equal(d->d_ino, 1000 + len);
		assert_int_equal(d->d_type, DT_REG);
		assert_int_equal(d->d_reclen % 8, 0);
		assert_int_equal(strlen(d->d_name), len);
		assert_int_equal(d->d_name[0], 'a' + len % 26);
		at += d->d_reclen;
		assert_int_equal(d->d_off, at == used ? 22 : 11);
	}
	assert_int_equal(at, used);
	assert_int_equal(linux_dirents(in, 0, 1, 2, out, 100), 0);
	n = put_dirent(in, 0, 0, "gone", 8);
	assert_int_equal(linux_dirents(in, n, 1, 2, out, 100), 0);
	/* An entry that is cut off is none. */
	n = put_dirent(in, 0, 5, "name", 8);
	assert_int_equal(linux_dirents(in, n - 8, 1, 2, out, 100), 0);
}

/* getdents64 reads 3/4 of the room: what comes out fits, whatever the names. */
static void
test_dirents_fit(void **state)
{
	(void)state;
	for (size_t len = 1; len <= 255; len++) {
		size_t native = (16 + len + 1 + 7) & ~7UL;
		size_t lnx = (19 + len + 1 + 7) & ~7UL;

		assert_true(lnx * 3 <= native * 4);
	}
}

static void
test_poll(void **state)
{
	(void)state;
	assert_int_equal(linux_poll_in(POLLIN | POLLPRI | POLLOUT | POLLRDNORM),
	    0x1 | 0x2 | 0x4 | 0x40);
	assert_int_equal(linux_poll_in(POLLWRNORM), 0x4);
	assert_int_equal(linux_poll_in(POLLWRBAND), 0x100);
	assert_int_equal(linux_poll_out(0x4, POLLOUT), POLLOUT);
	assert_int_equal(linux_poll_out(0x4, POLLWRNORM), POLLWRNORM);
	assert_int_equal(
	    linux_poll_out(0x4, POLLWRNORM | POLLOUT), POLLWRNORM | POLLOUT);
	assert_int_equal(linux_poll_out(0x100, POLLWRBAND), POLLWRBAND);
	assert_int_equal(linux_poll_out(0x38, 0), POLLERR | POLLHUP | POLLNVAL);
	assert_int_equal(linux_poll_out(0x41, POLLIN), POLLIN | POLLRDNORM);
}

static void
test_utime(void **state)
{
	int64_t ns;

	(void)state;
	assert_int_equal(linux_utime_in(UTIME_NOW, &ns), 0);
	assert_int_equal(ns, -1);
	assert_int_equal(linux_utime_in(UTIME_OMIT, &ns), 0);
	assert_int_equal(ns, -2);
	assert_int_equal(linux_utime_in(999999999, &ns), 0);
	assert_int_equal(ns, 999999999);
	assert_int_equal(linux_utime_in(1000000000, &ns), EINVAL);
	assert_int_equal(linux_utime_in(-1, &ns), EINVAL);
	assert_int_equal(linux_utime_in(-2, &ns), EINVAL);
}

/* Which of the four words, Linux's flag, native flag. */
static const struct {
	int word;
	uint32_t lnx, native;
} tflags[] = { { 0, IGNBRK, 1 }, { 0, BRKINT, 2 }, { 0, IGNPAR, 4 },
	{ 0, PARMRK, 8 }, { 0, INPCK, 0x10 }, { 0, ISTRIP, 0x20 },
	{ 0, INLCR, 0x40 }, { 0, IGNCR, 0x80 }, { 0, ICRNL, 0x100 },
	{ 0, IXON, 0x200 }, { 0, IXOFF, 0x400 }, { 0, IXANY, 0x800 },
	{ 0, IMAXBEL, 0x2000 }, { 1, OPOST, 1 }, { 1, ONLCR, 2 },
	{ 1, XTABS, 4 }, { 1, OCRNL, 0x10 }, { 1, ONOCR, 0x20 },
	{ 1, ONLRET, 0x40 }, { 2, CS6, 0x100 }, { 2, CS7, 0x200 },
	{ 2, CS8, 0x300 }, { 2, CSTOPB, 0x400 }, { 2, CREAD, 0x800 },
	{ 2, PARENB, 0x1000 }, { 2, PARODD, 0x2000 }, { 2, HUPCL, 0x4000 },
	{ 2, CLOCAL, 0x8000 }, { 3, ECHOKE, 1 }, { 3, ECHOE, 2 },
	{ 3, ECHOK, 4 }, { 3, ECHO, 8 }, { 3, ECHONL, 0x10 },
	{ 3, ECHOPRT, 0x20 }, { 3, ECHOCTL, 0x40 }, { 3, ISIG, 0x80 },
	{ 3, ICANON, 0x100 }, { 3, IEXTEN, 0x400 }, { 3, EXTPROC, 0x800 },
	{ 3, TOSTOP, 0x400000 }, { 3, FLUSHO, 0x800000 },
	{ 3, PENDIN, 0x20000000 }, { 3, NOFLSH, 0x80000000 } };

static void
test_termios_flags(void **state)
{
	(void)state;
	CTASSERT(sizeof(struct linux_termios) == sizeof(struct termios));
	for (size_t i = 0; i < nitems(tflags); i++) {
		struct native_termios t = { 0 };
		struct linux_termios lt = { 0 };
		uint32_t *native[] = { &t.i, &t.o, &t.c, &t.l };
		uint32_t *lnx[] = { &lt.c_iflag, &lt.c_oflag, &lt.c_cflag,
			&lt.c_lflag };

		*native[tflags[i].word] = tflags[i].native;
		linux_termios_out((struct termios *)&t, &lt);
		assert_int_equal(*lnx[tflags[i].word], tflags[i].lnx);
		t = (struct native_termios){ 0 };
		linux_termios_in(&lt, (struct termios *)&t);
		assert_int_equal(*native[tflags[i].word], tflags[i].native);
	}
}

/* Linux's index, native index. */
static const int ccs[][2] = { { VINTR, 8 }, { VQUIT, 9 }, { VERASE, 3 },
	{ VKILL, 5 }, { VEOF, 0 }, { VTIME, 17 }, { VMIN, 16 }, { VSTART, 12 },
	{ VSTOP, 13 }, { VSUSP, 10 }, { VEOL, 1 }, { VREPRINT, 6 },
	{ VDISCARD, 15 }, { VWERASE, 4 }, { VLNEXT, 14 }, { VEOL2, 2 } };

static void
test_termios_characters(void **state)
{
	struct native_termios t = { 0 };
	struct linux_termios lt;

	(void)state;
	for (int i = 0; i < 20; i++)
		t.cc[i] = 100 + i;
	linux_termios_out((struct termios *)&t, &lt);
	for (size_t i = 0; i < nitems(ccs); i++)
		assert_int_equal(lt.c_cc[ccs[i][0]], 100 + ccs[i][1]);
	/* Off is 0xff here and 0 there; VMIN and VTIME are numbers. */
	memset(t.cc, 0xff, sizeof(t.cc));
	linux_termios_out((struct termios *)&t, &lt);
	for (size_t i = 0; i < nitems(ccs); i++)
		assert_int_equal(lt.c_cc[ccs[i][0]],
		    ccs[i][0] == VMIN || ccs[i][0] == VTIME ? 0xff : 0);
	memset(lt.c_cc, 0, sizeof(lt.c_cc));
	t.cc[11] = 'd'; /* VDSUSP, which Linux has not */
	linux_termios_in(&lt, (struct termios *)&t);
	for (size_t i = 0; i < nitems(ccs); i++)
		assert_int_equal(t.cc[ccs[i][1]],
		    ccs[i][0] == VMIN || ccs[i][0] == VTIME ? 0 : 0xff);
	assert_int_equal(t.cc[11], 'd');
}

static void
test_termios_rest(void **state)
{
	static const uint32_t speeds[][2] = { { B0, 0 }, { B50, 50 },
		{ B300, 300 }, { B1200, 1200 }, { B9600, 9600 },
		{ B19200, 19200 }, { B38400, 38400 }, { B57600, 57600 },
		{ B115200, 115200 }, { B230400, 230400 }, { B921600, 921600 } };
	struct native_termios t = { .l = 0x02000200, .ospeed = 9600 };
	struct linux_termios lt = { 0 };

	(void)state;
	/* NOKERNINFO and ALTWERASE stay as they are. */
	linux_termios_in(&lt, (struct termios *)&t);
	assert_int_equal(t.l, 0x02000200);
	for (size_t i = 0; i < nitems(speeds); i++) {
		lt.c_cflag = speeds[i][0];
		linux_termios_in(&lt, (struct termios *)&t);
		assert_int_equal(t.ospeed, speeds[i][1]);
		assert_int_equal(t.ispeed, speeds[i][1]);
		linux_termios_out((struct termios *)&t, &lt);
		assert_int_equal(lt.c_cflag & CBAUD, speeds[i][0]);
	}
	lt.c_cflag = BOTHER;
	linux_termios_in(&lt, (struct termios *)&t);
	assert_int_equal(t.ospeed, 921600);
	assert_int_equal(linux_tcflush(TCIFLUSH), 1);
	assert_int_equal(linux_tcflush(TCOFLUSH), 2);
	assert_int_equal(linux_tcflush(TCIOFLUSH), 3);
	assert_int_equal(linux_tcflush(3), -1);
	assert_int_equal(linux_tcflush(~0UL), -1);
	assert_int_equal(linux_tcflow(TCOOFF), 1);
	assert_int_equal(linux_tcflow(TCION), 4);
	assert_int_equal(linux_tcflow(4), -1);
}

#define SAME(name) assert_int_equal((unsigned)LINUX_##name, (unsigned)(name))

static void
test_ioctls(void **state)
{
	(void)state;
	SAME(TCGETS);
	SAME(TCSETS);
	SAME(TCSETSW);
	SAME(TCSETSF);
	SAME(TCSBRK);
	SAME(TCXONC);
	SAME(TCFLSH);
	SAME(TIOCEXCL);
	SAME(TIOCGPTN);
	SAME(TIOCSPTLCK);
	SAME(TIOCNXCL);
	SAME(TIOCSCTTY);
	SAME(TIOCGPGRP);
	SAME(TIOCSPGRP);
	SAME(TIOCOUTQ);
	SAME(TIOCSTI);
	SAME(TIOCGWINSZ);
	SAME(TIOCSWINSZ);
	SAME(FIONREAD);
	SAME(FIONBIO);
	SAME(TIOCNOTTY);
	SAME(TIOCGETD);
	SAME(TCSBRKP);
	SAME(TIOCGSID);
	SAME(FIONCLEX);
	SAME(FIOCLEX);
	SAME(FIOASYNC);
	SAME(FIOSETOWN);
	SAME(FIOGETOWN);
	SAME(BLKGETSIZE);
	SAME(BLKFLSBUF);
	SAME(BLKSSZGET);
	SAME(BLKGETSIZE64);
	/* Native: direction, size, group, number. */
	assert_int_equal(linux_ioctl_number(TIOCGWINSZ), 0x40087468);
	assert_int_equal(linux_ioctl_number(TIOCSPGRP), 0x80047476);
	assert_int_equal(linux_ioctl_number(TIOCGPGRP), 0x40047477);
	assert_int_equal(linux_ioctl_number(TIOCSCTTY), 0x20007461);
	assert_int_equal(linux_ioctl_number(FIONREAD), 0x4004667f);
	assert_int_equal(linux_ioctl_number(TCGETS), 0);
	assert_int_equal(linux_ioctl_number(0), 0);
	assert_int_equal(linux_ioctl_number(0xffffffff), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_open_flags),
		cmocka_unit_test(test_stat),
		cmocka_unit_test(test_devices),
		cmocka_unit_test(test_statfs),
		cmocka_unit_test(test_locks),
		cmocka_unit_test(test_dirents),
		cmocka_unit_test(test_dirents_fit),
		cmocka_unit_test(test_poll),
		cmocka_unit_test(test_utime),
		cmocka_unit_test(test_termios_flags),
		cmocka_unit_test(test_termios_characters),
		cmocka_unit_test(test_termios_rest),
		cmocka_unit_test(test_ioctls),
	};

	return (RUN_TESTS(tests));
}
