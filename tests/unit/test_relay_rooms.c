/* SPDX-License-Identifier: MIT */
/* Tests of the relay's rooms: users come, go, talk, kick, lag and are read at
 * random, the relay is replaced now and then, and each user checks what it
 * gets. Runs in: nothing but tests. */
#include <errno.h>
#include <stdalign.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "ipc/attach.h"
#include "ipc/common/clock.h"
#include "ipc/shm.h"
#include "server/relay/state.h"
#include "tests/unit/chance.h"
#include "tests/unit/unit.h"

#define SLOTS   24
#define ROOMS   18
#define HISTORY 3
#define LINES   (1U << 16) /* the ids that are remembered */

static struct switchboard s;
static struct rooms rooms;
static struct table table;
static struct options options = {.history = HISTORY, .max_users = SLOTS};
static int log_fd = -1, attach[2];

/* The rooms that are in use.  A user who lags, and comes and goes more often
 * than there are places, gets no more of what was said before an earlier leave:
 * not with a quarter as many rooms. */
static uint32_t nrooms;

/* What has been said, by id: what each user gets must be this. */
static struct line {
	uint32_t room, generation;
	uint64_t seq;
	uint8_t kind, audience;
	uint32_t check; /* of all its bytes */
} lines[LINES];

static struct {
	unsigned int old, kicks, lagged;
} seen;

/* What a user has read of a room. */
struct view {
	bool in;
	uint32_t room, generation;
	uint64_t join_id, seq, old_id;
	unsigned int old; /* lines of scrollback */
};

static struct user {
	bool online, stalled;
	int fd;
	uint32_t generation;
	uint64_t last_id, last_seq, counter;
	uint64_t replay_join, replay_id; /* as a child keeps them */
	struct view views[ROOMS + 1];
	size_t n;
	alignas(FRAME_ALIGN) char buf[1U << 20];
} users[SLOTS];

static uint32_t sum(const void *p, size_t n)
{
	const unsigned char *b = p;
	uint32_t h = 2166136261U;

	for (size_t i = 0; i < n; i++)
		h = (h ^ b[i]) * 16777619U;
	return h;
}

/* --- the relay
 * ---------------------------------------------------------------- */

static void start_relay(void)
{
	memset(&s, 0, sizeof(s));
	s.options = &options;
	s.table = &table;
	s.rooms = &rooms;
	s.attach = attach[ATTACH_RECEIVER];
	s.chatlog = -1;
	s.status = calloc(1, status_size(SLOTS));
	s.members = calloc(SLOTS, sizeof(*s.members));
	s.keys = calloc(SLOTS, sizeof(*s.keys));
	s.pending = calloc(SLOTS, sizeof(*s.pending));
	CHECK(rooms_set_up(&s));
	s.events = epoll_create1(0);
	s.input = epoll_create1(0);
	CHECK(eventlog_open(&s.log, log_fd, SLOTS, &rooms) == 0);
	recover(&s);
}

static void stop_relay(void)
{
	for (uint32_t i = 0; i < SLOTS; i++) {
		if (s.members[i].fd != -1)
			close(s.members[i].fd);
		free(s.members[i].partial);
	}
	for (uint32_t i = 0; i <= ROOMS; i++)
		free(s.room[i].slots);
	eventlog_close(&s.log);
	free(s.status);
	free(s.members);
	free(s.keys);
	free(s.pending);
	free(s.room[ROOM_LOBBY].recent);
	free(s.room);
	free(s.active);
	free(s.telling);
	close(s.events);
	close(s.input);
}

/* --- what users read
 * ---------------------------------------------------------- */

static void note_line(const struct frame_event *e)
{
	struct line *l = &lines[e->id % LINES];
	struct line is = {e->room, e->room_generation, e->seq, e->kind,
		e->audience, sum(e, e->size)};

	if (l->kind == 0)
		*l = is;
	CHECKF(l->check == is.check, "id %llu differs",
		(unsigned long long)e->id);
}

static void note_old(
	struct user *u, struct view *v, const struct frame_event *e)
{
	CHECKF(e->kind == EVENT_PUBLIC, "kind %u", e->kind);
	CHECK(u->replay_join == v->join_id);
	CHECK(e->id > v->old_id || u->replay_id >= e->id);
	if (e->id > v->old_id) {
		v->old++;
		seen.old++;
	}
	v->old_id = e->id > v->old_id ? e->id : v->old_id;
	u->replay_id = v->old_id;
	CHECK(v->old <= HISTORY);
}

