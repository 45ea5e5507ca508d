/* SPDX-License-Identifier: MIT */
/* The victims of order-storm: they are killed, come back, and talk and rename
 * themselves in each of their lives.  What one says in a life is heard up to
 * some line and no further, and what it hears is a stretch of what all hear. */
#ifndef TESTS_STRESS_VICTIMS_H
#define TESTS_STRESS_VICTIMS_H

#include <stddef.h>
#include <stdint.h>

#include "tests/stress/crowd.h"
#include "tests/stress/ledger.h"
#include "tests/stress/stress.h"
#include "tests/stress/stretch.h"

enum {
	VICTIMS = 12,
	LIVES_MAX = 4096, /* of one victim */
};

struct victim {
	uint32_t life, said; /* lines of this life */
	unsigned names;
	uint16_t heard[LIVES_MAX]; /* lines of each life that came */
	struct stretch stretch;
};

/* The ledger knows the i-th of them as the sender LEDGER_VICTIM + i. */
struct victims {
	struct crowd *crowd;
	struct ledger *ledger;
	size_t first; /* of them in the crowd */
	struct victim all[VICTIMS];
};

/* Connects the i-th for another life; fails where that is one too many. */
void victims_begin_life(struct victims *m, size_t i);

/* Has the i-th say a line, if it is welcomed, and now and then rename
 * itself. */
void victims_speak(struct victims *m, size_t i, struct dice *d);

/* The i-th has heard something public. */
void victims_heard(struct victims *m, size_t i, const char *text);

/* A line of that sender has been heard by those who hear all: fails where
 * another was due. */
void victims_check_line(struct victims *m, size_t sender, uint32_t number);

/* When the ledger is complete: how many lines that they heard were checked. */
uint64_t victims_check(const struct victims *m);

void victims_free(struct victims *m);

#endif
