/* SPDX-License-Identifier: MIT */
/* People come, and get their names.
 * Runs in: any test program. */
#include <stdio.h>
#include <string.h>

#include "tests/stress/crowd.h"
#include "tests/stress/stress.h"

static bool all_named(
	struct crowd *c, size_t first, size_t n, const char *prefix)
{
	char name[CROWD_NAME];

	for (size_t i = 0; i < n; i++) {
		snprintf(name, sizeof(name), "%s-%zu", prefix, i);
		if (strcmp(c->people[first + i].name, name) != 0)
			return false;
	}
	return true;
}

unsigned crowd_mixed(size_t id)
{
	return (id % 2 == 0 ? CROWD_EVENTS : 0) | (id % 3 == 2 ? CROWD_WEB : 0);
}

void crowd_gather(struct crowd *c, size_t first, size_t n, const char *prefix,
	unsigned (*way)(size_t id), uint64_t until)
{
	for (size_t i = 0; i < n; i++) {
		struct person *p = &c->people[first + i];
		crowd_connect(c, p, way(p->id));
		crowd_say(p, "rename|%s-%zu", prefix, i);
	}
	while (!all_named(c, first, n, prefix)) {
		if (stress_now() > until)
			stress_fail("not everyone was welcomed and named");
		crowd_turn(c, until);
	}
}
