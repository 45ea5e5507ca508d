/* SPDX-License-Identifier: MIT */
/* Prints what struct status says of the bus and of the hosts.
 * Runs in: a process of its own, with none of the server's memory. */
#include "server/tools/busstate.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "ipc/common/age.h"
#include "ipc/common/clock.h"
#include "server/tools/counter.h"
#include "server/tools/printed.h"

#define COUNTERS 13

static bool is_up(const struct status *s)
{
	return atomic_load(&s->bus_pid) != 0 && atomic_load(&s->bus_up) != 0;
}

/* What the bus says of its connection; "": there is no bus. */
static const char *words(const struct status *s)
{
	static char clean[PRINTED_SIZE(STATUS_BUS_MAX)];

	return printed_clean(clean,
		s->bus_texts[atomic_load(&s->bus_text) != 0], STATUS_BUS_MAX);
}

static bool has_bus(const struct status *s)
{
	return words(s)[0] != '\0';
}

static uint64_t value(const _Atomic uint64_t *counter)
{
	return atomic_load_explicit(counter, memory_order_relaxed);
}

struct shown_host {
	char name[PRINTED_SIZE(BUS_NAME_MAX)];
	const char *state;
	uint32_t users;
};

/* False where there is none of this number. */
static bool get_host(
	const struct status *s, uint32_t number, struct shown_host *h)
{
	static const char *const states[] = {
		[STATUS_HOST_OUT] = "out",
		[STATUS_HOST_COMING] = "coming",
		[STATUS_HOST_HERE] = "here",
	};
	const struct status_host *from = &s->hosts[number];
	uint8_t state = atomic_load(&from->state);

	if (state == STATUS_HOST_NONE || state > STATUS_HOST_HERE)
		return false;
	printed_clean(h->name, from->name,
		from->name_len < BUS_NAME_MAX ? from->name_len : BUS_NAME_MAX);
	h->state = states[state];
	h->users = atomic_load(&from->users);
	return true;
}

static uint64_t hosts_here(const struct status *s)
{
	uint64_t n = 0;

	for (uint32_t i = 0; i < HOSTS_MAX; i++)
		n += atomic_load(&s->hosts[i].state) == STATUS_HOST_HERE;
	return n;
}

const char *busstate_host_of(const struct status *s, uint32_t slot)
{
	static struct shown_host h;
	uint64_t number = value(&s->lag[slot]);

	if (number == 0 || number >= HOSTS_MAX ||
		!get_host(s, (uint32_t)number, &h))
		return "";
	return h.name;
}

static const char *phase(const struct status *s)
{
	switch (atomic_load(&s->phase)) {
	case STATUS_TOGETHER:
		return "together";
	case STATUS_JOINING:
		return "joining";
	default:
		return "alone";
	}
}

/* Since when it is not together, in seconds; 0: it is. */
static uint64_t alone_s(const struct status *s)
{
	int64_t then = atomic_load(&s->alone_ms), now = clock_wall_ms();

	return then > 0 && then < now ? (uint64_t)(now - then) / 1000 : 0;
}

/* Entries that the engine has and this host has not judged yet. */
static uint64_t lag(const struct status *s)
{
	uint64_t end = value(&s->bus_end), read = value(&s->read);

	return end > read ? end - read : 0;
}

static void get_counters(const struct status *s, struct counter *c)
{
	const struct counter all[COUNTERS] = {
		{"bus_up", "whether the bus is connected", is_up(s), true},
		{"bus_connects_total", "connections of the bus that served",
			value(&s->bus_connects), false},
		{"bus_restarts_total", "restarts of the bus",
			value(&s->bus_restarts), false},
		{"bus_received_total", "entries and messages from the bus",
			value(&s->bus_received), false},
		{"bus_received_bytes_total", "their bytes",
			value(&s->bus_received_bytes), false},
		{"bus_sent_total", "entries and messages to the bus",
			value(&s->bus_sent), false},
		{"bus_sent_bytes_total", "their bytes",
			value(&s->bus_sent_bytes), false},
		{"bus_sequence", "number of the last entry from the bus",
			value(&s->bus_last), true},
		{"bus_lag", "entries of the stream not performed here yet",
			lag(s), true},
		{"bus_unsent", "own entries that are not back yet",
			value(&s->unsent), true},
		{"bus_unsent_bytes", "their bytes", value(&s->unsent_bytes),
			true},
		{"hosts_here", "hosts that are here, with this one",
			hosts_here(s), true},
		{"remote_users", "users of other hosts",
			atomic_load(&s->remote_users), true},
	};

	for (size_t i = 0; i < COUNTERS; i++)
		c[i] = all[i];
}

