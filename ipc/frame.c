/* SPDX-License-Identifier: MIT */
/* Building and checking of the frames between children and the relay.
 * Runs in: child, relay.
 *
 * Sizes are exact: a frame with bytes to spare is as bad as one cut short. */
#include "ipc/frame.h"

#include <string.h>

size_t frame_size(size_t header, size_t body)
{
	return (header + body + FRAME_ALIGN - 1) / FRAME_ALIGN * FRAME_ALIGN;
}

/* A part that is empty may point nowhere, which mempcpy does not allow. */
static char *put(char *p, const char *part, size_t n)
{
	return n > 0 ? (char *)mempcpy(p, part, n) : p;
}

size_t frame_up_build(void *dst, const struct frame_up *head, const char *room,
	const char *name, const char *text)
{
	struct frame_up *f = dst;
	size_t said = (size_t)head->text_len + head->tags_len;
	size_t body = (size_t)head->room_len + head->name_len + said;
	size_t size = frame_size(sizeof *f, body);
	char *p = f->body;

	*f = *head;
	f->size = (uint32_t)size;
	p = put(p, room, head->room_len);
	p = put(p, name, head->name_len);
	p = put(p, text, said);
	/* Padding is zero: nothing of the sender's memory travels. */
	memset(p, 0, size - sizeof *f - body);
	return size;
}

/* Which parts a frame of each kind has. */
static const struct {
	enum part {
		NEVER,
		MAYBE,
		ALWAYS
	} room, name, text, tags;
} parts[UP_KINDS] = {
	[UP_PUBLIC] = {MAYBE, NEVER, ALWAYS, MAYBE},
	[UP_ACTION] = {MAYBE, NEVER, ALWAYS, MAYBE},
	[UP_PRIVATE] = {NEVER, ALWAYS, ALWAYS, MAYBE},
	[UP_RENAME] = {NEVER, ALWAYS, NEVER},
	[UP_JOIN] = {ALWAYS, NEVER, MAYBE},
	[UP_PART] = {ALWAYS, NEVER, MAYBE},
	[UP_TOPIC] = {ALWAYS, NEVER, MAYBE},
	[UP_KICK] = {ALWAYS, ALWAYS, MAYBE},
	[UP_INVITE] = {ALWAYS, ALWAYS, NEVER},
	[UP_MODE] = {ALWAYS, MAYBE, MAYBE},
	[UP_AWAY] = {NEVER, NEVER, MAYBE},
	[UP_REALNAME] = {NEVER, NEVER, ALWAYS},
	[UP_BANS] = {ALWAYS, NEVER, NEVER},
	[UP_INVITES] = {NEVER, NEVER, NEVER},
	[UP_HISTORY] = {MAYBE, MAYBE, ALWAYS},
	[UP_TAGS] = {MAYBE, MAYBE, NEVER, ALWAYS},
	[UP_BYE] = {NEVER, NEVER, MAYBE},
};

static bool fits(enum part part, size_t len)
{
	return part == MAYBE || (part == ALWAYS) == (len > 0);
}

/* A message for those with a power in its room; a question about a list. */
static bool may_have_mode(const struct frame_up *f)
{
	if (f->mode == MODE_NONE)
		return true;
	if (f->kind == UP_BANS)
		return mode_is_list(f->mode);
	return (f->kind == UP_PUBLIC || f->kind == UP_ACTION ||
		       f->kind == UP_TAGS) &&
	       f->room_len > 0 &&
	       (f->mode == MODE_OPERATOR || f->mode == MODE_VOICE);
}

/* Of a mode: who has it by name, what has a value by text. */
static bool is_mode_whole(const struct frame_up *f)
{
	bool named = mode_is_named(f->mode);
	bool valued =
		(f->on && (f->mode == MODE_KEY || f->mode == MODE_LIMIT)) ||
		f->mode == MODE_SEVERAL;

	if (f->kind != UP_MODE)
		return may_have_mode(f) && (f->on == 0 || f->kind == UP_KICK);
	return f->mode != MODE_NONE && f->mode < MODES &&
	       named == (f->name_len > 0) && valued == (f->text_len > 0);
}

/* The flags that the relay passes on. */
static bool has_own_flags(const struct frame_up *f)
{
	unsigned int may = f->kind == UP_PRIVATE  ? EVENT_ACTED | EVENT_NOTICED
			   : f->kind == UP_PUBLIC ? EVENT_NOTICED
						  : 0;

	return (f->flags & ~may) == 0;
}

/* A user has words for a leave of its own will alone. */
static bool has_own_reason(const struct frame_up *f)
{
	return f->reason == LEAVE_PLAIN ||
	       (f->kind == UP_BYE && f->text_len == 0);
}

/* Tags go to a room or to a user. */
static bool has_one_place(const struct frame_up *f)
{
	return f->kind != UP_TAGS || f->room_len == 0 || f->name_len == 0;
}

enum frame_verdict frame_up_check(const void *p, size_t n)
{
	const struct frame_up *f = p;

	if (n < sizeof *f)
		return FRAME_MORE;
	if (f->kind == 0 || f->kind >= UP_KINDS ||
		f->room_len > NAME_MAX_BYTES || f->name_len > NAME_MAX_BYTES ||
		f->text_len > TEXT_MAX || f->tags_len > TAGS_MAX ||
		f->reason >= LEAVE_LOST || f->on > 1 ||
		f->size != frame_size(sizeof *f,
				   (size_t)f->room_len + f->name_len +
					   f->text_len + f->tags_len))
		return FRAME_BAD;
	if (!fits(parts[f->kind].room, f->room_len) ||
		!fits(parts[f->kind].name, f->name_len) ||
		!fits(parts[f->kind].text, f->text_len) ||
		!fits(parts[f->kind].tags, f->tags_len) || !is_mode_whole(f) ||
		!has_own_flags(f) || !has_own_reason(f) || !has_one_place(f))
		return FRAME_BAD;
	return n < f->size ? FRAME_MORE : FRAME_OK;
}

enum frame_verdict frame_event_check(const void *p, size_t n)
{
	const struct frame_event *e = p;

	if (n < sizeof *e)
		return FRAME_MORE;
	if (e->kind == 0 || e->kind > EVENT_BYE ||
		e->from_len > NAME_MAX_BYTES || e->to_len > NAME_MAX_BYTES ||
		e->room_len > NAME_MAX_BYTES || e->text_len > TEXT_MAX ||
		e->tags_len > TAGS_MAX || e->reason >= LEAVE_REASONS ||
		e->audience >= AUDIENCES || e->error >= FRAME_ERRORS ||
		e->mode >= MODES || e->on > 1 ||
		e->size !=
			frame_size(sizeof *e,
				(size_t)e->from_len + e->to_len + e->room_len +
					e->text_len + e->tags_len))
		return FRAME_BAD;
	return n < e->size ? FRAME_MORE : FRAME_OK;
}
