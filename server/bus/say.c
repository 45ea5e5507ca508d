/* SPDX-License-Identifier: MIT */
/* What administrators are told of the bus: readers copy the memory while it is
 * written, so the text that they are pointed to is not the one that changes.
 * Runs in: bus. */
#include <stdio.h>

#include "server/bus/state.h"

void say_status(struct bus *b, bool up, const char *words)
{
	struct status *s = b->status;
	uint32_t other = atomic_load(&s->bus_text) == 0;

	snprintf(s->bus_texts[other], sizeof s->bus_texts[other], "%s", words);
	atomic_store(&s->bus_text, other);
	atomic_store(&s->bus_up, up);
}
