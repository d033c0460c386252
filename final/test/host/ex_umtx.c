/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * The example of umtx_sleep(2): a process waits for a word of another one.
 */
/* tag::example[] */
#include <sys/mman.h>
#include <sys/wait.h>
#include <err.h>
#include <stdio.h>
#include <unistd.h>

int
main(void)
{
	volatile int *word = mmap(NULL, sizeof(*word), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANON, -1, 0);

	if (word == MAP_FAILED)
		err(1, "mmap");
	if (fork() == 0) {
		while (*word == 0)
			umtx_sleep(word, 0, 0);
		printf("the word is %d\n", *word);
		return (0);
	}
	if (umtx_sleep(word, 0, 50000) != 0)
		warn("50 ms later");
	*word = 1;
	umtx_wakeup(word, 0);
	wait(NULL);
	if (umtx_sleep(word, 0, 0) != 0)
		warn("it is not 0");
	return (0);
}
/* end::example[] */
