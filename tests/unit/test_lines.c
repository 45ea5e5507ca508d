/* SPDX-License-Identifier: MIT */
/* Tests of ipc/common/lines.c and server/child/transport/telnet.c: however a
 * stream is cut, the lines are the same. Runs in: nothing but tests. */
#include "ipc/common/lines.h"

#include <string.h>

#include "server/child/transport/telnet.h"
#include "tests/unit/unit.h"

/* What a stream gave: "L" length ":" bytes for a line, "!" for one that was
 * too long.  The buffer of the reader is at the very end of struct lines, so
 * a sanitizer sees a step beyond it. */
static struct {
	char out[1 << 18];
	size_t len;
	size_t lines, too_long;
} got;

static struct lines reader;
static struct telnet telnet_state;

static void begin(void)
{
	got.len = got.lines = got.too_long = 0;
	memset(&reader, 0xA5, sizeof(reader)); /* lines_init may rely on none */
	lines_init(&reader);
	memset(&telnet_state, 0, sizeof(telnet_state));
}

static void note(const char *bytes, size_t n)
{
	if (got.len + n > sizeof(got.out))
		n = sizeof(got.out) - got.len;
	memcpy(got.out + got.len, bytes, n);
	got.len += n;
}

static void take_lines(void)
{
	char *line;
	size_t len;
	char head[32];

	for (;;) {
		switch (lines_next(&reader, &line, &len)) {
		case LINES_MORE:
			return;
		case LINES_TOO_LONG:
			got.too_long++;
			note("!", 1);
			break;
		case LINES_LINE:
			got.lines++;
			CHECK(len <= lines_max(&reader));
			CHECK(line >= reader.buf &&
				line + len <= reader.buf + LINES_BUFFER);
			note(head, (size_t)snprintf(
					   head, sizeof(head), "L%zu:", len));
			note(line, len);
			break;
		}
	}
}

/* Gives the reader n bytes, as many at a time as it has room for. */
static void feed(const char *bytes, size_t n)
{
	while (n > 0) {
		char *where;
		size_t room = lines_room(&reader, &where);
		size_t part = n < room ? n : room;

		CHECK(room >= 1 && where >= reader.buf &&
			where + room <= reader.buf + LINES_BUFFER);
		memcpy(where, bytes, part);
		lines_feed(&reader, telnet_filter(&telnet_state, where, part));
		bytes += part;
		n -= part;
		take_lines();
	}
}

static bool gave(const char *want)
{
	return got.len == strlen(want) && memcmp(got.out, want, got.len) == 0;
}

/* n bytes give what is wanted, cut in two and in three at every place. */
static void same_however_cut(const char *bytes, size_t n, const char *want)
{
	for (size_t a = 0; a <= n; a++) {
		for (size_t b = a; b <= n; b++) {
			begin();
			feed(bytes, a);
			feed(bytes + a, b - a);
			feed(bytes + b, n - b);
			CHECKF(gave(want), "cut at %zu and %zu: %.*s", a, b,
				(int)got.len, got.out);
		}
	}
	begin();
	for (size_t i = 0; i < n; i++)
		feed(bytes + i, 1);
	CHECKF(gave(want), "byte by byte: %.*s", (int)got.len, got.out);
}

#define CUT(stream, want) same_however_cut(stream, sizeof(stream) - 1, want)

static void plain_lines(void)
{
	CUT("", "");
	CUT("one", "");
	CUT("one\n", "L3:one");
	CUT("one\ntwo\nthree\n", "L3:oneL3:twoL5:three");
	CUT("one\r\ntwo\n\r\n\nlast\r\nrest", "L3:oneL3:twoL0:L0:L4:last");
	CUT("a\rb\r\r\n\r", "L4:a\rb\r");
	CUT("gr\xC3\xBC\xC3\x9F dich\n", "L11:gr\xC3\xBC\xC3\x9F dich");
}

static void three_in_one(void)
{
	begin();
	feed("one\ntwo\r\nthree\nfo", 17);
	CHECK_EQ(got.lines, 3);
	feed("ur\n", 3);
	CHECK_EQ(got.lines, 4);
	CHECK(gave("L3:oneL3:twoL5:threeL4:four"));
}

