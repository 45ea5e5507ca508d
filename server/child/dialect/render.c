/* SPDX-License-Identifier: MIT */
/* What the dialects share: numbers and lists of names.
 * Runs in: child. */
#include "server/child/dialect/render.h"

#include "ipc/namelist.h"

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
	struct span name = SPAN_EMPTY;

	name.n = namelist_next(&names->p, &names->n, &name.p);
	return name;
}
