/* SPDX-License-Identifier: MIT */
/* What members and operators may do in a room.  One set of powers: each dialect
 * has its own spelling.  The lobby has no operators.
 * Runs in: relay. */
#include <string.h>

#include "ipc/namelist.h"
#include "server/relay/state.h"

static bool has_mode(
	const struct switchboard *s, uint32_t room, enum room_mode mode)
{
	return (atomic_load(&s->rooms->rooms[room].modes) & 1U << mode) != 0;
}

static uint8_t powers_of(
	const struct switchboard *s, uint32_t room, uint32_t slot)
{
	const struct place *p = rooms_place(s->rooms, slot, room);

	return p != NULL ? p->powers : 0;
}

/* --- who may enter, and talk -----------------------------------------------
 */

/* By an operator. */
static bool is_invited(
	const struct switchboard *s, uint32_t room, uint32_t slot)
{
	const struct room_secrets *p = &s->rooms->secrets[room];

	for (int i = 0; i < ROOM_INVITES_MAX; i++) {
		if (p->invites[i].slot == slot &&
			p->invites[i].generation ==
				session_of(s, slot)->generation)
			return true;
	}
	return false;
}

enum error powers_admit(const struct switchboard *s, uint32_t room,
	uint32_t slot, const struct frame_up *f)
{
	const struct room *r = &s->rooms->rooms[room];
	const struct room_secrets *p = &s->rooms->secrets[room];

	if (ban_holds(s, room, slot))
		return ERROR_ROOM_BANNED;
	if (has_mode(s, room, MODE_INVITE) && !is_invited(s, room, slot) &&
		!ban_admits(s, room, slot))
		return ERROR_ROOM_INVITE;
	if (p->key_len > 0 &&
		(f->text_len != p->key_len ||
			memcmp(frame_up_text(f), p->key, p->key_len) != 0))
		return ERROR_ROOM_KEY;
	if (r->limit > 0 && room_online(s, room) >= r->limit &&
		!is_invited(s, room, slot))
		return ERROR_ROOM_FULL;
	return ERROR_NONE;
}

/* Whether who is not in the room may talk there. */
static bool is_open(const struct switchboard *s, uint32_t room)
{
	return has_mode(s, room, MODE_EXTERNAL) &&
	       !rooms_is_secret(s->rooms, room);
}

uint32_t powers_room_of_talk(
	struct switchboard *s, uint32_t slot, const struct frame_up *f)
{
	uint32_t room = rooms_find(s->rooms, frame_up_room(f), f->room_len);

	if (room != ROOM_NONE && room != ROOM_LOBBY && is_open(s, room))
		return room;
	return rooms_of_frame(s, slot, f);
}

enum error powers_let_talk(
	const struct switchboard *s, uint32_t room, uint32_t slot)
{
	if (room == ROOM_LOBBY || powers_of(s, room, slot) != 0)
		return ERROR_NONE;
	if (has_mode(s, room, MODE_MODERATED))
		return ERROR_MODERATED;
	return ban_silences(s, room, slot) ? ERROR_MUTED : ERROR_NONE;
}

bool powers_refuse_talk(
	const struct switchboard *s, uint32_t slot, const struct frame_up *f)
{
	bool talk = f->kind == UP_PUBLIC || f->kind == UP_ACTION;
	uint32_t room;

	if (!talk || f->room_len == 0)
		return false;
	room = rooms_find(s->rooms, frame_up_room(f), f->room_len);
	if (room == ROOM_LOBBY)
		return false;
	return room == ROOM_NONE ||
	       (rooms_place(s->rooms, slot, room) == NULL &&
		       !is_open(s, room)) ||
	       powers_let_talk(s, room, slot) != ERROR_NONE;
}

/* --- requests ----------------------------------------------------------------
 */

static bool is_operator(
	const struct switchboard *s, uint32_t room, uint32_t slot)
{
	return (powers_of(s, room, slot) & POWER_OPERATOR) != 0;
}

/* Makes a user the event's second one. */
static void aim(const struct switchboard *s, struct frame_event *e, uint32_t to)
{
	e->to_slot = to;
	e->to_generation = session_of(s, to)->generation;
	e->to_len = session_of(s, to)->name_len;
}

