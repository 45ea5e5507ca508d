/* SPDX-License-Identifier: MIT */
/* The protocol of the control socket: on a SEQPACKET connection, one request
 * and one reply, both of fixed size. */
#ifndef SERVER_CONTROL_PROTOCOL_H
#define SERVER_CONTROL_PROTOCOL_H

#include <stdint.h>

#include "ipc/layout.h"
#include "ipc/logins.h"
#include "ipc/status.h"
#include "ipc/table.h"
#include "server/control/bans.h"
#include "server/network.h"

/* Bump it with any change of struct control_request, of the table, of struct
 * status, of struct bans, or of the rooms (ipc/rooms.h); the table, struct
 * status and struct bans are also what UPGRADE_VERSION is for. */
#define CONTROL_VERSION 11
#define CONTROL_BUMP    "bump CONTROL_VERSION"
#define SHARED_BUMP     "bump CONTROL_VERSION and UPGRADE_VERSION"

LAYOUT_SIZE(struct lock, 40, SHARED_BUMP);
LAYOUT_AT(struct lock, owner, 32, SHARED_BUMP);
LAYOUT_SIZE(struct table_roster, 224, SHARED_BUMP);
LAYOUT_AT(struct table_roster, connected_ms, 8, SHARED_BUMP);
LAYOUT_AT(struct table_roster, address, 16, SHARED_BUMP);
LAYOUT_AT(struct table_roster, reason, 72, SHARED_BUMP);
LAYOUT_AT(struct table_roster, login, 152, SHARED_BUMP);
LAYOUT_AT(struct table_roster, via, 160, SHARED_BUMP);
LAYOUT_SIZE(struct table_slot, 88, SHARED_BUMP);
LAYOUT_AT(struct table_slot, current, 66, SHARED_BUMP);
LAYOUT_AT(struct table_slot, queued, 68, SHARED_BUMP);
LAYOUT_AT(struct table_slot, last_line_ms, 80, SHARED_BUMP);
LAYOUT_SIZE(struct table_about, 284, SHARED_BUMP);
LAYOUT_AT(struct table_about, user, 8, SHARED_BUMP);
LAYOUT_SIZE(struct status, 10368, SHARED_BUMP);
LAYOUT_SIZE(struct login, 48, SHARED_BUMP);
LAYOUT_AT(struct login, name, 13, SHARED_BUMP);
LAYOUT_SIZE(struct logins, 393232, SHARED_BUMP);
LAYOUT_AT(struct logins, of, 16, SHARED_BUMP);
LAYOUT_AT(struct status, listeners, 48, SHARED_BUMP);
LAYOUT_AT(struct status, connects, 1336, SHARED_BUMP);
LAYOUT_AT(struct status, notices, 1384, SHARED_BUMP);
LAYOUT_AT(struct status, messages, 7184, SHARED_BUMP);
LAYOUT_AT(struct status, bus_pid, 7280, SHARED_BUMP);
LAYOUT_AT(struct status, bus_texts, 7304, SHARED_BUMP);
LAYOUT_AT(struct status, alone_ms, 9048, SHARED_BUMP);
LAYOUT_AT(struct status, hosts, 9088, SHARED_BUMP);
LAYOUT_SIZE(struct status_host, 40, SHARED_BUMP);
LAYOUT_AT(struct status, lag, 10368, SHARED_BUMP);
LAYOUT_SIZE(struct notice, 402, SHARED_BUMP);
LAYOUT_SIZE(struct claim, 40, SHARED_BUMP);
LAYOUT_AT(struct claim, verdict, 32, SHARED_BUMP);
LAYOUT_SIZE(struct network, 24, SHARED_BUMP);
LAYOUT_SIZE(struct ban, 40, SHARED_BUMP);
LAYOUT_AT(struct ban, until_ms, 24, SHARED_BUMP);
LAYOUT_SIZE(struct bans, 10248, SHARED_BUMP);

/* The text of CONTROL_SAY fits a notice. */
#define CONTROL_TEXT_MAX NOTICE_MAX

/* The reason of a kick: what the table has room for. */
#define CONTROL_REASON_MAX (TABLE_REASON_MAX - 1)

enum control_verb {
	CONTROL_JOIN = 1, /* with two descriptors.  text: the name, or empty.
			     The connection ends with the user, and the user
			     with the connection. */
	CONTROL_STATUS,   /* the reply has three descriptors: struct status, the
			     table's memory, and that of the rooms */
	CONTROL_SAY,      /* text */
	CONTROL_KICK,     /* slot, generation; text: the reason */
	CONTROL_BAN,      /* range, seconds */
	CONTROL_UNBAN,    /* range */
	CONTROL_BANS      /* the reply has one descriptor: memory with a copy of
			     struct bans, times by the wall clock */
};

struct control_request {
	uint32_t version;
	uint32_t verb;
	uint32_t slot, generation;
	uint32_t seconds; /* 0: until the server ends */
	uint32_t text_len;
	struct network range;
	char text[CONTROL_TEXT_MAX];
};

/* The same in all versions, so that the other end can read why its request was
 * refused. */
struct control_reply {
	uint32_t version;
	uint32_t refused; /* 0: done */
	uint32_t text_len;
	uint32_t unused;
	char text[CONTROL_TEXT_MAX]; /* why, or what was done */
};

LAYOUT_NUMBER(CONTROL_BANS, 7, CONTROL_BUMP);
LAYOUT_SIZE(struct control_request, 448, CONTROL_BUMP);
LAYOUT_AT(struct control_request, version, 0, "the same in all versions");
LAYOUT_AT(struct control_request, seconds, 16, CONTROL_BUMP);
LAYOUT_AT(struct control_request, range, 24, CONTROL_BUMP);
LAYOUT_AT(struct control_request, text, 48, CONTROL_BUMP);
LAYOUT_SIZE(struct control_reply, 416, "the same in all versions");
LAYOUT_AT(struct control_reply, text, 16, "the same in all versions");

#endif
