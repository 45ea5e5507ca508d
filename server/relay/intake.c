/* SPDX-License-Identifier: MIT */
/* Takes frames from the channels and turns them into events.  Any oddity in a
 * frame ends its sender: no honest child sends one.
 * Runs in: relay. */
#include <errno.h>
#include <stdalign.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "ipc/common/mask.h"
#include "ipc/common/text.h"
#include "server/again.h"
#include "server/log.h"
#include "server/relay/state.h"

/* Cap on bytes per read, so that all channels get their turn. */
#define READ_MAX  (64u << 10)
#define READ_SIZE (FRAME_UP_MAX + READ_MAX)

/* The same lines and tags in an event. */
static void put_said(struct frame_event *e, const struct frame_up *f)
{
	e->counter = f->counter;
	e->flags = f->flags;
	e->mode = f->mode;
	e->text_len = (uint16_t)f->text_len;
	e->tags_len = f->tags_len;
}

static void say(struct switchboard *s, uint32_t slot, const struct frame_up *f)
{
	uint32_t room =
		f->room_len > 0 ? powers_room_of_talk(s, slot, f) : ROOM_LOBBY;
	struct frame_event e;
	enum error error;

	if (room == ROOM_NONE)
		return;
	/* Nobody has a power in the lobby. */
	error = room == ROOM_LOBBY && f->mode != MODE_NONE
			? ERROR_NOT_OPERATOR
			: powers_let_talk(s, room, slot);
	if (error != ERROR_NONE) {
		append_refusal(s, slot, f, error, 0);
		return;
	}
	e = append_head(s, room, slot,
		f->kind == UP_PUBLIC   ? EVENT_PUBLIC
		: f->kind == UP_ACTION ? EVENT_ACTION
				       : EVENT_TAGS);
	put_said(&e, f);
	if (f->kind != UP_TAGS && e.mode == MODE_NONE)
		e.flags |= hosts_mark(s);
	/* Who does not watch has no words for tags alone. */
	if (e.mode != MODE_NONE)
		e.audience = AUDIENCE_POWER;
	else if (f->kind == UP_TAGS)
		e.audience =
			room == ROOM_LOBBY ? AUDIENCE_WATCHERS : AUDIENCE_FROM;
	switchboard_append(
		s, &e, session_of(s, slot)->name, "", frame_up_text(f));
}

static void say_to(
	struct switchboard *s, uint32_t slot, const struct frame_up *f)
{
	struct frame_event e = append_head(s, ROOM_LOBBY, slot,
		f->kind == UP_TAGS ? EVENT_TAGS : EVENT_PRIVATE);
	int64_t to = names_find(s, frame_up_name(f), f->name_len);
	const struct session *who;

	if (to == -1) {
		append_refusal(s, slot, f, ERROR_NO_SUCH_USER, 0);
		return;
	}
	if (hosts_is_remote(s, (uint32_t)to) &&
		!hosts_has_told(s, (uint32_t)to)) {
		append_refusal(s, slot, f, ERROR_NO_SUCH_USER, 0);
		return;
	}
	who = session_of(s, (uint32_t)to);
	e.audience = AUDIENCE_BOTH;
	put_said(&e, f);
	e.to_slot = (uint32_t)to;
	e.to_generation = who->generation;
	e.to_len = who->name_len;
	switchboard_append(
		s, &e, session_of(s, slot)->name, who->name, frame_up_text(f));
}

static void rename_to(
	struct switchboard *s, uint32_t slot, const struct frame_up *f)
{
	struct frame_event e = append_head(s, ROOM_LOBBY, slot, EVENT_RENAME);
	const char *name = frame_up_name(f);
	int64_t holder = names_find(s, name, f->name_len);

	if (holder != -1 && holder != slot &&
		(hosts_decide(s) || !intake_free_name(s, name, f->name_len))) {
		append_refusal(s, slot, f, ERROR_NAME_IN_USE, 0);
		return;
	}
	if (!is_member(s, slot))
		return;
	/* If a gone member has the name, its leaves come first. */
	while (s->ntelling > 0)
		presence_tell(s, s->telling[0]);
	e.counter = f->counter;
	e.to_len = f->name_len;
	names_put(s, slot, name, f->name_len);
	switchboard_append(s, &e, session_of(s, slot)->name, name, "");
}

/* What a user says of itself, for those who watch.  False if it is too long. */
static bool tell_about(
	struct switchboard *s, uint32_t slot, const struct frame_up *f)
{
	bool away = f->kind == UP_AWAY;
	struct frame_event e = append_head(
		s, ROOM_LOBBY, slot, away ? EVENT_AWAY : EVENT_REALNAME);

	if (f->text_len > (away ? AWAY_MAX_BYTES : REAL_MAX_BYTES))
		return false;
	e.audience = AUDIENCE_WATCHERS;
	e.counter = f->counter;
	e.text_len = (uint16_t)f->text_len;
	switchboard_append(
		s, &e, session_of(s, slot)->name, "", frame_up_text(f));
	return true;
}

