/* SPDX-License-Identifier: MIT */
/* The bus's state, shared by the files that it is made of: loop.c (waits,
 * ends), session.c (what the engine says), requests.c (what the relay says),
 * reading.c (the consumer), acks.c (entries under way), engine.c (the
 * connection to the engine), frames.c (the one to the relay), say.c (words for
 * administrators); json, nats, jetstream and buffer know nothing of it. */
#ifndef SERVER_BUS_STATE_H
#define SERVER_BUS_STATE_H

#include <stdbool.h>
#include <stdint.h>

#include "ipc/bus.h"
#include "ipc/status.h"
#include "server/bus/buffer.h"
#include "server/bus/jetstream.h"
#include "server/bus/loop.h"
#include "server/bus/nats.h"
#include "server/engines.h"

/* The engine's answer to anything, a connection included, comes in this time,
 * or we leave it. */
#define ANSWER_MS 5000

/* Each buffer holds the longest message and as much again. */
#define CHANNEL_BYTES (4 * BUS_ENTRY_MAX)
#define ENGINE_BYTES  (4 * BUS_ENTRY_MAX)

/* Room for what we send the engine of our own accord, beside entries: answers
 * to its pings and flow control, and requests. */
#define ENGINE_RESERVE (4 * JETSTREAM_REQUEST_MAX)

/* Entries under way, and their bytes: what makes a connection of some ms worth
 * its while; more would only wait in the engine. */
#define ACKS_MAX       1024
#define ACKS_BYTES_MAX (4 * 1024 * 1024)

/* --- the relay ----------------------------------------------------------- */

struct channel {
	int fd;          /* -1: none */
	bool may_attach; /* the parent has published our pid */
	int64_t since_ms, retry_ms;
	struct buffer in, out;
	bool stuck; /* a frame waits for room on the engine's side */
	/* What it knows of the engine: */
	bool told_up;
	bool owes_down; /* it is to learn that a connection has ended: */
	char words[BUS_WORDS_MAX + 1];
};

/* --- the engine ---------------------------------------------------------- */

enum engine_phase {
	ENGINE_AWAY,       /* until retry_ms */
	ENGINE_CONNECTING, /* in these until until_ms */
	ENGINE_INFO,
	ENGINE_LOGIN,  /* a PONG shows that we may */
	ENGINE_STREAM, /* we look for it, or make it */
	ENGINE_UP
};

struct engine {
	struct engines servers;
	unsigned int server; /* of servers, the one that is or will be used */
	int fd;
	enum engine_phase phase;
	int64_t until_ms, retry_ms, up_ms;
	int pause_ms;
	struct buffer in, out;
	uint64_t skip; /* bytes of a large message that are still to come */
	bool drained;  /* nothing more waited when we last read */
	bool stuck;    /* a message waits for room on the relay's side */
	int64_t heard_ms;
	int64_t patient_ms; /* silence counts from here on at the earliest */
	bool pinged;
	uint32_t random;
	char login[BUS_LOGIN_MAX];
};

/* --- entries under way, in the order in which they were sent -------------- */

struct acks {
	uint64_t first, next; /* numbers: from the oldest one on */
	size_t bytes;
	struct ack {
		int64_t sent_ms;
		uint32_t bytes;
		bool taken;
	} list[ACKS_MAX]; /* by number modulo ACKS_MAX */
};

/* --- the entries that come ------------------------------------------------ */

struct reading {
	bool active;
	uint64_t number;   /* the relay's */
	uint64_t consumer; /* running number, each of another subject */
	bool asked;        /* it is not made yet: */
	int64_t asked_ms;
	uint64_t sequence; /* the last one; the next one's is greater */
	uint64_t delivery; /* of this consumer */
	int64_t heard_ms;
	unsigned int failures; /* consumers in a row that brought nothing */
};

struct bus {
	const struct bus_setup *setup;
	struct status *status;
	struct jetstream names;
	struct channel channel;
	struct engine engine;
	struct acks acks;
	struct reading reading;
	uint64_t asked;       /* the number of the last question */
	uint64_t first, last; /* of the stream, as the engine said */
};

/* --- say.c ---------------------------------------------------------------- */

/* For --status: the connection, or why there is none. */
void say_status(struct bus *b, bool up, const char *words);

/* --- frames.c ------------------------------------------------------------ */

/* Makes the channel where there is none and it is time.  False when the server
 * is gone. */
bool frames_attach(struct bus *b, int64_t now);

/* They end a channel whose other end is gone. */
void frames_receive(struct bus *b);
void frames_send(struct bus *b);

/* The next frame of the relay, NULL: none is whole.  It stays until it is
 * dropped.  A bad one ends the channel. */
const struct bus_frame *frames_next(struct bus *b);
void frames_drop(struct bus *b, const struct bus_frame *f);

/* Whether any frame can be put. */
bool frames_have_room(const struct bus *b);

/* Puts a frame, and returns where its body of n bytes goes. */
char *frames_put(struct bus *b, enum bus_kind kind, uint64_t first,
	uint64_t second, int64_t unix_ms, size_t n);

/* --- engine.c ------------------------------------------------------------- */

/* Begins a connection when it is time. */
void engine_connect(struct bus *b, int64_t now);

/* The connection that was begun is there, or failed. */
void engine_connected(struct bus *b, int64_t now);

void engine_receive(struct bus *b, int64_t now);
void engine_send(struct bus *b, int64_t now);

/* Leaves the engine, for the next one after a pause: the words say why. */
void engine_leave(struct bus *b, int64_t now, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

void engine_enter(struct bus *b, enum engine_phase phase, int64_t now);

const char *engine_name(const struct bus *b);

/* --- acks.c --------------------------------------------------------------- */

bool acks_have_room(const struct acks *a);

/* Its number. */
uint64_t acks_send(struct acks *a, int64_t now, size_t bytes);

/* Entry n was taken. */
void acks_take(struct acks *a, uint64_t n);

/* When the oldest one was sent; DEADLINE_NONE: none is under way. */
int64_t acks_since(const struct acks *a);

/* Forgets all of them. */
void acks_clear(struct acks *a);

/* --- reading.c ------------------------------------------------------------ */

void reading_begin(struct bus *b, uint64_t from, uint64_t number, int64_t now);
void reading_end(struct bus *b);

/* The consumer has been made, or not. */
void reading_answer(struct bus *b, uint64_t consumer,
	const struct jetstream_answer *a, int64_t now);

/* A message of a subscription of readings.  frames_have_room(). */
void reading_message(struct bus *b, const struct nats_op *op, int64_t now);

/* Looks after silence.  Returns when it is to be called again. */
int64_t reading_tick(struct bus *b, int64_t now);

/* --- requests.c ----------------------------------------------------------- */

/* Carries out the frames of the relay that there is room for. */
void requests_take(struct bus *b, int64_t now);

/* Whether one that was stuck could go on. */
bool requests_can(const struct bus *b);

/* --- session.c ------------------------------------------------------------ */

/* Asks for the stream again: what the relay is told must be new. */
void session_look(struct bus *b, int64_t now);

/* Carries out what the engine has sent and there is room for. */
void session_take(struct bus *b, int64_t now);

/* Whether one that was stuck could go on. */
bool session_can(const struct bus *b);

/* Tells the relay what it does not know yet. */
void session_announce(struct bus *b);

/* Looks after silence and pauses.  Returns when it is to be called again. */
int64_t session_tick(struct bus *b, int64_t now);

#endif
