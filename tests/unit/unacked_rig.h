/* SPDX-License-Identifier: MIT */
/* Unacked frames and the channel it is sent on, for the tests of
 * server/child/unacked.c. Runs in: nothing but tests. */
#ifndef TESTS_UNIT_UNACKED_RIG_H
#define TESTS_UNIT_UNACKED_RIG_H

#include "server/child/unacked.h"

#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/unit/unit.h"

/* Unacked frames and what must never be written, right behind it. */
static struct {
	struct unacked box;
	unsigned char behind[256];
} own;

static struct unacked *const box = &own.box;

static const struct span none = {"", 0};
static char text[TEXT_MAX];

/* The other end: what has come on the present channel. */
static struct {
	int fds[2];
	char buf[1 << 20];
	size_t len;
} channel = {.fds = {-1, -1}};

/* What all texts and names are cut from. */
static inline void make_text(void)
{
	for (size_t i = 0; i < sizeof(text); i++)
		text[i] = (char)('a' + i * i % 26);
}

/* The text of a frame follows from its counter. */
static inline struct span text_of(uint64_t counter)
{
	size_t n = counter % 40 == 0 ? TEXT_MAX - 64 - counter % 1000
				     : 1 + counter * 7919 % 300;

	return (struct span){text + counter % 64, n};
}

static inline struct span name_of(uint64_t counter)
{
	return (struct span){text + 100, 1 + counter % NAME_MAX_BYTES};
}

static inline void begin(void)
{
	memset(&own, 0, sizeof(own));
	memset(own.behind, 0xA5, sizeof(own.behind));
}

static inline bool is_intact(void)
{
	for (size_t i = 0; i < sizeof(own.behind); i++) {
		if (own.behind[i] != 0xA5)
			return false;
	}
	return box->start <= box->sent && box->sent <= box->end &&
	       box->end <= sizeof(box->buf);
}

static inline void close_channel(void)
{
	close(channel.fds[0]);
	close(channel.fds[1]);
}

/* Instead of the one before; room is for so many bytes, 0: the usual. */
static inline void open_channel(int room)
{
	if (channel.fds[0] != -1)
		close_channel();
	channel.len = 0;
	CHECK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0,
		      channel.fds) == 0);
	if (room > 0)
		CHECK(setsockopt(channel.fds[0], SOL_SOCKET, SO_SNDBUF, &room,
			      sizeof(room)) == 0);
}

/* Reads what has come, up to limit bytes. */
static inline void receive(size_t limit)
{
	while (limit > 0) {
		size_t room = sizeof(channel.buf) - channel.len;
		ssize_t n = recv(channel.fds[1], channel.buf + channel.len,
			limit < room ? limit : room, 0);

		if (n <= 0)
			return;
		channel.len += (size_t)n;
		limit -= (size_t)n;
	}
}

/* Counters, in a row from first on, are in the stream and nothing else is;
 * a cut frame may come last.  *last is the last whole one. */
static inline void check_stream(uint64_t first, uint64_t *last)
{
	size_t at = 0;

	*last = first - 1;
	for (;;) {
		const struct frame_up *f = (void *)(channel.buf + at);
		struct span want = text_of(*last + 1);
		enum frame_verdict verdict =
			frame_up_check(f, channel.len - at);

		CHECKF(verdict != FRAME_BAD, "at byte %zu", at);
		if (verdict == FRAME_MORE)
			return;
		CHECK_EQ(f->counter, *last + 1);
		++*last;
		CHECK(memcmp(f->body + f->name_len, want.p, f->text_len) == 0);
		if (f->kind != UP_RENAME)
			CHECK_EQ(f->text_len, want.n);
		at += f->size;
	}
}

/* A frame that concerns no room. */
static inline uint64_t put(
	enum up_kind kind, struct span name, struct span said)
{
	return unacked_add(box, &(const struct frame_up){.kind = (uint8_t)kind},
		none, name, said);
}

static inline void add(enum up_kind kind)
{
	uint64_t counter = box->counter + 1;
	struct span name = kind == UP_PRIVATE ? name_of(counter) : none;

	CHECK_EQ(put(kind, name, text_of(counter)), counter);
	CHECK_EQ(box->counter, counter);
}

#endif
