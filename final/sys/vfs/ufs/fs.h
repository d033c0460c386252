/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * FFS version 1 on disk, little-endian.
 *
 *     byte 8192        super block
 *     group c          begins at fragment c * fs_fpg
 *       + fs_sblkno    a copy of the super block
 *       + fs_cblkno    struct cg and its bitmaps
 *       + fs_iblkno    inodes
 *       + fs_dblkno    data
 *
 * A block is fs_frag fragments; disk addresses count fragments.  Only the last
 * block of a file may be less than a block.  What we do not use has no name.
 */
#ifndef _UFS_FS_H_
#define _UFS_FS_H_

#include <sys/types.h>

#define SBLOCK_OFFSET 8192
#define SBLOCK_SIZE   1376 /* of struct fs */
#define SBLOCK_READ   2048
#define FS_MAGIC      0x011954
#define CG_MAGIC      0x090255
#define FS_44INODEFMT 2
#define MIN_BSIZE     4096
#define MAX_BSIZE     65536
#define MAX_FRAG      8
#define UFS_NDADDR    12
#define UFS_NIADDR    3
#define UFS_ROOTINO   2
#define UFS_LINK_MAX  32767
#define DIRBLKSIZ     512

/** Counts of a group or of all. */
struct csum {
	int32_t cs_ndir;   /**< directories */
	int32_t cs_nbfree; /**< free blocks */
	int32_t cs_nifree; /**< free inodes */
	int32_t cs_nffree; /**< free fragments, not in free blocks */
};

/** Super block. */
struct fs {
	int32_t fs_unused_1[2];	  /**< unused */
	int32_t fs_sblkno;	  /**< offset in a group: super block */
	int32_t fs_cblkno;	  /**< ... cylinder group */
	int32_t fs_iblkno;	  /**< ... inodes */
	int32_t fs_dblkno;	  /**< ... data */
	int32_t fs_cgoffset;	  /**< groups are shifted by this ... */
	int32_t fs_cgmask;	  /**< ... times these bits */
	int32_t fs_time;	  /**< last written */
	int32_t fs_size;	  /**< fragments in all */
	int32_t fs_dsize;	  /**< of these, for data */
	int32_t fs_ncg;		  /**< groups */
	int32_t fs_bsize;	  /**< bytes of a block */
	int32_t fs_fsize;	  /**< bytes of a fragment */
	int32_t fs_frag;	  /**< fragments of a block */
	int32_t fs_minfree;	  /**< per cent for root only */
	int32_t fs_unused_2[2];	  /**< unused */
	int32_t fs_bmask;	  /**< ~(fs_bsize - 1) */
	int32_t fs_fmask;	  /**< ~(fs_fsize - 1) */
	int32_t fs_bshift;	  /**< log2 of fs_bsize */
	int32_t fs_fshift;	  /**< log2 of fs_fsize */
	int32_t fs_unused_3[2];	  /**< unused */
	int32_t fs_fragshift;	  /**< log2 of fs_frag */
	int32_t fs_fsbtodb;	  /**< log2 of sectors of a fragment */
	int32_t fs_sbsize;	  /**< bytes of the super block */
	int32_t fs_unused_4[2];	  /**< unused */
	int32_t fs_nindir;	  /**< addresses of an indirect block */
	int32_t fs_inopb;	  /**< inodes of a block */
	int32_t fs_unused_5[7];	  /**< unused */
	int32_t fs_csaddr;	  /**< fragment of the groups' csums */
	int32_t fs_cssize;	  /**< their bytes */
	int32_t fs_cgsize;	  /**< bytes of a struct cg with its maps */
	int32_t fs_unused_6[5];	  /**< unused */
	int32_t fs_ipg;		  /**< inodes of a group */
	int32_t fs_fpg;		  /**< fragments of a group */
	struct csum fs_cstotal;	  /**< sums over all groups */
	int8_t fs_fmod;		  /**< 0 */
	int8_t fs_clean;	  /**< 1: was unmounted */
	int8_t fs_ronly;	  /**< 0 */
	int8_t fs_unused_7;	  /**< unused */
	char fs_fsmnt[468];	  /**< where it was mounted */
	uint8_t fs_unused_8[636]; /**< unused */
	int32_t fs_contigsumsize; /**< longest run in the cluster sums */
	int32_t fs_maxsymlinklen; /**< links so short are in the inode */
	int32_t fs_inodefmt;	  /**< FS_44INODEFMT */
	uint64_t fs_maxfilesize;  /**< bytes */
	int32_t fs_unused_9[9];	  /**< unused */
	int32_t fs_magic;	  /**< FS_MAGIC */
};
CTASSERT(sizeof(struct csum) == 16);
CTASSERT(__offsetof(struct fs, fs_bmask) == 72);
CTASSERT(__offsetof(struct fs, fs_nindir) == 116);
CTASSERT(__offsetof(struct fs, fs_csaddr) == 152);
CTASSERT(__offsetof(struct fs, fs_ipg) == 184);
CTASSERT(__offsetof(struct fs, fs_cstotal) == 192);
CTASSERT(__offsetof(struct fs, fs_clean) == 209);
CTASSERT(__offsetof(struct fs, fs_contigsumsize) == 1316);
CTASSERT(__offsetof(struct fs, fs_maxfilesize) == 1328);
CTASSERT(__offsetof(struct fs, fs_magic) == 1372);
CTASSERT(sizeof(struct fs) == SBLOCK_SIZE);