/* An event of a room: the numbers have no hole from the join on. */
static void note_in_room(
	struct user *u, uint32_t slot, const struct frame_event *e)
{
	struct view *v = &u->views[e->room];
	bool own_join = e->kind == EVENT_JOIN && e->from_slot == slot &&
			e->from_generation == u->generation;
	bool counted = e->audience == AUDIENCE_ROOM;

	if (own_join && e->id == v->join_id)
		return; /* again, behind a relay's end */
	if (own_join) {
		CHECK(!v->in);
		*v = (struct view){
			true, e->room, e->room_generation, e->id, e->seq, 0, 0};
		u->replay_join = e->id;
		u->replay_id = 0;
		return;
	}
	CHECKF(e->id < v->join_id || e->id > u->last_id,
		"slot %u: id %llu after %llu", slot, (unsigned long long)e->id,
		(unsigned long long)u->last_id);
	CHECKF(v->in && v->generation == e->room_generation,
		"slot %u reads id %llu of room %u", slot,
		(unsigned long long)e->id, e->room);
	if (e->id < v->join_id) {
		note_old(u, v, e);
		return;
	}
	u->replay_join = 0;
	CHECKF(e->seq == v->seq + counted ||
			(nrooms > ROOMS_PER_USER / 4 && u->stalled),
		"slot %u: %llu after %llu", slot, (unsigned long long)e->seq,
		(unsigned long long)v->seq);
	v->seq = e->seq;
	if ((e->kind == EVENT_LEAVE && e->from_slot == slot &&
		    e->from_generation == u->generation) ||
		(e->kind == EVENT_KICK && e->to_slot == slot))
		v->in = false;
}

static void note(struct user *u, uint32_t slot, const struct frame_event *e)
{
	bool private =
		e->audience == AUDIENCE_TO || e->audience == AUDIENCE_FROM;

	if (e->kind == EVENT_WELCOME) {
		CHECK_EQ(e->more, 0);
		return;
	}
	CHECK(e->kind != EVENT_ROOM && e->kind != EVENT_BAN);
	if (!private)
		note_line(e);
	if (e->kind == EVENT_ERROR)
		CHECKF(e->to_slot == slot && e->to_generation == u->generation,
			"an error for another");
	else if (e->room != ROOM_LOBBY)
		note_in_room(u, slot, e);
	if (e->id > u->last_id) {
		if (e->id > u->replay_join)
			u->replay_join = u->replay_join == e->id
						 ? e->id
						 : u->replay_join;
		u->last_id = e->id;
		u->last_seq = e->room == ROOM_LOBBY ? e->seq : u->last_seq;
	}
}

static void read_user(uint32_t slot)
{
	struct user *u = &users[slot];
	size_t used = 0;
	ssize_t n;

	while (u->n < sizeof(u->buf) &&
		(n = recv(u->fd, u->buf + u->n, sizeof(u->buf) - u->n,
			 MSG_DONTWAIT)) > 0)
		u->n += (size_t)n;
	while (frame_event_check(u->buf + used, u->n - used) == FRAME_OK) {
		const struct frame_event *e = (void *)(u->buf + used);

		note(u, slot, e);
		if (UNIT_FAILED)
			return;
		used += e->size;
	}
	CHECK(frame_event_check(u->buf + used, u->n - used) == FRAME_MORE);
	memmove(u->buf, u->buf + used, u->n - used);
	u->n -= used;
}

/* --- what users do
 * ------------------------------------------------------------- */

static void connect_user(uint32_t slot)
{
	struct user *u = &users[slot];
	struct attach a = {
		.version = FRAME_VERSION,
		.slot = slot,
		.generation = u->generation,
		.last_id = u->last_id,
		.last_seq = u->last_seq,
	};
	int small = 4096;

	if (u->replay_join != 0 && u->replay_join == u->last_id)
		a.last_id = u->replay_join - 1;
	a.name_len = (uint8_t)snprintf(
		a.name, sizeof(a.name), "u%u-%u", slot, u->generation);
	u->fd = attach_send(attach[ATTACH_SENDER], &a);
	CHECK(u->fd != -1);
	u->n = 0;
	admission_receive(&s);
	CHECK(s.members[slot].fd != -1);
	if (u->stalled)
		setsockopt(s.members[slot].fd, SOL_SOCKET, SO_SNDBUF, &small,
			sizeof(small));
}

