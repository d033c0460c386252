/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * The tree of sysctl's values: names, numbers, and their order.
 *
 * A value knows its whole name, "kern.ostype".  From that come its numbers:
 * each part has one among its siblings, given in the source or invented, and
 * the numbers of a name begin with those of its node.  sysctl_number() does
 * that once and sorts the table by them, so that a value is found by bisection
 * and the next one is next to it.
 *
 * Pure: it is also compiled for Linux and tested there.
 */
#include <sys/systm.h>
#include <sys/sysctl.h>

#define AUTO_FIRST 256 /* numbers that the source does not give */

/* By numbers; a node comes before what is in it. */
static int
compare(const int *a, u_int na, const int *b, u_int nb)
{
	for (u_int i = 0; i < na && i < nb; i++)
		if (a[i] != b[i])
			return (a[i] < b[i] ? -1 : 1);
	return (na < nb ? -1 : na > nb);
}

/* The oid with the first len characters of a name, before numbers exist. */
static struct sysctl_oid *
find_part(struct sysctl_oid *table, u_int n, const char *name, size_t len)
{
	for (u_int i = 0; i < n; i++)
		if (strncmp(table[i].oid_name, name, len) == 0 &&
		    table[i].oid_name[len] == '\0')
			return (&table[i]);
	return (NULL);
}

/* All numbers of one name; false if a node on the way is missing. */
static bool
number_one(struct sysctl_oid *table, u_int n, struct sysctl_oid *oid)
{
	const char *name = oid->oid_name, *end = name;
	const struct sysctl_oid *part;

	oid->oid_depth = 0;
	for (;;) {
		while (*end != '.' && *end != '\0')
			end++;
		part = find_part(table, n, name, (size_t)(end - name));
		if (part == NULL || oid->oid_depth == SYSCTL_MAXDEPTH)
			return (false);
		oid->oid_mib[oid->oid_depth++] = part->oid_number;
		if (*end++ == '\0')
			return (true);
		if ((part->oid_kind & CTLTYPE) != CTLTYPE_NODE)
			return (false);
	}
}

/* Few and nearly sorted: by insertion. */
static void
sort(struct sysctl_oid *table, u_int n)
{
	struct sysctl_oid oid;
	u_int j;

	for (u_int i = 1; i < n; i++) {
		oid = table[i];
		for (j = i; j > 0 &&
		     compare(oid.oid_mib, oid.oid_depth, table[j - 1].oid_mib,
			 table[j - 1].oid_depth) < 0;
		     j--)
			table[j] = table[j - 1];
		table[j] = oid;
	}
}

/**
 * Gives every value its numbers and sorts the table by them; once.
 * @param table	values, in any order
 * @param n	how many
 * @return	NULL; or the name of a value that has no node, too many parts,
 *		or the numbers of another one
 */
const char *
sysctl_number(struct sysctl_oid *table, u_int n)
{
	for (u_int i = 0; i < n; i++)
		if (table[i].oid_number == OID_AUTO)
			table[i].oid_number = (int)(AUTO_FIRST + i);
	for (u_int i = 0; i < n; i++)
		if (!number_one(table, n, &table[i]))
			return (table[i].oid_name);
	sort(table, n);
	for (u_int i = 1; i < n; i++)
		if (compare(table[i - 1].oid_mib, table[i - 1].oid_depth,
			table[i].oid_mib, table[i].oid_depth) == 0)
			return (table[i].oid_name);
	return (NULL);
}

/* The first in the order that does not come before the numbers. */
static u_int
lower_bound(
    const struct sysctl_oid *table, u_int n, const int *mib, u_int depth)
{
	u_int low = 0, high = n, mid;

	while (low < high) {
		mid = low + (high - low) / 2;
		if (compare(table[mid].oid_mib, table[mid].oid_depth, mib,
			depth) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return (low);
}

static struct sysctl_oid *
find_exactly(struct sysctl_oid *table, u_int n, const int *mib, u_int depth)
{
	u_int i = lower_bound(table, n, mib, depth);

	if (i < n &&
	    compare(table[i].oid_mib, table[i].oid_depth, mib, depth) == 0)
		return (&table[i]);
	return (NULL);
}

/**
 * Finds a value, or a node that has a handler for all that is in it.
 * @param table	sorted
 * @param n	how many
 * @param mib	numbers
 * @param depth	how many
 * @return	it, or NULL; numbers behind oid_depth are the handler's
 */
struct sysctl_oid *
sysctl_find(struct sysctl_oid *table, u_int n, const int *mib, u_int depth)
{
	struct sysctl_oid *oid = find_exactly(table, n, mib, depth);

	while (oid == NULL && --depth > 0) {
		oid = find_exactly(table, n, mib, depth);
		if (oid != NULL &&
		    ((oid->oid_kind & CTLTYPE) != CTLTYPE_NODE ||
			oid->oid_handler == NULL))
			return (NULL);
	}
	return (oid);
}

/**
 * @param table	values
 * @param n	how many
 * @param name	"kern.ostype"
 * @return	it, or NULL
 */
struct sysctl_oid *
sysctl_find_name(struct sysctl_oid *table, u_int n, const char *name)
{
	return (find_part(table, n, name, strlen(name)));
}

/**
 * Finds the value behind numbers, in their order: how to go through all.
 * @param table	sorted
 * @param n	how many
 * @param mib	numbers; they need not be those of a value
 * @param depth	how many, may be 0
 * @return	the next value that is no node, or NULL
 */
struct sysctl_oid *
sysctl_find_next(struct sysctl_oid *table, u_int n, const int *mib, u_int depth)
{
	u_int i = lower_bound(table, n, mib, depth);

	if (i < n &&
	    compare(table[i].oid_mib, table[i].oid_depth, mib, depth) == 0)
		i++;
	while (i < n && (table[i].oid_kind & CTLTYPE) == CTLTYPE_NODE)
		i++;
	return (i < n ? &table[i] : NULL);
}
