/* SPDX-License-Identifier: MIT */
/* How late do the lines of talkers come, with and without a noisy neighbour?
 * Runs in: a test program, beside a server with the default --rate and no
 * other users.
 *
 * Three phases on one server: quiet, noisy, quiet again.  The noise is one
 * flooder who sends without a pause, or 50 readers who never read.  A line's
 * latency is from when it is handed to the socket until each other talker has
 * it, this program's own delays included.  No figure makes it fail; a line
 * that is lost, doubled or out of order does. */
#include <arpa/inet.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "tests/stress/crowd.h"
#include "tests/stress/delays.h"
#include "tests/stress/ledger.h"
#include "tests/stress/procs.h"
#include "tests/stress/stress.h"

enum {
	TALKERS = 20, /* the first people */
	STALLED = 50, /* the most noise there is */
	PEOPLE = TALKERS + STALLED,
	SENT_KEPT = 1024, /* lines of each talker: minutes */
};

enum phase {
	PHASE_BEFORE,
	PHASE_NOISE,
	PHASE_AFTER,
	PHASES,
	PHASE_NONE, /* between two: not measured */
};

#define TALK_EVERY  (250 * MS) /* within the default --rate */
#define SETTLE_TIME (1 * S)
#define STALL_TIME  (10 * S)
#define FLOOD_CHUNK 65536 /* kept ready to be sent */
#define PAD         "~"   /* where a line's padding begins */
#define PAD_LENGTH  800   /* fills the buffers of those who do not read */
#define SECONDS_MAX 3600

struct sent {
	uint64_t at;
	enum phase phase;
};

struct talker {
	uint64_t next; /* when it talks */
	uint32_t said;
	struct sent sent[SENT_KEPT]; /* a ring, by number */
};

struct latency {
	struct crowd crowd;
	struct ledger ledger;
	struct dice dice;
	struct talker talkers[TALKERS];
	struct delays delays[PHASES];
	enum phase phase;
	bool flood;
	size_t noise;         /* how many people make it */
	unsigned long online; /* as last told */
	unsigned long ended;  /* stalled readers whom the server sent away */
	bool slowed;          /* the flooder has been told */
	char pad[PAD_LENGTH + 1];
};

static struct person *person(struct latency *l, size_t id)
{
	return &l->crowd.people[id];
}

/* --- what is heard ------------------------------------------------------- */

static void hear_line(struct latency *l, struct person *p, const char *text)
{
	const struct sent *sent;
	char line[LEDGER_LINE];
	uint32_t number;
	size_t sender;

	snprintf(line, sizeof(line), "%.*s", (int)strcspn(text, PAD), text);
	if (!ledger_check(&l->ledger, p->id, line))
		return;
	ledger_read(&l->ledger, line, &sender, &number);
	sent = &l->talkers[sender].sent[number % SENT_KEPT];
	if (sender != p->id && sent->phase != PHASE_NONE)
		delays_add(&l->delays[sent->phase], stress_now() - sent->at);
}

static void on_heard(void *context, struct person *p, const struct heard *h)
{
	struct latency *l = context;

	if (p->id >= TALKERS) {
		l->slowed |= h->kind == HEARD_ERROR &&
			     strstr(h->text, "slow down") != NULL;
		return;
	}
	if (h->kind == HEARD_ERROR)
		stress_fail("%s was told: %s", p->name, h->text);
	if (p->id == 0 && (h->kind == HEARD_JOIN || h->kind == HEARD_LEAVE))
		l->online = strtoul(h->text, NULL, 10);
	if (h->kind == HEARD_PUBLIC)
		hear_line(l, p, h->text);
}

static void on_end(void *context, struct person *p, const char *why)
{
	struct latency *l = context;

	if (p->id < TALKERS)
		stress_fail("%s lost its connection: %s", p->name, why);
	if (l->flood)
		stress_fail("the flooder lost its connection: %s", why);
}

/* --- what happens -------------------------------------------------------- */

static void talk(struct latency *l, size_t i)
{
	struct talker *t = &l->talkers[i];
	char line[LEDGER_LINE];

	t->sent[t->said % SENT_KEPT] =
		(struct sent){.at = stress_now(), .phase = l->phase};
	ledger_write(&l->ledger, line, i, t->said++);
	crowd_say(person(l, i), "%s%s", line, l->pad);
	t->next += TALK_EVERY;
}

/* There is always more to send than the server takes. */
static void flood(struct person *p)
{
	while (p->fd != -1 && p->out_length - p->out_start < FLOOD_CHUNK)
		crowd_say(p, "flood");
}

static void live(struct latency *l, uint64_t until)
{
	for (size_t i = 0; i < TALKERS; i++)
		if (l->talkers[i].next < until)
			until = l->talkers[i].next;
	crowd_turn(&l->crowd, until);
	for (size_t i = 0; i < TALKERS; i++)
		if (stress_now() >= l->talkers[i].next)
			talk(l, i);
	if (l->flood && l->noise > 0)
		flood(person(l, TALKERS));
}

static void live_until(struct latency *l, uint64_t until)
{
	while (stress_now() < until)
		live(l, until);
}

