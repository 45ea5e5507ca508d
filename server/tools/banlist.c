/* SPDX-License-Identifier: MIT */
/* The list of bans, for people and for programs.
 * Runs in: a process of its own, with none of the server's memory. */
#include "server/tools/banlist.h"

#include <inttypes.h>
#include <stdio.h>
#include <time.h>

#include "ipc/common/clock.h"
#include "ipc/shm.h"
#include "server/control/bans.h"

static const char *range(const struct ban *b)
{
	static char text[NETWORK_TEXT_MAX];

	return network_text(&b->of, text);
}

/* Of a ban that ends. */
static int64_t seconds_left(const struct ban *b)
{
	int64_t now = clock_wall_ms();

	return b->until_ms > now ? (b->until_ms - now + 999) / 1000 : 0;
}

/* In this process's time zone. */
static const char *until(const struct ban *b, char *text, size_t size)
{
	time_t at = (time_t)(b->until_ms / 1000);
	struct tm tm;

	if (b->until_ms == BANS_FOR_EVER)
		return "the server ends";
	if (b->until_ms == BANS_LASTING)
		return "it is removed";
	if (localtime_r(&at, &tm) == NULL ||
		strftime(text, size, "%Y-%m-%d %H:%M:%S", &tm) == 0)
		return "?";
	return text;
}

static void print_table(const struct bans *b)
{
	char text[64];

	printf("%-44s %-20s %s\n", "RANGE", "UNTIL", "BY");
	for (size_t i = 0; i < b->count; i++)
		printf("%-44s %-20s uid=%lu\n", range(&b->bans[i]),
			until(&b->bans[i], text, sizeof text),
			(unsigned long)b->bans[i].by);
}

static void print_json(const struct bans *b)
{
	fputs("{\"bans\":[", stdout);
	for (size_t i = 0; i < b->count; i++) {
		const struct ban *ban = &b->bans[i];

		printf("%s\n{\"range\":\"%s\",\"until\":", i > 0 ? "," : "",
			range(ban));
		if (ban->until_ms >= BANS_LASTING)
			fputs("null,\"left_s\":null", stdout);
		else
			printf("%" PRId64 ",\"left_s\":%" PRId64,
				ban->until_ms / 1000, seconds_left(ban));
		printf(",\"uid\":%lu}", (unsigned long)ban->by);
	}
	puts("]}");
}

bool banlist_print(int fd, bool json)
{
	const struct bans *b = shm_copy(fd, sizeof *b);

	if (b == NULL || b->count > BANS_MAX)
		return false;
	if (json)
		print_json(b);
	else
		print_table(b);
	return true;
}
