/* SPDX-License-Identifier: MIT */
/* Publish and subscribe in redis.  With the third version of its protocol one
 * connection may do both, as a chat's client does.
 * Runs in: bench. */
#include <stdio.h>

#include "tests/bench/dialect.h"

#define CHANNEL "bench"

static size_t hello(char *dst, unsigned client)
{
	(void)client;
	return (size_t)snprintf(
		dst, SAY_MAX, "HELLO 3\r\nSUBSCRIBE " CHANNEL "\r\n");
}

static size_t say(char *dst, int room, const char payload[PAYLOAD_SIZE])
{
	static const char start[] =
		"*3\r\n$7\r\nPUBLISH\r\n$5\r\n" CHANNEL "\r\n$64\r\n";
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
	(void)reply;
	(void)replied;
	if (n == 9 && BEGINS(line, n, "subscribe"))
		return MEANS_READY;
	return n > 0 && line[0] == '-' ? MEANS_TROUBLE : MEANS_NOTHING;
}

const struct dialect dialect_redis = {
	.name = "redis",
	.echoes = true,
	.hello = hello,
	.say = say,
	.hear = hear,
};
