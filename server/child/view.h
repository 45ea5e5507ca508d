/* SPDX-License-Identifier: MIT */
/* What a dialect can look up for its client: who is online, who is in which
 * room, as of the last event that the client has had.  So an answer that is put
 * together from here, and the events before and after it, never contradict
 * each other.  Nothing here blocks.
 *
 * Membership and names are the relay's (ipc/rooms.h).  What users say of
 * themselves is cleaned here: the user name, which the relay has copied at the
 * join, or when the child attached with another one later, and of which no
 * event tells; real name and away, which stand in the table (ipc/table.h) as
 * they are now.
 *
 * The spans of a person are in static storage, until the next one is filled in;
 * those of a room likewise. */
#ifndef SERVER_CHILD_VIEW_H
#define SERVER_CHILD_VIEW_H

#include <stdbool.h>
#include <stdint.h>

#include "ipc/audience.h"
#include "ipc/eras.h"
#include "server/child/dialect/event.h"

/* The maker of the child's view; see server/child/view.c. */
struct view;

/* A user who is online. */
struct person {
	struct audience_user id;
	struct span name;
	struct span user; /* what its client calls it; never empty: "user"
			     where it has said nothing */
	/* By view_about and view_past only. */
	struct span real; /* never empty: the name where it said nothing */
	struct span away; /* empty: it is not away */
	uint64_t away_id; /* the event that told so; 0: it is still to come, or
			     it is not away */
	bool bot;         /* it is a program, as it says */
	int64_t connected_ms, last_line_ms; /* wall clock; 0: no line yet */
};

struct room_view {
	uint32_t number;
	struct span name;  /* the lobby's, too */
	struct span topic; /* empty: none */
	struct span topic_by;
	int64_t topic_ms; /* wall clock */
	int64_t made_ms;  /* the same: when the room began */
	uint32_t modes;   /* bits: 1 << enum room_mode */
	uint32_t limit;   /* 0: none */
};

/* The client itself, also before its welcome: then without a name. */
struct audience_user view_me(const struct view *v);
struct span view_my_name(const struct view *v);

/* False if that user is not online (any more, or yet); who has left by the last
 * event still is, for view_user. */
bool view_user(const struct view *v, struct audience_user id, struct person *p);
bool view_named(const struct view *v, struct span name, struct person *p);

/* Whether the client can have the name though it is taken: it is that of its
 * own login, and another connection of that login gives it up. */
bool view_is_mine(const struct view *v, struct span name);

/* Whether somebody has this name now: perhaps one of whom the client has not
 * read yet, who may be talked to all the same. */
bool view_has(const struct view *v, struct span name);

/* The rest of what is known of such a user: each is on pages of its own, and
 * whoever looks at thousands had better not touch them. */
void view_about(const struct view *v, struct person *p);

/* Who had the name and has left, or was renamed, before the event *before, or
 * by the last one where that is 0; the newest of them, and *before is then its
 * event.  False if nobody is remembered.  last_line_ms is when that was; id and
 * away are empty. */
bool view_past(const struct view *v, struct span name, uint64_t *before,
	struct person *p);

/* The next user who is in this room, of the slots from *slot on, which moves
 * behind it; false after the last.  In the lobby that is everyone. */
bool view_next(
	const struct view *v, uint32_t room, uint32_t *slot, struct person *p);

/* Whether the user is in the room; *powers, where it is not NULL, has its enum
 * power there. */
bool view_is_in(const struct view *v, struct audience_user id, uint32_t room,
	uint8_t *powers);

/* Rooms by name, without the '#', or by number; false if there is none, or it
 * is secret and the client is not in it. */
bool view_room_named(
	const struct view *v, struct span name, struct room_view *r);
bool view_room(const struct view *v, uint32_t number, struct room_view *r);

/* How many are in the room; those in the lobby are counted, one by one. */
uint32_t view_members(const struct view *v, uint32_t number);

/* The name of the lobby, which never changes. */
struct span view_lobby(const struct view *v);

/* One more than the largest number of a room. */
uint32_t view_room_end(const struct view *v);

/* How many users are online, and how many there can be. */
uint32_t view_online(const struct view *v);
uint32_t view_users_max(const struct view *v);

/* Of the server: seconds of --idle-timeout, 0: none; when it began, wall
 * clock. */
uint32_t view_idle_timeout(const struct view *v);
int64_t view_started_ms(const struct view *v);

/* Of the event log. */
const struct eras *view_eras(const struct view *v);

/* Line i of its message of the day, from 0 on; false after the last. */
bool view_motd(const struct view *v, size_t i, struct span *line);

#endif
