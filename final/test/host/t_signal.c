/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Signals, as far as programs and DragonFly's vkernel need them.
 */
#include <sys/mman.h>
#include <sys/time.h>
#include <cpu/ucontext.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdint.h>
#include <time.h>
#include "tap.h"

static volatile sig_atomic_t got, got_sig, depth, max_depth;
static volatile siginfo_t got_info;

static void
count(int sig)
{
	got++;
	got_sig = sig;
}

static void
info_handler(int sig, siginfo_t *info, void *context)
{
	(void)context;
	got++;
	got_sig = sig;
	got_info = *info;
}

static void
handle(int sig, void (*func)(int), int flags)
{
	struct sigaction sa = { .sa_handler = func, .sa_flags = flags };

	CHECK(sigaction(sig, &sa, NULL) == 0);
}

static void
handle_info(int sig, void (*func)(int, siginfo_t *, void *), int flags)
{
	struct sigaction sa = { .sa_sigaction = func,
		.sa_flags = flags | SA_SIGINFO };

	CHECK(sigaction(sig, &sa, NULL) == 0);
}

static void
test_handler(void)
{
	handle(SIGUSR1, count, 0);
	for (int i = 0; i < 100; i++)
		CHECK(raise(SIGUSR1) == 0);
	CHECK(got == 100 && got_sig == SIGUSR1);
}

static void
test_siginfo(void)
{
	handle_info(SIGUSR2, info_handler, 0);
	CHECK(kill(getpid(), SIGUSR2) == 0);
	CHECK(got == 1 && got_info.si_signo == SIGUSR2);
	CHECK(got_info.si_pid == getpid() && got_info.si_code == SI_USER);
}

static void
test_mask(void)
{
	sigset_t set, old, pending;

	handle(SIGUSR1, count, 0);
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	CHECK(sigprocmask(SIG_BLOCK, &set, &old) == 0);
	raise(SIGUSR1);
	raise(SIGUSR1);
	CHECK(got == 0);
	CHECK(sigpending(&pending) == 0 && sigismember(&pending, SIGUSR1));
	CHECK(sigprocmask(SIG_SETMASK, &old, NULL) == 0);
	CHECK(got == 1);
	sigfillset(&set);
	CHECK(sigprocmask(SIG_SETMASK, &set, NULL) == 0);
	CHECK(sigprocmask(SIG_SETMASK, NULL, &set) == 0);
	CHECK(!sigismember(&set, SIGKILL) && !sigismember(&set, SIGSTOP));
	CHECK_ERRNO(sigprocmask(77, &set, NULL), EINVAL);
}

static void
nest(int sig)
{
	depth++;
	if (depth > max_depth)
		max_depth = depth;
	if (got++ < 3)
		raise(sig);
	depth--;
}

static void
test_nodefer(void)
{
	handle(SIGUSR1, nest, 0);
	raise(SIGUSR1);
	CHECK(got == 4 && max_depth == 1);
	got = max_depth = 0;
	handle(SIGUSR1, nest, SA_NODEFER);
	raise(SIGUSR1);
	CHECK(got == 4 && max_depth == 4);
}

static void
test_resethand(void)
{
	struct sigaction sa;
	pid_t pid;

	handle(SIGUSR1, count, SA_RESETHAND);
	raise(SIGUSR1);
	CHECK(got == 1);
	CHECK(sigaction(SIGUSR1, NULL, &sa) == 0);
	CHECK(sa.sa_handler == SIG_DFL);
	pid = fork();
	if (pid == 0) {
		raise(SIGUSR1);
		_exit(0);
	}
	CHECK(WTERMSIG(tap_wait(pid)) == SIGUSR1);
}

static void
test_suspend(void)
{
	sigset_t set, old;
	pid_t pid, self = getpid();

	handle(SIGUSR1, count, 0);
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigprocmask(SIG_BLOCK, &set, &old);
	pid = fork();
	if (pid == 0) {
		usleep(50000);
		kill(self, SIGUSR1);
		_exit(0);
	}
	CHECK_ERRNO(sigsuspend(&old), EINTR);
	CHECK(got == 1);
	raise(SIGUSR1);
	CHECK(got == 1); /* blocked again */
	CHECK(tap_wait(pid) == 0);
}

static void
test_timedwait(void)
{
	struct timespec ts = { 0, 50000000 };
	siginfo_t info;
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigprocmask(SIG_BLOCK, &set, NULL);
	CHECK_ERRNO(sigtimedwait(&set, &info, &ts), EAGAIN);
	raise(SIGUSR1);
	CHECK(sigtimedwait(&set, &info, &ts) == SIGUSR1);
	CHECK(info.si_signo == SIGUSR1);
}

