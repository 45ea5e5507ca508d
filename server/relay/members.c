/* SPDX-License-Identifier: MIT */
/* Who is a member, by which channel, under which name: attach, join, attach
 * again, leave.  What must outlive a relay is in the log's sessions; what is
 * here can be made anew from them and from the children.
 * Runs in: relay.
 *
 * A membership ends by UP_BYE; by a bad frame; by the end of the channel, if
 * the process is gone and no newer channel waits in the attach socket; by the
 * roster, which is looked at while a member has no channel; and by a newcomer
 * with its slot or its name.  What is left in a channel is read before. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "ipc/attach.h"
#include "ipc/common/clock.h"
#include "ipc/common/name.h"
#include "server/log.h"
#include "server/relay/state.h"

/* Attach messages taken at once: more than the socket can hold, so that
 * nothing that was there is left, and no more, so that nobody can keep the
 * relay here. */
#define RECEIVE_MAX 512

int64_t members_find(const struct switchboard *s, const char *name, size_t len)
{
	uint64_t key = name_key(name, len);

	for (uint32_t i = 0; i < s->high; i++) {
		const struct session *who = session_of(s, i);

		if (s->keys[i] == key &&
			name_same(who->name, who->name_len, name, len))
			return i;
	}
	return -1;
}

/* Whether the parent still has this user's process: what the roster says
 * cannot be written by children. */
static bool is_alive(const struct switchboard *s, uint32_t slot)
{
	const struct table_roster *r = &s->table->roster[slot];

	return atomic_load(&r->generation) == session_of(s, slot)->generation &&
	       atomic_load(&r->pid) != 0;
}

static void close_channel(struct switchboard *s, uint32_t slot)
{
	struct member *m = &s->members[slot];

	if (m->fd == -1)
		return;
	/* Its child may have kept a copy of the other end's twin: closing alone
	 * would leave it in the epolls, out of reach. */
	epoll_ctl(s->input, EPOLL_CTL_DEL, m->fd, NULL);
	if (m->armed)
		epoll_ctl(s->events, EPOLL_CTL_DEL, m->fd, NULL);
	close(m->fd);
	free(m->partial);
	m->fd = -1;
	m->partial = NULL;
	m->partial_len = 0;
	m->lagging = m->armed = m->write_closed = false;
	atomic_store(&s->status->lag[slot], 0);
	m->waited_ms = 0;
}

/* Ends a channel, not the membership. */
static void detach(struct switchboard *s, uint32_t slot)
{
	close_channel(s, slot);
	s->detached++;
}

void members_bye(
	struct switchboard *s, uint32_t slot, uint8_t reason, uint64_t counter)
{
	const struct member *m = &s->members[slot];
	const struct frame_event *e;

	if (m->fd == -1)
		s->detached--;
	s->keys[slot] = 0;
	s->online--;
	e = presence_leave(s, slot, reason, counter);
	/* It waits for this, or for the end where it has not even had all that
	 * came before. */
	if (counter != 0 && m->fd != -1 && !m->lagging && !m->write_closed)
		(void)send(m->fd, e, e->size, MSG_NOSIGNAL | MSG_DONTWAIT);
	close_channel(s, slot);
}

void members_leave(struct switchboard *s, uint32_t slot, uint8_t reason)
{
	members_bye(s, slot, reason, 0);
}

void members_hang_up(struct switchboard *s, uint32_t slot)
{
	if (is_alive(s, slot))
		detach(s, slot);
	else
		members_leave(s, slot, LEAVE_PLAIN);
}

bool members_free_name(struct switchboard *s, const char *name, size_t len)
{
	int64_t holder = members_find(s, name, len);
	uint32_t slot = (uint32_t)holder;

	if (holder == -1)
		return true;
	if (is_alive(s, slot))
		return false;
	intake_drain(s, slot);
	/* Its last words may have been a goodbye, or another name. */
	if (is_member(s, slot) && members_find(s, name, len) == holder)
		members_leave(s, slot, LEAVE_PLAIN);
	return true;
}

