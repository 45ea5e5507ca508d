/* SPDX-License-Identifier: MIT */
/* Kills the relay, or upgrades the server, time after time, in the middle of a
 * stream of lines.  Does any line get lost, doubled or out of order?
 * Runs in: a test program, beside a server with --rate 0 and no other users.
 *
 * Four senders and four listeners all hear everything.  Two of the senders
 * also write to each other in private; such a line tells how many public ones
 * its sender had sent before it, so that its place among them is checked. */
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/stress/crowd.h"
#include "tests/stress/ledger.h"
#include "tests/stress/procs.h"
#include "tests/stress/stress.h"

enum {
	SENDERS = 4, /* people 0 to 3, of whom 0 and 1 write in private */
	LISTENERS = 4,
	PEOPLE = SENDERS + LISTENERS,
};

#define STALL_TIME   (10 * S)
#define TALK_EVERY   (2 * MS)
#define BURST_ONE_IN 32
#define BURST_LINES  40
#define KILL_GAP_MAX (150 * MS) /* from the first line to the next kill */
#define LOOK_EVERY   (1 * MS)
#define SETTLE_TIME  (1 * S) /* a leave that is announced late shows up */

struct storm {
	struct crowd crowd;
	struct ledger ledger;
	struct dice dice;
	pid_t server;
	bool upgrades; /* SIGHUP to the parent instead */
	uint64_t kills, wanted, slowest;
	uint64_t next_talk;
	uint64_t listened; /* lines that the listeners have heard */
	uint32_t said[SENDERS];
	uint32_t written[2];  /* private lines by their sender */
	uint32_t received[2]; /* and as their receiver ... */
	uint32_t echoed[2];   /* ... and their sender have seen them */
};

static struct person *person(struct storm *s, size_t id)
{
	return &s->crowd.people[id];
}

static void say_line(struct storm *s, size_t sender)
{
	ledger_say(&s->ledger, person(s, sender), sender, s->said[sender]++);
}

static void write_private(struct storm *s, size_t sender)
{
	crowd_say(person(s, sender),
		"to|%s|note %" PRIx64 " %" PRIu32 " after %" PRIu32,
		person(s, 1 - sender)->name, s->ledger.run,
		s->written[sender]++, s->said[sender]);
}

static void talk(struct storm *s)
{
	uint64_t now = stress_now();

	if (now < s->next_talk)
		return;
	s->next_talk = now + TALK_EVERY;
	for (size_t i = 0; i < SENDERS; i++) {
		bool burst = dice_below(&s->dice, BURST_ONE_IN) == 0;
		for (int n = 0; n < (burst ? BURST_LINES : 1); n++)
			say_line(s, i);
		if (i < 2)
			write_private(s, i);
	}
}

/* A private line between 0 and 1, at either end. */
static void private_heard(
	struct storm *s, const struct person *p, const struct heard *h)
{
	bool mine =
		strcmp(h->from, "you") == 0 || strcmp(h->from, p->name) == 0;
	size_t sender = mine ? p->id : 1 - p->id;
	uint32_t *due = mine ? &s->echoed[sender] : &s->received[sender];
	uint32_t number, before;
	uint64_t run;

	if (p->id > 1)
		stress_fail("client %zu heard a private line of %s", p->id,
			h->from);
	if (sscanf(h->text, "note %" SCNx64 " %" SCNu32 " after %" SCNu32, &run,
		    &number, &before) != 3 ||
		run != s->ledger.run)
		stress_fail(
			"client %zu: strange private line: %s", p->id, h->text);
	if (number != *due)
		stress_fail("client %zu: private line %" PRIu32
			    " of %s came where %" PRIu32 " was due",
			p->id, number, person(s, sender)->name, *due);
	if (!mine && strcmp(h->from, person(s, sender)->name) != 0)
		stress_fail("client %zu: a private line came from %s", p->id,
			h->from);
	if (!mine && ledger_count(&s->ledger, p->id, sender) != before)
		stress_fail("client %zu: private line %" PRIu32
			    " came after %" PRIu32
			    " public ones, was sent after %" PRIu32,
			p->id, number, ledger_count(&s->ledger, p->id, sender),
			before);
	(*due)++;
}

static void on_heard(void *context, struct person *p, const struct heard *h)
{
	struct storm *s = context;
	uint32_t number;
	size_t sender;

	if (h->kind == HEARD_ERROR)
		stress_fail("client %zu (%s) was told: %s", p->id, p->name,
			h->text);
	if (h->kind == HEARD_LEAVE)
		stress_fail("client %zu was told that %s left", p->id, h->from);
	if (h->kind == HEARD_PRIVATE)
		private_heard(s, p, h);
	if (h->kind != HEARD_PUBLIC ||
		!ledger_check(&s->ledger, p->id, h->text))
		return;
	ledger_read(&s->ledger, h->text, &sender, &number);
	if (strcmp(h->from, person(s, sender)->name) != 0)
		stress_fail("client %zu: a line of %s came from %s", p->id,
			person(s, sender)->name, h->from);
	s->listened += p->id >= SENDERS;
}

static void on_end(void *context, struct person *p, const char *why)
{
	(void)context;
	stress_fail("%s lost its connection: %s", p->name, why);
}

