/* SPDX-License-Identifier: MIT */
/* The rooms and who is in them, in POSIX shared memory.
 *
 * The relay alone writes it, by the events that it appends to its log: each
 * change follows from one event, and redoing the last one after a kill ends in
 * the same state.  Children read it, and answer /rooms and /who #ROOM from it;
 * the secrets (keys, bans, invitations) are mapped by the relay
 * and the parent alone.
 *
 * Room 0 is the lobby: everyone is in it, always; instead of a place there it
 * has the user's stay on the server.  Any other room begins with its first
 * member, who is its operator, and ends with the last.  A room that has ended
 * leaves its number to another one; number and generation are unique.  Names of
 * rooms are stored without the '#'.
 *
 * Who is where can be asked as of an event, by its id: one that a reader's
 * client has had.  What has happened since is not seen then, so an answer and
 * the events after it never contradict each other. */
#ifndef IPC_ROOMS_H
#define IPC_ROOMS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ipc/common/limits.h"
#include "ipc/frame.h"
#include "ipc/layout.h"
#include "ipc/past.h"

#define ROOM_LOBBY 0
#define ROOM_NONE  UINT32_MAX

/* What a member may do. */
enum power {
	POWER_OPERATOR = 1,
	POWER_VOICE = 2,
};

struct room_topic {
	int64_t set_ms; /* wall clock */
	uint16_t len;   /* 0: no topic */
	uint8_t by_len;
	char by[NAME_MAX_BYTES];
	char text[TOPIC_MAX];
};

struct room {
	_Atomic uint32_t generation; /* counts the rooms of this number */
	_Atomic uint32_t members;    /* 0: none; the lobby's are not counted */
	uint64_t seq;                /* of the room's last numbered event */
	int64_t made_ms;             /* wall clock; the lobby's is 0 */
	uint32_t limit;              /* 0: none */
	_Atomic uint16_t modes;      /* bits: 1 << enum room_mode */
	_Atomic uint8_t topic_at;    /* which of the two is the topic */
	uint8_t name_len;
	char name[NAME_MAX_BYTES];
	struct room_topic topic[2];
};

/* A user's membership of one room, now or before: a user who lags still gets
 * what was said while it lasted. */
struct place {
	uint32_t generation; /* of the room; 0: never used */
	uint8_t powers;
	uint64_t powers_id;       /* the event that gave it the last of them */
	uint64_t join_id;         /* its join in the log */
	_Atomic uint64_t left_id; /* and its end; 0: the user is in the room */
};

/* A user's time on the server.  A new name is written beside the one in use,
 * which is still the name as of the events before the rename. */
struct stay {
	_Atomic uint32_t generation; /* of the user; 0: nobody's, or a join is
					being written */
	_Atomic uint8_t current;     /* which of the two is the name now */
	uint8_t name_len[2];
	_Atomic uint8_t user_len;
	uint64_t join_id;          /* as in a place */
	_Atomic uint64_t left_id;  /* 0: the user is online */
	_Atomic uint64_t away_id;  /* the event that told it was away; 0: it is
				      not */
	_Atomic uint64_t since[2]; /* the event that gave each name */
	char name[2][NAME_MAX_BYTES];
	char user[USER_MAX_BYTES]; /* what its client calls it */
};

struct places {
	_Atomic uint32_t room[ROOMS_PER_USER]; /* the numbers, in one line of
						  the processor's cache */
	struct place place[ROOMS_PER_USER];
};

/* An entry of the room's lists: a ban, a mute, an exemption from these, or a
 * standing invitation.  It holds for the user whom it was made for, until that
 * connection ends, for who has the name, or one that its mask means, and, a ban
 * or mute, for who comes from the address. */
struct room_ban {
	uint32_t slot, generation; /* of the user; generation 0: unknown */
	int64_t set_ms;            /* wall clock */
	uint8_t mode;              /* which list: enum room_mode */
	uint8_t name_len, by_len;
	uint8_t address_len; /* 0: many users have that one */
	char name[NAME_MAX_BYTES], by[NAME_MAX_BYTES];
	char address[ROOM_ADDRESS_MAX];
};

struct room_secrets {
	uint8_t key_len; /* 0: none is needed */
	char key[ROOM_KEY_MAX];
	uint32_t banned; /* which of the entries hold: a bit for each */
	struct room_ban bans[ROOM_BANS_MAX];
	uint32_t ninvites; /* counts; the last ROOM_INVITES_MAX are kept */
	struct {
		uint32_t slot, generation;
	} invites[ROOM_INVITES_MAX];
};

#define ROOM_BANNED(secrets, i) (((secrets)->banned >> (i)&1) != 0)
#define ROOM_BANS_FULL          ((1U << ROOM_BANS_MAX) - 1)

#define ROOMS_BUMP "bump FRAME_VERSION and CONTROL_VERSION"
LAYOUT_SIZE(struct room, 944, ROOMS_BUMP);
LAYOUT_AT(struct room, name, 32, ROOMS_BUMP);
LAYOUT_AT(struct room, topic, 64, ROOMS_BUMP);
LAYOUT_SIZE(struct place, 32, ROOMS_BUMP);
LAYOUT_SIZE(struct stay, 128, ROOMS_BUMP);
LAYOUT_AT(struct stay, join_id, 8, ROOMS_BUMP);
LAYOUT_AT(struct stay, name, 48, ROOMS_BUMP);
LAYOUT_SIZE(struct places, 576, ROOMS_BUMP);
LAYOUT_SIZE(struct room_secrets, 2288, ROOMS_BUMP);

