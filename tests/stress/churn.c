/* SPDX-License-Identifier: MIT */
/* What the users of soak do, and whether lists of them are true.
 * Runs in: a test program. */
#include "tests/stress/churn.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#define LIFE_MAX           (6 * S)
#define PAUSE_MAX          (500 * MS) /* between two who have the same place */
#define ACT_MAX            (3 * S)    /* between two acts */
#define BRIEF_ONE_IN       8          /* goes almost at once */
#define BRIEF_MAX          (5 * MS)
#define NEVER_READS_ONE_IN 16
#define STALL_TIME         (10 * S)
#define GARBAGE_MAX        400
#define OVERLONG_MAX       20000
#define PASTE_MAX          10
#define GHOST_TIME         (8 * S) /* a user who is gone may linger for 5 s */
#define NAME_PATTERN       "u%zu-%u-"
#define WITNESS_NAMES      "witness-"

static struct person *person(struct churn *u, size_t i)
{
	return &u->crowd->people[u->first + i];
}

void churn_init(struct churn *u, struct crowd *c, struct dice *d, size_t first,
	size_t n)
{
	if (n > CHURN_MAX)
		stress_fail("more than %d places", CHURN_MAX);
	*u = (struct churn){.crowd = c, .dice = d, .first = first, .n = n};
}

/* --- what they do -------------------------------------------------------- */

static void say(struct churn *u, size_t i)
{
	crowd_say(person(u, i), "hello from %zu", i);
}

static void paste(struct churn *u, size_t i)
{
	uint64_t n = 1 + dice_below(u->dice, PASTE_MAX);

	for (uint64_t line = 0; line < n; line++)
		crowd_say(person(u, i), "line %u of a paste", (unsigned)line);
	u->lines += n - 1;
}

static void take_name(struct churn *u, size_t i)
{
	struct visit *v = &u->visits[i];

	v->named = false;
	crowd_say(person(u, i), "rename|" NAME_PATTERN "%u", i, v->life,
		++v->renames);
}

static void write_private(struct churn *u, size_t i)
{
	const struct person *to = person(u, dice_below(u->dice, u->n));

	crowd_say(person(u, i), "to|%s|psst",
		to->name[0] == '\0' ? "nobody" : to->name);
}

static void ask(struct churn *u, size_t i)
{
	crowd_say(person(u, i), "who");
}

static void ask_help(struct churn *u, size_t i)
{
	crowd_say(person(u, i), "/help");
}

static void act(struct churn *u, size_t i)
{
	crowd_say(person(u, i), "/me waves");
}

static void send_garbage(struct churn *u, size_t i)
{
	char bytes[GARBAGE_MAX];
	size_t n = (size_t)dice_below(u->dice, sizeof(bytes));

	for (size_t k = 0; k < n; k++)
		bytes[k] = (char)dice_below(u->dice, 256);
	crowd_send(person(u, i), bytes, n);
	u->visits[i].garbled = true;
}

static void send_overlong(struct churn *u, size_t i)
{
	static char bytes[OVERLONG_MAX];
	size_t n = (size_t)dice_below(u->dice, sizeof(bytes) - 1);

	memset(bytes, 'x', n);
	bytes[n] = '\n';
	crowd_send(person(u, i), bytes, n + 1);
}

static void send_half_a_line(struct churn *u, size_t i)
{
	crowd_send(person(u, i), "abc", 1 + dice_below(u->dice, 3));
}

static const struct {
	unsigned weight;
	void (*act)(struct churn *, size_t);
} acts[] = {
	{20, say},
	{1, paste},
	{8, take_name},
	{10, write_private},
	{2, ask},
	{1, ask_help},
	{3, act},
	{4, send_garbage},
	{2, send_overlong},
	{4, send_half_a_line},
};

#define ACTS (sizeof(acts) / sizeof(acts[0]))

static void do_something(struct churn *u, size_t i)
{
	unsigned sum = 0;
	uint64_t at;
	size_t k;

	for (k = 0; k < ACTS; k++)
		sum += acts[k].weight;
	at = dice_below(u->dice, sum);
	for (k = 0; at >= acts[k].weight; k++)
		at -= acts[k].weight;
	acts[k].act(u, i);
	u->lines++;
}

/* --- how they come and go ------------------------------------------------ */

static void come(struct churn *u, size_t i)
{
	struct person *p = person(u, i);
	struct visit *v = &u->visits[i];
	uint64_t now = stress_now();
	bool brief = dice_below(u->dice, BRIEF_ONE_IN) == 0;

	v->life++;
	v->renames = 0;
	v->leaving = v->garbled = false;
	v->ends = now + dice_below(u->dice, brief ? BRIEF_MAX : LIFE_MAX);
	v->next_act = now + dice_below(u->dice, ACT_MAX);
	p->never_reads = dice_below(u->dice, NEVER_READS_ONE_IN) == 0;
	crowd_connect(u->crowd, p, crowd_mixed(i));
	u->connections++;
	take_name(u, i);
}

