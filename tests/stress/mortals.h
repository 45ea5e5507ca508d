/* The mortals of order-storm: they are killed, come back, and talk and rename
 * themselves in each of their lives.  What one says in a life is heard up to
 * some line and no further, and what it hears is a stretch of what all hear. */
#ifndef TESTS_STRESS_MORTALS_H
#define TESTS_STRESS_MORTALS_H

#include <stddef.h>
#include <stdint.h>

#include "tests/stress/crowd.h"
#include "tests/stress/ledger.h"
#include "tests/stress/stress.h"
#include "tests/stress/stretch.h"

enum {
	MORTALS = 12,
	LIVES_MAX = 4096, /* of one mortal */
};

struct mortal {
	uint32_t life, said; /* lines of this life */
	unsigned names;
	uint16_t heard[LIVES_MAX]; /* lines of each life that came */
	struct stretch stretch;
};

/* The ledger knows the i-th of them as the sender LEDGER_MORTAL + i. */
struct mortals {
	struct crowd *crowd;
	struct ledger *ledger;
	size_t first; /* of them in the crowd */
	struct mortal all[MORTALS];
};

/* Connects the i-th for another life; fails where that is one too many. */
void mortals_begin_life(struct mortals *m, size_t i);

/* Has the i-th say a line, if it is welcomed, and now and then rename
 * itself. */
void mortals_speak(struct mortals *m, size_t i, struct dice *d);

/* The i-th has heard something public. */
void mortals_heard(struct mortals *m, size_t i, const char *text);

/* A line of that sender has been heard by those who hear all: fails where
 * another was due. */
void mortals_check_line(struct mortals *m, size_t sender, uint32_t number);

/* When the ledger is complete: how many lines that they heard were checked. */
uint64_t mortals_check(const struct mortals *m);

void mortals_free(struct mortals *m);

#endif
