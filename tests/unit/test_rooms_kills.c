/* SPDX-License-Identifier: MIT */
/* Tests of ipc/rooms.c: a relay that is killed after any instruction of a
 * change.
 * Runs in: nothing but tests.
 *
 * A child carries out one event, stepped by this process.  After each
 * instruction this process does on a copy of the memory what the next relay
 * does: it carries the event out once more.  The end must always be the same;
 * and readers see what was before or what comes, nothing else. */
#include "ipc/rooms.h"

#include <stdlib.h>
#include <sys/ptrace.h>

#include "tests/unit/processes.h"
#include "tests/unit/rooms_rig.h"
#include "tests/unit/unit.h"

/* Where a part of r is in memory of that size. */
static void *part(const void *of, void *memory)
{
	return (char *)memory + ((const char *)of - (const char *)r.base);
}

static struct rooms place_at(void *memory)
{
	struct rooms at = r;

	at.base = memory;
	at.keys = part(r.keys, memory);
	at.rooms = part(r.rooms, memory);
	at.stays = part(r.stays, memory);
	at.places = part(r.places, memory);
	at.past = part(r.past, memory);
	at.secrets = part(r.secrets, memory);
	return at;
}

static struct rooms before, after, copy;
static char wanted[DESCRIPTION_MAX], got[DESCRIPTION_MAX];
static void *last; /* the memory at the step before */

static bool opened(void)
{
	void *memory;

	if (!begin())
		return false;
	memory = realloc(before.base, 4 * r.size);
	if (memory == NULL)
		return false;
	before = place_at(memory);
	after = place_at((char *)memory + r.size);
	copy = place_at((char *)memory + 2 * r.size);
	last = (char *)memory + 3 * r.size;
	return true;
}

/* --- what readers see ----------------------------------------------------- */

static int powers_in(const struct rooms *of, uint32_t slot, uint32_t room)
{
	const struct place *p = rooms_place(of, slot, room);

	return p != NULL ? p->powers : -1;
}

static bool same_topic(const struct room_topic *a, const struct room_topic *b)
{
	return a->len == b->len && memcmp(a->text, b->text, a->len) == 0;
}

static bool same_name(const struct rooms *of, uint32_t slot, uint64_t id)
{
	char name[NAME_MAX_BYTES + 1];

	snprintf(name, sizeof name, "%s", name_at(of, slot, id));
	return strcmp(name, name_at(&r, slot, id)) == 0;
}

/* Who was online before the event is so as of then, under the same name, unless
 * another has the slot now. */
static bool readers_know_users(void)
{
	for (uint32_t slot = 0; slot < CAPACITY; slot++) {
		bool next = event.e.kind == EVENT_JOIN &&
			    event.e.room == ROOM_LOBBY &&
			    event.e.from_slot == slot;

		if (!next && !same_name(&before, slot, last_id - 1))
			return false;
		if (*name_at(&r, slot, ROOMS_NOW) != '\0' &&
			!same_name(&before, slot, ROOMS_NOW) &&
			!same_name(&after, slot, ROOMS_NOW))
			return false;
	}
	return true;
}

/* Who is remembered is whole, or not there yet. */
static bool readers_know_past(void)
{
	struct past_user u;

	for (uint64_t id = ROOMS_NOW; past_before(r.past, &id, &u);) {
		if (u.name_len != strlen("somebody") ||
			memcmp(u.name, "somebody", u.name_len) != 0)
			return false;
	}
	return true;
}

static bool readers_see_sense(void)
{
	if (!readers_know_users() || !readers_know_past())
		return false;
	for (uint32_t i = 0; i < r.count; i++) {
		const struct room_topic *t = rooms_topic(&r, i);

		if (!rooms_exists(&r, i))
			continue;
		if (!rooms_exists(&before, i) && !rooms_exists(&after, i))
			return false;
		if (!same_topic(t, rooms_topic(&before, i)) &&
			!same_topic(t, rooms_topic(&after, i)))
			return false;
		for (uint32_t slot = 0; slot < CAPACITY; slot++) {
			int is = powers_in(&r, slot, i);

			/* Between two rooms it is in none. */
			if (is != -1 && is != powers_in(&before, slot, i) &&
				is != powers_in(&after, slot, i))
				return false;
		}
	}
	return rooms_are_sound(&r);
}

