/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * The memory of another process: /proc/PID/mem, and who may.
 */
#include <sys/stat.h>
#include "procmem.h"

#define PAGE 4096
#define RW   (PROT_READ | PROT_WRITE)
#define ANON (MAP_PRIVATE | MAP_ANON)
#define USER 1000

static char *area; /* in both processes at the same address */
static volatile long word = 7;

static char *
memory(size_t size, int flags)
{
	char *p = mmap(NULL, size, RW, flags, -1, 0);

	CHECK(p != MAP_FAILED);
	return (p);
}

static void
await_nine(const struct other *o)
{
	word = 8;
	other_turn(o);
	_exit(word == 9 ? 0 : 1);
}

static void
t_word(void)
{
	struct other o;
	long got = 0;

	other_start(&o, await_nine);
	other_ready(&o);
	CHECK(pread(o.mem, &got, 8, (off_t)&word) == 8 && got == 8);
	CHECK(lseek(o.mem, (off_t)&word, SEEK_SET) == (off_t)&word);
	CHECK(read(o.mem, &got, 4) == 4);
	CHECK(lseek(o.mem, 0, SEEK_CUR) == (off_t)&word + 4);
	CHECK(lseek(o.mem, -4, SEEK_CUR) == (off_t)&word);
	got = 9;
	CHECK(write(o.mem, &got, 8) == 8);
	CHECK(lseek(o.mem, 0, SEEK_CUR) == (off_t)&word + 8);
	CHECK(word == 7); /* ours is another one */
	CHECK_ERRNO(lseek(o.mem, -1, SEEK_SET), EINVAL);
	CHECK(pread(o.mem, &got, 0, 0) == 0);
	other_end(&o);
}

static void
wait_turn(const struct other *o)
{
	other_turn(o);
}

/* Three pages, and then nothing. */
static void
t_border(void)
{
	char buf[4 * PAGE];
	struct other o;

	area = memory(4 * PAGE, ANON);
	memset(area, 'a', 4 * PAGE);
	CHECK(munmap(area + 3 * PAGE, PAGE) == 0);
	other_start(&o, wait_turn);
	other_ready(&o);
	CHECK(pread(o.mem, buf, 2 * PAGE, (off_t)area + 9) == 2 * PAGE);
	CHECK(buf[0] == 'a' && buf[2 * PAGE - 1] == 'a');
	CHECK(pread(o.mem, buf, 4 * PAGE, (off_t)area + 9) == 3 * PAGE - 9);
	memset(buf, 'b', sizeof(buf));
	CHECK(pwrite(o.mem, buf, 4 * PAGE, (off_t)area + 9) == 3 * PAGE - 9);
	memset(buf, 0, sizeof(buf));
	CHECK(pread(o.mem, buf, 3 * PAGE, (off_t)area) == 3 * PAGE);
	CHECK(buf[8] == 'a' && buf[9] == 'b' && buf[3 * PAGE - 1] == 'b');
	CHECK_ERRNO(pread(o.mem, buf, 1, (off_t)area + 3 * PAGE), EFAULT);
	CHECK_ERRNO(pwrite(o.mem, buf, 1, (off_t)area + 3 * PAGE), EFAULT);
	CHECK_ERRNO(pread(o.mem, buf, 1, 0), EFAULT);
	CHECK_ERRNO(pread(o.mem, buf, 1, 0x7fffffffffff), EFAULT);
	CHECK_ERRNO(pread(o.mem, buf, 1, 0x800000000000), EFAULT);
	CHECK_ERRNO(pread(o.mem, buf, 1, 0x7fffffffffffff00), EFAULT);
	/* Our side. */
	CHECK_ERRNO(pread(o.mem, area + 3 * PAGE, 1, (off_t)&word), EFAULT);
	CHECK_ERRNO(pwrite(o.mem, area + 3 * PAGE, 1, (off_t)&word), EFAULT);
	CHECK(area[9] == 'a');
	other_end(&o);
}

