/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * The opcode recogniser; see vmx_insn.h for what it decides and why.
 *
 * The scan follows the decoder: prefixes in any order and number, then the
 * opcode, all within 15 bytes.  Called by the handler of #UD exits with bytes
 * fetched from the guest.
 */
#include <sys/types.h>
#include <sys/systm.h>
#include "vmx_insn.h"

#define OPCODE_ESCAPE  0x0f
#define OPCODE_SYSCALL 0x05
#define PREFIX_LOCK    0xf0

/* tag::scan[] */
/* A prefix that leaves the meaning of 0F 05 as it is. */
static bool
is_prefix(uint8_t byte)
{
	switch (byte) {
	case 0x26: /* ES, ignored in 64-bit mode, as are CS, SS, DS */
	case 0x2e: /* CS */
	case 0x36: /* SS */
	case 0x3e: /* DS */
	case 0x64: /* FS */
	case 0x65: /* GS */
	case 0x66: /* operand size */
	case 0x67: /* address size */
	case 0xf2: /* REPNE */
	case 0xf3: /* REP */
		return (true);
	default:
		return ((byte & 0xf0) == 0x40); /* REX */
	}
}

int
vmx_insn_is_syscall(const uint8_t *buf, size_t n)
{
	bool lock = false;
	size_t i = 0;

	/* As compilers write it, which has to be fast. */
	if (n >= 2 && buf[0] == OPCODE_ESCAPE && buf[1] == OPCODE_SYSCALL)
		return (2);
	while (i < n && i < VMX_INSN_MAX &&
	    (is_prefix(buf[i]) || buf[i] == PREFIX_LOCK)) {
		lock |= buf[i] == PREFIX_LOCK;
		i++;
	}
	/* Longer than 15 bytes is #GP, with LOCK #UD: no system call. */
	if (lock || i + 2 > VMX_INSN_MAX)
		return (0);
	if (i == n)
		return (-1);
	if (buf[i] != OPCODE_ESCAPE)
		return (0);
	if (i + 1 == n)
		return (-1);
	return (buf[i + 1] == OPCODE_SYSCALL ? (int)i + 2 : 0);
}
/* end::scan[] */
