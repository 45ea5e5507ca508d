/* SPDX-License-Identifier: MIT */
/* What every part of the child calls for its client: renders events, holds the
 * next line, ends the connection.
 * Runs in: child. */
#include <string.h>
#include <unistd.h>

#include "ipc/common/clock.h"
#include "ipc/common/name.h"
#include "ipc/common/text.h"
#include "server/child/dialect/render.h"
#include "server/child/state.h"

/* Cap on bytes of an error's subject that are repeated to its sender. */
#define ABOUT_MAX 120

/* --- output --------------------------------------------------------------- */

void client_add_lines(struct client *c, const char *end)
{
	char *lines = outbuf_end(&c->outbuf);
	size_t n = (size_t)(end - lines);

	session_count(c, lines, &n);
	if (n > 0 && c->transport != NULL && c->transport->frame != NULL)
		n = c->transport->frame(&c->transport_state, lines, n);
	outbuf_add(&c->outbuf, n);
}

void client_add_bytes(struct client *c, const char *end)
{
	outbuf_add(&c->outbuf, (size_t)(end - outbuf_end(&c->outbuf)));
}

void client_render(struct client *c, const struct event *e)
{
	if (!c->outbuf.dead)
		client_add_lines(c, c->dialect->render(&c->dialect_state, e,
					    outbuf_end(&c->outbuf)));
}

void client_tell(struct client *c, struct event e)
{
	e.unix_ms = clock_wall_ms();
	e.age_ms = -1;
	client_render(c, &e);
}

void client_error(
	struct client *c, enum error error, struct span about, uint32_t number)
{
	client_error_in(c, error, SPAN_EMPTY, about, number);
}

void client_error_in(struct client *c, enum error error, struct span room,
	struct span about, uint32_t number)
{
	char clean[3 * ABOUT_MAX];
	struct span text = {
		clean, text_clean(clean, about.p,
			       about.n < ABOUT_MAX ? about.n : ABOUT_MAX)};

	client_tell(c, (struct event){.kind = EVENT_ERROR,
			       .error = error,
			       .room = room,
			       .text = text,
			       .number = number});
}

bool client_check_name(struct client *c, struct span name)
{
	enum name_verdict v = name_check(name.p, name.n);

	if (v != NAME_OK)
		client_error(c, ERROR_BAD_NAME, SPAN_EMPTY, v);
	return v == NAME_OK;
}

struct span client_clean(struct span text)
{
	static char clean[TEXT_MAX];
	size_t n = text_clean(clean, text.p, text.n);
	size_t blanks = text_blanks(clean, n);

	return span_trim((struct span){clean + blanks, n - blanks});
}

bool client_may_see(const struct client *c, uint32_t room)
{
	return room == ROOM_LOBBY || !rooms_is_secret(c->rooms, room) ||
	       membership_has(&c->memberships, room) ||
	       rooms_place(c->rooms, c->slot, room) != NULL;
}

struct span client_lobby(const struct client *c)
{
	const struct room *lobby = &c->rooms->rooms[ROOM_LOBBY];

	return (struct span){lobby->name, lobby->name_len};
}

/* --- dialect and transport ------------------------------------------------ */

/* Not more than a line has; the marks between lines are beside that. */
static struct span cut_text(struct span text)
{
	bool lines =
		text.n > 0 && (memchr(text.p, TEXT_NEWLINE, text.n) != NULL ||
				      memchr(text.p, TEXT_CUT, text.n) != NULL);

	return span_cut(text, lines ? MESSAGE_MAX_BYTES : LINE_MAX_BYTES);
}

void client_ask(struct client *c,
	char *(*hook)(struct dialect_state *s, struct span line,
		struct request *r, char *dst),
	struct span line, struct request *r)
{
	*r = REQUEST_EMPTY;
	c->dialect_state.now_ms = c->now_ms;
	client_add_lines(
		c, hook(&c->dialect_state, line, r, outbuf_end(&c->outbuf)));
	r->text = cut_text(r->text);
}

