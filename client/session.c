/* Owns what is known about the connection: one's name, where scrollback ends,
 * what is unanswered.  The one loop that waits, for the server and for lines
 * typed, is here.
 * Runs in: client. */
#include "client/session.h"

#include <err.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "ipc/protocol.h"
#include "ipc/text.h"

static const struct field nothing = {"", 0};

static int64_t now_ms(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void session_begin(struct session *s, struct connection *connection,
	struct screen *screen, struct editor *editor, const char *name)
{
	*s = (struct session){.connection = connection,
		.screen = screen,
		.editor = editor,
		.asked = name};
	session_say(s, EVENTS_HELLO, nothing);
	if (name != NULL)
		session_say(s, "/nick ", (struct field){name, strlen(name)});
}

bool session_say(struct session *s, const char *before, struct field text)
{
	if (strlen(before) + text.n > LINE_MAX_BYTES)
		return false;
	connection_send(s->connection, before, text.s, text.n);
	s->outstanding++;
	s->progress_ms = now_ms(CLOCK_MONOTONIC);
	return true;
}

bool session_can_say(const struct session *s)
{
	return connection_has_room(s->connection);
}

bool session_is_settled(const struct session *s)
{
	return s->outstanding == 0;
}

void session_quit(struct session *s)
{
	s->quitting = true;
	session_say(s, "/quit", nothing);
}

static void keep_farewell(struct session *s, struct field text)
{
	size_t n = text.n;

	if (n > SESSION_FAREWELL_MAX)
		n = SESSION_FAREWELL_MAX;
	s->farewell[text_clean(s->farewell, text.s, n)] = '\0';
}

/* Every line sent has one answer: one's own message coming back, one's own
 * new name, the end of a list, or an error. */
static bool is_own(const struct session *s, const struct event *e)
{
	switch (e->kind) {
	case EVENT_WELCOME:
		return s->name[0] == '\0';
	case EVENT_WHO_END:
	case EVENT_ERROR:
	case EVENT_BYE:
		return true;
	case EVENT_PUBLIC:
	case EVENT_ACTION:
	case EVENT_PRIVATE:
	case EVENT_RENAME:
		return !render_is_old(e, s->welcome_seq) &&
		       event_field_is(e->from, s->name);
	default:
		return false;
	}
}

static void take_name(struct session *s, struct field name)
{
	memcpy(s->name, name.s, name.n);
	s->name[name.n] = '\0';
}

/* Whether the name asked for is settled by e, one way or the other.  To ask
 * for the name that one has is an error, too. */
static bool settles_name(struct session *s, const struct event *e)
{
	if (s->asked == NULL)
		return true;
	s->refused = e->kind == EVENT_ERROR && strcmp(s->asked, s->name) != 0;
	return e->kind == EVENT_ERROR || e->kind == EVENT_RENAME;
}

static void learn(struct session *s, const struct event *e, struct news *news)
{
	bool live = e->has_seq && e->seq > s->welcome_seq;

	news->own = is_own(s, e);
	if (news->own) {
		s->progress_ms = now_ms(CLOCK_MONOTONIC);
		if (s->outstanding > 0)
			s->outstanding--;
	}
	switch (e->kind) {
	case EVENT_WELCOME:
		if (!news->own)
			break;
		take_name(s, e->to);
		s->welcome_seq = e->seq;
		s->online = event_number(e->text);
		s->scrollback = true;
		break;
	case EVENT_RENAME:
		if (news->own)
			take_name(s, e->to);
		break;
	case EVENT_JOIN:
	case EVENT_LEAVE:
	case EVENT_WHO_END:
		s->online = event_number(e->text);
		break;
	case EVENT_BYE:
		s->bye = true;
		keep_farewell(s, e->text);
		break;
	default:
		break;
	}
	s->quiet_ms = now_ms(CLOCK_MONOTONIC);
	if (!live || e->kind == EVENT_WELCOME)
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
	if (event && e->kind == EVENT_WELCOME)
		return false;
	if (line.n > 2 && memcmp(line.s, "! ", 2) == 0)
		keep_farewell(s, (struct field){line.s + 2, line.n - 2});
	return true;
}

static bool next_event(struct session *s, struct news *news)
{
	struct field *line = &news->line;

	while (connection_next(s->connection, &line->s, &line->n)) {
		bool event = event_parse(line->s, line->n, &news->event);

		if (is_preamble(s, event, *line, &news->event) || !event)
			continue;
		news->kind = NEWS_EVENT;
		learn(s, &news->event, news);
		return true;
	}
	return false;
}

static bool next_line(struct session *s, struct news *news)
{
	switch (editor_next(s->editor, &news->line.s, &news->line.n)) {
	case EDITOR_LINE:
		news->kind = NEWS_LINE;
		return true;
	case EDITOR_TOO_LONG:
		news->kind = NEWS_TOO_LONG;
		return true;
	case EDITOR_END:
		news->kind = NEWS_INPUT_END;
		return true;
	case EDITOR_MORE:
		break;
	}
	return false;
}

/* How long until it; -1 where it is not due at all. */
static int time_left(bool due, int64_t deadline_ms)
{
	int64_t left = deadline_ms - now_ms(CLOCK_MONOTONIC);

	if (!due)
		return -1;
	return left > 0 ? (int)left : 0;
}

static int patience_left(const struct session *s)
{
	return time_left(
		s->outstanding > 0, s->progress_ms + SESSION_PATIENCE_MS);
}

static int scrollback_left(const struct session *s)
{
	return time_left(s->scrollback, s->quiet_ms);
}

/* Time has passed: whether that is news. */
static bool next_deadline(struct session *s, struct news *news)
{
	if (scrollback_left(s) == 0) {
		s->scrollback = false;
		news->kind = NEWS_QUIET;
		return true;
	}
	if (patience_left(s) == 0) {
		s->outstanding = 0;
		s->silent = !s->ready || s->quitting;
		news->kind = NEWS_SILENCE;
		return true;
	}
	return false;
}

/* Nobody reading standard output any more is noticed at once (| head -1),
 * not when there is something to write. */
static void await(struct session *s, bool lines)
{
	enum {
		SERVER,
		SCREEN,
		EDITOR,
		POLLED
	};
	struct pollfd pollers[POLLED] = {
		[SERVER] = {.fd = s->connection->fd,
			.events = connection_wants(s->connection)},
		[SCREEN] = {.fd = s->screen->fd},
		[EDITOR] = {.fd = lines ? s->editor->fd : -1, .events = POLLIN},
	};
	int timeout = s->scrollback ? scrollback_left(s) : patience_left(s);

	if (lines)
		editor_show(s->editor);
	if (poll(pollers, POLLED, timeout) <= 0)
		return;
	if ((pollers[SCREEN].revents & (POLLERR | POLLNVAL)) != 0)
		s->screen->error = EPIPE;
	connection_exchange(s->connection, pollers[SERVER].revents);
	if (pollers[EDITOR].revents != 0)
		editor_read(s->editor);
}

static bool is_over(const struct session *s)
{
	return s->bye || s->silent || s->screen->error != 0;
}

void session_next(struct session *s, bool lines, struct news *news)
{
	news->own = false;
	news->ready = false;
	while (!is_over(s)) {
		bool taking = lines && session_can_say(s);

		if (next_event(s, news))
			return;
		if (s->connection->ended)
			break;
		if (taking && next_line(s, news))
			return;
		if (next_deadline(s, news))
			return;
		await(s, taking);
	}
	news->kind = NEWS_OVER;
}

void session_print(struct session *s, const struct event *e)
{
	struct reader reader = {.name = s->name,
		.welcome_seq = s->welcome_seq,
		.now_ms = (uint64_t)now_ms(CLOCK_REALTIME)};
	char line[SCREEN_LINE_MAX];

	if (render_event(line, sizeof(line), e, &reader))
		screen_line(s->screen, "%s", line);
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

static enum exitcode end_by_bye(const struct session *s)
{
	if (strcmp(s->farewell, BYE_QUIT) == 0)
		return EXITCODE_OK;
	if (strncmp(s->farewell, BYE_IDLE, strlen(BYE_IDLE)) == 0) {
		warnx("disconnected by the server: %s; whoever sends nothing "
		      "for so long has to leave",
			s->farewell);
		return EXITCODE_IDLE;
	}
	warnx("disconnected: %s", s->farewell);
	return EXITCODE_UNAVAILABLE;
}

enum exitcode session_end(struct session *s)
{
	editor_finish(s->editor);
	if (s->screen->error != 0)
		return end_of_output(s);
	if (s->bye)
		return end_by_bye(s);
	if (s->quitting)
		return EXITCODE_OK;
	if (s->silent)
		warnx("the server does not answer; is it a chat server?");
	else if (s->name[0] == '\0' && s->farewell[0] != '\0')
		warnx("turned away by the server: %s", s->farewell);
	else if (s->connection->error != 0)
		warnx("connection lost: %s", strerror(s->connection->error));
	else
		warnx("connection lost: the server closed it");
	return EXITCODE_UNAVAILABLE;
}
