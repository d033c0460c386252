/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * ELF programs: which interface they are for, and their segments in memory.
 *
 * elf64_layout.c decides whether a file is good; here is what needs files and
 * address spaces.  A segment's pages come from the file's own, private: a
 * write makes a copy.  What the last page has of the file beyond the segment
 * is zeroed when the new memory is in use.
 *
 * The interface is chosen by a note ("DragonFly" or "Damselfly": native;
 * "GNU": Linux), else by EI_OSABI, else it is Linux': its static programs need
 * not have either.
 */
#include <sys/elf64.h>
#include <sys/elf64_layout.h>
#include <sys/errno.h>
#include <sys/imgact.h>
#include <sys/malloc.h>
#include <sys/mman.h>
#include <sys/proc.h>
#include <sys/systm.h>
#include <sys/vnode.h>
#include <machine/vmparam.h>
#include <vm/vm_map.h>

/* What the notes of a program say; the vnode is locked. */
static int
read_brand(struct image_params *imgp, enum elf64_brand *brand)
{
	const struct elf64_layout *lo = imgp->layout;
	size_t n, resid;
	void *notes;
	int error = 0;

	*brand = ELF64_BRAND_NONE;
	for (u_int i = 0; i < lo->nnotes && *brand == ELF64_BRAND_NONE; i++) {
		n = lo->note_size[i];
		if (lo->note_offset[i] + n <= imgp->header_len) {
			*brand = elf64_note_brand(
			    imgp->image_header + lo->note_offset[i], n);
			continue;
		}
		notes = kmalloc(n, M_TEMP, M_WAITOK);
		error = vn_rdwr(UIO_READ, imgp->vp, notes, n,
		    (off_t)lo->note_offset[i], UIO_SYSSPACE, 0,
		    imgp->proc->p_ucred, &resid);
		if (error == 0)
			*brand = elf64_note_brand(notes, n - resid);
		kfree(notes, M_TEMP);
		if (error != 0)
			return (error);
	}
	if (*brand == ELF64_BRAND_NONE)
		*brand = elf64_osabi_brand(lo->osabi);
	return (0);
}

/* Whether the process may have so much memory. */
static int
check_limits(const struct image_params *imgp)
{
	const struct rlimit *rlim = imgp->proc->p_rlimit;
	const struct elf64_layout *lo = imgp->layout;
	uint64_t data = 0;

	for (u_int i = 0; i < lo->nseg; i++)
		if ((lo->seg[i].flags & PF_W) != 0)
			data += lo->seg[i].end - lo->seg[i].start;
	if (data > (uint64_t)rlim[RLIMIT_DATA].rlim_cur ||
	    lo->total > (uint64_t)rlim[RLIMIT_VMEM].rlim_cur)
		return (ENOMEM);
	return (0);
}

/**
 * Checks an ELF program.  May sleep.
 * @param imgp	the file, locked; results: layout, sysent, entry_addr, phdr,
 *		phnum, base; reason if it is ENOEXEC
 * @return	0; ENOEXEC; ENOMEM: more than the limits allow; errors of
 *		reading
 */
int
exec_elf64_imgact(struct image_params *imgp)
{
	static const struct elf64_limits limits = {
		.min = VM_MIN_USER_ADDRESS,
		.max = USRSTACK - MAXSSIZ,
		.dyn_base = VM_DYN_BASE,
	};
	struct elf64_layout *lo = imgp->layout;
	enum elf64_brand brand;
	int error;

	imgp->reason = elf64_check(imgp->image_header, imgp->header_len,
	    (uint64_t)imgp->attr->va_size, &limits, lo);
	if (imgp->reason != NULL)
		return (ENOEXEC);
	error = read_brand(imgp, &brand);
	if (error != 0)
		return (error);
	if (brand == ELF64_BRAND_FOREIGN) {
		imgp->reason = "it is for another system";
		return (ENOEXEC);
	}
	imgp->sysent = brand == ELF64_BRAND_DRAGONFLY ? &elf64_dragonfly_sysvec
						      : &elf64_linux_sysvec;
	imgp->entry_addr = lo->entry;
	imgp->phdr = lo->phdr;
	imgp->phnum = lo->phnum;
	imgp->base = lo->base;
	return (check_limits(imgp));
}

static vm_prot_t
segment_prot(uint32_t flags)
{
	return (((flags & PF_R) != 0 ? VM_PROT_READ : 0) |
	    ((flags & PF_W) != 0 ? VM_PROT_WRITE : 0) |
	    ((flags & PF_X) != 0 ? VM_PROT_EXECUTE : 0));
}

/* The part of a segment that comes from the file. */
static int
map_file(struct image_params *imgp, const struct elf64_segment *seg)
{
	vm_prot_t prot = segment_prot(seg->flags);
	vm_size_t size = seg->file_end - seg->start;
	vm_offset_t addr = seg->start;
	struct vm_object *obj;
	int error;

	if (size == 0)
		return (0);
	error = VOP_MMAP(imgp->vp, (off_t)seg->offset, size, prot, &obj);
	if (error != 0)
		return (error == ENODEV ? EACCES : error);
	error = vm_map_insert(imgp->vmspace, &addr, size, obj,
	    (off_t)seg->offset, prot, VM_PROT_ALL, MAP_FIXED | MAP_PRIVATE);
	if (error != 0)
		vm_object_rel(obj);
	return (error);
}

/**
 * Maps the segments.  May sleep.
 * @param imgp	checked; vp is locked; vmspace is empty
 * @return	0; ENOMEM, EACCES
 */
int
elf64_map(struct image_params *imgp)
{
	const struct elf64_layout *lo = imgp->layout;
	struct vmspace *vm = imgp->vmspace;
	const struct elf64_segment *seg;
	vm_offset_t addr;
	int error;

	for (u_int i = 0; i < lo->nseg; i++) {
		seg = &lo->seg[i];
		error = map_file(imgp, seg);
		if (error == 0 && seg->file_end < seg->end) {
			addr = seg->file_end;
			error = vm_map_insert(vm, &addr, seg->end - addr, NULL,
			    0, segment_prot(seg->flags), VM_PROT_ALL,
			    MAP_FIXED | MAP_PRIVATE);
		}
		if (error != 0)
			return (error);
	}
	vm->vm_textstart = lo->text_start;
	vm->vm_textend = lo->text_end;
	vm->vm_daddr = vm->vm_brk = lo->data_end;
	return (0);
}

/**
 * Zeroes what the pages from the file have beyond their segments.  May sleep.
 * @param imgp	its memory is the current process's
 * @return	0; EFAULT: a page cannot be had
 */
int
elf64_zero(const struct image_params *imgp)
{
	const struct elf64_layout *lo = imgp->layout;
	const struct elf64_segment *seg;
	int error = 0;

	for (u_int i = 0; i < lo->nseg && error == 0; i++) {
		seg = &lo->seg[i];
		if (seg->zero_start != seg->zero_end)
			error = uzero((void *)seg->zero_start,
			    seg->zero_end - seg->zero_start);
	}
	return (error);
}
