/* SPDX-License-Identifier: MIT */
/* Users chat while others, and the relay, are killed: is what each of them
 * hears a contiguous stretch of one and the same sequence?
 * Runs in: a test program, beside a server with --rate 0 and no other users.
 *
 * The clients are never killed and hear everything.  The victims are killed
 * and come back.  All talk and rename themselves.  What a client says is heard
 * by all clients, once and in its order; what a victim says in one life is
 * heard up to some line and no further; and what a victim hears in one life is
 * a stretch of what the clients hear.  In the end each client is listed under
 * its last name.
 *
 * The seed determines who says how much when, and who is killed when; at
 * which instruction of the server that happens, it cannot. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/stress/crowd.h"
#include "tests/stress/hunt.h"
#include "tests/stress/ledger.h"
#include "tests/stress/stress.h"
#include "tests/stress/victims.h"

enum {
	CLIENTS_MAX = 500,
};

#define MESSAGES_MAX   100000
#define GATHER_TIME    (30 * S)
#define STALL_TIME     (10 * S)
#define STEP_MAX       (10 * MS) /* between two who say something */
#define BURST_MAX      3         /* lines at once */
#define KILL_GAP_MAX   (30 * MS)
#define RELAY_ONE_IN   4 /* kills; a dead relay takes its time to come back */
#define CROSSFIRE      4 /* who speak just before the relay is killed */
#define AIM_MAX        (2 * MS)
#define VICTIMS_A_STEP 2
#define RENAME_ONE_IN  4

struct storm {
	struct crowd crowd;
	struct ledger ledger;
	struct hunt hunt;
	struct dice talk, kill; /* apart, so that each is the seed's alone */
	size_t clients;
	uint64_t messages, said_all;
	uint32_t said[CLIENTS_MAX];
	char prefix[24];             /* of clients' names, in this run alone */
	unsigned names[CLIENTS_MAX]; /* asked for */
	struct roll roll;
	struct victims victims;
	uint64_t next_talk, next_kill, heard_at;
	bool over; /* victims do not come back */
};

static struct person *person(struct storm *s, size_t id)
{
	return &s->crowd.people[id];
}

/* --- what clients are called --------------------------------------------- */

static bool is_client(const struct storm *s, const char *name, size_t *i)
{
	size_t n = strlen(s->prefix);

	return strncmp(name, s->prefix, n) == 0 &&
	       sscanf(name + n, "-%zu", i) == 1;
}

static void take_name(struct storm *s, size_t i)
{
	crowd_say(
		person(s, i), "rename|%s-%zu-%u", s->prefix, i, ++s->names[i]);
}

static bool all_have_names(const struct storm *s)
{
	char name[CROWD_NAME];

	for (size_t i = 0; i < s->clients; i++) {
		snprintf(name, sizeof(name), "%s-%zu-%u", s->prefix, i,
			s->names[i]);
		if (strcmp(s->crowd.people[i].name, name) != 0)
			return false;
	}
	return true;
}

/* --- what is heard ------------------------------------------------------- */

static void client_heard(
	struct storm *s, struct person *p, const struct heard *h)
{
	uint32_t number;
	size_t sender, from;

	if (h->kind == HEARD_LEAVE && is_client(s, h->from, &from))
		stress_fail("%s was said to have left", h->from);
	if (p->id == 0)
		roll_add(&s->roll, h);
	if (h->kind != HEARD_PUBLIC ||
		!ledger_check(&s->ledger, p->id, h->text))
		return;
	s->heard_at = stress_now();
	ledger_read(&s->ledger, h->text, &sender, &number);
	if (sender < s->clients &&
		!(is_client(s, h->from, &from) && from == sender))
		stress_fail("client %zu: a line of client %zu came from %s",
			p->id, sender, h->from);
	/* All clients hear the same, so that the first one hears is enough. */
	if (sender >= s->clients && p->id == 0)
		victims_check_line(&s->victims, sender, number);
}

