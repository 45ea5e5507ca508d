/* SPDX-License-Identifier: MIT */
/* What the relay delivers: what it says of the client's own requests, of gaps
 * and of rooms, and what of it the client reads.
 * Runs in: child. */
#include <string.h>

#include "ipc/audience.h"
#include "ipc/common/clock.h"
#include "ipc/history.h"
#include "server/child/rooms.h"
#include "server/child/state.h"

static bool is_me(const struct client *c, uint32_t slot, uint32_t generation)
{
	return slot == c->slot && generation == c->generation;
}

/* Ends a join: the relay has answered.  The next line is for the new room. */
static void settle_join(struct client *c, const struct frame_event *e)
{
	c->join = 0;
	if (e->kind == EVENT_JOIN)
		c->memberships.here = e->room;
}

/* Acts on what an event says about our own frames. */
static void note_own(struct client *c, const struct frame_event *e)
{
	/* Not a name older than the welcome's. */
	if (e->kind == EVENT_RENAME && e->counter > c->channel.named)
		naming_set(c, frame_to(e), e->to_len, e->counter);
	/* A welcome may have settled it before this event came. */
	if (c->rename != 0 && e->counter == c->rename)
		naming_settle(c, e->kind == EVENT_RENAME);
	if (c->join != 0 && e->counter == c->join)
		settle_join(c, e);
	unacked_acknowledge(&c->unacked, e->counter);
}

/* Whether a digest tells it to all but those who watch. */
static bool is_alone(const struct frame_event *f)
{
	return (f->kind == EVENT_JOIN || f->kind == EVENT_LEAVE) &&
	       (f->audience == AUDIENCE_WATCHERS ||
		       f->audience == AUDIENCE_FROM);
}

static void render(struct client *c, const struct frame_event *f, bool old)
{
	bool late = (f->flags & EVENT_LATE) != 0;
	bool aged = old || late || f->kind == EVENT_SINCE;
	int64_t age = aged ? clock_wall_ms() - f->unix_ms : 0;
	/* A welcome has the SEQ that its client continues from, and so has the
	 * own join of a room, even if others read of it in a digest. */
	bool from_me = is_me(c, f->from_slot, f->from_generation);
	bool has_number = audience_is_counted(f) ||
			  (from_me && f->audience == AUDIENCE_FROM);
	struct event e = {
		.kind = f->kind,
		.seq = has_number ? f->seq : 0,
		.id = f->id,
		.unix_ms = f->unix_ms,
		.age_ms = !aged     ? -1
			  : age > 0 ? age
				    : 0,
		.room = {frame_room(f), f->room_len},
		.from = {frame_from(f), f->from_len},
		.to = {frame_to(f), f->to_len},
		.from_id = {f->from_slot, f->from_generation},
		.to_id = {f->to_slot, f->to_generation},
		.text = {frame_text(f), f->text_len},
		.tags = {frame_tags(f), f->tags_len},
		.online = f->online,
		.more = f->more,
		.error = (enum error)f->error,
		.reason = (enum leave_reason)f->reason,
		.mode = (enum room_mode)f->mode,
		.on = f->on != 0,
		.quit = (f->flags & EVENT_QUIT) != 0,
		.digest = (f->flags & EVENT_DIGEST) != 0,
		.alone = is_alone(f),
		.acted = (f->flags & EVENT_ACTED) != 0,
		.notice = (f->flags & EVENT_NOTICED) != 0,
		/* In scrollback it is as old as the rest. */
		.late = late && !old,
		.answer = f->kind != EVENT_HISTORY && from_me &&
			  c->asked != 0 && f->counter == c->asked,
		.from_me = from_me,
		.to_me = is_me(c, f->to_slot, f->to_generation),
	};

	/* It has its number, but the client has its new name already. */
	if (f->kind == EVENT_RENAME && from_me && f->counter <= c->told_named)
		e.from = e.to;
	if (f->kind == EVENT_LEAVE || f->kind == EVENT_BYE)
		e.number = client_reason_seconds(c, e.reason);
	else if (f->kind == EVENT_ERROR)
		e.number = f->more;
	else if (f->kind == EVENT_HISTORY && f->on == 0)
		e.number = history_lines(f->text_len);
	c->is_logged = true;
	client_render(c, &e);
	c->is_logged = false;
}

