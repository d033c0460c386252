/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * The example of mcontrol(2): what each request answers.
 */
/* tag::example[] */
#include <sys/mman.h>
#include <err.h>
#include <stdio.h>

#define SIZE 16384

int
main(void)
{
	char *p = mmap(
	    NULL, SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANON, -1, 0);

	if (p == MAP_FAILED)
		err(1, "mmap");
	p[0] = 'x';
	if (mcontrol(p, SIZE, MADV_INVAL, 0) == 0)
		printf("MADV_INVAL: the memory still has %c\n", p[0]);
	if (mcontrol(p, SIZE, MADV_FREE, 0) == 0)
		printf("MADV_FREE: it has %d\n", p[0]);
	if (mcontrol(p, SIZE, MADV_SETMAP, 0) != 0)
		warn("MADV_SETMAP");
	if (madvise(p, SIZE, MADV_INVAL) != 0)
		warn("madvise");
	if (mmap(NULL, SIZE, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANON | MAP_VPAGETABLE, -1, 0) == MAP_FAILED)
		warn("MAP_VPAGETABLE");
	return (0);
}
/* end::example[] */
