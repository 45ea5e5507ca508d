/* SPDX-License-Identifier: MIT */
/* A member's cursor through the log: what it gets, in which order, and how far
 * its channel has taken it.  The relay has no buffer for any member, and waits
 * for none.
 * Runs in: relay. */
#include <errno.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include "ipc/common/clock.h"
#include "server/again.h"
#include "server/log.h"
#include "server/relay/state.h"

/* Caps on pieces and bytes per sendmsg to a member that lags, so that no child
 * takes the relay's time from the others. */
#define PUMP_PIECES 64
#define PUMP_BYTES  (256u << 10)

/* Input pauses while a member that still reads is this far behind: its
 * processor is busy, and the ring would overtake it.  Input does not wait for a
 * member that has read nothing for a while, nor longer than the maximum, until
 * the member has caught up. */
#define PAUSE_LAG      (EVENTLOG_RING / 2)
#define PAUSE_STILL_MS 1000
#define PAUSE_MAX_MS   5000

/* Whether a member gets an entry: all since it joined, and before that only the
 * scrollback. */
static bool is_visible(
	const struct switchboard *s, uint32_t slot, const struct frame_event *e)
{
	if (e->id < s->members[slot].live_id)
		return e->room == ROOM_LOBBY && audience_has_newcomers(e);
	return audience_has(e, s->rooms, slot, session_of(s, slot)->generation,
		s->members[slot].watches);
}

/* A place in what a member gets: an entry, and in front of it the rest of a
 * room's scrollback, or of the list of the EVENT_HISTORY at the cursor: then
 * replay_id is where in the list. */
struct place_in_log {
	uint64_t cursor;
	uint32_t sent;
	uint32_t replay;
	uint64_t replay_id, replay_end;
};

static struct place_in_log place_of(const struct member *m)
{
	return (struct place_in_log){
		m->cursor, m->sent, m->replay, m->replay_id, m->replay_end};
}

/* The next line of a room's scrollback from an id on; one that was sent in part
 * must be finished, even if it has left the scrollback meanwhile.  NULL: no
 * more. */
static const struct frame_event *next_replay(
	const struct switchboard *s, const struct place_in_log *p)
{
	const struct room_state *r = &s->room[p->replay];
	uint32_t kept = s->options->history;
	uint64_t i = r->nrecent > kept ? r->nrecent - kept : 0;
	uint64_t id = p->replay_id, at;

	if (p->sent == 0) {
		while (i < r->nrecent &&
			(r->recent[i % kept] < id ||
				r->recent[i % kept] < s->log.first_id))
			i++;
		id = i < r->nrecent ? r->recent[i % kept] : p->replay_end;
	}
	if (id >= p->replay_end || !eventlog_find(&s->log, id, &at))
		return NULL;
	return eventlog_at(&s->log, at);
}

/* Id number i of the list; 0: there are no more. */
static uint64_t listed_id(const struct frame_event *list, uint64_t i)
{
	uint64_t id = 0;

	if (list->on == 0 && i < list->text_len / sizeof id)
		memcpy(&id, frame_text(list) + i * sizeof id, sizeof id);
	return id;
}

/* The next line of the list at the cursor that is still in the log; behind the
 * last one the list itself once more. */
static const struct frame_event *next_listed(
	const struct switchboard *s, struct place_in_log *p)
{
	const struct frame_event *list = eventlog_at(&s->log, p->cursor);
	uint64_t id, at;

	while ((id = listed_id(list, p->replay_id)) != 0) {
		if (eventlog_find(&s->log, id, &at))
			return eventlog_at(&s->log, at);
		p->replay_id++;
	}
	return list;
}

/* The next entry for the member; moves the place over those for others.  NULL
 * at the head. */
static const struct frame_event *next_entry(
	const struct switchboard *s, uint32_t slot, struct place_in_log *p)
{
	uint64_t head = eventlog_head(&s->log);
	const struct frame_event *e;

	if (p->replay == ROOM_NONE)
		return next_listed(s, p);
	if (p->replay != ROOM_LOBBY) {
		e = next_replay(s, p);
		if (e != NULL) {
			p->replay_id = e->id;
			return e;
		}
		p->replay = ROOM_LOBBY;
	}
	for (; p->cursor < head; p->cursor += e->size) {
		e = eventlog_at(&s->log, p->cursor);
		/* What was sent in part is finished, even to a user who has
		 * left its room long ago. */
		if (p->sent > 0 || is_visible(s, slot, e))
			return e;
	}
	return NULL;
}

