/* SPDX-License-Identifier: MIT */
/* The consumer that brings the stream's entries: one made anew wherever it may
 * have left something out, from the entry behind the last one on.
 * Runs in: bus. */
#include <inttypes.h>
#include <string.h>

#include "ipc/common/clock.h"
#include "server/bus/state.h"

/* Three heartbeats of a second, and half of one. */
#define SILENCE_MS 3500

/* Consumers in a row that bring nothing, not even a heartbeat. */
#define FAILURES_MAX 3

/* Each has a subject of its own, so that nothing of the one before is taken for
 * its entries. */
static void make(struct bus *b, int64_t now)
{
	struct reading *r = &b->reading;

	r->consumer++;
	r->asked = true;
	r->asked_ms = r->heard_ms = now;
	r->delivery = 0;
	jetstream_read(&b->names, &b->engine.out, r->consumer, r->sequence + 1);
}

static void make_anew(struct bus *b, int64_t now, const char *why)
{
	if (++b->reading.failures > FAILURES_MAX) {
		engine_leave(b, now, "the stream cannot be read: %s", why);
		return;
	}
	jetstream_unread(&b->engine.out, b->reading.consumer);
	make(b, now);
}

void reading_begin(struct bus *b, uint64_t from, uint64_t number, int64_t now)
{
	reading_end(b);
	b->reading.active = true;
	b->reading.number = number;
	b->reading.sequence = from > 0 ? from - 1 : 0;
	b->reading.failures = 0;
	make(b, now);
}

void reading_end(struct bus *b)
{
	if (b->reading.active)
		jetstream_unread(&b->engine.out, b->reading.consumer);
	b->reading.active = false;
}

void reading_answer(struct bus *b, uint64_t consumer,
	const struct jetstream_answer *a, int64_t now)
{
	if (!b->reading.active || consumer != b->reading.consumer)
		return;
	if (a->failed)
		engine_leave(b, now, "the stream cannot be read: %s", a->words);
	b->reading.asked = false;
	b->reading.heard_ms = now;
}

static void pass(struct bus *b, const struct nats_op *op,
	const struct jetstream_delivery *d)
{
	size_t n = op->body.n <= BUS_ENTRY_MAX ? op->body.n : 0;
	char *body = frames_put(b, BUS_ENTRY, d->sequence, b->reading.number,
		(int64_t)(d->time_ns / 1000000), n);

	if (n > 0)
		memcpy(body, op->body.at, n);
	status_count(&b->status->bus_received, 1);
	status_count(&b->status->bus_received_bytes, n);
	atomic_store_explicit(
		&b->status->bus_last, d->sequence, memory_order_relaxed);
	atomic_store_explicit(&b->status->bus_end, d->sequence + d->pending,
		memory_order_relaxed);
}

static void take_entry(struct bus *b, const struct nats_op *op, int64_t now)
{
	struct reading *r = &b->reading;
	struct jetstream_delivery d;

	if (!jetstream_delivered(op->reply, &d)) {
		engine_leave(b, now, "a message without its place");
		return;
	}
	if (d.delivery != r->delivery + 1) {
		make_anew(b, now, "entries were lost on the way");
		return;
	}
	r->failures = 0;
	r->delivery = d.delivery;
	if (d.sequence <= r->sequence)
		return;
	r->sequence = d.sequence;
	pass(b, op, &d);
}

/* Whether the engine has sent no more than we have. */
static bool is_even(const struct reading *r, const struct nats_part *headers)
{
	struct nats_part last = nats_header(headers, "Nats-Last-Consumer");
	uint64_t n;

	return !nats_number(&last, &n) || n == r->delivery;
}

/* A heartbeat, or a question whether we have all; a stalled consumer repeats
 * that question in its heartbeats. */
static void take_beat(struct bus *b, const struct nats_op *op, int64_t now)
{
	struct nats_part stalled =
		nats_header(&op->headers, "Nats-Consumer-Stalled");

	b->reading.failures = 0;
	if (op->reply.n > 0)
		jetstream_acknowledge(&b->engine.out, op->reply);
	else if (stalled.n > 0)
		jetstream_acknowledge(&b->engine.out, stalled);
	if (!is_even(&b->reading, &op->headers))
		make_anew(b, now, "entries were lost on the way");
}

void reading_message(struct bus *b, const struct nats_op *op, int64_t now)
{
	unsigned int status = nats_status(&op->headers);

	if (!b->reading.active || b->channel.fd == -1 ||
		op->sid != JETSTREAM_READINGS + b->reading.consumer)
		return;
	b->reading.heard_ms = now;
	if (status == 0)
		take_entry(b, op, now);
	else if (status == 100)
		take_beat(b, op, now);
	else
		make_anew(b, now, "the consumer has ended");
}

int64_t reading_tick(struct bus *b, int64_t now)
{
	const struct reading *r = &b->reading;
	int64_t since = r->asked ? r->asked_ms : r->heard_ms;

	if (!r->active)
		return DEADLINE_NONE;
	if (since < b->engine.patient_ms)
		since = b->engine.patient_ms;
	if (r->asked) {
		if (now >= since + ANSWER_MS)
			engine_leave(
				b, now, "the stream cannot be read: no answer");
		return since + ANSWER_MS;
	}
	if (now < since + SILENCE_MS)
		return since + SILENCE_MS;
	make_anew(b, now, "no heartbeats");
	return now + ANSWER_MS;
}
