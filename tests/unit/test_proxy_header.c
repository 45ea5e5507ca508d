/* SPDX-License-Identifier: MIT */
/* Tests of server/child/proxy_header.c: every header of the specification's
 * forms, cut at every place, and what only looks like one.
 * Runs in: nothing but tests. */
#include "server/child/proxy_header.h"

#include <stdlib.h>
#include <string.h>

#include "server/network.h"
#include "tests/unit/unit.h"

#define BYTES(s)  s, sizeof(s) - 1
#define SIGNATURE "\r\n\r\n\0\r\nQUIT\n"

#define V4_FROM "\xC0\x00\x02\x01"
#define V4_TO   "\xC0\x00\x02\x02"
#define V6_FROM "\x20\x01\x0D\xB8\0\0\0\0\0\0\0\0\0\0\0\x07"
#define V6_TO   "\x20\x01\x0D\xB8\0\0\0\0\0\0\0\0\0\0\0\x08"
#define PORTS   "\xDC\x04\x01\xBB"
#define NAME108                                                        \
	"/run/chat.sock\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"   \
	"\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0" \
	"\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0" \
	"\0\0\0\0\0\0\0\0\0\0\0\0"

/* Whole ones. */
static const struct {
	const char *bytes;
	size_t n;
	const char *from; /* NULL: the proxy's own connection */
	unsigned int port;
} good[] = {
	/* version 1: the specification's example, and its longest lines */
	{BYTES("PROXY TCP4 192.168.0.1 192.168.0.11 56324 443\r\n"),
		"192.168.0.1", 56324},
	{BYTES("PROXY TCP4 255.255.255.255 255.255.255.255 65535 65535\r\n"),
		"255.255.255.255", 65535},
	{BYTES("PROXY TCP6 ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff "
	       "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 65535 65535\r\n"),
		"ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", 65535},
	{BYTES("PROXY UNKNOWN\r\n"), NULL, 0},
	{BYTES("PROXY UNKNOWN ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff "
	       "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 65535 65535\r\n"),
		NULL, 0},
	{BYTES("PROXY UNKNOWN whatever  it is\r\n"), NULL, 0},
	{BYTES("PROXY TCP6 2001:DB8::7 ::1 0 1\r\n"), "2001:db8::7", 0},
	{BYTES("PROXY TCP6 ::ffff:192.0.2.1 ::1 5 1\r\n"), "192.0.2.1", 5},

	/* version 2 */
	{BYTES(SIGNATURE "\x21\x11\0\x0C" V4_FROM V4_TO PORTS), "192.0.2.1",
		56324},
	{BYTES(SIGNATURE "\x21\x21\0\x24" V6_FROM V6_TO PORTS), "2001:db8::7",
		56324},
	{BYTES(SIGNATURE "\x20\x00\0\0"), NULL, 0},
	/* of LOCAL everything behind is ignored, but skipped */
	{BYTES(SIGNATURE "\x20\x11\0\x0C" V4_FROM V4_TO PORTS), NULL, 0},
	{BYTES(SIGNATURE "\x20\xFF\0\x03"
			 "abc"),
		NULL, 0},
	{BYTES(SIGNATURE "\x21\x00\0\0"), NULL, 0},
	{BYTES(SIGNATURE "\x21\x01\0\0"), NULL, 0},
	{BYTES(SIGNATURE "\x21\x10\0\x0C" V4_FROM V4_TO PORTS), NULL, 0},
	/* datagrams do not come here */
	{BYTES(SIGNATURE "\x21\x12\0\x0C" V4_FROM V4_TO PORTS), NULL, 0},
	{BYTES(SIGNATURE "\x21\x22\0\x24" V6_FROM V6_TO PORTS), NULL, 0},
	{BYTES(SIGNATURE "\x21\x31\0\xD8" NAME108 NAME108), NULL, 0},
	/* more than the addresses: a CRC32C, ALPN, a NOOP; no rule for it */
	{BYTES(SIGNATURE "\x21\x11\0\x1B" V4_FROM V4_TO PORTS
			 "\x03\0\x04\x12\x34\x56\x78"
			 "\x01\0\x02h2"
			 "\x04\0\0"),
		"192.0.2.1", 56324},
	{BYTES(SIGNATURE "\x21\x11\0\x0E" V4_FROM V4_TO PORTS "\x03\xFF"),
		"192.0.2.1", 56324},
};

/* Such that it is clear at their end; at no cut is one of them a header, and
 * what is behind does not matter. */
