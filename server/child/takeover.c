/* SPDX-License-Identifier: MIT */
/* A session whose user has another connection: it goes on there, behind the
 * last line that the client has had.
 * Runs in: child. */
#include <string.h>
#include <unistd.h>

#include "ipc/attach.h"
#include "ipc/common/clock.h"
#include "server/child/opening.h"
#include "server/child/resume.h"
#include "server/child/state.h"
#include "server/fd.h"

/* Reads that discard what the old client has sent, so that the close is no
 * reset, which could overtake the last line. */
#define DRAIN_READS 64

/* --- the old client ------------------------------------------------------- */

bool takeover_is_open(const struct client *c)
{
	if (c->phase == PHASE_TALK)
		return true;
	/* Its client is gone, or seems so, and nobody has been told yet. */
	return c->phase == PHASE_LEAVE && !c->said_bye && !c->said_quit &&
	       (c->reason == LEAVE_PLAIN || c->reason == LEAVE_STALLED);
}

/* Lines that were never sent; those that a transport has framed cannot be
 * counted, and a client of such a one says what it has had. */
static uint64_t unsent_lines(const struct client *c)
{
	const struct outbuf *o = &c->outbuf;
	uint64_t lines = 0;

	if (c->transport->frame != NULL)
		return 0;
	for (size_t i = o->start; i < o->end; i++)
		lines += o->buf[i] == '\n';
	return lines;
}

/* Tells the old client why, if it takes that at once. */
static void part(struct client *c)
{
	outbuf_write(&c->outbuf, CHILD_OUT, c->now_ms);
	c->counts = false;
	if (outbuf_is_empty(&c->outbuf)) {
		c->reason = LEAVE_TAKEN;
		client_tell(c,
			(struct event){.kind = EVENT_BYE, .reason = c->reason});
		client_close(c);
		outbuf_write(&c->outbuf, CHILD_OUT, c->now_ms);
	}
	for (int i = 0; i < DRAIN_READS; i++) {
		if (read(CHILD_IN, c->lines.buf, sizeof c->lines.buf) <= 0)
			break;
	}
}

/* --- the new one ---------------------------------------------------------- */

/* Puts the descriptors in the place of the old ones.  The channel, which is to
 * be another one, may have the number of the last of them. */
static void put(struct client *c, struct passing *beside)
{
	struct channel *l = &c->channel;

	close(l->fd);
	l->fd = -1;
	if (c->has_front)
		close(CHILD_FRONT);
	if (dup3(beside->fds[0], CHILD_IN, 0) == -1 ||
		dup3(beside->fds[1], CHILD_OUT, 0) == -1)
		client_leave(c, LEAVE_PLAIN);
	close(beside->fds[0]);
	close(beside->fds[1]);
	c->has_front = beside->count > 2;
	if (c->has_front && beside->fds[2] != CHILD_FRONT) {
		c->has_front = dup3(beside->fds[2], CHILD_FRONT, 0) != -1;
		close(beside->fds[2]);
	}
	beside->count = 0;
}

/* The state of a connection that has begun to talk. */
static void begin_anew(
	struct client *c, const struct attach_resumed *r, size_t len)
{
	char *where;

	c->outbuf.start = c->outbuf.end = 0;
	c->outbuf.dead = c->closed = false;
	c->outbuf.moved_ms = c->now_ms;
	c->protocol = &protocols[r->protocol];
	c->transport = c->protocol->transport;
	memcpy(&c->transport_state, r->transport, sizeof c->transport_state);
	c->phase = PHASE_TALK;
	c->reason = LEAVE_PLAIN;
	c->hung_up_ms = 0;
	/* It may have closed behind the line that has asked. */
	c->eof = c->transport_state.ended;
	c->held = c->hello = c->first_line = false;
	c->listing = LISTING_NONE;
	c->unpaid = 0;
	lines_init(&c->lines);
	if (len <= lines_room(&c->lines, &where)) {
		memcpy(where, r->bytes, len);
		lines_feed(&c->lines, len);
	}
	c->waiting = true;
	client_took_line(c);
}

/* Goes back to where the client has read: what has come since then is rendered
 * again. */
static uint64_t go_back(struct client *c, uint64_t lines)
{
	struct channel *l = &c->channel;
	struct resumption from = marks_go_back(&c->marks, lines);

	if (l->again_id < l->last_id)
		l->again_id = l->last_id;
	l->last_id = from.id;
	l->last_seq = l->read_seq = from.seq;
	l->history_id = 0;
	c->memberships.replay_join = c->memberships.replay_id = 0;
	c->skip = from.skip;
	c->place = (struct mark){from.lines, from.made, from.id, from.seq};
	c->counts = true;
	return from.seq;
}

static void greet(
	struct client *c, const struct frame_event *welcome, uint64_t seq)
{
	char token[TOKEN_TEXT];
	struct event e = {.kind = EVENT_WELCOME,
		.seq = seq,
		.to = {c->name, c->name_len},
		.token = {token, sizeof token},
		.online = welcome->online,
		.number = c->options->idle_timeout,
		.more = c->taken,
		.on = true};

	session_token(c, token);
	c->greets = true;
	client_tell(c, e);
}

/* Whether the connection speaks what the session does, and the state of its
 * transport is one: another child has sent it. */
static bool is_sound(const struct client *c, const struct attach_resumed *r)
{
	const struct protocol *p = opening_at(r->protocol);
	struct transport_state state;

	if (p == NULL || p->dialect != c->dialect)
		return false;
	memcpy(&state, r->transport, sizeof state);
	return p->transport->is_sound(&state);
}

static void take_over(struct client *c, const struct frame_event *welcome,
	const struct attach_resumed *r, size_t len, struct passing *beside)
{
	uint64_t unsent, lines;

	outbuf_write(&c->outbuf, CHILD_OUT, c->now_ms);
	unsent = unsent_lines(c);
	lines = c->place.lines - (unsent < c->place.lines ? unsent : 0);
	if (r->lines < c->place.lines)
		lines = r->lines;
	else if (r->lines != LINES_UNTOLD)
		lines = c->place.lines;
	part(c);
	begin_anew(c, r, len);
	put(c, beside);
	greet(c, welcome, go_back(c, lines));
	c->from_slot = r->slot;
	c->from_generation = r->generation;
}

void takeover_take(struct client *c, const struct frame_event *welcome,
	struct passing *beside)
{
	const size_t head = offsetof(struct attach_resumed, bytes);
	static struct attach_resumed r;

	/* A child that has had no answer from a relay that died asks again,
	 * though its client is ours already. */
	if (beside->count >= 2 && welcome->on && welcome->text_len >= head &&
		welcome->text_len <= sizeof r) {
		memcpy(&r, frame_text(welcome), welcome->text_len);
		if (takeover_is_open(c) && c->marks.n > 0 && is_sound(c, &r) &&
			(r.slot != c->from_slot ||
				r.generation != c->from_generation))
			take_over(c, welcome, &r, welcome->text_len - head,
				beside);
	}
	passing_drop(beside);
}
