/* SPDX-License-Identifier: MIT */
/* What the client makes of a line.
 * Runs in: nothing but tests. */
#include "tests/fuzz/reader.h"

#include <string.h>

#include "client/menu/render.h"
#include "client/session/events.h"

static struct reader_part part(struct field f)
{
	return (struct reader_part){f.s, f.n};
}

bool reader_takes(const char *line, size_t n, struct reader_event *e)
{
	struct event event;

	if (!event_parse(line, n, &event))
		return false;
	*e = (struct reader_event){
		.known = event.kind != EVENT_UNKNOWN,
		.seq = event.has_seq ? event.seq : 0,
		.unix_ms = event.unix_ms,
		.number = event_number(event.text),
		.from = part(event.from),
		.to = part(event.to),
		.room = part(event.room),
		.text = part(event.text),
	};
	return true;
}

size_t reader_says(const char *line, size_t n, const struct reader_eyes *eyes,
	char *dst, size_t size)
{
	struct event event;
	struct reader reader = {.name = eyes->name,
		.old_seq = eyes->welcome_seq,
		.now_ms = eyes->now_ms,
		.here = "",
		.lobby = ""};
	static struct line said;

	if (!event_parse(line, n, &event) ||
		!render_event(&said, &event, &reader))
		return 0;
	if (said.n >= size)
		said.n = size - 1;
	memcpy(dst, said.text, said.n);
	dst[said.n] = '\0';
	return said.n;
}
