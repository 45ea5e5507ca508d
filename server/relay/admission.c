/* SPDX-License-Identifier: MIT */
/* Admits children by the attach socket: one that joins, or attaches again with
 * a new channel.  It gets a welcome, and a cursor behind all that it has seen.
 * Runs in: relay. */
#include <errno.h>
#include <stdlib.h>
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

/* The id where the scrollback of a member begins: before its join, and behind
 * what it has read when it was here last. */
static uint64_t scrollback_start(const struct switchboard *s, uint32_t slot)
{
	const struct room_state *r = &s->room[ROOM_LOBBY];
	const struct seen *seen = since_of(s, slot);
	uint64_t join_id = session_of(s, slot)->join_id;
	uint64_t start = join_id, history = s->options->history;
	uint64_t kept = r->nrecent < history ? r->nrecent : history;

	for (uint64_t i = 1; i <= kept; i++) {
		uint64_t id = r->recent[(r->nrecent - i) % history];

		if (id >= join_id)
			continue;
		if (id < s->log.first_id || (seen != NULL && id <= seen->id))
			break;
		start = id;
	}
	return start;
}

/* A frame that is not in the log.  It fits, since the channel is as good as
 * empty. */
static bool send_frame(struct switchboard *s, uint32_t slot,
	const struct frame_event *head, const char *to, const char *room)
{
	union {
		struct frame_event e;
		char bytes[sizeof(struct frame_event) + 2 * NAME_MAX_BYTES +
			   FRAME_ALIGN];
	} u;

	/* The padding after the names is sent, too. */
	memset(&u, 0, sizeof u);
	u.e = *head;
	u.e.size = (uint32_t)frame_size(
		sizeof u.e, (size_t)head->to_len + head->room_len);
	u.e.audience = AUDIENCE_TO;
	u.e.to_slot = slot;
	u.e.to_generation = session_of(s, slot)->generation;
	memcpy(u.e.body, to, head->to_len);
	memcpy(u.e.body + head->to_len, room, head->room_len);
	return send(s->members[slot].fd, &u, u.e.size,
		       MSG_NOSIGNAL | MSG_DONTWAIT) == (ssize_t)u.e.size;
}

/* The first frame of a channel. */
static bool send_welcome(struct switchboard *s, uint32_t slot,
	const struct attach *a, bool fresh, uint32_t missed)
{
	const struct session *who = session_of(s, slot);
	struct takeover *t = resume_due(s, slot, a);
	struct frame_event e = {
		.kind = EVENT_WELCOME,
		.flags = fresh ? EVENT_FRESH : 0,
		.to_len = who->name_len,
		.id = fresh ? who->join_id : 0,
		.seq = fresh ? who->join_seq
			     : eventlog_seq(&s->log, ROOM_LOBBY),
		.counter = who->counter,
		.reason = s->members[slot].evicted == who->generation
				  ? LEAVE_TAKEN
				  : LEAVE_PLAIN,
		.online = (uint16_t)s->online,
		.more = missed,
	};

	if (t != NULL)
		return resume_hand_over(s, t, &e);
	return send_frame(s, slot, &e, who->name, "");
}

/* Behind the welcome of a login that was here before. */
static bool send_since(struct switchboard *s, uint32_t slot)
{
	const struct seen *seen = since_of(s, slot);
	struct frame_event e = {.kind = EVENT_SINCE};

	if (seen == NULL)
		return true;
	e.unix_ms = seen->unix_ms;
	e.more = since_count(s, slot, seen);
	return e.more == 0 || send_frame(s, slot, &e, "", "");
}

/* The first event of a room from a position of the log on, or NULL. */
static const struct frame_event *next_in(const struct switchboard *s,
	uint32_t room, uint32_t generation, uint64_t pos)
{
	uint64_t head = eventlog_head(&s->log);

	while (pos < head) {
		const struct frame_event *e = eventlog_at(&s->log, pos);

		if (e->room == room && e->room_generation == generation)
			return e;
		pos += e->size;
	}
	return NULL;
}

