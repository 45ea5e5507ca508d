/* SPDX-License-Identifier: MIT */
/* Tests of server/parent/claims.c: the verdict on what a trusted proxy says,
 * and what it changes.
 * Runs in: nothing but tests. */
#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "ipc/attach.h"
#include "server/parent/state.h"
#include "tests/unit/unit.h"

#define SLOTS 8

static struct parent p;
static struct options options = {.max_users = SLOTS, .max_per_address = 2};
static struct bans bans;

/* A connection that has come by the proxy, or by itself. */
static void arrive(uint32_t slot, bool trusted)
{
	uint32_t taken;

	CHECK(slots_take(&p.slots, &(struct network){0}, &taken));
	CHECK_EQ(taken, slot);
	p.slots.pid[slot] = 1000 + (pid_t)slot;
	p.slots.trusted[slot] = trusted;
	(void)table_assign(&p.table, slot, "127.0.0.1:4000");
	table_set_login(&p.table, slot, 1001);
	table_set_trusted(&p.table, slot, trusted);
	table_set_pid(&p.table, slot, p.slots.pid[slot]);
}

static bool begin(void)
{
	memset(&p, 0, sizeof p);
	memset(&bans, 0, sizeof bans);
	p.options = &options;
	p.bans = &bans;
	p.status = calloc(1, status_size(SLOTS));
	if (p.status == NULL || slots_init(&p.slots, SLOTS) == -1 ||
		table_create(&p.table, SLOTS) == -1 ||
		trusted_parse(&options.trusted, "127.0.0.1,10.0.0.0/8") != NULL)
		return false;
	arrive(0, true);
	arrive(1, true);
	arrive(2, true);
	arrive(3, false);
	return !UNIT_FAILED;
}

static void end(void)
{
	munmap(p.table.base, p.table.size);
	close(p.table.fd);
	free(p.status);
}

/* As the relay writes it; what has become of it. */
static char claim_of(
	uint32_t slot, uint32_t generation, const char *address, uint32_t port)
{
	uint64_t n = atomic_load(&p.status->claimed);
	struct claim *c = &p.status->claims[n % CLAIMS_MAX];
	const struct pollfd relay = {-1, 0, 0};

	c->slot = slot;
	c->generation = generation;
	if (!network_read_address(&c->address, address))
		return 0;
	c->address.port = port;
	atomic_store(&p.status->claimed, n + 1);
	claims_serve(&p, &relay);
	return (char)atomic_load(&c->verdict);
}

static char claim(uint32_t slot, const char *address, uint32_t port)
{
	return claim_of(slot, table_generation(&p.table, slot), address, port);
}

static bool is_at(uint32_t slot, const char *address, const char *via)
{
	const struct table_roster *r = &p.table.roster[slot];

	return strcmp(r->address, address) == 0 && strcmp(r->via, via) == 0;
}

static bool counts(const char *address, uint32_t n)
{
	struct net_address a;
	struct network host;

	if (!network_read_address(&a, address))
		return false;
	host = network_of_address(&a);
	host = network_host(&host);
	return slots_used_from(&p.slots, &host) == n;
}

static void believed(void)
{
	CHECK(begin());
	CHECK(claim(0, "203.0.113.7", 5123) == ATTACH_DONE);
	CHECK(is_at(0, "203.0.113.7:5123", "127.0.0.1:4000"));
	CHECK(counts("203.0.113.7", 1));
	CHECK(claim(1, "2001:db8::7", 0) == ATTACH_DONE);
	CHECK(is_at(1, "[2001:db8::7]", "127.0.0.1:4000"));
	CHECK(counts("2001:db8::8", 1));
	CHECK(claim(2, "::ffff:203.0.113.7", 1) == ATTACH_DONE);
	CHECK(is_at(2, "203.0.113.7:1", "127.0.0.1:4000"));
	CHECK(counts("203.0.113.7", 2));
	/* The proxy's login is not its client's. */
	CHECK_EQ(atomic_load(&p.table.roster[0].login), 0);
	/* Nobody's address. */
	end();
	CHECK(begin());
	CHECK(claim(0, "127.0.0.9", 5) == ATTACH_DONE);
	CHECK(is_at(0, "127.0.0.9:5", "127.0.0.1:4000"));
	CHECK_EQ(p.slots.from[0].bits, 0);
	end();
}

static void once(void)
{
	CHECK(begin());
	CHECK(claim(0, "203.0.113.7", 5123) == ATTACH_DONE);
	/* The same again: the answer was lost. */
	CHECK(claim(0, "203.0.113.7", 5123) == ATTACH_DONE);
	CHECK(counts("203.0.113.7", 1));
	CHECK(claim(0, "203.0.113.7", 5124) == ATTACH_REFUSED);
	CHECK(claim(0, "203.0.113.8", 5123) == ATTACH_REFUSED);
	CHECK(is_at(0, "203.0.113.7:5123", "127.0.0.1:4000"));
	end();
}

static void chained(void)
{
	CHECK(begin());
	CHECK(claim(0, "10.0.0.5", 1) == ATTACH_DONE);
	CHECK(atomic_load(&p.table.roster[0].trusted));
	CHECK(claim(0, "203.0.113.7", 5123) == ATTACH_DONE);
	CHECK(!atomic_load(&p.table.roster[0].trusted));
	CHECK(is_at(0, "203.0.113.7:5123", "127.0.0.1:4000"));
	CHECK(counts("10.0.0.5", 0) && counts("203.0.113.7", 1));
	CHECK(claim(0, "203.0.113.8", 1) == ATTACH_REFUSED);
	end();
}

