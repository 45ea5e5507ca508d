/* SPDX-License-Identifier: MIT */
/* The disk's loop: asked by the relay, writes, and answers.
 * Runs in: disk. */
#include "server/disk/loop.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "ipc/attach.h"
#include "ipc/common/clock.h"
#include "ipc/shm.h"
#include "server/again.h"
#include "server/disk/state.h"
#include "server/exitcode.h"
#include "server/log.h"
#include "server/slice.h"

/* The interval at which it tries to attach. */
#define ATTACH_MS 10

/* How long the last event of the log may take to come, when the server ends:
 * less than the parent waits for the end of the files. */
#define LAST_MS 300

/* --- the channel -----------------------------------------------------------
 */

static void hang_up(struct disk *d)
{
	close(d->fd);
	d->fd = -1;
}

/* False when the server is gone. */
static bool attach(struct disk *d, int64_t now)
{
	const struct attach a = {.version = FRAME_VERSION, .slot = ATTACH_DISK};

	if (!d->may_attach || d->fd != -1 || now < d->attach_ms)
		return true;
	d->fd = attach_send(d->setup->attach, &a);
	d->attach_ms = now + ATTACH_MS;
	return d->fd != -1 || errno == EAGAIN;
}

/* Bytes that have woken us, or the end. */
static void read_channel(struct disk *d)
{
	char bytes[64];
	ssize_t n = recv(d->fd, bytes, sizeof bytes, MSG_DONTWAIT);

	if (n == 0 || (n == -1 && !errno_is_transient(errno)))
		hang_up(d);
}

static uint64_t asked(const struct disk *d)
{
	return atomic_load(&d->status->disk_asked);
}

static uint64_t answered(const struct disk *d)
{
	return atomic_load(&d->status->disk_answered);
}

/* What cannot be written has no better answer: the chat goes on. */
static void answer(struct disk *d, uint64_t head)
{
	ssize_t n;

	if (head <= answered(d))
		return;
	atomic_store(&d->status->disk_answered, head);
	if (d->fd == -1 || atomic_load(&d->status->disk_waits) == 0)
		return;
	n = send(d->fd, "", 1, MSG_NOSIGNAL | MSG_DONTWAIT);
	if (n == -1 && !errno_is_transient(errno))
		hang_up(d);
}

/* --- the lifeline -----------------------------------------------------------
 */

/* False when the process is to end.  A parent that ended with our byte unread
 * causes one ECONNRESET; its own bytes can be read after that. */
static bool read_lifeline(struct disk *d)
{
	char word;
	ssize_t n = recv(d->setup->lifeline, &word, 1, MSG_DONTWAIT);

	if (n == 0 ||
		(n == -1 && !errno_is_transient(errno) && errno != ECONNRESET))
		return false;
	if (n != 1)
		return true;
	if (word == DISK_ATTACH)
		d->may_attach = true;
	if (word == DISK_BANS)
		d->stale = true;
	if (word == DISK_END)
		d->end_ms = clock_monotonic_ms() + LAST_MS;
	return true;
}

static int say_ready(int lifeline)
{
	const char word = DISK_READY;
	ssize_t n;

	do
		n = send(lifeline, &word, 1, MSG_NOSIGNAL | MSG_DONTWAIT);
	while (n == -1 && errno == EINTR);
	return n == 1 ? 0 : -1;
}

/* --- the loop ---------------------------------------------------------------
 */

/* The server ends: whether all that it says has been read, or should have been.
 * Who said something and left may have had the relay say the last of it behind
 * our back. */
static bool is_over(const struct disk *d, int64_t now)
{
	return d->end_ms != 0 && (d->ending || now >= d->end_ms);
}

/* Waits until that time at most; not at all where the relay asks already.  Each
 * of both looks after it has said that it sleeps, or has asked. */
static void sleep_until(struct disk *d, struct pollfd *p, int64_t until)
{
	int timeout = deadline_timeout(until, clock_monotonic_ms());

	p[0] = (struct pollfd){d->setup->lifeline, POLLIN, 0};
	p[1] = (struct pollfd){d->fd, POLLIN, 0};
	atomic_store(&d->status->disk_sleeps, 1);
	if (poll(p, 2, asked(d) > answered(d) ? 0 : timeout) == -1)
		p[0].revents = p[1].revents = 0;
	atomic_store(&d->status->disk_sleeps, 0);
}

static void loop(struct disk *d)
{
	struct pollfd p[2];
	int64_t now = clock_monotonic_ms(), next;

	for (;;) {
		uint64_t head = asked(d);

		if (!attach(d, now))
			return; /* the server is gone */
		next = writing_go_on(d, now);
		answer(d, head);
		if (is_over(d, now)) {
			writing_end(d);
			return;
		}
		next = deadline_min(next, writing_roll(d, now));
		if (d->end_ms != 0)
			next = deadline_min(next, d->end_ms);
		if (d->may_attach && d->fd == -1)
			next = deadline_min(next, d->attach_ms);
		sleep_until(d, p, next);
		now = clock_monotonic_ms();
		if (p[0].revents != 0 && !read_lifeline(d))
			return;
		if (p[1].revents != 0)
			read_channel(d);
	}
}

static int set_up(struct disk *d, const struct disk_setup *setup)
{
	const struct options *o = setup->options;
	uint32_t slots = options_slots(o);

	d->setup = setup;
	d->fd = -1;
	d->status = shm_map(setup->status, status_size(slots));
	d->bans = shm_map(setup->bans, sizeof *d->bans);
	if (d->status == NULL || d->bans == NULL ||
		eventlog_watch(&d->log, setup->log, slots) == -1 ||
		rooms_imagine(&d->rooms, o->max_rooms, 1, o->lobby) == -1)
		return -1;
	return 0;
}

int disk_main(const struct disk_setup *setup)
{
	static struct disk d;

	if (set_up(&d, setup) == -1) {
		log_warn_errno("disk-fail");
		return DISK_FAILED;
	}
	slice_shorten(); /* the relay waits for it */
	setup->lock(setup->sandbox);
	writing_set_up(&d);
	if (say_ready(setup->lifeline) == -1) {
		/* The parent has upgraded, or ended: no failure. */
		if (errno == EPIPE || errno == ECONNRESET)
			return 0;
		log_warn_errno("disk-fail");
		return DISK_FAILED;
	}
	loop(&d);
	return 0;
}
