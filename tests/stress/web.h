/* SPDX-License-Identifier: MIT */
/* A user on WebSocket: what is said becomes messages, and those of the server
 * become lines again.  For users who keep to the protocol; for others there is
 * tests/websocket/. */
#ifndef TESTS_STRESS_WEB_H
#define TESTS_STRESS_WEB_H

#include <stdbool.h>
#include <stddef.h>

#include "tests/websocket/wire.h"

#define WEB_REQUEST_MAX 512

struct web {
	bool open; /* the handshake is answered */
	unsigned char header[WIRE_HEADER_MAX];
	size_t header_n;
	struct wire_frame frame;
	size_t left;    /* of its payload */
	bool pinged;    /* an answer is due */
	bool closed;    /* the server has said so */
	char head[4];   /* the last bytes of the answer to the handshake */
	size_t head_n;  /* all of them, so far */
	unsigned masks; /* so far: each differs */
};

/* Writes the request for this subprotocol, "" for none, to dst, which has room
 * for WEB_REQUEST_MAX; returns its length. */
size_t web_request(struct web *w, char *dst, const char *subprotocol);

/* Writes a frame of n bytes of payload to dst, which has room for
 * WIRE_HEADER_MAX more; returns its length. */
size_t web_frame(
	struct web *w, char *dst, unsigned opcode, const char *p, size_t n);

/* Takes n bytes of the server; writes the lines in there to dst, which has room
 * for n + 1; returns their length.  False in *well: a client would close. */
size_t web_take(struct web *w, char *dst, const char *p, size_t n, bool *well);

#endif
