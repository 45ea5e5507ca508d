/* SPDX-License-Identifier: MIT */
/* The one place that knows how ages are told.
 * Runs in: any. */
#include "ipc/common/age.h"

#include <stddef.h>

struct age age_of(int64_t ms, uint64_t at_least)
{
	static const struct {
		uint64_t seconds;
		const char *unit;
	} units[] = {{86400, "d"}, {3600, "h"}, {60, "min"}, {1, "s"}};
	uint64_t s = ms > 0 ? (uint64_t)ms / 1000 : 0;
	size_t i = 0;

	while (units[i].seconds > 1 && s < at_least * units[i].seconds)
		i++;
	return (struct age){s / units[i].seconds, units[i].unit};
}