static const struct {
	const char *bytes;
	size_t n;
	enum proxy_verdict verdict;
} others[] = {
	{BYTES("PROXY TCP4 192.0.2.1 192.0.2.2 1 2\n"), PROXY_BAD},
	{BYTES("PROXY TCP4 192.0.2.1 192.0.2.2 1 2\rx"), PROXY_BAD},
	{BYTES("PROXY TCP4 192.0.2.1\r192.0.2.2 1 2\r\n"), PROXY_BAD},
	{BYTES("PROXY TCP4 192.0.2.1 192.0.2.2 1 2 \r\n"), PROXY_BAD},
	{BYTES("PROXY TCP4 192.0.2.1 192.0.2.2 1 2 3\r\n"), PROXY_BAD},
	{BYTES("PROXY TCP4 192.0.2.1 192.0.2.2 1\r\n"), PROXY_BAD},
	{BYTES("PROXY TCP4 192.0.2.1  192.0.2.2 1 2\r\n"), PROXY_BAD},
	{BYTES("PROXY  TCP4 192.0.2.1 192.0.2.2 1 2\r\n"), PROXY_BAD},
	{BYTES("PROXY TCP4\t192.0.2.1 192.0.2.2 1 2\r\n"), PROXY_BAD},
	{BYTES("PROXY TCP4 192.0.2.01 192.0.2.2 1 2\r\n"), PROXY_BAD},
	{BYTES("PROXY TCP4 192.0.2.256 192.0.2.2 1 2\r\n"), PROXY_BAD},
	{BYTES("PROXY TCP4 192.0.2 192.0.2.2 1 2\r\n"), PROXY_BAD},
	{BYTES("PROXY TCP4 2001:db8::7 192.0.2.2 1 2\r\n"), PROXY_BAD},
	{BYTES("PROXY TCP4 192.0.2.1 2001:db8::7 1 2\r\n"), PROXY_BAD},
	{BYTES("PROXY TCP6 192.0.2.1 192.0.2.2 1 2\r\n"), PROXY_BAD},
	{BYTES("PROXY TCP6 2001:db8:::7 ::1 1 2\r\n"), PROXY_BAD},
	{BYTES("PROXY TCP6 fe80::1%eth0 ::1 1 2\r\n"), PROXY_BAD},
	{BYTES("PROXY TCP4 192.0.2.1 192.0.2.2 65536 2\r\n"), PROXY_BAD},
	{BYTES("PROXY TCP4 192.0.2.1 192.0.2.2 01 2\r\n"), PROXY_BAD},
	{BYTES("PROXY TCP4 192.0.2.1 192.0.2.2 1 02\r\n"), PROXY_BAD},
	{BYTES("PROXY TCP4 192.0.2.1 192.0.2.2 +1 2\r\n"), PROXY_BAD},
	{BYTES("PROXY TCP4 192.0.2.1 192.0.2.2 -1 2\r\n"), PROXY_BAD},
	{BYTES("PROXY TCP4 192.0.2.1 192.0.2.2 1 2x\r\n"), PROXY_BAD},
	{BYTES("PROXY TCP4 192.0.2.1 192.0.2.2 \0 2\r\n"), PROXY_BAD},
	{BYTES("PROXY TCP4 192.0.2.1\0 192.0.2.2 1 2\r\n"), PROXY_BAD},
	{BYTES("PROXY TCP5 192.0.2.1 192.0.2.2 1 2\r\n"), PROXY_BAD},
	{BYTES("PROXY tcp4 192.0.2.1 192.0.2.2 1 2\r\n"), PROXY_BAD},
	{BYTES("PROXY UDP4 192.0.2.1 192.0.2.2 1 2\r\n"), PROXY_BAD},
	{BYTES("PROXY UNKNOWN\n"), PROXY_BAD},
	{BYTES("PROXY UNKNOWNS\r\n"), PROXY_BAD},
	{BYTES("PROXY \r\n"), PROXY_BAD},
	/* 107 bytes, and no end of the line among them */
	{BYTES("PROXY UNKNOWN fffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff "
	       "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 65535 65535\r\n"),
		PROXY_BAD},
	{BYTES(SIGNATURE "\x11\x11\0\x0C"), PROXY_BAD},
	{BYTES(SIGNATURE "\x31\x11\0\x0C"), PROXY_BAD},
	{BYTES(SIGNATURE "\x22\x11\0\x0C"), PROXY_BAD},
	{BYTES(SIGNATURE "\x2F\x11\0\x0C"), PROXY_BAD},
	{BYTES(SIGNATURE "\x21\x41\0\x0C"), PROXY_BAD},
	{BYTES(SIGNATURE "\x21\xF0\0\x0C"), PROXY_BAD},
	{BYTES(SIGNATURE "\x21\x13\0\x0C"), PROXY_BAD},
	{BYTES(SIGNATURE "\x21\x11\0\x0B"), PROXY_BAD},
	{BYTES(SIGNATURE "\x21\x21\0\x23"), PROXY_BAD},
	{BYTES(SIGNATURE "\x21\x31\0\xD7"), PROXY_BAD},
	{BYTES(SIGNATURE "\x21\x11\x0F\xF1"), PROXY_BAD},
	{BYTES(SIGNATURE "\x20\x11\xFF\xFF"), PROXY_BAD},

	/* the client's own words */
	{BYTES("PROXX"), PROXY_NONE},
	{BYTES("PROXY\r\n"), PROXY_NONE},
	{BYTES("proxy TCP4 "), PROXY_NONE},
	{BYTES(" PROXY TCP4 "), PROXY_NONE},
	{BYTES("\r\n\r\n\r\n"), PROXY_NONE},
	{BYTES("\n\r\n\r\n\0\r\nQUIT\n"), PROXY_NONE},
	{BYTES("\r\n\r\n\0\r\nQUIT\r\n"), PROXY_NONE},
	{BYTES("GET / HTTP/1.1\r\n"), PROXY_NONE},
	{BYTES("hello\n"), PROXY_NONE},
};

