/* SPDX-License-Identifier: MIT */
/* Appends an event: to the log, the round, the counters and the file of
 * --log-chat.
 * Runs in: relay. */
#include "server/chatlog.h"
#include "server/relay/state.h"

void append_note_recent(struct switchboard *s, const struct frame_event *e)
{
	struct room_state *r = &s->room[e->room];
	uint32_t kept = s->options->history;

	/* An entry of an earlier relay may be of a room that has ended, and
	 * nothing of that is for the next room of its number. */
	if (kept > 0 && audience_has_newcomers(e) &&
		rooms_exists(s->rooms, e->room) &&
		e->room_generation ==
			atomic_load(&s->rooms->rooms[e->room].generation))
		r->recent[r->nrecent++ % kept] = e->id;
}

static void count(struct switchboard *s, const struct frame_event *e)
{
	struct status *t = s->status;
	bool digest = (e->flags & EVENT_DIGEST) != 0;
	uint32_t users = digest || e->room != ROOM_LOBBY ? 0 : 1;

	status_count(&t->logged, e->size);
	switch (e->kind) {
	case EVENT_PUBLIC:
	case EVENT_ACTION:
		status_count(&t->messages, 1);
		status_count(&t->deliveries, audience_size(e));
		break;
	case EVENT_PRIVATE:
		status_count(&t->privates, 1);
		break;
	case EVENT_JOIN:
		status_count(&t->joins, users);
		return;
	case EVENT_LEAVE:
		status_count(&t->leaves, users);
		return;
	case EVENT_RENAME:
		status_count(&t->renames, 1);
		return;
	default:
		return;
	}
	status_count(&t->text_bytes, e->text_len);
}

struct frame_event append_head(const struct switchboard *s, uint32_t room,
	uint32_t slot, enum event_kind kind)
{
	const struct room *r = &s->rooms->rooms[room];
	struct frame_event e = {
		.kind = (uint8_t)kind,
		.audience = AUDIENCE_EVERYONE,
		.online = (uint16_t)room_online(s, room),
		.room = room,
	};

	if (room != ROOM_LOBBY) {
		e.audience = AUDIENCE_ROOM;
		e.room_len = r->name_len;
		e.room_generation = atomic_load(&r->generation);
	}
	if (slot != NOBODY) {
		e.from_len = session_of(s, slot)->name_len;
		e.from_slot = slot;
		e.from_generation = session_of(s, slot)->generation;
	}
	return e;
}

const struct frame_event *append_in(struct switchboard *s,
	const struct frame_event *head, const char *from, const char *to,
	const char *room, const char *text)
{
	struct frame_event stamped = *head;
	const struct frame_event *e;

	if (stamped.unix_ms == 0)
		stamped.unix_ms = s->entry_ms;
	if (s->silent)
		stamped.audience = AUDIENCE_NOBODY;
	e = eventlog_append(&s->log, &stamped, from, to, room, text);
	append_note_recent(s, e);
	history_note(s, e);
	fanout_note(s, e);
	disk_note(s, e);
	count(s, e);
	if (s->chatlog != -1)
		chatlog_write(s->chatlog, e);
	return e;
}

const struct frame_event *switchboard_append(struct switchboard *s,
	const struct frame_event *head, const char *from, const char *to,
	const char *text)
{
	return append_in(
		s, head, from, to, s->rooms->rooms[head->room].name, text);
}

void append_refusal(struct switchboard *s, uint32_t slot,
	const struct frame_up *f, enum error error, uint32_t number)
{
	struct frame_event e = append_head(s, ROOM_LOBBY, slot, EVENT_ERROR);

	if (hosts_is_remote(s, slot))
		return; /* its own host tells it */
	e.audience = AUDIENCE_TO;
	e.counter = f->counter;
	e.from_len = 0;
	e.to_slot = slot;
	e.to_generation = e.from_generation;
	e.error = (uint8_t)error;
	e.more = number;
	e.room_len = f->room_len;
	e.text_len = f->name_len;
	append_in(s, &e, "", "", frame_up_room(f), frame_up_name(f));
}
