/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * The symbols of the program that we are, for the names in a panic's trace:
 * what the boot loader leaves for a kernel on the machine.  They are in the
 * file only, which is mapped; it is believed no more than any other.
 */
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>
#include "host.h"

#define SELF	   "/proc/self/exe"
#define SHT_SYMTAB 2

/** Of an ELF64 file's header, and of a section's: what is needed. */
struct file_header {
	unsigned char magic[4];
	unsigned char other[36];
	uint64_t sections; /**< where the table of sections is */
	unsigned char flags[10];
	uint16_t section_size; /**< bytes of an entry of it */
	uint16_t nsections;    /**< how many */
	uint16_t names;
};
struct section {
	uint32_t name, type;
	uint64_t flags, address, offset, size;
	uint32_t link, info; /**< of a symbol table: section of its names */
	uint64_t align, entry;
};
_Static_assert(sizeof(struct file_header) == 64, "ELF header");
_Static_assert(sizeof(struct section) == 64, "ELF section");

/** The file in memory. */
struct file {
	const unsigned char *bytes;
	uint64_t size;
};

static int
inside(const struct file *f, uint64_t offset, uint64_t size)
{
	return (offset <= f->size && size <= f->size - offset);
}

static int
get_section(const struct file *f, const struct file_header *h, uint32_t n,
    struct section *s)
{
	uint64_t at = h->sections + (uint64_t)n * sizeof(*s);

	if (n >= h->nsections || h->sections > f->size ||
	    !inside(f, at, sizeof(*s)))
		return (0);
	memcpy(s, f->bytes + at, sizeof(*s));
	return (1);
}

static int
find(const struct file *f, struct vk_symtab *tab)
{
	struct file_header h;
	struct section s, names;

	if (f->size < sizeof(h))
		return (0);
	memcpy(&h, f->bytes, sizeof(h));
	if (memcmp(h.magic, "\177ELF", 4) != 0 || h.section_size != sizeof(s))
		return (0);
	for (uint32_t n = 0; get_section(f, &h, n, &s); n++) {
		if (s.type != SHT_SYMTAB)
			continue;
		if (!get_section(f, &h, s.link, &names) || names.size == 0 ||
		    s.offset % 8 != 0 || !inside(f, s.offset, s.size) ||
		    !inside(f, names.offset, names.size) ||
		    f->bytes[names.offset + names.size - 1] != 0)
			return (0);
		*tab = (struct vk_symtab){ f->bytes + s.offset, s.size,
			(const char *)f->bytes + names.offset, names.size };
		return (1);
	}
	return (0);
}

/**
 * Finds the symbols.
 * @param tab	set on success; stays mapped
 * @return	whether there are any
 */
int
vk_symbols(struct vk_symtab *tab)
{
	int fd = open(SELF, O_RDONLY);
	struct file f = { NULL, 0 };
	struct stat sb;
	void *p = MAP_FAILED;

	if (fd < 0)
		return (0);
	if (fstat(fd, &sb) == 0 && sb.st_size > 0)
		p = mmap(NULL, sb.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	close(fd);
	if (p == MAP_FAILED)
		return (0);
	f.bytes = p;
	f.size = sb.st_size;
	if (find(&f, tab))
		return (1);
	munmap(p, f.size);
	return (0);
}
