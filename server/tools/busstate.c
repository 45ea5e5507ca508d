/* SPDX-License-Identifier: MIT */
/* Prints what struct status says of the bus.
 * Runs in: a process of its own, with none of the server's memory. */
#include "server/tools/busstate.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>

#include "server/tools/printed.h"

struct counter {
	const char *name, *help;
	uint64_t value;
	bool gauge;
};

#define COUNTERS 8

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
	};

	for (size_t i = 0; i < COUNTERS; i++)
		c[i] = all[i];
}

void busstate_line(const struct status *s)
{
	if (has_bus(s))
		printf("bus: %s%s\n",
			is_up(s) ? "connected to " : "not connected: ",
			words(s));
}

void busstate_table(const struct status *s)
{
	struct counter c[COUNTERS];

	get_counters(s, c);
	for (size_t i = 0; i < COUNTERS && has_bus(s); i++)
		printf("%-24s %12" PRIu64 "  %s\n", c[i].name, c[i].value,
			c[i].help);
}

void busstate_json(const struct status *s)
{
	struct counter c[COUNTERS];

	if (!has_bus(s))
		return;
	fputs(",\"bus\":", stdout);
	printed_string(words(s));
	get_counters(s, c);
	for (size_t i = 0; i < COUNTERS; i++)
		printf(",\"%s\":%" PRIu64, c[i].name, c[i].value);
}

void busstate_metrics(const struct status *s)
{
	struct counter c[COUNTERS];

	get_counters(s, c);
	for (size_t i = 0; i < COUNTERS && has_bus(s); i++)
		printf("# HELP chatserver_%s %s\n"
		       "# TYPE chatserver_%s %s\n"
		       "chatserver_%s %" PRIu64 "\n",
			c[i].name, c[i].help, c[i].name,
			c[i].gauge ? "gauge" : "counter", c[i].name,
			c[i].value);
}
