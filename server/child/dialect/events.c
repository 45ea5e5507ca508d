/* SPDX-License-Identifier: MIT */
/* The events dialect, "/events 1": one line of six tab-separated fields for
 * each event, as server/chatserver-events.7 describes it.
 * Runs in: child. */
#include "server/child/dialect/events.h"

#include "ipc/common/clock.h"
#include "ipc/common/protocol.h"
#include "ipc/common/text.h"
#include "ipc/rooms.h"
#include "server/child/dialect/lists.h"
#include "server/child/dialect/render.h"
#include "server/child/dialect/typed.h"
#include "server/child/dialect/words.h"

struct events {
	bool stays; /* the program asked for the idle timeout */
};

DIALECT_OWN(struct events)

static const char *const kinds[] = {
	[EVENT_WELCOME] = KIND_WELCOME,
	[EVENT_PUBLIC] = KIND_PUBLIC,
	[EVENT_ACTION] = KIND_ACTION,
	[EVENT_PRIVATE] = KIND_PRIVATE,
	[EVENT_JOIN] = KIND_JOIN,
	[EVENT_LEAVE] = KIND_LEAVE,
	[EVENT_RENAME] = KIND_RENAME,
	[EVENT_TOPIC] = KIND_TOPIC,
	[EVENT_KICK] = KIND_KICK,
	[EVENT_MODE] = KIND_MODE,
	[EVENT_INVITE] = KIND_INVITE,
	[EVENT_WHO] = KIND_WHO,
	[EVENT_WHO_END] = KIND_WHO_END,
	[EVENT_ERROR] = KIND_ERROR,
	[EVENT_WARNING] = KIND_NOTICE,
	[EVENT_NOTICE] = KIND_NOTICE,
	[EVENT_GAP] = KIND_GAP,
	[EVENT_BYE] = KIND_BYE,
	[EVENT_LISTED] = KIND_ROOM,
	[EVENT_LISTED_END] = KIND_ROOM_END,
	[EVENT_HERE] = KIND_NOTICE,
	[EVENT_GONE] = KIND_LEAVE,
	[EVENT_MODES] = KIND_NOTICE,
	[EVENT_IGNORE] = KIND_NOTICE,
	[EVENT_IGNORED] = KIND_NOTICE,
	[EVENT_BANS] = KIND_NOTICE,
	[EVENT_INVITES] = KIND_NOTICE,
	[EVENT_HISTORY] = KIND_HISTORY,
	[EVENT_HISTORY_END] = KIND_HISTORY_END,
};

static char *put_field(char *p, struct span s)
{
	*p++ = '\t';
	if (s.n == 0)
		*p++ = '-';
	return put_span(p, s);
}

/* All fields before the text.  In a room, TO is the room. */
static char *put_head(char *p, const struct event *e, const char *kind,
	struct span from, struct span to)
{
	p = put_word(p, kind);
	*p++ = '\t';
	if (e->seq != 0)
		p = put_number(p, e->seq);
	else
		*p++ = '-';
	*p++ = '\t';
	p = put_number(p, (uint64_t)e->unix_ms);
	p = put_field(p, from);
	if (e->room.n == 0)
		return put_field(p, to);
	*p++ = '\t';
	if ((e->kind == EVENT_PUBLIC || e->kind == EVENT_ACTION) &&
		e->mode != MODE_NONE)
		return put_status(p, e);
	return put_room(p, e->room);
}

/* The text of events that carry a number: users online, events missed. */
static char *put_count(char *p, const struct event *e)
{
	*p++ = '\t';
	p = put_number(p, e->kind == EVENT_GAP ? e->more : e->online);
	if (has_reason(e))
		p = put_reason(put_word(p, " "), e);
	*p++ = '\n';
	return p;
}

static const struct span none = {"", 0};

