/* SPDX-License-Identifier: MIT */
/* Makes events and looks at what the dialects render them to.
 * Runs in: nothing but tests. */
#include "tests/fuzz/events.h"

#include "ipc/common/limits.h"
#include "ipc/common/name.h"
#include "ipc/common/text.h"
#include "ipc/namelist.h"
#include "server/child/dialect/dialect.h"
#include "server/child/dialect/events.h"
#include "server/child/dialect/text.h"
#include "server/child/state.h"
#include "tests/fuzz/reader.h"

static bool is_same(struct span a, struct span b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

/* What an event is rendered to.  AddressSanitizer sees who writes beyond. */
static char text_room[RENDER_MAX], events_room[RENDER_MAX];

static struct span render(
	const struct dialect *d, const struct event *e, char *room)
{
	static struct dialect_state state;
	const char *end = d->render(&state, e, room);
	size_t n = (size_t)(end - room);

	CHECK(n <= RENDER_MAX);
	CHECK(n == 0 || room[n - 1] == '\n');
	return (struct span){room, n};
}

/* Takes the next line off what is rendered, without its end; false at the
 * end. */
static bool next_line(struct span *rest, struct span *line)
{
	const char *end;

	if (rest->n == 0)
		return false;
	end = memchr(rest->p, '\n', rest->n);
	CHECK(end != NULL);
	*line = (struct span){rest->p, (size_t)(end - rest->p)};
	rest->p += line->n + 1;
	rest->n -= line->n + 1;
	return true;
}

static bool is_message(const struct event *e)
{
	return e->kind == EVENT_PUBLIC || e->kind == EVENT_ACTION ||
	       e->kind == EVENT_PRIVATE;
}

/* Line i of a message, of those that show something, as one wherever it was
 * cut; false after the last. */
static bool message_line(const struct event *e, size_t i, struct span *line)
{
	static char joined[TEXT_MAX];
	size_t at = 0;

	while (at < e->text.n) {
		size_t n = 0;

		for (; at < e->text.n && e->text.p[at] != TEXT_NEWLINE; at++) {
			if (e->text.p[at] != TEXT_CUT)
				joined[n++] = e->text.p[at];
		}
		at++;
		if (!text_is_blank(joined, n) && i-- == 0) {
			*line = (struct span){joined, n};
			return true;
		}
	}
	return false;
}

static size_t message_lines(const struct event *e)
{
	struct span line;
	size_t n = 0;

	while (message_line(e, n, &line))
		n++;
	return n;
}

/* How many names are in a list. */
static size_t names_in(struct span list)
{
	const char *name;
	size_t names = 0;

	while (namelist_next(&list.p, &list.n, &name) > 0)
		names++;
	return names;
}

static void check_text(const struct event *e, struct span rest)
{
	bool is_long = e->kind == EVENT_WHO || e->kind == EVENT_LISTED ||
		       e->kind == EVENT_IGNORED || e->kind == EVENT_BANS ||
		       e->kind == EVENT_INVITES;
	size_t want = 1, lines = 0;
	struct span line;

	if (e->kind == EVENT_PRIVATE)
		want = ((size_t)e->from_me + e->to_me) * message_lines(e);
	else if (is_message(e))
		want = message_lines(e);
	else if (e->kind == EVENT_WHO_END || e->kind == EVENT_HISTORY)
		want = 0;
	else if (e->kind == EVENT_SINCE)
		want = e->more > 0;
	else if (e->kind == EVENT_RENAME)
		want = !is_same(e->from, e->to);
	else if (e->kind == EVENT_LISTED_END)
		want = e->online == 0;
	for (; next_line(&rest, &line); lines++) {
		CHECK(utf8_is_clean(line.p, line.n));
		CHECK(!is_long || line.n < WHO_LINE_MAX);
	}
	CHECK(lines == want || (is_long && lines > 0));
}

/* Whether it may be more than one line for programs. */
static bool is_list(const struct event *e)
{
	return e->kind == EVENT_WHO || e->kind == EVENT_LISTED ||
	       e->kind == EVENT_IGNORED || e->kind == EVENT_BANS ||
	       e->kind == EVENT_INVITES || e->digest;
}

static bool has_lines(const struct event *e, size_t lines)
{
	if (e->kind == EVENT_IGNORED || e->kind == EVENT_BANS ||
		e->kind == EVENT_INVITES)
		return lines > 0 && lines <= 1 + names_in(e->text);
	if (e->kind == EVENT_LISTED)
		return lines == e->nlisted;
	if (is_message(e))
		return lines == message_lines(e);
	if (e->kind == EVENT_SINCE)
		return lines == (e->more > 0);
	return lines == (is_list(e) ? names_in(e->text) + (e->more > 0) : 1);
}

/* An unused field is written as "-". */
static bool is_field(struct reader_part part, struct span want)
{
	if (want.n == 0 && part.n == 1)
		return part.p[0] == '-';
	return is_same((struct span){part.p, part.n}, want);
}

/* The client reads what was meant, in line i. */
static void check_read(
	const struct event *e, const struct reader_event *read, size_t i)
{
	struct span said = e->text;

	CHECK(read->known && read->seq == e->seq);
	CHECK(read->unix_ms ==
		(uint64_t)(e->unix_ms +
			   (e->kind == EVENT_SINCE ? e->age_ms : 0)));
	if (is_list(e))
		return;
	CHECK(is_same((struct span){read->from.p, read->from.n}, e->from));
	if (e->room.n > 0) {
		CHECK(read->room.n == 1 + e->room.n && read->to.n == 0);
		CHECK(memcmp(read->room.p + 1, e->room.p, e->room.n) == 0);
	} else if (e->kind != EVENT_IGNORE) {
		CHECK(is_same((struct span){read->to.p, read->to.n}, e->to));
	}
	switch (e->kind) {
	case EVENT_WELCOME:
	case EVENT_JOIN:
	case EVENT_LEAVE:
	case EVENT_WHO_END:
	case EVENT_LISTED_END:
		CHECK(read->number == e->online);
		break;
	case EVENT_GAP:
		CHECK(read->number == e->more);
		break;
	case EVENT_HISTORY:
	case EVENT_HISTORY_END:
		CHECK(read->number == e->number);
		break;
	case EVENT_SINCE:
	case EVENT_ERROR:
	case EVENT_WARNING:
	case EVENT_BYE:
	case EVENT_KICK:
	case EVENT_MODE:
	case EVENT_INVITE:
	case EVENT_HERE:
	case EVENT_GONE:
	case EVENT_MODES:
	case EVENT_IGNORE:
		CHECK(read->text.n > 0); /* in words of the dialect */
		break;
	default:
		CHECK(!is_message(e) || message_line(e, i, &said));
		CHECK(is_field(read->text, said));
	}
}

static bool is_event_line(struct span line)
{
	size_t fields = 0;

	for (const char *end = line.p + line.n;; line.p++) {
		const char *tab = memchr(line.p, '\t', (size_t)(end - line.p));

		fields++;
		if (tab == NULL)
			return fields == 6 &&
			       utf8_is_clean(line.p, (size_t)(end - line.p));
		if (!utf8_is_clean(line.p, (size_t)(tab - line.p)))
			return false;
		line.p = tab;
	}
}

/* The table may hold nonsense instead of names: the client may then refuse
 * the line, but it is one. */
static void check_events(const struct event *e, struct span rest)
{
	size_t lines = 0;
	struct span line;

	for (; next_line(&rest, &line); lines++) {
		struct reader_event read;

		CHECK(is_event_line(line));
		if (reader_takes(line.p, line.n, &read))
			check_read(e, &read, lines);
		else
			CHECK(e->kind == EVENT_WHO);
	}
	CHECK(has_lines(e, lines));
}

/* Whether the client has the same words for the event as the server. */
static bool has_same_words(const struct event *e)
{
	switch (e->kind) {
	case EVENT_PUBLIC:
	case EVENT_ACTION:
		if (message_lines(e) != 1)
			return false;
		break;
	case EVENT_ERROR:
	case EVENT_NOTICE:
		if (e->text.n == 0)
			return false;
		break;
	case EVENT_PRIVATE:
		if (message_lines(e) != 1 || e->from_me == e->to_me)
			return false;
		break;
	case EVENT_TOPIC:
		/* Shown, it has no number. */
		if ((e->from.n == 0) != (e->seq == 0) ||
			(e->text.n == 1 && e->text.p[0] == '-'))
			return false;
		break;
	case EVENT_MODE:
		/* The last operator has left, which is all that nobody does. */
		if (e->from.n == 0 && (e->mode != MODE_OPERATOR || !e->on))
			return false;
		break;
	case EVENT_KICK:
	case EVENT_INVITE:
	case EVENT_HERE:
	case EVENT_GONE:
	case EVENT_MODES:
	case EVENT_IGNORE:
	case EVENT_WELCOME:
	case EVENT_JOIN:
	case EVENT_LEAVE:
	case EVENT_RENAME:
	case EVENT_HISTORY_END:
		break;
	case EVENT_GAP:
		/* Numbers that begin anew are for programs. */
		if (e->more == 0)
			return false;
		break;
	default:
		return false;
	}
	/* Scrollback is known by its number, and has no ages of 1,000 days. */
	return !e->digest &&
	       (e->age_ms < 0 || (e->seq != 0 && e->age_ms / 86400000 < 1000));
}

/* Both dialects and the client's words come to the same. */
static void check_words(
	const struct event *e, struct span words, struct span events)
{
	char said[TEXT_MAX + 512], name[NAME_MAX_BYTES + 1] = "\x01";
	struct reader_eyes eyes = {
		.name = name,
		.welcome_seq = e->age_ms >= 0 ? e->seq : 0,
		.now_ms = (uint64_t)(e->unix_ms +
				     (e->age_ms > 0 ? e->age_ms : 0)),
	};
	size_t n;

	if (!has_same_words(e))
		return;
	if (e->kind == EVENT_GONE ||
		(e->from_me && (e->kind == EVENT_PRIVATE ||
				       e->kind == EVENT_INVITE))) {
		memcpy(name, e->from.p, e->from.n);
		name[e->from.n] = '\0';
	}
	n = reader_says(events.p, events.n - 1, &eyes, said, sizeof(said));
	CHECK(n + (words.n > 0) == words.n && memcmp(said, words.p, n) == 0);
}

/* A name as the relay would have it, roughly: of no bytes that have a meaning,
 * and neither empty nor "-". */
static size_t make_name(struct fuzz_input in, char *dst)
{
	char raw[NAME_MAX_BYTES + 1], clean[3 * sizeof(raw)];
	size_t n = fuzz_expand(in, raw, NAME_MAX_BYTES);

	n = text_clean(clean, raw, n);
	n = utf8_cut(clean, n, NAME_MAX_BYTES);
	for (size_t i = 0; i < n; i++)
		dst[i] = memchr(" ,#", clean[i], 3) != NULL ? '_' : clean[i];
	if (n == 0 || (n == 1 && dst[0] == '-')) {
		dst[0] = 'x';
		n = 1;
	}
	return n;
}

/* So many names of up to so many bytes. */
static size_t make_names(struct fuzz_input *in, size_t names, char *dst)
{
	size_t n = 0;

	for (size_t i = 0; i < names; i++) {
		struct fuzz_input name = fuzz_part(in, fuzz_byte(in) % 40);

		size_t len = make_name(name, dst + n + 1);

		dst[n] = (char)len;
		n += NAMELIST_ENTRY(len);
	}
	return n;
}

/* So many entries of a room's lists, or of what is none. */
static size_t make_entries(struct fuzz_input *in, size_t entries, char *dst)
{
	char *p = dst;

	for (size_t i = 0; i < entries; i++) {
		const char letter = (char)('a' + fuzz_byte(in) % (MODES + 1));

		p = namelist_put(p, &letter, 1);
		p += make_names(in, 2, p);
		p = namelist_put(p, "1700000000", 10);
	}
	return (size_t)(p - dst);
}

static char text[TEXT_MAX];

/* Some of the text's bytes become marks between lines. */
static void put_marks(size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (text[i] == '|')
			text[i] = TEXT_NEWLINE;
		else if (text[i] == '~')
			text[i] = TEXT_CUT;
	}
}

