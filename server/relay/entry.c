/* SPDX-License-Identifier: MIT */
/* Entering rooms, which makes them, and leaving them.
 * Runs in: relay. */
#include "server/relay/state.h"

/* Whether the sender may enter this room, or a new one; refuses it if not. */
static bool is_admitted(struct switchboard *s, uint32_t slot, uint32_t room,
	const struct frame_up *f)
{
	enum error error = ERROR_NONE;
	uint32_t number = 0;

	if (room == ROOM_LOBBY ||
		(room != ROOM_NONE &&
			rooms_place(s->rooms, slot, room) != NULL)) {
		error = ERROR_USER_IS_IN;
	} else if (rooms_free_place(s->rooms, slot) == -1) {
		error = ERROR_ROOMS_PER_USER;
		number = ROOMS_PER_USER;
	} else if (room == ROOM_NONE && rooms_free(s->rooms) == ROOM_NONE) {
		error = ERROR_TOO_MANY_ROOMS;
		number = s->rooms->count - 1;
	} else if (room != ROOM_NONE) {
		error = powers_admit(s, room, slot, f);
		number = s->rooms->rooms[room].limit;
	}
	if (error != ERROR_NONE)
		append_refusal(s, slot, f, error,
			error == ERROR_ROOM_FULL || room == ROOM_NONE ||
					error == ERROR_ROOMS_PER_USER
				? number
				: 0);
	return error == ERROR_NONE;
}

void entry_join(struct switchboard *s, uint32_t slot, const struct frame_up *f)
{
	uint32_t room = rooms_find(s->rooms, frame_up_room(f), f->room_len);
	bool is_new = room == ROOM_NONE;
	const char *name = frame_up_room(f);
	struct frame_event e;

	if (!is_admitted(s, slot, room, f))
		return;
	if (is_new)
		room = rooms_free(s->rooms);
	if (!rooms_reserve(s, room)) {
		append_refusal(
			s, slot, f, ERROR_ROOM_FULL, room_online(s, room));
		return;
	}
	e = append_head(s, room, slot, EVENT_JOIN);
	e.counter = f->counter;
	e.online++;
	/* Who wakes a room of an earlier server is its operator. */
	e.on = e.online == 1;
	if (is_new) {
		e.room_generation++;
		e.room_len = f->room_len;
		s->room[room].nrecent = 0; /* of one that was asleep */
	} else {
		name = s->rooms->rooms[room].name;
	}
	presence_join(s, &e, session_of(s, slot)->name, name);
	rooms_add(s, room, slot);
}

void entry_part(struct switchboard *s, uint32_t slot, const struct frame_up *f)
{
	uint32_t room = rooms_of_frame(s, slot, f);
	struct frame_event e;

	if (room == ROOM_NONE)
		return;
	if (room == ROOM_LOBBY) {
		append_refusal(s, slot, f, ERROR_NOT_IN_ROOM, 0);
		return;
	}
	e = append_head(s, room, slot, EVENT_LEAVE);
	e.online--;
	e.counter = f->counter;
	e.text_len = (uint16_t)f->text_len;
	rooms_leave(s, room, &e, frame_up_text(f));
}
