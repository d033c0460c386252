/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * A very small vkernel: processes, their system calls and signals, several
 * virtual CPUs.  Page tables and paging are in guest_vkpage.c.
 *
 * A virtual CPU is a thread of the guest.  It takes a process, lets it run in
 * its place by vmspace_ctl(), and does what the process stopped for.  A clock
 * thread sends each of them SIGALRM, which is their timer interrupt.
 *
 * One lock guards all of it, memory included, and is given back while a process
 * runs.  Linked with guest.c; see there for the rules.
 */
#include <sys/errno.h>
#include <sys/lwp.h>
#include <sys/param.h>
#include <sys/signal.h>
#include <sys/vmspace.h>
#include <cpu/specialreg.h>
#include <cpu/trap.h>
#include "guest_call.h"
#include "guest_sys.h"
#include "guest_vkernel.h"
#include "vmm.h"

#define TICK_US	 20000
#define PIECE	 128
#define RED_ZONE 128

/** All processes; a process's number is its place, plus 1. */
struct vk_proc vk_procs[VK_NPROC];
/** What happened. */
struct vk_counts vk_counts;

static umtx_t lock;
static u_int next_proc;
static umtx_t work; /* counts whenever an idle virtual CPU shall look */
static volatile int tick_count;
static volatile umtx_t over; /* the clock sleeps on it */
static u_int nvcpus;
static volatile int vcpu_tid[VK_NPROC];

/**
 * Ends the vkernel with a line on the console.
 * @param line	the line
 * @param n	its length
 */
void
vk_panic(const char *line, size_t n)
{
	guest_call(SYS_write, 1, (long)line, n);
	guest_exit(-1);
}

/* --- processes --- */

static void
wake_idle(void)
{
	work++;
	umtx_wakeup(&work, 0);
}

static void
proc_init(struct vk_proc *p, void (*entry)(long), long arg)
{
	*p = (struct vk_proc){ .pml4 = vk_empty_table() };
	vk_must(vk_map_text(p->pml4));
	p->vf.vx_tls.info[0].base = VK_HEAP;
	p->vf.vx_tls.info[1].base = VK_HEAP + 8;
	p->tf.tf_rip = (long)entry;
	p->tf.tf_rdi = arg;
	p->tf.tf_rsp = VK_STACK_TOP - 8;
	p->state = VK_READY;
}

static void
proc_end(struct vk_proc *p, int trapno, int status)
{
	vk_memory_free(p);
	p->state = VK_DEAD;
	p->status = status;
	p->trapno = trapno;
	p->addr = p->tf.tf_addr;
	wake_idle();
}

/* tag::deliver[] */
/*
 * Makes a process go on in a handler, with what it was doing kept on its
 * stack.
 */
static void
deliver(struct vk_proc *p)
{
	int sig = __builtin_ctzl(p->pending) + 1;
	vm_offset_t sp = rounddown2(
	    p->tf.tf_rsp - RED_ZONE - sizeof(p->tf), 16);

	p->pending &= p->pending - 1;
	if (p->handler[sig] == 0 ||
	    vk_copy(p, sp, &p->tf, sizeof(p->tf), true) != 0) {
		proc_end(p, 0, sig);
		return;
	}
	vk_counts.signals++;
	p->tf.tf_rdi = sig;
	p->tf.tf_rsi = sp;
	p->tf.tf_rsp = sp - 8;
	p->tf.tf_rip = p->handler[sig];
}
/* end::deliver[] */

/* --- system calls of a process --- */

static int
do_write(struct vk_proc *p, long fd, vm_offset_t va, size_t n)
{
	char piece[PIECE];
	size_t done, now;

	if (fd != 1)
		return (EBADF);
	for (done = 0; done < n; done += now) {
		now = MIN(n - done, sizeof(piece));
		if (vk_copy(p, va + done, piece, now, false) != 0)
			return (EFAULT);
		guest_call(SYS_write, 1, (long)piece, now);
	}
	p->tf.tf_rax = n;
	return (0);
}

static int
do_kill(u_long pid, u_long sig)
{
	if (pid == 0 || pid > VK_NPROC || vk_procs[pid - 1].state == VK_FREE ||
	    vk_procs[pid - 1].state == VK_DEAD)
		return (ESRCH);
	if (sig == 0 || sig >= NSIG)
		return (EINVAL);
	vk_procs[pid - 1].pending |= 1UL << (sig - 1);
	return (0);
}

static int
do_sigaction(struct vk_proc *p, u_long sig, vm_offset_t va)
{
	struct sigaction act;

	if (sig == 0 || sig >= NSIG)
		return (EINVAL);
	if (vk_copy(p, va, &act, sizeof(act), false) != 0)
		return (EFAULT);
	p->handler[sig] = act.sa_handler;
	return (0);
}

static void
system_call(struct vk_proc *p, bool *yield)
{
	struct trapframe *tf = &p->tf, new;
	long number = tf->tf_rax;
	int error = 0;

	switch (number) {
	case SYS_exit:
		proc_end(p, 0, tf->tf_rdi);
		return;
	case SYS_sigreturn:
		if (vk_copy(p, tf->tf_rdi, &new, sizeof(new), false) != 0)
			proc_end(p, 0, SIGSEGV);
		else
			*tf = new; /* the host takes of it what it may have */
		return;
	case SYS_write:
		error = do_write(p, tf->tf_rdi, tf->tf_rsi, tf->tf_rdx);
		break;
	case SYS_getpid:
		tf->tf_rax = p - vk_procs + 1;
		break;
	case SYS_kill:
		error = do_kill(tf->tf_rdi, tf->tf_rsi);
		break;
	case SYS_sched_yield:
		*yield = true;
		break;
	case SYS_sigaction:
		error = do_sigaction(p, tf->tf_rdi, tf->tf_rsi);
		break;
	default:
		error = ENOSYS;
	}
	tf->tf_rflags &= ~PSL_C;
	if (error != 0) {
		tf->tf_rflags |= PSL_C;
		tf->tf_rax = error;
	}
}

