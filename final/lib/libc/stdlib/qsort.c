/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Sorting, and finding in what is sorted.
 *
 * Heap sort: no worst case, no memory, no recursion.
 */
#include <stdlib.h>
#include <string.h>

typedef int compare_t(const void *, const void *);

static void
swap(char *a, char *b, size_t size)
{
	uint64_t x, y;
	char c;

	for (; size >= 8; size -= 8, a += 8, b += 8) {
		memcpy(&x, a, 8);
		memcpy(&y, b, 8);
		memcpy(a, &y, 8);
		memcpy(b, &x, 8);
	}
	for (; size > 0; size--, a++, b++) {
		c = *a;
		*a = *b;
		*b = c;
	}
}

/* Lets element i of a heap of n sink to where it belongs. */
static void
sink(char *base, size_t i, size_t n, size_t size, compare_t *compare)
{
	size_t child;

	while (i < n / 2) {
		child = 2 * i + 1;
		if (child + 1 < n &&
		    compare(base + child * size, base + (child + 1) * size) < 0)
			child++;
		if (compare(base + i * size, base + child * size) >= 0)
			return;
		swap(base + i * size, base + child * size, size);
		i = child;
	}
}

/**
 * Sorts in ascending order; the order of equal elements may change. The number
 * of comparisons is of the order of n * log(n), whatever is there.
 * @param base	array
 * @param n	elements
 * @param size	bytes of each
 * @param compare	says below 0, 0, above 0 of two elements
 */
void
qsort(void *base, size_t n, size_t size,
    int (*compare)(const void *, const void *))
{
	for (size_t i = n / 2; i-- > 0;)
		sink(base, i, n, size, compare);
	for (; n > 1; n--) {
		swap(base, (char *)base + (n - 1) * size, size);
		sink(base, 0, n - 1, size, compare);
	}
}

/**
 * Finds an element in a sorted array.
 * @param key	passed to compare first
 * @param base	array
 * @param n	elements
 * @param size	bytes of each
 * @param compare	says below 0, 0, above 0 of key and an element
 * @return	an element that is equal, or NULL
 */
void *
bsearch(const void *key, const void *base, size_t n, size_t size,
    int (*compare)(const void *, const void *))
{
	const char *middle;
	int order;

	while (n > 0) {
		middle = (const char *)base + n / 2 * size;
		order = compare(key, middle);
		if (order == 0)
			return ((void *)middle);
		if (order > 0) {
			base = middle + size;
			n = (n - 1) / 2;
		} else {
			n /= 2;
		}
	}
	return (NULL);
}
