/* SPDX-License-Identifier: MIT */
/* Messages for an IRC client, of one line or several: each has at most 512
 * bytes and tags, and is cut at a character.
 * Runs in: child. */
#include <string.h>

#include "server/child/dialect/irc/reply.h"
#include "server/child/dialect/render.h"

/* What stands around each line of a message. */
struct around {
	char head[IRC_LINE_MAX];
	size_t head_len;
	const char *behind;
	size_t room; /* bytes that a line has for the text */
};

/* Takes the next line off a text: up to a mark, or what there is room for.
 * *cut: whether the one behind it goes on with it. */
static struct span next_piece(struct span *rest, size_t room, bool *cut)
{
	struct span piece = {rest->p, 0};

	while (piece.n < rest->n && piece.p[piece.n] != TEXT_NEWLINE &&
		piece.p[piece.n] != TEXT_CUT)
		piece.n++;
	if (piece.n > room) {
		piece.n = irc_fit(piece, room);
		*cut = true;
	} else if (piece.n < rest->n) {
		*cut = piece.p[piece.n] == TEXT_CUT;
		rest->p++;
		rest->n--;
	}
	rest->p += piece.n;
	rest->n -= piece.n;
	return piece;
}

static char *put_piece(char *p, const struct around *a, struct span piece)
{
	char *body = p;

	p = put_span(put_bytes(p, a->head, a->head_len), piece);
	return reply_end(body, put_word(p, a->behind));
}

/* Its reference: the number of its event. */
static char *put_reference(char *p, const struct event *e)
{
	return put_number(put_word(p, "m"), e->id);
}

/* One batch, whatever its length: ircv3.net, "Multiline messages". */
static char *put_batch(struct dialect_state *s, char *dst,
	const struct event *e, struct span to, const struct around *a)
{
	struct span rest = e->text;
	char *body = reply_tags(s, dst, e, true), *p = reply_source(s, body, e);
	bool cut = false;

	p = put_reference(put_word(p, "BATCH +"), e);
	p = put_span(put_word(p, " draft/multiline "), to);
	p = reply_end(body, p);
	while (rest.n > 0) {
		bool goes_on = cut;
		struct span piece = next_piece(&rest, a->room, &cut);

		if (piece.n == 0 && goes_on)
			continue;
		p = put_reference(put_word(p, "@batch="), e);
		p = put_word(p, goes_on ? ";draft/multiline-concat " : " ");
		p = put_piece(p, a, piece);
	}
	body = p;
	p = put_reference(put_word(p, ":" IRC_SERVER " BATCH -"), e);
	own(s)->whole_batch = true;
	return reply_end(body, p);
}

/* A line for each; blank ones are left out. */
static char *put_lines(struct dialect_state *s, char *p, const struct event *e,
	const struct around *a)
{
	struct span rest = e->text;
	bool first = true, cut;

	while (rest.n > 0) {
		struct span piece = next_piece(&rest, a->room, &cut);

		if (piece.n == 0)
			continue;
		p = put_piece(reply_tags(s, p, e, first), a, piece);
		first = false;
	}
	return p;
}

char *reply_text(struct dialect_state *s, char *dst, const struct event *e,
	const char *command, struct span to, const char *before,
	const char *behind)
{
	static struct around a;
	struct span rest = e->text;
	bool cut, several;
	char *p = put_word(reply_source(s, a.head, e), command);

	*p++ = ' ';
	p = put_word(put_word(put_span(p, to), " :"), before);
	a.head_len = (size_t)(p - a.head);
	a.behind = behind;
	a.room = IRC_LINE_MAX - a.head_len - strlen(behind);
	next_piece(&rest, a.room, &cut);
	several = rest.n > 0;
	/* What somebody does is a line of its own. */
	if (several && *before == '\0' && irc_has(own(s), CAP_MULTILINE) &&
		irc_has(own(s), CAP_BATCH))
		return put_batch(s, dst, e, to, &a);
	return put_lines(s, dst, e, &a);
}
