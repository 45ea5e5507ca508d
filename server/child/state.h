/* SPDX-License-Identifier: MIT */
/* The state of a child: its client, its channel to the relay, its place in the
 * table.  Shared by the files that a child is made of: loop.c, greet.c (before
 * the welcome), input.c (the client's lines), channel.c (the relay's side),
 * delivery.c (what comes from there), naming.c (what it says of our name),
 * command.c and rooms.c (the verbs), listing.c (long answers), view.c (what a
 * dialect looks up), proxied.c (where the client comes from, by a proxy's
 * word), resume.c and takeover.c (a session that goes on with another
 * connection), session.c (what it keeps), client.c (called by all of these). */
#ifndef SERVER_CHILD_STATE_H
#define SERVER_CHILD_STATE_H

#include <stdalign.h>
#include <stdbool.h>
#include <stdint.h>

#include "ipc/common/lines.h"
#include "ipc/eras.h"
#include "ipc/rooms.h"
#include "ipc/table.h"
#include "server/child/dialect/dialect.h"
#include "server/child/ignored.h"
#include "server/child/loop.h"
#include "server/child/marks.h"
#include "server/child/membership.h"
#include "server/child/outbuf.h"
#include "server/child/protocols.h"
#include "server/child/proxied.h"
#include "server/child/rate.h"
#include "server/child/resume.h"
#include "server/child/session.h"
#include "server/child/transport/transport.h"
#include "server/child/unacked.h"
#include "server/title.h"

/* Cap on bytes per read of the channel. */
#define CHANNEL_READ_MAX (64u << 10)

/* The channel to the relay. */
struct channel {
	bool wanted;                /* a new channel must be attached */
	bool welcomed;              /* the channel's first frame has come */
	int fd;                     /* -1: none */
	uint64_t last_id, last_seq; /* of the last event seen */
	uint64_t read_seq;   /* the same, without those that were missed */
	uint64_t live_id;    /* events before this are scrollback */
	uint64_t gap_id;     /* what is asked after a gap is as of this one */
	uint64_t history_id; /* of the list whose lines come now, 0: none do */
	uint64_t again_id;   /* events up to this one have come before, and are
				rendered again for another client; 0: none */
	uint64_t named;      /* the name is as of our frame with this counter */
	uint64_t accepted;   /* our last frame as of the welcome */
	int64_t retry_ms;    /* when to try again, 0: at once */
	uint32_t missed;     /* events in the lobby, not told yet */
	unsigned int refused; /* channels that ended without a welcome */
	size_t start, end;    /* the unread bytes of buf */
	alignas(FRAME_ALIGN) char buf[FRAME_EVENT_MAX + CHANNEL_READ_MAX];
};

enum phase {
	PHASE_GREET,    /* the client has not joined yet */
	PHASE_TALK,     /* lines are taken */
	PHASE_LEAVE,    /* no more lines; the relay must still acknowledge */
	PHASE_FAREWELL, /* the bye is written; the client must still take it */
	PHASE_OVER,
};

/* A long answer that is being sent, a part at a time. */
enum listing {
	LISTING_NONE,
	LISTING_USERS,
	LISTING_MEMBERS, /* of a room */
	LISTING_ROOMS,
};

/* What view.c looks things up for. */
struct view {
	const struct client *client;
};

struct client {
	/* First, at the beginning of a page: a process that reads the title has
	 * the kernel read up to a page from there on. */
	struct title title;
	const struct options *options;
	struct table *table;
	const struct rooms *rooms;
	int64_t started_ms; /* the server, wall clock */
	const struct eras *eras;
	uint32_t slot, generation;
	char name[NAME_MAX_BYTES];
	size_t name_len;
	char told[NAME_MAX_BYTES]; /* its name, as the client knows it */
	size_t told_len;           /* 0: it has not been welcomed */
	uint64_t told_named; /* told without an event, as of our frame with this
				counter */
	const char *only;    /* the listener's protocol; NULL: any */
	const struct protocol *protocol; /* NULL: not known yet */
	const struct dialect *dialect; /* of protocol, or else the listener's */
	const struct transport *transport; /* NULL: bytes are kept raw */
	struct view view;
	struct dialect_state dialect_state;
	struct transport_state transport_state;
	enum phase phase;
	int64_t now_ms;  /* of this step, monotonic */
	uint32_t queued; /* as stored in the table */
	bool has_front;  /* as in struct child_setup */
	enum leave_reason reason;
	int64_t deadline_ms; /* of all phases but PHASE_TALK */
	char wish[NAME_MAX_BYTES + 1];
	size_t wish_len; /* the requested name, until greet_settle; 0: none */
	struct span farewell; /* the user's words as it quits */
	bool said_quit;
	bool said_bye; /* UP_BYE was added to the unacked frames */
	bool evicted;  /* the relay refuses us */
	bool refused;  /* the client's protocol is not served */
	bool browses;  /* the client is a browser */
	bool spare;    /* it may be a browser's connection without a request */
	bool closed;   /* the transport has written its last bytes */
	struct proxied proxied;

