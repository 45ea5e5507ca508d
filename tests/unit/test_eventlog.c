/* Tests of ipc/eventlog.c: what is in the log stays what it was, however
 * often the ring is overwritten and whenever its writer is killed.
 * Runs in: nothing but tests.
 *
 * All that an entry has follows from its id, so whoever reads the log knows
 * what its writer has written; what the sessions must be follows from that. */
#include "ipc/eventlog.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "ipc/clock.h"
#include "ipc/shm.h"
#include "tests/unit/chance.h"
#include "tests/unit/processes.h"
#include "tests/unit/unit.h"

#define SLOTS 50

/* How the entries of a test are made. */
enum sizes {
	SIZES_SMALL, /* up to some 100 bytes: the order of steps counts */
	SIZES_ALL,   /* now and then the longest */
	SIZES_LEAST  /* nothing but the header */
};

static enum sizes sizes;
static struct eventlog elog;
static int fd = -1;
static char noise[TEXT_MAX + 1024];

/* What the log should have come to. */
static struct model {
	uint64_t next_id, next_seq;
	struct session sessions[SLOTS];
} model;

/* Of the writer that is killed. */
static struct shared {
	_Atomic uint64_t done; /* ids up to this have been returned */
	_Atomic uint32_t ready;
} * shared;

/* --- what an entry with an id is ----------------------------------------- */

static uint64_t mix(uint64_t id)
{
	id *= UINT64_C(0x9E3779B97F4A7C15);
	id ^= id >> 29;
	id *= UINT64_C(0xBF58476D1CE4E5B9);
	return id ^ id >> 32;
}

static const char *from_of(uint64_t id)
{
	return noise + id % 251;
}

static const char *to_of(uint64_t id)
{
	return noise + id % 241 + 1;
}

static const char *text_of(uint64_t id)
{
	return noise + id % 997;
}

static size_t text_length(uint64_t id, uint64_t r)
{
	if (sizes == SIZES_LEAST)
		return 0;
	if (sizes == SIZES_SMALL)
		return r % 64;
	return id % 16 == 0 ? TEXT_MAX - r % 100 : r % 1000;
}

static struct frame_event entry_of(uint64_t id)
{
	static const uint8_t kinds[] = {EVENT_PUBLIC, EVENT_PUBLIC,
		EVENT_ACTION, EVENT_PRIVATE, EVENT_JOIN, EVENT_LEAVE,
		EVENT_RENAME, EVENT_ERROR};
	uint64_t r = mix(id);
	struct frame_event e = {
		.kind = kinds[r % sizeof(kinds)],
		.flags = r >> 8 & 3,
		.from_slot = (uint32_t)(r >> 10) % SLOTS,
		/* Users of a slot follow one another; a late entry of the
		 * last one may come. */
		.from_generation =
			(uint32_t)(1 + id / 700 - (id > 700 && r >> 20 & 1)),
		.to_slot = (uint32_t)(r >> 24) % SLOTS,
		.to_generation = (uint32_t)(r >> 32),
		.counter = id,
		.online = (uint32_t)r,
		.more = (uint32_t)(r >> 16),
		.reason = r >> 40 & 3,
	};

	if (e.kind == EVENT_JOIN || e.kind == EVENT_LEAVE)
		e.counter = 0;
	if ((r >> 44) % 16 == 0)
		e.from_generation = 0;
	if (sizes != SIZES_LEAST) {
		e.from_len = (uint8_t)((r >> 45) % (NAME_MAX_BYTES + 1));
		e.to_len = (uint8_t)((r >> 50) % (NAME_MAX_BYTES + 1));
	}
	e.text_len = (uint16_t)text_length(id, r >> 48);
	return e;
}

/* The rules of sessions, said once more. */
static void advance_session(const struct frame_event *e, uint64_t id)
{
	struct session *s = &model.sessions[e->from_slot];

	if (e->from_generation == 0)
		return;
	if (e->kind == EVENT_JOIN) {
		s->generation = e->from_generation;
		s->state = SESSION_JOINED;
		s->counter = e->counter;
		s->join_id = id;
		s->join_seq = model.next_seq - 1;
		s->name_len = e->from_len;
		memcpy(s->name, from_of(id), e->from_len);
	} else if (s->generation != e->from_generation) {
		return;
	} else if (e->kind == EVENT_LEAVE) {
		s->state = SESSION_LEFT;
	} else {
		if (e->kind == EVENT_RENAME) {
			s->name_len = e->to_len;
			memcpy(s->name, to_of(id), e->to_len);
		}
		s->counter = e->counter; /* they grow with the ids */
	}
}

