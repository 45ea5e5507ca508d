/* SPDX-License-Identifier: MIT */
/* What a child does for the verbs about rooms.  What changes something is a
 * frame to the relay; what asks is answered from shared memory. */
#ifndef SERVER_CHILD_ROOMS_H
#define SERVER_CHILD_ROOMS_H

#include <stdbool.h>

#include "server/child/dialect/request.h"

struct client;

/* The name of the room that a request means, empty for the lobby; room is that
 * of the request.  False if it is not well-formed, and an error is rendered. */
bool room_choose(struct client *c, struct span room, struct span *name);

/* Ends a pending join: moves there if the client is in the room now. */
void room_settle(struct client *c);

/* After the client's own join: shows the topic, if there is one. */
void room_welcome(struct client *c, uint32_t number);

void room_enter(struct client *c, const struct request *r);
void room_exit(struct client *c, const struct request *r);
void room_who(struct client *c, const struct request *r);
void room_list(struct client *c, const struct request *r);
void room_topic(struct client *c, const struct request *r);
void room_untopic(struct client *c, const struct request *r);
void room_kick(struct client *c, const struct request *r);
void room_invite(struct client *c, const struct request *r);
void room_invites(struct client *c, const struct request *r);
void room_history(struct client *c, const struct request *r);
void room_bans(struct client *c, const struct request *r);
void room_mode(struct client *c, const struct request *r);

#endif