/* The text that may come with an event: short, where the line has other words
 * beside it. */
static struct span make_text(const struct event *e, struct fuzz_input in)
{
	static char raw[LINE_MAX_BYTES];
	size_t n;

	if (e->digest || e->kind == EVENT_WHO || e->kind == EVENT_MODES ||
		e->kind == EVENT_IGNORED || e->kind == EVENT_INVITES) {
		n = make_names(
			&in, 1 + fuzz_byte(&in) % DIGEST_NAMES_MAX, text);
	} else if (e->kind == EVENT_BANS) {
		n = make_entries(&in, fuzz_byte(&in) % ROOM_BANS_MAX, text);
	} else if (e->kind == EVENT_HERE) {
		n = make_name(in, text);
	} else if ((e->kind == EVENT_LEAVE && e->room.n == 0) ||
		   e->kind == EVENT_WELCOME ||
		   (e->kind == EVENT_KICK && fuzz_byte(&in) % 2 == 0)) {
		n = 0;
	} else {
		n = fuzz_expand(in, raw, sizeof(raw));
		n = text_clean(text, raw, n);
		if (e->kind != EVENT_PUBLIC && e->kind != EVENT_ACTION &&
			e->kind != EVENT_PRIVATE && e->kind != EVENT_NOTICE)
			n = utf8_cut(text, n, TOPIC_MAX);
		else if (e->kind != EVENT_NOTICE)
			put_marks(n);
	}
	return (struct span){text, n};
}

