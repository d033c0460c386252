/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * The example of extexit(2): the end of a process and of its first thread.
 */
/* tag::example[] */
#include <sys/lwp.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <err.h>
#include <stdio.h>
#include <unistd.h>

int
main(void)
{
	int *word = mmap(NULL, sizeof(*word), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANON, -1, 0);
	int status;

	if (word == MAP_FAILED)
		err(1, "mmap");
	if (fork() == 0)
		extexit(EXTEXIT_PROC | EXTEXIT_SETINT, 300, word);
	wait(&status);
	printf("the word is %d, the status %d\n", *word, WEXITSTATUS(status));
	if (fork() == 0)
		extexit(EXTEXIT_LWP, 7, NULL);
	wait(&status);
	printf("its only thread: the status is %d\n", WEXITSTATUS(status));
	return (0);
}
/* end::example[] */
