/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Reads an ELF file's headers, believes nothing, and says in pages what is to
 * be mapped.
 *
 * Pure: it knows no processes and no files, so that all of it is tested and
 * fuzzed under Linux.  Whatever it accepts can be mapped as it is: segments
 * are within the limits and the file, whole pages, in order, and have no page
 * in common; the entry is in one that may be executed.
 *
 * System V ABI, "Program Loading"; x86-64 supplement.
 */
#include <sys/elf64.h>
#include <sys/elf64_layout.h>
#include <sys/param.h>

/** elf64_check()'s answer for what may still be a script. */
const char elf64_no_elf[] = "it is no ELF file";

#define EV_CURRENT    1
#define NOTE_ALIGN(n) roundup2((uint64_t)(n), 4)
#define GNU_OS_LINUX  0

/* The file may begin anywhere in memory. */
static void
copy(void *to, const uint8_t *from, size_t n)
{
	__builtin_memcpy(to, from, n);
}

static bool
same_bytes(const uint8_t *p, const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (p[i] != (uint8_t)s[i])
			return (false);
	return (true);
}

/* a + b, or false if it does not fit. */
static bool
add(uint64_t a, uint64_t b, uint64_t *sum)
{
	return (!__builtin_add_overflow(a, b, sum));
}

static const char *
check_ehdr(const Elf64_Ehdr *eh, size_t len)
{
	if (eh->e_ident[EI_CLASS] != ELFCLASS64 ||
	    eh->e_ident[EI_DATA] != ELFDATA2LSB)
		return ("it is not for a 64-bit little-endian machine");
	if (eh->e_ident[EI_VERSION] != EV_CURRENT ||
	    eh->e_version != EV_CURRENT)
		return ("it has an unknown version of ELF");
	if (eh->e_machine != EM_X86_64)
		return ("it is for another processor");
	if (eh->e_type != ET_EXEC && eh->e_type != ET_DYN)
		return ("it is no program, but an object or core file");
	if (eh->e_phentsize != sizeof(Elf64_Phdr))
		return ("its program headers have an unknown size");
	if (eh->e_phnum == 0 || eh->e_phnum > ELF64_MAXPHNUM)
		return ("it has no program headers, or too many");
	if (eh->e_phoff > len ||
	    len - eh->e_phoff < eh->e_phnum * sizeof(Elf64_Phdr))
		return ("its program headers are not in its first page");
	return (NULL);
}

/* What must hold for any segment that takes memory. */
static const char *
check_load(const Elf64_Phdr *ph, uint64_t filesize)
{
	uint64_t end;

	if (ph->p_filesz > ph->p_memsz)
		return ("a segment is larger in the file than in memory");
	if (!add(ph->p_offset, ph->p_filesz, &end) || end > filesize)
		return ("a segment reaches beyond the end of the file");
	if (((ph->p_vaddr - ph->p_offset) & PAGE_MASK) != 0)
		return ("a segment's offset and address do not match");
	if (ph->p_align > 1 &&
	    ((ph->p_align & (ph->p_align - 1)) != 0 ||
		((ph->p_vaddr - ph->p_offset) & (ph->p_align - 1)) != 0))
		return ("a segment is not aligned as it says");
	if (ph->p_memsz > ph->p_filesz && (ph->p_flags & PF_W) == 0)
		return ("a segment that cannot be written has a part to be "
			"zeroed");
	return (NULL);
}

/* One segment, in pages. */
static const char *
add_load(const Elf64_Phdr *ph, const struct elf64_limits *limits,
    struct elf64_layout *lo)
{
	struct elf64_segment *seg = &lo->seg[lo->nseg];
	uint64_t va, file_end, end;

