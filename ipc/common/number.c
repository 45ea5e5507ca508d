/* SPDX-License-Identifier: MIT */
/* The one parser of numbers.  strtoul(3) alone takes blanks and signs, and
 * makes -1 the largest number there is.
 * Runs in: any. */
#include "ipc/common/number.h"

#include <errno.h>
#include <stdlib.h>

bool number_parse(const char *s, int base, unsigned long min, unsigned long max,
	unsigned long *n)
{
	char *end;
	unsigned long value;

	if (s[0] < '0' || s[0] > '9')
		return false;
	errno = 0;
	value = strtoul(s, &end, base);
	if (end == s || *end != '\0' || errno != 0 || value < min ||
		value > max)
		return false;
	*n = value;
	return true;
}
