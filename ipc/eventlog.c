/* SPDX-License-Identifier: MIT */
/* The event log and the sessions that follow from it.
 * Runs in: relay; before it, recover; the disk reads; the parent only makes and
 * keeps its memory.
 *
 * The order of an append makes a kill at any instruction harmless: the tail
 * moves first (entries before it are not read again), then the entry is written
 * after the head, where no reader looks, then the head moves: the event has
 * happened. Its session follows, and "applied" records that. */
#include "ipc/eventlog.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "ipc/audience.h"
#include "ipc/common/clock.h"
#include "ipc/layout.h"
#include "ipc/shm.h"

struct eventlog_header {
	_Atomic uint64_t tail, head;
	_Atomic uint64_t applied; /* id of the last entry in the sessions */
	uint64_t live_id;         /* ids from here on have no hole */
	struct bus_state bus;     /* the relay's own */
	struct seen seen[LOGINS_SEEN_MAX];
};

LAYOUT_SIZE(struct eventlog_header, 26744, "bump UPGRADE_VERSION");
LAYOUT_AT(struct eventlog_header, head, 8, "bump UPGRADE_VERSION");
LAYOUT_AT(struct eventlog_header, applied, 16, "bump UPGRADE_VERSION");
LAYOUT_NUMBER(EVENTLOG_RING, 8388608, "bump UPGRADE_VERSION");

static size_t header_size(uint32_t capacity)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	size_t n = sizeof(struct eventlog_header) +
		   capacity * sizeof(struct session);

	return (n + page - 1) / page * page;
}

size_t eventlog_size(uint32_t capacity)
{
	return header_size(capacity) + EVENTLOG_RING;
}

uint64_t eventlog_tail(const struct eventlog *log)
{
	return atomic_load_explicit(&log->header->tail, memory_order_acquire);
}

uint64_t eventlog_head(const struct eventlog *log)
{
	return atomic_load_explicit(&log->header->head, memory_order_acquire);
}

uint64_t eventlog_seq(const struct eventlog *log, uint32_t room)
{
	return log->rooms->rooms[room].seq;
}

static struct frame_event *entry_at(const struct eventlog *log, uint64_t pos)
{
	return (void *)(log->ring + pos % EVENTLOG_RING);
}

const struct frame_event *eventlog_at(const struct eventlog *log, uint64_t pos)
{
	return entry_at(log, pos);
}

bool eventlog_find(const struct eventlog *log, uint64_t id, uint64_t *pos)
{
	if (id == log->next_id) {
		*pos = eventlog_head(log);
		return true;
	}
	if (id < log->first_id || id > log->next_id)
		return false;
	*pos = log->start[id % EVENTLOG_IDS];
	return true;
}

uint64_t eventlog_live_id(const struct eventlog *log)
{
	return log->header->live_id;
}

static void note_seen(
	struct eventlog *log, uint32_t login, const struct frame_event *e)
{
	struct seen *s = seen_place(log->seen, login);

	s->unix_ms = e->unix_ms;
	s->id = e->id;
}

/* Updates the session of the event's sender; idempotent. */
static void apply_session(struct eventlog *log, const struct frame_event *e)
{
	struct session *s;

	if (e->from_generation == 0)
		return;
	s = &log->sessions[e->from_slot];
	if (e->kind == EVENT_JOIN && e->room == ROOM_LOBBY) {
		if (s->generation != e->from_generation)
			memset(s->token, 0, sizeof s->token);
		s->generation = e->from_generation;
		s->state = SESSION_JOINED;
		s->counter = 0;
		s->join_id = e->id;
		s->join_seq = e->seq;
		s->login = e->more;
		s->name_len = e->from_len;
		memcpy(s->name, frame_from(e), e->from_len);
	}
	if (s->generation != e->from_generation)
		return;
	if (e->kind == EVENT_LEAVE && e->room == ROOM_LOBBY) {
		s->state = SESSION_LEFT;
		if (s->login != 0)
			note_seen(log, s->login, e);
	}
	if (e->kind == EVENT_RENAME) {
		s->name_len = e->to_len;
		memcpy(s->name, frame_to(e), e->to_len);
	}
	if (e->counter > s->counter)
		s->counter = e->counter;
}

static void apply(struct eventlog *log, const struct frame_event *e)
{
	apply_session(log, e);
	rooms_apply(log->rooms, e);
}

