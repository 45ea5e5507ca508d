/* SPDX-License-Identifier: MIT */
/* The table of protocols, and the answers to clients whose protocol is not
 * served.
 * Runs in: child; its names in the parent, too. */
#include "server/child/protocols.h"

#include <assert.h>
#include <string.h>

#include "ipc/common/protocol.h"
#include "server/child/dialect/events.h"
#include "server/child/dialect/irc.h"
#include "server/child/dialect/text.h"
#include "server/child/transport/telnet.h"
#include "server/child/transport/websocket.h"

#define ABOUT                                                            \
	"This is a chat server for lines of text, not a web server.\r\n" \
	"Join with chatclient, nc or telnet at this address and port.\r\n"

/* RFC 9110, section 15.5.22: Upgrade names the protocol to use. */
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

static struct span refuse_http(const char *bytes, size_t n)
{
	static const char http[] = HEAD ABOUT;

	/* The answer to HEAD has no body. */
	if (n >= 5 && memcmp(bytes, "HEAD ", 5) == 0)
		return (struct span){http, sizeof HEAD - 1};
	return (struct span){http, sizeof http - 1};
}

#define REFUSAL(name, words)                                                 \
	static struct span name(const char *bytes, size_t n)                 \
	{                                                                    \
		(void)bytes;                                                 \
		(void)n;                                                     \
		return (struct span){words "\r\n", sizeof words "\r\n" - 1}; \
	}

REFUSAL(refuse_tls, "! no TLS here: connect without it, or to the TLS proxy in "
		    "front of this server")
REFUSAL(refuse_proxy,
	"! the PROXY protocol is for trusted proxies: turn it off "
	"in this one, or name it by --trusted-proxy")
REFUSAL(refuse_other, "! this is a chat for lines of text: join with "
		      "chatclient, nc or telnet")

/* --- by a line's form ----------------------------------------------------- */

/* The characters of methods, in HTTP and what looks like it: SIP, RTSP. */
static bool is_capital(char c)
{
	return (c >= 'A' && c <= 'Z') || c == '-' || c == '_';
}

/* Whether the line is METHOD TARGET PROTOCOL/1.1, with this protocol name. */
static bool is_request(const char *line, size_t n, const char *protocol)
{
	const char *end = line + n, *target, *version, *slash;
	size_t method = 0, len = strlen(protocol);

	while (method < n && is_capital(line[method]))
		method++;
	if (method < 3 || method == n || line[method] != ' ')
		return false;
	target = line + method + 1;
	version = memchr(target, ' ', (size_t)(end - target));
	if (version == NULL || version == target)
		return false;
	version++;
	slash = memchr(version, '/', (size_t)(end - version));
	return slash != NULL && end - slash == 4 && slash[2] == '.' &&
	       (size_t)(slash - version) == len &&
	       memcmp(version, protocol, len) == 0;
}

static bool is_http(const char *line, size_t n)
{
	return is_request(line, n, "HTTP");
}

static bool is_sip(const char *line, size_t n)
{
	return is_request(line, n, "SIP") || is_request(line, n, "RTSP");
}

/* --- the table ------------------------------------------------------------ */

/* server/chatserver-events.7 */
static const struct first_bytes events[] = {
	{FIRST_BYTES(EVENTS_HELLO), FIRST_WORD | FIRST_GREETED},
	{NULL, 0, 0},
};

/* RFC 9112; RFC 9113, section 3.4 */
static const struct first_bytes http[] = {
	{FIRST_BYTES("GET "), 0},
	{FIRST_BYTES("HEAD "), 0},
	{FIRST_BYTES("POST "), 0},
	{FIRST_BYTES("PUT "), 0},
	{FIRST_BYTES("DELETE "), 0},
	{FIRST_BYTES("CONNECT "), 0},
	{FIRST_BYTES("OPTIONS "), 0},
	{FIRST_BYTES("TRACE "), 0},
	{FIRST_BYTES("PATCH "), 0},
	{FIRST_BYTES("PRI * HTTP/2"), FIRST_GREETED},
	{NULL, 0, 0},
};

/* RFC 2812; modern.ircdocs.horse */
static const struct first_bytes irc[] = {
	{FIRST_BYTES("CAP "), FIRST_ANY_CASE | FIRST_GREETED},
	{FIRST_BYTES("NICK "), FIRST_ANY_CASE | FIRST_GREETED},
	{FIRST_BYTES("USER "), FIRST_ANY_CASE | FIRST_GREETED},
	{FIRST_BYTES("PASS "), FIRST_ANY_CASE | FIRST_GREETED},
	{NULL, 0, 0},
};

/* RFC 8446, section 5.1: a handshake record */
static const struct first_bytes tls[] = {
	{FIRST_BYTES("\x16\x03"), FIRST_GREETED},
	{NULL, 0, 0},
};

/* HAProxy's PROXY protocol, version 1 and 2 */
static const struct first_bytes proxy[] = {
	{FIRST_BYTES("PROXY TCP"), FIRST_GREETED},
	{FIRST_BYTES("PROXY UNKNOWN"), FIRST_GREETED},
	{FIRST_BYTES("\r\n\r\n\0\r\nQUIT\n"), FIRST_GREETED},
	{NULL, 0, 0},
};

/* SSH; SMTP (RFC 5321) and DICT (RFC 2229), of clients that do not wait to be
 * greeted. */
static const struct first_bytes others[] = {
	{FIRST_BYTES("SSH-"), FIRST_GREETED},
	{FIRST_BYTES("EHLO "), FIRST_GREETED},
	{FIRST_BYTES("HELO "), FIRST_GREETED},
	{FIRST_BYTES("CLIENT "), 0},
	{NULL, 0, 0},
};

const struct protocol protocols[] = {
	{.name = "text",
		.transport = &transport_telnet,
		.dialect = &dialect_text},
	{.name = "text",
		.transport = &transport_telnet,
		.dialect = &dialect_events,
		.first = events},
	{.name = "irc",
		.transport = &transport_telnet,
		.dialect = &dialect_irc,
		.first = irc},
	{.name = "web",
		.http = true,
		.refuse = refuse_http,
		.first = http,
		.has_line = is_http},
	{.name = "web",
		.transport = &transport_websocket,
		.dialect = &dialect_events,
		.subprotocol = "chat.events.1"},
	{.name = "web",
		.transport = &transport_websocket,
		.dialect = &dialect_irc,
		.subprotocol = "text.ircv3.net"},
	{.name = "web",
		.transport = &transport_websocket_binary,
		.dialect = &dialect_irc,
		.subprotocol = "binary.ircv3.net"},
	{.name = "web",
		.transport = &transport_websocket,
		.dialect = &dialect_text,
		.subprotocol = ""},
	{.refuse = refuse_tls, .first = tls},
	{.refuse = refuse_proxy, .first = proxy},
	{.refuse = refuse_other,
		.first = others,
		.has_line = is_sip,
		.binary = true},
	{.name = NULL},
};
