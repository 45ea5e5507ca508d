/* SPDX-License-Identifier: MIT */
/* What the dialects share: numbers and lists of names.
 * Runs in: child. */
#include "server/child/dialect/render.h"

#include "ipc/common/limits.h"

struct span span_trim(struct span s)
{
	while (s.n > 0 && (s.p[s.n - 1] == ' ' || s.p[s.n - 1] == '\t'))
		s.n--;
	return s;
}

static char *put_digits(char *p, uint64_t n, unsigned int group)
{
	char digits[32];
	unsigned int count = 0;
	char *first = digits + sizeof digits;

	do {
		if (group != 0 && count != 0 && count % group == 0)
			*--first = ',';
		*--first = (char)('0' + n % 10);
		n /= 10;
		count++;
	} while (n != 0);
	return put_bytes(p, first, (size_t)(digits + sizeof digits - first));
}

char *put_number(char *p, uint64_t n)
{
	return put_digits(p, n, 0);
}

char *put_grouped(char *p, uint64_t n)
{
	return put_digits(p, n, 3);
}

struct span next_name(struct span *names)
{
	const size_t gap = sizeof NAMES_SEPARATOR - 1;
	const char *end = memmem(names->p, names->n, NAMES_SEPARATOR, gap);
	struct span name = *names;

	if (end == NULL) {
		names->p += names->n;
		names->n = 0;
		return name;
	}
	name.n = (size_t)(end - names->p);
	names->p = end + gap;
	names->n -= name.n + gap;
	return name;
}
