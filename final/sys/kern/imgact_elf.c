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
 *
 * A dynamic program names another file, its dynamic linker (PT_INTERP).  Both
 * are mapped, and the linker begins: it finds the program by the auxiliary
 * vector (AT_PHDR, AT_ENTRY), itself by AT_BASE, and maps libraries by mmap(2)
 * as any program could.  That is all that the kernel knows of dynamic linking,
 * for both interfaces.  A position-independent program is at VM_DYN_BASE with
 * its heap behind it, a linker at VM_LINKER_BASE.
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

/* Headers and notes of a file that is locked; ENOEXEC: imgp->reason. */
static int
check_elf64(
    struct image_params *imgp, uint64_t dyn_base, enum elf64_brand *brand)
{
	const struct elf64_limits limits = {
		.min = VM_MIN_USER_ADDRESS,
		.max = USRSTACK - MAXSSIZ,
		.dyn_base = dyn_base,
	};
	struct elf64_layout *lo = imgp->layout;
	int error;

	imgp->reason.words = elf64_check(imgp->image_header, imgp->header_len,
	    (uint64_t)imgp->attr->va_size, &limits, lo);
	if (imgp->reason.words != NULL)
		return (ENOEXEC);
	error = read_brand(imgp, brand);
	if (error == 0 && *brand == ELF64_BRAND_FOREIGN) {
		imgp->reason.words = "it is for another system";
		error = ENOEXEC;
	}
	imgp->entry_addr = imgp->start_addr = lo->entry;
	imgp->phdr = lo->phdr;
	imgp->phnum = lo->phnum;
	imgp->base = lo->base;
	return (error);
}

static const struct sysentvec *
brand_sysent(enum elf64_brand brand)
{
	return (brand == ELF64_BRAND_DRAGONFLY ? &elf64_dragonfly_sysvec
					       : &elf64_linux_sysvec);
}

/**
 * Checks an ELF program.  May sleep.
 * @param imgp	the file, locked; results: layout, sysent, entry_addr,
 *		start_addr, phdr, phnum, base; reason if it is ENOEXEC
 * @return	0; ENOEXEC; errors of reading
 */
int
exec_elf64_imgact(struct image_params *imgp)
{
	enum elf64_brand brand;
	int error;

	error = check_elf64(imgp, VM_DYN_BASE, &brand);
	if (error == 0)
		imgp->sysent = brand_sysent(brand);
	return (error);
}

/**
 * Checks the dynamic linker of a program.  May sleep.
 * @param imgp	the program, good; imgp->linker is the file, locked, its
 *		results as above, its reason if it is ENOEXEC; result:
 *		start_addr
 * @return	0; ENOEXEC; errors of reading
 */
int
exec_elf64_linker(struct image_params *imgp)
{
	struct image_params *linker = imgp->linker;
	const char *wrong = NULL;
	enum elf64_brand brand;
	int error;

	error = check_elf64(linker, VM_LINKER_BASE, &brand);
	if (error != 0)
		return (error);
	if (linker->layout->interp_size != 0)
		wrong = "it wants one itself";
	else if (brand != ELF64_BRAND_NONE &&
	    brand_sysent(brand) != imgp->sysent)
		wrong = "it is for another system than the program";
	else if (elf64_overlap(imgp->layout, linker->layout))
		wrong = "it wants the same addresses as the program";
	linker->reason.words = wrong;
	imgp->start_addr = linker->entry_addr;
	return (wrong != NULL ? ENOEXEC : 0);
}

/* Adds what a file takes. */
static void
add_sizes(const struct elf64_layout *lo, uint64_t *data, uint64_t *total)
{
	for (u_int i = 0; i < lo->nseg; i++)
		if ((lo->seg[i].flags & PF_W) != 0)
			*data += lo->seg[i].end - lo->seg[i].start;
	*total += lo->total;
}

/**
 * Whether the process may have so much memory.
 * @param imgp	checked, its dynamic linker too
 * @return	0; ENOMEM: more than the limits allow
 */
int
exec_elf64_limits(const struct image_params *imgp)
{
	const struct rlimit *rlim = imgp->proc->p_rlimit;
	uint64_t data = 0, total = 0;

	add_sizes(imgp->layout, &data, &total);
	if (imgp->linker != NULL)
		add_sizes(imgp->linker->layout, &data, &total);
	if (data > (uint64_t)rlim[RLIMIT_DATA].rlim_cur ||
	    total > (uint64_t)rlim[RLIMIT_VMEM].rlim_cur)
		return (ENOMEM);
	return (0);
}

static vm_prot_t
segment_prot(uint32_t flags)
{
	return (((flags & PF_R) != 0 ? VM_PROT_READ : 0) |
	    ((flags & PF_W) != 0 ? VM_PROT_WRITE : 0) |
	    ((flags & PF_X) != 0 ? VM_PROT_EXECUTE : 0));
}

/* The part of a segment that comes from the file, which is locked. */
static int
map_file(struct vmspace *vm, const struct image_params *imgp,
    const struct elf64_segment *seg)
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
	error = vm_map_insert(vm, &addr, size, obj, (off_t)seg->offset, prot,
	    VM_PROT_ALL, MAP_FIXED | MAP_PRIVATE);
	if (error != 0)
		vm_object_rel(obj);
	return (error);
}

/* The segments of a file, which is not locked. */
static int
map_segments(struct vmspace *vm, const struct image_params *imgp)
{
	const struct elf64_layout *lo = imgp->layout;
	const struct elf64_segment *seg;
	vm_offset_t addr;
	int error;

	error = vn_lock(imgp->vp, LK_EXCLUSIVE);
	if (error != 0)
		return (error);
	for (u_int i = 0; i < lo->nseg && error == 0; i++) {
		seg = &lo->seg[i];
		error = map_file(vm, imgp, seg);
		if (error == 0 && seg->file_end < seg->end) {
			addr = seg->file_end;
			error = vm_map_insert(vm, &addr, seg->end - addr, NULL,
			    0, segment_prot(seg->flags), VM_PROT_ALL,
			    MAP_FIXED | MAP_PRIVATE);
		}
	}
	vn_unlock(imgp->vp);
	return (error);
}

/* tag::map[] */
/**
 * Maps the segments of a program and of its dynamic linker.  May sleep.
 * @param imgp	checked; vmspace is empty
 * @return	0; ENOMEM, EACCES
 */
int
elf64_map(struct image_params *imgp)
{
	const struct elf64_layout *lo = imgp->layout;
	struct vmspace *vm = imgp->vmspace;
	int error;

	error = map_segments(vm, imgp);
	if (error == 0 && imgp->linker != NULL)
		error = map_segments(vm, imgp->linker);
	vm->vm_textstart = lo->text_start;
	vm->vm_textend = lo->text_end;
	vm->vm_daddr = vm->vm_brk = lo->data_end;
	return (error);
}
/* end::map[] */

static int
zero_tails(const struct elf64_layout *lo)
{
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

/**
 * Zeroes what the pages from the files have beyond their segments.  May sleep.
 * @param imgp	its memory is the current process's
 * @return	0; EFAULT: a page cannot be had
 */
int
elf64_zero(const struct image_params *imgp)
{
	int error;

	error = zero_tails(imgp->layout);
	if (error == 0 && imgp->linker != NULL)
		error = zero_tails(imgp->linker->layout);
	return (error);
}
