/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * The host's half of the system call copyio(): one access to a guest's pointer
 * as guest_copyio.h lists them.
 */
#include <sys/errno.h>
#include <sys/systm.h>
#include "guest_copyio.h"
#include "vmm_copyio.h"

/* Accesses that move bytes. */
static int
copy(const struct vmm_linear *g, u_int op, vm_offset_t va, size_t len,
    uint64_t *value)
{
	char buf[COPYIO_BUF] = "host's bytes";
	int error;

	len = MIN(len, sizeof(buf));
	if (op == COPYIO_COPYOUT)
		return (vmm_copyout(g, buf, va, len));
	if (op == COPYIO_COPYINSTR)
		return (vmm_copyinstr(g, va, buf, len, value));
	error = vmm_copyin(g, va, buf, len);
	*value = buf[0];
	return (error);
}

/* Accesses to 32 bits. */
static int
word32(const struct vmm_linear *g, u_int op, vm_offset_t va, uint64_t *value,
    uint32_t newval)
{
	uint32_t word = *value;
	int error = EINVAL;

	if (op == COPYIO_FUWORD32)
		error = vmm_fuword32(g, va, &word);
	else if (op == COPYIO_SUWORD32)
		error = vmm_suword32(g, va, word);
	else if (op == COPYIO_SWAPU32)
		error = vmm_swapu32(g, va, &word);
	else if (op == COPYIO_CASU32)
		error = vmm_casu32(g, va, &word, newval);
	*value = word;
	return (error);
}

/* Accesses to 64 bits and to bytes. */
static int
word64(const struct vmm_linear *g, u_int op, vm_offset_t va, uint64_t *value,
    uint64_t newval)
{
	uint8_t byte = *value;
	int error;

	switch (op) {
	case COPYIO_FUBYTE:
		error = vmm_fubyte(g, va, &byte);
		*value = byte;
		return (error);
	case COPYIO_SUBYTE:
		return (vmm_subyte(g, va, byte));
	case COPYIO_FUWORD64:
		return (vmm_fuword64(g, va, value));
	case COPYIO_SUWORD64:
		return (vmm_suword64(g, va, *value));
	case COPYIO_SWAPU64:
		return (vmm_swapu64(g, va, value));
	default:
		return (vmm_casu64(g, va, value, newval));
	}
}

/**
 * Makes one access.
 * @param g		guest
 * @param op		enum copyio_op
 * @param va		its pointer
 * @param value		length or operand; the result afterwards
 * @param newval	second operand of COPYIO_CASU*
 * @return		what the access returned, or EINVAL: no such access
 */
int
copyio_op(const struct vmm_linear *g, u_int op, vm_offset_t va, uint64_t *value,
    uint64_t newval)
{
	switch (op) {
	case COPYIO_COPYIN:
	case COPYIO_COPYOUT:
	case COPYIO_COPYINSTR:
		return (copy(g, op, va, *value, value));
	case COPYIO_FUWORD32:
	case COPYIO_SUWORD32:
	case COPYIO_SWAPU32:
	case COPYIO_CASU32:
		return (word32(g, op, va, value, newval));
	case COPYIO_FUBYTE:
	case COPYIO_SUBYTE:
	case COPYIO_FUWORD64:
	case COPYIO_SUWORD64:
	case COPYIO_SWAPU64:
	case COPYIO_CASU64:
		return (word64(g, op, va, value, newval));
	default:
		return (EINVAL);
	}
}
