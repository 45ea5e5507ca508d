/* SPDX-License-Identifier: MIT */
/* Tests of server/child/unacked.c: every frame is sent once, and kept until it
 * is acknowledged. Runs in: nothing but tests. */
#include "server/child/unacked.h"

#include <string.h>
#include <unistd.h>

#include "tests/unit/unacked_rig.h"
#include "tests/unit/unit.h"

static void empty(void)
{
	begin();
	open_channel(0);
	CHECK(unacked_is_empty(box));
	CHECK(!unacked_has_unsent(box));
	CHECK(unacked_has_room(box));
	CHECK(unacked_send(box, channel.fds[0]));
	unacked_acknowledge(box, 0);
	unacked_acknowledge(box, 1000);
	unacked_rewind(box);
	CHECK(unacked_is_empty(box) && !unacked_has_unsent(box));
	receive(SIZE_MAX);
	CHECK_EQ(channel.len, 0);
}

static void sends_once(void)
{
	uint64_t last;

	begin();
	open_channel(0);
	for (int i = 0; i < 5; i++) {
		add(UP_PUBLIC);
		add(UP_PRIVATE);
		CHECK(unacked_has_unsent(box) && !unacked_is_empty(box));
		CHECK(unacked_send(box, channel.fds[0]));
		CHECK(!unacked_has_unsent(box) && !unacked_is_empty(box));
	}
	CHECK(unacked_send(box, channel.fds[0]));
	receive(SIZE_MAX);
	check_stream(1, &last);
	CHECK_EQ(last, 10);
}

static void fields(void)
{
	const struct span name = {"bob", 3}, hello = {"hello", 5};
	const struct frame_up *f;

	begin();
	CHECK_EQ(put(UP_RENAME, name, none), 1);
	f = (void *)box->buf;
	CHECK_EQ(frame_up_check(f, box->end), FRAME_OK);
	CHECK(f->kind == UP_RENAME && f->name_len == 3 && f->text_len == 0);
	CHECK(memcmp(f->body, "bob", 3) == 0);
	unacked_acknowledge(box, 1);

	CHECK_EQ(put(UP_PRIVATE, name, hello), 2);
	f = (void *)box->buf;
	CHECK_EQ(frame_up_check(f, box->end), FRAME_OK);
	CHECK(f->kind == UP_PRIVATE && f->name_len == 3 && f->text_len == 5);
	CHECK(memcmp(f->body, "bobhello", 8) == 0);
	unacked_acknowledge(box, 2);

	for (unsigned reason = 0; reason < LEAVE_LOST; reason++) {
		unacked_add_bye(box, (enum leave_reason)reason, hello);
		f = (void *)box->buf;
		CHECK_EQ(frame_up_check(f, box->end), FRAME_OK);
		CHECK_EQ(f->kind, UP_BYE);
		CHECK_EQ(f->reason, reason);
		CHECK_EQ(f->text_len, reason == LEAVE_PLAIN ? hello.n : 0);
		CHECK_EQ(f->counter, 3 + reason);
		unacked_acknowledge(box, box->counter);
	}
}

static void acknowledged(void)
{
	uint64_t last;

	begin();
	open_channel(0);
	for (int i = 0; i < 10; i++)
		add(UP_ACTION);
	CHECK(unacked_send(box, channel.fds[0]));
	unacked_acknowledge(box, 0); /* nothing has happened yet */
	unacked_acknowledge(box, 4);
	unacked_acknowledge(box, 2); /* an old one */
	CHECK(!unacked_is_empty(box) && !unacked_has_unsent(box));

	/* A new channel gets the other six, whole. */
	open_channel(0);
	unacked_rewind(box);
	CHECK(unacked_has_unsent(box));
	CHECK(unacked_send(box, channel.fds[0]));
	receive(SIZE_MAX);
	check_stream(5, &last);
	CHECK_EQ(last, 10);

	/* What the new channel acknowledges before it is sent is not sent. */
	open_channel(0);
	unacked_rewind(box);
	unacked_acknowledge(box, 9);
	CHECK(unacked_send(box, channel.fds[0]));
	receive(SIZE_MAX);
	check_stream(10, &last);
	CHECK_EQ(last, 10);
	unacked_acknowledge(box, 10);
	CHECK(unacked_is_empty(box) && !unacked_has_unsent(box));
	/* Quiet users stay on their first page. */
	CHECK(box->start == 0 && box->sent == 0 && box->end == 0);
}

static void full(void)
{
	static char longest[TEXT_MAX];
	const struct span name = {longest, NAME_MAX_BYTES};
	const struct span line = {longest, TEXT_MAX}, word = {"hello", 5};
	int n = 0;

	begin();
	memset(longest, 'x', sizeof(longest));
	for (; unacked_has_room(box); n++)
		put(UP_PRIVATE, name, line);
	CHECK(n >= 4);
	CHECK(is_intact());
	unacked_acknowledge(box, 1);
	CHECK(unacked_has_room(box));

	begin();
	for (n = 0; unacked_has_room(box); n++)
		put(UP_PUBLIC, none, word);
	CHECKF(n >= 500, "%d ordinary lines", n);
	CHECK(is_intact());
	/* Room is for a frame of any size, and comes back at once. */
	for (uint64_t i = 1; !unacked_has_room(box); i++) {
		CHECK(i * 32 <= FRAME_UP_MAX);
		unacked_acknowledge(box, i);
	}
	put(UP_PRIVATE, name, line);
	CHECK(is_intact());
}

/* A goodbye may have to be added when there is no room for any frame: when
 * nobody has acknowledged for too long. */
static void goodbye_when_full(void)
{
	for (size_t fill = 0; fill <= TEXT_MAX; fill += 8) {
		uint64_t last;
		struct span some = {text, fill}, most = {text, TEXT_MAX};

		begin();
		if (fill > 0)
			put(UP_PUBLIC, none, some);
		while (unacked_has_room(box))
			put(UP_PRIVATE, (struct span){text, NAME_MAX_BYTES},
				most);
		unacked_add_bye(
			box, LEAVE_PLAIN, (struct span){text, TOPIC_MAX});
		CHECKF(is_intact(), "%zu bytes in use of %zu", box->end,
			sizeof(box->buf));
		last = box->counter;
		unacked_acknowledge(box, last - 1);
		CHECKF(!unacked_is_empty(box) &&
				frame_up_check(box->buf + box->start,
					box->end - box->start) == FRAME_OK,
			"the goodbye after %zu bytes", fill);
	}
}

int main(void)
{
	make_text();

	RUN(empty, "nothing unacked");
	RUN(sends_once, "each frame is sent once");
	RUN(fields, "renames, private messages, goodbyes");
	RUN(acknowledged, "the rest is sent again on a new channel");
	RUN(full, "four longest lines, hundreds of ordinary ones");
	RUN(goodbye_when_full, "a goodbye fits however full it is");
	close_channel();
	return unit_end();
}
