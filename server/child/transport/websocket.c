/* SPDX-License-Identifier: MIT */
/* WebSocket's frames: taken apart as they come, cut anywhere, and made of
 * lines. Runs in: child. */
#include "server/child/transport/websocket.h"

#include <string.h>

#include "server/child/transport/utf8.h"

/* RFC 6455, section 5.2. */
enum {
	OPCODE_CONTINUATION = 0,
	OPCODE_TEXT = 1,
	OPCODE_BINARY = 2,
	OPCODE_CLOSE = 8,
	OPCODE_PING = 9,
	OPCODE_PONG = 10,

	BIT_FIN = 0x80, /* of the first byte */
	BITS_RESERVED = 0x70,
	BITS_OPCODE = 0x0F,
	BIT_MASK = 0x80, /* of the second one */
	BITS_LENGTH = 0x7F,
	LENGTH_16 = 126, /* the length is in the next 2 bytes, or 8 */
	LENGTH_64 = 127,
};

/* Section 5.5: of a control frame's payload. */
#define CONTROL_MAX 125

/* First byte, length, 8 bytes of it, 4 of a mask. */
#define HEADER_MAX 14

/* Section 7.4.1. */
enum status {
	STATUS_NORMAL = 1000,
	STATUS_GOING_AWAY = 1001,
	STATUS_PROTOCOL = 1002,
	STATUS_NOT_UTF8 = 1007,
	STATUS_POLICY = 1008,
	STATUS_TOO_BIG = 1009,
};

struct websocket {
	uint8_t kind;    /* opcode of our messages: that of the client's last
			    one */
	uint8_t opcode;  /* of the frame whose payload comes */
	uint8_t message; /* of the message that is not at its end; 0: none */
	bool fin;        /* the frame is the message's last one */
	bool closed;     /* our close is sent, and nothing else will be */
	bool pinged;     /* and nothing has come since */
	uint8_t mask_at; /* of the next byte */
	uint8_t mask[4];
	uint8_t header_len; /* what has come of it */
	uint8_t control_len;
	uint8_t header[HEADER_MAX];
	uint8_t control[CONTROL_MAX];
	struct utf8 utf8; /* of a message of text */
	uint32_t len;     /* of the message, so far */
	uint64_t left;    /* of the frame's payload */
	int64_t heard_ms; /* when something came last */
};

TRANSPORT_OWN(struct websocket)

/* What take() works on. */
struct taking {
	struct transport_state *s;
	char *kept; /* where the next byte of a line goes */
	char *dst;
};

/* --- frames to the client ------------------------------------------------- */

/* Writes the header of a frame that is whole; its payload goes behind it. */
static char *put_header(char *dst, uint8_t opcode, size_t n)
{
	*dst++ = (char)(BIT_FIN | opcode);
	if (n < LENGTH_16) {
		*dst++ = (char)n;
		return dst;
	}
	*dst++ = LENGTH_16;
	*dst++ = (char)(n >> 8);
	*dst++ = (char)n;
	return dst;
}

static size_t header_size(size_t n)
{
	return n < LENGTH_16 ? 2 : 4;
}

static char *put_control(
	char *dst, uint8_t opcode, const void *payload, size_t n)
{
	dst = put_header(dst, opcode, n);
	return mempcpy(dst, payload, n);
}

static char *put_close(
	struct websocket *w, char *dst, enum status status, const char *why)
{
	uint8_t payload[CONTROL_MAX];
	size_t n = strnlen(why, sizeof payload - 2);

	payload[0] = (uint8_t)(status >> 8);
	payload[1] = (uint8_t)status;
	memcpy(payload + 2, why, n);
	w->closed = true;
	return put_control(dst, OPCODE_CLOSE, payload, n + 2);
}

/* Closes a connection whose client breaks the rules. */
static void fail(struct taking *t, enum status status, const char *why)
{
	struct websocket *w = own(t->s);

	if (!w->closed)
		t->dst = put_close(w, t->dst, status, why);
	t->s->ended = true;
}

