/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * The cache of names: what a name in a directory led to, or that it was not
 * there.
 *
 * An entry has no reference to its vnodes: when one dies, cache_purge() takes
 * its entries away.  It is valid because whoever changes a directory has its
 * lock, as has whoever looks here, and tells the cache.  "." and ".." are not
 * kept.  All under mp_token; nothing sleeps save for memory of a new entry.
 */
#include <sys/errno.h>
#include <sys/malloc.h>
#include <sys/systm.h>
#include <sys/thread.h>
#include <sys/vnode.h>
#include <machine/globaldata.h>

#define HASH_MAX 65536

/** One name. */
struct namecache {
	LIST_ENTRY(namecache) nc_hash; /**< by directory and name */
	LIST_ENTRY(namecache) nc_src;  /**< v_ncdir of the directory */
	LIST_ENTRY(namecache) nc_dst;  /**< v_ncs of nc_vp */
	TAILQ_ENTRY(namecache) nc_lru; /**< all, the least used first */
	struct vnode *nc_dvp;	       /**< directory */
	struct vnode *nc_vp;	       /**< file; NULL: there is none */
	u_char nc_len;		       /**< bytes of the name */
	char nc_name[];		       /**< the name, not terminated */
};
LIST_HEAD(nchead, namecache);

static MALLOC_DEFINE(M_NAMECACHE, "name cache");
static struct nchead *nc_table;
static u_int nc_mask;
static TAILQ_HEAD(, namecache) nc_lru = TAILQ_HEAD_INITIALIZER(nc_lru);
static u_int nc_count, nc_max;

/**
 * Makes the table; called once.
 * @param entries	most names to keep
 */
void
cache_init(u_int entries)
{
	u_int size = 256;

	while (size < entries / 2 && size < HASH_MAX)
		size *= 2;
	nc_max = entries;
	nc_mask = size - 1;
	nc_table = kmalloc(
	    size * sizeof(*nc_table), M_NAMECACHE, M_WAITOK | M_ZERO);
}

static struct nchead *
nc_bucket(const struct vnode *dvp, const struct componentname *cnp)
{
	uint32_t h = 2166136261U ^ (uint32_t)((uintptr_t)dvp >> 6);

	for (size_t i = 0; i < cnp->cn_namelen; i++)
		h = (h ^ (u_char)cnp->cn_nameptr[i]) * 16777619U;
	return (&nc_table[(h ^ h >> 16) & nc_mask]);
}

static struct namecache *
nc_find(const struct vnode *dvp, const struct componentname *cnp)
{
	struct namecache *nc;

	LIST_FOREACH(nc, nc_bucket(dvp, cnp), nc_hash)
	if (nc->nc_dvp == dvp && nc->nc_len == cnp->cn_namelen &&
	    memcmp(nc->nc_name, cnp->cn_nameptr, nc->nc_len) == 0)
		return (nc);
	return (NULL);
}

static void
nc_free(struct namecache *nc)
{
	LIST_REMOVE(nc, nc_hash);
	LIST_REMOVE(nc, nc_src);
	if (nc->nc_vp != NULL)
		LIST_REMOVE(nc, nc_dst);
	TAILQ_REMOVE(&nc_lru, nc, nc_lru);
	nc_count--;
	kfree(nc, M_NAMECACHE);
}

/**
 * Looks for a name.  Does not sleep.
 * @param dvp	directory, locked
 * @param vpp	the file, referenced, not locked
 * @param cnp	name
 * @return	-1: found; ENOENT: known not to be there; 0: not known
 */
int
cache_lookup(struct vnode *dvp, struct vnode **vpp, struct componentname *cnp)
{
	struct namecache *nc = nc_find(dvp, cnp);

	ASSERT_MP_TOKEN();
	if (nc == NULL)
		return (0);
	TAILQ_REMOVE(&nc_lru, nc, nc_lru);
	TAILQ_INSERT_TAIL(&nc_lru, nc, nc_lru);
	if (nc->nc_vp == NULL)
		return (ENOENT);
	*vpp = nc->nc_vp;
	vref(*vpp);
	return (-1);
}

static bool
is_dot(const struct componentname *cnp)
{
	return (cnp->cn_nameptr[0] == '.' &&
	    (cnp->cn_namelen == 1 ||
		(cnp->cn_namelen == 2 && cnp->cn_nameptr[1] == '.')));
}

/**
 * Notes what a name leads to; what was known of it before is forgotten.
 * @param dvp	directory, locked
 * @param vp	the file, referenced; NULL: there is none
 * @param cnp	name
 */
void
cache_enter(struct vnode *dvp, struct vnode *vp, struct componentname *cnp)
{
	struct namecache *nc;

	cache_remove(dvp, cnp);
	if (is_dot(cnp) || cnp->cn_namelen > NAME_MAX_FS ||
	    (dvp->v_flag & VDEAD) != 0)
		return;
	/* Not worth waiting for memory. */
	nc = kmalloc(sizeof(*nc) + cnp->cn_namelen, M_NAMECACHE, M_NOWAIT);
	if (nc == NULL)
		return;
	if (nc_count >= nc_max)
		nc_free(TAILQ_FIRST(&nc_lru));
	nc->nc_dvp = dvp;
	nc->nc_vp = vp;
	nc->nc_len = cnp->cn_namelen;
	memcpy(nc->nc_name, cnp->cn_nameptr, cnp->cn_namelen);
	LIST_INSERT_HEAD(nc_bucket(dvp, cnp), nc, nc_hash);
	LIST_INSERT_HEAD(&dvp->v_ncdir, nc, nc_src);
	if (vp != NULL)
		LIST_INSERT_HEAD(&vp->v_ncs, nc, nc_dst);
	TAILQ_INSERT_TAIL(&nc_lru, nc, nc_lru);
	nc_count++;
}

/**
 * Forgets a name.
 * @param dvp	directory, locked
 * @param cnp	name
 */
void
cache_remove(struct vnode *dvp, const struct componentname *cnp)
{
	struct namecache *nc = nc_find(dvp, cnp);

	if (nc != NULL)
		nc_free(nc);
}

/**
 * Forgets every name of a file, and every name in it.
 * @param vp	a vnode that dies, was renamed or removed
 */
void
cache_purge(struct vnode *vp)
{
	while (!LIST_EMPTY(&vp->v_ncs))
		nc_free(LIST_FIRST(&vp->v_ncs));
	while (!LIST_EMPTY(&vp->v_ncdir))
		nc_free(LIST_FIRST(&vp->v_ncdir));
}

/**
 * Forgets the names that were not used for longest.
 * @param n	how many
 * @return	whether there was one
 */
bool
cache_free_some(u_int n)
{
	bool any = nc_count != 0;

	for (; n > 0 && nc_count != 0; n--)
		nc_free(TAILQ_FIRST(&nc_lru));
	return (any);
}

/**
 * Tells a name that leads to a file, if one is known.
 * @param vp	the file
 * @param dvpp	its directory, without a reference
 * @param name	not terminated; gone when the caller sleeps
 * @param len	its bytes
 * @return	whether there is one
 */
bool
cache_name_of(
    struct vnode *vp, struct vnode **dvpp, const char **name, size_t *len)
{
	const struct namecache *nc = LIST_FIRST(&vp->v_ncs);

	if (nc == NULL)
		return (false);
	*dvpp = nc->nc_dvp;
	*name = nc->nc_name;
	*len = nc->nc_len;
	return (true);
}