/* What has been said in a room where the sender is, or with a user, who may be
 * gone.  False if the frame breaks the rules. */
static bool tell_history(
	struct switchboard *s, uint32_t slot, const struct frame_up *f)
{
	uint32_t room =
		f->room_len > 0 ? rooms_of_frame(s, slot, f) : ROOM_LOBBY;
	int64_t user = f->name_len > 0
			       ? names_find(s, frame_up_name(f), f->name_len)
			       : -1;
	struct frame_event e = append_head(s, ROOM_LOBBY, slot, EVENT_HISTORY);
	struct found_history found;

	if (room == ROOM_NONE)
		return true;
	if (!history_find(s, slot, room, user, f, &found))
		return false;
	e.audience = AUDIENCE_TO;
	e.counter = f->counter;
	e.from_len = 0;
	e.to_slot = slot;
	e.to_generation = e.from_generation;
	e.to_len = f->name_len;
	e.on = found.targets;
	e.more = found.more;
	e.room_len = room != ROOM_LOBBY ? s->rooms->rooms[room].name_len : 0;
	e.text_len = (uint16_t)found.len;
	append_in(s, &e, "", frame_up_name(f), s->rooms->rooms[room].name,
		found.text);
	return true;
}

/* The reason of a leave or a kick: a child cuts it. */
static bool is_reason_too_long(const struct frame_up *f)
{
	return (f->kind == UP_PART || f->kind == UP_KICK ||
		       f->kind == UP_BYE) &&
	       f->text_len > TOPIC_MAX;
}

/* A list has masks, too. */
static bool is_named_well(const struct frame_up *f)
{
	const char *name = frame_up_name(f);

	if (f->name_len == 0)
		return true;
	return (f->kind == UP_MODE && mode_is_list(f->mode)
			       ? mask_check(name, f->name_len)
			       : name_check(name, f->name_len)) == NAME_OK;
}

/* Whether the text is clean, but for the marks between the lines of a message;
 * and its tags are. */
static bool is_clean(const struct frame_up *f)
{
	const char *p = frame_up_text(f), *end = p + f->text_len;
	bool lines = f->kind == UP_PUBLIC || f->kind == UP_ACTION ||
		     f->kind == UP_PRIVATE;
	unsigned int n = 1;

	/* A query is no text. */
	if (f->kind == UP_HISTORY)
		return true;
	for (const char *q = p; lines && q < end; q++) {
		if (*q != TEXT_NEWLINE && *q != TEXT_CUT)
			continue;
		if (++n > MESSAGE_LINES_MAX ||
			!text_is_clean(p, (size_t)(q - p)))
			return false;
		p = q + 1;
	}
	return text_is_clean(p, (size_t)(end - p)) &&
	       text_is_clean(frame_up_tags(f), f->tags_len);
}

/* Whether the answer is longer than the frame, or takes time to find. */
static bool is_question(const struct frame_up *f)
{
	return f->kind == UP_HISTORY || f->kind == UP_BANS ||
	       f->kind == UP_INVITES;
}

/* Whether the member has not been sent the last answer.  A child asks one
 * question at a time, so that nobody asks more than its channel takes. */
static bool is_unanswered(const struct switchboard *s, uint32_t slot)
{
	const struct member *m = &s->members[slot];

	return m->asked_end > s->round_start ||
	       (m->lagging && m->cursor < m->asked_end);
}

/* Whether those who do not watch see the sender act: they must know of it.  Who
 * enters a room is told of there; a newcomer that does so at once, as clients
 * do, waits for the digest with all others. */
static bool is_seen(const struct frame_up *f)
{
	switch (f->kind) {
	case UP_JOIN:
	case UP_TAGS:
	case UP_AWAY:
	case UP_REALNAME:
	case UP_BYE:
		return false;
	default:
		return !is_question(f);
	}
}

bool intake_is_valid(const struct frame_up *f)
{
	return is_clean(f) && !is_reason_too_long(f) && is_named_well(f) &&
	       (f->room_len == 0 || name_check_room(frame_up_room(f),
					    f->room_len) == NAME_OK);
}

static bool carry_out(
	struct switchboard *s, uint32_t slot, const struct frame_up *f)
{
	const struct session *who = session_of(s, slot);

	/* The leave of a user without a child is no frame of one. */
	if (f->counter != 0 && f->counter <= who->counter)
		return true; /* sent again after a relay's end */
	if (is_question(f) && is_unanswered(s, slot))
		return false;
	if (is_seen(f))
		presence_before(s, slot);
	switch (f->kind) {
	case UP_PRIVATE:
		say_to(s, slot, f);
		break;
	case UP_RENAME:
		rename_to(s, slot, f);
		break;
	case UP_JOIN:
		entry_join(s, slot, f);
		break;
	case UP_PART:
		entry_part(s, slot, f);
		break;
	case UP_TOPIC:
	case UP_KICK:
	case UP_INVITE:
	case UP_MODE:
		return powers_act(s, slot, f);
	case UP_BANS:
		ban_list(s, slot, f);
		break;
	case UP_INVITES:
		powers_tell_invites(s, slot, f);
		break;
	case UP_HISTORY:
		return tell_history(s, slot, f);
	case UP_AWAY:
	case UP_REALNAME:
		return tell_about(s, slot, f);
	case UP_TAGS:
		if (f->name_len > 0)
			say_to(s, slot, f);
		else
			say(s, slot, f);
		break;
	case UP_BYE:
		members_bye(s, slot, f);
		break;
	default:
		say(s, slot, f);
	}
	return true;
}

