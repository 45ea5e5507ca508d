/* SPDX-License-Identifier: MIT */
/* The bystanders of soak: people 0 to WITNESSES - 1 of a crowd, of both
 * dialects, whom nobody kills.  They talk steadily, and must hear one order
 * without a hole; one writes numbered notes to another in private. */
#ifndef TESTS_STRESS_WITNESS_H
#define TESTS_STRESS_WITNESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tests/stress/crowd.h"
#include "tests/stress/ledger.h"

enum {
	WITNESSES = 6
};

struct witnesses {
	struct crowd *crowd;
	struct ledger ledger;
	uint64_t next; /* when they talk */
	uint32_t said, written, received;
	uint64_t fillers; /* received by the one who sends them */
	uint64_t heard_at[WITNESSES];
	struct roll rolls[WITNESSES]; /* what who was answered */
	uint64_t asked_at;
};

/* Connects them, and waits until all are welcomed and named. */
void witness_begin(struct witnesses *w, struct crowd *c, uint64_t run);
void witness_free(struct witnesses *w);

/* What one of them heard; fails where it should not have. */
void witness_heard(
	struct witnesses *w, struct person *p, const struct heard *h);

/* Talks when it is time to, and fails where one hears nothing. */
void witness_live(struct witnesses *w);

/* Waits until each has heard all that they said.  Who else there is has left
 * already. */
void witness_hear_out(struct witnesses *w);

/* One of them sends so many lines to itself, to fill what keeps events. */
void witness_fill(struct witnesses *w, uint64_t lines);

/* Asks who is there.  The answer is in rolls[who] when that is complete. */
void witness_ask(struct witnesses *w, size_t who);

/* Asks until the answers, in both dialects, list the witnesses and nobody
 * else. */
void witness_await_alone(struct witnesses *w);

#endif
