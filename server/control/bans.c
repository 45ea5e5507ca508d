/* SPDX-License-Identifier: MIT */
/* A short list, searched for each connection.
 * Runs in: parent. */
#include "server/control/bans.h"

static struct ban *find_same(struct bans *b, const struct network *of)
{
	for (size_t i = 0; i < b->count; i++) {
		if (network_same(&b->bans[i].of, of))
			return &b->bans[i];
	}
	return NULL;
}

/* The other bans keep their order. */
size_t bans_count(struct bans *b, int64_t now)
{
	size_t n = 0;

	for (size_t i = 0; i < b->count; i++) {
		if (b->bans[i].until_ms > now)
			b->bans[n++] = b->bans[i];
	}
	return b->count = n;
}

bool bans_add(struct bans *b, const struct ban *ban, int64_t now)
{
	struct ban *place = find_same(b, &ban->of);

	if (place == NULL) {
		if (bans_count(b, now) == BANS_MAX)
			return false;
		place = &b->bans[b->count++];
	}
	*place = *ban;
	return true;
}

bool bans_remove(struct bans *b, const struct network *of, int64_t now)
{
	struct ban *ban;

	bans_count(b, now);
	ban = find_same(b, of);
	if (ban == NULL)
		return false;
	ban->until_ms = now;
	bans_count(b, now);
	return true;
}

const struct ban *bans_find(
	const struct bans *b, const struct network *of, int64_t now)
{
	for (size_t i = 0; i < b->count; i++) {
		if (b->bans[i].until_ms > now &&
			network_has(&b->bans[i].of, of))
			return &b->bans[i];
	}
	return NULL;
}