/* Which names a kind has. */
static void drop_names(struct event *e, uint8_t flags)
{
	bool from = false, to = false;
	/* What is of a room, and what may be. */
	bool room = (flags & EVENTS_ROOM) != 0;

	switch (e->kind) {
	case EVENT_KICK:
	case EVENT_INVITE:
		from = to = room = true;
		break;
	case EVENT_MODE:
		from = room = true;
		to = mode_is_named(e->mode);
		break;
	case EVENT_TOPIC:
		from = e->seq != 0;
		break;
	case EVENT_GONE:
		from = room = true;
		break;
	case EVENT_IGNORE:
		to = true;
		room = false;
		break;
	case EVENT_MODES:
	case EVENT_BANS:
		room = true;
		break;
	case EVENT_HISTORY:
	case EVENT_HISTORY_END:
		to = !room;
		break;
	case EVENT_WHO:
	case EVENT_WHO_END:
	case EVENT_GAP:
	case EVENT_ERROR:
	case EVENT_HERE:
		break;
	case EVENT_PRIVATE:
	case EVENT_RENAME:
		from = to = true;
		room = false;
		break;
	case EVENT_PUBLIC:
	case EVENT_ACTION:
	case EVENT_JOIN:
	case EVENT_LEAVE:
		from = true;
		break;
	case EVENT_WELCOME:
		to = true;
		/* fall through */
	default:
		room = false;
	}
	if (!from || e->digest)
		e->from.n = 0;
	if (!to)
		e->to.n = 0;
	if (!room)
		e->room.n = 0;
}

