/* SPDX-License-Identifier: MIT */
/* What every part of the child does with its client: tells it something, takes
 * the next line, lets it go.
 * Runs in: child. */
#include <string.h>
#include <unistd.h>

#include "ipc/common/clock.h"
#include "ipc/common/protocol.h"
#include "ipc/common/text.h"
#include "server/child/dialect/render.h"
#include "server/child/state.h"

/* So much of an error's subject is repeated to its sender. */
#define ABOUT_MAX 120

/* --- what the child itself says ------------------------------------------ */

void client_tell(struct client *c, enum event_kind kind, struct span text)
{
	struct event e = {
		.kind = kind,
		.unix_ms = clock_wall_ms(),
		.age_ms = -1,
		.text = text,
		.online = c->list_online,
		.from_me = c->said_quit,
	};

	outbuf_put(&c->outbuf, c->dialect, &e);
}

void client_error(
	struct client *c, const char *what, struct span about, const char *hint)
{
	char text[256 + 3 * ABOUT_MAX], *p = text;

	p = put_word(p, what);
	if (about.n > 0) {
		p = put_word(p, ": ");
		p += text_clean(
			p, about.p, about.n < ABOUT_MAX ? about.n : ABOUT_MAX);
	}
	p = put_word(p, hint);
	client_tell(c, EVENT_ERROR, (struct span){text, (size_t)(p - text)});
}

struct span client_reason(
	const struct client *c, enum leave_reason reason, char *buf)
{
	char *p = buf;

	if (reason == LEAVE_IDLE) {
		p = put_word(p, BYE_IDLE);
		p = put_number(p, c->options->idle_timeout);
		p = put_word(p, " s");
	} else if (reason == LEAVE_STALLED) {
		p = put_word(p, BYE_STALLED);
		p = put_number(p, STALL_MAX_SECONDS);
		p = put_word(p, " s");
	} else if (reason == LEAVE_SHUTDOWN) {
		p = put_word(p, BYE_SHUTDOWN);
	} else if (reason == LEAVE_KICKED) {
		p = put_word(p, BYE_KICKED);
	}
	return (struct span){buf, (size_t)(p - buf)};
}

/* --- how it ends --------------------------------------------------------- */

/* What the administrator has to say on top, to the one who is kicked. */
static struct span add_words(
	const struct client *c, char *buf, struct span text)
{
	const char *words = c->table->roster[c->slot].reason;
	char *p = buf + text.n;

	if (words[0] != '\0') {
		p = put_word(p, ": ");
		p = put_word(p, words);
	}
	return (struct span){buf, (size_t)(p - buf)};
}

void client_say_bye(struct client *c)
{
	char reason[REASON_MAX];
	struct span text = client_reason(c, c->reason, reason);

	if (c->reason == LEAVE_KICKED)
		text = add_words(c, reason, text);
	if (c->said_quit)
		text = (struct span){BYE_QUIT, sizeof BYE_QUIT - 1};
	else if (c->eof || c->refused || c->name_len == 0)
		return; /* whoever closed knows, and others have not heard us */
	if (outbuf_has_room(&c->outbuf))
		client_tell(c, EVENT_BYE, text);
}

void client_begin_farewell(struct client *c)
{
	c->phase = PHASE_FAREWELL;
	c->deadline_ms = clock_monotonic_ms() + FAREWELL_MS;
}

void client_leave(struct client *c, enum leave_reason reason)
{
	if (c->phase > PHASE_TALK)
		return;
	c->reason = reason;
	if (c->phase == PHASE_GREET) {
		client_say_bye(c);
		client_begin_farewell(c);
		return;
	}
	c->phase = PHASE_LEAVE;
	c->deadline_ms = clock_monotonic_ms() + LINGER_MS;
	/* What the client does not take must not keep us from the relay. */
	if (reason == LEAVE_STALLED)
		outbuf_discard(&c->outbuf);
}

void client_answer(struct client *c)
{
	client_begin_farewell(c);
	c->deadline_ms = clock_monotonic_ms() + LINGER_MS;
}

void client_shutdown(struct client *c, bool told)
{
	if (c->phase == PHASE_FAREWELL)
		return;
	c->reason = LEAVE_SHUTDOWN;
	if (!told)
		client_say_bye(c);
	client_begin_farewell(c);
}

void client_evicted(struct client *c)
{
	static const char what[] =
		"the server cannot go on with this connection; connect again";

	if (c->phase >= PHASE_FAREWELL)
		return;
	c->evicted = true;
	if (outbuf_has_room(&c->outbuf))
		client_tell(
			c, EVENT_ERROR, (struct span){what, sizeof what - 1});
	client_begin_farewell(c);
}

/* --- the next line -------------------------------------------------------- */

void client_arm_alarm(struct client *c)
{
	c->line_ms = clock_monotonic_ms();
	alarm(c->options->idle_timeout); /* 0: none */
}

bool client_hold_line(struct client *c)
{
	c->held_verdict = lines_next(&c->lines, &c->held_line, &c->held_len);
	if (c->held_verdict == LINES_LINE)
		c->held_len = telnet_erase(c->held_line, c->held_len);
	c->held = c->held_verdict != LINES_MORE;
	return c->held;
}
