/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * The command line of vkernel(7), and the files that it names.
 *
 * Whatever is wrong gets one sentence and the usage, and exit status 1, before
 * anything was changed.
 */
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/param.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "host.h"

#define MEMORY_MIN   (16UL << 20)
#define MEMORY_MAX   (16UL << 30)
#define MEMORY_DFLT  (64UL << 20)
#define MEMORY_STEP  (2UL << 20)
#define CPUS_MAX     16
#define CPUS_DFLT    2
#define IMAGES	     1000000
#define BOOTARGS_MAX 512

/** How a disk is opened. */
enum disk_mode { DISK_RW, DISK_RO, DISK_COW };

static struct {
	const char *file;
	enum disk_mode mode;
} disk_files[VK_MAXDISKS];
static const char *image_file, *pid_file;
static char bootargs[BOOTARGS_MAX];

static const char usage_text[] =
    "usage: vkernel [-dhsv] [-e name=value[:name=value...]] [-i image]\n"
    "           [-l any | map[,first] | cpu] [-m size[kKmMgG]] [-n cpus]\n"
    "           [-p pidfile] [-r disk[:serial]] [-R disk[:serial]]\n"
    "           [-O disk[:serial]]\n";

static void
refuse(const char *fmt, ...) __attribute__((noreturn, format(printf, 1, 2)));

static void
refuse(const char *fmt, ...)
{
	va_list ap;

	fprintf(stderr, "vkernel: ");
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fprintf(stderr, "\n%s", usage_text);
	exit(1);
}

static void __attribute__((noreturn)) help(void)
{
	printf("%s\n"
	       "  -d        do not use the processor's virtualization\n"
	       "  -e        kernel environment\n"
	       "  -i        file for the memory image; else it has no name\n"
	       "  -l        virtual processors on processors of the host\n"
	       "  -m        memory, a multiple of 2 MB, 16m to 16g; 64m\n"
	       "  -n        virtual processors, 1 to 16; 2\n"
	       "  -p        file for the process's number\n"
	       "  -r        disk image, in order vkd0, vkd1...\n"
	       "  -R        the same, and what is written is not kept\n"
	       "  -O        the same, read-only\n"
	       "  -s        single user\n"
	       "  -v        verbose\n",
	    usage_text);
	exit(0);
}

/* A word for the kernel environment. */
static void
add_bootarg(const char *word, size_t n)
{
	size_t len = strlen(bootargs);

	if (len + n + 2 > sizeof(bootargs))
		refuse("the kernel environment has more than %zu characters",
		    sizeof(bootargs) - 1);
	if (len > 0)
		bootargs[len++] = ' ';
	memcpy(bootargs + len, word, n);
	bootargs[len + n] = '\0';
}

/* name=value[:name=value...]; a value may be in double quotes. */
static void
parse_environment(const char *arg)
{
	const char *p = arg, *start;
	bool quoted;
	char word[BOOTARGS_MAX];
	size_t n;

	while (*p != '\0') {
		start = p;
		quoted = false;
		for (n = 0; *p != '\0' && (quoted || *p != ':'); p++) {
			if (*p == '"')
				quoted = !quoted;
			else if (*p == ' ')
				refuse(
				    "-e %s: a value cannot have a blank", arg);
			else if (n < sizeof(word))
				word[n++] = *p;
		}
		if (quoted)
			refuse("-e %s: a quotation mark is missing", arg);
		if (n == 0 || memchr(word, '=', n) == NULL || *word == '=')
			refuse("-e %.*s: that is not name=value",
			    (int)(p - start), start);
		add_bootarg(word, n);
		if (*p == ':')
			p++;
	}
}

static unsigned long
parse_memory(const char *arg)
{
	char *end;
	unsigned long n = strtoul(arg, &end, 10), unit = 1;

	switch (*end) {
	case 'k':
	case 'K':
		unit = 1UL << 10;
		break;
	case 'm':
	case 'M':
		unit = 1UL << 20;
		break;
	case 'g':
	case 'G':
		unit = 1UL << 30;
		break;
	}
	if (unit != 1)
		end++;
	if (end == arg || *end != '\0' || *arg == '-')
		refuse("-m %s: that is no size; 64m is one", arg);
	if (n > MEMORY_MAX / unit)
		refuse("-m %s: more than %lu GB", arg, MEMORY_MAX >> 30);
	n *= unit;
	if (n < MEMORY_MIN)
		refuse("-m %s: less than %lu MB is too little", arg,
		    MEMORY_MIN >> 20);
	if (n % MEMORY_STEP != 0)
		refuse(
		    "-m %s: not a multiple of %lu MB", arg, MEMORY_STEP >> 20);
	return (n);
}