/* The member that the frame names, or -1, and the sender has been refused. */
static int64_t find_member(struct switchboard *s, uint32_t room, uint32_t slot,
	const struct frame_up *f)
{
	int64_t to = names_find(s, frame_up_name(f), f->name_len);

	if (to == -1)
		append_refusal(s, slot, f, ERROR_NO_SUCH_USER, 0);
	else if (rooms_place(s->rooms, (uint32_t)to, room) == NULL)
		append_refusal(s, slot, f, ERROR_USER_NOT_IN, 0);
	else
		return to;
	return -1;
}

static void set_topic(struct switchboard *s, uint32_t room, uint32_t slot,
	const struct frame_up *f)
{
	struct frame_event e = append_head(s, room, slot, EVENT_TOPIC);

	e.counter = f->counter;
	e.text_len = (uint16_t)f->text_len;
	switchboard_append(
		s, &e, session_of(s, slot)->name, "", frame_up_text(f));
}

static void kick(struct switchboard *s, uint32_t room, uint32_t slot,
	uint32_t to, const struct frame_up *f)
{
	struct frame_event e;

	presence_before(s, to);
	e = append_head(s, room, slot, EVENT_KICK);
	aim(s, &e, to);
	e.counter = f->counter;
	e.online--;
	e.on = f->on;
	e.text_len = (uint16_t)f->text_len;
	switchboard_append(s, &e, session_of(s, slot)->name,
		session_of(s, to)->name, frame_up_text(f));
	rooms_drop(s, room, to);
	rooms_succeed(s, room, to);
}

/* Adds to a list; who is kicked is in the room no longer. */
static void list(struct switchboard *s, uint32_t room, uint32_t slot,
	const struct frame_up *f)
{
	int64_t to = names_find(s, frame_up_name(f), f->name_len);

	if (!ban_add(s, room, slot, to, f))
		return;
	if (f->kind == UP_KICK && to != -1 &&
		rooms_place(s->rooms, (uint32_t)to, room) != NULL)
		kick(s, room, slot, (uint32_t)to, f);
	else
		ban_tell(s, room, slot, f, true);
}

static void kick_or_ban(struct switchboard *s, uint32_t room, uint32_t slot,
	const struct frame_up *f)
{
	int64_t to;

	if (f->on) {
		list(s, room, slot, f);
		return;
	}
	to = find_member(s, room, slot, f);
	if (to != -1)
		kick(s, room, slot, (uint32_t)to, f);
}

static void invite(struct switchboard *s, uint32_t room, uint32_t slot,
	const struct frame_up *f)
{
	struct frame_event e = append_head(s, room, slot, EVENT_INVITE);
	int64_t to = names_find(s, frame_up_name(f), f->name_len);

	if (to == -1) {
		append_refusal(s, slot, f, ERROR_NO_SUCH_USER, 0);
		return;
	}
	if (rooms_place(s->rooms, (uint32_t)to, room) != NULL) {
		append_refusal(s, slot, f, ERROR_USER_IS_IN, 0);
		return;
	}
	aim(s, &e, (uint32_t)to);
	e.audience = AUDIENCE_BOTH;
	e.counter = f->counter;
	e.on = is_operator(s, room, slot);
	switchboard_append(s, &e, session_of(s, slot)->name,
		session_of(s, (uint32_t)to)->name, "");
}

/* Gives a power to a member, or takes it. */
static void set_power(struct switchboard *s, uint32_t room, uint32_t slot,
	const struct frame_up *f)
{
	int64_t to = find_member(s, room, slot, f);
	struct frame_event e;

	if (to == -1)
		return;
	presence_before(s, (uint32_t)to);
	e = append_head(s, room, slot, EVENT_MODE);
	aim(s, &e, (uint32_t)to);
	e.counter = f->counter;
	e.mode = f->mode;
	e.on = f->on;
	switchboard_append(s, &e, session_of(s, slot)->name,
		session_of(s, (uint32_t)to)->name, "");
	rooms_succeed(s, room, (uint32_t)to);
}

static void set_mode(struct switchboard *s, uint32_t room, uint32_t slot,
	const struct frame_up *f)
{
	struct frame_event e = append_head(s, room, slot, EVENT_MODE);

	e.counter = f->counter;
	e.mode = f->mode;
	e.on = f->on;
	e.text_len = (uint16_t)f->text_len;
	switchboard_append(
		s, &e, session_of(s, slot)->name, "", frame_up_text(f));
}

