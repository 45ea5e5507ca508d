/* SPDX-License-Identifier: MIT */
/* The child's loop: lines in, events out, and the alarm for an idle client.
 * Runs in: child.
 *
 * Nothing here waits for the client: output that it does not take stays in a
 * bounded buffer, then in the channel, then in the log, and only this client is
 * late. */
#include "server/child/loop.h"

#include <errno.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "ipc/common/clock.h"
#include "server/again.h"
#include "server/child/greet.h"
#include "server/child/opening.h"
#include "server/child/state.h"
#include "server/child/web.h"
#include "server/exitcode.h"
#include "server/fd.h"
#include "server/log.h"
#include "server/pages.h"
#include "server/signals.h"

/* Reads that discard input before the end, so that the close is no reset: as
 * much as a socket holds, 32 MiB with an unchanged net.ipv4.tcp_rmem. */
#define DRAIN_READS 4096

/* --- the end ------------------------------------------------------------- */

/* Adds UP_BYE when all earlier frames are acknowledged.  True when UP_BYE is
 * acknowledged, too. */
static bool has_left(struct client *c)
{
	if (!c->said_bye && unacked_is_empty(&c->unacked)) {
		client_say_bye(c);
		unacked_add_bye(&c->unacked, c->reason, c->farewell);
		c->said_bye = true;
		channel_write(c);
	}
	if (!c->said_bye)
		return false;
	/* A relay that has UP_BYE ends the channel, and refuses another.  A
	 * child without room for the events before the answer does not wait. */
	return unacked_is_empty(&c->unacked) || c->channel.refused > 1 ||
	       (!unacked_has_unsent(&c->unacked) &&
		       !outbuf_has_room(&c->outbuf));
}

/* Whether the client has taken all output.  A refused client may still be
 * sending, and would lose the reason by our close: the child waits for it. */
static bool is_taken(const struct client *c)
{
	return outbuf_is_empty(&c->outbuf) && c->listing == LISTING_NONE &&
	       (!c->refused || c->eof || c->outbuf.dead);
}

/* Begins the next phase when it is due. */
static void move_on(struct client *c, int64_t now)
{
	bool late = now >= c->deadline_ms;

	if (c->phase == PHASE_LEAVE && (has_left(c) || late)) {
		if (!c->said_bye) {
			client_say_bye(c);
			unacked_add_bye(&c->unacked, c->reason, c->farewell);
			channel_write(c);
		}
		client_begin_farewell(c);
	} else if (c->phase == PHASE_FAREWELL &&
		   (late || (is_taken(c) && !client_close(c)))) {
		c->phase = PHASE_OVER;
	}
}

/* --- the loop ------------------------------------------------------------ */

static void on_signals(struct client *c)
{
	if (signal_alarm) {
		signal_alarm = 0;
		c->alarmed = true;
	}
	if (signal_kick) {
		signal_kick = 0;
		client_leave(c, LEAVE_KICKED);
	}
	if (signal_quit && c->phase != PHASE_OVER) {
		signal_quit = 0;
		client_shutdown(c, false);
	}
}

/* When the next tick of the dialect or the transport is due. */
static int64_t next_tick(const struct client *c)
{
	int64_t transport = c->transport_state.due_ms;
	int64_t dialect = c->dialect_state.due_ms;

	if (c->phase > PHASE_TALK || !outbuf_has_room(&c->outbuf))
		return DEADLINE_NONE;
	return deadline_min(transport != 0 ? transport : DEADLINE_NONE,
		dialect != 0 ? dialect : DEADLINE_NONE);
}

/* When the phase ends by itself, or a client that does not read is
 * disconnected. */
static int64_t next_end(const struct client *c)
{
	if (c->phase != PHASE_TALK)
		return c->deadline_ms;
	if (c->hung_up_ms != 0)
		return c->hung_up_ms + LINGER_MS;
	if (!outbuf_is_empty(&c->outbuf))
		return c->outbuf.moved_ms + STALL_MAX_SECONDS * 1000;
	return DEADLINE_NONE;
}

static int64_t next_deadline(const struct client *c, int64_t now)
{
	int64_t next = deadline_min(next_tick(c), next_end(c));

	if (c->waiting && input_is_open(c))
		next = deadline_min(
			next, now + (c->held ? rate_wait_ms(&c->rate) : 0));
	if (greet_is_due(c) || input_goes_on(c))
		next = now;
	if ((c->listing != LISTING_NONE || channel_has_frames(c)) &&
		outbuf_has_room(&c->outbuf))
		next = now;
	if (c->channel.wanted && c->phase <= PHASE_LEAVE)
		next = deadline_min(next, c->channel.retry_ms);
	return next;
}

