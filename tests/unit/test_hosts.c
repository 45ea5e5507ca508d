/* SPDX-License-Identifier: MIT */
/* Tests of ipc/hosts.c: each rule, each by what it refuses; random entries
 * against a slow model that keeps all that was accepted and looks it through;
 * and the way through an entry.
 * Runs in: nothing but tests. */
#include "ipc/hosts.h"

#include <string.h>

#include "ipc/bus.h"
#include "tests/unit/chance.h"
#include "tests/unit/unit.h"

/* Hosts by their ids, and the sequence of the next entry. */
enum {
	A = 11,
	B = 22,
	C = 33,
	NOBODY_KNOWN = 44
};

static struct hosts h;
static uint64_t seq;

static char body[256];
static struct entry_out out;

static void empty(void)
{
	out = (struct entry_out){body, body + sizeof body, false};
}

static struct hosts_verdict says_in(uint64_t world, enum entry_kind kind,
	uint64_t host, uint64_t epoch, uint64_t n)
{
	const struct entry_head e = {.magic = ENTRY_MAGIC,
		.version = ENTRY_VERSION,
		.kind = (uint8_t)kind,
		.host = host,
		.world = world,
		.epoch = epoch,
		.n = n};

	return hosts_accept(&h, &e, ++seq, body, (size_t)(out.p - body));
}

/* An entry with an empty body. */
static bool says(
	enum entry_kind kind, uint64_t host, uint64_t epoch, uint64_t n)
{
	empty();
	return says_in(h.world, kind, host, epoch, n).accepted;
}

static struct hosts_verdict hello(uint64_t host, uint64_t epoch, uint64_t n)
{
	empty();
	entry_put_text(&out, "b", 1);
	return says_in(0, ENTRY_HELLO, host, epoch, n);
}

/* One whose writer has seen everything but so many entries. */
static struct hosts_verdict base(
	uint64_t host, uint64_t epoch, uint64_t n, uint64_t missed)
{
	empty();
	entry_put_u64(&out, seq - missed);
	entry_put_text(&out, "a", 1);
	return says_in(0, ENTRY_BASE, host, epoch, n);
}

/* g says that it has heard nothing of a host since this. */
static struct hosts_verdict gone(uint64_t g, uint64_t epoch, uint64_t n,
	uint64_t id, uint64_t its_epoch, uint64_t its_n)
{
	empty();
	entry_put_u64(&out, id);
	entry_put_u64(&out, its_epoch);
	entry_put_u64(&out, its_n);
	return says_in(h.world, ENTRY_GONE, g, epoch, n);
}

static unsigned int state(uint64_t host)
{
	const struct host *x = hosts_find(&h, host);

	return x != NULL ? x->state : HOST_OUT;
}

/* A has begun, in epoch 5; B is coming, in epoch 7. */
static void begin(void)
{
	memset(&h, 0, sizeof h);
	seq = 100;
	CHECK(base(A, 5, 1, 0).accepted);
	CHECK(hello(B, 7, 1).accepted);
}

/* And B has come. */
static void begin_with_both(void)
{
	begin();
	CHECK(says(ENTRY_READY, B, 7, 2));
}

/* --- the rules ------------------------------------------------------------ */

static void nothing_before(void)
{
	memset(&h, 0, sizeof h);
	seq = 0;
	for (int kind = 1; kind < ENTRY_KINDS; kind++) {
		if (kind != ENTRY_HELLO && kind != ENTRY_BASE)
			CHECKF(!says((enum entry_kind)kind, A, 1, 1), "kind %d",
				kind);
	}
	CHECK(hosts_present(&h) == 0 && hosts_find(&h, 0) == NULL);
}

