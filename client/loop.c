/* SPDX-License-Identifier: MIT */
/* Owns the waiting: for the server, for what is typed, and for time to pass.
 * Runs in: client. */
#include "client/loop.h"

#include <errno.h>
#include <poll.h>
#include <time.h>

#include "client/session/alive.h"
#include "client/session/missed.h"
#include "client/session/reconnect.h"
#include "client/terminal/terminal.h"

static bool next_typed(struct session *s, bool lines, struct loop_event *news)
{
	static const enum loop_kind kinds[] = {
		[INPUT_LINE] = LOOP_LINE,
		[INPUT_PASTED] = LOOP_PASTED,
		[INPUT_TOO_LONG] = LOOP_TOO_LONG,
		[INPUT_AGAIN] = LOOP_AGAIN,
		[INPUT_CANCEL] = LOOP_CANCEL,
		[INPUT_END] = LOOP_INPUT_END,
	};
	enum input_verdict verdict =
		input_next(s->editor, lines, &news->line.s, &news->line.n);

	if (verdict == INPUT_MORE)
		return false;
	news->kind = kinds[verdict];
	return true;
}

/* How long until it; -1 where it is not due at all. */
static int time_left(bool due, int64_t deadline_ms)
{
	int64_t left = deadline_ms - session_now_ms();

	if (!due)
		return -1;
	return left > 0 ? (int)left : 0;
}

static int patience_left(const struct session *s)
{
	return time_left(s->outstanding > 0, s->progress_ms + LOOP_PATIENCE_MS);
}

/* When it is to be said how long the oldest line that was typed waits; the
 * pauses double, and at last the connection is taken for dead. */
static int64_t late_s(const struct session *s)
{
	const struct sent_line *oldest = sent_oldest(&s->sent);
	int64_t since = oldest->ms > s->heard_ms ? oldest->ms : s->heard_ms;

	return (session_now_ms() - since) / 1000;
}

static unsigned next_late_s(const struct session *s)
{
	unsigned next = 2 * s->told_s;

	return next < LOOP_DEAD_S ? next : LOOP_DEAD_S;
}

static int late_left(const struct session *s)
{
	int64_t left;

	if (s->told_s == 0 || sent_oldest(&s->sent) == NULL)
		return -1;
	left = next_late_s(s) - late_s(s);
	return left > 0 ? (int)left * 1000 : 0;
}

/* Reports that the answer to a typed line is late, or has come. */
static void tell_late(struct session *s)
{
	if (s->told_s == 0)
		return;
	if (sent_oldest(&s->sent) == NULL ||
		late_s(s) < LOOP_PATIENCE_MS / 1000) {
		screen_line(s->screen, "* the server answers again");
		s->told_s = 0;
	} else if (late_left(s) == 0) {
		s->told_s = next_late_s(s);
		s->silent = s->told_s == LOOP_DEAD_S;
		screen_line(s->screen, "! no answer for %u s", s->told_s);
	}
}

/* What was missed has an end of its own. */
static int scrollback_left(const struct session *s)
{
	return time_left(s->scrollback && !missed_is_coming(s), s->quiet_ms);
}

static int wake_left(const struct session *s)
{
	return time_left(s->wake_ms != 0, s->wake_ms);
}

/* Time has passed: whether that is news. */
static bool next_deadline(struct session *s, struct loop_event *news)
{
	if (scrollback_left(s) == 0) {
		s->scrollback = false;
		news->kind = LOOP_QUIET;
		return true;
	}
	if (wake_left(s) == 0) {
		s->wake_ms = 0;
		news->kind = LOOP_WAKE;
		return true;
	}
	if (patience_left(s) == 0) {
		if (s->ready && sent_oldest(&s->sent) != NULL &&
			late_s(s) >= LOOP_PATIENCE_MS / 1000)
			s->told_s = LOOP_PATIENCE_MS / 1000;
		if (s->ready)
			s->unsure += s->outstanding - s->questions;
		s->outstanding = 0;
		s->questions = 0;
		missed_give_up(s);
		s->silent = !s->ready || s->quitting;
		news->kind = LOOP_SILENCE;
		return true;
	}
	return false;
}

/* The earlier of two times to wait; -1 is for ever. */
static int earlier(int a, int b)
{
	if (a < 0 || b < 0)
		return a < 0 ? b : a;
	return a < b ? a : b;
}

static int lineedit_left(const struct session *s)
{
	int ms = input_timeout_ms(s->editor);

	return time_left(ms >= 0, s->typed_ms + ms);
}

