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

/* Waits until that time for the answer, or, where there is no disk, for one to
 * attach. */
static void wait_some(struct switchboard *s, int64_t left)
{
	struct disk *d = &s->disk;
	struct pollfd p[] = {
		{d->fd, POLLIN, 0}, {d->fd == -1 ? s->attach : -1, POLLIN, 0}};

	(void)poll(p, 2, (int)left);
	if (p[0].revents != 0)
		disk_receive(s);
	if (p[1].revents != 0)
		admission_receive(s);
}

void disk_await(struct switchboard *s)
{
	struct disk *d = &s->disk;
	uint64_t head = eventlog_head(&s->log);
	int64_t end, left;

	if (s->options->state == NULL || !d->wanted || d->awaiting)
		return;
	ask(s);
	d->awaiting = true; /* admission can end in a round of its own */
	end = clock_monotonic_ms() + DISK_WAIT_MS;
	while (!d->behind && (d->kept < head || d->asked < head) &&
		(left = end - clock_monotonic_ms()) > 0) {
		wait_some(s, left);
		ask(s);
	}
	d->awaiting = false;
	d->wanted = d->asked < head;
	if (d->behind || d->kept >= head)
		return;
	d->behind = true;
	atomic_store(&s->status->disk_behind, 1);
	log_warn("state-behind ms=%d text=\"the disk does not answer; the chat "
		 "goes on without it\"",
		DISK_WAIT_MS);
}
