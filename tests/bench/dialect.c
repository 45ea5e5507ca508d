/* SPDX-License-Identifier: MIT */
/* The languages that the load generator speaks, by name.
 * Runs in: bench. */
#include "tests/bench/dialect.h"

const struct dialect *dialect_named(const char *name)
{
	static const struct dialect *const all[] = {&dialect_text,
		&dialect_events, &dialect_plain, &dialect_irc, &dialect_redis,
		&dialect_nats};

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		if (strcmp(all[i]->name, name) == 0)
			return all[i];
	return NULL;
}
