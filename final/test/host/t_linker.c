/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Programs that want a dynamic linker, made here byte by byte: good ones, and
 * every way in which the linker can be wrong, which execve has to say while
 * the old program is still there.
 *
 * The linker looks up the program in the auxiliary vector and whether it is
 * itself where AT_BASE says, then begins the program, which ends with MAGIC.
 */
#include <sys/elf64.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <fcntl.h>
#include "tap.h"

#define PAGE	  4096ul
#define CODE	  1024 /* where the code is in a file */
#define MAGIC	  41   /* status of the program */
#define NOT_FOUND 42   /* of a linker that is not where AT_BASE says */
#define STRINGS	  512  /* where the linker's path is */
#define NOTE	  256
#define PATH	  "./linker"

/*
 * The linker.  At RSP are argc, argv, NULL, envp, NULL, pairs of a type and a
 * value.  It has to find AT_BASE (7), which comes before AT_ENTRY (9).
 */
__asm(".pushsection .rodata\n"
      "linker_code:\n"
      "	mov (%rsp), %rcx\n"
      "	lea 16(%rsp,%rcx,8), %rsi\n"
      "1:	lodsq\n"
      "	test %rax, %rax\n"
      "	jnz 1b\n"
      "2:	lodsq\n"
      "	mov %rax, %rdx\n"
      "	lodsq\n"
      "	cmp $7, %rdx\n"
      "	cmove %rax, %rbx\n"
      "	cmp $9, %rdx\n"
      "	jne 2b\n"
      "	lea linker_code(%rip), %rcx\n"
      "	and $-4096, %rcx\n"
      "	cmp %rbx, %rcx\n"
      "	je 3f\n"
      "	add $(linker_lost - program_code), %rax\n"
      "3:	jmp *%rax\n"
      "linker_end:\n"
      /* The program, for Linux, and how it ends if the linker is lost. */
      "program_code:\n"
      "	mov $41, %edi\n"
      "	mov $60, %eax\n"
      "	syscall\n"
      "linker_lost:\n"
      "	mov $42, %edi\n"
      "	mov $60, %eax\n"
      "	syscall\n"
      "program_end:\n"
      /* The native one. */
      "native_code:\n"
      "	mov $41, %edi\n"
      "	mov $1, %eax\n"
      "	syscall\n"
      "	.fill linker_lost - program_code - (. - native_code), 1, 0x90\n"
      "	mov $42, %edi\n"
      "	mov $1, %eax\n"
      "	syscall\n"
      "native_end:\n"
      ".popsection\n");
extern const char linker_code[], linker_end[], program_code[], program_end[],
    native_code[], native_end[];

/* A file that is to be written. */
static struct {
	char bytes[PAGE];
	size_t size;
} f;

static Elf64_Ehdr *
ehdr(void)
{
	return ((Elf64_Ehdr *)f.bytes);
}

static Elf64_Phdr *
phdr(int i)
{
	return ((Elf64_Phdr *)(f.bytes + sizeof(Elf64_Ehdr)) + i);
}

/* A file of one page with code; base: 0 if it may lie anywhere. */
static void
file(const char *code, const char *end, unsigned long base)
{
	memset(&f, 0, sizeof(f));
	f.size = PAGE;
	memcpy(ehdr()->e_ident, "\177ELF\2\1\1", 7);
	ehdr()->e_type = base != 0 ? ET_EXEC : ET_DYN;
	ehdr()->e_machine = EM_X86_64;
	ehdr()->e_version = 1;
	ehdr()->e_entry = base + CODE;
	ehdr()->e_phoff = ehdr()->e_ehsize = sizeof(Elf64_Ehdr);
	ehdr()->e_phentsize = sizeof(Elf64_Phdr);
	ehdr()->e_phnum = 1;
	*phdr(0) = (Elf64_Phdr){ PT_LOAD, PF_R | PF_X, 0, base, base, PAGE,
		PAGE, PAGE };
	memcpy(f.bytes + CODE, code, (size_t)(end - code));
}