static void advance_model(void)
{
	struct frame_event e = entry_of(model.next_id);

	if (e.kind != EVENT_PRIVATE && e.kind != EVENT_ERROR &&
		(e.flags & EVENT_QUIET) == 0)
		model.next_seq++;
	advance_session(&e, model.next_id);
	model.next_id++;
}

/* --- looking ------------------------------------------------------------- */

static bool is_session(uint32_t slot)
{
	const struct session *is = &elog.sessions[slot];
	const struct session *want = &model.sessions[slot];

	return is->generation == want->generation && is->state == want->state &&
	       is->counter == want->counter && is->join_id == want->join_id &&
	       is->join_seq == want->join_seq &&
	       is->name_len == want->name_len &&
	       memcmp(is->name, want->name, want->name_len) == 0;
}

static bool is_zero(const char *p, const char *end)
{
	while (p < end && *p == 0)
		p++;
	return p == end;
}

/* The entry is the one that belongs to the id, in all it has. */
static void check_entry(const struct frame_event *e, uint64_t id)
{
	struct frame_event want = entry_of(id);
	const char *end = frame_text(e) + e->text_len;

	CHECKF(e->id == id, "id %llu", (unsigned long long)id);
	CHECK_EQ(frame_event_check(e, e->size), FRAME_OK);
	CHECK_EQ(e->kind, want.kind);
	CHECK_EQ(e->flags, want.flags);
	CHECK_EQ(e->counter, want.counter);
	CHECK_EQ(e->from_slot, want.from_slot);
	CHECK_EQ(e->from_generation, want.from_generation);
	CHECK_EQ(e->to_slot, want.to_slot);
	CHECK_EQ(e->to_generation, want.to_generation);
	CHECK_EQ(e->online, want.online);
	CHECK_EQ(e->more, want.more);
	CHECK_EQ(e->reason, want.reason);
	CHECK(e->unix_ms > 0);
	CHECK(e->from_len == want.from_len && e->to_len == want.to_len &&
		e->text_len == want.text_len);
	CHECK(memcmp(frame_from(e), from_of(id), e->from_len) == 0);
	CHECK(memcmp(frame_to(e), to_of(id), e->to_len) == 0);
	CHECKF(memcmp(frame_text(e), text_of(id), e->text_len) == 0,
		"text of %llu", (unsigned long long)id);
	CHECK(is_zero(end, (const char *)e + e->size));
}

/* All entries, from the tail to the head; all they have where details are
 * wanted, or at both ends. */
static void check_entries(bool details)
{
	uint64_t pos = eventlog_tail(&elog), head = eventlog_head(&elog);
	uint64_t id = elog.first_id, seq = 0, found;

	CHECK(head - pos <= EVENTLOG_RING);
	for (; pos < head; id++) {
		const struct frame_event *e = eventlog_at(&elog, pos);

		if (details || id - elog.first_id < 100 ||
			elog.next_id - id < 1000)
			check_entry(e, id);
		if (UNIT_FAILED)
			return;
		CHECK(e->id == id);
		CHECK(seq == 0 || e->seq == seq + frame_is_public(e));
		CHECK(eventlog_find(&elog, id, &found) && found == pos);
		seq = e->seq;
		pos += e->size;
	}
	CHECK(pos == head);
	CHECK_EQ(id, elog.next_id);
	CHECK(seq == 0 || seq + 1 == elog.next_seq);
}

static void check_state(void)
{
	while (model.next_id < elog.next_id)
		advance_model();
	CHECK_EQ(elog.next_id, model.next_id);
	CHECK_EQ(elog.next_seq, model.next_seq);
	for (uint32_t i = 0; i < SLOTS; i++)
		CHECKF(is_session(i), "session of slot %u, next id %llu", i,
			(unsigned long long)elog.next_id);
}

/* Everything, against the model. */
static void check_all(void)
{
	check_state();
	if (!UNIT_FAILED)
		check_entries(true);
}