/* The relay says it, but who believes the relay. */
static void forged(void)
{
	CHECK(begin());
	CHECK(claim(3, "203.0.113.7", 1) == ATTACH_REFUSED);
	CHECK(claim(3, "127.0.0.1", 4000) == ATTACH_REFUSED);
	CHECK(is_at(3, "127.0.0.1:4000", ""));
	CHECK_EQ(atomic_load(&p.table.roster[3].login), 1001);
	/* Whatever stands in memory that others read. */
	table_set_trusted(&p.table, 3, true);
	CHECK(claim(3, "203.0.113.7", 1) == ATTACH_REFUSED);
	CHECK(claim_of(0, table_generation(&p.table, 0) + 1, "203.0.113.7",
		      1) == ATTACH_REFUSED);
	CHECK(claim_of(5, 0, "203.0.113.7", 1) == ATTACH_REFUSED);
	CHECK(claim_of(SLOTS, 0, "203.0.113.7", 1) == ATTACH_REFUSED);
	CHECK(claim_of(UINT32_MAX, 0, "203.0.113.7", 1) == ATTACH_REFUSED);
	CHECK(counts("203.0.113.7", 0));
	end();
}

static void refused(void)
{
	struct ban ban = {.until_ms = BANS_FOR_EVER};

	CHECK(begin());
	CHECK(network_parse(&ban.of, "203.0.113.0/24") == NETWORK_OK);
	CHECK(bans_add(&bans, &ban, 0));
	CHECK(claim(0, "203.0.113.7", 1) == ATTACH_BANNED);
	CHECK(is_at(0, "127.0.0.1:4000", ""));
	CHECK_EQ(atomic_load(&p.status->refused), 1);
	/* It ends, or is ended. */
	CHECK(p.slots.dismissed[0] > 0);
	CHECK(claim(0, "198.51.100.1", 1) == ATTACH_DONE);
	CHECK(claim(1, "198.51.100.1", 2) == ATTACH_DONE);
	CHECK(p.slots.dismissed[1] == 0);
	CHECK(claim(2, "198.51.100.1", 3) == ATTACH_CROWDED);
	CHECK(is_at(2, "127.0.0.1:4000", ""));
	CHECK(p.slots.dismissed[2] > 0);
	CHECK_EQ(atomic_load(&p.status->refused), 2);
	end();
	/* An IPv6 home is its /64. */
	CHECK(begin());
	CHECK(claim(0, "2001:db8::1", 1) == ATTACH_DONE);
	CHECK(claim(1, "2001:db8::2", 1) == ATTACH_DONE);
	CHECK(claim(2, "2001:db8::3", 1) == ATTACH_CROWDED);
	end();
	/* No limit. */
	options.max_per_address = 0;
	CHECK(begin());
	for (uint32_t slot = 0; slot < 3; slot++)
		CHECK(claim(slot, "198.51.100.1", 1 + slot) == ATTACH_DONE);
	options.max_per_address = 2;
	end();
}

/* Where a browser has come from, others may be silent for a while. */
static void browsers(void)
{
	CHECK(begin());
	CHECK(claim(0, "203.0.113.7", 5123) == ATTACH_DONE);
	CHECK(claim(1, "2001:db8::7", 0) == ATTACH_DONE);
	CHECK(!atomic_load(&p.table.roster[0].browser));
	browsers_note(&p, 0);
	browsers_note(&p, 1);
	CHECK(!atomic_load(&p.table.roster[2].browser));
	CHECK(claim(2, "203.0.113.7", 0) == ATTACH_DONE);
	CHECK(atomic_load(&p.table.roster[2].browser));
	arrive(4, true);
	arrive(5, true);
	CHECK(claim(4, "2001:db8::7", 5123) == ATTACH_DONE);
	CHECK(atomic_load(&p.table.roster[4].browser));
	CHECK(claim(5, "2001:db8::8", 0) == ATTACH_DONE);
	CHECK(!atomic_load(&p.table.roster[5].browser));
	end();
}

/* All that wait, once each; a relay that counts wrong holds nobody up. */
static void queues(void)
{
	const struct pollfd relay = {-1, 0, 0};

	options.max_per_address = 3;
	CHECK(begin());
	for (uint32_t i = 0; i < CLAIMS_MAX; i++) {
		struct claim *c = &p.status->claims[i];

		c->slot = i % 4;
		c->generation = table_generation(&p.table, i % 4);
		(void)network_read_address(&c->address, "198.51.100.1");
	}
	atomic_store(&p.status->claimed, CLAIMS_MAX);
	claims_serve(&p, &relay);
	CHECK_EQ(atomic_load(&p.status->judged), CLAIMS_MAX);
	for (uint32_t i = 0; i < CLAIMS_MAX; i++)
		CHECK(atomic_load(&p.status->claims[i].verdict) ==
			(i % 4 < 3 ? ATTACH_DONE : ATTACH_REFUSED));
	CHECK(counts("198.51.100.1", 3));
	atomic_store(&p.status->claimed, 3);
	claims_serve(&p, &relay);
	CHECK_EQ(atomic_load(&p.status->judged), 3);
	atomic_store(&p.status->claimed, UINT64_MAX);
	claims_serve(&p, &relay);
	CHECK(atomic_load(&p.status->judged) == UINT64_MAX);
	end();
}

int main(void)
{
	RUN(believed, "addresses that are believed");
	RUN(once, "once for each connection, however often it is asked");
	RUN(chained, "a proxy behind a proxy");
	RUN(forged, "claims of who may make none");
	RUN(refused, "addresses that have no place");
	options.max_per_address = 5;
	RUN(browsers, "where browsers have come from");
	RUN(queues, "many claims at once, and a relay that counts wrong");
	return unit_end();
}
