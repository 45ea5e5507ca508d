/* SPDX-License-Identifier: MIT */
/* The records of what is kept on the disk: entries of the event log, and the
 * state that they continue.
 *
 * What is on a disk outlives programs, so it has numbers of its own: those of
 * kinds, modes, flags and reasons stay what they are, whatever becomes of those
 * in ipc/frame.h.  All numbers are little-endian on every host.  A record is
 * this head, its texts one after the other, and zeros up to a multiple of
 * RECORD_ALIGN:
 *
 *      0 u32 size of all      20 u8 reason           48 u32 login
 *      4 u32 sum              21 u8 from's length    52 u32 number
 *      8 u64 id               22 u8 to's length      56 u16 modes
 *     16 u8 kind              23 u8 room's length    58 u16 online
 *     17 u8 flags             24 u64 seq             60 u16 text's length
 *     18 u8 mode              32 u64 unix_ms         62 u16 tags' length
 *     19 u8 on                40 u64 0               64 from, to, room, text,
 *                                                       tags
 *
 * The sum is a CRC32C that goes on from that of the record before, so a record
 * that is left over from other times fits nowhere. */
#ifndef SERVER_DISK_RECORD_H
#define SERVER_DISK_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ipc/common/limits.h"

#define RECORD_HEAD  64
#define RECORD_ALIGN 8

/* The longest record, of any kind; the names, the text and the tags of an event
 * fit. */
#define RECORD_MAX                                                 \
	((RECORD_HEAD + 3 * NAME_MAX_BYTES + TEXT_MAX + TAGS_MAX + \
		 RECORD_ALIGN - 1) /                               \
		RECORD_ALIGN * RECORD_ALIGN)

/* Milliseconds of the wall clock, from 1970 to the end of the year 9999. */
#define RECORD_TIME_MAX INT64_C(253402300799999)

/* Each has a time, where it does not say otherwise.  An empty room is the
 * lobby. */
enum record_kind {
	/* Entries of the log, with their id. */
	RECORD_PUBLIC = 1, /* from, room, text, tags; seq, mode, online */
	RECORD_ACTION,     /* the same */
	RECORD_TOPIC,      /* from, room, text; seq, online */
	RECORD_KICK,       /* from, to, room, text; seq, on, online */
	RECORD_MODE,       /* from, to or text, room; seq, mode, on, online */
	RECORD_BAN,        /* from, to, room; mode: which list; text: an
			      address */
	RECORD_JOIN,       /* from, room; seq, login, on, online */
	RECORD_LEAVE,      /* from, room, text; seq, login, reason, online */
	RECORD_PASSED,     /* room; seq, online: an event of the room that does
			      not last, but has that number */
	RECORD_END,        /* no more ids than this one were given out, 0:
			      none; all that was to be kept is in front of
			      this */
	/* State, with id 0; TOPIC and MODE are state, too, with that. */
	RECORD_ROOM,   /* room; time: when it was made; number: its limit;
			  modes, seq; online: 0, nobody has entered it since the
			  server's start */
	RECORD_LIST,   /* from: by whom; to: the name or mask; room; mode: which
			  list; text: an address */
	RECORD_SEEN,   /* login; time: when its user left; seq: the id of that;
			  number: its connections that have not ended */
	RECORD_COUNTS, /* of the server: seq: of the lobby; no time */
	RECORD_BANNED, /* text: a range that the host bans; login: by whom;
			  time: until when, RECORD_TIME_MAX: for ever; no text:
			  what was banned before is not any more */
	RECORD_KINDS
};

enum record_flag {
	RECORD_NOTICED = 1, /* no program should answer it */
	RECORD_LATE = 2,    /* the time is when it was said, not when it was
			       told */
	RECORD_QUIT = 4,    /* a leave of a room by who left the server */
	RECORD_ALONE = 8,   /* said while other hosts could not hear it */
	RECORD_FLAGS = 15   /* all of them */
};

/* Of a room or a member.  The text of RECORD_MODE with RECORD_MODE_SEVERAL has
 * each as '+' or '-' and a letter, 'a' for 0; "modes" a bit for each. */
enum record_mode {
	RECORD_MODE_NONE,
	RECORD_MODE_OPERATOR,
	RECORD_MODE_VOICE,
	RECORD_MODE_BAN,
	RECORD_MODE_LOCKED,
	RECORD_MODE_MODERATED,
	RECORD_MODE_INVITE,
	RECORD_MODE_KEY,
	RECORD_MODE_LIMIT,
	RECORD_MODE_SECRET,
	RECORD_MODE_EXTERNAL,
	RECORD_MODE_MUTE,
	RECORD_MODE_EXEMPT,
	RECORD_MODE_ADMIT,
	RECORD_MODE_SEVERAL,
	RECORD_MODES
};

enum record_reason {
	RECORD_LEFT, /* by itself */
	RECORD_LEFT_IDLE,
	RECORD_LEFT_STALLED,
	RECORD_LEFT_SHUTDOWN,
	RECORD_LEFT_KICKED,
	RECORD_LEFT_LOST,
	RECORD_LEFT_TAKEN_OVER,
	RECORD_REASONS
};

/* Bytes without a terminating NUL. */
struct record_part {
	const char *p;
	size_t n;
};

struct record {
	uint8_t kind, flags, mode, on, reason;
	uint64_t id;     /* 0: state */
	uint64_t seq;    /* in its room */
	int64_t unix_ms; /* wall clock */
	uint32_t login;  /* of this host; 0: none */
	uint32_t number;
	uint16_t modes, online;
	struct record_part from, to, room, text, tags;
};

/* Writes a record to dst, which has RECORD_MAX bytes; the sum is missing.
 * Returns its size; 0: it breaks the rules that record_read checks. */
size_t record_write(void *dst, const struct record *r);

/* The size of the record that begins with these RECORD_HEAD bytes; 0 if it
 * cannot be one. */
size_t record_size(const void *p);

/* Reads a record of exactly n bytes, whose sum is not looked at; its parts stay
 * where they are.  False if it breaks the rules: sizes, padding, numbers that
 * are unknown, a time beyond the year 9999, an id where there is none.  What
 * texts say is not checked. */
bool record_read(struct record *r, const void *p, size_t n);

/* Puts the sum in, and returns it, for the next record; before: that of the
 * record before, or of the header. */
uint32_t record_seal(void *p, size_t n, uint32_t before);

/* Whether the record of n bytes, n >= RECORD_HEAD, follows the one with that
 * sum; *sum: its own. */
bool record_follows(const void *p, size_t n, uint32_t before, uint32_t *sum);

#endif
