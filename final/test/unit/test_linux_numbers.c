/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The Linux interface's numbers, against the headers of this Linux machine,
 * and their conversions.  Native numbers are DragonFly's, as literals.
 */
#define _GNU_SOURCE
#include "hosted.h"
#include <asm/prctl.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <linux/reboot.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/sysinfo.h>
#include <sys/times.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>
#include "../../sys/emulation/linux/linux_conv.h"

#define SAME(name) assert_int_equal((long)LINUX_##name, (long)(name))

static void
test_constants_of_files(void **state)
{
	(void)state;
	SAME(AT_FDCWD);
	SAME(AT_SYMLINK_NOFOLLOW);
	SAME(AT_EACCESS);
	SAME(AT_REMOVEDIR);
	SAME(AT_SYMLINK_FOLLOW);
	SAME(AT_NO_AUTOMOUNT);
	SAME(AT_EMPTY_PATH);
	assert_int_equal(LINUX_AT_STATX_SYNC, AT_STATX_SYNC_TYPE);
	SAME(O_ACCMODE);
	SAME(O_CREAT);
	SAME(O_EXCL);
	SAME(O_NOCTTY);
	SAME(O_TRUNC);
	SAME(O_APPEND);
	SAME(O_NONBLOCK);
	SAME(O_DSYNC);
	SAME(O_ASYNC);
	SAME(O_DIRECT);
	SAME(O_DIRECTORY);
	SAME(O_NOFOLLOW);
	SAME(O_NOATIME);
	SAME(O_CLOEXEC);
	SAME(O_SYNC);
	SAME(O_PATH);
	SAME(O_TMPFILE);
	SAME(F_DUPFD);
	SAME(F_GETFD);
	SAME(F_SETFD);
	SAME(F_GETFL);
	SAME(F_SETFL);
	SAME(F_GETLK);
	SAME(F_SETLK);
	SAME(F_SETLKW);
	SAME(F_SETOWN);
	SAME(F_GETOWN);
	SAME(F_DUPFD_CLOEXEC);
	SAME(F_RDLCK);
	SAME(F_WRLCK);
	SAME(F_UNLCK);
	SAME(RENAME_NOREPLACE);
	SAME(UTIME_NOW);
	SAME(UTIME_OMIT);
	SAME(STATX_BASIC_STATS);
	SAME(ST_RDONLY);
	SAME(ST_NOSUID);
	SAME(MS_RDONLY);
	SAME(MS_NOSUID);
	SAME(MS_NODEV);
	SAME(MS_NOEXEC);
	SAME(MS_SYNCHRONOUS);
	SAME(MS_REMOUNT);
	SAME(MNT_FORCE);
	SAME(POLLWRNORM);
	SAME(POLLWRBAND);
}

static void
test_constants_of_memory(void **state)
{
	(void)state;
	SAME(MAP_SHARED);
	SAME(MAP_PRIVATE);
	SAME(MAP_SHARED_VALIDATE);
	SAME(MAP_TYPE);
	SAME(MAP_FIXED);
	SAME(MAP_ANONYMOUS);
	SAME(MAP_FIXED_NOREPLACE);
	SAME(PROT_GROWSDOWN);
	SAME(MS_ASYNC);
	SAME(MS_INVALIDATE);
	SAME(MS_SYNC);
	SAME(MADV_NORMAL);
	SAME(MADV_RANDOM);
	SAME(MADV_SEQUENTIAL);
	SAME(MADV_WILLNEED);
	SAME(MADV_DONTNEED);
	SAME(MADV_FREE);
	SAME(MADV_DONTFORK);
	SAME(MADV_DOFORK);
	SAME(MADV_HUGEPAGE);
	SAME(MADV_NOHUGEPAGE);
	SAME(MADV_DONTDUMP);
	SAME(MADV_DODUMP);
	SAME(MREMAP_MAYMOVE);
	SAME(MREMAP_FIXED);
}

