/* SPDX-License-Identifier: MIT */
/* Addresses and ranges that nobody is let in from.  They are kept while the
 * server runs; what is to last longer is a packet filter's work. */
#ifndef SERVER_CONTROL_BANS_H
#define SERVER_CONTROL_BANS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "ipc/common/limits.h"
#include "server/network.h"

#define BANS_FOR_EVER INT64_MAX /* until the server ends */

struct bans {
	size_t count;
	struct ban {
		struct network of;
		int64_t until_ms; /* monotonic, or BANS_FOR_EVER */
		uid_t by;
	} bans[BANS_MAX];
};

/* Takes a ban in, in place of the one of the same range.  False: no room. */
bool bans_add(struct bans *b, const struct ban *ban, int64_t now);

/* False where that very range was not banned any more. */
bool bans_remove(struct bans *b, const struct network *of, int64_t now);

/* A ban that all of it falls under; NULL: there is none. */
const struct ban *bans_find(
	const struct bans *b, const struct network *of, int64_t now);

/* Forgets those that are over; how many are left. */
size_t bans_count(struct bans *b, int64_t now);

#endif
