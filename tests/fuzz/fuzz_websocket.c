/* SPDX-License-Identifier: MIT */
/* Fuzzes server/child/transport/websocket.c: the same lines and the same
 * answers come out however the bytes were cut, and they are those that a reader
 * of the whole stream finds; and what is framed can be read.
 * Runs in: nothing but tests.
 *
 * Input: four bytes that say how it is cut, then frames, each in five bytes and
 * its payload: the first byte of the frame; its form; the length, two bytes;
 * the number of bytes of payload that follow, which are repeated.  By the form,
 * a frame has no mask, a length field of 16 or 64 bits, a length that is far
 * too large, or is these bytes as they are. */
#include "server/child/transport/websocket.h"

#include "server/child/dialect/dialect.h"
#include "tests/fuzz/fuzz.h"
#include "tests/websocket/wire.h"

#define STREAM_MAX (200u << 10)

/* To feed more than this byte by byte takes too long. */
#define BYTES_MAX 20000

enum {
	FORM_RAW = 8, /* beside those of wire.h */
	FORM_HUGE = 16
};

struct outcome {
	size_t lines_n, answers_n;
	unsigned status, other; /* of our close after an error; 0: none */
	bool ended;
	char lines[STREAM_MAX + 1];
	char answers[STREAM_MAX + TRANSPORT_ANSWER_MAX];
};

static unsigned char stream[STREAM_MAX + WIRE_HEADER_MAX];
static struct outcome expected, got;

/* --- a reader that has the whole stream ---------------------------------- */

static bool is_whole(const char *s, size_t n)
{
	uint32_t cp;

	for (size_t at = 0, len; at < n; at += len) {
		len = utf8_sequence(s + at, n - at, &cp);
		if (len == 0)
			return false;
	}
	return true;
}

/* Whether more bytes may make UTF-8 of these, of which at most the last
 * character is not whole: found by trying. */
static bool may_go_on(const char *s, size_t n)
{
	static const unsigned char next[] = {0x80, 0x90, 0xA0, 0x8F, 0x9F};
	uint32_t cp;
	char c[4];

	for (size_t len; n > 0; s += len, n -= len) {
		len = utf8_sequence(s, n, &cp);
		if (len == 0)
			break;
	}
	if (n == 0)
		return true;
	if (n > 3)
		return false;
	for (size_t i = 0; i < sizeof(next); i++) {
		memcpy(c, s, n);
		memset(c + n, 0x80, sizeof(c) - n);
		c[n] = (char)next[i];
		if (utf8_sequence(c, sizeof(c), &cp) > n)
			return true;
	}
	return false;
}

static void expect_failure(unsigned status, unsigned other)
{
	expected.status = status;
	expected.other = other;
	expected.ended = true;
}

static void expect_control(unsigned opcode, const char *p, size_t n)
{
	char *dst = expected.answers + expected.answers_n;

	dst[0] = (char)(WIRE_FIN | opcode);
	dst[1] = (char)n;
	memcpy(dst + 2, p, n);
	expected.answers_n += 2 + n;
}

static void expect_close(const char *p, size_t n)
{
	unsigned status = n < 2 ? 0
				: (unsigned)(unsigned char)p[0] << 8 |
					  (unsigned char)p[1];
	bool sound = n == 0 || (status >= 1000 && status < 5000);
	bool whole = n < 2 || is_whole(p + 2, n - 2);

	/* Those that RFC 6455 reserves, and those that nobody has defined. */
	if ((status >= 1004 && status <= 1006) ||
		(status >= 1015 && status < 3000))
		sound = false;
	if (!sound || !whole) {
		expect_failure(sound ? 1007 : 1002, whole ? 1002 : 1007);
		return;
	}
	expect_control(WIRE_CLOSE, p, n > 2 ? 2 : n);
	expected.ended = true;
}

/* Where a message is that has begun. */
struct begun {
	unsigned opcode;  /* 0: none */
	size_t start, n;  /* in the lines; of all frames so far */
	size_t checked;   /* the characters that are whole, in the lines */
	bool has_payload; /* of the frame, all of it */
};

/* Adds bytes of a message's payload, up to one that is wrong. */
static void expect_payload(struct begun *m, const char *p, size_t n)
{
	char *text = expected.lines;
	uint32_t cp;

	for (size_t i = 0; i < n; i++) {
		text[expected.lines_n] = p[i];
		if (m->opcode == WIRE_TEXT &&
			!may_go_on(text + m->checked,
				expected.lines_n + 1 - m->checked)) {
			expect_failure(1007, 1007);
			return;
		}
		expected.lines_n++;
		if (utf8_sequence(text + m->checked,
			    expected.lines_n - m->checked, &cp) > 0)
			m->checked = expected.lines_n;
	}
}

