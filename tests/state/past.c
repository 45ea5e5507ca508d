/* SPDX-License-Identifier: MIT */
/* Makes a directory of --state as earlier servers would have left it, by the
 * server's own code: a file for each pair, begun so many days ago, with so many
 * lines of the lobby, "old line N" by "ancient", N from 1 on.
 *
 * Usage: past DIR DAYS LINES [DAYS LINES]...     the oldest first
 *
 * The last file has a clean end. */
#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "ipc/common/clock.h"
#include "server/disk/store.h"

#define DAY_MS INT64_C(86400000)

struct past {
	struct store store;
	uint64_t id;
	int64_t now_ms;
};

static int emit(void *arg, struct store *s)
{
	const struct past *p = arg;
	const struct record counts = {.kind = RECORD_COUNTS, .seq = p->id};

	return store_put_state(s, &counts);
}

static void add_line(struct past *p)
{
	char text[64];
	int n = snprintf(text, sizeof text, "old line %llu",
		(unsigned long long)++p->id);
	const struct record r = {
		.kind = RECORD_PUBLIC,
		.id = p->id,
		.seq = p->id,
		.unix_ms = p->now_ms,
		.online = 1,
		.from = {"ancient", 7},
		.text = {text, (size_t)n},
	};

	if (store_append(&p->store, &r) == -1)
		err(1, "line %llu", (unsigned long long)p->id);
}

static void add_file(
	struct past *p, int dir, const char *days, const char *lines)
{
	const struct store_source source = {emit, p};
	const struct store_summary none = {.none = true};

	p->now_ms = clock_wall_ms() - strtoll(days, NULL, 10) * DAY_MS;
	if ((p->id == 0 ? store_open(&p->store, dir, &none, (uint64_t)p->now_ms,
				  p->now_ms, &source)
			: store_roll(&p->store, p->now_ms, &source)) == -1)
		err(1, "a file of %s days ago", days);
	for (long n = strtol(lines, NULL, 10); n > 0; n--)
		add_line(p);
}

int main(int argc, char *argv[])
{
	static struct past p;
	int dir;

	if (argc < 4 || argc % 2 != 0)
		errx(64, "usage: past DIR DAYS LINES [DAYS LINES]...");
	if (mkdir(argv[1], 0700) == -1)
		err(1, "%s", argv[1]);
	dir = open(argv[1], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir == -1)
		err(1, "%s", argv[1]);
	for (int i = 2; i < argc; i += 2)
		add_file(&p, dir, argv[i], argv[i + 1]);
	if (store_close(&p.store, p.id, p.now_ms) == -1)
		err(1, "the end");
	return 0;
}
