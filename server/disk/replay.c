/* SPDX-License-Identifier: MIT */
/* State by records, and records of the state.
 * Runs in: disk, recover. */
#include "server/disk/replay.h"

#include <string.h>

#include "ipc/common/clock.h"
#include "ipc/common/name.h"
#include "server/disk/convert.h"

/* --- by records ----------------------------------------------------------- */

/* One that has the name of the lobby now is not found. */
static uint32_t find_room(const struct replay *r, const struct record *record)
{
	uint32_t room = ROOM_LOBBY;

	if (record->room.n == 0)
		return room;
	room = rooms_find(r->rooms, record->room.p, record->room.n);
	return room != ROOM_LOBBY ? room : ROOM_NONE;
}

/* A name that an earlier version, or nobody, has allowed is no room. */
static uint32_t make_room(struct replay *r, const struct record *record)
{
	uint32_t room;

	if (name_check(record->room.p, record->room.n) != NAME_OK ||
		rooms_find(r->rooms, record->room.p, record->room.n) !=
			ROOM_NONE)
		return ROOM_NONE;
	room = rooms_restore(
		r->rooms, record->room.p, record->room.n, record->unix_ms);
	r->dropped += room == ROOM_NONE;
	return room;
}

static void take_room(struct replay *r, const struct record *record)
{
	uint32_t number = find_room(r, record);
	struct room *room;

	if (number == ROOM_NONE)
		number = make_room(r, record);
	if (number == ROOM_NONE || number == ROOM_LOBBY)
		return;
	room = &r->rooms->rooms[number];
	room->seq = record->seq;
	room->limit = record->number;
	atomic_store(&room->modes, record->modes);
	atomic_store(&room->members, record->online);
}

/* A line, or a change of a room, by the code that carries out events. */
static void take_event(struct replay *r, const struct record *record)
{
	uint32_t room = find_room(r, record);
	union event_space space;
	uint64_t seq;

	if (room == ROOM_NONE || !convert_record(record, r->rooms, &space))
		return;
	seq = r->rooms->rooms[room].seq;
	rooms_apply(r->rooms, &space.event);
	if (record->id == 0)
		r->rooms->rooms[room].seq = seq; /* a part of the state */
	if (record->kind == RECORD_KICK && record->online == 0)
		rooms_end(r->rooms, room);
}

static void take_passed(struct replay *r, const struct record *record)
{
	uint32_t room = find_room(r, record);

	if (room != ROOM_NONE)
		r->rooms->rooms[room].seq = record->seq;
}

static void take_join(struct replay *r, const struct record *record)
{
	uint32_t room = find_room(r, record);

	if (record->login != 0)
		seen_place(r->seen, record->login)->here++;
	else if (room == ROOM_NONE)
		room = make_room(r, record);
	take_passed(r, record);
	/* Not asleep any more; no others are counted. */
	if (room != ROOM_NONE)
		atomic_store(&r->rooms->rooms[room].members, 1);
}

static void take_leave(struct replay *r, const struct record *record)
{
	uint32_t room = find_room(r, record);
	struct seen *s;

	take_passed(r, record);
	if (room != ROOM_LOBBY && room != ROOM_NONE)
		rooms_end(r->rooms, room);
	if (record->login == 0)
		return;
	s = seen_place(r->seen, record->login);
	s->here -= s->here > 0;
	s->unix_ms = record->unix_ms;
	s->id = record->id;
}

static void take_seen(struct replay *r, const struct record *record)
{
	struct seen *s = seen_place(r->seen, record->login);

	s->unix_ms = record->unix_ms;
	s->id = record->seq;
	s->here = record->number;
}

/* One without a range begins the list anew. */
static void take_banned(struct replay *r, const struct record *record)
{
	struct ban ban = {
		.until_ms = record->unix_ms == RECORD_TIME_MAX
				    ? BANS_FOR_EVER
				    : record->unix_ms,
		.by = record->login - 1,
	};
	char text[NETWORK_TEXT_MAX] = "";

	if (record->text.n == 0)
		r->bans->count = 0;
	if (record->text.n == 0 || record->text.n >= sizeof text)
		return;
	memcpy(text, record->text.p, record->text.n);
	if (network_parse(&ban.of, text) == NETWORK_OK)
		(void)bans_add(r->bans, &ban, 0);
}

void replay_take(struct replay *r, const struct record *record)
{
	if (record->id != 0) {
		r->last_id = record->id;
		r->last_ms = record->unix_ms;
	}
	if (!r->with_rooms && record->room.n > 0)
		return;
	switch (record->kind) {
	case RECORD_ROOM:
		take_room(r, record);
		break;
	case RECORD_PASSED:
		take_passed(r, record);
		break;
	case RECORD_JOIN:
		take_join(r, record);
		break;
	case RECORD_LEAVE:
		take_leave(r, record);
		break;
	case RECORD_SEEN:
		take_seen(r, record);
		break;
	case RECORD_BANNED:
		take_banned(r, record);
		break;
	case RECORD_COUNTS:
		r->rooms->rooms[ROOM_LOBBY].seq = record->seq;
		break;
	default:
		take_event(r, record);
	}
}

/* Whether nobody could ever enter: by invitation alone, and nobody is there who
 * could invite. */
static bool is_shut(const struct rooms *r, uint32_t room)
{
	const struct room_secrets *p = &r->secrets[room];

	if ((atomic_load(&r->rooms[room].modes) & 1U << MODE_INVITE) == 0)
		return false;
	for (uint32_t i = 0; i < ROOM_BANS_MAX; i++) {
		if (ROOM_BANNED(p, i) && p->bans[i].mode == MODE_ADMIT)
			return false;
	}
	return true;
}

