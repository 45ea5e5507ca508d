/* SPDX-License-Identifier: MIT */
/* Tests of server/child/opening.c and protocols.c: what first bytes are taken
 * for, however they are cut, and what is answered. Runs in: nothing but tests.
 */
#include "server/child/opening.h"

#include <stdlib.h>
#include <string.h>

#include "tests/unit/unit.h"

#define BYTES(s) s, sizeof(s) - 1

/* The lines of the table. */
enum opening {
	OPENING_UNKNOWN = 99, /* it depends on what comes next */
	OPENING_CHAT = 0,
	OPENING_EVENTS,
	OPENING_IRC,
	OPENING_HTTP,
	OPENING_TLS = OPENING_HTTP + 5, /* behind those over WebSocket */
	OPENING_PROXY,
	OPENING_OTHER
};

static const struct {
	const char *bytes;
	size_t n;
	enum opening early, greeted;
} cases[] = {
	/* as programs send them */
	{BYTES("GET / HTTP/1.1\r\nHost: 127.0.0.1:8888\r\n"), OPENING_HTTP,
		OPENING_HTTP},
	{BYTES("HEAD /x HTTP/1.0\r\n\r\n"), OPENING_HTTP, OPENING_HTTP},
	{BYTES("POST / HTTP/1.1\r\n"), OPENING_HTTP, OPENING_HTTP},
	{BYTES("OPTIONS * HTTP/1.1\r\n"), OPENING_HTTP, OPENING_HTTP},
	{BYTES("CONNECT example.org:443 HTTP/1.1\r\n"), OPENING_HTTP,
		OPENING_HTTP},
	{BYTES("PROPFIND / HTTP/1.1\r\n"), OPENING_HTTP, OPENING_HTTP},
	{BYTES("M-SEARCH * HTTP/1.1\r\n"), OPENING_HTTP, OPENING_HTTP},
	{BYTES("\r\nGET / HTTP/1.1\r\n"), OPENING_HTTP, OPENING_HTTP},
	{BYTES("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), OPENING_HTTP, OPENING_HTTP},
	{BYTES("\r\n NICK alice\r\n"), OPENING_IRC, OPENING_IRC},
	{BYTES("CAP LS 302\r\n"), OPENING_IRC, OPENING_IRC},
	{BYTES("NICK alice\r\nUSER alice 0 * :a\r\n"), OPENING_IRC,
		OPENING_IRC},
	{BYTES("PASS secret\r\n"), OPENING_IRC, OPENING_IRC},
	{BYTES("USER a 0 * :a\r\n"), OPENING_IRC, OPENING_IRC},
	{BYTES("\x16\x03\x01\x02\0\x01\0\x01\xFC\x03\x03\n\n"), OPENING_TLS,
		OPENING_TLS},
	{BYTES("PROXY TCP4 192.0.2.1 192.0.2.2 5000 8888\r\nhi\r\n"),
		OPENING_PROXY, OPENING_PROXY},
	{BYTES("PROXY UNKNOWN\r\n"), OPENING_PROXY, OPENING_PROXY},
	{BYTES("\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0C"), OPENING_PROXY,
		OPENING_PROXY},
	{BYTES("SSH-2.0-OpenSSH_9.2p1\r\n"), OPENING_OTHER, OPENING_OTHER},
	{BYTES("EHLO mail.example.org\r\n"), OPENING_OTHER, OPENING_OTHER},
	{BYTES("HELO mail.example.org\r\n"), OPENING_OTHER, OPENING_OTHER},
	{BYTES("CLIENT libcurl 7.88.1\r\n"), OPENING_OTHER, OPENING_CHAT},
	{BYTES("client meeting at 3\n"), OPENING_CHAT, OPENING_CHAT},
	{BYTES("OPTIONS sip:nm SIP/2.0\r\nVia: x\r\n"), OPENING_HTTP,
		OPENING_OTHER},
	{BYTES("DESCRIBE rtsp://x/ RTSP/1.0\r\n"), OPENING_OTHER,
		OPENING_OTHER},
	{BYTES("\0\x03\0\x2A\x21\x12\xA4\x42\n"), OPENING_OTHER, OPENING_CHAT},
	{BYTES("\x03\0\0\x2A%\xE0\0\0\0\0\0Cookie: mstshash=root\r\n"),
		OPENING_OTHER, OPENING_CHAT},
	{BYTES("\x10\x0F\0\x04MQTT\x04\x02"), OPENING_OTHER, OPENING_CHAT},
	{BYTES("hello\nwith \0 later\n"), OPENING_CHAT, OPENING_CHAT},

	/* as people write; who is greeted is more likely one */
	{BYTES("get well soon\n"), OPENING_CHAT, OPENING_CHAT},
	{BYTES("GET well soon\n"), OPENING_HTTP, OPENING_CHAT},
	{BYTES("PUT the kettle on\n"), OPENING_HTTP, OPENING_CHAT},
	{BYTES("pass the salt\n"), OPENING_IRC, OPENING_CHAT},
	{BYTES("Nick is here\n"), OPENING_IRC, OPENING_CHAT},
	{BYTES("user error\n"), OPENING_IRC, OPENING_CHAT},
	{BYTES("cap it\n"), OPENING_IRC, OPENING_CHAT},
	{BYTES("WE LIKE HTTP/1.1\n"), OPENING_CHAT, OPENING_CHAT},
	{BYTES("Who likes HTTP/1.1\n"), OPENING_CHAT, OPENING_CHAT},
	{BYTES("WHO LIKES HTTP/1.1 here\n"), OPENING_CHAT, OPENING_CHAT},
	{BYTES("WHO LIKES /1.1\n"), OPENING_CHAT, OPENING_CHAT},
	{BYTES("WHO LIKES\n"), OPENING_CHAT, OPENING_CHAT},
	{BYTES("PROXY wars\n"), OPENING_CHAT, OPENING_CHAT},
	{BYTES("capital\n"), OPENING_CHAT, OPENING_CHAT},
	{BYTES("nickname\n"), OPENING_CHAT, OPENING_CHAT},
	{BYTES("/nick alice\n"), OPENING_CHAT, OPENING_CHAT},
	{BYTES("/events 1\n"), OPENING_EVENTS, OPENING_EVENTS},
	{BYTES("/events 1\r\n"), OPENING_EVENTS, OPENING_EVENTS},
	{BYTES("/events 1 alice\n"), OPENING_EVENTS, OPENING_EVENTS},
	{BYTES("/events 1\talice\n"), OPENING_EVENTS, OPENING_EVENTS},
	{BYTES(" \xEF\xBB\xBF/events 1 /who\n"), OPENING_EVENTS,
		OPENING_EVENTS},
	{BYTES("/events 2\n"), OPENING_CHAT, OPENING_CHAT},
	{BYTES("/events 11\n"), OPENING_CHAT, OPENING_CHAT},
	{BYTES("/events 1x\n"), OPENING_CHAT, OPENING_CHAT},
	{BYTES("/Events 1\n"), OPENING_CHAT, OPENING_CHAT},
	{BYTES("/events\t1\n"), OPENING_CHAT, OPENING_CHAT},
	{BYTES("/events\n"), OPENING_CHAT, OPENING_CHAT},
	{BYTES("events 1\n"), OPENING_CHAT, OPENING_CHAT},
	{BYTES("x/events 1\n"), OPENING_CHAT, OPENING_CHAT},
	{BYTES("hello"), OPENING_CHAT, OPENING_CHAT},
	{BYTES("\n\nhello"), OPENING_CHAT, OPENING_CHAT},
	{BYTES("\xFF\xFE"), OPENING_CHAT, OPENING_CHAT},
	/* as telnet sends it: negotiation, with a NUL; CR NUL for an end */
	{BYTES("\xFF\xFA\x18\0xterm\xFF\xF0hello\n"), OPENING_CHAT,
		OPENING_CHAT},
	{BYTES("hello\r\0"), OPENING_CHAT, OPENING_CHAT},
	{BYTES("hello \0"), OPENING_OTHER, OPENING_CHAT},

	/* nothing yet, or too little */
	{BYTES(""), OPENING_UNKNOWN, OPENING_UNKNOWN},
	{BYTES("\r\n"), OPENING_UNKNOWN, OPENING_UNKNOWN},
	{BYTES("\r\n\r\n"), OPENING_UNKNOWN, OPENING_UNKNOWN},
	{BYTES(" \n"), OPENING_UNKNOWN, OPENING_UNKNOWN},
	{BYTES("G"), OPENING_UNKNOWN, OPENING_CHAT},
	{BYTES("GET"), OPENING_UNKNOWN, OPENING_CHAT},
	{BYTES("pas"), OPENING_UNKNOWN, OPENING_CHAT},
	{BYTES("PAS"), OPENING_UNKNOWN, OPENING_UNKNOWN},
	{BYTES("\x16"), OPENING_UNKNOWN, OPENING_UNKNOWN},
	{BYTES("/eve"), OPENING_UNKNOWN, OPENING_UNKNOWN},
	{BYTES("/events 1"), OPENING_UNKNOWN, OPENING_UNKNOWN},
	{BYTES("\r\n\r\n\0\r\nQU"), OPENING_UNKNOWN, OPENING_UNKNOWN},
};

/* The bytes end where their memory does, so that a sanitizer sees a look behind
 * them. */
static enum opening find(const char *bytes, size_t n, bool greeted)
{
	char *copy = malloc(n > 0 ? n : 1);
	const struct protocol *p;

	if (copy == NULL)
		abort();
	memcpy(copy, bytes, n);
	p = opening_find(copy, n, greeted);
	free(copy);
	return p == NULL ? OPENING_UNKNOWN : (enum opening)(p - protocols);
}

static void first_bytes(void)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CHECKF(find(cases[i].bytes, cases[i].n, false) ==
				cases[i].early,
			"%zu: %s", i, cases[i].bytes);
		CHECKF(find(cases[i].bytes, cases[i].n, true) ==
				cases[i].greeted,
			"%zu, greeted: %s", i, cases[i].bytes);
	}
}

