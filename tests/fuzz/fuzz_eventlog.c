/* SPDX-License-Identifier: MIT */
/* Fuzzes the opening of ipc/eventlog.c: of a log that was written over it
 * takes what makes sense in all its parts, and nothing else; the log then goes
 * on as any other.  What an event does to the rooms is tests/unit's: here the
 * rooms are those to which just the events have happened that are new.
 * Runs in: nothing but tests.
 *
 * Input: where the log begins, a number of entries, eight bytes for each; the
 * rest writes bytes over what came of that: a place, and one byte or eight. */
#include "ipc/eventlog.h"

#include <errno.h>
#include <sys/mman.h>
#include <unistd.h>

#include "ipc/shm.h"
#include "tests/fuzz/fuzz.h"

/* Of AddressSanitizer; its header does not come with clang-tidy. */
void __asan_poison_memory_region(const volatile void *start, size_t size);
void __asan_unpoison_memory_region(const volatile void *start, size_t size);

/* So many that the sessions nearly fill a page of 4,096 bytes. */
#define SLOTS 63

#define ENTRIES_MAX 24

/* Beside the lobby. */
#define ROOMS 3

/* What lies before the sessions in the shared memory. */
struct header {
	uint64_t tail, head, applied;
};

/* Numbers from here on are none that a log can come to. */
#define ABSURD (UINT64_C(1) << 62)

static struct eventlog elog;
static struct rooms rooms;
static int fd = -1;

/* The shared memory as eventlog_open will find it. */
static struct header header;
static struct session sessions[SLOTS];
static char *ring; /* twice in a row */

/* What it has to come to. */
static struct model {
	bool good;
	uint64_t first_id, next_id, lobby_seq, entries;
	struct session sessions[SLOTS];
	struct rooms rooms;
} model;

/* --- memory in which nobody can go astray -------------------------------- */

static char *guarded;
static size_t guarded_size;

/* In the place of ipc/shm.c. */
int shm_create(const char *what, size_t size)
{
	int made = memfd_create(what, MFD_CLOEXEC);

	CHECK(made != -1 && ftruncate(made, (off_t)size) == 0);
	return made;
}

void *shm_copy(int from, size_t size)
{
	(void)from;
	(void)size;
	return NULL;
}

/* Of the log: behind what is asked for is a page that cannot be read, and
 * nothing between the last session and its page's end. */
void *shm_map(int from, size_t size)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	size_t used = sizeof(header) + sizeof(sessions);

	if (from != fd)
		return mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED,
			from, 0);
	guarded = mmap(NULL, size + page, PROT_NONE,
		MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	guarded_size = size + page;
	CHECK(guarded != MAP_FAILED);
	CHECK(mmap(guarded, size, PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_FIXED, from, 0) != MAP_FAILED);
	__asan_poison_memory_region(guarded + used, size - used);
	return guarded;
}

static bool open_log(void)
{
	bool good = eventlog_open(&elog, fd, SLOTS, &rooms) == 0;

	CHECK(good || errno == EBADMSG);
	return good;
}

static void close_log(void)
{
	__asan_unpoison_memory_region(guarded, guarded_size);
	eventlog_close(&elog);
	munmap(guarded, guarded_size);
}

