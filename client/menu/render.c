/* SPDX-License-Identifier: MIT */
/* The words for each kind of event: the table of what people read.
 * Runs in: client. */
#include "client/menu/render.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "client/menu/deed.h"
#include "ipc/common/age.h"
#include "ipc/common/name.h"
#include "ipc/common/text.h"

const char *render_number(char *dst, uint64_t number)
{
	char digits[RENDER_NUMBER];
	int n = snprintf(digits, sizeof(digits), "%" PRIu64, number);
	char *end = dst;

	for (int i = 0; i < n; i++) {
		if (i > 0 && (n - i) % 3 == 0)
			*end++ = ',';
		*end++ = digits[i];
	}
	*end = '\0';
	return dst;
}

const char *render_age(char *dst, uint64_t then_ms, uint64_t now_ms)
{
	/* The two clocks are two machines': the past may seem to come. */
	uint64_t ms = then_ms < now_ms ? now_ms - then_ms : 0;
	struct age age = age_of((int64_t)ms, 1);
	char number[RENDER_NUMBER];

	snprintf(dst, RENDER_NUMBER, "%.20s %s", render_number(number, age.n),
		age.unit);
	return dst;
}

bool render_is_old(const struct event *e, const struct reader *reader)
{
	bool message = e->kind == EVENT_PUBLIC || e->kind == EVENT_ACTION ||
		       e->kind == EVENT_PRIVATE;

	return (reader->past && message) ||
	       (e->has_seq && e->kind != EVENT_WELCOME &&
		       e->seq <= reader->old_seq);
}

bool render_is_late(const struct event *e, const struct reader *reader)
{
	return (e->kind == EVENT_PUBLIC || e->kind == EVENT_ACTION) &&
	       !render_is_old(e, reader) &&
	       e->unix_ms + RENDER_LATE_MS < reader->server_ms;
}

/* Not what is late: it was said by somebody who had our name elsewhere. */
static bool is_own(const struct event *e, const struct reader *reader)
{
	return event_field_is(e->from, reader->name) &&
	       !render_is_late(e, reader);
}

/* Whether it happens in a room, or in the lobby. */
static bool is_of_a_place(const struct event *e)
{
	struct field room;

	switch (e->kind) {
	case EVENT_PUBLIC:
	case EVENT_ACTION:
	case EVENT_JOIN:
	case EVENT_LEAVE:
	case EVENT_GAP:
	case EVENT_TOPIC:
	case EVENT_KICK:
	case EVENT_BAN:
	case EVENT_MODE:
	case EVENT_WHO:
		return true;
	case EVENT_HISTORY_END:
		return e->to.n == 0;
	case EVENT_NOTICE:
		return (e->room.n > 0 || e->has_seq) && !event_talk(e, &room);
	default:
		return false;
	}
}

struct field render_mark(const struct event *e, const struct reader *reader)
{
	struct field room = e->room;

	if (room.n == 0 && reader->here[0] != '\0')
		room = (struct field){reader->lobby, strlen(reader->lobby)};
	if (!is_of_a_place(e) ||
		(event_name_is(room, reader->here) &&
			!(e->kind == EVENT_JOIN && is_own(e, reader))))
		room.n = 0;
	return room;
}

static uint32_t character_before(const char *s, size_t at)
{
	uint32_t cp;
	size_t begin = at - 1;

	while (begin > 0 && at - begin < 4 && (s[begin] & 0xC0) == 0x80)
		begin--;
	text_decode(s + begin, at - begin, &cp);
	return cp;
}

/* Whether a word of text has a part that ends at this place and one that
 * begins there. */
static bool is_inside_word(struct field text, size_t at)
{
	uint32_t next;

	if (at == 0 || at == text.n)
		return false;
	text_decode(text.s + at, text.n - at, &next);
	return name_goes_on(character_before(text.s, at), next);
}

bool render_mentions(struct field text, const char *name)
{
	size_t n = strlen(name);

	for (size_t i = 0; n > 0 && i + n <= text.n; i++) {
		if (name_same(text.s + i, n, name, n) &&
			!is_inside_word(text, i) &&
			!is_inside_word(text, i + n))
			return true;
	}
	return false;
}

/* Scrollback says how old it is, and so does what is late. */
static void add_age(
	struct line *l, const struct event *e, const struct reader *reader)
{
	char age[RENDER_NUMBER];

	if (render_is_old(e, reader))
		line_add(l, STYLE_PLAIN, " %s ago",
			render_age(age, e->unix_ms, reader->now_ms));
	else if (render_is_late(e, reader))
		line_add(l, STYLE_PLAIN, " %s ago",
			render_age(age, e->unix_ms, reader->server_ms));
}

static void render_public(
	struct line *l, const struct event *e, const struct reader *reader)
{
	bool own = is_own(e, reader);
	bool mention = !own && render_mentions(e->text, reader->name);

	line_add(l, STYLE_PLAIN, e->kind == EVENT_ACTION ? "[* " : "[");
	line_add(l, own ? STYLE_OWN : line_name_style(e->from), "%.*s",
		FIELD(e->from));
	add_age(l, e, reader);
	if (e->status != '\0')
		line_add(l, STYLE_PLAIN, " -> %c%.*s", e->status,
			FIELD(e->room));
	line_add(l, STYLE_PLAIN, "] ");
	line_add(l, mention ? STYLE_MENTION : STYLE_PLAIN, "%.*s",
		FIELD(e->text));
}

