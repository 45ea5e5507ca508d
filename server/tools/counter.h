/* SPDX-License-Identifier: MIT */
/* The counters of --status, in each of its forms. */
#ifndef SERVER_TOOLS_COUNTER_H
#define SERVER_TOOLS_COUNTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct counter {
	const char *name, *help;
	uint64_t value;
	bool gauge; /* it can become less */
};

void counter_table(const struct counter *c);

/* A comma in front: another member of an object. */
void counter_json(const struct counter *c);

/* The text format 0.0.4 of Prometheus. */
void counter_metric(const struct counter *c);

#endif
