/* SPDX-License-Identifier: MIT */
/* Tests of server/relay/presence.c and round.c: what is told at once, and what
 * by a digest.
 * Runs in: nothing but tests. */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "ipc/common/clock.h"
#include "ipc/namelist.h"
#include "ipc/shm.h"
#include "server/relay/state.h"
#include "tests/unit/unit.h"

#define SLOTS 64
#define ROOMS 2

static struct switchboard s;
static struct rooms rooms;
static const struct options options = {.history = 20};

/* What the log says since the last look. */
static struct {
	uint64_t from;
	unsigned int told, quiet, digests;
	uint32_t counted; /* by the digests */
} seen;

static void end(void)
{
	if (s.log.header != NULL)
		eventlog_close(&s.log);
	free(s.members);
	free(s.pending);
	free(s.status);
	if (s.room != NULL)
		free(s.room[ROOM_LOBBY].recent);
	free(s.room);
	free(s.active);
	free(s.telling);
	if (rooms.base != NULL) {
		munmap(rooms.base, rooms.size);
		close(rooms.fd);
		rooms.base = NULL;
	}
	memset(&s, 0, sizeof(s));
}

static void begin(uint32_t online)
{
	int fd = shm_create("log", eventlog_size(SLOTS));

	end();
	CHECK(fd != -1);
	CHECK(rooms_create(&rooms, ROOMS, SLOTS, "lobby") == 0);
	CHECK(eventlog_open(&s.log, fd, SLOTS, &rooms) == 0);
	close(fd);
	s.options = &options;
	s.rooms = &rooms;
	CHECK(rooms_set_up(&s));
	s.members = calloc(SLOTS, sizeof(*s.members));
	s.pending = calloc(SLOTS, sizeof(*s.pending));
	s.status = calloc(1, status_size(SLOTS));
	s.chatlog = -1;
	s.online = online;
	memset(&seen, 0, sizeof(seen));
}

static unsigned int names_in(const struct frame_event *e)
{
	const char *list = frame_text(e), *name;
	size_t left = e->text_len;
	unsigned int n = 0;

	while (namelist_next(&list, &left, &name) > 0)
		n++;
	return n;
}

static void look(void)
{
	uint64_t head = eventlog_head(&s.log), pos = seen.from;

	memset(&seen, 0, sizeof(seen));
	while (pos < head) {
		const struct frame_event *e = eventlog_at(&s.log, pos);

		if (e->audience == AUDIENCE_WATCHERS) {
			seen.quiet++;
		} else if ((e->flags & EVENT_DIGEST) != 0) {
			seen.digests++;
			seen.counted += names_in(e) + e->more;
		} else {
			seen.told++;
		}
		pos += e->size;
	}
	seen.from = head;
}

static void join(uint32_t slot)
{
	struct frame_event e = append_head(&s, ROOM_LOBBY, NOBODY, EVENT_JOIN);
	char name[NAME_MAX_BYTES];

	e.from_slot = slot;
	e.from_generation = 1;
	e.from_len = (uint8_t)snprintf(name, sizeof(name), "user-%u", slot);
	presence_join(&s, &e, name, "");
}

static void leave(uint32_t slot)
{
	struct frame_event e = append_head(&s, ROOM_LOBBY, slot, EVENT_LEAVE);

	presence_leave(&s, &e, session_of(&s, slot)->join_id, "");
}

static void join_all(uint32_t from, uint32_t to)
{
	for (uint32_t slot = from; slot < to; slot++)
		join(slot);
	look();
}

static void leave_all(uint32_t from, uint32_t to)
{
	for (uint32_t slot = from; slot < to; slot++)
		leave(slot);
	look();
}

/* --- tests --------------------------------------------------------------- */

static void few(void)
{
	begin(10);
	join_all(0, DIGEST_AFTER);
	CHECK(seen.told == DIGEST_AFTER && seen.quiet == 0);
	CHECK(presence_tick(&s, clock_monotonic_ms()) == DEADLINE_NONE);
}

