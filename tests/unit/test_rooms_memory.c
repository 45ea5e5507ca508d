/* SPDX-License-Identifier: MIT */
/* Tests of ipc/rooms.c: who can see and change what of the memory.
 * Runs in: nothing but tests. */
#include "ipc/rooms.h"

#include <errno.h>
#include <signal.h>
#include <string.h>

#include "tests/unit/processes.h"
#include "tests/unit/rooms_rig.h"
#include "tests/unit/unit.h"

static struct rooms other;

static bool opens(int (*function)(struct rooms *, int, uint32_t, uint32_t),
	uint32_t max_rooms, uint32_t capacity)
{
	errno = 0;
	return function(&other, r.fd, max_rooms, capacity) == 0;
}

static void attached(void)
{
	CHECK(begin());
	enter(3, "dev");
	CHECK(opens(rooms_attach, ROOMS, CAPACITY));
	CHECK_EQ(rooms_find(&other, "dev", 3), 1);
	CHECK(rooms_place(&other, 3, 1)->powers == POWER_OPERATOR);
	set_mode("dev", MODE_KEY, true, "sesame");
	CHECK(memcmp(other.secrets[1].key, "sesame", 6) == 0);
	munmap(other.base, other.size);
}

static void other_sizes(void)
{
	CHECK(begin());
	CHECK_EQ(rooms_size(ROOMS, CAPACITY), r.size);
	CHECK(!opens(rooms_attach, ROOMS + 10, CAPACITY) && errno == EINVAL);
	CHECK(!opens(rooms_attach, ROOMS, CAPACITY + 10) && errno == EINVAL);
	CHECK(!opens(rooms_copy, ROOMS + 10, CAPACITY) && errno == EINVAL);
	errno = 0;
	CHECK(rooms_attach(&other, -1, ROOMS, CAPACITY) == -1 &&
		errno == EBADF);
	CHECK(rooms_copy(&other, -1, ROOMS, CAPACITY) == -1 && errno == EBADF);
}

/* For tools: what happens later is not seen, nor what concerns nobody. */
static void copied(void)
{
	CHECK(begin());
	enter(3, "dev");
	set_topic("dev", "before");
	CHECK(opens(rooms_copy, ROOMS, CAPACITY));
	set_topic("dev", "after");
	leave(3, "dev");
	CHECK_EQ(rooms_find(&other, "dev", 3), 1);
	CHECK(memcmp(rooms_topic(&other, 1)->text, "before", 6) == 0);
	CHECK(other.places == NULL && other.secrets == NULL);
	CHECK(ftruncate(r.fd, 0) == 0);
	CHECK_EQ(atomic_load(&other.rooms[1].members), 1);
}

/* The lobby alone. */
static void no_rooms(void)
{
	drop_rooms();
	CHECK(rooms_create(&r, 0, 5, "hall") == 0);
	CHECK_EQ(number_of("hall"), ROOM_LOBBY);
	CHECK_EQ(number_of("lobby"), ROOM_NONE);
	CHECK_EQ(rooms_free(&r), ROOM_NONE);
	CHECK(rooms_are_sound(&r));
}

/* --- a child -------------------------------------------------------------- */

static void read_secrets(volatile char *secrets)
{
	(void)secrets[0];
}

static void write_secrets(volatile char *secrets)
{
	secrets[0] = 1;
}

static void write_places(volatile char *secrets)
{
	(void)secrets;
	r.places[3].place[0].powers = POWER_OPERATOR;
}

static void write_stay(volatile char *secrets)
{
	(void)secrets;
	atomic_store(&r.stays[3].left_id, 1);
}

static void write_past(volatile char *secrets)
{
	(void)secrets;
	r.past->users[3].real_len = 1;
}

static void write_room(volatile char *secrets)
{
	(void)secrets;
	atomic_store(&r.rooms[1].members, 0);
}

static void write_key(volatile char *secrets)
{
	(void)secrets;
	atomic_store(&r.keys[1], 0);
}

static void read_all(volatile char *secrets)
{
	(void)secrets;
	if (number_of("dev") != 1 || members("dev") != 1 ||
		!has_topic("dev", "hello") || powers(3, "dev") != 1 ||
		r.secrets != NULL)
		_exit(1);
}

