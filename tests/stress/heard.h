/* SPDX-License-Identifier: MIT */
/* A line from the server, taken apart: the same struct for both dialects. */
#ifndef TESTS_STRESS_HEARD_H
#define TESTS_STRESS_HEARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum heard_kind {
	HEARD_OTHER, /* nothing that these programs look at */
	HEARD_WELCOME,
	HEARD_PUBLIC,
	HEARD_PRIVATE, /* from or to is "you" in the text dialect */
	HEARD_JOIN,
	HEARD_LEAVE,
	HEARD_RENAME, /* from the old name to the new one */
	HEARD_WHO,
	HEARD_WHO_END, /* events only */
	HEARD_ROOM, /* in the answer to /rooms; events only, as what follows */
	HEARD_ROOM_END,
	HEARD_KICK, /* the text begins with who was kicked, or banned */
	HEARD_NOTICE,
	HEARD_ERROR,
	HEARD_GAP,
};

struct heard {
	enum heard_kind kind;
	bool numbered; /* seq was given */
	uint64_t seq;
	/* "" where unused; they point into the line.  room: without '#', ""
	 * for the lobby and for what is in no room. */
	const char *from, *to, *text, *room;
};

/* Both cut the line up in place.  heard_event: false where the line is no
 * event. */
void heard_text(struct heard *h, char *line);
bool heard_event(struct heard *h, char *line);

#define ROLL_NAMES 1024
#define ROLL_NAME  64

/* The answer to one "who", which may take several lines. */
struct roll {
	size_t n;            /* names listed */
	unsigned long count; /* how many the server says there are */
	bool complete;
	char names[ROLL_NAMES][ROLL_NAME];
};

/* Takes what is part of the answer, ignores what is not.  The text dialect
 * has no end mark: there it is complete when it names as many as it counts. */
void roll_add(struct roll *roll, const struct heard *h);

bool roll_has(const struct roll *roll, const char *name);

#endif
