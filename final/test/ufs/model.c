/* SPDX-License-Identifier: BSD-3-Clause */
#include "hosted.h"
#include "model.h"
#include "rig.h"
#include <sys/stat.h>
#include <unistd.h>

#define MAX_NODES 4000
#define PATH	  8000

enum kind { FREE, FILE_, DIR_, LINK_ };

/** A name in a directory. */
struct name {
	char text[256];
	struct node *node;
};
/** A file, directory or symbolic link. */
struct node {
	enum kind kind;
	char *data; /* contents, or where a link leads */
	long size;
	unsigned names;	     /* that lead to it */
	struct vnode *vp;    /* open, or NULL */
	struct node *parent; /* of a directory */
	struct name *entry;
	unsigned entries, room;
};

unsigned model_nospace;

static struct node node[MAX_NODES];
static unsigned used = 1; /* nodes, with those that became free */
static struct model_limits limits;
static uint64_t seed, step;
static char buffer[1 << 17];

uint64_t
model_random(void)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (seed * 0x2545f4914f6cdd1d >> 16);
}

static unsigned
below(uint64_t n)
{
	return ((unsigned)(model_random() % n));
}

__attribute__((__format__(__printf__, 1, 2))) static void
different(const char *fmt, ...)
{
	va_list ap;

	printf("step %lu: ", step);
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	puts("");
	abort();
}

static struct node *
node_new(enum kind kind)
{
	for (struct node *n = node; n < node + MAX_NODES; n++) {
		if (n->kind != FREE)
			continue;
		*n = (struct node){ .kind = kind };
		used = (unsigned)(n - node) + 1 > used
		    ? (unsigned)(n - node) + 1
		    : used;
		return (n);
	}
	different("the model is full");
	return (NULL);
}

static void
node_drop(struct node *n)
{
	if (n->names != 0 || n->vp != NULL)
		return;
	free(n->data);
	free(n->entry);
	*n = (struct node){ .kind = FREE };
}

static void
path_of(const struct node *dir, char *path)
{
	if (dir->parent == dir) {
		strcpy(path, "");
		return;
	}
	path_of(dir->parent, path);
	for (unsigned i = 0; i < dir->parent->entries; i++)
		if (dir->parent->entry[i].node == dir) {
			strcat(path, "/");
			strcat(path, dir->parent->entry[i].text);
			return;
		}
	different("a directory has no name");
}

static void
full_path(const struct node *dir, const char *name, char *path)
{
	path_of(dir, path);
	strcat(path, "/");
	strcat(path, name);
}

static struct node *
find(const struct node *dir, const char *name)
{
	for (unsigned i = 0; i < dir->entries; i++)
		if (strcmp(dir->entry[i].text, name) == 0)
			return (dir->entry[i].node);
	return (NULL);
}

static void
enter(struct node *dir, const char *name, struct node *n)
{
	if (dir->entries == dir->room) {
		dir->room = dir->room * 2 + 8;
		dir->entry = realloc(
		    dir->entry, dir->room * sizeof(*dir->entry));
	}
	strcpy(dir->entry[dir->entries].text, name);
	dir->entry[dir->entries++].node = n;
	n->names++;
	if (n->kind == DIR_)
		n->parent = dir;
}

static void
leave(struct node *dir, const char *name)
{
	for (unsigned i = 0; i < dir->entries; i++) {
		if (strcmp(dir->entry[i].text, name) != 0)
			continue;
		dir->entry[i].node->names--;
		node_drop(dir->entry[i].node);
		dir->entry[i] = dir->entry[--dir->entries];
		return;
	}
	different("no such name");
}

static struct node *
random_node(enum kind kind)
{
	struct node *best = NULL;
	unsigned seen = 0;

	for (struct node *n = node; n < node + used; n++)
		if (n->kind == kind && (kind == FILE_ || n->names != 0) &&
		    below(++seen) == 0)
			best = n;
	return (best);
}

/* Half of the time one that is there. */
static void
random_name(const struct node *dir, char *name)
{
	unsigned n = below(limits.entries), len;

	if (dir->entries != 0 && below(2) == 0) {
		strcpy(name, dir->entry[below(dir->entries)].text);
		return;
	}
	sprintf(name, "n%u", n);
	len = n % 7 == 0 ? n * 37 % 255 : n % 40;
	while (strlen(name) < len)
		strcat(name, "x");
}

