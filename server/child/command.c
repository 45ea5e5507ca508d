/* SPDX-License-Identifier: MIT */
/* A function for each verb of a request; each dialect has its own spelling.
 * Those about rooms are in rooms.c.
 * Runs in: child. */
#include "server/child/command.h"

#include <string.h>

#include "ipc/common/text.h"
#include "server/child/dialect/render.h"
#include "server/child/rooms.h"
#include "server/child/state.h"

/* Cleans a message line by line: the marks between them stay.  Returns the
 * length. */
static size_t clean_lines(char *dst, struct span text)
{
	char *p = dst;

	for (size_t n; text.n > 0; text.p += n, text.n -= n) {
		bool mark = *text.p == TEXT_NEWLINE || *text.p == TEXT_CUT;

		for (n = mark;
			!mark && n < text.n && text.p[n] != TEXT_NEWLINE &&
			text.p[n] != TEXT_CUT;
			n++)
			;
		if (mark)
			*p++ = *text.p;
		else
			p += text_clean(p, text.p, n);
	}
	return (size_t)(p - dst);
}

/* Adds a message to the unacked frames, cleaned; none if cleaning leaves
 * nothing. */
static void send_text(struct client *c, enum up_kind kind, struct span room,
	const struct request *r)
{
	static char clean[TEXT_MAX + TAGS_MAX];
	struct span text = {
		clean, r->lines ? clean_lines(clean, r->text)
				: text_clean(clean, r->text.p, r->text.n)};
	struct span tags = {clean + text.n, span_cut(r->tags, TAGS_MAX).n};
	struct frame_up head = {
		.kind = (uint8_t)kind, .tags_len = (uint16_t)tags.n};
	uint64_t counter;

	if (kind == UP_TAGS ? tags.n == 0 : text_is_blank(text.p, text.n))
		return;
	put_span(clean + text.n, (struct span){r->tags.p, tags.n});
	if (kind != UP_PRIVATE)
		head.mode = (uint8_t)r->mode;
	if (kind != UP_ACTION && kind != UP_TAGS && r->notice)
		head.flags |= EVENT_NOTICED;
	if (kind == UP_PRIVATE && r->on)
		head.flags |= EVENT_ACTED;
	counter = unacked_add(&c->unacked, &head, room, r->name, text);
	if (r->await)
		c->asked = counter;
}

/* To a room; nobody has a power in the lobby. */
static void talk(struct client *c, enum up_kind kind, const struct request *r)
{
	struct span room;

	if (!room_choose(c, r->room, &room))
		return;
	if (room.n == 0 && r->mode != MODE_NONE)
		client_error(c, ERROR_LOBBY, client_lobby(c), 0);
	else
		send_text(c, kind, room, r);
}

static void say(struct client *c, const struct request *r)
{
	talk(c, UP_PUBLIC, r);
}

static void act(struct client *c, const struct request *r)
{
	talk(c, UP_ACTION, r);
}

static void say_to(struct client *c, const struct request *r)
{
	if (client_check_name(c, r->name))
		send_text(c, UP_PRIVATE, SPAN_EMPTY, r);
}

static void send_tags(struct client *c, const struct request *r)
{
	struct span room;

	if (r->name.n > 0 ? client_check_name(c, r->name)
			  : room_choose(c, r->room, &room))
		send_text(c, UP_TAGS, r->name.n > 0 ? SPAN_EMPTY : room, r);
}

static void rename_to(struct client *c, const struct request *r)
{
	if (!client_check_name(c, r->name))
		return;
	if (r->name.n == c->name_len &&
		memcmp(r->name.p, c->name, c->name_len) == 0)
		client_error(c, ERROR_OWN_NAME, r->name, 0);
	else if (!naming_permits(c, r->name))
		return;
	else if (!naming_claim(c, r->name))
		client_error(c, ERROR_NAME_IN_USE, r->name, 0);
	else
		c->rename = c->asked = unacked_add(&c->unacked,
			&(const struct frame_up){.kind = UP_RENAME}, SPAN_EMPTY,
			r->name, SPAN_EMPTY);
}

/* What the client says of its user is in the table. */
static void away(struct client *c, const struct request *r)
{
	struct span why = span_cut(client_clean(r->text), AWAY_MAX_BYTES);

	table_set_away(c->table, c->slot, why.p, why.n);
	c->asked = unacked_add(&c->unacked,
		&(const struct frame_up){.kind = UP_AWAY}, SPAN_EMPTY,
		SPAN_EMPTY, why);
}

