/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * For tests of vkernels, in software and behind nested page tables: what a
 * process does is the same in both.  To be included after `struct process`
 * (tf, vf, code, data), its addresses CODE and DATA, LOAD() and run().
 */
#ifndef _HOST_VKPROC_H_
#define _HOST_VKPROC_H_

/** Four bytes of instructions, and what comes of them. */
struct insn {
	const char *code; /**< at CODE */
	int trapno;	  /**< T_* */
	int rip;	  /**< after CODE */
};

/** Runs each, with 0x102 (TF) on the stack. */
static inline void
check_exceptions(struct process *p, const struct insn *insns, size_t n)
{
	*(long *)(p->data + 2048) = 0x102;
	for (size_t i = 0; i < n; i++) {
		memcpy(p->code, insns[i].code, 4);
		p->tf.tf_rip = CODE;
		p->tf.tf_rsp = DATA + 2048;
		p->tf.tf_rflags = 0;
		CHECK(run(p) == 0);
		if (p->tf.tf_trapno != insns[i].trapno)
			printf("# %zu: trap %ld\n", i, p->tf.tf_trapno);
		CHECK(p->tf.tf_trapno == insns[i].trapno);
		CHECK(p->tf.tf_rip == (register_t)CODE + insns[i].rip);
		CHECK(p->tf.tf_addr == 0 && p->tf.tf_flags == 0);
	}
}

/** FS and GS are the process's while it runs, and then the vkernel's. */
static inline void
check_tls(struct process *p)
{
	static __thread int tls = 5;

	/* mov rax,fs:[0]; mov rbx,gs:[0]; syscall */
	LOAD(p,
	    "\x64\x48\x8b\x04\x25\x00\x00\x00\x00"
	    "\x65\x48\x8b\x1c\x25\x00\x00\x00\x00\x0f\x05");
	((long *)p->data)[1] = 111;
	((long *)p->data)[2] = 222;
	p->vf.vx_tls.info[0].base = DATA + 8;
	p->vf.vx_tls.info[1].base = DATA + 16;
	CHECK(run(p) == 0);
	CHECK(p->tf.tf_rax == 111 && p->tf.tf_rbx == 222);
	CHECK(tls == 5);
}

#endif
