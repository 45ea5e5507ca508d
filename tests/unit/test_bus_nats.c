/* SPDX-License-Identifier: MIT */
/* Tests of server/bus/nats.c.
 * Runs in: nothing but tests. */
#include "server/bus/nats.h"

#include <stdlib.h>
#include <string.h>

#include "tests/unit/unit.h"

static struct nats_op op;

static enum nats_verdict reading(const char *text)
{
	return nats_read(&op, text, strlen(text));
}

static bool is(const struct nats_part *part, const char *s)
{
	return nats_is(part, s);
}

static void simple(void)
{
	CHECK(reading("PING\r\nPONG\r\n") == NATS_OP && op.kind == NATS_PING);
	CHECK_EQ(op.size, 6);
	CHECK(reading("pong \r\n") == NATS_OP && op.kind == NATS_PONG);
	CHECK(reading("+OK\r\n") == NATS_OP && op.kind == NATS_OKAY);
	CHECK(reading("-ERR 'Stale Connection'\r\n") == NATS_OP &&
		op.kind == NATS_ERROR && is(&op.text, "'Stale Connection'"));
	CHECK(reading("-ERR\r\n") == NATS_OP && op.text.n == 0);
	CHECK(reading("INFO {\"a\":1} \r\n") == NATS_OP &&
		op.kind == NATS_INFO && is(&op.text, "{\"a\":1}"));
}

static void messages(void)
{
	CHECK(reading("MSG a.b 7 5\r\nhello\r\n") == NATS_OP);
	CHECK(op.kind == NATS_MESSAGE && is(&op.subject, "a.b") &&
		op.sid == 7 && op.reply.n == 0 && is(&op.body, "hello") &&
		op.headers.n == 0 && !op.large);
	CHECK_EQ(op.size, 20);
	CHECK(reading("MSG a 7 in.b  5\r\nhe\r\no\r\n") == NATS_OP);
	CHECK(is(&op.reply, "in.b") && is(&op.body, "he\r\no"));
	CHECK(reading("msg\ta\t1\t0\r\n\r\n") == NATS_OP && op.body.n == 0);
	CHECK(reading("HMSG a 1 12 17\r\nNATS/1.0\r\n\r\nhello\r\n") ==
		NATS_OP);
	CHECK(is(&op.body, "hello") && is(&op.headers, "NATS/1.0\r\n\r\n"));
	CHECK(reading("HMSG a 1 r 12 12\r\nNATS/1.0\r\n\r\n\r\n") == NATS_OP);
	CHECK(op.body.n == 0 && is(&op.reply, "r"));
}

static void bad(void)
{
	static const char *const lines[] = {"\r\n", " \r\n", "PING\n",
		"PINGS\r\n", "PING now\r\n", "HELLO\r\n", "MSG\r\n",
		"MSG a 1\r\n", "MSG a 1 r 5 6\r\nhello\r\n",
		"MSG a x 5\r\nhello\r\n", "MSG a 1 -5\r\n",
		"MSG a 1 5x\r\nhello\r\n", "MSG a 1 5\r\nhellooo",
		"MSG a 1 5\r\nhello\n\n", "MSG a 1 18446744073709551616\r\n",
		"MSG a 1 4294967297\r\n", "MSG a 1 99999999999\r\n",
		"HMSG a 1 5\r\nhello\r\n", "HMSG a 1 6 5\r\nhello\r\n",
		"HMSG a 1 12 17\r\nNATS/2.0\r\n\r\nhello\r\n",
		"HMSG a 1 12 17\r\nNATS/1.0\r\nxxhello\r\n",
		"HMSG a 1 12 17\r\nNATS/1.0xx\r\nhello\r\n",
		"HMSG a 1 0 5\r\nhello\r\n", "MSG a 1 5 6 7 8 9\r\nhello\r\n",
		"PI\rNG\r\n", "SSH-2.0-OpenSSH\r\n"};

	for (size_t i = 0; i < COUNT(lines); i++)
		CHECKF(reading(lines[i]) == NATS_BAD, "%s", lines[i]);
	CHECK(nats_read(&op, "PI\0G\r\n", 6) == NATS_BAD);
}