bool intake_perform(
	struct switchboard *s, uint32_t slot, const struct frame_up *f)
{
	bool done = carry_out(s, slot, f);

	if (is_question(f))
		s->members[slot].asked_end = eventlog_head(&s->log);
	return done;
}

/* Takes one whole frame, which becomes an event here, or where it comes out of
 * the stream.  False if it breaks the rules. */
static bool act(struct switchboard *s, uint32_t slot, const struct frame_up *f)
{
	uint64_t last = session_of(s, slot)->counter;

	if (hosts_decide(s) && s->members[slot].published > last)
		last = s->members[slot].published;
	if (f->counter <= last)
		return true; /* sent again */
	if (f->counter != last + 1 || !intake_is_valid(f))
		return false;
	if (hosts_decide(s) && hosts_publish(s, slot, f))
		return true;
	return intake_perform(s, slot, f);
}

/* Acts on the whole frames in p; returns the bytes used, or -1 where the
 * member broke the rules. */
static ssize_t act_on_all(
	struct switchboard *s, uint32_t slot, const char *p, size_t n)
{
	size_t used = 0;

	for (;;) {
		const void *f = p + used;
		enum frame_verdict v = frame_up_check(f, n - used);

		if (v == FRAME_MORE)
			return (ssize_t)used;
		if (v == FRAME_BAD || !act(s, slot, f)) {
			log_warn("relay-bad-frame slot=%u", slot);
			return -1;
		}
		if (!is_member(s, slot))
			return (ssize_t)n; /* the frame was UP_BYE */
		used += ((const struct frame_up *)f)->size;
	}
}

/* Keeps the beginning of a frame for the next read. */
static bool keep(struct member *m, const char *rest, size_t n)
{
	if (n == 0) {
		free(m->partial);
		m->partial = NULL;
	} else if (m->partial == NULL) {
		m->partial = malloc(FRAME_UP_MAX);
		if (m->partial == NULL)
			return false;
	}
	if (n > 0)
		memcpy(m->partial, rest, n);
	m->partial_len = (uint32_t)n;
	return true;
}

/* recv, past the one ECONNRESET of a peer that was killed with our data unread:
 * its own data is still there. */
static ssize_t receive(int fd, char *p, size_t n)
{
	ssize_t got = recv(fd, p, n, MSG_DONTWAIT);

	if (got == -1 && errno == ECONNRESET)
		got = recv(fd, p, n, MSG_DONTWAIT);
	return got;
}

/* 1: read some bytes; 0: nothing there now; -1: the end.  buf has READ_SIZE. */
static int read_once(struct switchboard *s, uint32_t slot, char *buf)
{
	struct member *m = &s->members[slot];
	size_t kept = m->partial_len;
	ssize_t n, used;

	if (kept > 0)
		memcpy(buf, m->partial, kept);
	n = receive(m->fd, buf + kept, READ_MAX);
	if (n == -1 && errno_is_transient(errno))
		return 0;
	if (n <= 0)
		return -1;
	used = act_on_all(s, slot, buf, kept + (size_t)n);
	if (used == -1) {
		members_leave(s, slot, LEAVE_PLAIN);
		return 1;
	}
	/* Without memory the channel ends; the child sends the frame again. */
	return keep(m, buf + used, kept + (size_t)n - (size_t)used) ? 1 : -1;
}

bool intake_read(struct switchboard *s, uint32_t slot)
{
	static alignas(FRAME_ALIGN) char buf[READ_SIZE];

	return read_once(s, slot, buf) != -1;
}

void intake_drain(struct switchboard *s, uint32_t slot)
{
	/* Not the buffer of intake_read, whose frames may have led here. */
	char *buf = malloc(READ_SIZE);

	while (buf != NULL && s->members[slot].fd != -1 &&
		read_once(s, slot, buf) == 1)
		;
	free(buf);
}

bool intake_free_name(struct switchboard *s, const char *name, size_t len)
{
	int64_t holder = names_find(s, name, len);
	uint32_t slot = (uint32_t)holder;

	if (holder == -1)
		return true;
	if (members_is_alive(s, slot))
		return false;
	intake_drain(s, slot);
	/* Its last frames may have ended the membership or changed the name. */
	if (is_member(s, slot) && names_find(s, name, len) == holder)
		members_leave(s, slot, LEAVE_PLAIN);
	return true;
}
