/* SPDX-License-Identifier: MIT */
/* The client's input: takes lines, one at a time, at the permitted rate.
 * Runs in: child. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "ipc/common/text.h"
#include "server/again.h"
#include "server/child/command.h"
#include "server/child/greet.h"
#include "server/child/state.h"
#include "server/fd.h"

/* Cap on bytes read for one line's turn: far more than a line has. */
#define UNPAID_MAX (64u << 10)

/* alarm(2) counts in seconds, by a clock of its own. */
#define SLACK_MS 50

/* Whether a line that came in time waits.  Bytes without a line's end are none,
 * but a line may follow them. */
static bool line_waits(const struct client *c)
{
	const char *bytes;
	size_t n = lines_peek(&c->lines, &bytes);

	if (!c->held || c->held_verdict != LINES_MORE)
		return c->waiting;
	return memchr(bytes, '\n', n) != NULL;
}

void input_check_idle(struct client *c, int64_t now)
{
	int64_t idle_ms = now - c->line_ms;

	if (!c->alarmed || c->phase != PHASE_TALK)
		return;
	c->alarmed = false;
	/* Lines that cannot be taken yet are checked again soon; and a line may
	 * have been taken since the signal came. */
	if (line_waits(c) || !input_is_open(c))
		alarm(1);
	else if (idle_ms >= (int64_t)c->options->idle_timeout * 1000 - SLACK_MS)
		client_leave(c, LEAVE_IDLE);
}

static void slow_down(struct client *c)
{
	if (c->told_rate)
		return;
	c->told_rate = true;
	client_tell(c, (struct event){.kind = EVENT_WARNING,
			       .error = ERROR_TOO_FAST,
			       .number = c->options->rate});
}

static void take_line(struct client *c, struct span line)
{
	struct request r;

	c->first_line = false;
	if (c->hello) {
		greet_hello(c, line);
		return;
	}
	client_ask(c, c->dialect->line, line, &r);
	command_run(c, &r);
}

static void take_held(struct client *c)
{
	struct table_slot *s = &c->table->slots[c->slot];

	c->held = false;
	c->taken += !c->hello;
	c->unpaid = 0;
	if (c->held_verdict == LINES_TOO_LONG) {
		client_error(c, ERROR_LINE_TOO_LONG, SPAN_EMPTY,
			(uint32_t)lines_max(&c->lines));
		/* The next line is not the hello that this one was. */
		c->hello = c->hello && c->dialect->waits;
	}
	if (c->held_verdict != LINES_LINE) {
		c->taken -= c->held_verdict == LINES_MORE;
		return;
	}
	client_took_line(c);
	if (text_is_blank(c->held_line, c->held_len))
		return; /* not idle, but nothing to send */
	c->said_line = true;
	atomic_fetch_add_explicit(&s->lines, 1, memory_order_relaxed);
	take_line(c, (struct span){c->held_line, c->held_len});
}

/* Whether the last request is answered, and there is room for the results of
 * the next one. */
static bool is_settled(const struct client *c)
{
	return c->phase == PHASE_TALK && c->channel.welcomed &&
	       !resume_is_busy(c) && c->listing == LISTING_NONE &&
	       c->rename == 0 && c->join == 0 &&
	       !unacked_holds(&c->unacked, c->asked) &&
	       unacked_has_room(&c->unacked) && outbuf_has_room(&c->outbuf);
}

bool input_goes_on(const struct client *c)
{
	return c->dialect_state.more && is_settled(c);
}

bool input_is_open(const struct client *c)
{
	return !c->dialect_state.more && is_settled(c);
}

/* Not while lines wait: they may fill the whole buffer. */
bool input_wants_input(const struct client *c)
{
	if (c->eof)
		return false;
	if (c->phase == PHASE_GREET)
		return !c->held && outbuf_has_room(&c->outbuf);
	return input_is_open(c) && !c->waiting;
}

/* Goes on with what the dialect has begun.  Its requests take turns as lines
 * do, but later: the next line waits for them. */
static void go_on(struct client *c)
{
	struct request r;

	while (input_goes_on(c)) {
		client_go_on(c, &r);
		if (r.verb != VERB_NONE)
			rate_owe(&c->rate);
		command_run(c, &r);
	}
}

void input_take_lines(struct client *c, int64_t now)
{
	go_on(c);
	if (input_is_open(c))
		greet_settle(c);
	while (c->waiting && input_is_open(c)) {
		bool waited = c->held;

		if (!c->held && greet_refuses(c))
			break; /* the client leaves */
		if (!input_is_open(c))
			break; /* a new dialect has filled the output */
		if (!c->held && !client_hold_line(c)) {
			c->waiting = false;
			if (c->eof)
				client_leave(c, LEAVE_PLAIN);
			break;
		}
		if (!rate_take(&c->rate, now)) {
			slow_down(c);
			break;
		}
		if (!waited && rate_is_full(&c->rate))
			c->told_rate = false;
		take_held(c);
		go_on(c);
	}
}

/* Bytes that make no lines, such as a line without an end, are read no faster
 * than lines: UNPAID_MAX of them take a line's turn. */
static void take_turn_of(struct client *c, size_t n)
{
	c->unpaid += n;
	if (c->unpaid < UNPAID_MAX)
		return;
	c->held = true;
	c->held_verdict = LINES_MORE;
}

void input_read(struct client *c)
{
	char *where;
	size_t room = lines_room(&c->lines, &where);
	ssize_t n;

	if (room <= TRANSPORT_TAKE_EXTRA)
		return; /* a read of 0 bytes would look like the end */
	n = read(CHILD_IN, where, room - TRANSPORT_TAKE_EXTRA);
	if (n == -1 && errno_is_transient(errno))
		return;
	c->waiting = true;
	if (n > 0) {
		lines_feed(
			&c->lines, c->transport == NULL
					   ? (size_t)n
					   : client_take(c, where, (size_t)n));
		take_turn_of(c, (size_t)n);
	} else if (n == 0) {
		c->eof = true;
	} else {
		c->eof = true;
		outbuf_discard(&c->outbuf);
	}
}

/* --- ticks ---------------------------------------------------------------- */

/* Whether *due_ms has come; clears it then. */
static bool is_due(int64_t *due_ms, int64_t now)
{
	if (*due_ms == 0 || now < *due_ms)
		return false;
	*due_ms = 0;
	return true;
}

void input_tick(struct client *c, int64_t now)
{
	struct transport_state *t = &c->transport_state;
	struct dialect_state *d = &c->dialect_state;
	struct request r = {.verb = VERB_NONE};

	if (c->phase > PHASE_TALK || !outbuf_has_room(&c->outbuf))
		return;
	if (is_due(&t->due_ms, now)) {
		t->now_ms = now;
		client_add_bytes(
			c, c->transport->tick(t, outbuf_end(&c->outbuf)));
		if (t->ended)
			c->eof = c->waiting = true;
	}
	if (is_due(&d->due_ms, now)) {
		d->now_ms = now;
		client_add_lines(
			c, c->dialect->tick(d, &r, outbuf_end(&c->outbuf)));
		command_run(c, &r);
	}
}
