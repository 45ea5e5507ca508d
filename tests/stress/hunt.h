/* SPDX-License-Identifier: MIT */
/* Kills the server's children and its relay, but none of those who were
 * there when the hunt began. */
#ifndef TESTS_STRESS_HUNT_H
#define TESTS_STRESS_HUNT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "tests/stress/procs.h"
#include "tests/stress/stress.h"

struct hunt {
	pid_t server;
	pid_t spared[PROCS_MAX];
	size_t spared_n;
	uint64_t children, relays; /* killed so far */
};

/* Spares the users who are there now; fails where the server keeps more or
 * fewer processes than a relay and so many of them. */
void hunt_begin(struct hunt *h, pid_t server, size_t users);

/* Everyone has left: fails where the server keeps anybody's process. */
void hunt_end(const struct hunt *h);

/* SIGKILL to a child at random, or to the relay, as procs_relay has found it.
 * False where there is none just now. */
bool hunt_child(struct hunt *h, struct dice *d);
bool hunt_relay(struct hunt *h, pid_t relay);

#endif