	if (lo->nseg == ELF64_MAXLOAD)
		return ("it has too many segments");
	if (lo->base != 0 && ph->p_align > 1 &&
	    (lo->base & (ph->p_align - 1)) != 0)
		return ("a segment wants more alignment than there is");
	if (!add(lo->base, ph->p_vaddr, &va) || !add(va, ph->p_memsz, &end) ||
	    va < limits->min || end > limits->max ||
	    trunc_page(va) < limits->min || round_page(end) > limits->max)
		return ("a segment is outside of user space");
	file_end = va + ph->p_filesz;
	if (lo->nseg > 0 && trunc_page(va) < seg[-1].end)
		return ("segments overlap or are not in order");
	seg->start = trunc_page(va);
	seg->file_end = ph->p_filesz != 0 ? round_page(file_end) : seg->start;
	seg->end = round_page(end);
	seg->offset = ph->p_offset - (va & PAGE_MASK);
	seg->zero_start = seg->zero_end = file_end;
	if (ph->p_filesz != 0 && ph->p_memsz > ph->p_filesz)
		seg->zero_end = seg->file_end;
	seg->flags = ph->p_flags;
	lo->nseg++;
	lo->total += seg->end - seg->start;
	lo->data_end = seg->end;
	if ((ph->p_flags & PF_X) != 0) {
		if (lo->text_end == 0)
			lo->text_start = va;
		lo->text_end = end;
	}
	return (NULL);
}

static const char *
add_note(const Elf64_Phdr *ph, uint64_t filesize, struct elf64_layout *lo)
{
	uint64_t end;

	if (!add(ph->p_offset, ph->p_filesz, &end) || end > filesize)
		return ("a note reaches beyond the end of the file");
	if (lo->nnotes == nitems(lo->note_offset) || ph->p_filesz == 0)
		return (NULL); /* it does not matter so much */
	lo->note_offset[lo->nnotes] = ph->p_offset;
	lo->note_size[lo->nnotes] = MIN(ph->p_filesz, ELF64_MAXNOTE);
	lo->nnotes++;
	return (NULL);
}

/* The path of the dynamic linker; whoever reads it looks for its NUL. */
static const char *
add_interp(const Elf64_Phdr *ph, uint64_t filesize, struct elf64_layout *lo)
{
	uint64_t end;

	if (lo->interp_size != 0)
		return ("it wants two dynamic linkers");
	if (!add(ph->p_offset, ph->p_filesz, &end) || end > filesize)
		return ("its dynamic linker's path reaches beyond the end of "
			"the file");
	if (ph->p_filesz < 2 || ph->p_filesz > ELF64_MAXPATH)
		return ("its dynamic linker's path is empty or too long");
	lo->interp_offset = ph->p_offset;
	lo->interp_size = ph->p_filesz;
	return (NULL);
}

/* One program header. */
static const char *
add_phdr(const Elf64_Ehdr *eh, const Elf64_Phdr *ph, uint64_t filesize,
    const struct elf64_limits *limits, struct elf64_layout *lo)
{
	uint64_t size = eh->e_phnum * sizeof(*ph);
	const char *wrong;

	switch (ph->p_type) {
	case PT_LOAD:
		if (ph->p_memsz == 0)
			return (NULL);
		wrong = check_load(ph, filesize);
		if (wrong == NULL)
			wrong = add_load(ph, limits, lo);
		if (wrong == NULL && lo->phdr == 0 &&
		    eh->e_phoff >= ph->p_offset &&
		    eh->e_phoff - ph->p_offset < ph->p_filesz &&
		    ph->p_filesz - (eh->e_phoff - ph->p_offset) >= size)
			lo->phdr = lo->base + ph->p_vaddr +
			    (eh->e_phoff - ph->p_offset);
		return (wrong);
	case PT_INTERP:
		return (add_interp(ph, filesize, lo));
	case PT_NOTE:
		return (add_note(ph, filesize, lo));
	default:
		return (NULL);
	}
}

/* Whether code that a segment has memory for begins at `entry`. */
static bool
is_text(const struct elf64_layout *lo, uint64_t entry)
{
	for (u_int i = 0; i < lo->nseg; i++)
		if (entry >= lo->seg[i].start && entry < lo->seg[i].end)
			return ((lo->seg[i].flags & PF_X) != 0);
	return (false);
}

/**
 * Checks a program.
 * @param header	its first bytes
 * @param len		how many; a page, or all of a shorter file
 * @param filesize	bytes of the whole file
 * @param limits	where it may lie
 * @param lo		result
 * @return		NULL: it is good; else what is wrong, for messages
 */
