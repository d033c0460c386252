/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * BSD disklabels, 32-bit: what a disk's partitions are.  On disk in the second
 * sector of the slice.
 */
#ifndef _SYS_DISKLABEL_H_
#define _SYS_DISKLABEL_H_

#include <sys/types.h>

#define DISKMAGIC     0x82564557U
#define LABELSECTOR   1
#define MAXPARTITIONS 16
#define NDDATA	      5
#define NSPARE	      5
#define FS_UNUSED     0
#define FS_SWAP	      1
#define FS_BSDFFS     7
#define DTYPE_FILE    15 /* d_type: a file or memory */

/** A partition. */
struct partition {
	uint32_t p_size;   /**< sectors */
	uint32_t p_offset; /**< first sector, from the start of the disk */
	uint32_t p_fsize;  /**< fragment size in bytes */
	uint8_t p_fstype;  /**< FS_* */
	uint8_t p_frag;	   /**< fragments of a block */
	uint16_t p_cpg;	   /**< cylinders of a group */
};

/** The label. */
struct disklabel {
	uint32_t d_magic;	      /**< DISKMAGIC */
	uint16_t d_type;	      /**< kind of disk */
	uint16_t d_subtype;	      /**< 0 */
	char d_typename[16];	      /**< kind in words */
	char d_packname[16];	      /**< this one in words */
	uint32_t d_secsize;	      /**< bytes of a sector */
	uint32_t d_nsectors;	      /**< of a track */
	uint32_t d_ntracks;	      /**< of a cylinder */
	uint32_t d_ncylinders;	      /**< of the disk */
	uint32_t d_secpercyl;	      /**< sectors of a cylinder */
	uint32_t d_secperunit;	      /**< sectors of the disk */
	uint16_t d_sparespertrack;    /**< 0 */
	uint16_t d_sparespercyl;      /**< 0 */
	uint32_t d_acylinders;	      /**< 0 */
	uint16_t d_rpm;		      /**< rotations per minute */
	uint16_t d_interleave;	      /**< 1 */
	uint16_t d_trackskew;	      /**< 0 */
	uint16_t d_cylskew;	      /**< 0 */
	uint32_t d_headswitch;	      /**< 0 */
	uint32_t d_trkseek;	      /**< 0 */
	uint32_t d_flags;	      /**< 0 */
	uint32_t d_drivedata[NDDATA]; /**< 0 */
	uint32_t d_spare[NSPARE];     /**< 0 */
	uint32_t d_magic2;	      /**< DISKMAGIC */
	uint16_t d_checksum;	      /**< so that XOR of all words is 0 */
	uint16_t d_npartitions;	      /**< entries below */
	uint32_t d_bbsize;	      /**< bytes of the boot area */
	uint32_t d_sbsize;	      /**< bytes of a super block */
	struct partition d_partitions[MAXPARTITIONS]; /**< a to p */
};
CTASSERT(sizeof(struct partition) == 16);
CTASSERT(sizeof(struct disklabel) == 148 + 16 * MAXPARTITIONS);

/* --- kern/subr_disklabel.c: pure --- */
uint16_t dkcksum(const struct disklabel *lp);
const char *disklabel_check(const struct disklabel *lp, uint64_t sectors);

#endif
