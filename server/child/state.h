/* SPDX-License-Identifier: MIT */
/* The state of a child: its client, its channel to the relay, its place in the
 * table.  Shared by the files that a child is made of: loop.c, greet.c (before
 * the welcome), input.c (the client's lines), channel.c (the relay's side),
 * command.c (what users ask for), client.c (what all of these call). */
#ifndef SERVER_CHILD_STATE_H
#define SERVER_CHILD_STATE_H

#include <stdalign.h>
#include <stdbool.h>
#include <stdint.h>

#include "ipc/common/lines.h"
#include "ipc/table.h"
#include "server/child/dialect/dialect.h"
#include "server/child/loop.h"
#include "server/child/outbuf.h"
#include "server/child/protocols.h"
#include "server/child/rate.h"
#include "server/child/transport/transport.h"
#include "server/child/unacked.h"
#include "server/title.h"

/* One read of the channel takes all that has queued, up to this. */
#define CHANNEL_READ_MAX (64u << 10)

/* The channel to the relay. */
struct channel {
	bool wanted;                /* a new channel is to be attached */
	bool welcomed;              /* the channel's first frame has come */
	int fd;                     /* -1: none */
	uint64_t last_id, last_seq; /* of the last event seen */
	uint64_t live_id;           /* events before this are scrollback */
	uint64_t named;             /* frame of ours that the name goes by */
	int64_t retry_ms;           /* when to try again, 0: at once */
	unsigned int refused;       /* channels that ended without a welcome */
	size_t start, end;          /* what is unread in buf */
	alignas(FRAME_ALIGN) char buf[FRAME_EVENT_MAX + CHANNEL_READ_MAX];
};

enum phase {
	PHASE_GREET,    /* what the client speaks is not known yet */
	PHASE_TALK,     /* lines are taken */
	PHASE_LEAVE,    /* no more lines; the relay still has to acknowledge */
	PHASE_FAREWELL, /* goodbye is said; the client still has to take it */
	PHASE_OVER,
};

struct client {
	/* First, at the beginning of a page: who looks at it has the kernel
	 * read as much as a page from there on. */
	struct title title;
	const struct options *options;
	struct table *table;
	uint32_t slot, generation;
	char name[NAME_MAX_BYTES];
	size_t name_len;
	const char *only; /* what the listener is fixed to; NULL: anything */
	const struct protocol *protocol;   /* NULL: not known yet */
	const struct dialect *dialect;     /* of it, or of the first one */
	const struct transport *transport; /* NULL: bytes wait as they came */
	struct dialect_state dialect_state;
	struct transport_state transport_state;
	enum phase phase;
	uint32_t queued; /* as the table has it */
	bool has_front;  /* as in struct child_setup */
	enum leave_reason reason;
	int64_t deadline_ms; /* of the phases before and after talk */
	char wish[NAME_MAX_BYTES + 1];
	size_t wish_len; /* a name to have, until it is known why not; 0: none
			  */
	bool said_quit;
	bool said_bye; /* the goodbye to the relay is among the unacked frames
			*/
	bool evicted;  /* the relay will not have us */
	bool refused;  /* the client speaks something else */
	bool closed;   /* the transport has had its last bytes */

	int64_t hung_up_ms; /* since when the client takes nothing for good, 0:
			       it does */
	bool alarmed;       /* the idle time may be over */
	int64_t line_ms;    /* when the last line was taken, monotonic */
	bool eof;           /* the client will send no more */
	bool first_line;    /* none was taken yet */
	bool hello;         /* lines still say who the client is */
	unsigned int hello_lines;
	bool waiting; /* lines may wait in here, or the end */
	bool held;    /* a line waits for its turn: */
	enum lines_verdict held_verdict; /* LINES_MORE: a stretch without end */
	char *held_line;
	size_t held_len;
	size_t unpaid; /* bytes read since the last line took its turn */
	struct rate rate;
	bool told_rate; /* that it is being slowed down */