const char *
elf64_check(const void *header, size_t len, uint64_t filesize,
    const struct elf64_limits *limits, struct elf64_layout *lo)
{
	const uint8_t *bytes = header;
	const char *wrong;
	Elf64_Ehdr eh;
	Elf64_Phdr ph;

	*lo = (struct elf64_layout){ .nseg = 0 };
	if (len < 4 || !same_bytes(bytes, "\177ELF", 4))
		return (elf64_no_elf);
	if (len < sizeof(eh))
		return ("it is shorter than an ELF header");
	copy(&eh, bytes, sizeof(eh));
	wrong = check_ehdr(&eh, len);
	if (wrong != NULL)
		return (wrong);
	lo->osabi = eh.e_ident[EI_OSABI];
	lo->phnum = eh.e_phnum;
	if (eh.e_type == ET_DYN)
		lo->base = limits->dyn_base;
	for (u_int i = 0; i < eh.e_phnum; i++) {
		copy(&ph, bytes + eh.e_phoff + i * sizeof(ph), sizeof(ph));
		wrong = add_phdr(&eh, &ph, filesize, limits, lo);
		if (wrong != NULL)
			return (wrong);
	}
	if (lo->nseg == 0)
		return ("it has nothing to be loaded");
	if (!add(lo->base, eh.e_entry, &lo->entry) || !is_text(lo, lo->entry))
		return ("its entry is not in a segment that can be executed");
	return (NULL);
}

/**
 * Whether two files cannot be in one address space.
 * @param a	good: its segments are in order
 * @param b	the same
 * @return	whether a page is wanted by both
 */
bool
elf64_overlap(const struct elf64_layout *a, const struct elf64_layout *b)
{
	u_int i = 0, j = 0;

	while (i < a->nseg && j < b->nseg) {
		if (a->seg[i].end <= b->seg[j].start)
			i++;
		else if (b->seg[j].end <= a->seg[i].start)
			j++;
		else
			return (true);
	}
	return (false);
}

/* What one note says. */
static enum elf64_brand
note_brand(const Elf64_Nhdr *nh, const uint8_t *name, const uint8_t *desc)
{
	static const char dragonfly[] = "DragonFly", damselfly[] = "Damselfly";
	uint32_t os;

	if (nh->n_namesz == sizeof(dragonfly) &&
	    nh->n_type == NT_DFBSD_ABI_TAG &&
	    (same_bytes(name, dragonfly, sizeof(dragonfly)) ||
		same_bytes(name, damselfly, sizeof(damselfly))))
		return (ELF64_BRAND_DRAGONFLY);
	if (nh->n_namesz == sizeof("GNU") && nh->n_type == NT_GNU_ABI_TAG &&
	    same_bytes(name, "GNU", sizeof("GNU")) &&
	    nh->n_descsz >= sizeof(os)) {
		copy(&os, desc, sizeof(os));
		return (os == GNU_OS_LINUX ? ELF64_BRAND_LINUX
					   : ELF64_BRAND_FOREIGN);
	}
	return (ELF64_BRAND_NONE);
}

/**
 * Looks for a note that says for which system a program is.
 * @param notes	contents of a PT_NOTE segment, maybe cut
 * @param len	bytes
 * @return	the first answer
 */
enum elf64_brand
elf64_note_brand(const void *notes, size_t len)
{
	const uint8_t *p = notes;
	enum elf64_brand brand;
	uint64_t name, desc;
	Elf64_Nhdr nh;

	while (len >= sizeof(nh)) {
		copy(&nh, p, sizeof(nh));
		name = NOTE_ALIGN(nh.n_namesz);
		desc = NOTE_ALIGN(nh.n_descsz);
		/* The last description need not be padded. */
		if (name > len - sizeof(nh) ||
		    nh.n_descsz > len - sizeof(nh) - name)
			break;
		brand = note_brand(&nh, p + sizeof(nh), p + sizeof(nh) + name);
		if (brand != ELF64_BRAND_NONE)
			return (brand);
		if (desc > len - sizeof(nh) - name)
			break;
		p += sizeof(nh) + name + desc;
		len -= sizeof(nh) + name + desc;
	}
	return (ELF64_BRAND_NONE);
}

/**
 * @param osabi	EI_OSABI of a program without a note
 * @return	what it says
 */
enum elf64_brand
elf64_osabi_brand(uint8_t osabi)
{
	switch (osabi) {
	case ELFOSABI_NONE:
		return (ELF64_BRAND_NONE);
	case ELFOSABI_LINUX:
		return (ELF64_BRAND_LINUX);
	default:
		return (ELF64_BRAND_FOREIGN);
	}
}