static void zero_bytes(void)
{
	static const char want[] = "L3:a\0bL1:\0";

	begin();
	feed("a\0b\n\0\n", 6);
	CHECK_EQ(got.len, sizeof(want) - 1);
	CHECK(memcmp(got.out, want, got.len) == 0);
}

static void telnet(void)
{
	/* DO, DONT, WILL, WONT with options that look like something else */
	CUT("a\xFF\xFD\x03"
	    "b\xFF\xFE\n\xFF\xFB\xFF\xFF\xFC\xF0"
	    "c\n",
		"L3:abc");
	/* IAC IAC is a byte; NOP, AYT and GA go alone */
	CUT("a\xFF\xFF\xFF\xF1\xFF\xF6\xFF\xF9z\n", "L3:a\xFFz");
	/* subnegotiation, with IAC IAC and a newline in it, twice in a row */
	CUT("\xFF\xFA\x1F\0\xFF\xFF\n\xFF\xF0\xFF\xFA\x18\0xterm\xFF\xF0hi\n",
		"L2:hi");
	/* IAC SE outside of one, and SE and SB without IAC */
	CUT("a\xFF\xF0\xF0\xFAz\r\xFF\xF1\n", "L4:a\xF0\xFAz");
	/* an IAC inside that ends nothing */
	CUT("\xFF\xFA\xFF\xFA\xFF\xFD\xF0\xFF\xF0ok\n", "L2:ok");
	/* nor does SE without one, or after a doubled one */
	CUT("\xFF\xFA\xF0x\xFF\xFF\xF0y\xFF\xF0ok\n", "L2:ok");
	/* at the end of the stream nothing is left over */
	CUT("ok\n\xFF", "L2:ok");
}

/* As a telnet client sends them that has no lines of its own. */
static void by_characters(void)
{
	CUT("one\r\0two\r\0\r\0", "L3:oneL3:twoL0:");
	CUT("one\r\xFF\xF1\0two\r\n", "L3:oneL3:two");
	CUT("\r\r\0\r\n", "L1:\rL0:");
	/* EC, EL and IP are the keys that erase */
	CUT("ab\xFF\xF8"
	    "c\xFF\xF4\n",
		"L5:ab\x15"
		"c\x15");
	CUT("ab\xFF\xF7"
	    "c\n",
		"L4:ab\bc");
}

static void erases(const char *line, size_t n, const char *want)
{
	char edited[32];
	size_t len;

	memcpy(edited, line, n);
	len = telnet_erase(edited, n);
	CHECKF(len == strlen(want) && memcmp(edited, want, len) == 0,
		"%s: %.*s", want, (int)len, edited);
}

#define ERASES(line, want) erases(line, sizeof(line) - 1, want)

static bool is_answered(struct telnet *t, const char *want)
{
	char answer[TELNET_ANSWER_MAX];
	size_t n = (size_t)(telnet_answer(t, answer) - answer);

	return n == strlen(want) && memcmp(answer, want, n) == 0;
}

static void erasing(void)
{
	ERASES("", "");
	ERASES("hello", "hello");
	ERASES("helo\blo", "hello");
	ERASES("helo\x7Flo", "hello");
	ERASES("ab\b\b\b\bcd", "cd");
	ERASES("\bab", "ab");
	ERASES("a\b", "");
	/* a character, not a byte; of what is none, a byte */
	ERASES("gr\u00FC\bueen", "grueen");
	ERASES("\u674E\u96F7\b\U0001F600\b!", "\u674E!");
	ERASES("a\xA9\b", "");
	ERASES("a\xC3\b", "a");
	ERASES("/msgg\b bob hi", "/msg bob hi");
	ERASES("not this\x15this", "this");
	ERASES("\x15\x15", "");
}

static void timing_mark(void)
{
	struct telnet t = {0};
	char ip[] = "\xFF\xF4\xFF\xFD\x06", other[] = "\xFF\xFD\x01\x06";

	CHECK_EQ(telnet_filter(&t, ip, 4), 1);
	CHECK(is_answered(&t, ""));
	CHECK_EQ(telnet_filter(&t, ip + 4, 1), 0);
	CHECK(is_answered(&t, "\xFF\xFC\x06"));
	CHECK(is_answered(&t, ""));
	CHECK_EQ(telnet_filter(&t, other, 4), 1);
	CHECK(is_answered(&t, ""));
}

