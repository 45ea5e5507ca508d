/* SPDX-License-Identifier: MIT */
/* JetStream's requests and answers (docs.nats.io, "JetStream wire API"): JSON
 * in messages to subjects that begin with $JS.API.  Requests are appended to a
 * buffer, which must have JETSTREAM_REQUEST_MAX bytes of room. */
#ifndef SERVER_BUS_JETSTREAM_H
#define SERVER_BUS_JETSTREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ipc/common/limits.h"
#include "server/bus/buffer.h"
#include "server/bus/nats.h"

#define JETSTREAM_REQUEST_MAX 4096

/* The line of a publication and its headers. */
#define JETSTREAM_PUBLISH_MAX 512

/* The random part of our inbox. */
#define JETSTREAM_NONCE 22

/* The names that follow from the options; each is one subject or the like. */
struct jetstream {
	char stream[sizeof "CHAT_" + BUS_NAME_MAX];
	char log[sizeof "chat..log" + BUS_NAME_MAX]; /* the stream's subject */
	char to[sizeof "chat..to" + BUS_NAME_MAX];   /* of hosts, without id */
	char host[BUS_NAME_MAX + 1];
	uint64_t host_id;
	char inbox[sizeof "_INBOX." + JETSTREAM_NONCE];
};

/* The subscriptions: answers to us; what other hosts tell us; entries by the
 * reading with that number, from JETSTREAM_READINGS on. */
#define JETSTREAM_ANSWERS  1
#define JETSTREAM_TOLD     2
#define JETSTREAM_READINGS 16

/* nonce: JETSTREAM_NONCE letters and digits. */
void jetstream_name(struct jetstream *j, const char *bus, const char *host,
	const char *nonce);

/* --- requests ------------------------------------------------------------ */

/* What an answer is to; with a running number it is the subject of that. */
enum jetstream_request {
	JETSTREAM_LOOK = 's', /* for the stream */
	JETSTREAM_MAKE = 'm', /* the stream */
	JETSTREAM_READ = 'c', /* a consumer of it */
	JETSTREAM_APPEND = 'p'
};

/* CONNECT, PING and the first two subscriptions.  login: user:password or a
 * token; "": none. */
void jetstream_connect(
	const struct jetstream *j, struct buffer *out, const char *login);

void jetstream_look(const struct jetstream *j, struct buffer *out, uint64_t n);
void jetstream_make(const struct jetstream *j, struct buffer *out, uint64_t n,
	unsigned int replicas);

/* Entries from this sequence on; and the end of that reading. */
void jetstream_read(const struct jetstream *j, struct buffer *out, uint64_t n,
	uint64_t from);
void jetstream_unread(struct buffer *out, uint64_t n);

/* An entry; what is told to one host.  They take JETSTREAM_PUBLISH_MAX bytes
 * of room and the body. */
void jetstream_append(const struct jetstream *j, struct buffer *out, uint64_t n,
	uint64_t epoch, uint64_t number, const char *body, size_t len);
void jetstream_tell(const struct jetstream *j, struct buffer *out,
	uint64_t host_id, const char *body, size_t len);

/* An empty message: so a consumer learns that we have taken what it sent. */
void jetstream_acknowledge(struct buffer *out, struct nats_part subject);

/* --- answers ------------------------------------------------------------- */

/* Which request a message answers.  False if it is no answer to us. */
bool jetstream_answers(const struct jetstream *j, const struct nats_op *op,
	enum jetstream_request *request, uint64_t *n);

#define JETSTREAM_WORDS_MAX 128

/* err_code of some errors. */
#define JETSTREAM_NO_STREAM   10059
#define JETSTREAM_STREAM_NAME 10058 /* in use with another configuration */

struct jetstream_answer {
	bool failed;
	uint64_t error; /* err_code; 0: none */
	char words[JETSTREAM_WORDS_MAX];
	bool has_subject; /* the stream has ours, and no other */
	uint64_t first, last;
};

/* Reads an answer about the stream, or with no more than its failure any other
 * one. */
void jetstream_answer(const struct jetstream *j, const struct nats_op *op,
	struct jetstream_answer *a);

/* What the reply subject of an entry says. */
struct jetstream_delivery {
	uint64_t sequence; /* in the stream */
	uint64_t delivery; /* of its consumer, from 1 on */
	uint64_t time_ns;  /* wall clock */
	uint64_t pending;  /* how many of the stream are behind it */
};

bool jetstream_delivered(struct nats_part reply, struct jetstream_delivery *d);

#endif
