/* SPDX-License-Identifier: MIT */
/* Sends the events since the last round: one send for each member, the same
 * bytes for all in the lobby, or in the lobby and one room.  A member that gets
 * anything else has its cursor moved by itself.
 * Runs in: relay. */
#include <sys/socket.h>
#include <sys/uio.h>

#include "server/log.h"
#include "server/relay/state.h"

/* Rounds of at least this many bytes get a debug line. */
#define DEBUG_BYTES (16u << 10)

/* Has the cursor moved at the end of the round: with the bytes of that round
 * for this room and the lobby, or by itself if it is in more rooms of the
 * round, or gets entries of its own. */
static void touch(struct switchboard *s, uint32_t slot, uint32_t room)
{
	struct member *m = &s->members[slot];

	/* A member that lags takes more when its channel has room. */
	if (m->fd == -1 || (m->lagging && room != ROOM_NONE))
		return;
	if (m->pending) {
		m->round = m->round == room ? room : ROOM_NONE;
		return;
	}
	m->pending = true;
	m->round = room;
	s->pending[s->npending++] = slot;
}

void fanout_touch(struct switchboard *s, uint32_t slot)
{
	touch(s, slot, ROOM_NONE);
}

/* An entry for some users is for a member of one generation only. */
static void touch_if(
	struct switchboard *s, uint64_t id, struct audience_user user)
{
	struct member *m = &s->members[user.slot];

	if (user.generation == 0 ||
		session_of(s, user.slot)->generation != user.generation)
		return;
	if (m->own_id == 0)
		m->own_id = id;
	fanout_touch(s, user.slot);
}

/* Adds the entry to the room's part of the round. */
static void note_run(struct room_state *r, uint64_t start, uint64_t end)
{
	struct run *last = &r->runs[r->nruns > 0 ? r->nruns - 1 : 0];

	if (r->nruns > 0 && last->end == start)
		last->end = end;
	else if (r->nruns < ROUND_RUNS)
		r->runs[r->nruns++] = (struct run){start, end};
	else
		r->split = true;
}

static void note_in_room(struct switchboard *s, const struct frame_event *e)
{
	struct room_state *r = &s->room[e->room];

	if (!r->active)
		s->active[s->nactive++] = e->room;
	r->active = true;
	for (uint32_t i = 0; i < r->n; i++)
		touch(s, r->slots[i], e->room);
	/* Who comes or goes gets a part of the room's round, and scrollback. */
	if (e->kind == EVENT_KICK)
		fanout_touch(s, e->to_slot);
	else if ((e->kind == EVENT_JOIN || e->kind == EVENT_LEAVE) &&
		 e->from_generation != 0)
		fanout_touch(s, e->from_slot);
}

void fanout_note(struct switchboard *s, const struct frame_event *e)
{
	uint64_t end = eventlog_head(&s->log), start = end - e->size;
	struct audience_user users[2];
	size_t named = audience_named(e, users);

	if (audience_is_counted(e))
		note_run(&s->room[e->room], start, end);
	if (e->audience == AUDIENCE_ROOM)
		note_in_room(s, e);
	for (size_t i = 0; i < named; i++)
		touch_if(s, e->id, users[i]);
}

/* The bytes of a round for all members of one room, or for the lobby's. */
struct round {
	struct iovec iov[2 * ROUND_RUNS];
	size_t n, total;
};

static void add_run(
	const struct switchboard *s, struct round *r, struct run run)
{
	char *p = s->log.ring + run.start % EVENTLOG_RING;
	struct iovec *last = r->n > 0 ? &r->iov[r->n - 1] : NULL;
	size_t len = run.end - run.start;

	if (last != NULL && (char *)last->iov_base + last->iov_len == p)
		last->iov_len += len;
	else
		r->iov[r->n++] = (struct iovec){p, len};
	r->total += len;
}

