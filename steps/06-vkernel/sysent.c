/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * System calls of a guest, by DragonFly's convention.
 *
 *     number       rax; 0 and 198 take the number from the first argument
 *     arguments    rdi rsi rdx r10 r8 r9, further ones on the stack above
 *                  the return address
 *     success      carry flag clear, results in rax and rdx
 *     error        carry flag set, errno in rax
 *
 * SYSCALL would have put RIP into RCX, so a program passes its fourth argument
 * in R10; here nothing is lost, but programs are the same.  Every pointer is a
 * guest's linear address and goes through vmm_copyio.c, nothing else.
 */
#include <sys/cons.h>
#include <sys/errno.h>
#include <sys/lwp.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/systm.h>
#include <cpu/specialreg.h>
#include "guest_copyio.h"
#include "vmm.h"
#include "vmm_copyio.h"

#define WRITE_PIECE 256
/* So many bytes at a time, whatever is asked for: nobody else runs. */
#define WRITE_MAX   1024

static int
sys_exit(struct vmx_thread_info *vti, struct sysmsg *sm)
{
	guest_ended(vti->proc, GUEST_EXITED, sm->arg[0]);
	return (EJUSTRETURN);
}

/* tag::write[] */
/*
 * write(fd, buf, len), at most WRITE_MAX bytes, piece by piece; no byte of a
 * piece is written unless all of it can be read.
 */
static int
sys_write(struct vmx_thread_info *vti, struct sysmsg *sm)
{
	size_t len = MIN((u_register_t)sm->arg[2], WRITE_MAX), done, n;
	char piece[WRITE_PIECE];

	if (sm->arg[0] != 1 && sm->arg[0] != 2)
		return (EBADF);
	if (sm->arg[2] < 0)
		return (EINVAL);
	for (done = 0; done < len; done += n) {
		n = MIN(len - done, sizeof(piece));
		if (vmm_copyin(&vti->linear, sm->arg[1] + done, piece, n) != 0)
			return (EFAULT);
		for (size_t i = 0; i < n; i++)
			cnputc(piece[i]);
	}
	sm->result[0] = done;
	return (0);
}
/* end::write[] */

static int
sys_getpid(struct vmx_thread_info *vti __unused, struct sysmsg *sm)
{
	sm->result[0] = PID;
	return (0);
}

static int
sys_munmap(struct vmx_thread_info *vti, struct sysmsg *sm)
{
	return (vm_map_remove(
	    &vti->proc->map, sm->arg[0], sm->arg[0] + round_page(sm->arg[1])));
}

static int
sys_mprotect(struct vmx_thread_info *vti, struct sysmsg *sm)
{
	return (vm_map_protect(&vti->proc->map, sm->arg[0],
	    sm->arg[0] + round_page(sm->arg[1]), sm->arg[2] & VM_PROT_ALL));
}

/* tag::mmap[] */
/*
 * mmap(addr, len, prot, flags, fd, pad, pos): fresh memory at a fixed address.
 * Its seventh argument is on the guest's stack.
 */
static int
sys_mmap(struct vmx_thread_info *vti, struct sysmsg *sm)
{
	uint64_t pos;

	if (vmm_fuword64(&vti->linear, sm->stack_args, &pos) != 0)
		return (EFAULT);
	if ((sm->arg[3] & (MAP_FIXED | MAP_ANON)) != (MAP_FIXED | MAP_ANON) ||
	    (pos & PAGE_MASK) != 0)
		return (EINVAL);
	sm->result[0] = sm->arg[0];
	return (vm_map_mmap(&vti->proc->map, sm->arg[0], round_page(sm->arg[1]),
	    sm->arg[2] & VM_PROT_ALL, 0));
}
/* end::mmap[] */

/* Not DragonFly's: tries an access on a pointer; see guest_copyio.h. */
static int
sys_copyio(struct vmx_thread_info *vti, struct sysmsg *sm)
{
	uint64_t value = sm->arg[2];
	int error;

	error = copyio_op(
	    &vti->linear, sm->arg[0], sm->arg[1], &value, sm->arg[3]);
	sm->result[0] = value;
	return (error);
}

static int
sys_sched_yield(
    struct vmx_thread_info *vti __unused, struct sysmsg *sm __unused)
{
	need_resched = true;
	return (0);
}

static int
sys_lwp_gettid(struct vmx_thread_info *vti, struct sysmsg *sm)
{
	sm->result[0] = vti - vti->proc->lwp;
	return (0);
}

/* tag::threads[] */
/*
 * lwp_create(params): starts a thread.  Both numbers are written before it
 * runs, so that it can find itself.
 */
