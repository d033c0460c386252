/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Between the kernel and the current process: the only ways to its memory.
 *
 * Each function checks the addresses, says where a fault that cannot be
 * resolved is to end (pcb_onfault), and lets support.S do it.  Pages are
 * brought in by ordinary faults, so all of these may sleep, and none may be
 * called with a spinlock held.  A thread without a process has no memory to
 * reach: EFAULT.
 */
#include <sys/errno.h>
#include <sys/systm.h>
#include <sys/thread.h>
#include <machine/globaldata.h>
#include <machine/vmm.h>
#include <machine/vmparam.h>

/* --- support.S --- */
void user_fault(void);
int user_copy(void *dst, const void *src, size_t len);
int user_zero(void *dst, size_t len);
int user_str(char *dst, const char *src, size_t len, size_t *left);
int user_fetch32(const volatile void *src, uint32_t *val);
int user_fetch64(const volatile void *src, uint64_t *val);
int user_store8(volatile void *dst, uint8_t val);
int user_store32(volatile void *dst, uint32_t val);
int user_store64(volatile void *dst, uint64_t val);
int user_cas32(volatile void *dst, uint32_t old, uint32_t *seen, uint32_t new);

/* Whether the process's addresses are those of a guest: vmm_mem.c's. */
static bool
is_guest(void)
{
	return (curthread->td_vmm != NULL);
}

/* Whether a range is the process's, all of it; then faults are expected. */
static bool
user_begin(const volatile void *uaddr, size_t len)
{
	vm_offset_t start = (vm_offset_t)uaddr;
	struct thread *td = curthread;

	if (start > VM_MAX_USER_ADDRESS || len > VM_MAX_USER_ADDRESS - start ||
	    td->td_lwp == NULL)
		return (false);
	KASSERT(mycpu->gd_spinlocks == 0,
	    ("user memory %p with a spinlock held", uaddr));
	td->td_pcb.pcb_onfault = (vm_offset_t)user_fault;
	return (true);
}

static int
user_end(int error)
{
	curthread->td_pcb.pcb_onfault = 0;
	return (error);
}

/**
 * Copies from the process.  May sleep in a fault, as all of these.
 * @param uaddr	there
 * @param kaddr	here
 * @param len	bytes
 * @return	0 or EFAULT; then part of it may have been copied
 */
int
copyin(const void *uaddr, void *kaddr, size_t len)
{
	if (__predict_false(is_guest()))
		return (vmm_user_copyin(uaddr, kaddr, len));
	if (!user_begin(uaddr, len))
		return (EFAULT);
	return (user_end(user_copy(kaddr, uaddr, len)));
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
	if (__predict_false(is_guest()))
		return (vmm_user_copyout(kaddr, uaddr, len));
	if (!user_begin(uaddr, len))
		return (EFAULT);
	return (user_end(user_copy(uaddr, kaddr, len)));
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
	vm_offset_t start = (vm_offset_t)uaddr;
	size_t max = len, left;
	int error;

	if (__predict_false(is_guest()))
		return (vmm_user_copyinstr(uaddr, kaddr, len, done));
	/* A string may end before the end of user space. */
	if (start < VM_MAX_USER_ADDRESS)
		max = MIN(len, VM_MAX_USER_ADDRESS - start);
	if (!user_begin(uaddr, max))
		return (EFAULT);
	left = max;
	error = user_end(user_str(kaddr, uaddr, max, &left));
	if (done != NULL)
		*done = max - left;
	if (error == 1)
		return (max < len ? EFAULT : ENAMETOOLONG);
	return (error);
}

/**
 * Reads 32 bits of the process.
 * @param uaddr	there
 * @param val	set to them
 * @return	0 or EFAULT
 */
int
fuword32(const volatile void *uaddr, uint32_t *val)
{
	if (__predict_false(is_guest()))
		return (vmm_user_fetch(uaddr, val, sizeof(*val)));
	if (!user_begin(uaddr, sizeof(*val)))
		return (EFAULT);
	return (user_end(user_fetch32(uaddr, val)));
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
	if (__predict_false(is_guest()))
		return (vmm_user_fetch(uaddr, val, sizeof(*val)));
	if (!user_begin(uaddr, sizeof(*val)))
		return (EFAULT);
	return (user_end(user_fetch64(uaddr, val)));
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
	if (__predict_false(is_guest()))
		return (vmm_user_store(uaddr, val, sizeof(val)));
	if (!user_begin(uaddr, sizeof(val)))
		return (EFAULT);
	return (user_end(user_store32(uaddr, val)));
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
	if (__predict_false(is_guest()))
		return (vmm_user_store(uaddr, val, sizeof(val)));
	if (!user_begin(uaddr, sizeof(val)))
		return (EFAULT);
	return (user_end(user_store64(uaddr, val)));
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
	if (__predict_false(is_guest()))
		return (vmm_user_store(uaddr, val, sizeof(val)));
	if (!user_begin(uaddr, sizeof(val)))
		return (EFAULT);
	return (user_end(user_store8(uaddr, val)));
}

/**
 * Compares and exchanges 32 bits of the process, atomically.
 * @param uaddr	where
 * @param oldval what is expected there
 * @param valp	result: what was there; newval is there now if that is oldval
 * @param newval what is to be there
 * @return	0 or EFAULT
 */
int
casuword32(
    volatile void *uaddr, uint32_t oldval, uint32_t *valp, uint32_t newval)
{
	if (__predict_false(is_guest()))
		return (vmm_user_cas(uaddr, oldval, valp, newval));
	if (!user_begin(uaddr, sizeof(newval)))
		return (EFAULT);
	return (user_end(user_cas32(uaddr, oldval, valp, newval)));
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
	if (__predict_false(is_guest()))
		return (vmm_user_zero(uaddr, len));
	if (!user_begin(uaddr, len))
		return (EFAULT);
	return (user_end(user_zero(uaddr, len)));
}