static void on_heard(void *context, struct person *p, const struct heard *h)
{
	struct storm *s = context;

	if (h->kind == HEARD_ERROR)
		stress_fail("client %zu (%s) was told: %s", p->id, p->name,
			h->text);
	if (p->id < s->clients)
		client_heard(s, p, h);
	else if (h->kind == HEARD_PUBLIC)
		victims_heard(&s->victims, p->id - s->clients, h->text);
}

static void on_end(void *context, struct person *p, const char *why)
{
	struct storm *s = context;

	if (p->id < s->clients)
		stress_fail("%s lost its connection: %s", p->name, why);
	if (!s->over)
		victims_begin_life(&s->victims, p->id - s->clients);
}

/* --- who is there -------------------------------------------------------- */

static bool all_are_listed(const struct storm *s)
{
	for (size_t i = 0; i < s->clients; i++)
		if (!roll_has(&s->roll, s->crowd.people[i].name))
			return false;
	return s->roll.n == s->clients && s->roll.count == s->clients;
}

static void ask(struct storm *s)
{
	s->roll = (struct roll){0};
	crowd_say(person(s, 0), "who");
}

/* Those who were killed may be listed for a while. */
static void check_list(struct storm *s)
{
	uint64_t until = stress_now() + STALL_TIME;

	while (!all_have_names(s) && stress_now() < until)
		crowd_turn(&s->crowd, until);
	if (!all_have_names(s))
		stress_fail("not all clients were given their names");
	ask(s);
	while (!s->roll.complete || !all_are_listed(s)) {
		if (stress_now() > until)
			stress_fail("%zu clients are there, but who lists %zu, "
				    "counts %lu, or has other names",
				s->clients, s->roll.n, s->roll.count);
		if (s->roll.complete)
			ask(s);
		crowd_turn(&s->crowd, until);
	}
}

/* --- what happens -------------------------------------------------------- */

static void speak(struct storm *s)
{
	uint64_t sender = dice_below(&s->talk, s->clients);
	uint64_t lines = 1 + dice_below(&s->talk, BURST_MAX);

	for (; lines > 0 && s->said_all < s->messages; lines--, s->said_all++)
		ledger_say(&s->ledger, person(s, sender), sender,
			s->said[sender]++);
	if (dice_below(&s->talk, RENAME_ONE_IN) == 0)
		take_name(s, dice_below(&s->talk, s->clients));
	for (int n = 0; n < VICTIMS_A_STEP; n++)
		victims_speak(
			&s->victims, dice_below(&s->talk, VICTIMS), &s->talk);
}

static void step(struct storm *s)
{
	s->next_talk = stress_now() + dice_below(&s->talk, STEP_MAX);
	speak(s);
}

/* It dies with lines and names at every stage of their way. */
static void kill_relay(struct storm *s)
{
	pid_t relay = procs_relay(s->hunt.server);
	uint64_t until;

	if (relay == 0)
		return;
	for (int n = 0; n < CROSSFIRE; n++)
		speak(s);
	for (size_t n = 0; n < CROSSFIRE; n++)
		take_name(s, dice_below(&s->kill, s->clients));
	until = stress_now() + dice_below(&s->kill, AIM_MAX);
	do
		crowd_turn(&s->crowd, until);
	while (stress_now() < until);
	hunt_relay(&s->hunt, relay);
}

static void kill_one(struct storm *s)
{
	bool relay = dice_below(&s->kill, RELAY_ONE_IN) == 0;

	s->next_kill = stress_now() + dice_below(&s->kill, KILL_GAP_MAX);
	if (relay)
		kill_relay(s);
	else
		hunt_child(&s->hunt, &s->kill);
}