	int64_t hung_up_ms; /* since when it takes no more; 0: it does */
	bool alarmed;       /* the idle time may be over */
	int64_t line_ms;    /* when the last line was taken, monotonic */
	bool took_line;     /* in this step, perhaps an empty one */
	bool said_line;     /* in this step */
	bool eof;           /* the client will send no more */
	bool first_line;    /* no line was taken yet */
	bool hello;         /* lines still go to the dialect's hello */
	unsigned int hello_lines;
	bool waiting;                    /* lines may be in here, or the end */
	bool held;                       /* a line waits for its turn: */
	enum lines_verdict held_verdict; /* LINES_MORE: bytes without an end */
	char *held_line;
	size_t held_len;
	size_t unpaid; /* bytes read since the last line took its turn */
	struct rate rate;
	bool told_rate; /* the client was warned of the rate */

	enum listing listing;
	uint32_t list_slot; /* its next slot, or room */
	uint32_t list_room, list_generation;
	size_t list_name_len; /* 0: the lobby */
	char list_name[3 * NAME_MAX_BYTES];
	uint32_t list_online; /* users in all; rooms so far */
	uint64_t rename;      /* counter of a pending rename, 0: none */
	uint64_t join;        /* the same of a join of a room */
	uint64_t asked;       /* of the last request about a room, 0: none */

	struct memberships memberships;
	struct ignored ignored;

	/* The session, which may go on with another client. */
	unsigned char token[TOKEN_BYTES];
	bool counts;       /* its client counts lines */
	bool greets;       /* but not the next one, a welcome */
	bool is_logged;    /* what is rendered is an event of the log */
	struct mark place; /* behind the last line */
	uint64_t skip;     /* lines of the next events, which it has had */
	uint32_t taken;    /* of its lines, so far */
	uint32_t from_slot, from_generation; /* whose client it has now, 0:
						the first one */
	struct resume resume; /* of an older session, with our client */
	bool asks;            /* the hello is taken, and the line of that
				 follows */

	/* Memory that is never touched costs nothing.  A client that only reads
	 * uses the beginning of outbuf, on the page of the fields above, and
	 * the end of unacked with the beginning of channel. */
	struct outbuf outbuf;
	struct unacked unacked;
	struct channel channel;
	struct lines lines;
	struct membership membership[MEMBERSHIPS_MAX];
	struct ignored_user ignored_user[IGNORED_MAX];
	struct marks marks;
};

/* --- client.c ----------------------------------------------------------- */

/* Adds lines that the dialect has written from outbuf_end up to end; bytes of
 * the transport. */
void client_add_lines(struct client *c, const char *end);
void client_add_bytes(struct client *c, const char *end);

/* Renders an event, if the client still takes any.  There must be room. */
void client_render(struct client *c, const struct event *e);

/* The same for an event that the child makes itself, now. */
void client_tell(struct client *c, struct event e);

/* The same for an error: its subject, in the client's own bytes, or a number,
 * as enum error says. */
void client_error(
	struct client *c, enum error error, struct span about, uint32_t number);

/* The same for an error about a room, whose name is well-formed. */
void client_error_in(struct client *c, enum error error, struct span room,
	struct span about, uint32_t number);

/* Whether a user's name is well-formed; renders an error if not. */
bool client_check_name(struct client *c, struct span name);

/* Text as other users may read it, without blanks around it; empty if nothing
 * is left.  In static storage, until the next call. */
struct span client_clean(struct span text);

/* Whether the client may know of the room: of a secret one, if it is in it, or
 * believes so. */
bool client_may_see(const struct client *c, uint32_t room);

/* The name of the lobby, without its '#'. */
struct span client_lobby(const struct client *c);

/* Passes a line to a hook of the dialect, which makes a request of it; the hook
 * may answer itself. */
void client_ask(struct client *c,
	char *(*hook)(struct dialect_state *s, struct span line,
		struct request *r, char *dst),
	struct span line, struct request *r);

/* The same for the dialect's more. */
void client_go_on(struct client *c, struct request *r);

/* Passes received bytes to the transport; returns the number of those that are
 * of lines, and stay. */
size_t client_take(struct client *c, char *bytes, size_t n);

/* Writes the last bytes of the transport, once.  False if that is done, or
 * there are none. */
bool client_close(struct client *c);

/* Leaves PHASE_TALK or PHASE_GREET, for this reason. */
void client_leave(struct client *c, enum leave_reason reason);

/* Ends at once, since the server ends; told: the client has had the bye. */
void client_shutdown(struct client *c, bool told);