static void
test_constants_of_processes(void **state)
{
	(void)state;
	SAME(CSIGNAL);
	SAME(CLONE_VM);
	SAME(CLONE_FS);
	SAME(CLONE_FILES);
	SAME(CLONE_SIGHAND);
	SAME(CLONE_VFORK);
	SAME(CLONE_THREAD);
	SAME(CLONE_SYSVSEM);
	SAME(CLONE_SETTLS);
	SAME(CLONE_PARENT_SETTID);
	SAME(CLONE_CHILD_CLEARTID);
	SAME(CLONE_DETACHED);
	SAME(CLONE_CHILD_SETTID);
	SAME(WNOHANG);
	SAME(WUNTRACED);
	SAME(WEXITED);
	SAME(WCONTINUED);
	SAME(WNOWAIT);
	assert_int_equal(LINUX_WNOTHREAD, __WNOTHREAD);
	assert_int_equal(LINUX_WALL, __WALL);
	assert_int_equal(LINUX_WCLONE, (unsigned)__WCLONE);
	SAME(P_ALL);
	SAME(P_PID);
	SAME(P_PGID);
	SAME(ARCH_SET_GS);
	SAME(ARCH_SET_FS);
	SAME(ARCH_GET_FS);
	SAME(ARCH_GET_GS);
	SAME(PR_GET_DUMPABLE);
	SAME(PR_SET_DUMPABLE);
	SAME(PR_SET_NAME);
	SAME(PR_GET_NAME);
	SAME(RUSAGE_THREAD);
	SAME(FUTEX_WAIT);
	SAME(FUTEX_WAKE);
	SAME(FUTEX_REQUEUE);
	SAME(FUTEX_CMP_REQUEUE);
	SAME(FUTEX_WAIT_BITSET);
	SAME(FUTEX_WAKE_BITSET);
	SAME(FUTEX_PRIVATE_FLAG);
	SAME(FUTEX_CLOCK_REALTIME);
	assert_int_equal(LINUX_FUTEX_BITSET_ANY, FUTEX_BITSET_MATCH_ANY);
	SAME(TIMER_ABSTIME);
	assert_int_equal(LINUX_RB_MAGIC1, LINUX_REBOOT_MAGIC1);
	assert_int_equal(LINUX_RB_MAGIC2, LINUX_REBOOT_MAGIC2);
	assert_int_equal(LINUX_RB_MAGIC2A, LINUX_REBOOT_MAGIC2A);
	assert_int_equal(LINUX_RB_MAGIC2B, LINUX_REBOOT_MAGIC2B);
	assert_int_equal(LINUX_RB_MAGIC2C, LINUX_REBOOT_MAGIC2C);
	assert_int_equal(LINUX_RB_RESTART, LINUX_REBOOT_CMD_RESTART);
	assert_int_equal(LINUX_RB_HALT, LINUX_REBOOT_CMD_HALT);
	assert_int_equal(LINUX_RB_POWER_OFF, LINUX_REBOOT_CMD_POWER_OFF);
	assert_int_equal(LINUX_RB_CAD_ON, LINUX_REBOOT_CMD_CAD_ON);
	assert_int_equal(LINUX_RB_CAD_OFF, LINUX_REBOOT_CMD_CAD_OFF);
}