/* The number of its last counted event before that one. */
static uint64_t seq_before(const struct switchboard *s, uint32_t room,
	const struct frame_event *next)
{
	return next != NULL ? next->seq - audience_is_counted(next)
			    : eventlog_seq(&s->log, room);
}

/* The id of what the member gets next, or of what comes next. */
static uint64_t cursor_id(const struct switchboard *s, uint32_t slot)
{
	uint64_t cursor = s->members[slot].cursor;

	return cursor < eventlog_head(&s->log)
		       ? eventlog_at(&s->log, cursor)->id
		       : s->log.next_id;
}

/* What follows is from the cursor on; since then the room may have ended, and
 * another one may have its number. */
static bool send_room(struct switchboard *s, uint32_t slot, uint32_t room,
	uint32_t generation, uint8_t powers)
{
	const struct room *r = &s->rooms->rooms[room];
	const struct frame_event *next =
		next_in(s, room, generation, s->members[slot].cursor);
	struct frame_event e = {
		.kind = EVENT_ROOM,
		.room = room,
		.room_generation = generation,
		.room_len = room != ROOM_LOBBY ? r->name_len : 0,
		.id = cursor_id(s, slot) - 1,
		.seq = seq_before(s, room, next),
		.online = (uint16_t)room_online(s, room),
		.more = powers,
	};

	if (next == NULL || room == ROOM_LOBBY)
		return send_frame(s, slot, &e, "", r->name);
	e.room_len = next->room_len;
	e.online = next->online;
	return send_frame(s, slot, &e, "", frame_room(next));
}

/* Whether the member is in the place's room, or was at its cursor. */
static bool is_held(
	const struct switchboard *s, uint32_t slot, const struct place *p)
{
	uint64_t left = atomic_load(&p->left_id), id = cursor_id(s, slot);

	return left == 0 || (p->join_id < id && left >= id);
}

/* The rooms of a member that the log has overtaken; last of all the lobby. */
static bool send_rooms(struct switchboard *s, uint32_t slot)
{
	const struct places *places = &s->rooms->places[slot];

	for (int i = 0; i < ROOMS_PER_USER; i++) {
		uint32_t room = atomic_load(&places->room[i]);
		const struct place *p = &places->place[i];

		if (room != ROOM_LOBBY && is_held(s, slot, p) &&
			!send_room(s, slot, room, p->generation, p->powers))
			return false;
	}
	return send_room(s, slot, ROOM_LOBBY, 0, 0);
}

/* Puts the cursor behind the last event that the child has seen.  False if the
 * log has overtaken it: then *missed is the number of public events that it has
 * missed. */
static bool place_cursor(struct switchboard *s, uint32_t slot,
	const struct attach *a, uint32_t *missed)
{
	struct member *m = &s->members[slot];
	const struct session *who = session_of(s, slot);
	uint64_t next = a->last_id + 1, seen = a->last_seq, oldest;

	*missed = 0;
	if (a->last_id < who->join_id) {
		uint64_t start = scrollback_start(s, slot);

		/* A relay may have died in the middle of the scrollback. */
		next = next > start ? next : start;
		if (seen < who->join_seq)
			seen = who->join_seq;
	}

	m->live_id = who->join_id;
	m->sent = 0;
	m->replay = ROOM_LOBBY;
	if (eventlog_find(&s->log, next, &m->cursor))
		return true;
	/* Not at the tail, which would overtake it again at once. */
	next = s->log.first_id + (s->log.next_id - s->log.first_id) / 4;
	if (!eventlog_find(&s->log, next, &m->cursor))
		m->cursor = eventlog_tail(&s->log);
	/* What was missed ends before the first public event from here on. */
	oldest =
		seq_before(s, ROOM_LOBBY, next_in(s, ROOM_LOBBY, 0, m->cursor));
	if (oldest > seen)
		*missed = (uint32_t)(oldest - seen);
	else if (m->watches ||
		 (m->own_id > a->last_id &&
			 m->own_id < eventlog_at(&s->log, m->cursor)->id))
		*missed = 1; /* lists may lack a join or leave */
	return false;
}

