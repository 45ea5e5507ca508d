/* SPDX-License-Identifier: MIT */
/* Sends the events since the last round: one send for each member, the same
 * bytes for all in the lobby, or in the lobby and one room; those who watch get
 * more, and share that.  A member that gets anything else has its cursor moved
 * by itself. Runs in: relay. */
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
	if (m->ahead)
		room = ROOM_NONE;
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

/* Adds the entry to a part of the round. */
static void note_run(struct runs *r, uint64_t start, uint64_t end)
{
	struct run *last = &r->run[r->n > 0 ? r->n - 1 : 0];

	if (r->n > 0 && last->end == start)
		last->end = end;
	else if (r->n < ROUND_RUNS)
		r->run[r->n++] = (struct run){start, end};
	else
		r->split = true;
}

/* An entry for the first n of the room's list. */
static void note_in_room(
	struct switchboard *s, const struct frame_event *e, uint32_t n)
{
	struct room_state *r = &s->room[e->room];

	if (!r->active)
		s->active[s->nactive++] = e->room;
	r->active = true;
	for (uint32_t i = 0; i < n; i++)
		touch(s, r->slots[i], e->room);
	/* Who comes or goes gets a part of the room's round, and scrollback. */
	if (e->kind == EVENT_KICK)
		fanout_touch(s, e->to_slot);
	else if ((e->kind == EVENT_JOIN || e->kind == EVENT_LEAVE) &&
		 e->from_generation != 0)
		fanout_touch(s, e->from_slot);
	else if ((e->kind == EVENT_PUBLIC || e->kind == EVENT_ACTION) &&
		 rooms_place(s->rooms, e->from_slot, e->room) == NULL)
		touch_if(s, e->id,
			(struct audience_user){
				e->from_slot, e->from_generation});
}

/* An entry for those of the room with a power. */
static void note_for_power(struct switchboard *s, const struct frame_event *e)
{
	const struct room_state *r = &s->room[e->room];

	for (uint32_t i = 0; i < r->n; i++) {
		uint32_t slot = r->slots[i];

		if (audience_has_power(e, s->rooms, slot))
			touch_if(s, e->id,
				(struct audience_user){
					slot, session_of(s, slot)->generation});
	}
}