/* Where the parts are; a copy of this is in each process. */
struct rooms {
	_Atomic uint64_t *keys; /* name_key of each room, 0: there is none */
	struct room *rooms;
	struct stay *stays;    /* by slot: few pages, for who lists all users */
	struct places *places; /* by slot */
	struct past *past;
	struct room_secrets *secrets; /* by room; NULL in a child */
	uint32_t count;               /* of numbers, the lobby's included */
	uint32_t capacity;            /* slots */
	const struct table *table;    /* the relay's: what users say of
					 themselves; NULL: nothing */
	int fd; /* of the memory, close-on-exec; -1 where it is not kept */
	void *base;
	size_t size, secrets_at;
};

/* --- the parent and the tools -------------------------------------------- */

/* The size of the memory, for messages. */
size_t rooms_size(uint32_t max_rooms, uint32_t capacity);

/* Makes the memory, with this many rooms beside the lobby, whose name is given.
 * 0, or -1 with errno (ENOSPC: /dev/shm is full). */
int rooms_create(struct rooms *r, uint32_t max_rooms, uint32_t capacity,
	const char *lobby);

/* The same in memory of this process alone, for who only reckons with rooms. */
int rooms_imagine(struct rooms *r, uint32_t max_rooms, uint32_t capacity,
	const char *lobby);

/* Maps what is there already; the descriptor becomes r's.  0, or -1 with errno
 * (EINVAL: it has not the size of one of these numbers). */
int rooms_attach(
	struct rooms *r, int fd, uint32_t max_rooms, uint32_t capacity);

/* The same with a copy, for readers that must not see changes meanwhile: of the
 * rooms alone, without places and the secrets. */
int rooms_copy(struct rooms *r, int fd, uint32_t max_rooms, uint32_t capacity);

/* --- a child -------------------------------------------------------------- */

/* Takes the right to write away, and the secrets.  0, or -1 with errno. */
int rooms_enter(struct rooms *r);

/* --- any reader ------------------------------------------------------------
 */

/* The number of the room of this name, or ROOM_NONE. */
uint32_t rooms_find(const struct rooms *r, const char *name, size_t len);

/* Whether there is a room of this number; the lobby always is. */
bool rooms_exists(const struct rooms *r, uint32_t room);

/* Whether the room is none for who is not in it: a secret one. */
bool rooms_is_secret(const struct rooms *r, uint32_t room);

/* The user's place in the room, NULL if the user is not in it.  The lobby has
 * no places. */
const struct place *rooms_place(
	const struct rooms *r, uint32_t slot, uint32_t room);

/* As of an event: one that the caller has had, or ROOMS_NOW. */
#define ROOMS_NOW UINT64_MAX

/* A user who is online; the names are copies, that of the user is as a child
 * has written it. */
struct rooms_user {
	uint32_t generation;
	uint8_t name_len, user_len;
	char name[NAME_MAX_BYTES], user[USER_MAX_BYTES];
};

/* The user of the slot as of that event; false if there was none, or one who
 * has been followed by another since.  Needs no lock. */
bool rooms_user(const struct rooms *r, uint32_t slot, uint64_t id,
	struct rooms_user *u);

/* The place of the slot's user in the room as of that event, NULL if it was
 * not in it; its powers are those of now. */
const struct place *rooms_place_at(
	const struct rooms *r, uint32_t slot, uint32_t room, uint64_t id);

/* The room's topic; its len is 0 where there is none. */
const struct room_topic *rooms_topic(const struct rooms *r, uint32_t room);

/* Whether a text can be a key in every dialect: printable ASCII without blanks,
 * not too long; IRC parts keys by commas, and takes a colon in front away. None
 * is fine. */
bool rooms_is_key(const char *key, size_t n);

/* --- the relay, by its log -------------------------------------------------
 */

/* Gives the room with this number its name, by which readers find it. */
void rooms_name(struct rooms *r, uint32_t room, const char *name, size_t len);

/* Carries out what an event does to the rooms; idempotent for the last one. */
void rooms_apply(struct rooms *r, const struct frame_event *e);

/* A room of an earlier server: there, with nobody in it, until somebody enters;
 * made at that time.  Returns its number; ROOM_NONE: all are taken.  And its
 * end. */
uint32_t rooms_restore(
	struct rooms *r, const char *name, size_t len, int64_t made_ms);
void rooms_end(struct rooms *r, uint32_t room);

/* Takes over what the client of the slot's user calls it: some say it after the
 * join.  No event tells of it; the child attaches once more then. */
void rooms_take_user(struct rooms *r, uint32_t slot, uint32_t generation);

/* Whether the user was in the event's room when it happened, as far as is
 * known: the places of a user are few. */
bool rooms_was_in(
	const struct rooms *r, uint32_t slot, const struct frame_event *e);

/* A free number for a new room, or that of the oldest one of an earlier server
 * where nobody has entered, or ROOM_NONE; and a free place for the user, or
 * -1: that of the room that was left first, if none was never used. */
uint32_t rooms_free(const struct rooms *r);
int rooms_free_place(const struct rooms *r, uint32_t slot);

/* Whether all of it can be what rooms_apply has written. */
bool rooms_are_sound(const struct rooms *r);

#endif