static void realname(struct client *c, const struct request *r)
{
	struct span real = span_cut(client_clean(r->text), REAL_MAX_BYTES);

	if (real.n == 0)
		return;
	table_set_real(c->table, c->slot, real.p, real.n);
	c->asked = unacked_add(&c->unacked,
		&(const struct frame_up){.kind = UP_REALNAME}, SPAN_EMPTY,
		SPAN_EMPTY, real);
}

/* Those who ask, or get its messages, look it up. */
static void bot(struct client *c, const struct request *r)
{
	table_set_bot(c->table, c->slot, r->on);
}

static void tell_ignored(struct client *c)
{
	static char names[IGNORED_LIST];
	size_t n = ignored_list(&c->ignored, c->table, names);

	client_tell(c, (struct event){.kind = EVENT_IGNORED,
			       .text = listing_clean((struct span){names, n})});
}

/* The slot of another user; -1, and an error is rendered, if there is none. */
static int64_t find_other(struct client *c, struct span name)
{
	int64_t slot;

	if (!client_check_name(c, name))
		return -1;
	slot = table_find(c->table, name.p, name.n);
	if (slot == -1)
		client_error(c, ERROR_NO_SUCH_USER, name, 0);
	else if (slot == c->slot)
		client_error(c, ERROR_IGNORE_SELF, SPAN_EMPTY, 0);
	return slot == c->slot ? -1 : slot;
}

static void ignore(struct client *c, const struct request *r)
{
	int64_t slot = r->name.n > 0 ? find_other(c, r->name) : -1;

	if (r->name.n == 0)
		tell_ignored(c);
	else if (slot != -1 &&
		 !ignored_add(&c->ignored, c->table, (uint32_t)slot))
		client_error(c, ERROR_IGNORED_FULL, SPAN_EMPTY, IGNORED_MAX);
	else if (slot != -1)
		client_tell(c, (struct event){.kind = EVENT_IGNORE,
				       .to = r->name,
				       .on = true});
}

static void unignore(struct client *c, const struct request *r)
{
	int64_t slot = find_other(c, r->name);

	if (slot == -1)
		return;
	if (ignored_remove(&c->ignored, c->table, (uint32_t)slot))
		client_tell(
			c, (struct event){.kind = EVENT_IGNORE, .to = r->name});
	else
		client_error(c, ERROR_NOT_IGNORED, r->name, 0);
}

static void quit(struct client *c, const struct request *r)
{
	static char words[TOPIC_MAX];
	struct span said = span_cut(client_clean(r->text), sizeof words);

	if (said.n > 0)
		memcpy(words, said.p, said.n);
	c->farewell = (struct span){words, said.n};
	c->said_quit = true;
	client_leave(c, LEAVE_PLAIN);
}

static void end(struct client *c, const struct request *r)
{
	client_leave(c, r->reason);
}

static void complain(struct client *c, const struct request *r)
{
	client_error(c, r->error, r->about, r->number);
}

void command_run(struct client *c, const struct request *r)
{
	static void (*const run[VERBS])(
		struct client * c, const struct request *r) = {
		[VERB_SAY] = say,
		[VERB_ACT] = act,
		[VERB_TELL] = say_to,
		[VERB_TAGS] = send_tags,
		[VERB_RENAME] = rename_to,
		[VERB_WHO] = room_who,
		[VERB_PEEK] = room_who,
		[VERB_ENTER] = room_enter,
		[VERB_EXIT] = room_exit,
		[VERB_ROOMS] = room_list,
		[VERB_TOPIC] = room_topic,
		[VERB_UNTOPIC] = room_untopic,
		[VERB_KICK] = room_kick,
		[VERB_INVITE] = room_invite,
		[VERB_INVITES] = room_invites,
		[VERB_MODE] = room_mode,
		[VERB_BANS] = room_bans,
		[VERB_AWAY] = away,
		[VERB_HISTORY] = room_history,
		[VERB_REALNAME] = realname,
		[VERB_BOT] = bot,
		[VERB_IGNORE] = ignore,
		[VERB_UNIGNORE] = unignore,
		[VERB_RESUME] = resume_begin,
		[VERB_QUIT] = quit,
		[VERB_END] = end,
		[VERB_ERROR] = complain,
	};

	if (run[r->verb] != NULL)
		run[r->verb](c, r);
}