static void
t_rights(void)
{
	struct other o;
	char c = 'c', was = 0;

	area = memory(3 * PAGE, ANON);
	area[0] = area[PAGE] = 'a';
	CHECK(mprotect(area, PAGE, PROT_READ) == 0);
	CHECK(mprotect(area + PAGE, PAGE, PROT_NONE) == 0);
	other_start(&o, wait_turn);
	other_ready(&o);
	CHECK_ERRNO(pwrite(o.mem, &c, 1, (off_t)area), EFAULT);
	CHECK(pread(o.mem, &was, 1, (off_t)area) == 1 && was == 'a');
	CHECK_ERRNO(pread(o.mem, &was, 1, (off_t)area + PAGE), EFAULT);
	CHECK(pread(o.mem, &was, 1, (off_t)area + 2 * PAGE) == 1 && was == 0);
	/* Its program is not changed by that; ours is the same. */
	CHECK(pread(o.mem, &was, 1, (off_t)t_rights) == 1 &&
	    was == *(char *)t_rights);
	CHECK_ERRNO(pwrite(o.mem, &c, 1, (off_t)t_rights), EFAULT);
	CHECK_ERRNO(ftruncate(o.mem, 0), EOPNOTSUPP);
	CHECK(mmap(NULL, PAGE, PROT_READ, MAP_SHARED, o.mem, 0) == MAP_FAILED);
	other_end(&o);
	catch_faults();
	check_rights();
}

static void
write_shared(const struct other *o)
{
	other_turn(o);
	_exit(area[PAGE] == 's' ? 0 : 1);
}

static void
t_shared(void)
{
	struct other o;

	area = memory(2 * PAGE, MAP_SHARED | MAP_ANON);
	other_start(&o, write_shared);
	other_ready(&o);
	CHECK(pwrite(o.mem, "s", 1, (off_t)area + PAGE) == 1);
	CHECK(area[PAGE] == 's');
	other_end(&o);
}

static void
t_end(void)
{
	struct other o;
	char c;

	other_start(&o, wait_turn);
	other_ready(&o);
	CHECK(pread(o.mem, &c, 1, (off_t)&word) == 1);
	CHECK(kill(o.pid, SIGKILL) == 0);
	CHECK(read(o.said[0], &c, 1) == 0); /* it has closed it */
	while (pread(o.mem, &c, 1, (off_t)&word) == 1)
		usleep(1000);
	CHECK(errno == EIO);
	CHECK(WTERMSIG(tap_wait(o.pid)) == SIGKILL);
	CHECK_ERRNO(pread(o.mem, &c, 1, (off_t)&word), ESRCH);
	CHECK_ERRNO(pwrite(o.mem, &c, 1, (off_t)&word), ESRCH);
	CHECK_ERRNO(open_proc(o.pid, "mem", O_RDONLY), ENOENT);
}

static void
exec_sleep(const struct other *o)
{
	char *argv[] = { "sleep", "30", NULL };
	char *envp[] = { "ONE=1", "TWO=zwei", NULL };

	other_turn(o);
	fcntl(o->said[1], F_SETFD, FD_CLOEXEC);
	execve("/bin/sleep", argv, envp);
}

/* What is read is the program that it is now. */
static void
t_exec(void)
{
	char buf[64] = "";
	struct other o;
	int fd;

	area = memory(PAGE, ANON);
	strcpy(area, "the old program's");
	other_start(&o, exec_sleep);
	other_ready(&o);
	CHECK(pread(o.mem, buf, 8, (off_t)area) == 8);
	CHECK(memcmp(buf, "the old ", 8) == 0);
	other_go(&o);
	CHECK(read(o.said[0], buf, 1) == 0);
	while ((fd = open_proc(o.pid, "environ", O_RDONLY)) >= 0 &&
	    read(fd, buf, sizeof(buf)) == 0) {
		close(fd);
		usleep(1000);
	}
	CHECK(fd >= 0);
	CHECK(memcmp(buf, "ONE=1\0TWO=zwei", 15) == 0);
	CHECK(pread(o.mem, buf, 8, (off_t)area) != 8 ||
	    memcmp(buf, "the old ", 8) != 0);
	CHECK(pread(o.mem, buf, 4, 0x400000) == 4);
	CHECK(memcmp(buf, "\177ELF", 4) == 0);
	CHECK(kill(o.pid, SIGKILL) == 0 && tap_wait(o.pid) == SIGKILL);
}

/* Runs body() as a user: its status. */
static int
as_user(void (*body)(const struct other *o), const struct other *o)
{
	pid_t pid = fork();

	if (pid == 0) {
		CHECK(setgid(USER) == 0 && setuid(USER) == 0);
		body(o);
		_exit(0);
	}
	return (tap_wait(pid));
}

/* Ours, the super-user's, is not for a user, also by a descriptor. */
static void
look_at_root(const struct other *o)
{
	char c;

	CHECK_ERRNO(open_proc(o->pid, "mem", O_RDONLY), EACCES);
	CHECK_ERRNO(open_proc(o->pid, "environ", O_RDONLY), EACCES);
	CHECK_ERRNO(pread(o->mem, &c, 1, (off_t)&word), EPERM);
	CHECK_ERRNO(pwrite(o->mem, &c, 1, (off_t)&word), EPERM);
	CHECK_ERRNO(open_proc(1, "mem", O_RDWR), EACCES);
}

