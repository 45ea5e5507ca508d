/* SPDX-License-Identifier: MIT */
/* Moves every member's cursor through the log: one send for the events since
 * the last round; for a member that lags, the rest when its channel has room.
 * The relay has no buffer for any member, and waits for none.
 * Runs in: relay. */
#include <errno.h>
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

void fanout_touch(struct switchboard *s, uint32_t slot)
{
	struct member *m = &s->members[slot];

	if (m->pending)
		return;
	m->pending = true;
	s->pending[s->npending++] = slot;
}

/* A private entry is for a member of one generation only. */
static void touch_if(
	struct switchboard *s, uint64_t id, struct audience_user user)
{
	struct member *m = &s->members[user.slot];

	if (user.generation == 0 ||
		session_of(s, user.slot)->generation != user.generation)
		return;
	if (m->own_id == 0)
		m->own_id = id;
	if (m->fd != -1)
		fanout_touch(s, user.slot);
}

void fanout_note(struct switchboard *s, const struct frame_event *e)
{
	uint64_t end = eventlog_head(&s->log), start = end - e->size;
	struct run *last = &s->runs[s->nruns > 0 ? s->nruns - 1 : 0];
	struct audience_user users[2];

	if (!audience_is_public(e)) {
		for (size_t i = 0; i < audience_named(e, users); i++)
			touch_if(s, e->id, users[i]);
	} else if (s->nruns > 0 && last->end == start) {
		last->end = end;
	} else if (s->nruns < ROUND_RUNS) {
		s->runs[s->nruns++] = (struct run){start, end};
	} else {
		s->split = true;
	}
}

/* Rounds of at least this many bytes get a debug line. */
#define DEBUG_BYTES (16u << 10)

/* Whether a member gets an entry: all since it joined, and before that only the
 * scrollback. */
static bool is_visible(
	const struct switchboard *s, uint32_t slot, const struct frame_event *e)
{
	if (e->id < s->members[slot].live_id)
		return audience_has_newcomers(e);
	return audience_has(e, slot, session_of(s, slot)->generation);
}

/* Gathers what is visible from the cursor on; returns the number of pieces. */
static size_t gather(
	const struct switchboard *s, uint32_t slot, struct iovec *iov)
{
	const struct member *m = &s->members[slot];
	uint64_t pos = m->cursor, head = eventlog_head(&s->log);
	size_t n = 0, total = 0, skip = m->sent;
	char *end = NULL;

	while (pos < head && total < PUMP_BYTES) {
		const struct frame_event *e = eventlog_at(&s->log, pos);
		char *p = s->log.ring + pos % EVENTLOG_RING + skip;
		size_t len = e->size - skip;

		pos += e->size;
		skip = 0;
		if (!is_visible(s, slot, e))
			continue;
		if (n > 0 && p == end) {
			iov[n - 1].iov_len += len;
		} else if (n < PUMP_PIECES) {
			iov[n++] = (struct iovec){p, len};
		} else {
			break;
		}
		end = p + len;
		total += len;
	}
	return n;
}

/* Moves the cursor over n sent bytes, and over entries for other members. */
static void advance(struct switchboard *s, uint32_t slot, size_t n)
{
	struct member *m = &s->members[slot];
	uint64_t head = eventlog_head(&s->log);

	while (m->cursor < head) {
		const struct frame_event *e = eventlog_at(&s->log, m->cursor);

		if (is_visible(s, slot, e)) {
			size_t rest = e->size - m->sent;

			if (n < rest) {
				m->sent += (uint32_t)n;
				break;
			}
			n -= rest;
		}
		m->cursor += e->size;
		m->sent = 0;
	}
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

/* After a send: n as it returned, from the cursor on. */
static void sent(struct switchboard *s, uint32_t slot, ssize_t n)
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
	if (m->lagging != (m->cursor < eventlog_head(&s->log)))
		log_debug("%s slot=%u bytes=%llu",
			m->lagging ? "caught-up" : "lagging", slot,
			(unsigned long long)(eventlog_head(&s->log) -
					     m->cursor));
	m->lagging = m->cursor < eventlog_head(&s->log);
	atomic_store(&s->status->lag[slot], eventlog_head(&s->log) - m->cursor);
	if (!m->lagging) {
		m->waited_ms = 0;
		m->own_id = 0;
	}
	arm(s, slot, m->lagging && !m->write_closed);
}