static bool append(void)
{
	uint64_t id = elog.next_id;
	struct frame_event e = entry_of(id);

	return eventlog_append(&elog, &e, from_of(id), to_of(id), text_of(id))
		       ->id == id;
}

static void end(void)
{
	if (elog.header != NULL)
		eventlog_close(&elog);
	if (fd != -1)
		close(fd);
	fd = -1;
}

static void begin(enum sizes s)
{
	end();
	sizes = s;
	memset(&model, 0, sizeof(model));
	model.next_id = model.next_seq = 1;
	fd = shm_create("log", eventlog_size(SLOTS));
	CHECK(fd != -1);
	CHECK(eventlog_open(&elog, fd, SLOTS) == 0);
}

/* --- appending and reading ----------------------------------------------- */

static void empty(void)
{
	uint64_t pos = 1;

	begin(SIZES_ALL);
	CHECK_EQ(eventlog_tail(&elog), eventlog_head(&elog));
	CHECK(elog.first_id == 1 && elog.next_id == 1 && elog.next_seq == 1);
	CHECK(!eventlog_find(&elog, 0, &pos));
	CHECK(eventlog_find(&elog, 1, &pos));
	CHECK_EQ(pos, eventlog_head(&elog));
	CHECK(!eventlog_find(&elog, 2, &pos));
	CHECK(!eventlog_find(&elog, UINT64_MAX, &pos));
	check_all();
	for (uint32_t i = 0; i < SLOTS; i++)
		CHECK_EQ(elog.sessions[i].state, SESSION_NONE);
}

static void few(void)
{
	begin(SIZES_ALL);
	for (uint64_t id = 1; id <= 300 && !UNIT_FAILED; id++) {
		struct frame_event e = entry_of(id);
		uint64_t head = eventlog_head(&elog);
		int64_t before = clock_wall_ms();
		const struct frame_event *made = eventlog_append(
			&elog, &e, from_of(id), to_of(id), text_of(id));

		CHECK(made == eventlog_at(&elog, head));
		CHECK_EQ(eventlog_head(&elog), head + made->size);
		CHECK_EQ(eventlog_tail(&elog), 0);
		CHECK(made->unix_ms >= before &&
			made->unix_ms <= clock_wall_ms());
		check_all();
	}
}

/* One life after another in one slot. */
static void session(void)
{
	const struct session *s;
	struct frame_event e = {.kind = EVENT_JOIN,
		.from_len = 5,
		.from_slot = 7,
		.from_generation = 3};

	begin(SIZES_ALL);
	s = &elog.sessions[7];
	eventlog_append(&elog, &e, "alice", "", "");
	CHECK(s->state == SESSION_JOINED && s->generation == 3);
	CHECK(s->name_len == 5 && memcmp(s->name, "alice", 5) == 0);
	CHECK(s->counter == 0 && s->join_id == 1 && s->join_seq == 1);

	e.kind = EVENT_PRIVATE;
	e.counter = 1;
	eventlog_append(&elog, &e, "alice", "", "");
	e.kind = EVENT_ERROR; /* a refusal counts: its frame has been heard */
	e.counter = 2;
	eventlog_append(&elog, &e, "alice", "", "");
	CHECK_EQ(s->counter, 2);
	CHECK_EQ(elog.next_seq, 2);
	e.kind = EVENT_RENAME;
	e.counter = 3;
	e.to_len = 3;
	eventlog_append(&elog, &e, "alice", "bob", "");
	CHECK(s->name_len == 3 && memcmp(s->name, "bob", 3) == 0);
	CHECK_EQ(s->counter, 3);
	e.to_len = 0;
	e.counter = 0; /* of no frame */
	e.kind = EVENT_LEAVE;
	eventlog_append(&elog, &e, "alice", "", "");
	CHECK(s->state == SESSION_LEFT && s->counter == 3);

	/* Nobody's events are in no session, whatever the slot says. */
	e = (struct frame_event){.kind = EVENT_JOIN, .from_slot = 7};
	eventlog_append(&elog, &e, "", "", "");
	CHECK(s->state == SESSION_LEFT && s->generation == 3);

	e.flags = EVENT_QUIET;
	e.from_generation = 4;
	eventlog_append(&elog, &e, "", "", "");
	CHECK(s->state == SESSION_JOINED && s->generation == 4);
	CHECK(s->counter == 0 && s->name_len == 0);
	CHECK_EQ(s->join_id, 7);
	CHECK_EQ(s->join_seq, 4); /* of the last before it: it has none */
	/* The one before is heard no more. */
	e.from_generation = 3;
	e.kind = EVENT_LEAVE;
	e.counter = 99;
	eventlog_append(&elog, &e, "", "", "");
	CHECK(s->state == SESSION_JOINED && s->counter == 0);
}