static void burst(void)
{
	int64_t now = clock_monotonic_ms();

	begin(10);
	join_all(0, SLOTS);
	CHECK(seen.told == DIGEST_AFTER);
	CHECK_EQ(seen.quiet, SLOTS - DIGEST_AFTER);
	CHECK(presence_tick(&s, now) > now);
	look();
	CHECK_EQ(seen.digests, 0);
	CHECK(presence_tick(&s, now + 2 * DIGEST_WINDOW_MS) == DEADLINE_NONE);
	look();
	CHECK_EQ(seen.digests, 1);
	CHECK_EQ(seen.counted, SLOTS - DIGEST_AFTER);
}

/* Who is not told of yet need not be told to have left. */
static void passers(void)
{
	begin(10);
	join_all(0, 20);
	leave_all(DIGEST_AFTER, 20);
	CHECK_EQ(seen.quiet, 20 - DIGEST_AFTER);
	presence_tell(&s, ROOM_LOBBY);
	look();
	CHECK_EQ(seen.digests, 0);
}

static void leaves_first(void)
{
	const struct frame_event *e;

	begin(10);
	join_all(0, DIGEST_AFTER);
	join_all(20, 30);
	leave_all(0, 4);
	presence_tell(&s, ROOM_LOBBY);
	e = eventlog_at(&s.log, seen.from);
	CHECK(e->kind == EVENT_LEAVE && (e->flags & EVENT_DIGEST) != 0);
	look();
	CHECK_EQ(seen.digests, 2);
	CHECK_EQ(seen.counted, 4 + 10);
}

static void speaks(void)
{
	begin(10);
	join_all(0, 20);
	presence_before(&s, 3); /* has been told of */
	look();
	CHECK_EQ(seen.digests, 0);
	presence_before(&s, 15);
	look();
	CHECK_EQ(seen.digests, 1);
}

/* Ten thousand are told less, and later. */
static void crowd(void)
{
	int64_t now = clock_monotonic_ms();

	begin(10000);
	join_all(0, SLOTS);
	CHECK_EQ(seen.told, 1);
	CHECK_EQ(seen.quiet, SLOTS - 1);
	CHECK(presence_tick(&s, now + 2 * DIGEST_WINDOW_MS) >
		now + 2 * DIGEST_WINDOW_MS);
	look();
	CHECK_EQ(seen.digests, 0);
	presence_tick(&s, now + 10000 / DIGEST_USERS_A_MS + DIGEST_WINDOW_MS);
	look();
	CHECK_EQ(seen.digests, 1);
	CHECK_EQ(seen.counted, SLOTS - 1);
}

/* So much is said before the window ends that the ring overtakes the joins: a
 * relay that is started then finds a digest of them. */
static void overtaken(void)
{
	static char text[TEXT_MAX];
	const struct frame_event say = {.kind = EVENT_PUBLIC,
		.audience = AUDIENCE_EVERYONE,
		.text_len = sizeof(text)};
	uint64_t start;

	begin(10);
	memset(text, 'x', sizeof(text));
	join_all(0, DIGEST_AFTER);
	start = eventlog_head(&s.log);
	join_all(DIGEST_AFTER, 20);
	leave_all(0, 4);
	while (eventlog_tail(&s.log) <= start) {
		switchboard_append(&s, &say, "", "", text);
		round_relieve(&s);
	}
	seen.from = eventlog_tail(&s.log);
	look();
	CHECK_EQ(seen.digests, 2);
	CHECK_EQ(seen.counted, 20 - DIGEST_AFTER + 4);
	CHECK(presence_tick(&s, clock_monotonic_ms()) == DEADLINE_NONE);
}

int main(void)
{
	RUN(few, "a few joins are told at once");
	RUN(burst, "a burst is told by one digest, when its time has come");
	RUN(passers, "who comes and goes unannounced is not told");
	RUN(leaves_first, "leaves are told before joins");
	RUN(speaks, "a join is told before its user is heard");
	RUN(crowd, "with 10,000 users less is told, and later");
	RUN(overtaken, "what waits is told before the ring overtakes it");
	end();
	return unit_end();
}
