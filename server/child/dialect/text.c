/* SPDX-License-Identifier: MIT */
/* The text dialect: lines that users type and read.
 * Runs in: child. */
#include "server/child/dialect/text.h"

#include "ipc/common/age.h"
#include "ipc/common/limits.h"
#include "server/child/dialect/lists.h"
#include "server/child/dialect/render.h"
#include "server/child/dialect/typed.h"
#include "server/child/dialect/words.h"

/* The mark of a room's lines.  No name has a '#', and none of the server's
 * lines begins with one, so no user can forge it. */
static char *put_mark(char *p, const struct event *e)
{
	return e->room.n > 0 ? put_word(put_room(p, e->room), " ") : p;
}

/* The beginning of the server's lines. */
static char *put_star(char *p, const struct event *e)
{
	return put_word(put_mark(p, e), "* ");
}

/* The age of scrollback. */
static char *put_age(char *p, int64_t ms)
{
	struct age a = age_of(ms, 1);

	p = put_number(p, a.n);
	p = put_word(put_word(p, " "), a.unit);
	return put_word(p, " ago");
}

/* [alice] hello, [alice -> @#dev] hello, [alice 2 min ago] hello, [* alice]
 * waves: no name has a blank or a star, so no user can make a line look old, or
 * an old line look new; a line that begins with a star alone is the server's.
 */
static char *put_public(char *p, const struct event *e)
{
	p = put_mark(p, e);
	p = put_word(p, e->kind == EVENT_ACTION ? "[* " : "[");
	p = put_span(p, e->from);
	if (e->age_ms >= 0) {
		*p++ = ' ';
		p = put_age(p, e->age_ms);
	}
	if (e->mode != MODE_NONE)
		p = put_status(put_word(p, " -> "), e);
	p = put_word(p, "] ");
	return put_line(p, e->text);
}

static char *put_private(char *p, const struct event *e)
{
	if (e->from_me) {
		p = put_word(p, e->acted ? "[* you -> " : "[you -> ");
		p = put_span(p, e->to);
		p = put_word(p, "] ");
		p = put_line(p, e->text);
	}
	if (e->from_me && e->to_me)
		*p++ = '\n';
	if (e->to_me) {
		p = put_word(p, e->acted ? "[* " : "[");
		p = put_span(p, e->from);
		p = put_word(p, " -> you] ");
		p = put_line(p, e->text);
	}
	return p;
}

/* Each line of a message has its sender before it, so none can look like
 * another's. */
static char *put_message(char *p, const struct event *e)
{
	struct event line = *e;
	struct span rest = e->text;
	char *begin = p;

	while ((line.text = next_line(&rest)).n > 0) {
		if (p > begin)
			*p++ = '\n';
		p = e->kind == EVENT_PRIVATE ? put_private(p, &line)
					     : put_public(p, &line);
	}
	return p;
}

/* alice; alice and bob; alice, bob, carol and dave; alice, bob, carol and 97
 * others. */
static char *put_digest(char *p, const struct event *e)
{
	struct span rest = e->text, name[4];
	size_t n = 0, shown, others = e->more;

	while (rest.n > 0) {
		struct span one = next_name(&rest);

		if (n < 4)
			name[n++] = one;
		else
			others++;
	}
	if (others > 0 && n == 4) {
		n = 3;
		others++;
	}
	shown = n;
	for (size_t i = 0; i < shown; i++) {
		if (i > 0)
			p = put_word(p,
				i + 1 == shown && others == 0 ? " and " : ", ");
		p = put_span(p, name[i]);
	}
	if (others > 0) {
		p = put_word(p, shown > 0 ? " and " : "");
		p = put_grouped(p, others);
		p = put_word(p, others == 1 ? " other" : " others");
	}
	return p;
}

static char *put_presence(char *p, const struct event *e)
{
	p = put_star(p, e);
	p = e->digest ? put_digest(p, e) : put_span(p, e->from);
	p = put_word(p, e->kind == EVENT_JOIN ? " joined" : " left");
	if (has_reason(e))
		p = put_reason(put_word(p, ": "), e);
	p = put_word(p, " (");
	p = put_grouped(p, e->online);
	return put_word(p, e->room.n > 0 ? " here)" : " online)");
}

static char *put_rename(char *p, const struct event *e)
{
	p = put_word(p, "* ");
	p = put_span(p, e->from);
	p = put_word(p, " is now ");
	return put_span(p, e->to);
}

static char *put_welcome(char *p, const struct event *e)
{
	p = put_word(p, "* welcome, ");
	p = put_span(p, e->to);
	p = put_word(p, "; ");
	p = put_grouped(p, e->online);
	return put_word(p, " online; /help for help");
}

/* As many lines as needed, each at most WHO_LINE_MAX bytes; the last one has no
 * '\n', as everywhere here. */