/* --- virtual CPUs --- */

/**
 * Runs a process in place of this thread until it needs the vkernel.
 * @param id	its page table
 * @param tf	its registers, before and after
 * @param vf	its TLS
 * @return	0 or errno
 */
int
vmspace_run(vm_paddr_t id, struct trapframe *tf, const struct vextframe *vf)
{
	return (guest_sys4(
	    SYS_vmspace_ctl, id, VMSPACE_CTL_RUN, (long)tf, (long)vf, NULL));
}

/* tag::trap[] */
/* What the process stopped for. */
static void
trap(struct vk_proc *p, bool *yield)
{
	int trapno = p->tf.tf_trapno;

	switch (trapno) {
	case 0:
		break;
	case T_FAST_SYSCALL:
		system_call(p, yield);
		break;
	case T_PAGEFLT:
		if (vk_fault(p, p->tf.tf_addr, p->tf.tf_err))
			break;
		/* FALLTHROUGH */
	default:
		proc_end(p, trapno, 0);
	}
}
/* end::trap[] */

/* tag::run[] */
/* Runs a process until it ends or has had its time.  The lock is held. */
static void
run(struct vk_proc *p)
{
	int began = tick_count, error;
	bool yield = false;

	p->state = VK_RUNNING;
	vk_counts.switches++;
	while (p->state == VK_RUNNING && !yield && tick_count == began) {
		if (p->pending != 0) {
			deliver(p);
			continue;
		}
		mutex_unlock(&lock);
		error = vmspace_run(p->pml4, &p->tf, &p->vf);
		mutex_lock(&lock);
		vk_must(error == 0 || error == EINVAL);
		if (error == 0)
			trap(p, &yield);
		else /* registers that no program can have */
			proc_end(p, T_PROTFLT, 0);
	}
	if (p->state == VK_RUNNING) {
		p->state = VK_READY;
		wake_idle();
	}
}
/* end::run[] */

static struct vk_proc *
choose(bool *all_dead)
{
	struct vk_proc *p;

	*all_dead = true;
	for (u_int i = 0; i < VK_NPROC; i++) {
		p = &vk_procs[(next_proc + i) % VK_NPROC];
		if (p->state == VK_READY) {
			next_proc = (p - vk_procs + 1) % VK_NPROC;
			return (p);
		}
		if (p->state == VK_RUNNING)
			*all_dead = false;
	}
	return (NULL);
}

static void
vcpu_main(void *arg)
{
	struct vk_proc *p;
	bool all_dead;
	long tid;
	int was;

	guest_sys4(SYS_lwp_gettid, 0, 0, 0, 0, &tid);
	vcpu_tid[(long)arg] = tid + 1;
	mutex_lock(&lock);
	for (;;) {
		p = choose(&all_dead);
		if (p != NULL) {
			run(p);
			continue;
		}
		if (all_dead)
			break;
		was = work;
		mutex_unlock(&lock);
		umtx_sleep(&work, was, 0);
		mutex_lock(&lock);
	}
	vcpu_tid[(long)arg] = 0;
	mutex_unlock(&lock);
}

/* tag::tick[] */
/* The timer interrupt: whoever runs comes back to its vkernel. */
static void
on_tick(int sig __unused)
{
	__atomic_fetch_add(&tick_count, 1, __ATOMIC_SEQ_CST);
}

static void
clock_main(void *arg __unused)
{
	int tid;

	while (over == 0) {
		umtx_sleep(&over, 0, TICK_US);
		for (u_int i = 0; i < nvcpus; i++) {
			tid = vcpu_tid[i];
			if (tid != 0)
				guest_sys4(SYS_lwp_kill, PID, tid - 1, SIGALRM,
				    0, NULL);
		}
	}
}
/* end::tick[] */

/* The vkernel is not pageable: a fault of its own is a mistake in it, and one
 * of a process does not come here. */
static void
on_segv(int sig __unused)
{
	static const char line[] = "vkernel: it has a fault itself\n";

	vk_panic(line, sizeof(line) - 1);
}

/**
 * Runs processes until all of them have ended; vk_procs says how.
 * @param config	what to do
 */
void
vkernel(const struct vk_config *config)
{
	int tid[VK_NPROC], clock = 0;

	vk_must(guest_sys4(SYS_vmspace_create, 0, 0, 0, 0, NULL) == 0);
	vk_must(signal_handle(SIGALRM, on_tick) == 0);
	vk_must(signal_handle(SIGSEGV, on_segv) == 0);
	over = 0;
	vk_memory_init(config->frames);
	nvcpus = config->vcpus;
	for (u_int i = 0; i < config->nproc; i++)
		proc_init(&vk_procs[i], config->program[i].entry,
		    config->program[i].arg);
	if (!config->still) {
		clock = thread_start(clock_main, NULL);
		vk_must(clock > 0);
	}
	for (u_int i = 1; i < nvcpus; i++) {
		tid[i] = thread_start(vcpu_main, (void *)(long)i);
		vk_must(tid[i] > 0);
	}
	vcpu_main(NULL);
	for (u_int i = 1; i < nvcpus; i++)
		thread_join(tid[i]);
	over = 1;
	umtx_wakeup(&over, 0); /* or it sleeps to the end of its tick */
	if (clock != 0)
		thread_join(clock);
}
