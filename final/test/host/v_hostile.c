/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Hostile guests: instructions and exceptions.
 *
 * Each case is a few instructions that no program has a right to, or that go
 * wrong.  Behind nested page tables they must end in the same signal as
 * without, save where the processor has other rules in VMX non-root operation;
 * and afterwards the process is as good as before.
 */
#include "caught.h"
#include "nested.h"

/* Runs instructions: the signal they end in, 0 for none. */
static int
outcome(void (*func)(void))
{
	(void)CAUGHT(func());
	/* Flags that a case may have set. */
	__asm __volatile("pushq $2; popfq; cld" : : : "cc");
	return (got_sig);
}

/* --- the instructions --- */

#define INSN(name, code)                                                       \
	static void name(void)                                                 \
	{                                                                      \
		__asm __volatile(                                              \
		    code                                                       \
		    :                                                          \
		    :                                                          \
		    : "rax", "rbx", "rcx", "rdx", "memory", "cc");             \
	}

static u_long scratch[4] __used;

/* clang-format off */
INSN(i_hlt, "hlt")
INSN(i_cli, "cli")
INSN(i_sti, "sti")
INSN(i_in, "inb $0x60, %%al")
INSN(i_out, "xorl %%eax, %%eax; outb %%al, $0x64")
INSN(i_outs, "movw $0x3f8, %%dx; outsb")
INSN(i_rcr0, "movq %%cr0, %%rax")
INSN(i_wcr0, "xorl %%eax, %%eax; movq %%rax, %%cr0")
INSN(i_rcr3, "movq %%cr3, %%rax")
INSN(i_wcr3, "xorl %%eax, %%eax; movq %%rax, %%cr3")
INSN(i_wcr4, "xorl %%eax, %%eax; movq %%rax, %%cr4")
INSN(i_wcr8, "xorl %%eax, %%eax; movq %%rax, %%cr8")
INSN(i_rdr0, "movq %%dr0, %%rax")
INSN(i_wdr7, "xorl %%eax, %%eax; movq %%rax, %%dr7")
INSN(i_lmsw, "xorl %%eax, %%eax; lmsw %%ax")
INSN(i_clts, "clts")
INSN(i_lgdt, "lgdt scratch(%%rip)")
INSN(i_lidt, "lidt scratch(%%rip)")
INSN(i_lldt, "xorl %%eax, %%eax; lldt %%ax")
INSN(i_ltr, "movl $0x28, %%eax; ltr %%ax")
INSN(i_invlpg, "invlpg scratch(%%rip)")
INSN(i_invd, "invd")
INSN(i_wbinvd, "wbinvd")
INSN(i_rdmsr, "movl $0xc0000080, %%ecx; rdmsr")
INSN(i_wrmsr, "movl $0xc0000080, %%ecx; xorl %%eax, %%eax; xorl %%edx, %%edx;"
    "wrmsr")
INSN(i_rdpmc, "xorl %%ecx, %%ecx; rdpmc")
INSN(i_swapgs, "swapgs")
INSN(i_sysenter, "sysenter")
INSN(i_sysexit, "sysexitl")
INSN(i_xsetbv, "xorl %%ecx, %%ecx; xorl %%edx, %%edx; movl $1, %%eax; xsetbv")
INSN(i_int80, "int $0x80")
INSN(i_int14, "int $14")
INSN(i_int3, "int3")
INSN(i_icebp, ".byte 0xf1")
INSN(i_into, ".byte 0xce")
INSN(i_ud2, "ud2")
INSN(i_lock_nop, ".byte 0xf0, 0x90")
INSN(i_lock_syscall, ".byte 0xf0, 0x0f, 0x05")
INSN(i_too_long, ".byte 0x2e,0x2e,0x2e,0x2e,0x2e,0x2e,0x2e,0x2e,0x2e,0x2e,"
    "0x2e,0x2e,0x2e,0x2e,0x0f,0x05")
