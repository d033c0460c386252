/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Everything that copies through a guest's page table.
 *
 *     linear        +------ page ------+------ page ------+
 *                        [=============|=======]
 *                            |               |
 *                     guest_phys_addr   guest_phys_addr
 *                            |               |
 *     host             page(gpa)        page(another gpa)
 *
 * Pages that are neighbours in linear addresses are so nowhere else, hence
 * each is translated for itself.  What holds for all functions here:
 *
 * - An address is whatever the guest says.  A range that wraps around the end
 *   of the address space is EFAULT and nothing is touched; one that ends with
 *   the last byte is not one that wraps.  An address that is not canonical is
 *   EFAULT as soon as the copy comes to it.  No bytes at all are copied from
 *   and to anywhere without error.
 * - What copies more than one value may have copied a part when it returns
 *   EFAULT; what reads or writes one value has then done neither.  In both
 *   cases the guest's page table may have got accessed and dirty marks.
 * - The guest runs on.  Bytes that it writes meanwhile may be copied in part
 *   old, in part new; each is read once.
 * - Locks and sleeping: as guest_phys_addr().
 *
 * Pure: compiled for Linux and tested there.
 */
#include <sys/types.h>
#include <sys/errno.h>
#include <sys/systm.h>
#include <cpu/atomic.h>
#include "vmm_copyio.h"

static bool
wraps(vm_offset_t va, size_t len)
{
	return (len != 0 && len - 1 > ~va);
}

static bool
crosses_page(vm_offset_t va, size_t len)
{
	return ((va & PAGE_MASK) + len > PAGE_SIZE);
}

/* tag::copy[] */
/* Copies guest memory to `in`, or `out` to guest memory; the other is NULL. */
static int
copy_pages(const struct vmm_linear *g, vm_offset_t va, uint8_t *in,
    const uint8_t *out, size_t len, u_int access)
{
	/* LAB 03.2 begin: copy page by page */
	size_t done, n;
	void *page;

	if (wraps(va, len))
		return (EFAULT);
	for (done = 0; done < len; done += n) {
		n = MIN(len - done, PAGE_SIZE - ((va + done) & PAGE_MASK));
		page = vmm_linear_page(g, va + done, access);
		if (page == NULL)
			return (EFAULT);
		if (out != NULL)
			memcpy(page, out + done, n);
		else
			memcpy(in + done, page, n);
	}
	return (0);
	/* LAB 03.2 end */
}
/* end::copy[] */

/**
 * Copies from a guest.  On EFAULT the pages before the bad one may have been
 * copied to `buf`.
 * @param g	guest's address space
 * @param va	where to read
 * @param buf	where to put it
 * @param len	bytes
 * @return	0 or EFAULT
 */
int
vmm_copyin(const struct vmm_linear *g, vm_offset_t va, void *buf, size_t len)
{
	return (copy_pages(g, va, buf, NULL, len, VM_PROT_READ));
}

/**
 * Copies to a guest.  On EFAULT the pages before the bad one may have been
 * written.
 * @param g	guest's address space
 * @param buf	what to write
 * @param va	where to write it
 * @param len	bytes
 * @return	0 or EFAULT
 */
int
vmm_copyout(
    const struct vmm_linear *g, const void *buf, vm_offset_t va, size_t len)
{
	return (copy_pages(g, va, NULL, buf, len, VM_PROT_WRITE));
}

/**
 * Copies instructions from a guest: vmm_copyin() for bytes that the guest must
 * be allowed to execute.
 * @param g	guest's address space
 * @param va	where to read
 * @param buf	where to put it
 * @param len	bytes
 * @return	0 or EFAULT
 */
int
vmm_fetch(const struct vmm_linear *g, vm_offset_t va, void *buf, size_t len)
{
	return (copy_pages(g, va, buf, NULL, len, VM_PROT_EXECUTE));
}

/* tag::copyinstr[] */
/**
 * Copies a string from a guest, up to and with its NUL.  No page behind the
 * NUL's is touched.  `buf` may hold a part of the string on error; it ends
 * with a NUL only on success.
 * @param g	guest's address space
 * @param va	where the string is
 * @param buf	where to put it
 * @param size	bytes at `buf`
 * @param done	bytes that were put there, NUL included, also on error; may be
 *		NULL
 * @return	0; EFAULT; ENAMETOOLONG: no NUL in `size` bytes
 */