/* One that has been somebody else is not either, but for itself. */
static void
be_user(const struct other *o)
{
	CHECK(setuid(USER) == 0);
	other_turn(o);
}

static void
look_at_former(const struct other *o)
{
	int fd = open_proc(o->pid, "mem", O_RDONLY);
	char c;

	CHECK(fd >= 0);
	CHECK_ERRNO(pread(fd, &c, 1, (off_t)&word), EPERM);
	fd = open_proc(getpid(), "mem", O_RDONLY);
	CHECK(fd >= 0 && pread(fd, &c, 1, (off_t)&word) == 1 && c == 7);
}

/* A user's programs look into each other, but not into one that has got the
 * rights of its owner. */
static void
look_at_programs(const struct other *o)
{
	char *argv[] = { "sh", "-c",
		"sleep 9 & a=$!; /tmp/setid wait & b=$!; sleep 1\n"
		"read_it() { dd if=/proc/$1/mem bs=4096 skip=1024 count=1"
		" 2>/dev/null | grep -q ELF; }\n"
		"read_it $a; mine=$?; read_it $b; roots=$?\n"
		"kill $a $b; test $mine = 0 -a $roots = 1\n",
		NULL };
	char *envp[] = { "PATH=/bin:/usr/bin", NULL };

	(void)o;
	execve("/bin/sh", argv, envp);
}

static void
t_who(void)
{
	struct other o;

	other_start(&o, wait_turn);
	other_ready(&o);
	CHECK(as_user(look_at_root, &o) == 0);
	other_end(&o);
	other_start(&o, be_user);
	other_ready(&o);
	CHECK(as_user(look_at_former, &o) == 0);
	other_end(&o);
	CHECK(system("cp /usr/test/t_mem /tmp/setid && "
		     "chmod 4755 /tmp/setid") == 0);
	CHECK(as_user(look_at_programs, &o) == 0);
	CHECK(unlink("/tmp/setid") == 0);
}

/* --- while it changes --- */

static void
change_map(const struct other *o)
{
	other_turn(o);
	for (int i = 0;; i++) {
		CHECK(munmap(area, PAGE) == 0);
		CHECK(mmap(area, PAGE, RW, ANON | MAP_FIXED, -1, 0) == area);
		memset(area, 'a' + i % 2, PAGE);
	}
}

static void
t_map_changes(void)
{
	struct other o;
	char c;
	int good = 0;

	area = memory(PAGE, ANON);
	memset(area, 'a', PAGE);
	other_start(&o, change_map);
	other_ready(&o);
	other_go(&o);
	for (int i = 0; i < 2000; i++) {
		if (pread(o.mem, &c, 1, (off_t)area + 5) == 1) {
			CHECK(c == 'a' || c == 'b' || c == 0);
			good++;
		} else
			CHECK(errno == EFAULT);
		if (i % 100 == 0)
			usleep(1000);
	}
	CHECK(good > 0);
	CHECK(kill(o.pid, SIGKILL) == 0 && tap_wait(o.pid) == SIGKILL);
}

static void
run_away(const struct other *o)
{
	(void)o;
	execl("/bin/true", "true", (char *)NULL);
}

static void
t_goes_away(void)
{
	static char buf[16 * PAGE];
	struct other o;
	int fd;

	for (int i = 0; i < 40; i++) {
		other_start(&o, run_away);
		while (pread(o.mem, buf, sizeof(buf), 0x400000) != -1 ||
		    errno == EFAULT)
			usleep(i * 50);
		CHECK(errno == EIO);
		CHECK(tap_wait(o.pid) == 0);
		for (fd = 3; fd < 16; fd++)
			close(fd);
	}
}

static const struct tap_case cases[] = {
	{ "memory of another process: a word", t_word },
	{ "memory of another process: where it ends", t_border },
	{ "memory of another process: rights of its pages", t_rights },
	{ "memory of another process: shared", t_shared },
	{ "memory of another process: its end", t_end },
	{ "memory of another process: another program", t_exec },
	{ "memory of another process: who may", t_who },
	{ "memory of another process: its map changes", t_map_changes },
	{ "memory of another process: it goes away", t_goes_away },
};

/* With an argument: the program that look_at_programs() looks at. */
int
main(int argc, char **argv __unused)
{
	if (argc == 2)
		return (sleep(9));
	return (tap_run(cases, sizeof(cases) / sizeof(*cases)));
}
