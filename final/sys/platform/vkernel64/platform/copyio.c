/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Between the kernel and the current process: the only ways to its memory.
 *
 * A process's addresses mean nothing here.  Its page table is walked and the
 * page reached through the DMAP; what is not there is faulted in first.  So
 * all of these may sleep, and none may be called with a spinlock held.  A
 * thread without a process has no memory to reach: EFAULT.
 */
#include <sys/errno.h>
#include <sys/proc.h>
#include <sys/systm.h>
#include <machine/globaldata.h>
#include <machine/pmap.h>
#include <machine/vmparam.h>
#include <vm/vm_map.h>

/* Whether a range can be the process's at all. */
static bool
in_range(const volatile void *uaddr, size_t len)
{
	vm_offset_t start = (vm_offset_t)uaddr;

	KASSERT(mycpu->gd_spinlocks == 0,
	    ("user memory %p with a spinlock held", uaddr));
	return (start <= VM_MAX_USER_ADDRESS &&
	    len <= VM_MAX_USER_ADDRESS - start && curlwp != NULL);
}

static int
rdwr(const volatile void *uaddr, void *buf, size_t len, bool write)
{
	if (!in_range(uaddr, len))
		return (EFAULT);
	if (len != 0 &&
	    vmspace_rdwr(
		curlwp->lwp_vmspace, (vm_offset_t)uaddr, buf, len, write) != 0)
		return (EFAULT);
	return (0);
}

/**
 * Copies from the process.
 * @param uaddr	there
 * @param kaddr	here
 * @param len	bytes
 * @return	0 or EFAULT; then part of it may have been copied
 */
int
copyin(const void *uaddr, void *kaddr, size_t len)
{
	return (rdwr(uaddr, kaddr, len, false));
}

/**
 * Copies to the process.
 * @param kaddr	here
 * @param uaddr	there
 * @param len	bytes
 * @return	0 or EFAULT; then part of it may have been copied
 */
int
copyout(const void *kaddr, void *uaddr, size_t len)
{
	return (rdwr(uaddr, (void *)(uintptr_t)kaddr, len, true));
}

/**
 * Copies a string from the process.
 * @param uaddr	there
 * @param kaddr	here
 * @param len	room here, NUL included
 * @param done	result: bytes copied, NUL included; or NULL
 * @return	0; EFAULT; ENAMETOOLONG: no NUL within len
 */
int
copyinstr(const void *uaddr, void *kaddr, size_t len, size_t *done)
{
	size_t at, n, got;
	int error = ENAMETOOLONG;

	for (at = 0; at < len && error == ENAMETOOLONG; at += n) {
		n = PAGE_SIZE - (((vm_offset_t)uaddr + at) & PAGE_MASK);
		n = MIN(n, len - at);
		if (rdwr((const char *)uaddr + at, (char *)kaddr + at, n,
			false) != 0) {
			error = EFAULT;
			break;
		}
		got = strnlen((char *)kaddr + at, n);
		if (got < n) {
			n = got + 1;
			error = 0;
		}
	}
	if (done != NULL)
		*done = at;
	return (error);
}

/* tag::word[] */
/** What is done to a word, as one access. */
enum word_op {
	WORD_FETCH,  /**< *val = word */
	WORD_STORE,  /**< word = new */
	WORD_COMPARE /**< compares with *val, then word = new; *val = word */
};

