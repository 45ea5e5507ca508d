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

static struct frame_up *add(struct unacked *b, enum up_kind kind,
	struct span name, struct span text)
{
	struct frame_up *f = (void *)(b->buf + b->end);

	b->end += frame_up_build(
		f, kind, ++b->counter, name.p, name.n, text.p, text.n);
	return f;
}

uint64_t unacked_add(struct unacked *b, enum up_kind kind, struct span name,
	struct span text)
{
	make_room(b, FRAME_UP_MAX);
	return add(b, kind, name, text)->counter;
}

void unacked_add_bye(struct unacked *b, enum leave_reason reason)
{
	make_room(b, sizeof(struct frame_up));
	add(b, UP_BYE, SPAN_EMPTY, SPAN_EMPTY)->reason = (uint8_t)reason;
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