static void
fill(char *p, unsigned long n)
{
	uint64_t r = model_random() | 1;

	for (unsigned long i = 0; i < n; i++, r += r >> 3 ^ i)
		p[i] = (char)(r >> 5 | 1);
}

/* Whether an operation ended as it has to; ENOSPC is allowed. */
static bool
ended(const char *what, const char *path, int error, int expected)
{
	if (error == K_ENOSPC && expected == 0) {
		model_nospace++;
		return (false);
	}
	if (error != expected)
		different(
		    "%s %s: error %d, not %d", what, path, error, expected);
	return (error == 0);
}

static void
resize(struct node *n, long size)
{
	if (size > n->size) {
		n->data = realloc(n->data, (size_t)size + 1);
		memset(n->data + n->size, 0, (size_t)(size - n->size));
	}
	n->size = size;
}

static unsigned
model_dirs(void)
{
	unsigned count = 0;

	for (struct node *n = node; n < node + used; n++)
		count += n->kind == DIR_;
	return (count);
}

static void
do_make(void)
{
	struct node *dir = random_node(DIR_), *n;
	char name[256], path[PATH];
	unsigned what = below(10), len;
	int expected, error;

	random_name(dir, name);
	full_path(dir, name, path);
	expected = find(dir, name) != NULL ? K_EEXIST : 0;
	if (what < 1 && model_dirs() < limits.dirs) {
		error = rig_mkdir(path);
		n = node_new(DIR_);
	} else if (what < 4) {
		len = below(4) == 0 ? below(1000) + 1 : below(80) + 1;
		for (unsigned i = 0; i < len; i++)
			buffer[i] = (char)('a' + i % 26);
		buffer[len] = '\0';
		error = rig_symlink(buffer, path);
		n = node_new(LINK_);
		n->data = strdup(buffer);
		n->size = (long)len;
	} else {
		error = rig_create(path);
		n = node_new(FILE_);
	}
	if (ended("make", path, error, expected))
		enter(dir, name, n);
	else
		node_drop(n);
}

static void
do_remove(void)
{
	struct node *dir = random_node(DIR_), *n;
	char name[256], path[PATH];

	random_name(dir, name);
	full_path(dir, name, path);
	n = find(dir, name);
	if (n == NULL) {
		ended("unlink", path, rig_unlink(path), K_ENOENT);
	} else if (n->kind == DIR_) {
		if (ended("rmdir", path, rig_rmdir(path),
			n->entries != 0 ? K_ENOTEMPTY : 0))
			leave(dir, name);
	} else if (ended("unlink", path, rig_unlink(path), 0))
		leave(dir, name);
}

static void
do_link(void)
{
	struct node *dir = random_node(DIR_), *to = random_node(DIR_), *n;
	char name[256], from[PATH], path[PATH];

	if (dir->entries == 0)
		return;
	strcpy(name, dir->entry[below(dir->entries)].text);
	n = find(dir, name);
	if (n->kind != FILE_)
		return;
	full_path(dir, name, from);
	random_name(to, name);
	full_path(to, name, path);
	if (ended("link", path, rig_link(from, path),
		find(to, name) != NULL ? K_EEXIST : 0))
		enter(to, name, n);
}

static bool
is_above(const struct node *n, const struct node *dir)
{
	for (;; dir = dir->parent) {
		if (dir == n)
			return (true);
		if (dir->parent == dir)
			return (false);
	}
}

/* Only what the caller of VOP_RENAME lets pass. */
static void
do_rename(void)
{
	struct node *dir = random_node(DIR_), *to = random_node(DIR_);
	struct node *n, *old;
	char name[256], from[PATH], new[256], path[PATH];

	if (dir->entries == 0)
		return;
	strcpy(name, dir->entry[below(dir->entries)].text);
	n = find(dir, name);
	random_name(to, new);
	old = find(to, new);
	if ((n->kind == DIR_ && is_above(n, to)) || old == n ||
	    (old != NULL && (old->kind == DIR_) != (n->kind == DIR_)))
		return;
	full_path(dir, name, from);
	full_path(to, new, path);
	if (!ended("rename", path, rig_rename(from, path),
		old != NULL && old->kind == DIR_ && old->entries != 0
		    ? K_ENOTEMPTY
		    : 0))
		return;
	if (old != NULL)
		leave(to, new);
	n->names++;
	leave(dir, name);
	n->names--;
	enter(to, new, n);
}