/* Whether there is a valid next entry at a position of the log. */
static bool is_next(const struct eventlog *log, const struct frame_event *e,
	uint64_t space, bool first)
{
	return frame_event_check(e, space) == FRAME_OK &&
	       e->kind != EVENT_WELCOME && e->kind != EVENT_ROOM &&
	       e->id != 0 && e->from_slot < log->capacity &&
	       e->to_slot < log->capacity && e->room < log->rooms->count &&
	       (first || e->id == log->next_id ||
		       (e->id > log->next_id && e->id <= log->header->live_id));
}

/* Whether the numbers of the lobby have no hole, but before the live ones;
 * *seq: the last one, 0: none yet. */
static bool is_in_order(
	const struct eventlog *log, const struct frame_event *e, uint64_t *seq)
{
	uint64_t before = *seq;

	if (e->room != ROOM_LOBBY)
		return true;
	if (e->id < log->header->live_id)
		return e->seq >= before;
	*seq = e->seq;
	return before == 0 || e->seq == before + audience_is_counted(e);
}

/* The ids up to this one that no entry has lead to the one at pos. */
static void index_entry(struct eventlog *log, uint64_t id, uint64_t pos)
{
	uint64_t i = log->next_id;

	if (id - i >= EVENTLOG_IDS)
		i = id - EVENTLOG_IDS + 1;
	for (; i <= id; i++)
		log->start[i % EVENTLOG_IDS] = pos;
	log->next_id = id + 1;
}

static bool are_sessions_sound(const struct eventlog *log)
{
	for (uint32_t i = 0; i < log->capacity; i++) {
		const struct session *s = &log->sessions[i];

		if (s->state > SESSION_LEFT || s->name_len > NAME_MAX_BYTES)
			return false;
	}
	return true;
}

/* The ids between the last entry of an earlier server and the first of this one
 * lead to that one. */
static void end_restored(struct eventlog *log)
{
	uint64_t live = log->header->live_id;

	if (live <= log->next_id)
		return;
	if (eventlog_tail(log) == eventlog_head(log))
		log->first_id = live;
	index_entry(log, live - 1, eventlog_head(log));
}

/* Indexes what is between tail and head, and redoes the sessions.  Redoing
 * from the oldest on ends in the state that the newest entries give. */
static int recover(struct eventlog *log)
{
	uint64_t pos = eventlog_tail(log), head = eventlog_head(log);
	uint64_t applied = atomic_load(&log->header->applied), seq = 0;

	log->first_id = log->next_id = 1;
	if (pos > head || head - pos > EVENTLOG_RING || pos % FRAME_ALIGN != 0)
		return -1;
	for (bool first = true; pos < head; first = false) {
		const struct frame_event *e = entry_at(log, pos);

		if (!is_next(log, e, head - pos, first) ||
			!is_in_order(log, e, &seq))
			return -1;
		if (first)
			log->first_id = log->next_id = e->id;
		index_entry(log, e->id, pos);
		if (e->id > applied)
			apply(log, e);
		pos += e->size;
	}
	end_restored(log);
	/* The next number of the lobby is the rooms'. */
	if (applied >= log->next_id ||
		(seq != 0 && seq != eventlog_seq(log, ROOM_LOBBY)))
		return -1;
	atomic_store(&log->header->applied, log->next_id - 1);
	return are_sessions_sound(log) && rooms_are_sound(log->rooms) ? 0 : -1;
}

