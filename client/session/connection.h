/* SPDX-License-Identifier: MIT */
/* The connection to the server: bytes in, lines out; lines in, bytes out.
 * Nothing blocks but connection_open, and a UNIX socket with a full backlog,
 * for ADDRESS_WAIT_S. */
#ifndef CLIENT_SESSION_CONNECTION_H
#define CLIENT_SESSION_CONNECTION_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "client/session/dialer.h"
#include "ipc/common/limits.h"

/* An event has a text and, before it, two names and less than 80 bytes. */
#define CONNECTION_LINE_MAX (TEXT_MAX + 2 * NAME_MAX_BYTES + 80)

/* One whole line and a good read after it. */
#define CONNECTION_IN (2 * CONNECTION_LINE_MAX)

/* Enough lines on their way that none waits for another. */
#define CONNECTION_OUT (16 * (LINE_MAX_BYTES + 1))

struct connection {
	int fd;          /* -1: none */
	bool connecting; /* it is the dialer's, which has not answered */
	pid_t dialer;
	char why[DIALER_WHY_MAX]; /* the dialer has failed */
	bool ended;               /* the server will send no more */
	int error;                /* why: an errno, or 0 where it closed */
	bool broken;              /* nothing can be sent any more */
	bool has_aside;           /* an earlier one is open still: */
	int aside;
	bool discarding;   /* inside a line that is too long for an event */
	size_t in_start;   /* what is unread in in[] */
	size_t in_scanned; /* no newline before it */
	size_t in_end;
	size_t out_start; /* what is unsent in out[] */
	size_t out_end;
	char in[CONNECTION_IN];
	char out[CONNECTION_OUT];
};

/* Begins to connect; what was open is closed before by connection_close.
 * Returns NULL, or why that is not possible (until the next call). */
const char *connection_begin(
	struct connection *c, const char *host, const char *port);

/* Continues, once the descriptor is readable: NULL, or why it has failed.
 * Before it returns NULL with connecting false, nothing can be sent or
 * received. */
const char *connection_go_on(struct connection *c);

/* Connects; NULL, or why that was not possible. */
const char *connection_open(
	struct connection *c, const char *host, const char *port);

/* Whether any two lines can be sent now. */
bool connection_has_room(const struct connection *c);

/* Queues one line: before, then text[0..n).  False where it does not fit,
 * with nothing queued. */
bool connection_send(
	struct connection *c, const char *before, const char *text, size_t n);

/* The next line, without its end; it holds until connection_exchange. */
bool connection_next(struct connection *c, const char **line, size_t *n);

/* What to poll the descriptor for, and what to do about the answer. */
short connection_wants(const struct connection *c);
void connection_exchange(struct connection *c, short revents);

/* What was received before can still be read. */
void connection_close(struct connection *c);

/* The same, but the socket stays open until another one takes its place, or it
 * is closed here: its end would tell the server that the session is over. */
void connection_set_aside(struct connection *c);
void connection_close_aside(struct connection *c);

#endif
