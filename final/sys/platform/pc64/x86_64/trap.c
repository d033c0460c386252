/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Every vector arrives in trap().  Interrupts that somebody asked for go to
 * their handler.  Everything else is a bug of the kernel itself, and is shown
 * with all registers and the way that led there.
 */
#include <sys/systm.h>
#include <cpu/cpufunc.h>
#include <cpu/segments.h>
#include <cpu/trap.h>
#include <machine/globaldata.h>
#include <machine/md_var.h>

#define STUB_SIZE 16 /* of each entry in trap_stubs */

extern char trap_stubs[];

/** What we call each exception. */
static const struct {
	const char *name; /**< mnemonic and words */
	u_short trapno;	  /**< DragonFly's T_* */
} exceptions[IDT_EXCEPTIONS] = {
	[IDT_DE] = { "#DE divide error", T_DIVIDE },
	[IDT_DB] = { "#DB debug", T_TRCTRAP },
	[IDT_NMI] = { "NMI", T_NMI },
	[IDT_BP] = { "#BP breakpoint", T_BPTFLT },
	[IDT_OF] = { "#OF overflow", T_OFLOW },
	[IDT_BR] = { "#BR bound range exceeded", T_BOUND },
	[IDT_UD] = { "#UD invalid opcode", T_PRIVINFLT },
	[IDT_NM] = { "#NM device not available", T_DNA },
	[IDT_DF] = { "#DF double fault", T_DOUBLEFLT },
	[IDT_TS] = { "#TS invalid TSS", T_TSSFLT },
	[IDT_NP] = { "#NP segment not present", T_SEGNPFLT },
	[IDT_SS] = { "#SS stack-segment fault", T_STKFLT },
	[IDT_GP] = { "#GP general protection", T_PROTFLT },
	[IDT_PF] = { "#PF page fault", T_PAGEFLT },
	[IDT_MF] = { "#MF x87 floating-point error", T_ARITHTRAP },
	[IDT_AC] = { "#AC alignment check", T_ALIGNFLT },
	[IDT_MC] = { "#MC machine check", T_MCHK },
	[IDT_XM] = { "#XM SIMD floating-point exception", T_XMMFLT },
	[IDT_VE] = { "#VE virtualization exception", T_RESERVED },
	[IDT_CP] = { "#CP control protection", T_RESERVED },
};

static struct gate_descriptor idt[IDT_VECTORS];

/** Who serves a vector, filled in by intr.c and mp.c; NULL for nobody. */
trap_handler_t *trap_handlers[IDT_VECTORS];

static void
idt_set(u_int vector, uint8_t ist)
{
	uint64_t handler = (uintptr_t)trap_stubs + vector * STUB_SIZE;

	idt[vector] = (struct gate_descriptor){
		.gd_looffset = handler,
		.gd_selector = KCODE_SEL,
		.gd_ist = ist,
		.gd_type = 0x80 | SDT_SYSIGT,
		.gd_midoffset = handler >> 16,
		.gd_hioffset = handler >> 32,
	};
}

/** Loads the interrupt descriptor table, which all processors share. */
void
idt_load(void)
{
	struct region_descriptor r = { sizeof(idt) - 1, (uintptr_t)idt };

	__asm __volatile("lidt %0" : : "m"(r));
}

/** Builds and loads the interrupt descriptor table. */
void
idt_init(void)
{
	for (u_int v = 0; v < IDT_VECTORS; v++)
		idt_set(v, 0);
	idt_set(IDT_DF, IST_DF + 1);
	idt_set(IDT_NMI, IST_NMI + 1);
	idt_set(IDT_MC, IST_MC + 1);
	idt_load();
}

/**
 * Lets programs raise a vector by an instruction: INT3, INTO.
 * @param vector	0 to 255
 */
void
idt_allow_user(u_int vector)
{
	idt[vector].gd_type |= SEL_UPL << 5;
}

/* Names of the registers that a dump shows, in frame order. */
static const struct {
	const char *name;
	u_short offset;
} frame_regs[] = {
#define R(r)                                                                   \
	{                                                                      \
#r, __offsetof(struct trapframe, tf_##r)                       \
	}
	R(rax),
	R(rbx),
	R(rcx),
	R(rdx),
	R(rsi),
	R(rdi),
	R(rbp),
	R(rsp),
	R(r8),
	R(r9),
	R(r10),
	R(r11),
	R(r12),
	R(r13),
	R(r14),
	R(r15),
	R(rip),
	R(cs),
	R(ss),
	R(rflags),
	R(err),
	R(addr),
#undef R
};

static void
print_frame(const struct trapframe *tf)
{
	const char *base = (const char *)tf;
	register_t v;

	for (u_int i = 0; i < nitems(frame_regs); i++) {
		memcpy(&v, base + frame_regs[i].offset, sizeof(v));
		kprintf("%7s %016lx%s", frame_regs[i].name, v,
		    i % 3 == 2 || i == nitems(frame_regs) - 1 ? "\n" : "");
	}
	kprintf("    cr0 %016lx    cr3 %016lx    cr4 %016lx\n", rcr0(), rcr3(),
	    rcr4());
}

/**
 * Shows an exception or interrupt that nobody handles, and panics.
 * @param tf		registers at the time
 * @param vector	0 to 255
 */
void
trap_fatal(struct trapframe *tf, u_int vector)
{
	const char *name = "interrupt nobody asked for";

	cpu_claim_end();
	tf->tf_trapno = T_RESERVED;
	tf->tf_addr = vector == IDT_PF ? rcr2() : 0;
	if (vector < IDT_EXCEPTIONS) {
		name = exceptions[vector].name;
		tf->tf_trapno = exceptions[vector].trapno;
	}
	if (name == NULL) {
		name = "reserved exception";
		tf->tf_trapno = T_RESERVED;
	}
	kprintf("\ntrap in the kernel: vector %u (%s)\n", vector, name);
	print_frame(tf);
	panic_at(tf->tf_rip, tf->tf_rbp,
	    "trap %u (%s) at %#lx, error %#lx, address %#lx", vector, name,
	    tf->tf_rip, tf->tf_err, tf->tf_addr);
}

/**
 * Every exception and interrupt arrives here, interrupts off.
 * @param tf		registers at the time; changes take effect on return
 * @param vector	0 to 255
 */
void
trap(struct trapframe *tf, u_int vector)
{
	if (trap_handlers[vector] == NULL)
		trap_fatal(tf, vector);
	trap_handlers[vector](tf, vector);
}