static void render_private(
	struct line *l, const struct event *e, const struct reader *reader)
{
	bool sent = is_own(e, reader);

	line_add(l, STYLE_PLAIN, sent ? "[you" : "[");
	if (!sent)
		line_add(l, line_name_style(e->from), "%.*s", FIELD(e->from));
	add_age(l, e, reader);
	line_add(l, STYLE_PLAIN, " -> ");
	if (sent)
		line_add(l, line_name_style(e->to), "%.*s", FIELD(e->to));
	line_add(l, STYLE_PLAIN, sent ? "] " : "you] ");
	line_add(l, sent ? STYLE_PLAIN : STYLE_PRIVATE, "%.*s", FIELD(e->text));
}

const char *render_where(const struct event *e)
{
	return e->room.n > 0 ? "here" : "online";
}

/* The text is the number of users online, and a reason may follow.  Without a
 * SEQ it is ours, which happened while we missed events. */
static void render_leave(
	struct line *l, const struct event *e, const struct reader *reader)
{
	char number[RENDER_NUMBER];
	struct field reason;

	event_word(e->text, &reason);
	if (e->room.n > 0 && !e->has_seq && is_own(e, reader))
		line_add(l, STYLE_ERROR, "* you are not in it any more");
	else
		line_add(l, STYLE_DIM, "* %.*s left%s%.*s (%s %s)",
			FIELD(e->from), reason.n > 0 ? ": " : "", FIELD(reason),
			render_number(number, event_number(e->text)),
			render_where(e));
}

static void render_history_end(struct line *l, const struct event *e)
{
	struct field more;

	event_word(e->text, &more);
	if (more.n > 0)
		line_add(l, STYLE_DIM, "* end of history; there is more");
	else
		line_add(l, STYLE_DIM, "* %s history",
			event_number(e->text) > 0 ? "end of" : "no");
}

/* What is told of a room to us alone is its modes, or that we talk there. */
static bool tells_modes(const struct event *e)
{
	struct field room;

	return e->room.n > 0 && !e->has_seq && !event_talk(e, &room);
}

/* Whether a rename tells what an event without a number has told already. */
static bool is_no_news(const struct event *e)
{
	return e->from.n == e->to.n && memcmp(e->from.s, e->to.s, e->to.n) == 0;
}

/* Our own join of a room begins what is said there. */
static bool is_presence(const struct event *e, const struct reader *reader)
{
	bool own = e->room.n > 0 && is_own(e, reader);

	return (e->kind == EVENT_JOIN || e->kind == EVENT_LEAVE) && !own;
}

static void add_mark(
	struct line *l, const struct event *e, const struct reader *reader)
{
	struct field mark = render_mark(e, reader);

	if (mark.n > 0)
		line_add(l, STYLE_PLAIN, "%.*s ", FIELD(mark));
}

bool render_event(
	struct line *l, const struct event *e, const struct reader *reader)
{
	char buffer[RENDER_NUMBER];
	uint64_t count = event_number(e->text);
	const char *number = render_number(buffer, count);

	line_begin(l, is_presence(e, reader) ? LINE_PRESENCE : LINE_SAID,
		e->unix_ms);
	add_mark(l, e, reader);
	switch (e->kind) {
	case EVENT_WELCOME:
		line_add(l, STYLE_PLAIN,
			"* welcome, %.*s; %s online; /help for help",
			FIELD(e->to), number);
		return true;
	case EVENT_PUBLIC:
	case EVENT_ACTION:
		render_public(l, e, reader);
		return true;
	case EVENT_PRIVATE:
		render_private(l, e, reader);
		return true;
	case EVENT_JOIN:
		line_add(l, STYLE_DIM, "* %.*s joined (%s %s)", FIELD(e->from),
			number, render_where(e));
		return e->room.n > 0 || !is_own(e, reader);
	case EVENT_LEAVE:
		render_leave(l, e, reader);
		return true;
	case EVENT_RENAME:
		line_add(l, STYLE_DIM, "* %.*s is now %.*s", FIELD(e->from),
			FIELD(e->to));
		return !is_no_news(e);
	case EVENT_ERROR:
		line_add(l, STYLE_ERROR, "! %.*s", FIELD(e->text));
		return true;
	case EVENT_NOTICE:
		line_add(l, STYLE_PLAIN, "* %s%.*s",
			tells_modes(e) ? "modes: " : "", FIELD(e->text));
		return true;
	case EVENT_GAP:
		line_add(l, STYLE_ERROR, "* you missed %s message%s", number,
			count == 1 ? "" : "s");
		return count > 0;
	case EVENT_HISTORY_END:
		render_history_end(l, e);
		return true;
	case EVENT_TOPIC:
	case EVENT_KICK:
	case EVENT_BAN:
	case EVENT_MODE:
	case EVENT_INVITE:
		deed_render(l, e, is_own(e, reader));
		return true;
	case EVENT_WHO:
	case EVENT_WHO_END:
	case EVENT_ROOM:
	case EVENT_ROOM_END:
	case EVENT_HISTORY:
	case EVENT_BYE:
	case EVENT_UNKNOWN:
		break;
	}
	return false;
}
