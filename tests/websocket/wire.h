/* SPDX-License-Identifier: MIT */
/* WebSocket's bytes as a client has them (RFC 6455, section 5.2): frames with a
 * mask are written, those of a server are read.  Nothing is checked here, and
 * anything can be written. */
#ifndef TESTS_WEBSOCKET_WIRE_H
#define TESTS_WEBSOCKET_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	WIRE_CONTINUATION = 0,
	WIRE_TEXT = 1,
	WIRE_BINARY = 2,
	WIRE_CLOSE = 8,
	WIRE_PING = 9,
	WIRE_PONG = 10,

	WIRE_FIN = 0x80, /* beside the opcode, in the first byte */
	WIRE_RSV1 = 0x40,
	WIRE_RSV2 = 0x20,
	WIRE_RSV3 = 0x10,
};

/* Both length fields, a mask, and the first two bytes. */
#define WIRE_HEADER_MAX 14

/* How a header is written; zeros: as it should be. */
enum wire_form {
	WIRE_SHORTEST, /* the length, as the RFC wants it */
	WIRE_16_BITS,  /* or in a longer field than it needs */
	WIRE_64_BITS,
	WIRE_FORM = 3,
	WIRE_UNMASKED = 4
};

/* Writes the header of a frame of n bytes to dst, which has room for
 * WIRE_HEADER_MAX; returns its length. */
size_t wire_header(unsigned char *dst, unsigned first, uint64_t n,
	unsigned form, const unsigned char mask[4]);

/* Masks n bytes of a payload, or takes the mask off, in place; at says how many
 * came before these. */
void wire_mask(
	unsigned char *p, size_t n, size_t at, const unsigned char mask[4]);

/* A frame of the server, as far as its header says. */
struct wire_frame {
	unsigned first; /* FIN, reserved bits, opcode */
	bool masked;    /* as no server's may be */
	size_t header;  /* bytes */
	uint64_t n;     /* bytes of payload */
};

/* Reads a header from the first of n bytes.  False if they are too few. */
bool wire_read(struct wire_frame *f, const unsigned char *p, size_t n);

/* The handshake: a request of a client, and the beginning of the answer to it
 * with the key's counterpart, which the RFC has in its section 1.3. */
#define WIRE_KEY    "dGhlIHNhbXBsZSBub25jZQ=="
#define WIRE_ACCEPT "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="

#endif
