/* SPDX-License-Identifier: MIT */
/* Tests of server/relay/resume.c: whose secret it is, and what becomes of the
 * descriptors of a client that goes on with a session.
 * Runs in: nothing but tests. */
#include <errno.h>
#include <fcntl.h>

#include "tests/unit/descriptors.h"
#include "tests/unit/relay_rig.h"

enum {
	ALICE,
	BOB,
	DAVE = 3
};

static unsigned char secret[SLOTS][TOKEN_BYTES];

/* The near end of the answer's channel, and a pipe whose ends are a client. */
static int reply = -1, client[2] = {-1, -1};

static void attach_with(uint32_t slot, enum attach_kind kind)
{
	struct user *u = &users[slot];
	struct attach a = {
		.version = FRAME_VERSION,
		.slot = slot,
		.generation = u->generation,
		.last_id = u->last_id,
		.name_len = (uint8_t)strlen(u->name),
		.kind = (uint8_t)kind,
	};

	memcpy(a.name, u->name, a.name_len);
	memcpy(a.token, secret[slot], TOKEN_BYTES);
	u->n = 0;
	if (u->fd > 0)
		close(u->fd);
	u->fd = attach_send(channels[ATTACH_SENDER], &a);
	CHECK(u->fd != -1);
	admission_receive(&s);
}

static bool begin_talk(void)
{
	begin(0, 4);
	s.status->capacity = SLOTS;
	for (uint32_t slot = ALICE; slot <= BOB && !UNIT_FAILED; slot++) {
		memset(secret[slot], 0x11 * (int)(slot + 1), TOKEN_BYTES);
		attach_with(slot, ATTACH_CHANNEL);
	}
	/* Who asks most often has not joined. */
	users[DAVE].generation = table_assign(&table, DAVE, "192.0.2.4:1");
	table_set_pid(&table, DAVE, getpid());
	return !UNIT_FAILED && is_member(&s, ALICE) && is_member(&s, BOB);
}

/* The child in this slot asks for the session with this secret. */
static void ask_by(uint32_t slot, const unsigned char *token)
{
	struct attach_message m = {
		.head = {.version = FRAME_VERSION,
			.kind = ATTACH_RESUME,
			.slot = slot,
			.generation = users[slot].generation},
		.lines = 7,
		.len = 5};

	memcpy(m.head.token, token, TOKEN_BYTES);
	memcpy(m.bytes, "hello", 5);
	CHECK(pipe(client) == 0);
	reply = attach_resume(channels[ATTACH_SENDER], &m, client, 2);
	CHECK(reply != -1);
	close(client[0]);
	close(client[1]);
	admission_receive(&s);
}

/* 0: none yet; -1: none will come. */
static int answer(void)
{
	char word = 0;
	ssize_t n = recv(reply, &word, 1, MSG_DONTWAIT);

	return n == 1 ? word : n == -1 && errno == EAGAIN ? 0 : -1;
}

static bool is_closed(int fd)
{
	char buf[4096];
	ssize_t n;

	do
		n = recv(fd, buf, sizeof(buf), MSG_DONTWAIT);
	while (n > 0);
	return n == 0;
}

/* --- whose secret --------------------------------------------------------- */

static void finds(void)
{
	unsigned char token[TOKEN_BYTES];

	CHECK(begin_talk());
	CHECK(resume_find(&s, secret[ALICE]) == ALICE);
	CHECK(resume_find(&s, secret[BOB]) == BOB);
	for (size_t i = 0; i < TOKEN_BYTES; i++) {
		for (int bit = 0; bit < 8; bit++) {
			memcpy(token, secret[BOB], TOKEN_BYTES);
			token[i] ^= (unsigned char)(1 << bit);
			CHECK(resume_find(&s, token) == -1);
		}
	}
	/* None is no secret, though most slots have none. */
	memset(token, 0, TOKEN_BYTES);
	CHECK(resume_find(&s, token) == -1);
	/* Two children that say the same: one of them. */
	memcpy(secret[ALICE], secret[BOB], TOKEN_BYTES);
	attach_with(ALICE, ATTACH_CHANNEL);
	CHECK(resume_find(&s, secret[BOB]) <= BOB);
	end();
}

static void forgets(void)
{
	CHECK(begin_talk());
	vanish(ALICE);
	CHECK(!is_member(&s, ALICE));
	CHECK(resume_find(&s, secret[ALICE]) == -1);
	for (size_t i = 0; i < TOKEN_BYTES; i++)
		CHECK_EQ(s.log.sessions[ALICE].token[i], 0);
	end();
}

static void outlives(void)
{
	CHECK(begin_talk());
	stop_relay();
	start_relay();
	CHECK(resume_find(&s, secret[ALICE]) == ALICE);
	end();
}

/* --- the way of a client -------------------------------------------------- */

