/* SPDX-License-Identifier: MIT */
/* Building and checking of the frames between children and the relay.
 * Runs in: child, relay.
 *
 * Sizes are exact: a frame with bytes to spare is as bad as one cut short. */
#include "ipc/frame.h"

#include <string.h>

size_t frame_size(size_t header, size_t body)
{
	return (header + body + FRAME_ALIGN - 1) / FRAME_ALIGN * FRAME_ALIGN;
}

size_t frame_up_build(void *dst, enum up_kind kind, uint64_t counter,
	const char *name, size_t name_len, const char *text, size_t text_len)
{
	struct frame_up *f = dst;
	size_t body = name_len + text_len;
	size_t size = frame_size(sizeof *f, body);

	memset(f, 0, sizeof *f);
	f->size = (uint32_t)size;
	f->kind = (uint8_t)kind;
	f->name_len = (uint8_t)name_len;
	f->counter = counter;
	f->text_len = (uint32_t)text_len;
	if (name_len > 0)
		memcpy(f->body, name, name_len);
	if (text_len > 0)
		memcpy(f->body + name_len, text, text_len);
	/* Padding is zero: nothing of the sender's memory travels. */
	memset(f->body + body, 0, size - sizeof *f - body);
	return size;
}

enum frame_verdict frame_up_check(const void *p, size_t n)
{
	const struct frame_up *f = p;
	bool name, text;

	if (n < sizeof *f)
		return FRAME_MORE;
	if (f->kind == 0 || f->kind >= UP_KINDS ||
		f->name_len > NAME_MAX_BYTES || f->text_len > TEXT_MAX ||
		f->reason >= LEAVE_REASONS ||
		f->size != frame_size(sizeof *f, f->name_len + f->text_len))
		return FRAME_BAD;
	name = f->kind == UP_PRIVATE || f->kind == UP_RENAME;
	text = f->kind <= UP_PRIVATE;
	if (name != (f->name_len > 0) || text != (f->text_len > 0) ||
		(f->kind != UP_BYE && f->reason != 0))
		return FRAME_BAD;
	return n < f->size ? FRAME_MORE : FRAME_OK;
}

enum frame_verdict frame_event_check(const void *p, size_t n)
{
	const struct frame_event *e = p;

	if (n < sizeof *e)
		return FRAME_MORE;
	if (e->kind == 0 || e->kind > EVENT_BYE ||
		e->from_len > NAME_MAX_BYTES || e->to_len > NAME_MAX_BYTES ||
		e->text_len > TEXT_MAX || e->reason >= LEAVE_REASONS ||
		e->audience >= AUDIENCES || e->error >= FRAME_ERRORS ||
		e->size !=
			frame_size(sizeof *e,
				(size_t)e->from_len + e->to_len + e->text_len))
		return FRAME_BAD;
	return n < e->size ? FRAME_MORE : FRAME_OK;
}