static void hellos(void)
{
	struct hosts_verdict v;

	begin();
	CHECK(state(B) == HOST_COMING);
	CHECK(!hello(B, 7, 1).accepted); /* twice */
	CHECK(!hello(B, 6, 1).accepted); /* of an earlier epoch */
	CHECK(!hello(C, 9, 2).accepted); /* not the first one */
	CHECK(!hello(0, 9, 1).accepted); /* of nobody */
	CHECK(state(C) == HOST_OUT);
	v = hello(A, 6, 1); /* all its users are put out */
	CHECK(v.accepted && v.out == A && !v.anew);
	CHECK(state(A) == HOST_COMING);
	CHECK(!says(ENTRY_BEAT, A, 5, 2)); /* that epoch is over */
	CHECK(!says(ENTRY_BEAT, A, 6, 2)); /* it has not come yet */
	CHECK(says(ENTRY_READY, A, 6, 2));
}

static void bases(void)
{
	struct hosts_verdict v;

	begin_with_both();
	CHECK(!base(C, 9, 1, 1).accepted); /* something was appended */
	CHECK(!base(C, 9, 2, 0).accepted);
	CHECK(!base(0, 9, 1, 0).accepted);
	empty(); /* no number in it */
	CHECK(!says_in(0, ENTRY_BASE, C, 9, 1).accepted);
	CHECK(hosts_present(&h) == 2);
	v = base(C, 1, 1, 0); /* its epoch is its own matter */
	CHECK(v.accepted && v.anew && v.out == 0);
	CHECK_EQ(h.world, seq);
	CHECK(hosts_present(&h) == 1 && state(C) == HOST_PRESENT);
	CHECK(hosts_find(&h, A) == NULL && hosts_find(&h, B) == NULL);
	CHECK(!says(ENTRY_BEAT, A, 5, 2));
	CHECK(says(ENTRY_BEAT, C, 1, 2));
	CHECK(hello(B, 7, 1).accepted); /* what was before is forgotten */
}

static void resumes(void)
{
	begin();
	CHECK(!says(ENTRY_RESUME, B, 8, 1)); /* coming */
	CHECK(!says(ENTRY_RESUME, C, 8, 1)); /* not known */
	CHECK(!says(ENTRY_RESUME, A, 5, 1)); /* the same epoch */
	CHECK(!says(ENTRY_RESUME, A, 6, 2));
	empty();
	CHECK(!says_in(h.world - 1, ENTRY_RESUME, A, 6, 1).accepted);
	CHECK(says(ENTRY_RESUME, A, 6, 1));
	CHECK(state(A) == HOST_PRESENT);
	CHECK(!says(ENTRY_FRAME, A, 5, 2)); /* late, of the epoch before */
	CHECK(says(ENTRY_FRAME, A, 6, 2));
	CHECK(says(ENTRY_BYE, A, 6, 3));
	CHECK(!says(ENTRY_RESUME, A, 7, 1)); /* out */
}

static void numbers(void)
{
	begin();
	CHECK(says(ENTRY_FRAME, A, 5, 2));
	CHECK(!says(ENTRY_FRAME, A, 5, 2)); /* twice */
	CHECK(!says(ENTRY_FRAME, A, 5, 4)); /* behind a hole */
	CHECK(!says(ENTRY_FRAME, A, 6, 3)); /* of no epoch */
	CHECK(!says(ENTRY_FRAME, A, 4, 3));
	CHECK(!says(ENTRY_FRAME, NOBODY_KNOWN, 5, 3));
	CHECK(!says(ENTRY_FRAME, 0, 5, 3));
	empty();
	CHECK(!says_in(h.world + 1, ENTRY_FRAME, A, 5, 3).accepted);
	CHECK(!says_in(0, ENTRY_FRAME, A, 5, 3).accepted);
	CHECK(says(ENTRY_FRAME, A, 5, 3));
}

static void coming(void)
{
	static const enum entry_kind others[] = {ENTRY_BEAT, ENTRY_BYE,
		ENTRY_GONE, ENTRY_MARK, ENTRY_STATE, ENTRY_FRAME, ENTRY_LATE,
		ENTRY_TOLD};

	begin();
	for (size_t i = 0; i < COUNT(others); i++)
		CHECKF(!says(others[i], B, 7, 2), "kind %d", others[i]);
	CHECK(says(ENTRY_IN, B, 7, 2));
	CHECK(says(ENTRY_SETTINGS, B, 7, 3));
	CHECK(state(B) == HOST_COMING);
	CHECK(says(ENTRY_READY, B, 7, 4));
	CHECK(state(B) == HOST_PRESENT);
	for (size_t i = 0; i < COUNT(others); i++) {
		if (others[i] != ENTRY_BYE)
			CHECKF(says(others[i], B, 7, 5 + i - (i > 1)),
				"kind %d", others[i]);
	}
}

