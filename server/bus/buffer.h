/* SPDX-License-Identifier: MIT */
/* Bytes on their way between two sockets, in memory of a fixed size. */
#ifndef SERVER_BUS_BUFFER_H
#define SERVER_BUS_BUFFER_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct buffer {
	char *bytes;
	size_t size;
	size_t start, end; /* of what is in it */
};

static inline size_t buffer_used(const struct buffer *b)
{
	return b->end - b->start;
}

static inline size_t buffer_room(const struct buffer *b)
{
	return b->size - buffer_used(b);
}

static inline void buffer_clear(struct buffer *b)
{
	b->start = b->end = 0;
}

/* Takes n of its first bytes off, n <= buffer_used(). */
static inline void buffer_drop(struct buffer *b, size_t n)
{
	b->start += n;
	if (b->start == b->end)
		buffer_clear(b);
}

/* n bytes behind those in it, n <= buffer_room(), for the caller to fill. */
char *buffer_extend(struct buffer *b, size_t n);

/* Appends, where there is room: the caller has made sure. */
void buffer_add(struct buffer *b, const void *p, size_t n);
void buffer_print(struct buffer *b, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* What there is room for, from a non-blocking socket: the number of bytes; 0:
 * none now; -1 with errno: EPIPE at its end.  *drained: nothing more waits. */
ssize_t buffer_receive(struct buffer *b, int fd, bool *drained);

/* What the socket takes now.  0, or -1 with errno. */
int buffer_send(struct buffer *b, int fd);

#endif