static void expect_data(
	struct begun *m, const struct wire_frame *f, const char *p, size_t n)
{
	unsigned opcode = f->first & 0x0F;

	if (f->n > WEBSOCKET_MESSAGE_MAX - m->n) {
		expect_failure(1009, 1009);
		return;
	}
	if (opcode != WIRE_CONTINUATION)
		*m = (struct begun){.opcode = opcode,
			.start = expected.lines_n,
			.checked = expected.lines_n};
	m->n += (size_t)f->n;
	expect_payload(m, p, n);
	if (expected.ended || n < f->n || (f->first & WIRE_FIN) == 0)
		return;
	if (m->opcode == WIRE_TEXT && m->checked < expected.lines_n) {
		expect_failure(1007, 1007);
		return;
	}
	expected.lines[expected.lines_n++] = '\n';
	*m = (struct begun){0};
}

/* What is wrong with the first two bytes of a frame. */
static bool is_fault(const unsigned char *p, const struct begun *m)
{
	unsigned opcode = p[0] & 0x0F;
	bool control = opcode >= WIRE_CLOSE;

	if ((p[0] & 0x70) != 0 || (p[1] & 0x80) == 0)
		return true;
	if (control)
		return opcode > WIRE_PONG || (p[0] & WIRE_FIN) == 0 ||
		       (p[1] & 0x7F) > 125;
	return opcode > WIRE_BINARY ||
	       (opcode == WIRE_CONTINUATION) != (m->opcode != 0);
}

/* Whether the length could not be told in fewer bytes, and is one. */
static bool is_shortest(const struct wire_frame *f)
{
	return f->n <= INT64_MAX &&
	       (f->header == 6 || (f->header == 8 && f->n > 125) ||
		       (f->header == 14 && f->n > UINT16_MAX));
}

static void expect(size_t size)
{
	static char payload[STREAM_MAX];
	struct begun m = {0};
	struct wire_frame f;

	memset(&expected, 0, offsetof(struct outcome, lines));
	for (size_t at = 0; size - at >= 2 && !expected.ended;) {
		unsigned char *p = stream + at;
		size_t left = size - at, n;

		if (is_fault(p, &m)) {
			expect_failure(1002, 1002);
			return;
		}
		if (!wire_read(&f, p, left))
			return;
		if (!is_shortest(&f)) {
			expect_failure(1002, 1002);
			return;
		}
		left -= f.header;
		n = f.n < left ? (size_t)f.n : left;
		memcpy(payload, p + f.header, n);
		wire_mask((unsigned char *)payload, n, 0, p + f.header - 4);
		if ((f.first & WIRE_CLOSE) == 0)
			expect_data(&m, &f, payload, n);
		else if (n < f.n)
			return;
		else if ((f.first & 0x0F) == WIRE_CLOSE)
			expect_close(payload, n);
		else if ((f.first & 0x0F) == WIRE_PING)
			expect_control(WIRE_PONG, payload, n);
		at += f.header + n;
	}
}

/* --- the transport itself ------------------------------------------------- */

static struct transport_state state;

/* In memory that ends where the transport may not go on. */
static void feed_piece(const unsigned char *p, size_t n)
{
	char *bytes = malloc(n + TRANSPORT_TAKE_EXTRA);
	char *dst = malloc(n + TRANSPORT_ANSWER_MAX), *end;
	size_t kept = 0;

	CHECK(bytes != NULL && dst != NULL);
	memcpy(bytes, p, n);
	end = transport_websocket.take(&state, bytes, n, &kept, dst);
	CHECK(kept <= n + TRANSPORT_TAKE_EXTRA);
	CHECK(end >= dst && end <= dst + n + TRANSPORT_ANSWER_MAX);
	memcpy(got.lines + got.lines_n, bytes, kept);
	got.lines_n += kept;
	memcpy(got.answers + got.answers_n, dst, (size_t)(end - dst));
	got.answers_n += (size_t)(end - dst);
	free(bytes);
	free(dst);
}

/* The last answer is our close, with this status and a reason. */
static void check_failure(void)
{
	const unsigned char *p =
		(const unsigned char *)got.answers + expected.answers_n;
	size_t n = got.answers_n - expected.answers_n;
	unsigned status;

	CHECK(n >= 4 && p[0] == (WIRE_FIN | WIRE_CLOSE) && p[1] == n - 2);
	CHECK(p[1] <= 125);
	status = (unsigned)p[2] << 8 | p[3];
	CHECK(status == expected.status || status == expected.other);
	CHECK(utf8_is_clean((const char *)p + 4, n - 4));
}

static void check_outcome(void)
{
	CHECK(state.ended == expected.ended);
	CHECK(got.lines_n == expected.lines_n);
	CHECK(memcmp(got.lines, expected.lines, got.lines_n) == 0);
	CHECK(got.answers_n >= expected.answers_n);
	CHECK(memcmp(got.answers, expected.answers, expected.answers_n) == 0);
	if (expected.status != 0)
		check_failure();
	else
		CHECK(got.answers_n == expected.answers_n);
}