/* Opens a file if it is not open; NULL: there is none with a name. */
static struct node *
open_file(void)
{
	struct node *dir = random_node(DIR_), *n = random_node(FILE_);
	char path[PATH];
	int error;

	if (n != NULL && n->vp != NULL)
		return (n);
	for (unsigned i = 0; i < dir->entries; i++) {
		n = dir->entry[i].node;
		if (n->kind != FILE_ || below(3) == 0)
			continue;
		if (n->vp != NULL)
			return (n);
		full_path(dir, dir->entry[i].text, path);
		error = rig_open(path, &n->vp);
		if (error != 0)
			different("open %s: error %d", path, error);
		return (n);
	}
	return (NULL);
}

static void
close_file(struct node *n)
{
	if (n == NULL || n->vp == NULL)
		return;
	rig_close(n->vp);
	n->vp = NULL;
	node_drop(n);
}

static void
check_size(struct node *n)
{
	struct rig_stat st;

	if (rig_stat(n->vp, &st) != 0 || st.size != n->size)
		different("size of inode %lu: %ld, not %ld", st.ino, st.size,
		    n->size);
	if (st.nlink != n->names)
		different("links of inode %lu: %lu, not %u", st.ino, st.nlink,
		    n->names);
}

static void
do_write(void)
{
	struct node *n = open_file();
	unsigned long len, done;
	long at;
	int error;

	if (n == NULL)
		return;
	at = (long)(model_random() % (unsigned long)limits.file_size);
	if (below(100) == 0)
		at = (long)(model_random() % (unsigned long)limits.far);
	if (below(2) == 0 && n->size < limits.file_size)
		at = n->size;
	if (below(4) == 0)
		at &= -512L;
	len = below(8) == 0 ? below(sizeof(buffer)) + 1 : below(5000) + 1;
	fill(buffer, len);
	error = rig_write(n->vp, at, buffer, len, &done);
	ended("write", "", error, 0);
	if (error == 0 && done == 0)
		different("nothing was written");
	if (done != len)
		model_nospace++;
	if (done != 0 && at + (long)done > n->size)
		resize(n, at + (long)done);
	if (done != 0)
		memcpy(n->data + at, buffer, done);
	check_size(n);
}

static void
do_truncate(void)
{
	struct node *n = open_file();
	long size;

	if (n == NULL)
		return;
	size = (long)(model_random() % (unsigned long)limits.file_size);
	if (below(3) == 0)
		size = n->size + (long)below(20000) - 10000;
	if (below(10) == 0)
		size = 0;
	if (size < 0)
		return;
	if (ended("truncate", "", rig_truncate(n->vp, size), 0))
		resize(n, size);
	check_size(n);
}

/* A mapping's store, in the page of the end, even behind the end. */
static void
do_store(void)
{
	struct node *n = open_file();
	long at;
	unsigned len;

	if (n == NULL || n->size == 0)
		return;
	at = (long)(model_random() % (unsigned long)n->size);
	if (below(2) == 0)
		at = n->size;
	len = below((unsigned)(4096 - at % 4096)) + 1;
	if (at % 4096 == 0 && at == n->size)
		return;
	fill(buffer, len);
	if (ended("store", "", rig_store(n->vp, at, buffer, len), 0) &&
	    at < n->size)
		memcpy(n->data + at, buffer,
		    at + len > n->size ? (size_t)(n->size - at) : len);
}

static void
compare_data(struct node *n)
{
	unsigned long done;

	for (long at = 0; at < n->size; at += (long)done) {
		if (rig_read(n->vp, at, buffer, sizeof(buffer), &done) != 0 ||
		    done == 0)
			different("read at %ld of %ld", at, n->size);
		for (unsigned long i = 0; i < done; i++)
			if (buffer[i] != n->data[at + (long)i])
				different("byte %ld of %ld is %#x, not %#x",
				    at + (long)i, n->size, buffer[i],
				    n->data[at + (long)i]);
	}
	check_size(n);
}

static void
each_name(const char *name, unsigned long ino, void *arg)
{
	unsigned *count = arg;

	(void)ino;
	(void)name;
	++*count;
}

static void
compare_dir(const struct node *dir)
{
	unsigned count = 0, subdirs = 0;
	struct vnode *vp;
	struct rig_stat st;
	char path[PATH];
	int error;

	path_of(dir, path);
	if (path[0] == '\0')
		strcpy(path, "/");
	error = rig_readdir(path, below(2) ? 4096 : 300, each_name, &count);
	if (error != 0 || count != dir->entries + 2)
		different("%s: error %d, %u entries, not %u", path, error,
		    count, dir->entries + 2);
	for (unsigned i = 0; i < dir->entries; i++)
		subdirs += dir->entry[i].node->kind == DIR_;
	if (rig_open(path, &vp) != 0 || rig_stat(vp, &st) != 0 ||
	    st.nlink != subdirs + 2)
		different("%s: %lu links, not %u", path, st.nlink, subdirs + 2);
	rig_close(vp);
}

