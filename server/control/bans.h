/* SPDX-License-Identifier: MIT */
/* Banned addresses and ranges.  They end with the server, unless --state keeps
 * them. */
#ifndef SERVER_CONTROL_BANS_H
#define SERVER_CONTROL_BANS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "ipc/common/limits.h"
#include "server/network.h"

#define BANS_FOR_EVER INT64_MAX /* until the server ends */

/* In a list for an administrator: one without an end that --state keeps. */
#define BANS_LASTING (INT64_MAX - 1)

struct bans {
	size_t count;
	struct ban {
		struct network of;
		int64_t until_ms; /* monotonic, or BANS_FOR_EVER */
		uid_t by;
	} bans[BANS_MAX];
};

/* Adds a ban, replacing one of the same range.  False: the list is full. */
bool bans_add(struct bans *b, const struct ban *ban, int64_t now);

/* Removes the ban of exactly this range.  False where there is none. */
bool bans_remove(struct bans *b, const struct network *of, int64_t now);

/* A ban that covers all of n; NULL: there is none. */
const struct ban *bans_find(
	const struct bans *b, const struct network *of, int64_t now);

/* Drops expired bans; returns how many are left. */
size_t bans_count(struct bans *b, int64_t now);

#endif