/* The tail gives up no more than it must. */
static void check_room(uint64_t tail)
{
	uint64_t pos;

	if (eventlog_tail(&elog) == tail)
		return;
	CHECK(eventlog_find(&elog, elog.first_id, &pos));
	CHECK_EQ(pos, eventlog_tail(&elog));
	CHECK(!eventlog_find(&elog, elog.first_id - 1, &pos));
}

static void wrap(enum sizes s, uint64_t rings)
{
	static uint64_t starts[1 << 17]; /* of the ids in the log */
	const size_t mask = sizeof(starts) / sizeof(starts[0]) - 1;
	uint64_t seams = 0, checks = 0;

	begin(s);
	while (eventlog_head(&elog) < rings * EVENTLOG_RING) {
		uint64_t head = eventlog_head(&elog), id = elog.next_id;
		uint64_t tail = eventlog_tail(&elog);

		starts[id & mask] = head;
		CHECK(append());
		seams += head / EVENTLOG_RING !=
			 (eventlog_head(&elog) - 1) / EVENTLOG_RING;
		check_room(tail);
		CHECK(elog.first_id == 1 ||
			eventlog_head(&elog) -
					starts[(elog.first_id - 1) & mask] >
				EVENTLOG_RING);
		if (eventlog_head(&elog) / (EVENTLOG_RING / 3) > checks) {
			checks++;
			check_all();
		}
		if (UNIT_FAILED)
			return;
	}
	check_all();
	CHECK(elog.first_id > 1);
	if (s == SIZES_ALL)
		CHECKF(seams > rings / 2, "%llu entries over the seam",
			(unsigned long long)seams);
}

static void wraps(void)
{
	wrap(SIZES_ALL, 12);
}

static void wraps_small(void)
{
	wrap(SIZES_SMALL, 4);
}

/* As many entries as can be. */
static void wraps_least(void)
{
	wrap(SIZES_LEAST, 3);
	CHECK_EQ(elog.next_id - elog.first_id,
		EVENTLOG_RING / sizeof(struct frame_event));
}

static void find(void)
{
	uint64_t pos, first, next;

	begin(SIZES_ALL);
	while (eventlog_tail(&elog) == 0 || elog.next_id % 100 != 0)
		CHECK(append());
	first = elog.first_id;
	next = elog.next_id;
	CHECK(first > 1);
	CHECK(!eventlog_find(&elog, 0, &pos));
	CHECK(!eventlog_find(&elog, 1, &pos));
	CHECK(!eventlog_find(&elog, first - 1, &pos));
	CHECK(eventlog_find(&elog, first, &pos));
	CHECK_EQ(pos, eventlog_tail(&elog));
	CHECK(eventlog_find(&elog, next - 1, &pos));
	CHECK_EQ(pos + eventlog_at(&elog, pos)->size, eventlog_head(&elog));
	CHECK(eventlog_find(&elog, next, &pos));
	CHECK_EQ(pos, eventlog_head(&elog));
	CHECK(!eventlog_find(&elog, next + 1, &pos));
	CHECK(!eventlog_find(&elog, next + 1000000, &pos));
	CHECK(!eventlog_find(&elog, UINT64_MAX, &pos));
}

/* --- opening again ------------------------------------------------------- */

static void open_again(void)
{
	struct eventlog was = elog;
	uint64_t tail = eventlog_tail(&elog), head = eventlog_head(&elog);

	eventlog_close(&elog);
	CHECK(elog.header == NULL && elog.ring == NULL);
	CHECK(eventlog_open(&elog, fd, SLOTS) == 0);
	CHECK_EQ(eventlog_tail(&elog), tail);
	CHECK_EQ(eventlog_head(&elog), head);
	CHECK_EQ(elog.first_id, was.first_id);
	CHECK_EQ(elog.next_id, was.next_id);
	CHECK_EQ(elog.next_seq, was.next_seq);
	check_all();
}

