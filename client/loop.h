/* SPDX-License-Identifier: MIT */
/* What happens next, to whoever uses a session: an event, a typed line, time
 * that has passed, the end.  The one loop that waits is behind it. */
#ifndef CLIENT_LOOP_H
#define CLIENT_LOOP_H

#include <stdbool.h>

#include "client/session/events.h"
#include "client/session/session.h"

/* A server that answers nothing for so long is told to be silent.  One that
 * slows its senders down still answers a line at a time. */
#define LOOP_PATIENCE_MS 10000

/* Who has typed a line and hears nothing at all for so long takes the
 * connection for dead. */
#define LOOP_DEAD_S 45

enum loop_kind {
	LOOP_EVENT,
	LOOP_LINE,      /* typed */
	LOOP_PASTED,    /* a line to be sent whatever it looks like */
	LOOP_TOO_LONG,  /* typed, and thrown away */
	LOOP_AGAIN,     /* what was not confirmed is to be sent again */
	LOOP_CANCEL,    /* who types wants out of here */
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
