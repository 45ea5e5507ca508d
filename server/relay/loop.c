/* SPDX-License-Identifier: MIT */
/* The relay's loop: waits, takes frames in, sends events out.
 * Runs in: relay.
 *
 * The relay never blocks on a peer, and ends at the end of its lifeline to the
 * parent.  When it is killed, the parent starts another that continues from the
 * log, and the children attach to that. */
#include "server/relay/loop.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "ipc/common/clock.h"
#include "ipc/shm.h"
#include "server/again.h"
#include "server/chatlog.h"
#include "server/exitcode.h"
#include "server/log.h"
#include "server/relay/state.h"
#include "server/slice.h"

/* Cap on ready channels per round.  The lines of one room are few in a round of
 * few: each member then takes a send of its own for each of them. */
#define INPUT_BATCH 1024
#define EVENT_BATCH 256

/* Cap on rounds before the end: more than users can have waiting. */
#define LAST_ROUNDS 1024

static int watch(int epoll, int fd, int64_t what)
{
	struct epoll_event ev = {.events = EPOLLIN, .data.u64 = (uint64_t)what};

	return epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &ev);
}

static int set_up(struct switchboard *s, const struct relay_setup *setup)
{
	uint32_t cap = setup->table->capacity;

	memset(s, 0, sizeof *s);
	s->options = setup->options;
	s->table = setup->table;
	s->rooms = setup->rooms;
	s->rooms->table = s->table;
	s->attach = setup->attach;
	s->lifeline = setup->lifeline;
	s->debug = setup->debug;
	s->chatlog = setup->chatlog;
	s->disk.fd = -1;
	s->disk.wanted = true; /* what an earlier relay has not asked for */
	s->status = shm_map(setup->status, status_size(cap));
	s->members = calloc(cap, sizeof *s->members);
	s->keys = calloc(cap, sizeof *s->keys);
	s->pending = calloc(cap, sizeof *s->pending);
	s->events = epoll_create1(EPOLL_CLOEXEC);
	s->input = epoll_create1(EPOLL_CLOEXEC);
	if (s->status == NULL || s->members == NULL || s->keys == NULL ||
		s->pending == NULL || s->events == -1 || s->input == -1 ||
		!rooms_set_up(s) || !hosts_set_up(s) ||
		eventlog_open(&s->log, setup->log_fd, cap, s->rooms) == -1)
		return -1;
	atomic_store(&s->status->disk_behind, 0); /* an earlier relay's */
	claims_begin(s);
	if (s->chatlog != -1)
		chatlog_resume(s->chatlog, s->log.next_id > 1);
	if (watch(s->events, s->input, WATCH_INPUT) == -1 ||
		watch(s->events, s->attach, WATCH_ATTACH) == -1 ||
		watch(s->events, s->debug, WATCH_DEBUG) == -1 ||
		watch(s->events, s->lifeline, WATCH_LIFELINE) == -1)
		return -1;
	return 0;
}

/* Appends the notices that wait.  Their numbers are in the events, so the next
 * relay sees which were sent. */
static void announce_notices(struct switchboard *s)
{
	uint64_t asked = atomic_load(&s->status->notices);
	uint64_t told;

	while (!s->ending &&
		(told = atomic_load(&s->status->announced)) < asked) {
		const struct notice *n = &s->status->notice[told % NOTICES_MAX];
		struct frame_event e =
			append_head(s, ROOM_LOBBY, NOBODY, EVENT_NOTICE);

		e.counter = told + 1;
		e.text_len = n->len;
		switchboard_append(s, &e, "", "", n->text);
		atomic_store(&s->status->announced, told + 1);
	}
}

/* Reads a ready channel.  Its end counts only if no newer channel of the same
 * member waits in the attach socket. */
static void read_channel(struct switchboard *s, uint32_t slot)
{
	int fd = s->members[slot].fd;

	if (fd == -1 || intake_read(s, slot))
		return;
	admission_receive(s);
	if (s->members[slot].fd == fd)
		members_hang_up(s, slot);
}

