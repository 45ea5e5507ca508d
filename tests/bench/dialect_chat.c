/* SPDX-License-Identifier: MIT */
/* The two dialects of our own server, and what plain-fanout has of the first.
 * Runs in: bench. */
#include <stdio.h>

#include "ipc/common/protocol.h"
#include "tests/bench/dialect.h"

/* --- both ---------------------------------------------------------------- */

/* They talk where they have entered last. */
static size_t say(char *dst, int room, const char payload[PAYLOAD_SIZE])
{
	(void)room;
	memcpy(dst, payload, PAYLOAD_SIZE);
	dst[PAYLOAD_SIZE] = '\n';
	return PAYLOAD_SIZE + 1;
}

static size_t enter(char *dst, int room)
{
	if (room == ROOM_OF_ALL)
		return 0;
	return (size_t)snprintf(dst, SAY_MAX, "/join #room-%d\n", room);
}

static size_t no_room(char *dst, int room)
{
	(void)dst;
	(void)room;
	return 0;
}

/* --- text ---------------------------------------------------------------- */

#define TEXT_HELP_END "* //TEXT:" /* the last line of help */

/* Two hosts may give one name at a time to newcomers; who loses it is told so
 * before its own name is taken. */
#define GUEST_LOST " is taken on another host: you are guest-"

/* A first line says that this is no silent stranger, who would be listened to
 * for a while.  Names are never used again. */
static size_t text_hello(char *dst, unsigned client)
{
	static unsigned int names;

	(void)client;
	return (size_t)snprintf(dst, SAY_MAX, "/nick bench-%u\n", ++names);
}

static size_t plain_hello(char *dst, unsigned client)
{
	(void)dst;
	(void)client;
	return 0;
}

static enum meaning text_hear(
	const char *line, size_t n, char reply[SAY_MAX], size_t *replied)
{
	(void)reply;
	(void)replied;
	if (BEGINS(line, n, "* welcome"))
		return MEANS_WELCOME;
	/* nothing of a room is heard before one's own join */
	if (BEGINS(line, n, "#room-"))
		return MEANS_READY;
	if (BEGINS(line, n, TEXT_HELP_END))
		return MEANS_LISTED;
	if (BEGINS(line, n, "! guest-") &&
		memmem(line, n, GUEST_LOST, sizeof(GUEST_LOST) - 1) != NULL)
		return MEANS_NOTHING;
	if (BEGINS(line, n, "! ") || BEGINS(line, n, "* you missed"))
		return MEANS_TROUBLE;
	return MEANS_NOTHING;
}

/* The lines that answer who have no last one that could be told from the
 * others, so another answer is waited for. */
const struct dialect dialect_text = {
	.name = "text",
	.echoes = true,
	.hello = text_hello,
	.say = say,
	.enter = enter,
	.list = "who\n/help\n",
	.hear = text_hear,
};

/* It cannot tell who is there. */
const struct dialect dialect_plain = {
	.name = "plain",
	.echoes = true,
	.hello = plain_hello,
	.say = say,
	.enter = no_room,
	.hear = text_hear,
};

/* --- events -------------------------------------------------------------- */

static size_t events_hello(char *dst, unsigned client)
{
	(void)client;
	return (size_t)snprintf(dst, SAY_MAX, "%s\n", EVENTS_HELLO);
}

static enum meaning events_hear(
	const char *line, size_t n, char reply[SAY_MAX], size_t *replied)
{
	(void)reply;
	(void)replied;
	if (BEGINS(line, n, KIND_WELCOME "\t"))
		return MEANS_WELCOME;
	if (BEGINS(line, n, KIND_JOIN "\t") &&
		memmem(line, n, "\t#room-", 7) != NULL)
		return MEANS_READY;
	if (BEGINS(line, n, KIND_WHO_END "\t"))
		return MEANS_LISTED;
	if (BEGINS(line, n, "! ") || BEGINS(line, n, KIND_ERROR "\t") ||
		BEGINS(line, n, KIND_GAP "\t") ||
		BEGINS(line, n, KIND_BYE "\t"))
		return MEANS_TROUBLE;
	return MEANS_NOTHING;
}

const struct dialect dialect_events = {
	.name = "events",
	.echoes = true,
	.hello = events_hello,
	.say = say,
	.enter = enter,
	.list = "who\n",
	.hear = events_hear,
};