static void reopens(void)
{
	begin(SIZES_ALL);
	open_again();
	for (int i = 0; i < 100 && !UNIT_FAILED; i++) {
		for (uint64_t n = chance(i < 40 ? 3 : 2000); n > 0; n--)
			CHECK(append());
		open_again();
	}
	CHECK(eventlog_head(&elog) > 3 * EVENTLOG_RING);
}

/* Sessions of long ago, whose entries are no more. */
static void old_sessions(void)
{
	struct frame_event join = {.kind = EVENT_JOIN,
		.from_len = 5,
		.from_slot = SLOTS - 1,
		.from_generation = 1};
	struct frame_event line = {.kind = EVENT_PUBLIC, .text_len = TEXT_MAX};
	const struct session *s;

	begin(SIZES_ALL);
	eventlog_append(&elog, &join, "alice", "", "");
	while (elog.first_id < 3)
		eventlog_append(&elog, &line, "", "", noise);
	for (int i = 0; i < 2; i++) {
		eventlog_close(&elog);
		CHECK(eventlog_open(&elog, fd, SLOTS) == 0);
		s = &elog.sessions[SLOTS - 1];
		CHECK(s->state == SESSION_JOINED && s->generation == 1);
		CHECK(s->name_len == 5 && memcmp(s->name, "alice", 5) == 0);
		CHECK(s->join_id == 1 && s->join_seq == 1);
	}
}

static void one_capacity(uint32_t capacity)
{
	struct frame_event e = {.kind = EVENT_JOIN,
		.from_slot = capacity - 1,
		.to_slot = capacity - 1,
		.from_generation = 9};
	struct eventlog some;
	int some_fd = shm_create("some-log", eventlog_size(capacity));

	CHECK(some_fd != -1);
	CHECK(eventlog_open(&some, some_fd, capacity) == 0);
	for (int i = 0; i < 200000; i++)
		eventlog_append(&some, &e, "", "", "");
	eventlog_close(&some);
	CHECK(eventlog_open(&some, some_fd, capacity) == 0);
	CHECK_EQ(some.next_id, 200001);
	CHECK_EQ(some.sessions[capacity - 1].join_id, 200000);
	eventlog_close(&some);
	close(some_fd);
}

static void capacities(void)
{
	one_capacity(1);
	one_capacity(USERS_MAX);
}

/* --- killed writers ------------------------------------------------------ */

static pid_t start_writer(void)
{
	pid_t pid;

	atomic_store(&shared->ready, 0);
	pid = fork_child();
	if (pid != 0)
		return pid;
	if (eventlog_open(&elog, fd, SLOTS) == -1)
		_exit(1);
	atomic_store(&shared->ready, 1);
	while (append())
		atomic_store(&shared->done, elog.next_id - 1);
	_exit(1);
}

/* A writer that appends as fast as it can, until it is killed somewhere. */
static void kill_writer(bool early)
{
	int64_t until = clock_monotonic_ms() + 20000;
	uint64_t done = atomic_load(&shared->done);
	int status;
	pid_t pid;

	eventlog_close(&elog);
	pid = start_writer();
	CHECK(pid > 0);
	while (!early && atomic_load(&shared->done) == done &&
		waitpid(pid, &status, WNOHANG) == 0) {
		CHECK(clock_monotonic_ms() < until);
		nap();
	}
	spin(chance(early ? 300000 : 30000));
	kill(pid, SIGKILL);
	CHECK(waitpid(pid, &status, 0) == pid);
	CHECKF(WIFSIGNALED(status), "the writer gave up: %d", status);

	CHECK(eventlog_open(&elog, fd, SLOTS) == 0);
	/* What it had been told is in the log is there, and at most the one
	 * it was about to be told of. */
	done = atomic_load(&shared->done);
	CHECKF(elog.next_id == done + 1 || elog.next_id == done + 2,
		"next id %llu after %llu", (unsigned long long)elog.next_id,
		(unsigned long long)done);
	check_state();
	if (!UNIT_FAILED)
		check_entries(early);
	atomic_store(&shared->done, elog.next_id - 1);
}