static void rage(struct storm *s)
{
	while (s->said_all < s->messages) {
		crowd_turn(&s->crowd, s->next_talk < s->next_kill
					      ? s->next_talk
					      : s->next_kill);
		if (stress_now() >= s->next_talk)
			step(s);
		if (stress_now() >= s->next_kill)
			kill_one(s);
		if (stress_now() > s->heard_at + STALL_TIME)
			stress_fail("nobody hears anything any more");
	}
}

static bool heard_all(const struct storm *s)
{
	for (size_t i = 0; i < s->clients; i++)
		for (size_t sender = 0; sender < s->clients; sender++)
			if (ledger_count(&s->ledger, i, sender) <
				s->said[sender])
				return false;
	return true;
}

static void hear_out(struct storm *s)
{
	s->heard_at = stress_now();
	while (!heard_all(s)) {
		uint64_t until = s->heard_at + STALL_TIME;
		if (stress_now() > until)
			stress_fail("not all lines came");
		crowd_turn(&s->crowd, until);
	}
}

/* The last line comes when nothing else does any more: what comes twice
 * comes before it. */
static uint64_t finish(struct storm *s)
{
	s->over = true;
	hear_out(s);
	for (size_t i = 0; i < VICTIMS; i++)
		crowd_close(person(s, s->clients + i), true);
	check_list(s);
	ledger_say(&s->ledger, person(s, 0), 0, s->said[0]++);
	hear_out(s);
	return victims_check(&s->victims);
}

/* --- beginning and end --------------------------------------------------- */

static void begin(struct storm *s, uint16_t port, pid_t server)
{
	crowd_init(&s->crowd, port, s->clients + VICTIMS);
	s->crowd.on_heard = on_heard;
	s->crowd.on_end = on_end;
	s->crowd.context = s;
	ledger_init(&s->ledger, dice_seed(), s->clients, s->clients);
	snprintf(s->prefix, sizeof(s->prefix), "run%" PRIu64, s->ledger.run);
	crowd_gather(&s->crowd, 0, s->clients, s->prefix, crowd_mixed,
		stress_now() + GATHER_TIME);
	hunt_begin(&s->hunt, server, s->clients);
	for (size_t i = 0; i < s->clients; i++)
		take_name(s, i);
	s->victims.crowd = &s->crowd;
	s->victims.ledger = &s->ledger;
	s->victims.first = s->clients;
	for (size_t i = 0; i < VICTIMS; i++)
		victims_begin_life(&s->victims, i);
	s->heard_at = stress_now();
}

static void end(struct storm *s)
{
	victims_free(&s->victims);
	crowd_free(&s->crowd);
	ledger_free(&s->ledger);
	hunt_end(&s->hunt);
}

int main(int argc, char **argv)
{
	static struct storm s;
	uint64_t port, pid, clients, seed, stretches;

	if (argc != 6 || !stress_number(argv[1], 1, UINT16_MAX, &port) ||
		!stress_number(argv[2], 2, INT32_MAX, &pid) ||
		!stress_number(argv[3], 1, CLIENTS_MAX, &clients) ||
		!stress_number(argv[4], 1, MESSAGES_MAX, &s.messages) ||
		!stress_number(argv[5], 0, UINT64_MAX, &seed))
		stress_usage("PORT SERVER_PID CLIENTS MESSAGES SEED");
	printf("seed %" PRIu64 "\n", seed);
	fflush(stdout);
	s.clients = (size_t)clients;
	s.talk.state = seed;
	s.kill.state = ~seed;

	begin(&s, (uint16_t)port, stress_server(pid));
	rage(&s);
	stretches = finish(&s);
	printf("%" PRIu64 " messages of %zu clients; %" PRIu64
	       " kills of children, %" PRIu64 " of the relay; %" PRIu64
	       " lines checked, %" PRIu64
	       " more that the killed heard; seed %" PRIu64 "\n",
		s.messages, s.clients, s.hunt.children, s.hunt.relays,
		s.ledger.checked, stretches, seed);
	end(&s);
	return 0;
}
