/* SPDX-License-Identifier: MIT */
/* The control socket: how another process of this host asks a server that
 * runs.  One SEQPACKET connection, one request, one reply, all of fixed size.
 *
 * Who may connect is for the socket's mode to say (its owner alone, if nobody
 * changes it); whoever can may join, as by any listener.  The rest is for root
 * and for the user who runs the server: the kernel says who is asking
 * (SO_PEERCRED, unix(7)). */
#ifndef SERVER_CONTROL_CONTROL_H
#define SERVER_CONTROL_CONTROL_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/un.h>

#include "ipc/common/limits.h"
#include "ipc/layout.h"
#include "ipc/status.h"
#include "ipc/table.h"
#include "server/control/bans.h"
#include "server/network.h"
#include "server/options.h"
#include "server/parent/unix_path.h"

struct parent;

/* Bump it with any change of struct control_request, of the table, of struct
 * status or of struct bans; the last three are also what UPGRADE_VERSION is
 * for. */
#define CONTROL_VERSION 4
#define CONTROL_BUMP    "bump CONTROL_VERSION"
#define SHARED_BUMP     "bump CONTROL_VERSION and UPGRADE_VERSION"

LAYOUT_SIZE(struct lock, 40, SHARED_BUMP);
LAYOUT_AT(struct lock, owner, 32, SHARED_BUMP);
LAYOUT_SIZE(struct table_roster, 152, SHARED_BUMP);
LAYOUT_AT(struct table_roster, connected_ms, 8, SHARED_BUMP);
LAYOUT_AT(struct table_roster, address, 16, SHARED_BUMP);
LAYOUT_AT(struct table_roster, reason, 72, SHARED_BUMP);
LAYOUT_SIZE(struct table_slot, 88, SHARED_BUMP);
LAYOUT_AT(struct table_slot, current, 66, SHARED_BUMP);
LAYOUT_AT(struct table_slot, queued, 68, SHARED_BUMP);
LAYOUT_AT(struct table_slot, last_line_ms, 80, SHARED_BUMP);
LAYOUT_SIZE(struct status, 4704, SHARED_BUMP);
LAYOUT_AT(struct status, listeners, 48, SHARED_BUMP);
LAYOUT_AT(struct status, connects, 1336, SHARED_BUMP);
LAYOUT_AT(struct status, notices, 1384, SHARED_BUMP);
LAYOUT_AT(struct status, messages, 4608, SHARED_BUMP);
LAYOUT_AT(struct status, lag, 4704, SHARED_BUMP);
LAYOUT_SIZE(struct notice, 402, SHARED_BUMP);
LAYOUT_SIZE(struct network, 24, SHARED_BUMP);
LAYOUT_SIZE(struct ban, 40, SHARED_BUMP);
LAYOUT_AT(struct ban, until_ms, 24, SHARED_BUMP);
LAYOUT_SIZE(struct bans, 10248, SHARED_BUMP);

/* The text that is asked to be said is a notice, whole. */
#define CONTROL_TEXT_MAX NOTICE_MAX

/* Why somebody is kicked: as much as the table has room for. */
#define CONTROL_REASON_MAX (TABLE_REASON_MAX - 1)

/* Those who have connected and not said yet what they want; more wait in the
 * backlog.  Who says nothing for so long is let go; where others wait, the one
 * who has said nothing for longest, after a moment. */
#define CONTROL_PENDING   32
#define CONTROL_WAIT_MS   5000
#define CONTROL_MOMENT_MS 500

enum control_verb {
	CONTROL_JOIN = 1, /* beside it: two descriptors.  text: the name, or
			     nothing.  The connection stays while the user
			     does, and the other way round. */
	CONTROL_STATUS,   /* the reply has two descriptors: struct status, and
			     the table's memory */
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

/* The same in all versions, so that the other end can read why it is
 * refused. */
struct control_reply {
	uint32_t version;
	uint32_t refused; /* 0: done */
	uint32_t text_len;
	uint32_t unused;
	char text[CONTROL_TEXT_MAX]; /* why it was, or what was done */
};

LAYOUT_NUMBER(CONTROL_BANS, 7, CONTROL_BUMP);
LAYOUT_SIZE(struct control_request, 448, CONTROL_BUMP);
LAYOUT_AT(struct control_request, version, 0, "the same in all versions");
LAYOUT_AT(struct control_request, seconds, 16, CONTROL_BUMP);
LAYOUT_AT(struct control_request, range, 24, CONTROL_BUMP);
LAYOUT_AT(struct control_request, text, 48, CONTROL_BUMP);
LAYOUT_SIZE(struct control_reply, 416, "the same in all versions");
LAYOUT_AT(struct control_reply, text, 16, "the same in all versions");

/* Whether a request is one that this version can have sent, with so many
 * descriptors beside it. */
bool control_is_sound(const struct control_request *r, size_t descriptors);

/* The places where the socket of a server may be, in the order in which they
 * are looked at.  sudo and cron give no XDG_RUNTIME_DIR to who asks a server of
 * a login session. */
enum control_place {
	CONTROL_RUNTIME, /* XDG_RUNTIME_DIR, or what --control says */
	CONTROL_SUDO,    /* of who has become root by sudo */
	CONTROL_USER,    /* of the user of this process */
	CONTROL_SYSTEM,  /* /run/chatserver */
	CONTROL_PLACES
};

/* Where that is for a server on this port, which is in digits.  False where
 * there is no such place, or the path is too long. */
bool control_place(const struct options *o, const char *port,
	enum control_place place, char *path);

/* Whether a new one is put there. */
bool control_is_for_servers(enum control_place place);

#define CONTROL_PATH_MAX sizeof((struct sockaddr_un *)0)->sun_path

/* Makes the folder for a socket that is not asked for by its path, where it is
 * missing and may be made. */
void control_make_folder(const char *path);

/* --- the parent --------------------------------------------------------- */

struct control {
	int fd;                      /* -1: there is none */
	char path[CONTROL_PATH_MAX]; /* "": there is no place */
	struct unix_file file;       /* what is there of ours */
	int asking[CONTROL_PENDING]; /* connections, -1: none */
	int64_t since_ms[CONTROL_PENDING];
	int64_t rest_until_ms; /* no descriptor was left for one more */
};

/* Opens the socket.  Where that cannot be, it says so; it ends the server
 * where the socket was asked for (--control, --listen none). */
void control_open(struct control *c, const struct options *o, const char *port);

/* Opens it once more where its path is gone, or where it could not be opened
 * before. */
void control_renew(
	struct control *c, const struct options *o, const char *port);

/* What to poll for, CONTROL_POLLED entries, and what to do then.  Returns how
 * many are in use: poll(2) takes no more than there may be descriptors. */
#define CONTROL_POLLED (1 + CONTROL_PENDING)
nfds_t control_choose(const struct control *c, struct pollfd *fds);
void control_serve(struct parent *p, const struct pollfd *fds);

/* When somebody has said nothing for too long, or one more may be let in;
 * DEADLINE_NONE: never. */
int64_t control_deadline_ms(const struct control *c, int64_t now);

/* Nobody can ask any more, and the path is gone. */
void control_close(struct control *c);

#endif
