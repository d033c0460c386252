/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Disklabels: what is accepted lies on the disk.  The input is a label; whether
 * its checksum is made right first is its last byte's decision.
 */
#include "hosted.h"
#include "disklabel.h"

#define SECTORS 100000

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct disklabel *lp = calloc(1, sizeof(*lp));

	memcpy(lp, data, size < sizeof(*lp) ? size : sizeof(*lp));
	if (size != 0 && (data[size - 1] & 1) != 0) {
		lp->d_magic = lp->d_magic2 = DISKMAGIC;
		lp->d_secsize = 512;
		lp->d_npartitions %= MAXPARTITIONS + 2;
		if (lp->d_npartitions <= MAXPARTITIONS)
			lp->d_checksum ^= dkcksum(lp);
	}
	if (disklabel_check(lp, SECTORS) == NULL) {
		if (lp->d_npartitions > MAXPARTITIONS || dkcksum(lp) != 0)
			abort();
		for (unsigned i = 0; i < lp->d_npartitions; i++)
			if (lp->d_partitions[i].p_size != 0 &&
			    (uint64_t)lp->d_partitions[i].p_offset +
				    lp->d_partitions[i].p_size >
				SECTORS)
				abort();
	}
	free(lp);
	return (0);
}
