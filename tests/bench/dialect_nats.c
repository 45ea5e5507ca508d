/* SPDX-License-Identifier: MIT */
/* Publish and subscribe in NATS, whose server sends what a client publishes to
 * all that subscribe to it, the client itself included.
 * Runs in: bench. */
#include <stdio.h>

#include "tests/bench/dialect.h"

#define SUBJECT "bench"

/* The PING is answered when the subscription is there. */
static size_t hello(char *dst, unsigned client)
{
	(void)client;
	return (size_t)snprintf(dst, SAY_MAX,
		"CONNECT {\"verbose\":false,\"pedantic\":false}\r\n"
		"SUB " SUBJECT " 1\r\nPING\r\n");
}

static size_t say(char *dst, int room, const char payload[PAYLOAD_SIZE])
{
	static const char start[] = "PUB " SUBJECT " 64\r\n";
	size_t n = sizeof(start) - 1;

	(void)room;
	_Static_assert(PAYLOAD_SIZE == 64, "the length above");
	memcpy(dst, start, n);
	memcpy(dst + n, payload, PAYLOAD_SIZE);
	memcpy(dst + n + PAYLOAD_SIZE, "\r\n", 2);
	return n + PAYLOAD_SIZE + 2;
}

static enum meaning hear(
	const char *line, size_t n, char reply[SAY_MAX], size_t *replied)
{
	if (BEGINS(line, n, "PONG"))
		return MEANS_READY;
	if (BEGINS(line, n, "PING")) {
		*replied = (size_t)snprintf(reply, SAY_MAX, "PONG\r\n");
		return MEANS_ANSWER;
	}
	return n > 0 && line[0] == '-' ? MEANS_TROUBLE : MEANS_NOTHING;
}

const struct dialect dialect_nats = {
	.name = "nats",
	.echoes = true,
	.hello = hello,
	.say = say,
	.hear = hear,
};
