/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * The example of vmspace_create(2): address spaces that cannot be run.
 */
/* tag::example[] */
#include <sys/vmspace.h>
#include <cpu/frame.h>
#include <cpu/vframe.h>
#include <err.h>
#include <stdio.h>

int
main(void)
{
	struct trapframe tf = { 0 };
	struct vextframe vf = { 0 };
	int id;

	if (vmspace_destroy(&id) != 0)
		warn("not a vkernel");
	if (vmspace_create(&id, 0, NULL) != 0)
		err(1, "vmspace_create");
	if (vmspace_create(&id, 0, NULL) != 0)
		warn("once more");
	if (vmspace_ctl(&id, VMSPACE_CTL_RUN, &tf, &vf) != 0)
		warn("vmspace_ctl");
	if (vmspace_destroy(&id) == 0)
		printf("it is gone\n");
	if (vmspace_destroy(&id) != 0)
		warn("vmspace_destroy");
	return (0);
}
/* end::example[] */
