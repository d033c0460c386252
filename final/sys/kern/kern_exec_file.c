/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * execve: from a path to a program, without touching the process.
 *
 * A script leads to another path, a dynamic program to a second file: its
 * dynamic linker, which is in the same address space and begins in its place
 * (imgact_elf.c).  One file is locked at a time: a look-up locks folders, and
 * whoever looks up a name locks the folder before the file.
 *
 * From here on both files count as running (v_execcount): nobody opens them
 * for writing, so what was checked is what will be mapped.
 */
#include <sys/elf64_layout.h>
#include <sys/errno.h>
#include <sys/imgact.h>
#include <sys/malloc.h>
#include <sys/mount.h>
#include <sys/proc.h>
#include <sys/systm.h>
#include <sys/vnode.h>

#define MAXINTERP 4 /* scripts that run scripts */

/** A dynamic linker, and all that belongs to it. */
struct linker_image {
	struct image_params img;
	struct vattr va;
	struct elf64_layout layout;
	char path[ELF64_MAXPATH];
	char header[PAGE_SIZE];
};

/* Whether a file may be run; vp is locked. */
static int
check_file(struct vnode *vp, struct vattr *va, struct ucred *cred)
{
	u_int flags;
	int error;

	error = VOP_GETATTR(vp, va);
	if (error != 0)
		return (error);
	flags = vp->v_mount != NULL ? vp->v_mount->mnt_flag : 0;
	if (vp->v_type != VREG || (flags & MNT_NOEXEC) != 0 ||
	    (va->va_mode & (S_IXUSR | S_IXGRP | S_IXOTH)) == 0)
		return (EACCES);
	if ((flags & MNT_NOSUID) != 0)
		va->va_mode &= ~(S_ISUID | S_ISGID);
	error = VOP_ACCESS(vp, VEXEC, cred);
	if (error != 0)
		return (error);
	return (vp->v_writecount != 0 ? ETXTBSY : 0);
}

/* Gives up a file that is not locked. */
static void
close_file(struct image_params *imgp)
{
	imgp->vp->v_execcount--;
	vrele(imgp->vp);
	imgp->vp = NULL;
}

/* Opens a file: imgp->vp is locked, and counts as running.  Reads its first
 * page. */
static int
open_file(struct image_params *imgp, const char *path)
{
	struct ucred *cred = imgp->proc->p_ucred;
	struct nlookupdata nd;
	size_t n, resid;
	int error;

	imgp->execpath = path;
	error = nlookup_init(&nd, path, UIO_SYSSPACE, NAMEI_LOOKUP, NLC_FOLLOW);
	if (error == 0)
		error = nlookup(&nd);
	if (error == 0)
		error = check_file(nd.nl_vp, imgp->attr, cred);
	if (error == 0) {
		imgp->vp = nd.nl_vp;
		imgp->vp->v_execcount++;
		nd.nl_vp = NULL;
	}
	nlookup_done(&nd);
	if (error != 0)
		return (error);
	n = MIN((uint64_t)imgp->attr->va_size, PAGE_SIZE);
	error = vn_rdwr(UIO_READ, imgp->vp,
	    (void *)(uintptr_t)imgp->image_header, n, 0, UIO_SYSSPACE, 0, cred,
	    &resid);
	imgp->header_len = n - resid;
	if (error != 0) {
		vn_unlock(imgp->vp);
		close_file(imgp);
	}
	return (error);
}

/* A dynamic linker that is to be found; its path is in the program, which is
 * locked. */
static int
new_linker(struct image_params *imgp)
{
	const struct elf64_layout *lo = imgp->layout;
	struct linker_image *li;
	size_t resid;
	int error;

	li = kmalloc(sizeof(*li), M_TEMP, M_WAITOK | M_ZERO);
	li->img.proc = imgp->proc;
	li->img.attr = &li->va;
	li->img.layout = &li->layout;
	li->img.image_header = li->header;
	imgp->linker = &li->img;
	error = vn_rdwr(UIO_READ, imgp->vp, li->path, lo->interp_size,
	    (off_t)lo->interp_offset, UIO_SYSSPACE, 0, imgp->proc->p_ucred,
	    &resid);
	if (error == 0 &&
	    (resid != 0 || li->path[lo->interp_size - 1] != '\0')) {
		imgp->reason.words = "its dynamic linker's path has no end";
		error = ENOEXEC;
	}
	return (error);
}

/* tag::linker[] */
/* The dynamic linker of a program, neither of which is locked when it is
 * done. */
static int
find_linker(struct image_params *imgp)
{
	struct linker_image *li = (struct linker_image *)imgp->linker;
	int error;

	error = open_file(&li->img, li->path);
	if (error == 0) {
		error = exec_elf64_linker(imgp);
		vn_unlock(li->img.vp);
	} else if (error == ENOENT || error == ENOTDIR) {
		li->img.reason.words = "there is no such file";
	}
	imgp->reason.words = li->img.reason.words;
	imgp->reason.linker = true;
	return (error);
}
/* end::linker[] */

/**
 * Gives up the files of a program.  May sleep.
 * @param imgp	from exec_find()
 */
void
exec_close(struct image_params *imgp)
{
	if (imgp->linker != NULL) {
		if (imgp->linker->vp != NULL)
			close_file(imgp->linker);
		kfree(imgp->linker, M_TEMP);
		imgp->linker = NULL;
	}
	if (imgp->vp != NULL)
		close_file(imgp);
}

/* tag::find[] */
/**
 * From a path to a program, through scripts.  May sleep.
 * @param imgp	its buffers are there; results: vp, linker and what
 *		imgact_elf.c finds out; the files go back by exec_close()
 * @param path	in the kernel
 * @return	0; ENOENT and other errors of look-up; EACCES; ETXTBSY;
 *		ENOEXEC, with a reason; ELOOP; ENOMEM; errors of reading
 */
int
exec_find(struct image_params *imgp, const char *path)
{
	int error;

	for (;;) {
		error = open_file(imgp, path);
		if (error != 0)
			return (error);
		error = exec_shell_imgact(imgp);
		if (error == -1) {
			error = exec_elf64_imgact(imgp);
			if (error == 0 && imgp->layout->interp_size != 0)
				error = new_linker(imgp);
			vn_unlock(imgp->vp);
			break;
		}
		vn_unlock(imgp->vp);
		if (error != 0)
			break;
		close_file(imgp);
		if (++imgp->interpreted > MAXINTERP)
			return (ELOOP);
		path = imgp->interp;
	}
	if (error == 0 && imgp->linker != NULL)
		error = find_linker(imgp);
	if (error == 0)
		error = exec_elf64_limits(imgp);
	if (error != 0)
		exec_close(imgp);
	return (error);
}
/* end::find[] */