static int
sys_lwp_create(struct vmx_thread_info *vti, struct sysmsg *sm)
{
	const struct vmm_linear *g = &vti->linear;
	struct lwp_params lp;
	struct vmx_thread_info *new;
	int tid;

	if (vmm_copyin(g, sm->arg[0], &lp, sizeof(lp)) != 0)
		return (EFAULT);
	if (!is_canonical(lp.lwp_func))
		return (EINVAL);
	if (vmm_suword64(g, lp.lwp_stack - 8, 0) != 0)
		return (EFAULT);
	new = lwp_alloc(vti->proc, lp.lwp_func, lp.lwp_stack - 8, lp.lwp_arg);
	if (new == NULL)
		return (EAGAIN);
	tid = new - vti->proc->lwp;
	if ((lp.lwp_tid1 != 0 && vmm_suword32(g, lp.lwp_tid1, tid) != 0) ||
	    (lp.lwp_tid2 != 0 && vmm_suword32(g, lp.lwp_tid2, tid) != 0)) {
		lwp_free(new);
		return (EFAULT);
	}
	return (0);
}

/* extexit(how, status, addr): ends the thread, or the process. */
static int
sys_extexit(struct vmx_thread_info *vti, struct sysmsg *sm)
{
	long how = sm->arg[0];

	if ((how & 0xffff) == EXTEXIT_SETINT &&
	    vmm_suword32(&vti->linear, sm->arg[2], sm->arg[1]) != 0)
		return (EFAULT);
	if ((how & 0xffff) > EXTEXIT_SETINT)
		return (EINVAL);
	lwp_exit(vti, (how & EXTEXIT_LWP) == 0, sm->arg[1]);
	return (EJUSTRETURN);
}
/* end::threads[] */

static int
sys_nosys(struct vmx_thread_info *vti __unused, struct sysmsg *sm __unused)
{
	return (ENOSYS);
}

/* tag::table[] */
static sy_call_t *const sysent[] = {
	[SYS_exit] = sys_exit,
	[SYS_write] = sys_write,
	[SYS_getpid] = sys_getpid,
	[SYS_munmap] = sys_munmap,
	[SYS_mprotect] = sys_mprotect,
	[SYS_mmap] = sys_mmap,
	[SYS_sched_yield] = sys_sched_yield,
	[SYS_sigaction] = sys_sigaction,
	[SYS_sigreturn] = sys_sigreturn,
	[SYS_umtx_sleep] = sys_umtx_sleep,
	[SYS_umtx_wakeup] = sys_umtx_wakeup,
	[SYS_vmspace_create] = sys_vmspace_create,
	[SYS_vmspace_destroy] = sys_vmspace_destroy,
	[SYS_vmspace_ctl] = sys_vmspace_ctl,
	[SYS_extexit] = sys_extexit,
	[SYS_lwp_create] = sys_lwp_create,
	[SYS_lwp_gettid] = sys_lwp_gettid,
	[SYS_lwp_kill] = sys_lwp_kill,
	[SYS_vmm_guest_sync_addr] = sys_vmm_guest_sync_addr,
	[SYS_copyio] = sys_copyio,
};

/* The call of a number, which may be the first argument. */
static sy_call_t *
find_call(struct trapframe *tf, struct sysmsg *sm)
{
	u_long number = tf->tf_rax;

	if (number == SYS_syscall || number == SYS___syscall) {
		number = sm->arg[0];
		memmove(sm->arg, sm->arg + 1, 5 * sizeof(sm->arg[0]));
		sm->arg[5] = 0; /* on the stack now; no call needs it */
		sm->stack_args += 8;
	}
	return (number < nitems(sysent) && sysent[number] != NULL
		? sysent[number]
		: sys_nosys);
}
/* end::table[] */

/* tag::syscall2[] */
/**
 * Gives a system call's result to the thread that made it.
 * @param vti	thread
 * @param sm	the results, if there is no error
 * @param error	errno, or 0
 */
void
syscall_return(struct vmx_thread_info *vti, const struct sysmsg *sm, int error)
{
	struct trapframe *tf = &vti->guest.vg_frame;

	if (error != 0) {
		tf->tf_rflags |= PSL_C;
		tf->tf_rax = error;
		return;
	}
	tf->tf_rflags &= ~PSL_C;
	tf->tf_rax = sm->result[0];
	tf->tf_rdx = sm->result[1];
}

/**
 * Makes the system call that a thread's registers ask for.  Who has to wait
 * gets the result from whoever ends the wait.
 * @param vti	thread; RIP is behind the instruction
 */
void
syscall2(struct vmx_thread_info *vti)
{
	struct trapframe *tf = &vti->guest.vg_frame;
	struct sysmsg sm = {
		.arg = { tf->tf_rdi, tf->tf_rsi, tf->tf_rdx, tf->tf_r10,
		    tf->tf_r8, tf->tf_r9 },
		.result = { 0, tf->tf_rdx },
		.stack_args = tf->tf_rsp + 8,
	};
	int error;

	error = find_call(tf, &sm)(vti, &sm);
	if (error != EJUSTRETURN)
		syscall_return(vti, &sm, error);
}
/* end::syscall2[] */