/* ncpus[:lbits[:cbits]]; how they are said to be arranged does not matter. */
static int
parse_cpus(const char *arg)
{
	char *end;
	long n = strtol(arg, &end, 10);

	if (end == arg || (*end != '\0' && *end != ':') || n < 1 ||
	    n > CPUS_MAX)
		refuse("-n %s: virtual processors are 1 to %d", arg, CPUS_MAX);
	while (*end == ':') {
		arg = end + 1;
		strtol(arg, &end, 10);
		if (end == arg)
			refuse("-n: bits are a number, not \"%s\"", arg);
	}
	if (*end != '\0')
		refuse("-n: \"%s\" is too much", end);
	return ((int)n);
}

static void
parse_lock(const char *arg, struct vk_config *config)
{
	char *end;

	config->lock_cpus = VK_LOCK_MAP;
	if (strcmp(arg, "any") == 0) {
		config->lock_cpus = VK_LOCK_NONE;
		return;
	}
	if (strcmp(arg, "map") == 0)
		return;
	if (strncmp(arg, "map,", 4) == 0)
		arg += 4;
	else
		config->lock_cpus = VK_LOCK_ONE;
	config->lock_first = (int)strtol(arg, &end, 10);
	if (end == arg || *end != '\0' || config->lock_first < 0)
		refuse("-l %s: it is any, map, map,first, or the number of a "
		       "processor",
		    arg);
}

static void
add_disk(const char *arg, enum disk_mode mode, struct vk_config *config)
{
	struct vk_disk *d = &config->disks[config->ndisks];
	char *name, *colon;

	if (config->ndisks == VK_MAXDISKS)
		refuse("more than %d disks", VK_MAXDISKS);
	name = strdup(arg);
	if (name == NULL)
		err(1, "memory");
	/* A serial number after the last colon, unless the file has one. */
	colon = access(arg, F_OK) == 0 ? NULL : strrchr(name, ':');
	if (colon != NULL) {
		*colon = '\0';
		d->serial = colon + 1;
	}
	d->name = name;
	disk_files[config->ndisks].file = name;
	disk_files[config->ndisks++].mode = mode;
}

/**
 * Reads the command line.  Does not return if it is wrong, or asks for help.
 * @param argc		words
 * @param argv		words
 * @param config	filled in
 */
void
options_parse(int argc, char **argv, struct vk_config *config)
{
	int c;

	*config = (struct vk_config){ .ncpus = CPUS_DFLT, .image = -1 };
	opterr = 0;
	while ((c = getopt(argc, argv, ":c:de:hi:I:l:m:n:O:p:r:R:sUv")) != -1) {
		switch (c) {
		case 'c':
			refuse("-c: there is no file system for CDs; -r or -O "
			       "takes a disk image");
		case 'd':
			config->software = 1;
			break;
		case 'e':
			parse_environment(optarg);
			break;
		case 'h':
			help();
		case 'i':
			image_file = optarg;
			break;
		case 'I':
			refuse("-I: there is no network");
		case 'l':
			parse_lock(optarg, config);
			break;
		case 'm':
			config->memory = parse_memory(optarg);
			break;
		case 'n':
			config->ncpus = parse_cpus(optarg);
			break;
		case 'O':
			add_disk(optarg, DISK_RO, config);
			break;
		case 'p':
			pid_file = optarg;
			break;
		case 'r':
			add_disk(optarg, DISK_RW, config);
			break;
		case 'R':
			add_disk(optarg, DISK_COW, config);
			break;
		case 's':
			add_bootarg("boot_single=1", 13);
			break;
		case 'U':
			break; /* nothing is kept from writing to itself */
		case 'v':
			add_bootarg("boot_verbose=1", 14);
			break;
		case ':':
			refuse("-%c wants an argument", optopt);
			break;
		default:
			refuse("there is no option -%c", optopt);
		}
	}
	if (optind != argc)
		refuse("\"%s\" is no option", argv[optind]);
	config->bootargs = bootargs;
}

/* --- files --- */