static char *put_who(char *p, const struct event *e)
{
	struct span rest = e->text;
	char count[32];
	char *end = put_grouped(put_word(count, " ("), e->online);

	memcpy(end, ")", sizeof ")");
	while (rest.n > 0) {
		char *line = p;

		p = put_word(
			put_star(p, e), e->room.n > 0 ? "here: " : "online: ");
		p = put_names(p, line, &rest, count);
		if (rest.n > 0)
			*p++ = '\n';
	}
	return p;
}

static char *put_gap(char *p, const struct event *e)
{
	p = put_word(put_star(p, e), "you missed ");
	p = put_grouped(p, e->more);
	return put_word(p, e->more == 1 ? " message" : " messages");
}

static char *put_ignored_lines(char *p, const struct event *e)
{
	struct span rest = e->text;

	for (;;) {
		char *line = p;

		p = put_ignored(put_star(p, e), line, &rest);
		if (rest.n == 0)
			return p;
		*p++ = '\n';
	}
}

/* --- rooms ---------------------------------------------------------------- */

/* A topic, shown or just set. */
static char *put_topic(char *p, const struct event *e)
{
	bool shown = e->from.n == 0;

	p = put_star(p, e);
	if (e->text.n == 0 && shown)
		return put_word(p, "no topic");
	p = put_span(p, e->from);
	if (e->text.n == 0)
		return put_word(p, " removed the topic");
	p = put_word(p, shown ? "topic: " : " set the topic: ");
	return put_span(p, e->text);
}

static char *put_kick(char *p, const struct event *e)
{
	p = put_span(put_star(p, e), e->from);
	p = put_span(put_word(p, e->on ? " banned " : " kicked "), e->to);
	return e->text.n > 0 ? put_span(put_word(p, ": "), e->text) : p;
}

/* What an operator does, with '%' for the user concerned, or the value. */
static const char *const mode_words[MODES][2] = {
	[MODE_NONE] = {"", ""},
	[MODE_OPERATOR] = {"took operator from %", "made % an operator"},
	[MODE_VOICE] = {"took voice from %", "gave voice to %"},
	[MODE_BAN] = {"unbanned %", "banned %"},
	[MODE_LOCKED] = {"unlocked the topic", "locked the topic"},
	[MODE_MODERATED] = {"ended moderation", "made the room moderated"},
	[MODE_INVITE] = {"opened the room to all", "made the room invite only"},
	[MODE_KEY] = {"removed the key", "set the key"},
	[MODE_LIMIT] = {"removed the limit", "set the limit: %"},
	[MODE_SECRET] = {"made the room public", "made the room secret"},
	[MODE_EXTERNAL] = {"closed the room to messages from outside",
		"opened the room to messages from outside"},
	[MODE_MUTE] = {"unmuted %", "muted %"},
	[MODE_EXEMPT] = {"ended the exemption of %", "exempted % from bans"},
	[MODE_SEVERAL] = {"changed the modes", "changed the modes"},
	[MODE_ADMIT] = {"ended the standing invitation of %",
		"gave a standing invitation to %"},
};

static char *put_mode(char *p, const struct event *e)
{
	const char *words = mode_words[e->mode][e->on];

	p = put_star(p, e);
	/* The last operator has left. */
	if (e->from.n == 0 && e->mode == MODE_OPERATOR && e->on)
		return put_word(put_span(p, e->to), " is an operator now");
	p = put_word(put_span(p, e->from), " ");
	for (; *words != '\0'; words++) {
		if (*words == '%')
			p = put_span(
				p, e->mode == MODE_LIMIT ? e->text : e->to);
		else
			*p++ = *words;
	}
	return p;
}

static char *put_invite(char *p, const struct event *e)
{
	p = put_word(p, "* ");
	if (e->from_me) {
		p = put_span(put_word(p, "you invited "), e->to);
		return put_room(put_word(p, " to "), e->room);
	}
	p = put_word(put_span(p, e->from), " invites you to ");
	p = put_room(p, e->room);
	return put_room(put_word(p, ": /join "), e->room);
}

static char *put_invites(char *p, const struct event *e)
{
	struct span rest = e->text;

	if (rest.n == 0)
		return put_word(p, "* you are invited nowhere");
	for (;;) {
		char *line = p;

		p = put_names(
			put_word(p, "* you are invited to: "), line, &rest, "");
		if (rest.n == 0)
			return p;
		*p++ = '\n';
	}
}

/* A line or more for each list that is not empty. */
static char *put_lists(char *p, const struct event *e)
{
	char *begin = p;

	for (int list = MODE_NONE; list < MODES; list++) {
		const char *word = lists_word((enum room_mode)list);
		struct span names = SPAN_EMPTY;

		if (word != NULL)
			names = lists_names(e->text, (enum room_mode)list);
		while (names.n > 0) {
			char *line = p > begin ? p + 1 : p;

			if (p > begin)
				*p++ = '\n';
			p = put_word(put_word(put_star(p, e), word), ": ");
			p = put_names(p, line, &names, "");
		}
	}
	return p > begin ? p : put_word(put_star(p, e), "banned: nobody");
}

