/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * From a path to a vnode.
 */
#ifndef _SYS_NAMEI_H_
#define _SYS_NAMEI_H_

#include <sys/queue.h>
#include <sys/uio.h>

struct ucred;
struct vnode;

#define MAXPATHLEN  1024 /* with the NUL */
#define NAME_MAX_FS 255
#define MAXSYMLINKS 32

/** What a name is looked up for. */
enum nameiop { NAMEI_LOOKUP, NAMEI_CREATE, NAMEI_DELETE, NAMEI_RENAME };

/** @name cn_flags and nl_flags */
/** @{ */
#define NLC_FOLLOW   0x0001 /* a symbolic link at the end is followed */
#define NLC_LAST     0x0002 /* cn: the last component */
#define NLC_ISDOTDOT 0x0004 /* cn: ".." */
#define NLC_PARENT   0x0008 /* nl_dvp is wanted, too: locked */
#define NLC_NOMOUNT  0x0010 /* do not cross into what is mounted at the end */
#define NLC_TRAILING 0x0020 /* result: the path ended in a slash */
/** @} */

/** One name in a path. */
struct componentname {
	enum nameiop cn_nameiop; /**< what is meant */
	u_int cn_flags;		 /**< NLC_* */
	const char *cn_nameptr;	 /**< the name, not NUL-terminated */
	size_t cn_namelen;	 /**< its bytes */
	struct ucred *cn_cred;	 /**< who asks */
};

/**
 * A look-up: fill in by nlookup_init(), run nlookup(), end by nlookup_done().
 */
struct nlookupdata {
	enum nameiop nl_op;	    /**< what for */
	u_int nl_flags;		    /**< NLC_* */
	char *nl_path;		    /**< copy in the kernel */
	struct vnode *nl_startdir;  /**< where a relative path begins */
	struct ucred *nl_cred;	    /**< who asks */
	struct componentname nl_cn; /**< result: the last name */
	struct vnode *nl_dvp;	    /**< result: its directory, NLC_PARENT */
	struct vnode *nl_vp;	    /**< result: locked, or NULL: not there
					(CREATE, RENAME) */
	u_int nl_loops;		    /**< symbolic links met */
	const char *nl_pos;	    /**< what is still to be walked */
};

/** The next component of a path, path_next()'s result. */
struct path_part {
	const char *pp_name; /**< the name, not NUL-terminated */
	size_t pp_len;	     /**< its bytes; 0: there is none */
	const char *pp_rest; /**< what follows, slashes first */
	bool pp_last;	     /**< there is no other after it */
	bool pp_trailing;    /**< the last, with slashes behind it */
};

/* --- kern/vfs_path.c: pure --- */
int path_next(const char *path, struct path_part *part);
bool path_is(const struct path_part *part, const char *name);

/* --- kern/vfs_nlookup.c --- */
int nlookup_init(struct nlookupdata *nd, const char *path, enum uio_seg seg,
    enum nameiop op, u_int flags);
int nlookup_init_at(struct nlookupdata *nd, int dirfd, const char *path,
    enum uio_seg seg, enum nameiop op, u_int flags);
int nlookup(struct nlookupdata *nd);
void nlookup_done(struct nlookupdata *nd); /* unlocks, drops what is left */
struct vnode *vfs_procroot(void); /* of the current process; no reference */
struct vnode *vfs_proccwd(void);

/* --- kern/vfs_cache.c: names that were found or not found --- */
struct namecache;
int cache_lookup(struct vnode *dvp, struct vnode **vpp,
    struct componentname *cnp); /* 0: none; -1: found, referenced; ENOENT */
void cache_enter(struct vnode *dvp, struct vnode *vp,
    struct componentname *cnp);	    /* vp NULL: is not there */
void cache_purge(struct vnode *vp); /* names of it and in it */
void cache_remove(struct vnode *dvp, const struct componentname *cnp);
void cache_init(u_int entries);
bool cache_free_some(u_int n); /* memory is short */
/** A name that leads to vp, which stays as it is until the next sleep. */
bool cache_name_of(
    struct vnode *vp, struct vnode **dvpp, const char **name, size_t *len);

/* --- kern/vfs_fullpath.c --- */
int vn_fullpath(struct vnode *vp, char *buf, size_t size, char **start);

#endif
