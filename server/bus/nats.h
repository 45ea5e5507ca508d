/* SPDX-License-Identifier: MIT */
/* The client protocol of NATS (docs.nats.io, "Client Protocol"): one operation
 * of the server at a time, and the writing of ours.  Pure functions. */
#ifndef SERVER_BUS_NATS_H
#define SERVER_BUS_NATS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The line of an operation: servers have a limit of 4096 for those of clients,
 * and ours name what we have told them.  INFO lists the servers of a cluster.
 */
#define NATS_LINE_MAX 4096
#define NATS_INFO_MAX 32768

/* The headers of a message and its body, at most this in all; larger ones are
 * passed over. */
#define NATS_MESSAGE_MAX (65536 + 8192)

enum nats_verdict {
	NATS_MORE, /* more bytes are needed */
	NATS_OP,   /* there is one */
	NATS_BAD   /* this is not NATS */
};

enum nats_kind {
	NATS_INFO,
	NATS_PING,
	NATS_PONG,
	NATS_OKAY,
	NATS_ERROR,
	NATS_MESSAGE
};

/* A part of the bytes that were read. */
struct nats_part {
	const char *at;
	size_t n;
};

struct nats_op {
	enum nats_kind kind;
	uint64_t size;         /* bytes that it takes, its line ends included */
	struct nats_part text; /* INFO's JSON, the words of an error */
	/* of a message: */
	bool large; /* it is passed over: has neither headers nor body here */
	uint64_t sid;
	struct nats_part subject, reply; /* reply.n 0: none */
	struct nats_part headers;        /* with their first line; n 0: none */
	struct nats_part body;
};

/* Reads the operation that p begins with.  A large message is one as soon as
 * its line is there: size then counts bytes that are yet to come. */
enum nats_verdict nats_read(struct nats_op *op, const char *p, size_t n);

/* The status of headers, such as 503, or 0. */
unsigned int nats_status(const struct nats_part *headers);

/* The value of a header; n is 0 where there is none. */
struct nats_part nats_header(const struct nats_part *headers, const char *name);

/* Digits alone, as a number. */
bool nats_number(const struct nats_part *part, uint64_t *n);

/* The next token of a subject, up to a dot or the end, which is taken off. */
struct nats_part nats_token(struct nats_part *subject);

bool nats_is(const struct nats_part *part, const char *s);

#endif