static bool is_stalled(const struct client *c, int64_t now)
{
	return now - c->outbuf.moved_ms >= STALL_MAX_SECONDS * 1000;
}

/* Stores the number of queued bytes for the relay, which does not wait for us
 * if there are any; disconnects a stalled client. */
static void note_stall(struct client *c, int64_t now)
{
	uint32_t queued = outbuf_queued(&c->outbuf);

	if (queued != c->queued) {
		c->queued = queued;
		atomic_store(&c->table->slots[c->slot].queued, queued);
	}
	if (queued == 0 || !is_stalled(c, now))
		return;
	/* poll(2) reports room when a third of a large buffer is free: a client
	 * that reads slowly has made some before. */
	outbuf_write(&c->outbuf, CHILD_OUT, now);
	if (is_stalled(c, now))
		client_leave(c, LEAVE_STALLED);
}

/* After a hang-up the child still reads the lines sent before it, but not for
 * as long as a flood would take at the permitted rate. */
static void note_hang_up(struct client *c, int64_t now)
{
	if (!c->outbuf.dead)
		return;
	if (c->hung_up_ms == 0)
		c->hung_up_ms = now;
	if (now - c->hung_up_ms >= LINGER_MS)
		client_leave(c, LEAVE_PLAIN);
}

/* Whether the client's input is read and discarded. */
static bool is_drained(const struct client *c)
{
	return c->phase == PHASE_FAREWELL && c->refused && !c->eof;
}

enum {
	WAIT_IN,
	WAIT_OUT,
	WAIT_CHANNEL,
	WAIT_FRONT,
	WAIT_COUNT
};

/* Chooses what to wait for.  A descriptor without wanted events is left out, or
 * its hang-up would wake us again and again. */
static void choose(const struct client *c, struct pollfd *fds)
{
	bool in = input_wants_input(c) || is_drained(c);
	bool out = !outbuf_is_empty(&c->outbuf);
	bool linked = !c->channel.wanted;
	short link = 0;

	if (outbuf_has_room(&c->outbuf) || channel_is_new(c))
		link |= POLLIN;
	if (c->channel.welcomed && unacked_has_unsent(&c->unacked))
		link |= POLLOUT;
	fds[WAIT_IN] = (struct pollfd){in ? CHILD_IN : -1, POLLIN, 0};
	fds[WAIT_OUT] = (struct pollfd){out ? CHILD_OUT : -1, POLLOUT, 0};
	/* Its end is waited for always: another client may be there. */
	fds[WAIT_CHANNEL] =
		(struct pollfd){linked ? c->channel.fd : -1, link, 0};
	/* From the inetd stub only the end comes, perhaps of one direction: the
	 * stub then waits for ours. */
	fds[WAIT_FRONT] =
		(struct pollfd){c->has_front ? CHILD_FRONT : -1, POLLRDHUP, 0};
}

/* Discards input: unread, it would make the close a reset, and a reset can
 * overtake the last lines on their way to the client.  False when there is no
 * more. */
static bool drain_once(struct client *c)
{
	ssize_t n = read(CHILD_IN, c->lines.buf, sizeof c->lines.buf);

	if (n == 0 || (n == -1 && !errno_is_transient(errno)))
		c->eof = true;
	return n > 0;
}

/* A round of a client that asks for another session. */
static void step_aside(struct client *c)
{
	if (resume_step(c))
		greet_refused(c);
}

/* A round of a client of which it is not known where it comes from. */
static void wait_for_verdict(struct client *c)
{
	if (proxied_step(c) && c->phase == PHASE_GREET)
		greet_proxied(c);
}

