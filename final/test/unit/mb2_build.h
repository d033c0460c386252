/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Builds Multiboot2 boot information, tag by tag, as a boot loader would.
 */
#ifndef _MB2_BUILD_H_
#define _MB2_BUILD_H_

#include "hosted.h"
#include <machine/multiboot2.h>

struct mb2_build {
	uint8_t bytes[8192];
	size_t used;
	size_t tag; /* start of the open tag */
};

static inline void
mb2_put32(uint8_t *p, uint32_t v)
{
	memcpy(p, &v, sizeof(v));
}

static inline void
mb2_bytes(struct mb2_build *b, const void *p, size_t n)
{
	assert_true(b->used + n <= sizeof(b->bytes));
	memcpy(b->bytes + b->used, p, n);
	b->used += n;
}

static inline void
mb2_32(struct mb2_build *b, uint32_t v)
{
	mb2_bytes(b, &v, sizeof(v));
}

static inline void
mb2_64(struct mb2_build *b, uint64_t v)
{
	mb2_bytes(b, &v, sizeof(v));
}

static inline void
mb2_begin(struct mb2_build *b)
{
	memset(b, 0, sizeof(*b));
	b->used = 8; /* total size, reserved */
}

static inline void
mb2_tag_begin(struct mb2_build *b, uint32_t type)
{
	b->tag = b->used;
	mb2_32(b, type);
	mb2_32(b, 0);
}

/* Notes the size, then pads to 8 bytes. */
static inline void
mb2_tag_end(struct mb2_build *b)
{
	mb2_put32(b->bytes + b->tag + 4, (uint32_t)(b->used - b->tag));
	b->used = (b->used + 7) & ~(size_t)7;
}

static inline void
mb2_string(struct mb2_build *b, uint32_t type, const char *s, size_t n)
{
	mb2_tag_begin(b, type);
	mb2_bytes(b, s, n);
	mb2_tag_end(b);
}

static inline void
mb2_module(struct mb2_build *b, uint32_t start, uint32_t end, const char *name)
{
	mb2_tag_begin(b, MB2_TAG_MODULE);
	mb2_32(b, start);
	mb2_32(b, end);
	mb2_bytes(b, name, strlen(name) + 1);
	mb2_tag_end(b);
}

static inline void
mb2_mmap_begin(struct mb2_build *b, uint32_t entry_size)
{
	mb2_tag_begin(b, MB2_TAG_MMAP);
	mb2_32(b, entry_size);
	mb2_32(b, 0); /* version */
}

static inline void
mb2_mmap_entry(struct mb2_build *b, uint32_t entry_size, uint64_t base,
    uint64_t length, uint32_t type)
{
	size_t end = b->used + entry_size;

	mb2_64(b, base);
	mb2_64(b, length);
	mb2_32(b, type);
	b->used = end;
}

static inline void
mb2_rsdp(struct mb2_build *b, uint32_t type, size_t n)
{
	uint8_t rsdp[36] = "RSD PTR ";

	mb2_tag_begin(b, type);
	mb2_bytes(b, rsdp, n);
	mb2_tag_end(b);
}

static inline void
mb2_end(struct mb2_build *b)
{
	mb2_tag_begin(b, MB2_TAG_END);
	mb2_tag_end(b);
	mb2_put32(b->bytes, (uint32_t)b->used);
}

#endif
