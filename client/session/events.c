/* SPDX-License-Identifier: MIT */
/* A line of the events dialect, taken apart: six fields, strictly.
 * Runs in: client. */
#include "client/session/events.h"

#include <string.h>

#include "ipc/common/limits.h"
#include "ipc/common/name.h"
#include "ipc/common/protocol.h"
#include "ipc/common/text.h"

enum {
	FIELD_KIND,
	FIELD_SEQ,
	FIELD_TIME,
	FIELD_FROM,
	FIELD_TO,
	FIELD_TEXT
};

static const struct {
	const char *word;
	enum event_kind kind;
} kinds[] = {
	{KIND_WELCOME, EVENT_WELCOME},
	{KIND_PUBLIC, EVENT_PUBLIC},
	{KIND_ACTION, EVENT_ACTION},
	{KIND_PRIVATE, EVENT_PRIVATE},
	{KIND_JOIN, EVENT_JOIN},
	{KIND_LEAVE, EVENT_LEAVE},
	{KIND_RENAME, EVENT_RENAME},
	{KIND_WHO, EVENT_WHO},
	{KIND_WHO_END, EVENT_WHO_END},
	{KIND_ERROR, EVENT_ERROR},
	{KIND_NOTICE, EVENT_NOTICE},
	{KIND_GAP, EVENT_GAP},
	{KIND_BYE, EVENT_BYE},
	{KIND_TOPIC, EVENT_TOPIC},
	{KIND_KICK, EVENT_KICK},
	{KIND_BAN, EVENT_BAN},
	{KIND_MODE, EVENT_MODE},
	{KIND_INVITE, EVENT_INVITE},
	{KIND_ROOM, EVENT_ROOM},
	{KIND_ROOM_END, EVENT_ROOM_END},
	{KIND_HISTORY, EVENT_HISTORY},
	{KIND_HISTORY_END, EVENT_HISTORY_END},
};

bool event_field_is(struct field f, const char *s)
{
	return f.n == strlen(s) && memcmp(f.s, s, f.n) == 0;
}

bool event_name_is(struct field f, const char *name)
{
	return name_same(f.s, f.n, name, strlen(name));
}

struct field event_word(struct field f, struct field *rest)
{
	const char *blank = f.n > 0 ? memchr(f.s, ' ', f.n) : NULL;
	struct field word = {f.s, blank == NULL ? f.n : (size_t)(blank - f.s)};
	size_t skipped = word.n + (blank != NULL);

	if (rest != NULL)
		*rest = (struct field){f.s + skipped, f.n - skipped};
	return word;
}

bool event_talk(const struct event *e, struct field *room)
{
	const size_t skipped = sizeof(NOTICE_TALK) - 1;
	struct field text = e->text;

	if (e->kind != EVENT_NOTICE || e->has_seq || text.n <= skipped ||
		memcmp(text.s, NOTICE_TALK, skipped) != 0)
		return false;
	*room = event_word(
		(struct field){text.s + skipped, text.n - skipped}, NULL);
	return room->n > 1 && room->n <= ROOM_MAX && room->s[0] == ROOM_MARK &&
	       text_is_clean(room->s, room->n);
}

static bool is_unused(struct field f)
{
	return event_field_is(f, "-");
}

static bool split(
	const char *line, size_t n, struct field fields[EVENTS_FIELDS])
{
	const char *end = line + n;

	for (size_t i = 0; i < EVENTS_FIELDS; i++) {
		const char *tab = memchr(line, '\t', (size_t)(end - line));
		bool last = i == EVENTS_FIELDS - 1;

		if ((tab == NULL) != last)
			return false;
		if (last)
			tab = end;
		fields[i] = (struct field){line, (size_t)(tab - line)};
		line = tab + 1;
	}
	return true;
}

/* Digits alone, at least one, and no more than fit. */
static bool read_number(struct field f, uint64_t *number)
{
	uint64_t value = 0;

	for (size_t i = 0; i < f.n; i++) {
		unsigned digit = (unsigned char)f.s[i] - (unsigned)'0';

		if (digit > 9 || value > (UINT64_MAX - digit) / 10)
			return false;
		value = value * 10 + digit;
	}
	*number = value;
	return f.n > 0;
}

/* The rule for names is the server's; but they are completed and shown in the
 * prompt as they are. */
static bool read_name(struct field f, struct field *name)
{
	*name = is_unused(f) ? (struct field){f.s, 0} : f;
	return f.n > 0 && f.n <= NAME_MAX_BYTES && text_is_clean(f.s, f.n);
}

/* TO is a name, or behind its mark a room's; a message may be for some of the
 * room. */
static bool read_receiver(struct field f, struct event *e)
{
	struct field name;

	if (f.n > 1 && (f.s[0] == '@' || f.s[0] == '+') &&
		f.s[1] == ROOM_MARK) {
		e->status = f.s[0];
		f = (struct field){f.s + 1, f.n - 1};
	}
	name = (struct field){f.s + 1, f.n - 1};
	if (f.n == 0 || f.s[0] != ROOM_MARK)
		return read_name(f, &e->to);
	e->to = (struct field){f.s, 0};
	e->room = f;
	return !is_unused(name) && read_name(name, &name);
}

static enum event_kind kind_of(struct field f)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (event_field_is(f, kinds[i].word))
			return kinds[i].kind;
	}
	return EVENT_UNKNOWN;
}

/* The names without which a kind would say nothing. */
static bool has_its_names(const struct event *e)
{
	switch (e->kind) {
	case EVENT_WELCOME:
		return e->to.n > 0;
	case EVENT_PRIVATE:
	case EVENT_RENAME:
		return e->from.n > 0 && e->to.n > 0;
	case EVENT_PUBLIC:
	case EVENT_ACTION:
	case EVENT_JOIN:
	case EVENT_LEAVE:
	case EVENT_WHO:
	case EVENT_KICK:
	case EVENT_BAN:
		return e->from.n > 0;
	case EVENT_INVITE:
		return e->from.n > 0 && e->room.n > 0;
	case EVENT_ROOM:
		return e->room.n > 0;
	default:
		return true;
	}
}

bool event_parse(const char *line, size_t n, struct event *e)
{
	struct field fields[EVENTS_FIELDS];

	if (!split(line, n, fields))
		return false;
	*e = (struct event){.kind = kind_of(fields[FIELD_KIND]),
		.has_seq = !is_unused(fields[FIELD_SEQ]),
		.text = fields[FIELD_TEXT]};
	if (e->has_seq && !read_number(fields[FIELD_SEQ], &e->seq))
		return false;
	if (!is_unused(fields[FIELD_TIME]) &&
		!read_number(fields[FIELD_TIME], &e->unix_ms))
		return false;
	return read_name(fields[FIELD_FROM], &e->from) &&
	       read_receiver(fields[FIELD_TO], e) && e->text.n <= TEXT_MAX &&
	       has_its_names(e);
}

uint64_t event_number(struct field f)
{
	size_t digits = 0;
	uint64_t number = 0;

	while (digits < f.n && f.s[digits] >= '0' && f.s[digits] <= '9')
		digits++;
	return read_number((struct field){f.s, digits}, &number) ? number : 0;
}
