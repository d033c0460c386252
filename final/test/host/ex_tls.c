/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * The example of set_tls_area(2): a variable behind GS.
 */
/* tag::example[] */
#include <sys/tls.h>
#include <err.h>
#include <stdio.h>

int
main(void)
{
	static long area[2] = { 11, 22 };
	struct tls_info info = { .base = area, .size = -1 }, fs, gs;
	long value;

	if (set_tls_area(1, &info, sizeof(info)) != 0)
		err(1, "set_tls_area");
	__asm __volatile("movq %%gs:8, %0" : "=r"(value));
	printf("behind GS: %ld\n", value);
	if (get_tls_area(0, &fs, sizeof(fs)) != 0 ||
	    get_tls_area(1, &gs, sizeof(gs)) != 0)
		err(1, "get_tls_area");
	printf("FS is the library's: %s, GS is ours: %s\n",
	    fs.base != NULL ? "yes" : "no", gs.base == area ? "yes" : "no");
	if (set_tls_area(2, &info, sizeof(info)) != 0)
		warn("area 2");
	info.base = (void *)-1;
	if (set_tls_area(1, &info, sizeof(info)) != 0)
		warn("an address of the kernel");
	return (0);
}
/* end::example[] */