static void answers(const char *sent, const char *want)
{
	struct telnet t = {0};
	char bytes[16];

	memcpy(bytes, sent, strlen(sent));
	CHECK_EQ(telnet_filter(&t, bytes, strlen(sent)), 0);
	CHECK(is_answered(&t, want));
	CHECK(is_answered(&t, ""));
}

static void are_you_there(void)
{
	answers("\xFF\xF6", "* yes\n");
	answers("\xFF\xF6\xFF\xF6", "* yes\n");
	answers("\xFF\xF6\xFF\xFD\x06", "\xFF\xFC\x06* yes\n");
	answers("\xFF\xFD\xF6", "");
}

/* So many bytes after IAC SB are dropped, and no more. */
static void endless_negotiation(void)
{
	char s[TELNET_SUBNEGOTIATION_MAX + 16];
	size_t n = 2;

	memcpy(s, "\xFF\xFA", 2);
	memset(s + n, 'x', TELNET_SUBNEGOTIATION_MAX);
	n += TELNET_SUBNEGOTIATION_MAX;
	memcpy(s + n, "hello\n", 6);
	same_however_cut(s, n + 6, "L5:hello");
	if (UNIT_FAILED)
		return;

	/* The longest that ends by itself; and the next one counts anew. */
	memcpy(s + n - 2, "\xFF\xF0", 2);
	begin();
	feed(s, n);
	feed(s, n + 6);
	CHECK(gave("L5:hello"));
}

static void put(size_t n)
{
	static char block[1 << 17];

	if (block[0] == '\0')
		memset(block, 'x', sizeof(block));
	CHECK(n <= sizeof(block));
	feed(block, n);
}

static void longest_line(void)
{
	static const char *const ends[] = {"\n", "\r\n"};

	for (size_t i = 0; i < 2; i++) {
		begin();
		put(LINE_MAX_BYTES);
		feed(ends[i], strlen(ends[i]));
		CHECK_EQ(got.lines, 1);
		CHECK_EQ(got.too_long, 0);
		CHECK_EQ(got.len, 6 + LINE_MAX_BYTES);

		put(LINE_MAX_BYTES + 1);
		feed(ends[i], strlen(ends[i]));
		CHECK_EQ(got.lines, 1);
		CHECK_EQ(got.too_long, 1);
		feed("next\n", 5);
		CHECK_EQ(got.lines, 2);
	}
}

/* A CR counts if no LF follows, and waits for its LF until then. */
static void longest_line_and_cr(void)
{
	begin();
	put(LINE_MAX_BYTES);
	feed("\r", 1);
	CHECK_EQ(got.too_long, 0);
	feed("\r", 1);
	CHECK_EQ(got.too_long, 1);
	feed("\n", 1);
	CHECK_EQ(got.lines + got.too_long, 1);

	put(LINE_MAX_BYTES - 1);
	feed("\r\r\n", 3);
	CHECK_EQ(got.lines, 1);
	CHECK_EQ(got.too_long, 1);
}

/* The cap is that of the reader's owner, up to the largest one. */
static void other_caps(void)
{
	static const size_t caps[] = {1, 512, LINE_MAX_BYTES - 1,
		LINE_MAX_BYTES + 1, 5000, LINES_CAP};

	for (size_t i = 0; i < COUNT(caps); i++) {
		for (size_t before = 0; before < 3; before++) {
			begin();
			CHECK_EQ(lines_max(&reader), LINE_MAX_BYTES);
			lines_limit(&reader, caps[i]);
			feed("\n\n\n", before);
			put(caps[i]);
			feed("\r", 1);
			feed("\n", 1);
			CHECK_EQ(got.lines, before + 1);
			CHECK_EQ(got.too_long, 0);
			put(caps[i] + 1);
			feed("\r\nx\n", 4);
			CHECK_EQ(got.lines, before + 2);
			CHECK_EQ(got.too_long, 1);
		}
	}
}

static void told_at_once(void)
{
	begin();
	put(LINE_MAX_BYTES);
	CHECK_EQ(got.too_long, 0);
	put(1);
	CHECK_EQ(got.too_long, 1);
	put(10 * LINES_BUFFER);
	CHECK_EQ(got.too_long, 1);
	feed("\n\nhello\n", 8);
	CHECK_EQ(got.too_long, 1);
	CHECK(gave("!L0:L5:hello"));
}