static int next_timeout(const struct session *s)
{
	int typing = lineedit_left(s);

	if (s->reconnect.lost)
		return earlier(typing, reconnect_timeout_ms(s));
	typing = earlier(typing, reconnect_reclaim_ms(s));
	typing = earlier(typing, alive_left_ms(s));
	typing = earlier(typing, late_left(s));
	typing = earlier(typing, wake_left(s));
	return earlier(typing, scrollback_left(s) >= 0 ? scrollback_left(s)
						       : patience_left(s));
}

/* The reader of the output may pause: a write would then block, and no
 * keep-alive would be sent. */
static bool is_held_up(const struct session *s)
{
	return s->stays && !screen_has_room(s->screen);
}

/* Waits until standard output has room again, or a keep-alive is due.  Nothing
 * is read from the server meanwhile, nor is its hang-up noticed. */
static void await_room(struct session *s)
{
	struct connection *c = s->connection;
	bool unsent = c->out_end > c->out_start;
	struct pollfd pollers[] = {
		{.fd = s->screen->fd, .events = POLLOUT},
		{.fd = unsent ? c->fd : -1, .events = POLLOUT},
	};

	if (poll(pollers, 2, alive_left_ms(s)) > 0 && pollers[1].revents != 0)
		connection_exchange(c, POLLOUT);
}

/* Notices a closed standard output (| head -1) at once, before a write. */
static void await(struct session *s, bool lines)
{
	enum {
		SERVER,
		SCREEN,
		EDITOR,
		POLLED
	};
	short wanted = input_wants(s->editor, lines);
	struct pollfd pollers[POLLED] = {
		[SERVER] = {.fd = s->connection->fd,
			.events = connection_wants(s->connection)},
		[SCREEN] = {.fd = s->screen->fd},
		[EDITOR] = {.fd = wanted != 0 ? s->editor->fd : -1,
			.events = wanted},
	};
	int timeout = next_timeout(s);
	struct timespec time = {timeout / 1000, timeout % 1000 * 1000000L};
	int n;

	if (lines || s->editor->live)
		input_show(s->editor);
	screen_flush(s->screen);
	n = ppoll(pollers, POLLED, timeout < 0 ? NULL : &time, terminal_mask());
	terminal_stop_if_asked();
	if (terminal_changed())
		screen_repaint(s->screen);
	if (n < 0)
		return;
	/* Of a socket, POLLHUP: poll(2) would tell it without a pause. */
	if ((pollers[SCREEN].revents & (POLLERR | POLLHUP | POLLNVAL)) != 0)
		s->screen->error = EPIPE;
	if (!s->reconnect.lost)
		connection_exchange(s->connection, pollers[SERVER].revents);
	if (pollers[EDITOR].revents != 0) {
		s->typed_ms = session_now_ms();
		input_read(s->editor);
	} else if (lineedit_left(s) == 0) {
		input_quiet(s->editor);
	}
}

/* The connection is no good any more. */
static bool is_cut(const struct session *s)
{
	return s->bye || s->silent || s->connection->ended;
}

/* While there is no connection: false where it is given up. */
static bool go_without(struct session *s, struct loop_event *news)
{
	if (input_keep(s->editor))
		reconnect_now(s);
	if (next_typed(s, false, news) && news->kind != LOOP_AGAIN)
		return false;
	reconnect_go_on(s);
	return true;
}

/* The next event that is neither for us alone nor seen before. */
static bool next_event(struct session *s, struct loop_event *news)
{
	while (session_next(s, news)) {
		if (alive_learn(s, &news->event) ||
			reconnect_has_seen(s, &news->event))
			continue;
		session_learn(s, news);
		if (!missed_learn(s, news))
			return true;
	}
	return false;
}

/* Whether there is news now. */
static bool next_news(struct session *s, bool lines, struct loop_event *news)
{
	if (!s->bye && next_event(s, news))
		return true;
	tell_late(s);
	if (is_cut(s)) {
		news->kind = reconnect_lose(s) ? LOOP_LOST : LOOP_OVER;
		return true;
	}
	reconnect_reclaim_name(s);
	return next_typed(s, lines, news) || next_deadline(s, news);
}

void loop_next(struct session *s, bool lines, struct loop_event *news)
{
	news->own = false;
	news->ready = false;
	while (s->screen->error == 0 && !s->given_up) {
		bool taking = lines && session_can_say(s);

		alive_show(s);
		if (is_held_up(s)) {
			await_room(s);
			continue;
		}
		if (s->reconnect.lost && !go_without(s, news))
			break;
		if (!s->reconnect.lost && next_news(s, taking, news))
			return;
		await(s, taking);
	}
	news->kind = LOOP_OVER;
}
