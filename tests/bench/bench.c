/* SPDX-License-Identifier: MIT */
/* Loads a chat server and measures it.
 * Runs in: a test program, beside a server that nobody else uses.
 *
 * usage: bench [-n CLIENTS] [-s SENDERS] [-w WINDOW] [-t SECONDS] [-r RATE]
 *              [-q PENDING] [-R ROOMS] [-k] DIALECT PORT[,PORT]...
 *              PID[,PID]... [VERB]...
 *
 * Clients are of the ports in turn, each a host of one chat.  The processes are
 * those whose usage is measured, with all below them; more than one where there
 * are several hosts, or an engine behind them.  -k tells their kinds apart.
 *
 * With -R each client is in one of so many rooms, and each room has so many
 * SENDERS.
 *
 * Connects, does what the verbs say in their order, and prints a KEY=VALUE
 * line for each figure.  Ends with 1 where a delivery was lost, doubled or out
 * of order, or a client was not let in. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "tests/bench/phases.h"
#include "tests/stress/stress.h"

#define CLIENTS_MAX   60000
#define SPARE_FILES   64
#define ARGUMENTS_MIN 3

static const char usage[] =
	"[-n CLIENTS] [-s SENDERS] [-w WINDOW] [-t SECONDS] [-r RATE] "
	"[-q PENDING] [-R ROOMS] [-k] " DIALECT_NAMES
	" PORT[,PORT]... PID[,PID]... "
	"[throughput|latency|reach|who|newcomers|leave]...";

static const struct verb {
	const char *name;
	bool (*phase)(struct bench *b);
} verbs[] = {
	{"throughput", phase_throughput},
	{"latency", phase_latency},
	{"reach", phase_reach},
	{"who", phase_who},
	{"newcomers", phase_newcomers},
	{"leave", phase_leave},
};

static const struct verb *find(const char *name)
{
	for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++)
		if (strcmp(verbs[i].name, name) == 0)
			return &verbs[i];
	stress_usage(usage);
}

/* --- the command line ---------------------------------------------------- */

/* At least two clients: one talks, another hears it. */
static bool take_option(struct options *o, int letter, const char *value)
{
	switch (letter) {
	case 'n':
		return stress_number(value, 2, CLIENTS_MAX, &o->clients);
	case 's':
		return stress_number(value, 1, SENDERS_MAX, &o->senders);
	case 'w':
		return stress_number(value, 1, 256, &o->window);
	case 't':
		return stress_number(value, 1, 3600, &o->seconds);
	case 'r':
		return stress_number(value, 1, 1000000, &o->rate);
	case 'R':
		return stress_number(value, 1, ROOMS_MAX, &o->rooms);
	case 'q':
		return stress_number(value, 1, CLIENTS_MAX, &o->pending);
	case 'k':
		o->kinds = true;
		return true;
	default:
		return false;
	}
}

static bool take_port(struct options *o, uint64_t port)
{
	if (o->hosts.n == HOSTS_MAX || port > UINT16_MAX)
		return false;
	o->hosts.ports[o->hosts.n++] = (uint16_t)port;
	return true;
}

static bool take_process(struct options *o, uint64_t pid)
{
	if (o->servers.n == SERVERS_MAX)
		return false;
	o->servers.pids[o->servers.n++] = stress_server(pid);
	return true;
}

/* Numbers with commas between them. */
static bool take_list(struct options *o, char *list,
	bool (*take)(struct options *o, uint64_t number))
{
	char *one, *rest = list;
	uint64_t number;

	while ((one = strsep(&rest, ",")) != NULL)
		if (!stress_number(one, 1, INT32_MAX, &number) ||
			!take(o, number))
			return false;
	return true;
}

/* Rooms of one size each, and hosts of one size each, but not both. */
static bool divides(const struct options *o)
{
	if (o->hosts.n > 1)
		return o->rooms == 0 && o->clients % o->hosts.n == 0;
	return o->rooms == 0 ||
	       (o->clients % o->rooms == 0 && o->clients >= 2 * o->rooms &&
		       o->senders * o->rooms <= SENDERS_ALL &&
		       o->dialect->enter != NULL);
}

static void take_options(struct options *o, int argc, char **argv)
{
	int letter;

	*o = (struct options){.clients = 100,
		.senders = 10,
		.window = 16,
		.seconds = 5,
		.rate = 20,
		.pending = 1000};
	while ((letter = getopt(argc, argv, "n:s:w:t:r:q:R:k")) != -1)
		if (!take_option(o, letter, optarg))
			stress_usage(usage);
	if (argc - optind < ARGUMENTS_MIN)
		stress_usage(usage);
	o->dialect = dialect_named(argv[optind]);
	if (o->dialect == NULL || !take_list(o, argv[optind + 1], take_port) ||
		!take_list(o, argv[optind + 2], take_process) || !divides(o))
		stress_usage(usage);
	optind += ARGUMENTS_MIN;
	for (int i = optind; i < argc; i++)
		find(argv[i]);
}

static void allow_files(rlim_t n)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) == -1)
		stress_fail("getrlimit: %s", strerror(errno));
	if (limit.rlim_cur >= n)
		return;
	limit.rlim_cur = n;
	if (limit.rlim_max < n)
		limit.rlim_max = n;
	if (setrlimit(RLIMIT_NOFILE, &limit) == -1)
		stress_fail("%llu open files are not allowed: %s",
			(unsigned long long)n, strerror(errno));
}

/* --- measuring ----------------------------------------------------------- */

static bool measure(struct bench *b, char **names)
{
	bool good = phase_connect(b);

	for (; good && *names != NULL; names++)
		good = find(*names)->phase(b);
	good &= tally_good(&b->tally);
	printf("checked=%" PRIu64 "\nlost=%" PRIu64 "\ndoubled=%" PRIu64
	       "\ntroubles=%" PRIu64 "\n",
		b->tally.heard, b->tally.lost, b->tally.doubled,
		b->swarm.troubles);
	return good && b->swarm.troubles == 0;
}

int main(int argc, char **argv)
{
	static struct bench b;
	size_t all;
	bool good;

	take_options(&b.options, argc, argv);
	all = b.options.clients + NEWCOMERS;
	allow_files(all + SPARE_FILES);
	swarm_init(&b.swarm, b.options.dialect, &b.options.hosts, all);
	b.swarm.rooms = (size_t)b.options.rooms;
	tally_init(&b.tally, &b.swarm, b.options.clients, b.options.senders);
	good = measure(&b, argv + optind);
	tally_free(&b.tally);
	swarm_free(&b.swarm);
	return good ? 0 : 1;
}
