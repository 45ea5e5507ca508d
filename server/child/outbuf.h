/* What is rendered for the client and not yet taken by it. */
#ifndef SERVER_CHILD_OUTBUF_H
#define SERVER_CHILD_OUTBUF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "server/child/dialect/dialect.h"

/* A batch of events, rendered, and room for the longest one behind it. */
#define OUTPUT_SIZE (128u << 10)

struct output {
	size_t start, end;
	bool dead;        /* the client takes no more; all is thrown away */
	int64_t moved_ms; /* when the client took something last, or had
			     nothing to take */
	char buf[OUTPUT_SIZE];
};

/* Whether one more event of any size fits. */
bool output_has_room(const struct output *o);

/* Renders an event.  There is room. */
void output_put(
	struct output *o, const struct dialect *d, const struct event *e);

/* Adds these bytes as they are.  There is room. */
void output_bytes(struct output *o, struct span s);

/* Throws away what is there and what is to come. */
void output_discard(struct output *o);

/* Writes what the client takes. */
void output_write(struct output *o, int fd, int64_t now);

/* Bytes that the client has not taken yet. */
static inline uint32_t output_queued(const struct output *o)
{
	return (uint32_t)(o->end - o->start);
}

static inline bool output_is_empty(const struct output *o)
{
	return o->start == o->end;
}

#endif
