/* SPDX-License-Identifier: MIT */
/* The time before the welcome: what the client speaks, under which name it
 * joins, whether it joins at all.
 * Runs in: child.
 *
 * A program sends first bytes of its protocol, a user waits to be greeted:
 * silence for --greet-after is a user's.  Only then does the child take a name
 * and attach; so no user hears of port scans, or of clients with another
 * protocol. */
#include "server/child/greet.h"

#include <string.h>

#include "ipc/common/clock.h"
#include "ipc/common/limits.h"
#include "ipc/common/protocol.h"
#include "ipc/common/text.h"
#include "server/child/command.h"
#include "server/child/dialect/render.h"
#include "server/child/opening.h"
#include "server/child/state.h"
#include "server/child/web.h"

/* Limits on the time and the lines of a hello that the child waits for: a
 * client needs a second and a handful of lines, a user who types a password
 * longer. */
#define HELLO_MS        60000
#define HELLO_LINES_MAX 64

/* How long a client must be silent to be a user where browsers come from: they
 * open connections ahead, most of which they use within less. */
#define BROWSER_QUIET_MS 3000

static void wish(struct client *c, const char *name, size_t n)
{
	/* A name that is cut is still too long. */
	if (n > sizeof c->wish)
		n = sizeof c->wish;
	c->wish_len = n;
	if (n > 0)
		memcpy(c->wish, name, n);
}

static bool has_wish(const struct client *c)
{
	return c->wish_len == c->name_len &&
	       memcmp(c->wish, c->name, c->name_len) == 0;
}

/* Whether the child waits for a hello line: where the dialect requires one, and
 * where the first bytes of one are there already. */
static bool says_who(const struct client *c)
{
	const struct protocol *p = c->protocol;

	if (p == NULL || p->dialect == NULL)
		return false;
	if (p->subprotocol != NULL && p->subprotocol[0] == '\0')
		return p->dialect->waits;
	return p->dialect->waits || p != opening_default(c->only);
}

/* Sets the protocol of the connection. */
static void speak(struct client *c, const struct protocol *p)
{
	bool has_bytes = c->transport == NULL && c->waiting;

	c->protocol = p;
	if (p->http) {
		c->deadline_ms = c->now_ms + WEB_HEAD_MS;
		return;
	}
	c->transport_state.now_ms = c->now_ms;
	if (c->transport == NULL && p->transport->begin != NULL)
		p->transport->begin(&c->transport_state);
	c->transport = p->transport;
	c->dialect = p->dialect;
	memset(&c->dialect_state, 0, sizeof c->dialect_state);
	c->dialect_state.view = &c->view;
	/* A silent client has no page for lines. */
	if (p->dialect->line_max != 0)
		lines_limit(&c->lines, p->dialect->line_max);
	if (has_bytes) {
		char *bytes;
		size_t n = lines_edit(&c->lines, &bytes);

		lines_keep(&c->lines, client_take(c, bytes, n));
	}
	c->dialect_state.now_ms = c->now_ms;
	if (says_who(c))
		c->deadline_ms = c->dialect_state.now_ms + HELLO_MS;
	if (p->dialect->begin != NULL)
		client_add_lines(c, p->dialect->begin(&c->dialect_state,
					    outbuf_end(&c->outbuf)));
}

static void attach(struct client *c)
{
	c->channel.wanted = true;
	c->phase = PHASE_TALK;
	client_took_line(c);
}

/* A wish that cannot be granted is told after the welcome. */
static void join(struct client *c)
{
	struct span wished = {c->wish, c->wish_len};

	if (!naming_is_permitted(c, wished))
		wished.n = 0;
	if (wished.n > 0)
		naming_recover(c, wished);
	c->name_len =
		table_join(c->table, c->slot, wished.p, wished.n, c->name);
	attach(c);
}

/* Joins under this name; renders an error if it cannot be had. */
static void join_as(struct client *c, struct span name)
{
	if (!naming_permits(c, name))
		return;
	naming_recover(c, name);
	if (!table_join_as(c->table, c->slot, name.p, name.n)) {
		client_error(c, ERROR_NAME_IN_USE, name, 0);
		return;
	}
	memcpy(c->name, name.p, name.n);
	c->name_len = name.n;
	c->wish_len = 0;
	attach(c);
}

/* --- behind a proxy ------------------------------------------------------- */