/* One round: wait, read, act, write. */
static void step(struct client *c)
{
	struct pollfd fds[WAIT_COUNT];
	bool blocked;
	int64_t now = c->now_ms;

	choose(c, fds);
	if (signals_wait(fds, WAIT_COUNT,
		    deadline_timeout(next_deadline(c, now), now)) <= 0)
		memset(fds, 0, sizeof fds);
	now = c->now_ms = clock_monotonic_ms();
	blocked = !outbuf_is_empty(&c->outbuf);
	if (!blocked)
		c->outbuf.moved_ms = now;

	on_signals(c);
	if (fds[WAIT_FRONT].revents != 0) {
		c->has_front = false;
		c->said_quit = true; /* by C-c on a terminal, most often */
		client_leave(c, LEAVE_PLAIN);
	}
	if (fds[WAIT_IN].revents != 0 && c->phase == PHASE_GREET)
		input_read(c);
	greet_step(c, now);
	input_tick(c, now);
	channel_attach(c, now);
	if (fds[WAIT_CHANNEL].revents & (POLLIN | POLLHUP | POLLERR))
		channel_read(c);
	if (fds[WAIT_CHANNEL].revents & (POLLHUP | POLLERR))
		channel_hang_up(c);
	channel_render(c);
	if (fds[WAIT_IN].revents != 0 && is_drained(c))
		drain_once(c);
	/* The events just rendered may have filled the output, so it is checked
	 * again.  In PHASE_GREET the input was read above. */
	else if (c->phase == PHASE_TALK &&
		 (fds[WAIT_IN].revents != 0 || c->alarmed) &&
		 input_wants_input(c))
		input_read(c);
	input_take_lines(c, now);
	client_arm_alarm(c);
	input_check_idle(c, now);
	listing_send(c);
	channel_write(c);
	/* A full socket is not tried again before poll(2) reports room: the
	 * kernel takes a little more now and then, and that is no progress. */
	if (!blocked || fds[WAIT_OUT].revents != 0)
		outbuf_write(&c->outbuf, CHILD_OUT, now);
	note_stall(c, now);
	note_hang_up(c, now);
	web_linger(c);
	move_on(c, now);
}

const char *child_protocol(const char **addr)
{
	const char *name = opening_fixed(*addr);

	if (name != NULL)
		*addr += strlen(name) + 1;
	return name;
}

static void debug_phase(const struct client *c)
{
	static const char *const phases[] = {
		[PHASE_GREET] = "greet",
		[PHASE_TALK] = "talk",
		[PHASE_LEAVE] = "leave",
		[PHASE_FAREWELL] = "farewell",
		[PHASE_OVER] = "over",
	};

	log_debug("phase=%s dialect=%s lines=%llu queued=%u", phases[c->phase],
		c->dialect->name,
		(unsigned long long)(c->name_len > 0
					     ? c->table->slots[c->slot].lines
					     : 0),
		outbuf_queued(&c->outbuf));
}

int child_main(const struct child_setup *setup)
{
	/* Pages of zeros, which cost nothing until they change. */
	static struct client c PAGE_ALIGNED;

	title_begin(&c.title);
	c.options = setup->options;
	c.table = setup->table;
	c.rooms = setup->rooms;
	c.started_ms = setup->started_ms;
	c.eras = setup->eras;
	c.slot = setup->slot;
	c.generation = setup->generation;
	c.only = setup->only;
	c.has_front = setup->has_front;
	c.view.client = &c;
	c.channel.fd = -1;
	membership_init(&c.memberships, c.membership);
	ignored_init(&c.ignored, c.ignored_user);
	c.now_ms = clock_monotonic_ms();
	rate_init(&c.rate, c.options->rate, c.options->burst, c.now_ms);

	if (table_enter(c.table, c.slot) == -1 ||
		rooms_enter(setup->rooms) == -1 ||
		getrandom(c.token, sizeof c.token, 0) != sizeof c.token)
		return CHILD_FAILED;
	setup->lock(setup->sandbox);
	c.proxied.expects = proxied_may(&c);
	greet_begin(&c, setup->name, setup->name_len);
	debug_phase(&c);
	while (c.phase != PHASE_OVER) {
		enum phase before = c.phase;

		if (resume_is_busy(&c))
			step_aside(&c);
		else if (proxied_is_busy(&c))
			wait_for_verdict(&c);
		else
			step(&c);
		if (c.phase != before)
			debug_phase(&c);
	}
	if (resume_is_busy(&c))
		return CHILD_RESUMED; /* its client is another child's */
	for (int i = 0; i < DRAIN_READS && drain_once(&c); i++)
		;
	if (c.name_len == 0)
		return c.browses ? CHILD_BROWSER : CHILD_NOT_JOINED;
	return c.evicted ? CHILD_EVICTED : (int)c.reason;
}
