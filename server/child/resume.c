/* SPDX-License-Identifier: MIT */
/* Asks for the session of an older connection of the client, and passes the
 * client on to it.
 * Runs in: child.
 *
 * From the question to the answer the client is nobody's: two processes with
 * its descriptors would take each other's bytes.  So this child does nothing
 * else then, and an end without an answer makes it ask again: the relay was
 * killed, or whoever had the message. */
#include "server/child/resume.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "ipc/attach.h"
#include "ipc/common/clock.h"
#include "ipc/common/protocol.h"
#include "server/again.h"
#include "server/child/state.h"
#include "server/fd.h"
#include "server/signals.h"

/* The pause before the relay is asked again. */
#define RETRY_MS 50

/* Who guesses waits, and guesses no more than a few times. */
#define REFUSED_MS 1000
#define ASK_MAX    3

static_assert(sizeof(struct transport_state) <= ATTACH_TRANSPORT_MAX,
	"the state of a transport must fit in an attach");

static int digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static bool read_token(struct span text, unsigned char token[TOKEN_BYTES])
{
	if (text.n != TOKEN_TEXT)
		return false;
	for (size_t i = 0; i < TOKEN_BYTES; i++) {
		int high = digit(text.p[2 * i]), low = digit(text.p[2 * i + 1]);

		if (high == -1 || low == -1)
			return false;
		token[i] = (unsigned char)(high * 16 + low);
	}
	return true;
}

/* No number, or one that is no number of lines, is none. */
static uint64_t read_lines(struct span text)
{
	uint64_t lines = 0;

	for (size_t i = 0; i < text.n; i++) {
		unsigned int value = (unsigned char)text.p[i] - (unsigned)'0';

		if (value > 9 || i > 17)
			return LINES_UNTOLD;
		lines = lines * 10 + value;
	}
	return text.n > 0 ? lines : LINES_UNTOLD;
}

void resume_begin(struct client *c, const struct request *r)
{
	struct resume *a = &c->resume;

	a->state = RESUME_FLUSH;
	a->fd = -1;
	a->until_ms = c->now_ms + STALL_MAX_SECONDS * 1000;
	a->is_token = read_token(r->name, a->token);
	a->lines = read_lines(r->text);
}

bool resume_is_busy(const struct client *c)
{
	return c->resume.state != RESUME_NONE;
}

static void refused(struct client *c)
{
	c->resume.state = RESUME_REFUSED;
	c->resume.until_ms = c->now_ms + REFUSED_MS;
}

static void again(struct client *c)
{
	c->resume.state = RESUME_ASK;
	c->resume.until_ms = c->now_ms + RETRY_MS;
}

static void ask(struct client *c)
{
	static struct attach_message m;
	const int fds[] = {CHILD_IN, CHILD_OUT, CHILD_FRONT};
	struct resume *a = &c->resume;
	const char *bytes;
	size_t n = lines_peek(&c->lines, &bytes);

	if (!a->is_token || a->asked >= ASK_MAX) {
		refused(c);
		return;
	}
	m.head = (struct attach){.version = FRAME_VERSION,
		.kind = ATTACH_RESUME,
		.slot = c->slot,
		.generation = c->generation};
	memcpy(m.head.token, a->token, TOKEN_BYTES);
	m.lines = a->lines;
	m.len = (uint32_t)n;
	m.protocol = (uint32_t)(c->protocol - protocols);
	memcpy(m.transport, &c->transport_state, sizeof c->transport_state);
	memcpy(m.bytes, bytes, n);
	a->fd = attach_resume(CHILD_ATTACH, &m, fds, c->has_front ? 3 : 2);
	if (a->fd != -1)
		a->state = RESUME_WAIT;
	else if (errno == EAGAIN)
		again(c);
	else
		refused(c); /* the server is gone */
}

static void read_answer(struct client *c)
{
	struct resume *a = &c->resume;
	char answer = 0;
	ssize_t n = recv(a->fd, &answer, 1, MSG_DONTWAIT);

	if (n == -1 && errno_is_transient(errno))
		return;
	close(a->fd);
	a->fd = -1;
	if (n == 1 && answer == ATTACH_DONE) {
		a->state = RESUME_DONE;
		c->phase = PHASE_OVER;
	} else if (n == 1) {
		a->asked++;
		refused(c);
	} else {
		again(c);
	}
}

/* Whether the client is to be told now that it cannot have the session. */
static bool go_on(struct client *c, bool ready)
{
	struct resume *a = &c->resume;
	bool late = c->now_ms >= a->until_ms;

	if (a->state == RESUME_FLUSH) {
		outbuf_write(&c->outbuf, CHILD_OUT, c->now_ms);
		if (outbuf_is_empty(&c->outbuf))
			a->state = RESUME_ASK;
		else if (late)
			refused(c);
	}
	if (a->state == RESUME_ASK)
		ask(c);
	else if (a->state == RESUME_WAIT && ready)
		read_answer(c);
	else if (a->state == RESUME_REFUSED && late)
		return true;
	return false;
}

/* A client that is with the relay cannot be served any more. */
static bool is_to_end(struct client *c)
{
	if (!signal_quit && !signal_kick)
		return false;
	if (c->resume.state == RESUME_WAIT)
		c->phase = PHASE_OVER;
	else
		c->resume.state = RESUME_NONE;
	return true;
}

bool resume_step(struct client *c)
{
	struct resume *a = &c->resume;
	struct pollfd p = {.fd = -1};
	int64_t until = a->until_ms;

	if (a->state == RESUME_FLUSH && !outbuf_is_empty(&c->outbuf)) {
		p = (struct pollfd){CHILD_OUT, POLLOUT, 0};
	} else if (a->state == RESUME_FLUSH) {
		until = c->now_ms;
	} else if (a->state == RESUME_WAIT) {
		p = (struct pollfd){a->fd, POLLIN, 0};
		until = DEADLINE_NONE;
	}
	if (signals_wait(&p, 1, deadline_timeout(until, c->now_ms)) <= 0)
		p.revents = 0;
	c->now_ms = clock_monotonic_ms();
	if (is_to_end(c) || !go_on(c, p.revents != 0))
		return false;
	a->state = RESUME_NONE;
	client_error(c, ERROR_NO_SESSION, SPAN_EMPTY, 0);
	return true;
}
