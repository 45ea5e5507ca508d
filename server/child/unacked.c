/* SPDX-License-Identifier: MIT */
/* The child's frames that the relay has not acknowledged.
 * Runs in: child. */
#include "server/child/unacked.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "server/again.h"

bool unacked_has_room(const struct unacked *b)
{
	return UNACKED_SIZE - (b->end - b->start) >= FRAME_UP_MAX;
}

/* Moves the frames to the front if there is too little room after them. */
static void make_room(struct unacked *b, size_t need)
{
	if (sizeof b->buf - b->end >= need)
		return;
	memmove(b->buf, b->buf + b->start, b->end - b->start);
	b->sent -= b->start;
	b->end -= b->start;
	b->start = 0;
}

uint64_t unacked_add(struct unacked *b, const struct frame_up *like,
	struct span room, struct span name, struct span text)
{
	struct frame_up head = *like;

	/* UP_BYE has room of its own. */
	make_room(b, head.kind == UP_BYE ? UNACKED_BYE_MAX : FRAME_UP_MAX);
	head.counter = ++b->counter;
	head.room_len = (uint8_t)room.n;
	head.name_len = (uint8_t)name.n;
	head.text_len = (uint32_t)text.n;
	b->end +=
		frame_up_build(b->buf + b->end, &head, room.p, name.p, text.p);
	return head.counter;
}

void unacked_add_bye(
	struct unacked *b, enum leave_reason reason, struct span words)
{
	/* Others hear of the new connection; of the old one, that it left. */
	const struct frame_up head = {.kind = UP_BYE,
		.reason = (uint8_t)(reason != LEAVE_TAKEN ? reason
							  : LEAVE_PLAIN)};

	unacked_add(b, &head, SPAN_EMPTY, SPAN_EMPTY,
		reason == LEAVE_PLAIN ? words : SPAN_EMPTY);
}

void unacked_acknowledge(struct unacked *b, uint64_t counter)
{
	while (b->start < b->end) {
		const struct frame_up *f = (void *)(b->buf + b->start);

		if (f->counter > counter)
			break;
		b->start += f->size;
	}
	if (b->sent < b->start)
		b->sent = b->start;
	/* Back to the first pages: memory that is never touched costs
	 * nothing. */
	if (b->start == b->end && b->end > 0)
		b->start = b->sent = b->end = 0;
}

void unacked_rewind(struct unacked *b)
{
	if (b->sent != b->start)
		b->sent = b->start;
}

bool unacked_send(struct unacked *b, int fd)
{
	while (b->sent < b->end) {
		ssize_t n = send(fd, b->buf + b->sent, b->end - b->sent,
			MSG_NOSIGNAL | MSG_DONTWAIT);

		if (n == -1)
			return errno_is_transient(errno);
		b->sent += (size_t)n;
	}
	return true;
}