static void arrive(uint32_t slot)
{
	struct user *u = &users[slot];

	memset(u, 0, offsetof(struct user, buf));
	u->online = true;
	u->stalled = chance(3) == 0;
	u->generation = table_assign(&table, slot, "192.0.2.1:1");
	table_set_pid(&table, slot, getpid());
	connect_user(slot);
}

static void depart(uint32_t slot)
{
	struct user *u = &users[slot];

	u->online = false;
	table_release(&table, slot);
	close(u->fd);
	if (!intake_read(&s, slot) && s.members[slot].fd != -1)
		members_hang_up(&s, slot);
}

static void put(uint32_t slot, enum up_kind kind, uint32_t room, uint32_t to,
	const char *text)
{
	static union {
		struct frame_up f;
		char bytes[FRAME_UP_MAX];
	} up;
	struct user *u = &users[slot];
	char name[NAME_MAX_BYTES], in[NAME_MAX_BYTES];
	struct frame_up head = {.kind = (uint8_t)kind,
		.counter = ++u->counter,
		.text_len = (uint32_t)strlen(text)};
	size_t n;

	head.room_len = (uint8_t)snprintf(in, sizeof(in), "room%u", room);
	if (to != NOBODY)
		head.name_len = (uint8_t)snprintf(
			name, sizeof(name), "u%u-%u", to, users[to].generation);
	if (kind == UP_MODE) {
		head.mode = MODE_OPERATOR;
		head.on = chance(2) == 0;
	}
	n = frame_up_build(&up, &head, in, name, text);
	CHECK(send(u->fd, &up, n, MSG_DONTWAIT) == (ssize_t)n);
	CHECK(intake_read(&s, slot));
}

/* Follows the log from where it looked last. */
static void note_last(void)
{
	static uint64_t next = 1;
	uint64_t pos;

	for (next = next > s.log.next_id ? 1 : next; next < s.log.next_id;
		next++) {
		const struct frame_event *e;

		if (!eventlog_find(&s.log, next, &pos))
			continue;
		e = eventlog_at(&s.log, pos);
		if (e->room == ROOM_LOBBY)
			continue;
		seen.kicks += e->kind == EVENT_KICK;
	}
}

/* An operator kicks somebody from its room, often one who says nothing then. */
static void kick_one(uint32_t slot, uint32_t room)
{
	const struct place *p =
		room <= ROOMS ? rooms_place(&rooms, slot, room) : NULL;
	uint32_t to = (uint32_t)chance(SLOTS);

	for (uint32_t i = 0; p != NULL && i < SLOTS; i++) {
		if (rooms_place(&rooms, i, room) != NULL && i != slot &&
			chance(2) == 0)
			to = i;
	}
	put(slot, UP_KICK, room, to, "");
}

static void act_one(uint32_t slot)
{
	static char text[2000];
	uint32_t room = (uint32_t)chance(nrooms + 2);
	uint32_t to = (uint32_t)chance(SLOTS);

	seen.lagged += s.lagging > 0;
	snprintf(text, sizeof(text), "%0*llu", (int)(1 + chance(800)),
		(unsigned long long)chance(1000000));
	switch (chance(12)) {
	case 0:
	case 1:
	case 2:
		put(slot, UP_JOIN, room, NOBODY, "");
		break;
	case 3:
		put(slot, UP_PART, room, NOBODY, "");
		break;
	case 4:
		kick_one(slot, room);
		break;
	case 5:
		put(slot, UP_MODE, room, to, "");
		break;
	default:
		put(slot, UP_PUBLIC, room, NOBODY, text);
	}
	note_last();
}

/* --- the truth ------------------------------------------------------------ */

/* No room is without members or operator, no ghost is in one, and the lists are
 * as the shared memory. */
static void check_rooms(void)
{
	for (uint32_t room = 1; room <= ROOMS; room++) {
		uint32_t n = 0, operators = 0;

		for (uint32_t slot = 0; slot < SLOTS; slot++) {
			const struct place *p = rooms_place(&rooms, slot, room);

			if (p == NULL || !is_member(&s, slot))
				continue;
			n++;
			operators += (p->powers & POWER_OPERATOR) != 0;
		}
		CHECK_EQ(n, s.room[room].n);
		CHECK(rooms_exists(&rooms, room) == (n > 0));
		CHECK_EQ(n > 0, operators > 0);
		if (n > 0)
			CHECK_EQ(atomic_load(&rooms.rooms[room].members), n);
	}
}

