/* SPDX-License-Identifier: MIT */
/* What a trusted proxy says of where the client comes from, and the verdict on
 * that.
 * Runs in: child.
 *
 * An end without an answer makes it ask again: the relay was killed, or too
 * many ask at once. */
#include "server/child/proxied.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#include "ipc/attach.h"
#include "ipc/common/clock.h"
#include "ipc/common/protocol.h"
#include "server/again.h"
#include "server/child/proxy_header.h"
#include "server/child/state.h"
#include "server/fd.h"
#include "server/signals.h"

/* The pause before the relay is asked again. */
#define RETRY_MS 50

/* The time for a header that the network has to send again ("The PROXY
 * protocol", section 2): who says nothing for that long has come without.  And
 * for the rest of one. */
#define HEADER_MS      3000
#define HEADER_REST_MS 5000

/* For a client that will not be served to say in which protocol. */
#define DENIED_MS 1000

bool proxied_may(const struct client *c)
{
	return atomic_load(&c->table->roster[c->slot].trusted);
}

bool proxied_is_busy(const struct client *c)
{
	return c->proxied.state != PROXIED_NONE;
}

void proxied_begin(struct client *c, const struct net_address *address)
{
	c->proxied.state = PROXIED_ASK;
	c->proxied.retry_ms = c->now_ms;
	c->proxied.address = *address;
}

/* Ends without a word: whoever the client is, the server goes on without it. */
static void give_up(struct client *c)
{
	c->proxied.state = PROXIED_NONE;
	c->phase = PHASE_OVER;
}

static void ask(struct client *c)
{
	struct proxied *p = &c->proxied;
	const struct attach head = {.version = FRAME_VERSION,
		.kind = ATTACH_ADDRESS,
		.slot = c->slot,
		.generation = c->generation};

	p->fd = attach_address(CHILD_ATTACH, &head, &p->address);
	if (p->fd != -1)
		p->state = PROXIED_WAIT;
	else if (errno == EAGAIN)
		p->retry_ms = c->now_ms + RETRY_MS;
	else
		give_up(c); /* the server is gone */
}

static void take_verdict(struct client *c, char verdict)
{
	struct proxied *p = &c->proxied;

	if (verdict != ATTACH_DONE && verdict != ATTACH_BANNED &&
		verdict != ATTACH_CROWDED) {
		give_up(c);
		return;
	}
	p->state = PROXIED_NONE;
	p->is_new = true;
	if (verdict != ATTACH_DONE)
		p->denied = verdict;
	p->expects = p->expects && p->denied == 0 && proxied_may(c);
}

static void read_answer(struct client *c)
{
	struct proxied *p = &c->proxied;
	char verdict = 0;
	ssize_t n = recv(p->fd, &verdict, 1, MSG_DONTWAIT);

	if (n == -1 && errno_is_transient(errno))
		return;
	close(p->fd);
	p->state = PROXIED_ASK;
	p->retry_ms = c->now_ms + RETRY_MS;
	if (n == 1)
		take_verdict(c, verdict);
}

bool proxied_step(struct client *c)
{
	struct proxied *p = &c->proxied;
	bool waits = p->state == PROXIED_WAIT;
	struct pollfd answer = {waits ? p->fd : -1, POLLIN, 0};
	int64_t until = waits ? DEADLINE_NONE : p->retry_ms;

	if (signals_wait(&answer, 1, deadline_timeout(until, c->now_ms)) <= 0)
		answer.revents = 0;
	c->now_ms = clock_monotonic_ms();
	if (signal_quit || signal_kick)
		give_up(c);
	else if (!waits && c->now_ms >= p->retry_ms)
		ask(c);
	else if (waits && answer.revents != 0)
		read_answer(c);
	return !proxied_is_busy(c);
}

int64_t proxied_patience_ms(struct client *c)
{
	int64_t usual = c->options->greet_after;

	if (c->proxied.denied != 0)
		return usual < DENIED_MS ? usual : DENIED_MS;
	return c->proxied.expects && usual < HEADER_MS ? HEADER_MS : usual;
}

enum header proxied_take_header(struct client *c)
{
	struct proxied *p = &c->proxied;
	struct proxy_header h;
	const char *bytes;
	size_t n = lines_peek(&c->lines, &bytes);
	bool begun = p->begun;

	p->begun = false;
	switch (c->waiting ? proxy_header_read(&h, bytes, n) : PROXY_MORE) {
	case PROXY_MORE:
		if (n > 0 && !begun)
			c->deadline_ms = c->now_ms + HEADER_REST_MS;
		p->begun = n > 0;
		return HEADER_AWAITED;
	case PROXY_BAD:
		return HEADER_BAD;
	case PROXY_WHOLE:
		lines_skip(&c->lines, h.size);
		c->waiting = n > h.size;
		if (h.has_address) {
			proxied_begin(c, &h.address);
			return HEADER_AWAITED;
		}
		break;
	case PROXY_NONE:
		break;
	}
	p->expects = false;
	return HEADER_TAKEN;
}

struct span proxied_denial(const struct client *c)
{
	static const char banned[] = REFUSED_BANNED;
	static const char crowded[] = REFUSED_CROWDED;

	if (c->proxied.denied == ATTACH_BANNED)
		return (struct span){banned, sizeof banned - 1};
	if (c->proxied.denied == ATTACH_CROWDED)
		return (struct span){crowded, sizeof crowded - 1};
	return SPAN_EMPTY;
}