INSN(i_monitor, "leaq scratch(%%rip), %%rax; xorl %%ecx, %%ecx;"
    "xorl %%edx, %%edx; monitor")
INSN(i_mwait, "xorl %%eax, %%eax; xorl %%ecx, %%ecx; mwait")
INSN(i_rsm, "rsm")
INSN(i_getsec, "xorl %%eax, %%eax; getsec")
INSN(i_mov_ss, "movl $0x10, %%eax; movw %%ax, %%ss")
INSN(i_mov_ds, "movl $0x08, %%eax; movw %%ax, %%ds")
INSN(i_null_ss, "xorl %%eax, %%eax; movw %%ax, %%ss")
INSN(i_iret, "movq %%rsp, %%rbx; pushq $0x10; pushq %%rbx; pushq $2;"
    "pushq $8; leaq 1f(%%rip), %%rax; pushq %%rax; iretq; 1:")
INSN(i_far_call, "movq $8, scratch+8(%%rip); rex.w lcall *scratch(%%rip)")
INSN(i_vmcall, "vmcall")
INSN(i_vmclear, "vmclear scratch(%%rip)")
INSN(i_vmlaunch, "vmlaunch")
INSN(i_vmresume, "vmresume")
INSN(i_vmptrld, "vmptrld scratch(%%rip)")
INSN(i_vmptrst, "vmptrst scratch(%%rip)")
INSN(i_vmread, "xorl %%eax, %%eax; vmread %%rax, %%rbx")
INSN(i_vmwrite, "xorl %%eax, %%eax; vmwrite %%rbx, %%rax")
INSN(i_vmxoff, "vmxoff")
INSN(i_vmxon, "vmxon scratch(%%rip)")
INSN(i_invept, "xorl %%eax, %%eax; invept scratch(%%rip), %%rax")
INSN(i_invvpid, "xorl %%eax, %%eax; invvpid scratch(%%rip), %%rax")
INSN(i_vmfunc, "xorl %%eax, %%eax; xorl %%ecx, %%ecx; vmfunc")
INSN(i_divide, "xorl %%ecx, %%ecx; movl $1, %%eax; xorl %%edx, %%edx;"
    "divl %%ecx")
INSN(i_step, "pushfq; orq $0x100, (%%rsp); popfq; nop; nop")
INSN(i_align, "pushfq; orq $0x40000, (%%rsp); popfq;"
    "movl scratch+1(%%rip), %%eax")
INSN(i_noncanonical, "movabsq $0x800000000000, %%rax; movb (%%rax), %%cl")
INSN(i_bad_stack, "movq %%rsp, %%rbx; movabsq $0x8000000000000000, %%rsp;"
    "pushq %%rax; movq %%rbx, %%rsp")
INSN(i_bad_jump, "movabsq $0xdead00000000beef, %%rax; jmp *%%rax")
INSN(i_kernel_jump, "movq $0xffffffff80100000, %%rax; jmp *%%rax")
INSN(i_x87, "pushq $0x360; fninit; fldcw (%%rsp); fldz; fld1;"
    "fdivp; fwait; popq %%rax")
INSN(i_sse, "pushq $0x1f00; ldmxcsr (%%rsp); xorps %%xmm0, %%xmm0;"
    "divps %%xmm0, %%xmm0; popq %%rax")
INSN(i_write_code, "movb $0, write_code_here(%%rip); write_code_here: nop")
INSN(i_rdtsc, "rdtsc")
INSN(i_flags, "pushq $0x3f7000; popfq")
/* clang-format on */