/* --- what comes ----------------------------------------------------------- */

/* Section 7.4: the numbers that a close may have. */
static bool is_status(unsigned int n)
{
	return (n >= 1000 && n <= 1003) || (n >= 1007 && n <= 1014) ||
	       (n >= 3000 && n <= 4999);
}

/* The client closes: it gets its own status back. */
static void take_close(struct taking *t)
{
	struct websocket *w = own(t->s);
	struct utf8 utf8 = {0};
	unsigned int status =
		(unsigned int)w->control[0] << 8 | (unsigned int)w->control[1];
	bool sound = w->control_len == 0 ||
		     (w->control_len >= 2 && is_status(status));

	for (size_t i = 2; i < w->control_len; i++) {
		if (!utf8_take(&utf8, w->control[i])) {
			fail(t, STATUS_NOT_UTF8, "the reason is not UTF-8");
			return;
		}
	}
	if (!sound)
		fail(t, STATUS_PROTOCOL, "no such status");
	else if (!utf8_is_whole(&utf8))
		fail(t, STATUS_NOT_UTF8, "the reason is not UTF-8");
	else if (!w->closed)
		t->dst = put_control(t->dst, OPCODE_CLOSE, w->control,
			w->control_len > 2 ? 2 : w->control_len);
	w->closed = t->s->ended = true;
}

static void end_control(struct taking *t)
{
	struct websocket *w = own(t->s);

	if (w->opcode == OPCODE_CLOSE)
		take_close(t);
	else if (w->opcode == OPCODE_PING && !w->closed)
		t->dst = put_control(
			t->dst, OPCODE_PONG, w->control, w->control_len);
}

static void end_message(struct taking *t)
{
	struct websocket *w = own(t->s);

	if (w->message == OPCODE_TEXT && !utf8_is_whole(&w->utf8)) {
		fail(t, STATUS_NOT_UTF8, "the text is not UTF-8");
		return;
	}
	*t->kept++ = '\n';
	w->kind = w->message;
	w->message = 0;
	w->len = 0;
}

static bool is_control(const struct websocket *w)
{
	return (w->opcode & OPCODE_CLOSE) != 0;
}

static void end_frame(struct taking *t)
{
	struct websocket *w = own(t->s);

	w->header_len = 0;
	if (is_control(w))
		end_control(t);
	else if (w->fin)
		end_message(t);
}

/* One byte of payload. */
static void take_byte(struct taking *t, uint8_t byte)
{
	struct websocket *w = own(t->s);

	byte ^= w->mask[w->mask_at++ & 3];
	w->left--;
	if (is_control(w))
		w->control[w->control_len++] = byte;
	else if (w->message == OPCODE_TEXT && !utf8_take(&w->utf8, byte))
		fail(t, STATUS_NOT_UTF8, "the text is not UTF-8");
	else
		*t->kept++ = (char)byte;
	if (w->left == 0 && !t->s->ended)
		end_frame(t);
}

/* The bytes that a header has, by its first two. */
static size_t header_wants(const struct websocket *w)
{
	unsigned int n = w->header[1] & BITS_LENGTH;

	if (w->header_len < 2)
		return 2;
	return 2U +
	       (n == LENGTH_16          ? 2
		       : n == LENGTH_64 ? 8
					: 0) +
	       sizeof w->mask;
}

/* What is wrong with the first two bytes; NULL: nothing. */
static const char *fault(const struct websocket *w)
{
	unsigned int length = w->header[1] & BITS_LENGTH;
	uint8_t opcode = w->header[0] & BITS_OPCODE;
	bool fin = (w->header[0] & BIT_FIN) != 0;

	if ((w->header[0] & BITS_RESERVED) != 0)
		return "no extension was agreed on: reserved bits must be 0";
	if ((opcode > OPCODE_BINARY && opcode < OPCODE_CLOSE) ||
		opcode > OPCODE_PONG)
		return "unknown opcode";
	if ((w->header[1] & BIT_MASK) == 0)
		return "frames of a client must be masked";
	if (opcode >= OPCODE_CLOSE && (!fin || length > CONTROL_MAX))
		return "control frames are whole, and of 125 bytes at most";
	if (opcode == OPCODE_CONTINUATION && w->message == 0)
		return "no message to continue";
	if (opcode != OPCODE_CONTINUATION && opcode < OPCODE_CLOSE &&
		w->message != 0)
		return "the message before has not ended";
	return NULL;
}

