/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * The example of mcontrol(2): what each request answers.
 */
/* tag::example[] */
#include <sys/mman.h>
#include <sys/vkernel.h>
#include <err.h>
#include <stdio.h>

#define PAGE 4096UL
#define SIZE (8 * PAGE)
#define BITS (VPTE_V | VPTE_RW)

/* Memory whose pages 1 to 4 are page tables, and page 5 is to be seen as page
 * 0 and as page 3. */
static void
behind_a_table(void)
{
	vpte_t *p = mmap(NULL, SIZE, PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANON | MAP_VPAGETABLE, -1, 0);
	volatile char *text = (char *)p;
	volatile vpte_t *last;
	int i;

	/* First as it is: a root that is a large page. */
	if (p == MAP_FAILED ||
	    mcontrol(p, SIZE, MADV_SETMAP, BITS | VPTE_PS) != 0)
		err(1, "MAP_VPAGETABLE");
	for (i = 1; i < 4; i++)
		p[i * 512] = (i + 1) * PAGE | BITS;
	last = &p[4 * 512];
	last[0] = last[3] = 5 * PAGE | BITS;
	last[4] = 4 * PAGE | BITS; /* the table itself */
	text[5 * PAGE] = 'y';
	mcontrol(p, SIZE, MADV_SETMAP, 1 * PAGE | BITS);
	for (i = 0; i < 2; i++) {
		printf("page 0 has %c", text[0]);
		printf(", accessed %d, modified %d\n", (last[0] & VPTE_A) != 0,
		    (last[0] & VPTE_M) != 0);
		text[0] = 'z';
	}
	printf("page 3 has %c\n", text[3 * PAGE]);
}

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
		warn("private");
	behind_a_table();
	return (0);
}
/* end::example[] */