/* The same behind the change; what it has missed before that, it has missed. */
static void place_after_gap(struct switchboard *s, uint32_t slot,
	const struct attach *a, uint32_t *missed)
{
	struct member *m = &s->members[slot];
	uint64_t seq;

	m->live_id = session_of(s, slot)->join_id;
	m->sent = 0;
	m->replay = ROOM_LOBBY;
	if (!eventlog_find(&s->log, s->log.bus->gap_id, &m->cursor))
		m->cursor = eventlog_tail(&s->log);
	seq = seq_before(s, ROOM_LOBBY, next_in(s, ROOM_LOBBY, 0, m->cursor));
	*missed = seq > a->last_seq && a->last_seq > 0
			  ? (uint32_t)(seq - a->last_seq)
			  : 0;
}

/* Makes fd the member's channel. */
static void connect_member(
	struct switchboard *s, uint32_t slot, const struct attach *a, int fd)
{
	/* What it knows is of before a change that was told to nobody. */
	bool old = a->welcomed != 0 && a->last_id + 1 < s->log.bus->gap_id;
	bool fresh = a->last_id < session_of(s, slot)->join_id && !old, whole;
	uint32_t missed;

	if (!members_connect(s, slot, fd))
		return;
	if (!rooms_watch(s, slot, a->watches != 0)) {
		members_detach(s, slot); /* out of memory: the child retries */
		return;
	}
	memcpy(session_of(s, slot)->token, a->token, TOKEN_BYTES);
	rooms_take_user(s->rooms, slot, a->generation);
	whole = !old && place_cursor(s, slot, a, &missed);
	if (old)
		place_after_gap(s, slot, a, &missed);
	if (!send_welcome(s, slot, a, fresh, missed) ||
		(fresh && !send_since(s, slot)) ||
		(!whole && !send_rooms(s, slot))) {
		members_detach(s, slot); /* out of memory: the child retries */
		return;
	}
	if (missed > 0) {
		status_count(&s->status->gaps, 1);
		status_count(&s->status->missed, missed);
	}
	log_debug("attach slot=%u generation=%u seen=%llu missed=%u", slot,
		a->generation, (unsigned long long)a->last_id, missed);
	set_lagging(s, &s->members[slot], true);
	fanout_touch(s, slot);
}

/* Whether the message is from the process of its slot. */
static bool is_genuine(
	const struct switchboard *s, const struct attach *a, pid_t pid)
{
	const struct table_roster *r;

	if (a->version != FRAME_VERSION || a->slot >= s->log.capacity)
		return false;
	r = &s->table->roster[a->slot];
	return atomic_load(&r->generation) == a->generation &&
	       atomic_load(&r->pid) == pid;
}

/* Whether it is valid, too. */
static bool is_credible(
	const struct switchboard *s, const struct attach *a, pid_t pid)
{
	return is_genuine(s, a, pid) && a->last_id < s->log.next_id &&
	       a->watches <= 1 && a->welcomed <= 1 &&
	       a->name_len <= NAME_MAX_BYTES &&
	       name_check(a->name, a->name_len) == NAME_OK;
}

/* Keeps the message and the channel; what has waited before ends.  Without
 * memory the child tries again. */
static bool keep_waiting(struct member *m, const struct attach *a, int fd)
{
	if (m->waiting != NULL)
		close(m->waiting_fd);
	else
		m->waiting = malloc(sizeof *a);
	if (m->waiting == NULL) {
		close(fd);
		return false;
	}
	*m->waiting = *a;
	m->waiting_fd = fd;
	return true;
}

/* The first attach of a child, where other hosts hear of it first.  The leave
 * of who had its slot, or its name here, comes before. */
static void wait_for_hosts(
	struct switchboard *s, const struct attach *a, int fd)
{
	struct member *m = &s->members[a->slot];
	int64_t holder = names_find(s, a->name, a->name_len);

