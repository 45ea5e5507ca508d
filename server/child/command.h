/* SPDX-License-Identifier: MIT */
/* What a user can ask for: what a child does for each verb. */
#ifndef SERVER_CHILD_COMMAND_H
#define SERVER_CHILD_COMMAND_H

#include "server/child/dialect/request.h"

struct client;

/* Does what is asked for, after the welcome; tells what is wrong with it. */
void command_run(struct client *c, const struct request *r);

#endif