/* How a child that has entered and does this ends: 0, or its signal. */
static int ends(void (*does)(volatile char *secrets))
{
	int status = -1;
	pid_t pid = fork_child();

	if (pid == 0) {
		volatile char *secrets = (volatile char *)r.secrets;

		signal(SIGSEGV, SIG_DFL);
		if (rooms_enter(&r) == -1)
			_exit(2);
		does(secrets);
		_exit(0);
	}
	(void)waitpid(pid, &status, 0);
	return WIFSIGNALED(status) ? WTERMSIG(status) : status;
}

/* Under the sanitizers a signal is an exit. */
static bool dies(void (*does)(volatile char *secrets))
{
	return ends(does) != 0;
}

static void children(void)
{
	CHECK(begin());
	enter(3, "dev");
	set_topic("dev", "hello");
	set_mode("dev", MODE_KEY, true, "sesame");
	CHECK(ends(read_all) == 0);
	CHECK(dies(read_secrets) && dies(write_secrets));
	CHECK(dies(write_places) && dies(write_stay) && dies(write_past) &&
		dies(write_room) && dies(write_key));
	CHECK_EQ(members("dev"), 1);
	CHECK(private_of("dev")->key_len == 6);
}

/* --- what cannot be ------------------------------------------------------- */

static void sound(void)
{
	CHECK(begin());
	enter(3, "dev");
	CHECK(rooms_are_sound(&r));
	r.rooms[ROOMS].name_len = NAME_MAX_BYTES + 1;
	CHECK(!rooms_are_sound(&r));
	r.rooms[ROOMS].name_len = NAME_MAX_BYTES;
	r.rooms[1].topic[1].len = TOPIC_MAX + 1;
	CHECK(!rooms_are_sound(&r));
	r.rooms[1].topic[1].len = TOPIC_MAX;
	r.secrets[1].key_len = ROOM_KEY_MAX + 1;
	CHECK(!rooms_are_sound(&r));
	r.secrets[1].key_len = ROOM_KEY_MAX;
	r.secrets[2].banned = ROOM_BANS_FULL + 1;
	CHECK(!rooms_are_sound(&r));
	r.secrets[2].banned = ROOM_BANS_FULL;
	atomic_store(
		&r.places[CAPACITY - 1].room[ROOMS_PER_USER - 1], ROOMS + 1);
	CHECK(!rooms_are_sound(&r));
	atomic_store(&r.places[CAPACITY - 1].room[ROOMS_PER_USER - 1], ROOMS);
	CHECK(rooms_are_sound(&r));
	r.stays[5].name_len[1] = NAME_MAX_BYTES + 1;
	CHECK(!rooms_are_sound(&r));
	r.stays[5].name_len[1] = NAME_MAX_BYTES;
	r.stays[5].name_len[0] = NAME_MAX_BYTES + 1;
	CHECK(!rooms_are_sound(&r));
	r.stays[5].name_len[0] = NAME_MAX_BYTES;
	r.stays[5].user_len = USER_MAX_BYTES + 1;
	CHECK(!rooms_are_sound(&r));
	r.stays[5].user_len = USER_MAX_BYTES;
	atomic_store(&r.stays[5].current, 2);
	CHECK(!rooms_are_sound(&r));
	atomic_store(&r.stays[5].current, 1);
	CHECK(rooms_are_sound(&r));
	r.past->users[PAST_MAX - 1].real_len = REAL_MAX_BYTES + 1;
	CHECK(!rooms_are_sound(&r));
	r.past->users[PAST_MAX - 1].real_len = REAL_MAX_BYTES;
	r.past->users[0].user_len = USER_MAX_BYTES + 1;
	CHECK(!rooms_are_sound(&r));
	r.past->users[0].user_len = USER_MAX_BYTES;
	r.past->users[0].name_len = NAME_MAX_BYTES + 1;
	CHECK(!rooms_are_sound(&r));
	r.past->users[0].name_len = NAME_MAX_BYTES;
	atomic_store(&r.past->newest, PAST_MAX);
	CHECK(!rooms_are_sound(&r));
	atomic_store(&r.past->newest, PAST_MAX - 1);
	CHECK(rooms_are_sound(&r));
}

int main(void)
{
	alarm(60); /* instead of waiting for ever */
	RUN(attached, "both see the same rooms");
	RUN(other_sizes, "rooms of other numbers");
	RUN(copied, "a copy is a copy, of what tools show");
	RUN(no_rooms, "no room beside the lobby");
	RUN(children, "a child reads, but for the secrets");
	RUN(sound, "what no event has written");
	drop_rooms();
	return unit_end();
}