void members_sweep(struct switchboard *s, int64_t now)
{
	if (s->detached == 0 || now - s->detached_ms < SWEEP_MS)
		return;
	s->detached_ms = now;
	for (uint32_t i = 0; i < s->high; i++) {
		if (is_member(s, i) && s->members[i].fd == -1 &&
			!is_alive(s, i))
			members_leave(s, i, LEAVE_PLAIN);
	}
}

void members_recover(struct switchboard *s)
{
	for (uint32_t i = 0; i < s->log.capacity; i++) {
		const struct session *who = session_of(s, i);

		s->members[i].fd = -1;
		if (!is_member(s, i))
			continue;
		s->keys[i] = name_key(who->name, who->name_len);
		s->high = i + 1;
		s->online++;
		s->detached++;
	}
}

/* The id where the scrollback of one who joined with join_id begins. */
static uint64_t scrollback_start(const struct switchboard *s, uint64_t join_id)
{
	uint64_t start = join_id, found = 0;
	uint64_t kept = s->nrecent < HISTORY_MAX ? s->nrecent : HISTORY_MAX;

	for (uint64_t i = 1; i <= kept && found < s->options->history; i++) {
		uint64_t id = s->recent[(s->nrecent - i) % HISTORY_MAX];

		if (id >= join_id)
			continue;
		if (id < s->log.first_id)
			break;
		start = id;
		found++;
	}
	return start;
}

/* The first frame of a channel: it fits, since the channel is empty. */
static bool send_welcome(
	struct switchboard *s, uint32_t slot, bool fresh, uint32_t missed)
{
	const struct session *who = session_of(s, slot);
	union {
		struct frame_event e;
		char bytes[sizeof(struct frame_event) + NAME_MAX_BYTES +
			   FRAME_ALIGN];
	} u;

	/* The padding behind the name travels too. */
	memset(&u, 0, sizeof u);
	u.e.size = (uint32_t)frame_size(sizeof u.e, who->name_len);
	u.e.kind = EVENT_WELCOME;
	u.e.audience = AUDIENCE_TO;
	u.e.flags = fresh ? EVENT_FRESH : 0;
	u.e.to_len = who->name_len;
	u.e.id = fresh ? who->join_id : 0;
	u.e.seq = fresh ? who->join_seq : s->log.next_seq - 1;
	u.e.counter = who->counter;
	u.e.to_slot = slot;
	u.e.to_generation = who->generation;
	u.e.online = s->online;
	u.e.more = missed;
	memcpy(u.e.body, who->name, who->name_len);
	return send(s->members[slot].fd, &u, u.e.size,
		       MSG_NOSIGNAL | MSG_DONTWAIT) == (ssize_t)u.e.size;
}

/* Puts the cursor where the child has seen everything before; returns how
 * many public events it has missed. */
static uint32_t place_cursor(
	struct switchboard *s, uint32_t slot, const struct attach *a)
{
	struct member *m = &s->members[slot];
	const struct session *who = session_of(s, slot);
	const struct frame_event *first;
	uint64_t next = a->last_id + 1, seen = a->last_seq, oldest;

	if (a->last_id < who->join_id) {
		uint64_t start = scrollback_start(s, who->join_id);

		/* A relay may have died in the middle of the scrollback. */
		next = next > start ? next : start;
		if (seen < who->join_seq)
			seen = who->join_seq;
	}

	m->live_id = who->join_id;
	m->sent = 0;
	if (eventlog_find(&s->log, next, &m->cursor))
		return 0;
	/* Not at the tail, which would overtake it again at once. */
	next = s->log.first_id + (s->log.next_id - s->log.first_id) / 4;
	if (!eventlog_find(&s->log, next, &m->cursor))
		m->cursor = eventlog_tail(&s->log);
	/* What was missed ends before the first public event from here on; if
	 * the first entry is not public its number is the one before it. */
	first = eventlog_at(&s->log, m->cursor);
	oldest = first->seq - audience_is_public(first);
	if (oldest > seen)
		return (uint32_t)(oldest - seen);
	return m->own_id > a->last_id && m->own_id < first->id ? 1 : 0;
}

