/* SPDX-License-Identifier: MIT */
/* IRC (RFC 1459, RFC 2812), as far as one channel a client needs it.
 * Runs in: bench. */
#include <stdio.h>

#include "tests/bench/dialect.h"

#define CHANNEL "#bench"

/* Writes a line about a channel. */
static size_t about(char *dst, const char *command, int room, const char *rest)
{
	if (room == ROOM_OF_ALL)
		return (size_t)snprintf(
			dst, SAY_MAX, "%s " CHANNEL "%s", command, rest);
	return (size_t)snprintf(
		dst, SAY_MAX, "%s #room-%d%s", command, room, rest);
}

static size_t hello(char *dst, unsigned client)
{
	return (size_t)snprintf(dst, SAY_MAX,
		"NICK b%05u\r\nUSER b%05u 0 * :bench\r\n", client, client);
}

static size_t say(char *dst, int room, const char payload[PAYLOAD_SIZE])
{
	size_t n = about(dst, "PRIVMSG", room, " :");

	memcpy(dst + n, payload, PAYLOAD_SIZE);
	memcpy(dst + n + PAYLOAD_SIZE, "\r\n", 2);
	return n + PAYLOAD_SIZE + 2;
}

static size_t enter(char *dst, int room)
{
	return about(dst, "JOIN", room, "\r\n");
}

/* ":server NUMBER ..." or 0 */
static int numeric(const char *line, size_t n)
{
	const char *end = n > 0 && line[0] == ':' ? memchr(line, ' ', n) : NULL;
	int number = 0;

	if (end == NULL || (size_t)(end - line) + 5 > n || end[4] != ' ')
		return 0;
	for (int i = 1; i <= 3; i++) {
		if (end[i] < '0' || end[i] > '9')
			return 0;
		number = 10 * number + (end[i] - '0');
	}
	return number;
}

/* PING with whatever follows is answered by PONG with the same. */
static size_t pong(const char *line, size_t n, char reply[SAY_MAX])
{
	if (n > SAY_MAX - 2)
		n = SAY_MAX - 2;
	memcpy(reply, line, n);
	reply[1] = 'O';
	memcpy(reply + n, "\r\n", 2);
	return n + 2;
}

static enum meaning hear(
	const char *line, size_t n, char reply[SAY_MAX], size_t *replied)
{
	int number;

	if (BEGINS(line, n, "PING ")) {
		*replied = pong(line, n, reply);
		return MEANS_ANSWER;
	}
	if (BEGINS(line, n, "ERROR "))
		return MEANS_TROUBLE;
	number = numeric(line, n);
	switch (number) {
	case 376: /* the end of the message of the day, or that there is none */
	case 422:
		return MEANS_WELCOME;
	case 366: /* the end of the names, which also ends our own JOIN */
		return MEANS_LISTED;
	default:
		return number >= 400 && number < 600 ? MEANS_TROUBLE
						     : MEANS_NOTHING;
	}
}

const struct dialect dialect_irc = {
	.name = "irc",
	.echoes = false,
	.hello = hello,
	.say = say,
	.enter = enter,
	.list = "NAMES " CHANNEL "\r\n",
	.hear = hear,
};
