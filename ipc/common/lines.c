/* SPDX-License-Identifier: MIT */
/* Bytes in, lines out: owns the buffer between a descriptor and the reader of
 * its lines.
 * Runs in: any (a child for its client, the client for its server). */
#include "ipc/common/lines.h"

#include <string.h>

/* Field by field: clearing the buffer would allocate pages that a quiet
 * connection never needs. */
void lines_init(struct lines *l)
{
	l->start = 0;
	l->end = 0;
	l->scanned = 0;
	l->max = 0;
	l->discarding = false;
}

/* Moves what is unread to the front of the buffer.  That is at most one
 * incomplete line once lines_next has said LINES_MORE, and none is moved
 * twice: it starts at 0 afterwards, and stays there until it is complete. */
static void compact(struct lines *l)
{
	memmove(l->buf, l->buf + l->start, l->end - l->start);
	l->end -= l->start;
	l->scanned -= l->start;
	l->start = 0;
}

size_t lines_room(struct lines *l, char **where)
{
	if (l->start == l->end) {
		l->start = 0;
		l->end = 0;
		l->scanned = 0;
	} else if (l->start > 0 && LINES_BUFFER - l->end < LINE_MAX_BYTES) {
		compact(l);
	}
	*where = l->buf + l->end;
	return LINES_BUFFER - l->end;
}

void lines_feed(struct lines *l, size_t n)
{
	l->end += n;
}

size_t lines_peek(const struct lines *l, const char **bytes)
{
	*bytes = l->buf + l->start;
	return l->end - l->start;
}

size_t lines_edit(struct lines *l, char **bytes)
{
	*bytes = l->buf + l->start;
	return l->end - l->start;
}

void lines_keep(struct lines *l, size_t n)
{
	l->end = l->start + n;
	l->scanned = l->start;
}

void lines_skip(struct lines *l, size_t n)
{
	l->start += n;
	l->scanned = l->start;
}

/* The length of the n bytes of a line, less the CR that belongs to its end. */
static size_t without_cr(const char *line, size_t n)
{
	return n > 0 && line[n - 1] == '\r' ? n - 1 : n;
}

/* No newline is in the buffer: whether the line is too long already.  A CR
 * that comes last may turn out to be half of its end. */
static enum lines_verdict incomplete(struct lines *l)
{
	l->scanned = l->end;
	if (!l->discarding) {
		const char *line = l->buf + l->start;

		if (without_cr(line, l->end - l->start) <= lines_max(l))
			return LINES_MORE;
		l->discarding = true;
		l->start = l->end;
		return LINES_TOO_LONG;
	}
	l->start = l->end;
	return LINES_MORE;
}

enum lines_verdict lines_next(struct lines *l, char **line, size_t *len)
{
	for (;;) {
		char *begin = l->buf + l->start;
		const char *newline =
			memchr(l->buf + l->scanned, '\n', l->end - l->scanned);

		if (newline == NULL)
			return incomplete(l);
		l->start = (size_t)(newline - l->buf) + 1;
		l->scanned = l->start;
		if (l->discarding) {
			l->discarding = false;
			continue;
		}
		*line = begin;
		*len = without_cr(begin, (size_t)(newline - begin));
		return *len <= lines_max(l) ? LINES_LINE : LINES_TOO_LONG;
	}
}