/* What a first part is, the whole is too: nobody is taken for a person, and a
 * moment later for something else.  (But for a line's form, which shows at its
 * end; a line is acted on whole.) */
static void cut(void)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		size_t empty = strspn(cases[i].bytes, "\r\n ");
		const char *end = memchr(
			cases[i].bytes + empty, '\n', cases[i].n - empty);
		size_t whole = end != NULL ? (size_t)(end - cases[i].bytes) + 1
					   : cases[i].n;
		bool decided = false;

		for (size_t n = 0; n <= cases[i].n; n++) {
			enum opening o = find(cases[i].bytes, n, false);

			if (o != OPENING_UNKNOWN && o != OPENING_CHAT)
				decided = true;
			CHECKF(!decided || o == cases[i].early,
				"%zu, %zu bytes", i, n);
			CHECKF(o != OPENING_CHAT ||
					cases[i].early == OPENING_CHAT ||
					n < whole,
				"%zu, %zu bytes", i, n);
		}
	}
}

/* However many, empty lines do not fill a buffer for ever. */
static void empty_lines(void)
{
	char lines[256];

	memset(lines, '\n', sizeof(lines));
	CHECK_EQ(find(lines, sizeof(lines), false), OPENING_CHAT);
	CHECK_EQ(find(lines, 16, false), OPENING_UNKNOWN);
}

