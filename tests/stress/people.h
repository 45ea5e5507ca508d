/* SPDX-License-Identifier: MIT */
/* The people of storm-children, what they do, and what is known of them.
 *
 * Bystanders talk steadily.  Victims rename themselves and ask who is there
 * as fast as they are answered, so that their processes are under the lock of
 * the user table much of the time, and come back when they have been killed.
 * The probe renames itself and asks who is there every so many kills, and a
 * visitor comes and goes. */
#ifndef TESTS_STRESS_PEOPLE_H
#define TESTS_STRESS_PEOPLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "tests/stress/crowd.h"
#include "tests/stress/ledger.h"
#include "tests/stress/procs.h"
#include "tests/stress/stress.h"

enum {
	BYSTANDERS = 4, /* people 0 to 3 */
	PROBE = BYSTANDERS,
	SAFE,           /* who is below is never killed */
	VISITOR = SAFE, /* connects anew for every probe */
	VICTIM,         /* the first victim */
	VICTIMS = 24,
	PEOPLE = VICTIM + VICTIMS,
};

#define STALL_TIME (5 * S) /* no answer may take longer */
#define GRAVES     256

struct victim {
	uint64_t heard_at;
	unsigned long first, next; /* names asked for by this connection */
};

/* What a dead victim may have been called: vVICTIM-NUMBER. */
struct grave {
	size_t victim;
	unsigned long from, to; /* to is the first it cannot have had */
};

struct probe {
	bool active;
	uint64_t since, slowest;
	unsigned n;
	char name[CROWD_NAME]; /* asked for */
	size_t names;          /* it was given, in all */
};

struct storm {
	struct crowd crowd;
	struct ledger ledger;
	struct dice dice;
	pid_t server, relay;
	pid_t spared[PROCS_MAX]; /* children that are not killed */
	size_t spared_n;
	size_t descriptors; /* of the server, before the storm */
	uint64_t kills, wanted, running, reconnects;
	uint64_t end, next_kill, next_talk;
	uint32_t said[BYSTANDERS];
	uint64_t heard_at[SAFE]; /* when each last heard a bystander */
	struct roll rolls[SAFE];
	struct victim victims[VICTIMS];
	uint32_t batches;
	struct grave graves[GRAVES]; /* the latest; a ring */
	size_t buried;
	struct probe probe;
};

void people_init(struct storm *s, uint16_t port, uint64_t run);
void people_free(struct storm *s);

struct person *people_get(struct storm *s, size_t id);

/* Bystanders and probe come in, and are welcomed. */
void people_gather(struct storm *s);

/* All victims begin; all victims leave for good. */
void people_begin_victims(struct storm *s);
void people_end_victims(struct storm *s);

/* Begins what ends when probe.active is false again. */
void people_begin_probe(struct storm *s);

/* Each bystander says its next line. */
void people_speak(struct storm *s);

/* One turn of all that goes on, until the time has come at most.  Fails on a
 * stall, and when the time for the whole run is up. */
void people_live(struct storm *s, uint64_t until);

/* Fails where what has been waited for since then takes too long. */
void people_check_time(const struct storm *s, const char *what, uint64_t since);

/* Ends the program in failure unless everything is as if the victims had
 * never been there: the list of users, names, processes, descriptors, and
 * every line of the bystanders. */
void aftermath_check(struct storm *s);

#endif
