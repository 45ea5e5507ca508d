/* SPDX-License-Identifier: MIT */
/* Renders events as text for people.  Pure functions. */
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
	uint64_t welcome_seq; /* up to it, messages are scrollback */
	uint64_t now_ms;      /* by the wall clock */
};

/* Whether an event was there before the reader was. */
bool render_is_old(const struct event *e, uint64_t welcome_seq);

/* Makes the line for e.  False where there is none: for a who, which is one of
 * many; for a bye; for the reader's own join, which the welcome shows. */
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