/* It wants this linker. */
static void
wants(const char *path)
{
	size_t n = strlen(path) + 1;

	strcpy(f.bytes + STRINGS, path);
	*phdr(ehdr()->e_phnum++) = (Elf64_Phdr){ PT_INTERP, PF_R, STRINGS, 0, 0,
		n, n, 1 };
}

/* It is native. */
static void
native(void)
{
	static const struct {
		Elf64_Nhdr nh;
		char name[12];
		unsigned version;
	} note = { { 10, 4, 1 }, "DragonFly", 400000 };

	memcpy(f.bytes + NOTE, &note, sizeof(note));
	*phdr(ehdr()->e_phnum++) = (Elf64_Phdr){ PT_NOTE, PF_R, NOTE, 0, 0,
		sizeof(note), sizeof(note), 4 };
}

static void
put(const char *name, mode_t mode)
{
	int fd;

	unlink(name);
	fd = open(name, O_WRONLY | O_CREAT | O_EXCL, mode);
	CHECK(fd >= 0);
	CHECK(write(fd, f.bytes, f.size) == (ssize_t)f.size);
	CHECK(close(fd) == 0);
}

/* The usual linker and the usual program. */
static void
usual(unsigned long linker, unsigned long program)
{
	file(linker_code, linker_end, linker);
	put("linker", 0755);
	file(program_code, program_end, program);
	wants(PATH);
	put("program", 0755);
}

/* Runs the program: its status, or minus what execve said. */
static int
run(void)
{
	char *argv[] = { "program", "an", "argument", NULL };
	char *envp[] = { "A=1", NULL };
	int status;
	pid_t pid = fork();

	CHECK(pid >= 0);
	if (pid == 0) {
		execve("./program", argv, envp);
		_exit(128 + errno);
	}
	status = tap_wait(pid);
	CHECK(WIFEXITED(status));
	return (WEXITSTATUS(status) < 128 ? WEXITSTATUS(status)
					  : 128 - WEXITSTATUS(status));
}

static void
test_good(void)
{
	usual(0, 0); /* both anywhere */
	CHECK(run() == MAGIC);
	usual(0, 0x400000); /* a program that is not position-independent */
	CHECK(run() == MAGIC);
	file(linker_code, linker_end, 0); /* and its linker neither */
	*phdr(0) = (Elf64_Phdr){ PT_LOAD, PF_R | PF_X, 0, 0x70000000, 0, PAGE,
		PAGE, PAGE };
	ehdr()->e_type = ET_EXEC;
	ehdr()->e_entry = 0x70000000 + CODE;
	put("linker", 0755);
	CHECK(run() == NOT_FOUND); /* AT_BASE is 0: nothing was added */
	file(linker_code, linker_end, 0);
	put("linker", 0755);
	CHECK(run() == MAGIC); /* the one that was looked for */
}

static void
test_native(void)
{
	file(linker_code, linker_end, 0);
	native();
	put("linker", 0755);
	file(native_code, native_end, 0);
	native();
	wants(PATH);
	put("program", 0755);
	CHECK(run() == MAGIC);
	file(
	    program_code, program_end, 0); /* not together with one for Linux */
	wants(PATH);
	put("program", 0755);
	CHECK(run() == -ENOEXEC);
}

static void
test_absent(void)
{
	usual(0, 0);
	CHECK(unlink("linker") == 0);
	CHECK(run() == -ENOENT);
	CHECK(symlink("linker", "linker") == 0);
	CHECK(run() == -ELOOP);
	CHECK(unlink("linker") == 0 && mkdir("linker", 0755) == 0);
	CHECK(run() == -EACCES);
	CHECK(rmdir("linker") == 0);
	file(program_code, program_end, 0);
	wants("./program/linker");
	put("program", 0755);
	CHECK(run() == -ENOTDIR);
}

static void
test_rights(void)
{
	int fd;

	usual(0, 0);
	CHECK(chmod("linker", 0644) == 0);
	CHECK(run() == -EACCES);
	CHECK(chmod("linker", 0755) == 0);
	fd = open("linker", O_WRONLY);
	CHECK(fd >= 0);
	CHECK(run() == -ETXTBSY);
	CHECK(close(fd) == 0);
	CHECK(run() == MAGIC);
	fd = open("linker", O_WRONLY); /* it has been given up */
	CHECK(fd >= 0 && close(fd) == 0);
}