static void byes(void)
{
	struct hosts_verdict v;

	begin_with_both();
	empty();
	v = says_in(h.world, ENTRY_BYE, B, 7, 3);
	CHECK(v.accepted && v.out == B && !v.anew);
	CHECK(state(B) == HOST_OUT);
	/* A join that was on its way brings nobody. */
	CHECK(!says(ENTRY_IN, B, 7, 4));
	CHECK(!says(ENTRY_READY, B, 7, 4));
	CHECK(!hello(B, 7, 1).accepted);
	CHECK(hello(B, 8, 1).accepted);
}

static void gones(void)
{
	struct hosts_verdict v;

	begin_with_both();
	v = gone(A, 5, 2, B, 7, 1); /* it has been heard since */
	CHECK(v.accepted && v.out == 0 && state(B) == HOST_PRESENT);
	v = gone(A, 5, 3, B, 6, 2);
	CHECK(v.accepted && v.out == 0);
	v = gone(A, 5, 4, NOBODY_KNOWN, 7, 2);
	CHECK(v.accepted && v.out == 0);
	v = gone(A, 5, 6, B, 7, 2); /* behind a hole: it says nothing */
	CHECK(!v.accepted && v.out == 0 && state(B) == HOST_PRESENT);
	empty(); /* without a number */
	v = says_in(h.world, ENTRY_GONE, A, 5, 5);
	CHECK(v.accepted && v.out == 0);
	v = gone(A, 5, 6, B, 7, 2);
	CHECK(v.accepted && v.out == B && state(B) == HOST_OUT);
	v = gone(A, 5, 7, B, 7, 2); /* once is enough */
	CHECK(v.accepted && v.out == 0);
	CHECK(!says(ENTRY_IN, B, 7, 3));
	CHECK(!says(ENTRY_RESUME, B, 8, 1));
	/* One that dies as it comes. */
	CHECK(hello(B, 8, 1).accepted);
	v = gone(A, 5, 8, B, 8, 1);
	CHECK(v.out == B && state(B) == HOST_OUT);
}

static void names(void)
{
	const struct host *x;
	char longest[BUS_NAME_MAX + 1];

	begin();
	x = hosts_find(&h, B);
	CHECK(x->name_len == 1 && x->name[0] == 'b');
	memset(longest, 'n', sizeof longest);
	empty();
	entry_put_text(&out, longest, BUS_NAME_MAX);
	CHECK(says_in(0, ENTRY_HELLO, C, 1, 1).accepted);
	CHECK_EQ(hosts_find(&h, C)->name_len, BUS_NAME_MAX);
	/* What is no name is none; the entry counts everywhere. */
	empty();
	entry_put_text(&out, longest, BUS_NAME_MAX + 1);
	CHECK(says_in(0, ENTRY_HELLO, C, 2, 1).accepted);
	CHECK_EQ(hosts_find(&h, C)->name_len, 0);
	empty();
	entry_put_text(&out, "b\n", 2);
	CHECK(says_in(0, ENTRY_HELLO, C, 3, 1).accepted);
	CHECK_EQ(hosts_find(&h, C)->name_len, 0);
	empty();
	CHECK(says_in(0, ENTRY_HELLO, C, 4, 1).accepted);
	CHECK_EQ(hosts_find(&h, C)->name_len, 0);
}

static void too_many(void)
{
	begin(); /* two */
	for (uint64_t id = 1000; id < 1000 + HOSTS_MAX - 2; id++)
		CHECK(hello(id, 1, 1).accepted);
	CHECK(!hello(C, 1, 1).accepted);
	CHECK(hosts_find(&h, C) == NULL);
	CHECK(hello(1005, 2, 1).accepted); /* who is known has its place */
	/* One that is out leaves its place to another. */
	CHECK(gone(A, 5, 2, 1003, 1, 1).out == 1003);
	CHECK(hello(C, 1, 1).accepted);
	CHECK(hosts_find(&h, 1003) == NULL && state(C) == HOST_COMING);
	CHECK(!hello(1003, 2, 1).accepted);
}