static void endless_line(void)
{
	for (size_t chunk = 1; chunk <= 100000; chunk *= 10) {
		begin();
		feed("before\n", 7);
		for (size_t i = 0; i < 1000000; i += chunk)
			put(chunk);
		CHECK_EQ(got.too_long, 1);
		feed("\nafter\n", 7);
		CHECK(gave("L6:before!L5:after"));
	}
}

/* Each length around the limit, at each place in the buffer that matters:
 * with the line before it shifting it byte by byte, in reads of all sizes. */
static void every_place(void)
{
	for (size_t before = 0; before < LINE_MAX_BYTES; before += 61) {
		for (size_t extra = 0; extra < 4; extra++) {
			size_t n = LINE_MAX_BYTES - 2 + extra;

			begin();
			put(before);
			feed("\nab", 3);
			put(n - 2);
			feed("\r\nlast\n", 7);
			CHECKF(got.too_long == (n > LINE_MAX_BYTES),
				"%zu before %zu", before, n);
			CHECK_EQ(got.lines + got.too_long, 3);
			CHECK(memcmp(got.out + got.len - 7, "L4:last", 7) == 0);
		}
	}
}

/* Some 200,000 bytes in lines of all lengths, in reads of one size: the
 * larger the reads, the more lines and half lines share the buffer. */
static void reads_of_all_sizes(void)
{
	static char stream[200000], want[sizeof(got.out)];
	size_t n = 0, lines = 0, too_long = 0;

	for (size_t i = 1; n + 4500 < sizeof(stream); i++) {
		size_t len = i * i * 7919 % (i % 3 == 0 ? 4300 : 40 * i);

		len = len < 4300 ? len : 4300;
		memset(stream + n, 'a' + (int)(i % 26), len);
		stream[n + len] = '\n';
		n += len + 1;
		if (len > LINE_MAX_BYTES)
			too_long++;
		else
			lines++;
	}
	CHECK(lines > 50 && too_long > 3);
	for (size_t size = 1; size < sizeof(stream); size += size / 3 + 1) {
		begin();
		for (size_t at = 0; at < n; at += size)
			feed(stream + at, size < n - at ? size : n - at);
		CHECKF(got.lines == lines && got.too_long == too_long,
			"reads of %zu", size);
		if (size == 1)
			memcpy(want, got.out, got.len);
		CHECKF(memcmp(want, got.out, got.len) == 0, "reads of %zu",
			size);
	}
}

/* Memory that was never written to costs no page: a quiet connection must
 * stay at the front of its buffer. */
static void front_of_the_buffer(void)
{
	char *where;

	begin();
	for (size_t i = 0; i < 10000; i++) {
		feed("hello, everybody\n", 17);
		CHECK_EQ(lines_room(&reader, &where), LINES_BUFFER);
		CHECK(where == reader.buf);
	}
	for (size_t i = 32; i < LINES_BUFFER; i++)
		CHECKF(reader.buf[i] == (char)0xA5, "byte %zu", i);
}

int main(void)
{
	RUN(plain_lines, "LF and CRLF, cut in three at every place");
	RUN(three_in_one, "three lines and a half in one feed");
	RUN(zero_bytes, "NUL is a byte like others");
	RUN(telnet, "telnet negotiation, cut at every place");
	RUN(by_characters, "CR NUL ends a line, EC erases");
	RUN(erasing, "BS and DEL erase the character before");
	RUN(timing_mark, "a timing mark is answered, once");
	RUN(are_you_there, "telnet: AYT is answered with a line");
	RUN(endless_negotiation, "a subnegotiation that never ends");
	RUN(longest_line, "the longest line, and one byte more");
	RUN(longest_line_and_cr, "CR at the end of the longest line");
	RUN(other_caps, "the longest line of others");
	RUN(told_at_once, "a long line is told once, as soon as known");
	RUN(endless_line, "1,000,000 bytes without a newline");
	RUN(every_place, "long lines at every place of the buffer");
	RUN(reads_of_all_sizes, "lines of all lengths in reads of all sizes");
	RUN(front_of_the_buffer, "short lines touch the front only");
	return unit_end();
}