/* Makes fd the member's channel. */
static void connect_member(
	struct switchboard *s, uint32_t slot, const struct attach *a, int fd)
{
	struct member *m = &s->members[slot];
	struct epoll_event ev = {.events = EPOLLIN, .data.u64 = slot};
	uint32_t missed;

	if (m->fd == -1)
		s->detached--;
	/* Frames that wait in an old channel come again in the new one. */
	close_channel(s, slot);
	m->fd = fd;
	if (epoll_ctl(s->input, EPOLL_CTL_ADD, fd, &ev) == -1) {
		detach(s, slot); /* out of memory: it tries again */
		return;
	}
	m->moved_ms = clock_monotonic_ms();
	missed = place_cursor(s, slot, a);
	if (!send_welcome(s, slot, a->last_id < session_of(s, slot)->join_id,
		    missed)) {
		detach(s, slot); /* out of memory: it tries again */
		return;
	}
	if (missed > 0) {
		status_count(&s->status->gaps, 1);
		status_count(&s->status->missed, missed);
	}
	m->lagging = true;
	fanout_touch(s, slot);
}

/* Whether the message is from who it says it is, and makes sense. */
static bool is_credible(
	const struct switchboard *s, const struct attach *a, pid_t pid)
{
	const struct table_roster *r;

	if (a->version != FRAME_VERSION || a->slot >= s->log.capacity)
		return false;
	r = &s->table->roster[a->slot];
	return atomic_load(&r->generation) == a->generation &&
	       atomic_load(&r->pid) == pid && a->last_id < s->log.next_id &&
	       a->name_len <= NAME_MAX_BYTES &&
	       name_check(a->name, a->name_len) == NAME_OK;
}

/* The first attach of a child: it joins.  False if it may not. */
static bool join(struct switchboard *s, const struct attach *a)
{
	uint32_t slot = a->slot;

	if (slot >= s->high)
		s->high = slot + 1;
	/* The slot's last user is gone, or the slot would not be reused. */
	if (is_member(s, slot)) {
		intake_drain(s, slot);
		if (is_member(s, slot))
			members_leave(s, slot, LEAVE_PLAIN);
	}
	if (!members_free_name(s, a->name, a->name_len))
		return false;
	s->online++;
	s->detached++;
	s->members[slot].own_id = 0;
	s->keys[slot] = name_key(a->name, a->name_len);
	presence_join(s, slot, a->generation, a->name, (uint8_t)a->name_len);
	return true;
}

/* Whether the sender is a member, or has become one. */
static bool is_admitted(
	struct switchboard *s, const struct attach *a, pid_t pid)
{
	const struct session *who;

	if (!is_credible(s, a, pid))
		return false;
	who = session_of(s, a->slot);
	if (who->generation == a->generation && who->state != SESSION_NONE)
		return who->state == SESSION_JOINED;
	return join(s, a);
}

static void receive_one(
	struct switchboard *s, const struct attach *a, int fd, pid_t pid)
{
	if (is_admitted(s, a, pid)) {
		connect_member(s, a->slot, a, fd);
		return;
	}
	close(fd);
	/* One that was killed in the meantime has done nothing wrong, nor has
	 * one who has left and does not know that yet. */
	if (a->slot < s->log.capacity &&
		atomic_load(&s->table->roster[a->slot].pid) == pid &&
		session_of(s, a->slot)->generation != a->generation)
		log_warn("relay-refuse slot=%u pid=%ld", a->slot, (long)pid);
}

void members_receive(struct switchboard *s)
{
	struct attach a = {0};
	pid_t pid;
	int fd, got;

	for (int i = 0; i < RECEIVE_MAX; i++) {
		got = attach_receive(s->attach, &a, &fd, &pid);
		if (got == 1)
			receive_one(s, &a, fd, pid);
		else if (got == 0 || errno != EBADMSG)
			return;
		/* What a dead member had left to say may be much. */
		round_relieve(s);
	}
}