/* Moves the place over an entry that next_entry has returned.  After the
 * member's own join of a room the room's scrollback follows; its history comes
 * between two times that it is sent. */
static void pass(const struct switchboard *s, uint32_t slot,
	struct place_in_log *p, const struct frame_event *e)
{
	p->sent = 0;
	if (p->replay == ROOM_NONE && e->kind != EVENT_HISTORY) {
		p->replay_id++;
		return;
	}
	if (p->replay != ROOM_LOBBY && p->replay != ROOM_NONE) {
		p->replay_id = e->id + 1;
		return;
	}
	if (e->kind == EVENT_HISTORY && p->replay == ROOM_LOBBY) {
		p->replay = ROOM_NONE;
		p->replay_id = 0;
		return;
	}
	p->replay = ROOM_LOBBY;
	p->cursor += e->size;
	if (e->kind == EVENT_JOIN && e->room != ROOM_LOBBY &&
		e->from_slot == slot &&
		e->from_generation == session_of(s, slot)->generation) {
		p->replay = e->room;
		p->replay_id = 0;
		p->replay_end = e->id;
	}
}

/* Gathers what the member gets from its cursor on; returns the number of
 * pieces. */
static size_t gather(
	const struct switchboard *s, uint32_t slot, struct iovec *iov)
{
	struct place_in_log p = place_of(&s->members[slot]);
	const struct frame_event *e;
	size_t n = 0, total = 0;
	const char *end = NULL;

	while (total < PUMP_BYTES && (e = next_entry(s, slot, &p)) != NULL) {
		/* The same, but writable, as struct iovec has it. */
		char *from =
			s->log.ring + ((const char *)e - s->log.ring) + p.sent;
		size_t len = e->size - p.sent;

		if (n > 0 && from == end)
			iov[n - 1].iov_len += len;
		else if (n < PUMP_PIECES)
			iov[n++] = (struct iovec){from, len};
		else
			break;
		end = from + len;
		total += len;
		pass(s, slot, &p, e);
	}
	return n;
}

/* Moves the cursor over n sent bytes, and over entries for other members. */
static void advance(struct switchboard *s, uint32_t slot, size_t n)
{
	struct member *m = &s->members[slot];
	struct place_in_log p = place_of(m);
	const struct frame_event *e;

	while ((e = next_entry(s, slot, &p)) != NULL) {
		size_t rest = e->size - p.sent;

		if (n < rest) {
			p.sent += (uint32_t)n;
			break;
		}
		n -= rest;
		pass(s, slot, &p, e);
	}
	m->cursor = p.cursor;
	m->sent = p.sent;
	m->replay = p.replay;
	m->replay_id = p.replay_id;
	m->replay_end = p.replay_end;
}

/* Whether the member's channel is watched for room. */
static void arm(struct switchboard *s, uint32_t slot, bool on)
{
	struct member *m = &s->members[slot];
	struct epoll_event ev = {.events = EPOLLOUT, .data.u64 = slot};

	if (m->armed == on)
		return;
	/* Without memory for the watch, the next round tries again. */
	if (epoll_ctl(s->events, on ? EPOLL_CTL_ADD : EPOLL_CTL_DEL, m->fd,
		    &ev) == 0)
		m->armed = on;
}

/* Whether there may be more for the member. */
static bool is_short(const struct switchboard *s, const struct member *m)
{
	return m->cursor < eventlog_head(&s->log) || m->replay != ROOM_LOBBY;
}

void cursor_sent(struct switchboard *s, uint32_t slot, ssize_t n)
{
	struct member *m = &s->members[slot];

	if (n == -1 && !errno_is_transient(errno)) {
		/* The other end is gone; its last frames may still wait. */
		m->write_closed = true;
		n = 0;
	}
	advance(s, slot, n > 0 ? (size_t)n : 0);
	if (n > 0 || !m->lagging)
		m->moved_ms = clock_monotonic_ms();
	if (m->lagging != is_short(s, m))
		log_debug("%s slot=%u bytes=%llu",
			m->lagging ? "caught-up" : "lagging", slot,
			(unsigned long long)(eventlog_head(&s->log) -
					     m->cursor));
	set_lagging(s, m, is_short(s, m));
	atomic_store(&s->status->lag[slot], eventlog_head(&s->log) - m->cursor);
	if (!m->lagging) {
		m->waited_ms = 0;
		m->own_id = 0;
	}
	arm(s, slot, m->lagging && !m->write_closed);
}

