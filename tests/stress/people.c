/* SPDX-License-Identifier: MIT */
/* Drives the bystanders, the victims and the probe of storm-children.
 * Runs in: a test program. */
#include "tests/stress/people.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define TALK_EVERY    (5 * MS)
#define BATCH         12 /* rounds of commands between two lines */
#define BATCHES_AHEAD 2  /* sent before the first is answered */

struct person *people_get(struct storm *s, size_t id)
{
	return &s->crowd.people[id];
}

void people_speak(struct storm *s)
{
	for (size_t i = 0; i < BYSTANDERS; i++)
		ledger_say(&s->ledger, people_get(s, i), i, s->said[i]++);
}

/* --- the victims --------------------------------------------------------- */

/* A batch ends with a public line, which tells when it has been worked off. */
static void hammer(struct storm *s, size_t i)
{
	struct person *p = people_get(s, VICTIM + i);
	struct victim *v = &s->victims[i];

	for (int n = 0; n < BATCH; n++) {
		crowd_say(p, "rename|v%zu-%lu", i, v->next++);
		crowd_say(p, "who");
		crowd_say(p, "who");
	}
	ledger_say(&s->ledger, p, LEDGER_VICTIM + i, s->batches++);
}

static void begin_victim(struct storm *s, size_t i)
{
	struct victim *v = &s->victims[i];

	v->first = v->next;
	v->heard_at = stress_now();
	crowd_connect(&s->crowd, people_get(s, VICTIM + i), crowd_mixed(i));
	for (int n = 0; n < BATCHES_AHEAD; n++)
		hammer(s, i);
}

void people_begin_victims(struct storm *s)
{
	for (size_t i = 0; i < VICTIMS; i++)
		begin_victim(s, i);
}

/* Remembers which names it may have had: from the one that it was last told
 * it has to the last it asked for. */
static void bury(struct storm *s, size_t i)
{
	const struct victim *v = &s->victims[i];
	struct grave *g = &s->graves[s->buried++ % GRAVES];
	const char *name = people_get(s, VICTIM + i)->name;
	size_t victim;

	*g = (struct grave){.victim = i, .from = v->first, .to = v->next};
	if (sscanf(name, "v%zu-%lu", &victim, &g->from) != 2)
		g->from = v->first;
}

void people_end_victims(struct storm *s)
{
	for (size_t i = 0; i < VICTIMS; i++) {
		crowd_close(people_get(s, VICTIM + i), false);
		bury(s, i);
	}
}

/* --- what they hear ------------------------------------------------------ */

static void victim_heard(struct storm *s, size_t i, const struct heard *h)
{
	uint32_t number;
	size_t sender;

	if (h->kind != HEARD_PUBLIC ||
		!ledger_read(&s->ledger, h->text, &sender, &number) ||
		sender != LEDGER_VICTIM + i)
		return;
	s->victims[i].heard_at = stress_now();
	hammer(s, i);
}

/* None of those who live may be said to have left.  The probe takes names of
 * the dead, of whom others may hear later than itself. */
static void check_left(
	struct storm *s, const struct person *p, const char *name)
{
	for (size_t i = 0; i < SAFE; i++)
		if ((i != PROBE || i == p->id) &&
			strcmp(name, people_get(s, i)->name) == 0)
			stress_fail("%s was said to have left", name);
}

static void safe_heard(struct storm *s, struct person *p, const struct heard *h)
{
	uint32_t number;
	size_t sender;

	if (h->kind == HEARD_LEAVE)
		check_left(s, p, h->from);
	if (p->id == PROBE && h->kind == HEARD_RENAME &&
		strcmp(h->to, p->name) == 0)
		s->probe.names++;
	roll_add(&s->rolls[p->id], h);
	if (h->kind != HEARD_PUBLIC ||
		!ledger_check(&s->ledger, p->id, h->text))
		return;
	ledger_read(&s->ledger, h->text, &sender, &number);
	if (sender >= BYSTANDERS)
		return;
	if (strcmp(h->from, people_get(s, sender)->name) != 0)
		stress_fail("a line of %s came from %s",
			people_get(s, sender)->name, h->from);
	s->heard_at[p->id] = stress_now();
}

