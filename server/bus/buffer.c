/* SPDX-License-Identifier: MIT */
/* A buffer is packed when its end has no room: with twice the room of the
 * longest message that is seldom.
 * Runs in: bus. */
#include "server/bus/buffer.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "server/again.h"

/* A line of the engine's protocol that is printed. */
#define PRINT_MAX 1024

static void pack(struct buffer *b)
{
	memmove(b->bytes, b->bytes + b->start, buffer_used(b));
	b->end -= b->start;
	b->start = 0;
}

char *buffer_extend(struct buffer *b, size_t n)
{
	if (b->size - b->end < n)
		pack(b);
	b->end += n;
	return b->bytes + b->end - n;
}

void buffer_add(struct buffer *b, const void *p, size_t n)
{
	if (n > 0)
		memcpy(buffer_extend(b, n), p, n);
}

void buffer_print(struct buffer *b, const char *fmt, ...)
{
	char line[PRINT_MAX];
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(line, sizeof line, fmt, ap);
	va_end(ap);
	buffer_add(b, line, n < (int)sizeof line ? (size_t)n : sizeof line - 1);
}

ssize_t buffer_receive(struct buffer *b, int fd, bool *drained)
{
	ssize_t n;

	/* Half of it free, or all that it can have. */
	if (b->size - b->end < b->size / 2)
		pack(b);
	n = recv(fd, b->bytes + b->end, b->size - b->end, MSG_DONTWAIT);
	*drained = n < (ssize_t)(b->size - b->end);
	if (n > 0)
		b->end += (size_t)n;
	else if (n == 0 && b->size > b->end)
		errno = EPIPE;
	else if (n == 0 || errno_is_transient(errno))
		return 0;
	return n > 0 ? n : -1;
}

int buffer_send(struct buffer *b, int fd)
{
	ssize_t n;

	if (buffer_used(b) == 0)
		return 0;
	n = send(fd, b->bytes + b->start, buffer_used(b),
		MSG_NOSIGNAL | MSG_DONTWAIT);
	if (n > 0)
		buffer_drop(b, (size_t)n);
	return n > 0 || errno_is_transient(errno) ? 0 : -1;
}
