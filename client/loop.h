/* What happens next, to whoever uses a session: an event, a typed line, time
 * that has passed, the end.  The one loop that waits is behind it. */
#ifndef CLIENT_LOOP_H
#define CLIENT_LOOP_H

#include <stdbool.h>

#include "client/session/events.h"
#include "client/session/session.h"

/* A server that answers nothing for so long is told to be silent.  One that
 * slows its senders down still answers a line at a time. */
#define NEWS_PATIENCE_MS 10000

/* Who has typed a line and hears nothing at all for so long takes the
 * connection for dead. */
#define NEWS_DEAD_S 45

enum news_kind {
	NEWS_EVENT,
	NEWS_LINE,      /* typed */
	NEWS_PASTED,    /* a line to be sent whatever it looks like */
	NEWS_TOO_LONG,  /* typed, and thrown away */
	NEWS_AGAIN,     /* what was not confirmed is to be sent again */
	NEWS_CANCEL,    /* who types wants out of here */
	NEWS_INPUT_END, /* nothing more will be typed */
	NEWS_QUIET,     /* once: scrollback is over */
	NEWS_SILENCE,   /* what is outstanding has been given up */
	NEWS_WAKE,      /* once: the time asked for in wake_ms has come */
	NEWS_LOST,      /* the connection, and that has been said */
	NEWS_OVER       /* the end: see session_end */
};

struct news {
	enum news_kind kind;
	struct event event;
	struct field line; /* an event as it came, or what was typed */
	bool own;          /* the event answers a line of ours */
	bool ready;        /* with it, the session has become ready */
};

/* Waits for it.  Typed lines are taken only where lines says so, and while
 * there is room to send them.  Fields of news hold until the next call. */
void news_next(struct session *s, bool lines, struct news *news);

#endif
