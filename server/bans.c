/* A short list, looked through for each connection.
 * Runs in: parent. */
#include "server/bans.h"

static struct ban *find(struct bans *b, uint64_t key)
{
	for (size_t i = 0; i < b->count; i++) {
		if (b->bans[i].key == key)
			return &b->bans[i];
	}
	return NULL;
}

size_t bans_count(struct bans *b, int64_t now)
{
	for (size_t i = b->count; i-- > 0;) {
		if (b->bans[i].until_ms <= now)
			b->bans[i] = b->bans[--b->count];
	}
	return b->count;
}

bool bans_add(struct bans *b, uint64_t key, int64_t until_ms, int64_t now)
{
	struct ban *ban = find(b, key);

	if (ban == NULL) {
		if (bans_count(b, now) == BANS_MAX)
			return false;
		ban = &b->bans[b->count++];
	}
	*ban = (struct ban){key, until_ms};
	return true;
}

bool bans_remove(struct bans *b, uint64_t key, int64_t now)
{
	struct ban *ban;

	bans_count(b, now);
	ban = find(b, key);
	if (ban != NULL)
		*ban = b->bans[--b->count];
	return ban != NULL;
}

bool bans_has(const struct bans *b, uint64_t key, int64_t now)
{
	for (size_t i = 0; key != 0 && i < b->count; i++) {
		if (b->bans[i].key == key)
			return b->bans[i].until_ms > now;
	}
	return false;
}