static void on_heard(void *context, struct person *p, const struct heard *h)
{
	struct storm *s = context;

	if (h->kind == HEARD_ERROR)
		stress_fail("client %zu (%s) was told: %s", p->id, p->name,
			h->text);
	if (p->id < SAFE)
		safe_heard(s, p, h);
	else if (p->id >= VICTIM)
		victim_heard(s, p->id - VICTIM, h);
}

static void on_end(void *context, struct person *p, const char *why)
{
	struct storm *s = context;

	if (p->id < SAFE)
		stress_fail("%s lost its connection: %s", p->name, why);
	if (p->id == VISITOR) {
		crowd_connect(&s->crowd, p, 0);
		return;
	}
	bury(s, p->id - VICTIM);
	s->reconnects++;
	begin_victim(s, p->id - VICTIM);
}

/* --- is everything alive? ------------------------------------------------ */

void people_check_time(const struct storm *s, const char *what, uint64_t since)
{
	uint64_t now = stress_now();

	if (now > since + STALL_TIME)
		stress_fail(
			"stall after %" PRIu64 " kills: %s", s->kills, what);
	if (now > s->end)
		stress_fail("out of time after %" PRIu64 " kills", s->kills);
}

static void check_victims(struct storm *s)
{
	for (size_t i = 0; i < VICTIMS; i++) {
		const struct person *p = people_get(s, VICTIM + i);
		if (p->fd == -1)
			continue;
		if (p->welcomed)
			people_check_time(s, "no answer to a victim",
				s->victims[i].heard_at);
		else
			people_check_time(
				s, "a victim was not welcomed", p->since);
	}
}

void people_begin_probe(struct storm *s)
{
	struct probe *probe = &s->probe;

	probe->active = true;
	probe->since = stress_now();
	s->rolls[PROBE] = (struct roll){0};
	snprintf(probe->name, sizeof(probe->name), "probe-%u", ++probe->n);
	crowd_say(people_get(s, PROBE), "rename|%s", probe->name);
	crowd_say(people_get(s, PROBE), "who");
	crowd_connect(&s->crowd, people_get(s, VISITOR), 0);
}

static void follow_probe(struct storm *s)
{
	struct probe *probe = &s->probe;
	struct person *visitor = people_get(s, VISITOR);
	const struct roll *roll = &s->rolls[PROBE];
	uint64_t took = stress_now() - probe->since;

	if (strcmp(people_get(s, PROBE)->name, probe->name) != 0) {
		people_check_time(s, "rename", probe->since);
	} else if (!roll->complete) {
		people_check_time(s, "who", probe->since);
	} else if (!visitor->welcomed) {
		people_check_time(
			s, "a new client was not welcomed", probe->since);
	} else {
		crowd_close(visitor, false);
		probe->active = false;
		if (took > probe->slowest)
			probe->slowest = took;
		if (!roll_has(roll, probe->name))
			stress_fail(
				"who does not list %s, who asks", probe->name);
	}
}

void people_live(struct storm *s, uint64_t until)
{
	crowd_turn(&s->crowd, until < s->next_talk ? until : s->next_talk);
	if (stress_now() >= s->next_talk) {
		s->next_talk = stress_now() + TALK_EVERY;
		people_speak(s);
	}
	check_victims(s);
	for (size_t i = 0; i < SAFE; i++)
		people_check_time(
			s, "a bystander hears nothing", s->heard_at[i]);
	if (s->probe.active)
		follow_probe(s);
}

/* --- beginning and end --------------------------------------------------- */

void people_init(struct storm *s, uint16_t port, uint64_t run)
{
	crowd_init(&s->crowd, port, PEOPLE);
	s->crowd.on_heard = on_heard;
	s->crowd.on_end = on_end;
	s->crowd.context = s;
	ledger_init(&s->ledger, run, BYSTANDERS, SAFE);
}

void people_free(struct storm *s)
{
	crowd_free(&s->crowd);
	ledger_free(&s->ledger);
}

void people_gather(struct storm *s)
{
	uint64_t until = stress_now() + STALL_TIME;

	crowd_gather(&s->crowd, 0, BYSTANDERS, "talker", crowd_mixed, until);
	crowd_gather(&s->crowd, PROBE, 1, "probe", crowd_mixed, until);
	s->next_talk = stress_now();
	for (size_t i = 0; i < SAFE; i++)
		s->heard_at[i] = s->next_talk;
}