static void render_welcome(struct client *c, const struct frame_event *f)
{
	char token[TOKEN_TEXT];

	session_begin(c, f->seq);
	session_token(c, token);
	client_tell(c, (struct event){.kind = EVENT_WELCOME,
			       .seq = f->seq,
			       .id = f->id,
			       .to = {frame_to(f), f->to_len},
			       .to_id = {f->to_slot, f->to_generation},
			       .to_me = true,
			       .token = {token, sizeof token},
			       .online = f->online,
			       .number = c->options->idle_timeout});
}

/* Several modes at once are one event for clients that watch alone. */
static void render_modes(struct client *c, const struct frame_event *f)
{
	const char *text = frame_text(f);
	size_t n = f->text_len;
	union {
		struct frame_event e;
		char bytes[sizeof(struct frame_event) + 2 * NAME_MAX_BYTES];
	} one;
	enum room_mode mode;
	bool on;

	one.e = *f;
	one.e.to_len = 0;
	one.e.text_len = one.e.tags_len = 0;
	memcpy(one.e.body, frame_from(f), f->from_len);
	memcpy(one.e.body + f->from_len, frame_room(f), f->room_len);
	while (mode_next(&text, &n, &mode, &on)) {
		one.e.mode = (uint8_t)mode;
		one.e.on = on;
		render(c, &one.e, false);
	}
}

static void tell_gap(struct client *c, struct span room, uint32_t *missed)
{
	client_tell(
		c, (struct event){
			   .kind = EVENT_GAP, .room = room, .more = *missed});
	*missed = 0;
}

/* The first frame of a channel. */
static void take_welcome(struct client *c, struct frame_event *e)
{
	struct channel *l = &c->channel;
	bool fresh = (e->flags & EVENT_FRESH) != 0;
	struct naming_lost lost = {.len = 0};

	l->welcomed = true;
	l->refused = 0;
	naming_take(c, e, &lost);
	unacked_acknowledge(&c->unacked, e->counter);
	l->accepted = e->counter;
	membership_begin(&c->memberships);
	/* What is left of the past does not come any more. */
	if (l->history_id != 0)
		client_tell(c, (struct event){.kind = EVENT_HISTORY_END,
				       .more = 1,
				       .answer = true});
	l->history_id = 0;
	/* It may come twice, if the relay dies before the first event. */
	if (fresh && l->live_id != e->id) {
		l->live_id = e->id;
		render_welcome(c, e);
		naming_told(c, c->name, c->name_len);
	}
	if (lost.len > 0) {
		naming_tell(c);
		naming_tell_lost(c, &lost, fresh);
	}
	/* If this channel ends before an event has come, the next welcome
	 * counts from here. */
	if (e->more > 0) {
		if (fresh && l->last_seq < e->seq)
			l->last_seq = e->seq;
		l->last_seq += e->more;
		l->missed += e->more;
		if (!c->dialect->watches)
			tell_gap(c, SPAN_EMPTY, &l->missed);
	}
	if (e->reason != LEAVE_PLAIN)
		client_leave(c, (enum leave_reason)e->reason);
}

/* After a gap: a room that the client is still in; last of all the lobby.  The
 * lines are short: there is room for all of them.  A client that keeps lists
 * must renew them, even if nothing that is counted was missed. */
static void take_room(struct client *c, const struct frame_event *e)
{
	struct memberships *m = &c->memberships;
	struct membership *over;
	uint32_t missed;
	bool anew;

	/* The lists that a client renews now are those of the new rooms. */
	c->channel.gap_id = e->id;
	if (e->room != ROOM_LOBBY) {
		missed = membership_confirm(m, e, &anew);
		if (missed > 0 || c->dialect->watches ||
			(anew && c->dialect->numbers))
			tell_gap(c, (struct span){frame_room(e), e->room_len},
				&missed);
		return;
	}
	/* So may have been the event of a rename that was accepted. */
	naming_tell(c);
	if (e->id > c->channel.last_id)
		c->channel.last_id = e->id;
	/* What was missed may have been nothing that is counted. */
	anew = e->seq < c->channel.read_seq;
	c->channel.last_seq = c->channel.read_seq = e->seq;
	if (c->dialect->watches || (anew && c->dialect->numbers))
		tell_gap(c, SPAN_EMPTY, &c->channel.missed);
	while ((over = membership_over(m)) != NULL) {
		client_tell(c, (struct event){.kind = EVENT_GONE,
				       .room = membership_name(over),
				       .from = {c->name, c->name_len}});
		membership_drop(m, over);
	}
	/* The answer to a join may have been missed. */
	if (c->join != 0 && c->channel.accepted >= c->join)
		room_settle(c);
}

/* Whether the client does not want to read what this user says.  What a user
 * does is told, but without the reason, which is the user's words. */
