/* SPDX-License-Identifier: MIT */
/* Users who come, do all that users do and some of what they should not, and
 * go, by every way there is.  Each place of the crowd has one user after the
 * other; their names tell place and life, so that a list of who is there can
 * be checked against the truth. */
#ifndef TESTS_STRESS_CHURN_H
#define TESTS_STRESS_CHURN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tests/stress/crowd.h"
#include "tests/stress/stress.h"

#define CHURN_MAX 300

struct visit {
	unsigned life;    /* counts those who had this place */
	unsigned renames; /* of this one */
	uint64_t next_act, ends, ended_at;
	uint64_t named_at; /* when it was told the name it asked for last */
	bool named;
	bool garbled;         /* what it says next may be taken for telnet's */
	bool leaving;         /* has asked to, or closed its half */
	unsigned missed_life; /* was not in a list */
};

struct churn {
	struct crowd *crowd;
	struct dice *dice;
	size_t first, n; /* people [first, first + n) */
	struct visit visits[CHURN_MAX];
	uint64_t connections, cut_off; /* ended by the server, unasked */
	uint64_t lines;                /* said, of whatever kind */
	size_t peak;                   /* most at once */
};

void churn_init(struct churn *u, struct crowd *c, struct dice *d, size_t first,
	size_t n);

/* Lets people in at the first places, up to this many, and lets those who are
 * in act or leave. */
void churn_live(struct churn *u, size_t wanted);

/* Everyone goes, one way or the other; true when all are gone.  Fails, as
 * churn_live does, where one who wants to leave is not let go. */
bool churn_leave(struct churn *u);

void churn_heard(struct churn *u, struct person *p, const struct heard *h);
void churn_end(struct churn *u, struct person *p, const char *why);

/* Fails where a list, asked for at that time and complete now, has somebody
 * who is not there, or lacked somebody who still is. */
void churn_check_roll(
	struct churn *u, const struct roll *roll, uint64_t asked_at);

#endif