static void
test_restart(void)
{
	int p[2];
	pid_t pid, self = getpid();
	char c;

	CHECK(pipe(p) == 0);
	for (int flags = 0; flags <= SA_RESTART; flags += SA_RESTART) {
		got = 0;
		handle(SIGUSR1, count, flags);
		pid = fork();
		if (pid == 0) {
			usleep(50000);
			kill(self, SIGUSR1);
			usleep(50000);
			(void)!write(p[1], "x", 1);
			_exit(0);
		}
		if (flags == 0) {
			CHECK_ERRNO(read(p[0], &c, 1), EINTR);
			CHECK(got == 1);
		}
		CHECK(read(p[0], &c, 1) == 1 && got == 1);
		CHECK(tap_wait(pid) == 0);
	}
}

static void *alt_sp;

static void
on_alt(int sig)
{
	(void)sig;
	alt_sp = __builtin_frame_address(0);
}

static void
test_altstack(void)
{
	static char stack[SIGSTKSZ];
	stack_t ss = { .ss_sp = stack, .ss_size = sizeof(stack) };
	stack_t old;

	CHECK(sigaltstack(&ss, NULL) == 0);
	handle(SIGUSR1, on_alt, SA_ONSTACK);
	raise(SIGUSR1);
	CHECK((char *)alt_sp > stack && (char *)alt_sp < stack + sizeof(stack));
	handle(SIGUSR1, on_alt, 0);
	raise(SIGUSR1);
	CHECK((char *)alt_sp < stack || (char *)alt_sp > stack + sizeof(stack));
	CHECK(sigaltstack(NULL, &old) == 0 && old.ss_size == sizeof(stack));
	ss.ss_size = 100;
	CHECK_ERRNO(sigaltstack(&ss, NULL), ENOMEM);
}

/* --- a handler changes what it interrupted: as the vkernel does --- */

static char *fix_page;

static void
fix_fault(int sig, siginfo_t *info, void *context)
{
	struct ucontext *uc = context;

	(void)sig;
	got_info = *info;
	got = uc->uc_mcontext.mc_frame.tf_err;
	got_sig = uc->uc_mcontext.mc_frame.tf_trapno;
	mprotect(fix_page, 4096, PROT_READ | PROT_WRITE);
}

static void
test_fault(void)
{
	fix_page = mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANON, -1, 0);
	CHECK(fix_page != MAP_FAILED);
	handle_info(SIGSEGV, fix_fault, SA_NODEFER);
	*(volatile char *)(fix_page + 12) = 3;
	CHECK(fix_page[12] == 3);
	CHECK((char *)got_info.si_addr == fix_page + 12);
	CHECK(got_info.si_code == SEGV_ACCERR);
	CHECK((got & 6) == 6); /* a write, from user mode */
	CHECK(got_sig == 12);  /* T_PAGEFLT */
}

static void
skip_ud(int sig, siginfo_t *info, void *context)
{
	struct ucontext *uc = context;

	(void)sig;
	(void)info;
	got++;
	uc->uc_mcontext.mc_frame.tf_rip += 2;
	uc->uc_mcontext.mc_frame.tf_rbx = 0x1234;
}

static void
test_context(void)
{
	register_t rbx = 0, r15 = 0x77;
	double d = 1.5;

	handle_info(SIGILL, skip_ud, 0);
	__asm __volatile("movq %2, %%r15; ud2; movq %%rbx, %0; movq %%r15, %1"
			 : "=r"(rbx), "=r"(r15)
			 : "r"(r15)
			 : "rbx", "r15", "memory");
	CHECK(got == 1 && rbx == 0x1234 && r15 == 0x77);
	d = d * 2 + got;
	CHECK(d == 4.0);
}

static void
spoil_fpu(int sig)
{
	(void)sig;
	__asm __volatile("pcmpeqd %%xmm5, %%xmm5; fninit" : : : "xmm5");
	got++;
}

static void
test_fpu(void)
{
	uint64_t in = 0x1122334455667788, out = 0;

	handle(SIGUSR1, spoil_fpu, 0);
	/* The system call that raises it is between the two. */
	__asm __volatile("movq %0, %%xmm5" : : "r"(in) : "xmm5");
	raise(SIGUSR1);
	__asm __volatile("movq %%xmm5, %0" : "=r"(out));
	CHECK(got == 1 && out == in);
}

