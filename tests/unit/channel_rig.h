/* SPDX-License-Identifier: MIT */
/* A child's side of its channel, and a relay that the test plays.
 * Runs in: nothing but tests. */
#ifndef TESTS_UNIT_CHANNEL_RIG_H
#define TESTS_UNIT_CHANNEL_RIG_H

#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "ipc/attach.h"
#include "ipc/common/clock.h"
#include "server/child/state.h"
#include "server/fd.h"
#include "tests/unit/attach_rig.h"
#include "tests/unit/unit.h"

#define SLOT     0
#define OTHER    1
#define JOIN_ID  100
#define JOIN_SEQ 50

/* Later than any pause before a channel is tried again. */
#define LATER (clock_monotonic_ms() + 3600000)

static struct table table;
static struct rooms rooms;
static struct client c;

/* The relay's side. */
static int receiver = -1, channel = -1;
static struct attach attached;

static const struct options options = {.rate = 0};

/* --- the relay ----------------------------------------------------------- */

/* Takes the channel that the child has made; false if it has made none. */
static inline bool take_channel(void)
{
	pid_t pid;

	if (channel != -1)
		close(channel);
	channel = -1;
	return take_attach(receiver, &attached, &channel, &pid) == 1;
}

static inline void die(void)
{
	close(channel);
	channel = -1;
}

static inline struct frame_event *build_in(struct frame_event head,
	const char *from, const char *to, const char *room, const char *text)
{
	static alignas(FRAME_ALIGN) char buf[FRAME_EVENT_MAX];
	struct frame_event *e = (void *)buf;

	memset(buf, 0, sizeof(buf));
	*e = head;
	e->from_len = (uint8_t)strlen(from);
	e->to_len = (uint8_t)strlen(to);
	e->text_len = (uint16_t)strlen(text);
	e->room_len = (uint8_t)strlen(room);
	e->size = (uint32_t)frame_size(sizeof(*e),
		strlen(from) + strlen(to) + strlen(room) + strlen(text));
	stpcpy(stpcpy(stpcpy(stpcpy(e->body, from), to), room), text);
	return e;
}

static inline struct frame_event *build(struct frame_event head,
	const char *from, const char *to, const char *text)
{
	return build_in(head, from, to, "", text);
}

/* Sends it, and has the child read and render. */
static inline void tell(const struct frame_event *e)
{
	CHECK(send(channel, e, e->size, MSG_NOSIGNAL) == (ssize_t)e->size);
	channel_read(&c);
	channel_render(&c);
}

static inline void welcome_after(const char *name, uint64_t counter,
	enum event_flag fresh, uint32_t missed)
{
	tell(build((struct frame_event){.kind = EVENT_WELCOME,
			   .audience = AUDIENCE_TO,
			   .flags = (uint8_t)fresh,
			   .id = fresh ? JOIN_ID : 0,
			   .seq = JOIN_SEQ,
			   .counter = counter,
			   .to_slot = SLOT,
			   .to_generation = c.generation,
			   .online = 1,
			   .more = missed},
		"", name, ""));
}

static inline void welcome(
	const char *name, uint64_t counter, enum event_flag fresh)
{
	welcome_after(name, counter, fresh, 0);
}

static inline void say(uint64_t id, const char *text)
{
	tell(build((struct frame_event){.kind = EVENT_PUBLIC,
			   .audience = AUDIENCE_EVERYONE,
			   .id = id,
			   .seq = id,
			   .from_slot = OTHER,
			   .from_generation = 1},
		"bob", "", text));
}

static inline uint64_t add(
	enum up_kind kind, struct span name, struct span text)
{
	return unacked_add(&c.unacked,
		&(const struct frame_up){.kind = (uint8_t)kind}, SPAN_EMPTY,
		name, text);
}

/* The child sees the end of its channel and makes another. */
static inline bool comes_again(void)
{
	die();
	channel_read(&c);
	channel_attach(&c, LATER);
	return take_channel();
}

/* Whether the next frame of the child is of this kind. */
static inline bool receives(enum up_kind kind, uint64_t counter)
{
	static alignas(FRAME_ALIGN) char buf[FRAME_UP_MAX];
	const struct frame_up *f = (void *)buf;

	channel_write(&c);
	return recv(channel, buf, sizeof(buf), MSG_DONTWAIT) > 0 &&
	       f->kind == kind && f->counter == counter;
}

