/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * The example of vmspace_create(2): a process of two instructions.
 */
/* tag::example[] */
#include <sys/mman.h>
#include <sys/vmspace.h>
#include <cpu/frame.h>
#include <cpu/vframe.h>
#include <err.h>
#include <stdio.h>

#define CODE 0x400000

int
main(void)
{
	/* mov eax,42; syscall */
	static const char code[] = "\xb8\x2a\x00\x00\x00\x0f\x05";
	struct trapframe tf = { .tf_rip = CODE };
	struct vextframe vf = { 0 };
	char id, back;

	if (vmspace_destroy(&id) != 0)
		warn("not a vkernel");
	if (vmspace_create(&id, 0, NULL) != 0)
		err(1, "vmspace_create");
	if (vmspace_create(&id, 0, NULL) != 0)
		warn("once more");
	if (vmspace_mmap(&id, (void *)CODE, 4096,
		PROT_READ | PROT_WRITE | PROT_EXEC,
		MAP_ANON | MAP_SHARED | MAP_FIXED, -1, 0) == MAP_FAILED)
		err(1, "vmspace_mmap");
	if (vmspace_pwrite(&id, code, sizeof(code), 0, CODE) < 0)
		err(1, "vmspace_pwrite");
	for (int i = 0; i < 2; i++) {
		if (vmspace_ctl(&id, VMSPACE_CTL_RUN, &tf, &vf) != 0)
			err(1, "vmspace_ctl");
		printf("trap %#lx, rip %#lx, rax %ld\n", tf.tf_trapno,
		    tf.tf_rip, tf.tf_rax);
		tf.tf_rip = 0;
	}
	if (vmspace_pread(&id, &back, 1, 0, 0) < 0)
		warn("vmspace_pread");
	if (vmspace_destroy(&id) == 0)
		printf("it is gone\n");
	if (vmspace_destroy(&id) != 0)
		warn("vmspace_destroy");
	return (0);
}
/* end::example[] */
