/* SPDX-License-Identifier: MIT */
/* Many clients of one server, or of several, on one epoll: connections, lines,
 * writing. Reads are large and lines are found where they were read; nothing is
 * allocated for a message, so that the server is what is measured. */
#ifndef TESTS_BENCH_SWARM_H
#define TESTS_BENCH_SWARM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "tests/bench/dialect.h"

#define LINE_ROOM 1024         /* no server here sends a longer line */
#define READ_ROOM (256 * 1024) /* a socket's receive buffer, and more */
#define OUT_ROOM  (64 * 1024)  /* what one client may have to send */
#define HOSTS_MAX 16

enum stage {
	STAGE_NONE, /* no connection */
	STAGE_CONNECTING,
	STAGE_GREETING,
	STAGE_READY,
	STAGE_REFUSED, /* no connection, and it was tried */
};

struct outgoing {
	size_t start, length; /* of bytes[] still to be sent */
	bool due;             /* in the swarm's list */
	bool stuck;           /* waits for EPOLLOUT */
	char bytes[OUT_ROOM];
};

struct client {
	int fd;
	uint32_t id;
	enum stage stage;
	uint32_t have; /* bytes of partial[] */
	uint64_t lines;
	struct outgoing *out; /* NULL until it has to wait with something */
	char partial[LINE_ROOM];
};

/* The servers that the clients are of, in turn; all are 127.0.0.1. */
struct hosts {
	size_t n;
	uint16_t ports[HOSTS_MAX];
};

struct swarm {
	const struct dialect *dialect;
	const struct hosts *hosts; /* stay where they are */
	int epoll;
	size_t n;     /* clients[n] */
	size_t rooms; /* each is in one of so many; 0: all are in one */
	size_t connecting, ready, refused;
	struct client *clients;
	size_t due_n; /* clients with something to send when the turn ends */
	struct client **due;
	char mark[PAYLOAD_MARK + 1];
	uint64_t bytes;     /* heard by all */
	uint64_t heard_at;  /* when something was last heard, ns */
	uint64_t listed;    /* answers to list that have come whole */
	uint64_t troubles;  /* the first is printed */
	bool may_be_closed; /* the end of a connection is no failure */
	char *in;           /* READ_ROOM, for whoever is being read */

	/* Called for each payload; now is when it was read. */
	void (*on_payload)(void *context, struct client *c,
		const struct payload *p, uint64_t now);
	void *context;
};

/* Makes n clients without connections.  All their memory is touched, so that
 * it does not count as the server's later. */
void swarm_init(struct swarm *s, const struct dialect *d,
	const struct hosts *hosts, size_t n);

/* The number of the client's room, or ROOM_OF_ALL. */
int swarm_room(const struct swarm *s, const struct client *c);

void swarm_free(struct swarm *s);

/* Connects clients[first] and count - 1 more, never more than pending at once,
 * until each is let in or refused, or until then (ns).  False: it got late. */
bool swarm_connect(struct swarm *s, size_t first, size_t count, size_t pending,
	uint64_t until);

/* Handles what comes within so many ms, and sends what is due. */
void swarm_turn(struct swarm *s, int ms);

/* Turns until nothing has come for so long; false: not until then (ns). */
bool swarm_settle(struct swarm *s, uint64_t quiet_ns, uint64_t until);

/* Sends when the turn ends, or as soon as the server takes it. */
void swarm_send(struct swarm *s, struct client *c, const char *bytes, size_t n);

/* Sends a payload with the time of now. */
void swarm_say(
	struct swarm *s, struct client *c, uint32_t sender, uint32_t sequence);

/* Sends what is due, without a turn. */
void swarm_flush(struct swarm *s);

/* Closes as a client does that leaves, or resets the connection. */
void swarm_close(struct swarm *s, struct client *c, bool reset);

#endif