/* Ends after the list of users: the client asked for no more. */
void client_answer(struct client *c);

/* Ends with an error line: the relay refuses us. */
void client_evicted(struct client *c);

/* The seconds that belong to a reason; 0: none. */
uint32_t client_reason_seconds(
	const struct client *c, enum leave_reason reason);

/* Renders the bye; none for a client that has closed or was refused, or that
 * has had nothing from us. */
void client_say_bye(struct client *c);

/* Begins PHASE_FAREWELL: the client has some time to take what is left. */
void client_begin_farewell(struct client *c);

/* Notes that the client is not idle; after the lines of a step, restarts the
 * idle timeout once for all of them. */
void client_took_line(struct client *c);
void client_arm_alarm(struct client *c);

/* Holds the next line of what was read, to act on it later.  False if none is
 * whole. */
bool client_hold_line(struct client *c);

/* --- input.c ------------------------------------------------------------ */

/* Reads once from the client. */
void input_read(struct client *c);

/* Whether a line can be acted on now: one at a time, and never without room for
 * its results. */
bool input_is_open(const struct client *c);

/* Whether the dialect can go on with what it has begun: before any other
 * line. */
bool input_goes_on(const struct client *c);

/* Whether to read more from the client. */
bool input_wants_input(const struct client *c);

/* After the alarm: disconnects an idle client.  A line that came in time and
 * waits, here or in the socket, counts. */
void input_check_idle(struct client *c, int64_t now);

/* Acts on lines that were read, as far as room and rate allow. */
void input_take_lines(struct client *c, int64_t now);

/* Calls the ticks of transport and dialect that are due. */
void input_tick(struct client *c, int64_t now);

/* --- listing.c ---------------------------------------------------------- */

/* Begins an answer: who is online, who is in a room, which rooms there are. */
void listing_users(struct client *c);
void listing_members(struct client *c, uint32_t room);
void listing_rooms(struct client *c);

/* Sends as much of it as there is room for. */
void listing_send(struct client *c);

/* The names of a list that comes from the table, cleaned; in static storage,
 * until the next call. */
struct span listing_clean(struct span names);

/* --- delivery.c --------------------------------------------------------- */

/* Acts on a well-formed entry from the channel, and renders it.  There must be
 * room. */
void delivery_take(struct client *c, struct frame_event *e);

/* --- naming.c ----------------------------------------------------------- */

/* A name that the client has lost to a user of another host. */
struct naming_lost {
	size_t len; /* 0: none */
	char name[NAME_MAX_BYTES];
};

/* Whether the client may ask for the name: it is well-formed, and no login of
 * somebody else.  naming_permits renders an error if not. */
bool naming_is_permitted(const struct client *c, struct span name);
bool naming_permits(struct client *c, struct span name);

/* Whether another connection of the client's login has this name, which is the
 * login's. */
bool naming_is_mine(const struct client *c, struct span name);

/* Claims a name as table_claim does.  If it is the name of the client's own
 * login, and another connection of that login has it, that one is ended
 * first; naming_recover does that, and waits for it: whether the name is free
 * now. */
bool naming_claim(struct client *c, struct span name);
bool naming_recover(struct client *c, struct span name);

/* Ends a rename: the relay has accepted or refused it. */
void naming_settle(struct client *c, bool taken);

/* Sets the name that the relay has for us since our frame with this counter. */
void naming_set(struct client *c, const char *name, size_t n, uint64_t counter);

/* The client knows this as its name now. */
void naming_told(struct client *c, const char *name, size_t n);

/* Takes the name of a welcome, and ends or keeps a rename that is under way;
 * *lost is the name that it has cost, if any. */
void naming_take(struct client *c, const struct frame_event *e,
	struct naming_lost *lost);

/* Tells the client its name, if it knows another one. */
void naming_tell(struct client *c);

/* Tells it why; fresh: it has just been welcomed. */
void naming_tell_lost(
	struct client *c, const struct naming_lost *lost, bool fresh);

/* --- channel.c ---------------------------------------------------------- */

/* Attaches a new channel, if one is wanted and due. */
void channel_attach(struct client *c, int64_t now);

/* Has the relay send everything from the welcome on again, for a new
 * dialect. */
void channel_start_over(struct client *c);

/* Reads the channel once, unless frames are left to render. */
void channel_read(struct client *c);

/* Whether nothing has come by it yet.  The first frame is read even where there
 * is no room to render it: it may bring another client. */
bool channel_is_new(const struct client *c);

/* After its end, without room for what is left in there: attaches another,
 * where that comes again. */
void channel_hang_up(struct client *c);

/* Whether there are events that were read and not rendered yet. */
bool channel_has_frames(const struct client *c);

/* Renders them, as far as there is room. */
void channel_render(struct client *c);

/* Sends the unacked frames. */
void channel_write(struct client *c);

#endif