/* The room with its topic, up to a limit; a topic is cut at a character. */
static char *put_listed(char *p, const struct listed *l, const char *limit)
{
	static const char cut[] = "...";

	p = put_grouped(put_word(put_room(p, l->room), " ("), l->members);
	p = put_word(p, ")");
	if (l->topic.n == 0)
		return p;
	*p++ = ' ';
	if (p + l->topic.n <= limit)
		return put_span(p, l->topic);
	p = put_span(
		p, span_cut(l->topic, (size_t)(limit - p) - (sizeof cut - 1)));
	return put_word(p, cut);
}

/* The bytes that a room takes in whole. */
static size_t listed_size(const struct listed *l)
{
	char number[32];
	size_t digits = (size_t)(put_grouped(number, l->members) - number);

	return sizeof "# ()" - 1 + l->room.n + digits +
	       (l->topic.n > 0 ? 1 + l->topic.n : 0);
}

static char *put_rooms(char *p, const struct event *e)
{
	char *line = p;

	for (uint32_t i = 0; i < e->nlisted; i++) {
		const struct listed *l = &e->listed[i];
		/* Before the end of the line. */
		const char *limit = line + WHO_LINE_MAX - 1;

		if (i > 0 && p + sizeof ", " - 1 + listed_size(l) > limit) {
			*p++ = '\n';
			line = p;
			limit = line + WHO_LINE_MAX - 1;
		}
		p = put_word(p, p == line ? "* rooms: " : ", ");
		p = put_listed(p, l, limit);
	}
	return p;
}

/* --- all ------------------------------------------------------------------ */

static char *put_bye(char *p, const struct event *e)
{
	if (e->reason == LEAVE_PLAIN)
		return put_word(p, "* goodbye");
	return put_reason(put_word(p, "! disconnected: "), e);
}

static char *render_room(char *p, const struct event *e)
{
	switch (e->kind) {
	case EVENT_TOPIC:
		return put_topic(p, e);
	case EVENT_KICK:
		return put_kick(p, e);
	case EVENT_MODE:
		return put_mode(p, e);
	case EVENT_INVITE:
		return put_invite(p, e);
	case EVENT_INVITES:
		return put_invites(p, e);
	case EVENT_BANS:
		return put_lists(p, e);
	case EVENT_LISTED:
		return put_rooms(p, e);
	case EVENT_LISTED_END:
		return e->online > 0 ? p
				     : put_word(p, "* rooms: none; /join #NAME "
						   "makes one");
	case EVENT_HERE:
		return put_here(put_word(p, "* "), e);
	case EVENT_GONE:
		return put_word(put_star(p, e), "you are not in it any more");
	case EVENT_MODES:
		return put_modes(put_word(put_star(p, e), "modes: "), e);
	case EVENT_IGNORE:
		return put_ignore(put_word(p, "* "), e);
	case EVENT_IGNORED:
		return put_ignored_lines(p, e);
	default:
		return p;
	}
}

static char *render(struct dialect_state *s, const struct event *e, char *dst)
{
	char *p = dst;

	(void)s;
	switch (e->kind) {
	case EVENT_WELCOME:
		p = put_welcome(p, e);
		break;
	case EVENT_PUBLIC:
	case EVENT_ACTION:
	case EVENT_PRIVATE:
		p = put_message(p, e);
		break;
	case EVENT_JOIN:
	case EVENT_LEAVE:
		p = put_presence(p, e);
		break;
	case EVENT_RENAME:
		p = put_rename(p, e);
		break;
	case EVENT_WHO:
		p = put_who(p, e);
		break;
	case EVENT_WHO_END:
		break;
	case EVENT_ERROR:
	case EVENT_WARNING:
		p = put_error(put_word(p, "! "), e);
		break;
	case EVENT_NOTICE:
		p = put_span(put_star(p, e), e->text);
		break;
	case EVENT_GAP:
		p = put_gap(p, e);
		break;
	case EVENT_BYE:
		p = put_bye(p, e);
		break;
	default:
		p = render_room(p, e);
	}
	if (p > dst)
		*p++ = '\n';
	return p;
}

static char *line(
	struct dialect_state *s, struct span text, struct request *r, char *dst)
{
	struct event e = {.kind = EVENT_NOTICE};

	if (!typed_parse(text, r))
		return dst;
	for (size_t i = 0; typed_help(i, &e.text); i++)
		dst = render(s, &e, dst);
	return dst;
}

/* A first line that gives a name takes effect before the welcome, so that
 * others read one name; after one that quits the client does not join. */
static char *hello(
	struct dialect_state *s, struct span text, struct request *r, char *dst)
{
	(void)s;
	if (typed_parse(text, r) ||
		(r->verb != VERB_RENAME && r->verb != VERB_QUIT))
		r->verb = VERB_WAIT;
	else if (r->verb == VERB_RENAME)
		r->verb = VERB_JOIN;
	return dst;
}

const struct dialect dialect_text = {
	.name = "text",
	.hello = hello,
	.line = line,
	.render = render,
};
