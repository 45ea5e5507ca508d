/* SPDX-License-Identifier: MIT */
/* Fuzzes ipc/common/lines.c and server/child/transport/telnet.c: the same lines
 * come out however the bytes were cut, and they are those that a reader of the
 * whole stream finds. Runs in: nothing but tests.
 *
 * Input: four bytes that say how it is cut, then the stream (fuzz_expand). */
#include "ipc/common/lines.h"

#include "server/child/transport/telnet.h"
#include "tests/fuzz/fuzz.h"

/* Some more than a buffer full. */
#define STREAM_MAX (2 * LINES_BUFFER + LINE_MAX_BYTES)

/* To feed more than this byte by byte takes too long. */
#define BYTES_MAX (LINE_MAX_BYTES + 1024)

#define IAC 0xFF

/* What came out, a record each: 'L', the length in two bytes, the line; 'T' for
 * one that was too long. */
struct record {
	size_t n;
	char buf[4 * STREAM_MAX];
};

static char stream[STREAM_MAX];
static struct record expected, got;
static size_t iacs; /* in what came out */

static void note_line(struct record *r, const char *line, size_t len)
{
	r->buf[r->n++] = 'L';
	r->buf[r->n++] = (char)(len & 0xFF);
	r->buf[r->n++] = (char)(len >> 8);
	if (len > 0)
		memcpy(r->buf + r->n, line, len);
	r->n += len;
}

/* --- a reader that has the whole stream ---------------------------------- */

/* How many bytes the command that begins at s, with IAC, has. */
static size_t telnet_length(const unsigned char *s, size_t n)
{
	size_t end = 2;

	if (n < 2)
		return n;
	if (s[1] >= 0xFB && s[1] <= 0xFE)
		return n < 3 ? n : 3;
	if (s[1] != 0xFA)
		return 2;
	/* To IAC SE.  An IAC is the second half of a pair where its
	 * predecessor is the first half of one. */
	for (bool iac = false; end < n; end++) {
		if (iac && s[end] == 0xF0)
			return end + 1;
		if (end - 2 + 1 == TELNET_SUBNEGOTIATION_MAX)
			return end + 1;
		iac = !iac && s[end] == IAC;
	}
	return n;
}

/* Takes the commands out, but for EC, which is BS, and EL and IP, which are
 * NAK; CR NUL becomes CR LF.
 * Returns how many bytes of text are left. */
static size_t without_telnet(const char *s, size_t n, char *text)
{
	size_t len = 0;

	for (size_t at = 0; at < n;) {
		const unsigned char *p = (const unsigned char *)s + at;

		if (p[0] != IAC) {
			text[len++] = s[at++];
			continue;
		}
		if (n - at > 1 && p[1] == IAC)
			text[len++] = s[at];
		if (n - at > 1 && p[1] == 0xF7)
			text[len++] = '\b';
		if (n - at > 1 && (p[1] == 0xF8 || p[1] == 0xF4))
			text[len++] = 0x15;
		at += telnet_length(p, n - at);
	}
	for (size_t i = 1; i < len; i++) {
		if (text[i - 1] == '\r' && text[i] == '\0')
			text[i] = '\n';
	}
	return len;
}

static void expect(size_t n)
{
	static char text[STREAM_MAX];
	size_t len = without_telnet(stream, n, text), start = 0;

	expected.n = 0;
	for (size_t at = 0; at <= len; at++) {
		size_t line = at - start;

		if (at < len && text[at] != '\n')
			continue;
		if (line > 0 && text[at - 1] == '\r')
			line--;
		if (line > LINE_MAX_BYTES)
			expected.buf[expected.n++] = 'T';
		else if (at < len)
			note_line(&expected, text + start, line);
		start = at + 1;
	}
}

/* --- the reader itself --------------------------------------------------- */

static size_t count_iacs(const char *s, size_t n)
{
	size_t count = 0;

	for (size_t i = 0; i < n; i++)
		count += (unsigned char)s[i] == IAC;
	return count;
}

/* Takes up to max lines; whether there may be more. */
static bool take(struct lines *l, size_t max)
{
	for (size_t i = 0; i < max; i++) {
		char *line;
		size_t len;

		switch (lines_next(l, &line, &len)) {
		case LINES_MORE:
			return false;
		case LINES_TOO_LONG:
			got.buf[got.n++] = 'T';
			break;
		case LINES_LINE:
			CHECK(len <= LINE_MAX_BYTES);
			CHECK(line >= l->buf &&
				line + len < l->buf + LINES_BUFFER);
			CHECK(memchr(line, '\n', len) == NULL);
			note_line(&got, line, len);
			iacs += count_iacs(line, len);
			break;
		}
	}
	return true;
}

/* How a stream is cut: the size of each piece, and how many lines are taken
 * after it, in turn. */
struct cuts {
	size_t size[4], lines[4];
};

static void feed(size_t n, const struct cuts *cuts)
{
	struct lines *l = malloc(sizeof(*l));
	struct telnet t = {0};
	size_t at = 0;

	CHECK(l != NULL);
	lines_init(l);
	got.n = 0;
	iacs = 0;
	for (size_t i = 0; at < n; i = (i + 1) % 4) {
		char *where;
		size_t room = lines_room(l, &where), piece = cuts->size[i];

		CHECK(where >= l->buf &&
			room <= (size_t)(l->buf + LINES_BUFFER - where));
		if (room == 0) {
			/* Full of lines that were not taken. */
			CHECK(!take(l, SIZE_MAX));
			room = lines_room(l, &where);
			CHECK(room > 0);
		}
		piece = piece < room ? piece : room;
		piece = piece < n - at ? piece : n - at;
		memcpy(where, stream + at, piece);
		lines_feed(l, telnet_filter(&t, where, piece));
		at += piece;
		if (!take(l, cuts->lines[i]))
			CHECK(lines_room(l, &where) > 0);
	}
	take(l, SIZE_MAX);
	free(l);
	CHECK(got.n == expected.n);
	CHECK(memcmp(got.buf, expected.buf, got.n) == 0);
	/* One that stands for itself has come as two. */
	CHECK(2 * iacs <= count_iacs(stream, n));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const size_t sizes[] = {1, 2, 3, 5, 7, 13, 64, 255, 512, 1024,
		2048, 4095, 4096, 4097, 8191, 8192};
	static const size_t lines[] = {SIZE_MAX, 0, 1, 3};
	static const struct cuts whole = {
		{SIZE_MAX, SIZE_MAX, SIZE_MAX, SIZE_MAX},
		{SIZE_MAX, SIZE_MAX, SIZE_MAX, SIZE_MAX}};
	static const struct cuts bytes = {
		{1, 1, 1, 1}, {SIZE_MAX, SIZE_MAX, SIZE_MAX, SIZE_MAX}};
	struct fuzz_input in = {data, size};
	struct cuts cuts;
	size_t n;

	for (size_t i = 0; i < 4; i++) {
		uint8_t byte = fuzz_byte(&in);

		cuts.size[i] = sizes[byte & 15];
		cuts.lines[i] = lines[byte >> 4 & 3];
	}
	n = fuzz_expand(in, stream, sizeof(stream));
	expect(n);
	feed(n, &whole);
	feed(n, &cuts);
	if (n <= BYTES_MAX)
		feed(n, &bytes);
	return 0;
}
