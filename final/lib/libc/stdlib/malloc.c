/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Memory of a program, over mmap(2).
 *
 * Sizes up to LARGE belong to classes, four for each doubling; each class has
 * a list of free blocks, and what it has not yet is cut from a chunk.  Larger
 * blocks are mappings of their own.  A header of 16 bytes is before each
 * block: its class, a mark that tells who frees what is not his, and its size.
 *
 * One lock.  It is held for a few instructions, or for an mmap(2).
 */
#include <sys/mman.h>
#include <sys/param.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "libc_private.h"

#define HEADER	      sizeof(struct header)
#define LARGE	      32768UL /* blocks up to this, header included, have classes */
#define CHUNK	      65536UL
#define CLASSES	      40

#define CLASS_MAPPED  0xfffe /* a mapping of its own */
#define CLASS_ALIGNED 0xffff /* size is the distance to the true block */
#define MARK_USED     0x4d5a4d5a
#define MARK_FREE     0x0f4e0f4e

struct header {
	uint32_t class; /* number, or CLASS_* */
	uint32_t mark;	/* MARK_* */
	size_t size;	/* bytes for the caller */
};
CTASSERT(sizeof(struct header) == 16);

struct block {
	struct header header;
	struct block *next; /* of those that are free */
};

libc_lock_t __malloc_lock;
static struct block *free_blocks[CLASSES];
static char *chunk, *chunk_end; /* not yet cut */

static void
misused(const char *what)
{
	static const char text[] = ": a block of memory ";

	write(STDERR_FILENO, __progname, strlen(__progname));
	write(STDERR_FILENO, text, sizeof(text) - 1);
	write(STDERR_FILENO, what, strlen(what));
	write(STDERR_FILENO, "\n", 1);
	abort();
}

/* Class of a block of `total` bytes; *total becomes what the class has. */
static unsigned
class_of(size_t *total)
{
	unsigned shift, class;

	if (*total < sizeof(struct block))
		*total = sizeof(struct block);
	if (*total <= 64) {
		*total = roundup2(*total, 16);
		return ((unsigned)(*total / 16 - 1));
	}
	/* 64 < total: a quarter of the power of two below it is the step. */
	shift = 63 - (unsigned)__builtin_clzl(*total - 1) - 2;
	*total = roundup2(*total, 1UL << shift);
	class = 4 + (shift - 4) * 4 + (unsigned)((*total - 1) >> shift) - 4;
	return (class);
}

/* Cuts a block from the chunk; the lock is held. */
static struct block *
cut(size_t total)
{
	struct block *b;

	if ((size_t)(chunk_end - chunk) < total) {
		chunk = mmap(NULL, CHUNK, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANON, -1, 0);
		if (chunk == MAP_FAILED) {
			chunk = chunk_end = NULL;
			return (NULL);
		}
		chunk_end = chunk + CHUNK;
	}
	b = (struct block *)chunk;
	chunk += total;
	return (b);
}

/* A mapping of its own. */
static struct header *
mapped(size_t size)
{
	size_t total = round_page(size + HEADER);
	struct header *h;

	if (size > LONG_MAX - PAGE_SIZE)
		return (NULL);
	h = mmap(
	    NULL, total, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANON, -1, 0);
	if (h == MAP_FAILED)
		return (NULL);
	*h = (struct header){ .class = CLASS_MAPPED, .size = total - HEADER };
	return (h);
}

/**
 * Memory.
 * @param size	bytes; 0 gives a block too
 * @return	aligned to 16 bytes, or NULL with ENOMEM
 */
void *
malloc(size_t size)
{
	size_t total = size + HEADER;
	struct header *h;
	unsigned class;

	if (size > LARGE - HEADER) {
		h = mapped(size);
	} else {
		class = class_of(&total);
		__lock(&__malloc_lock);
		h = (struct header *)free_blocks[class];
		if (h != NULL) {
			if (h->mark != MARK_FREE)
				misused("was written to after free()");
			free_blocks[class] = free_blocks[class]->next;
		} else {
			h = (struct header *)cut(total);
		}
		__unlock(&__malloc_lock);
		if (h != NULL)
			*h = (struct header){ .class = class,
				.size = total - HEADER };
	}
	if (h == NULL) {
		errno = ENOMEM;
		return (NULL);
	}
	h->mark = MARK_USED;
	return (h + 1);
}