static void turn_away(struct client *c, struct span words)
{
	memcpy(outbuf_end(&c->outbuf), words.p, words.n);
	outbuf_add(&c->outbuf, words.n);
	c->refused = true;
	client_leave(c, LEAVE_PLAIN);
}

static void refuse_header(struct client *c)
{
	static const char words[] = "! bad PROXY header\r\n";

	turn_away(c, (struct span){words, sizeof words - 1});
}

/* Of a client of the web a page says so. */
static bool is_denied(const struct client *c)
{
	return c->proxied.denied != 0 && c->protocol != NULL &&
	       !c->protocol->http;
}

/* In the client's protocol: what one hears at accept that comes by itself. */
static void deny(struct client *c)
{
	bool irc = strcmp(c->protocol->name, "irc") == 0;
	char line[128],
		*p = put_word(line, irc ? "ERROR :Closing link: " : "! ");

	p = put_span(p, proxied_denial(c));
	p = put_word(p, irc ? "\r\n" : "\n");
	turn_away(c, (struct span){line, (size_t)(p - line)});
}

/* Begins to listen, or begins again. */
static void begin_listening(struct client *c)
{
	c->deadline_ms = c->now_ms + proxied_patience_ms(c);
}

void greet_proxied(struct client *c)
{
	if (c->protocol == NULL)
		begin_listening(c);
}

/* Whether a client that has said nothing may yet be a browser's connection that
 * was opened ahead; it gets more time, once. */
static bool is_spare(struct client *c)
{
	unsigned int usual = c->options->greet_after;

	if (c->protocol != NULL || c->only != NULL || c->spare || usual == 0 ||
		usual >= BROWSER_QUIET_MS || c->options->no_web ||
		!atomic_load(&c->table->roster[c->slot].browser))
		return false;
	c->spare = true;
	c->deadline_ms = c->now_ms + BROWSER_QUIET_MS - usual;
	return true;
}

/* The deadline has passed: a silent client is welcomed, one whose hello is
 * missing leaves. */
static void silent(struct client *c)
{
	bool waited = says_who(c);

	if (c->proxied.begun) {
		refuse_header(c); /* a part of one */
		return;
	}
	c->proxied.expects = false;
	if (is_spare(c))
		return;
	if (c->protocol == NULL)
		speak(c, opening_default(c->only));
	if (is_denied(c))
		deny(c);
	else if (waited)
		client_leave(c, LEAVE_IDLE);
	else if (c->protocol->dialect != NULL && !says_who(c))
		join(c);
}

void greet_begin(struct client *c, const char *name, size_t name_len)
{
	c->phase = PHASE_GREET;
	c->first_line = true;
	/* That of the web has no dialect. */
	c->dialect = opening_default(c->only)->dialect;
	if (c->dialect == NULL)
		c->dialect = protocols->dialect;
	begin_listening(c);
	wish(c, name, name_len);
	if (c->deadline_ms == c->now_ms)
		silent(c);
}

void greet_settle(struct client *c)
{
	struct request r = {.verb = VERB_RENAME, .text = SPAN_EMPTY};

	if (c->wish_len == 0)
		return;
	r.name = (struct span){c->wish, c->wish_len};
	if (!has_wish(c))
		command_run(c, &r);
	c->wish_len = 0;
}

/* --- which protocol ------------------------------------------------------- */

static void refuse(struct client *c, const struct protocol *p)
{
	const char *bytes;
	size_t n = lines_peek(&c->lines, &bytes);

	turn_away(c, p->refuse(bytes, n));
}

/* Whether it is too late for this protocol: bytes that one transport has taken
 * cannot go to another. */
static bool is_late(const struct client *c, const struct protocol *p)
{
	return c->transport != NULL && p->transport != c->transport;
}

/* Whether the protocol is not served, or not by this listener, or not any
 * more. */
static bool is_foreign(const struct client *c, const struct protocol *p)
{
	bool served = p->dialect != NULL || (p->http && !c->options->no_web);

	return p->refuse != NULL &&
	       (!served || is_late(c, p) ||
		       (c->only != NULL && p->name != NULL &&
			       strcmp(p->name, c->only) != 0));
}

/* The protocol of the first bytes, or else the listener's default; NULL: not
 * known yet. */
static const struct protocol *find(const struct client *c, bool greeted)
{
	const char *bytes;
	size_t n = lines_peek(&c->lines, &bytes);
	const struct protocol *p = opening_find(bytes, n, greeted);

	if (p == NULL || is_foreign(c, p))
		return p;
	if (c->only != NULL && strcmp(p->name, c->only) != 0)
		p = opening_default(c->only);
	return is_late(c, p) ? c->protocol : p;
}