void client_go_on(struct client *c, struct request *r)
{
	*r = REQUEST_EMPTY;
	c->dialect_state.now_ms = c->now_ms;
	client_add_lines(c,
		c->dialect->more(&c->dialect_state, r, outbuf_end(&c->outbuf)));
	r->text = cut_text(r->text);
}

size_t client_take(struct client *c, char *bytes, size_t n)
{
	struct transport_state *t = &c->transport_state;
	size_t kept = 0;

	t->now_ms = c->now_ms;
	client_add_bytes(c,
		c->transport->take(t, bytes, n, &kept, outbuf_end(&c->outbuf)));
	c->eof = c->eof || t->ended;
	return kept;
}

bool client_close(struct client *c)
{
	bool closes = !c->closed && c->transport != NULL &&
		      c->transport->close != NULL && !c->outbuf.dead;

	c->closed = true;
	if (closes)
		client_add_bytes(c, c->transport->close(&c->transport_state,
					    c->reason, outbuf_end(&c->outbuf)));
	return closes && !outbuf_is_empty(&c->outbuf);
}

uint32_t client_reason_seconds(const struct client *c, enum leave_reason reason)
{
	return reason == LEAVE_IDLE      ? c->options->idle_timeout
	       : reason == LEAVE_STALLED ? STALL_MAX_SECONDS
					 : 0;
}

/* --- the end ------------------------------------------------------------- */

void client_say_bye(struct client *c)
{
	struct event e = {.kind = EVENT_BYE, .reason = c->reason};
	const char *words = c->table->roster[c->slot].reason;
	bool is_known =
		c->name_len > 0 || (c->protocol != NULL && c->dialect->waits);

	e.number = client_reason_seconds(c, c->reason);
	if (c->reason == LEAVE_KICKED)
		e.text = (struct span){words, strlen(words)};
	if (c->said_quit)
		e.reason = LEAVE_PLAIN;
	else if (c->eof || c->refused || !is_known)
		return; /* it knows, or has had nothing from us */
	if (outbuf_has_room(&c->outbuf))
		client_tell(c, e);
}

void client_begin_farewell(struct client *c)
{
	c->phase = PHASE_FAREWELL;
	c->deadline_ms = c->now_ms + FAREWELL_MS;
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
	c->deadline_ms = c->now_ms + LINGER_MS;
	/* Output that the client does not take must not keep us from the
	 * relay. */
	if (reason == LEAVE_STALLED)
		outbuf_discard(&c->outbuf);
}

void client_answer(struct client *c)
{
	client_begin_farewell(c);
	c->deadline_ms = c->now_ms + LINGER_MS;
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
	if (c->phase >= PHASE_FAREWELL)
		return;
	c->evicted = true;
	if (outbuf_has_room(&c->outbuf))
		client_error(c, ERROR_EVICTED, SPAN_EMPTY, 0);
	client_begin_farewell(c);
}

/* --- the next line -------------------------------------------------------- */

void client_took_line(struct client *c)
{
	c->line_ms = c->now_ms;
	c->took_line = true;
}

void client_arm_alarm(struct client *c)
{
	if (!c->took_line)
		return;
	if (c->said_line)
		atomic_store_explicit(&c->table->slots[c->slot].last_line_ms,
			clock_wall_ms(), memory_order_relaxed);
	alarm(c->options->idle_timeout); /* 0: none */
	c->took_line = c->said_line = false;
}

bool client_hold_line(struct client *c)
{
	c->held_verdict = lines_next(&c->lines, &c->held_line, &c->held_len);
	if (c->held_verdict == LINES_LINE && c->transport->edit != NULL)
		c->held_len = c->transport->edit(c->held_line, c->held_len);
	c->held = c->held_verdict != LINES_MORE;
	return c->held;
}