int
vmm_copyinstr(const struct vmm_linear *g, vm_offset_t va, char *buf,
    size_t size, size_t *done)
{
	const volatile char *page = NULL;
	int error = ENAMETOOLONG;
	size_t i;

	for (i = 0; i < size && error == ENAMETOOLONG; i++, page++) {
		if (i == 0 || ((va + i) & PAGE_MASK) == 0)
			page = wraps(va, i + 1)
			    ? NULL
			    : vmm_linear_page(g, va + i, VM_PROT_READ);
		if (page == NULL) {
			error = EFAULT;
			break;
		}
		buf[i] = *page; /* once: the guest may change it */
		if (buf[i] == '\0')
			error = 0;
	}
	if (done != NULL)
		*done = i;
	return (error);
}
/* end::copyinstr[] */

/* Reads 1, 4 or 8 bytes; in one piece if they are aligned. */
static int
fetch_value(const struct vmm_linear *g, vm_offset_t va, void *val, size_t size)
{
	union {
		uint8_t byte;
		uint32_t word32;
		uint64_t word64;
	} piece;
	const void *page;

	if ((va & (size - 1)) != 0) {
		if (vmm_copyin(g, va, &piece, size) != 0)
			return (EFAULT);
	} else {
		page = vmm_linear_page(g, va, VM_PROT_READ);
		if (page == NULL)
			return (EFAULT);
		if (size == sizeof(uint64_t))
			piece.word64 = *(const volatile uint64_t *)page;
		else if (size == sizeof(uint32_t))
			piece.word32 = *(const volatile uint32_t *)page;
		else
			piece.byte = *(const volatile uint8_t *)page;
	}
	memcpy(val, &piece, size);
	return (0);
}

/**
 * Reads a byte of a guest.
 * @param g	guest's address space
 * @param va	where
 * @param val	the byte; untouched on error
 * @return	0 or EFAULT
 */
int
vmm_fubyte(const struct vmm_linear *g, vm_offset_t va, uint8_t *val)
{
	return (fetch_value(g, va, val, sizeof(*val)));
}

/**
 * Reads 32 bits of a guest, in one piece if they are aligned.
 * @param g	guest's address space
 * @param va	where; may be unaligned and may cross a page
 * @param val	the value; untouched on error
 * @return	0 or EFAULT
 */
int
vmm_fuword32(const struct vmm_linear *g, vm_offset_t va, uint32_t *val)
{
	return (fetch_value(g, va, val, sizeof(*val)));
}

/**
 * Reads 64 bits of a guest, in one piece if they are aligned.
 * @param g	guest's address space
 * @param va	where; may be unaligned and may cross a page
 * @param val	the value; untouched on error
 * @return	0 or EFAULT
 */
int
vmm_fuword64(const struct vmm_linear *g, vm_offset_t va, uint64_t *val)
{
	return (fetch_value(g, va, val, sizeof(*val)));
}

/* tag::store[] */
/* Writes 1, 4 or 8 bytes: all or none; in one piece if they are aligned. */
static int
store_value(
    const struct vmm_linear *g, vm_offset_t va, uint64_t val, size_t size)
{
	/* LAB 03.8 begin: write a value, all of it or nothing */
	size_t n = MIN(size, PAGE_SIZE - (va & PAGE_MASK));
	void *page, *next;

	if (wraps(va, size))
		return (EFAULT);
	page = next = vmm_linear_page(g, va, VM_PROT_WRITE);
	/* Both pages are there before a byte is written. */
	if (n < size && page != NULL)
		next = vmm_linear_page(g, va + n, VM_PROT_WRITE);
	if (next == NULL)
		return (EFAULT);
	if ((va & (size - 1)) != 0) {
		memcpy(page, &val, n);
		memcpy(next, (const uint8_t *)&val + n, size - n);
	} else if (size == sizeof(uint64_t))
		*(volatile uint64_t *)page = val;
	else if (size == sizeof(uint32_t))
		*(volatile uint32_t *)page = val;
	else
		*(volatile uint8_t *)page = val;
	return (0);
	/* LAB 03.8 end */
}
/* end::store[] */

/**
 * Writes a byte of a guest.
 * @param g	guest's address space
 * @param va	where
 * @param val	the byte
 * @return	0; EFAULT: nothing was written
 */
int
vmm_subyte(const struct vmm_linear *g, vm_offset_t va, uint8_t val)
{
	return (store_value(g, va, val, sizeof(val)));
}