/* Whether processor and kernel have AVX. */
static int
has_avx(void)
{
	const unsigned want = 1U << 27 | 1U << 28; /* OSXSAVE, AVX */
	unsigned a = 1, c = 0, d;

	__asm __volatile("cpuid" : "+a"(a), "+c"(c) : : "rbx", "rdx");
	if ((c & want) != want)
		return (0);
	__asm __volatile("xgetbv" : "=a"(a), "=d"(d) : "c"(0));
	return ((a & 6) == 6);
}

/* The handler sees the upper half, changes it in the frame, and spoils it. */
static void
spoil_avx(int sig, siginfo_t *info, void *context)
{
	struct mcontext *mc = &((ucontext_t *)context)->uc_mcontext;
	uint64_t *upper = (uint64_t *)((char *)mc->mc_fpregs + 576 + 5 * 16);

	(void)sig;
	(void)info;
	if (mc->mc_fpformat == MC_FPFMT_YMM && upper[0] == 3 && upper[1] == 4)
		got++;
	upper[1] = 5;
	__asm __volatile("vpcmpeqd %%xmm5, %%xmm5, %%xmm5\n\t"
			 "vinsertf128 $1, %%xmm5, %%ymm5, %%ymm5" ::
			     : "xmm5");
}

static void
test_avx(void)
{
	struct sigaction sa = { .sa_sigaction = spoil_avx,
		.sa_flags = SA_SIGINFO };
	uint64_t in[4] = { 1, 2, 3, 4 }, out[4] = { 0 };

	if (!has_avx())
		return;
	CHECK(sigaction(SIGUSR1, &sa, NULL) == 0);
	__asm __volatile("vmovdqu %0, %%ymm5" : : "m"(in) : "xmm5");
	raise(SIGUSR1);
	__asm __volatile("vmovdqu %%ymm5, %0" : "=m"(out));
	CHECK(got == 1);
	CHECK(out[0] == 1 && out[1] == 2 && out[2] == 3 && out[3] == 5);
}

static void
test_errors(void)
{
	struct sigaction sa = { .sa_handler = count };

	CHECK_ERRNO(sigaction(SIGKILL, &sa, NULL), EINVAL);
	CHECK_ERRNO(sigaction(SIGSTOP, &sa, NULL), EINVAL);
	CHECK_ERRNO(sigaction(0, &sa, NULL), EINVAL);
	CHECK_ERRNO(sigaction(999, &sa, NULL), EINVAL);
	CHECK_ERRNO(kill(getpid(), 999), EINVAL);
	CHECK_ERRNO(kill(99998, SIGUSR1), ESRCH);
	CHECK(kill(getpid(), 0) == 0);
	CHECK_ERRNO(sigaction(SIGUSR1, (void *)8, NULL), EFAULT);
}

static void
test_child(void)
{
	pid_t pid;

	handle_info(SIGCHLD, info_handler, 0);
	pid = fork();
	if (pid == 0)
		_exit(5);
	while (got == 0)
		usleep(1000);
	CHECK(got_info.si_pid == pid && got_info.si_code == CLD_EXITED &&
	    got_info.si_status == 5);
	CHECK(WEXITSTATUS(tap_wait(pid)) == 5);
}

static void
test_ignored_child(void)
{
	int status;
	pid_t pid;

	handle(SIGCHLD, SIG_IGN, 0);
	pid = fork();
	if (pid == 0)
		_exit(0);
	CHECK_ERRNO(waitpid(pid, &status, 0), ECHILD);
}

static void
test_itimer(void)
{
	struct itimerval it = { { 0, 20000 }, { 0, 20000 } }, old;

	handle(SIGALRM, count, SA_RESTART);
	CHECK(setitimer(ITIMER_REAL, &it, NULL) == 0);
	while (got < 4)
		pause();
	memset(&it, 0, sizeof(it));
	CHECK(setitimer(ITIMER_REAL, &it, &old) == 0);
	CHECK(old.it_interval.tv_usec == 20000);
	got = 0;
	usleep(60000);
	CHECK(got == 0);
	it.it_value.tv_usec = -1;
	CHECK_ERRNO(setitimer(ITIMER_REAL, &it, NULL), EINVAL);
}

static volatile int thread_stop;
static pthread_t thread_got;

static void
thread_handler(int sig)
{
	(void)sig;
	thread_got = pthread_self();
	got++;
}

static void *
spin_thread(void *arg)
{
	while (!thread_stop)
		;
	return (arg);
}

