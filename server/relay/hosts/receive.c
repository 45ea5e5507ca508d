/* SPDX-License-Identifier: MIT */
/* What the bus sends: that it is connected, or not any more; entries; private
 * messages.
 * Runs in: relay. */
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "ipc/common/clock.h"
#include "server/again.h"
#include "server/log.h"
#include "server/relay/hosts/state.h"

/* Cap on bytes that are taken at once, so that members get their turn. */
#define IN_SIZE (4 * BUS_FRAME_MAX)

/* From the last entry that was judged on, if the stream still has it; or else
 * from its end on, and what is there is nothing that we know. */
static void read_on(struct link *l, const struct bus_frame *f)
{
	struct bus_state *b = l->b;

	l->telling = b->hosts.world != 0 && b->hash != 0 &&
		     f->a <= b->applied && b->applied <= f->b;
	l->verify = l->telling ? b->applied : 0;
	if (!l->telling)
		memset(&b->hosts, 0, sizeof b->hosts);
	link_read(l, l->telling ? b->applied : f->b + 1);
}

static void take_up(struct switchboard *s, const struct bus_frame *f)
{
	struct link *l = link_of(s);
	struct bus_state *b = l->b;

	l->up = true;
	l->again = false;
	l->up_ms = clock_monotonic_ms();
	l->end_seq = f->b;
	if (b->phase == BUS_TOGETHER && f->a <= b->applied &&
		b->applied <= f->b) {
		phase_resume(s);
		return;
	}
	phase_split(s, "the stream is another one");
	read_on(l, f);
	phase_join(s);
}

/* The engine, or the bus, is away. */
static void lose(struct switchboard *s, const char *why)
{
	struct link *l = link_of(s);

	l->joining = false;
	if (l->b->phase == BUS_SWITCHING)
		phase_split(s, why);
}

static void take(struct switchboard *s, const struct bus_frame *f)
{
	struct link *l = link_of(s);

	switch (f->kind) {
	case BUS_UP:
		take_up(s, f);
		break;
	case BUS_DOWN:
		l->up = false;
		queue_close(l);
		lose(s, "the engine is away");
		break;
	case BUS_ENTRY:
		if (f->b != l->reading)
			break; /* of a reading that has been replaced */
		l->read_seq = f->a;
		stream_take(s, f->a, f->unix_ms, f->body, bus_body_len(f));
		break;
	case BUS_TOLD:
		private_take(s, f->body, bus_body_len(f));
		break;
	default:
		break;
	}
}

/* Takes whole frames out of what has come; false at a bad one. */
static bool take_all(struct switchboard *s)
{
	struct link *l = link_of(s);

	while (l->fd != -1) {
		const struct bus_frame *f = (void *)(l->in + l->in_start);
		enum frame_verdict v =
			bus_check_from_bus(f, l->in_end - l->in_start);

		if (v == FRAME_BAD)
			return false;
		if (v == FRAME_MORE)
			break;
		l->in_start += f->size;
		take(s, f);
		round_relieve(s);
	}
	memmove(l->in, l->in + l->in_start, l->in_end - l->in_start);
	l->in_end -= l->in_start;
	l->in_start = 0;
	return true;
}

void hosts_receive(struct switchboard *s)
{
	struct link *l = link_of(s);
	ssize_t n;

	if (l == NULL || l->fd == -1)
		return;
	link_flush(s);
	n = l->fd != -1 ? recv(l->fd, l->in + l->in_end, IN_SIZE - l->in_end,
				  MSG_DONTWAIT)
			: 0;
	if (n == -1 && errno_is_transient(errno))
		return;
	if (n > 0) {
		l->in_end += (size_t)n;
		if (!take_all(s)) {
			log_warn("relay-bad-bus-frame");
			n = 0;
		}
	}
	if (n <= 0) {
		log_debug("bus-detach");
		link_close(s);
		lose(s, "the bus has ended");
	}
}

bool hosts_set_up(struct switchboard *s)
{
	struct link *l;

	if (s->options->bus == NULL)
		return true;
	l = s->link = calloc(1, sizeof *l);
	if (l == NULL)
		return false;
	l->options = s->options;
	l->fd = -1;
	l->me = bus_host_id(s->options->bus_host);
	l->q.buf = malloc(QUEUE_MAX);
	l->control = malloc(CONTROL_MAX);
	l->in = malloc(IN_SIZE);
	l->rest = malloc(BUS_FRAME_MAX);
	l->told = malloc(TOLD_MAX);
	return l->q.buf != NULL && l->control != NULL && l->in != NULL &&
	       l->told != NULL && l->rest != NULL && remote_set_up(s);
}