/* What is in the linker's place. */
static void
test_no_linker(void)
{
	usual(0, 0);
	f.size = 0; /* an empty file */
	put("linker", 0755);
	CHECK(run() == -ENOEXEC);
	f.size = sprintf(f.bytes, "#!/bin/sh\nexit 0\n");
	put("linker", 0755);
	CHECK(run() == -ENOEXEC);
	file(linker_code, linker_end, 0);
	f.size = 100; /* cut */
	put("linker", 0755);
	CHECK(run() == -ENOEXEC);
	file(linker_code, linker_end, 0);
	ehdr()->e_ident[EI_OSABI] = 9; /* of another system */
	put("linker", 0755);
	CHECK(run() == -ENOEXEC);
	file(linker_code, linker_end, 0);
	wants("./program");
	put("linker", 0755);
	CHECK(run() == -ENOEXEC);
	file(program_code, program_end, 0); /* itself */
	wants("./program");
	put("program", 0755);
	CHECK(run() == -ENOEXEC);
}

static void
test_path(void)
{
	usual(0, 0);
	phdr(1)->p_filesz--; /* without its NUL */
	put("program", 0755);
	CHECK(run() == -ENOEXEC);
	phdr(1)->p_filesz = 0;
	put("program", 0755);
	CHECK(run() == -ENOEXEC);
	phdr(1)->p_offset = PAGE - 8;
	phdr(1)->p_filesz = 9;
	put("program", 0755);
	CHECK(run() == -ENOEXEC);
	phdr(1)->p_offset = NOTE; /* of NULs only */
	phdr(1)->p_filesz = 8;
	put("program", 0755);
	CHECK(run() == -ENOENT);
	phdr(1)->p_offset = STRINGS;
	phdr(1)->p_filesz = sizeof(PATH);
	wants(PATH); /* twice */
	put("program", 0755);
	CHECK(run() == -ENOEXEC);
}

static void
test_addresses(void)
{
	usual(0x400000, 0x400000);
	CHECK(run() == -ENOEXEC);
	usual(0, 0xf0000000); /* where a linker goes */
	CHECK(run() == -ENOEXEC);
	usual(0x400000, 0x401000); /* side by side; AT_BASE is 0 */
	CHECK(run() == NOT_FOUND);
}

static void
test_memory(void)
{
	struct rlimit rl = { 1 << 20, 1 << 20 };

	CHECK(setrlimit(RLIMIT_DATA, &rl) == 0);
	usual(0, 0);
	CHECK(run() == MAGIC);
	file(linker_code, linker_end, 0);
	*phdr(1) = (Elf64_Phdr){ PT_LOAD, PF_R | PF_W, 0, PAGE, PAGE, 0,
		2 << 20, PAGE };
	ehdr()->e_phnum = 2;
	put("linker", 0755);
	CHECK(run() == -ENOMEM);
	phdr(1)->p_memsz = 1ul << 46;
	put("linker", 0755);
	CHECK(run() == -ENOMEM);
	phdr(1)->p_memsz = 1ul << 47; /* beyond user space */
	put("linker", 0755);
	CHECK(run() == -ENOEXEC);
}

int
main(void)
{
	static const struct tap_case cases[] = {
		{ "a program and its linker", test_good },
		{ "native ones", test_native },
		{ "a linker that is not there", test_absent },
		{ "one that may not be run", test_rights },
		{ "a file that is none", test_no_linker },
		{ "a path that is none", test_path },
		{ "addresses that are taken", test_addresses },
		{ "more memory than is allowed", test_memory },
	};
	char folder[32];
	int failed;

	tap_enter();
	snprintf(folder, sizeof(folder), "linker.%d", getpid());
	if (mkdir(folder, 0755) != 0 || chdir(folder) != 0) {
		perror(folder);
		return (1);
	}
	failed = tap_run(cases, sizeof(cases) / sizeof(cases[0]));
	unlink("linker");
	unlink("program");
	if (chdir("..") != 0 || rmdir(folder) != 0)
		perror(folder);
	return (failed);
}