static const char *power_word(uint8_t powers)
{
	if ((powers & POWER_OPERATOR) != 0)
		return mode_word(MODE_OPERATOR);
	return (powers & POWER_VOICE) != 0 ? mode_word(MODE_VOICE) : "-";
}

/* One line for each name; the number that a digest does not name becomes a
 * notice. */
static char *put_each(char *p, const struct event *e)
{
	struct span rest = e->text;

	for (size_t i = 0; rest.n > 0; i++) {
		uint8_t powers = i < e->powers.n ? (uint8_t)e->powers.p[i] : 0;

		p = put_head(p, e, kinds[e->kind], next_name(&rest), none);
		if (e->kind != EVENT_WHO) {
			p = put_count(p, e);
			continue;
		}
		p = put_word(put_word(p, "\t"), power_word(powers));
		*p++ = '\n';
	}
	if (e->more > 0) {
		p = put_head(p, e, KIND_NOTICE, none, none);
		*p++ = '\t';
		p = put_word(p, "and ");
		p = put_number(p, e->more);
		p = put_word(p, e->more == 1 ? " other" : " others");
		p = put_word(
			p, e->kind == EVENT_JOIN ? " joined\n" : " left\n");
	}
	return p;
}

/* The welcome, and a notice of the idle timeout for a program that asked. */
static char *put_welcome(
	const struct events *own, char *p, const struct event *e)
{
	struct event rule = {.unix_ms = e->unix_ms};

	p = put_head(p, e, KIND_WELCOME, e->from, e->to);
	p = put_number(put_word(p, "\t"), e->online);
	if (e->token.n > 0)
		p = put_span(put_word(p, " " TOKEN_WORD), e->token);
	if (e->on)
		p = put_number(put_word(p, " " TAKEN_WORD), e->more);
	*p++ = '\n';
	if (own->stays && e->number != 0) {
		p = put_head(p, &rule, KIND_NOTICE, none, none);
		p = put_word(p, "\t" NOTICE_IDLE);
		p = put_number(p, e->number);
		p = put_word(p, " s\n");
	}
	return p;
}

/* The number of lines that follow, or have come. */
static char *put_history(char *p, const struct event *e)
{
	p = put_head(p, e, kinds[e->kind], none, e->to);
	p = put_number(put_word(p, "\t"), e->number);
	return put_word(p, e->more > 0 ? " more\n" : "\n");
}

/* A notice of now, not of when the client has left. */
static char *put_since_notice(char *p, const struct event *e)
{
	const struct event now = {.unix_ms = event_now_ms(e)};

	if (e->more == 0)
		return p;
	p = put_head(p, &now, KIND_NOTICE, none, none);
	p = put_since(put_word(p, "\t"), e);
	*p++ = '\n';
	return p;
}

/* The text of events with the server's words, not a user's. */
static char *put_words(char *p, const struct event *e)
{
	*p++ = '\t';
	if (e->kind != EVENT_BYE)
		p = put_error(p, e);
	else if (e->reason == LEAVE_PLAIN)
		p = put_word(p, BYE_QUIT);
	else
		p = put_reason(p, e);
	*p++ = '\n';
	return p;
}

/* --- rooms ---------------------------------------------------------------- */

static char *put_listed(char *p, const struct event *e)
{
	for (uint32_t i = 0; i < e->nlisted; i++) {
		const struct listed *l = &e->listed[i];
		struct event one = *e;

		one.room = l->room;
		p = put_head(p, &one, KIND_ROOM, none, none);
		p = put_number(put_word(p, "\t"), l->members);
		if (l->topic.n > 0)
			p = put_span(put_word(p, " "), l->topic);
		*p++ = '\n';
	}
	return p;
}

static char *put_ignored_lines(char *p, const struct event *e)
{
	struct span rest = e->text;

	do {
		p = put_head(p, e, KIND_NOTICE, none, none);
		p = put_word(p, "\t");
		p = put_ignored(p, p, &rest);
		*p++ = '\n';
	} while (rest.n > 0);
	return p;
}

