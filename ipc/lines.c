/* Bytes in, lines out: owns the buffer between a descriptor and whoever takes
 * its lines, and the state of the telnet filter in front of it.
 * Runs in: any (a child for its client, the client for its server). */
#include "ipc/lines.h"

#include <string.h>

/* RFC 854, "TELNET command structure". */
enum {
	TELNET_SE = 0xF0,
	TELNET_SB = 0xFA,
	TELNET_WILL = 0xFB,
	TELNET_DONT = 0xFE,
	TELNET_IAC = 0xFF
};

/* Where in a command the last byte fed has left us; any byte may be the last
 * of a read. */
enum filter {
	FILTER_TEXT,    /* in none */
	FILTER_COMMAND, /* after IAC */
	FILTER_OPTION,  /* after IAC and WILL, WONT, DO or DONT */
	FILTER_SUB,     /* after IAC SB */
	FILTER_SUB_IAC  /* after an IAC in there, which may begin its end */
};

/* Field by field: clearing the buffer would make pages real that a quiet
 * connection never needs. */
void lines_init(struct lines *l)
{
	l->start = 0;
	l->end = 0;
	l->scanned = 0;
	l->discarding = false;
	l->telnet = FILTER_TEXT;
	l->negotiated = 0;
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

/* The state after a command byte, IAC having come before it. */
static enum filter command(struct lines *l, unsigned char byte)
{
	if (byte == TELNET_SB) {
		l->negotiated = 0;
		return FILTER_SUB;
	}
	if (byte >= TELNET_WILL && byte <= TELNET_DONT)
		return FILTER_OPTION;
	return FILTER_TEXT;
}

/* The state after a byte of a subnegotiation.  One that never ends must not
 * swallow all that a user will ever say, so it is given up at some point. */
static enum filter subnegotiation(struct lines *l, unsigned char byte)
{
	if (l->telnet == FILTER_SUB_IAC && byte == TELNET_SE)
		return FILTER_TEXT;
	if (++l->negotiated >= TELNET_SUBNEGOTIATION_MAX)
		return FILTER_TEXT;
	if (l->telnet == FILTER_SUB && byte == TELNET_IAC)
		return FILTER_SUB_IAC;
	return FILTER_SUB;
}

/* Takes one byte of the stream; whether it is a byte of text. */
static bool filter(struct lines *l, unsigned char byte)
{
	switch (l->telnet) {
	case FILTER_TEXT:
		if (byte != TELNET_IAC)
			return true;
		l->telnet = FILTER_COMMAND;
		return false;
	case FILTER_COMMAND:
		l->telnet = (unsigned char)command(l, byte);
		return byte == TELNET_IAC; /* doubled, it stands for itself */
	case FILTER_OPTION:
		l->telnet = FILTER_TEXT;
		return false;
	default:
		l->telnet = (unsigned char)subnegotiation(l, byte);
		return false;
	}
}

void lines_feed(struct lines *l, size_t n)
{
	const char *in = l->buf + l->end;
	const char *in_end = in + n;

	/* Nearly everybody sends no telnet commands at all. */
	if (l->telnet == FILTER_TEXT && memchr(in, TELNET_IAC, n) == NULL) {
		l->end += n;
		return;
	}
	for (; in < in_end; in++) {
		if (filter(l, (unsigned char)*in))
			l->buf[l->end++] = *in;
	}
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

		if (without_cr(line, l->end - l->start) <= LINE_MAX_BYTES)
			return LINES_MORE;
		l->discarding = true;
		l->start = l->end;
		return LINES_TOO_LONG;
	}
	l->start = l->end;
	return LINES_MORE;
}

enum lines_verdict lines_next(struct lines *l, const char **line, size_t *len)
{
	for (;;) {
		const char *begin = l->buf + l->start;
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
		return *len <= LINE_MAX_BYTES ? LINES_LINE : LINES_TOO_LONG;
	}
}
