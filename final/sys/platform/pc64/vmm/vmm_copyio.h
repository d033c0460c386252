/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Copying between the host and a guest's linear addresses.
 *
 * The functions are copyin(9) and fetch(9) with two differences: the address
 * space is an argument, and a value that was fetched does not share its place
 * with the error.  A -1 that may be either has ended up in page tables.
 */
#ifndef _VMM_COPYIO_H_
#define _VMM_COPYIO_H_

#include "vmm_utils.h"

/* --- vmm_copyio.c --- */
int
vmm_copyin(const struct vmm_linear *g, vm_offset_t va, void *buf, size_t len);
int vmm_copyout(
    const struct vmm_linear *g, const void *buf, vm_offset_t va, size_t len);
int
vmm_fetch(const struct vmm_linear *g, vm_offset_t va, void *buf, size_t len);
int vmm_copyinstr(const struct vmm_linear *g, vm_offset_t va, char *buf,
    size_t size, size_t *done);
int vmm_fubyte(const struct vmm_linear *g, vm_offset_t va, uint8_t *val);
int vmm_fuword32(const struct vmm_linear *g, vm_offset_t va, uint32_t *val);
int vmm_fuword64(const struct vmm_linear *g, vm_offset_t va, uint64_t *val);
int vmm_subyte(const struct vmm_linear *g, vm_offset_t va, uint8_t val);
int vmm_suword32(const struct vmm_linear *g, vm_offset_t va, uint32_t val);
int vmm_suword64(const struct vmm_linear *g, vm_offset_t va, uint64_t val);
int vmm_swapu32(const struct vmm_linear *g, vm_offset_t va, uint32_t *val);
int vmm_swapu64(const struct vmm_linear *g, vm_offset_t va, uint64_t *val);
int vmm_casu32(const struct vmm_linear *g, vm_offset_t va, uint32_t *oldval,
    uint32_t newval);
int vmm_casu64(const struct vmm_linear *g, vm_offset_t va, uint64_t *oldval,
    uint64_t newval);

#endif