/* --- the steps ------------------------------------------------------------ */

static void check_step(unsigned step)
{
	if (memcmp(last, r.base, r.size) == 0)
		return;
	memcpy(last, r.base, r.size);
	CHECKF(readers_see_sense(), "after step %u of kind %u", step,
		event.e.kind);
	memcpy(copy.base, r.base, r.size);
	rooms_apply(&copy, &event.e);
	rooms_describe(&copy, got);
	CHECKF(strcmp(got, wanted) == 0,
		"after step %u of kind %u, mode %u:\n%s\nnot\n%s", step,
		event.e.kind, event.e.mode, got, wanted);
}

static pid_t start(void)
{
	pid_t pid = fork_child();

	if (pid == 0) {
		if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) == -1 ||
			raise(SIGSTOP) != 0)
			_exit(2);
		rooms_apply(&r, &event.e);
		_exit(0);
	}
	return pid;
}

/* Carries out the event that was made, step by step. */
static void step(void)
{
	unsigned steps = 0;
	int status;
	pid_t pid;

	memcpy(before.base, r.base, r.size);
	memcpy(after.base, r.base, r.size);
	memset(last, 0xFF, r.size);
	rooms_apply(&after, &event.e);
	rooms_describe(&after, wanted);
	pid = start();
	while (waitpid(pid, &status, 0) == pid && WIFSTOPPED(status)) {
		if (!UNIT_FAILED)
			check_step(steps++);
		if (ptrace(UNIT_FAILED ? PTRACE_KILL : PTRACE_SINGLESTEP, pid,
			    NULL, NULL) == -1)
			break;
	}
	holding = false;
	CHECKF(WIFEXITED(status) && WEXITSTATUS(status) == 0, "status %d",
		status);
	CHECK(steps > 20);
	CHECK(memcmp(last, r.base, r.size) == 0);
}

#define STEP(makes)              \
	do {                     \
		holding = true;  \
		makes;           \
		step();          \
		if (UNIT_FAILED) \
			return;  \
	} while (0)

/* --- the tests ------------------------------------------------------------ */

static void joins(void)
{
	CHECK(opened());
	STEP(enter_lobby(3));
	STEP(enter(3, "dev"));
	STEP(enter(4, "dev"));
	invite("dev", 5);
	STEP(enter(5, "dev"));
	STEP(leave(3, "dev"));
	STEP(enter(3, "dev"));
	leave(3, "dev");
	leave(4, "dev");
	STEP(leave(5, "dev"));
	/* The next room has the number. */
	STEP(enter(6, "ops"));
}

/* A room that had all there is, and its number again. */
static void used_number(void)
{
	CHECK(opened());
	enter(3, "dev");
	set_topic("dev", "old");
	set_topic("dev", "older");
	set_mode("dev", MODE_KEY, true, "sesame");
	set_mode("dev", MODE_LIMIT, true, "7");
	ban("dev", "eve", "192.0.2.1");
	invite("dev", 8);
	leave(3, "dev");
	STEP(enter(4, "ops"));
	CHECK(has_topic("ops", "") && modes("ops") == 0);
}

/* In the place of a room that was left. */
static void used_place(void)
{
	char name[8];

	CHECK(opened());
	for (int i = 0; i < ROOMS_PER_USER; i++) {
		snprintf(name, sizeof(name), "r%d", i);
		enter(3, name);
		enter(4, name);
	}
	leave(3, "r7");
	leave(3, "r2");
	STEP(enter(3, "tea"));
	STEP(enter(3, "r2"));
	STEP(enter_lobby(3));
}

