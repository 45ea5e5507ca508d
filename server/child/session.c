/* SPDX-License-Identifier: MIT */
/* The session of a client, which may go on with another connection: its secret,
 * and how many lines the client has had.
 * Runs in: child. */
#include "server/child/session.h"

#include <string.h>

#include "server/child/state.h"

void session_token(const struct client *c, char text[TOKEN_TEXT])
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < TOKEN_BYTES; i++) {
		text[2 * i] = digits[c->token[i] >> 4];
		text[2 * i + 1] = digits[c->token[i] & 15];
	}
}

void session_begin(struct client *c, uint64_t seq)
{
	c->counts = c->dialect->resumes;
	c->place = (struct mark){.seq = seq};
	c->skip = 0;
	c->marks.n = 0;
	if (c->counts)
		marks_add(&c->marks, &c->place);
}

/* The scrollback of a room comes behind the client's own join, and what was
 * said long ago between two events: until they have ended, the client goes on
 * from where they begin.  In the scrollback of the lobby its number is that of
 * its join. */
static void note_place(struct client *c)
{
	const struct channel *l = &c->channel;

	if (l->history_id == 0 && c->memberships.replay_join == 0) {
		c->place.id = l->last_id;
		if (l->last_id >= l->live_id)
			c->place.seq = l->last_seq;
	}
	marks_add(&c->marks, &c->place);
}

/* The length of the first line, with its end. */
static size_t line_length(const char *lines, size_t n)
{
	const char *end = memchr(lines, '\n', n);

	return end == NULL ? n : (size_t)(end + 1 - lines);
}

void session_count(struct client *c, char *lines, size_t *n)
{
	size_t at = 0, first;

	if (!c->counts)
		return;
	if (c->greets)
		at = line_length(lines, *n);
	first = at;
	c->greets = false;
	while (c->is_logged && c->skip > 0 && *n > 0) {
		size_t len = line_length(lines, *n);

		memmove(lines, lines + len, *n - len);
		*n -= len;
		c->skip--;
	}
	for (; at < *n; at += line_length(lines + at, *n - at)) {
		c->place.lines++;
		c->place.made += !c->is_logged;
	}
	if (at > first)
		note_place(c);
}
