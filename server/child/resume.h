/* SPDX-License-Identifier: MIT */
/* A session that goes on with another connection of its user.
 *
 * The child of the new connection asks the relay (resume.c) by the secret that
 * the welcome has told, and passes on the descriptors of its client.  The relay
 * ends the channel of the session's child, which attaches again, and gets them
 * with the welcome (takeover.c).  It puts them in the place of its own: slot,
 * name, rooms and frames stay, and no other user sees anything. */
#ifndef SERVER_CHILD_RESUME_H
#define SERVER_CHILD_RESUME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ipc/common/limits.h"
#include "ipc/common/passing.h"

struct client;
struct request;
struct frame_event;

/* --- the new connection --------------------------------------------------- */

struct resume {
	enum {
		RESUME_NONE,
		RESUME_FLUSH,   /* output waits, which would come later than the
				   session's */
		RESUME_ASK,     /* the relay is to be asked */
		RESUME_WAIT,    /* it has been: the client is not ours any more,
				   unless it refuses */
		RESUME_REFUSED, /* the client learns it after a while */
		RESUME_DONE
	} state;
	unsigned int asked; /* how often, by this connection */
	int fd;             /* the answer's, -1: none */
	int64_t until_ms;   /* when the state ends, or is tried again */
	uint64_t lines;
	bool is_token;
	unsigned char token[TOKEN_BYTES];
};

/* Carries out the request. */
void resume_begin(struct client *c, const struct request *r);

/* Whether it is under way: nothing is read from the client, or written to it,
 * but by resume_step. */
bool resume_is_busy(const struct client *c);

/* Waits, and goes on.  True: the session could not be had, and the client has
 * been told. */
bool resume_step(struct client *c);

/* --- the session ---------------------------------------------------------- */

/* Whether it can go on with another client: its own has not left. */
bool takeover_is_open(const struct client *c);

/* Goes on with the client whose descriptors have come with a welcome, which are
 * kept or closed. */
void takeover_take(struct client *c, const struct frame_event *welcome,
	struct passing *beside);

#endif