static void
test_thread(void)
{
	pthread_t t;

	handle(SIGUSR1, thread_handler, 0);
	CHECK(pthread_create(&t, NULL, spin_thread, NULL) == 0);
	CHECK(pthread_kill(t, SIGUSR1) == 0);
	while (got == 0)
		usleep(1000);
	CHECK(pthread_equal(thread_got, t));
	thread_stop = 1;
	pthread_join(t, NULL);
}

static void
test_pipe(void)
{
	int p[2];
	pid_t pid;

	CHECK(pipe(p) == 0);
	close(p[0]);
	pid = fork();
	if (pid == 0) {
		(void)!write(p[1], "x", 1);
		_exit(0);
	}
	CHECK(WTERMSIG(tap_wait(pid)) == SIGPIPE);
	handle(SIGPIPE, SIG_IGN, 0);
	CHECK_ERRNO(write(p[1], "x", 1), EPIPE);
}

static void
test_bad_frame(void)
{
	pid_t pid = fork();
	int status;

	/* No room for the frame: the process dies, nothing else does. */
	if (pid == 0) {
		handle(SIGUSR1, count, 0);
		__asm __volatile("movq $0x1000, %%rsp; movl $20, %%eax; "
				 "syscall; movq %%rax, %%rdi; movl $30, %%esi; "
				 "movl $37, %%eax; syscall; ud2"
				 :
				 :
				 : "memory");
	}
	status = tap_wait(pid);
	CHECK(WIFSIGNALED(status));
}

static struct ucontext kept;

static void
keep_context(int sig, siginfo_t *info, void *context)
{
	(void)sig;
	(void)info;
	kept = *(ucontext_t *)context;
	got++;
}

/* The frame that was kept, with another word in its FPU image. */
static void *
frame_with(unsigned offset, uint32_t value)
{
	static struct ucontext uc;

	uc = kept;
	memcpy(
	    (char *)uc.uc_mcontext.mc_fpregs + offset, &value, sizeof(value));
	return (&uc);
}

static void
test_bad_sigreturn(void)
{
	static struct ucontext uc;

	/* Ring 0 and interrupts off are not for a program to choose. */
	CHECK_ERRNO(syscall(344, &uc), EINVAL);
	CHECK_ERRNO(syscall(344, (void *)8), EFAULT);
	handle_info(SIGUSR1, keep_context, 0);
	raise(SIGUSR1);
	CHECK(got++ == 1); /* no frame below leads here again */
	CHECK_ERRNO(syscall(344, frame_with(24, 0xffffffff)), EINVAL);
	if (kept.uc_mcontext.mc_fpformat != MC_FPFMT_YMM)
		return;
	/* XSTATE_BV, XCOMP_BV and zeros: what XRSTOR would not take. */
	CHECK_ERRNO(syscall(344, frame_with(512, 1 << 9)), EINVAL);
	CHECK_ERRNO(syscall(344, frame_with(520, 1)), EINVAL);
	CHECK_ERRNO(syscall(344, frame_with(572, 1)), EINVAL);
}

static const struct tap_case cases[] = {
	{ "a handler is called for every signal", test_handler },
	{ "a siginfo says who sent it", test_siginfo },
	{ "blocked signals wait, once each", test_mask },
	{ "SA_NODEFER lets a handler interrupt itself", test_nodefer },
	{ "SA_RESETHAND is for one time", test_resethand },
	{ "sigsuspend waits and restores the mask", test_suspend },
	{ "sigtimedwait takes a signal or gives up", test_timedwait },
	{ "SA_RESTART: a read goes on, or EINTR", test_restart },
	{ "SA_ONSTACK uses the other stack", test_altstack },
	{ "a fault tells address, code, error and trap, and is mended",
	    test_fault },
	{ "a handler changes the registers it interrupted", test_context },
	{ "a handler's FPU is its own", test_fpu },
	{ "so are the upper halves of AVX, in the frame", test_avx },
	{ "wrong arguments give the right errors", test_errors },
	{ "SIGCHLD tells which child, and how", test_child },
	{ "an ignored SIGCHLD leaves no zombie", test_ignored_child },
	{ "interval timers", test_itimer },
	{ "a signal for one thread reaches that thread", test_thread },
	{ "SIGPIPE, or EPIPE", test_pipe },
	{ "no room for a frame ends the process", test_bad_frame },
	{ "sigreturn takes no privileged registers", test_bad_sigreturn },
};

int
main(void)
{
	return (tap_run(cases, sizeof(cases) / sizeof(cases[0])));
}
