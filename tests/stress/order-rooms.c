/* SPDX-License-Identifier: MIT */
/* Users talk in rooms while others, and the relay, are killed: is what each of
 * them hears of a room a contiguous stretch of one and the same sequence, and
 * does what one says across rooms keep its order?  And are those in the rooms
 * who should be?
 * Runs in: a test program, beside a server with --rate 0 and no other users.
 *
 * The clients are never killed, and stay in their rooms; they hear everything
 * there.  The restless are killed and come back, enter rooms and leave them.
 * Some of the rooms were made by one of them.  In the end, and once more when
 * the restless have left, each room has its members and an operator, a client
 * that was one is one still, and there are no other rooms.
 *
 * The seed determines who says how much where, who goes where, and who is
 * killed; at which instruction of the server that happens, it cannot. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/stress/halls.h"

#define MESSAGES_MAX    100000
#define HALLS_TIME      (30 * S)
#define STALL_TIME      (10 * S)
#define STEP_MAX        (5 * MS) /* between two who say something */
#define BURST_MAX       4        /* lines at once */
#define KILL_GAP_MAX    (30 * MS)
#define RELAY_ONE_IN    4 /* kills; a dead relay takes its time to come back */
#define CROSSFIRE       6 /* who speak just before the relay is killed */
#define AIM_MAX         (2 * MS)
#define RESTLESS_A_STEP 2

/* --- what is heard ------------------------------------------------------- */

static void client_heard(
	struct halls *s, struct person *p, const struct heard *h)
{
	struct minute line;
	const char *rest;
	struct ledger *l;
	size_t room, length;

	if (h->kind != HEARD_PUBLIC)
		return;
	room = minutes_room(&s->minutes, h->room);
	if (!minutes_hear(&s->minutes, p->id, room, h->text, &line, &rest))
		return;
	l = &s->minutes.ledgers[room];
	length = l->length;
	ledger_check(l, p->id, rest);
	s->heard++;
	s->heard_at = stress_now();
	if (line.sender < s->clients &&
		strcmp(h->from, halls_person(s, line.sender)->name) != 0)
		stress_fail("client %zu: a line of client %zu came from %s",
			p->id, line.sender, h->from);
	/* All hear the same, so that it is enough to look at it once. */
	if (line.sender >= s->clients && l->length > length)
		restless_check_line(&s->restless, &line);
}

static void on_heard(void *context, struct person *p, const struct heard *h)
{
	struct halls *s = context;

	if (p == s->census.asker)
		census_heard(&s->census, h);
	if (h->kind == HEARD_ERROR && p != s->census.asker)
		stress_fail("client %zu (%s) was told: %s", p->id, p->name,
			h->text);
	if (h->kind == HEARD_LEAVE && h->from[0] != '\0')
		for (size_t i = 0; i < s->clients; i++)
			if (strcmp(h->from, halls_person(s, i)->name) == 0)
				stress_fail("%s was said to have left #%s",
					h->from, h->room);
	if (p->id < s->clients)
		client_heard(s, p, h);
	else
		restless_heard(&s->restless, p->id - s->clients, h);
}

static void on_end(void *context, struct person *p, const char *why)
{
	struct halls *s = context;

	if (p->id < s->clients)
		stress_fail("%s lost its connection: %s", p->name, why);
	if (!s->over)
		restless_begin(&s->restless, p->id - s->clients);
}

/* --- what happens -------------------------------------------------------- */

/* In each of the ways that there are; a move holds for the next plain line. */
static void say(struct halls *s, size_t i, size_t room)
{
	struct client *c = &s->client[i];
	char name[MINUTES_LINE], text[MINUTES_LINE];
	struct minute line = {.room = room,
		.sender = i,
		.number = c->said[room]++,
		.order = ++c->order};

	s->said++;
	minutes_name(&s->minutes, room, name);
	minutes_write(&s->minutes, text, &line);
	switch (dice_below(&s->talk, 3)) {
	case 0:
		crowd_say(halls_person(s, i), "/msg #%s %s", name, text);
		break;
	case 1:
		crowd_say(halls_person(s, i), "to|#%s|%s", name, text);
		break;
	default:
		crowd_say(halls_person(s, i), "/join #%s", name);
		crowd_say(halls_person(s, i), "%s", text);
	}
}

static void speak(struct halls *s)
{
	size_t i = dice_below(&s->talk, s->clients);
	uint64_t lines = 1 + dice_below(&s->talk, BURST_MAX);

	for (; lines > 0 && s->said < s->messages; lines--)
		say(s, i,
			s->client[i]
				.rooms[dice_below(&s->talk, s->client[i].n)]);
	for (int n = 0; n < RESTLESS_A_STEP; n++)
		restless_act(&s->restless, dice_below(&s->talk, RESTLESS));
}

static void step(struct halls *s)
{
	s->next_talk = stress_now() + dice_below(&s->talk, STEP_MAX);
	speak(s);
}

/* It dies with lines, joins and leaves at every stage of their way. */
static void kill_relay(struct halls *s)
{
	pid_t relay = procs_relay(s->hunt.server);
	uint64_t until;

	if (relay == 0)
		return;
	for (int n = 0; n < CROSSFIRE; n++)
		speak(s);
	until = stress_now() + dice_below(&s->kill, AIM_MAX);
	do
		crowd_turn(&s->crowd, until);
	while (stress_now() < until);
	hunt_relay(&s->hunt, relay);
}