static void live(struct storm *s, uint64_t until)
{
	if (until > s->next_talk)
		until = s->next_talk;
	crowd_turn(&s->crowd, until);
	talk(s);
}

static void live_until(struct storm *s, uint64_t until)
{
	while (stress_now() < until)
		live(s, until);
}

/* Waits for a relay other than the one that was killed. */
static void await_relay(struct storm *s, pid_t dead, uint64_t since)
{
	pid_t relay;

	while ((relay = procs_relay(s->server)) == 0 || relay == dead) {
		uint64_t now = stress_now();
		if (now > since + STALL_TIME)
			stress_fail(
				"no new relay after kill %" PRIu64, s->kills);
		live(s, now + LOOK_EVERY);
	}
}

static void await_line(struct storm *s, uint64_t since)
{
	uint64_t before = s->listened;

	while (s->listened == before) {
		if (stress_now() > since + STALL_TIME)
			stress_fail("no listener hears anything after kill "
				    "%" PRIu64,
				s->kills);
		live(s, since + STALL_TIME);
	}
}

static void kill_relay(struct storm *s)
{
	pid_t relay = procs_relay(s->server);
	uint64_t since = stress_now();

	if (s->upgrades && kill(s->server, SIGHUP) == -1)
		stress_fail("the server is gone after %" PRIu64 " upgrades",
			s->kills);
	if (!s->upgrades && (relay == 0 || !procs_kill_child(s->server, relay)))
		stress_fail("the relay died by itself, after %" PRIu64 " kills",
			s->kills);
	s->kills++;
	await_relay(s, relay, since);
	await_line(s, since);
	if (stress_now() - since > s->slowest)
		s->slowest = stress_now() - since;
}

static bool heard_all(const struct storm *s)
{
	for (size_t i = 0; i < PEOPLE; i++)
		for (size_t sender = 0; sender < SENDERS; sender++)
			if (ledger_count(&s->ledger, i, sender) !=
				s->said[sender])
				return false;
	for (size_t i = 0; i < 2; i++)
		if (s->received[i] != s->written[i] ||
			s->echoed[i] != s->written[i])
			return false;
	return true;
}

/* No one says anything any more. */
static void hear_out(struct storm *s)
{
	uint64_t until = stress_now() + STALL_TIME;

	while (!heard_all(s)) {
		if (stress_now() > until)
			stress_fail("lines were lost: of %" PRIu32
				    " of sender 0 client 4 heard %" PRIu32
				    "; private ones: %" PRIu32 " sent, %" PRIu32
				    " received",
				s->said[0], ledger_count(&s->ledger, 4, 0),
				s->written[0], s->received[0]);
		crowd_turn(&s->crowd, until);
	}
}

/* Every sender's last line comes after all else of it has been heard, so
 * what comes twice comes before that. */
static void finish(struct storm *s)
{
	live_until(s, stress_now() + SETTLE_TIME);
	hear_out(s);
	for (size_t i = 0; i < SENDERS; i++)
		say_line(s, i);
	for (size_t i = 0; i < 2; i++)
		write_private(s, i);
	hear_out(s);
}

int main(int argc, char **argv)
{
	static struct storm s;
	uint64_t port, pid, seed = dice_seed();

	s.upgrades = argc > 4 && strcmp(argv[4], "upgrade") == 0;
	if (s.upgrades)
		argv[4] = argv[--argc];
	if (argc < 4 || argc > 5 ||
		!stress_number(argv[1], 1, UINT16_MAX, &port) ||
		!stress_number(argv[2], 2, INT32_MAX, &pid) ||
		!stress_number(argv[3], 0, UINT32_MAX, &s.wanted) ||
		(argc > 4 && !stress_number(argv[4], 0, UINT64_MAX, &seed)))
		stress_usage("PORT SERVER_PID KILLS [upgrade] [SEED]");
	printf("seed %" PRIu64 "\n", seed);
	fflush(stdout);
	s.server = stress_server(pid);
	s.dice.state = seed;
	crowd_init(&s.crowd, (uint16_t)port, PEOPLE);
	s.crowd.on_heard = on_heard;
	s.crowd.on_end = on_end;
	s.crowd.context = &s;
	ledger_init(&s.ledger, dice_seed(), SENDERS, PEOPLE);

	crowd_gather(&s.crowd, 0, SENDERS, "sender", crowd_mixed,
		stress_now() + STALL_TIME);
	crowd_gather(&s.crowd, SENDERS, LISTENERS, "listener", crowd_mixed,
		stress_now() + STALL_TIME);
	while (s.kills < s.wanted) {
		live_until(
			&s, stress_now() + dice_below(&s.dice, KILL_GAP_MAX));
		kill_relay(&s);
	}
	finish(&s);
	printf("%" PRIu64 " %s; %" PRIu64 " lines checked, %" PRIu32
	       " private; slowest recovery %" PRIu64 " ms; seed %" PRIu64 "\n",
		s.kills, s.upgrades ? "upgrades" : "kills", s.ledger.checked,
		s.written[0] + s.written[1], s.slowest / MS, seed);
	crowd_free(&s.crowd);
	ledger_free(&s.ledger);
	return 0;
}
