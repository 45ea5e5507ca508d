/* SPDX-License-Identifier: MIT */
/* Prints what struct status says of the files that last.
 * Runs in: a process of its own, with none of the server's memory. */
#include "server/tools/filestate.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "ipc/common/age.h"
#include "ipc/common/clock.h"
#include "server/tools/counter.h"
#include "server/tools/printed.h"

#define COUNTERS 9

static uint64_t value(const _Atomic uint64_t *counter)
{
	return atomic_load_explicit(counter, memory_order_relaxed);
}

static bool has_state(const struct status *s)
{
	return s->state[0] != '\0';
}

static const char *path(const char *bytes)
{
	static char clean[PRINTED_SIZE(STATUS_PATH_MAX)];

	return printed_clean(clean, bytes, STATUS_PATH_MAX);
}

/* Seconds since a time of the wall clock; 0: there is none. */
static uint64_t seconds_since(const _Atomic int64_t *time)
{
	int64_t then = atomic_load(time), now = clock_wall_ms();

	return then > 0 && then < now ? (uint64_t)(now - then) / 1000 : 0;
}

/* How the disk is: "ok", or why what is said is not kept. */
static const char *condition(const struct status *s)
{
	int error = atomic_load(&s->disk_error);

	if (error != 0)
		return strerrordesc_np(error) != NULL ? strerrordesc_np(error)
						      : "failing";
	return atomic_load(&s->disk_behind) != 0 ? "behind" : "ok";
}

/* Behind "synced" nothing of the file of now is on the disk yet. */
static uint64_t unsynced(const struct status *s)
{
	uint64_t written = value(&s->disk_written), synced = value(&s->synced);

	if (value(&s->synced_segment) != value(&s->disk_segment))
		return written;
	return written > synced ? written - synced : 0;
}

static void get_counters(const struct status *s, struct counter *c)
{
	const struct counter all[COUNTERS] = {
		{"state_ok", "whether what is said is kept",
			strcmp(condition(s), "ok") == 0, true},
		{"state_bytes", "size of the files of --state",
			value(&s->disk_bytes), true},
		{"state_oldest_seconds", "age of what is kept longest",
			seconds_since(&s->disk_oldest_ms), true},
		{"state_synced_seconds", "since the last sync, 0: none yet",
			seconds_since(&s->synced_ms), true},
		{"state_unsynced_bytes", "written since then", unsynced(s),
			true},
		{"state_file", "number of the file that is written",
			value(&s->disk_segment), true},
		{"state_lost_total", "events that are in no file",
			value(&s->disk_lost), false},
		{"disk_restarts_total", "restarts of the disk process",
			value(&s->disk_restarts), false},
		{"sync_restarts_total", "restarts of the sync process",
			value(&s->sync_restarts), false},
	};

	for (size_t i = 0; i < COUNTERS; i++)
		c[i] = all[i];
}

void filestate_line(const struct status *s)
{
	struct age oldest =
		age_of((int64_t)seconds_since(&s->disk_oldest_ms) * 1000, 2);
	struct age synced =
		age_of((int64_t)seconds_since(&s->synced_ms) * 1000, 2);

	if (has_state(s))
		printf("state: %s, %s; %" PRIu64 " bytes, oldest %" PRIu64
		       " %s, last sync %" PRIu64 " %s ago\n",
			path(s->state), condition(s), value(&s->disk_bytes),
			oldest.n, oldest.unit, synced.n, synced.unit);
	if (s->chat_log[0] != '\0')
		printf("chat log: %s, %" PRIu64 " bytes\n", path(s->chat_log),
			value(&s->chat_log_bytes));
}

void filestate_table(const struct status *s)
{
	struct counter c[COUNTERS];

	get_counters(s, c);
	for (size_t i = 0; has_state(s) && i < COUNTERS; i++)
		counter_table(&c[i]);
}

void filestate_json(const struct status *s)
{
	struct counter c[COUNTERS];

	get_counters(s, c);
	if (has_state(s)) {
		fputs(",\"state\":", stdout);
		printed_string(path(s->state));
		fputs(",\"state_condition\":", stdout);
		printed_string(condition(s));
		for (size_t i = 0; i < COUNTERS; i++)
			counter_json(&c[i]);
	}
	if (s->chat_log[0] != '\0') {
		fputs(",\"chat_log\":", stdout);
		printed_string(path(s->chat_log));
		printf(",\"chat_log_bytes\":%" PRIu64,
			value(&s->chat_log_bytes));
	}
}

void filestate_metrics(const struct status *s)
{
	struct counter c[COUNTERS];

	get_counters(s, c);
	for (size_t i = 0; has_state(s) && i < COUNTERS; i++)
		counter_metric(&c[i]);
}
