/* SPDX-License-Identifier: MIT */
/* The connection to the engine: the next server of the list after each that
 * failed, with a pause that grows.
 * Runs in: bus. */
#include <errno.h>
#include <netinet/tcp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "server/bus/state.h"
#include "server/log.h"

/* The pause between two attempts, and up to half of it more, 5 s at most, so
 * that hosts that lost one engine together do not come back together. */
#define FIRST_PAUSE_MS   100
#define LONGEST_PAUSE_MS 3333

/* After a connection that served for this long the first pause is short. */
#define LONG_LIFE_MS 5000

const char *engine_name(const struct bus *b)
{
	return b->engine.servers.list[b->engine.server].name;
}

void engine_enter(struct bus *b, enum engine_phase phase, int64_t now)
{
	b->engine.phase = phase;
	b->engine.until_ms = now + ANSWER_MS;
}

/* xorshift: Marsaglia, "Xorshift RNGs", 2003. */
static uint32_t next_random(struct engine *e)
{
	e->random ^= e->random << 13;
	e->random ^= e->random >> 17;
	e->random ^= e->random << 5;
	return e->random;
}

static void choose_pause(struct engine *e, int64_t now)
{
	if (e->phase == ENGINE_UP && now - e->up_ms >= LONG_LIFE_MS)
		e->pause_ms = 0;
	e->pause_ms = e->pause_ms == 0 ? FIRST_PAUSE_MS : 2 * e->pause_ms;
	if (e->pause_ms > LONGEST_PAUSE_MS)
		e->pause_ms = LONGEST_PAUSE_MS;
	e->retry_ms =
		now + e->pause_ms +
		(int64_t)(next_random(e) % (unsigned int)(e->pause_ms / 2));
}

/* The log has each reason once, until it changes or a connection came up. */
static void report(struct bus *b, const char *words)
{
	struct log_text quoted;
	const struct status *s = b->status;

	if (b->engine.phase == ENGINE_UP ||
		strcmp(s->bus_texts[atomic_load(&s->bus_text)], words) != 0)
		log_warn("bus-down reason=%s",
			log_quote(&quoted, words, strlen(words)));
	say_status(b, false, words);
}

void engine_leave(struct bus *b, int64_t now, const char *fmt, ...)
{
	struct engine *e = &b->engine;
	char words[BUS_WORDS_MAX + 1];
	size_t n =
		(size_t)snprintf(words, sizeof words, "%s: ", engine_name(b));
	va_list ap;

	if (e->phase == ENGINE_AWAY)
		return;
	va_start(ap, fmt);
	vsnprintf(words + n, sizeof words - n, fmt, ap);
	va_end(ap);
	report(b, words);
	if (b->channel.told_up) {
		b->channel.owes_down = true;
		memcpy(b->channel.words, words, sizeof words);
	}
	choose_pause(e, now);
	if (e->fd != -1)
		close(e->fd);
	e->fd = -1;
	e->phase = ENGINE_AWAY;
	e->server = (e->server + 1) % e->servers.count;
	e->skip = 0;
	e->stuck = e->pinged = false;
	buffer_clear(&e->in);
	buffer_clear(&e->out);
	acks_clear(&b->acks);
	b->reading.active = false;
}

void engine_connect(struct bus *b, int64_t now)
{
	struct engine *e = &b->engine;
	const struct engine_address *a = &e->servers.list[e->server];
	const int on = 1;

	if (e->phase != ENGINE_AWAY || now < e->retry_ms)
		return;
	e->fd = socket(a->at.any.sa_family,
		SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	e->drained = true;
	engine_enter(b, ENGINE_CONNECTING, now);
	if (e->fd == -1 || (connect(e->fd, &a->at.any, a->len) == -1 &&
				   errno != EINPROGRESS)) {
		engine_leave(b, now, "%s", strerror(errno));
		return;
	}
	(void)setsockopt(e->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

void engine_connected(struct bus *b, int64_t now)
{
	int error = 0;
	socklen_t len = sizeof error;

	if (getsockopt(b->engine.fd, SOL_SOCKET, SO_ERROR, &error, &len) == -1)
		error = errno;
	if (error != 0)
		engine_leave(b, now, "%s", strerror(error));
	else
		engine_enter(b, ENGINE_INFO, now);
}

/* What is still to come of a large message is passed over. */
static void skip(struct engine *e)
{
	size_t n = buffer_used(&e->in);

	if (n > e->skip)
		n = (size_t)e->skip;
	buffer_drop(&e->in, n);
	e->skip -= n;
}

void engine_receive(struct bus *b, int64_t now)
{
	struct engine *e = &b->engine;
	ssize_t n = buffer_receive(&e->in, e->fd, &e->drained);

	if (n == -1) {
		engine_leave(b, now, "%s",
			errno == EPIPE ? "it has ended the connection"
				       : strerror(errno));
		return;
	}
	if (n > 0) {
		e->heard_ms = now;
		e->pinged = false;
	}
	skip(e);
}

void engine_send(struct bus *b, int64_t now)
{
	struct engine *e = &b->engine;

	if (e->phase > ENGINE_CONNECTING && buffer_send(&e->out, e->fd) == -1) {
		/* Why, it may have said: that is read first. */
		if (errno == EPIPE || errno == ECONNRESET)
			buffer_clear(&e->out);
		else
			engine_leave(b, now, "%s", strerror(errno));
	}
}