/* So many rounds; on a busy machine fewer, but enough to hit all there is. */
static void kills(enum sizes s, int rounds)
{
	int64_t until = clock_monotonic_ms() + 2500;
	uint64_t before;
	int i = 0;

	begin(s);
	while (eventlog_tail(&elog) == 0) /* each append gives up old ones */
		CHECK(append());
	before = elog.next_id;
	atomic_store(&shared->done, before - 1);
	for (; i < rounds && !UNIT_FAILED; i++) {
		if (i >= 50 && clock_monotonic_ms() >= until)
			break;
		kill_writer(i % 10 == 9);
	}
	printf("# %d writers killed\n", i);
	CHECK(elog.next_id - before > (uint64_t)i);
}

static void killed_writers(void)
{
	kills(SIZES_ALL, 200);
}

static void killed_small_writers(void)
{
	kills(SIZES_SMALL, 500);
}

/* --- damage -------------------------------------------------------------- */

/* The header begins with tail and head. */
static uint64_t *words(void)
{
	return (void *)elog.header;
}

static struct frame_event *newest(void)
{
	uint64_t pos = 0;

	(void)eventlog_find(&elog, elog.next_id - 1, &pos);
	return (void *)(elog.ring + pos % EVENTLOG_RING);
}

static void damage(const char *what, void *where, size_t n, uint64_t change)
{
	uint64_t old = 0;
	struct eventlog again;

	memcpy(&old, where, n);
	change ^= old;
	memcpy(where, &change, n);
	errno = 0;
	CHECKF(eventlog_open(&again, fd, SLOTS) == -1 && errno == EBADMSG, "%s",
		what);
	eventlog_close(&again);
	/* Put right it is as good as before. */
	memcpy(where, &old, n);
	CHECKF(eventlog_open(&again, fd, SLOTS) == 0, "%s", what);
	CHECK_EQ(again.next_id, elog.next_id);
	eventlog_close(&again);
}

static void damaged(void)
{
	struct frame_event *e;

	begin(SIZES_ALL);
	while (eventlog_tail(&elog) == 0)
		CHECK(append());
	e = newest();
	damage("a tail behind the head", words(), 8, UINT64_C(1) << 40);
	damage("a tail inside an entry", words(), 8, 8);
	damage("a tail long ago", words(), 8, eventlog_tail(&elog));
	damage("a head before the tail", words() + 1, 8,
		eventlog_head(&elog) ^ (eventlog_tail(&elog) - 8));
	damage("a head inside an entry", words() + 1, 8, 8);
	damage("no size", &e->size, 4, e->size);
	damage("a size of one more", &e->size, 4, 8);
	damage("a kind", &e->kind, 1, 0x80);
	damage("a length", &e->text_len, 2, 8);
	damage("an id that leaves one out", &e->id, 8, e->id ^ (e->id + 1));
	damage("an id twice", &e->id, 8, e->id ^ (e->id - 1));
	damage("a sender's slot", &e->from_slot, 4, e->from_slot ^ SLOTS);
	damage("a receiver's slot", &e->to_slot, 4, e->to_slot ^ SLOTS);
	check_all();
}

int main(void)
{
	alarm(90); /* instead of waiting for ever */
	for (size_t i = 0; i < sizeof(noise); i++)
		noise[i] = (char)(1 + chance(255));
	shared = shared_memory(sizeof(*shared));

	RUN(empty, "an empty log");
	RUN(few, "entries, their ids, numbers and times");
	RUN(session, "a slot's session follows its events");
	RUN(wraps, "12 times the ring, entries of all sizes");
	RUN(wraps_small, "4 times the ring, small entries");
	RUN(wraps_least, "3 times the ring, the smallest entries there are");
	RUN(find, "finding entries by their ids");
	RUN(reopens, "closed and opened again it is the same");
	RUN(old_sessions, "sessions outlive their entries");
	RUN(capacities, "logs for one slot and for the most");
	RUN(killed_writers, "killed writers, entries of all sizes");
	RUN(killed_small_writers, "killed writers, small entries");
	RUN(damaged, "a damaged log is refused");
	end();
	return unit_end();
}