void cursor_close(struct switchboard *s, uint32_t slot)
{
	struct member *m = &s->members[slot];

	if (m->fd == -1 || m->write_closed)
		return;
	m->write_closed = true;
	arm(s, slot, false);
	shutdown(m->fd, SHUT_WR);
}

/* The ring has overtaken the cursor, perhaps in the middle of an entry: a new
 * channel will start with the number of missed events.  This one is closed for
 * writing, and read until the child has noticed. */
static void evict(struct switchboard *s, uint32_t slot)
{
	log_debug("overtaken slot=%u", slot);
	status_count(&s->status->evictions, 1);
	cursor_close(s, slot);
}

/* Whether the ring has overtaken the cursor, or an older line that is sent in
 * part. */
static bool is_overtaken(const struct switchboard *s, const struct member *m)
{
	uint64_t at, id;

	if (m->cursor < eventlog_tail(&s->log))
		return true;
	if (m->replay == ROOM_LOBBY || m->sent == 0)
		return false;
	id = m->replay_id;
	if (m->replay == ROOM_NONE)
		id = listed_id(eventlog_at(&s->log, m->cursor), m->replay_id);
	return id != 0 && !eventlog_find(&s->log, id, &at);
}

void cursor_pump(struct switchboard *s, uint32_t slot)
{
	struct member *m = &s->members[slot];
	struct iovec iov[PUMP_PIECES];
	struct msghdr msg = {.msg_iov = iov};

	if (m->fd == -1 || m->write_closed)
		return;
	if (is_overtaken(s, m)) {
		evict(s, slot);
		return;
	}
	msg.msg_iovlen = gather(s, slot, iov);
	if (msg.msg_iovlen == 0) {
		cursor_sent(s, slot, 0);
		return;
	}
	cursor_sent(s, slot, sendmsg(m->fd, &msg, MSG_NOSIGNAL | MSG_DONTWAIT));
}

/* Whether input waits for a member that is far behind. */
static bool must_wait(struct switchboard *s, uint32_t slot, int64_t now)
{
	struct member *m = &s->members[slot];

	if (eventlog_head(&s->log) - m->cursor <= PAUSE_LAG ||
		atomic_load(&s->table->slots[slot].queued) != 0)
		return false;
	if (m->waited_ms == 0)
		m->waited_ms = now;
	return now - m->moved_ms < PAUSE_STILL_MS &&
	       now - m->waited_ms < PAUSE_MAX_MS;
}

void cursor_pause(struct switchboard *s, unsigned int why, bool on)
{
	struct epoll_event ev = {
		.events = EPOLLIN, .data.u64 = (uint64_t)WATCH_INPUT};
	unsigned int paused = on ? s->paused | why : s->paused & ~why;

	if ((paused != 0) != (s->paused != 0)) {
		if (epoll_ctl(s->events,
			    paused != 0 ? EPOLL_CTL_DEL : EPOLL_CTL_ADD,
			    s->input, &ev) == -1)
			return;
		log_debug("input state=%s", paused != 0 ? "paused" : "resumed");
	}
	s->paused = paused;
}

void cursor_look(struct switchboard *s)
{
	int64_t now = clock_monotonic_ms();
	bool pause = false;

	s->looked_tail = eventlog_tail(&s->log);
	/* A line to few costs no look at all others. */
	for (uint32_t slot = 0; s->lagging > 0 && slot < s->high; slot++) {
		struct member *m = &s->members[slot];

		if (m->fd == -1 || !m->lagging || m->write_closed)
			continue;
		if (m->cursor < eventlog_tail(&s->log)) {
			evict(s, slot);
			continue;
		}
		atomic_store(&s->status->lag[slot],
			eventlog_head(&s->log) - m->cursor);
		arm(s, slot, true);
		if (must_wait(s, slot, now))
			pause = true;
	}
	cursor_pause(s, PAUSE_LAGGING, pause);
}
