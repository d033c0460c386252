/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * What a Linux program may rely on: signals.
 *
 * Built as a static program of the build machine (cc -static), so that it can
 * be run there first: all cases hold on Linux, and have to hold unchanged on
 * Damselfly.
 */
#define _GNU_SOURCE
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <fenv.h>
#include <setjmp.h>
#include <time.h>
#include <ucontext.h>
#include "tap.h"

#define PAGE 4096
#define ANON (MAP_PRIVATE | MAP_ANONYMOUS)
#define RW   (PROT_READ | PROT_WRITE)

static volatile sig_atomic_t got, got_code, got_pid;
static volatile greg_t got_trap;
static void *volatile got_addr;
static sigjmp_buf out;

static void
on_info(int sig, siginfo_t *si, void *uc)
{
	got_trap = ((ucontext_t *)uc)->uc_mcontext.gregs[REG_TRAPNO];
	got = sig;
	got_code = si->si_code;
	got_pid = si->si_pid;
	got_addr = si->si_addr;
}

static void
on_fault(int sig, siginfo_t *si, void *uc)
{
	on_info(sig, si, uc);
	siglongjmp(out, 1);
}

static void catch (int sig, void (*f)(int, siginfo_t *, void *), int flags)
{
	struct sigaction sa = { .sa_sigaction = f,
		.sa_flags = SA_SIGINFO | flags };

	CHECK(sigaction(sig, &sa, NULL) == 0);
}

static void
all_numbers(void)
{
	struct sigaction sa;

	for (int sig = 1; sig < 64; sig++) {
		if (sig == SIGKILL || sig == SIGSTOP || sig == 32 || sig == 33)
			continue;
		catch (sig, on_info, sig % 2 ? SA_RESTART : SA_NODEFER);
		got = 0;
		CHECK(kill(getpid(), sig) == 0);
		CHECK(got == sig && got_code == SI_USER && got_pid == getpid());
		CHECK(sigaction(sig, NULL, &sa) == 0);
		CHECK(sa.sa_sigaction == on_info);
		CHECK((sa.sa_flags & (SA_RESTART | SA_NODEFER)) ==
		    (sig % 2 ? SA_RESTART : SA_NODEFER));
		signal(sig, SIG_DFL);
	}
	CHECK_ERRNO(kill(getpid(), 65), EINVAL);
	CHECK(kill(getpid(), 0) == 0);
}

/* From kill(2), tgkill(2) and raise(3), which is that, too. */
static void
senders(void)
{
	catch (SIGUSR1, on_info, 0);
	CHECK(kill(getpid(), SIGUSR1) == 0);
	CHECK(got_code == SI_USER && got_pid == getpid());
	got_pid = 0;
	CHECK(syscall(SYS_tgkill, getpid(), syscall(SYS_gettid), SIGUSR1) == 0);
	CHECK(got_code == SI_TKILL && got_pid == getpid());
	got_code = got_pid = 0;
	CHECK(raise(SIGUSR1) == 0);
	CHECK(got_code == SI_TKILL && got_pid == getpid());
}

static void
faults(void)
{
	char *p = mmap(NULL, PAGE, PROT_READ, ANON, -1, 0);

	CHECK(p != MAP_FAILED);
	catch (SIGSEGV, on_fault, 0);
	catch (SIGFPE, on_fault, 0);
	if (sigsetjmp(out, 1) == 0)
		*(volatile char *)p = 1;
	CHECK(got == SIGSEGV && got_code == SEGV_ACCERR && got_addr == p);
	munmap(p, PAGE);
	if (sigsetjmp(out, 1) == 0)
		*(volatile char *)p;
	CHECK(got == SIGSEGV && got_code == SEGV_MAPERR && got_addr == p);
	CHECK(got_trap == 14);
	if (sigsetjmp(out, 1) == 0)
		__asm volatile("divl %0" : : "r"(0), "a"(1), "d"(0));
	CHECK(got == SIGFPE && got_code == FPE_INTDIV && got_trap == 0);
}

static void *stack_at;

static void
on_stack(int sig, siginfo_t *si, void *context)
{
	ucontext_t *uc = context;
	stack_t now;

	(void)si;
	got = sig;
	stack_at = &now;
	if (sigaltstack(NULL, &now) != 0 || now.ss_flags != SS_ONSTACK ||
	    (uc->uc_stack.ss_flags & SS_DISABLE) != 0)
		got = -1;
	uc->uc_mcontext.gregs[REG_R13] = 0x1313;
}