static void
compare_entry(const struct node *dir, const struct name *name)
{
	struct node *n = name->node;
	bool was_open = n->vp != NULL;
	char path[PATH];
	unsigned long len;
	int error;

	full_path(dir, name->text, path);
	if (n->kind == LINK_) {
		error = rig_readlink(path, buffer, sizeof(buffer), &len);
		if (error != 0 || (long)len != n->size ||
		    memcmp(buffer, n->data, len) != 0)
			different("link %s: error %d", path, error);
	}
	if (n->kind != FILE_)
		return;
	if (!was_open) {
		error = rig_open(path, &n->vp);
		if (error != 0)
			different("open %s: error %d", path, error);
	}
	compare_data(n);
	if (!was_open)
		close_file(n);
}

void
model_compare(void)
{
	for (struct node *n = node; n < node + used; n++) {
		if (n->kind == DIR_ && (n->names != 0 || n->parent == n)) {
			compare_dir(n);
			for (unsigned i = 0; i < n->entries; i++)
				compare_entry(n, &n->entry[i]);
		} else if (n->kind == FILE_ && n->vp != NULL && n->names == 0)
			compare_data(n);
	}
}

void
model_step(void)
{
	unsigned what = below(100);
	struct node *n;

	step++;
	if (what < 28)
		do_make();
	else if (what < 36)
		do_remove();
	else if (what < 39)
		do_link();
	else if (what < 45)
		do_rename();
	else if (what < 70)
		do_write();
	else if (what < 80)
		do_truncate();
	else if (what < 84)
		do_store();
	else if (what < 90)
		close_file(random_node(FILE_));
	else if (what < 94) {
		n = open_file();
		if (n != NULL)
			compare_data(n);
	} else if (what < 95)
		rig_uncache();
	else if (what < 96) {
		n = open_file();
		if (n != NULL && rig_fsync(n->vp) != 0)
			different("fsync");
	} else if (what < 97 && rig_sync() != 0)
		different("sync");
}

void
model_close(void)
{
	for (struct node *n = node; n < node + MAX_NODES; n++)
		if (n->kind == FILE_)
			close_file(n);
}

void
model_export(const char *folder)
{
	char path[PATH], file[PATH + 300];
	unsigned count = 0;
	FILE *list, *f;

	snprintf(file, sizeof(file), "%s/list", folder);
	list = fopen(file, "w");
	if (list == NULL)
		different("%s", file);
	for (struct node *d = node; d < node + used; d++) {
		for (unsigned i = 0; d->kind == DIR_ && i < d->entries; i++) {
			if (d->entry[i].node->kind != FILE_)
				continue;
			full_path(d, d->entry[i].text, path);
			fprintf(list, "%u %s\n", count, path);
			snprintf(file, sizeof(file), "%s/%u", folder, count++);
			f = fopen(file, "w");
			if (f == NULL ||
			    fwrite(d->entry[i].node->size == 0
				    ? ""
				    : d->entry[i].node->data,
				1, (size_t)d->entry[i].node->size,
				f) != (size_t)d->entry[i].node->size)
				different("%s", file);
			fclose(f);
		}
	}
	fclose(list);
}

void
model_start(uint64_t s, const struct model_limits *l)
{
	seed = s * 2 + 1;
	limits = *l;
	step = 0;
	for (unsigned i = 0; i < 8; i++)
		model_random();
	node[0] = (struct node){ .kind = DIR_, .names = 1 };
	node[0].parent = node;
}

void
model_end(void)
{
	for (struct node *n = node; n < node + MAX_NODES; n++) {
		if (n->kind == FREE)
			continue;
		free(n->data);
		free(n->entry);
		n->kind = FREE;
	}
}

void
model_stat(void)
{
	unsigned long count[4] = { 0 }, bytes = 0;

	for (struct node *n = node; n < node + used; n++) {
		count[n->kind]++;
		if (n->kind == FILE_)
			bytes += (unsigned long)n->size;
	}
	printf("%lu files, %lu bytes, %lu directories, %lu links\n",
	    count[FILE_], bytes, count[DIR_], count[LINK_]);
}
