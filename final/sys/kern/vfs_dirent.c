/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Writing entries of directories, for VOP_READDIR.
 */
#include <sys/dirent.h>
#include <sys/systm.h>
#include <sys/vnode.h>

/**
 * Writes one entry, if it has room.  uio_offset stays what it was: cookies are
 * the file system's.
 * @param error	set to 0 or EFAULT
 * @param uio	where to
 * @param ino	inode
 * @param type	DT_*
 * @param name	need not be terminated
 * @param namelen its bytes, at most NAME_MAX_FS
 * @return	whether the directory has to stop here: no room, or an error
 */
bool
vop_write_dirent(int *error, struct uio *uio, ino_t ino, u_int type,
    const char *name, size_t namelen)
{
	off_t cookie = uio->uio_offset;
	struct dirent de;
	size_t len = _DIRENT_RECLEN(namelen);

	*error = 0;
	if (uio->uio_resid < len)
		return (true);
	bzero(&de, len);
	de.d_fileno = ino;
	de.d_namlen = namelen;
	de.d_type = type;
	memcpy(de.d_name, name, namelen);
	*error = uiomove(&de, len, uio);
	uio->uio_offset = cookie;
	return (*error != 0);
}
