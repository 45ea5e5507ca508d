/* SPDX-License-Identifier: MIT */
/* Drives the bystanders of soak, and checks what they hear.
 * Runs in: a test program. */
#include "tests/stress/witness.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "tests/stress/stress.h"

#define TALK_EVERY (250 * MS)
#define STALL_TIME (10 * S)
#define ASK_AGAIN  (20 * MS)

#define FILL_BATCH 1000
#define FILLER     "."

enum {
	WRITER = 0,
	READER = 1
}; /* of private notes */

static struct person *person(struct witnesses *w, size_t i)
{
	return &w->crowd->people[i];
}

void witness_begin(struct witnesses *w, struct crowd *c, uint64_t run)
{
	w->crowd = c;
	ledger_init(&w->ledger, run, WITNESSES, WITNESSES);
	crowd_gather(c, 0, WITNESSES, "witness", crowd_mixed,
		stress_now() + STALL_TIME);
	w->next = stress_now();
	for (size_t i = 0; i < WITNESSES; i++)
		w->heard_at[i] = w->next;
}

void witness_free(struct witnesses *w)
{
	ledger_free(&w->ledger);
}

/* --- what they hear ------------------------------------------------------ */

static void check_note(struct witnesses *w, const struct heard *h)
{
	uint32_t number;
	uint64_t run;

	if (sscanf(h->text, "note %" SCNx64 " %" SCNu32, &run, &number) != 2 ||
		run != w->ledger.run)
		return;
	if (strcmp(h->from, person(w, WRITER)->name) != 0)
		stress_fail("a private note came from %s", h->from);
	if (number != w->received)
		stress_fail("private note %" PRIu32 " came where %" PRIu32
			    " was due",
			number, w->received);
	w->received++;
}

static void check_left(struct witnesses *w, const char *name)
{
	for (size_t i = 0; i < WITNESSES; i++)
		if (strcmp(name, person(w, i)->name) == 0)
			stress_fail("%s was said to have left", name);
}

void witness_heard(struct witnesses *w, struct person *p, const struct heard *h)
{
	uint32_t number;
	size_t sender;

	if (h->kind == HEARD_ERROR)
		stress_fail("%s was told: %s", p->name, h->text);
	/* nobody else may have such a name once all of them have theirs */
	if (h->kind == HEARD_LEAVE && w->next != 0)
		check_left(w, h->from);
	if (h->kind == HEARD_PRIVATE && p->id == READER)
		check_note(w, h);
	if (h->kind == HEARD_PRIVATE && p->id == WRITER &&
		strcmp(h->text, FILLER) == 0)
		w->fillers++;
	roll_add(&w->rolls[p->id], h);
	if (h->kind != HEARD_PUBLIC ||
		!ledger_check(&w->ledger, p->id, h->text))
		return;
	ledger_read(&w->ledger, h->text, &sender, &number);
	if (sender < WITNESSES && strcmp(h->from, person(w, sender)->name) != 0)
		stress_fail("a line of %s came from %s",
			person(w, sender)->name, h->from);
	w->heard_at[p->id] = stress_now();
}

/* --- what they do -------------------------------------------------------- */

static void talk(struct witnesses *w)
{
	w->next = stress_now() + TALK_EVERY;
	for (size_t i = 0; i < WITNESSES; i++)
		ledger_say(&w->ledger, person(w, i), i, w->said);
	w->said++;
	crowd_say(person(w, WRITER), "to|%s|note %" PRIx64 " %" PRIu32,
		person(w, READER)->name, w->ledger.run, w->written++);
}

void witness_live(struct witnesses *w)
{
	uint64_t now = stress_now();

	if (now >= w->next)
		talk(w);
	for (size_t i = 0; i < WITNESSES; i++)
		if (now > w->heard_at[i] + STALL_TIME)
			stress_fail("%s hears nothing any more",
				person(w, i)->name);
}

static bool heard_all(const struct witnesses *w)
{
	for (size_t i = 0; i < WITNESSES; i++)
		for (size_t sender = 0; sender < WITNESSES; sender++)
			if (ledger_count(&w->ledger, i, sender) < w->said)
				return false;
	return w->received == w->written;
}

static void turn(struct witnesses *w, uint64_t since, const char *what)
{
	if (stress_now() > since + STALL_TIME)
		stress_fail("%s", what);
	crowd_turn(w->crowd, since + STALL_TIME);
}

void witness_hear_out(struct witnesses *w)
{
	uint64_t since = stress_now();

	talk(w);
	while (!heard_all(w))
		turn(w, since, "a line of a witness was lost");
}

void witness_fill(struct witnesses *w, uint64_t lines)
{
	const struct person *p = person(w, WRITER);

	while (lines > 0) {
		uint64_t n = lines < FILL_BATCH ? lines : FILL_BATCH;
		uint64_t due = w->fillers + n, since = stress_now();
		lines -= n;
		for (; n > 0; n--)
			crowd_say(person(w, WRITER), "to|%s|" FILLER, p->name);
		while (w->fillers < due) {
			turn(w, since, "a line to oneself was lost");
			witness_live(w);
		}
	}
}

/* --- who ----------------------------------------------------------------- */

void witness_ask(struct witnesses *w, size_t who)
{
	w->rolls[who] = (struct roll){0};
	w->asked_at = stress_now();
	crowd_say(person(w, who), "who");
}

static bool is_alone(struct witnesses *w, size_t who)
{
	const struct roll *roll = &w->rolls[who];
	uint64_t since = stress_now();

	witness_ask(w, who);
	while (!roll->complete)
		turn(w, since, "who is not answered");
	for (size_t i = 0; i < WITNESSES; i++)
		if (!roll_has(roll, person(w, i)->name))
			stress_fail("who does not list %s", person(w, i)->name);
	return roll->n == WITNESSES && roll->count == WITNESSES;
}

void witness_await_alone(struct witnesses *w)
{
	uint64_t since = stress_now();

	/* An answer in text is complete when it lists as many as it counts,
	 * so it is asked for when nobody leaves any more. */
	for (size_t who = 0; who < 2; who++)
		while (!is_alone(w, who)) {
			uint64_t next = stress_now() + ASK_AGAIN;
			if (next > since + STALL_TIME)
				stress_fail("all have left, but who lists %zu "
					    "and counts %lu",
					w->rolls[who].n, w->rolls[who].count);
			while (stress_now() < next)
				crowd_turn(w->crowd, next);
		}
}