static void kill_one(struct halls *s)
{
	bool relay = dice_below(&s->kill, RELAY_ONE_IN) == 0;

	s->next_kill = stress_now() + dice_below(&s->kill, KILL_GAP_MAX);
	if (relay)
		kill_relay(s);
	else
		hunt_child(&s->hunt, &s->kill);
}

static void rage(struct halls *s)
{
	while (s->said < s->messages) {
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

/* --- the end ------------------------------------------------------------- */

static bool heard_all(const struct halls *s)
{
	for (size_t room = 0; room <= s->rooms; room++)
		for (size_t i = 0; i < s->clients; i++)
			for (size_t k = 0;
				halls_is_in(s, i, room) && k < s->clients; k++)
				if (ledger_count(&s->minutes.ledgers[room], i,
					    k) < s->client[k].said[room])
					return false;
	return true;
}

static void hear_out(struct halls *s)
{
	s->heard_at = stress_now();
	while (!heard_all(s)) {
		uint64_t until = s->heard_at + STALL_TIME;
		if (stress_now() > until)
			stress_fail("not all lines came");
		crowd_turn(&s->crowd, until);
	}
}

static void settle(struct halls *s)
{
	uint64_t until = stress_now() + STALL_TIME;

	while (!restless_settled(&s->restless)) {
		if (stress_now() > until)
			stress_fail("one is not in the rooms that it entered, "
				    "or still in one that it left");
		crowd_turn(&s->crowd, stress_now() + MS);
	}
}

/* The last lines come when nothing else does any more: what comes twice comes
 * before them. */
static uint64_t finish(struct halls *s)
{
	hear_out(s);
	settle(s);
	halls_check(s);
	s->over = true;
	for (size_t i = 0; i < RESTLESS; i++)
		crowd_close(halls_person(s, s->clients + i), true);
	halls_check(s);
	for (size_t i = 0; i < s->clients; i++)
		for (size_t k = 0; k < s->client[i].n; k++)
			say(s, i, s->client[i].rooms[k]);
	hear_out(s);
	return restless_check(&s->restless);
}

/* --- beginning and end --------------------------------------------------- */

static void begin(struct halls *s, uint16_t port, pid_t server)
{
	uint64_t run = dice_seed();
	char prefix[24];

	crowd_init(&s->crowd, port, s->clients + RESTLESS);
	s->crowd.on_heard = on_heard;
	s->crowd.on_end = on_end;
	s->crowd.context = s;
	s->census.crowd = &s->crowd;
	s->census.asker = halls_person(s, 0);
	minutes_init(&s->minutes, run, s->rooms, s->clients, RESTLESS);
	s->restless.crowd = &s->crowd;
	s->restless.minutes = &s->minutes;
	s->restless.dice = &s->talk;
	s->restless.first = s->clients;
	snprintf(prefix, sizeof(prefix), "run%" PRIu64, run);
	crowd_gather(&s->crowd, 0, s->clients, prefix, crowd_mixed,
		stress_now() + HALLS_TIME);
	hunt_begin(&s->hunt, server, s->clients);
	for (size_t i = 0; i < RESTLESS; i++)
		restless_begin(&s->restless, i);
	settle(s);
	halls_enter(s);
	s->heard_at = stress_now();
}

static void end(struct halls *s)
{
	restless_free(&s->restless);
	crowd_free(&s->crowd);
	minutes_free(&s->minutes);
	hunt_end(&s->hunt);
}

int main(int argc, char **argv)
{
	static struct halls s;
	uint64_t port, pid, clients, rooms, seed, stretches;

	if (argc != 7 || !stress_number(argv[1], 1, UINT16_MAX, &port) ||
		!stress_number(argv[2], 2, INT32_MAX, &pid) ||
		!stress_number(argv[3], 2, CLIENTS_MAX, &clients) ||
		!stress_number(argv[4], 1, ROOMS_MAX, &rooms) ||
		!stress_number(argv[5], 1, MESSAGES_MAX, &s.messages) ||
		!stress_number(argv[6], 0, UINT64_MAX, &seed) ||
		rooms > clients)
		stress_usage("PORT SERVER_PID CLIENTS ROOMS MESSAGES SEED");
	printf("seed %" PRIu64 "\n", seed);
	fflush(stdout);
	s.clients = (size_t)clients;
	s.rooms = (size_t)rooms;
	s.talk.state = seed;
	s.kill.state = ~seed;

	begin(&s, (uint16_t)port, stress_server(pid));
	rage(&s);
	stretches = finish(&s);
	printf("%" PRIu64 " messages of %zu clients in %zu rooms; %" PRIu64
	       " kills of children, %" PRIu64 " of the relay; %" PRIu64
	       " lines checked, %" PRIu64
	       " more that the killed heard; seed %" PRIu64 "\n",
		s.messages, s.clients, s.rooms, s.hunt.children, s.hunt.relays,
		s.heard, stretches, seed);
	end(&s);
	return 0;
}
