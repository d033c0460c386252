/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Which instruction raised #UD in a guest: the opcode recogniser.
 *
 * A guest runs with EFER.SCE clear, so that its `syscall' arrives as an
 * invalid-opcode exception.  So does every other invalid instruction, and
 * only the bytes at RIP tell one from the other.  The bytes come from the
 * guest: they are hostile.
 */
#ifndef _VMM_VMX_INSN_H_
#define _VMM_VMX_INSN_H_

#include <sys/types.h>

/** The longest instruction a processor executes, in bytes. */
#define VMX_INSN_MAX 15

/**
 * Is this a SYSCALL instruction of 64-bit mode?
 *
 * SYSCALL is 0F 05, after any number of legacy prefixes (operand and address
 * size, REP, REPNE, segment overrides) and REX prefixes: a REX that is not
 * directly before the opcode is ignored by the processor, and so it is here.
 * With a LOCK prefix the instruction is undefined whatever EFER.SCE says, so
 * it is not a system call.
 *
 * @param buf	instruction bytes from RIP on
 * @param n	how many there are; bytes after VMX_INSN_MAX are not looked at
 * @return the instruction's length, 2..VMX_INSN_MAX, if it is SYSCALL; 0 if it
 *	   is anything else; -1 if @p n bytes are too few to tell
 *
 * Source: Intel SDM volume 2, "Instruction Prefixes", "REX Prefixes" and
 * "SYSCALL".
 */
int vmx_insn_is_syscall(const uint8_t *buf, size_t n);

#endif /* _VMM_VMX_INSN_H_ */
