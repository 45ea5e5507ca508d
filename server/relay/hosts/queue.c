/* SPDX-License-Identifier: MIT */
/* Own entries until they have come back out of the stream: then they count, and
 * not before.  In trouble all are sent once more, in a new epoch.
 * Runs in: relay. */
#include <string.h>

#include "server/relay/hosts/state.h"

static struct bus_frame *frame_at(const struct link *l, size_t at)
{
	return (void *)(l->q.buf + at);
}

bool queue_has_room(const struct link *l, size_t n)
{
	return QUEUE_MAX - (l->q.end - l->q.start) >=
	       n + sizeof(struct bus_frame) + sizeof(struct entry_head) +
		       BUS_ALIGN;
}

/* Moves all to the beginning where the end is near. */
static void make_room(struct queue *q)
{
	if (q->start == q->end)
		q->start = q->sent = q->end = 0;
	if (q->start == 0 || QUEUE_MAX - q->end >= QUEUE_SPARE / 2)
		return;
	memmove(q->buf, q->buf + q->start, q->end - q->start);
	q->sent -= q->start;
	q->end -= q->start;
	q->start = 0;
}

/* An entry's place in the one epoch and world. */
static void number(struct link *l, struct bus_frame *f)
{
	struct entry_head head;

	if (f->kind == QUEUE_LOCAL)
		return;
	memcpy(&head, f->body, sizeof head);
	head.world = l->b->hosts.world;
	head.epoch = l->b->epoch;
	head.n = l->q.next_n++;
	memcpy(f->body, &head, sizeof head);
	f->a = head.epoch;
	f->b = head.n;
}

struct bus_frame *queue_begin(
	struct link *l, enum entry_kind kind, struct entry_out *o)
{
	const struct entry_head head = {
		.magic = ENTRY_MAGIC,
		.version = ENTRY_VERSION,
		.kind = (uint8_t)kind,
		.host = l->me,
	};
	struct bus_frame *f;
	size_t room;

	make_room(&l->q);
	f = frame_at(l, l->q.end);
	room = QUEUE_MAX - l->q.end;
	if (room < BUS_FRAME_MAX + BUS_ALIGN) {
		l->overrun = true;
		return NULL;
	}
	memcpy(f->body, &head, sizeof head);
	*o = (struct entry_out){
		f->body + sizeof head, f->body + BUS_ENTRY_MAX, false};
	return f;
}

static void add(struct link *l, struct bus_frame *f)
{
	f->unix_ms = 0;
	l->q.end += f->size;
}

void queue_end(struct link *l, struct bus_frame *f, const struct entry_out *o)
{
	if (o->bad)
		return;
	bus_frame_begin(f, BUS_APPEND, (size_t)(o->p - f->body));
	if (l->q.open)
		number(l, f);
	add(l, f);
}

void queue_put_local(
	struct link *l, const struct local *local, const struct frame_up *up)
{
	struct bus_frame *f;
	size_t n = sizeof *local + up->size;

	make_room(&l->q);
	f = frame_at(l, l->q.end);
	if (QUEUE_MAX - l->q.end < sizeof *f + n + BUS_ALIGN) {
		l->overrun = true;
		return;
	}
	bus_frame_begin(f, BUS_APPEND, n);
	f->kind = QUEUE_LOCAL;
	memcpy(f->body, local, sizeof *local);
	memcpy(f->body + sizeof *local, up, up->size);
	add(l, f);
}

const struct bus_frame *queue_front(const struct link *l)
{
	return l->q.start < l->q.end ? frame_at(l, l->q.start) : NULL;
}

void queue_pop(struct link *l)
{
	l->q.start += frame_at(l, l->q.start)->size;
	if (l->q.sent < l->q.start)
		l->q.sent = l->q.start;
}

void queue_open(struct link *l, uint64_t n)
{
	struct queue *q = &l->q;

	q->next_n = n;
	q->open = true;
	q->sent = q->start;
	for (size_t at = q->start; at < q->end; at += frame_at(l, at)->size)
		number(l, frame_at(l, at));
}

/* What is left of a frame that was sent in part goes before all else. */
void queue_close(struct link *l)
{
	struct queue *q = &l->q;

	q->open = false;
	if (q->mid == 0)
		return;
	memcpy(l->rest, q->buf + q->sent + frame_at(l, q->sent)->size - q->mid,
		q->mid);
	l->rest_start = 0;
	l->rest_end = q->mid;
	q->mid = 0;
}

void queue_clear(struct link *l)
{
	l->q.start = l->q.sent = l->q.end = 0;
	l->q.open = false;
}
