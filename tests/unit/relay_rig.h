/* SPDX-License-Identifier: MIT */
/* A relay and its users, for the tests of server/relay: users send frames over
 * channels, and what they read is a line of text.
 * Runs in: nothing but tests. */
#ifndef TESTS_UNIT_RELAY_RIG_H
#define TESTS_UNIT_RELAY_RIG_H

#include <stdalign.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "ipc/attach.h"
#include "ipc/common/clock.h"
#include "ipc/namelist.h"
#include "ipc/shm.h"
#include "server/relay/state.h"
#include "tests/unit/unit.h"

#define SLOTS      8
#define ROOMS_MOST 20

static struct switchboard s;
static struct rooms rooms;
static struct table table;
static struct options options = {.max_users = SLOTS};
static int log_fd = -1, channels[2];

/* By slot. */
static struct user {
	const char *name; /* NULL: nobody */
	bool watches;     /* kept over attach */
	int fd;
	uint32_t generation;
	uint64_t counter, last_id, last_seq;
	uint64_t seq[ROOMS_MOST + 1]; /* of each room, 0: not known */
	uint64_t gap_id, after_gap;   /* the last that was missed, the next */
	size_t n;
	alignas(FRAME_ALIGN) char buf[1U << 20];
} users[SLOTS];

/* --- the relay ------------------------------------------------------------ */

/* As loop.c does it. */
static inline void start_relay(void)
{

	memset(&s, 0, sizeof(s));
	s.options = &options;
	s.table = &table;
	s.rooms = &rooms;
	s.attach = channels[ATTACH_RECEIVER];
	s.chatlog = -1;
	s.status = calloc(1, status_size(SLOTS));
	s.members = calloc(SLOTS, sizeof(*s.members));
	s.keys = calloc(SLOTS, sizeof(*s.keys));
	s.pending = calloc(SLOTS, sizeof(*s.pending));
	CHECK(rooms_set_up(&s));
	s.events = epoll_create1(EPOLL_CLOEXEC);
	s.input = epoll_create1(EPOLL_CLOEXEC);
	CHECK(eventlog_open(&s.log, log_fd, SLOTS, &rooms) == 0);
	recover(&s);
}

