/* SPDX-License-Identifier: MIT */
/* CHATHISTORY: ircv3.net, "chathistory" (a draft).
 * Runs in: child.
 *
 * The relay finds the lines.  They come between two events, which are the two
 * ends of the batch; render.c writes them, as it writes new ones. */
#include <string.h>

#include "ipc/common/name.h"
#include "ipc/history.h"
#include "ipc/namelist.h"
#include "server/child/dialect/irc/reply.h"
#include "server/child/dialect/render.h"

static const struct subcommand {
	const char *name;
	enum history_kind kind;
	size_t references;
} subcommands[] = {
	{"LATEST", HISTORY_LATEST, 1},
	{"BEFORE", HISTORY_BEFORE, 1},
	{"AFTER", HISTORY_AFTER, 1},
	{"AROUND", HISTORY_AROUND, 1},
	{"BETWEEN", HISTORY_BETWEEN, 2},
	{"TARGETS", HISTORY_TARGETS, 2},
};

static const struct subcommand *find(struct span word)
{
	for (size_t i = 0; i < sizeof subcommands / sizeof subcommands[0];
		i++) {
		if (irc_is(word, subcommands[i].name))
			return &subcommands[i];
	}
	return NULL;
}

/* --- references ----------------------------------------------------------- */

/* Takes n digits off, and the character behind them. */
static bool take_digits(struct span *s, size_t n, char behind, int64_t *value)
{
	*value = 0;
	if (s->n <= n || s->p[n] != behind)
		return false;
	for (size_t i = 0; i < n; i++) {
		if (s->p[i] < '0' || s->p[i] > '9')
			return false;
		*value = 10 * *value + (s->p[i] - '0');
	}
	s->p += n + 1;
	s->n -= n + 1;
	return true;
}

/* Days since 1970-01-01, by years that begin in March. */
static int64_t day_of(int64_t year, int64_t month, int64_t day)
{
	int64_t y = month <= 2 ? year - 1 : year;
	int64_t m = month <= 2 ? month + 9 : month - 3;

	return 365 * y + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + day -
	       1 - 719468;
}

/* 2026-11-29T18:54:18.123Z */
static bool read_time(struct span s, uint64_t *unix_ms)
{
	int64_t year, month, day, hour, minute, second, ms = 0, all;

	if (!take_digits(&s, 4, '-', &year) ||
		!take_digits(&s, 2, '-', &month) ||
		!take_digits(&s, 2, 'T', &day) ||
		!take_digits(&s, 2, ':', &hour) ||
		!take_digits(&s, 2, ':', &minute) ||
		!take_digits(&s, 2, s.n == 7 ? '.' : 'Z', &second) ||
		(s.n > 0 && !take_digits(&s, 3, 'Z', &ms)))
		return false;
	if (s.n > 0 || month < 1 || month > 12 || day < 1 || day > 31 ||
		hour > 23 || minute > 59 || second > 60)
		return false;
	all = day_of(year, month, day) * 86400 + hour * 3600 + minute * 60 +
	      second;
	*unix_ms = all > 0 ? (uint64_t)(all * 1000 + ms) : 0;
	return true;
}

static unsigned int digit_of(char c)
{
	return c >= '0' && c <= '9'   ? (unsigned int)(c - '0')
	       : c >= 'a' && c <= 'z' ? (unsigned int)(c - 'a') + 10
				      : 99;
}

static bool read_number(struct span s, unsigned int base, uint64_t *n)
{
	*n = 0;
	for (size_t i = 0; i < s.n; i++) {
		unsigned int digit = digit_of(s.p[i]);

		if (digit >= base || *n > (UINT64_MAX - digit) / base)
			return false;
		*n = *n * base + digit;
	}
	return s.n > 0;
}

/* The id of an event of this server's log; of an earlier one, which is older
 * than all that there is, 0. */
static bool read_msgid(
	const struct dialect_state *s, struct span word, uint64_t *id)
{
	struct span log = irc_cut(&word, '-');
	uint64_t era;

	return read_number(log, 36, &era) && read_number(word, 10, id) &&
	       *id < INT64_MAX && eras_place(view_eras(s->view), era, id);
}

