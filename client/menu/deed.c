/* SPDX-License-Identifier: MIT */
/* The words for what is done in a room.
 * Runs in: client. */
#include "client/menu/deed.h"

/* It is told to whom it concerns, and to the one who invites. */
static void render_invite(struct line *l, const struct event *e, bool own)
{
	if (own)
		line_add(l, STYLE_PLAIN, "* you invited %.*s to %.*s",
			FIELD(e->text), FIELD(e->room));
	else
		line_add(l, STYLE_PRIVATE,
			"* %.*s invites you to %.*s: /join %.*s",
			FIELD(e->from), FIELD(e->room), FIELD(e->room));
}

static bool is_unused(struct field f)
{
	return event_field_is(f, "-");
}

/* Without a SEQ the topic is shown, not set. */
static void render_topic(struct line *l, const struct event *e)
{
	if (!e->has_seq && is_unused(e->text))
		line_add(l, STYLE_PLAIN, "* no topic");
	else if (!e->has_seq)
		line_add(l, STYLE_PLAIN, "* topic: %.*s", FIELD(e->text));
	else if (is_unused(e->text))
		line_add(l, STYLE_PLAIN, "* %.*s removed the topic",
			FIELD(e->from));
	else
		line_add(l, STYLE_PLAIN, "* %.*s set the topic: %.*s",
			FIELD(e->from), FIELD(e->text));
}

static void render_kick(struct line *l, const struct event *e)
{
	struct field reason, name = event_word(e->text, &reason);

	line_add(l, STYLE_PLAIN, "* %.*s %s %.*s%s%.*s", FIELD(e->from),
		e->kind == EVENT_BAN ? "banned" : "kicked", FIELD(name),
		reason.n > 0 ? ": " : "", FIELD(reason));
}

/* What somebody has done, by the words of the event: WORD on|off, and a
 * name or a number. */
static const struct {
	const char *word, *on, *behind, *off;
} modes[] = {
	{"operator", "made ", " an operator", "took operator from "},
	{"voice", "gave voice to ", "", "took voice from "},
	{"ban", "banned ", "", "unbanned "},
	{"locked", "locked the topic", "", "unlocked the topic"},
	{"moderated", "made the room moderated", "", "ended moderation"},
	{"invite", "made the room invite only", "", "opened the room to all"},
	{"key", "set the key", "", "removed the key"},
	{"limit", "set the limit: ", "", "removed the limit"},
	{"secret", "made the room secret", "", "made the room public"},
	{"external", "opened the room to messages from outside", "",
		"closed the room to messages from outside"},
	{"mute", "muted ", "", "unmuted "},
	{"exempt", "exempted ", " from bans", "ended the exemption of "},
	{"admit", "gave a standing invitation to ", "",
		"ended the standing invitation of "},
};

static void render_mode(struct line *l, const struct event *e)
{
	struct field rest, about, word = event_word(e->text, &rest);
	bool on = event_field_is(event_word(rest, &about), "on");

	if (e->from.n == 0 && on && event_field_is(word, "operator")) {
		line_add(l, STYLE_PLAIN, "* %.*s is an operator now",
			FIELD(about));
		return;
	}
	line_add(l, STYLE_PLAIN, "* %.*s ", FIELD(e->from));
	for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
		if (event_field_is(word, modes[i].word)) {
			line_add(l, STYLE_PLAIN, "%s%.*s%s",
				on ? modes[i].on : modes[i].off, FIELD(about),
				on ? modes[i].behind : "");
			return;
		}
	}
	line_add(l, STYLE_PLAIN, "set the mode: %.*s", FIELD(e->text));
}

void deed_render(struct line *l, const struct event *e, bool own)
{
	switch (e->kind) {
	case EVENT_TOPIC:
		render_topic(l, e);
		break;
	case EVENT_KICK:
	case EVENT_BAN:
		render_kick(l, e);
		break;
	case EVENT_MODE:
		render_mode(l, e);
		break;
	case EVENT_INVITE:
		render_invite(l, e, own);
		break;
	default:
		break;
	}
}