/* In this order the inputs that are kept stay what they are. */
static const enum event_kind kinds[] = {EVENT_WELCOME, EVENT_PUBLIC,
	EVENT_ACTION, EVENT_PRIVATE, EVENT_JOIN, EVENT_LEAVE, EVENT_RENAME,
	EVENT_ERROR, EVENT_NOTICE, EVENT_BYE, EVENT_WHO, EVENT_WHO_END,
	EVENT_WARNING, EVENT_GAP, EVENT_TOPIC, EVENT_KICK, EVENT_MODE,
	EVENT_INVITE, EVENT_LISTED, EVENT_LISTED_END, EVENT_HERE, EVENT_GONE,
	EVENT_MODES, EVENT_IGNORE, EVENT_IGNORED, EVENT_BANS, EVENT_INVITES,
	EVENT_HISTORY, EVENT_HISTORY_END, EVENT_SINCE};

/* Some rooms, with a text of the input's as their topics. */
static void make_rooms(struct event *e, struct fuzz_input in)
{
	static struct listed rooms[32];
	static char name[NAME_MAX_BYTES];
	size_t n = make_name(fuzz_part(&in, fuzz_byte(&in) % 40), name);

	e->nlisted = 1 + fuzz_byte(&in) % 32;
	e->listed = rooms;
	e->text.n = utf8_cut(e->text.p, e->text.n, TOPIC_MAX);
	for (uint32_t i = 0; i < e->nlisted; i++)
		rooms[i] = (struct listed){{name, n},
			{e->text.p, i % 3 == 2 ? 0 : e->text.n},
			(uint32_t)fuzz_number(&in, i % 5)};
}