/* Whether the word begins with this; takes it off. */
static bool take(struct span *word, const char *with)
{
	size_t n = strlen(with);

	if (word->n < n || memcmp(word->p, with, n) != 0)
		return false;
	word->p += n;
	word->n -= n;
	return true;
}

enum reading {
	GOOD,
	BAD,
	UNKNOWN, /* the type of the reference */
};

static enum reading read_reference(const struct dialect_state *s,
	struct span word, enum history_kind kind, uint8_t *by, uint64_t *value)
{
	*by = HISTORY_BY_NONE;
	*value = 0;
	if (kind == HISTORY_LATEST && irc_is(word, "*"))
		return GOOD;
	if (take(&word, "timestamp=")) {
		*by = HISTORY_BY_TIME;
		return read_time(word, value) ? GOOD : BAD;
	}
	if (kind != HISTORY_TARGETS && take(&word, "msgid=")) {
		*by = HISTORY_BY_ID;
		return read_msgid(s, word, value) ? GOOD : BAD;
	}
	return word.n > 0 && memchr(word.p, '=', word.n) != NULL ? UNKNOWN
								 : BAD;
}

/* --- the request ---------------------------------------------------------- */

/* Standard replies have come with the capability. */
static char *fail(struct irc_call *c, char *dst, const char *code,
	struct span context, const char *description)
{
	struct span words = {description, strlen(description)};
	struct span kind = {code, strlen(code)};

	if (context.n == 0)
		return reply_line(c->s, dst, "FAIL CHATHISTORY $ & :$", kind,
			c->m->param[0], words);
	return reply_line(c->s, dst, "FAIL CHATHISTORY $ & & :$", kind,
		c->m->param[0], context, words);
}

static char *invalid(struct irc_call *c, char *dst, struct span context,
	const char *description)
{
	return fail(c, dst, "INVALID_PARAMS", context, description);
}

/* A room where the client is, or any user: who may be gone. */
static bool choose_target(struct irc_call *c, struct span word)
{
	struct span name;
	struct room_view r;

	if (word.n > 0 && *word.p == '#') {
		if (!irc_room(word, &name) ||
			!view_room_named(c->s->view, name, &r) ||
			!view_is_in(c->s->view, view_me(c->s->view), r.number,
				NULL))
			return false;
		c->r->room = name;
		return true;
	}
	c->r->name = word;
	return word.n <= NAME_MAX_BYTES &&
	       name_check(word.p, word.n) == NAME_OK;
}

static char *ask(struct irc_call *c, char *dst, const struct subcommand *sub)
{
	static struct history_query q;
	const struct span *at =
		&c->m->param[sub->kind == HISTORY_TARGETS ? 1 : 2];
	const struct span limit = at[sub->references];
	uint64_t most;
	enum reading first, second = GOOD;

	q = (struct history_query){.kind = (uint8_t)sub->kind,
		.events = irc_has(c->irc, CAP_EVENT_PLAYBACK)};
	first = read_reference(c->s, at[0], sub->kind, &q.first_by, &q.first);
	if (sub->references > 1)
		second = read_reference(
			c->s, at[1], sub->kind, &q.second_by, &q.second);
	if (first == UNKNOWN || second == UNKNOWN)
		return fail(c, dst, "INVALID_MSGREFTYPE", c->m->param[1],
			"Such references are not supported");
	if (first == BAD || second == BAD)
		return invalid(
			c, dst, at[first == BAD ? 0 : 1], "Invalid reference");
	if (!read_number(limit, 10, &most) || most == 0)
		return invalid(c, dst, limit, "Invalid limit");
	if (sub->kind != HISTORY_TARGETS && !choose_target(c, c->m->param[1]))
		return fail(c, dst, "INVALID_TARGET", c->m->param[1],
			"Messages could not be retrieved");
	q.limit = most < HISTORY_LINES_MAX ? (uint32_t)most : HISTORY_LINES_MAX;
	/* Nothing is around what this server has not seen, or before it. */
	if (q.kind == HISTORY_AROUND && q.first_by == HISTORY_BY_ID &&
		q.first == 0)
		q.kind = HISTORY_BEFORE;
	c->r->verb = VERB_HISTORY;
	c->r->query = &q;
	c->irc->told = false;
	c->irc->step = 1;
	c->irc->again = true;
	return dst;
}

