/* SPDX-License-Identifier: MIT */
/* Everybody talks at once: does everybody hear the same, in one order?
 * Runs in: a test program, beside a server with --rate 0. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "tests/stress/crowd.h"
#include "tests/stress/ledger.h"
#include "tests/stress/stress.h"

#define CLIENTS_MAX 1000
#define LINES_MAX   100000
#define GATHER_TIME (30 * S)
#define QUIET_TIME  (15 * S) /* so long without a line is too long */
#define WHOLE_TIME  (120 * S)

struct order {
	struct crowd crowd;
	struct ledger ledger;
	size_t clients;
	uint32_t lines;
	uint64_t heard_at;
};

static void on_heard(void *context, struct person *p, const struct heard *h)
{
	struct order *o = context;
	uint32_t number;
	size_t sender;

	if (h->kind == HEARD_ERROR)
		stress_fail("client %zu was told: %s", p->id, h->text);
	if (h->kind != HEARD_PUBLIC ||
		!ledger_check(&o->ledger, p->id, h->text))
		return;
	ledger_read(&o->ledger, h->text, &sender, &number);
	if (strcmp(h->from, o->crowd.people[sender].name) != 0)
		stress_fail("client %zu: line %" PRIu32 " of %s came from %s",
			p->id, number, o->crowd.people[sender].name, h->from);
	o->heard_at = stress_now();
}

static void on_end(void *context, struct person *p, const char *why)
{
	(void)context;
	stress_fail("client %zu lost its connection: %s", p->id, why);
}

/* Events tell the SEQs; one client shows that the text dialect says the
 * same. */
static unsigned way_of(size_t id)
{
	return id == 0 ? 0 : CROWD_EVENTS | (crowd_mixed(id) & CROWD_WEB);
}

/* Until every client has heard so many lines more. */
static void listen_out(struct order *o, uint64_t lines)
{
	uint64_t all = o->ledger.checked + o->clients * lines;
	uint64_t until = stress_now() + WHOLE_TIME;

	o->heard_at = stress_now();
	while (o->ledger.checked < all) {
		uint64_t now = stress_now();
		if (now > until || now > o->heard_at + QUIET_TIME)
			stress_fail("%" PRIu64 " of %" PRIu64
				    " lines did not come",
				all - o->ledger.checked, all);
		crowd_turn(&o->crowd, now + S);
	}
}

int main(int argc, char **argv)
{
	static struct order o;
	uint64_t port, clients, lines, begun;

	if (argc != 4 || !stress_number(argv[1], 1, UINT16_MAX, &port) ||
		!stress_number(argv[2], 1, CLIENTS_MAX, &clients) ||
		!stress_number(argv[3], 1, LINES_MAX, &lines))
		stress_usage("PORT CLIENTS LINES");
	o.clients = (size_t)clients;
	o.lines = (uint32_t)lines;
	crowd_init(&o.crowd, (uint16_t)port, o.clients);
	o.crowd.on_heard = on_heard;
	o.crowd.on_end = on_end;
	o.crowd.context = &o;
	ledger_init(&o.ledger, dice_seed(), o.clients, o.clients);

	crowd_gather(&o.crowd, 0, o.clients, "order", way_of,
		stress_now() + GATHER_TIME);
	begun = stress_now();
	for (size_t i = 0; i < o.clients; i++)
		for (uint32_t n = 0; n < o.lines; n++)
			ledger_say(&o.ledger, &o.crowd.people[i], i, n);
	listen_out(&o, clients * lines);
	/* one more, which nothing that comes twice may come after */
	ledger_say(&o.ledger, &o.crowd.people[0], 0, o.lines);
	listen_out(&o, 1);
	printf("%zu clients sent %" PRIu32 " lines each: %" PRIu64
	       " lines checked in %" PRIu64 " ms, one order\n",
		o.clients, o.lines, o.ledger.checked,
		(stress_now() - begun) / MS);
	crowd_free(&o.crowd);
	ledger_free(&o.ledger);
	return 0;
}