/* A notice or more for each list that is not empty; they say themselves which
 * room it is. */
static char *put_lists(char *p, const struct event *e)
{
	struct event notice = *e;
	enum room_mode list = MODE_NONE;
	struct span names;
	const char *word;
	char *begin = p;

	notice.room = SPAN_EMPTY;
	while ((word = lists_next_names(e->text, &list, &names)) != NULL) {
		while (names.n > 0) {
			p = put_head(p, &notice, KIND_NOTICE, none, none);
			p = put_word(put_word(p, "\t"), word);
			p = put_room(put_word(p, " in "), e->room);
			p = put_word(p, ": ");
			p = put_names(p, p, &names, "");
			*p++ = '\n';
		}
	}
	if (p > begin)
		return p;
	p = put_head(p, &notice, KIND_NOTICE, none, none);
	p = put_room(put_word(p, "\tbanned in "), e->room);
	return put_word(p, ": nobody\n");
}

static char *put_invites(char *p, const struct event *e)
{
	struct span rest = e->text;

	if (rest.n == 0) {
		p = put_head(p, e, KIND_NOTICE, none, none);
		return put_word(p, "\tyou are invited nowhere\n");
	}
	while (rest.n > 0) {
		p = put_head(p, e, KIND_NOTICE, none, none);
		p = put_word(p, "\tyou are invited to: ");
		p = put_names(p, p, &rest, "");
		*p++ = '\n';
	}
	return p;
}

/* "operator on bob", "locked off", "limit on 10"; a key is not told. */
static char *put_mode(char *p, const struct event *e)
{
	p = put_word(p, mode_word(e->mode));
	p = put_word(p, e->on ? " on" : " off");
	if (e->mode == MODE_LIMIT && e->on)
		p = put_span(put_word(p, " "), e->text);
	else if (e->to.n > 0)
		p = put_span(put_word(p, " "), e->to);
	return p;
}

static char *put_kick(char *p, const struct event *e)
{
	p = put_span(p, e->to);
	return e->text.n > 0 ? put_span(put_word(p, " "), e->text) : p;
}

/* Events of the rooms, whose text is more than the event's. */
static char *render_room(char *p, const struct event *e)
{
	const char *kind =
		e->kind == EVENT_KICK && e->on ? KIND_BAN : kinds[e->kind];

	if (kind == NULL)
		return p;
	p = put_head(p, e, kind, e->from, none);
	p = put_word(p, "\t");
	switch (e->kind) {
	case EVENT_MODE:
		p = put_mode(p, e);
		break;
	case EVENT_KICK:
		p = put_kick(p, e);
		break;
	case EVENT_INVITE:
		p = put_span(p, e->to);
		break;
	case EVENT_LISTED_END:
		p = put_number(p, e->online);
		break;
	case EVENT_HERE:
		p = put_here(p, e);
		break;
	case EVENT_GONE:
		p = put_word(p, "- missed");
		break;
	case EVENT_MODES:
		/* Of the lobby, nothing else tells it from a notice. */
		p = put_modes(e->room.n > 0 ? p : put_word(p, "modes: "), e);
		break;
	default:
		p = put_ignore(p, e);
	}
	*p++ = '\n';
	return p;
}

/* Each line of a message is an event of its own, with the same SEQ. */
static char *put_message(char *p, const struct event *e)
{
	struct span rest = e->text, line;

	while ((line = next_line(&rest)).n > 0) {
		p = put_head(p, e, kinds[e->kind], e->from, e->to);
		*p++ = '\t';
		p = put_line(p, line);
		*p++ = '\n';
	}
	return p;
}

