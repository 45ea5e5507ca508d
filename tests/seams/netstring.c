/* SPDX-License-Identifier: MIT */
/* A transport that uses every hook of the seam, and is no part of the product:
 * lines as netstrings (D. J. Bernstein, 1997), "5:hello,", each with a newline
 * behind it to be read by people.
 *
 *     NS1\n      begins it
 *     5:hello,   a line; '^' in it erases the character before
 *     0:,        is no line: answered by the same, so that one sees who is
 * there 1:!,       is no line either, but the end of all
 *
 * Of one who has sent such a sign of life it wants another when nothing has
 * come for ALIVE_MS, and gives up who has not answered at the next time.  Its
 * last words are "-end-". Runs in: child, of tests/seams/chatserver. */
#include "tests/seams/netstring.h"

#include <stdio.h>
#include <string.h>

#define ALIVE_MS 400

struct netstring {
	unsigned char preface; /* bytes of it that have come */
	bool in_body, alive, asked;
	size_t length; /* so far; then what is to come of the body */
	size_t digits;
	char first; /* of the body, where it may be no line */
	size_t got;
};

TRANSPORT_OWN(struct netstring)

#define ANSWER(dst, words) mempcpy(dst, words, sizeof(words) - 1)

static char *fail(struct transport_state *s, char *dst)
{
	s->ended = true;
	return ANSWER(dst, "-bad-\n");
}

/* A netstring is whole: what it is besides a line, which ends here. */
static char *end_body(
	struct transport_state *s, char *line, size_t *kept, char *dst)
{
	struct netstring *n = own(s);
	size_t got = n->got;

	n->in_body = false;
	n->length = n->digits = n->got = 0;
	if (got == 0) {
		n->alive = true;
		return ANSWER(dst, "0:,\n");
	}
	if (got == 1 && n->first == '!') {
		s->ended = true;
		--*kept;
		return dst;
	}
	line[(*kept)++] = '\n';
	return dst;
}

/* One byte; what is of a line is put behind the *kept bytes of them. */
static char *take_byte(struct transport_state *s, char byte, char *lines,
	size_t *kept, char *dst)
{
	struct netstring *n = own(s);

	if (n->preface < sizeof(NETSTRING_PREFACE) - 1) {
		if (byte != NETSTRING_PREFACE[n->preface++])
			return fail(s, dst);
		return dst;
	}
	if (!n->in_body) {
		if (byte >= '0' && byte <= '9' && ++n->digits <= 4) {
			n->length = n->length * 10 + (size_t)(byte - '0');
			return dst;
		}
		n->in_body = byte == ':' && n->digits > 0;
		return n->in_body || (byte == '\n' && n->digits == 0)
			       ? dst
			       : fail(s, dst);
	}
	if (n->got == n->length)
		return byte == ',' ? end_body(s, lines, kept, dst)
				   : fail(s, dst);
	if (byte == '\n')
		return fail(s, dst);
	if (n->got++ == 0)
		n->first = byte;
	lines[(*kept)++] = byte;
	return dst;
}

static char *take(struct transport_state *s, char *bytes, size_t n,
	size_t *kept, char *dst)
{
	own(s)->asked = false;
	*kept = 0;
	/* No more is kept than has come: a ',' is where the '\n' goes. */
	for (size_t i = 0; i < n && !s->ended; i++)
		dst = take_byte(s, bytes[i], bytes, kept, dst);
	if (own(s)->alive)
		s->due_ms = s->now_ms + ALIVE_MS;
	return dst;
}

static size_t edit(char *line, size_t n)
{
	size_t kept = 0;

	for (size_t i = 0; i < n; i++) {
		if (line[i] != '^')
			line[kept++] = line[i];
		else if (kept > 0)
			kept--;
	}
	return kept;
}

/* From behind, since lines become longer and stay where they are. */
static size_t frame(struct transport_state *s, char *lines, size_t n)
{
	size_t total = n, end = n, to;
	char head[32];

	(void)s;
	for (size_t i = 0, start = 0; i < n; i++) {
		if (lines[i] != '\n')
			continue;
		total += (size_t)sprintf(head, "%zu:,", i - start);
		start = i + 1;
	}
	for (to = total; end > 0;) {
		char *newline = memrchr(lines, '\n', end - 1);
		size_t start =
			newline != NULL ? (size_t)(newline - lines) + 1 : 0;
		size_t len = end - 1 - start;
		size_t digits = (size_t)sprintf(head, "%zu:", len);

		to -= digits + len + 2;
		memmove(lines + to + digits, lines + start, len);
		memcpy(lines + to, head, digits);
		memcpy(lines + to + digits + len, ",\n", 2);
		end = start;
	}
	return total;
}

static char *tick(struct transport_state *s, char *dst)
{
	if (own(s)->asked) {
		s->ended = true;
		return ANSWER(dst, "-dead-\n");
	}
	own(s)->asked = true;
	s->due_ms = s->now_ms + ALIVE_MS;
	return ANSWER(dst, "-there?-\n");
}

static char *close_it(
	struct transport_state *s, enum leave_reason reason, char *dst)
{
	(void)s;
	return dst + sprintf(dst, "-end %d-\n", (int)reason);
}

const struct transport transport_netstring = {
	.name = "netstring",
	.take = take,
	.edit = edit,
	.frame = frame,
	.tick = tick,
	.close = close_it,
};
