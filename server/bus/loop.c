/* SPDX-License-Identifier: MIT */
/* The bus's loop: waits for the relay, the engine and the parent.
 * Runs in: bus.
 *
 * Each side is read only while there is room for what it may bring to the
 * other, so that memory stays as it is whoever is slow. */
#include "server/bus/loop.h"

#include <errno.h>
#include <poll.h>
#include <stdalign.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

#include "ipc/common/clock.h"
#include "ipc/shm.h"
#include "server/again.h"
#include "server/bus/state.h"
#include "server/exitcode.h"
#include "server/log.h"

static struct buffer buffer(char *bytes, size_t size)
{
	return (struct buffer){.bytes = bytes, .size = size};
}

static void set_up_buffers(struct bus *b)
{
	static alignas(BUS_ALIGN) char channel[2][CHANNEL_BYTES];
	static char engine[2][ENGINE_BYTES];

	b->channel.in = buffer(channel[0], CHANNEL_BYTES);
	b->channel.out = buffer(channel[1], CHANNEL_BYTES);
	b->engine.in = buffer(engine[0], ENGINE_BYTES);
	b->engine.out = buffer(engine[1], ENGINE_BYTES);
}

/* What is random: our inbox, which nobody else can guess, and pauses. */
static int set_up_names(struct bus *b)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz012345";
	unsigned char random[JETSTREAM_NONCE + sizeof b->engine.random];
	char nonce[JETSTREAM_NONCE];

	if (getrandom(random, sizeof random, 0) != (ssize_t)sizeof random)
		return -1;
	for (size_t i = 0; i < JETSTREAM_NONCE; i++)
		nonce[i] = letters[random[i] % 32];
	memcpy(&b->engine.random, random + JETSTREAM_NONCE,
		sizeof b->engine.random);
	b->engine.random |= 1; /* 0 would stay 0 */
	jetstream_name(&b->names, b->setup->options->bus_name,
		b->setup->options->bus_host, nonce);
	return 0;
}

/* A file that has become bad since the parent looked is no reason to end: the
 * engine then says what it thinks of a login that is empty. */
static void read_login(struct bus *b)
{
	if (b->setup->login == -1)
		return;
	if (engines_read_login(b->setup->login, b->engine.login) == -1) {
		log_warn("bus-login reason=bad-line");
		b->engine.login[0] = '\0';
	}
	close(b->setup->login);
}

static int set_up(struct bus *b, const struct bus_setup *setup)
{
	memset(b, 0, sizeof *b);
	b->setup = setup;
	b->channel.fd = b->engine.fd = -1;
	b->engine.drained = true;
	b->status =
		shm_map(setup->status, status_size(setup->options->max_users));
	if (b->status == NULL || set_up_names(b) == -1)
		return -1;
	set_up_buffers(b);
	read_login(b);
	/* They have been checked. */
	(void)engines_parse(&b->engine.servers, setup->options->bus);
	say_status(b, false, "not connected yet");
	return 0;
}

/* False when the parent is gone.  A parent that ended with our byte unread
 * causes one ECONNRESET; its own bytes can be read after that. */
static bool read_lifeline(struct bus *b)
{
	char word;
	ssize_t n = recv(b->setup->lifeline, &word, 1, MSG_DONTWAIT);

	if (n == 0 ||
		(n == -1 && !errno_is_transient(errno) && errno != ECONNRESET))
		return false;
	if (n == 1 && word == BUS_ATTACH)
		b->channel.may_attach = true;
	return true;
}

static int say_ready(const struct bus *b)
{
	const char word = BUS_READY;
	ssize_t n;

	do
		n = send(b->setup->lifeline, &word, 1,
			MSG_NOSIGNAL | MSG_DONTWAIT);
	while (n == -1 && errno == EINTR);
	return n == 1 ? 0 : -1;
}

/* --- the loop ------------------------------------------------------------- */

enum {
	LIFELINE,
	CHANNEL,
	ENGINE,
	SOURCES
};

/* A descriptor of which nothing is wanted is left out: its end would be
 * reported again and again. */
static struct pollfd want(int fd, short events)
{
	return (struct pollfd){events != 0 ? fd : -1, events, 0};
}

static void choose(const struct bus *b, struct pollfd *p)
{
	const struct channel *c = &b->channel;
	const struct engine *e = &b->engine;
	short channel = c->stuck ? 0 : POLLIN, engine = POLLOUT;

	if (buffer_used(&c->out) > 0)
		channel |= POLLOUT;
	if (e->phase > ENGINE_CONNECTING)
		engine = (short)((e->stuck ? 0 : POLLIN) |
				 (buffer_used(&e->out) > 0 ? POLLOUT : 0));
	p[LIFELINE] = want(b->setup->lifeline, POLLIN);
	p[CHANNEL] = want(c->fd, channel);
	p[ENGINE] = want(e->fd, engine);
}

/* Our attachment is new: what the relay is told of the stream must be, too. */
static bool attach(struct bus *b, int64_t now)
{
	bool had = b->channel.fd != -1;

	if (!frames_attach(b, now))
		return false;
	if (!had && b->channel.fd != -1 && b->engine.phase == ENGINE_UP)
		session_look(b, now);
	return true;
}

static void take_in(struct bus *b, const struct pollfd *p, int64_t now)
{
	struct engine *e = &b->engine;

	if (p[CHANNEL].revents != 0 && (p[CHANNEL].events & POLLIN) != 0)
		frames_receive(b);
	if (p[ENGINE].revents != 0 && e->phase == ENGINE_CONNECTING)
		engine_connected(b, now);
	else if ((p[ENGINE].events & POLLIN) == 0)
		return;
	else if ((p[ENGINE].revents & ~POLLOUT) != 0)
		engine_receive(b, now);
	else
		e->drained = true;
}

/* Carries out what can be, and sends what came of it.  Returns when it is to
 * be called again at the latest. */
static int64_t carry_on(struct bus *b, int64_t now)
{
	int64_t next;

	session_take(b, now);
	requests_take(b, now);
	next = session_tick(b, now);
	session_announce(b);
	frames_send(b);
	engine_send(b, now);
	/* Sending may have made the room that something waits for. */
	if ((b->engine.stuck && session_can(b)) ||
		(b->channel.stuck && requests_can(b)))
		return now;
	if (b->channel.may_attach && b->channel.fd == -1)
		next = deadline_min(next, b->channel.retry_ms);
	return b->engine.phase == ENGINE_AWAY
		       ? deadline_min(next, b->engine.retry_ms)
		       : next;
}

static void loop(struct bus *b)
{
	struct pollfd p[SOURCES];
	int64_t now = clock_monotonic_ms(), next;

	for (;;) {
		if (!attach(b, now))
			return; /* the server is gone */
		engine_connect(b, now);
		next = carry_on(b, now);
		choose(b, p);
		if (poll(p, SOURCES, deadline_timeout(next, now)) == -1)
			memset(p, 0, sizeof p);
		now = clock_monotonic_ms();
		if (p[LIFELINE].revents != 0 && !read_lifeline(b))
			return;
		take_in(b, p, now);
	}
}

int bus_main(const struct bus_setup *setup)
{
	static struct bus b;

	if (set_up(&b, setup) == -1) {
		log_warn_errno("bus-fail");
		return BUS_FAILED;
	}
	setup->lock(setup->sandbox);
	if (say_ready(&b) == -1) {
		/* The parent has upgraded, or ended: no failure. */
		if (errno == EPIPE || errno == ECONNRESET)
			return 0;
		log_warn_errno("bus-fail");
		return BUS_FAILED;
	}
	loop(&b);
	return 0;
}