char *irc_chathistory(struct irc_call *c, char *dst)
{
	const struct subcommand *sub = find(c->m->param[0]);
	size_t params;

	if (c->irc->step > 0)
		return c->irc->told
			       ? dst
			       : fail(c, dst, "MESSAGE_ERROR", SPAN_EMPTY,
					 "Messages could not be retrieved");
	if (!irc_has(c->irc, CAP_CHATHISTORY))
		return reply(
			c->s, dst, "421", "& :Unknown command", c->m->command);
	/* Without its ends an answer without lines is nothing at all. */
	if (!irc_has(c->irc, CAP_BATCH))
		return fail(c, dst, "MESSAGE_ERROR", SPAN_EMPTY,
			"The capability batch is needed");
	if (sub == NULL)
		return invalid(c, dst, SPAN_EMPTY, "Unknown command");
	params = (sub->kind == HISTORY_TARGETS ? 2 : 3) + sub->references;
	if (c->m->n < params)
		return invalid(c, dst, SPAN_EMPTY, "Insufficient parameters");
	if (c->m->n > params)
		return invalid(c, dst, SPAN_EMPTY, "Too many parameters");
	return ask(c, dst, sub);
}

/* --- the answer ----------------------------------------------------------- */

static struct span batch_of(const struct irc *irc)
{
	static char name[32];

	return (struct span){
		name, (size_t)(put_number(name, irc->past) - name)};
}

/* "CHATHISTORY TARGETS alice 2026-11-29T18:54:18.123Z" for each of a list. */
static char *put_targets(struct dialect_state *s, char *p, struct span list)
{
	while (list.n > sizeof(int64_t)) {
		char stamp[32];
		int64_t unix_ms;
		struct span name;

		memcpy(&unix_ms, list.p, sizeof unix_ms);
		list.p += sizeof unix_ms;
		list.n -= sizeof unix_ms;
		name = next_name(&list);
		p = reply_line(s, p, "CHATHISTORY TARGETS $ $", name,
			(struct span){stamp,
				(size_t)(reply_time(stamp, unix_ms) - stamp)});
	}
	return p;
}

char *irc_begin_history(struct dialect_state *s, char *dst,
	const struct event *e, struct span room)
{
	struct irc *irc = own(s);
	char *p = dst;

	irc->told = irc->tells = true;
	irc->past = 0;
	if (irc_has(irc, CAP_BATCH)) {
		irc->past = ++irc->batches;
		p = irc_put_label(irc, p);
		if (e->on)
			p = reply_line(s, p,
				"BATCH +$ draft/chathistory-targets",
				batch_of(irc));
		else if (e->to.n > 0)
			p = reply_line(s, p, "BATCH +$ chathistory $",
				batch_of(irc), e->to);
		else
			p = reply_line(s, p, "BATCH +$ chathistory #",
				batch_of(irc), room);
	}
	return e->on ? irc_put_past(s, p, put_targets(s, p, e->text)) : p;
}

char *irc_put_past(struct dialect_state *s, char *dst, char *end)
{
	struct irc *irc = own(s);

	return irc->past != 0 ? irc_tag_batch(dst, end, batch_of(irc)) : end;
}

char *irc_end_history(struct dialect_state *s, char *dst)
{
	struct irc *irc = own(s);

	if (irc->tells && irc->past != 0)
		dst = reply_line(s, dst, "BATCH -$", batch_of(irc));
	irc->tells = false;
	return dst;
}

/* The room has ended meanwhile, or the client is not in it any more. */
char *irc_refuse_history(struct dialect_state *s, char *dst)
{
	static struct irc_message m;
	struct irc *irc = own(s);
	struct irc_call c = {.s = s, .irc = irc, .m = &m};

	irc->told = true;
	irc->again = false;
	if (!irc_parse(irc->line, &m) || m.n < 2)
		return dst;
	return fail(&c, dst, "INVALID_TARGET", m.param[1],
		"Messages could not be retrieved");
}
