/* SPDX-License-Identifier: MIT */
/* Tests of server/relay/claims.c: of which children the parent hears an
 * address, and who gets which verdict.
 * Runs in: nothing but tests. */
#include <errno.h>

#include "server/relay/loop.h"
#include "tests/unit/descriptors.h"
#include "tests/unit/relay_rig.h"

enum {
	ALICE,
	BOB,
	CAROL
};

/* The parent's end of the lifeline, and the near ends of answers' channels. */
static int parent = -1, reply[CLAIMS_MAX + 2];

static void place(uint32_t slot, bool trusted)
{
	users[slot].generation = table_assign(&table, slot, "192.0.2.1:1");
	table_set_trusted(&table, slot, trusted);
	table_set_pid(&table, slot, getpid());
}

static bool begin_claims(void)
{
	int ends[2];

	begin(0, 4);
	if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends) == -1)
		return false;
	parent = ends[0];
	s.lifeline = ends[1];
	claims_begin(&s);
	place(ALICE, true);
	place(BOB, true);
	place(CAROL, false);
	return !UNIT_FAILED;
}

static void end_claims(void)
{
	close(parent);
	close(s.lifeline);
	end();
}

/* A child in this slot says so; returns the near end of its channel. */
static int claim(uint32_t slot, uint32_t generation, uint64_t low)
{
	const struct attach head = {.version = FRAME_VERSION,
		.kind = ATTACH_ADDRESS,
		.slot = slot,
		.generation = generation};
	const struct net_address address = {
		.high = 1, .low = low, .port = 5123};
	int fd = attach_address(channels[ATTACH_SENDER], &head, &address);

	admission_receive(&s);
	return fd;
}

/* 0: none yet; -1: none will come. */
static int answer(int fd)
{
	char word = 0;
	ssize_t n = recv(fd, &word, 1, MSG_DONTWAIT);

	return n == 1 ? word : n == -1 && errno == EAGAIN ? 0 : -1;
}

/* The words that have come to the parent. */
static int words(void)
{
	char word;
	int n = 0;

	while (recv(parent, &word, 1, MSG_DONTWAIT) == 1) {
		if (word != RELAY_CLAIM)
			return -1;
		n++;
	}
	return n;
}

/* As the parent does it. */
static void judge(char verdict)
{
	uint64_t n = atomic_load(&s.status->judged);
	struct claim *c = &s.status->claims[n % CLAIMS_MAX];

	atomic_store(&c->verdict, (uint8_t)verdict);
	atomic_store(&s.status->judged, n + 1);
}

static void passes(void)
{
	const struct claim *c;
	int alice, bob;

	CHECK(begin_claims());
	alice = claim(ALICE, users[ALICE].generation, 7);
	bob = claim(BOB, users[BOB].generation, 8);
	CHECK_EQ(atomic_load(&s.status->claimed), 2);
	CHECK(words() == 2);
	c = &s.status->claims[1];
	CHECK(c->slot == BOB && c->generation == users[BOB].generation);
	CHECK(c->address.high == 1 && c->address.low == 8);
	CHECK_EQ(c->address.port, 5123);
	claims_answer(&s);
	CHECK(answer(alice) == 0 && answer(bob) == 0);
	judge(ATTACH_DONE);
	claims_answer(&s);
	CHECK(answer(alice) == ATTACH_DONE);
	CHECK(answer(alice) == -1);
	CHECK(answer(bob) == 0);
	judge(ATTACH_BANNED);
	/* Also when another one asks. */
	close(claim(ALICE, users[ALICE].generation, 9));
	CHECK(answer(bob) == ATTACH_BANNED);
	CHECK(answer(bob) == -1);
	close(alice);
	close(bob);
	end_claims();
}

