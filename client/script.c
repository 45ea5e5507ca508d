/* SPDX-License-Identifier: MIT */
/* Runs a script's one task and returns its exit status.  Standard output has
 * the result and nothing else.
 * Runs in: client. */
#include "client/script.h"

#include <err.h>
#include <string.h>

#include "client/loop.h"
#include "client/session/outgoing.h"
#include "ipc/common/text.h"

/* Caps on the bytes shown of an error, and of a line that is not sent. */
#define ERROR_MAX  400
#define LINE_SHOWN 60

struct script {
	const struct options *options;
	struct session *session;
	size_t next;      /* the text of --send that is being sent */
	const char *rest; /* its lines not yet sent; NULL: none begun */
	bool from_input;  /* it is "-", and input goes on */
	unsigned sent;
	unsigned confirmed;
	bool asked;         /* for the room of --room */
	bool entered;       /* and we are in it */
	bool done;          /* there is nothing more to wait for */
	enum exitcode code; /* what came of it */
};

/* --- sending ------------------------------------------------------------ */

static void refuse(struct script *c, const char *why, struct field line)
{
	char clean[3 * LINE_SHOWN];
	size_t n = line.n < LINE_SHOWN ? line.n : LINE_SHOWN;

	n = text_clean(clean, line.s, n);
	warnx("not sent: %s: %.*s", why, (int)n, clean);
	c->code = EXITCODE_REFUSED;
}

static void send_line(struct script *c, struct field line)
{
	struct outgoing out;
	const char *wrong = outgoing_make(
		&out, line.s, line.n, options_receiver(c->options));

	if (wrong != NULL) {
		refuse(c, wrong, line);
	} else if (out.n > 0) {
		session_say(c->session, out.before,
			(struct field){out.text, out.n});
		c->sent++;
	}
}

static void send_rest(struct script *c)
{
	size_t n = strcspn(c->rest, "\n");

	send_line(c, (struct field){c->rest, n});
	c->rest = c->rest[n] == '\0' ? NULL : c->rest + n + 1;
}

/* Sends what there is room for.  The answers make room for more. */
static void go_on(struct script *c)
{
	const struct options *o = c->options;

	if (o->room != NULL && !c->entered)
		return;
	while (!c->from_input && session_can_say(c->session)) {
		if (c->rest != NULL) {
			send_rest(c);
		} else if (c->next == o->text_count) {
			c->done = session_is_settled(c->session);
			return;
		} else {
			c->rest = o->texts[c->next++];
			c->from_input = strcmp(c->rest, "-") == 0;
			if (c->from_input)
				c->rest = NULL;
		}
	}
}

static void take_send_event(struct script *c, const struct loop_event *news)
{
	switch (news->event.kind) {
	case EVENT_PUBLIC:
	case EVENT_PRIVATE:
		if (news->own && c->confirmed < c->sent)
			c->confirmed++;
		break;
	default:
		break;
	}
}

/* --- the others --------------------------------------------------------- */

static void take_who_event(struct script *c, const struct loop_event *news)
{
	struct session *s = c->session;

	if (news->event.kind == EVENT_WHO_END)
		c->done = true;
	if (news->event.kind == EVENT_WHO &&
		!event_field_is(news->event.from, s->name))
		screen_line(s->screen, "%.*s", FIELD(news->event.from));
}

static void print(struct session *s, const struct event *e)
{
	struct line line;

	if (session_render(s, &line, e))
		screen_put(s->screen, &line);
}

/* --- a room -------------------------------------------------------------- */

/* Entered, it is where we talk; the lobby by its name is no room. */
static bool is_there(const struct script *c)
{
	const struct joined *r = &c->session->joined;
	struct field room = {c->options->room, strlen(c->options->room)};

	return event_name_is(room, r->here) || event_name_is(room, r->lobby);
}

/* Whether an event is of the room that --room names, the whole chat without
 * it. */
static bool is_of_room(const struct script *c, const struct event *e)
{
	struct field room = e->room;

	if (c->options->room == NULL)
		return true;
	if (room.n == 0)
		return c->entered && c->session->joined.here[0] == '\0';
	return event_name_is(room, c->options->room);
}

/* Follows whether the room could be entered, and whether we are still in it. */
static void follow_room(struct script *c, const struct loop_event *news)
{
	const struct event *e = &news->event;

	if (c->options->room == NULL || !c->asked || c->done)
		return;
	if (!c->entered && is_there(c)) {
		c->entered = true;
	} else if (!c->entered && e->kind == EVENT_ERROR) {
		c->code = EXITCODE_REFUSED;
		c->done = true;
	} else if (c->entered && !is_there(c)) {
		warnx("not in %s any more", c->options->room);
		c->code = EXITCODE_REFUSED;
		c->done = true;
	}
}