static int map(struct eventlog *log, int fd, uint32_t capacity, int rights)
{
	size_t at = header_size(capacity);
	void *header = mmap(NULL, at, rights, MAP_SHARED, fd, 0);
	char *ring = mmap(NULL, 2 * EVENTLOG_RING, PROT_NONE,
		MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (header == MAP_FAILED || ring == MAP_FAILED)
		return -1;
	for (size_t half = 0; half < 2; half++) {
		if (mmap(ring + half * EVENTLOG_RING, EVENTLOG_RING, rights,
			    MAP_SHARED | MAP_FIXED, fd,
			    (off_t)at) == MAP_FAILED)
			return -1;
	}
	memset(log, 0, sizeof *log);
	log->capacity = capacity;
	log->header = header;
	log->ring = ring;
	return 0;
}

int eventlog_watch(struct eventlog *log, int fd, uint32_t capacity)
{
	return map(log, fd, capacity, PROT_READ);
}

int eventlog_open(
	struct eventlog *log, int fd, uint32_t capacity, struct rooms *rooms)
{
	if (map(log, fd, capacity, PROT_READ | PROT_WRITE) == -1)
		return -1;
	log->rooms = rooms;
	log->start = calloc(EVENTLOG_IDS, sizeof *log->start);
	if (log->start == NULL)
		return -1;
	log->sessions = (void *)(log->header + 1);
	log->bus = &log->header->bus;
	log->seen = log->header->seen;
	if (recover(log) == -1) {
		errno = EBADMSG;
		return -1;
	}
	return 0;
}

void eventlog_close(struct eventlog *log)
{
	munmap(log->header, header_size(log->capacity));
	munmap(log->ring, 2 * EVENTLOG_RING);
	free(log->start);
	memset(log, 0, sizeof *log);
}

/* Gives up the oldest entries until size bytes are free, and the index has room
 * for this id: with holes it can be full before the ring. */
static void make_room(struct eventlog *log, size_t size, uint64_t id)
{
	uint64_t tail = eventlog_tail(log), head = eventlog_head(log);

	if (head + size - tail <= EVENTLOG_RING &&
		id - log->first_id < EVENTLOG_IDS)
		return;
	while (tail < head && (head + size - tail > EVENTLOG_RING ||
				      id - log->first_id >= EVENTLOG_IDS)) {
		tail += entry_at(log, tail)->size;
		log->first_id = tail < head ? entry_at(log, tail)->id : id;
	}
	atomic_store_explicit(&log->header->tail, tail, memory_order_release);
	/* Nothing of the entry may be written before. */
	atomic_signal_fence(memory_order_seq_cst);
}

/* Writes an entry after the head, where no reader looks. */
static struct frame_event *write_entry(struct eventlog *log,
	const struct frame_event *head, const char *from, const char *to,
	const char *room, const char *text)
{
	size_t said = (size_t)head->text_len + head->tags_len;
	size_t body =
		(size_t)head->from_len + head->to_len + head->room_len + said;
	size_t size = frame_size(sizeof *head, body);
	struct frame_event *e = entry_at(log, eventlog_head(log));
	char *p = e->body;

	make_room(log, size, head->id);
	*e = *head;
	e->size = (uint32_t)size;
	p = mempcpy(p, from, head->from_len);
	p = mempcpy(p, to, head->to_len);
	p = mempcpy(p, room, head->room_len);
	p = mempcpy(p, text, said);
	memset(p, 0, size - sizeof *e - body);
	return e;
}

static void move_head(struct eventlog *log, const struct frame_event *e)
{
	uint64_t pos = eventlog_head(log);

	atomic_store_explicit(
		&log->header->head, pos + e->size, memory_order_release);
	/* A kill sees memory as this process does: the compiler alone must not
	 * write the session before the head. */
	atomic_signal_fence(memory_order_seq_cst);
	index_entry(log, e->id, pos);
}

const struct frame_event *eventlog_append(struct eventlog *log,
	const struct frame_event *head, const char *from, const char *to,
	const char *room, const char *text)
{
	struct frame_event stamped = *head, *e;

	stamped.id = log->next_id;
	stamped.seq = eventlog_seq(log, head->room) + audience_is_counted(head);
	if (stamped.unix_ms == 0)
		stamped.unix_ms = clock_wall_ms();
	e = write_entry(log, &stamped, from, to, room, text);
	move_head(log, e);
	apply(log, e);
	atomic_store_explicit(
		&log->header->applied, e->id, memory_order_release);
	return e;
}

void eventlog_restore(struct eventlog *log, const struct frame_event *head,
	const char *from, const char *to, const char *room, const char *text)
{
	struct frame_event *e;

	if (eventlog_tail(log) == eventlog_head(log))
		log->first_id = log->next_id = head->id;
	e = write_entry(log, head, from, to, room, text);
	/* Before the head: a kill leaves no entry that seems to be live. */
	log->header->live_id = head->id + 1;
	atomic_signal_fence(memory_order_seq_cst);
	move_head(log, e);
	atomic_store(&log->header->applied, head->id);
}

void eventlog_restored(struct eventlog *log, uint64_t last_id)
{
	log->header->live_id = last_id + 1;
	end_restored(log);
	atomic_store(&log->header->applied, log->next_id - 1);
}