void replay_finish(struct replay *r)
{
	for (size_t i = 0; i < LOGINS_SEEN_MAX; i++) {
		struct seen *s = &r->seen[i];

		if (s->here > 0) {
			s->unix_ms = r->last_ms;
			s->id = r->last_id;
		}
		s->here = 0;
	}
	for (uint32_t i = ROOM_LOBBY + 1; i < r->rooms->count; i++) {
		atomic_store(&r->rooms->rooms[i].members, 0);
		if (rooms_exists(r->rooms, i) && is_shut(r->rooms, i))
			rooms_end(r->rooms, i);
	}
}

/* --- as records ------------------------------------------------------------
 */

static struct record_part part(const char *p, size_t n)
{
	return (struct record_part){p, n};
}

static int tell_topic(
	const struct rooms *rooms, uint32_t number, replay_put *put, void *arg)
{
	const struct room *room = &rooms->rooms[number];
	const struct room_topic *t = rooms_topic(rooms, number);
	const struct record r = {
		.kind = RECORD_TOPIC,
		.unix_ms = t->set_ms,
		.from = part(t->by, t->by_len),
		.room = part(room->name, room->name_len),
		.text = part(t->text, t->len),
	};

	return t->len > 0 ? put(arg, &r) : 0;
}

static int tell_secrets(
	const struct rooms *rooms, uint32_t number, replay_put *put, void *arg)
{
	const struct room *room = &rooms->rooms[number];
	const struct room_secrets *p = &rooms->secrets[number];
	const struct record key = {
		.kind = RECORD_MODE,
		.mode = RECORD_MODE_KEY,
		.on = 1,
		.room = part(room->name, room->name_len),
		.text = part(p->key, p->key_len),
	};
	int failed = p->key_len > 0 ? put(arg, &key) : 0;

	for (uint32_t i = 0; failed == 0 && i < ROOM_BANS_MAX; i++) {
		const struct room_ban *b = &p->bans[i];
		const struct record list = {
			.kind = RECORD_LIST,
			.mode = b->mode,
			.unix_ms = b->set_ms,
			.from = part(b->by, b->by_len),
			.to = part(b->name, b->name_len),
			.room = key.room,
			.text = part(b->address, b->address_len),
		};

		if (ROOM_BANNED(p, i))
			failed = put(arg, &list);
	}
	return failed;
}

static int tell_room(
	const struct rooms *rooms, uint32_t number, replay_put *put, void *arg)
{
	const struct room *room = &rooms->rooms[number];
	const struct record r = {
		.kind = RECORD_ROOM,
		.unix_ms = room->made_ms,
		.seq = room->seq,
		.number = room->limit,
		.modes = atomic_load(&room->modes),
		.online = atomic_load(&room->members) > 0,
		.room = part(room->name, room->name_len),
	};
	int failed = put(arg, &r);

	if (failed == 0)
		failed = tell_topic(rooms, number, put, arg);
	return failed == 0 ? tell_secrets(rooms, number, put, arg) : failed;
}

static int tell_seen(const struct seen *s, replay_put *put, void *arg)
{
	const struct record r = {
		.kind = RECORD_SEEN,
		.login = s->login,
		.unix_ms = s->unix_ms,
		.seq = s->id,
		.number = s->here,
	};

	return s->login != 0 ? put(arg, &r) : 0;
}

static int tell_bans(const struct bans *bans, replay_put *put, void *arg)
{
	struct record r = {.kind = RECORD_BANNED};
	int failed = put(arg, &r);

	for (size_t i = 0; failed == 0 && i < bans->count; i++) {
		const struct ban *b = &bans->bans[i];
		char text[NETWORK_TEXT_MAX];

		r.unix_ms = b->until_ms == BANS_FOR_EVER ? RECORD_TIME_MAX
							 : b->until_ms;
		r.login = b->by + 1;
		network_text(&b->of, text);
		r.text = part(text, strlen(text));
		failed = put(arg, &r);
	}
	return failed;
}

int replay_tell(const struct replay *r, replay_put *put, void *arg)
{
	const struct record counts = {
		.kind = RECORD_COUNTS,
		.seq = r->rooms->rooms[ROOM_LOBBY].seq,
	};
	int failed = put(arg, &counts);

	for (uint32_t i = ROOM_LOBBY + 1; failed == 0 && i < r->rooms->count;
		i++) {
		if (rooms_exists(r->rooms, i))
			failed = tell_room(r->rooms, i, put, arg);
	}
	for (size_t i = 0; failed == 0 && i < LOGINS_SEEN_MAX; i++)
		failed = tell_seen(&r->seen[i], put, arg);
	return failed == 0 ? tell_bans(r->bans, put, arg) : failed;
}

/* --- the host's bans -------------------------------------------------------
 */

/* Moves the ends from one clock to the other. */
static void move_ends(struct bans *b, int64_t by)
{
	for (size_t i = 0; i < b->count; i++) {
		if (b->bans[i].until_ms != BANS_FOR_EVER)
			b->bans[i].until_ms += by;
	}
}

int replay_take_bans(
	struct replay *r, const struct bans *bans, replay_put *put, void *arg)
{
	*r->bans = *bans;
	move_ends(r->bans, clock_wall_ms() - clock_monotonic_ms());
	return tell_bans(r->bans, put, arg);
}

void replay_give_bans(const struct replay *r, struct bans *bans)
{
	*bans = *r->bans;
	move_ends(bans, clock_monotonic_ms() - clock_wall_ms());
	(void)bans_count(bans, clock_monotonic_ms());
}