/**
 * Writes 32 bits of a guest, in one piece if they are aligned.
 * @param g	guest's address space
 * @param va	where; may be unaligned and may cross a page
 * @param val	the value
 * @return	0; EFAULT: nothing was written
 */
int
vmm_suword32(const struct vmm_linear *g, vm_offset_t va, uint32_t val)
{
	return (store_value(g, va, val, sizeof(val)));
}

/**
 * Writes 64 bits of a guest, in one piece if they are aligned.
 * @param g	guest's address space
 * @param va	where; may be unaligned and may cross a page
 * @param val	the value
 * @return	0; EFAULT: nothing was written
 */
int
vmm_suword64(const struct vmm_linear *g, vm_offset_t va, uint64_t val)
{
	return (store_value(g, va, val, sizeof(val)));
}

/* tag::atomic[] */
/*
 * One locked instruction on 4 or 8 bytes of a guest: XCHG, or CMPXCHG if
 * `compare`.  *old becomes what was there.  No instruction could reach two
 * pages that are not neighbours for the host.
 */
static int
locked(const struct vmm_linear *g, vm_offset_t va, size_t size, bool compare,
    uint64_t *old, uint64_t new)
{
	/* LAB 03.9 begin: exchange with guest memory, atomically */
	uint32_t old32 = *old;
	void *page;

	if (crosses_page(va, size))
		return (EFAULT);
	page = vmm_linear_page(g, va, VM_PROT_READ | VM_PROT_WRITE);
	if (page == NULL)
		return (EFAULT);
	if (size == sizeof(uint64_t)) {
		if (compare)
			atomic_fcmpset_long(page, old, new);
		else
			*old = atomic_swap_long(page, new);
		return (0);
	}
	if (compare)
		atomic_fcmpset_int(page, &old32, new);
	else
		old32 = atomic_swap_int(page, new);
	*old = old32;
	return (0);
	/* LAB 03.9 end */
}
/* end::atomic[] */

/**
 * Exchanges 32 bits of a guest, atomically.
 * @param g	guest's address space
 * @param va	where; must not cross a page
 * @param val	in: what to write; out: what was there; untouched on error
 * @return	0; EFAULT: nothing was written
 */
int
vmm_swapu32(const struct vmm_linear *g, vm_offset_t va, uint32_t *val)
{
	uint64_t old = 0;
	int error;

	error = locked(g, va, sizeof(*val), false, &old, *val);
	if (error == 0)
		*val = old;
	return (error);
}

/**
 * Exchanges 64 bits of a guest, atomically.
 * @param g	guest's address space
 * @param va	where; must not cross a page
 * @param val	in: what to write; out: what was there; untouched on error
 * @return	0; EFAULT: nothing was written
 */
int
vmm_swapu64(const struct vmm_linear *g, vm_offset_t va, uint64_t *val)
{
	return (locked(g, va, sizeof(*val), false, val, *val));
}

/**
 * Writes 32 bits of a guest if they have the expected value, atomically.  The
 * page must be writable even if they have not, as the instruction wants it.
 * @param g		guest's address space
 * @param va		where; must not cross a page
 * @param oldval	in: the value expected; out: what was there, which is
 *			the value expected if and only if newval was written;
 *			untouched on error
 * @param newval	what to write
 * @return		0, also if nothing was written since another value was
 *			there; EFAULT: nothing was written
 */
int
vmm_casu32(const struct vmm_linear *g, vm_offset_t va, uint32_t *oldval,
    uint32_t newval)
{
	uint64_t old = *oldval;
	int error;

	error = locked(g, va, sizeof(*oldval), true, &old, newval);
	if (error == 0)
		*oldval = old;
	return (error);
}

/**
 * Writes 64 bits of a guest if they have the expected value, atomically.  The
 * page must be writable even if they have not, as the instruction wants it.
 * @param g		guest's address space
 * @param va		where; must not cross a page
 * @param oldval	in: the value expected; out: what was there, which is
 *			the value expected if and only if newval was written;
 *			untouched on error
 * @param newval	what to write
 * @return		0, also if nothing was written since another value was
 *			there; EFAULT: nothing was written
 */
int
vmm_casu64(const struct vmm_linear *g, vm_offset_t va, uint64_t *oldval,
    uint64_t newval)
{
	return (locked(g, va, sizeof(*oldval), true, oldval, newval));
}