static void check_welcome(void)
{
	static union {
		struct frame_event e;
		char bytes[FRAME_EVENT_MAX];
	} u;
	struct attach_resumed text;
	struct passing beside;
	char word[3];
	size_t n;

	CHECK(passing_receive_some(
		      users[ALICE].fd, &u, sizeof(u), &n, &beside) == 1);
	CHECK(frame_event_check(&u, n) == FRAME_OK);
	CHECK(u.e.kind == EVENT_WELCOME && u.e.on == 1);
	CHECK_EQ(u.e.text_len, offsetof(struct attach_resumed, bytes) + 5);
	memcpy(&text, frame_text(&u.e), u.e.text_len);
	CHECK_EQ(text.lines, 7);
	CHECK(text.slot == DAVE && text.generation == 1);
	CHECK(memcmp(text.bytes, "hello", 5) == 0);
	CHECK_EQ(beside.count, 2);
	CHECK(write(beside.fds[1], "abc", 3) == 3);
	CHECK(read(beside.fds[0], word, 3) == 3 && memcmp(word, "abc", 3) == 0);
	passing_drop(&beside);
}

static void hands_over(void)
{
	const struct status_heir *heir;
	size_t before;

	CHECK(begin_talk());
	before = descriptors();
	ask_by(DAVE, secret[ALICE]);
	CHECK(!UNIT_FAILED);
	CHECK(answer() == 0);
	CHECK(is_closed(users[ALICE].fd));
	heir = status_heir(s.status, DAVE);
	CHECK(heir->of == 1 && heir->slot == ALICE && heir->generation == 1);
	attach_with(ALICE, ATTACH_CHANNEL);
	check_welcome();
	CHECK(!UNIT_FAILED);
	CHECK(answer() == ATTACH_DONE);
	CHECK(answer() == -1);
	close(reply);
	CHECK_EQ(descriptors(), before);
	CHECK(is_member(&s, ALICE) && s.online == 3 && s.takeovers == NULL);
	/* The next channel is one as ever. */
	attach_with(ALICE, ATTACH_CHANNEL);
	CHECK(((struct frame_event *)users[ALICE].buf)->on == 0);
	end();
}

/* Asks, and is refused without another descriptor left than the answer's. */
static void is_refused_by(void (*reason)(void))
{
	size_t before;

	CHECK(begin_talk());
	before = descriptors();
	ask_by(DAVE, secret[ALICE]);
	CHECK(answer() == 0);
	reason();
	CHECK(answer() == ATTACH_REFUSED);
	CHECK(s.takeovers == NULL);
	CHECK_EQ(status_heir(s.status, DAVE)->of, 0);
	close(reply);
	CHECK(descriptors() <= before);
	end();
}

static void time_is_over(void)
{
	CHECK(resume_tick(&s, clock_monotonic_ms()) != DEADLINE_NONE);
	CHECK(answer() == 0);
	CHECK(resume_tick(&s, clock_monotonic_ms() + 5001) == DEADLINE_NONE);
}

static void user_is_gone(void)
{
	vanish(ALICE);
	members_sweep(&s, clock_monotonic_ms() + 1000);
	CHECK(resume_tick(&s, clock_monotonic_ms()) == DEADLINE_NONE);
}

static void user_leaves(void)
{
	attach_with(ALICE, ATTACH_LAST);
}

static void refuses_late(void)
{
	is_refused_by(time_is_over);
}

static void refuses_without_session(void)
{
	is_refused_by(user_is_gone);
}

static void refuses_at_the_end(void)
{
	is_refused_by(user_leaves);
}

static void refuses_at_once(void)
{
	static const unsigned char wrong[TOKEN_BYTES] = {1, 2, 3};
	size_t before;

	CHECK(begin_talk());
	before = descriptors();
	ask_by(BOB, wrong);
	CHECK(answer() == ATTACH_REFUSED);
	close(reply);
	/* One's own. */
	ask_by(BOB, secret[BOB]);
	CHECK(answer() == ATTACH_REFUSED);
	close(reply);
	/* Of a process that is not that slot's: no answer. */
	table_set_pid(&table, BOB, getpid() + 1);
	ask_by(BOB, secret[ALICE]);
	CHECK(answer() == -1);
	close(reply);
	CHECK_EQ(descriptors(), before);
	CHECK(s.members[ALICE].fd != -1);
	end();
}

static void newest_counts(void)
{
	int first;

	CHECK(begin_talk());
	ask_by(BOB, secret[ALICE]);
	first = reply;
	ask_by(DAVE, secret[ALICE]);
	CHECK(answer() == 0);
	close(reply);
	reply = first;
	CHECK(answer() == ATTACH_REFUSED);
	close(first);
	attach_with(ALICE, ATTACH_CHANNEL);
	check_welcome();
	end();
}

int main(void)
{
	RUN(finds, "a secret is found, and none that differs in one bit");
	RUN(forgets, "a session that ends has none");
	RUN(outlives, "it outlives the relay");
	RUN(hands_over, "a client comes with the next welcome, and no other");
	RUN(refuses_at_once, "wrong secrets, one's own, another's process");
	RUN(refuses_late, "a session that does not answer");
	RUN(refuses_without_session, "a session that ends meanwhile");
	RUN(refuses_at_the_end, "a session whose user leaves");
	RUN(newest_counts, "of two the newest");
	return unit_end();
}