static int read_channels(struct switchboard *s)
{
	struct epoll_event ready[INPUT_BATCH];
	int n = epoll_wait(s->input, ready, INPUT_BATCH, 0);

	for (int i = 0; i < n && (s->paused & PAUSE_DISK) == 0; i++) {
		read_channel(s, (uint32_t)ready[i].data.u64);
		disk_hint(s);
		round_relieve(s);
	}
	return n;
}

/* The last event of all: after everything that was sent before. */
static void announce_shutdown(struct switchboard *s)
{
	struct frame_event e;

	if (s->ending)
		return;
	admission_receive(s);
	for (int i = 0; i < LAST_ROUNDS && read_channels(s) > 0; i++)
		;
	hosts_end(s);
	s->ending = true;
	e = append_head(s, ROOM_LOBBY, NOBODY, EVENT_BYE);
	e.reason = LEAVE_SHUTDOWN;
	switchboard_append(s, &e, "", "", "");
}

/* False when the parent is gone.  A parent that ended with our byte unread
 * causes one ECONNRESET; its own bytes can be read after that. */
static bool read_lifeline(struct switchboard *s)
{
	char word;
	ssize_t n = recv(s->lifeline, &word, 1, MSG_DONTWAIT);

	if (n == 0 ||
		(n == -1 && !errno_is_transient(errno) && errno != ECONNRESET))
		return false;
	if (n == 1 && word == RELAY_SHUTDOWN)
		announce_shutdown(s);
	else if (n == 1 && word == RELAY_NOTICE)
		announce_notices(s);
	claims_answer(s);
	return true;
}

/* False when the relay must end. */
static bool handle(struct switchboard *s, int64_t what)
{
	switch (what) {
	case WATCH_LIFELINE:
		return read_lifeline(s);
	case WATCH_ATTACH:
		admission_receive(s);
		break;
	case WATCH_INPUT:
		read_channels(s);
		break;
	case WATCH_DEBUG:
		debug_receive(s->debug);
		break;
	case WATCH_DISK:
		disk_receive(s);
		break;
	case WATCH_BUS:
		hosts_receive(s);
		break;
	default:
		/* Room in a channel is used at the end of the round: a cursor
		 * moved now would be moved over the round twice. */
		if (s->members[what].lagging)
			fanout_touch(s, (uint32_t)what);
	}
	return true;
}

/* The parent waits for this before it reports that it is ready. */
static int say_ready(const struct switchboard *s)
{
	const char word = RELAY_READY;
	ssize_t n;

	do
		n = send(s->lifeline, &word, 1, MSG_NOSIGNAL | MSG_DONTWAIT);
	while (n == -1 && errno == EINTR);
	return n == 1 ? 0 : -1;
}

static void loop(struct switchboard *s)
{
	struct epoll_event ready[EVENT_BATCH];
	int64_t next = 0; /* digests of an earlier relay may be due */

	for (;;) {
		int n = epoll_wait(s->events, ready, EVENT_BATCH,
			deadline_timeout(next, clock_monotonic_ms()));
		int64_t now = clock_monotonic_ms();

		for (int i = 0; i < n; i++) {
			if (!handle(s, (int64_t)ready[i].data.u64))
				return;
		}
		next = members_sweep(s, now);
		next = deadline_min(next, resume_tick(s, now));
		next = deadline_min(next, hosts_tick(s, now));
		next = deadline_min(next, round_end(s, now));
	}
}

int relay_main(const struct relay_setup *setup)
{
	static struct switchboard s;

	if (set_up(&s, setup) == -1) {
		log_warn_errno("relay-fail");
		return RELAY_FAILED;
	}
	if (s.options->state != NULL)
		slice_shorten(); /* it waits for the disk in each round */
	setup->lock(setup->sandbox);
	recover(&s);
	announce_notices(&s);
	if (say_ready(&s) == -1) {
		/* The parent has upgraded, with a relay of its own, or ended:
		 * no failure. */
		if (errno == EPIPE || errno == ECONNRESET)
			return 0;
		log_warn_errno("relay-fail");
		return RELAY_FAILED;
	}
	if (s.log.next_id > 1)
		log_info("relay-resume event=%llu users=%u",
			(unsigned long long)s.log.next_id - 1, s.online);
	loop(&s);
	return 0;
}
