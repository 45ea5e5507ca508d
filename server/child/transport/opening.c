/* SPDX-License-Identifier: MIT */
/* The table of first bytes, and what is answered to those who have come to the
 * wrong door.
 * Runs in: child. */
#include "server/child/transport/opening.h"

#include <assert.h>
#include <string.h>
#include <strings.h>

/* Bytes of empty lines that are waited through for what comes behind them. */
#define EMPTY_MAX 64

/* What these protocols begin with. */
static const struct first_bytes {
	const char *bytes;
	size_t n;
	enum opening opening;
	bool any_case; /* of letters, from one who is not greeted */
	bool greeted;  /* who is greeted does not mean anything else by it */
} table[] = {
#define BYTES(s) (s), sizeof(s) - 1
	{BYTES("GET "), OPENING_HTTP, false, false},
	{BYTES("HEAD "), OPENING_HTTP, false, false},
	{BYTES("POST "), OPENING_HTTP, false, false},
	{BYTES("PUT "), OPENING_HTTP, false, false},
	{BYTES("DELETE "), OPENING_HTTP, false, false},
	{BYTES("CONNECT "), OPENING_HTTP, false, false},
	{BYTES("OPTIONS "), OPENING_HTTP, false, false},
	{BYTES("TRACE "), OPENING_HTTP, false, false},
	{BYTES("PATCH "), OPENING_HTTP, false, false},
	{BYTES("PRI * HTTP/2"), OPENING_HTTP, false, true},
	{BYTES("CAP "), OPENING_IRC, true, true},
	{BYTES("NICK "), OPENING_IRC, true, true},
	{BYTES("USER "), OPENING_IRC, true, true},
	{BYTES("PASS "), OPENING_IRC, true, true},
	{BYTES("\x16\x03"), OPENING_TLS, false, true},
	{BYTES("PROXY TCP"), OPENING_PROXY, false, true},
	{BYTES("PROXY UNKNOWN"), OPENING_PROXY, false, true},
	{BYTES("\r\n\r\n\0\r\nQUIT\n"), OPENING_PROXY, false, true},
	{BYTES("SSH-"), OPENING_OTHER, false, true},
#undef BYTES
};

/* The characters of HTTP's methods, and of what looks like it: SIP, RTSP. */
static bool is_capital(char c)
{
	return (c >= 'A' && c <= 'Z') || c == '-' || c == '_';
}

/* Whether these are METHOD TARGET PROTOCOL/1.1, by the protocol's name. */
static enum opening request_line(const char *line, size_t n)
{
	const char *end = line + n, *target, *version, *slash;
	size_t method = 0;

	while (method < n && is_capital(line[method]))
		method++;
	if (method < 3 || method == n || line[method] != ' ')
		return OPENING_CHAT;
	target = line + method + 1;
	version = memchr(target, ' ', (size_t)(end - target));
	if (version == NULL || version == target)
		return OPENING_CHAT;
	version++;
	slash = memchr(version, '/', (size_t)(end - version));
	if (slash == NULL || end - slash != 4 || slash[2] != '.')
		return OPENING_CHAT;
	if (slash - version == 4 && memcmp(version, "HTTP", 4) == 0)
		return OPENING_HTTP;
	if ((slash - version == 3 && memcmp(version, "SIP", 3) == 0) ||
		(slash - version == 4 && memcmp(version, "RTSP", 4) == 0))
		return OPENING_OTHER;
	return OPENING_CHAT;
}

/* A first line that is whole: what its form says. */
static enum opening by_line(const char *p, size_t n)
{
	const char *newline = memchr(p, '\n', n);

	if (newline == NULL)
		return OPENING_CHAT;
	n = (size_t)(newline - p);
	if (n > 0 && p[n - 1] == '\r')
		n--;
	return request_line(p, n);
}

/* Whether there is a NUL in the first line: nobody types it, but most of what
 * is no text has one: STUN from a browser, SMB, PostgreSQL, RDP, MQTT. */
static bool is_binary(const char *p, size_t n)
{
	const char *newline = memchr(p, '\n', n);

	if (newline != NULL)
		n = (size_t)(newline - p);
	return memchr(p, 0, n) != NULL;
}

/* What the table says of the first bytes: chat where it has none of them. */
static enum opening by_table(const char *p, size_t n, bool greeted)
{
	enum opening found = OPENING_CHAT;

	for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
		const struct first_bytes *f = &table[i];
		size_t have = n < f->n ? n : f->n;
		bool same = f->any_case && !greeted
				    ? strncasecmp(p, f->bytes, have) == 0
				    : memcmp(p, f->bytes, have) == 0;

		if (!same || (greeted && !f->greeted))
			continue;
		if (have == f->n)
			return f->opening;
		found = OPENING_UNKNOWN;
	}
	return found;
}

enum opening opening_find(const char *p, size_t n, bool greeted)
{
	enum opening found = by_table(p, n, greeted);
	size_t empty = 0;

	/* An empty line says nothing yet, nor do some more. */
	while (empty < n && memchr("\r\n ", p[empty], 3) != NULL)
		empty++;
	if (found == OPENING_CHAT && empty > 0 && empty < EMPTY_MAX)
		found = by_table(p + empty, n - empty, greeted);
	if (found == OPENING_CHAT && !greeted &&
		is_binary(p + empty, n - empty))
		return OPENING_OTHER;
	return found == OPENING_CHAT ? by_line(p + empty, n - empty) : found;
}

#define ABOUT                                                            \
	"This is a chat server for lines of text, not a web server.\r\n" \
	"Join with chatclient, nc or telnet at this address and port.\r\n"

/* RFC 9110, section 15.5.22: Upgrade says to what. */
#define HEAD                                          \
	"HTTP/1.1 426 Upgrade Required\r\n"           \
	"Upgrade: chat\r\n"                           \
	"Connection: Upgrade, close\r\n"              \
	"Content-Type: text/plain; charset=utf-8\r\n" \
	"X-Content-Type-Options: nosniff\r\n"         \
	"Cache-Control: no-store\r\n"                 \
	"Content-Length: 122\r\n"                     \
	"\r\n"

static_assert(sizeof ABOUT - 1 == 122, "Content-Length");

struct span opening_refusal(enum opening o, const char *bytes, size_t n)
{
	static const char http[] = HEAD ABOUT;
	static const char irc[] = "ERROR :This chat server does not speak IRC; "
				  "join with chatclient, nc or telnet\r\n";
	static const char tls[] =
		"! no TLS here: connect without it, or to the TLS proxy in "
		"front of this server\r\n";
	static const char proxy[] =
		"! the PROXY protocol is not accepted here: "
		"turn it off in the proxy\r\n";
	static const char other[] = "! this is a chat for lines of text: "
				    "join with chatclient, nc or telnet\r\n";

	switch (o) {
	case OPENING_HTTP:
		/* The answer to HEAD has no body. */
		if (n >= 5 && memcmp(bytes, "HEAD ", 5) == 0)
			return (struct span){http, sizeof HEAD - 1};
		return (struct span){http, sizeof http - 1};
	case OPENING_IRC:
		return (struct span){irc, sizeof irc - 1};
	case OPENING_TLS:
		return (struct span){tls, sizeof tls - 1};
	case OPENING_PROXY:
		return (struct span){proxy, sizeof proxy - 1};
	default:
		return (struct span){other, sizeof other - 1};
	}
}
