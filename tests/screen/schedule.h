/* SPDX-License-Identifier: MIT */
/* One random schedule: what somebody does at a terminal, and others
 * meanwhile. */
#ifndef TESTS_SCREEN_SCHEDULE_H
#define TESTS_SCREEN_SCHEDULE_H

#include "tests/screen/play.h"

#define SCHEDULE_LINE 300 /* typed lines are mostly no longer */

enum place {
	PLACE_MENU,
	PLACE_PUBLIC,
	PLACE_PRIVATE
};

struct schedule {
	struct play play;
	enum place place;
	const char *peer; /* in private */
};

/* Whether Enter would send what is typed as it is, or nothing where it is
 * blank; and that. */
bool schedule_can_send(const struct schedule *s);
void schedule_send(struct schedule *s);

/* Types one character, one key, a whole line with Enter. */
void schedule_type(struct schedule *s, uint32_t c);
void schedule_key(struct schedule *s, enum key key);
void schedule_enter(struct schedule *s);

/* The line is empty, then there is this, then it is entered. */
void schedule_say(struct schedule *s, const char *text);

/* The client will send this, as the place has it. */
void schedule_await(struct schedule *s, const char *text);

/* Nothing is on its way any more. */
void schedule_quiet(struct schedule *s);

/* C-l. */
void schedule_repaint(struct schedule *s);

void schedule_paste(struct schedule *s);
void schedule_search(struct schedule *s);
void schedule_command(struct schedule *s);

/* What is done alone, since the order of what the client says itself and what
 * others say is not known. */
void schedule_move(struct schedule *s);
void schedule_complete(struct schedule *s);
void schedule_paste_long(struct schedule *s);
void schedule_paste_lines(struct schedule *s);

#endif