/* --- the child ----------------------------------------------------------- */

static inline void end(void)
{
	if (channel != -1)
		die();
	if (c.channel.fd > 0)
		close(c.channel.fd);
	c.channel.fd = -1;
}

static inline void begin(void)
{
	if (c.name_len > 0)
		table_release(&table, SLOT);
	end();
	memset(&c, 0, sizeof(c));
	membership_init(&c.memberships, c.membership);
	ignored_init(&c.ignored, c.ignored_user);
	c.options = &options;
	c.table = &table;
	c.rooms = &rooms;
	c.slot = SLOT;
	c.generation = table_assign(&table, SLOT, "test");
	table_set_pid(&table, SLOT, getpid());
	c.phase = PHASE_TALK;
	c.protocol = protocols;
	c.dialect = protocols->dialect;
	c.transport = protocols->transport;
	c.channel.fd = -1;
	c.channel.wanted = true;
	c.name_len = table_join(&table, SLOT, "", 0, c.name);
	channel_attach(&c, LATER);
	take_channel();
}

static inline bool is_called(const char *name)
{
	return c.name_len == strlen(name) &&
	       memcmp(c.name, name, c.name_len) == 0;
}

/* How often the client has been sent this. */
static inline unsigned int times_shown(const char *words)
{
	unsigned int n = 0;
	const char *p = c.outbuf.buf;

	c.outbuf.buf[c.outbuf.end] = '\0';
	for (; (p = strstr(p, words)) != NULL; p += strlen(words))
		n++;
	return n;
}

/* Whether somebody else could have the name.  It is given back. */
static inline bool is_free(const char *name)
{
	bool won = table_claim(&table, OTHER, name, strlen(name));

	if (won)
		table_settle(&table, OTHER, false);
	return won;
}

/* Asks for another name; the relay gets the frame and dies. */
static inline void ask_for(const char *name)
{
	welcome("guest-1", 0, EVENT_FRESH);
	CHECK(table_claim(&table, SLOT, name, strlen(name)));
	c.rename =
		add(UP_RENAME, (struct span){name, strlen(name)}, SPAN_EMPTY);
	CHECK(receives(UP_RENAME, c.rename));
	CHECK(!is_free(name) && !is_free("guest-1"));
	CHECK(comes_again());
}

static inline void tell_rename(
	uint64_t counter, const char *from, const char *to)
{
	tell(build((struct frame_event){.kind = EVENT_RENAME,
			   .audience = AUDIENCE_EVERYONE,
			   .id = JOIN_ID + counter,
			   .seq = JOIN_SEQ + counter,
			   .counter = counter,
			   .from_slot = SLOT,
			   .from_generation = c.generation},
		from, to, ""));
}

/* --- rooms, after a gap --------------------------------------------------- */

#define DEV 1

static inline void tell_room_after(uint32_t room, uint64_t seq, uint64_t id)
{
	struct frame_event e = {.kind = EVENT_ROOM,
		.audience = AUDIENCE_TO,
		.id = id,
		.seq = seq,
		.to_slot = SLOT,
		.to_generation = c.generation,
		.room = room,
		.room_generation = room != ROOM_LOBBY};

	tell(build_in(e, "", "", room != ROOM_LOBBY ? "dev" : "", ""));
}

static inline void tell_room(uint32_t room, uint64_t seq)
{
	tell_room_after(room, seq, 0);
}

/* --- all ------------------------------------------------------------------ */

static inline bool begin_all(void)
{
	int pair[2], high;

	if (attach_open(pair) == -1 || table_create(&table, 2) == -1 ||
		rooms_create(&rooms, 4, 2, "lobby") == -1)
		return false;
	receiver = fcntl(pair[ATTACH_RECEIVER], F_DUPFD_CLOEXEC, FD_HIGH);
	high = fcntl(pair[ATTACH_SENDER], F_DUPFD_CLOEXEC, FD_HIGH);
	close(pair[0]);
	close(pair[1]);
	if (receiver == -1 || dup2(high, CHILD_ATTACH) == -1)
		return false;
	close(high);
	table_assign(&table, OTHER, "other");
	return true;
}

static inline void end_all(void)
{
	end();
	close(CHILD_ATTACH);
	close(table.fd);
	close(rooms.fd);
}

#endif
