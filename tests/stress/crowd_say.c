/* SPDX-License-Identifier: MIT */
/* What waits to be sent to the server, as lines or as messages of WebSocket.
 * Runs in: any test program. */
#include "tests/stress/crowd_say.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/stress/stress.h"

#define SAY_MAX   1024
#define FRAME_MAX 32768

static void queue(struct person *p, const char *bytes, size_t n)
{
	if (p->out_length + n > p->out_room) {
		p->out_room = 2 * (p->out_length + n);
		p->out = realloc(p->out, p->out_room);
		if (p->out == NULL)
			stress_fail("out of memory");
	}
	memcpy(p->out + p->out_length, bytes, n);
	p->out_length += n;
}

/* Queues a message of WebSocket, in frames that are not too long. */
static void queue_frame(
	struct person *p, unsigned opcode, const char *bytes, size_t n)
{
	static char frame[WIRE_HEADER_MAX + FRAME_MAX];

	if (n > FRAME_MAX)
		stress_fail("a message of %zu bytes", n);
	queue(p, frame, web_frame(&p->web, frame, opcode, bytes, n));
}

void crowd_send(struct person *p, const char *bytes, size_t n)
{
	if (p->on_web)
		queue_frame(p, WIRE_BINARY, bytes, n);
	else
		queue(p, bytes, n);
}

void crowd_say(struct person *p, const char *format, ...)
{
	char line[SAY_MAX];
	va_list arguments;
	size_t n;

	va_start(arguments, format);
	n = (size_t)vsnprintf(line, sizeof(line) - 1, format, arguments);
	va_end(arguments);
	if (n >= sizeof(line) - 1)
		stress_fail("a line is longer than %d bytes", SAY_MAX);
	if (p->on_web) {
		queue_frame(p, WIRE_TEXT, line, n);
		return;
	}
	line[n++] = '\n';
	queue(p, line, n);
}

void crowd_upgrade(struct person *p)
{
	char request[WEB_REQUEST_MAX];
	size_t n =
		web_request(&p->web, request, p->events ? "chat.events.1" : "");

	queue(p, request, n);
	p->on_web = true;
}

void crowd_pong(struct person *p)
{
	queue_frame(p, WIRE_PONG, "", 0);
	p->web.pinged = false;
}