/* Each once: others read a line for each. */
static bool are_flags(const char *text, size_t n)
{
	enum room_mode mode;
	unsigned int seen = 0;
	bool on;

	while (mode_next(&text, &n, &mode, &on)) {
		if ((seen & 1U << mode) != 0)
			return false;
		seen |= 1U << mode;
	}
	return seen != 0 && n == 0;
}

/* Of USERS_MAX. */
#define LIMIT_DIGITS 5

/* Whether the value of a mode, or the topic, is one that a child lets pass. */
static bool is_valid(const struct frame_up *f)
{
	const char *text = frame_up_text(f);
	uint32_t n = 0;

	if (f->kind == UP_TOPIC)
		return f->text_len <= TOPIC_MAX;
	if (f->kind == UP_MODE && f->mode == MODE_SEVERAL)
		return f->text_len <= TOPIC_MAX && are_flags(text, f->text_len);
	if (f->kind != UP_MODE || !f->on)
		return true;
	if (f->mode == MODE_KEY)
		return rooms_is_key(text, f->text_len);
	if (f->mode != MODE_LIMIT)
		return true;
	if (f->text_len > LIMIT_DIGITS)
		return false;
	for (size_t i = 0; i < f->text_len; i++) {
		if (text[i] < '0' || text[i] > '9' || n > USERS_MAX)
			return false;
		n = 10 * n + (uint32_t)(text[i] - '0');
	}
	return n > 0 && n <= USERS_MAX;
}

/* Whether only operators may do it. */
static bool is_reserved(
	const struct switchboard *s, uint32_t room, const struct frame_up *f)
{
	if (f->kind == UP_TOPIC)
		return has_mode(s, room, MODE_LOCKED);
	return f->kind != UP_INVITE || has_mode(s, room, MODE_INVITE);
}

bool powers_act(struct switchboard *s, uint32_t slot, const struct frame_up *f)
{
	uint32_t room;

	if (!is_valid(f))
		return false;
	room = rooms_of_frame(s, slot, f);
	if (room == ROOM_NONE)
		return true;
	if (room == ROOM_LOBBY ||
		(is_reserved(s, room, f) && !is_operator(s, room, slot)))
		append_refusal(s, slot, f, ERROR_NOT_OPERATOR, 0);
	else if (f->kind == UP_TOPIC)
		set_topic(s, room, slot, f);
	else if (f->kind == UP_INVITE)
		invite(s, room, slot, f);
	else if (f->kind == UP_KICK)
		kick_or_ban(s, room, slot, f);
	else if (mode_is_list(f->mode) && f->on)
		list(s, room, slot, f);
	else if (mode_is_list(f->mode))
		ban_remove(s, room, slot, f);
	else if (f->mode == MODE_OPERATOR || f->mode == MODE_VOICE)
		set_power(s, room, slot, f);
	else
		set_mode(s, room, slot, f);
	return true;
}

/* The answer to UP_INVITES has at most this many rooms. */
#define INVITES_TOLD 64

void powers_tell_invites(
	struct switchboard *s, uint32_t slot, const struct frame_up *f)
{
	char text[INVITES_TOLD * NAMELIST_ENTRY(1 + NAME_MAX_BYTES)];
	struct frame_event e = append_head(s, ROOM_LOBBY, slot, EVENT_INVITES);
	char *end = text;
	uint32_t told = 0;

	for (uint32_t i = ROOM_LOBBY + 1;
		i < s->rooms->count && told < INVITES_TOLD; i++) {
		const struct room *r = &s->rooms->rooms[i];
		char name[1 + NAME_MAX_BYTES] = "#";

		if (!rooms_exists(s->rooms, i) || !is_invited(s, i, slot))
			continue;
		memcpy(name + 1, r->name, r->name_len);
		end = namelist_put(end, name, 1 + (size_t)r->name_len);
		told++;
	}
	e.audience = AUDIENCE_TO;
	e.counter = f->counter;
	e.from_len = 0;
	e.to_slot = slot;
	e.to_generation = e.from_generation;
	e.text_len = (uint16_t)(end - text);
	switchboard_append(s, &e, "", "", text);
}
