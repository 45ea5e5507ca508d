/* SPDX-License-Identifier: MIT */
/* The child's end of the channel: attaching, attaching again, reading and
 * sending frames.
 * Runs in: child. */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "ipc/attach.h"
#include "ipc/common/clock.h"
#include "server/again.h"
#include "server/child/state.h"
#include "server/fd.h"

/* The pause before the next attempt to attach. */
#define RETRY_MS 50

/* Cap on channels in a row without a welcome; then the relay refuses us.  No
 * honest child reaches it. */
#define REFUSED_MAX 20

static void make_channel(struct client *c, int64_t now)
{
	struct channel *l = &c->channel;
	struct attach a = {
		.version = FRAME_VERSION,
		.slot = c->slot,
		.generation = c->generation,
		.name_len = (uint8_t)c->name_len,
		.watches = c->dialect != NULL && c->dialect->watches,
		.welcomed = l->live_id != 0,
		.kind = takeover_is_open(c) ? ATTACH_CHANNEL : ATTACH_LAST,
		.last_id = membership_last_id(&c->memberships, l->last_id),
		.last_seq = l->last_seq,
	};
	int fd;

	memcpy(a.name, c->name, c->name_len);
	memcpy(a.token, c->token, sizeof a.token);
	fd = attach_send(CHILD_ATTACH, &a);
	if (fd == -1) {
		l->retry_ms = now + RETRY_MS;
		if (errno != EAGAIN)
			client_evicted(c); /* the server is gone */
		return;
	}
	/* Only now, so that the relay has the new channel when the old one
	 * ends. */
	if (l->fd != -1)
		close(l->fd);
	l->fd = fd;
	l->wanted = l->welcomed = false;
	l->start = l->end = 0;
	unacked_rewind(&c->unacked);
}

void channel_attach(struct client *c, int64_t now)
{
	if (c->channel.wanted && now >= c->channel.retry_ms &&
		c->phase <= PHASE_LEAVE)
		make_channel(c, now);
}

void channel_start_over(struct client *c)
{
	c->channel.last_id = c->channel.last_seq = c->channel.live_id = 0;
	c->channel.gap_id = 0;
	c->channel.read_seq = 0;
	c->channel.wanted = true;
	c->channel.welcomed = false;
	c->channel.start = c->channel.end = 0;
	make_channel(c, clock_monotonic_ms());
}

/* The channel has ended: the relay died, or the ring has overtaken us. */
static void lost(struct client *c)
{
	struct channel *l = &c->channel;

	close(l->fd);
	l->fd = -1;
	l->wanted = true;
	if (l->welcomed || l->end > 0) {
		l->refused = 0;
		l->retry_ms = 0;
	} else {
		l->retry_ms = clock_monotonic_ms() + RETRY_MS;
		if (++l->refused == REFUSED_MAX)
			client_evicted(c);
	}
}

bool channel_has_frames(const struct client *c)
{
	const struct channel *l = &c->channel;

	return frame_event_check(l->buf + l->start, l->end - l->start) !=
	       FRAME_MORE;
}

void channel_render(struct client *c)
{
	struct channel *l = &c->channel;

	while (outbuf_has_room(&c->outbuf) && c->phase != PHASE_OVER) {
		struct frame_event *e = (void *)(l->buf + l->start);
		enum frame_verdict v = frame_event_check(e, l->end - l->start);

		if (v == FRAME_MORE)
			break;
		if (v == FRAME_BAD) {
			l->start = l->end = 0;
			l->wanted = true; /* nothing is read any more */
			client_evicted(c);
			break;
		}
		l->start += e->size;
		delivery_take(c, e);
	}
	if (l->start == l->end)
		l->start = l->end = 0;
}

bool channel_is_new(const struct client *c)
{
	return !c->channel.wanted && !c->channel.welcomed &&
	       c->channel.end == 0;
}

/* Output that the client does not take must not keep a user who must leave. */
static void heed_reason(struct client *c, size_t n)
{
	const struct frame_event *e = (const void *)c->channel.buf;

	if (frame_event_check(e, n) == FRAME_OK && e->kind == EVENT_WELCOME &&
		e->reason != LEAVE_PLAIN && !outbuf_has_room(&c->outbuf))
		outbuf_discard(&c->outbuf);
}

/* Reads what the relay sends first, which may have descriptors beside it: then
 * the session goes on with another client, and with another channel, from where
 * that client has read. */
static ssize_t read_first(struct client *c)
{
	struct channel *l = &c->channel;
	struct passing beside;
	size_t n;
	int got =
		passing_receive_some(l->fd, l->buf, sizeof l->buf, &n, &beside);

	if (got != 1) {
		if (got == 0)
			errno = EAGAIN;
		return -1;
	}
	if (beside.count == 0) {
		heed_reason(c, n);
		return (ssize_t)n;
	}
	if (frame_event_check(l->buf, n) == FRAME_OK)
		takeover_take(c, (struct frame_event *)(void *)l->buf, &beside);
	passing_drop(&beside);
	l->wanted = true;
	l->retry_ms = 0;
	errno = EAGAIN;
	return -1;
}

void channel_hang_up(struct client *c)
{
	if (!c->channel.wanted && !outbuf_has_room(&c->outbuf))
		lost(c);
}

void channel_read(struct client *c)
{
	struct channel *l = &c->channel;
	ssize_t n;

	if (l->wanted || channel_has_frames(c))
		return;
	if (l->start > 0) {
		memmove(l->buf, l->buf + l->start, l->end - l->start);
		l->end -= l->start;
		l->start = 0;
	}
	n = channel_is_new(c) ? read_first(c)
			      : recv(l->fd, l->buf + l->end,
					sizeof l->buf - l->end, MSG_DONTWAIT);
	if (n > 0)
		l->end += (size_t)n;
	else if (n == 0 || (!errno_is_transient(errno) && errno != ECONNRESET))
		lost(c);
}

void channel_write(struct client *c)
{
	/* Frames wait for the welcome, which says which of them are new. */
	if (!c->channel.wanted && c->channel.welcomed &&
		!unacked_send(&c->unacked, c->channel.fd))
		lost(c);
}
