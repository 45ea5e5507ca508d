/* SPDX-License-Identifier: MIT */
/* What must be true when a storm is over.
 * Runs in: a test program. */
#include <stdio.h>
#include <string.h>

#include "tests/stress/people.h"

#define TRUTH_TIME    (1 * S) /* from the last death to a true list */
#define ASK_AGAIN     (500 * MS)
#define GRAVES_OPENED 50 /* at most */

static bool is_true(struct storm *s, const struct roll *roll)
{
	for (size_t i = 0; i < SAFE; i++)
		if (!roll_has(roll, people_get(s, i)->name))
			return false;
	return roll->n == SAFE && roll->count == SAFE;
}

/* Asks one of each dialect.  The text dialect has no mark for the end of a
 * list, only a number, and not so many names where somebody died in between. */
static void ask_who(struct storm *s)
{
	uint64_t until = stress_now() + ASK_AGAIN;

	for (size_t i = 0; i < 2; i++) {
		s->rolls[i] = (struct roll){0};
		crowd_say(people_get(s, i), "who");
	}
	while (!s->rolls[0].complete || !s->rolls[1].complete) {
		if (stress_now() > until)
			return;
		people_live(s, until);
	}
}

/* Asks again and again, until the answers are true in both dialects. */
static void check_who(struct storm *s)
{
	uint64_t until = stress_now() + TRUTH_TIME;
	bool right = false;

	while (!right) {
		ask_who(s);
		right = is_true(s, &s->rolls[0]) && is_true(s, &s->rolls[1]);
		if (!right && stress_now() > until)
			stress_fail("%d are online, but who lists %zu and %zu, "
				    "counts %lu and %lu",
				SAFE, s->rolls[0].n, s->rolls[1].n,
				s->rolls[0].count, s->rolls[1].count);
	}
}

static bool is_clean(struct storm *s, char *why, size_t size)
{
	pid_t pids[PROCS_MAX];
	size_t n = procs_children(s->server, pids);
	size_t descriptors = procs_descriptors(s->server);
	struct procs_state state;

	snprintf(why, size,
		"the server has %zu children of %d, %zu descriptors of %zu", n,
		SAFE + 1, descriptors, s->descriptors);
	for (size_t i = 0; i < n; i++)
		if (procs_look(pids[i], &state) && state.state == 'Z') {
			snprintf(why, size, "process %d is a zombie", pids[i]);
			return false;
		}
	return n == SAFE + 1 && descriptors == s->descriptors;
}

static void check_processes(struct storm *s)
{
	uint64_t until = stress_now() + TRUTH_TIME;
	char why[128];

	while (!is_clean(s, why, sizeof(why))) {
		if (stress_now() > until)
			stress_fail("%s", why);
		people_live(s, until);
	}
	if (procs_relay(s->server) != s->relay)
		stress_fail("the relay has been replaced");
}

/* The probe takes the names of some of the dead, one after the other.  One
 * that is held is told as an error, which ends it all. */
static void check_names(struct storm *s)
{
	size_t kept = s->buried;
	size_t step, wanted = s->probe.names;
	uint64_t since = stress_now();

	if (kept > GRAVES)
		kept = GRAVES;
	step = kept / GRAVES_OPENED + 1;
	for (size_t i = 0; i < kept; i += step) {
		const struct grave *g = &s->graves[i];
		for (unsigned long n = g->from; n < g->to; n++, wanted++)
			crowd_say(people_get(s, PROBE), "rename|v%zu-%lu",
				g->victim, n);
	}
	while (s->probe.names < wanted) {
		people_check_time(s, "names that should be free", since);
		people_live(s, since + STALL_TIME);
	}
}

/* All that was said has been heard by all, and then one line more, which
 * nothing that comes twice may come after. */
static void check_lines(struct storm *s)
{
	uint64_t since = stress_now();

	people_speak(s);
	for (size_t i = 0; i < SAFE; i++)
		for (size_t sender = 0; sender < BYSTANDERS; sender++)
			while (ledger_count(&s->ledger, i, sender) <
				s->said[sender]) {
				people_check_time(
					s, "a line of a bystander", since);
				crowd_turn(&s->crowd, since + STALL_TIME);
			}
}

void aftermath_check(struct storm *s)
{
	check_who(s);
	check_processes(s);
	check_names(s);
	check_lines(s);
}