/* Whatever it is cut to, it is not whole, and it is not wrong. */
static void cuts(void)
{
	static const char *const whole[] = {"PING\r\n", "INFO {}\r\n",
		"-ERR 'x'\r\n", "MSG a.b 7 reply 5\r\nhello\r\n",
		"HMSG a 1 12 17\r\nNATS/1.0\r\n\r\nhello\r\n"};

	for (size_t i = 0; i < COUNT(whole); i++) {
		size_t all = strlen(whole[i]);

		for (size_t n = 0; n < all; n++)
			CHECKF(nats_read(&op, whole[i], n) == NATS_MORE,
				"%zu of %s", n, whole[i]);
		CHECK(nats_read(&op, whole[i], all) == NATS_OP &&
			op.size == all);
	}
}

static void lengths(void)
{
	static char text[NATS_INFO_MAX + 1];

	memset(text, 'x', NATS_INFO_MAX);
	CHECK(nats_read(&op, text, NATS_LINE_MAX - 1) == NATS_MORE);
	CHECK(nats_read(&op, text, NATS_LINE_MAX) == NATS_BAD);
	memcpy(text, "INFO ", 5);
	CHECK(nats_read(&op, text, NATS_INFO_MAX - 1) == NATS_MORE);
	CHECK(nats_read(&op, text, NATS_INFO_MAX) == NATS_BAD);
	memcpy(text + NATS_INFO_MAX - 2, "\r\n", 2);
	CHECK(nats_read(&op, text, NATS_INFO_MAX) == NATS_OP);
}

static void large(void)
{
	char line[64];
	int n = snprintf(line, sizeof line, "MSG a 1 %d\r\n", NATS_MESSAGE_MAX);

	CHECK(nats_read(&op, line, (size_t)n) == NATS_MORE);
	n = snprintf(
		line, sizeof line, "MSG a 1 r %d\r\n", NATS_MESSAGE_MAX + 1);
	CHECK(nats_read(&op, line, (size_t)n) == NATS_OP);
	CHECK(op.large && op.body.n == 0 && op.headers.n == 0 &&
		is(&op.reply, "r"));
	CHECK_EQ(op.size, (uint64_t)n + NATS_MESSAGE_MAX + 3);
}

static struct nats_part part(const char *s)
{
	return (struct nats_part){s, strlen(s)};
}

static void headers(void)
{
	struct nats_part h = part("NATS/1.0 100 Idle Heartbeat\r\n"
				  "Nats-Last-Consumer: 12\r\n"
				  "nats-last-stream:\t13\r\n"
				  "Nats-Empty:\r\n\r\n"),
			 v;
	uint64_t n = 0;

	CHECK_EQ(nats_status(&h), 100);
	v = nats_header(&h, "Nats-Last-Consumer");
	CHECK(nats_number(&v, &n) && n == 12);
	v = nats_header(&h, "Nats-Last-Stream");
	CHECK(nats_number(&v, &n) && n == 13);
	CHECK_EQ(nats_header(&h, "Nats-Empty").n, 0);
	CHECK_EQ(nats_header(&h, "Nats-Last").n, 0);
	CHECK_EQ(nats_header(&h, "NATS/1.0 100 Idle Heartbeat").n, 0);
	h = part("NATS/1.0 503\r\n\r\n");
	CHECK_EQ(nats_status(&h), 503);
	h = part("NATS/1.0\r\nA: b\r\n\r\n");
	CHECK_EQ(nats_status(&h), 0);
	h = part("");
	CHECK_EQ(nats_status(&h), 0);
	CHECK_EQ(nats_header(&h, "A").n, 0);
}

static void tokens(void)
{
	struct nats_part s = part("a.bc..d"), t = nats_token(&s);

	CHECK(is(&t, "a"));
	t = nats_token(&s);
	CHECK(is(&t, "bc"));
	t = nats_token(&s);
	CHECK(is(&t, ""));
	t = nats_token(&s);
	CHECK(is(&t, "d") && s.n == 0);
	t = nats_token(&s);
	CHECK_EQ(t.n, 0);
}

int main(void)
{
	RUN(simple, "operations of one line");
	RUN(messages, "messages with and without reply and headers");
	RUN(bad, "what is not NATS");
	RUN(cuts, "nothing that is cut short is whole, or wrong");
	RUN(lengths, "lines have their limits");
	RUN(large, "a large message is known by its line");
	RUN(headers, "status and values of headers");
	RUN(tokens, "tokens of a subject");
	return unit_end();
}
