/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * The example of lwp_create(2) and extexit(2): a thread without a library.
 */
/* tag::example[] */
#include <sys/lwp.h>
#include <sys/usched.h>
#include <err.h>
#include <stdio.h>
#include <unistd.h>

static char stack[16384] __aligned(16);
static volatile int alive = 1;

/* It has no errno of its own and must not return. */
static void
thread(void *arg)
{
	*(lwpid_t *)arg = lwp_gettid();
	extexit(EXTEXIT_LWP | EXTEXIT_SETINT, 0, (void *)&alive);
}

int
main(void)
{
	lwpid_t told = 0, own = 0;
	struct lwp_params params = { .lwp_func = thread,
		.lwp_arg = &own,
		.lwp_stack = stack + sizeof(stack),
		.lwp_tid1 = &told };
	cpumask_t mask = { { 1 } };
	int cpu = 0;

	if (lwp_create(&params) != 0)
		err(1, "lwp_create");
	while (alive)
		usleep(1000);
	printf("I am %d, it was told %d and was %d\n", lwp_gettid(), told, own);
	if (lwp_kill(-1, 9999, 0) != 0)
		warn("thread 9999");
	if (lwp_setaffinity(0, lwp_gettid(), &mask) == 0 &&
	    usched_set(0, USCHED_GET_CPU, &cpu, sizeof(cpu)) == 0)
		printf("on processor %d\n", cpu);
	cpu = 99;
	if (usched_set(0, USCHED_SET_CPU, &cpu, sizeof(cpu)) != 0)
		warn("processor 99");
	return (0);
}
/* end::example[] */
