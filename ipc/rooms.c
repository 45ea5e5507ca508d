/* SPDX-License-Identifier: MIT */
/* The rooms in shared memory.
 * Runs in: parent (create), relay, child and tools (read).
 *
 * Layout: the keys, the rooms, the stays, the places, the past; and on pages of
 * its own, so that children can be denied it, the secrets.  Readers may come at
 * any instruction of a change: a room is found only by its key, which is
 * written last; a topic is written beside the one in use. */
#include "ipc/rooms.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ipc/common/name.h"
#include "ipc/shm.h"

/* --- the memory ----------------------------------------------------------- */

static size_t whole_pages(size_t n)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);

	return (n + page - 1) / page * page;
}

static void lay_out(struct rooms *r, uint32_t count, uint32_t capacity)
{
	memset(r, 0, sizeof *r);
	r->fd = -1;
	r->count = count;
	r->capacity = capacity;
	r->secrets_at = whole_pages(count * sizeof(uint64_t)) +
			whole_pages(count * sizeof(struct room)) +
			whole_pages(capacity * sizeof(struct stay)) +
			whole_pages(capacity * sizeof(struct places)) +
			whole_pages(sizeof(struct past));
	r->size = r->secrets_at +
		  whole_pages(count * sizeof(struct room_secrets));
}

static void find_parts(struct rooms *r)
{
	char *p = r->base;

	r->keys = (void *)p;
	p += whole_pages(r->count * sizeof(uint64_t));
	r->rooms = (void *)p;
	p += whole_pages(r->count * sizeof(struct room));
	r->stays = (void *)p;
	p += whole_pages(r->capacity * sizeof(struct stay));
	r->places = (void *)p;
	p += whole_pages(r->capacity * sizeof(struct places));
	r->past = (void *)p;
	r->secrets = (void *)((char *)r->base + r->secrets_at);
}

size_t rooms_size(uint32_t max_rooms, uint32_t capacity)
{
	struct rooms r;

	lay_out(&r, max_rooms + 1, capacity);
	return r.size;
}

void rooms_name(struct rooms *r, uint32_t room, const char *name, size_t len)
{
	memcpy(r->rooms[room].name, name, len);
	r->rooms[room].name_len = (uint8_t)len;
	atomic_store(&r->keys[room], name_key(name, len));
}

int rooms_create(struct rooms *r, uint32_t max_rooms, uint32_t capacity,
	const char *lobby)
{
	lay_out(r, max_rooms + 1, capacity);
	r->fd = shm_create("rooms", r->size);
	if (r->fd == -1)
		return -1;
	r->base = shm_map(r->fd, r->size);
	if (r->base == NULL)
		return -1;
	find_parts(r);
	rooms_name(r, ROOM_LOBBY, lobby, strlen(lobby));
	return 0;
}

int rooms_imagine(struct rooms *r, uint32_t max_rooms, uint32_t capacity,
	const char *lobby)
{
	lay_out(r, max_rooms + 1, capacity);
	r->base = mmap(NULL, r->size, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (r->base == MAP_FAILED)
		return -1;
	find_parts(r);
	rooms_name(r, ROOM_LOBBY, lobby, strlen(lobby));
	return 0;
}

static bool has_size(int fd, size_t size)
{
	struct stat st;

	if (fstat(fd, &st) == -1)
		return false;
	errno = EINVAL;
	return st.st_size == (off_t)size;
}

int rooms_attach(struct rooms *r, int fd, uint32_t max_rooms, uint32_t capacity)
{
	lay_out(r, max_rooms + 1, capacity);
	r->fd = fd;
	if (!has_size(fd, r->size))
		return -1;
	r->base = shm_map(fd, r->size);
	if (r->base == NULL)
		return -1;
	find_parts(r);
	return 0;
}

int rooms_copy(struct rooms *r, int fd, uint32_t max_rooms, uint32_t capacity)
{
	lay_out(r, max_rooms + 1, capacity);
	if (!has_size(fd, r->size))
		return -1;
	r->base = shm_copy(fd, whole_pages(r->count * sizeof(uint64_t)) +
				       r->count * sizeof(struct room));
	if (r->base == NULL)
		return -1;
	find_parts(r);
	r->stays = NULL;
	r->places = NULL;
	r->past = NULL;
	r->secrets = NULL;
	return 0;
}

int rooms_enter(struct rooms *r)
{
	r->secrets = NULL;
	if (munmap((char *)r->base + r->secrets_at, r->size - r->secrets_at) ==
		-1)
		return -1;
	return mprotect(r->base, r->secrets_at, PROT_READ);
}

/* --- readers ---------------------------------------------------------------
 */

uint32_t rooms_find(const struct rooms *r, const char *name, size_t len)
{
	uint64_t key = name_key(name, len);

	for (uint32_t i = 0; i < r->count; i++) {
		const struct room *room = &r->rooms[i];

		if (atomic_load_explicit(&r->keys[i], memory_order_acquire) ==
				key &&
			name_same(room->name, room->name_len, name, len))
			return i;
	}
	return ROOM_NONE;
}

bool rooms_exists(const struct rooms *r, uint32_t room)
{
	return room < r->count &&
	       atomic_load_explicit(&r->keys[room], memory_order_acquire) != 0;
}

bool rooms_is_secret(const struct rooms *r, uint32_t room)
{
	return (atomic_load_explicit(
			&r->rooms[room].modes, memory_order_relaxed) &
		       1U << MODE_SECRET) != 0;
}

/* Whether a time from join to left, 0: not over, has the event in it. */
static bool lasts(uint64_t join_id, uint64_t left_id, uint64_t id)
{
	return join_id <= id && (left_id == 0 || left_id > id);
}

/* The index of the place where the user is in this room as of an event, or
 * -1. */
static int find_place(
	const struct rooms *r, uint32_t slot, uint32_t room, uint64_t id)
{
	const struct places *p = &r->places[slot];
	uint32_t generation = atomic_load_explicit(
		&r->rooms[room].generation, memory_order_relaxed);

	for (int i = 0; i < ROOMS_PER_USER; i++) {
		const struct place *q = &p->place[i];

		if (atomic_load_explicit(&p->room[i], memory_order_acquire) ==
				room &&
			q->generation == generation &&
			lasts(q->join_id,
				atomic_load_explicit(
					&q->left_id, memory_order_relaxed),
				id))
			return i;
	}
	return -1;
}

const struct place *rooms_place_at(
	const struct rooms *r, uint32_t slot, uint32_t room, uint64_t id)
{
	int i = room != ROOM_LOBBY ? find_place(r, slot, room, id) : -1;

	return i != -1 ? &r->places[slot].place[i] : NULL;
}

const struct place *rooms_place(
	const struct rooms *r, uint32_t slot, uint32_t room)
{
	return rooms_place_at(r, slot, room, ROOMS_NOW);
}

/* The one of the two names that was given last before that event, or else,
 * after two renames since, the older one. */
static unsigned int name_as_of(const struct stay *p, uint64_t id)
{
	unsigned int now = atomic_load(&p->current) & 1;

	return atomic_load(&p->since[now]) <= id ? now : !now;
}

bool rooms_user(
	const struct rooms *r, uint32_t slot, uint64_t id, struct rooms_user *u)
{
	const struct stay *p = &r->stays[slot];
	uint64_t left_id, since;
	unsigned int i;

	/* Again, where the name has been replaced meanwhile. */
	do {
		u->generation = atomic_load(&p->generation);
		left_id = atomic_load(&p->left_id);
		if (u->generation == 0 || !lasts(p->join_id, left_id, id))
			return false;
		i = name_as_of(p, id);
		since = atomic_load(&p->since[i]);
		u->name_len =
			p->name_len[i] <= NAME_MAX_BYTES ? p->name_len[i] : 0;
		memcpy(u->name, p->name[i], u->name_len);
		u->user_len = atomic_load(&p->user_len);
		if (u->user_len > USER_MAX_BYTES)
			u->user_len = 0;
		memcpy(u->user, p->user, u->user_len);
		atomic_thread_fence(memory_order_acquire);
	} while (atomic_load(&p->since[i]) != since ||
		 atomic_load(&p->generation) != u->generation);
	return true;
}

bool rooms_is_key(const char *key, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (key[i] <= ' ' || key[i] > '~' || key[i] == ',')
			return false;
	}
	return n <= ROOM_KEY_MAX && (n == 0 || key[0] != ':');
}