/* The bytes at the end of an event that are for this client alone: the secret
 * of its session, behind the number of a welcome. */
static size_t hidden_part(const struct event *e)
{
	if (e->kind != EVENT_WELCOME)
		return 0;
	return e->text.n - event_word(e->text, NULL).n;
}

static void take_listen_event(struct script *c, const struct loop_event *news)
{
	if (!is_of_room(c, &news->event))
		return;
	if (c->options->raw)
		screen_fields(c->session->screen, news->line.s,
			news->line.n - hidden_part(&news->event));
	else
		print(c->session, &news->event);
}

/* --- the run ------------------------------------------------------------ */

static void begin(struct script *c)
{
	if (c->session->refused) {
		/* A script with --name must not run under another name. */
		warnx("the name %s was refused", c->options->name);
		c->code = EXITCODE_REFUSED;
		c->done = true;
	} else if (c->options->use == USE_WHO) {
		session_say(c->session, "/who", (struct field){"", 0});
	} else if (c->options->room != NULL) {
		session_ask(c->session, "/join ",
			(struct field){
				c->options->room, strlen(c->options->room)});
		c->asked = true;
	}
}

/* Prints an error of the server.  The line it is about counts as lost if its
 * confirmation does not come. */
static void take_error(struct script *c, struct field text)
{
	char clean[3 * ERROR_MAX];
	size_t n = text.n < ERROR_MAX ? text.n : ERROR_MAX;

	n = text_clean(clean, text.s, n);
	warnx("%.*s", (int)n, clean);
	if (c->options->use == USE_WHO) {
		c->code = EXITCODE_REFUSED;
		c->done = true;
	}
}

/* Whether the event has settled the name that was asked for, for good. */
static bool is_settling(const struct script *c, const struct loop_event *news)
{
	return news->ready && !c->session->refused;
}

static void take_event(struct script *c, const struct loop_event *news)
{
	bool listening = c->options->use == USE_LISTEN;
	bool failed = news->event.kind == EVENT_ERROR && !is_settling(c, news);

	if (failed && (!listening || (c->asked && !c->entered)))
		take_error(c, news->event.text);
	else if (listening)
		take_listen_event(c, news);
	else if (c->options->use == USE_SEND)
		take_send_event(c, news);
	else
		take_who_event(c, news);
	follow_room(c, news);
	if (news->ready)
		begin(c);
}

static void take_silence(struct script *c)
{
	if (!c->session->ready)
		return;
	warnx("the server does not answer");
	c->code = c->options->use == USE_SEND ? EXITCODE_REFUSED
					      : EXITCODE_UNAVAILABLE;
	c->done = true;
}

static void take(struct script *c, const struct loop_event *news)
{
	switch (news->kind) {
	case LOOP_EVENT:
		take_event(c, news);
		break;
	case LOOP_LINE:
		send_line(c, news->line);
		break;
	case LOOP_TOO_LONG:
		refuse(c,
			"a line has at most " LIMIT_TEXT(
				LINE_MAX_BYTES) " bytes",
			(struct field){"", 0});
		break;
	case LOOP_INPUT_END:
		c->from_input = false;
		break;
	case LOOP_SILENCE:
		take_silence(c);
		break;
	default:
		break;
	}
	if (c->options->use == USE_SEND && c->session->ready && !c->done)
		go_on(c);
}

/* Leaves in good order: the server has said goodbye, or was given the time
 * to do so. */
static void leave(struct session *session)
{
	struct loop_event news;

	session_quit(session);
	do
		loop_next(session, false, &news);
	while (news.kind != LOOP_OVER);
}

enum exitcode script_run(const struct options *options, struct session *session)
{
	struct script c = {.options = options, .session = session};
	struct loop_event news;

	do {
		loop_next(session, c.from_input, &news);
		take(&c, &news);
	} while (!c.done && news.kind != LOOP_OVER);

	if (!c.done)
		return session_end(session);
	if (news.kind != LOOP_SILENCE)
		leave(session);
	if (c.code == EXITCODE_OK && c.confirmed < c.sent) {
		warnx("%u of %u lines were not confirmed", c.sent - c.confirmed,
			c.sent);
		c.code = EXITCODE_REFUSED;
	}
	return c.code;
}
