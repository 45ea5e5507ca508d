/* SPDX-License-Identifier: MIT */
/* What crowd.c has queued beside what its callers say. */
#ifndef TESTS_STRESS_CROWD_SAY_H
#define TESTS_STRESS_CROWD_SAY_H

#include "tests/stress/crowd.h"

/* Queues the request for WebSocket: from here on, all that is said are
 * messages. */
void crowd_upgrade(struct person *p);

/* Queues the answer to a ping. */
void crowd_pong(struct person *p);

#endif
