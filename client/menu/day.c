/* SPDX-License-Identifier: MIT */
/* Days, in the local time zone.
 * Runs in: client. */
#include "client/menu/day.h"

#include <time.h>

#define DAYS_MAX 366 /* of a year */

static bool local_time(uint64_t unix_ms, struct tm *tm)
{
	time_t seconds = (time_t)(unix_ms / 1000);

	return localtime_r(&seconds, tm) != NULL;
}

int64_t day_of(uint64_t unix_ms)
{
	struct tm tm;

	if (!local_time(unix_ms, &tm))
		return DAY_UNKNOWN;
	return (int64_t)tm.tm_year * DAYS_MAX + tm.tm_yday;
}

bool day_line(struct line *l, uint64_t unix_ms)
{
	char date[64];
	struct tm tm;

	if (!local_time(unix_ms, &tm) ||
		strftime(date, sizeof(date), "%A, %Y-%m-%d", &tm) == 0)
		return false;
	line_begin(l, LINE_BARE, unix_ms);
	line_add(l, STYLE_DIM, "* %s", date);
	return true;
}
