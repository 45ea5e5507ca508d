/* Addresses that nobody is let in from.  They are kept while the server runs;
 * what is to last longer is a packet filter's work. */
#ifndef SERVER_BANS_H
#define SERVER_BANS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ipc/limits.h"

struct bans {
	size_t count;
	struct ban {
		uint64_t key;     /* struct peer of server/peer.h, not 0 */
		int64_t until_ms; /* monotonic; INT64_MAX: until the end */
	} bans[BANS_MAX];
};

/* Bans for so long, anew where it is banned already.  False: no room. */
bool bans_add(struct bans *b, uint64_t key, int64_t until_ms, int64_t now);

/* False where it was not banned any more. */
bool bans_remove(struct bans *b, uint64_t key, int64_t now);

bool bans_has(const struct bans *b, uint64_t key, int64_t now);

/* Forgets those that are over; how many are left. */
size_t bans_count(struct bans *b, int64_t now);

#endif