static void gone(struct churn *u, size_t i)
{
	u->visits[i].ended_at = stress_now();
	u->visits[i].ends =
		stress_now() + dice_below(u->dice, PAUSE_MAX); /* the pause */
}

/* By closing, by a reset, by closing one half, by asking. */
static void go(struct churn *u, size_t i)
{
	struct person *p = person(u, i);
	struct visit *v = &u->visits[i];
	uint64_t way =
		dice_below(u->dice, p->never_reads || p->connecting ? 2 : 4);

	if (way < 2) {
		crowd_close(p, way == 0);
		gone(u, i);
		return;
	}
	v->leaving = true;
	v->ends = stress_now() + STALL_TIME;
	if (way == 2 || v->garbled)
		shutdown(p->fd, SHUT_WR);
	else
		crowd_say(p, "\n/quit");
}

static void check_leaving(struct churn *u, size_t i)
{
	const struct person *p = person(u, i);

	if (stress_now() > u->visits[i].ends)
		stress_fail("%s (%s) wants to leave and is not let go", p->name,
			p->events ? "events" : "text");
}

static void live(struct churn *u, size_t i, bool wanted)
{
	struct person *p = person(u, i);
	struct visit *v = &u->visits[i];
	uint64_t now = stress_now();

	if (p->fd == -1) {
		if (wanted && now >= v->ends)
			come(u, i);
	} else if (v->leaving) {
		if (now > v->ends)
			stress_fail(
				"%s wants to leave and is not let go", p->name);
	} else if (now >= v->ends) {
		go(u, i);
	} else if (now >= v->next_act) {
		do_something(u, i);
		v->next_act = now + dice_below(u->dice, ACT_MAX);
	}
}

void churn_live(struct churn *u, size_t wanted)
{
	size_t here = 0;

	for (size_t i = 0; i < u->n; i++) {
		live(u, i, i < wanted);
		here += person(u, i)->fd != -1;
	}
	if (here > u->peak)
		u->peak = here;
}

bool churn_leave(struct churn *u)
{
	size_t here = 0;

	for (size_t i = 0; i < u->n; i++) {
		if (person(u, i)->fd == -1)
			continue;
		if (u->visits[i].leaving)
			check_leaving(u, i);
		else
			go(u, i);
		here += person(u, i)->fd != -1;
	}
	return here == 0;
}

void churn_heard(struct churn *u, struct person *p, const struct heard *h)
{
	struct visit *v = &u->visits[p->id - u->first];
	size_t place;
	unsigned life, name;

	if (h->kind == HEARD_RENAME && strcmp(h->to, p->name) == 0 &&
		sscanf(p->name, NAME_PATTERN "%u", &place, &life, &name) == 3 &&
		name == v->renames) {
		v->named = true;
		v->named_at = stress_now();
	}
}

void churn_end(struct churn *u, struct person *p, const char *why)
{
	size_t i = p->id - u->first;

	(void)why;
	/* one who never reads is told only that all is over, not by whom */
	if (!u->visits[i].leaving && !p->never_reads)
		u->cut_off++;
	gone(u, i);
}

/* --- who is there -------------------------------------------------------- */

static void check_listed(struct churn *u, const char *name, uint64_t asked_at)
{
	uint64_t ended;
	unsigned life;
	size_t i;

	if (sscanf(name, NAME_PATTERN, &i, &life) != 2 || i >= u->n) {
		if (strncmp(name, "guest-", 6) != 0 &&
			strncmp(name, WITNESS_NAMES, strlen(WITNESS_NAMES)) !=
				0)
			stress_fail("who lists %s, who has never been", name);
		return;
	}
	if (life > u->visits[i].life)
		stress_fail("who lists %s, who is still to come", name);
	if (life == u->visits[i].life && person(u, i)->fd != -1)
		return;
	/* an earlier one went before this one came */
	ended = life == u->visits[i].life ? u->visits[i].ended_at
					  : person(u, i)->since;
	if (asked_at > ended + GHOST_TIME)
		stress_fail("who lists %s, who went %u s before", name,
			(unsigned)((asked_at - ended) / S));
}

/* Whether this user has been there under one name since before that time. */
static bool is_steady(struct churn *u, size_t i, uint64_t asked_at)
{
	const struct person *p = person(u, i);
	const struct visit *v = &u->visits[i];

	return p->fd != -1 && !p->never_reads && !v->leaving && v->named &&
	       v->named_at < asked_at;
}

/* One who was not listed may have been killed, and only the end of the
 * connection is still on its way: at the next list we know. */
void churn_check_roll(
	struct churn *u, const struct roll *roll, uint64_t asked_at)
{
	for (size_t i = 0; i < roll->n; i++)
		check_listed(u, roll->names[i], asked_at);
	for (size_t i = 0; i < u->n; i++) {
		struct visit *v = &u->visits[i];
		if (v->missed_life == v->life && v->life > 0 &&
			person(u, i)->fd != -1 && !v->leaving)
			stress_fail("who did not list %s", person(u, i)->name);
		v->missed_life =
			is_steady(u, i, asked_at) &&
					!roll_has(roll, person(u, i)->name)
				? v->life
				: 0;
	}
}