/* An access to an aligned word of 4 or 8 bytes, which lies in one page. */
static int
word(volatile void *uaddr, enum word_op op, size_t size, uint64_t *val,
    uint64_t new)
{
	vm_prot_t access = op == WORD_FETCH ? VM_PROT_READ : VM_PROT_WRITE;
	vm_offset_t va = (vm_offset_t)uaddr;
	struct vmspace *vm;
	uint32_t old;
	vm_paddr_t pa;
	bool there;
	void *p;

	if (!in_range(uaddr, size) || (va & (size - 1)) != 0)
		return (EFAULT);
	vm = curlwp->lwp_vmspace;
	for (;;) {
		spin_lock(&vm->vm_pmap_spin);
		there = pmap_touch(&vm->vm_pmap, va, access, &pa) &&
		    vm_page_lookup(pa) != NULL;
		if (there) {
			p = PHYS_TO_DMAP(pa);
			if (op == WORD_FETCH && size == 4)
				*val = *(volatile uint32_t *)p;
			else if (op == WORD_FETCH)
				*val = *(volatile uint64_t *)p;
			else if (op == WORD_STORE && size == 4)
				*(volatile uint32_t *)p = (uint32_t) new;
			else if (op == WORD_STORE)
				*(volatile uint64_t *)p = new;
			else {
				old = (uint32_t)*val;
				__atomic_compare_exchange_n((uint32_t *)p, &old,
				    (uint32_t) new, false, __ATOMIC_SEQ_CST,
				    __ATOMIC_SEQ_CST);
				*val = old;
			}
		}
		spin_unlock(&vm->vm_pmap_spin);
		if (there)
			return (0);
		if (vm_fault(vm, trunc_page(va), access, VM_FAULT_NORMAL) != 0)
			return (EFAULT);
	}
}
/* end::word[] */

/**
 * Reads 32 bits of the process.
 * @param uaddr	there
 * @param val	set to them
 * @return	0 or EFAULT
 */
int
fuword32(const volatile void *uaddr, uint32_t *val)
{
	uint64_t v;
	int error;

	if (((vm_offset_t)uaddr & 3) != 0)
		return (rdwr(uaddr, val, sizeof(*val), false));
	error = word(
	    (volatile void *)(uintptr_t)uaddr, WORD_FETCH, sizeof(*val), &v, 0);
	if (error == 0)
		*val = (uint32_t)v;
	return (error);
}

/**
 * Reads 64 bits of the process.
 * @param uaddr	there
 * @param val	set to them
 * @return	0 or EFAULT
 */
int
fuword64(const volatile void *uaddr, uint64_t *val)
{
	if (((vm_offset_t)uaddr & 7) != 0)
		return (rdwr(uaddr, val, sizeof(*val), false));
	return (word((volatile void *)(uintptr_t)uaddr, WORD_FETCH,
	    sizeof(*val), val, 0));
}

/**
 * Writes 32 bits of the process.
 * @param uaddr	there
 * @param val	them
 * @return	0 or EFAULT
 */
int
suword32(volatile void *uaddr, uint32_t val)
{
	if (((vm_offset_t)uaddr & 3) != 0)
		return (rdwr(uaddr, &val, sizeof(val), true));
	return (word(uaddr, WORD_STORE, sizeof(val), NULL, val));
}

/**
 * Writes 64 bits of the process.
 * @param uaddr	there
 * @param val	them
 * @return	0 or EFAULT
 */
int
suword64(volatile void *uaddr, uint64_t val)
{
	if (((vm_offset_t)uaddr & 7) != 0)
		return (rdwr(uaddr, &val, sizeof(val), true));
	return (word(uaddr, WORD_STORE, sizeof(val), NULL, val));
}

/**
 * Writes one byte of the process.
 * @param uaddr	there
 * @param val	it
 * @return	0 or EFAULT
 */
int
subyte(volatile void *uaddr, uint8_t val)
{
	return (rdwr(uaddr, &val, sizeof(val), true));
}

/**
 * Compares and exchanges 32 bits of the process, atomically.
 * @param uaddr	where, aligned
 * @param oldval what is expected there
 * @param valp	result: what was there; newval is there now if that is oldval
 * @param newval what is to be there
 * @return	0 or EFAULT
 */
int
casuword32(
    volatile void *uaddr, uint32_t oldval, uint32_t *valp, uint32_t newval)
{
	uint64_t v = oldval;
	int error;

	error = word(uaddr, WORD_COMPARE, sizeof(newval), &v, newval);
	if (error == 0)
		*valp = (uint32_t)v;
	return (error);
}

/**
 * Clears memory of the process.
 * @param uaddr	there
 * @param len	bytes
 * @return	0 or EFAULT
 */
int
uzero(void *uaddr, size_t len)
{
	static const char zeros[PAGE_SIZE];
	size_t n;
	int error = 0;

	for (; len > 0 && error == 0; len -= n) {
		n = MIN(len, sizeof(zeros));
		error = copyout(zeros, uaddr, n);
		uaddr = (char *)uaddr + n;
	}
	return (error);
}