/** Cylinder group; the maps follow at the offsets that it gives. */
struct cg {
	int32_t cg_unused_1;	    /**< unused */
	int32_t cg_magic;	    /**< CG_MAGIC */
	int32_t cg_time;	    /**< last written */
	int32_t cg_cgx;		    /**< its number */
	int32_t cg_unused_2;	    /**< unused */
	int32_t cg_ndblk;	    /**< its fragments */
	struct csum cg_cs;	    /**< its counts */
	int32_t cg_rotor;	    /**< last block taken */
	int32_t cg_frotor;	    /**< last fragment taken */
	int32_t cg_irotor;	    /**< last inode taken */
	int32_t cg_frsum[MAX_FRAG]; /**< runs of so many free fragments */
	int32_t cg_unused_3[2];	    /**< unused */
	int32_t cg_iusedoff;	    /**< bitmap of used inodes */
	int32_t cg_freeoff;	    /**< bitmap of free fragments */
	int32_t cg_nextfreeoff;	    /**< end of everything */
	int32_t cg_clustersumoff;   /**< counts of runs of free blocks */
	int32_t cg_clusteroff;	    /**< bitmap of free blocks */
	int32_t cg_nclusterblks;    /**< its blocks */
	int32_t cg_unused_4[13];    /**< unused */
};
CTASSERT(__offsetof(struct cg, cg_frsum) == 52);
CTASSERT(__offsetof(struct cg, cg_iusedoff) == 92);
CTASSERT(__offsetof(struct cg, cg_clusteroff) == 108);
CTASSERT(sizeof(struct cg) == 168);

/** Inode. */
struct ufs1_dinode {
	uint16_t di_mode;	   /**< kind and rights; 0: free */
	int16_t di_nlink;	   /**< links */
	uint16_t di_unused_1[2];   /**< unused */
	uint64_t di_size;	   /**< bytes */
	int32_t di_atime;	   /**< last access */
	int32_t di_atimensec;	   /**< ns of it */
	int32_t di_mtime;	   /**< last change of the contents */
	int32_t di_mtimensec;	   /**< ns of it */
	int32_t di_ctime;	   /**< last change */
	int32_t di_ctimensec;	   /**< ns of it */
	int32_t di_db[UFS_NDADDR]; /**< blocks; a device's number; a link */
	int32_t di_ib[UFS_NIADDR]; /**< indirect blocks */
	uint32_t di_flags;	   /**< 0 */
	int32_t di_blocks;	   /**< sectors in use */
	int32_t di_gen;		   /**< generation */
	uint32_t di_uid;	   /**< owner */
	uint32_t di_gid;	   /**< group */
	int32_t di_unused_2[2];	   /**< unused */
};
CTASSERT(sizeof(struct ufs1_dinode) == 128);
CTASSERT(__offsetof(struct ufs1_dinode, di_db) == 40);
CTASSERT(__offsetof(struct ufs1_dinode, di_uid) == 112);

/** Entry of a directory; the name follows, with a NUL. */
struct direct {
	uint32_t d_ino;	   /**< 0: none */
	uint16_t d_reclen; /**< bytes to the next one */
	uint8_t d_type;	   /**< DT_* */
	uint8_t d_namlen;  /**< bytes of the name */
	char d_name[];	   /**< name */
};
CTASSERT(sizeof(struct direct) == 8);
#define DIRECTSIZ(namlen) ((8 + (namlen) + 1 + 3) & ~3U)

#endif
