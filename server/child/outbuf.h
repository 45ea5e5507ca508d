/* SPDX-License-Identifier: MIT */
/* What is rendered for the client and not yet taken by it. */
#ifndef SERVER_CHILD_OUTBUF_H
#define SERVER_CHILD_OUTBUF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "server/child/dialect/dialect.h"
#include "server/child/transport/transport.h"

/* A batch of events, rendered, and room for the longest one behind it. */
#define OUTBUF_SIZE (160u << 10)

/* The longest event as a transport frames it. */
#define OUTBUF_EVENT (RENDER_MAX + RENDER_LINES_MAX * TRANSPORT_LINE_EXTRA)

/* Two of them: what a hook of a dialect or a transport answers, and what the
 * child has to say on top, an error or a gap. */
#define OUTBUF_ROOM (2 * OUTBUF_EVENT)

struct outbuf {
	size_t start, end;
	bool dead;        /* the client takes no more; all is thrown away */
	int64_t moved_ms; /* when the client took something last, or had
			     nothing to take */
	char buf[OUTBUF_SIZE];
};

/* Whether two more events of any size fit. */
bool outbuf_has_room(const struct outbuf *o);

/* Where the next bytes go: OUTBUF_EVENT of them fit, if there was room and this
 * is the first or the second time since. */
char *outbuf_end(struct outbuf *o);

/* So many bytes have been put there; they are thrown away if the client takes
 * no more. */
void outbuf_add(struct outbuf *o, size_t n);

/* Throws away what is there and what is to come. */
void outbuf_discard(struct outbuf *o);

/* Writes what the client takes. */
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
