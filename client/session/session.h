/* SPDX-License-Identifier: MIT */
/* The state of a connection: our name, lines sent and not yet answered, and
 * deadlines.  The menu and the scripts use it.
 *
 * On a terminal, a connection that was ready and is lost is restored: see
 * client/session/reconnect.h. */
#ifndef CLIENT_SESSION_SESSION_H
#define CLIENT_SESSION_SESSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "client/exitcode.h"
#include "client/input/input.h"
#include "client/menu/render.h"
#include "client/options/options.h"
#include "client/session/connection.h"
#include "client/session/events.h"
#include "client/session/joined.h"
#include "client/session/resume.h"
#include "client/session/seen.h"
#include "client/session/sent.h"
#include "client/terminal/screen.h"

/* Scrollback has no end mark; it comes at once, so it is over at the first live
 * event, or after this long without any. */
#define SESSION_QUIET_MS 50

/* What was missed by a session that goes on looks like live events: it is taken
 * to be over at a pause, or after this long. */
#define SESSION_BEHIND_MS 2000

#define SESSION_FAREWELL_MAX 200

struct loop_event;

struct session {
	const struct options *options;
	struct connection *connection;
	struct screen *screen;
	struct input *editor;
	const char *asked;             /* the name asked for; NULL */
	char name[NAME_MAX_BYTES + 1]; /* ours; empty before the welcome */
	uint64_t welcome_seq;
	uint64_t online;
	uint64_t server_ms;   /* the server's clock, 0: not known, */
	int64_t server_at_ms; /* at this time */
	unsigned outstanding; /* lines sent and not yet answered */
	unsigned questions;   /* of these, those of the client's own */
	unsigned unsure;      /* typed lines no longer waited for */
	int64_t progress_ms;  /* when a line was last sent or answered */
	int64_t heard_ms;     /* when the server last said something */
	unsigned told_s;      /* the last reported lateness of an answer */
	bool stays;      /* a program, never idle: see client/session/alive.h */
	uint64_t idle_s; /* the server's idle timeout; 0: none */
	int64_t said_ms; /* when a line was last sent */
	int64_t typed_ms; /* when something was last typed */
	int64_t wake_ms;  /* when there is LOOP_WAKE; 0: not at all */
	bool scrollback;  /* it may still be coming */
	bool past;        /* lines that were asked for are coming */
	int64_t quiet_ms; /* when it is taken to be over */
	bool ready;       /* welcomed, and the name is settled */
	bool refused;     /* the name asked for was */
	bool chosen;      /* the name we have was asked for by us */
	bool silent;      /* there was no answer to the first lines */
	bool leaving;     /* once all is answered: connect no more */
	bool quitting;    /* /quit is sent */
	bool given_up;    /* by the user */
	bool bye;         /* and farewell says why */
	struct sent sent;
	struct joined joined;
	struct resume resume;
	char farewell[3 * SESSION_FAREWELL_MAX + 1];
	struct reconnect {
		bool lost;          /* there is no connection now */
		bool again;         /* there was one before this one */
		unsigned pause_s;   /* before the last attempt */
		int64_t since_ms;   /* when there was a connection again */
		int64_t retry_ms;   /* when; -1: at Enter */
		unsigned tries;     /* to have one's name back */
		int64_t reclaim_ms; /* the next one, 0: none */
		struct seen seen;   /* of the lobby */
		enum exitcode code; /* for leaving now */
		char name[NAME_MAX_BYTES + 1];
	} reconnect;
};

/* Sends the first line: that events are wanted, and the name asked for; of
 * --who, that the names are all that is wanted. */
void session_begin(struct session *s, struct connection *connection,
	struct screen *screen, struct input *editor,
	const struct options *options);

/* Sends the line before, then text.  False where it is too long. */
bool session_say(struct session *s, const char *before, struct field text);

/* The same for a line of the client's own, whose loss is not reported. */
bool session_ask(struct session *s, const char *before, struct field text);

/* Sends again what a lost connection did not confirm; lines of other rooms
 * than the one where we talk are kept. */
void session_say_again(struct session *s);

/* Whether there is room for a line that no typed line asked for. */
bool session_can_say(const struct session *s);

/* Whether everything sent has been answered, or given up. */
bool session_is_settled(const struct session *s);

/* Whether a line was sent that changes where we talk, and is not answered. */
bool session_is_moving(const struct session *s);

void session_quit(struct session *s);

/* Ends it without waiting for the server. */
void session_give_up(struct session *s);

/* The next event of those that have come; false where there is none. */
bool session_next(struct session *s, struct loop_event *news);

/* Notes what that event changes. */
void session_learn(struct session *s, struct loop_event *news);

/* Says the first line on a new connection. */
void session_say_hello(struct session *s);

/* Lists the lines that the lost connection has not confirmed, by say. */
void session_tell_unconfirmed(
	struct session *s, void (*say)(struct session *, const char *));

/* Milliseconds of CLOCK_MONOTONIC. */
int64_t session_now_ms(void);

/* Who reads an event, for client/menu/render.h. */
struct reader session_reader(const struct session *s, const struct event *e);

/* Whether it is scrollback, of the lobby or of a room. */
bool session_is_old(const struct session *s, const struct event *e);

/* Whether it is of another host, and told late. */
bool session_is_late(const struct session *s, const struct event *e);

/* Makes the line for an event as people read it; false where there is nothing
 * to be said. */
bool session_render(struct session *s, struct line *l, const struct event *e);

/* What is printed when the session is ready. */
void session_print_welcome(struct session *s);

/* Whether we were kicked or are banned. */
bool session_is_kicked(const struct session *s);

/* Says on standard error why the session is over, where that was not asked
 * for, and returns what the program ends with. */
enum exitcode session_end(struct session *s);

#endif
