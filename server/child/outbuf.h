/* SPDX-License-Identifier: MIT */
/* Rendered output that the client has not taken yet. */
#ifndef SERVER_CHILD_OUTBUF_H
#define SERVER_CHILD_OUTBUF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "server/child/dialect/dialect.h"
#include "server/child/transport/transport.h"

/* A batch of rendered events, and room for the longest one after it. */
#define OUTBUF_SIZE (192u << 10)

/* The longest event as a transport frames it. */
#define OUTBUF_EVENT (RENDER_MAX + RENDER_LINES_MAX * TRANSPORT_LINE_EXTRA)

/* Two of them: the answer of a hook of a dialect or a transport, and an error
 * or a gap that the child adds. */
#define OUTBUF_ROOM (2 * OUTBUF_EVENT)

struct outbuf {
	size_t start, end;
	bool dead; /* the client takes no more; all output is discarded */
	int64_t moved_ms; /* when the client last took something, or had nothing
			     to take */
	char buf[OUTBUF_SIZE];
};

/* Whether two more events of any size fit. */
bool outbuf_has_room(const struct outbuf *o);

/* Where the next bytes go.  OUTBUF_EVENT bytes fit in each of the first two
 * calls after outbuf_has_room. */
char *outbuf_end(struct outbuf *o);

/* Adds n bytes that were written there, or discards them if the client takes no
 * more. */
void outbuf_add(struct outbuf *o, size_t n);

/* Discards all output, present and future. */
void outbuf_discard(struct outbuf *o);

/* Writes as much as the client takes. */
void outbuf_write(struct outbuf *o, int fd, int64_t now);

/* Bytes that the client has not taken yet. */
static inline uint32_t outbuf_queued(const struct outbuf *o)
{
	return (uint32_t)(o->end - o->start);
}

static inline bool outbuf_is_empty(const struct outbuf *o)
{
	return o->start == o->end;
}

#endif