/** Cases whose outcome is the same with and without nested page tables. */
static const struct insn {
	const char *name;
	void (*func)(void);
	int sig, code; /**< behind nested page tables */
	int native;    /**< signal without, if another; -1: not tried */
} insns[] = {
	{ "hlt", i_hlt, SIGBUS, BUS_OBJERR, 0 },
	{ "cli", i_cli, SIGBUS, BUS_OBJERR, 0 },
	{ "sti", i_sti, SIGBUS, BUS_OBJERR, 0 },
	{ "in", i_in, SIGBUS, BUS_OBJERR, 0 },
	{ "out", i_out, SIGBUS, BUS_OBJERR, 0 },
	{ "outs", i_outs, SIGBUS, BUS_OBJERR, 0 },
	{ "mov from cr0", i_rcr0, SIGBUS, BUS_OBJERR, 0 },
	{ "mov to cr0", i_wcr0, SIGBUS, BUS_OBJERR, 0 },
	{ "mov from cr3", i_rcr3, SIGBUS, BUS_OBJERR, 0 },
	{ "mov to cr3", i_wcr3, SIGBUS, BUS_OBJERR, 0 },
	{ "mov to cr4", i_wcr4, SIGBUS, BUS_OBJERR, 0 },
	{ "mov to cr8", i_wcr8, SIGBUS, BUS_OBJERR, 0 },
	{ "mov from dr0", i_rdr0, SIGBUS, BUS_OBJERR, 0 },
	{ "mov to dr7", i_wdr7, SIGBUS, BUS_OBJERR, 0 },
	{ "lmsw", i_lmsw, SIGBUS, BUS_OBJERR, 0 },
	{ "clts", i_clts, SIGBUS, BUS_OBJERR, 0 },
	{ "lgdt", i_lgdt, SIGBUS, BUS_OBJERR, 0 },
	{ "lidt", i_lidt, SIGBUS, BUS_OBJERR, 0 },
	{ "lldt", i_lldt, SIGBUS, BUS_OBJERR, 0 },
	{ "ltr", i_ltr, SIGBUS, BUS_OBJERR, 0 },
	{ "invlpg", i_invlpg, SIGBUS, BUS_OBJERR, 0 },
	{ "invd", i_invd, SIGBUS, BUS_OBJERR, 0 },
	{ "wbinvd", i_wbinvd, SIGBUS, BUS_OBJERR, 0 },
	{ "rdmsr", i_rdmsr, SIGBUS, BUS_OBJERR, 0 },
	{ "wrmsr", i_wrmsr, SIGBUS, BUS_OBJERR, 0 },
	{ "rdpmc", i_rdpmc, SIGBUS, BUS_OBJERR, 0 },
	{ "swapgs", i_swapgs, SIGBUS, BUS_OBJERR, 0 },
	{ "sysenter", i_sysenter, SIGBUS, BUS_OBJERR, 0 },
	{ "sysexit", i_sysexit, SIGBUS, BUS_OBJERR, 0 },
	{ "int 0x80", i_int80, SIGBUS, BUS_OBJERR, 0 },
	{ "int 14", i_int14, SIGBUS, BUS_OBJERR, 0 },
	{ "int3", i_int3, SIGTRAP, TRAP_BRKPT, 0 },
	{ "icebp", i_icebp, SIGTRAP, TRAP_TRACE, 0 },
	{ "into", i_into, SIGILL, ILL_ILLOPC, 0 },
	{ "ud2", i_ud2, SIGILL, ILL_ILLOPC, 0 },
	{ "lock nop", i_lock_nop, SIGILL, ILL_ILLOPC, 0 },
	{ "lock syscall", i_lock_syscall, SIGILL, ILL_ILLOPC, 0 },
	{ "syscall of 16 bytes", i_too_long, SIGBUS, BUS_OBJERR, 0 },
	{ "monitor", i_monitor, SIGILL, ILL_ILLOPC, 0 },
	{ "mwait", i_mwait, SIGILL, ILL_ILLOPC, 0 },
	{ "rsm", i_rsm, SIGILL, ILL_ILLOPC, 0 },
	{ "getsec", i_getsec, SIGILL, ILL_ILLOPC, 0 },
	{ "mov to ss", i_mov_ss, SIGBUS, BUS_OBJERR, 0 },
	{ "mov to ds", i_mov_ds, SIGBUS, BUS_OBJERR, 0 },
	{ "null to ss", i_null_ss, SIGBUS, BUS_OBJERR, 0 },
	{ "iret to ring 0", i_iret, SIGBUS, BUS_OBJERR, 0 },
	{ "far call to ring 0", i_far_call, SIGBUS, BUS_OBJERR, 0 },
	{ "vmcall", i_vmcall, SIGILL, ILL_ILLOPC, -1 },
	{ "vmclear", i_vmclear, SIGILL, ILL_ILLOPC, -1 },
	{ "vmlaunch", i_vmlaunch, SIGILL, ILL_ILLOPC, -1 },
	{ "vmresume", i_vmresume, SIGILL, ILL_ILLOPC, -1 },
	{ "vmptrld", i_vmptrld, SIGILL, ILL_ILLOPC, -1 },
	{ "vmptrst", i_vmptrst, SIGILL, ILL_ILLOPC, -1 },
	{ "vmread", i_vmread, SIGILL, ILL_ILLOPC, -1 },
	{ "vmwrite", i_vmwrite, SIGILL, ILL_ILLOPC, -1 },
	{ "vmxoff", i_vmxoff, SIGILL, ILL_ILLOPC, -1 },
	{ "vmxon", i_vmxon, SIGILL, ILL_ILLOPC, -1 },
	{ "invept", i_invept, SIGILL, ILL_ILLOPC, -1 },
	{ "invvpid", i_invvpid, SIGILL, ILL_ILLOPC, -1 },
	{ "vmfunc", i_vmfunc, SIGILL, ILL_ILLOPC, -1 },
	{ "divide error", i_divide, SIGFPE, FPE_INTDIV, 0 },
	{ "single step", i_step, SIGTRAP, TRAP_TRACE, 0 },
	{ "address that is not canonical", i_noncanonical, SIGBUS, BUS_OBJERR,
	    0 },
	{ "stack that is not canonical", i_bad_stack, SIGBUS, BUS_ADRERR, 0 },
	{ "jump to where no address is", i_bad_jump, SIGBUS, BUS_OBJERR, 0 },
	{ "jump into the kernel", i_kernel_jump, SIGSEGV, SEGV_MAPERR, -1 },
	{ "x87 exception", i_x87, SIGFPE, FPE_FLTINV, 0 },
	{ "SSE exception", i_sse, SIGFPE, FPE_FLTINV, 0 },
	{ "write to code", i_write_code, SIGSEGV, SEGV_ACCERR, 0 },
	{ "rdtsc", i_rdtsc, 0, 0, 0 },
	{ "flags by popf", i_flags, 0, 0, 0 },
};

static const struct insn *current;

static void
run_insn(void)
{
	const struct insn *in = current;
	pid_t pid = getpid();
	int native = in->sig;

	catch_faults();
	if (in->native >= 0) {
		if (in->native > 0)
			native = in->native;
		if (outcome(in->func) != native) {
			printf("# without: signal %d, code %d\n", got_sig,
			    got_code);
			CHECK(!"the same without nested page tables");
		}
	}
	nested_init(1);
	CHECK(nested_run() == 0);
	if (outcome(in->func) != in->sig || got_code != in->code) {
		printf("# signal %d, code %d\n", got_sig, got_code);
		CHECK(!"what was to be expected");
	}
	/* And again: nothing is left of the first time. */
	CHECK(outcome(in->func) == in->sig);
	CHECK(getpid() == pid);
}

int
main(void)
{
	enum { N = sizeof(insns) / sizeof(*insns) };
	struct tap_case one = { NULL, run_insn };
	int failed = 0, refused = nested_refused();

	if (refused != 0)
		return (refused - 1);
	printf("1..%d\n", N);
	for (int i = 0; i < N; i++) {
		current = &insns[i];
		one.name = insns[i].name;
		failed |= !tap_one(&one, i + 1);
	}
	return (failed);
}