static void map_ring(void)
{
	off_t at = (off_t)(eventlog_size(SLOTS) - EVENTLOG_RING);

	ring = mmap(NULL, 2 * EVENTLOG_RING, PROT_NONE,
		MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	CHECK(ring != MAP_FAILED);
	for (size_t i = 0; i < 2; i++)
		CHECK(mmap(ring + i * EVENTLOG_RING, EVENTLOG_RING,
			      PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED,
			      fd, at) != MAP_FAILED);
}

/* --- a log, as it should be and then not --------------------------------- */

/* What names and texts are made of. */
static char noise[32 + UINT8_MAX];

static void make_noise(void)
{
	for (size_t i = 0; i < sizeof(noise); i++)
		noise[i] = (char)('A' + i * 7 % 58);
}

static struct frame_event entry_of(struct fuzz_input *in)
{
	struct frame_event e = {.kind = EVENT_PUBLIC};
	uint8_t lengths;

	/* of those that a log has */
	e.kind = (uint8_t)(e.kind + fuzz_byte(in) % 11);
	lengths = fuzz_byte(in);
	e.audience = lengths % AUDIENCES;
	e.room = e.kind == EVENT_RENAME || e.kind == EVENT_PRIVATE
			 ? ROOM_LOBBY
			 : lengths >> 4 & ROOMS;
	e.room_generation = e.room != ROOM_LOBBY;
	e.room_len = e.room != ROOM_LOBBY ? 5 : 0;
	e.on = lengths >> 3 & 1;
	e.mode = e.kind == EVENT_MODE ? 1 + (lengths & 7) : MODE_NONE;
	e.from_slot = fuzz_byte(in) % SLOTS;
	e.from_generation = fuzz_byte(in) % 4;
	e.to_slot = fuzz_byte(in) % SLOTS;
	e.counter = fuzz_byte(in);
	lengths = fuzz_byte(in);
	e.from_len = (uint8_t)(2 * (lengths & 15));
	e.to_len = (uint8_t)(2 * (lengths >> 4));
	e.text_len = fuzz_byte(in);
	e.tags_len = e.kind == EVENT_PUBLIC ? e.text_len % 5 : 0;
	return e;
}

/* There are no rooms but the lobby, in both of them. */
static void begin_rooms(void)
{
	if (rooms.base == NULL) {
		CHECK(rooms_create(&rooms, ROOMS, SLOTS, "lobby") == 0);
		CHECK(rooms_create(&model.rooms, ROOMS, SLOTS, "lobby") == 0);
	}
	memset(rooms.base, 0, rooms.size);
}

/* Writes an empty log that begins somewhere. */
static uint64_t begin(uint8_t where)
{
	static const uint64_t starts[] = {0, EVENTLOG_RING - 64,
		EVENTLOG_RING - 4096, 3 * EVENTLOG_RING - 128,
		UINT64_C(1) << 40, 8};
	uint64_t start = starts[where % 6];
	struct header empty = {start, start, 0};

	CHECK(pwrite(fd, &empty, sizeof(empty), 0) == sizeof(empty));
	return start;
}

static void append(struct fuzz_input *in)
{
	size_t n = fuzz_byte(in) % (ENTRIES_MAX + 1);

	CHECK(open_log());
	/* What is written over must be the log's own. */
	CHECK((char *)elog.sessions - (char *)elog.header == sizeof(header));
	for (size_t i = 0; i < n; i++) {
		struct frame_event e = entry_of(in);

		eventlog_append(
			&elog, &e, noise, noise + 32, noise + e.room, noise);
	}
	close_log();
	memcpy(model.rooms.base, rooms.base, rooms.size);
}

/* Writes one byte or eight over a place of the header, the sessions, or the
 * log from its start on. */
static void write_over(struct fuzz_input *in, uint64_t start)
{
	uint8_t area = fuzz_byte(in);
	size_t at = fuzz_number(in, 2), n = area & 0x80 ? 8 : 1;
	uint64_t value = fuzz_number(in, (unsigned)n);
	char *from;

	switch (area % 4) {
	case 0:
		from = (char *)&header + at % (sizeof(header) - n + 1);
		break;
	case 1:
		from = (char *)sessions + at % (sizeof(sessions) - n + 1);
		break;
	default:
		from = ring + (start + at % 8192) % EVENTLOG_RING;
	}
	memcpy(from, &value, n);
}

static void damage(struct fuzz_input *in, uint64_t start)
{
	CHECK(pread(fd, &header, sizeof(header), 0) == sizeof(header));
	CHECK(pread(fd, sessions, sizeof(sessions), sizeof(header)) ==
		sizeof(sessions));
	while (in->n > 0)
		write_over(in, start);
	CHECK(pwrite(fd, &header, sizeof(header), 0) == sizeof(header));
	CHECK(pwrite(fd, sessions, sizeof(sessions), sizeof(header)) ==
		sizeof(sessions));
}

/* --- what makes sense ---------------------------------------------------- */

static bool is_whole(const struct frame_event *e, uint64_t room)
{
	uint64_t size = sizeof(*e);

	if (room < size)
		return false;
	size += (uint64_t)e->from_len + e->to_len + e->room_len + e->text_len +
		e->tags_len;
	while (size % FRAME_ALIGN != 0)
		size++;
	/* A welcome is in no log, nor what follows it. */
	return e->size == size && size <= room && e->kind > EVENT_WELCOME &&
	       e->kind <= EVENT_BYE && e->kind != EVENT_ROOM &&
	       e->from_len <= NAME_MAX_BYTES && e->to_len <= NAME_MAX_BYTES &&
	       e->room_len <= NAME_MAX_BYTES && e->text_len <= TEXT_MAX &&
	       e->tags_len <= TAGS_MAX && e->reason < LEAVE_REASONS &&
	       e->audience < AUDIENCES && e->error < FRAME_ERRORS &&
	       e->mode < MODES && e->on <= 1 && e->from_slot < SLOTS &&
	       e->to_slot < SLOTS && e->room <= ROOMS;
}

static bool is_public(const struct frame_event *e)
{
	return e->audience == AUDIENCE_EVERYONE || e->audience == AUDIENCE_ROOM;
}

/* The rules of sessions, said once more. */
static void apply(const struct frame_event *e)
{
	struct session *s = &model.sessions[e->from_slot];
	bool lobby = e->room == ROOM_LOBBY;

	rooms_apply(&model.rooms, e);
	if (e->from_generation == 0)
		return;
	if (e->kind == EVENT_JOIN && lobby) {
		*s = (struct session){.generation = e->from_generation,
			.state = SESSION_JOINED,
			.join_id = e->id,
			.join_seq = e->seq,
			.name_len = e->from_len};
		memcpy(s->name, e->body, e->from_len);
	}
	if (s->generation != e->from_generation)
		return;
	if (e->kind == EVENT_LEAVE && lobby)
		s->state = SESSION_LEFT;
	if (e->kind == EVENT_RENAME) {
		s->name_len = e->to_len;
		memcpy(s->name, e->body + e->from_len, e->to_len);
	}
	if (s->counter < e->counter)
		s->counter = e->counter;
}

/* The lobby's numbers have no hole; 0: there is none yet. */
static bool is_due(const struct frame_event *e)
{
	uint64_t before = model.lobby_seq;

	if (e->room != ROOM_LOBBY)
		return true;
	model.lobby_seq = e->seq;
	return before == 0 || e->seq == before + is_public(e);
}

static bool walk(void)
{
	uint64_t pos = header.tail;

	if (pos > header.head || header.head - pos > EVENTLOG_RING ||
		pos % FRAME_ALIGN != 0)
		return false;
	while (pos < header.head) {
		const struct frame_event *e =
			(void *)(ring + pos % EVENTLOG_RING);

		if (!is_whole(e, header.head - pos) || e->id == 0)
			return false;
		if (model.entries == 0) {
			model.first_id = model.next_id = e->id;
		}
		if (e->id != model.next_id || !is_due(e))
			return false;
		if (e->id > header.applied)
			apply(e);
		model.next_id++;
		model.entries++;
		pos += e->size;
	}
	return header.applied < model.next_id &&
	       (model.lobby_seq == 0 ||
		       model.lobby_seq == model.rooms.rooms[ROOM_LOBBY].seq);
}

static void expect(void)
{
	model = (struct model){
		.first_id = 1, .next_id = 1, .rooms = model.rooms};
	memcpy(model.sessions, sessions, sizeof(sessions));
	model.good = walk() && rooms_are_sound(&model.rooms);
	for (size_t i = 0; i < SLOTS; i++) {
		const struct session *s = &model.sessions[i];

		if (s->state > SESSION_LEFT || s->name_len > NAME_MAX_BYTES)
			model.good = false;
	}
}

/* --- what it has come to ------------------------------------------------- */

static void check_sessions(void)
{
	for (size_t i = 0; i < SLOTS; i++) {
		const struct session *is = &elog.sessions[i];
		const struct session *want = &model.sessions[i];

		CHECK(is->generation == want->generation);
		CHECK(is->state == want->state);
		CHECK(is->counter == want->counter);
		CHECK(is->join_id == want->join_id);
		CHECK(is->join_seq == want->join_seq);
		CHECK(is->name_len == want->name_len);
		CHECK(memcmp(is->name, want->name, want->name_len) == 0);
	}
}

static void check_entries(void)
{
	uint64_t pos = eventlog_tail(&elog), id = elog.first_id, found = 1;

	for (; pos < eventlog_head(&elog); id++) {
		CHECK(eventlog_at(&elog, pos)->id == id);
		CHECK(eventlog_find(&elog, id, &found) && found == pos);
		pos += eventlog_at(&elog, pos)->size;
	}
	CHECK(id == elog.next_id && pos == eventlog_head(&elog));
	CHECK(eventlog_find(&elog, id, &found) && found == pos);
	CHECK(!eventlog_find(&elog, id + 1, &found));
	CHECK(!eventlog_find(&elog, elog.first_id - 1, &found));
}

static void check_all(void)
{
	struct header now;

	CHECK(pread(fd, &now, sizeof(now), 0) == sizeof(now));
	CHECK(now.applied == model.next_id - 1);
	CHECK(eventlog_tail(&elog) == header.tail);
	CHECK(eventlog_head(&elog) == header.head);
	CHECK(elog.first_id == model.first_id);
	CHECK(elog.next_id == model.next_id);
	CHECK(memcmp(rooms.base, model.rooms.base, rooms.size) == 0);
	check_entries();
	check_sessions();
}

/* The log goes on, and is the same for who opens it again. */
static void check_going_on(void)
{
	struct frame_event e = {.kind = EVENT_JOIN,
		.audience = AUDIENCE_EVERYONE,
		.from_slot = SLOTS - 1,
		.from_generation = 77,
		.from_len = NAME_MAX_BYTES,
		.text_len = 40};

	for (size_t i = 0; i < 3; i++) {
		const struct frame_event *made = eventlog_append(
			&elog, &e, noise, noise + 32, "", noise);

		CHECK(made->id == model.next_id++);
		CHECK(made->seq == eventlog_seq(&elog, ROOM_LOBBY));
		apply(made);
		header.head += made->size;
	}
	header.tail = eventlog_tail(&elog);
	model.first_id = elog.first_id;
	check_all();
	close_log();
	CHECK(open_log());
	check_all();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = {data, size};
	uint64_t start;
	bool good;

	make_noise();
	/* Anew each time: it begins as zeros. */
	fd = memfd_create("log", MFD_CLOEXEC);
	CHECK(fd != -1 && ftruncate(fd, (off_t)eventlog_size(SLOTS)) == 0);
	map_ring();
	begin_rooms();
	start = begin(fuzz_byte(&in));
	append(&in);
	damage(&in, start);
	expect();
	good = open_log();
	if (header.head < ABSURD && model.next_id < ABSURD) {
		CHECKW(good || !model.good, "a good log is refused");
		CHECKW(!good || model.good, "a damaged log is taken");
		if (good) {
			check_all();
			check_going_on();
		}
	}
	/* What a failed opening leaves is not owed, but here it adds up. */
	close_log();
	munmap(ring, 2 * EVENTLOG_RING);
	close(fd);
	return 0;
}