static bool begins(struct span s, const char *with)
{
	return s.n > strlen(with) && memcmp(s.p, with, strlen(with)) == 0;
}

static struct span refusal(enum opening o, const char *bytes)
{
	return protocols[o].refuse(bytes, strlen(bytes));
}

static void refusals(void)
{
	struct span get = refusal(OPENING_HTTP, "GET / HTTP/1.1");
	struct span head = refusal(OPENING_HTTP, "HEAD / HTTP/1.1");
	const char *body = memmem(get.p, get.n, "\r\n\r\n", 4);
	const char *length = memmem(get.p, get.n, "Content-Length: ", 16);

	CHECK(begins(get, "HTTP/1.1 426 Upgrade Required\r\n"));
	CHECK(body != NULL && length != NULL);
	if (UNIT_FAILED)
		return;
	CHECK_EQ(get.n - (size_t)(body + 4 - get.p),
		strtoul(length + 16, NULL, 10));
	CHECK_EQ(head.n, (size_t)(body + 4 - get.p));
	for (enum opening o = OPENING_TLS; o <= OPENING_OTHER; o++) {
		struct span s = refusal(o, "");

		CHECK(begins(s, "! "));
		CHECK(memchr(s.p, '\n', s.n) == s.p + s.n - 1);
	}
}

/* Every line of the table can be served or refused, and what a listener may be
 * fixed to is served. */
static void table(void)
{
	const struct protocol *p = protocols;

	CHECK(p->dialect != NULL && p->first == NULL);
	for (; p->dialect != NULL || p->refuse != NULL; p++) {
		CHECK((p->dialect != NULL) == (p->transport != NULL));
		CHECK(opening_at((uint32_t)(p - protocols)) == p);
	}
	CHECK(opening_at((uint32_t)(p - protocols)) == NULL);
	CHECK(p == protocols + OPENING_OTHER + 1);
	CHECK(opening_default(NULL) == protocols);
	CHECK(opening_default("text") == protocols);
	CHECK(opening_default("irc") == protocols + OPENING_IRC);
	CHECK(opening_default("web") == protocols + OPENING_HTTP);
	CHECK(opening_default("events") == NULL);
	CHECK(opening_sub((struct span){"chat.events.1", 13}) ==
		protocols + OPENING_HTTP + 1);
	CHECK(opening_sub(SPAN_EMPTY) == protocols + OPENING_TLS - 1);
	CHECK(opening_sub((struct span){"chat.events.2", 13}) == NULL);
}

int main(void)
{
	RUN(first_bytes, "what first bytes are taken for");
	RUN(cut, "the same however they are cut");
	RUN(empty_lines, "empty lines say nothing, up to a point");
	RUN(table, "the table is whole");
	RUN(refusals, "each is answered in its own words");
	return unit_end();
}