void events_check(struct fuzz_input in, uint8_t flags)
{
	static char from[NAME_MAX_BYTES], to[NAME_MAX_BYTES];
	static char room[NAME_MAX_BYTES];
	struct event e = {.room = SPAN_EMPTY};
	struct span words, events;

	e.kind = kinds[fuzz_byte(&in) % (sizeof(kinds) / sizeof(kinds[0]))];
	e.seq = fuzz_number(&in, 8);
	e.unix_ms = (int64_t)fuzz_number(&in, 6);
	e.age_ms = flags & EVENTS_OLD ? (int64_t)fuzz_number(&in, 5) : -1;
	e.online = (uint32_t)fuzz_number(&in, 4);
	e.more = (uint32_t)fuzz_number(&in, 4);
	e.from_me = (flags & EVENTS_FROM_ME) != 0;
	e.to_me = (flags & EVENTS_TO_ME) != 0;
	e.digest = (e.kind == EVENT_JOIN || e.kind == EVENT_LEAVE) &&
		   (flags & EVENTS_DIGEST) != 0;
	if (e.kind == EVENT_HERE || e.kind == EVENT_GONE ||
		e.kind == EVENT_MODES || e.kind == EVENT_LISTED_END ||
		e.kind == EVENT_IGNORE)
		e.seq = 0;
	if (e.kind != EVENT_GAP && e.kind != EVENT_MODES &&
		e.kind != EVENT_HISTORY_END && e.kind != EVENT_SINCE &&
		!e.digest)
		e.more = 0;
	if (e.kind == EVENT_HISTORY || e.kind == EVENT_HISTORY_END ||
		e.kind == EVENT_SINCE)
		e.seq = 0;
	if (e.kind == EVENT_SINCE && e.age_ms < 0)
		e.age_ms = 0;
	if (e.kind == EVENT_MODE)
		e.mode = MODE_OPERATOR + fuzz_byte(&in) % (MODES - 2);
	e.on = (flags & EVENTS_DIGEST) != 0;
	e.from.p = from;
	e.from.n = make_name(fuzz_part(&in, fuzz_byte(&in) % 40), from);
	e.to.p = to;
	e.to.n = make_name(fuzz_part(&in, fuzz_byte(&in) % 40), to);
	if ((flags & EVENTS_ROOM) != 0 || e.kind == EVENT_KICK ||
		e.kind == EVENT_INVITE || e.kind == EVENT_MODE ||
		e.kind == EVENT_GONE || e.kind == EVENT_MODES ||
		e.kind == EVENT_BANS) {
		e.room.p = room;
		e.room.n = make_name(fuzz_part(&in, fuzz_byte(&in) % 40), room);
	}
	drop_names(&e, flags);
	if ((e.kind == EVENT_PUBLIC || e.kind == EVENT_ACTION) && e.room.n > 0)
		e.mode = fuzz_byte(&in) % (MODE_VOICE + 1);
	if (e.kind == EVENT_ERROR || e.kind == EVENT_WARNING)
		e.error = ERROR_NO_SUCH_USER + fuzz_byte(&in) % (ERRORS - 1);
	if (e.error == ERROR_BAD_NAME || e.error == ERROR_BAD_ROOM)
		e.number = fuzz_byte(&in) % (NAME_RESERVED + 1);
	else if (e.kind != EVENT_WELCOME)
		e.number = (uint32_t)fuzz_number(&in, 4);
	if (e.kind == EVENT_LEAVE || e.kind == EVENT_BYE)
		e.reason = fuzz_byte(&in) % LEAVE_REASONS;
	e.text = make_text(&e, in);
	if (e.kind == EVENT_LISTED)
		make_rooms(&e, in);
	/* An empty list is not told. */
	if (e.kind == EVENT_WHO && e.text.n == 0)
		return;
	words = render(&dialect_text, &e, text_room);
	check_text(&e, words);
	events = render(&dialect_events, &e, events_room);
	check_events(&e, events);
	check_words(&e, words, events);
}