static void forged(void)
{
	int fd;

	CHECK(begin_claims());
	/* By no proxy. */
	fd = claim(CAROL, users[CAROL].generation, 7);
	CHECK(answer(fd) == ATTACH_REFUSED);
	close(fd);
	/* For another child, of another time. */
	fd = claim(ALICE, users[ALICE].generation - 1, 7);
	CHECK(answer(fd) == -1);
	close(fd);
	table_set_pid(&table, ALICE, getppid());
	fd = claim(ALICE, users[ALICE].generation, 7);
	CHECK(answer(fd) == -1);
	close(fd);
	fd = claim(SLOTS, 1, 7);
	CHECK(answer(fd) == -1);
	close(fd);
	CHECK_EQ(atomic_load(&s.status->claimed), 0);
	CHECK(words() == 0);
	end_claims();
}

/* The answer was lost: the roster has the address, and trusts no more. */
static void again(void)
{
	int fd;

	CHECK(begin_claims());
	table_set_origin(&table, ALICE, "203.0.113.7:5123");
	table_set_trusted(&table, ALICE, false);
	fd = claim(ALICE, users[ALICE].generation, 7);
	CHECK(answer(fd) == 0);
	CHECK_EQ(atomic_load(&s.status->claimed), 1);
	close(fd);
	end_claims();
}

static void too_many(void)
{
	uint64_t first;

	CHECK(begin_claims());
	/* From anywhere in the queue on. */
	for (first = 0; first < 3; first++) {
		close(claim(ALICE, users[ALICE].generation, 1));
		judge(ATTACH_DONE);
		claims_answer(&s);
	}
	for (int i = 0; i < CLAIMS_MAX + 2; i++)
		reply[i] = claim(BOB, users[BOB].generation, 100 + (uint64_t)i);
	/* Those that find no place ask again; the others' stay. */
	CHECK(answer(reply[CLAIMS_MAX]) == -1);
	CHECK(answer(reply[CLAIMS_MAX + 1]) == -1);
	CHECK_EQ(atomic_load(&s.status->claimed), first + CLAIMS_MAX);
	for (int i = 0; i < CLAIMS_MAX; i++) {
		const struct claim *c =
			&s.status->claims[(first + (uint64_t)i) % CLAIMS_MAX];

		CHECK_EQ(c->address.low, 100 + (uint64_t)i);
		judge(i % 2 == 0 ? ATTACH_DONE : ATTACH_CROWDED);
	}
	claims_answer(&s);
	for (int i = 0; i < CLAIMS_MAX; i++)
		CHECK(answer(reply[i]) ==
			(i % 2 == 0 ? ATTACH_DONE : ATTACH_CROWDED));
	for (int i = 0; i < CLAIMS_MAX + 2; i++)
		close(reply[i]);
	end_claims();
}

/* Another relay: nobody waits for what the last one has asked. */
static void after_another(void)
{
	int old, fd;

	CHECK(begin_claims());
	old = claim(ALICE, users[ALICE].generation, 7);
	claims_begin(&s);
	fd = claim(ALICE, users[ALICE].generation, 7);
	judge(ATTACH_DONE);
	claims_answer(&s);
	CHECK(answer(old) == 0 && answer(fd) == 0);
	judge(ATTACH_BANNED);
	claims_answer(&s);
	CHECK(answer(fd) == ATTACH_BANNED);
	close(old);
	close(fd);
	end_claims();
}

/* The parent is stopped, and its lifeline full: nothing waits for it. */
static void full_lifeline(void)
{
	char word = RELAY_CLAIM;
	int fd;

	CHECK(begin_claims());
	while (send(s.lifeline, &word, 1, MSG_DONTWAIT) == 1)
		;
	fd = claim(ALICE, users[ALICE].generation, 7);
	CHECK_EQ(atomic_load(&s.status->claimed), 1);
	judge(ATTACH_DONE);
	claims_answer(&s);
	CHECK(answer(fd) == ATTACH_DONE);
	close(fd);
	end_claims();
}

int main(void)
{
	RUN(passes,
		"what a proxy says goes to the parent, and its verdict back");
	RUN(forged, "who may not say it");
	RUN(again, "who has not heard that it was believed");
	RUN(too_many, "more than there is room for");
	RUN(after_another, "after another relay");
	RUN(full_lifeline, "a parent that does not read");
	return unit_end();
}
