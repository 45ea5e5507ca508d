/* SPDX-License-Identifier: MIT */
/* Runs the server for a long time as hard as it will ever be used, and looks
 * for anything that grows.
 * Runs in: a test program, beside a server with --rate 0 and no other users.
 *
 * In each round hundreds of users come and go and misbehave while children
 * are killed, and in the first half the relay, too; a few witnesses check all
 * that they hear, and who is listed.  Then all but the witnesses leave, and
 * what the server has must be what it had before.  The figures of these quiet
 * moments are comparable, so a line through them tells what leaks. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "ipc/eventlog.h"
#include "tests/stress/churn.h"
#include "tests/stress/hunt.h"
#include "tests/stress/vitals.h"
#include "tests/stress/witness.h"

#define PEOPLE       (WITNESSES + CHURN_MAX)
#define SECONDS_MAX  604800
#define ROUND_TIME   (8 * S)
#define ROUND_MIN    (3 * S)
#define FILL_TIME    (3 * S) /* until all places may be taken */
#define TICK         (5 * MS)
#define KILL_GAP_MAX (200 * MS)
#define RELAY_ROUNDS 2 /* one of so many in which the relay is killed */
#define RELAY_ONE_IN 6 /* kills in such a round */
#define ASK_EVERY    (1 * S)
#define STALL_TIME   (10 * S)

struct soak {
	struct crowd crowd;
	struct witnesses witnesses;
	struct churn churn;
	struct hunt hunt;
	struct history history;
	struct dice dice;
	pid_t server;
	unsigned rounds, rolls;
	uint64_t next_kill, next_ask;
	bool asked;
	bool steady; /* the relay is not killed any more */
};

static void on_heard(void *context, struct person *p, const struct heard *h)
{
	struct soak *s = context;

	if (p->id < WITNESSES)
		witness_heard(&s->witnesses, p, h);
	else
		churn_heard(&s->churn, p, h);
}

static void on_end(void *context, struct person *p, const char *why)
{
	struct soak *s = context;

	if (p->id < WITNESSES)
		stress_fail("%s lost its connection: %s", p->name, why);
	churn_end(&s->churn, p, why);
}

/* --- a round ------------------------------------------------------------- */

static void kill_one(struct soak *s)
{
	bool relay = !s->steady && s->rounds % RELAY_ROUNDS == 1 &&
		     dice_below(&s->dice, RELAY_ONE_IN) == 0;

	s->next_kill = stress_now() + dice_below(&s->dice, KILL_GAP_MAX);
	if (relay)
		hunt_relay(&s->hunt, procs_relay(s->server));
	else
		hunt_child(&s->hunt, &s->dice);
}

/* The witness of the events dialect asks: there a list has an end. */
static void ask_who(struct soak *s)
{
	uint64_t now = stress_now();

	if (s->asked || now < s->next_ask)
		return;
	witness_ask(&s->witnesses, 0);
	s->next_ask = now + ASK_EVERY;
	s->asked = true;
}

static void check_who(struct soak *s)
{
	const struct roll *roll = &s->witnesses.rolls[0];

	if (s->asked && roll->complete) {
		churn_check_roll(&s->churn, roll, s->witnesses.asked_at);
		s->asked = false;
		s->rolls++;
	}
	if (s->asked && stress_now() > s->witnesses.asked_at + STALL_TIME)
		stress_fail("who is not answered");
}

static void turn(struct soak *s)
{
	crowd_turn(&s->crowd, stress_now() + TICK);
	witness_live(&s->witnesses);
	check_who(s);
}

/* Nobody is left in any list of those who were missed. */
static void forget_who(struct soak *s)
{
	while (s->asked)
		turn(s);
	for (size_t i = 0; i < s->churn.n; i++)
		s->churn.visits[i].missed_life = 0;
}

static void rage(struct soak *s, uint64_t until)
{
	uint64_t begun = stress_now(), now;

	s->next_kill = begun;
	while ((now = stress_now()) < until) {
		uint64_t full = (now - begun) * CHURN_MAX / FILL_TIME;
		churn_live(&s->churn, full < CHURN_MAX ? full : CHURN_MAX);
		if (now >= s->next_kill)
			kill_one(s);
		ask_who(s);
		turn(s);
	}
}

