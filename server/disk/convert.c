/* SPDX-License-Identifier: MIT */
/* Events as records: only what lasts, and nothing of this run of the server,
 * such as slots and numbers of rooms.
 * Runs in: disk, recover. */
#include "server/disk/convert.h"

#include <string.h>

#include "ipc/audience.h"
#include "ipc/layout.h"

/* The numbers of a record stay what they are.  Where one of these is not true
 * any more, a table must translate them. */
#define SAME(a, b) static_assert((int)(a) == (int)(b), "translate it")
SAME(RECORD_MODE_OPERATOR, MODE_OPERATOR);
SAME(RECORD_MODE_VOICE, MODE_VOICE);
SAME(RECORD_MODE_BAN, MODE_BAN);
SAME(RECORD_MODE_LOCKED, MODE_LOCKED);
SAME(RECORD_MODE_MODERATED, MODE_MODERATED);
SAME(RECORD_MODE_INVITE, MODE_INVITE);
SAME(RECORD_MODE_KEY, MODE_KEY);
SAME(RECORD_MODE_LIMIT, MODE_LIMIT);
SAME(RECORD_MODE_SECRET, MODE_SECRET);
SAME(RECORD_MODE_EXTERNAL, MODE_EXTERNAL);
SAME(RECORD_MODE_MUTE, MODE_MUTE);
SAME(RECORD_MODE_EXEMPT, MODE_EXEMPT);
SAME(RECORD_MODE_ADMIT, MODE_ADMIT);
SAME(RECORD_MODE_SEVERAL, MODE_SEVERAL);
SAME(RECORD_MODES, MODES);

static const struct {
	uint8_t event, record;
} kinds[] = {
	{EVENT_PUBLIC, RECORD_PUBLIC},
	{EVENT_ACTION, RECORD_ACTION},
	{EVENT_TOPIC, RECORD_TOPIC},
	{EVENT_KICK, RECORD_KICK},
	{EVENT_MODE, RECORD_MODE},
	{EVENT_BAN, RECORD_BAN},
	{EVENT_BAN, RECORD_LIST},
	{EVENT_JOIN, RECORD_JOIN},
	{EVENT_LEAVE, RECORD_LEAVE},
};

static const struct {
	uint8_t event, record;
} flags[] = {
	{EVENT_NOTICED, RECORD_NOTICED},
	{EVENT_LATE, RECORD_LATE},
};

static uint8_t kind_of(const struct frame_event *e)
{
	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
		if (kinds[i].event == e->kind)
			return kinds[i].record;
	}
	return 0;
}

/* A power ends with its user's connection, and a digest repeats what single
 * events have said. */
static bool lasts(const struct frame_event *e, bool ending)
{
	bool rooms = e->room != ROOM_LOBBY && !ending;

	if ((e->flags & EVENT_DIGEST) != 0)
		return false;
	switch (e->kind) {
	case EVENT_PUBLIC:
	case EVENT_ACTION:
		return audience_is_counted(e);
	case EVENT_TOPIC:
	case EVENT_KICK:
	case EVENT_BAN:
		return true;
	case EVENT_MODE:
		return e->mode != MODE_OPERATOR && e->mode != MODE_VOICE;
	case EVENT_JOIN:
		return e->room == ROOM_LOBBY ? e->more != 0 : e->online == 1;
	case EVENT_LEAVE:
		return e->room == ROOM_LOBBY ? e->more != 0
					     : rooms && e->online == 0;
	default:
		return false;
	}
}

static void fill_texts(const struct frame_event *e, struct record *r)
{
	r->from = (struct record_part){frame_from(e), e->from_len};
	r->to = (struct record_part){frame_to(e), e->to_len};
	r->text = (struct record_part){frame_text(e), e->text_len};
	r->tags = (struct record_part){frame_tags(e), e->tags_len};
}

bool convert_event(const struct frame_event *e, bool ending, struct record *r)
{
	bool login = e->room == ROOM_LOBBY &&
		     (e->kind == EVENT_JOIN || e->kind == EVENT_LEAVE);

	*r = (struct record){
		.kind = RECORD_PASSED,
		.id = e->id,
		.seq = e->seq,
		.unix_ms = e->unix_ms,
		.online = e->online,
		.room = {frame_room(e), e->room_len},
	};
	if (!lasts(e, ending))
		return audience_is_counted(e);
	r->kind = kind_of(e);
	for (size_t i = 0; i < sizeof flags / sizeof flags[0]; i++)
		r->flags |=
			(e->flags & flags[i].event) != 0 ? flags[i].record : 0;
	r->mode = e->mode;
	r->on = e->kind == EVENT_JOIN ? 0 : e->on;
	r->login = login ? e->more : 0;
	if (!login)
		fill_texts(e, r);
	return true;
}

static bool fill_head(const struct record *r, struct frame_event *e)
{
	*e = (struct frame_event){
		.audience = r->room.n > 0 ? AUDIENCE_ROOM : AUDIENCE_EVERYONE,
		.id = r->id,
		.seq = r->seq,
		.unix_ms = r->unix_ms,
		.online = r->online,
		.mode = r->mode,
		.on = r->on,
		.from_len = (uint8_t)r->from.n,
		.to_len = (uint8_t)r->to.n,
		.room_len = (uint8_t)r->room.n,
		.text_len = (uint16_t)r->text.n,
		.tags_len = (uint16_t)r->tags.n,
	};
	for (size_t i = 0; i < sizeof flags / sizeof flags[0]; i++)
		e->flags |=
			(r->flags & flags[i].record) != 0 ? flags[i].event : 0;
	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
		if (kinds[i].record == r->kind)
			e->kind = kinds[i].event;
	}
	return e->kind != 0 && e->kind != EVENT_JOIN && e->kind != EVENT_LEAVE;
}

static size_t put_texts(const struct record *r, char *dst)
{
	const struct record_part parts[] = {
		r->from, r->to, r->room, r->text, r->tags};
	size_t n = 0;

	for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
		if (parts[i].n > 0)
			memcpy(dst + n, parts[i].p, parts[i].n);
		n += parts[i].n;
	}
	return n;
}

bool convert_record(const struct record *r, const struct rooms *rooms,
	union event_space *space)
{
	struct frame_event *e = &space->event;
	size_t n;

	if (!fill_head(r, e))
		return false;
	if (r->room.n > 0) {
		e->room = rooms_find(rooms, r->room.p, r->room.n);
		if (e->room == ROOM_NONE || e->room == ROOM_LOBBY)
			return false;
		e->room_generation =
			atomic_load(&rooms->rooms[e->room].generation);
	}
	n = put_texts(r, e->body);
	e->size = (uint32_t)frame_size(sizeof *e, n);
	memset(e->body + n, 0, e->size - sizeof *e - n);
	return true;
}
