/* SPDX-License-Identifier: MIT */
/* The rooms that we are in, and in which of them we talk, as the server's
 * events tell it.  After a reconnect they are entered again. */
#ifndef CLIENT_SESSION_JOINED_H
#define CLIENT_SESSION_JOINED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "client/session/events.h"
#include "client/session/seen.h"
#include "ipc/common/limits.h"

struct joined {
	char here[ROOM_MAX + 1];  /* where we talk; "": the lobby */
	char back[ROOM_MAX + 1];  /* where we are to talk, once returned */
	char lobby[ROOM_MAX + 1]; /* its name; "": not known */
	bool returning;           /* some are still to be entered again */
	bool homing;              /* and then the lobby was gone back to */
	bool moving; /* a line was sent that changes where we talk */
	char asked[ROOM_MAX + 1]; /* the room of that line, and its key */
	char key[ROOM_KEY_MAX + 1];
	unsigned count;
	struct joined_room {
		char name[ROOM_MAX + 1];
		char key[ROOM_KEY_MAX + 1]; /* "": entered without one */
		bool in;
		uint64_t join_seq; /* our join: what is before is scrollback */
		struct seen seen;
		uint64_t unread; /* lines since public chat was left */
	} room[ROOMS_PER_USER];
};

/* A room is to be entered at the start. */
void joined_wish(struct joined *r, const char *name);

/* A line is sent: whether it is one that changes where we talk, is noted. */
void joined_note(struct joined *r, const char *before, struct field text);

/* What an event changes for us, who are called name. */
void joined_learn(struct joined *r, const struct event *e, const char *name);

/* The entry of an event's room, or NULL: we are not in it. */
struct joined_room *joined_find(struct joined *r, struct field name);

/* The number of the last event of its room that was there before we were.  The
 * lobby's is of the session. */
uint64_t joined_old_seq(const struct joined *r, const struct event *e);

/* As seen_has, for an event of a room. */
bool joined_has_seen(struct joined *r, const struct event *e, bool past);

/* Whether more was said since the connection before than there is scrollback,
 * as far as can be told. */
bool joined_misses(const struct joined_room *room);

/* The connection is lost. */
void joined_lose(struct joined *r);

/* Those to be entered again, one after the other, the one to talk in last:
 * dst becomes "#dev KEY".  False: there are no more.  *at begins as 0. */
#define JOINED_AGAIN_MAX (ROOM_MAX + 1 + ROOM_KEY_MAX + 1)
bool joined_next_again(
	const struct joined *r, unsigned *at, char dst[JOINED_AGAIN_MAX]);

/* That is done, as far as it was possible. */
void joined_returned(struct joined *r);

#endif
