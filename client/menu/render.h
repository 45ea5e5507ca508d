/* SPDX-License-Identifier: MIT */
/* Renders events as text for people.  Pure functions.
 *
 * Lines of the room where the reader talks look as lines of the lobby do for
 * who talks there; all others begin with the name of their room, and so does
 * one's own join, which begins what follows. */
#ifndef CLIENT_MENU_RENDER_H
#define CLIENT_MENU_RENDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "client/session/events.h"
#include "client/terminal/line.h"

/* The reader, and the time. */
struct reader {
	const char *name;
	uint64_t old_seq;   /* up to it, messages are scrollback */
	uint64_t now_ms;    /* by the wall clock */
	const char *here;   /* the room where the reader talks; "": the lobby */
	const char *lobby;  /* the lobby's name; "": not known */
	uint64_t server_ms; /* the time there, as its events tell it; 0: not
			       known */
	bool past;          /* messages are the answer to a question for what
			       was said before */
};

/* A line that is older than this when it comes, and is no scrollback, was said
 * on another host while that could not be heard.  All others come at once; if
 * not, their age is worth knowing, too. */
#define RENDER_LATE_MS 10000

/* Whether an event was there before the reader was, or has asked for it. */
bool render_is_old(const struct event *e, const struct reader *reader);

/* Whether it was said long before it was told. */
bool render_is_late(const struct event *e, const struct reader *reader);

/* What the line of an event begins with that is not of the room where the
 * reader talks: the name of its own; empty: of no other room. */
struct field render_mark(const struct event *e, const struct reader *reader);

/* What the number of users is of: "here", in a room, or "online". */
const char *render_where(const struct event *e);

/* Makes the line for e.  False where there is none: for a who or a room, which
 * is one of many; for a bye; for the reader's own join of the lobby, which the
 * welcome shows. */
bool render_event(
	struct line *l, const struct event *e, const struct reader *reader);

/* Whether a text has a name in it, as a word and in any ASCII case. */
bool render_mentions(struct field text, const char *name);

/* A number with separators, "1,204"; dst has room for RENDER_NUMBER. */
#define RENDER_NUMBER 32
const char *render_number(char *dst, uint64_t number);

/* How long ago, "2 min"; dst has room for RENDER_NUMBER. */
const char *render_age(char *dst, uint64_t then_ms, uint64_t now_ms);

#endif
