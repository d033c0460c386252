/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * BSD disklabels: whether one can be trusted.  Pure.
 */
#include <sys/disklabel.h>
#include <sys/systm.h>

/**
 * XOR of the words of a label, up to its last partition; 0 if its checksum is
 * right.
 * @param lp	label with at most MAXPARTITIONS partitions
 * @return	the XOR
 */
uint16_t
dkcksum(const struct disklabel *lp)
{
	const uint8_t *p = (const uint8_t *)lp;
	size_t size = __offsetof(struct disklabel, d_partitions) +
	    lp->d_npartitions * sizeof(struct partition);
	uint16_t word, sum = 0;

	for (size_t i = 0; i < size; i += sizeof(word)) {
		memcpy(&word, p + i, sizeof(word));
		sum ^= word;
	}
	return (sum);
}

/**
 * Looks whether a label makes sense.
 * @param lp		label as read from the disk
 * @param sectors	of the disk
 * @return		NULL, or a sentence that says what is wrong
 */
const char *
disklabel_check(const struct disklabel *lp, uint64_t sectors)
{
	const struct partition *p;

	if (lp->d_magic != DISKMAGIC || lp->d_magic2 != DISKMAGIC)
		return ("there is no label");
	if (lp->d_npartitions == 0 || lp->d_npartitions > MAXPARTITIONS)
		return ("the label has an impossible number of partitions");
	if (dkcksum(lp) != 0)
		return ("the label's checksum is wrong");
	if (lp->d_secsize != 512)
		return ("the label's sectors do not have 512 bytes");
	for (u_int i = 0; i < lp->d_npartitions; i++) {
		p = &lp->d_partitions[i];
		if (p->p_size != 0 &&
		    (p->p_offset > sectors ||
			p->p_size > sectors - p->p_offset))
			return ("a partition of the label leaves the disk");
	}
	return (NULL);
}
