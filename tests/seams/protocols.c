/* SPDX-License-Identifier: MIT */
/* The table of protocols of tests/seams/chatserver: what the product serves,
 * and one more, of a dialect and a transport that are here; and another of the
 * same dialect as lines of text.
 * Runs in: child; its names in the parent, too. */
#include "server/child/protocols.h"

#include "ipc/common/protocol.h"
#include "server/child/dialect/events.h"
#include "server/child/dialect/text.h"
#include "server/child/transport/telnet.h"
#include "tests/seams/netstring.h"
#include "tests/seams/porter.h"

static const struct first_bytes events[] = {
	{FIRST_BYTES(EVENTS_HELLO), FIRST_WORD | FIRST_GREETED},
	{NULL, 0, 0},
};

static const struct first_bytes netstring[] = {
	{FIRST_BYTES(NETSTRING_PREFACE), 0},
	{NULL, 0, 0},
};

static const struct first_bytes porter[] = {
	{FIRST_BYTES("knock"), FIRST_WORD | FIRST_ANY_CASE | FIRST_GREETED},
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
	{.name = "test",
		.transport = &transport_netstring,
		.dialect = &dialect_porter,
		.first = netstring},
	{.name = "porter",
		.transport = &transport_telnet,
		.dialect = &dialect_porter,
		.first = porter},
	{.name = NULL},
};