/* Until it has been told that so many are online. */
static void await_online(struct latency *l, unsigned long n)
{
	uint64_t until = stress_now() + STALL_TIME;

	while (l->online != n) {
		if (stress_now() > until)
			stress_fail("%lu are online, not %lu", l->online, n);
		live(l, until);
	}
}

static void begin_noise(struct latency *l)
{
	l->noise = l->flood ? 1 : STALLED;
	for (size_t i = 0; i < l->noise; i++) {
		struct person *p = person(l, TALKERS + i);
		p->never_reads = !l->flood;
		crowd_connect(&l->crowd, p, 0);
	}
	await_online(l, TALKERS + l->noise);
}

static bool is_stalled(const struct latency *l, const struct person *p)
{
	struct sockaddr_in own = {0};
	socklen_t size = sizeof(own);

	return p->fd != -1 &&
	       getsockname(p->fd, (struct sockaddr *)&own, &size) == 0 &&
	       procs_blocked(l->crowd.port, ntohs(own.sin_port));
}

/* Was it noise at all? */
static void check_noise(struct latency *l)
{
	size_t full = 0;

	l->ended = TALKERS + l->noise - l->online;
	if (l->flood && !l->slowed)
		stress_fail("the flooder was never told to slow down");
	if (l->flood)
		return;
	for (size_t i = 0; i < l->noise; i++)
		full += is_stalled(l, person(l, TALKERS + i));
	printf("%zu stalled readers: for %zu the server's socket is full, "
	       "%lu were sent away\n",
		l->noise, full, l->ended);
	if (full + l->ended < l->noise)
		stress_fail("not all readers are stalled");
}

static void end_noise(struct latency *l)
{
	for (size_t i = 0; i < l->noise; i++)
		crowd_close(person(l, TALKERS + i), true);
	l->noise = 0;
	await_online(l, TALKERS);
}

static void measure(struct latency *l, enum phase phase, uint64_t seconds)
{
	live_until(l, stress_now() + SETTLE_TIME);
	l->phase = phase;
	live_until(l, stress_now() + seconds * S);
	l->phase = PHASE_NONE;
}

static bool heard_all(const struct latency *l)
{
	for (size_t i = 0; i < TALKERS; i++)
		for (size_t sender = 0; sender < TALKERS; sender++)
			if (ledger_count(&l->ledger, i, sender) <
				l->talkers[sender].said)
				return false;
	return true;
}

static void hear_out(struct latency *l)
{
	uint64_t until = stress_now() + STALL_TIME;

	while (!heard_all(l)) {
		if (stress_now() > until)
			stress_fail("lines were lost");
		crowd_turn(&l->crowd, until);
	}
}

/* --- what it came to ----------------------------------------------------- */

static void report_all(struct latency *l)
{
	static const char *const names[] = {"quiet", "noise", "quiet"};
	uint64_t p99[PHASES], quiet;

	for (size_t i = 0; i < PHASES; i++)
		p99[i] = delays_report(&l->delays[i], names[i]);
	quiet = p99[PHASE_BEFORE] < p99[PHASE_AFTER] ? p99[PHASE_BEFORE]
						     : p99[PHASE_AFTER];
	printf("p99 in noise is %.2f times that of the better quiet phase\n",
		(double)p99[PHASE_NOISE] / (double)quiet);
}

/* --- beginning and end --------------------------------------------------- */

static void begin(struct latency *l, uint16_t port)
{
	uint64_t now;

	l->phase = PHASE_NONE;
	memset(l->pad, PAD[0], PAD_LENGTH);
	l->dice.state = dice_seed();
	crowd_init(&l->crowd, port, PEOPLE);
	l->crowd.on_heard = on_heard;
	l->crowd.on_end = on_end;
	l->crowd.context = l;
	ledger_init(&l->ledger, dice_seed(), TALKERS, TALKERS);
	crowd_gather(&l->crowd, 0, TALKERS, "talker", crowd_mixed,
		stress_now() + STALL_TIME);
	now = stress_now();
	for (size_t i = 0; i < TALKERS; i++)
		l->talkers[i].next = now + dice_below(&l->dice, TALK_EVERY);
}

static void end(struct latency *l)
{
	for (size_t i = 0; i < PHASES; i++)
		delays_free(&l->delays[i]);
	crowd_free(&l->crowd);
	ledger_free(&l->ledger);
}

int main(int argc, char **argv)
{
	static struct latency l;
	uint64_t port, seconds;

	if (argc != 4 || !stress_number(argv[1], 1, UINT16_MAX, &port) ||
		!stress_number(argv[2], 1, SECONDS_MAX, &seconds) ||
		(strcmp(argv[3], "flood") != 0 &&
			strcmp(argv[3], "stalled") != 0))
		stress_usage("PORT SECONDS flood|stalled");
	l.flood = strcmp(argv[3], "flood") == 0;

	begin(&l, (uint16_t)port);
	measure(&l, PHASE_BEFORE, seconds);
	begin_noise(&l);
	measure(&l, PHASE_NOISE, seconds);
	check_noise(&l);
	end_noise(&l);
	measure(&l, PHASE_AFTER, seconds);
	hear_out(&l);
	report_all(&l);
	printf("%" PRIu64 " lines checked, none lost\n", l.ledger.checked);
	end(&l);
	return 0;
}
