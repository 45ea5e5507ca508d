/* SPDX-License-Identifier: MIT */
/* An echo on the product's WebSocket transport, which takes all frames apart,
 * and makes those that are sent.
 * Runs in: child, of tests/websocket/server/chatserver.
 *
 * A line of the chat has far fewer bytes than a message may have; so messages
 * do not become lines here, but go back at this place, the long ones in several
 * frames.  What is kept meanwhile is static: a process has one connection. */
#include "tests/websocket/server/echo.h"

#include <string.h>

#include "server/child/transport/websocket.h"

/* Messages that have come, and have not gone back. */
#define STORE_SIZE (1u << 20)

/* Cap on bytes of a frame, and of all that is written at once: a transport has
 * RENDER_MAX, beside the answers to what it reads. */
#define PIECE    (16u << 10)
#define AT_ONCE  (24u << 10)
#define LENGTH_1 126 /* the lengths from here on have two bytes */

static char store[STORE_SIZE];
static size_t stored;
static bool in_message;   /* the first frames of a long one are sent */
static int64_t next_tick; /* of the transport below */

/* The opcode that the transport gives to its messages; 0: it sends no more. */
static unsigned char kind_of(struct transport_state *s)
{
	char line[1 + TRANSPORT_LINE_EXTRA] = "\n";

	return transport_websocket.frame(s, line, 1) > 0
		       ? (unsigned char)line[0] & 0x0F
		       : 0;
}

static void drop(size_t n)
{
	stored -= n;
	memmove(store, store + n, stored);
}

/* A frame of a message that is too long for one, of n bytes. */
static char *put_piece(
	struct transport_state *s, char *dst, size_t n, bool last)
{
	unsigned char first = in_message ? 0 : kind_of(s);

	*dst++ = (char)(first | (last ? 0x80 : 0));
	if (n >= LENGTH_1) {
		*dst++ = LENGTH_1;
		*dst++ = (char)(n >> 8);
	}
	*dst++ = (char)n;
	dst = mempcpy(dst, store, n);
	in_message = !last;
	drop(last ? n + 1 : n);
	return dst;
}

/* Writes as much as goes at once. */
static char *put_stored(struct transport_state *s, char *dst)
{
	char *start = dst, *end;

	while ((end = memchr(store, '\n', stored)) != NULL) {
		size_t n = (size_t)(end - store);
		size_t piece = n < PIECE ? n : PIECE;

		if ((size_t)(dst - start) + piece + TRANSPORT_LINE_EXTRA >
			AT_ONCE)
			break;
		if (kind_of(s) == 0) {
			stored = 0;
		} else if (n > PIECE || in_message) {
			dst = put_piece(s, dst, piece, piece == n);
		} else {
			memcpy(dst, store, n + 1);
			dst += transport_websocket.frame(s, dst, n + 1);
			drop(n + 1);
		}
	}
	return dst;
}

/* The transport's tick, or ours as soon as may be. */
static void set_tick(struct transport_state *s)
{
	next_tick = s->due_ms;
	if (memchr(store, '\n', stored) != NULL)
		s->due_ms = s->now_ms;
}

static char *take(struct transport_state *s, char *bytes, size_t n,
	size_t *kept, char *dst)
{
	s->due_ms = next_tick;
	dst = transport_websocket.take(s, bytes, n, kept, dst);
	if (*kept > STORE_SIZE - stored) {
		s->ended = true; /* no case has so much */
		*kept = 0;
	}
	stored =
		(size_t)((char *)mempcpy(store + stored, bytes, *kept) - store);
	*kept = 0;
	dst = put_stored(s, dst);
	set_tick(s);
	return dst;
}

static char *tick(struct transport_state *s, char *dst)
{
	s->due_ms = next_tick;
	if (next_tick != 0 && s->now_ms >= next_tick) {
		s->due_ms = 0;
		dst = transport_websocket.tick(s, dst);
	}
	dst = put_stored(s, dst);
	set_tick(s);
	return dst;
}

static size_t frame(struct transport_state *s, char *lines, size_t n)
{
	return transport_websocket.frame(s, lines, n);
}

static void begin(struct transport_state *s)
{
	transport_websocket.begin(s);
	set_tick(s);
}

static char *close_it(
	struct transport_state *s, enum leave_reason reason, char *dst)
{
	return transport_websocket.close(s, reason, dst);
}

const struct transport transport_echo = {
	.name = "echo",
	.begin = begin,
	.take = take,
	.frame = frame,
	.tick = tick,
	.close = close_it,
};

/* --- the dialect ---------------------------------------------------------- */

static char *take_no_line(
	struct dialect_state *s, struct span line, struct request *r, char *dst)
{
	(void)s;
	(void)line;
	(void)r;
	return dst;
}

static char *render_nothing(
	struct dialect_state *s, const struct event *e, char *dst)
{
	(void)s;
	(void)e;
	return dst;
}

const struct dialect dialect_silent = {
	.name = "silent",
	.waits = true,
	.hello = take_no_line,
	.line = take_no_line,
	.render = render_nothing,
};
