/* SPDX-License-Identifier: MIT */
/* The output buffer of a client.
 * Runs in: child. */
#include "server/child/outbuf.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "server/again.h"

bool outbuf_has_room(const struct outbuf *o)
{
	return sizeof o->buf - (o->end - o->start) >= OUTBUF_ROOM;
}

char *outbuf_end(struct outbuf *o)
{
	/* The bytes move to the front when the end of the buffer is near. */
	if (sizeof o->buf - o->end < OUTBUF_EVENT) {
		memmove(o->buf, o->buf + o->start, o->end - o->start);
		o->end -= o->start;
		o->start = 0;
	}
	return o->buf + o->end;
}

void outbuf_add(struct outbuf *o, size_t n)
{
	if (!o->dead)
		o->end += n;
}

void outbuf_discard(struct outbuf *o)
{
	o->dead = true;
	o->start = o->end = 0;
}

void outbuf_write(struct outbuf *o, int fd, int64_t now)
{
	while (o->start < o->end) {
		ssize_t n = write(fd, o->buf + o->start, o->end - o->start);

		if (n == -1 && errno_is_transient(errno))
			return;
		if (n == -1) {
			/* The client is gone.  What it sent before is still
			 * read. */
			o->dead = true;
			break;
		}
		o->start += (size_t)n;
		o->moved_ms = now;
	}
	o->start = o->end = 0;
	o->moved_ms = now;
}
