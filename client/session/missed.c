/* SPDX-License-Identifier: MIT */
/* Owns what is done about what was missed.
 * Runs in: client.
 *
 * Where the session has ended, /since finds what was said in the lobby, and in
 * each room that is entered again, from the last line on that was seen; it
 * comes in parts, and in place of the scrollback. */
#include "client/session/missed.h"

#include <inttypes.h>
#include <stdio.h>

/* False if we are not in the room. */
static bool find(struct session *s, const struct event *e, struct seen **seen)
{
	struct joined_room *room;

	*seen = &s->reconnect.seen;
	if (e->room.n == 0)
		return true;
	room = joined_find(&s->joined, e->room);
	if (room != NULL)
		*seen = &room->seen;
	return room != NULL;
}

static void ask(struct session *s, struct seen *seen, struct field room)
{
	char line[sizeof("/since  @:") + ROOM_MAX + 48], behind[24] = "";
	uint64_t seq, from_ms = seen_catch_up(seen, &seq);

	if (from_ms == 0)
		return;
	if (seq != 0)
		snprintf(behind, sizeof(behind), ":%" PRIu64, seq);
	snprintf(line, sizeof(line), "/since %.*s%s@%" PRIu64 "%s", FIELD(room),
		room.n > 0 ? " " : "", from_ms, behind);
	session_ask(s, line, (struct field){"", 0});
}

/* Whether lines may have been missed here.  A server that has secrets of
 * sessions knows the question, too. */
static bool has_come_back(
	const struct session *s, const struct loop_event *news)
{
	const struct event *e = &news->event;

	if (!news->own || !s->reconnect.again || s->resume.resumed ||
		s->resume.token[0] == '\0')
		return false;
	return e->kind == EVENT_WELCOME ||
	       (e->kind == EVENT_JOIN && e->room.n > 0 && s->joined.returning);
}

static void end_part(
	struct session *s, struct seen *seen, const struct event *e)
{
	struct field more;

	event_word(e->text, &more);
	if (more.n > 0 && seen_goes_on(seen))
		ask(s, seen, e->room);
	else
		seen_caught_up(seen);
}

/* All is as it was; what has happened to us since will be told.  What the
 * server has not had is said again, in its order, so that each line goes where
 * it was meant to. */
static void go_on(struct session *s)
{
	uint64_t taken = s->resume.said;
	struct sent_line line;

	s->joined = s->resume.joined;
	s->joined.moving = false;
	sent_taken(&s->sent, taken);
	while (session_can_say(s) && sent_take_after(&s->sent, taken, &line))
		session_say(s, "", (struct field){line.text, line.n});
	sent_begin_anew(&s->sent, taken);
}

bool missed_learn(struct session *s, const struct loop_event *news)
{
	const struct event *e = &news->event;
	struct seen *seen;
	bool here = find(s, e, &seen);
	bool part = here && seen->catching &&
		    (e->kind == EVENT_HISTORY || e->kind == EVENT_HISTORY_END);

	if (news->own && e->kind == EVENT_WELCOME)
		connection_close_aside(s->connection);
	if (news->own && e->kind == EVENT_WELCOME && s->resume.resumed)
		go_on(s);
	else if (here && has_come_back(s, news))
		ask(s, seen, e->room);
	else if (part && e->kind == EVENT_HISTORY_END)
		end_part(s, seen, e);
	/* Refused, a question is answered without an end. */
	if (s->outstanding == 0)
		missed_give_up(s);
	return part;
}

bool missed_is_coming(const struct session *s)
{
	bool coming = s->reconnect.seen.catching;

	for (unsigned i = 0; i < s->joined.count; i++)
		coming = coming || s->joined.room[i].seen.catching;
	return coming;
}

void missed_give_up(struct session *s)
{
	seen_caught_up(&s->reconnect.seen);
	for (unsigned i = 0; i < s->joined.count; i++)
		seen_caught_up(&s->joined.room[i].seen);
}