void busstate_line(const struct status *s)
{
	struct age age = age_of((int64_t)alone_s(s) * 1000, 2);

	if (!has_bus(s))
		return;
	printf("bus: %s%s\n",
		is_up(s) ? "connected to " : "not connected: ", words(s));
	if (atomic_load(&s->phase) == STATUS_TOGETHER)
		printf("hosts: together, %" PRIu64 " here\n", hosts_here(s));
	else
		printf("hosts: %s, for %" PRIu64 " %s\n", phase(s), age.n,
			age.unit);
}

static void print_hosts(const struct status *s)
{
	struct shown_host h;

	/* No name has a blank. */
	printf("\n%8s  %-8s  %s\n", "USERS", "STATE", "HOST");
	for (uint32_t i = 0; i < HOSTS_MAX; i++) {
		if (get_host(s, i, &h))
			printf("%8u  %-8s  %s\n", h.users, h.state, h.name);
	}
}

void busstate_table(const struct status *s)
{
	struct counter c[COUNTERS];

	if (!has_bus(s))
		return;
	get_counters(s, c);
	for (size_t i = 0; i < COUNTERS; i++)
		counter_table(&c[i]);
	print_hosts(s);
}

void busstate_json(const struct status *s)
{
	struct counter c[COUNTERS];
	struct shown_host h;

	if (!has_bus(s))
		return;
	fputs(",\"bus\":", stdout);
	printed_string(words(s));
	get_counters(s, c);
	for (size_t i = 0; i < COUNTERS; i++)
		counter_json(&c[i]);
	printf(",\"hosts_phase\":\"%s\",\"alone_s\":%" PRIu64 ",\"hosts\":[",
		phase(s), alone_s(s));
	for (uint32_t i = 0; i < HOSTS_MAX; i++) {
		if (!get_host(s, i, &h))
			continue;
		printf("%s\n{\"name\":", i == 0 ? "" : ",");
		printed_string(h.name);
		printf(",\"state\":\"%s\",\"users\":%u}", h.state, h.users);
	}
	putchar(']');
}

/* There are few hosts, and their names are an administrator's. */
static void print_host_metric(const struct status *s, const char *name,
	const char *help, uint32_t (*get)(const struct shown_host *))
{
	struct shown_host h;

	printf("# HELP chatserver_%s %s\n"
	       "# TYPE chatserver_%s gauge\n",
		name, help, name);
	for (uint32_t i = 0; i < HOSTS_MAX; i++) {
		if (!get_host(s, i, &h))
			continue;
		printf("chatserver_%s{host=", name);
		printed_string(h.name);
		printf("} %u\n", get(&h));
	}
}

static uint32_t get_users(const struct shown_host *h)
{
	return h->users;
}

static uint32_t get_here(const struct shown_host *h)
{
	return strcmp(h->state, "here") == 0;
}

void busstate_metrics(const struct status *s)
{
	struct counter c[COUNTERS];

	if (!has_bus(s))
		return;
	get_counters(s, c);
	for (size_t i = 0; i < COUNTERS; i++)
		counter_metric(&c[i]);
	printf("# HELP chatserver_together whether the hosts are one chat\n"
	       "# TYPE chatserver_together gauge\n"
	       "chatserver_together %d\n",
		atomic_load(&s->phase) == STATUS_TOGETHER);
	print_host_metric(s, "host_users", "users of the host", get_users);
	print_host_metric(s, "host_here", "whether the host is here", get_here);
}
