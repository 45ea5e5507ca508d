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
#include "server/relay/state.h"

/* The longest wait for the disk: more than the slowest one takes that works,
 * less than people notice as a stop. */
#define DISK_WAIT_MS 1000

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
	s->disk.asked = s->disk.part = 0;
	log_debug("disk-attach");
}

static void note_answer(struct switchboard *s, uint64_t head)
{
	struct disk *d = &s->disk;

	d->kept = head;
	if (!d->behind || head < d->asked)
		return;
	d->behind = false;
	atomic_store(&s->status->disk_behind, 0);
	log_info("state-caught-up");
}

void disk_receive(struct switchboard *s)
{
	struct disk *d = &s->disk;
	ssize_t n;

	while (d->fd != -1) {
		n = recv(d->fd, (char *)&d->answer + d->part,
			sizeof d->answer - d->part, MSG_DONTWAIT);
		if (n == -1 && errno_is_transient(errno))
			return;
		if (n <= 0) {
			disk_close(s);
			return;
		}
		d->part += (size_t)n;
		if (d->part < sizeof d->answer)
			continue;
		d->part = 0;
		note_answer(s, d->answer.head);
	}
}

void disk_note(struct switchboard *s, const struct frame_event *e)
{
	s->disk.wanted = s->disk.wanted || disk_keeps(e);
}

/* A question that does not fit is asked again with the next round. */
static void ask(struct switchboard *s)
{
	struct disk *d = &s->disk;
	const struct disk_ask ask = {eventlog_head(&s->log)};
	ssize_t n;

	if (d->fd == -1 || d->asked == ask.head)
		return;
	n = send(d->fd, &ask, sizeof ask, MSG_NOSIGNAL | MSG_DONTWAIT);
	if (n == sizeof ask)
		d->asked = ask.head;
	else if (n != -1 || !errno_is_transient(errno))
		disk_close(s);
}

static void fall_behind(struct switchboard *s)
{
	s->disk.behind = true;
	atomic_store(&s->status->disk_behind, 1);
	log_warn("state-behind ms=%d text=\"the disk does not answer; the chat "
		 "goes on without it\"",
		DISK_WAIT_MS);
}

/* Waits for the answer to what was asked, or for the end of the channel. */
static void wait_for_answer(struct switchboard *s, uint64_t head)
{
	struct disk *d = &s->disk;
	int64_t end = clock_monotonic_ms() + DISK_WAIT_MS, left;

	while (d->fd != -1 && d->kept < head) {
		struct pollfd p = {d->fd, POLLIN, 0};

		left = end - clock_monotonic_ms();
		if (left <= 0) {
			fall_behind(s);
			return;
		}
		if (poll(&p, 1, (int)left) > 0)
			disk_receive(s);
		ask(s);
	}
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
	uint64_t head = eventlog_head(&s->log);
	bool wait;

	if (s->options->state == NULL || !d->wanted)
		return true;
	ask(s);
	if (!d->behind)
		wait_for_answer(s, head);
	wait = must_wait(s);
	if (!wait) {
		d->away_ms = 0;
		d->wanted = d->asked < head;
	}
	cursor_pause(s, PAUSE_DISK, wait);
	return !wait;
}

int64_t disk_due(const struct switchboard *s)
{
	return s->disk.away_ms != 0 ? s->disk.away_ms + DISK_WAIT_MS
				    : DEADLINE_NONE;
}