	bool listing;       /* a who is being answered */
	uint32_t list_slot; /* from here on */
	uint32_t list_online;
	uint64_t rename; /* counter of a rename on its way, 0: none */

	/* Memory that is never touched costs nothing.  Who only listens uses
	 * the beginning of the output, on the page of what is above, and the
	 * end of the unacked frames with the beginning of the channel. */
	struct outbuf outbuf;
	struct unacked unacked;
	struct channel channel;
	struct lines lines;
};

/* --- client.c ----------------------------------------------------------- */

/* Lines that the dialect has written from the end of the output to here; bytes
 * of the transport. */
void client_add_lines(struct client *c, const char *end);
void client_add_bytes(struct client *c, const char *end);

/* Renders an event, if the client still takes any.  There is room. */
void client_render(struct client *c, const struct event *e);

/* The same for one that the child makes itself, now. */
void client_tell(struct client *c, struct event e);

/* The same for an error: what it is about, in the client's own bytes, or a
 * number, as enum error says. */
void client_error(
	struct client *c, enum error error, struct span about, uint32_t number);

/* Has the dialect understand a line, or its tick; it may answer itself. */
void client_ask(struct client *c,
	char *(*hook)(struct dialect_state *s, struct span line,
		struct request *r, char *dst),
	struct span line, struct request *r);

/* Has the transport take bytes that came; returns how many are of lines, and
 * stay. */
size_t client_take(struct client *c, char *bytes, size_t n);

/* Has the transport say its last.  Once; false: it has, or has nothing to say.
 */
bool client_close(struct client *c);

/* Ends the talk, or the time before it. */
void client_leave(struct client *c, enum leave_reason reason);

/* Ends at once: the server does.  Whether the client has been told. */
void client_shutdown(struct client *c, bool told);

/* Ends when the list of who is here is told: more is not wanted. */
void client_answer(struct client *c);

/* Ends, with a line that says why: the relay will not have us. */
void client_evicted(struct client *c);

/* The seconds that belong to a reason; 0: none. */
uint32_t client_reason_seconds(
	const struct client *c, enum leave_reason reason);

/* Says goodbye, to one who does not know it yet. */
void client_say_bye(struct client *c);

/* Nothing more comes but what the client has not taken yet, for a while. */
void client_begin_farewell(struct client *c);

/* Starts the idle time anew. */
void client_arm_alarm(struct client *c);

/* Takes the next line out of what was read, to act on it later.  False if none
 * is whole. */
bool client_hold_line(struct client *c);

/* --- input.c ------------------------------------------------------------ */

/* Reads once from the client. */
void input_read(struct client *c);

/* Whether a line can be acted on now: one thing after the other, and never
 * without room for what comes of it. */
bool input_is_open(const struct client *c);

/* Whether more is to be read for that. */
bool input_wants_input(const struct client *c);

/* After the alarm: ends the talk of one who is idle.  A line that came in time
 * and waits, here or in the socket, counts. */
void input_check_idle(struct client *c, int64_t now);

/* Acts on the lines that were read, as far as it can and they may. */
void input_take_lines(struct client *c, int64_t now);

/* Goes on with the answer to a who. */
void input_list(struct client *c);

/* Has the transport and the dialect do what they wanted to be woken for. */
void input_tick(struct client *c, int64_t now);

/* --- channel.c ---------------------------------------------------------- */

/* Makes a channel and hands it to the relay, when it is time. */
void channel_attach(struct client *c, int64_t now);

/* Has the relay tell everything since the welcome again, for a new dialect. */
void channel_start_over(struct client *c);

/* Reads the channel and renders what came, as far as there is room. */
void channel_read(struct client *c);

/* Whether there are events that were read and not rendered yet. */
bool channel_has_frames(const struct client *c);

/* Renders these. */
void channel_render(struct client *c);

/* Sends the unacked frames. */
void channel_write(struct client *c);

#endif
