/* SPDX-License-Identifier: MIT */
/* The half of the dialects' fuzz target that renders events.
 * Runs in: nothing but tests. */
#ifndef TESTS_FUZZ_EVENTS_H
#define TESTS_FUZZ_EVENTS_H

#include <stdint.h>

#include "tests/fuzz/fuzz.h"

/* Flags of an input; the first says that it is an event. */
enum {
	EVENTS_EVENT = 1,
	EVENTS_DIGEST = 2,
	EVENTS_OLD = 4,
	EVENTS_FROM_ME = 8,
	EVENTS_TO_ME = 16,
	EVENTS_ROOM = 32 /* where the kind may be of a room */
};

/* Makes an event of the input, as the relay or a child may make one, and checks
 * that both dialects render it to as many clean lines as there should be,
 * within RENDER_MAX; that the client reads in them what was meant; and that it
 * has the same words for it as the server. */
void events_check(struct fuzz_input in, uint8_t flags);

#endif