/* The header of a caller's block, and the true block's beginning. */
static struct header *
header_of(void *p)
{
	struct header *h = (struct header *)p - 1;

	if (((uintptr_t)p & 15) != 0 || h->mark != MARK_USED)
		misused(((uintptr_t)p & 15) == 0 && h->mark == MARK_FREE
			? "is freed twice"
			: "is none, or was overwritten");
	return (h);
}

/**
 * Gives memory back; errno stays. Ends the program with a message when it sees
 * that p is no block, was freed already or is overwritten.
 * @param p	of malloc() and the others; or NULL: nothing is done
 */
void
free(void *p)
{
	struct header *h;
	struct block *b;
	int error = errno;

	if (p == NULL)
		return;
	h = header_of(p);
	if (h->class == CLASS_ALIGNED) {
		h->mark = MARK_FREE;
		h = header_of((char *)p - h->size);
	}
	if (h->class == CLASS_MAPPED) {
		munmap(h, HEADER + h->size);
		errno = error;
		return;
	}
	if (h->class >= CLASSES)
		misused("was overwritten");
	h->mark = MARK_FREE;
	b = (struct block *)h;
	__lock(&__malloc_lock);
	b->next = free_blocks[h->class];
	free_blocks[h->class] = b;
	__unlock(&__malloc_lock);
}

/**
 * Memory of zeros.
 * @param n	elements
 * @param size	bytes of each
 * @return	aligned to 16 bytes, or NULL with ENOMEM
 */
void *
calloc(size_t n, size_t size)
{
	void *p;

	if (__builtin_mul_overflow(n, size, &size)) {
		errno = ENOMEM;
		return (NULL);
	}
	p = malloc(size);
	if (p != NULL && size <= LARGE - HEADER)
		memset(p, 0, size); /* a fresh mapping is zero */
	return (p);
}

/**
 * Gives a block another size, perhaps elsewhere.
 * @param p	block; or NULL: malloc()
 * @param size	bytes
 * @return	the block; NULL with ENOMEM, and p stays as it is
 */
void *
realloc(void *p, size_t size)
{
	struct header *h;
	size_t have;
	void *new;

	if (p == NULL)
		return (malloc(size));
	h = header_of(p);
	if (h->class == CLASS_ALIGNED)
		have = header_of((char *)p - h->size)->size - h->size;
	else
		have = h->size;
	/* Not worth a move unless half of it would come free. */
	if (size <= have && (size >= have / 2 || have <= 64))
		return (p);
	new = malloc(size);
	if (new == NULL)
		return (size <= have ? p : NULL);
	memcpy(new, p, MIN(size, have));
	free(p);
	return (new);
}

/**
 * realloc(), but when it fails the old block is freed.
 * @param p	block; or NULL: malloc()
 * @param size	bytes
 * @return	the block, or NULL with ENOMEM
 */
void *
reallocf(void *p, size_t size)
{
	void *new = realloc(p, size);

	if (new == NULL)
		free(p);
	return (new);
}

/**
 * Aligned memory, for free().
 * @param p	gets it
 * @param alignment	bytes: a power of two, 8 and more
 * @param size	bytes
 * @return	0, EINVAL or ENOMEM
 */
int
posix_memalign(void **p, size_t alignment, size_t size)
{
	struct header *h;
	uintptr_t q;
	char *base;

	if (alignment < sizeof(void *) || (alignment & (alignment - 1)) != 0)
		return (EINVAL);
	if (size > LONG_MAX - alignment)
		return (ENOMEM);
	if (alignment <= 16) {
		*p = malloc(size);
		return (*p != NULL ? 0 : ENOMEM);
	}
	base = malloc(size + alignment);
	if (base == NULL)
		return (ENOMEM);
	*p = base;
	q = roundup2((uintptr_t)base, alignment);
	if (q != (uintptr_t)base) {
		/* At least 16 bytes on: there is room for a header. */
		*p = base + (q - (uintptr_t)base);
		h = (struct header *)*p - 1;
		*h = (struct header){ .class = CLASS_ALIGNED,
			.mark = MARK_USED,
			.size = q - (uintptr_t)base };
	}
	return (0);
}

/**
 * Aligned memory, for free().
 * @param alignment	bytes: a power of two
 * @param size	bytes
 * @return	it, or NULL with EINVAL or ENOMEM
 */
void *
aligned_alloc(size_t alignment, size_t size)
{
	void *p;
	int error = posix_memalign(&p, MAX(alignment, sizeof(void *)), size);

	if (error == 0)
		return (p);
	errno = error;
	return (NULL);
}