/* All error numbers that the native errno.h names: number, Linux's. */
static const struct {
	int native, lnx;
} errnos[] = {
	{ 1, EPERM },
	{ 2, ENOENT },
	{ 3, ESRCH },
	{ 4, EINTR },
	{ 5, EIO },
	{ 6, ENXIO },
	{ 7, E2BIG },
	{ 8, ENOEXEC },
	{ 9, EBADF },
	{ 10, ECHILD },
	{ 11, EDEADLK },
	{ 12, ENOMEM },
	{ 13, EACCES },
	{ 14, EFAULT },
	{ 15, ENOTBLK },
	{ 16, EBUSY },
	{ 17, EEXIST },
	{ 18, EXDEV },
	{ 19, ENODEV },
	{ 20, ENOTDIR },
	{ 21, EISDIR },
	{ 22, EINVAL },
	{ 23, ENFILE },
	{ 24, EMFILE },
	{ 25, ENOTTY },
	{ 26, ETXTBSY },
	{ 27, EFBIG },
	{ 28, ENOSPC },
	{ 29, ESPIPE },
	{ 30, EROFS },
	{ 31, EMLINK },
	{ 32, EPIPE },
	{ 33, EDOM },
	{ 34, ERANGE },
	{ 35, EAGAIN },
	{ 36, EINPROGRESS },
	{ 37, EALREADY },
	{ 38, ENOTSOCK },
	{ 39, EDESTADDRREQ },
	{ 40, EMSGSIZE },
	{ 41, EPROTOTYPE },
	{ 42, ENOPROTOOPT },
	{ 43, EPROTONOSUPPORT },
	{ 44, ESOCKTNOSUPPORT },
	{ 45, EOPNOTSUPP },
	{ 46, EPFNOSUPPORT },
	{ 47, EAFNOSUPPORT },
	{ 48, EADDRINUSE },
	{ 49, EADDRNOTAVAIL },
	{ 50, ENETDOWN },
	{ 51, ENETUNREACH },
	{ 52, ENETRESET },
	{ 53, ECONNABORTED },
	{ 54, ECONNRESET },
	{ 55, ENOBUFS },
	{ 56, EISCONN },
	{ 57, ENOTCONN },
	{ 58, ESHUTDOWN },
	{ 59, ETOOMANYREFS },
	{ 60, ETIMEDOUT },
	{ 61, ECONNREFUSED },
	{ 62, ELOOP },
	{ 63, ENAMETOOLONG },
	{ 64, EHOSTDOWN },
	{ 65, EHOSTUNREACH },
	{ 66, ENOTEMPTY },
	{ 67, EAGAIN },
	{ 68, EUSERS },
	{ 69, EDQUOT },
	{ 70, ESTALE },
	{ 71, EREMOTE },
	{ 77, ENOLCK },
	{ 78, ENOSYS },
	{ 79, EINVAL },
	{ 82, EIDRM },
	{ 83, ENOMSG },
	{ 84, EOVERFLOW },
	{ 85, ECANCELED },
	{ 86, EILSEQ },
	{ 87, ENODATA },
	{ 88, EINVAL },
	{ 89, EBADMSG },
	{ 92, EPROTO },
	{ 93, ENOMEDIUM },
	{ 0, EINVAL },
	{ -1, EINVAL },
	{ -3, EINVAL },
	{ 72, EINVAL },
	{ 99, EINVAL },
	{ 100, EINVAL },
	{ 1 << 30, EINVAL },
};

static void
test_errno(void **state)
{
	(void)state;
	for (size_t i = 0; i < nitems(errnos); i++)
		assert_int_equal(linux_errno(errnos[i].native), errnos[i].lnx);
}

static void
test_clocks(void **state)
{
	(void)state;
	assert_int_equal(linux_clock(CLOCK_REALTIME), 0);
	assert_int_equal(linux_clock(CLOCK_MONOTONIC), 4);
	assert_int_equal(linux_clock(CLOCK_PROCESS_CPUTIME_ID), 15);
	assert_int_equal(linux_clock(CLOCK_THREAD_CPUTIME_ID), 14);
	assert_int_equal(linux_clock(CLOCK_MONOTONIC_RAW), 4);
	assert_int_equal(linux_clock(CLOCK_REALTIME_COARSE), 0);
	assert_int_equal(linux_clock(CLOCK_MONOTONIC_COARSE), 4);
	assert_int_equal(linux_clock(CLOCK_BOOTTIME), 4);
	assert_int_equal(linux_clock(CLOCK_BOOTTIME + 1), -1);
	assert_int_equal(linux_clock(-1), -1);
	assert_int_equal(linux_clock(INT32_MIN), -1);
}

