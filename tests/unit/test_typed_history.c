/* SPDX-License-Identifier: MIT */
/* Tests of server/child/dialect/typed_history.c: what /history and /since ask
 * for.
 * Runs in: nothing but tests. */
#include "server/child/dialect/typed_history.h"

#include <string.h>

#include "ipc/common/clock.h"
#include "server/child/dialect/text.h"
#include "tests/unit/dialect_rig.h"
#include "tests/unit/unit.h"

static const struct {
	const char *line, *room, *name;
	uint32_t limit; /* 0: the server's own */
} counts[] = {
	{"/history", "", "", 0},
	{"/history ", "", "", 0},
	{"/HISTORY 5", "", "", 5},
	{"/history  5 ", "", "", 5},
	{"/history 100", "", "", 100},
	{"/history 101", "", "", 100},
	{"/history 99999999999999999999999999", "", "", 100},
	{"/history #dev", "dev", "", 0},
	{"/history #dev 7", "dev", "", 7},
	{"/history bob", "", "bob", 0},
	{"/history bob 7", "", "bob", 7},
	{"/history 2pac", "", "2pac", 0},
	{"/history 7 7", "", "7", 7},
};

static void lines_back(void)
{
	for (size_t i = 0; i < COUNT(counts); i++) {
		const char *line = counts[i].line;
		struct request r = ask(dialect_text.line, line, strlen(line));

		CHECKF(r.verb == VERB_HISTORY, "%s", line);
		CHECKF(is(r.room, counts[i].room), "%s", line);
		CHECKF(is(r.name, counts[i].name), "%s", line);
		if (r.verb != VERB_HISTORY)
			continue;
		CHECKF(r.query->limit == counts[i].limit, "%s", line);
		CHECKF(r.query->kind == HISTORY_LATEST &&
				r.query->first_by == HISTORY_BY_NONE,
			"%s", line);
	}
}

static const struct {
	const char *line, *room, *name;
	int64_t ms; /* before now; -1: since the beginning */
} times[] = {
	{"/since 90s", "", "", 90000},
	{"/since 90m", "", "", 5400000},
	{"/since 2 min", "", "", 120000},
	{"/since 2H", "", "", 7200000},
	{"/since 1d ", "", "", 86400000},
	{"/since #dev 2h", "dev", "", 7200000},
	{"/since bob 2h", "", "bob", 7200000},
	{"/since bob 2 h", "", "bob", 7200000},
	{"/since 0s", "", "", 0},
	{"/since 99999999999999999999d", "", "", -1},
	{"/since 9999999d", "", "", -1},
};

static void time_back(void)
{
	for (size_t i = 0; i < COUNT(times); i++) {
		const char *line = times[i].line;
		int64_t now = clock_wall_ms(), since;
		struct request r = ask(dialect_text.line, line, strlen(line));

		CHECKF(r.verb == VERB_HISTORY, "%s", line);
		if (r.verb != VERB_HISTORY)
			continue;
		CHECKF(is(r.room, times[i].room), "%s", line);
		CHECKF(is(r.name, times[i].name), "%s", line);
		CHECKF(r.query->kind == HISTORY_LATEST &&
				r.query->first_by == HISTORY_BY_TIME &&
				r.query->limit == HISTORY_LINES_MAX,
			"%s", line);
		since = times[i].ms < 0 ? 0 : now - times[i].ms;
		CHECKF((int64_t)r.query->first >= since &&
				(int64_t)r.query->first <= since + 5000,
			"%s", line);
	}
}

static const struct {
	const char *line;
	uint64_t first, seq; /* seq 0: none */
} exact[] = {
	{"/since @1795941983139", 1795941983138, 0},
	{"/since #dev @1795941983139", 1795941983138, 0},
	{"/since bob @1", 0, 0},
	{"/since @0", 0, 0},
	{"/since @2:412", 1, 412},
	{"/since #dev @2:412 ", 1, 412},
};

/* The first lines from there on, this millisecond included. */
static void from_a_time(void)
{
	for (size_t i = 0; i < COUNT(exact); i++) {
		const char *line = exact[i].line;
		struct request r = ask(dialect_text.line, line, strlen(line));

		CHECKF(r.verb == VERB_HISTORY, "%s", line);
		if (r.verb != VERB_HISTORY)
			continue;
		CHECKF(r.query->kind == HISTORY_AFTER &&
				r.query->first_by == HISTORY_BY_TIME &&
				r.query->first == exact[i].first &&
				r.query->limit == HISTORY_LINES_MAX,
			"%s", line);
		CHECKF(r.query->second == exact[i].seq &&
				r.query->second_by ==
					(exact[i].seq != 0 ? HISTORY_BY_SEQ
							   : HISTORY_BY_NONE),
			"%s", line);
	}
}

static const struct {
	const char *line;
	uint32_t limit;
	uint64_t first;
} ends[] = {
	{"/history 20 @1795941983139", 20, 1795941983140},
	{"/history #dev 200  @1 ", 100, 2}, {"/history bob 7 @0", 7, 1},
	{"/history 7 7 @1", 7, 2},
	{"/history 1 @99999999999999999999", 1, 0}, /* it means nothing */
};

/* The last lines up to there, this millisecond included. */
static void up_to_a_time(void)
{
	for (size_t i = 0; i < COUNT(ends); i++) {
		const char *line = ends[i].line;
		struct request r = ask(dialect_text.line, line, strlen(line));

		CHECKF(r.verb == VERB_HISTORY, "%s", line);
		if (r.verb != VERB_HISTORY)
			continue;
		CHECKF(r.query->kind == HISTORY_BEFORE &&
				r.query->first_by == HISTORY_BY_TIME &&
				r.query->second_by == HISTORY_BY_NONE &&
				r.query->limit == ends[i].limit,
			"%s", line);
		CHECKF(ends[i].first == 0 ? r.query->first < INT64_MAX
					  : r.query->first == ends[i].first,
			"%s", line);
	}
}

static void wrong(void)
{
	static const char *const lines[] = {"/history 0", "/history 5 x",
		"/history bob 0", "/history bob x", "/history #dev bob",
		"/history #dev 0", "/history @5", "/since", "/since ",
		"/since x", "/since 2", "/since h", "/since 2y", "/since 2hh",
		"/since -2h", "/since @", "/since @5h", "/since #dev",
		"/since #dev bob 2h", "/since bob", "/since bob 2",
		"/since @5 2h", "/since @5:", "/since @5:x", "/since @5.1",
		"/since @5:1x", "/history 5 @", "/history 5 @5:1",
		"/history 5 @5 5", "/history bob @5", "/history 0 @5",
		"/history 5 @-1", "/history #dev @5"};

	for (size_t i = 0; i < COUNT(lines); i++) {
		struct request r =
			ask(dialect_text.line, lines[i], strlen(lines[i]));

		CHECKF(r.verb == VERB_ERROR && r.error == ERROR_USAGE &&
				r.room.n == 0,
			"%s", lines[i]);
	}
}

int main(void)
{
	RUN(lines_back, "so many lines, of where and with whom");
	RUN(time_back, "since a while");
	RUN(from_a_time, "from a millisecond on");
	RUN(up_to_a_time, "up to a millisecond");
	RUN(wrong, "what is none of these");
	return unit_end();
}
