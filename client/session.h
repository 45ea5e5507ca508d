/* Being connected: who one is, what was sent and not yet answered, and what
 * happens next.  The menu and the scripts are two uses of it. */
#ifndef CLIENT_SESSION_H
#define CLIENT_SESSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "client/connection.h"
#include "client/editor.h"
#include "client/events.h"
#include "client/exitcode.h"
#include "client/render.h"
#include "client/screen.h"

/* A server that answers nothing for so long is told to be silent.  One that
 * slows its senders down still answers a line at a time. */
#define SESSION_PATIENCE_MS 10000

/* Nothing tells where scrollback ends; it comes at once, so it is over when
 * something live comes, or nothing for so long. */
#define SESSION_QUIET_MS 50

#define SESSION_FAREWELL_MAX 200

struct session {
	struct connection *connection;
	struct screen *screen;
	struct editor *editor;
	const char *asked;             /* by --name; NULL */
	char name[NAME_MAX_BYTES + 1]; /* ours; empty before the welcome */
	uint64_t welcome_seq;
	uint64_t online;
	unsigned outstanding; /* lines sent and not yet answered */
	int64_t progress_ms;  /* when a line was last sent or answered */
	bool scrollback;      /* it may still be coming */
	int64_t quiet_ms;     /* when it is taken to be over */
	bool ready;           /* welcomed, and the name is settled */
	bool refused;         /* the name asked for was */
	bool silent;          /* there was no answer to the first lines */
	bool quitting;        /* /quit is sent */
	bool bye;             /* and farewell says why */
	char farewell[3 * SESSION_FAREWELL_MAX + 1];
};

enum news_kind {
	NEWS_EVENT,
	NEWS_LINE,      /* typed */
	NEWS_TOO_LONG,  /* typed, and thrown away */
	NEWS_INPUT_END, /* nothing more will be typed */
	NEWS_QUIET,     /* once: scrollback is over */
	NEWS_SILENCE,   /* what is outstanding has been given up */
	NEWS_OVER       /* the end: see session_end */
};

struct news {
	enum news_kind kind;
	struct event event;
	struct field line; /* an event as it came, or what was typed */
	bool own;          /* the event answers a line of ours */
	bool ready;        /* with it, the session has become ready */
};

/* Sends the first lines: that events are wanted, and the name asked for
 * (NULL: none). */
void session_begin(struct session *s, struct connection *connection,
	struct screen *screen, struct editor *editor, const char *name);

/* Waits for what happens next.  Typed lines are taken only where lines says
 * so, and while there is room to send them.  Fields of news hold until the
 * next call. */
void session_next(struct session *s, bool lines, struct news *news);

/* Sends the line before, then text.  False where it is too long. */
bool session_say(struct session *s, const char *before, struct field text);

/* Whether there is room for a line that no typed line asked for. */
bool session_can_say(const struct session *s);

/* Whether everything sent has been answered, or given up. */
bool session_is_settled(const struct session *s);

void session_quit(struct session *s);

/* Prints an event as people read it, where there is something to be said. */
void session_print(struct session *s, const struct event *e);

/* What is printed when the session is ready. */
void session_print_welcome(struct session *s);

/* Says on standard error why the session is over, where that was not asked
 * for, and returns what the program ends with. */
enum exitcode session_end(struct session *s);

#endif
