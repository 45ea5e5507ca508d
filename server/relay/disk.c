/* SPDX-License-Identifier: MIT */
/* What lasts: a round is sent when the disk has it, in the files of --state.
 * So nothing that anybody has read is lost when all processes are killed.
 * Runs in: relay.
 *
 * The relay writes to no file itself: a disk that hangs would stop it, and
 * nothing could end that.  It waits for the disk's answer, but not for long,
 * and goes on without it until it has caught up. */
#include <errno.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "ipc/common/clock.h"
#include "ipc/disk.h"
#include "server/again.h"
#include "server/log.h"
#include "server/relay/loop.h"
#include "server/relay/state.h"

/* The longest wait for the disk: more than the slowest one takes that works,
 * less than people notice as a stop. */
#define DISK_WAIT_MS 1000

/* And so long without sleeping: a disk that is at it is done before. */
#define SPIN_NS 20000

/* In the middle of the input the disk is asked for this much: it then works at
 * the same time, and is awake when the round waits for it. */
#define HINT_BYTES 4096

static void disk_close(struct switchboard *s)
{
	struct disk *d = &s->disk;

	if (d->fd == -1)
		return;
	epoll_ctl(s->events, EPOLL_CTL_DEL, d->fd, NULL);
	close(d->fd);
	d->fd = -1;
}

void disk_attach(struct switchboard *s, int fd, pid_t pid)
{
	struct epoll_event ev = {
		.events = EPOLLIN, .data.u64 = (uint64_t)WATCH_DISK};

	if (atomic_load(&s->status->disk_pid) != pid) {
		close(fd);
		return;
	}
	disk_close(s);
	if (epoll_ctl(s->events, EPOLL_CTL_ADD, fd, &ev) == -1) {
		close(fd); /* it tries again */
		return;
	}
	s->disk.fd = fd;
	s->disk.wanted = true; /* what the one before has not answered */
	log_debug("disk-attach");
}

static uint64_t kept(const struct switchboard *s)
{
	return atomic_load(&s->status->disk_answered);
}

/* Has it caught up? */
static void look_behind(struct switchboard *s)
{
	struct disk *d = &s->disk;

	if (!d->behind || kept(s) < d->asked)
		return;
	d->behind = false;
	atomic_store(&s->status->disk_waits, 0);
	atomic_store(&s->status->disk_behind, 0);
	log_info("state-caught-up");
}

void disk_receive(struct switchboard *s)
{
	struct disk *d = &s->disk;
	char bytes[64];
	ssize_t n = recv(d->fd, bytes, sizeof bytes, MSG_DONTWAIT);

	if (n == 0 || (n == -1 && !errno_is_transient(errno)))
		disk_close(s);
	look_behind(s);
}

void disk_note(struct switchboard *s, const struct frame_event *e)
{
	s->disk.wanted = s->disk.wanted || disk_keeps(e);
}

static void ask(struct switchboard *s)
{
	struct disk *d = &s->disk;
	ssize_t n;

	d->asked = eventlog_head(&s->log);
	atomic_store(&s->status->disk_asked, d->asked);
	if (d->fd == -1 || atomic_load(&s->status->disk_sleeps) == 0)
		return;
	/* If there is no room, bytes that wake it are there. */
	n = send(d->fd, "", 1, MSG_NOSIGNAL | MSG_DONTWAIT);
	if (n == -1 && !errno_is_transient(errno))
		disk_close(s);
}

void disk_hint(struct switchboard *s)
{
	struct disk *d = &s->disk;

	if (d->wanted && s->options->state != NULL &&
		eventlog_head(&s->log) - d->asked >= HINT_BYTES)
		ask(s);
}

static void fall_behind(struct switchboard *s)
{
	s->disk.behind = true;
	atomic_store(&s->status->disk_waits, 1);
	atomic_store(&s->status->disk_behind, 1);
	log_warn("state-behind ms=%d text=\"the disk does not answer; the chat "
		 "goes on without it\"",
		DISK_WAIT_MS);
}

/* Whether it has answered within a moment. */
static bool spin(const struct switchboard *s)
{
	int64_t end = clock_monotonic_ns() + SPIN_NS;

	while (kept(s) < s->disk.asked) {
		if (clock_monotonic_ns() >= end)
			return false;
	}
	return true;
}

/* Whether the parent has sent word of the server's end: then there is no time
 * to wait. */
static bool is_told_to_end(const struct switchboard *s)
{
	char word = 0;

	return recv(s->lifeline, &word, 1, MSG_PEEK | MSG_DONTWAIT) == 0 ||
	       word == RELAY_SHUTDOWN;
}

/* Waits for the answer to what was asked, or for the end of the channel. */
static void wait_for_answer(struct switchboard *s)
{
	struct disk *d = &s->disk;
	int64_t end = clock_monotonic_ms() + DISK_WAIT_MS, left = DISK_WAIT_MS;
	struct pollfd p[] = {{-1, POLLIN, 0}, {s->lifeline, POLLIN, 0}};

	if (d->fd == -1 || spin(s))
		return;
	atomic_store(&s->status->disk_waits, 1);
	while (d->fd != -1 && left > 0 && kept(s) < d->asked) {
		p[0].fd = d->fd;
		(void)poll(p, 2, (int)left);
		if (p[0].revents != 0)
			disk_receive(s);
		left = end - clock_monotonic_ms();
		if (p[1].revents != 0 && is_told_to_end(s))
			left = 0;
		else if (p[1].revents != 0)
			p[1].fd = -1; /* it is read after the round */
	}
	atomic_store(&s->status->disk_waits, 0);
	if (d->fd != -1 && kept(s) < d->asked)
		fall_behind(s);
}

/* There is no disk to ask: it was killed, and another one is about to attach.
 * Until then nothing is sent, and nothing more is read. */
static bool must_wait(struct switchboard *s)
{
	struct disk *d = &s->disk;
	int64_t now = clock_monotonic_ms();

	if (d->fd != -1 || d->behind || s->ending)
		return false;
	if (d->away_ms == 0)
		d->away_ms = now;
	if (now - d->away_ms >= DISK_WAIT_MS)
		fall_behind(s);
	return !d->behind;
}

bool disk_await(struct switchboard *s)
{
	struct disk *d = &s->disk;
	bool wait;

	if (s->options->state == NULL || !d->wanted)
		return true;
	look_behind(s);
	ask(s);
	if (!d->behind)
		wait_for_answer(s);
	wait = kept(s) < d->asked && must_wait(s);
	if (!wait) {
		d->away_ms = 0;
		d->wanted = false;
	}
	cursor_pause(s, PAUSE_DISK, wait);
	return !wait;
}

int64_t disk_due(const struct switchboard *s)
{
	return s->disk.away_ms != 0 ? s->disk.away_ms + DISK_WAIT_MS
				    : DEADLINE_NONE;
}
