/* Tests of server/outbox.c: every frame arrives, once on each channel, until
 * it is acknowledged.
 * Runs in: nothing but tests. */
#include "server/outbox.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/unit/chance.h"
#include "tests/unit/unit.h"

/* An outbox and what must never be written, right behind it. */
static struct {
	struct outbox box;
	unsigned char behind[256];
} own;

static struct outbox *const box = &own.box;

static const struct span none = {NULL, 0};
static char text[TEXT_MAX];

/* The other end: what has come on the present channel. */
static struct {
	int fds[2];
	char buf[1 << 20];
	size_t len;
} channel = {.fds = {-1, -1}};

/* The text of a frame follows from its counter. */
static struct span text_of(uint64_t counter)
{
	size_t n = counter % 40 == 0 ? TEXT_MAX - 64 - counter % 1000
				     : 1 + counter * 7919 % 300;

	return (struct span){text + counter % 64, n};
}

static struct span name_of(uint64_t counter)
{
	return (struct span){text + 100, 1 + counter % NAME_MAX_BYTES};
}

static void begin(void)
{
	memset(&own, 0, sizeof(own));
	memset(own.behind, 0xA5, sizeof(own.behind));
}

static bool is_intact(void)
{
	for (size_t i = 0; i < sizeof(own.behind); i++) {
		if (own.behind[i] != 0xA5)
			return false;
	}
	return box->start <= box->sent && box->sent <= box->end &&
	       box->end <= sizeof(box->buf);
}

static void open_channel(int room)
{
	if (channel.fds[0] != -1) {
		close(channel.fds[0]);
		close(channel.fds[1]);
	}
	channel.len = 0;
	CHECK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0,
		      channel.fds) == 0);
	if (room > 0)
		CHECK(setsockopt(channel.fds[0], SOL_SOCKET, SO_SNDBUF, &room,
			      sizeof(room)) == 0);
}

/* Reads what has come, up to limit bytes. */
static void receive(size_t limit)
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
static void check_stream(uint64_t first, uint64_t *last)
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

static void add(enum up_kind kind)
{
	uint64_t counter = box->counter + 1;
	struct span name = kind == UP_PRIVATE ? name_of(counter) : none;

	CHECK_EQ(outbox_add(box, kind, name, text_of(counter)), counter);
	CHECK_EQ(box->counter, counter);
}

static void empty(void)
{
	begin();
	open_channel(0);
	CHECK(outbox_is_empty(box));
	CHECK(!outbox_has_unsent(box));
	CHECK(outbox_has_room(box));
	CHECK(outbox_send(box, channel.fds[0]));
	outbox_acknowledge(box, 0);
	outbox_acknowledge(box, 1000);
	outbox_rewind(box);
	CHECK(outbox_is_empty(box) && !outbox_has_unsent(box));
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
		CHECK(outbox_has_unsent(box) && !outbox_is_empty(box));
		CHECK(outbox_send(box, channel.fds[0]));
		CHECK(!outbox_has_unsent(box) && !outbox_is_empty(box));
	}
	CHECK(outbox_send(box, channel.fds[0]));
	receive(SIZE_MAX);
	check_stream(1, &last);
	CHECK_EQ(last, 10);
}

static void fields(void)
{
	const struct span name = {"bob", 3}, hello = {"hello", 5};
	const struct frame_up *f;

	begin();
	CHECK_EQ(outbox_add(box, UP_RENAME, name, none), 1);
	f = (void *)box->buf;
	CHECK_EQ(frame_up_check(f, box->end), FRAME_OK);
	CHECK(f->kind == UP_RENAME && f->name_len == 3 && f->text_len == 0);
	CHECK(memcmp(f->body, "bob", 3) == 0);
	outbox_acknowledge(box, 1);

	CHECK_EQ(outbox_add(box, UP_PRIVATE, name, hello), 2);
	f = (void *)box->buf;
	CHECK_EQ(frame_up_check(f, box->end), FRAME_OK);
	CHECK(f->kind == UP_PRIVATE && f->name_len == 3 && f->text_len == 5);
	CHECK(memcmp(f->body, "bobhello", 8) == 0);
	outbox_acknowledge(box, 2);

	for (unsigned reason = 0; reason < LEAVE_REASONS; reason++) {
		outbox_add_bye(box, (enum leave_reason)reason);
		f = (void *)box->buf;
		CHECK_EQ(frame_up_check(f, box->end), FRAME_OK);
		CHECK_EQ(f->kind, UP_BYE);
		CHECK_EQ(f->reason, reason);
		CHECK_EQ(f->counter, 3 + reason);
		outbox_acknowledge(box, box->counter);
	}
}

