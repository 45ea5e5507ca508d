/* SPDX-License-Identifier: MIT */
/* A token bucket: caps on lines per second, and on lines at once. */
#ifndef SERVER_CHILD_RATE_H
#define SERVER_CHILD_RATE_H

#include <stdbool.h>
#include <stdint.h>

struct rate {
	uint32_t per_second; /* 0: no limit */
	uint32_t burst;
	int64_t level;     /* thousandths of a line */
	int64_t filled_ms; /* monotonic, when level was updated */
};

void rate_init(
	struct rate *r, uint32_t per_second, uint32_t burst, int64_t now);

/* Takes one line's token; false if there is none yet. */
bool rate_take(struct rate *r, int64_t now);

/* Takes one that is there later: the next line waits for it, too. */
void rate_owe(struct rate *r);

/* Milliseconds until the next token. */
int rate_wait_ms(const struct rate *r);

/* Whether the sender has paused long enough for another warning. */
bool rate_is_full(const struct rate *r);

#endif
