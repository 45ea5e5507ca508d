/* SPDX-License-Identifier: MIT */
/* What a child does for each verb of a request. */
#ifndef SERVER_CHILD_COMMAND_H
#define SERVER_CHILD_COMMAND_H

#include "server/child/dialect/request.h"

struct client;

/* Carries out a request, or renders what is wrong with it. */
void command_run(struct client *c, const struct request *r);

#endif