static bool is_ignored(const struct client *c, struct frame_event *e)
{
	bool said = e->kind == EVENT_PUBLIC || e->kind == EVENT_ACTION ||
		    e->kind == EVENT_PRIVATE || e->kind == EVENT_INVITE ||
		    e->kind == EVENT_TAGS;
	bool did = (e->kind == EVENT_LEAVE || e->kind == EVENT_KICK) &&
		   (e->flags & EVENT_DIGEST) == 0;

	if ((!said && !did) ||
		!ignored_has(&c->ignored, e->from_slot, e->from_generation))
		return false;
	if (did)
		e->text_len = 0;
	return said;
}

/* The marks between lines are for messages, and no more of them than a message
 * has: a sender who has taken over its child cannot write a line in another's
 * name, whatever the relay lets through. */
static void check_lines(struct frame_event *e)
{
	char *p = e->body + (frame_text(e) - e->body), *end = p + e->text_len;
	unsigned int left = frame_is_message(e) ? MESSAGE_LINES_MAX - 1 : 0;

	/* Lists of names have their lengths in them. */
	if ((e->flags & EVENT_DIGEST) != 0 || e->kind == EVENT_BANS ||
		e->kind == EVENT_INVITES || e->kind == EVENT_HISTORY)
		return;
	for (; p < end; p++) {
		if (*p != TEXT_NEWLINE && *p != TEXT_CUT)
			continue;
		if (left > 0)
			left--;
		else
			*p = ' ';
	}
}

/* Whether the client has left by it: then the bye is rendered already. */
static bool is_own_end(const struct frame_event *e)
{
	return e->kind == EVENT_LEAVE &&
	       (e->room == ROOM_LOBBY || (e->flags & EVENT_QUIT) != 0);
}

/* The list of what the client has asked for, which comes once more behind its
 * lines: only then is the request answered. */
static void take_history(
	struct client *c, const struct frame_event *e, bool again)
{
	struct channel *l = &c->channel;
	bool ends = l->history_id == e->id;

	l->history_id = ends ? 0 : e->id;
	if (!ends) {
		render(c, e, false);
		return;
	}
	if (!again)
		note_own(c, e);
	client_tell(c,
		(struct event){.kind = EVENT_HISTORY_END,
			.room = {frame_room(e), e->room_len},
			.to = {frame_to(e), e->to_len},
			.number = e->on != 0 ? 0 : history_lines(e->text_len),
			.more = e->more,
			.answer = c->asked != 0 && e->counter == c->asked});
}

static void take_event(struct client *c, struct frame_event *e)
{
	struct channel *l = &c->channel;
	struct audience_user me = {c->slot, c->generation};
	bool own = is_me(c, e->from_slot, e->from_generation);
	bool again = e->id <= l->again_id;
	enum membership_view view;
	bool old;

	check_lines(e);
	/* Nothing of the past changes anything now. */
	if (l->history_id != 0 && e->id < l->history_id) {
		if (!is_ignored(c, e))
			render(c, e, true);
		return;
	}
	if (!again)
		l->again_id = 0;
	view = (again ? membership_repeat : membership_note)(
		&c->memberships, e, me);
	old = e->kind == EVENT_SINCE  ? false
	      : e->room == ROOM_LOBBY ? e->id < l->live_id
				      : view == MEMBERSHIP_OLD;

	if (e->id > l->last_id) {
		l->last_id = e->id;
		if (e->room == ROOM_LOBBY)
			l->last_seq = l->read_seq = e->seq;
	}
	if (e->kind == EVENT_HISTORY) {
		take_history(c, e, again);
		return;
	}
	if (own && !again)
		note_own(c, e);
	if (view == MEMBERSHIP_AGAIN || is_ignored(c, e) ||
		(own && is_own_end(e)))
		return;
	if (e->kind == EVENT_MODE && e->mode == MODE_SEVERAL &&
		!c->dialect->watches)
		render_modes(c, e);
	else
		render(c, e, old);
	if (own && e->kind == EVENT_RENAME && e->counter > c->told_named)
		naming_told(c, frame_to(e), e->to_len);
	if (own && e->kind == EVENT_JOIN)
		room_welcome(c, e->room);
	else if (e->kind == EVENT_BYE)
		client_shutdown(c, true);
}

void delivery_take(struct client *c, struct frame_event *e)
{
	if (e->kind == EVENT_WELCOME)
		take_welcome(c, e);
	else if (e->kind == EVENT_ROOM)
		take_room(c, e);
	else
		take_event(c, e);
}
