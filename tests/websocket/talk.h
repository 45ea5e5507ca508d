/* SPDX-License-Identifier: MIT */
/* One WebSocket connection of a test: any bytes are sent, cut anywhere, and
 * messages are read.  What goes wrong is kept as words. */
#ifndef TESTS_WEBSOCKET_TALK_H
#define TESTS_WEBSOCKET_TALK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TALK_MESSAGE_MAX (128u << 10) /* of a server, as we take it */
#define TALK_IN_MAX      (256u << 10)
#define TALK_TROUBLE_MAX 400

struct talk {
	int fd;
	uint16_t port;
	size_t cut; /* bytes of a write; 0: as many as there are */
	bool ended; /* the server has closed, or reset, the connection */
	bool again; /* the last message is read once more */
	size_t in_n;
	unsigned char in[TALK_IN_MAX];
	/* The last message. */
	unsigned kind;
	size_t n;
	unsigned char message[TALK_MESSAGE_MAX];
	char trouble[TALK_TROUBLE_MAX]; /* empty: none */
};

/* Connects, and does the handshake, with more lines for its head.  Each
 * function returns false in trouble. */
bool talk_open(struct talk *t, uint16_t port, const char *lines);

/* Ends the connection, if there is one; reset: without a word. */
void talk_close(struct talk *t, bool reset);

/* Sends bytes as they are. */
bool talk_send(struct talk *t, const unsigned char *p, size_t n);

/* Sends a frame, with a mask by chance unless plain: then it is zeros. */
bool talk_frame(struct talk *t, unsigned first, const unsigned char *payload,
	size_t n, unsigned form, bool plain);

/* Reads the next message, or control frame, into kind and message. */
bool talk_read(struct talk *t);

/* Waits for the end of the connection; what comes before it is trouble. */
bool talk_await_end(struct talk *t);

/* Notes what is wrong; returns false. */
bool talk_fail(struct talk *t, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

#endif