static void ranks(void)
{
	begin_with_both();
	CHECK(hello(C, 1, 1).accepted);
	CHECK_EQ(hosts_present(&h), 2);
	CHECK_EQ(hosts_rank(&h, A), 0);
	CHECK_EQ(hosts_rank(&h, B), 1);
	CHECK_EQ(hosts_rank(&h, C), 2);
	CHECK(says(ENTRY_BYE, A, 5, 2));
	CHECK_EQ(hosts_rank(&h, B), 0);
}

/* --- at random -------------------------------------------------------------
 */

#define HISTORY 400
#define ACTORS  5

/* All that was accepted, in order. */
static struct accepted {
	enum entry_kind kind;
	uint64_t host, epoch, n, seq;
	uint64_t gone; /* whom it has put out */
} history[HISTORY];
static size_t nhistory;

/* Behind the last BASE, or the beginning. */
static size_t world_start(void)
{
	for (size_t i = nhistory; i-- > 0;) {
		if (history[i].kind == ENTRY_BASE)
			return i;
	}
	return 0;
}

static uint64_t world(void)
{
	size_t i = world_start();

	return nhistory > 0 && history[i].kind == ENTRY_BASE ? history[i].seq
							     : 0;
}

/* The last thing that a host has said in this world, or NULL. */
static const struct accepted *last_of(uint64_t host)
{
	for (size_t i = nhistory; i-- > world_start();) {
		if (history[i].host == host)
			return &history[i];
	}
	return NULL;
}

static enum host_state state_of(uint64_t host)
{
	for (size_t i = nhistory; i-- > world_start();) {
		const struct accepted *e = &history[i];

		if (e->gone == host)
			return HOST_OUT;
		if (e->host != host)
			continue;
		if (e->kind == ENTRY_BYE)
			return HOST_OUT;
		if (e->kind == ENTRY_BASE || e->kind == ENTRY_READY)
			return HOST_PRESENT;
		if (e->kind == ENTRY_HELLO)
			return HOST_COMING;
	}
	return HOST_OUT;
}

/* What somebody says, and whom or what it names. */
struct saying {
	struct accepted e;
	uint64_t world, seen;
	struct accepted names;
};

static bool may_say(const struct saying *s)
{
	const struct accepted *e = &s->e, *last = last_of(e->host);

	switch (e->kind) {
	case ENTRY_HELLO:
		return e->host != 0 && e->n == 1 &&
		       (last == NULL || e->epoch > last->epoch);
	case ENTRY_BASE:
		return e->host != 0 && e->n == 1 && e->seq == s->seen + 1;
	case ENTRY_RESUME:
		return world() != 0 && s->world == world() && e->n == 1 &&
		       state_of(e->host) == HOST_PRESENT &&
		       e->epoch > last->epoch;
	default:
		break;
	}
	if (world() == 0 || s->world != world() || last == NULL ||
		e->epoch != last->epoch || e->n != last->n + 1)
		return false;
	if (e->kind == ENTRY_IN || e->kind == ENTRY_READY ||
		e->kind == ENTRY_SETTINGS)
		return state_of(e->host) != HOST_OUT;
	return state_of(e->host) == HOST_PRESENT;
}

/* Adds it to the history: whose users are put out. */
static uint64_t accept(struct saying *s)
{
	struct accepted *e = &s->e;
	const struct accepted *last;
	uint64_t put_out = 0;

	if (e->kind == ENTRY_HELLO || e->kind == ENTRY_BYE)
		put_out = e->host;
	/* A host that puts itself out has just said something. */
	last = s->names.host == e->host ? e : last_of(s->names.host);
	if (e->kind == ENTRY_GONE && last != NULL &&
		state_of(s->names.host) != HOST_OUT &&
		last->epoch == s->names.epoch && last->n == s->names.n)
		put_out = e->gone = s->names.host;
	history[nhistory++] = *e;
	return put_out;
}