	if (is_member(s, a->slot)) {
		intake_drain(s, a->slot);
		members_leave(s, a->slot, LEAVE_PLAIN);
	}
	if (holder != -1 && !hosts_is_remote(s, (uint32_t)holder) &&
		!members_is_alive(s, (uint32_t)holder)) {
		intake_drain(s, (uint32_t)holder);
		members_leave(s, (uint32_t)holder, LEAVE_PLAIN);
	}
	if (keep_waiting(m, a, fd))
		hosts_bring(s, a);
}

void admission_go_on(struct switchboard *s, uint32_t slot, uint32_t generation)
{
	struct member *m = &s->members[slot];
	const struct session *who = session_of(s, slot);
	struct attach a;

	if (m->waiting == NULL || m->waiting->generation != generation)
		return;
	a = *m->waiting;
	free(m->waiting);
	m->waiting = NULL;
	if (is_member(s, slot) && who->generation == generation)
		connect_member(s, slot, &a, m->waiting_fd);
	else
		close(m->waiting_fd);
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

/* Whether it has been a member before. */
static bool is_known(const struct switchboard *s, const struct attach *a)
{
	const struct session *who = session_of(s, a->slot);

	return who->generation == a->generation && who->state != SESSION_NONE;
}

/* Whether the sender is a member, or has become one. */
static bool is_admitted(
	struct switchboard *s, const struct attach *a, pid_t pid)
{
	const struct session *who;

	if (!is_credible(s, a, pid))
		return false;
	who = session_of(s, a->slot);
	if (is_known(s, a))
		return who->state == SESSION_JOINED;
	return join(s, a);
}

static void receive_one(
	struct switchboard *s, const struct attach *a, int fd, pid_t pid)
{
	if (a->slot == ATTACH_BUS) {
		hosts_attach(s, fd, pid);
		return;
	}
	if (a->slot == ATTACH_DISK) {
		disk_attach(s, fd, pid);
		return;
	}
	if (hosts_is_holding(s) && is_credible(s, a, pid)) {
		(void)keep_waiting(&s->members[a->slot], a, fd);
		return;
	}
	if (hosts_decide(s) && is_credible(s, a, pid) && !is_known(s, a)) {
		wait_for_hosts(s, a, fd);
		return;
	}
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

void admission_release(struct switchboard *s)
{
	for (uint32_t slot = 0; slot < s->options->max_users; slot++) {
		struct member *m = &s->members[slot];
		pid_t pid = atomic_load(&s->table->roster[slot].pid);
		struct attach a;

		if (m->waiting == NULL)
			continue;
		a = *m->waiting;
		free(m->waiting);
		m->waiting = NULL;
		receive_one(s, &a, m->waiting_fd, pid);
		round_relieve(s);
	}
}

static void receive_message(struct switchboard *s,
	const struct attach_message *m, struct passing *beside)
{
	unsigned int kind = m->head.kind;

	if (kind != ATTACH_RESUME && kind != ATTACH_EVICT &&
		kind != ATTACH_ADDRESS) {
		receive_one(s, &m->head, beside->fds[0], beside->pid);
	} else if (!is_genuine(s, &m->head, beside->pid)) {
		passing_drop(beside);
	} else if (kind == ATTACH_RESUME) {
		resume_ask(s, m, beside);
	} else if (kind == ATTACH_ADDRESS) {
		claims_ask(s, m, beside->fds[0]);
	} else {
		if (m->head.name_len <= NAME_MAX_BYTES)
			resume_evict(s, &m->head);
		passing_drop(beside);
	}
}

void admission_receive(struct switchboard *s)
{
	static struct attach_message m;
	struct passing beside;

	for (int i = 0; i < RECEIVE_MAX; i++) {
		int got = attach_receive(s->attach, &m, &beside);

		if (got == 1)
			receive_message(s, &m, &beside);
		else if (got == 0 || errno != EBADMSG)
			return;
		/* The last frames of a dead member may be many. */
		round_relieve(s);
	}
}