static void
test_rlimits(void **state)
{
	static const struct {
		unsigned lnx;
		int native;
	} rows[] = { { RLIMIT_CPU, 0 }, { RLIMIT_FSIZE, 1 }, { RLIMIT_DATA, 2 },
		{ RLIMIT_STACK, 3 }, { RLIMIT_CORE, 4 }, { RLIMIT_RSS, 5 },
		{ RLIMIT_NPROC, 7 }, { RLIMIT_NOFILE, 8 },
		{ RLIMIT_MEMLOCK, 6 }, { RLIMIT_AS, 10 }, { RLIMIT_LOCKS, 11 },
		{ RLIMIT_SIGPENDING, -1 }, { RLIMIT_MSGQUEUE, -1 },
		{ RLIMIT_NICE, -1 }, { RLIMIT_RTPRIO, -1 },
		{ RLIMIT_RTTIME, -1 }, { RLIM_NLIMITS, -2 },
		{ 0xffffffff, -2 } };
	struct linux_rlimit l = { 5, RLIM_INFINITY };
	long native[2];

	(void)state;
	for (size_t i = 0; i < nitems(rows); i++)
		assert_int_equal(
		    linux_rlimit_number(rows[i].lnx), rows[i].native);
	assert_int_equal(linux_rlimit_in(&l, (struct rlimit *)native), 0);
	assert_int_equal(native[0], 5);
	assert_int_equal(native[1], INT64_MAX);
	linux_rlimit_out((struct rlimit *)native, &l);
	assert_int_equal(l.rlim_cur, 5);
	assert_true(l.rlim_max == RLIM_INFINITY);
	l = (struct linux_rlimit){ 1UL << 63, 1UL << 63 };
	assert_int_equal(linux_rlimit_in(&l, (struct rlimit *)native), 0);
	assert_int_equal(native[0], INT64_MAX);
	l = (struct linux_rlimit){ 6, 5 };
	assert_int_equal(linux_rlimit_in(&l, (struct rlimit *)native), EINVAL);
}

static void
test_memory_flags(void **state)
{
	int f;

	(void)state;
	assert_int_equal(linux_mmap_flags(MAP_PRIVATE | MAP_ANONYMOUS, &f), 0);
	assert_int_equal(f, 0x1002);
	assert_int_equal(linux_mmap_flags(MAP_SHARED | MAP_FIXED, &f), 0);
	assert_int_equal(f, 0x11);
	assert_int_equal(
	    linux_mmap_flags(MAP_SHARED_VALIDATE | MAP_NORESERVE, &f), 0);
	assert_int_equal(f, 0x1);
	assert_int_equal(
	    linux_mmap_flags(
		MAP_PRIVATE | MAP_STACK | MAP_FIXED_NOREPLACE | MAP_FIXED, &f),
	    0);
	assert_int_equal(f, 0x10002);
	assert_int_equal(linux_mmap_flags(0, &f), EINVAL);
	assert_int_equal(linux_mmap_flags(MAP_ANONYMOUS, &f), EINVAL);
	assert_int_equal(linux_msync_flags(MS_SYNC), 0);
	assert_int_equal(linux_msync_flags(MS_ASYNC), 1);
	assert_int_equal(linux_msync_flags(0), 1);
	assert_int_equal(linux_msync_flags(MS_SYNC | MS_INVALIDATE), 2);
	assert_int_equal(linux_msync_flags(MS_SYNC | MS_ASYNC), -1);
	assert_int_equal(linux_msync_flags(8), -1);
	assert_int_equal(linux_madvice(MADV_DONTNEED), 5);
	assert_int_equal(linux_madvice(MADV_FREE), 5);
	assert_int_equal(linux_madvice(MADV_RANDOM), 1);
	assert_int_equal(linux_madvice(MADV_SEQUENTIAL), 2);
	assert_int_equal(linux_madvice(MADV_WILLNEED), 3);
	assert_int_equal(linux_madvice(MADV_HUGEPAGE), 0);
	assert_int_equal(linux_madvice(MADV_REMOVE), -1);
	assert_int_equal(linux_madvice(-1), -1);
}

static void
test_wait_options(void **state)
{
	(void)state;
	assert_int_equal(linux_wait_options(0), 0);
	assert_int_equal(linux_wait_options(WNOHANG), 1);
	assert_int_equal(linux_wait_options(WUNTRACED), 2);
	assert_int_equal(linux_wait_options(WCONTINUED), 4);
	assert_int_equal(linux_wait_options(__WALL), 0);
	assert_int_equal(linux_wait_options(WNOWAIT), -1);
	assert_int_equal(linux_wait_options(WEXITED), -1);
}