void fanout_note(struct switchboard *s, const struct frame_event *e)
{
	uint64_t end = eventlog_head(&s->log), start = end - e->size;
	struct audience_user users[2];
	size_t named = audience_named(e, users);

	struct room_state *r = &s->room[e->room];
	bool counted = audience_is_counted(e);
	bool watched = r->nwatchers > 0 && audience_is_watched(e);

	if (counted)
		note_run(&r->runs[false], start, end);
	if (counted || watched)
		note_run(&r->runs[true], start, end);
	if ((counted || watched) && e->room != ROOM_LOBBY)
		note_in_room(s, e, counted ? r->n : r->nwatchers);
	if (e->audience == AUDIENCE_POWER)
		note_for_power(s, e);
	if (watched && e->room == ROOM_LOBBY && e->kind != EVENT_JOIN &&
		e->kind != EVENT_LEAVE)
		s->hurried = true;
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

/* Merges the room's part of the round with the lobby's, in the one order; for
 * those who watch, or for the others. */
static void make_round(const struct switchboard *s, uint32_t room, bool watches,
	struct round *r)
{
	const struct runs *a = &s->room[ROOM_LOBBY].runs[watches],
			  *b = &s->room[room].runs[watches];
	uint32_t i = 0, j = a == b ? b->n : 0;

	r->n = r->total = 0;
	while (i < a->n || j < b->n) {
		bool first = j == b->n ||
			     (i < a->n && a->run[i].start < b->run[j].start);

		add_run(s, r, first ? a->run[i++] : b->run[j++]);
	}
}

/* Where what a member lacks begins, that does not lag. */
static uint64_t start_of(const struct switchboard *s, const struct member *m)
{
	if (m->ahead)
		return m->cursor;
	return m->watches ? s->gather_start : s->round_start;
}

/* It has all there is, while something gathers for others. */
static void put_ahead(struct switchboard *s, struct member *m)
{
	if (!s->flushing_others || !m->watches)
		return;
	m->cursor = eventlog_head(&s->log);
	m->ahead = s->some_ahead = true;
}

static void end_ahead(struct switchboard *s)
{
	const struct room_state *lobby = &s->room[ROOM_LOBBY];

	for (uint32_t i = 0; s->some_ahead && i < lobby->nwatchers; i++)
		s->members[lobby->slots[i]].ahead = false;
	s->some_ahead = false;
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

	if (n == (ssize_t)r->total) {
		put_ahead(s, m);
		return;
	}
	m->cursor = start_of(s, m);
	m->sent = 0;
	cursor_sent(s, slot, n);
}

static bool takes_rounds(const struct member *m)
{
	return m->fd != -1 && !m->write_closed && !m->lagging;
}

/* The same bytes for all who watch, or for all others, without an entry of a
 * room or of their own. */
static void send_lobby(struct switchboard *s, bool watches)
{
	const struct room_state *lobby = &s->room[ROOM_LOBBY];
	uint32_t here = s->high < s->options->max_users ? s->high
							: s->options->max_users;
	uint32_t n = watches ? lobby->nwatchers : here;
	struct round r;

	make_round(s, ROOM_LOBBY, watches, &r);
	for (uint32_t i = 0; r.n > 0 && i < n; i++) {
		uint32_t slot = watches ? lobby->slots[i] : i;
		const struct member *m = &s->members[slot];

		if (!takes_rounds(m) || m->pending || m->watches != watches)
			continue;
		if (m->ahead)
			fanout_touch(s, slot);
		else
			send_round(s, slot, &r);
	}
}

/* The same for those members of a room that no other entry is for; the others
 * in there stay pending. */
static void send_room(struct switchboard *s, uint32_t room, bool watches)
{
	const struct room_state *state = &s->room[room];
	uint32_t i = watches ? 0 : state->nwatchers;
	uint32_t end = watches ? state->nwatchers : state->n;
	struct round r;

	/* The lobby's part may be that of many rounds, and that of a round that
	 * has waited for the disk may be overtaken. */
	if (i == end || state->runs[watches].split ||
		s->room[ROOM_LOBBY].runs[watches].split ||
		(watches ? s->gather_start : s->round_start) <
			eventlog_tail(&s->log))
		return;
	make_round(s, room, watches, &r);
	for (; i < end; i++) {
		struct member *m = &s->members[state->slots[i]];

		if (!m->pending || m->round != room || !takes_rounds(m))
			continue;
		m->pending = false;
		send_round(s, state->slots[i], &r);
	}
}

/* Each member by its own cursor, for a round of too many runs. */
static void touch_all(struct switchboard *s, bool watches)
{
	for (uint32_t slot = 0; slot < s->high; slot++) {
		const struct member *m = &s->members[slot];

		if (m->fd != -1 && !m->lagging && m->watches == watches)
			fanout_touch(s, slot);
	}
}

static void end_runs(struct room_state *r)
{
	for (int i = 0; i < 2; i++) {
		r->runs[i].n = 0;
		r->runs[i].split = false;
	}
	r->active = false;
}

static void send_rooms(struct switchboard *s)
{
	for (uint32_t i = 0; i < s->nactive; i++) {
		send_room(s, s->active[i], false);
		send_room(s, s->active[i], true);
		end_runs(&s->room[s->active[i]]);
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
			m->cursor = start_of(s, m);
			m->sent = 0;
		}
		cursor_pump(s, s->pending[i]);
		if (!m->lagging)
			put_ahead(s, m);
	}
	s->npending = 0;
}

/* The lobby's part of the round; gathered: what has gathered, too. */
static void send_all(struct switchboard *s, bool gathered)
{
	const struct room_state *lobby = &s->room[ROOM_LOBBY];
	uint64_t tail = eventlog_tail(&s->log);

	if (lobby->runs[false].split || s->round_start < tail)
		touch_all(s, false);
	else
		send_lobby(s, false);
	if (!gathered)
		return;
	if (lobby->runs[true].split || s->gather_start < tail)
		touch_all(s, true);
	else
		send_lobby(s, true);
}

static void flush(struct switchboard *s, bool gathered)
{
	struct room_state *lobby = &s->room[ROOM_LOBBY];
	bool round = lobby->runs[true].n > 0 || s->nactive > 0;

	if (eventlog_head(&s->log) - s->round_start >= DEBUG_BYTES)
		log_debug("round bytes=%llu runs=%u rooms=%u",
			(unsigned long long)(eventlog_head(&s->log) -
					     s->round_start),
			lobby->runs[false].n, s->nactive);
	if (!disk_await(s))
		return;
	s->flushing_others = !gathered;
	send_all(s, gathered);
	send_rooms(s);
	send_pending(s);
	s->round_start = eventlog_head(&s->log);
	if (gathered) {
		end_runs(lobby);
		end_ahead(s);
		s->gather_start = s->round_start;
		s->hurried = false;
	}
	if (round || s->paused != 0 || s->looked_tail != eventlog_tail(&s->log))
		cursor_look(s);
}

void fanout_flush(struct switchboard *s)
{
	flush(s, true);
}

void fanout_flush_others(struct switchboard *s)
{
	flush(s, false);
}
