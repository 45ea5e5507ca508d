/* SPDX-License-Identifier: MIT */
/* Tests of server/child/unacked.c: every frame arrives, once on each channel,
 * whatever becomes of the channels. Runs in: nothing but tests. */
#include "server/child/unacked.h"

#include <string.h>
#include <unistd.h>

#include "tests/unit/chance.h"
#include "tests/unit/unacked_rig.h"
#include "tests/unit/unit.h"

static void channel_is_full(void)
{
	uint64_t last;
	size_t rounds = 0;

	begin();
	open_channel(1);
	while (unacked_has_room(box))
		add(UP_PUBLIC);
	CHECK(unacked_send(box, channel.fds[0]));
	CHECK(unacked_has_unsent(box));
	for (; unacked_has_unsent(box); rounds++) {
		CHECK(rounds < 100000);
		receive(1001);
		CHECK(unacked_send(box, channel.fds[0]));
	}
	CHECK(rounds > 1);
	receive(SIZE_MAX);
	check_stream(1, &last);
	CHECK_EQ(last, box->counter);
}

static void channel_is_gone(void)
{
	uint64_t last;

	begin();
	open_channel(0);
	add(UP_PUBLIC);
	close(channel.fds[1]);
	channel.fds[1] = -1;
	CHECK(!unacked_send(box, channel.fds[0])); /* and no SIGPIPE */
	CHECK(unacked_has_unsent(box));

	open_channel(0);
	unacked_rewind(box);
	CHECK(unacked_send(box, channel.fds[0]));
	receive(SIZE_MAX);
	check_stream(1, &last);
	CHECK_EQ(last, 1);
}

/* What has become of the frames of a busy child. */
static struct {
	uint64_t first; /* on this channel */
	uint64_t whole; /* the last that has arrived whole */
	uint64_t acknowledged;
	uint64_t moves; /* times that it made room */
} life;

static void add_some(void)
{
	size_t end = box->end;

	if (unacked_has_room(box))
		add(chance(2) == 0 ? UP_PUBLIC : UP_PRIVATE);
	life.moves += box->end < end;
}

/* Only what has arrived whole is acknowledged, as by a relay. */
static void acknowledge_some(void)
{
	if (life.whole > life.acknowledged)
		life.acknowledged += 1 + chance(life.whole - life.acknowledged);
	unacked_acknowledge(box, life.acknowledged);
	CHECK(unacked_is_empty(box) == (life.acknowledged == box->counter));
}

static void replace_relay(void)
{
	open_channel(1);
	unacked_rewind(box);
	life.first = life.acknowledged + 1;
	life.whole = life.acknowledged;
}

/* The life of a busy child whose relay dies now and then. */
static void anything(void)
{
	begin();
	open_channel(1);
	life.first = 1;
	for (int i = 0; i < 200000 && !UNIT_FAILED; i++) {
		switch (chance(8)) {
		default:
			add_some();
			break;
		case 4:
			CHECK(unacked_send(box, channel.fds[0]));
			break;
		case 5:
			receive(chance(20000));
			check_stream(life.first, &life.whole);
			break;
		case 6:
			acknowledge_some();
			break;
		case 7:
			if (chance(8) == 0 || channel.len >= 900000)
				replace_relay();
			break;
		}
		CHECK(is_intact());
	}
	CHECKF(life.acknowledged > 10000 && life.moves > 100,
		"%llu frames, %llu moves",
		(unsigned long long)life.acknowledged,
		(unsigned long long)life.moves);
}

int main(void)
{
	make_text();

	RUN(channel_is_full, "a channel that takes little at a time");
	RUN(channel_is_gone, "a channel without another end");
	RUN(anything, "a busy child and relays that die");
	close_channel();
	return unit_end();
}