/* The ring has overtaken the cursor, perhaps in the middle of an entry: a new
 * channel will start with the number of missed events.  This one is closed for
 * writing, and read until the child has noticed. */
static void evict(struct switchboard *s, uint32_t slot)
{
	struct member *m = &s->members[slot];

	log_debug("overtaken slot=%u", slot);
	status_count(&s->status->evictions, 1);
	m->write_closed = true;
	arm(s, slot, false);
	shutdown(m->fd, SHUT_WR);
}

static void pump(struct switchboard *s, uint32_t slot)
{
	struct member *m = &s->members[slot];
	struct iovec iov[PUMP_PIECES];
	struct msghdr msg = {.msg_iov = iov};

	if (m->fd == -1 || m->write_closed)
		return;
	if (m->cursor < eventlog_tail(&s->log)) {
		evict(s, slot);
		return;
	}
	msg.msg_iovlen = gather(s, slot, iov);
	if (msg.msg_iovlen == 0) {
		sent(s, slot, 0);
		return;
	}
	sent(s, slot, sendmsg(m->fd, &msg, MSG_NOSIGNAL | MSG_DONTWAIT));
}

/* The same bytes for all members that are up to date, without private entry. */
static void send_round(struct switchboard *s)
{
	struct iovec iov[ROUND_RUNS];
	struct msghdr msg = {.msg_iov = iov, .msg_iovlen = s->nruns};
	size_t total = 0;

	for (uint32_t i = 0; i < s->nruns; i++) {
		iov[i].iov_base =
			s->log.ring + s->runs[i].start % EVENTLOG_RING;
		iov[i].iov_len = s->runs[i].end - s->runs[i].start;
		total += iov[i].iov_len;
	}
	for (uint32_t slot = 0; slot < s->high; slot++) {
		struct member *m = &s->members[slot];
		ssize_t n;

		if (m->fd == -1 || m->write_closed || m->lagging || m->pending)
			continue;
		n = sendmsg(m->fd, &msg, MSG_NOSIGNAL | MSG_DONTWAIT);
		if (n == (ssize_t)total)
			continue;
		m->cursor = s->round_start;
		m->sent = 0;
		sent(s, slot, n);
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

/* Closes overtaken channels for writing, and pauses or resumes input. */
static void look_behind(struct switchboard *s)
{
	struct epoll_event ev = {
		.events = EPOLLIN, .data.u64 = (uint64_t)WATCH_INPUT};
	int64_t now = clock_monotonic_ms();
	bool pause = false;

	s->looked_tail = eventlog_tail(&s->log);
	for (uint32_t slot = 0; slot < s->high; slot++) {
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
	if (pause != s->paused &&
		epoll_ctl(s->events, pause ? EPOLL_CTL_DEL : EPOLL_CTL_ADD,
			s->input, &ev) == 0) {
		log_debug("input state=%s", pause ? "paused" : "resumed");
		s->paused = pause;
	}
}

void fanout_flush(struct switchboard *s)
{
	bool round = s->nruns > 0;

	if (eventlog_head(&s->log) - s->round_start >= DEBUG_BYTES)
		log_debug("round bytes=%llu runs=%u",
			(unsigned long long)(eventlog_head(&s->log) -
					     s->round_start),
			s->nruns);
	if (s->split || s->round_start < eventlog_tail(&s->log))
		touch_all(s);
	else if (round)
		send_round(s);
	for (uint32_t i = 0; i < s->npending; i++) {
		struct member *m = &s->members[s->pending[i]];

		m->pending = false;
		if (!m->lagging) {
			m->cursor = s->round_start;
			m->sent = 0;
		}
		pump(s, s->pending[i]);
	}
	s->npending = 0;
	s->nruns = 0;
	s->split = false;
	s->round_start = eventlog_head(&s->log);
	if (round || s->paused || s->looked_tail != eventlog_tail(&s->log))
		look_behind(s);
}