static void users(void)
{
	CHECK(opened());
	STEP(enter_lobby(3));
	enter(3, "dev");
	STEP(change_name(3, "bob"));
	STEP(change_name(3, "carol"));
	STEP(change_name(3, "bob"));
	STEP(leave(3, "dev"));
	STEP(leave_lobby(3));
	STEP(enter_lobby(3));
}

/* The one that is remembered longest makes room. */
static void past(void)
{
	CHECK(opened());
	enter_lobby(3);
	for (int i = 0; i < PAST_MAX - 1; i++)
		change_name(3, i % 2 == 0 ? "bob" : "alice");
	STEP(change_name(3, "carol"));
	STEP(change_name(3, "bob"));
	STEP(leave_lobby(3));
}

static void changes(void)
{
	CHECK(opened());
	enter(3, "dev");
	enter(4, "dev");
	STEP(set_topic("dev", "release at noon"));
	STEP(set_topic("dev", "later"));
	STEP(set_topic("dev", ""));
	STEP(set_power("dev", MODE_OPERATOR, true, 4, "bob"));
	STEP(set_power("dev", MODE_OPERATOR, false, 3, "alice"));
	STEP(set_power("dev", MODE_VOICE, true, 3, "alice"));
	STEP(set_mode("dev", MODE_MODERATED, true, ""));
	STEP(set_mode("dev", MODE_MODERATED, false, ""));
	STEP(set_mode("dev", MODE_SECRET, true, ""));
	STEP(set_mode("dev", MODE_EXTERNAL, true, ""));
	STEP(set_mode("dev", MODE_SECRET, false, ""));
	STEP(set_mode("dev", MODE_SEVERAL, false, "+e-f+g+k"));
	STEP(set_mode("dev", MODE_SEVERAL, false, "-g-k"));
	STEP(set_mode("dev", MODE_LIMIT, true, "12"));
	STEP(set_mode("dev", MODE_LIMIT, true, "3"));
	STEP(set_mode("dev", MODE_KEY, true, "sesame"));
	STEP(set_mode("dev", MODE_KEY, true, "abracadabra"));
	STEP(set_mode("dev", MODE_KEY, false, ""));
}

static void lists(void)
{
	CHECK(opened());
	enter(3, "dev");
	STEP(ban("dev", "eve", "192.0.2.1"));
	STEP(ban("dev", "mallory", ""));
	STEP(ban("dev", "Eve", "2001:db8::/64"));
	STEP(ban("dev", "trudy", "192.0.2.3"));
	STEP(set_power("dev", MODE_BAN, false, 0, "eve"));
	STEP(set_power("dev", MODE_BAN, false, 0, "eve"));
	STEP(ban("dev", "oscar", "192.0.2.4"));
	STEP(put_in_list("dev", MODE_EXEMPT, "os*", ""));
	STEP(put_in_list("dev", MODE_ADMIT, "oscar", ""));
	STEP(put_in_list("dev", MODE_MUTE, "oscar", "192.0.2.4"));
	STEP(set_power("dev", MODE_EXEMPT, false, 0, "OS*"));
	STEP(set_power("dev", MODE_ADMIT, false, 0, "os*"));
	STEP(put_in_list("dev", MODE_MUTE, "oscar", ""));
	for (uint32_t i = 10; i < 10 + ROOM_INVITES_MAX; i++)
		invite("dev", i);
	STEP(invite("dev", 30));
	STEP(invite("dev", 12));
	STEP(invite("dev", 13));
}

int main(void)
{
	if (getenv("UNDER_VALGRIND") != NULL)
		return unit_end(); /* it steps for itself */
	alarm(300);                /* instead of waiting for ever */
	RUN(joins, "killed in a join or leave");
	RUN(used_number, "killed in the first join of a number used before");
	RUN(used_place, "killed in a join in a place used before");
	RUN(users, "killed in a join of the server, a rename or a leave");
	RUN(past, "killed while somebody is remembered");
	RUN(changes, "killed in a change of topic, powers or modes");
	RUN(lists, "killed in a ban, its end, or an invitation");
	drop_rooms();
	return unit_end();
}