/* The payload's length; RFC 6455 has it in the shortest form that it fits, and
 * below 2^63. */
static bool read_length(const struct websocket *w, uint64_t *length)
{
	unsigned int n = w->header[1] & BITS_LENGTH;
	size_t bytes = n == LENGTH_16 ? 2 : n == LENGTH_64 ? 8 : 0;

	*length = bytes == 0 ? n : 0;
	for (size_t i = 0; i < bytes; i++)
		*length = *length << 8 | w->header[2 + i];
	return bytes == 0 || (bytes == 2 && *length >= LENGTH_16) ||
	       (*length > UINT16_MAX && *length <= INT64_MAX);
}

/* A whole header. */
static void begin_frame(struct taking *t)
{
	struct websocket *w = own(t->s);
	uint64_t length;

	if (!read_length(w, &length)) {
		fail(t, STATUS_PROTOCOL, "the length is not in its form");
		return;
	}
	w->opcode = w->header[0] & BITS_OPCODE;
	w->fin = (w->header[0] & BIT_FIN) != 0;
	w->left = length;
	w->mask_at = 0;
	w->control_len = is_control(w) ? 0 : w->control_len;
	memcpy(w->mask, w->header + w->header_len - sizeof w->mask,
		sizeof w->mask);
	if (!is_control(w)) {
		if (length > WEBSOCKET_MESSAGE_MAX - w->len) {
			fail(t, STATUS_TOO_BIG,
				"a message has 65,536 bytes at most");
			return;
		}
		w->len += (uint32_t)length;
		if (w->opcode != OPCODE_CONTINUATION) {
			w->message = w->opcode;
			w->utf8 = (struct utf8){0};
		}
	}
	if (length == 0)
		end_frame(t);
}

static void take_header(struct taking *t, uint8_t byte)
{
	struct websocket *w = own(t->s);
	const char *why;

	w->header[w->header_len++] = byte;
	if (w->header_len == 2) {
		why = fault(w);
		if (why != NULL) {
			fail(t, STATUS_PROTOCOL, why);
			return;
		}
	}
	if (w->header_len == header_wants(w))
		begin_frame(t);
}

/* Whether a frame's payload is expected, not a header. */
static bool in_payload(const struct websocket *w)
{
	return w->left > 0;
}

static char *take(struct transport_state *s, char *bytes, size_t n,
	size_t *kept, char *dst)
{
	struct websocket *w = own(s);
	char *lines = bytes;
	struct taking t = {.s = s, .kept = lines, .dst = dst};

	w->heard_ms = s->now_ms;
	w->pinged = false;
	/* The end of a line takes the place of a header; where that has come
	 * before, all others make room for it. */
	if (in_payload(w)) {
		memmove(bytes + TRANSPORT_TAKE_EXTRA, bytes, n);
		bytes += TRANSPORT_TAKE_EXTRA;
	}
	for (size_t i = 0; i < n && !s->ended; i++) {
		uint8_t byte = (uint8_t)bytes[i];

		(in_payload(w) ? take_byte : take_header)(&t, byte);
	}
	*kept = (size_t)(t.kept - lines);
	return t.dst;
}

/* --- lines to the client -------------------------------------------------- */

/* The length of a line's end, LF or CRLF. */
static size_t end_size(const char *line, size_t n)
{
	return n > 1 && line[n - 2] == '\r' ? 2 : 1;
}