static void
open_disk(struct vk_disk *d, enum disk_mode mode)
{
	struct stat st;
	int flags = mode == DISK_RW ? O_RDWR : O_RDONLY;

	d->fd = open(d->name, flags);
	if (d->fd < 0 && mode == DISK_RW && (errno == EACCES || errno == EROFS))
		refuse("%s cannot be written: %s; -O takes it read-only, -R "
		       "does not keep what is written",
		    d->name, strerror(errno));
	if (d->fd < 0)
		refuse("%s cannot be opened: %s", d->name, strerror(errno));
	if (fstat(d->fd, &st) != 0)
		refuse("%s: %s", d->name, strerror(errno));
	if (!S_ISREG(st.st_mode))
		refuse("%s is no file", d->name);
	d->size = (unsigned long)st.st_size / 512 * 512;
	if (d->size == 0)
		refuse("%s is empty: not a disk image", d->name);
	if (flock(d->fd, (mode == DISK_RW ? LOCK_EX : LOCK_SH) | LOCK_NB) != 0)
		refuse("%s is in use by another vkernel", d->name);
	d->readonly = mode == DISK_RO;
	if (mode != DISK_COW)
		return;
	d->cow = mmap(NULL, d->size, PROT_READ | PROT_WRITE,
	    MAP_FILE | MAP_PRIVATE, d->fd, 0);
	if (d->cow == MAP_FAILED)
		refuse("%s cannot be mapped: %s", d->name, strerror(errno));
}

/* The file that -i names.  It is kept, and its size is the default of -m. */
static int
open_named_image(struct vk_config *config)
{
	struct stat st;
	int fd = open(image_file, O_RDWR | O_CREAT, 0600);

	if (fd < 0 || fstat(fd, &st) != 0)
		refuse("%s cannot be opened: %s", image_file, strerror(errno));
	if (flock(fd, LOCK_EX | LOCK_NB) != 0)
		refuse("%s is in use by another vkernel", image_file);
	if (config->memory == 0 && st.st_size != 0 &&
	    ((unsigned long)st.st_size < MEMORY_MIN ||
		(unsigned long)st.st_size % MEMORY_STEP != 0))
		refuse("%s has no size that memory can have; -m says how much "
		       "there is to be",
		    image_file);
	if (config->memory == 0)
		config->memory = (unsigned long)st.st_size;
	return (fd);
}

/* Room in a folder's file system, bytes. */
static unsigned long
room(const char *folder)
{
	struct statvfs fs;

	if (statvfs(folder, &fs) != 0)
		return (0);
	return (fs.f_bavail * fs.f_frsize);
}

/* A file without a name: it goes with the last process that has it. */
static int
open_unnamed_image(const struct vk_config *config)
{
	static const char *const folders[] = { "/tmp", "/var/vkernel" };
	char name[64];
	size_t i;
	int fd;

	for (i = 0; i < nitems(folders); i++)
		if (room(folders[i]) >= config->memory)
			break;
	if (i == nitems(folders))
		refuse("neither in %s nor in %s is room for a memory image of "
		       "%lu MB; -i names another file, -m less memory",
		    folders[0], folders[1], config->memory >> 20);
	for (int n = 0; n < IMAGES; n++) {
		snprintf(name, sizeof(name), "%s/memimg.%06d", folders[i], n);
		fd = open(name, O_RDWR | O_CREAT | O_EXCL, 0600);
		if (fd >= 0) {
			unlink(name);
			return (fd);
		}
		if (errno != EEXIST)
			break;
	}
	refuse("%s: no memory image can be made: %s", name, strerror(errno));
}

static void
open_image(struct vk_config *config)
{
	int fd = image_file != NULL ? open_named_image(config) : -1;

	if (config->memory == 0)
		config->memory = MEMORY_DFLT;
	if (fd < 0 && !config->software)
		return; /* memory without a file */
	if (fd < 0)
		fd = open_unnamed_image(config);
	if (ftruncate(fd, 0) != 0 || ftruncate(fd, (off_t)config->memory) != 0)
		refuse("the memory image cannot have %lu MB: %s",
		    config->memory >> 20, strerror(errno));
	config->image = fd;
}

static void
write_pid(void)
{
	int fd = open(pid_file, O_RDWR | O_CREAT, 0644);
	char text[16];
	int n;

	if (fd < 0)
		refuse("%s cannot be written: %s", pid_file, strerror(errno));
	if (flock(fd, LOCK_EX | LOCK_NB) != 0)
		refuse("%s belongs to another vkernel", pid_file);
	n = snprintf(text, sizeof(text), "%d\n", (int)getpid());
	if (ftruncate(fd, 0) != 0 || write(fd, text, (size_t)n) != n)
		refuse("%s cannot be written: %s", pid_file, strerror(errno));
}

/**
 * Opens what the options name.  Does not return if something is missing.
 * @param config	descriptors and sizes are filled in
 */
void
options_open(struct vk_config *config)
{
	if (config->ndisks == 0)
		refuse("there is no disk: -r names an image");
	for (int i = 0; i < config->ndisks; i++)
		open_disk(&config->disks[i], disk_files[i].mode);
	open_image(config);
	if (pid_file != NULL)
		write_pid();
}
