/* SPDX-License-Identifier: MIT */
/* A crowd of users of the chat, each a TCP connection on loopback, all
 * driven by one poll loop.  Lines come in through callbacks; what is said is
 * queued and sent as the sockets take it.  Nothing but crowd_turn and
 * crowd_gather waits. */
#ifndef TESTS_STRESS_CROWD_H
#define TESTS_STRESS_CROWD_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tests/stress/heard.h"
#include "tests/stress/stays.h"
#include "tests/stress/web.h"

#define CROWD_NAME 64
#define CROWD_LINE 32768 /* longer than any line of the server */

struct person {
	size_t id; /* index in the crowd */
	int fd;    /* -1: not connected */
	unsigned connections;
	bool events;      /* which dialect it speaks */
	bool on_web;      /* by WebSocket, not as lines */
	bool never_reads; /* set before it connects: reads nothing, ever */
	bool connecting, welcomed;
	char name[CROWD_NAME]; /* the name the server last told it has */
	uint64_t since;        /* when it connected */
	uint64_t first, last;  /* SEQ of the welcome, and of the last event */
	bool counting;         /* last is set */
	struct stays stays;    /* in rooms other than the lobby */
	struct web web;
	char *in, *out;
	size_t in_length, out_start, out_length, out_room;
};

struct crowd {
	struct person *people;
	struct pollfd *polled;
	size_t n;
	uint16_t port;
	/* Scrollback never gets here.  The callbacks may say, close and
	 * connect anyone. */
	void (*on_heard)(void *, struct person *, const struct heard *);
	void (*on_end)(void *, struct person *, const char *why);
	void *context;
};

/* Nobody is connected yet.  The caller sets the callbacks and their context
 * before the first crowd_turn. */
void crowd_init(struct crowd *c, uint16_t port, size_t n);
void crowd_free(struct crowd *c);

/* How one connects; 0: text, as lines. */
enum crowd_way {
	CROWD_EVENTS = 1, /* the events dialect */
	CROWD_WEB = 2     /* by WebSocket */
};

/* Begins to connect a person who is not connected.  One who never reads has the
 * smallest window that the kernel gives, and is told of no line. */
void crowd_connect(struct crowd *c, struct person *p, unsigned way);

/* Ends a connection without calling back.  abort: with a reset, which leaves
 * no TIME_WAIT behind. */
void crowd_close(struct person *p, bool abort);

/* Queues bytes as they are; on WebSocket, as a binary message. */
void crowd_send(struct person *p, const char *bytes, size_t n);

/* Queues one line; the end is added. */
void crowd_say(struct person *p, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Waits until something can be read or written or the time has come, at most,
 * and does it.  Fails by itself on what no user may ever be told: a gap, a
 * hole in the SEQs of an events client, a line that is no event. */
void crowd_turn(struct crowd *c, uint64_t until);

/* The way of each: every other one speaks the events dialect, every third one
 * is on WebSocket. */
unsigned crowd_mixed(size_t id);

/* Connects people [first, first + n) and waits until each has been welcomed
 * and is called PREFIX-0, PREFIX-1, ...; fails when time is up. */
void crowd_gather(struct crowd *c, size_t first, size_t n, const char *prefix,
	unsigned (*way)(size_t id), uint64_t until);

#endif
