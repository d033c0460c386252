/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * In a vkernel: what both kernels do for a system call and for a page fault of
 * this process.
 *
 *     vktrace
 *
 * The host has to be started with debug.ktr.enable.  Both kernels note events
 * with the count of the same clock, so their logs are put together by it.
 * TICKS are counted from the moment before the operation; in Bochs with one
 * processor they are instructions.
 */
#include <sys/mman.h>
#include <sys/sysctl.h>
#include <sys/types.h>
#include <cpu/cpufunc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LOG_SIZE (512 * 1024)
#define PAGES	 8
#define PAGE	 4096

/** A line of a log. */
struct line {
	uint64_t count;	  /**< the clock's */
	const char *text; /**< "CPU PID EVENT" */
	const char *where;
};

/** An operation, and when it was. */
struct span {
	const char *name;
	uint64_t begin, end;
};

static struct line lines[2 * 2048 + 1];
static size_t nlines;

static void
die(const char *what)
{
	perror(what);
	exit(1);
}

static void
enable(int on)
{
	if (sysctlbyname("debug.ktr.enable", NULL, NULL, &on, sizeof(on)) != 0)
		die("debug.ktr.enable");
}

/* Takes the lines of a kernel's log. */
static void
take_log(const char *name, const char *where)
{
	size_t size = LOG_SIZE;
	char *log = malloc(size), *p, *end;

	if (log == NULL || sysctlbyname(name, log, &size, NULL, 0) != 0)
		die(name);
	for (p = log; *p != '\0'; p = end + 1) {
		struct line *l = &lines[nlines];

		end = strchr(p, '\n');
		if (end == NULL || nlines + 1 == sizeof(lines) / sizeof(*lines))
			break;
		*end = '\0';
		l->count = strtoul(p, &p, 10);
		l->text = p;
		l->where = where;
		nlines++;
	}
}

static int
earlier(const void *a, const void *b)
{
	uint64_t x = ((const struct line *)a)->count;
	uint64_t y = ((const struct line *)b)->count;

	return (x < y ? -1 : x > y);
}

/* The event of a line, without the numbers of processor and process. */
static const char *
event_of(const struct line *l)
{
	const char *p = l->text;

	for (int i = 0; i < 2; i++) {
		p += strspn(p, " ");
		p += strcspn(p, " ");
	}
	return (p + strspn(p, " "));
}

static void
show(const struct span *s)
{
	size_t shown = 0;

	printf("%s: %lu ticks\n", s->name, s->end - s->begin);
	for (size_t i = 0; i < nlines; i++) {
		const struct line *l = &lines[i];

		if (l->count < s->begin || l->count > s->end)
			continue;
		printf("%6lu  %-8s%s\n", l->count - s->begin, l->where,
		    event_of(l));
		shown++;
	}
	if (shown == 0) {
		fprintf(stderr, "vktrace: no event of \"%s\" is in the logs\n",
		    s->name);
		exit(1);
	}
}

int
main(void)
{
	struct span call = { "getpid()", 0, 0 };
	struct span fault = { "first write to a page", 0, 0 };
	volatile char *p = mmap(NULL, PAGES * PAGE, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANON, -1, 0);

	if (p == MAP_FAILED)
		die("mmap");
	enable(1);
	/* The second time nothing of the kernels themselves is new. */
	for (int i = 0; i < 2; i++) {
		call.begin = rdtsc();
		getpid();
		call.end = rdtsc();
	}
	for (int i = 0; i < PAGES; i++) {
		fault.begin = rdtsc();
		p[i * PAGE] = 1;
		fault.end = rdtsc();
	}
	enable(0);
	take_log("debug.ktr.log", "vkernel");
	take_log("machdep.host.ktr", "host");
	qsort(lines, nlines, sizeof(lines[0]), earlier);
	show(&call);
	printf("\n");
	show(&fault);
	return (0);
}
