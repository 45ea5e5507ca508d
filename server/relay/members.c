/* SPDX-License-Identifier: MIT */
/* The members and their channels.  State that must outlive a relay is in the
 * log's sessions; state here is made again from those and from the children.
 * Runs in: relay.
 *
 * A membership ends by UP_BYE; by a bad frame; by the end of the channel, if
 * the process is gone and no newer channel waits in the attach socket; by the
 * roster, which is checked while a member has no channel; and by a newcomer
 * with its slot or its name.  Before that, intake.c reads what is left in its
 * channel. */
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "ipc/common/clock.h"
#include "server/relay/state.h"

/* The interval of the check of members without a channel. */
#define SWEEP_MS 100

bool members_is_alive(const struct switchboard *s, uint32_t slot)
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
	/* The child may still have a copy of this descriptor: closing alone
	 * would leave it in the epolls, out of reach. */
	epoll_ctl(s->input, EPOLL_CTL_DEL, m->fd, NULL);
	if (m->armed)
		epoll_ctl(s->events, EPOLL_CTL_DEL, m->fd, NULL);
	close(m->fd);
	free(m->partial);
	m->fd = -1;
	m->partial = NULL;
	m->partial_len = 0;
	m->armed = m->write_closed = false;
	set_lagging(s, m, false);
	atomic_store(&s->status->lag[slot], 0);
	m->waited_ms = 0;
}

void members_detach(struct switchboard *s, uint32_t slot)
{
	close_channel(s, slot);
	s->detached++;
}

void members_enter(struct switchboard *s, uint32_t slot, uint32_t generation,
	const char *name, uint8_t len, uint64_t counter)
{
	struct frame_event e;

	if (slot >= s->high)
		s->high = slot + 1;
	s->online++;
	s->members[slot].own_id = 0;
	s->members[slot].leaving = false;
	names_put(s, slot, name, len);
	e = append_head(s, ROOM_LOBBY, NOBODY, EVENT_JOIN);
	e.from_slot = slot;
	e.from_generation = generation;
	e.from_len = len;
	e.counter = counter;
	if (!hosts_is_remote(s, slot))
		e.more = atomic_load(&s->table->roster[slot].login);
	presence_join(s, &e, name, "");
}

void members_join(struct switchboard *s, uint32_t slot, uint32_t generation,
	const char *name, uint8_t len)
{
	s->detached++;
	s->members[slot].published = 0;
	members_enter(s, slot, generation, name, len, 0);
}

void members_set_aside(struct switchboard *s, uint32_t slot)
{
	struct frame_event e;

	rooms_quit(s, slot, LEAVE_PLAIN);
	names_remove(s, slot);
	s->online--;
	e = append_head(s, ROOM_LOBBY, slot, EVENT_LEAVE);
	presence_leave(s, &e, session_of(s, slot)->join_id, "");
	s->members[slot].aside = true;
}

bool members_connect(struct switchboard *s, uint32_t slot, int fd)
{
	struct member *m = &s->members[slot];
	struct epoll_event ev = {.events = EPOLLIN, .data.u64 = slot};

	if (m->fd == -1)
		s->detached--;
	/* Frames that wait in an old channel come again in the new one. */
	close_channel(s, slot);
	m->fd = fd;
	if (epoll_ctl(s->input, EPOLL_CTL_ADD, fd, &ev) == -1) {
		members_detach(s, slot);
		return false;
	}
	m->moved_ms = clock_monotonic_ms();
	m->asked_end = 0;
	m->ahead = false;
	return true;
}

void members_bye(struct switchboard *s, uint32_t slot, const struct frame_up *f)
{
	const struct member *m = &s->members[slot];
	const struct frame_event *e;
	struct frame_event head;

	if (m->fd == -1 && !hosts_is_remote(s, slot))
		s->detached--;
	rooms_quit(s, slot, f->reason);
	names_remove(s, slot);
	memset(session_of(s, slot)->token, 0, TOKEN_BYTES);
	(void)rooms_watch(s, slot, false);
	s->online--;
	head = append_head(s, ROOM_LOBBY, slot, EVENT_LEAVE);
	head.counter = f->counter;
	head.reason = f->reason;
	head.more = session_of(s, slot)->login;
	head.text_len = (uint16_t)f->text_len;
	e = presence_leave(
		s, &head, session_of(s, slot)->join_id, frame_up_text(f));
	/* The child waits for this, or, where it lags, for the end of the
	 * channel. */
	if (f->counter != 0 && m->fd != -1 && !m->lagging && !m->write_closed)
		(void)send(m->fd, e, e->size, MSG_NOSIGNAL | MSG_DONTWAIT);
	close_channel(s, slot);
}

void members_end(struct switchboard *s, uint32_t slot, uint8_t reason)
{
	const struct frame_up f = {.kind = UP_BYE, .reason = reason};

	members_bye(s, slot, &f);
}

void members_leave(struct switchboard *s, uint32_t slot, uint8_t reason)
{
	if (!hosts_decide(s)) {
		members_end(s, slot, reason);
		return;
	}
	if (s->members[slot].fd != -1)
		members_detach(s, slot);
	hosts_leave(s, slot, reason);
}

void members_hang_up(struct switchboard *s, uint32_t slot)
{
	log_debug("hang-up slot=%u", slot);
	if (members_is_alive(s, slot))
		members_detach(s, slot);
	else
		members_leave(s, slot, LEAVE_PLAIN);
}

int64_t members_sweep(struct switchboard *s, int64_t now)
{
	if (s->detached > 0 && now >= s->detached_ms + SWEEP_MS) {
		s->detached_ms = now;
		for (uint32_t i = 0; i < s->high; i++) {
			if (is_member(s, i) && s->members[i].fd == -1 &&
				!hosts_is_remote(s, i) &&
				!members_is_alive(s, i))
				members_leave(s, i, LEAVE_PLAIN);
		}
	}
	return s->detached > 0 ? s->detached_ms + SWEEP_MS : DEADLINE_NONE;
}

void members_recover(struct switchboard *s)
{
	for (uint32_t i = 0; i < s->log.capacity; i++) {
		const struct session *who = session_of(s, i);

		s->members[i].fd = -1;
		if (!is_member(s, i))
			continue;
		names_put(s, i, who->name, who->name_len);
		s->high = i + 1;
		s->online++;
		s->detached += !hosts_is_remote(s, i);
	}
	rooms_recover(s);
}