/* Native wait statuses, by the words of this machine's <sys/wait.h>. */
static void
test_wait_status(void **state)
{
	int s;

	(void)state;
	s = linux_wait_status(0x1700);
	assert_true(WIFEXITED(s) && WEXITSTATUS(s) == 0x17);
	s = linux_wait_status(0xff00);
	assert_true(WIFEXITED(s) && WEXITSTATUS(s) == 0xff);
	s = linux_wait_status(10); /* SIGBUS there */
	assert_true(WIFSIGNALED(s) && WTERMSIG(s) == SIGBUS);
	assert_false(WCOREDUMP(s));
	s = linux_wait_status(11 | 0200);
	assert_true(WIFSIGNALED(s) && WTERMSIG(s) == SIGSEGV && WCOREDUMP(s));
	s = linux_wait_status(18 << 8 | 0177); /* SIGTSTP there */
	assert_true(WIFSTOPPED(s) && WSTOPSIG(s) == SIGTSTP);
	s = linux_wait_status(17 << 8 | 0177);
	assert_true(WIFSTOPPED(s) && WSTOPSIG(s) == SIGSTOP);
	s = linux_wait_status(19);
	assert_true(WIFCONTINUED(s));
}

static void
test_structures(void **state)
{
	(void)state;
	assert_int_equal(sizeof(struct linux_utsname), sizeof(struct utsname));
	assert_int_equal(__offsetof(struct linux_utsname, machine),
	    __offsetof(struct utsname, machine));
	assert_int_equal(sizeof(struct linux_sysinfo), sizeof(struct sysinfo));
	assert_int_equal(__offsetof(struct linux_sysinfo, procs),
	    __offsetof(struct sysinfo, procs));
	assert_int_equal(__offsetof(struct linux_sysinfo, mem_unit),
	    __offsetof(struct sysinfo, mem_unit));
	assert_int_equal(sizeof(struct linux_tms), sizeof(struct tms));
	assert_int_equal(sizeof(struct linux_rlimit), sizeof(struct rlimit));
}

/* Every line of the master has the number that this machine knows. */
static void
test_call_numbers(void **state)
{
	static const struct {
		const char *name;
		int number;
	} rows[] = {
#define CALL(name) { #name, SYS_##name }
		CALL(read),
		CALL(write),
		CALL(open),
		CALL(close),
		CALL(stat),
		CALL(poll),
		CALL(lseek),
		CALL(mmap),
		CALL(brk),
		CALL(rt_sigaction),
		CALL(ioctl),
		CALL(pread64),
		CALL(select),
		CALL(mremap),
		CALL(nanosleep),
		CALL(alarm),
		CALL(clone),
		CALL(wait4),
		CALL(uname),
		CALL(fcntl),
		CALL(getcwd),
		CALL(sysinfo),
		CALL(times),
		CALL(sigaltstack),
		CALL(statfs),
		CALL(prctl),
		CALL(arch_prctl),
		CALL(mount),
		CALL(reboot),
		CALL(gettid),
		CALL(tkill),
		CALL(futex),
		CALL(getdents64),
		CALL(clock_nanosleep),
		CALL(exit_group),
		CALL(waitid),
		CALL(openat),
		CALL(newfstatat),
		CALL(ppoll),
		CALL(utimensat),
		CALL(dup3),
		CALL(pipe2),
		CALL(prlimit64),
		CALL(renameat2),
		CALL(getrandom),
		CALL(statx),
		CALL(rseq),
		CALL(faccessat2),
	};
	char line[256], name[64];
	FILE *f = fopen("final/sys/emulation/linux/syscalls.master", "r");
	size_t found = 0;
	int number;

	(void)state;
	if (f == NULL)
		skip(); /* not run from the top of the tree */
	while (fgets(line, sizeof(line), f) != NULL) {
		if (sscanf(line, "%d %*s %63[a-z0-9_](", &number, name) != 2)
			continue;
		for (size_t i = 0; i < nitems(rows); i++)
			if (strcmp(rows[i].name, name) == 0) {
				assert_int_equal(number, rows[i].number);
				found++;
			}
	}
	fclose(f);
	assert_int_equal(found, nitems(rows));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_constants_of_files),
		cmocka_unit_test(test_constants_of_memory),
		cmocka_unit_test(test_constants_of_processes),
		cmocka_unit_test(test_errno),
		cmocka_unit_test(test_clocks),
		cmocka_unit_test(test_rlimits),
		cmocka_unit_test(test_memory_flags),
		cmocka_unit_test(test_wait_options),
		cmocka_unit_test(test_wait_status),
		cmocka_unit_test(test_structures),
		cmocka_unit_test(test_call_numbers),
	};

	return (RUN_TESTS(tests));
}
