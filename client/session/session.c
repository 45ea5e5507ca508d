/* SPDX-License-Identifier: MIT */
/* Owns the state of the connection: our name, the end of scrollback, unanswered
 * lines.
 * Runs in: client. */
#include "client/session/session.h"

#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "client/loop.h"
#include "client/terminal/terminal.h"
#include "ipc/common/protocol.h"
#include "ipc/common/text.h"

static const struct field nothing = {"", 0};

static int64_t now_ms(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int64_t session_now_ms(void)
{
	return now_ms(CLOCK_MONOTONIC);
}

/* A silent person at a terminal is idle, a silent script in a pipe is not. */
static bool is_program(const struct options *o)
{
	if (o->use == USE_LISTEN)
		return isatty(STDOUT_FILENO) == 0;
	return o->use == USE_SEND && isatty(STDIN_FILENO) == 0;
}

void session_begin(struct session *s, struct connection *connection,
	struct screen *screen, struct input *editor,
	const struct options *options)
{
	/* No compound literal: that would be 132 KB of stack. */
	memset(s, 0, sizeof(*s));
	s->options = options;
	s->connection = connection;
	s->screen = screen;
	s->editor = editor;
	s->asked = options->name;
	s->stays = is_program(options);
	if (options->room != NULL && options->use == USE_MENU)
		joined_wish(&s->joined, options->room);
	session_say_hello(s);
}

void session_say_hello(struct session *s)
{
	if (s->options->use == USE_WHO)
		session_ask(s, EVENTS_HELLO " /who", nothing);
	else if (s->asked != NULL)
		session_ask(s,
			s->stays ? EVENTS_HELLO " " HELLO_STAY " "
				 : EVENTS_HELLO " ",
			(struct field){s->asked, strlen(s->asked)});
	else
		session_ask(s,
			s->stays ? EVENTS_HELLO " " HELLO_STAY : EVENTS_HELLO,
			nothing);
}

static bool send_line(struct session *s, const char *before, struct field text)
{
	if (strlen(before) + text.n > LINE_MAX_BYTES)
		return false;
	connection_send(s->connection, before, text.s, text.n);
	s->resume.said++;
	s->outstanding++;
	s->progress_ms = now_ms(CLOCK_MONOTONIC);
	s->said_ms = s->progress_ms;
	return true;
}

bool session_say(struct session *s, const char *before, struct field text)
{
	if (!send_line(s, before, text))
		return false;
	sent_add(&s->sent, s->said_ms, s->resume.said, s->joined.here, before,
		text);
	joined_note(&s->joined, before, text);
	return true;
}

bool session_ask(struct session *s, const char *before, struct field text)
{
	s->questions++;
	return send_line(s, before, text);
}

void session_say_again(struct session *s)
{
	struct sent_line line;

	if (s->sent.lost == 0)
		screen_line(s->screen, "* nothing to send again");
	while (session_can_say(s) && !session_is_moving(s) &&
		sent_take_lost(&s->sent, s->joined.here, &line))
		session_say(s, "", (struct field){line.text, line.n});
	if (s->sent.lost > 0 && session_can_say(s))
		screen_line(s->screen,
			"* %u of other rooms not sent: C-x there sends them "
			"again",
			s->sent.lost);
}

void session_tell_unconfirmed(
	struct session *s, void (*say)(struct session *, const char *))
{
	const struct sent *sent = &s->sent;
	char text[LINE_MAX_BYTES + 64];

	if (sent->more > 0) {
		snprintf(text, sizeof(text),
			"not confirmed: %u lines before these", sent->more);
		say(s, text);
	}
	for (unsigned i = sent->lost; i < sent->count; i++) {
		snprintf(text, sizeof(text), "not confirmed: %.*s",
			(int)sent->lines[i].n, sent->lines[i].text);
		say(s, text);
	}
	sent_lose(&s->sent, s->name);
}

bool session_can_say(const struct session *s)
{
	return connection_has_room(s->connection);
}

bool session_is_settled(const struct session *s)
{
	return s->outstanding == 0;
}

bool session_is_moving(const struct session *s)
{
	return s->joined.moving && !session_is_settled(s);
}

void session_quit(struct session *s)
{
	s->quitting = true;
	send_line(s, "/quit", nothing);
}

void session_give_up(struct session *s)
{
	s->given_up = true;
}

static void keep_farewell(struct session *s, struct field text)
{
	size_t n = text.n;

	if (n > SESSION_FAREWELL_MAX)
		n = SESSION_FAREWELL_MAX;
	s->farewell[text_clean(s->farewell, text.s, n)] = '\0';
}

/* What was missed follows the welcome of a session that goes on: it is all that
 * comes before a pause, for a while. */
static bool is_behind(const struct session *s)
{
	return s->resume.resumed && s->scrollback &&
	       s->quiet_ms - s->reconnect.since_ms < SESSION_BEHIND_MS;
}

/* Every line sent has one answer: our own message coming back, our own rename,
 * what we did in a room, the end of a list, or an error.  What has no SEQ is
 * for us alone: a topic or a notice may be an answer, or not. */
static bool is_own(const struct session *s, const struct event *e)
{
	bool ours = event_field_is(e->from, s->name);
	struct field room;

	switch (e->kind) {
	case EVENT_WELCOME:
		return s->name[0] == '\0';
	case EVENT_WHO_END:
	case EVENT_ERROR:
	case EVENT_BYE:
	case EVENT_ROOM_END:
	case EVENT_HISTORY_END:
		return true;
	case EVENT_JOIN:
	case EVENT_LEAVE:
		return ours && e->room.n > 0 && e->has_seq;
	case EVENT_KICK:
	case EVENT_BAN:
	case EVENT_MODE:
	case EVENT_INVITE:
		return ours;
	case EVENT_TOPIC:
		return e->has_seq ? ours : sent_awaits(&s->sent, e->kind);
	case EVENT_NOTICE:
		return event_talk(e, &room) ||
		       (!e->has_seq && sent_awaits(&s->sent, e->kind));
	case EVENT_PUBLIC:
	case EVENT_ACTION:
		return ours && !session_is_old(s, e) &&
		       (is_behind(s) || !session_is_late(s, e));
	case EVENT_PRIVATE:
		return ours && !session_is_old(s, e);
	case EVENT_RENAME:
		return ours && e->has_seq && !session_is_old(s, e);
	default:
		return false;
	}
}

static void take_name(struct session *s, struct field name)
{
	memcpy(s->name, name.s, name.n);
	s->name[name.n] = '\0';
}

/* Our name is another's on another host, and we have been given a new one: no
 * answer to anything, and no name of our choice. */
static void lose_name(struct session *s, const struct event *e)
{
	if (e->has_seq || !event_field_is(e->from, s->name))
		return;
	take_name(s, e->to);
	s->chosen = false;
}

/* By all but what may be older than it comes. */
static void learn_time(struct session *s, const struct event *e)
{
	if (e->unix_ms == 0 || session_is_old(s, e) || session_is_late(s, e))
		return;
	s->server_ms = e->unix_ms;
	s->server_at_ms = now_ms(CLOCK_MONOTONIC);
}

static bool has_name_asked_for(const struct session *s)
{
	return s->asked != NULL && strcmp(s->asked, s->name) == 0;
}

/* Whether the name asked for is settled by e, one way or the other: a welcome
 * under another name is followed by an error that says why. */
static bool settles_name(struct session *s, const struct event *e)
{
	if (s->asked == NULL || has_name_asked_for(s) ||
		(e->kind == EVENT_WELCOME && s->resume.resumed))
		return true;
	s->refused = e->kind == EVENT_ERROR;
	return e->kind == EVENT_ERROR;
}

/* Of the first line, whether an error is still to come. */
static bool is_half_answered(const struct session *s, const struct event *e)
{
	return e->kind == EVENT_WELCOME && s->asked != NULL &&
	       !event_field_is(e->to, s->asked) && !resume_goes_on(e);
}

/* The number of users online, in whatever tells it. */
static void take_number(struct session *s, const struct event *e)
{
	if (e->room.n == 0)
		s->online = event_number(e->text);
}

/* Where nothing was missed, a gap says that numbers begin anew: nothing that
 * follows is scrollback, or was seen before. */
static void begin_anew(struct session *s, const struct event *e)
{
	if (e->room.n > 0 || event_number(e->text) > 0)
		return;
	s->welcome_seq = 0;
	seen_begin_anew(&s->reconnect.seen);
}

/* Of a line of this connection. */
static void take_answer(struct session *s, const struct event *e)
{
	s->progress_ms = now_ms(CLOCK_MONOTONIC);
	if (s->unsure > 0)
		s->unsure--;
	else if (s->outstanding > 0 && !is_half_answered(s, e))
		s->outstanding--;
	sent_answered(&s->sent, e, s->questions > 0);
	if (s->outstanding == 0)
		s->questions = 0;
	if (s->outstanding == 0 && s->unsure == 0)
		sent_settle(&s->sent);
}

/* A name that was chosen before is still. */
static void begin(struct session *s, const struct event *e)
{
	take_name(s, e->to);
	s->welcome_seq = e->seq;
	s->online = event_number(e->text);
	s->scrollback = true;
	s->idle_s = 0;
	resume_learn(&s->resume, e);
	if (!s->resume.resumed)
		sent_begin_anew(&s->sent, 0);
	s->chosen = has_name_asked_for(s) || (s->resume.resumed && s->chosen);
}

void session_learn(struct session *s, struct loop_event *news)
{
	const struct event *e = &news->event;
	bool live = e->has_seq && !session_is_old(s, e);

	news->own = is_own(s, e);
	if (news->own && !sent_returns(&s->sent, e))
		take_answer(s, e);
	else if (session_is_old(s, e))
		sent_found(&s->sent, e);
	joined_learn(&s->joined, e, s->name);
	if (e->kind == EVENT_GAP)
		begin_anew(s, e);
	switch (e->kind) {
	case EVENT_WELCOME:
		if (news->own)
			begin(s, e);
		break;
	case EVENT_RENAME:
		if (news->own) {
			take_name(s, e->to);
			s->chosen = true;
			s->refused = false; /* it has another now */
		} else {
			lose_name(s, e);
		}
		break;
	case EVENT_JOIN:
		/* Its scrollback follows, to be waited for as that of the
		 * lobby. */
		if (news->own && s->joined.returning) {
			s->scrollback = true;
			live = false;
		}
		take_number(s, e);
		break;
	case EVENT_LEAVE:
	case EVENT_WHO_END:
		take_number(s, e);
		break;
	case EVENT_BYE:
		s->bye = true;
		keep_farewell(s, e->text);
		break;
	case EVENT_HISTORY:
	case EVENT_HISTORY_END:
		s->past = e->kind == EVENT_HISTORY;
		break;
	default:
		break;
	}
	learn_time(s, e);
	s->quiet_ms = now_ms(CLOCK_MONOTONIC);
	if (!live || e->kind == EVENT_WELCOME || is_behind(s))
		s->quiet_ms += SESSION_QUIET_MS;
	news->ready = !s->ready && news->own && settles_name(s, e);
	s->ready = s->ready || news->ready;
}

/* Before the welcome there are lines of the text dialect; an error among
 * them tells why there will be none. */
static bool is_preamble(
	struct session *s, bool event, struct field line, const struct event *e)
{
	if (s->name[0] != '\0' || (event && e->kind == EVENT_BYE))
		return false;
	if (event && e->kind == EVENT_WELCOME &&
		(!s->resume.asked || resume_goes_on(e)))
		return false;
	if (event && !resume_await(&s->resume, e))
		s->connection->ended = true;
	if (event && s->options->use == USE_WHO)
		return false;
	if (line.n > 2 && memcmp(line.s, "! ", 2) == 0)
		keep_farewell(s, (struct field){line.s + 2, line.n - 2});
	return true;
}

bool session_next(struct session *s, struct loop_event *news)
{
	struct field *line = &news->line;

	while (connection_next(s->connection, &line->s, &line->n)) {
		bool event = event_parse(line->s, line->n, &news->event);

		s->heard_ms = session_now_ms();
		if (is_preamble(s, event, *line, &news->event))
			continue;
		resume_count(&s->resume, event ? &news->event : NULL);
		if (!event)
			continue;
		news->kind = LOOP_EVENT;
		return true;
	}
	return false;
}

/* Now, by the server's clock; 0: not known. */
static uint64_t server_time(const struct session *s)
{
	int64_t passed = now_ms(CLOCK_MONOTONIC) - s->server_at_ms;

	return s->server_ms != 0 ? s->server_ms + (uint64_t)passed : 0;
}

struct reader session_reader(const struct session *s, const struct event *e)
{
	return (struct reader){.name = s->name,
		.here = s->joined.here,
		.lobby = s->joined.lobby,
		.past = s->past,
		.old_seq = e->room.n > 0 ? joined_old_seq(&s->joined, e)
					 : s->welcome_seq,
		.now_ms = (uint64_t)now_ms(CLOCK_REALTIME),
		.server_ms = server_time(s)};
}

bool session_is_old(const struct session *s, const struct event *e)
{
	struct reader reader = session_reader(s, e);

	return render_is_old(e, &reader);
}

bool session_is_late(const struct session *s, const struct event *e)
{
	struct reader reader = session_reader(s, e);

	return render_is_late(e, &reader);
}

bool session_render(struct session *s, struct line *l, const struct event *e)
{
	struct reader reader = session_reader(s, e);

	return render_event(l, e, &reader);
}

void session_print_welcome(struct session *s)
{
	char number[RENDER_NUMBER];

	screen_line(s->screen, "* welcome, %s; %s online; /help for help",
		s->name, render_number(number, s->online));
}

static enum exitcode end_of_output(const struct session *s)
{
	if (s->screen->error == EPIPE)
		return EXITCODE_OK;
	warnx("cannot write: %s", strerror(s->screen->error));
	return EXITCODE_OUTPUT;
}

static void say_error(struct session *s, const char *text)
{
	(void)s;
	warnx("%s", text);
}

static bool begins(const char *text, const char *with)
{
	return strncmp(text, with, strlen(with)) == 0;
}

bool session_is_kicked(const struct session *s)
{
	return s->bye ? begins(s->farewell, BYE_KICKED)
		      : begins(s->farewell, REFUSED_BANNED);
}

static enum exitcode end_by_bye(const struct session *s)
{
	if (strcmp(s->farewell, BYE_QUIT) == 0)
		return EXITCODE_OK;
	if (begins(s->farewell, BYE_IDLE)) {
		warnx("disconnected by the server: %s", s->farewell);
		return EXITCODE_IDLE;
	}
	warnx("disconnected: %s", s->farewell);
	return session_is_kicked(s) ? EXITCODE_KICKED : EXITCODE_UNAVAILABLE;
}

enum exitcode session_end(struct session *s)
{
	input_finish(s->editor);
	screen_flush(s->screen);
	terminal_leave();
	if (s->screen->error != 0)
		return end_of_output(s);
	if (s->reconnect.lost)
		return s->reconnect.code;
	if (s->bye)
		return end_by_bye(s);
	if (s->quitting || s->given_up)
		return EXITCODE_OK;
	if (s->silent && s->ready)
		warnx("connection lost: the server does not answer");
	else if (s->silent)
		warnx("the server does not answer; is it a chat server?");
	else if (s->name[0] == '\0' && s->farewell[0] != '\0')
		warnx("refused by the server: %s", s->farewell);
	else if (s->connection->error != 0)
		warnx("connection lost: %s", strerror(s->connection->error));
	else
		warnx("connection lost: the server closed the connection");
	if (s->options->use != USE_WHO)
		session_tell_unconfirmed(s, say_error);
	return session_is_kicked(s) ? EXITCODE_KICKED : EXITCODE_UNAVAILABLE;
}