static uint64_t actor(void)
{
	return chance(50) == 0 ? chance(2) * NOBODY_KNOWN : 1 + chance(ACTORS);
}

/* Mostly what could be accepted. */
static struct saying something(void)
{
	static const enum entry_kind kinds[] = {ENTRY_HELLO, ENTRY_BASE,
		ENTRY_RESUME, ENTRY_GONE, ENTRY_BEAT, ENTRY_BYE, ENTRY_READY,
		ENTRY_READY, ENTRY_MARK, ENTRY_STATE, ENTRY_IN, ENTRY_FRAME,
		ENTRY_FRAME, ENTRY_LATE, ENTRY_SETTINGS, ENTRY_TOLD};
	struct saying s = {.e.kind = kinds[chance(COUNT(kinds))],
		.e.host = actor(),
		.names.host = actor(),
		.world = world() + (chance(20) == 0)};
	const struct accepted *last = last_of(s.e.host),
			      *other = last_of(s.names.host);
	bool first = s.e.kind == ENTRY_HELLO || s.e.kind == ENTRY_BASE ||
		     s.e.kind == ENTRY_RESUME;

	if (s.e.kind == ENTRY_BASE && chance(8) != 0)
		s.e.kind = ENTRY_BEAT;
	seq += 1 + chance(10) / 9;
	s.e.seq = seq;
	s.seen = seq - 1 - (chance(4) == 0);
	s.e.epoch = (last != NULL ? last->epoch : 3) + first;
	s.e.n = first || last == NULL ? 1 : last->n + 1;
	if (chance(8) == 0)
		s.e.epoch += chance(3) - 1;
	if (chance(8) == 0)
		s.e.n += chance(3) - 1;
	s.names.epoch = other != NULL ? other->epoch : 0;
	s.names.n = other != NULL ? other->n + (chance(3) == 0) : 0;
	return s;
}

static void put_body(const struct saying *s)
{
	empty();
	if (s->e.kind == ENTRY_BASE)
		entry_put_u64(&out, s->seen);
	if (s->e.kind == ENTRY_GONE) {
		entry_put_u64(&out, s->names.host);
		entry_put_u64(&out, s->names.epoch);
		entry_put_u64(&out, s->names.n);
	}
}

static void compare(void)
{
	uint32_t present = 0;

	CHECK_EQ(h.world, world());
	for (uint64_t host = 1; host <= ACTORS; host++) {
		const struct accepted *last = last_of(host);
		const struct host *x = hosts_find(&h, host);

		CHECK((last == NULL) == (x == NULL));
		CHECK_EQ(hosts_rank(&h, host), present);
		present += state_of(host) == HOST_PRESENT;
		if (x == NULL)
			continue;
		CHECK_EQ(x->state, state_of(host));
		CHECK_EQ(x->epoch, last->epoch);
		CHECK_EQ(x->n, last->n);
	}
	CHECK_EQ(hosts_present(&h),
		present + (state_of(NOBODY_KNOWN) == HOST_PRESENT));
}

static unsigned int accepted_of[ENTRY_KINDS], refused_of[ENTRY_KINDS], ended;

static void step(void)
{
	struct saying s = something();
	bool want = may_say(&s);
	struct hosts before = h;
	struct hosts_verdict v;
	uint64_t put_out = 0;
	struct entry_head e = {.kind = (uint8_t)s.e.kind,
		.host = s.e.host,
		.world = s.world,
		.epoch = s.e.epoch,
		.n = s.e.n};

	put_body(&s);
	v = hosts_accept(&h, &e, s.e.seq, body, (size_t)(out.p - body));
	CHECKF(v.accepted == want, "kind %d", s.e.kind);
	accepted_of[s.e.kind] += want;
	refused_of[s.e.kind] += !want;
	if (!want) {
		CHECK(memcmp(&h, &before, sizeof h) == 0);
		CHECK(!v.anew && v.out == 0);
		return;
	}
	put_out = accept(&s);
	ended += s.e.kind == ENTRY_GONE && put_out != 0;
	CHECK_EQ(v.out, put_out);
	CHECK(v.anew == (s.e.kind == ENTRY_BASE));
	compare();
}

