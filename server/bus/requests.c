/* SPDX-License-Identifier: MIT */
/* What the relay asks for: to read, to append, to tell.  It is carried out
 * while the relay knows that we are connected; what was sent in the belief that
 * an earlier connection stood is lost with that.
 * Runs in: bus. */
#include "ipc/common/clock.h"
#include "server/bus/state.h"

static bool is_up(const struct bus *b)
{
	return b->engine.phase == ENGINE_UP && b->channel.told_up &&
	       !b->channel.owes_down;
}

static bool has_room(const struct bus *b)
{
	return buffer_room(&b->engine.out) >=
		       ENGINE_RESERVE + JETSTREAM_PUBLISH_MAX + BUS_ENTRY_MAX &&
	       acks_have_room(&b->acks);
}

static void count(struct bus *b, size_t n)
{
	status_count(&b->status->bus_sent, 1);
	status_count(&b->status->bus_sent_bytes, n);
}

static void carry_out(struct bus *b, const struct bus_frame *f, int64_t now)
{
	size_t n = bus_body_len(f);

	switch ((enum bus_kind)f->kind) {
	case BUS_READ:
		reading_begin(b, f->a, f->b, now);
		break;
	case BUS_APPEND:
		jetstream_append(&b->names, &b->engine.out,
			acks_send(&b->acks, now, n), f->a, f->b, f->body, n);
		count(b, n);
		break;
	case BUS_TELL:
		jetstream_tell(&b->names, &b->engine.out, f->a, f->body, n);
		count(b, n);
		break;
	case BUS_AGAIN:
		engine_leave(b, now, "left, since entries do not come back");
		break;
	default:
		break;
	}
}

void requests_take(struct bus *b, int64_t now)
{
	const struct bus_frame *f;

	b->channel.stuck = false;
	while ((f = frames_next(b)) != NULL) {
		if (is_up(b) && !has_room(b)) {
			b->channel.stuck = true;
			return;
		}
		if (is_up(b))
			carry_out(b, f, now);
		frames_drop(b, f);
	}
}

bool requests_can(const struct bus *b)
{
	return !is_up(b) || has_room(b);
}
