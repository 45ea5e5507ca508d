/* SPDX-License-Identifier: MIT */
/* Frames to the relay, kept until they are acknowledged, so that they can be
 * sent again to the next relay. */
#ifndef SERVER_CHILD_UNACKED_H
#define SERVER_CHILD_UNACKED_H

#include <stdalign.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ipc/frame.h"
#include "server/child/dialect/event.h"

/* Room for four of the longest lines with the longest tags, and hundreds of
 * ordinary ones. */
#define UNACKED_SIZE (68u << 10)

/* The longest UP_BYE. */
#define UNACKED_BYE_MAX (sizeof(struct frame_up) + TOPIC_MAX + FRAME_ALIGN)

struct unacked {
	/* UP_BYE always fits. */
	alignas(FRAME_ALIGN) char buf[UNACKED_SIZE + UNACKED_BYE_MAX];
	/* Last, on a page with what follows: a client that sends nothing has no
	 * page of this. */
	size_t start, sent, end; /* start <= sent <= end */
	uint64_t counter;        /* of the newest frame */
};

/* Whether one more frame of any size fits. */
bool unacked_has_room(const struct unacked *b);

/* Adds a frame with the kind, mode and "on" of this one, and the length of its
 * tags, which stand right behind the text; returns its counter.  There must be
 * room; names have at most NAME_MAX_BYTES. */
uint64_t unacked_add(struct unacked *b, const struct frame_up *like,
	struct span room, struct span name, struct span text);

/* Adds UP_BYE, the last frame, with at most TOPIC_MAX bytes of the user's words
 * for a plain one; it has room of its own. */
void unacked_add_bye(
	struct unacked *b, enum leave_reason reason, struct span words);

/* Drops the frames up to this counter: the relay has taken them. */
void unacked_acknowledge(struct unacked *b, uint64_t counter);

/* For a new channel: all frames must be sent again. */
void unacked_rewind(struct unacked *b);

/* Sends as much as the channel takes.  False if the channel is gone. */
bool unacked_send(struct unacked *b, int fd);

static inline bool unacked_is_empty(const struct unacked *b)
{
	return b->start == b->end;
}

/* Whether the frame with this counter, 0: none, is not acknowledged yet. */
static inline bool unacked_holds(const struct unacked *b, uint64_t counter)
{
	const struct frame_up *oldest =
		(const struct frame_up *)(const void *)(b->buf + b->start);

	return counter != 0 && !unacked_is_empty(b) &&
	       oldest->counter <= counter;
}

static inline bool unacked_has_unsent(const struct unacked *b)
{
	return b->sent < b->end;
}

#endif