static void at_random(void)
{
	for (int round = 0; round < 400 && !UNIT_FAILED; round++) {
		memset(&h, 0, sizeof h);
		nhistory = 0;
		seq = chance(3) * 1000;
		while (nhistory < HISTORY && !UNIT_FAILED)
			step();
	}
	for (int kind = 1; kind < ENTRY_KINDS && !UNIT_FAILED; kind++)
		CHECKF(accepted_of[kind] > 100 && refused_of[kind] > 100,
			"kind %d: %u, %u", kind, accepted_of[kind],
			refused_of[kind]);
	CHECK(ended > 100);
}

/* --- the way through an entry ----------------------------------------------
 */

static char bytes[sizeof(struct hosts)];

static size_t put(const struct hosts *from)
{
	struct entry_out o = {bytes, bytes + sizeof bytes, false};

	hosts_put(from, &o);
	return o.bad ? 0 : (size_t)(o.p - bytes);
}

static bool take(struct hosts *to, size_t n)
{
	struct entry_in i = {bytes, bytes + n, false};

	return hosts_take(to, &i) && i.p == i.end;
}

/* Every place taken, by every state. */
static void fill(void)
{
	memset(&h, 0, sizeof h);
	h.world = 77;
	for (uint32_t i = 0; i < HOSTS_MAX; i++) {
		struct host *x = &h.host[i];

		*x = (struct host){.id = 1000 + i,
			.epoch = UINT64_MAX - i,
			.n = i,
			.state = (uint8_t)(i % (HOST_PRESENT + 1)),
			.name_len = (uint8_t)(i + 1)};
		memset(x->name, 'a' + (int)i % 26, x->name_len);
	}
}

static void round_trip(void)
{
	struct hosts got;
	size_t n;

	fill();
	n = put(&h);
	CHECK(n > 0 && take(&got, n));
	CHECK(memcmp(&got, &h, sizeof h) == 0);
	h.host[3] = (struct host){0}; /* a free place */
	n = put(&h);
	CHECK(take(&got, n) && memcmp(&got, &h, sizeof h) == 0);
	for (size_t cut = 0; cut < n; cut++)
		CHECKF(!take(&got, cut), "%zu of %zu bytes", cut, n);
}

/* What no host would have written. */
static void damaged(void)
{
	struct hosts got;

	fill();
	h.world = 0;
	CHECK(!take(&got, put(&h)));
	fill();
	h.host[5].state = HOST_PRESENT + 1;
	CHECK(!take(&got, put(&h)));
	fill();
	h.host[5].name_len = BUS_NAME_MAX + 1;
	CHECK(!take(&got, put(&h)));
	fill();
	h.host[5].name[0] = '\n';
	CHECK(!take(&got, put(&h)));
	fill();
	h.host[5].id = h.host[9].id; /* twice */
	CHECK(!take(&got, put(&h)));
}

int main(void)
{
	RUN(nothing_before, "before a world begins, only HELLO and BASE count");
	RUN(hellos, "HELLO: of a new epoch, and puts its host out");
	RUN(bases, "BASE: where nothing was appended, and begins a world");
	RUN(resumes, "RESUME: of a host that is present, in a new epoch");
	RUN(numbers, "all else: of the world, of the epoch, the next number");
	RUN(coming, "a host that is coming may but bring its users");
	RUN(byes, "BYE: nothing more but a HELLO");
	RUN(gones, "GONE: of a host not heard since, and only then");
	RUN(names, "names of hosts, as far as they are names");
	RUN(too_many, "a host too many; one that is out makes room");
	RUN(ranks, "ranks among those that are present");
	RUN(at_random, "random entries, as a slow model has it");
	RUN(round_trip, "hosts through an entry, whole or not at all");
	RUN(damaged, "hosts that no host would have written");
	return unit_end();
}