static bool has_line(const struct client *c)
{
	const char *bytes;
	size_t n = lines_peek(&c->lines, &bytes);

	if (n > LINE_MAX_BYTES + 1)
		n = LINE_MAX_BYTES + 1;
	return memchr(bytes, '\n', n) != NULL;
}

bool greet_refuses(struct client *c)
{
	/* A protocol that was asked for by its name is no guess. */
	const struct protocol *p =
		c->first_line && !c->hello && c->protocol->subprotocol == NULL
			? find(c, true)
			: NULL;

	if (p == NULL || p == protocols)
		return false;
	if (is_foreign(c, p)) {
		refuse(c, p);
		return true;
	}
	/* The dialect changes only when the first line is whole. */
	if (p != c->protocol && has_line(c)) {
		speak(c, p);
		c->hello = true;
	}
	return false;
}

/* --- the first lines ------------------------------------------------------ */

/* Holds the first line that is not empty.  False if none is whole. */
static bool hold_first(struct client *c)
{
	while (!c->held) {
		if (!client_hold_line(c))
			return false;
		if (c->held_verdict == LINES_LINE &&
			text_is_blank(c->held_line, c->held_len))
			c->held = false;
	}
	return true;
}

/* Passes a line to the dialect's hello, for at most HELLO_LINES_MAX lines. */
static void ask(struct client *c, struct span line, struct request *r)
{
	bool goes_on;

	client_ask(c, c->dialect->hello, line, r);
	goes_on = r->verb == VERB_NONE || r->verb == VERB_ERROR ||
		  (r->verb == VERB_JOIN && r->on);
	if (goes_on && ++c->hello_lines > HELLO_LINES_MAX)
		*r = (struct request){.verb = VERB_END, .reason = LEAVE_PLAIN};
}

/* Stores what the client says of itself. */
static void describe(struct client *c, const struct request *r)
{
	struct span user = span_cut(r->user, USER_MAX_BYTES);
	struct span real = span_cut(r->text, REAL_MAX_BYTES);

	if (user.n > 0)
		table_set_user(c->table, c->slot, user.p, user.n);
	if (real.n > 0)
		table_set_real(c->table, c->slot, real.p, real.n);
}

/* Whether the line behind the hello may ask for an older session: then no user
 * hears of this connection before the answer. */
static bool asks_next(const struct client *c)
{
	const size_t n = sizeof RESUME_WORD - 1;
	const char *bytes;
	size_t have = lines_peek(&c->lines, &bytes);

	return c->dialect->resumes && have > 0 &&
	       memcmp(bytes, RESUME_WORD, have < n ? have : n) == 0;
}

/* Takes that line; any other one waits until after the welcome. */
static void take_second(struct client *c)
{
	struct request r = REQUEST_EMPTY;

	c->asks = false;
	if (c->held_verdict == LINES_LINE)
		client_ask(c, c->dialect->line,
			(struct span){c->held_line, c->held_len}, &r);
	c->held = r.verb != VERB_RESUME;
	if (c->held)
		join(c);
	else
		command_run(c, &r);
}

void greet_refused(struct client *c)
{
	if (c->phase == PHASE_GREET)
		join(c);
}

/* Carries out a hello line before the welcome; holds any other line until after
 * it. */
static void take_first(struct client *c)
{
	struct request r = {.verb = VERB_WAIT, .name = SPAN_EMPTY};

	if (c->held_verdict == LINES_LINE)
		ask(c, (struct span){c->held_line, c->held_len}, &r);
	else if (c->dialect->waits && c->held_verdict == LINES_TOO_LONG)
		r = (struct request){.verb = VERB_ERROR,
			.error = ERROR_LINE_TOO_LONG,
			.about = SPAN_EMPTY,
			.number = (uint32_t)lines_max(&c->lines)};
	else if (c->dialect->waits)
		r.verb = VERB_NONE;
	c->held = r.verb == VERB_WAIT;
	c->unpaid = 0;
	/* A line that is too long does not count as the first. */
	c->first_line = c->held && c->held_verdict != LINES_LINE;
	switch (r.verb) {
	case VERB_JOIN:
		describe(c, &r);
		if (r.on) {
			join_as(c, r.name);
			break;
		}
		wish(c, r.name.p, r.name.n);
		c->asks = asks_next(c);
		if (!c->asks)
			join(c);
		break;
	case VERB_WAIT:
		join(c);
		break;
	case VERB_PEEK:
		command_run(c, &r);
		client_answer(c);
		break;
	default:
		command_run(c, &r);
	}
}

