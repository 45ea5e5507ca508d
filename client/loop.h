/* SPDX-License-Identifier: MIT */
/* The client's loop: waits for the next event of a session, a typed line, a
 * timeout or the end. */
#ifndef CLIENT_LOOP_H
#define CLIENT_LOOP_H

#include <stdbool.h>

#include "client/session/events.h"
#include "client/session/session.h"

/* After this long without an answer the server is reported as silent.  A server
 * that slows its senders down still answers a line at a time. */
#define LOOP_PATIENCE_MS 10000

/* The connection counts as dead when a typed line is not answered and nothing
 * has come for this long. */
#define LOOP_DEAD_S 45

enum loop_kind {
	LOOP_EVENT,
	LOOP_LINE,      /* typed */
	LOOP_PASTED,    /* a line to send, never a command */
	LOOP_TOO_LONG,  /* typed, and discarded */
	LOOP_AGAIN,     /* C-x: send unconfirmed lines again */
	LOOP_CANCEL,    /* C-c: leave the mode */
	LOOP_INPUT_END, /* nothing more will be typed */
	LOOP_QUIET,     /* once: scrollback is over */
	LOOP_SILENCE,   /* what is outstanding has been given up */
	LOOP_WAKE,      /* once: the time asked for in wake_ms has come */
	LOOP_LOST,      /* the connection, and that has been said */
	LOOP_OVER       /* the end: see session_end */
};

struct loop_event {
	enum loop_kind kind;
	struct event event;
	struct field line; /* an event as it came, or what was typed */
	bool own;          /* the event answers a line of ours */
	bool ready;        /* with it, the session has become ready */
};

/* Waits for it.  Typed lines are taken only where lines says so, and while
 * there is room to send them.  Fields of news hold until the next call. */
void loop_next(struct session *s, bool lines, struct loop_event *news);

#endif
