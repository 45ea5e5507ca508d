/* SPDX-License-Identifier: MIT */
/* What was said while hosts could not hear each other: it stands in the log,
 * marked, until the stream has it; and is told late on the others.
 * Runs in: relay. */
#include <stdalign.h>
#include <string.h>

#include "ipc/common/name.h"
#include "server/relay/hosts/state.h"

static bool is_said(const struct frame_event *e)
{
	return e->kind == EVENT_PUBLIC || e->kind == EVENT_ACTION;
}

/* The relay alone writes the log; a mark is no part of what happened. */
static void unmark(const struct switchboard *s, uint64_t pos)
{
	struct frame_event *e = (void *)(s->log.ring + pos % EVENTLOG_RING);

	e->flags &= (uint8_t)~EVENT_ALONE;
}

/* The place of the first line to send from an id on; false: there is none. */
static bool find(const struct switchboard *s, uint64_t id, uint64_t *pos)
{
	if (id == 0)
		return false;
	if (id < s->log.first_id)
		id = s->log.first_id;
	return eventlog_find(&s->log, id, pos);
}

void late_heard(struct switchboard *s, uint32_t slot, uint32_t generation,
	uint64_t counter)
{
	uint64_t pos, head = eventlog_head(&s->log);

	if (!find(s, link_of(s)->b->alone_id, &pos))
		return;
	for (const struct frame_event *e; pos < head; pos += e->size) {
		e = eventlog_at(&s->log, pos);
		if (e->from_slot != slot || e->from_generation != generation ||
			e->counter != counter || !is_said(e))
			continue;
		unmark(s, pos);
		return;
	}
}

void late_heard_id(struct switchboard *s, uint64_t id)
{
	struct link *l = link_of(s);
	uint64_t pos;

	if (eventlog_find(&s->log, id, &pos) && pos < eventlog_head(&s->log))
		unmark(s, pos);
	if (id >= l->b->alone_id)
		l->b->alone_id = id + 1;
}

/* The frame that an event came from. */
static size_t frame_of(struct frame_up *dst, const struct frame_event *e)
{
	struct frame_up head = {
		.kind = e->kind == EVENT_ACTION ? UP_ACTION : UP_PUBLIC,
		.room_len = e->room_len,
		.counter = e->counter,
		.text_len = e->text_len,
		.flags = e->flags & EVENT_NOTICED,
		.tags_len = e->tags_len,
	};

	return frame_up_build(dst, &head, frame_room(e), "", frame_text(e));
}

static bool send_one(struct switchboard *s, const struct frame_event *e)
{
	alignas(FRAME_ALIGN) static char frame[FRAME_UP_MAX];
	struct link *l = link_of(s);
	size_t n = frame_of((void *)frame, e);
	struct entry_out o;
	struct bus_frame *f;

	if (!queue_has_room(l, n + QUEUE_SPARE))
		return false;
	f = queue_begin(l, ENTRY_LATE, &o);
	if (f == NULL)
		return false;
	entry_put_u32(&o, e->from_slot);
	entry_put_u32(&o, e->from_generation);
	entry_put_text(&o, frame_from(e), e->from_len);
	entry_put_u64(&o, e->id);
	entry_put_u64(&o, (uint64_t)e->unix_ms);
	entry_put_bytes(&o, frame, n);
	queue_end(l, f, &o);
	return true;
}

void late_send(struct switchboard *s)
{
	struct link *l = link_of(s);
	uint64_t pos, head = eventlog_head(&s->log);

	if (l->late_id == 0 || !find(s, l->late_id, &pos))
		return;
	for (const struct frame_event *e; pos < head; pos += e->size) {
		e = eventlog_at(&s->log, pos);
		if ((e->flags & EVENT_ALONE) != 0 && is_said(e) &&
			!send_one(s, e)) {
			l->late_id = e->id;
			return;
		}
	}
	l->late_id = 0;
}

/* The line as an event of now; the room may not be here. */
static void tell(struct switchboard *s, int64_t slot, const char *name,
	size_t len, int64_t ms, const struct frame_up *f)
{
	uint32_t room = f->room_len > 0 ? rooms_find(s->rooms, frame_up_room(f),
						  f->room_len)
					: ROOM_LOBBY;
	struct frame_event e;

	if (room == ROOM_NONE || f->mode != MODE_NONE ||
		(f->kind != UP_PUBLIC && f->kind != UP_ACTION) ||
		!intake_is_valid(f))
		return;
	e = append_head(s, room, slot != -1 ? (uint32_t)slot : NOBODY,
		f->kind == UP_PUBLIC ? EVENT_PUBLIC : EVENT_ACTION);
	e.flags = (uint8_t)(f->flags | EVENT_LATE);
	e.unix_ms = ms;
	e.counter = slot != -1 ? f->counter : 0;
	e.from_len = (uint8_t)len;
	e.text_len = (uint16_t)f->text_len;
	e.tags_len = f->tags_len;
	switchboard_append(s, &e, name, "", frame_up_text(f));
}

void late_tell(struct switchboard *s, uint64_t host, const char *body, size_t n,
	int64_t ms, bool is_late)
{
	alignas(FRAME_ALIGN) static char frame[FRAME_UP_MAX];
	struct entry_in in = {body, body + n, false};
	uint32_t slot = entry_u32(&in), generation = entry_u32(&in);
	size_t len;
	const char *name = entry_text(&in, NAME_MAX_BYTES, &len);

	if (is_late) {
		entry_u64(&in);
		ms = entry_time(&in);
	}
	if (name_check(name, len) == NAME_OK && entry_frame(&in, (void *)frame))
		tell(s, remote_find(s, host, slot, generation), name, len, ms,
			(void *)frame);
}

/* What members have not had, since they were out when it was said. */
void late_tell_again(struct switchboard *s)
{
	alignas(FRAME_ALIGN) static char frame[FRAME_UP_MAX];
	uint64_t id = link_of(s)->b->switch_id, end = s->log.next_id, pos;

	for (; id < end && eventlog_find(&s->log, id, &pos); id++) {
		const struct frame_event *e = eventlog_at(&s->log, pos);
		struct frame_event head;
		char name[NAME_MAX_BYTES];
		int64_t slot = -1;

		if (!is_said(e) || e->audience != AUDIENCE_NOBODY)
			continue;
		head = *e;
		memcpy(name, frame_from(e), e->from_len);
		frame_of((void *)frame, e);
		if (is_member(s, head.from_slot) &&
			session_of(s, head.from_slot)->generation ==
				head.from_generation)
			slot = head.from_slot;
		tell(s, slot, name, head.from_len, head.unix_ms, (void *)frame);
		round_relieve(s);
	}
}