static char *render(struct dialect_state *s, const struct event *e, char *p)
{
	switch (e->kind) {
	case EVENT_WHO:
		return put_each(p, e);
	case EVENT_JOIN:
	case EVENT_LEAVE:
		if (e->digest)
			return put_each(p, e);
		p = put_head(p, e, kinds[e->kind], e->from, e->to);
		return put_count(p, e);
	case EVENT_WELCOME:
		return put_welcome(own(s), p, e);
	case EVENT_WHO_END:
	case EVENT_GAP:
		p = put_head(p, e, kinds[e->kind], e->from, e->to);
		return put_count(p, e);
	case EVENT_ERROR:
	case EVENT_WARNING:
	case EVENT_BYE:
		/* Whom they are about stands in their words. */
		p = put_head(p, e, kinds[e->kind], e->from, none);
		return put_words(p, e);
	case EVENT_PUBLIC:
	case EVENT_ACTION:
	case EVENT_PRIVATE:
		return put_message(p, e);
	case EVENT_RENAME:
	case EVENT_NOTICE:
	case EVENT_TOPIC:
		p = put_head(p, e, kinds[e->kind], e->from, e->to);
		p = put_field(p, e->text);
		*p++ = '\n';
		return p;
	case EVENT_LISTED:
		return put_listed(p, e);
	case EVENT_IGNORED:
		return put_ignored_lines(p, e);
	case EVENT_BANS:
		return put_lists(p, e);
	case EVENT_INVITES:
		return put_invites(p, e);
	case EVENT_SINCE:
		return put_since_notice(p, e);
	case EVENT_HISTORY:
	case EVENT_HISTORY_END:
		return put_history(p, e);
	default:
		return render_room(p, e);
	}
}

/* Removes the word and the blanks after it from the beginning.  False if the
 * word is not there. */
static bool take_word(struct span *s, const char *word)
{
	size_t n = strlen(word), blanks;

	if (s->n < n || memcmp(s->p, word, n) != 0)
		return false;
	blanks = text_blanks(s->p + n, s->n - n);
	if (s->n > n && blanks == 0)
		return false;
	s->p += n + blanks;
	s->n -= n + blanks;
	return true;
}

/* "/resume TOKEN [LINES]".  False if it is another line. */
static bool parse_resume(struct span text, struct request *r)
{
	size_t n = 0;

	if (!take_word(&text, RESUME_WORD))
		return false;
	while (n < text.n && text_blank(text.p + n, text.n - n) == 0)
		n++;
	r->verb = VERB_RESUME;
	r->name = (struct span){text.p, n};
	n += text_blanks(text.p + n, text.n - n);
	r->text = span_trim((struct span){text.p + n, text.n - n});
	return true;
}

static char *line(
	struct dialect_state *s, struct span text, struct request *r, char *dst)
{
	struct event e = {.kind = EVENT_NOTICE, .unix_ms = clock_wall_ms()};

	if (parse_resume(text, r))
		return dst;
	if (!typed_parse(text, r))
		return dst;
	for (size_t i = 0; typed_help(i, &e.text); i++)
		dst = render(s, &e, dst);
	return dst;
}

/* "/events 1"; after it, if at all, "/stay", and a name, "/who" or "/resume".
 */
static char *hello(
	struct dialect_state *s, struct span text, struct request *r, char *dst)
{
	size_t blanks = text_blanks(text.p, text.n);
	struct span rest = {text.p + blanks, text.n - blanks};

	take_word(&rest, EVENTS_HELLO);
	own(s)->stays = take_word(&rest, HELLO_STAY);
	rest = span_trim(rest);
	if (parse_resume(rest, r))
		return dst;
	if (rest.n > 0 && !typed_parse(rest, r) && r->verb == VERB_WHO &&
		rest.p[0] == '/') {
		r->verb = VERB_PEEK;
		return dst;
	}
	*r = (struct request){.verb = VERB_JOIN, .name = rest};
	return dst;
}

const struct dialect dialect_events = {
	.name = "events",
	.numbers = true,
	.resumes = true,
	.hello = hello,
	.line = line,
	.render = render,
};
