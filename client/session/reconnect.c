/* SPDX-License-Identifier: MIT */
/* Owns what a session keeps from one connection to the next.
 * Runs in: client. */
#include "client/session/reconnect.h"

#include <string.h>

#include "ipc/common/name.h"
#include "ipc/common/protocol.h"

#define HOW " (Enter: now, C-d: leave)"

static bool is_idle(const struct session *s)
{
	return s->bye && strncmp(s->farewell, BYE_IDLE, strlen(BYE_IDLE)) == 0;
}

/* Two clients must not take it from each other for ever. */
static bool is_taken_over(const struct session *s)
{
	return s->bye && strcmp(s->farewell, BYE_TAKEN) == 0;
}

static const char *why(const struct session *s)
{
	if (s->silent)
		return "the server does not answer";
	if (s->farewell[0] != '\0')
		return s->farewell;
	if (s->connection->error != 0)
		return strerror(s->connection->error);
	return "the server closed the connection";
}

static void plan(struct session *s, const char *what, const char *reason)
{
	struct reconnect *r = &s->reconnect;

	r->pause_s *= 2;
	if (r->pause_s == 0)
		r->pause_s = 1;
	if (r->pause_s > RECONNECT_PAUSE_MAX_S)
		r->pause_s = RECONNECT_PAUSE_MAX_S;
	r->retry_ms = session_now_ms() + (int64_t)r->pause_s * 1000;
	screen_line(s->screen, "! %s: %s; trying again in %u s" HOW, what,
		reason, r->pause_s);
}

/* A client that was disconnected for a reason waits for its user. */
static void wait_for_enter(struct session *s, enum exitcode code,
	const char *what, const char *more)
{
	s->reconnect.code = code;
	s->reconnect.retry_ms = -1;
	screen_line(s->screen, "! %s: %s%s; Enter connects again, C-d leaves",
		what, s->farewell, more);
}

/* A guest name that the server has chosen is not asked for again; one that the
 * user chose is. */
static void keep_name(struct session *s)
{
	bool made_up = !s->chosen && strncmp(s->name, "guest-", 6) == 0;

	if (s->name[0] == '\0' || made_up)
		return;
	memcpy(s->reconnect.name, s->name, sizeof(s->name));
	s->asked = s->reconnect.name;
}

/* Everything about the connection that is gone. */
static void forget(struct session *s)
{
	s->name[0] = '\0';
	s->outstanding = 0;
	s->questions = 0;
	s->unsure = 0;
	s->told_s = 0;
	s->scrollback = false;
	s->past = false;
	s->ready = false;
	s->refused = false;
	s->silent = false;
	s->bye = false;
	s->server_ms = 0;
	s->farewell[0] = '\0';
	s->reconnect.reclaim_ms = 0;
}

/* A connection that was never welcomed is of no session. */
static void keep_session(struct session *s)
{
	if (s->name[0] != '\0')
		resume_lose(
			&s->resume, &s->joined, s->bye && !is_taken_over(s));
	if (s->bye || s->name[0] == '\0')
		connection_close(s->connection);
	else
		connection_set_aside(s->connection);
}

static void say(struct session *s, const char *text)
{
	screen_line(s->screen, "! %s", text);
}

bool reconnect_lose(struct session *s)
{
	struct reconnect *r = &s->reconnect;

	if (s->leaving || s->options->no_reconnect || !s->editor->live ||
		(!s->ready && !r->again))
		return false;
	screen_bell(s->screen);
	r->lost = true;
	r->code = EXITCODE_UNAVAILABLE;
	/* All clients must not reconnect each second to a server that crashes
	 * under them. */
	if (session_now_ms() - r->since_ms >= RECONNECT_PAUSE_MAX_S * 1000)
		r->pause_s = 0;
	if (is_idle(s))
		wait_for_enter(s, EXITCODE_IDLE, "disconnected",
			" without a line from you");
	else if (session_is_kicked(s))
		wait_for_enter(s, EXITCODE_KICKED,
			s->bye ? "disconnected" : "refused", "");
	else if (is_taken_over(s))
		wait_for_enter(s, EXITCODE_UNAVAILABLE, "disconnected", "");
	else
		plan(s, s->ready ? "connection lost" : "refused", why(s));
	if (s->ready)
		session_tell_unconfirmed(s, say);
	keep_name(s);
	keep_session(s);
	joined_lose(&s->joined);
	forget(s);
	return true;
}

/* There is a connection. */
static void begin(struct session *s)
{
	struct reconnect *r = &s->reconnect;
	char line[RESUME_LINE_MAX];
	size_t n;

	r->lost = false;
	r->again = true;
	r->since_ms = session_now_ms();
	seen_lose(&r->seen);
	session_say_hello(s);
	n = resume_ask(&s->resume, line);
	if (n > 0)
		connection_send(s->connection, "", line, n);
}

void reconnect_go_on(struct session *s)
{
	struct connection *c = s->connection;
	const char *wrong = NULL;

	if (c->connecting)
		wrong = connection_go_on(c);
	else if (reconnect_timeout_ms(s) == 0)
		wrong = connection_begin(c, s->options->host, s->options->port);
	else
		return;
	if (wrong != NULL)
		plan(s, "cannot connect", wrong);
	else if (!c->connecting)
		begin(s);
}

int reconnect_timeout_ms(const struct session *s)
{
	int64_t left = s->reconnect.retry_ms - session_now_ms();

	if (s->connection->connecting || s->reconnect.retry_ms < 0)
		return -1;
	return left > 0 ? (int)left : 0;
}

void reconnect_now(struct session *s)
{
	s->reconnect.retry_ms = 0;
}

void reconnect_note_leave(struct session *s, const struct event *e)
{
	if (e->kind != EVENT_LEAVE || e->room.n > 0 || !s->reconnect.again ||
		!s->refused ||
		!name_same(e->from.s, e->from.n, s->asked, strlen(s->asked)))
		return;
	s->reconnect.tries = 0;
	s->reconnect.reclaim_ms = session_now_ms() + RECONNECT_RECLAIM_MS;
}

int reconnect_reclaim_ms(const struct session *s)
{
	int64_t left = s->reconnect.reclaim_ms - session_now_ms();

	if (s->reconnect.reclaim_ms == 0)
		return -1;
	return left > 0 ? (int)left : 0;
}

void reconnect_reclaim_name(struct session *s)
{
	struct reconnect *r = &s->reconnect;

	if (reconnect_reclaim_ms(s) != 0 || !session_can_say(s))
		return;
	r->reclaim_ms = 0;
	if (!s->refused)
		return; /* we have it, or no longer want it */
	session_ask(s, "/nick ", (struct field){s->asked, strlen(s->asked)});
	if (++r->tries < RECONNECT_RECLAIM_TRIES)
		r->reclaim_ms =
			session_now_ms() + (RECONNECT_RECLAIM_MS << r->tries);
}

bool reconnect_has_seen(struct session *s, const struct event *e)
{
	struct seen *seen = &s->reconnect.seen;

	if (!e->has_seq)
		return false;
	if (e->room.n > 0)
		return joined_has_seen(&s->joined, e, s->past);
	if (e->kind == EVENT_WELCOME) {
		/* A new server starts at 1 again. */
		if (e->seq < seen->before_seq)
			seen_begin_anew(seen);
		return false;
	}
	return seen_has(seen, e, session_is_old(s, e), s->past);
}