/* All that was said has come to all, once they read. */
static void settle(void)
{
	for (int i = 0; i < 200 && !UNIT_FAILED; i++) {
		struct epoll_event ready[SLOTS];
		int n = epoll_wait(s.events, ready, SLOTS, 0);

		for (int j = 0; j < n; j++)
			fanout_touch(&s, (uint32_t)ready[j].data.u64);
		round_end(&s, clock_monotonic_ms());
		for (uint32_t slot = 0; slot < SLOTS; slot++) {
			if (users[slot].online)
				read_user(slot);
		}
	}
	for (uint32_t slot = 0; slot < SLOTS && !UNIT_FAILED; slot++) {
		const struct user *u = &users[slot];

		for (uint32_t room = 1; u->online && room <= ROOMS; room++) {
			const struct view *v = &u->views[room];
			bool in = rooms_place(&rooms, slot, room) != NULL;

			CHECKF(v->in == in, "slot %u, room %u", slot, room);
			if (in)
				CHECK_EQ(v->seq, eventlog_seq(&s.log, room));
		}
	}
}

/* --- tests
 * ------------------------------------------------------------------------ */

static void begin(void)
{
	memset(lines, 0, sizeof(lines));
	CHECK(table_create(&table, SLOTS) == 0);
	CHECK(rooms_create(&rooms, ROOMS, SLOTS, "lobby") == 0);
	log_fd = shm_create("log", eventlog_size(SLOTS));
	CHECK(log_fd != -1 && attach_open(attach) == 0);
	start_relay();
	for (uint32_t slot = 0; slot < SLOTS && !UNIT_FAILED; slot++)
		arrive(slot);
}

static void end(void)
{
	stop_relay();
	for (uint32_t slot = 0; slot < SLOTS; slot++) {
		if (users[slot].online)
			close(users[slot].fd);
	}
	munmap(rooms.base, rooms.size);
	munmap(table.base, table.size);
	close(rooms.fd);
	close(table.fd);
	close(log_fd);
	close(attach[0]);
	close(attach[1]);
}

/* The next relay: what the last one has sent is read, the rest comes anew. */
static void replace_relay(void)
{
	stop_relay();
	for (uint32_t slot = 0; slot < SLOTS; slot++) {
		if (users[slot].online) {
			read_user(slot);
			close(users[slot].fd);
		}
	}
	start_relay();
	for (uint32_t slot = 0; slot < SLOTS && !UNIT_FAILED; slot++) {
		if (users[slot].online)
			connect_user(slot);
	}
	round_end(&s, clock_monotonic_ms());
}

static void step(void)
{
	uint32_t slot = (uint32_t)chance(SLOTS);

	if (!users[slot].online)
		arrive(slot);
	else if (chance(100) == 0)
		depart(slot);
	else
		act_one(slot);
	if (chance(4) == 0)
		round_end(&s, clock_monotonic_ms());
	slot = (uint32_t)chance(SLOTS);
	if (users[slot].online && (!users[slot].stalled || chance(15) == 0))
		read_user(slot);
	if (chance(500) == 0)
		replace_relay();
}

static void storm(uint32_t in_use)
{
	nrooms = in_use;
	memset(&seen, 0, sizeof(seen));
	begin();
	for (int i = 0; i < 20000 && !UNIT_FAILED; i++) {
		step();
		if (i % 16 == 0 && !UNIT_FAILED)
			check_rooms();
		if (i % 2000 == 0 && !UNIT_FAILED)
			settle();
	}
	if (!UNIT_FAILED)
		settle();
	end();
	printf("# %u lines of scrollback, %u kicks, %u with laggards\n",
		seen.old, seen.kicks, seen.lagged);
	CHECK(UNIT_FAILED ||
		(seen.old > 100 && seen.kicks > 5 && seen.lagged > 100));
}

static void few(void)
{
	storm(4);
}

static void many(void)
{
	storm(ROOMS_PER_USER);
}

/* And no more rooms than these: newcomers are refused. */
static void all(void)
{
	storm(ROOMS);
}

int main(int argc, char **argv)
{
	uint64_t seed = argc > 1 ? strtoull(argv[1], NULL, 10)
				 : (uint64_t)clock_monotonic_ms();

	printf("# seed %llu\n", (unsigned long long)seed);
	chance_differ(seed);
	RUN(few, "a storm in a few rooms");
	RUN(many, "a storm in as many rooms as a user can be in");
	RUN(all, "a storm in more rooms than there are places");
	return unit_end();
}
