/* SPDX-License-Identifier: MIT */
/* Prints counters.
 * Runs in: a process of its own, with none of the server's memory. */
#include "server/tools/counter.h"

#include <inttypes.h>
#include <stdio.h>

void counter_table(const struct counter *c)
{
	printf("%-24s %12" PRIu64 "  %s\n", c->name, c->value, c->help);
}

void counter_json(const struct counter *c)
{
	printf(",\"%s\":%" PRIu64, c->name, c->value);
}

void counter_metric(const struct counter *c)
{
	printf("# HELP chatserver_%s %s\n"
	       "# TYPE chatserver_%s %s\n"
	       "chatserver_%s %" PRIu64 "\n",
		c->name, c->help, c->name, c->gauge ? "gauge" : "counter",
		c->name, c->value);
}