/* Merges the room's part of the round with the lobby's, in the one order. */
static void make_round(
	const struct switchboard *s, uint32_t room, struct round *r)
{
	const struct room_state *a = &s->room[ROOM_LOBBY], *b = &s->room[room];
	uint32_t i = 0, j = a == b ? b->nruns : 0;

	r->n = r->total = 0;
	while (i < a->nruns || j < b->nruns) {
		bool first =
			j == b->nruns ||
			(i < a->nruns && a->runs[i].start < b->runs[j].start);

		add_run(s, r, first ? a->runs[i++] : b->runs[j++]);
	}
}

/* Sends a round to a member that is up to date. */
static void send_round(struct switchboard *s, uint32_t slot, struct round *r)
{
	struct member *m = &s->members[slot];
	struct msghdr msg = {
		.msg_iov = r->iov,
		.msg_iovlen = r->n,
	};
	ssize_t n = sendmsg(m->fd, &msg, MSG_NOSIGNAL | MSG_DONTWAIT);

	if (n == (ssize_t)r->total)
		return;
	m->cursor = s->round_start;
	m->sent = 0;
	cursor_sent(s, slot, n);
}

static bool takes_rounds(const struct member *m)
{
	return m->fd != -1 && !m->write_closed && !m->lagging;
}

/* The same bytes for all members without an entry of a room or of their own. */
static void send_lobby(struct switchboard *s)
{
	struct round r;

	make_round(s, ROOM_LOBBY, &r);
	if (r.n == 0)
		return;
	for (uint32_t slot = 0; slot < s->high; slot++) {
		const struct member *m = &s->members[slot];

		if (takes_rounds(m) && !m->pending)
			send_round(s, slot, &r);
	}
}

/* The same for the members of a room that no other entry is for; the others in
 * there stay pending. */
static void send_room(struct switchboard *s, uint32_t room)
{
	const struct room_state *state = &s->room[room];
	struct round r;

	make_round(s, room, &r);
	for (uint32_t i = 0; i < state->n; i++) {
		struct member *m = &s->members[state->slots[i]];

		if (!m->pending || m->round != room || !takes_rounds(m))
			continue;
		m->pending = false;
		send_round(s, state->slots[i], &r);
	}
}

/* Each member by its own cursor, for a round of too many runs. */
static void touch_all(struct switchboard *s)
{
	for (uint32_t slot = 0; slot < s->high; slot++) {
		if (s->members[slot].fd != -1 && !s->members[slot].lagging)
			fanout_touch(s, slot);
	}
}

static void send_rooms(struct switchboard *s)
{
	for (uint32_t i = 0; i < s->nactive; i++) {
		struct room_state *r = &s->room[s->active[i]];

		if (!r->split)
			send_room(s, s->active[i]);
		r->nruns = 0;
		r->split = r->active = false;
	}
	s->nactive = 0;
}

static void send_pending(struct switchboard *s)
{
	for (uint32_t i = 0; i < s->npending; i++) {
		struct member *m = &s->members[s->pending[i]];

		if (!m->pending)
			continue;
		m->pending = false;
		if (!m->lagging) {
			m->cursor = s->round_start;
			m->sent = 0;
		}
		cursor_pump(s, s->pending[i]);
	}
	s->npending = 0;
}

void fanout_flush(struct switchboard *s)
{
	struct room_state *lobby = &s->room[ROOM_LOBBY];
	bool round = lobby->nruns > 0 || s->nactive > 0;

	if (eventlog_head(&s->log) - s->round_start >= DEBUG_BYTES)
		log_debug("round bytes=%llu runs=%u rooms=%u",
			(unsigned long long)(eventlog_head(&s->log) -
					     s->round_start),
			lobby->nruns, s->nactive);
	if (lobby->split || s->round_start < eventlog_tail(&s->log))
		touch_all(s);
	else
		send_lobby(s);
	send_rooms(s);
	send_pending(s);
	lobby->nruns = 0;
	lobby->split = false;
	s->round_start = eventlog_head(&s->log);
	if (round || s->paused || s->looked_tail != eventlog_tail(&s->log))
		cursor_look(s);
}
