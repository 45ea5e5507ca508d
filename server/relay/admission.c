/* SPDX-License-Identifier: MIT */
/* Admits children by the attach socket: one that joins, or attaches again with
 * a new channel.  It gets a welcome, and a cursor behind all that it has seen.
 * Runs in: relay. */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "ipc/attach.h"
#include "ipc/common/name.h"
#include "server/log.h"
#include "server/relay/state.h"

/* Attach messages taken at once: more than the socket can hold, so that none is
 * left, but bounded, so that no child can keep the relay here. */
#define RECEIVE_MAX 512

/* The id where the scrollback of a member that joined with join_id begins. */
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

	/* The padding after the name is sent, too. */
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

/* Puts the cursor behind the last event that the child has seen; returns the
 * number of public events that it has missed. */
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
	uint32_t missed;

	if (!members_connect(s, slot, fd))
		return;
	missed = place_cursor(s, slot, a);
	if (!send_welcome(s, slot, a->last_id < session_of(s, slot)->join_id,
		    missed)) {
		members_detach(s, slot); /* out of memory: the child retries */
		return;
	}
	if (missed > 0) {
		status_count(&s->status->gaps, 1);
		status_count(&s->status->missed, missed);
	}
	log_debug("attach slot=%u generation=%u seen=%llu missed=%u", slot,
		a->generation, (unsigned long long)a->last_id, missed);
	s->members[slot].lagging = true;
	fanout_touch(s, slot);
}

/* Whether the message is valid, and from the process of its slot. */
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

/* The first attach of a child: it joins.  False if that is refused. */
static bool join(struct switchboard *s, const struct attach *a)
{
	uint32_t slot = a->slot;

	/* The slot is reused, so its last user is gone. */
	if (is_member(s, slot)) {
		intake_drain(s, slot);
		if (is_member(s, slot))
			members_leave(s, slot, LEAVE_PLAIN);
	}
	if (!intake_free_name(s, a->name, a->name_len))
		return false;
	members_join(s, slot, a->generation, a->name, (uint8_t)a->name_len);
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
	/* No fault of a child that was killed meanwhile, or that has left and
	 * does not know it yet. */
	if (a->slot < s->log.capacity &&
		atomic_load(&s->table->roster[a->slot].pid) == pid &&
		session_of(s, a->slot)->generation != a->generation)
		log_warn("relay-refuse slot=%u pid=%ld", a->slot, (long)pid);
}

void admission_receive(struct switchboard *s)
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
		/* The last frames of a dead member may be many. */
		round_relieve(s);
	}
}
