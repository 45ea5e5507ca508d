/* SPDX-License-Identifier: MIT */
/* How many lines of the past are asked for, or since when.
 * Runs in: child. */
#include "server/child/dialect/typed_history.h"

#include <strings.h>

#include "ipc/common/clock.h"
#include "ipc/common/text.h"
#include "server/child/dialect/render.h"

/* Above all numbers that mean anything here; more digits change nothing. */
#define NUMBER_MAX (INT64_MAX / 10)

static struct span without_blanks(struct span s)
{
	size_t blanks = text_blanks(s.p, s.n);

	return span_trim((struct span){s.p + blanks, s.n - blanks});
}

/* Cuts the digits at the beginning off; false if there are none. */
static bool cut_number(struct span *s, int64_t *n)
{
	const char *begin = s->p;

	for (*n = 0; s->n > 0 && *s->p >= '0' && *s->p <= '9'; s->p++, s->n--) {
		if (*n < NUMBER_MAX)
			*n = 10 * *n + (*s->p - '0');
	}
	return s->p > begin;
}

static bool is_number(struct span s)
{
	int64_t n;

	return cut_number(&s, &n) && s.n == 0;
}

/* " @1795941983139": the last ones up to this millisecond, for a program that
 * goes back. */
static bool read_end(struct span s, struct history_query *q)
{
	size_t blanks = text_blanks(s.p, s.n);
	int64_t n;

	if (s.n == 0)
		return true;
	s = (struct span){s.p + blanks, s.n - blanks};
	if (blanks == 0 || s.n == 0 || *s.p != '@')
		return false;
	s = (struct span){s.p + 1, s.n - 1};
	if (!cut_number(&s, &n))
		return false;
	q->kind = HISTORY_BEFORE;
	q->first_by = HISTORY_BY_TIME;
	q->first = (uint64_t)n + 1;
	return s.n == 0;
}

/* "20"; more than there can be is as many as there can be. */
static bool read_count(struct span s, struct history_query *q)
{
	int64_t n;

	if (!cut_number(&s, &n) || n == 0)
		return false;
	q->limit = n < HISTORY_LINES_MAX ? (uint32_t)n : HISTORY_LINES_MAX;
	return read_end(s, q);
}

/* The milliseconds of a unit, as ages are told and short; 0: there is none. */
static int64_t unit_ms(struct span s)
{
	static const struct {
		const char *word;
		int64_t ms;
	} units[] = {{"s", 1000}, {"m", 60000}, {"min", 60000}, {"h", 3600000},
		{"d", 86400000}};

	for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
		if (s.n == strlen(units[i].word) &&
			strncasecmp(s.p, units[i].word, s.n) == 0)
			return units[i].ms;
	}
	return 0;
}

/* ":412": the SEQ of the last line that is known. */
static bool read_seq(struct span s, struct history_query *q)
{
	int64_t n;

	if (s.n == 0)
		return true;
	s = (struct span){s.p + 1, s.n - 1};
	if (s.p[-1] != ':' || !cut_number(&s, &n))
		return false;
	q->second_by = HISTORY_BY_SEQ;
	q->second = (uint64_t)n;
	return s.n == 0;
}

/* "2h", "2 min": the last lines since then, for a person.  "@1795941983139":
 * the first ones from this millisecond on, for a program, which asks again from
 * the last of them. */
static bool read_time(struct span s, struct history_query *q)
{
	int64_t n, unit, now = clock_wall_ms();
	bool exact = s.n > 0 && *s.p == '@';

	if (exact)
		s = (struct span){s.p + 1, s.n - 1};
	if (!cut_number(&s, &n))
		return false;
	q->first_by = HISTORY_BY_TIME;
	q->limit = HISTORY_LINES_MAX;
	if (exact) {
		q->kind = HISTORY_AFTER;
		q->first = n > 0 ? (uint64_t)n - 1 : 0;
		return read_seq(s, q);
	}
	unit = unit_ms(without_blanks(s));
	if (unit == 0)
		return false;
	q->kind = HISTORY_LATEST;
	q->first = n < now / unit ? (uint64_t)(now - n * unit) : 0;
	return true;
}

static bool read_rest(struct span s, bool since, struct history_query *q)
{
	*q = (struct history_query){.kind = HISTORY_LATEST};
	if (since)
		return read_time(s, q);
	return s.n == 0 || read_count(s, q);
}

static struct span cut_word(struct span *rest)
{
	struct span word = {rest->p, 0};

	while (word.n < rest->n &&
		text_blank(rest->p + word.n, rest->n - word.n) == 0)
		word.n++;
	*rest = without_blanks(
		(struct span){rest->p + word.n, rest->n - word.n});
	return word;
}

bool typed_history(struct request *r, struct span rest, bool since)
{
	static struct history_query q;
	struct span name = SPAN_EMPTY;

	rest = without_blanks(rest);
	if (!read_rest(rest, since, &q)) {
		name = cut_word(&rest);
		/* "0" alone is no name, but a number that is too small. */
		if (r->room.n > 0 || name.n == 0 || *name.p == '@' ||
			(rest.n == 0 && is_number(name)) ||
			!read_rest(rest, since, &q))
			return false;
	}
	r->verb = VERB_HISTORY;
	r->name = name;
	r->query = &q;
	return true;
}
