/* SPDX-License-Identifier: MIT */
/* The bus's end of the channel to the relay: attaching, and again when the
 * relay has died; frames in, frames out.
 * Runs in: bus. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "ipc/attach.h"
#include "ipc/common/clock.h"
#include "server/bus/state.h"
#include "server/log.h"

/* The pause before the next attempt to attach. */
#define RETRY_MS 50

bool frames_attach(struct bus *b, int64_t now)
{
	const struct attach a = {.version = FRAME_VERSION, .slot = ATTACH_BUS};
	struct channel *c = &b->channel;

	if (!c->may_attach || c->fd != -1 || now < c->retry_ms)
		return true;
	c->fd = attach_send(b->setup->attach, &a);
	c->since_ms = now;
	c->retry_ms = now + RETRY_MS;
	return c->fd != -1 || errno == EAGAIN;
}

static void end(struct bus *b)
{
	struct channel *c = &b->channel;

	close(c->fd);
	c->fd = -1;
	c->stuck = c->told_up = c->owes_down = false;
	buffer_clear(&c->in);
	buffer_clear(&c->out);
}

void frames_receive(struct bus *b)
{
	struct channel *c = &b->channel;
	bool drained;

	if (buffer_receive(&c->in, c->fd, &drained) != -1 ||
		errno == ECONNRESET)
		return; /* its end is seen once that error has been read */
	end(b);
}

void frames_send(struct bus *b)
{
	struct channel *c = &b->channel;

	/* What the relay has sent can be read still. */
	if (c->fd != -1 && buffer_send(&c->out, c->fd) == -1)
		buffer_clear(&c->out);
}

const struct bus_frame *frames_next(struct bus *b)
{
	struct channel *c = &b->channel;
	const struct bus_frame *f;

	if (c->fd == -1)
		return NULL;
	f = (const void *)(c->in.bytes + c->in.start);
	switch (bus_check_from_relay(f, buffer_used(&c->in))) {
	case FRAME_OK:
		return f;
	case FRAME_MORE:
		return NULL;
	case FRAME_BAD:
		break;
	}
	log_warn("bus-channel reason=bad-frame");
	end(b);
	return NULL;
}

void frames_drop(struct bus *b, const struct bus_frame *f)
{
	buffer_drop(&b->channel.in, f->size);
}

bool frames_have_room(const struct bus *b)
{
	return buffer_room(&b->channel.out) >= BUS_FRAME_MAX;
}

char *frames_put(struct bus *b, enum bus_kind kind, uint64_t first,
	uint64_t second, int64_t unix_ms, size_t n)
{
	size_t size = sizeof(struct bus_frame) +
		      (n + BUS_ALIGN - 1) / BUS_ALIGN * BUS_ALIGN;
	struct bus_frame *f = (void *)buffer_extend(&b->channel.out, size);

	bus_frame_begin(f, kind, n);
	f->a = first;
	f->b = second;
	f->unix_ms = unix_ms;
	return f->body;
}