/* Cut into pieces of these sizes, in turn. */
static void feed(size_t size, const size_t sizes[4])
{
	memset(&state, 0, sizeof(state));
	memset(&got, 0, offsetof(struct outcome, lines));
	transport_websocket.begin(&state);
	for (size_t at = 0, i = 0; at < size && !state.ended; i++) {
		size_t n = sizes[i % 4] < size - at ? sizes[i % 4] : size - at;

		feed_piece(stream + at, n);
		at += n;
	}
	check_outcome();
}

/* --- lines to the client -------------------------------------------------- */

/* Frames whole lines, and reads them again. */
static void check_frames(const char *lines, size_t n, size_t count)
{
	size_t room = n + count * TRANSPORT_LINE_EXTRA;
	char *frames = malloc(room);
	struct wire_frame f;
	size_t framed;

	CHECK(frames != NULL);
	memcpy(frames, lines, n);
	framed = transport_websocket.frame(&state, frames, n);
	CHECK(framed <= room);
	for (const char *p = frames; framed > 0;) {
		size_t len = (size_t)((char *)memchr(lines, '\n', n) - lines);
		size_t text = len > 0 && lines[len - 1] == '\r' ? len - 1 : len;

		CHECK(wire_read(&f, (const unsigned char *)p, framed));
		CHECK(!f.masked && f.n == text && framed - f.header >= text);
		CHECK(f.first == (WIRE_FIN | WIRE_TEXT) ||
			f.first == (WIRE_FIN | WIRE_BINARY));
		CHECK(memcmp(p + f.header, lines, text) == 0);
		p += f.header + text;
		framed -= f.header + text;
		lines += len + 1;
		n -= len + 1;
	}
	CHECK(n == 0);
	free(frames);
}

/* All lines that came, as many at once as a dialect may write. */
static void frame_lines(void)
{
	size_t start = 0, count = 0, end = 0;

	for (size_t at = 0; at <= got.lines_n; at++) {
		bool last = at == got.lines_n;

		if (!last && got.lines[at] != '\n')
			continue;
		if (count > 0 && (last || at + 1 - start > RENDER_MAX ||
					 count == RENDER_LINES_MAX)) {
			check_frames(got.lines + start, end - start, count);
			count = 0;
			start = end;
		}
		if (last)
			break;
		end = at + 1;
		count++;
		if (end - start > RENDER_MAX) {
			start = end; /* no dialect has such a line */
			count = 0;
		}
	}
}

/* --- the input ------------------------------------------------------------ */

/* Adds a frame, as the input says, to the stream. */
static size_t put_frame(struct fuzz_input *in, unsigned char *dst, size_t room)
{
	unsigned first = fuzz_byte(in), form = fuzz_byte(in);
	size_t length = (size_t)fuzz_number(in, 2), n;
	struct fuzz_input part = fuzz_part(in, fuzz_byte(in));
	unsigned char mask[4] = {0x5A, 0, (unsigned char)length, 0xFF};
	uint64_t told = (form & FORM_HUGE) != 0 ? UINT64_MAX - length : length;

	if ((form & FORM_RAW) != 0) {
		n = part.n < room ? part.n : room;
		if (n > 0)
			memcpy(dst, part.p, n);
		return n;
	}
	if (part.n == 0)
		length = 0;
	if ((form & FORM_HUGE) == 0)
		told = length;
	n = wire_header(dst, first, told, form & 7, mask);
	length = length < room - n ? length : room - n;
	for (size_t i = 0; i < length; i++)
		dst[n + i] = part.p[i % part.n];
	if ((form & WIRE_UNMASKED) == 0)
		wire_mask(dst + n, length, 0, mask);
	return n + length;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const size_t sizes[] = {1, 2, 3, 4, 5, 7, 13, 64, 126, 255, 512,
		1024, 4095, 4096, 8190, 8191};
	static const size_t whole[4] = {8191, 8191, 8191, 8191};
	static const size_t bytes[4] = {1, 1, 1, 1};
	struct fuzz_input in = {data, size};
	size_t cuts[4], n = 0;

	for (size_t i = 0; i < 4; i++)
		cuts[i] = sizes[fuzz_byte(&in) & 15];
	while (in.n > 0 && n < STREAM_MAX - WIRE_HEADER_MAX)
		n += put_frame(&in, stream + n, STREAM_MAX - n);
	expect(n);
	feed(n, whole);
	feed(n, cuts);
	if (n <= BYTES_MAX)
		feed(n, bytes);
	if (!expected.ended)
		frame_lines();
	return 0;
}