const struct room_topic *rooms_topic(const struct rooms *r, uint32_t room)
{
	const struct room *p = &r->rooms[room];

	return &p->topic[atomic_load_explicit(
				 &p->topic_at, memory_order_acquire) &
			 1];
}

bool rooms_was_in(
	const struct rooms *r, uint32_t slot, const struct frame_event *e)
{
	const struct places *p = &r->places[slot];

	for (int i = 0; i < ROOMS_PER_USER; i++) {
		const struct place *q = &p->place[i];
		uint64_t left;

		if (atomic_load_explicit(&p->room[i], memory_order_relaxed) !=
				e->room ||
			q->generation != e->room_generation ||
			e->id < q->join_id)
			continue;
		left = atomic_load_explicit(&q->left_id, memory_order_relaxed);
		if (left == 0 || e->id <= left)
			return true;
	}
	return false;
}

uint32_t rooms_free(const struct rooms *r)
{
	uint32_t asleep = ROOM_NONE;

	for (uint32_t i = ROOM_LOBBY + 1; i < r->count; i++) {
		if (!rooms_exists(r, i))
			return i;
		if (atomic_load(&r->rooms[i].members) == 0 &&
			(asleep == ROOM_NONE ||
				r->rooms[i].made_ms < r->rooms[asleep].made_ms))
			asleep = i;
	}
	return asleep;
}

int rooms_free_place(const struct rooms *r, uint32_t slot)
{
	const struct places *p = &r->places[slot];
	uint64_t oldest = UINT64_MAX;
	int best = -1;

	for (int i = 0; i < ROOMS_PER_USER; i++) {
		uint64_t left = atomic_load(&p->place[i].left_id);

		if (atomic_load(&p->room[i]) == ROOM_LOBBY)
			return i;
		if (left != 0 && left < oldest) {
			oldest = left;
			best = i;
		}
	}
	return best;
}

bool rooms_are_sound(const struct rooms *r)
{
	for (uint32_t i = 0; i < r->count; i++) {
		const struct room *room = &r->rooms[i];
		const struct room_secrets *p = &r->secrets[i];

		if (room->name_len > NAME_MAX_BYTES ||
			room->topic[0].len > TOPIC_MAX ||
			room->topic[1].len > TOPIC_MAX ||
			p->key_len > ROOM_KEY_MAX || p->banned > ROOM_BANS_FULL)
			return false;
	}
	for (uint32_t slot = 0; slot < r->capacity; slot++) {
		const struct stay *p = &r->stays[slot];

		if (atomic_load(&p->current) > 1 ||
			p->name_len[0] > NAME_MAX_BYTES ||
			p->name_len[1] > NAME_MAX_BYTES ||
			p->user_len > USER_MAX_BYTES)
			return false;
		for (int i = 0; i < ROOMS_PER_USER; i++) {
			if (atomic_load(&r->places[slot].room[i]) >= r->count)
				return false;
		}
	}
	return past_is_sound(r->past);
}