/* Takes the name beside the one that the client was welcomed under, for
 * greet_settle; renders an error if it cannot be had. */
static bool claim(struct client *c, struct span name)
{
	if (name.n == c->name_len && memcmp(name.p, c->name, name.n) == 0)
		return true;
	if (!naming_permits(c, name))
		return false;
	if (!naming_claim(c, name)) {
		client_error(c, ERROR_NAME_IN_USE, name, 0);
		return false;
	}
	return true;
}

void greet_hello(struct client *c, struct span line)
{
	struct request r;

	ask(c, line, &r);
	c->hello = r.verb == VERB_NONE || r.verb == VERB_ERROR;
	switch (r.verb) {
	case VERB_JOIN:
		describe(c, &r);
		if (r.on && !claim(c, r.name)) {
			c->hello = true;
			break;
		}
		wish(c, r.name.p, r.name.n);
		/* fall through */
	case VERB_WAIT:
		channel_start_over(c);
		break;
	case VERB_PEEK:
		command_run(c, &r);
		/* A client that asked only for the list leaves after it. */
		lines_init(&c->lines);
		c->eof = true;
		break;
	default:
		command_run(c, &r);
	}
}

/* Looks for the protocol while it may still change: also for a client that
 * seems to speak text, until its first line is whole. */
static void look(struct client *c)
{
	const struct protocol *p = NULL;

	/* A page that was only read costs memory, too: a silent client has none
	 * for lines. */
	if (c->waiting && !c->held &&
		(c->protocol == NULL || c->protocol == protocols))
		p = find(c, false);
	if (p != NULL && is_foreign(c, p))
		refuse(c, p);
	else if (p != NULL && p != c->protocol)
		speak(c, p);
}

/* The bytes after telnet's negotiation may be of another protocol. */
static void look_twice(struct client *c)
{
	bool is_new = c->protocol == NULL;

	look(c);
	if (is_new && c->protocol != NULL && c->phase == PHASE_GREET)
		look(c);
}

/* Whether there may be lines to act on, or the end. */
static bool has_lines(const struct client *c)
{
	return c->phase == PHASE_GREET && c->protocol != NULL &&
	       c->protocol->dialect != NULL && c->waiting &&
	       !resume_is_busy(c) && outbuf_has_room(&c->outbuf);
}

bool greet_is_due(const struct client *c)
{
	return has_lines(c) || (c->phase == PHASE_GREET && c->proxied.is_new);
}

/* False: nothing behind a header of a trusted proxy is looked at yet. */
static bool take_header(struct client *c)
{
	switch (proxied_take_header(c)) {
	case HEADER_AWAITED:
		return false;
	case HEADER_BAD:
		refuse_header(c);
		return false;
	case HEADER_TAKEN:
		begin_listening(c);
		break;
	}
	return true;
}

static void listen_to_web(struct client *c)
{
	const struct protocol *p = web_step(c, c->now_ms);

	if (p == NULL)
		return;
	c->deadline_ms = c->now_ms + c->options->greet_after;
	speak(c, p);
}

/* Looks at what the client has sent. */
static void listen_on(struct client *c)
{
	c->proxied.is_new = false;
	if (c->proxied.expects && !take_header(c))
		return;
	look_twice(c);
	if (c->phase == PHASE_GREET && is_denied(c))
		deny(c);
	if (c->phase == PHASE_GREET && c->protocol != NULL && c->protocol->http)
		listen_to_web(c);
	while (has_lines(c)) {
		if (hold_first(c))
			(c->asks ? take_second : take_first)(c);
		else
			c->waiting = false;
	}
}

void greet_step(struct client *c, int64_t now)
{
	if (c->phase == PHASE_GREET)
		listen_on(c);
	if (c->phase != PHASE_GREET || proxied_is_busy(c) ||
		(c->protocol != NULL && c->protocol->http))
		return;
	if (c->eof && (c->protocol == NULL || !c->waiting))
		client_leave(c, LEAVE_PLAIN); /* and it has sent no line */
	else if (now >= c->deadline_ms)
		silent(c);
}