/* The handler has a stack of its own, and changes a register of ours. */
static void
altstack(void)
{
	char *mem = mmap(NULL, 16 * PAGE, RW, ANON, -1, 0);
	stack_t ss = { .ss_sp = mem, .ss_size = 16 * PAGE }, old;
	long r13 = 0, rax = SYS_tkill;

	CHECK(sigaltstack(&ss, &old) == 0 && old.ss_flags == SS_DISABLE);
	catch (SIGUSR1, on_stack, SA_ONSTACK);
	__asm volatile("movq $1, %%r13; syscall; movq %%r13, %1"
		       : "+a"(rax), "=r"(r13)
		       : "D"(syscall(SYS_gettid)), "S"((long)SIGUSR1)
		       : "rcx", "r11", "r13", "memory");
	CHECK(rax == 0 && r13 == 0x1313 && got == SIGUSR1);
	CHECK((char *)stack_at > mem && (char *)stack_at < mem + 16 * PAGE);
	ss.ss_size = 100;
	CHECK_ERRNO(sigaltstack(&ss, NULL), ENOMEM);
}

static void
on_float(int sig, siginfo_t *si, void *uc)
{
	volatile double x = 3.0;

	on_info(sig, si, uc);
	fesetround(FE_UPWARD);
	x = x / 7.0;
}

static void
float_state(void)
{
	double x = 1.25, y;

	catch (SIGUSR1, on_float, 0);
	CHECK(fesetround(FE_TOWARDZERO) == 0);
	__asm volatile("movsd %1, %%xmm7; syscall; movsd %%xmm7, %0"
		       : "=m"(y)
		       : "m"(x), "a"((long)SYS_kill), "D"((long)getpid()),
		       "S"((long)SIGUSR1)
		       : "rcx", "r11", "xmm7", "memory");
	CHECK(got == SIGUSR1 && y == 1.25);
	CHECK(fegetround() == FE_TOWARDZERO);
}

static void
masks(void)
{
	struct timespec ts = { 0, 1000000 };
	sigset_t set, old, pending;
	siginfo_t si;

	catch (SIGUSR2, on_info, 0);
	sigemptyset(&set);
	sigaddset(&set, SIGUSR2);
	CHECK(sigprocmask(SIG_BLOCK, &set, &old) == 0);
	CHECK(kill(getpid(), SIGUSR2) == 0);
	CHECK(got == 0 && sigpending(&pending) == 0);
	CHECK(sigismember(&pending, SIGUSR2) == 1);
	CHECK(sigismember(&pending, SIGUSR1) == 0);
	CHECK(sigtimedwait(&set, &si, &ts) == SIGUSR2 && si.si_code == SI_USER);
	CHECK_ERRNO(sigtimedwait(&set, &si, &ts), EAGAIN);
	kill(getpid(), SIGUSR2);
	CHECK_ERRNO(sigsuspend(&old), EINTR);
	CHECK(got == SIGUSR2);
	CHECK(sigprocmask(SIG_SETMASK, NULL, &set) == 0);
	CHECK(sigismember(&set, SIGUSR2) == 1);
	CHECK_ERRNO(syscall(SYS_rt_sigprocmask, 0, &set, NULL, 4L), EINVAL);
	CHECK_ERRNO(syscall(SYS_rt_sigprocmask, 0, 8L, NULL, 8L), EFAULT);
}

/* A read goes on after a handler with SA_RESTART, and ends without. */
static void
restart(void)
{
	struct itimerval it = { .it_value.tv_usec = 20000 };
	int fds[2];
	pid_t pid;
	char c;

	CHECK(pipe(fds) == 0);
	catch (SIGALRM, on_info, 0);
	CHECK(setitimer(ITIMER_REAL, &it, NULL) == 0);
	CHECK_ERRNO(read(fds[0], &c, 1), EINTR);
	catch (SIGALRM, on_info, SA_RESTART);
	got = 0;
	pid = fork();
	if (pid == 0) {
		usleep(60000);
		_exit(write(fds[1], "x", 1) != 1);
	}
	CHECK(setitimer(ITIMER_REAL, &it, NULL) == 0);
	CHECK(read(fds[0], &c, 1) == 1 && got == SIGALRM);
	CHECK(tap_wait(pid) == 0);
	CHECK(alarm(100) == 0 && alarm(0) == 100);
}

static const struct tap_case cases[] = {
	{ "every signal has its number", all_numbers },
	{ "who has sent a signal, and how", senders },
	{ "siginfo of faults", faults },
	{ "alternate stack, changed registers", altstack },
	{ "floating-point state over a handler", float_state },
	{ "masks and waiting for signals", masks },
	{ "calls that go on after a handler", restart },
};

int
main(void)
{
	return (tap_run(cases, sizeof(cases) / sizeof(cases[0])));
}
