/* SPDX-License-Identifier: MIT */
/* The table of protocols of tests/websocket/server/chatserver: text, and the
 * echo for who comes by WebSocket and asks for no subprotocol.
 * Runs in: child; its names in the parent, too. */
#include "server/child/protocols.h"

#include "server/child/dialect/text.h"
#include "server/child/transport/telnet.h"
#include "tests/websocket/server/echo.h"

static const struct first_bytes http[] = {
	{FIRST_BYTES("GET"), FIRST_WORD},
	{NULL, 0, 0},
};

/* Never called: the web is served. */
static struct span refuse(const char *bytes, size_t n)
{
	return (struct span){bytes, n};
}

const struct protocol protocols[] = {
	{.name = "text",
		.transport = &transport_telnet,
		.dialect = &dialect_text},
	{.name = "web", .http = true, .refuse = refuse, .first = http},
	{.name = "web",
		.transport = &transport_echo,
		.dialect = &dialect_silent,
		.subprotocol = ""},
	{.name = NULL},
};