/* The length of the first line, with its end. */
static size_t line_size(const char *lines, size_t n)
{
	const char *end = memchr(lines, '\n', n);

	return end == NULL ? n : (size_t)(end + 1 - lines);
}

/* How far the lines move, so that no frame overtakes the next line. */
static size_t growth(const char *lines, size_t n)
{
	size_t sum = 0;

	while (n > 0) {
		size_t size = line_size(lines, n), end = end_size(lines, size);
		size_t header = header_size(size - end);

		sum += header > end ? header - end : 0;
		lines += size;
		n -= size;
	}
	return sum;
}

static size_t frame(struct transport_state *s, char *lines, size_t n)
{
	struct websocket *w = own(s);
	size_t move = growth(lines, n);
	char *from = lines + move, *to = lines;

	if (w->closed)
		return 0;
	memmove(from, lines, n);
	while (n > 0) {
		size_t size = line_size(from, n);
		size_t text = size - end_size(from, size);

		/* The header may lie over the end of the line before it is
		 * moved, so it comes second. */
		memmove(to + header_size(text), from, text);
		to = put_header(to, w->kind, text) + text;
		from += size;
		n -= size;
	}
	return (size_t)(to - lines);
}

/* --- time and the end ----------------------------------------------------- */

static char *tick(struct transport_state *s, char *dst)
{
	struct websocket *w = own(s);

	if (w->closed)
		return dst;
	if (s->now_ms < w->heard_ms + WEBSOCKET_PING_MS) {
		s->due_ms = w->heard_ms + WEBSOCKET_PING_MS;
		return dst;
	}
	if (w->pinged) {
		s->ended = true;
		return dst;
	}
	w->pinged = true;
	s->due_ms = s->now_ms + WEBSOCKET_PING_MS;
	return put_control(dst, OPCODE_PING, "", 0);
}

static char *end(struct transport_state *s, enum leave_reason reason, char *dst)
{
	struct websocket *w = own(s);

	if (w->closed)
		return dst;
	switch (reason) {
	case LEAVE_SHUTDOWN:
		return put_close(w, dst, STATUS_GOING_AWAY, "the server ends");
	case LEAVE_IDLE:
		return put_close(w, dst, STATUS_POLICY, "idle");
	case LEAVE_KICKED:
		return put_close(w, dst, STATUS_POLICY, "kicked");
	case LEAVE_STALLED:
		return put_close(w, dst, STATUS_POLICY, "stalled");
	case LEAVE_TAKEN:
		return put_close(w, dst, STATUS_NORMAL,
			"taken over by your new connection");
	default:
		return put_close(w, dst, STATUS_NORMAL, "");
	}
}

static bool is_sound(const struct transport_state *s)
{
	const struct websocket *w = (const void *)s->own;

	if (w->len > WEBSOCKET_MESSAGE_MAX)
		return false;
	if (!in_payload(w))
		return w->header_len < header_wants(w);
	return w->header_len <= HEADER_MAX &&
	       (!is_control(w) ||
		       (w->left <= CONTROL_MAX &&
			       w->left + w->control_len <= CONTROL_MAX));
}

static void begin_kind(struct transport_state *s, uint8_t kind)
{
	own(s)->kind = kind;
	own(s)->heard_ms = s->now_ms;
	s->due_ms = s->now_ms + WEBSOCKET_PING_MS;
}

static void begin_text(struct transport_state *s)
{
	begin_kind(s, OPCODE_TEXT);
}

static void begin_binary(struct transport_state *s)
{
	begin_kind(s, OPCODE_BINARY);
}

const struct transport transport_websocket = {
	.name = "websocket",
	.begin = begin_text,
	.take = take,
	.frame = frame,
	.tick = tick,
	.is_sound = is_sound,
	.close = end,
};

const struct transport transport_websocket_binary = {
	.name = "websocket",
	.begin = begin_binary,
	.take = take,
	.frame = frame,
	.tick = tick,
	.is_sound = is_sound,
	.close = end,
};
