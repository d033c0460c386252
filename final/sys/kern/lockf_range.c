/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Arithmetic of locks on ranges: who is in the way of whom, and what becomes
 * of an owner's locks when one is set or a range is unlocked.
 *
 *     have    [====r====]
 *     clear      [===]
 *     left    [==]   [==]      one lock more than before
 *
 * Nothing is allocated here: a list of spare locks comes from the caller, and
 * locks that are no longer needed go there.
 */
#include <sys/errno.h>
#include <sys/lockf.h>
#include <sys/systm.h>

static bool
same_owner(const struct lockf *a, const struct lockf *b)
{
	return (a->lf_posix == b->lf_posix && a->lf_owner == b->lf_owner);
}

static bool
overlap(const struct lockf *a, const struct lockf *b)
{
	return (a->lf_start <= b->lf_end && b->lf_start <= a->lf_end);
}

/**
 * Finds a lock that conflicts.
 * @param list	locks of a file
 * @param want	the lock wanted
 * @return	one of another owner that must go first, or NULL
 */
const struct lockf *
lockf_blocker(const struct lockf *list, const struct lockf *want)
{
	for (; list != NULL; list = list->lf_next)
		if (list->lf_posix == want->lf_posix &&
		    list->lf_owner != want->lf_owner && overlap(list, want) &&
		    (list->lf_write || want->lf_write))
			return (list);
	return (NULL);
}

static struct lockf *
spare_take(struct lockf **spare)
{
	struct lockf *lf = *spare;

	KASSERT(lf != NULL, ("lockf: no spare locks"));
	*spare = lf->lf_next;
	return (lf);
}

/* Cuts a range out of one lock; what stays behind it is a new lock. */
static void
cut(struct lockf **at, const struct lockf *range, struct lockf **spare)
{
	struct lockf *lf = *at, *behind;

	if (lf->lf_start < range->lf_start && lf->lf_end > range->lf_end) {
		behind = spare_take(spare);
		*behind = *lf;
		behind->lf_start = range->lf_end + 1;
		lf->lf_end = range->lf_start - 1;
		lf->lf_next = behind;
	} else if (lf->lf_start < range->lf_start) {
		lf->lf_end = range->lf_start - 1;
	} else if (lf->lf_end > range->lf_end) {
		lf->lf_start = range->lf_end + 1;
	} else {
		*at = lf->lf_next;
		lf->lf_next = *spare;
		*spare = lf;
	}
}

/**
 * Unlocks a range.
 * @param list	locks of a file
 * @param range	owner, kind and range
 * @param spare	at least one lock; gets what is freed
 */
void
lockf_clear(
    struct lockf **list, const struct lockf *range, struct lockf **spare)
{
	struct lockf **at = list, *lf;

	/* cppcheck-suppress uninitvar */
	while ((lf = *at) != NULL) {
		if (same_owner(lf, range) && overlap(lf, range))
			cut(at, range, spare);
		if (*at == lf)
			at = &lf->lf_next;
	}
}

/* Takes the owner's locks that touch `new` and are like it into it. */
static void
absorb(struct lockf **list, struct lockf *new, struct lockf **spare)
{
	struct lockf **at = list, *lf;

	while ((lf = *at) != NULL) {
		if (lf == new || !same_owner(lf, new) ||
		    lf->lf_write != new->lf_write ||
		    (lf->lf_end != new->lf_start - 1 &&
			(new->lf_end == LF_TO_END ||
			    lf->lf_start != new->lf_end + 1))) {
			at = &lf->lf_next;
			continue;
		}
		new->lf_start = MIN(new->lf_start, lf->lf_start);
		new->lf_end = MAX(new->lf_end, lf->lf_end);
		*at = lf->lf_next;
		lf->lf_next = *spare;
		*spare = lf;
	}
}

/**
 * Sets a lock that nobody is in the way of; the owner's other locks give way.
 * @param list	locks of a file
 * @param want	the lock
 * @param spare	at least two locks; gets what is freed
 */
void
lockf_insert(
    struct lockf **list, const struct lockf *want, struct lockf **spare)
{
	struct lockf *lf;

	lockf_clear(list, want, spare);
	lf = spare_take(spare);
	*lf = *want;
	lf->lf_next = *list;
	*list = lf;
	absorb(list, lf, spare);
}

/**
 * Finds what bytes a struct flock means.
 * @param base	what l_whence says: 0 or the size of the file
 * @param start	l_start
 * @param len	l_len: 0 to the end, negative: the bytes before
 * @param first	set to the first byte
 * @param last	set to the last byte
 * @param overflow set when the result is false: a number is too large
 * @return	whether there is such a range; else it begins before the file
 */
bool
lockf_range(off_t base, off_t start, off_t len, off_t *first, off_t *last,
    bool *overflow)
{
	*overflow = true;
	if (__builtin_add_overflow(base, start, &start))
		return (false);
	*last = LF_TO_END;
	if (len > 0 && __builtin_add_overflow(start, len - 1, last))
		return (false);
	*overflow = false;
	if (start < 0)
		return (false);
	if (len < 0) {
		*last = start - 1;
		start += len;
	}
	*first = start;
	return (start >= 0);
}
