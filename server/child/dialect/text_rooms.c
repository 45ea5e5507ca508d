/* SPDX-License-Identifier: MIT */
/* The text dialect's lines of rooms: topics, modes, lists, who operates them.
 * Runs in: child. */
#include "server/child/dialect/text_rooms.h"

#include "ipc/common/limits.h"
#include "server/child/dialect/lists.h"
#include "server/child/dialect/render.h"
#include "server/child/dialect/words.h"

/* The mark of a room's lines.  No name has a '#', and none of the server's
 * lines begins with one, so no user can forge it. */
char *text_put_mark(char *p, const struct event *e)
{
	return e->room.n > 0 ? put_word(put_room(p, e->room), " ") : p;
}

/* The beginning of the server's lines. */
char *text_put_star(char *p, const struct event *e)
{
	return put_word(text_put_mark(p, e), "* ");
}

/* A topic, shown or just set. */
static char *put_topic(char *p, const struct event *e)
{
	bool shown = e->from.n == 0;

	p = text_put_star(p, e);
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
	p = put_span(text_put_star(p, e), e->from);
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

	p = text_put_star(p, e);
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
	enum room_mode list = MODE_NONE;
	struct span names;
	const char *word;
	char *begin = p;

	while ((word = lists_next_names(e->text, &list, &names)) != NULL) {
		while (names.n > 0) {
			char *line = p > begin ? p + 1 : p;

			if (p > begin)
				*p++ = '\n';
			p = put_word(put_word(text_put_star(p, e), word), ": ");
			p = put_names(p, line, &names, "");
		}
	}
	return p > begin ? p : put_word(text_put_star(p, e), "banned: nobody");
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

char *text_render_room(char *p, const struct event *e)
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
		return put_word(
			text_put_star(p, e), "you are not in it any more");
	case EVENT_MODES:
		return put_modes(put_word(text_put_star(p, e), "modes: "), e);
	default:
		return p;
	}
}