/* All but the witnesses leave, and nothing of them remains. */
static void calm(struct soak *s)
{
	uint64_t until;

	while (!churn_leave(&s->churn))
		turn(s);
	forget_who(s);
	witness_await_alone(&s->witnesses);
	witness_hear_out(&s->witnesses);
	until = stress_now() + STALL_TIME;
	do {
		if (stress_now() > until)
			stress_fail("all have left, but: %s",
				vitals_tell(&s->history));
		crowd_turn(&s->crowd, stress_now() + TICK);
	} while (!vitals_as_before(&s->history));
	vitals_take(&s->history);
	if (s->churn.cut_off > s->hunt.children)
		stress_fail("%" PRIu64 " were cut off, but only %" PRIu64
			    " were killed",
			s->churn.cut_off, s->hunt.children);
}

/* The relay's book of where events are takes its memory as the events come,
 * up to a limit, anew after each kill: from here on that is behind it. */
static void make_steady(struct soak *s)
{
	witness_fill(&s->witnesses, EVENTLOG_RING / sizeof(struct frame_event));
	s->steady = true;
	vitals_steady(&s->history);
}

static void print_round(const struct soak *s, uint64_t begun)
{
	printf("%5" PRIu64 " s  %" PRIu64 " connections, %zu at most at once; "
	       "%" PRIu64 " and %" PRIu64 " kills; %s\n",
		(stress_now() - begun) / S, s->churn.connections, s->churn.peak,
		s->hunt.children, s->hunt.relays, vitals_last(&s->history));
	fflush(stdout);
}

/* --- beginning and end --------------------------------------------------- */

static void begin(struct soak *s, uint16_t port)
{
	crowd_init(&s->crowd, port, PEOPLE);
	s->crowd.on_heard = on_heard;
	s->crowd.on_end = on_end;
	s->crowd.context = s;
	s->history.server = s->server;
	churn_init(&s->churn, &s->crowd, &s->dice, WITNESSES, CHURN_MAX);
	witness_begin(&s->witnesses, &s->crowd, dice_seed());
	hunt_begin(&s->hunt, s->server, WITNESSES);
	vitals_take(&s->history);
}

static bool end(struct soak *s, uint64_t begun, uint64_t seed)
{
	bool good;

	printf("%" PRIu64 " s in %u rounds: %" PRIu64
	       " connections, %zu at most at once; %" PRIu64
	       " kills of children, %" PRIu64 " of the relay; %" PRIu64
	       " messages; %" PRIu64 " lines checked, %u lists of users\n",
		(stress_now() - begun) / S, s->rounds, s->churn.connections,
		s->churn.peak, s->hunt.children, s->hunt.relays,
		s->churn.lines + WITNESSES * (uint64_t)s->witnesses.said +
			s->witnesses.written,
		s->witnesses.ledger.checked, s->rolls);
	good = vitals_judge(&s->history);
	printf("%s; seed %" PRIu64 "\n", good ? "no drift" : "DRIFT", seed);
	crowd_free(&s->crowd);
	witness_free(&s->witnesses);
	return good;
}

int main(int argc, char **argv)
{
	static struct soak s;
	uint64_t port, pid, seconds, begun, seed = dice_seed();

	if (argc < 4 || argc > 5 ||
		!stress_number(argv[1], 1, UINT16_MAX, &port) ||
		!stress_number(argv[2], 2, INT32_MAX, &pid) ||
		!stress_number(argv[3], 1, SECONDS_MAX, &seconds) ||
		(argc > 4 && !stress_number(argv[4], 0, UINT64_MAX, &seed)))
		stress_usage("PORT SERVER_PID SECONDS [SEED]");
	printf("seed %" PRIu64 "\n", seed);
	fflush(stdout);
	s.server = stress_server(pid);
	s.dice.state = seed;

	begin(&s, (uint16_t)port);
	begun = stress_now();
	do {
		uint64_t now = stress_now(), last = begun + seconds * S;
		rage(&s, last > now + ROUND_TIME + ROUND_MIN ? now + ROUND_TIME
							     : last);
		calm(&s);
		s.rounds++;
		print_round(&s, begun);
		if (!s.steady && stress_now() > begun + seconds * S / 2)
			make_steady(&s);
	} while (stress_now() < begun + seconds * S);
	return end(&s, begun, seed) ? 0 : 1;
}