static inline void stop_relay(void)
{
	for (uint32_t i = 0; i < SLOTS; i++) {
		if (s.members[i].fd > 0)
			close(s.members[i].fd);
		free(s.members[i].partial);
	}
	for (uint32_t i = 0; i < rooms.count; i++)
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

/* Rounds until nothing moves any more. */
static inline void turn(void)
{
	struct epoll_event ready[SLOTS];
	int n;

	do {
		round_end(&s, clock_monotonic_ms());
		/* And what gathers. */
		fanout_flush(&s);
		n = epoll_wait(s.events, ready, SLOTS, 0);
		for (int i = 0; i < n; i++)
			fanout_touch(&s, (uint32_t)ready[i].data.u64);
	} while (n > 0);
}

static inline void end(void)
{
	if (log_fd == -1)
		return;
	stop_relay();
	for (uint32_t slot = 0; slot < SLOTS; slot++) {
		if (users[slot].name != NULL)
			close(users[slot].fd);
		users[slot].name = NULL;
	}
	munmap(rooms.base, rooms.size);
	munmap(table.base, table.size);
	close(rooms.fd);
	close(table.fd);
	close(log_fd);
	close(channels[0]);
	close(channels[1]);
	log_fd = -1;
}

/* --- users ---------------------------------------------------------------- */

static inline void attach(uint32_t slot)
{
	struct user *u = &users[slot];
	struct attach a = {
		.version = FRAME_VERSION,
		.slot = slot,
		.generation = u->generation,
		.last_id = u->last_id,
		.last_seq = u->last_seq,
		.name_len = (uint8_t)strlen(u->name),
		.watches = u->watches,
	};

	memcpy(a.name, u->name, a.name_len);
	u->n = 0;
	u->fd = attach_send(channels[ATTACH_SENDER], &a);
	CHECK(u->fd != -1);
	admission_receive(&s);
	CHECK(s.members[slot].fd != -1);
}

static inline void arrive(uint32_t slot, const char *name, const char *address)
{
	struct user *u = &users[slot];

	memset(u, 0, offsetof(struct user, buf));
	u->name = name;
	u->generation = table_assign(&table, slot, address);
	table_set_pid(&table, slot, getpid());
	attach(slot);
}

/* Its process is gone. */
static inline void vanish(uint32_t slot)
{
	table_release(&table, slot);
	close(users[slot].fd);
	users[slot].name = NULL;
	if (!intake_read(&s, slot) && s.members[slot].fd != -1)
		members_hang_up(&s, slot);
}

/* Another relay takes over, and all attach again. */
static inline void replace_relay(void)
{
	stop_relay();
	for (uint32_t i = 0; i < SLOTS; i++) {
		if (users[i].name != NULL)
			close(users[i].fd);
	}
	start_relay();
	for (uint32_t i = 0; i < SLOTS && !UNIT_FAILED; i++) {
		if (users[i].name != NULL)
			attach(i);
	}
}

struct request {
	enum up_kind kind;
	const char *room, *name, *text;
	enum room_mode mode;
	bool on;
	uint8_t flags;
	const char *tags;
};

static inline size_t length(const char *text)
{
	return text != NULL ? strlen(text) : 0;
}

/* False: the relay has ended the member for it. */
static inline bool ask(uint32_t slot, struct request r)
{
	static union {
		struct frame_up f;
		char bytes[FRAME_UP_MAX];
	} up;
	const struct frame_up head = {
		.kind = (uint8_t)r.kind,
		.counter = ++users[slot].counter,
		.room_len = (uint8_t)length(r.room),
		.name_len = (uint8_t)length(r.name),
		.text_len = (uint32_t)length(r.text),
		.mode = (uint8_t)r.mode,
		.on = r.on,
		.flags = r.flags,
		.tags_len = (uint16_t)length(r.tags),
	};
	static char said[TEXT_MAX + TAGS_MAX];
	size_t n;

	snprintf(said, sizeof(said), "%s%s", r.text != NULL ? r.text : "",
		r.tags != NULL ? r.tags : "");
	n = frame_up_build(&up, &head, r.room, r.name, said);

	return send(users[slot].fd, &up, n, MSG_NOSIGNAL | MSG_DONTWAIT) ==
		       (ssize_t)n &&
	       intake_read(&s, slot) && is_member(&s, slot);
}

static inline bool enter(uint32_t slot, const char *room, const char *key)
{
	return ask(slot,
		(struct request){.kind = UP_JOIN, .room = room, .text = key});
}

static inline bool part(uint32_t slot, const char *room)
{
	return ask(slot, (struct request){.kind = UP_PART, .room = room});
}

static inline bool say(uint32_t slot, const char *room, const char *text)
{
	return ask(
		slot, (struct request){
			      .kind = UP_PUBLIC, .room = room, .text = text});
}

static inline bool kick(
	uint32_t slot, const char *room, const char *name, bool and_ban)
{
	return ask(slot, (struct request){.kind = UP_KICK,
				 .room = room,
				 .name = name,
				 .on = and_ban});
}

static inline bool invite(uint32_t slot, const char *room, const char *name)
{
	return ask(
		slot, (struct request){
			      .kind = UP_INVITE, .room = room, .name = name});
}

/* Of a member by name, of a room with a value, if any. */
static inline bool give(uint32_t slot, const char *room, enum room_mode mode,
	bool on, const char *name)
{
	return ask(slot, (struct request){.kind = UP_MODE,
				 .room = room,
				 .name = name,
				 .mode = mode,
				 .on = on});
}

static inline bool set(uint32_t slot, const char *room, enum room_mode mode,
	bool on, const char *text)
{
	return ask(slot, (struct request){.kind = UP_MODE,
				 .room = room,
				 .text = text,
				 .mode = mode,
				 .on = on});
}

/* --- what they read ------------------------------------------------------- */

static char story[100000];
static size_t told;

__attribute__((format(printf, 1, 2))) static inline void tell(
	const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	told += (size_t)vsnprintf(
		story + told, sizeof(story) - told, format, ap);
	va_end(ap);
	if (told >= sizeof(story))
		abort();
}

/* Who comes to the lobby and goes without a word is left out. */
static inline bool is_told(const struct frame_event *e)
{
	return e->room != ROOM_LOBBY || e->text_len > 0 ||
	       (e->kind != EVENT_JOIN && e->kind != EVENT_LEAVE);
}

static inline void tell_names(const struct frame_event *e)
{
	const char *list = frame_text(e), *name;
	size_t rest = e->text_len, n;

	for (int i = 0; (n = namelist_next(&list, &rest, &name)) > 0; i++) {
		if (e->kind == EVENT_INVITES)
			tell(" %.*s", (int)n, name);
		else if (i % 4 == 0)
			tell(" %d", *name - 'a');
		else if (i % 4 != 3)
			tell(" %.*s", (int)n, name);
	}
}

static inline void tell_event(const struct frame_event *e)
{
	static const char *const words[] = {
		[EVENT_WELCOME] = "welcome",
		[EVENT_PUBLIC] = "says",
		[EVENT_ACTION] = "does",
		[EVENT_PRIVATE] = "to",
		[EVENT_JOIN] = "joins",
		[EVENT_LEAVE] = "leaves",
		[EVENT_RENAME] = "renames",
		[EVENT_TOPIC] = "topic",
		[EVENT_KICK] = "kicks",
		[EVENT_MODE] = "mode",
		[EVENT_INVITE] = "invites",
		[EVENT_BAN] = "ban",
		[EVENT_ROOM] = "room",
		[EVENT_ERROR] = "error",
		[EVENT_BANS] = "lists",
		[EVENT_INVITES] = "invited:",
		[EVENT_NOTICE] = "notice",
		[EVENT_TAGS] = "tags",
		[EVENT_BYE] = "bye",
	};

	if (!is_told(e))
		return;
	if (told > 0)
		tell(" | ");
	if (e->room_len > 0)
		tell("#%.*s ", e->room_len, frame_room(e));
	if (e->from_len > 0)
		tell("%.*s ", e->from_len, frame_from(e));
	tell("%s", words[e->kind]);
	if ((e->flags & EVENT_ACTED) != 0)
		tell(" acting");
	if ((e->flags & EVENT_NOTICED) != 0)
		tell(" noticed");
	if (e->mode != 0)
		tell(" %u%c", e->mode, e->on ? '+' : '-');
	else if (e->on && e->kind == EVENT_KICK)
		tell(" for ever");
	if (e->error != 0)
		tell(" %u", e->error);
	if (e->to_len > 0 && e->kind != EVENT_WELCOME)
		tell(" %.*s", e->to_len, frame_to(e));
	if (e->kind == EVENT_JOIN || e->kind == EVENT_LEAVE)
		tell(" (%u)", e->online);
	if (e->more > 0)
		tell(" %u", e->more);
	if (e->kind == EVENT_BANS || e->kind == EVENT_INVITES)
		tell_names(e);
	else if (e->text_len > 0)
		tell(": %.*s", e->text_len < 40 ? e->text_len : 40,
			frame_text(e));
	if (e->tags_len > 0)
		tell(" @%.*s", e->tags_len < 40 ? e->tags_len : 40,
			frame_tags(e));
}

/* Lines of rooms may be lost. */
static bool lossy;

/* The numbers of a room have no hole from the own join on. */
static inline void check_seq(struct user *u, const struct frame_event *e)
{
	uint64_t *seq = &u->seq[e->room];
	bool own = e->kind == EVENT_JOIN && e->from_slot == u - users &&
		   e->from_generation == u->generation;

	if (e->kind == EVENT_ROOM || (own && e->room != ROOM_LOBBY))
		*seq = e->seq;
	if (*seq == 0 || !audience_is_counted(e) || e->seq <= *seq)
		return;
	CHECKF(lossy || e->seq == *seq + 1, "%s: %llu after %llu", u->name,
		(unsigned long long)e->seq, (unsigned long long)*seq);
	*seq = e->seq;
}

static inline void take(struct user *u, const struct frame_event *e)
{
	tell_event(e);
	check_seq(u, e);
	if (e->kind == EVENT_ROOM)
		u->gap_id = e->id;
	else if (u->gap_id != 0 && u->after_gap == 0)
		u->after_gap = e->id;
	if (e->kind == EVENT_WELCOME || e->id <= u->last_id)
		return;
	u->last_id = e->id;
	if (e->room == ROOM_LOBBY)
		u->last_seq = e->seq;
}

/* All that has come for the user, after a round, told by the function. */
static inline const char *read_by(uint32_t slot,
	void (*tells)(struct user *u, const struct frame_event *e))
{
	struct user *u = &users[slot];
	size_t used = 0;
	ssize_t n;

	told = 0;
	story[0] = '\0';
	do {
		turn();
		n = recv(u->fd, u->buf + u->n, sizeof(u->buf) - u->n,
			MSG_DONTWAIT);
		if (n > 0)
			u->n += (size_t)n;
		used = 0;
		while (frame_event_check(u->buf + used, u->n - used) ==
			FRAME_OK) {
			tells(u, (void *)(u->buf + used));
			used += ((struct frame_event *)(void *)(u->buf + used))
					->size;
		}
		memmove(u->buf, u->buf + used, u->n - used);
		u->n -= used;
	} while (n > 0);
	return story;
}

static inline const char *read_user(uint32_t slot)
{
	return read_by(slot, take);
}

#define READS(slot, want)                                            \
	CHECKF(strcmp(read_user(slot), (want)) == 0, "%s reads: %s", \
		users[slot].name, story)

/* What has come so far is of no interest. */
static inline void skip(void)
{
	for (uint32_t slot = 0; slot < SLOTS; slot++) {
		if (users[slot].name != NULL)
			(void)read_user(slot);
	}
}

/* A server with three users, each at a host of its own. */
static inline void begin(uint32_t history, uint32_t max_rooms)
{
	end();
	lossy = false;
	options.history = history;
	CHECK(table_create(&table, SLOTS) == 0);
	CHECK(rooms_create(&rooms, max_rooms, SLOTS, "lobby") == 0);
	log_fd = shm_create("log", eventlog_size(SLOTS));
	CHECK(log_fd != -1 && attach_open(channels) == 0);
	start_relay();
	arrive(0, "alice", "192.0.2.1:1");
	arrive(1, "bob", "192.0.2.2:1");
	arrive(2, "carol", "192.0.2.3:1");
	skip();
}

#endif