static void acknowledged(void)
{
	uint64_t last;

	begin();
	open_channel(0);
	for (int i = 0; i < 10; i++)
		add(UP_ACTION);
	CHECK(outbox_send(box, channel.fds[0]));
	outbox_acknowledge(box, 0); /* nothing has happened yet */
	outbox_acknowledge(box, 4);
	outbox_acknowledge(box, 2); /* an old one */
	CHECK(!outbox_is_empty(box) && !outbox_has_unsent(box));

	/* A new channel gets the other six, whole. */
	open_channel(0);
	outbox_rewind(box);
	CHECK(outbox_has_unsent(box));
	CHECK(outbox_send(box, channel.fds[0]));
	receive(SIZE_MAX);
	check_stream(5, &last);
	CHECK_EQ(last, 10);

	/* What the new channel acknowledges before it is sent is not sent. */
	open_channel(0);
	outbox_rewind(box);
	outbox_acknowledge(box, 9);
	CHECK(outbox_send(box, channel.fds[0]));
	receive(SIZE_MAX);
	check_stream(10, &last);
	CHECK_EQ(last, 10);
	outbox_acknowledge(box, 10);
	CHECK(outbox_is_empty(box) && !outbox_has_unsent(box));
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
	for (; outbox_has_room(box); n++)
		outbox_add(box, UP_PRIVATE, name, line);
	CHECK(n >= 4);
	CHECK(is_intact());
	outbox_acknowledge(box, 1);
	CHECK(outbox_has_room(box));

	begin();
	for (n = 0; outbox_has_room(box); n++)
		outbox_add(box, UP_PUBLIC, none, word);
	CHECKF(n >= 500, "%d ordinary lines", n);
	CHECK(is_intact());
	/* Room is for a frame of any size, and comes back at once. */
	for (uint64_t i = 1; !outbox_has_room(box); i++) {
		CHECK(i * 32 <= FRAME_UP_MAX);
		outbox_acknowledge(box, i);
	}
	outbox_add(box, UP_PRIVATE, name, line);
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
			outbox_add(box, UP_PUBLIC, none, some);
		while (outbox_has_room(box))
			outbox_add(box, UP_PRIVATE,
				(struct span){text, NAME_MAX_BYTES}, most);
		outbox_add_bye(box, LEAVE_IDLE);
		CHECKF(is_intact(), "%zu bytes in use of %zu", box->end,
			sizeof(box->buf));
		last = box->counter;
		outbox_acknowledge(box, last - 1);
		CHECKF(!outbox_is_empty(box) &&
				frame_up_check(box->buf + box->start,
					box->end - box->start) == FRAME_OK,
			"the goodbye after %zu bytes", fill);
	}
}

static void channel_is_full(void)
{
	uint64_t last;
	size_t rounds = 0;

	begin();
	open_channel(1);
	while (outbox_has_room(box))
		add(UP_PUBLIC);
	CHECK(outbox_send(box, channel.fds[0]));
	CHECK(outbox_has_unsent(box));
	for (; outbox_has_unsent(box); rounds++) {
		CHECK(rounds < 100000);
		receive(1001);
		CHECK(outbox_send(box, channel.fds[0]));
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
	CHECK(!outbox_send(box, channel.fds[0])); /* and no SIGPIPE */
	CHECK(outbox_has_unsent(box));

	open_channel(0);
	outbox_rewind(box);
	CHECK(outbox_send(box, channel.fds[0]));
	receive(SIZE_MAX);
	check_stream(1, &last);
	CHECK_EQ(last, 1);
}

/* The life of a busy child whose relay dies now and then.  Acknowledged are
 * frames that have arrived whole, as by a relay. */
static void anything(void)
{
	uint64_t first = 1, whole = 0, acknowledged = 0, moves = 0;

	begin();
	open_channel(1);
	for (int i = 0; i < 200000; i++) {
		size_t end = box->end;

		switch (chance(8)) {
		default:
			if (outbox_has_room(box))
				add(chance(2) == 0 ? UP_PUBLIC : UP_PRIVATE);
			moves += box->end < end;
			break;
		case 4:
			CHECK(outbox_send(box, channel.fds[0]));
			break;
		case 5:
			receive(chance(20000));
			check_stream(first, &whole);
			break;
		case 6:
			if (whole > acknowledged)
				acknowledged +=
					1 + chance(whole - acknowledged);
			outbox_acknowledge(box, acknowledged);
			CHECK(outbox_is_empty(box) ==
				(acknowledged == box->counter));
			break;
		case 7:
			if (chance(8) != 0 && channel.len < 900000)
				break;
			open_channel(1);
			outbox_rewind(box);
			first = acknowledged + 1;
			whole = acknowledged;
			break;
		}
		if (UNIT_FAILED)
			return;
		CHECK(is_intact());
	}
	CHECKF(acknowledged > 10000 && moves > 100, "%llu frames, %llu moves",
		(unsigned long long)acknowledged, (unsigned long long)moves);
}

int main(void)
{
	for (size_t i = 0; i < sizeof(text); i++)
		text[i] = (char)('a' + i * i % 26);

	RUN(empty, "an empty outbox");
	RUN(sends_once, "each frame is sent once");
	RUN(fields, "renames, private messages, goodbyes");
	RUN(acknowledged, "the rest is sent again on a new channel");
	RUN(full, "four longest lines, hundreds of ordinary ones");
	RUN(goodbye_when_full, "a goodbye fits however full it is");
	RUN(channel_is_full, "a channel that takes little at a time");
	RUN(channel_is_gone, "a channel without another end");
	RUN(anything, "a busy child and relays that die");
	close(channel.fds[0]);
	close(channel.fds[1]);
	return unit_end();
}