/* The bytes end where their memory does, so that a sanitizer sees a look behind
 * them. */
static enum proxy_verdict read_all(
	struct proxy_header *h, const char *bytes, size_t n)
{
	char *copy = malloc(n > 0 ? n : 1);
	enum proxy_verdict verdict;

	memcpy(copy, bytes, n);
	memset(h, 0x55, sizeof *h);
	verdict = proxy_header_read(h, copy, n);
	free(copy);
	return verdict;
}

static void whole(void)
{
	for (size_t i = 0; i < COUNT(good); i++) {
		struct proxy_header h;
		struct net_address a = {0};

		CHECKF(read_all(&h, good[i].bytes, good[i].n) == PROXY_WHOLE,
			"case %zu", i);
		CHECK_EQ(h.size, good[i].n);
		CHECKF(h.has_address == (good[i].from != NULL), "case %zu", i);
		if (good[i].from == NULL)
			continue;
		CHECK(network_read_address(&a, good[i].from));
		CHECKF(h.address.high == a.high && h.address.low == a.low,
			"case %zu", i);
		CHECK_EQ(h.address.port, good[i].port);
	}
}

static void cut(void)
{
	for (size_t i = 0; i < COUNT(good); i++) {
		struct proxy_header h;

		for (size_t n = 0; n < good[i].n; n++)
			CHECKF(read_all(&h, good[i].bytes, n) == PROXY_MORE,
				"case %zu cut at %zu", i, n);
	}
}

/* What the client has sent behind it is not looked at. */
static void followed(void)
{
	char bytes[2 * PROXY_HEADER_MAX];

	for (size_t i = 0; i < COUNT(good); i++) {
		for (int behind = 0; behind < 256; behind++) {
			struct proxy_header h;

			memset(bytes, behind, sizeof bytes);
			memcpy(bytes, good[i].bytes, good[i].n);
			CHECK(read_all(&h, bytes, sizeof bytes) == PROXY_WHOLE);
			CHECK_EQ(h.size, good[i].n);
		}
	}
}

static void none(void)
{
	for (size_t i = 0; i < COUNT(others); i++) {
		struct proxy_header h;
		enum proxy_verdict want = others[i].verdict, got;

		got = read_all(&h, others[i].bytes, others[i].n);
		CHECKF(got == want, "case %zu: %d instead of %d", i, got, want);
		for (size_t n = 0; n < others[i].n; n++) {
			got = read_all(&h, others[i].bytes, n);
			CHECKF(got == PROXY_MORE || got == want,
				"case %zu cut at %zu: %d", i, n, got);
		}
	}
}

/* The longest one is still read, whatever is in there. */
static void longest(void)
{
	static char bytes[PROXY_HEADER_MAX];
	struct proxy_header h;

	memcpy(bytes, BYTES(SIGNATURE "\x21\x11\x0F\xF0" V4_FROM V4_TO PORTS));
	CHECK(read_all(&h, bytes, sizeof bytes - 1) == PROXY_MORE);
	CHECK(read_all(&h, bytes, sizeof bytes) == PROXY_WHOLE);
	CHECK_EQ(h.size, sizeof bytes);
	CHECK(h.has_address);
}

int main(void)
{
	RUN(whole, "whole headers");
	RUN(cut, "headers cut at every place");
	RUN(followed, "what is behind a header is the client's");
	RUN(none, "what breaks the rules, and what is no header");
	RUN(longest, "the longest header");
	return unit_end();
}
